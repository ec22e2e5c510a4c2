"""Heads: what becomes of the logits of a `tf.estimator.DNNEstimator` and its like."""

from headrace import losses
from headrace.estimator.canned.heads import BinaryHead, MultiClassHead, RegressionHead

__all__ = ['binary_classification_head', 'multi_class_head', 'regression_head']

_MEAN = losses.Reduction.SUM_OVER_BATCH_SIZE


def multi_class_head(n_classes, weight_column=None, label_vocabulary=None, loss_reduction=_MEAN, loss_fn=None,
                     name=None):
    """A head for one of more than two classes, with softmax cross entropy.

    Args:
      n_classes: how many classes there are.
      weight_column: the name of a feature, or a numeric column, that weighs examples.
      label_vocabulary: a list of labels that are strings; labels are numbers by default.
      loss_reduction: one of `tf.losses.Reduction`.
      loss_fn: a function of `labels` and `logits`, and `features` where it names them, in the loss's place.
      name: put behind the names of metrics and summaries.

    Returns:
      A head.
    """
    return MultiClassHead(n_classes, weight_column, label_vocabulary, loss_reduction, loss_fn, name)


def binary_classification_head(weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=_MEAN,
                               loss_fn=None, name=None):
    """A head for one of two classes, with sigmoid cross entropy.

    Args:
      thresholds: numbers in (0, 1), at each of which accuracy, precision and recall are told.
      weight_column, label_vocabulary, loss_reduction, loss_fn, name: as of multi_class_head.

    Returns:
      A head.
    """
    return BinaryHead(weight_column, thresholds, label_vocabulary, loss_reduction, loss_fn, name)


def regression_head(weight_column=None, label_dimension=1, loss_reduction=_MEAN, loss_fn=None, inverse_link_fn=None,
                    name=None):
    """A head for numbers, with the mean squared error.

    Args:
      label_dimension: how many numbers an example has.
      inverse_link_fn: a function that makes predictions of logits.
      weight_column, loss_reduction, loss_fn, name: as of multi_class_head.

    Returns:
      A head.
    """
    return RegressionHead(label_dimension, weight_column, loss_reduction, loss_fn, inverse_link_fn, name)
