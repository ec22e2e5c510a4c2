"""Clusters of our servers and the reference's: either's client, either as master, state on either."""

import json
import subprocess

import pytest

import clusters
import headrace as tf
import reference

# One program for both clients; it says what it computed.
PROGRAM = """
import json, sys
import numpy as np
import {module} as tf
tf.logging.set_verbosity(tf.logging.ERROR)
said = {{}}
with tf.device("/job:ps/task:0"):
    v = tf.Variable([[1., 2.], [3., 4.]], name="v")
    a = tf.placeholder(tf.float32, [], name="a")
with tf.device("/job:worker/task:0"):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    hidden = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, v), [1., -1.]))
    loss = tf.reduce_sum(tf.square(hidden)) / 10.
    image = tf.reshape(tf.tile(x, [1, 18]), [-1, 6, 6, 1])
    kernel = tf.fill([3, 3, 1, 2], tf.reduce_max(x))
    biased = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(image, kernel, [1, 1, 1, 1], "SAME"), [1., -9.]))
    normal = tf.nn.relu(tf.nn.fused_batch_norm(
        tf.nn.conv2d(image, kernel, [1, 2, 2, 1], "VALID"), [1., 2.], [0., -30.], [1., 2.], [1., 4.], epsilon=0.,
        is_training=False)[0])
    picture = tf.reduce_sum(biased) + tf.reduce_sum(normal)
gradient = tf.gradients(loss, v)[0]
with tf.device("/job:ps/task:0"):
    train = v.assign_sub(0.05 * gradient)


def body(i, y):
    with tf.device("/job:worker/task:0"):
        product = y * 3.
    with tf.device("/job:ps/task:0"):
        return i + 1, product + a


def outer(i, y):
    def inner(j, z):
        with tf.device("/job:worker/task:0"):
            return j + 1, z * 2.
    return i + 1, tf.while_loop(lambda j, z: j < 2, inner, [0, y])[1]


def other_task():
    with tf.device("/job:worker/task:0"):
        return a * 5.


with tf.device("/job:ps/task:0"):
    loop = tf.while_loop(lambda i, y: i < 3, body, [0, a])[1]
    nest = tf.while_loop(lambda i, y: i < 2, outer, [0, a])[1]
    taken = tf.cond(a > 0., other_task, lambda: a - 1.)
loop_gradient = tf.gradients(loop, a)[0]
with tf.device("/job:worker/task:0"):
    words = tf.string_join([tf.constant(["a", "bc"]), "d"])
with tf.device("/job:ps/task:0"):
    joined = tf.reduce_join(words, 0)
with tf.Session(sys.argv[1]) as session:
    session.run(v.initializer)
    for _ in range(3):
        session.run(train, {{x: [[1., 2.], [0.5, -1.]]}})
    said["v"] = session.run(v).tolist()
    said["loss"] = float(session.run(loss, {{x: [[1., 2.]]}}))
    for name, fetch in (("loop", loop), ("nest", nest), ("taken", taken), ("loop_gradient", loop_gradient)):
        said[name] = float(session.run(fetch, {{a: 2.}}))
    said["not_taken"] = float(session.run(taken, {{a: -2.}}))
    said["picture"] = round(float(session.run(picture, {{x: [[1., 2.]]}})), 2)
    said["joined"] = session.run(joined).decode()
    metadata = tf.RunMetadata()
    session.run(loss, {{x: [[1., 2.]]}}, run_metadata=metadata,
                options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, output_partition_graphs=True))
    said["partitions"] = len(metadata.partition_graphs)
    try:
        session.run(loop)
    except tf.errors.InvalidArgumentError as error:
        said["error"] = "You must feed a value for placeholder tensor 'a'" in str(error)
print(json.dumps(said))
"""

WANTED = {"loop": 80.0, "nest": 32.0, "taken": 10.0, "not_taken": -3.0, "loop_gradient": 40.0, "joined": "adbcd", "picture": 1340.0,
          "error": True, "partitions": 2}


def run_program(module, target):
    python, environment = clusters.interpreter(module)
    done = subprocess.run([python, "-c", PROGRAM.format(module=module), target], env=environment, capture_output=True,
                          text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("ps,worker", [("headrace", "headrace"), ("headrace", "tensorflow"), ("tensorflow", "headrace")])
def test_mixture(ps, worker):
    if reference.interpreter() is None:
        pytest.skip("TensorFlow 1.15 is not installed (TENSORFLOW_PYTHON)")
    with clusters.start({"ps": 1, "worker": 1}, {"ps": ps, "worker": worker}) as servers:
        for module in ("headrace", "tensorflow"):
            results = [run_program(module, servers[job][0].target) for job in ("ps", "worker")]
            for said in results:
                assert {name: said[name] for name in WANTED} == WANTED
                assert sum(map(sum, said["v"])) == pytest.approx(sum(map(sum, results[0]["v"])), rel=1e-5)
                assert said["loss"] == pytest.approx(results[0]["loss"], rel=1e-5)
