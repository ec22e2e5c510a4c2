#!/usr/bin/env python3
"""Trains a 784-300-100-10 ReLU network on the MNIST digits, saves it, and trains on from there in the next run.

Everything happens in the graph: shuffling, scaling the pixels, the network, its loss, the gradients, the updates,
counting the right answers. The program reads the files, feeds and prints. mnist.c is the same program in C: the same
graph and, step by step, the same numbers. With `import tensorflow as tf` it runs on TensorFlow 1.15.
"""

import argparse
import gzip
import os
import sys
import time

import headrace as tf
import numpy as np

SIDE, PIXELS, CLASSES, BATCH, EVALUATION_BATCH = 28, 28 * 28, 10, 50, 1000
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data', 'mnist')


def read_settings():
    parser = argparse.ArgumentParser(description='Trains a 784-300-100-10 network on MNIST.')
    parser.add_argument('folder', nargs='?', default=os.environ.get('HEADRACE_MNIST', DATA),
                        help='of the MNIST files (default: $HEADRACE_MNIST, else the subset that comes with Headrace)')
    parser.add_argument('--epochs', type=int, default=10, help='passes over the training images (default 10)')
    parser.add_argument('--steps', type=int, default=sys.maxsize, help='stop after so many steps of training')
    parser.add_argument('--checkpoint', default='build/mnist/model.ckpt', help='where the network is saved')
    parser.add_argument('--events', default='build/mnist/events', help="where TensorBoard's event files go")
    parser.add_argument('--fresh', action='store_true', help='start anew even if there is a checkpoint')
    return parser.parse_args()


# ---- data

def read_idx(folder, name):
    """The array of an IDX file, packed or not."""
    path = os.path.join(folder, name)
    opener = open if os.path.exists(path) else gzip.open
    try:
        with opener(path if opener is open else path + '.gz', 'rb') as file:
            data = file.read()
    except OSError as error:
        sys.exit(f'mnist: Cannot read MNIST: {error}')
    rank = data[3]
    shape = np.frombuffer(data, '>i4', rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_examples(folder, part):
    return read_idx(folder, part + '-images-idx3-ubyte'), read_idx(folder, part + '-labels-idx1-ubyte')


# ---- the network

def build_network(training_examples):
    images = tf.placeholder(tf.uint8, shape=(None, SIDE, SIDE), name='images')
    labels = tf.placeholder(tf.uint8, shape=(None,), name='labels')
    with tf.name_scope('shuffle'):
        order = tf.random_shuffle(tf.range(training_examples), name='order')
    classes = tf.cast(labels, tf.int32)
    with tf.name_scope('dnn'):
        x = tf.reshape(images, [-1, PIXELS])
        x = tf.cast(x, tf.float32) / 255.0
        x = tf.layers.dense(x, 300, activation=tf.nn.relu, name='hidden1')
        x = tf.layers.dense(x, 100, activation=tf.nn.relu, name='hidden2')
        logits = tf.layers.dense(x, CLASSES, name='outputs')
    with tf.name_scope('loss'):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
        loss = tf.reduce_mean(losses, name='loss')
    with tf.name_scope('train'):
        step = tf.train.get_or_create_global_step()
        train = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss, global_step=step)
    with tf.name_scope('eval'):
        is_correct = tf.nn.in_top_k(logits, classes, 1)
        correct = tf.reduce_sum(tf.cast(is_correct, tf.int64), name='correct')
    return images, labels, order, loss, step, train, correct


# ---- training

def show_progress(epoch, done, total, loss, rate):
    filled = 30 * done // total
    print(f'\r{epoch:5d}  [{"=" * filled:30s}] {100 * done // total:3d} %  loss {loss:.4f}  {rate:.0f} examples/s ',
          end='', flush=True)


def main():
    settings = read_settings()
    images, labels = read_examples(settings.folder, 'train')
    test = read_examples(settings.folder, 't10k')
    held_out = len(labels) // 12  # as the helper of TensorFlow's tutorials does
    validation = images[:held_out], labels[:held_out]
    images, labels = images[held_out:], labels[held_out:]
    print(f'MNIST from {os.path.normpath(settings.folder)}: {len(labels)} images to train on, {held_out} to validate and '
          f'{len(test[1])} to test with.')

    tf.set_random_seed(42)
    x, y, order, loss, step, train, correct = build_network(len(labels))
    saver = tf.train.Saver()
    init = tf.global_variables_initializer()

    with tf.Session() as sess:
        if not settings.fresh and tf.train.checkpoint_exists(settings.checkpoint):
            saver.restore(sess, settings.checkpoint)
            print(f'Found the checkpoint {settings.checkpoint}: training goes on from there.\n')
        else:
            sess.run(init)
            print(f'{"As asked" if settings.fresh else "No checkpoint yet"}: starting with random weights.\n')
        training_step = sess.make_callable([loss, train], [x, y])
        count_correct = sess.make_callable(correct, [x, y])
        events = tf.summary.FileWriter(settings.events, sess.graph)

        def accuracy(examples):
            parts = [examples[0][i:i + EVALUATION_BATCH] for i in range(0, len(examples[0]), EVALUATION_BATCH)]
            classes = [examples[1][i:i + EVALUATION_BATCH] for i in range(0, len(examples[1]), EVALUATION_BATCH)]
            return sum(int(count_correct(p, c)) for p, c in zip(parts, classes)) / len(examples[1])

        batches, steps_left = len(labels) // BATCH, settings.steps
        first_epoch = int(sess.run(step)) // batches + 1
        print('epoch    loss  validation accuracy  examples/s')
        for epoch in range(first_epoch, first_epoch + settings.epochs):
            steps = min(batches, steps_left)
            if steps == 0:
                break
            steps_left -= steps
            shuffled = sess.run(order)
            total, start = 0.0, time.perf_counter()
            shown = start
            for i in range(steps):
                batch = shuffled[i * BATCH:(i + 1) * BATCH]
                total += training_step(images[batch], labels[batch])[0]
                now = time.perf_counter()
                if sys.stdout.isatty() and now - shown > 0.1:
                    show_progress(epoch, i + 1, steps, total / (i + 1), (i + 1) * BATCH / (now - start))
                    shown = now
            rate = steps * BATCH / (time.perf_counter() - start)
            share = accuracy(validation)
            for tag, value in (('loss', total / steps), ('validation accuracy', share)):
                events.add_summary(tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value)]), epoch)
            clear = '\r\033[K' if sys.stdout.isatty() else ''
            print(f'{clear}{epoch:5d}  {total / steps:.4f}  {100 * share:17.2f} %  {rate:10.0f}', flush=True)
        events.close()
        print(f'\nTest accuracy: {100 * accuracy(test):.2f} %')
        saver.save(sess, settings.checkpoint)
        print(f'Saved {settings.checkpoint}. Run again to train on from there.\n'
              f'Watch the training with:  tensorboard --logdir {settings.events}')


if __name__ == '__main__':
    main()
