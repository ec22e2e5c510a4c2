"""Metrics over many runs: each function makes local variables and gives (value, update_op).

A run of `update_op` adds a batch and gives the metric so far; a run of `value` only tells it;
`tf.local_variables_initializer()` starts over. `weights` are None, a number, or a tensor that broadcasts to the values;
`metrics_collections` and `updates_collections` are lists of collections of the two tensors; `name` is that of the
variable scope.
"""

from headrace import _headrace as _c
from headrace import logging
from headrace.core.deprecation import deprecated
from headrace.core.public import export
from headrace.core.variable_scope import variable_scope
from headrace.core.sparse_functions import dense_or_parts

__all__ = ['accuracy', 'mean', 'mean_tensor', 'percentage_below', 'mean_absolute_error', 'mean_squared_error',
           'root_mean_squared_error', 'mean_relative_error', 'mean_cosine_distance', 'mean_per_class_accuracy',
           'true_positives', 'true_negatives', 'false_positives', 'false_negatives', 'precision', 'recall',
           'true_positives_at_thresholds', 'true_negatives_at_thresholds', 'false_positives_at_thresholds',
           'false_negatives_at_thresholds', 'precision_at_thresholds', 'recall_at_thresholds', 'auc',
           'sensitivity_at_specificity', 'specificity_at_sensitivity', 'mean_iou', 'precision_at_k', 'recall_at_k',
           'precision_at_top_k', 'recall_at_top_k', 'average_precision_at_k', 'sparse_precision_at_k',
           'sparse_average_precision_at_k']


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


def mean_iou(labels, predictions, num_classes, weights=None, metrics_collections=None, updates_collections=None,
             name=None):
    """The mean over classes of intersection over union; the update gives the confusion matrix so far."""
    return _c.metrics_mean_iou(labels, predictions, num_classes, weights=weights,
                               metrics_collections=metrics_collections, updates_collections=updates_collections,
                               name=name)


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


# ---- predictions in [0, 1], compared with thresholds


def true_positives_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                                 updates_collections=None, name=None):
    """How many true labels have a prediction above each threshold."""
    return _c.metrics_true_positives_at_thresholds(labels, predictions, thresholds, weights=weights,
                                                   metrics_collections=metrics_collections,
                                                   updates_collections=updates_collections, name=name)


def true_negatives_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                                 updates_collections=None, name=None):
    """How many false labels have a prediction that is not above each threshold."""
    return _c.metrics_true_negatives_at_thresholds(labels, predictions, thresholds, weights=weights,
                                                   metrics_collections=metrics_collections,
                                                   updates_collections=updates_collections, name=name)


def false_positives_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                                  updates_collections=None, name=None):
    """How many false labels have a prediction above each threshold."""
    return _c.metrics_false_positives_at_thresholds(labels, predictions, thresholds, weights=weights,
                                                    metrics_collections=metrics_collections,
                                                    updates_collections=updates_collections, name=name)


def false_negatives_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                                  updates_collections=None, name=None):
    """How many true labels have a prediction that is not above each threshold."""
    return _c.metrics_false_negatives_at_thresholds(labels, predictions, thresholds, weights=weights,
                                                    metrics_collections=metrics_collections,
                                                    updates_collections=updates_collections, name=name)


def precision_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                            updates_collections=None, name=None):
    """The share of true labels among the predictions above each threshold."""
    return _c.metrics_precision_at_thresholds(labels, predictions, thresholds, weights=weights,
                                              metrics_collections=metrics_collections,
                                              updates_collections=updates_collections, name=name)


def recall_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                         updates_collections=None, name=None):
    """The share of the true labels whose prediction is above each threshold."""
    return _c.metrics_recall_at_thresholds(labels, predictions, thresholds, weights=weights,
                                           metrics_collections=metrics_collections,
                                           updates_collections=updates_collections, name=name)


_CURVES = ('ROC', 'PR')  # as hr_auc_curve and hr_auc_summation count them
_SUMMATIONS = ('trapezoidal', 'minoring', 'majoring', 'careful_interpolation')


def auc(labels, predictions, weights=None, num_thresholds=200, metrics_collections=None, updates_collections=None,
        curve='ROC', name=None, summation_method='trapezoidal', thresholds=None):
    """The area below a curve through `num_thresholds` evenly spread thresholds.

    Args:
      labels: bools, or what becomes bools.
      predictions: floats in [0, 1].
      num_thresholds: how many thresholds there are.
      curve: 'ROC', true over false positives, or 'PR', precision over recall.
      summation_method: 'trapezoidal'; 'minoring' or 'majoring' for rectangles below or above; 'careful_interpolation',
        where counts grow linearly from threshold to threshold (for 'ROC', as 'trapezoidal').
      thresholds: numbers in (0, 1), in place of evenly spread ones; two more stand beside them.
      Others: as of all metrics.

    Raises:
      ValueError: the curve or the summation is unknown.
    """
    if curve not in _CURVES or summation_method not in _SUMMATIONS:
        with variable_scope(name, 'auc'):  # which is open when the arguments are looked at
            raise ValueError(f'curve must be either ROC or PR, {curve} unknown' if curve not in _CURVES else
                             f'Invalid summation_method: {summation_method}')
    if (curve, summation_method) == ('PR', 'trapezoidal'):
        logging.warning('Trapezoidal rule is known to produce incorrect PR-AUCs; please switch to '
                        '"careful_interpolation" instead.')
    return _c.metrics_auc(labels, predictions, weights=weights, num_thresholds=num_thresholds,
                          metrics_collections=metrics_collections, updates_collections=updates_collections,
                          curve=_CURVES.index(curve), name=name, summation=_SUMMATIONS.index(summation_method),
                          thresholds=thresholds and list(thresholds))


