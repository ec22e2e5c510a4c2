"""Metrics: their graphs, and what they tell after several batches."""

import tensorflow as tf


def means():
    x = tf.placeholder(tf.float32, [None], name="x")
    mean = tf.metrics.mean(x)
    weighted = tf.metrics.mean(x, weights=2.0, metrics_collections=["told"], updates_collections=["counted", "all"],
                               name="avg")
    pair = tf.metrics.mean_tensor([1, 2], weights=tf.constant([1.0, 0.0]))
    plain = tf.metrics.mean_tensor(tf.constant([[1.0, 2.0]]), name="table")
    below = tf.metrics.percentage_below(x, 0.5)
    with tf.name_scope("outer"):
        again = tf.metrics.mean(x)
    metrics = [mean, weighted, pair, plain, below, again]
    feed = {x: [1.0, 0.25, 3.0]}
    steps = [{"run": [tf.local_variables_initializer()]},
             {"fetch": [update for _, update in metrics], "feed": feed},
             {"fetch": [update for _, update in metrics], "feed": {x: [0.0]}},
             {"fetch": [value for value, _ in metrics]}]
    return {"steps": steps}


def errors():
    labels = tf.placeholder(tf.float32, [None], name="labels")
    predictions = tf.placeholder(tf.float32, [None, 1], name="predictions")
    weights = tf.constant([1.0, 2.0])
    metrics = [
        tf.metrics.accuracy(labels, predictions), tf.metrics.accuracy([1, 0], [1, 1], weights=[1.0, 0.5]),
        tf.metrics.accuracy(tf.constant([1.0, 2.0]), tf.constant([1, 3]), name="mixed"),
        tf.metrics.mean_squared_error(labels, predictions), tf.metrics.mean_squared_error([1.0, 2.0], [2.0, 4.0]),
        tf.metrics.root_mean_squared_error(tf.constant([1.0, 2.0]), tf.constant([2.0, 4.0]), weights,
                                           metrics_collections=["told"], updates_collections=["counted"]),
        tf.metrics.mean_absolute_error(labels, predictions),
        tf.metrics.mean_relative_error(tf.constant([1.0, 2.0]), tf.constant([2.0, 4.0]), [0.0, 2.0]),
        tf.metrics.mean_cosine_distance(tf.constant([[0.6, 0.8]]), tf.constant([[1.0, 0.0]]), 1, name="angle"),
        tf.metrics.mean_per_class_accuracy(tf.constant([0, 1, 1]), tf.constant([0, 1, 0]), 2),
        tf.metrics.mean_per_class_accuracy(tf.constant([[0, 1]]), tf.constant([[1, 1]]), 2, weights=tf.constant([[1, 2]]))]
    feed = {labels: [1.0, 0.0], predictions: [[1.0], [0.5]]}
    steps = [{"run": [tf.local_variables_initializer()]},
             {"fetch": [update for _, update in metrics], "feed": feed},
             {"fetch": [value for value, _ in metrics]}]
    return {"steps": steps}


def counts():
    labels = tf.placeholder(tf.bool, [None], name="labels")
    predictions = tf.placeholder(tf.int32, [None], name="predictions")
    metrics = [
        tf.metrics.true_positives(labels, predictions), tf.metrics.true_negatives(labels, predictions, weights=2.0),
        tf.metrics.false_positives([1, 0], [1, 1], weights=tf.constant([1.0, 3.0]), metrics_collections=["told"]),
        tf.metrics.false_negatives(labels, predictions, name="missed"),
        tf.metrics.precision(labels, predictions), tf.metrics.recall(labels, predictions, weights=2),
        tf.metrics.precision([0, 0], [0, 0], updates_collections=["counted"], name="none")]
    steps = [{"run": [tf.local_variables_initializer()]},
             {"fetch": [update for _, update in metrics],
              "feed": {labels: [True, False, True, False], predictions: [1, 1, 0, 0]}},
             {"fetch": [update for _, update in metrics], "feed": {labels: [True], predictions: [1]}},
             {"fetch": [value for value, _ in metrics]}]
    return {"steps": steps}


VARIANTS = {"means": means, "errors": errors, "counts": counts}
