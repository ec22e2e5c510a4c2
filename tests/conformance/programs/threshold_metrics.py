import tensorflow as tf

import numpy as np


def kind_of(function):
    """The class of the exception that a call raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


def of(metric, *args, **options):
    """A metric of labels and predictions in batches of any size; two of them, and the value afterwards."""
    def build():
        labels = tf.placeholder(tf.bool, (None,), name="labels")
        predictions = tf.placeholder(tf.float32, (None,), name="predictions")
        value, update = metric(labels, predictions, *args, **options)
        batches = [([True, False, True, True], [0.9, 0.2, 0.45, 0.7]), ([False, False, True], [0.6, 0.1, 0.3])]
        steps = [{"run": [tf.local_variables_initializer()]}, {"fetch": [value]}]
        steps += [{"fetch": [update], "feed": {labels: batch[0], predictions: batch[1]}} for batch in batches]
        return {"steps": steps + [{"fetch": [value]}], "facts": {"result": [value, update]}}
    return build


def forms():
    """Labels as numbers, predictions as a column, weights, names, collections, known sizes."""
    labels = tf.constant([1, 0, 1, 0], name="labels")
    predictions = tf.constant([[0.9], [0.4], [0.3], [0.6]], name="predictions")
    weights = tf.constant([1.0, 2.0, 0.5, 1.0], name="weights")
    auc = tf.metrics.auc(labels, predictions, weights=weights, num_thresholds=4, name="mine",
                         metrics_collections=["values"], updates_collections=["updates"])
    precision = tf.metrics.precision_at_thresholds(labels, predictions, [0.5], weights=2.0)
    recall = tf.metrics.recall_at_thresholds(labels, predictions, (0.25, 0.5))
    negatives = tf.metrics.true_negatives_at_thresholds(labels, predictions, [0.5], weights=weights)
    found = [auc, precision, recall, negatives]
    facts = {"variables": [item.name for item in tf.local_variables()], "values": tf.get_collection("values"),
             "updates": tf.get_collection("updates")}
    facts["mistakes"] = [
        kind_of(lambda: tf.metrics.auc(labels, predictions, curve="none")),
        kind_of(lambda: tf.metrics.sensitivity_at_specificity(labels, predictions, 1.5)),
        kind_of(lambda: tf.metrics.specificity_at_sensitivity(labels, predictions, -0.5))]
    return {"steps": [{"run": [tf.local_variables_initializer()]}, {"fetch": [item[1] for item in found]},
                      {"fetch": [item[0] for item in found]}], "facts": facts}


METRICS = tf.metrics

VARIANTS = {
    "auc": of(METRICS.auc),
    "auc_few": of(METRICS.auc, num_thresholds=5),
    "auc_minoring": of(METRICS.auc, num_thresholds=5, curve="PR", summation_method="minoring"),
    "auc_majoring": of(METRICS.auc, num_thresholds=5, summation_method="majoring"),
    "auc_interpolated": of(METRICS.auc, num_thresholds=6, curve="PR", summation_method="careful_interpolation"),
    "auc_thresholds": of(METRICS.auc, thresholds=[0.5, 0.25]),
    "precision": of(METRICS.precision_at_thresholds, [0.25, 0.5]),
    "recall": of(METRICS.recall_at_thresholds, [0.25, 0.5]),
    "true_positives": of(METRICS.true_positives_at_thresholds, [0.4]),
    "false_positives": of(METRICS.false_positives_at_thresholds, [0.4, 0.15]),
    "true_negatives": of(METRICS.true_negatives_at_thresholds, [0.4]),
    "false_negatives": of(METRICS.false_negatives_at_thresholds, [0.4]),
    "sensitivity": of(METRICS.sensitivity_at_specificity, 0.5, num_thresholds=5),
    "specificity": of(METRICS.specificity_at_sensitivity, 0.6, num_thresholds=7),
    "forms": forms,
}