def sensitivity_at_specificity(labels, predictions, specificity, weights=None, num_thresholds=200,
                               metrics_collections=None, updates_collections=None, name=None):
    """The share of true labels that are found, at the threshold where the share `specificity` of false ones is not."""
    return _c.metrics_sensitivity_at_specificity(labels, predictions, specificity, weights=weights,
                                                 num_thresholds=num_thresholds, metrics_collections=metrics_collections,
                                                 updates_collections=updates_collections, name=name)


def specificity_at_sensitivity(labels, predictions, sensitivity, weights=None, num_thresholds=200,
                               metrics_collections=None, updates_collections=None, name=None):
    """The share of false labels that are not found, at the threshold where the share `sensitivity` of true ones is."""
    return _c.metrics_specificity_at_sensitivity(labels, predictions, sensitivity, weights=weights,
                                                 num_thresholds=num_thresholds, metrics_collections=metrics_collections,
                                                 updates_collections=updates_collections, name=name)


# ---- the k best of the predictions


def precision_at_k(labels, predictions, k, class_id=None, weights=None, metrics_collections=None,
                   updates_collections=None, name=None):
    """The share of right classes among the k best.

    Args:
      labels: int64, the numbers of the right classes of each row; one a row without a dimension of its own, or a
        SparseTensor.
      predictions: scores of classes along the last dimension.
      k: how many of them count.
      class_id: nothing but this class counts.
      Others: as of all metrics.
    """
    return _c.metrics_precision_at_k(dense_or_parts(labels), predictions, k, class_id=class_id, weights=weights,
                                     metrics_collections=metrics_collections, updates_collections=updates_collections,
                                     name=name)


def recall_at_k(labels, predictions, k, class_id=None, weights=None, metrics_collections=None,
                updates_collections=None, name=None):
    """The share of the right classes that are among the k best; the arguments are those of `precision_at_k`."""
    return _c.metrics_recall_at_k(dense_or_parts(labels), predictions, k, class_id=class_id, weights=weights,
                                  metrics_collections=metrics_collections, updates_collections=updates_collections,
                                  name=name)


def precision_at_top_k(labels, predictions_idx, k=None, class_id=None, weights=None, metrics_collections=None,
                       updates_collections=None, name=None):
    """`precision_at_k` of predictions that are the numbers of the best classes; `k` is for names alone."""
    return _c.metrics_precision_at_top_k(dense_or_parts(labels), predictions_idx, k=k, class_id=class_id, weights=weights,
                                         metrics_collections=metrics_collections,
                                         updates_collections=updates_collections, name=name)


def recall_at_top_k(labels, predictions_idx, k=None, class_id=None, weights=None, metrics_collections=None,
                    updates_collections=None, name=None):
    """`recall_at_k` of predictions that are the numbers of the best classes; `k` is for names alone."""
    return _c.metrics_recall_at_top_k(dense_or_parts(labels), predictions_idx, k=k, class_id=class_id, weights=weights,
                                      metrics_collections=metrics_collections, updates_collections=updates_collections,
                                      name=name)


def average_precision_at_k(labels, predictions, k, weights=None, metrics_collections=None, updates_collections=None,
                           name=None):
    """The mean over rows of the mean of the precision at each right class among the k best; the arguments are those of
    `precision_at_k`."""
    return _c.metrics_average_precision_at_k(dense_or_parts(labels), predictions, k, weights=weights,
                                             metrics_collections=metrics_collections,
                                             updates_collections=updates_collections, name=name)


@deprecated(None, 'Use precision_at_k instead')
def sparse_precision_at_k(labels, predictions, k, class_id=None, weights=None, metrics_collections=None,
                          updates_collections=None, name=None):
    """`precision_at_k`."""
    return precision_at_k(labels, predictions, k, class_id, weights, metrics_collections, updates_collections, name)


@deprecated(None, 'Use average_precision_at_k instead')
def sparse_average_precision_at_k(labels, predictions, k, weights=None, metrics_collections=None,
                                  updates_collections=None, name=None):
    """`average_precision_at_k`."""
    return average_precision_at_k(labels, predictions, k, weights, metrics_collections, updates_collections, name)


export(globals())
