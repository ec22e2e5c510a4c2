#!/usr/bin/env python3
"""What a program in Python pays: the same script over Headrace and over its peers.

    frontend.py MODULE PART THREADS     MODULE: headrace, tensorflow, tensorflow.compat.v1

Prints NAME<TAB>VALUE<TAB>UNIT. PART is calls, train, build or footprint; THREADS how many may work. compare.py runs
the parts by turns; a process measures one part, because TensorFlow makes its threads once a process.
"""

import importlib
import os
import resource
import sys
import time

STARTED = time.perf_counter()
REPEATS, SECONDS = 5, 0.5
ROWS, LAYERS = 10000, (784, 300, 100, 10)


def report(name, value, unit):
    print(f'{name}\t{value:.6g}\t{unit}', flush=True)


def best(function):
    """Seconds a call takes: the least of several rounds."""
    function()
    start = time.perf_counter()
    function()
    count = max(1, min(100000, int(SECONDS / REPEATS / max(time.perf_counter() - start, 1e-7))))
    least = float('inf')
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(count):
            function()
        least = min(least, (time.perf_counter() - start) / count)
    return least


def resident():
    """Bytes in memory now."""
    with open('/proc/self/statm') as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def config(tf, threads):
    return tf.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)


def network(tf, np):
    """(images, labels, logits, training op) of the network of chapter 10."""
    tf.set_random_seed(42)
    x = tf.placeholder(tf.float32, (None, LAYERS[0]), name='X')
    y = tf.placeholder(tf.int64, (None,), name='y')
    z = x
    for i, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])):
        with tf.name_scope(f'layer{i}'):
            weights = tf.Variable(tf.truncated_normal((inputs, outputs), stddev=2 / np.sqrt(inputs)))
            z = tf.matmul(z if i == 0 else tf.nn.relu(z), weights) + tf.Variable(tf.zeros([outputs]))
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z))
    return x, y, z, tf.train.GradientDescentOptimizer(0.01).minimize(loss)


def calls(tf, np, threads):
    x = tf.placeholder(tf.float32, (), name='x')
    plus_one, constant, nothing = x + 1.0, tf.constant(1.0), tf.no_op()
    images, _, logits, _ = network(tf, np)
    init = tf.global_variables_initializer()
    image = np.random.RandomState(42).rand(1, LAYERS[0]).astype(np.float32)
    with tf.Session(config=config(tf, threads)) as session:
        session.run(init)
        callable_ = session.make_callable(plus_one, [x])
        report('no_op', best(lambda: session.run(nothing)) * 1e6, 'us')
        report('constant', best(lambda: session.run(constant)) * 1e6, 'us')
        report('scalar_feed_fetch', best(lambda: session.run(plus_one, {x: 1.0})) * 1e6, 'us')
        report('make_callable', best(lambda: callable_(1.0)) * 1e6, 'us')
        report('predict_one_image', best(lambda: session.run(logits, {images: image})) * 1e6, 'us')


def train(tf, np, threads):
    random = np.random.RandomState(42)
    data, labels = random.rand(ROWS, LAYERS[0]).astype(np.float32), random.randint(10, size=ROWS)
    x, y, _, step = network(tf, np)
    # Linear regression by batch gradient descent: the size of the housing data of chapter 9.
    features = np.c_[np.ones((20640, 1)), random.randn(20640, 8)]
    design = tf.constant(features, tf.float32, name='features')
    target = tf.constant(features @ random.randn(9, 1), tf.float32, name='target')
    theta = tf.Variable(tf.random_uniform([9, 1], -1.0, 1.0, seed=42), name='theta')
    mse = tf.reduce_mean(tf.square(tf.matmul(design, theta) - target))
    descent = tf.train.GradientDescentOptimizer(0.01).minimize(mse, var_list=[theta])
    init = tf.global_variables_initializer()
    with tf.Session(config=config(tf, threads)) as session:
        session.run(init)

        def epoch(batch=50, steps=100):
            for i in range(steps):
                rows = slice(i * batch, (i + 1) * batch)
                session.run(step, {x: data[rows], y: labels[rows]})

        def regression():
            for _ in range(1000):
                session.run(descent)

        report('mnist_batch_50', 100 / best(epoch), 'steps/s')
        regression()
        start = time.perf_counter()
        regression()
        report('linear_regression_1000_steps', (time.perf_counter() - start) * 1e3, 'ms')


def build(tf, np, threads):
    count = 3000

    def chain():
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, ())
            y = x
            for _ in range(count):
                y = y + x

    report('operators', count / best(chain), 'nodes/s')

    def model():
        with tf.Graph().as_default() as graph:
            network(tf, np)
            return len(graph.get_operations())

    nodes = model()
    report('model', nodes / best(model), 'nodes/s')


def footprint(tf, np, threads):
    random = np.random.RandomState(42)
    data, labels = random.rand(55000, LAYERS[0]).astype(np.float32), random.randint(10, size=55000)
    before = data.nbytes + labels.nbytes
    x, y, _, step = network(tf, np)
    init = tf.global_variables_initializer()
    with tf.Session(config=config(tf, threads)) as session:
        session.run(init)
        for i in range(1100):
            session.run(step, {x: data[i * 50:i * 50 + 50], y: labels[i * 50:i * 50 + 50]})
        report('resident_beyond_data', (resident() - before) / 2**20, 'MiB')


def main():
    module, part, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    import numpy as np  # what every program has
    started = time.perf_counter()
    tf = importlib.import_module(module)
    imported = time.perf_counter() - started
    if part == 'footprint':
        report('import', (imported + started - STARTED) * 1e3, 'ms')
        report('resident_after_import', resident() / 2**20, 'MiB')
    if hasattr(tf, 'logging'):
        os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
        tf.logging.set_verbosity(tf.logging.ERROR)
    if hasattr(tf, 'disable_eager_execution') and module != 'headrace':
        tf.disable_eager_execution()
    {'calls': calls, 'train': train, 'build': build, 'footprint': footprint}[part](tf, np, threads)


main()
