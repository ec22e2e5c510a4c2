"""Metrics over many runs: each function makes local variables and gives (value, update_op).

A run of `update_op` adds a batch and gives the metric so far; a run of `value` only tells it;
`tf.local_variables_initializer()` starts over. `weights` are None, a number, or a tensor that broadcasts to the values;
`metrics_collections` and `updates_collections` are lists of collections of the two tensors; `name` is that of the
variable scope.
"""

from headrace import _headrace as _c
from headrace.core.public import export

__all__ = ['accuracy', 'mean', 'mean_tensor', 'percentage_below', 'mean_absolute_error', 'mean_squared_error',
           'root_mean_squared_error', 'mean_relative_error', 'mean_cosine_distance', 'mean_per_class_accuracy',
           'true_positives', 'true_negatives', 'false_positives', 'false_negatives', 'precision', 'recall']


def mean(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The weighted mean of all values."""
    return _c.metrics_mean(values, weights=weights, metrics_collections=metrics_collections,
                           updates_collections=updates_collections, name=name)


def mean_tensor(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The weighted mean of tensors of one shape, element by element."""
    return _c.metrics_mean_tensor(values, weights=weights, metrics_collections=metrics_collections,
                                  updates_collections=updates_collections, name=name)


def percentage_below(values, threshold, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of values below a number."""
    return _c.metrics_percentage_below(values, threshold, weights=weights, metrics_collections=metrics_collections,
                                       updates_collections=updates_collections, name=name)


def accuracy(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of predictions that equal their labels."""
    return _c.metrics_accuracy(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                               updates_collections=updates_collections, name=name)


def mean_absolute_error(labels, predictions, weights=None, metrics_collections=None, updates_collections=None,
                        name=None):
    """The mean of |labels - predictions|."""
    return _c.metrics_mean_absolute_error(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                                          updates_collections=updates_collections, name=name)


def mean_squared_error(labels, predictions, weights=None, metrics_collections=None, updates_collections=None,
                       name=None):
    """The mean of (labels - predictions) ** 2."""
    return _c.metrics_mean_squared_error(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                                         updates_collections=updates_collections, name=name)


def root_mean_squared_error(labels, predictions, weights=None, metrics_collections=None, updates_collections=None,
                            name=None):
    """The root of the mean of (labels - predictions) ** 2."""
    return _c.metrics_root_mean_squared_error(labels, predictions, weights=weights,
                                              metrics_collections=metrics_collections,
                                              updates_collections=updates_collections, name=name)


def mean_relative_error(labels, predictions, normalizer, weights=None, metrics_collections=None,
                        updates_collections=None, name=None):
    """The mean of |labels - predictions| / normalizer; 0 where the normalizer is 0."""
    return _c.metrics_mean_relative_error(labels, predictions, normalizer, weights=weights,
                                          metrics_collections=metrics_collections,
                                          updates_collections=updates_collections, name=name)


def mean_cosine_distance(labels, predictions, dim, weights=None, metrics_collections=None, updates_collections=None,
                         name=None):
    """The mean of 1 - the sum of products along the axis `dim`, for vectors of length 1."""
    return _c.metrics_mean_cosine_distance(labels, predictions, dim, weights=weights,
                                           metrics_collections=metrics_collections,
                                           updates_collections=updates_collections, name=name)


def mean_per_class_accuracy(labels, predictions, num_classes, weights=None, metrics_collections=None,
                            updates_collections=None, name=None):
    """The mean over the classes of the share of right predictions; labels are numbers below `num_classes`."""
    return _c.metrics_mean_per_class_accuracy(labels, predictions, num_classes, weights=weights,
                                              metrics_collections=metrics_collections,
                                              updates_collections=updates_collections, name=name)


def true_positives(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How often a prediction and its label are both true."""
    return _c.metrics_true_positives(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                                     updates_collections=updates_collections, name=name)


def true_negatives(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How often a prediction and its label are both false."""
    return _c.metrics_true_negatives(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                                     updates_collections=updates_collections, name=name)


def false_positives(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How often a prediction is true and its label false."""
    return _c.metrics_false_positives(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                                      updates_collections=updates_collections, name=name)


def false_negatives(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How often a prediction is false and its label true."""
    return _c.metrics_false_negatives(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                                      updates_collections=updates_collections, name=name)


def precision(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of true labels where the prediction is true."""
    return _c.metrics_precision(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                                updates_collections=updates_collections, name=name)


def recall(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of true predictions where the label is true."""
    return _c.metrics_recall(labels, predictions, weights=weights, metrics_collections=metrics_collections,
                             updates_collections=updates_collections, name=name)


export(globals())
