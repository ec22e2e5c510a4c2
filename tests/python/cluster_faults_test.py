"""Servers and clients that vanish, and bytes that mean nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest

import clusters
import headrace as tf

HERE = os.path.dirname(os.path.abspath(__file__))
GONE = (tf.errors.UnavailableError, tf.errors.AbortedError)


@pytest.fixture(autouse=True, params=["http2", "grpc"])
def transport(request, monkeypatch):
    """All of it over our own HTTP/2, and through gRPC's library."""
    monkeypatch.setenv("HEADRACE_TRANSPORT", request.param)


@pytest.fixture
def servers():
    with clusters.start({"ps": 1, "worker": 2}) as started:
        yield started


def counter_graph(task):
    """A counter on the ps, and a loop on a worker that says when it begins and never ends by itself."""
    graph = tf.Graph()
    with graph.as_default():
        with tf.device("/job:ps/task:0"):
            count = tf.Variable(0.0, name="count")
            graph.add = tf.assign_add(count, 1.0)
        with tf.device("/job:worker/task:%d" % task):
            begins = tf.FIFOQueue(1, tf.float32, shapes=[()])
            graph.begun = begins.dequeue()
            with tf.control_dependencies([begins.enqueue(count)]):
                start = count + 1.0
            graph.endless = tf.while_loop(lambda x: x >= 0.0, lambda x: x + 0.0, [start])
            graph.seen = count + 0.0
        graph.init = count.initializer
    return graph


def in_thread(function):
    """Runs it in a thread; joining answers what it raised."""
    raised = []

    def body():
        try:
            function()
        except Exception as error:  # pylint: disable=broad-except
            raised.append(error)

    thread = threading.Thread(target=body)
    thread.start()

    def join():
        thread.join(120)
        assert not thread.is_alive(), "the step did not end"
        return raised[0] if raised else None

    return join


def test_worker_dies_in_a_step(servers):
    graph = counter_graph(1)
    with tf.Session(servers["worker"][0].target, graph=graph) as session:
        session.run(graph.init)
        session.run(graph.add)
        join = in_thread(lambda: session.run(graph.endless))
        session.run(graph.begun)
        servers["worker"][1].kill()
        assert isinstance(join(), GONE)
        assert session.run(graph.add) == 2.0  # the others go on
        servers["worker"][1].restart()

        def old_session_says_so():
            with pytest.raises(GONE):
                session.run(graph.seen)
            return True

        clusters.wait_until(old_session_says_so)
    with tf.Session(servers["worker"][0].target, graph=graph) as session:
        assert session.run(graph.seen) == 2.0


def test_ps_returns_without_its_variables(servers):
    graph = counter_graph(0)
    with tf.Session(servers["worker"][0].target, graph=graph) as session:
        session.run(graph.init)
        servers["ps"][0].kill()
        with pytest.raises(GONE):
            session.run(graph.seen, options=tf.RunOptions(timeout_in_ms=100000))
        servers["ps"][0].restart()
    with tf.Session(servers["worker"][0].target, graph=graph) as session:
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(graph.seen)
        session.run(graph.init)
        assert session.run(graph.seen) == 0.0


def waiting_graph():
    """A queue on the ps, and a step of a worker that wants two of its elements and says when it begins.

    Who waits for two elements of a queue with priorities leaves the first one there, and lets nobody go before him.
    """
    graph = tf.Graph()
    with graph.as_default():
        with tf.device("/job:ps/task:0"):
            queue = tf.PriorityQueue(3, tf.float32, [()], shared_name="shared")
            graph.put, graph.take = queue.enqueue((np.int64(0), 5.0)), queue.dequeue()[1]
            begins = tf.FIFOQueue(1, tf.float32, shapes=[()], shared_name="begins")
            graph.begun = begins.dequeue()
            with tf.control_dependencies([begins.enqueue(1.0)]):
                _, two = queue.dequeue_many(2)
        with tf.device("/job:worker/task:1"):
            graph.out = two + 1.0
    return graph


CLIENT = """
import sys
import headrace as tf
from cluster_faults_test import waiting_graph
graph = waiting_graph()
with tf.Session(sys.argv[1], graph=graph) as session:
    session.run(graph.out)
"""


def test_client_dies_in_a_step(servers):
    """Its blocked dequeue ends with it, and takes nothing from those who come later."""
    target = servers["worker"][0].target
    graph = waiting_graph()
    with tf.Session(target, graph=graph) as session:
        session.run(graph.put)
        client = subprocess.Popen([sys.executable, "-c", CLIENT, target], cwd=HERE)
        session.run(graph.begun, options=tf.RunOptions(timeout_in_ms=100000))
        client.send_signal(signal.SIGKILL)
        client.wait(120)
        assert session.run(graph.take, options=tf.RunOptions(timeout_in_ms=100000)) == 5.0


def test_worker_dies_while_it_waits_for_a_tensor(servers):
    """The call of RecvTensor that waits at the ps ends with it, and so does the dequeue behind it."""
    graph = waiting_graph()
    with tf.Session(servers["worker"][0].target, graph=graph) as session:
        session.run(graph.put)
        join = in_thread(lambda: session.run(graph.out))
        session.run(graph.begun, options=tf.RunOptions(timeout_in_ms=100000))
        servers["worker"][1].kill()
        assert isinstance(join(), GONE)
        assert session.run(graph.take, options=tf.RunOptions(timeout_in_ms=100000)) == 5.0


