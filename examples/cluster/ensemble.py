#!/usr/bin/env python3
"""The best networks of search.py as one ensemble: all in one graph, each on a device of its own, evaluated together.

    ensemble.py --target grpc://localhost:2222 --best best.json --devices /cpu:0,/gpu:0,/gpu:1

The variables are those that train_dnn.py left in their containers on the server: nothing is loaded or copied.
"""

import argparse
import json

import digits
import headrace as tf


def settings():
    parser = argparse.ArgumentParser(description='Evaluates an ensemble of trained networks.')
    parser.add_argument('--target', required=True, help='the server that keeps the variables')
    parser.add_argument('--best', default='best.json', help='what search.py wrote')
    parser.add_argument('--devices', default='/cpu:0', help='in turns for the networks (/cpu:0)')
    parser.add_argument('--data', default=digits.DATA, help='the folder of the MNIST files')
    parser.add_argument('--validation', type=int, default=1000)
    return parser.parse_args()


def main():
    o = settings()
    with open(o.best) as file:
        best = json.load(file)
    images, labels = digits.read(o.data, 'train', o.validation)
    devices = o.devices.split(',')
    x = tf.placeholder(tf.float32, [None, digits.PIXELS], name='x')
    y = tf.placeholder(tf.int32, [None], name='y')
    each, chances = [], []
    for number, network in enumerate(best):
        with tf.device(devices[number % len(devices)]):
            logits = shared_network(x, network, 'member%d' % number)
            chances.append(tf.nn.softmax(logits))
            each.append(tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.float32)))
    mean = tf.add_n(chances) / len(chances)
    together = tf.reduce_mean(tf.cast(tf.nn.in_top_k(mean, y, 1), tf.float32), name='together')
    config = tf.ConfigProto(allow_soft_placement=True)
    with tf.Session(o.target, config=config) as session:
        single, ensemble = session.run([each, together], {x: images, y: labels})
    for network, accuracy in zip(best, single):
        print('%.4f  %s' % (accuracy, network['container']))
    print(json.dumps({'single': [float(a) for a in single], 'ensemble': float(ensemble)}))


def shared_network(x, network, scope):
    """The network of train_dnn.py over variables that exist already."""
    units = network['hidden'] + [digits.CLASSES]
    inputs = [digits.PIXELS] + network['hidden']
    with tf.name_scope(scope):
        for number, (rows, columns) in enumerate(zip(inputs, units), 1):
            layer = 'outputs' if number == len(units) else 'hidden%d' % number
            kernel = existing([rows, columns], network['container'], 'dnn/%s/kernel' % layer)
            bias = existing([columns], network['container'], 'dnn/%s/bias' % layer)
            x = tf.nn.bias_add(tf.matmul(x, kernel), bias)
            if number < len(units):
                x = getattr(tf.nn, network['activation'])(x)
    return x


def existing(shape, container, name):
    """A variable that is there: servers know one by its container and the name it was made under."""
    return tf.raw_ops.VariableV2(shape=shape, dtype=tf.float32, container=container, shared_name=name, name='variable')


if __name__ == '__main__':
    main()
