"""Estimators made of others: with more metrics, or with features among their predictions."""

from headrace.core.graph import convert_to_tensor_or_sparse_tensor
from headrace.core.sparse import SparseTensor
from headrace.core.sparse_functions import sparse_tensor_to_dense
from headrace.estimator.estimator import Estimator
from headrace.estimator.export.export_output import PredictOutput
from headrace.estimator.inputs import arguments_of
from headrace.estimator.mode_keys import ModeKeys

__all__ = ['add_metrics']

_METRIC_ARGUMENTS = ('features', 'labels', 'predictions', 'config')


def extended(estimator, model_fn):
    """An estimator in the place of another one, of another model function."""
    return Estimator(model_fn, estimator.model_dir, estimator.config, None, estimator._warm_start_settings)


def add_metrics(estimator, metric_fn):
    """An estimator like another one, whose evaluations have more metrics.

    Args:
      estimator: a `tf.estimator.Estimator`.
      metric_fn: a function that gives a dict of metrics by name, of as many of `features`, `labels`, `predictions` and
        `config` as it names. A metric of a name that was there takes its place.

    Returns:
      An Estimator in the same directory.

    Raises:
      ValueError: `metric_fn` takes other arguments.
    """
    names = arguments_of(metric_fn)
    others = [name for name in names if name not in _METRIC_ARGUMENTS]
    if others:
        raise ValueError(f'metric_fn ({metric_fn}) has following not expected args: {others}')

    def model_fn(features, labels, mode, config):
        spec = estimator.model_fn(features, labels, mode, config)
        if mode != ModeKeys.EVAL:
            return spec
        given = {'features': features, 'labels': labels, 'predictions': spec.predictions, 'config': config}
        metrics = dict(spec.eval_metric_ops or {})
        metrics.update(metric_fn(**{name: given[name] for name in names}))
        return spec._replace(eval_metric_ops=metrics)

    return extended(estimator, model_fn)


def _checked_keys(keys):
    if keys is None or isinstance(keys, str):
        return keys if keys is None else [keys]
    if not isinstance(keys, (list, tuple)):
        raise TypeError(f'keys should be either a string or a list of strings. Given: {type(keys)}')
    for key in keys:
        if not isinstance(key, str):
            raise TypeError(f'All items in the given keys list should be a string. There exist an item with type: '
                             f'{type(key)}')
    return keys


def forward_features(estimator, keys=None, sparse_default_values=None):
    """An estimator like another one, whose predictions have features in them, so that results can be told apart.

    Args:
      estimator: a `tf.estimator.Estimator` whose predictions are a dict.
      keys: a feature's name or a list of them; all features by default.
      sparse_default_values: dict by name of what fills the gaps of sparse features.

    Returns:
      An Estimator in the same directory.

    Raises:
      TypeError: names are no strings.
      ValueError: later: there is no such feature, or the predictions have its name.
    """
    keys = _checked_keys(keys)
    fills = sparse_default_values or {}

    def model_fn(features, labels, mode, config):
        spec = estimator.model_fn(features, labels, mode, config)
        predictions = spec.predictions
        if predictions is None:
            return spec
        if not isinstance(predictions, dict):
            raise ValueError(f'Predictions should be a dict to be able to forward features. Given: {type(predictions)}')
        predictions = dict(predictions)
        names = sorted(features) if keys is None else keys
        for name in names:
            if name not in features:
                raise ValueError(f'keys should be exist in features. Key "{name}" is not in features dict. features '
                                 f'dict has following keys: {features.keys()}. Please check arguments of '
                                 'forward_features.')
            if name in predictions:
                raise ValueError(f'Cannot forward feature key ({name}). Since it does exist in predictions dict. '
                                 f'Existing prediction keys are: {list(predictions)}.')
            feature = convert_to_tensor_or_sparse_tensor(features[name])
            if isinstance(feature, SparseTensor):
                feature = sparse_tensor_to_dense(feature, default_value=fills.get(name))
            predictions[name] = feature
        spec = spec._replace(predictions=predictions)
        for output in (spec.export_outputs or {}).values():
            if isinstance(output, PredictOutput):
                output.outputs.update({name: predictions[name] for name in names})
        return spec

    return extended(estimator, model_fn)
