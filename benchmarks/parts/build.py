"""Building graphs from Python: chains of operators, models with gradients, large graphs with gradients, and their first
runs."""

import time

from network import network
from timing import best, config, report

CHAIN, LAYERS = 3000, 320


def deep_model(tf):
    """A network of many small layers: about 32,000 nodes with its gradients and updates."""
    x = tf.placeholder(tf.float32, (None, 8))
    for _ in range(LAYERS):
        x = tf.nn.elu(tf.matmul(x, tf.Variable(tf.zeros([8, 8]))) + tf.Variable(tf.zeros([8])))
    return tf.train.MomentumOptimizer(0.01, 0.9).minimize(tf.reduce_mean(tf.square(x)))


def measure(tf, np, threads):
    def chain():
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, ())
            y = x
            for _ in range(CHAIN):
                y = y + x

    def model():
        with tf.Graph().as_default() as graph:
            network(tf, np)
            return len(graph.get_operations())

    report('operators', CHAIN / best(chain), 'nodes/s')
    report('model', model() / best(model), 'nodes/s')
    with tf.Graph().as_default() as graph:
        start = time.perf_counter()
        deep_model(tf)
        elapsed = time.perf_counter() - start
        report('deep_model', len(graph.get_operations()) / elapsed, 'nodes/s')
        init = tf.global_variables_initializer()
        with tf.Session(config=config(tf, threads)) as session:
            start = time.perf_counter()
            session.run(init)
            report('deep_model/first_run', (time.perf_counter() - start) * 1e3, 'ms')
