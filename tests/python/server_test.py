"""tf.train.Server and tf.train.ClusterSpec."""

import os
import subprocess
import sys
import textwrap

import pytest
from headrace.core.launcher import held_addresses

import clusters
import headrace as tf


def run(program, seconds=200, arguments=(), environment={}):
    """What a program of its own prints: servers go on until their process ends."""
    done = subprocess.run([sys.executable, "-c", "import headrace as tf\n" + textwrap.dedent(program), *arguments],
                          capture_output=True, text=True, timeout=seconds, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_local_server():
    assert run("""
        server = tf.train.Server.create_local_server()
        assert server.target.startswith("grpc://localhost:") and server.target != "grpc://localhost:0"
        assert server.server_def.job_name == "local" and server.server_def.protocol == "grpc"
        target = server.target
        del server  # it goes on
        with tf.Session(target) as session:
            v = tf.Variable(2.0)
            session.run(v.initializer)
        with tf.Session(target) as session:
            print(session.run(v + 1.0), [d.name for d in session.list_devices()])
        """) == "3.0 ['/job:local/replica:0/task:0/device:CPU:0']"


def test_started_later():
    assert run("""
        server = tf.train.Server({"a": ["localhost:0"]}, start=False)
        config = tf.ConfigProto(operation_timeout_in_ms=300)
        one = tf.constant(1.0)
        try:
            tf.Session(server.target, config=config).run(one)
        except tf.errors.DeadlineExceededError:
            print("too early")
        server.start()
        server.start()
        print(tf.Session(server.target).run(one))
        """) == "too early\n1.0"


def test_two_servers_of_one_process():
    with held_addresses(2) as (first, second):
        assert run(f"""
        cluster = tf.train.ClusterSpec({{"ps": ["{first}"], "worker": ["{second}"]}})
        ps = tf.train.Server(cluster, job_name="ps", task_index=0)
        worker = tf.train.Server(cluster, job_name="worker", task_index=0)
        with tf.device("/job:ps/task:0"):
            v = tf.Variable(3.0)
        with tf.device("/job:worker/task:0"):
            y = v * 2.0
        with tf.Session(worker.target) as session:
            session.run(v.initializer)
            print(session.run(y))
        with tf.Session(ps.target) as session:
            print(session.run(y))
        """) == "6.0\n6.0"


@pytest.mark.parametrize("arguments, options, error, text", [
    ([{"a": ["localhost:1", "localhost:2"]}], {}, ValueError, "explicit `task_index`"),
    ([{"a": ["localhost:1"], "b": ["localhost:2"]}], {}, ValueError, "explicit `job_name`"),
    ([{}], {}, ValueError, "explicit `job_name`"),
    ([{"a": ["localhost:1"]}], {"job_name": "b"}, ValueError, "No such job in cluster: 'b'"),
    ([3], {}, TypeError, "Could not convert `server_or_cluster_def`"),
    (["x"], {}, TypeError, "Could not convert `server_or_cluster_def`"),
    ([{"a": ["localhost:1"]}], {"task_index": 2}, tf.errors.InvalidArgumentError, 'Task 2 was not defined in job "a"'),
    ([{"a": ["localhost:0"]}], {"protocol": "ftp"}, tf.errors.NotFoundError, "No server factory registered"),
    ([{"a": ["localhost"]}], {}, tf.errors.InvalidArgumentError, "Could not parse port for local server"),
    ([{"a": ["localhost:xx"]}], {}, tf.errors.InvalidArgumentError, "Could not parse port for local server"),
])
def test_mistakes(arguments, options, error, text):
    with pytest.raises(error, match=text.replace("(", "\\(")):
        tf.train.Server(*arguments, start=False, **options)


def test_server_def():
    cluster = tf.train.ClusterSpec({"q": ["localhost:0"]}).as_cluster_def()
    definition = tf.train.ServerDef(cluster=cluster, job_name="q", task_index=0, protocol="grpc")
    with pytest.raises(tf.errors.InternalError, match='Job "zz" was not defined in cluster'):
        tf.train.Server(definition, job_name="zz", start=False)
    with pytest.raises(ValueError, match="job_name must be set"):
        tf.train.Server(tf.train.ServerDef(cluster=cluster), start=False)


def test_port_taken():
    assert run("""
        server = tf.train.Server({"a": ["localhost:0"]})
        address = server.target[len("grpc://"):]
        try:
            tf.train.Server({"a": [address]})
        except tf.errors.UnknownError as error:
            print(error.message.startswith("Could not start gRPC server"))
        """) == "True"


def test_fork():
    """A child of a process that uses gRPC cannot use it; its own sessions work."""
    assert run("""
        import os
        server = tf.train.Server.create_local_server()
        one = tf.constant(1.0)
        session = tf.Session(server.target)
        assert session.run(one) == 1.0
        child = os.fork()
        if child == 0:
            refused = 0
            for use in [lambda: session.run(one), lambda: tf.Session(server.target).run(one),
                        tf.train.Server.create_local_server]:
                try:
                    use()
                except tf.errors.FailedPreconditionError:
                    refused += 1
            fine = tf.Session().run(one) == 1.0
            session.close()
            os._exit(0 if fine and refused == 3 else 1)
        print(os.waitpid(child, 0)[1], session.run(one))
        """) == "0 1.0"


def test_join_is_interrupted():
    assert run("""
        import os, signal, threading
        server = tf.train.Server.create_local_server()
        try:
            threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
            server.join()
        except KeyboardInterrupt:
            print("interrupted")
        """) == "interrupted"


def test_cluster_spec():
    spec = tf.train.ClusterSpec({"worker": ["w0:1", "w1:2"], "ps": {1: "p1:3"}})
    assert spec.jobs == ["worker", "ps"] or sorted(spec.jobs) == ["ps", "worker"]
    assert spec.num_tasks("worker") == 2 and spec.task_indices("ps") == [1]
    assert spec.task_address("ps", 1) == "p1:3" and spec.job_tasks("ps") == [None, "p1:3"]
    assert spec.as_dict() == {"worker": ["w0:1", "w1:2"], "ps": {1: "p1:3"}}
    assert tf.train.ClusterSpec(spec.as_cluster_def()) == spec == tf.train.ClusterSpec(spec)
    for wrong in [lambda: spec.num_tasks("x"), lambda: spec.task_address("ps", 0), lambda: spec.job_tasks("x")]:
        with pytest.raises(ValueError):
            wrong()
    with pytest.raises(TypeError):
        tf.train.ClusterSpec({"a": 3})


CERTIFICATES = os.path.join(os.path.dirname(__file__), "..", "distributed", "certificates")


def tls(own, ca="ca"):
    """The environment of a process with a certificate."""
    names = {"CERT": own and own + ".pem", "KEY": own and own + ".key", "CA": ca and ca + ".pem"}
    return {"HEADRACE_TLS_" + kind: os.path.join(CERTIFICATES, name) for kind, name in names.items() if name}


@pytest.mark.parametrize("client, works", [(tls("client"), True), (tls(None), False), (tls("stranger"), False), ({}, False)])
def test_tls(client, works):
    """Two servers that know each other by their certificates, and clients that they know or do not know."""
    config = "tf.ConfigProto(operation_timeout_in_ms=100000 if %s else 1500)" % works
    program = """
        import sys
        with tf.device("/job:ps/task:0"):
            v = tf.Variable(1.5)
        with tf.device("/job:worker/task:0"):
            y = v * 2.0
        try:
            with tf.Session(sys.argv[1], config=%s) as session:
                session.run(v.initializer)
                print(session.run(y))
        except (tf.errors.DeadlineExceededError, tf.errors.UnavailableError):
            print("refused")
    """ % config
    with clusters.start({"ps": 1, "worker": 1}, environment=tls("server")) as servers:
        assert run(program, arguments=[servers["worker"][0].target], environment=client) == ("3.0" if works else "refused")
