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
                          text=True, timeout=300)
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


# What TensorFlow's master sends once its optimizers have been at it; all of it on the other server.
OPTIMIZED = """
import json, sys
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import function
from tensorflow.python.ops import control_flow_util
tf.logging.set_verbosity(tf.logging.ERROR)
control_flow_util.ENABLE_CONTROL_FLOW_V2 = True


@function.Defun(tf.float32, noinline=True)
def doubled(a):
    return a + a


with tf.device("/job:worker/task:0"):
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    w = tf.constant([[1.0, -2.0], [3.0, 0.5]])
    product = tf.nn.bias_add(tf.matmul(x, w), [1.0, -1.0])
    which = tf.cast(tf.reduce_sum(x), tf.int32) % 3
    fetches = {{
        "relu": tf.nn.relu(product), "elu": tf.nn.elu(tf.nn.bias_add(tf.matmul(x, w, transpose_b=True), [1.0, -1.0])),
        "relu6": tf.nn.relu6(tf.nn.bias_add(tf.matmul(w, x), [1.0, 9.0])),
        "bias": tf.nn.bias_add(tf.matmul(x, x), [5.0, 6.0]), "unary": tf.exp(tf.sqrt(tf.abs(x))),
        "stacked": tf.parallel_stack([tf.square(tf.reshape(x, [4])), tf.reshape(w, [4]), [1.0, 2.0, 3.0, 4.0]]),
        "words": tf.strings.join([tf.parallel_stack([tf.as_string(which), "b"]), "c"]),
        "sum": tf.accumulate_n([x, w, tf.square(w)]), "function": doubled(x),
        "case": tf.switch_case(which, [lambda: x, lambda: x * 2.0, lambda: x * 3.0]),
        "loop": tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2.0), [0, x])[1],
        "turned": tf.transpose(tf.transpose(x)) + tf.reshape(tf.reshape(x, [4]), [2, 2]),
        "mean": tf.reduce_mean(tf.stack([x, x, x]), 0) / 2.0,
    }}
with tf.Session("{target}") as session:
    metadata = tf.RunMetadata()
    said = session.run(fetches, {{x: [[1.0, -2.0], [0.25, 4.0]]}}, run_metadata=metadata,
                       options=tf.RunOptions(output_partition_graphs=True))
ops = sorted({{node.op for graph in metadata.partition_graphs for node in graph.node if node.op.startswith("_")}})
print(json.dumps({{"ops": ops, "values": {{name: np.asarray(value).astype(str).tolist() for name, value in said.items()}}}}))
"""


def test_what_optimizers_make():
    """The same from TensorFlow's worker and from ours, which is sent fused nodes."""
    if reference.interpreter() is None:
        pytest.skip("TensorFlow 1.15 is not installed (TENSORFLOW_PYTHON)")
    said = {}
    for worker in ("tensorflow", "headrace"):
        with clusters.start({"ps": 1, "worker": 1}, {"ps": "tensorflow", "worker": worker}) as servers:
            python, environment = clusters.interpreter("tensorflow")
            done = subprocess.run([python, "-c", OPTIMIZED.format(target=servers["ps"][0].target)], env=environment,
                                  capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr
            said[worker] = json.loads(done.stdout.strip().splitlines()[-1])
    ours, theirs = said["headrace"]["values"], said["tensorflow"]["values"]
    assert ours.keys() == theirs.keys()
    assert ours.pop("words") == theirs.pop("words")
    for name, value in theirs.items():
        assert [float(x) for row in ours[name] for x in row] == pytest.approx([float(x) for row in value for x in row],
                                                                                rel=1e-5), name
    seen = {"_FusedMatMul", "_UnaryOpsComposition", "_ParallelConcatStart", "_ParallelConcatUpdate"}
    assert seen <= set(said["tensorflow"]["ops"]), said["tensorflow"]["ops"]
