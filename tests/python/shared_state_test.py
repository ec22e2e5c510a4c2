"""State that lives on servers: two programs, one after the other, through different servers of a cluster."""

import subprocess

import pytest

import clusters

SIMPLE_CLIENT = """
import sys
import {module} as tf
tf.logging.set_verbosity(tf.logging.ERROR)
x = tf.Variable(0.0, name="x")
increment_x = tf.assign(x, x + 1)
with tf.Session(sys.argv[1]) as sess:
    if sys.argv[2:] == ["init"]:
        sess.run(x.initializer)
    sess.run(increment_x)
    print(x.eval())
"""


@pytest.mark.parametrize("client", ["headrace", "tensorflow"])
def test_simple_client(client):
    python, environment = clusters.interpreter(client)
    program = [python, "-c", SIMPLE_CLIENT.format(module=client)]

    def run(*arguments):
        done = subprocess.run(program + list(arguments), env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    with clusters.start({"a": 1, "b": 1}) as servers:
        assert run(servers["a"][0].target, "init") == "1.0"
        assert run(servers["b"][0].target) == "2.0"


UNSHARED_QUEUES = """
import sys
import {module} as tf
tf.logging.set_verbosity(tf.logging.ERROR)
sessions = []
for i in range(2):
    with tf.Graph().as_default() as graph:
        alone = tf.FIFOQueue(10, tf.int32, shapes=(), name="line")
        shared = tf.FIFOQueue(10, tf.int32, shapes=(), shared_name="common")
        sessions.append((tf.Session(sys.argv[1], graph=graph), alone, shared, alone.enqueue(i), shared.enqueue(i)))
for session, _, _, enqueue, enqueue_shared in sessions:
    session.run(enqueue)
    session.run(enqueue_shared)
print([[session.run(alone.size()), session.run(shared.size())] for session, alone, shared, _, _ in sessions])
print([session.run(alone.dequeue()) for session, alone, _, _, _ in sessions])
"""


@pytest.mark.parametrize("client", ["headrace", "tensorflow"])
def test_queues_without_a_shared_name_belong_to_their_session(client):
    python, environment = clusters.interpreter(client)
    with clusters.start({"a": 1}) as servers:
        program = UNSHARED_QUEUES.format(module=client)
        done = subprocess.run([python, "-c", program, servers["a"][0].target], env=environment, capture_output=True,
                              text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["[[1, 2], [1, 2]]", "[0, 1]"]
