"""Steps of training on MNIST: chapter 10's network with each optimizer and size of batch, chapter 11's with ELU, batch
normalization and momentum, and prediction; and chapter 10's on noise, where no pixel is zero."""

import images
from timing import best, config, report
from network import LAYERS, network

OPTIMIZERS = {
    'momentum': lambda tf: tf.train.MomentumOptimizer(0.01, 0.9),
    'nesterov': lambda tf: tf.train.MomentumOptimizer(0.01, 0.9, use_nesterov=True),
    'adagrad': lambda tf: tf.train.AdagradOptimizer(0.01),
    'rmsprop': lambda tf: tf.train.RMSPropOptimizer(0.001, 0.9, 0.9),
    'adam': lambda tf: tf.train.AdamOptimizer(),
    'ftrl': lambda tf: tf.train.FtrlOptimizer(0.01),
}


def normalized_network(tf, np):
    """Chapter 11: ELU, batch normalization, momentum."""
    x = tf.placeholder(tf.float32, (None, LAYERS[0]), name='X')
    y = tf.placeholder(tf.int64, (None,), name='y')
    z = x
    for i, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])):
        weights = tf.Variable(tf.truncated_normal((inputs, outputs), stddev=2 / np.sqrt(inputs)))
        z = tf.matmul(z if i == 0 else tf.nn.elu(z), weights) + tf.Variable(tf.zeros([outputs]))
        scale, offset = tf.Variable(tf.ones([outputs])), tf.Variable(tf.zeros([outputs]))
        moving = [tf.Variable(tf.zeros([outputs]), trainable=False), tf.Variable(tf.ones([outputs]), trainable=False)]
        mean, variance = tf.nn.moments(z, [0])
        for average, value in zip(moving, (mean, variance)):
            tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign_sub(average, (average - value) * 0.1))
        z = tf.nn.batch_normalization(z, mean, variance, offset, scale, 1e-3)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        return x, y, z, tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss)


def step_work(batch):
    """The matrix products of a step: forwards, and backwards to the weights and, but for the first layer, to the data."""
    sizes = [inputs * outputs for inputs, outputs in zip(LAYERS, LAYERS[1:])]
    return '%g flops' % (2.0 * batch * (3 * sum(sizes) - sizes[0]))


def measure(tf, np, threads):
    data, labels = images.mnist(np)

    def epoch(session, x, y, step, batch, steps):
        for i in range(steps):
            rows = slice(i * batch, (i + 1) * batch)
            session.run(step, {x: data[rows], y: labels[rows]})

    def time_network(build, batches):
        with tf.Graph().as_default():
            x, y, logits, step = build()
            init = tf.global_variables_initializer()
            with tf.Session(config=config(tf, threads)) as session:
                session.run(init)
                for name, batch, steps in batches:
                    if steps:
                        report(name, steps / best(lambda: epoch(session, x, y, step, batch, steps)), 'steps/s', step_work(batch))
                    else:
                        first = data[:batch]
                        report(name, best(lambda: session.run(logits, {x: first})) * 1e6, 'us')

    time_network(lambda: network(tf, np), (('mnist/50', 50, 100), ('mnist/200', 200, 50), ('mnist/1000', 1000, 10),
                                           ('predict/1', 1, 0), ('predict/50', 50, 0), ('predict/10000', 10000, 0)))
    time_network(lambda: normalized_network(tf, np), (('elu_batch_norm/50', 50, 100), ('elu_batch_norm/200', 200, 50)))
    for name, optimizer in OPTIMIZERS.items():
        time_network(lambda: network(tf, np, optimizer(tf)), (('optimizer/' + name, 50, 100),))
    data, labels = images.noise(np)
    time_network(lambda: network(tf, np), (('noise/50', 50, 100),))