def test_a_missing_task_is_waited_for(servers):
    servers["worker"][1].kill()
    graph = counter_graph(0)
    config = tf.ConfigProto(operation_timeout_in_ms=700)
    with tf.Session(servers["worker"][0].target, graph=graph, config=config) as session:
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(graph.init)
    config = tf.ConfigProto(device_filters=["/job:ps", "/job:worker/task:0"])
    with tf.Session(servers["worker"][0].target, graph=graph, config=config) as session:
        session.run(graph.init)
        assert session.run(graph.seen) == 0.0
    servers["worker"][1].restart()
    with tf.Session(servers["worker"][0].target, graph=graph) as session:
        assert session.run(graph.seen) == 0.0


# How long a connection may be silent, in milliseconds, and so may its other side when it is asked. The first one does where
# the machine lets a server run so often; a busy one gets more.
KEEPALIVES = 300, 3000, 20000


def say_when_frozen(wanted, program, kinds, who, monkeypatch):
    """A program says what it should about a server that it freezes."""
    for milliseconds in KEEPALIVES:
        monkeypatch.setenv("HEADRACE_KEEPALIVE_MS", str(milliseconds))
        with clusters.start({"ps": 1, "worker": 1}, kinds) as started:
            frozen = started[who][0].process.pid
            try:
                client = subprocess.run([sys.executable, "-c", program, started["worker"][0].target, str(frozen)],
                                        capture_output=True, text=True, timeout=300)
            finally:
                os.kill(frozen, signal.SIGCONT)
        if client.stdout.split() == wanted:
            return
    assert client.stdout.split() == wanted, client.stderr


FREEZE = """
import os, signal, sys, threading, time
import headrace as tf


def freeze(pid):
    os.kill(pid, signal.SIGSTOP)
    folder = "/proc/%d/task" % pid
    while not all(open(os.path.join(folder, task, "stat")).read().rpartition(")")[2].split()[0] == "T"
                  for task in os.listdir(folder)):
        time.sleep(0.01)


"""

FROZEN = FREEZE + """
# The last is gRPC's library's, where the second step still finds the connection that the first one has lost.
TEXTS = "keepalive", "timed out", "Transport closed"
with tf.device("/job:ps/task:0"):
    v = tf.Variable([1.0, 2.0], name="v")
with tf.device("/job:worker/task:0"):
    out = v + 1.0
with tf.Session(sys.argv[1]) as session:
    session.run(v.initializer)
    session.run(out)
    freeze(int(sys.argv[2]))
    for _ in range(2):
        try:
            session.run(out)
            print("done")
        except tf.errors.UnavailableError as error:
            print(any(text in error.message for text in TEXTS) or error.message)
os._exit(0)
"""


@pytest.mark.parametrize("who", ["ps", "worker"])
def test_frozen_server(who, monkeypatch):
    """A server that is stopped, not gone: its system still takes bytes. Neither the worker, which is the master and asks
    the ps for a tensor, nor the client waits for ever; no step has a time limit."""
    say_when_frozen(["True", "True"], FROZEN, "headrace", who, monkeypatch)


SILENT = FREEZE + """
with tf.device("/job:ps/task:0"):
    queue = tf.FIFOQueue(1, tf.float32, shapes=[()])
    taken = queue.dequeue()
with tf.device("/job:worker/task:0"):
    out = taken + 1.0
with tf.Session(sys.argv[1]) as session:
    said = []
    def wait():
        try:
            said.append(session.run(out))
        except tf.errors.UnavailableError as error:
            said.append("keepalive" in error.message)
    thread = threading.Thread(target=wait)
    thread.start()
    # Five times as long as the other side may be silent: it is asked now and then, and answers.
    thread.join(5e-3 * int(os.environ["HEADRACE_KEEPALIVE_MS"]))
    print(said)
    freeze(int(sys.argv[2]))
    thread.join(200.0)
    print(said)
os._exit(0)
"""


@pytest.mark.parametrize("who", ["ps", "worker"])
@pytest.mark.parametrize("kind", ["headrace", "tensorflow"])
def test_server_frozen_after_a_long_silence(who, kind, monkeypatch):
    """TensorFlow's servers, too, are asked as often as it takes, in a way that they do not take for an attack."""
    say_when_frozen(["[]", "[True]"], SILENT, {"ps": "headrace", "worker": "headrace", who: kind}, who, monkeypatch)


def test_garbage(servers):
    """Bytes that are no HTTP/2, and half a request."""
    host, port = servers["ps"][0].target[len("grpc://"):].rsplit(":", 1)
    for garbage in (b"\x00" * 1000, b"GET / HTTP/1.0\r\n\r\n", os.urandom(100000),
                    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + os.urandom(5000)):
        with socket.create_connection((host, int(port))) as connection:
            try:
                connection.sendall(garbage)
                connection.settimeout(0.2)
                connection.recv(1000)
            except OSError:
                pass
    graph = counter_graph(0)
    with tf.Session(servers["ps"][0].target, graph=graph) as session:
        session.run(graph.init)
        assert session.run(graph.add) == 1.0


def test_reset_ends_sessions_and_empties_containers(servers):
    target = servers["worker"][0].target
    graph = tf.Graph()
    with graph.as_default(), tf.device("/job:ps/task:0"):
        with tf.container("problem-1"):
            one = tf.Variable(1.0, name="one")
        two = tf.Variable(2.0, name="two")
        init = tf.global_variables_initializer()
    session = tf.Session(target, graph=graph)
    session.run(init)
    tf.Session.reset(target, ["problem-1"])
    with pytest.raises(tf.errors.AbortedError):
        session.run(two)
    with tf.Session(target, graph=graph) as session:
        assert session.run(two) == 2.0
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(one)
