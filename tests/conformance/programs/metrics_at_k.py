"""Metrics of the k best predictions: their graphs, and what they tell after several batches."""

import numpy as np
import tensorflow as tf


def steps_of(metrics, feed=None, other=None):
    updates = [update for _, update in metrics]
    return {"steps": [{"run": [tf.local_variables_initializer()]},
                      {"fetch": updates, "feed": feed or {}}, {"fetch": updates, "feed": other or feed or {}},
                      {"fetch": [value for value, _ in metrics]}]}


def scores():
    return tf.constant([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1], [0.3, 0.1, 0.4, 0.2]], name="scores")


def precision():
    labels = tf.constant([[0, 2], [1, 3], [0, 2]], tf.int64, name="labels")
    weights = tf.constant([1.0, 2.0, 0.5], name="weights")
    metrics = [tf.metrics.precision_at_k(labels, scores(), 2),
               tf.metrics.precision_at_k(labels, scores(), 2, class_id=2, metrics_collections=["told"]),
               tf.metrics.precision_at_k(labels, scores(), 3, weights=weights, updates_collections=["counted"]),
               tf.metrics.precision_at_k(labels, scores(), 1, class_id=0, weights=weights, name="first"),
               tf.metrics.precision_at_k(tf.constant([3, 1, 1], tf.int64), scores(), 1)]
    return steps_of(metrics)


def recall():
    labels = tf.constant([[0, 2], [1, 3], [0, 2]], tf.int64, name="labels")
    metrics = [tf.metrics.recall_at_k(labels, scores(), 2), tf.metrics.recall_at_k(labels, scores(), 2, class_id=1),
               tf.metrics.recall_at_k(np.array([3, 1, 1], np.int64), [[0.1, 0.9], [0.2, 0.3], [0.5, 0.1]], 1, weights=2.0)]
    return steps_of(metrics)


def sparse_labels():
    labels = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([3, 1, 7], tf.int64), [3, 2])
    rows = tf.sparse_placeholder(tf.int64, name="rows")
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    metrics = [tf.metrics.precision_at_k(labels, scores(), 2), tf.metrics.recall_at_k(labels, scores(), 2, class_id=1),
               tf.metrics.recall_at_k(rows, x, 3), tf.metrics.average_precision_at_k(labels, scores(), 3),
               tf.metrics.average_precision_at_k(labels, scores(), 1)]
    feed = {rows: ([[0, 0], [1, 1]], [3, 0], [2, 4]), x: [[0.5, 1.0, 0.25, 0.0], [1.0, 2.0, 3.0, 0.0]]}
    return steps_of(metrics, {rows.indices: feed[rows][0], rows.values: feed[rows][1], rows.dense_shape: feed[rows][2],
                              x: feed[x]})


def average_precision():
    labels = tf.constant([[0, 2], [1, 3], [9, 2]], tf.int64, name="labels")
    metrics = [tf.metrics.average_precision_at_k(labels, scores(), 2),
               tf.metrics.average_precision_at_k(labels, scores(), 4, weights=tf.constant([1.0, 0.0, 3.0]), name="weighted"),
               tf.metrics.average_precision_at_k(tf.constant([3, 1, 2], tf.int64), scores(), 1, metrics_collections=["told"],
                                                 updates_collections=["counted"])]
    return steps_of(metrics)


def unknown_shapes():
    labels = tf.placeholder(tf.int64, name="labels")
    x = tf.placeholder(tf.float32, name="x")
    table = tf.placeholder(tf.int64, [None, None], name="table")
    rows = tf.placeholder(tf.float32, [None, 3], name="rows")
    metrics = [tf.metrics.precision_at_k(labels, x, 2), tf.metrics.recall_at_k(labels, x, 1, class_id=1, weights=0.5),
               tf.metrics.average_precision_at_k(table, rows, 2)]
    first = {labels: [1, 2], x: [[1.0, 3.0, 2.0], [4.0, 5.0, 6.0]], table: [[1], [0]], rows: [[1.0, 3.0, 2.0], [4.0, 5.0, 6.0]]}
    other = dict(first)
    other[labels] = [[1, 0], [2, 1]]
    return steps_of(metrics, first, other)


def top_k():
    labels = tf.constant([[[0, 2], [1, 3]], [[1, 1], [2, 0]]], tf.int64, name="labels")
    best = tf.constant([[[0], [1]], [[3], [2]]], tf.int64, name="best")
    narrow = tf.constant([[[0], [1]], [[3], [2]]], tf.int32, name="narrow")
    metrics = [tf.metrics.precision_at_top_k(labels, best), tf.metrics.precision_at_top_k(labels, narrow, k=1, class_id=2),
               tf.metrics.recall_at_top_k(labels, best, k=1, weights=[[1.0, 2.0], [0.0, 3.0]], name="found"),
               tf.metrics.recall_at_top_k(labels, best, class_id=1),
               tf.metrics.sparse_precision_at_k(tf.constant([[1]], tf.int64), [[0.5, 1.0]], 1),
               tf.metrics.sparse_average_precision_at_k(tf.constant([[1]], tf.int64), [[0.5, 1.0]], 2)]
    return steps_of(metrics)


VARIANTS = {"precision": precision, "recall": recall, "sparse_labels": sparse_labels,
            "average_precision": average_precision, "unknown_shapes": unknown_shapes, "top_k": top_k}
