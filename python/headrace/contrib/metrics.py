"""`tf.contrib.metrics`: the metrics of `tf.metrics` under their older names, with predictions before labels."""

from headrace import metrics
from headrace.core.deprecation import deprecated
from headrace.core.public import export


def _older(name, metric, extra=()):
    """The metric with the arguments' older order: predictions, labels, `extra`, then those of all metrics."""
    instructions = (f'Please switch to tf.metrics.{metric.__name__}. Note that the order of the labels and predictions '
                    'arguments has been switched.')
    arguments = ', '.join(('predictions', 'labels') + tuple(extra) +
                          tuple(f'{x}=None' for x in ('weights', 'metrics_collections', 'updates_collections', 'name')))
    passed = ', '.join(f'{x}={x}' for x in ('labels', 'predictions') + tuple(extra) +
                       ('weights', 'metrics_collections', 'updates_collections', 'name'))
    names = {'metric': metric, '__name__': __name__}
    exec(f'def {name}({arguments}):\n    return metric({passed})\n', names)  # so that its signature is the older one
    function = names[name]
    function.__doc__ = f'`tf.metrics.{metric.__name__}`, with predictions before labels.'
    return deprecated(None, instructions)(function)


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
streaming_mean_relative_error = _older('streaming_mean_relative_error', metrics.mean_relative_error, ['normalizer'])
streaming_mean_cosine_distance = _older('streaming_mean_cosine_distance', metrics.mean_cosine_distance, ['dim'])


@deprecated(None, 'Please switch to tf.metrics.mean')
def streaming_mean(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """`tf.metrics.mean`."""
    return metrics.mean(values, weights, metrics_collections, updates_collections, name)


@deprecated(None, 'Please switch to tf.metrics.mean_tensor')
def streaming_mean_tensor(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """`tf.metrics.mean_tensor`."""
    return metrics.mean_tensor(values, weights, metrics_collections, updates_collections, name)


@deprecated(None, 'Please switch to tf.metrics.percentage_below')
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
