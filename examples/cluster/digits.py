"""What the programs of this folder share: the MNIST digits, a deep network, and this process's place in a cluster."""

import gzip
import json
import os

import headrace as tf
import numpy as np

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'data', 'mnist')
PIXELS, CLASSES = 28 * 28, 10


def read_idx(folder, name):
    path = os.path.join(folder, name)
    with (open(path, 'rb') if os.path.exists(path) else gzip.open(path + '.gz', 'rb')) as file:
        data = file.read()
    rank = data[3]
    shape = np.frombuffer(data, '>i4', rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read(folder, part, limit=None):
    """(images as rows of floats from 0 to 1, labels) of 'train' or 't10k'."""
    images = read_idx(folder, part + '-images-idx3-ubyte')[:limit]
    labels = read_idx(folder, part + '-labels-idx1-ubyte')[:limit]
    return images.reshape(-1, PIXELS).astype(np.float32) / 255, labels.astype(np.int32)


def batches(images, labels, size, steps, seed=None):
    """`steps` batches, in an order of their own."""
    chance = np.random.RandomState(seed)
    for _ in range(steps):
        chosen = chance.randint(0, len(images), size)
        yield images[chosen], labels[chosen]


def network(x, hidden, activation='relu', seed=None, scope='dnn'):
    """The logits of a network with these hidden layers."""
    start = tf.variance_scaling_initializer(seed=seed)
    with tf.variable_scope(scope):
        for number, units in enumerate(hidden, 1):
            x = tf.layers.dense(x, units, activation=getattr(tf.nn, activation), kernel_initializer=start,
                                name='hidden%d' % number)
        return tf.layers.dense(x, CLASSES, kernel_initializer=start, name='outputs')


def loss_and_accuracy(logits, labels):
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits), name='loss')
    right = tf.nn.in_top_k(logits, labels, 1)
    return loss, tf.reduce_mean(tf.cast(right, tf.float32), name='accuracy')


def place_in_cluster():
    """(cluster, job, task, whether this is the chief) as TF_CONFIG says; (None, 'worker', 0, True) without it."""
    config = json.loads(os.environ.get('TF_CONFIG', '{}'))
    cluster, task = config.get('cluster'), config.get('task', {})
    if not cluster:
        return None, 'worker', 0, True
    job, index = task['type'], int(task['index'])
    return cluster, job, index, job == 'chief' or ('chief' not in cluster and job == 'worker' and index == 0)
