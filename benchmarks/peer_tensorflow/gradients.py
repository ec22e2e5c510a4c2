"""Building the gradients of a large graph: peer of benchmarks/gradients.c. (1.15's C API has no gradients of its own
for most ops; programs use these.)"""

import time

import tensorflow as tf

from graphs import NODES
from tensorflow_c import report


def gradients_of_chain(nodes):
    """y = x; then by turns y = y * x, y = y + x, y = tanh(y), y = y - x."""
    with tf.Graph().as_default():
        x = tf.constant(0.5, name="x")
        y = x
        for i in range(nodes):
            turn = i % 4
            y = y * x if turn == 0 else y + x if turn == 1 else tf.tanh(y) if turn == 2 else y - x
        start = time.perf_counter()
        tf.gradients(y, [x])
        return time.perf_counter() - start


def main():
    report("gradients/10000", min(gradients_of_chain(NODES) for _ in range(2)) * 1e3, "ms")


main()
