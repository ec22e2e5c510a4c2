import tensorflow as tf

import numpy as np


def streamed(make):
    """A metric over two batches: value and update tensors, local variables, reset by initializing again."""
    def build():
        labels = tf.placeholder(tf.float32, (4,), name="labels")
        predictions = tf.placeholder(tf.float32, (4,), name="predictions")
        value, update = make(labels, predictions)
        init = tf.local_variables_initializer()
        one = {labels: [1.0, 0.0, 1.0, 1.0], predictions: [1.0, 0.0, 0.0, 1.0]}
        two = {labels: [0.0, 0.0, 1.0, 0.0], predictions: [1.0, 0.0, 1.0, 0.0]}
        steps = [{"run": [init]}, {"fetch": [update], "feed": one}, {"fetch": [value]},
                 {"fetch": [update], "feed": two},
                 {"fetch": [value]}, {"run": [init]}, {"fetch": [value]}]
        facts = {"value": value, "update": update, "local": [v.name for v in tf.local_variables()],
                 "metric variables": [v.name for v in tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)]}
        return {"steps": steps, "facts": facts}
    return build


WEIGHTS = [1.0, 2.0, 0.0, 1.0]

VARIANTS = {
    "accuracy": streamed(lambda y, p: tf.metrics.accuracy(y, p)),
    "weighted_accuracy": streamed(lambda y, p: tf.metrics.accuracy(y, p, weights=tf.constant(WEIGHTS),
                                                                   name="weighted")),
    "mean": streamed(lambda y, p: tf.metrics.mean(p, weights=None)),
    "weighted_mean": streamed(lambda y, p: tf.metrics.mean(p, tf.constant(WEIGHTS))),
    "precision": streamed(lambda y, p: tf.metrics.precision(y, p)),
    "recall": streamed(lambda y, p: tf.metrics.recall(y, p)),
    "squared_error": streamed(lambda y, p: tf.metrics.mean_squared_error(y, p)),
    "root_squared_error": streamed(lambda y, p: tf.metrics.root_mean_squared_error(y, p)),
    "absolute_error": streamed(lambda y, p: tf.metrics.mean_absolute_error(y, p)),
    "true_positives": streamed(lambda y, p: tf.metrics.true_positives(y, p)),
    "false_positives": streamed(lambda y, p: tf.metrics.false_positives(y, p)),
    "false_negatives": streamed(lambda y, p: tf.metrics.false_negatives(y, p)),
    "collections": streamed(lambda y, p: tf.metrics.mean(
        p, metrics_collections=["values"], updates_collections=["updates"], name="kept")),
}
