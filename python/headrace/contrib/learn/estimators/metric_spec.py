"""Metrics that a program asks an evaluation for."""

from headrace.estimator.inputs import arguments_of

__all__ = ['MetricSpec']

_LABELS = ('labels', 'label', 'targets', 'target')
_PREDICTIONS = ('predictions', 'prediction')
_WEIGHTS = ('weights', 'weight')


class MetricSpec:
    """A metric, and which predictions, labels and weights it is of."""

    def __init__(self, metric_fn, prediction_key=None, label_key=None, weight_key=None):
        """
        Args:
          metric_fn: a function of predictions, labels and weights, which it may call so, or takes in this order; it gives
            (value, update operation).
          prediction_key, label_key: keys, where there are several predictions or labels.
          weight_key: the name of the weights among the features; none for None.
        """
        self._metric_fn = metric_fn
        self._prediction_key, self._label_key, self._weight_key = prediction_key, label_key, weight_key

    @property
    def metric_fn(self):
        """The function."""
        return self._metric_fn

    @property
    def prediction_key(self):
        """The key of the predictions, or None."""
        return self._prediction_key

    @property
    def label_key(self):
        """The key of the labels, or None."""
        return self._label_key

    @property
    def weight_key(self):
        """The name of the weights, or None."""
        return self._weight_key

    def __str__(self):
        name = getattr(self._metric_fn, '__name__', str(self._metric_fn))
        return (f'MetricSpec(metric_fn={name}, prediction_key={self._prediction_key}, label_key={self._label_key}, '
                f'weight_key={self._weight_key})')

    def create_metric_ops(self, inputs, labels, predictions):
        """(value, update operation) for a dict of features, and labels and predictions. ValueError where a key fits none."""
        predictions = self._chosen(predictions, self._prediction_key, 'prediction')
        labels = self._chosen(labels, self._label_key, 'label')
        arguments = self._arguments(predictions, labels)
        if self._weight_key is not None:
            if not isinstance(inputs, dict) or self._weight_key not in inputs:
                raise ValueError(f'MetricSpec without weight {self._weight_key} among the features: {inputs}.')
            arguments[1][self._name(_WEIGHTS) or 'weights'] = inputs[self._weight_key]
        positional, named = arguments
        return self._metric_fn(*positional, **named)

    def _chosen(self, values, key, what):
        if not isinstance(values, dict):
            if key:
                raise ValueError(f'MetricSpec with {what}_key specified requires {what}s dict, got {values}.')
            return values
        if key:
            if key not in values:
                raise ValueError(f'MetricSpec with {what}_key {key} not in {sorted(values)}.')
            return values[key]
        if len(values) != 1:
            raise ValueError(f'MetricSpec without specified {what}_key requires {what}s tensor or single element dict, got '
                             f'{values}')
        return next(iter(values.values()))

    def _name(self, names):
        """Which of several names an argument of the function has, or None."""
        arguments = arguments_of(self._metric_fn)
        return next((name for name in names if name in arguments), None)

    def _arguments(self, predictions, labels):
        """(positional, named) arguments of the function."""
        prediction_name, label_name = self._name(_PREDICTIONS), self._name(_LABELS)
        if label_name is None:
            return ([predictions], {}) if prediction_name is None and labels is None else (
                ([], {prediction_name: predictions}) if prediction_name and len(arguments_of(self._metric_fn)) == 1 else
                ([predictions, labels], {}))
        if prediction_name is None:
            return [predictions], {label_name: labels}
        return [], {prediction_name: predictions, label_name: labels}
