"""Training a 784-300-100-10 network by SGD, fed: peer of benchmarks/mnist_train.c.

Several ways of setting up TensorFlow's threads are tried; the fastest counts.
"""

import os
import sys

import numpy as np
import tensorflow as tf

from tensorflow_c import CALLER, Session, config, own_process, report

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'parts'))
import images  # noqa: E402

SECONDS = 1.0
LAYERS = (784, 300, 100, 10)
SETTINGS = {1: ((CALLER, 1), (1, 1)), 2: ((CALLER, 2), (1, 2), (2, 2), (2, 1))}  # threads -> (inter-op, intra-op)


def network():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(42)
        X = tf.placeholder(tf.float32, (None, LAYERS[0]), name="X")
        y = tf.placeholder(tf.int64, (None,), name="y")
        z = X
        for i, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])):
            with tf.name_scope("layer%d" % i):
                weights = tf.Variable(tf.truncated_normal((inputs, outputs), stddev=2 / np.sqrt(inputs)))
                z = tf.matmul(z if i == 0 else tf.nn.relu(z), weights) + tf.Variable(tf.zeros([outputs]))
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z))
        tf.train.GradientDescentOptimizer(0.01).minimize(loss, name="train")
        tf.global_variables_initializer()
        return graph.as_graph_def()


def aligned(array):
    """A copy at a multiple of 64 bytes."""
    room = np.empty(array.nbytes + 64, np.uint8)
    offset = -room.ctypes.data % 64
    copy = room[offset:offset + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def data():
    pictures, labels = images.mnist(np)
    return aligned(pictures), aligned(labels)


def steps_a_second(definition, pictures, labels, batch, inter_op, intra_op):
    with Session(definition, config(inter_op, intra_op, fuses=True)) as session:
        session.time_runs(1, target="init")
        session.time_training(pictures, labels, batch, 5)
        once = session.time_training(pictures, labels, batch, 20) / 20
        steps = max(20, int(SECONDS / once))
        return steps / min(session.time_training(pictures, labels, batch, steps) for _ in range(2))


def measure(inter_op, intra_op):
    definition, (pictures, labels) = network(), data()
    for batch in (50, 1000):
        speed = steps_a_second(definition, pictures, labels, batch, inter_op, intra_op)
        print("inter-op %d, intra-op %d, batch %d: %.0f steps/s" % (inter_op, intra_op, batch, speed), file=sys.stderr)
        report("batch_%d" % batch, speed, "steps/s")


def main():
    for threads, suffix in ((1, "1_thread"), (2, "2_threads")):
        results = [own_process(__file__, *setting) for setting in SETTINGS[threads]]
        for name in results[0]:
            report("%s/%s" % (name, suffix), max(result[name] for result in results), "steps/s")


if len(sys.argv) > 1:
    measure(int(sys.argv[1]), int(sys.argv[2]))
else:
    main()
