#!/usr/bin/env python3
"""One network cut vertically over devices: each layer's units are dealt out, and joined again before the next layer.

    vertical.py --devices /cpu:0,/cpu:0
    headrace launch -n 2 vertical.py --tasks          one slice on each task of a cluster

Model parallelism pays where a layer is too large for one device; what crosses between them is each layer's output.
"""

import argparse
import json

import digits
import headrace as tf


def settings():
    parser = argparse.ArgumentParser(description='Trains a network that is cut vertically.')
    parser.add_argument('--devices', default='/cpu:0,/cpu:0', help='of the slices (/cpu:0,/cpu:0)')
    parser.add_argument('--tasks', action='store_true', help='the tasks of TF_CONFIG in place of devices')
    parser.add_argument('--hidden', default='100,50', help='units of each layer, all slices together (100,50)')
    parser.add_argument('--steps', type=int, default=500)
    parser.add_argument('--batch', type=int, default=50)
    parser.add_argument('--learning-rate', type=float, default=0.05)
    parser.add_argument('--data', default=digits.DATA, help='the folder of the MNIST files')
    return parser.parse_args()


def sliced_network(x, hidden, devices):
    """The logits. Each slice computes its share of a layer from the whole of the layer before."""
    for number, units in enumerate(hidden, 1):
        parts = []
        for index, device in enumerate(devices):
            share = units // len(devices) + (index < units % len(devices))
            with tf.device(device):
                parts.append(tf.layers.dense(x, share, activation=tf.nn.relu, name='hidden%d_%d' % (number, index)))
        with tf.device(devices[0]):
            x = tf.concat(parts, axis=1, name='joined%d' % number)
    with tf.device(devices[0]):
        return tf.layers.dense(x, digits.CLASSES, name='outputs')


def main():
    o = settings()
    devices, target = o.devices.split(','), ''
    if o.tasks:
        cluster, job, task, is_chief = digits.place_in_cluster()
        server = tf.train.Server(cluster, job_name=job, task_index=task)
        if not is_chief:
            server.join()
        target = server.target
        devices = ['/job:%s/task:%d' % (name, index) for name in sorted(cluster) for index in range(len(cluster[name]))]
    tf.set_random_seed(42)
    images, labels = digits.read(o.data, 'train')
    x = tf.placeholder(tf.float32, [None, digits.PIXELS], name='x')
    y = tf.placeholder(tf.int32, [None], name='y')
    logits = sliced_network(x, [int(units) for units in o.hidden.split(',')], devices)
    loss, accuracy = digits.loss_and_accuracy(logits, y)
    train = tf.train.MomentumOptimizer(o.learning_rate, 0.9).minimize(loss)
    with tf.Session(target) as session:
        session.run(tf.global_variables_initializer())
        for some, classes in digits.batches(images[1000:], labels[1000:], o.batch, o.steps, seed=1):
            session.run(train, {x: some, y: classes})
        print(json.dumps({'devices': devices,
                          'accuracy': float(session.run(accuracy, {x: images[:1000], y: labels[:1000]}))}))


if __name__ == '__main__':
    main()
