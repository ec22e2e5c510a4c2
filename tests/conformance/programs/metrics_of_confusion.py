import tensorflow as tf

import numpy as np

LABELS = [1.0, 0.0, 1.0, 0.0, 1.0, 1.0]
GUESSES = [0.9, 0.2, 0.4, 0.6, 0.55, 0.1]


def streamed(pairs, feeds=({},)):
    init = tf.local_variables_initializer()
    steps = [{"run": [init]}]
    steps += [{"fetch": [update for _, update in pairs], "feed": feed} for feed in feeds]
    return {"steps": steps + [{"fetch": [value for value, _ in pairs]}],
            "facts": {"names": [value.name for value, _ in pairs] + [update.name for _, update in pairs]}}


def at_thresholds():
    """Counts and ratios at several thresholds; weights, collections, names, sizes that only a run knows."""
    labels = tf.placeholder(tf.float32, (None,), name="labels")
    predictions = tf.placeholder(tf.float32, (None,), name="predictions")
    known = tf.constant([[1, 0], [0, 1]], name="known"), tf.constant([[0.75, 0.5], [0.25, 1.0]], name="guessed")
    metrics = tf.metrics
    pairs = [
        metrics.true_positives_at_thresholds(labels, predictions, [0.3, 0.7]),
        metrics.false_positives_at_thresholds(labels, predictions, [0.5], weights=2.0),
        metrics.true_negatives_at_thresholds(labels, predictions, [0.0, 0.5, 1.0], name="quiet"),
        metrics.false_negatives_at_thresholds(labels, predictions, [0.3, 0.7], metrics_collections=["m"],
                                              updates_collections=["u"]),
        metrics.precision_at_thresholds(labels, predictions, [0.3, 0.7], weights=tf.abs(labels - 0.5)),
        metrics.recall_at_thresholds(labels, predictions, [0.3, 0.7]),
        metrics.precision_at_thresholds(known[0], known[1], [0.5], weights=[[1.0], [2.0]]),
        metrics.true_positives_at_thresholds(known[0], known[1], [0.5], weights=[[1.0, 0.0], [2.0, 3.0]]),
    ]
    feed = {labels: LABELS, predictions: GUESSES}
    return streamed(pairs, (feed, {labels: [1.0], predictions: [0.35]}))


def areas():
    labels, predictions = tf.constant(LABELS, name="labels"), tf.constant(GUESSES, name="predictions")
    pairs = [tf.metrics.auc(labels, predictions, num_thresholds=7)]
    for curve in ("ROC", "PR"):
        for method in ("trapezoidal", "careful_interpolation", "minoring", "majoring"):
            pairs.append(tf.metrics.auc(labels, predictions, num_thresholds=6, curve=curve, summation_method=method,
                                        name="%s_%s" % (curve.lower(), method)))
    pairs.append(tf.metrics.auc(labels > 0.5, predictions, weights=[1.0, 2.0, 1.0, 0.0, 1.0, 3.0],
                                thresholds=[0.7, 0.25, 0.5]))
    pairs.append(tf.metrics.auc(labels, predictions))
    return streamed(pairs, ({}, {}))


def tradeoffs():
    labels, predictions = tf.constant(LABELS, name="labels"), tf.constant(GUESSES, name="predictions")
    pairs = [tf.metrics.sensitivity_at_specificity(labels, predictions, 0.5, num_thresholds=9),
             tf.metrics.sensitivity_at_specificity(labels, predictions, 0.9, weights=0.5, num_thresholds=4, name="named"),
             tf.metrics.specificity_at_sensitivity(labels, predictions, 0.7, num_thresholds=9),
             tf.metrics.specificity_at_sensitivity(labels, predictions, 0.2, weights=[1.0, 0.0, 2.0, 1.0, 1.0, 1.0])]
    return streamed(pairs, ({}, {}))


def confusion():
    """Matrices of labels and predictions; with weights, other dtypes, sizes that only a run knows."""
    labels = tf.placeholder(tf.int32, (None,), name="labels")
    predictions = tf.placeholder(tf.int64, name="predictions")
    known = tf.constant([0, 1, 2, 1], name="known"), tf.constant([[0], [2], [2], [1]], name="guessed")
    matrices = [
        tf.confusion_matrix(labels, predictions), tf.confusion_matrix(labels, predictions, num_classes=4),
        tf.confusion_matrix(known[0], known[1], dtype=tf.float32, weights=[0.5, 1.0, 2.0, 3.0]),
        tf.math.confusion_matrix(known[0], known[0], tf.constant(3), name="named", dtype=tf.int64),
        tf.contrib.metrics.confusion_matrix(known[0], known[1], 3),
    ]
    feed = {labels: [1, 0, 3], predictions: [1, 2, 3]}
    return {"steps": [{"fetch": matrices, "feed": feed}], "facts": {"shapes": [matrix.shape for matrix in matrices]}}


def overlaps():
    labels = tf.constant([[0, 1], [2, 1]], name="labels")
    predictions = tf.constant([[0, 2], [2, 1]], tf.int64, name="predictions")
    pairs = [tf.metrics.mean_iou(labels, predictions, 3),
             tf.metrics.mean_iou(labels, predictions, 5, weights=tf.constant([[1.0, 0.5], [2.0, 0.0]]), name="weighed"),
             tf.metrics.mean_iou(labels[0], predictions[0], 3, metrics_collections=["m"], updates_collections=["u"])]
    return streamed(pairs, ({}, {}))


def ranks_of_runs():
    """Labels, predictions and weights whose ranks only a run knows."""
    labels, predictions = tf.placeholder(tf.float32, name="labels"), tf.placeholder(tf.float32, name="predictions")
    weights = tf.placeholder(tf.float32, name="weights")
    row = tf.placeholder(tf.float32, (None, None), name="row")
    metrics = tf.metrics
    pairs = [metrics.mean_squared_error(labels, predictions, weights), metrics.accuracy(labels, predictions, row),
             metrics.true_positives(labels, predictions, weights), metrics.recall(labels, predictions)]
    feed = {labels: [[1.0], [0.0]], predictions: [[1.0], [1.0]], weights: [[1.0], [0.5]], row: [[1.0], [2.0]]}
    flat = {labels: [[1.0], [0.0]], predictions: [1.0, 1.0], weights: [2.0, 1.0], row: [[1.0], [2.0]]}
    return streamed(pairs, (feed, flat))


VARIANTS = {function.__name__: function for function in (
    at_thresholds, areas, tradeoffs, confusion, overlaps, ranks_of_runs)}
