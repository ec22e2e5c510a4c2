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
        done = subprocess.run(program + list(arguments), env=environment, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    with clusters.start({"a": 1, "b": 1}) as servers:
        assert run(servers["a"][0].target, "init") == "1.0"
        assert run(servers["b"][0].target) == "2.0"
