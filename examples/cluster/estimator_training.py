#!/usr/bin/env python3
"""The same kind of training by tf.estimator, which reads TF_CONFIG itself: chief, workers, parameter servers and an
evaluator run this one program.

    headrace launch -n 3 --ps 1 --evaluator estimator_training.py --folder model
"""

import argparse

import digits
import headrace as tf


def settings():
    parser = argparse.ArgumentParser(description='Trains a network by tf.estimator.')
    parser.add_argument('--folder', required=True, help='of checkpoints and summaries, which all tasks can reach')
    parser.add_argument('--steps', type=int, default=1000)
    parser.add_argument('--data', default=digits.DATA, help='the folder of the MNIST files')
    return parser.parse_args()


def model(features, labels, mode):
    loss, accuracy = digits.loss_and_accuracy(digits.network(features['x'], [100, 50], seed=42), labels)
    train = tf.train.GradientDescentOptimizer(0.05).minimize(loss, global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train,
                                      eval_metric_ops={'accuracy': tf.metrics.mean(accuracy)})


def main():
    o = settings()
    images, labels = digits.read(o.data, 'train', 2000)  # few, as they stand in the graph

    def training():
        chosen = tf.random_uniform([50], 1000, len(images), tf.int32)
        return {'x': tf.gather(images, chosen)}, tf.gather(labels, chosen)

    def validation():
        return {'x': tf.constant(images[:1000])}, tf.constant(labels[:1000])

    config = tf.estimator.RunConfig(o.folder, save_checkpoints_steps=200, experimental_max_worker_delay_secs=0)
    result = tf.estimator.train_and_evaluate(
        tf.estimator.Estimator(model, config=config), tf.estimator.TrainSpec(training, max_steps=o.steps),
        tf.estimator.EvalSpec(validation, steps=1, start_delay_secs=1, throttle_secs=1))
    if result and result[0]:
        print('accuracy %.4f at step %d' % (result[0]['accuracy'], result[0]['global_step']))


if __name__ == '__main__':
    main()
