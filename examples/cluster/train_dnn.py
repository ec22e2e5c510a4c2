#!/usr/bin/env python3
"""Trains one network on MNIST, on any server and device, with its variables in a container of their own.

    headrace server --cluster "local=localhost:2222" --job local &
    train_dnn.py --target grpc://localhost:2222 --container a --hidden 100,50 --learning-rate 0.01

Several of them train at once on one server, as the containers keep their variables apart; search.py starts many and
chooses the best. The last line of the output is a JSON object with the accuracy on the validation images. What was
trained stays on the server for ensemble.py.
"""

import argparse
import json

import digits
import headrace as tf


def settings():
    parser = argparse.ArgumentParser(description='Trains one network on MNIST.')
    parser.add_argument('--target', default='', help='the server, as in grpc://localhost:2222 (default: this process)')
    parser.add_argument('--device', default='', help='where the network stands, as in /gpu:1')
    parser.add_argument('--container', default='', help='of its variables on the server')
    parser.add_argument('--hidden', default='100,50', help='units of the hidden layers (100,50)')
    parser.add_argument('--activation', default='relu', help='a function of tf.nn (relu)')
    parser.add_argument('--learning-rate', type=float, default=0.05)
    parser.add_argument('--momentum', type=float, default=0.9)
    parser.add_argument('--batch', type=int, default=50)
    parser.add_argument('--steps', type=int, default=1000)
    parser.add_argument('--seed', type=int, default=42)
    parser.add_argument('--data', default=digits.DATA, help='the folder of the MNIST files')
    parser.add_argument('--validation', type=int, default=1000, help='images that are held out (1000)')
    return parser.parse_args()


def main():
    o = settings()
    images, labels = digits.read(o.data, 'train')
    held_out = images[:o.validation], labels[:o.validation]
    hidden = [int(units) for units in o.hidden.split(',')]
    with tf.container(o.container), tf.device(o.device or None):
        x = tf.placeholder(tf.float32, [None, digits.PIXELS], name='x')
        y = tf.placeholder(tf.int32, [None], name='y')
        loss, accuracy = digits.loss_and_accuracy(digits.network(x, hidden, o.activation, o.seed), y)
        train = tf.train.MomentumOptimizer(o.learning_rate, o.momentum).minimize(loss)
        init = tf.global_variables_initializer()
    with tf.Session(o.target, config=tf.ConfigProto(allow_soft_placement=True)) as session:
        session.run(init)
        rows = digits.batches(images[o.validation:], labels[o.validation:], o.batch, o.steps, o.seed)
        for step, (some, classes) in enumerate(rows, 1):
            session.run(train, {x: some, y: classes})
            if step % 500 == 0:
                print('step %d, accuracy %.4f' % (step, session.run(accuracy, {x: held_out[0], y: held_out[1]})))
        final = float(session.run(accuracy, {x: held_out[0], y: held_out[1]}))
    print(json.dumps({'container': o.container, 'hidden': hidden, 'activation': o.activation,
                      'learning_rate': o.learning_rate, 'accuracy': final}))


if __name__ == '__main__':
    main()
