"""`tf.contrib.metrics`: the metrics of `tf.metrics` under their older names, with predictions before labels."""

from headrace import metrics
from headrace.core.deprecation import deprecated
from headrace.core.public import export
from headrace.core.math_functions import confusion_matrix  # noqa: F401, a public name of this module


def _instructions(metric, verb='has been'):
    return (f'Please switch to tf.metrics.{metric.__name__}. Note that the order of the labels and predictions '
            f'arguments {verb} switched.')


def _older(name, metric, extra=(), instructions=None):
    """The metric with the arguments' older order: predictions, labels, `extra`, then those of all metrics.

    Its first call warns, unless `instructions` are ''.
    """
    arguments = ', '.join(('predictions', 'labels') + tuple(extra) +
                          tuple(f'{x}=None' for x in ('weights', 'metrics_collections', 'updates_collections', 'name')))
    passed = ', '.join(f'{x}={x}' for x in ('labels', 'predictions') + tuple(extra) +
                       ('weights', 'metrics_collections', 'updates_collections', 'name'))
    names = {'metric': metric, '__name__': __name__}
    exec(f'def {name}({arguments}):\n    return metric({passed})\n', names)  # so that its signature is the older one
    function = names[name]
    function.__doc__ = f'`tf.metrics.{metric.__name__}`, with predictions before labels.'
    if instructions == '':
        return function
    return deprecated(None, instructions or _instructions(metric))(function)


streaming_accuracy = _older('streaming_accuracy', metrics.accuracy)
streaming_precision = _older('streaming_precision', metrics.precision)
streaming_recall = _older('streaming_recall', metrics.recall)
streaming_true_positives = _older('streaming_true_positives', metrics.true_positives)
streaming_true_negatives = _older('streaming_true_negatives', metrics.true_negatives)
streaming_false_positives = _older('streaming_false_positives', metrics.false_positives)
streaming_false_negatives = _older('streaming_false_negatives', metrics.false_negatives)
streaming_mean_absolute_error = _older('streaming_mean_absolute_error', metrics.mean_absolute_error)
streaming_mean_squared_error = _older('streaming_mean_squared_error', metrics.mean_squared_error)
streaming_root_mean_squared_error = _older('streaming_root_mean_squared_error', metrics.root_mean_squared_error)
streaming_mean_relative_error = _older('streaming_mean_relative_error', metrics.mean_relative_error, ['normalizer'], '')
streaming_mean_cosine_distance = _older('streaming_mean_cosine_distance', metrics.mean_cosine_distance, ['dim'], '')
streaming_mean_iou = _older('streaming_mean_iou', metrics.mean_iou, ['num_classes'], '')
streaming_precision_at_thresholds = _older('streaming_precision_at_thresholds', metrics.precision_at_thresholds,
                                           ['thresholds'], _instructions(metrics.precision_at_thresholds, 'are'))
streaming_recall_at_thresholds = _older('streaming_recall_at_thresholds', metrics.recall_at_thresholds, ['thresholds'])


@deprecated(None, _instructions(metrics.auc))
def streaming_auc(predictions, labels, weights=None, num_thresholds=200, metrics_collections=None,
                  updates_collections=None, curve='ROC', name=None):
    """`tf.metrics.auc`, with predictions before labels."""
    return metrics.auc(labels, predictions, weights, num_thresholds, metrics_collections, updates_collections, curve, name)


def streaming_sensitivity_at_specificity(predictions, labels, specificity, weights=None, num_thresholds=200,
                                         metrics_collections=None, updates_collections=None, name=None):
    """`tf.metrics.sensitivity_at_specificity`, with predictions before labels."""
    return metrics.sensitivity_at_specificity(labels, predictions, specificity, weights, num_thresholds,
                                              metrics_collections, updates_collections, name)


def streaming_specificity_at_sensitivity(predictions, labels, sensitivity, weights=None, num_thresholds=200,
                                         metrics_collections=None, updates_collections=None, name=None):
    """`tf.metrics.specificity_at_sensitivity`, with predictions before labels."""
    return metrics.specificity_at_sensitivity(labels, predictions, sensitivity, weights, num_thresholds,
                                              metrics_collections, updates_collections, name)


@deprecated(None, 'Please switch to tf.metrics.mean')
def streaming_mean(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """`tf.metrics.mean`."""
    return metrics.mean(values, weights, metrics_collections, updates_collections, name)


@deprecated(None, 'Please switch to tf.metrics.mean_tensor')
def streaming_mean_tensor(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """`tf.metrics.mean_tensor`."""
    return metrics.mean_tensor(values, weights, metrics_collections, updates_collections, name)


def streaming_percentage_less(values, threshold, weights=None, metrics_collections=None, updates_collections=None,
                              name=None):
    """`tf.metrics.percentage_below`."""
    return metrics.percentage_below(values, threshold, weights, metrics_collections, updates_collections, name)


def aggregate_metrics(*value_update_tuples):
    """The values and the update operations of several metrics, as two lists. ValueError for none."""
    if not value_update_tuples:
        raise ValueError('Expected at least one value_tensor/update_op pair')
    values, updates = zip(*value_update_tuples)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples):
    """The values and the update operations of metrics by name, as two dicts."""
    return ({name: value for name, (value, _) in names_to_tuples.items()},
            {name: update for name, (_, update) in names_to_tuples.items()})


export(globals())
