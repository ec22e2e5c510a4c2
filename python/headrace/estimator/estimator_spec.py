"""What a model function gives an Estimator: `tf.estimator.EstimatorSpec`."""

import collections

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.graph import get_default_graph
from headrace.core.run_hooks import SessionRunHook
from headrace.core.scaffold import Scaffold
from headrace.core.shapes import TensorShape
from headrace.core.sparse import SparseTensor
from headrace.estimator.export.export_output import ExportOutput, PredictOutput
from headrace.estimator.mode_keys import ModeKeys
from headrace.saved_model.signature_constants import DEFAULT_SERVING_SIGNATURE_DEF_KEY

__all__ = ['EstimatorSpec']


class EstimatorSpec(collections.namedtuple('EstimatorSpec', [
        'mode', 'predictions', 'loss', 'train_op', 'eval_metric_ops', 'export_outputs', 'training_chief_hooks',
        'training_hooks', 'scaffold', 'evaluation_hooks', 'prediction_hooks'])):
    """The operations of a model, as far as its mode needs them.

    Training needs `loss` and `train_op`, evaluation `loss`, prediction `predictions`.
    """

    def __new__(cls, mode, predictions=None, loss=None, train_op=None, eval_metric_ops=None, export_outputs=None,
                training_chief_hooks=None, training_hooks=None, scaffold=None, evaluation_hooks=None,
                prediction_hooks=None):
        """
        Args:
          mode: a ModeKeys.
          predictions: a tensor, or a dict of tensors.
          loss: a tensor of one element.
          train_op: an operation that trains for a step.
          eval_metric_ops: a dict from names to (value, update operation), as tf.metrics gives them.
          export_outputs: a dict from names of signatures to ExportOutputs.
          training_chief_hooks, training_hooks: hooks of the chief, of all workers.
          scaffold: a tf.train.Scaffold.
          evaluation_hooks, prediction_hooks: hooks of these modes.

        Raises:
          ValueError: something is missing, or of another graph.
          TypeError: something is of another type.
        """
        train_op = _checked_train_op(train_op, mode)
        loss = _checked_loss(loss, mode)
        predictions = _checked_predictions(predictions, mode)
        export_outputs = _checked_exports(export_outputs, predictions, mode)
        hooks = [_checked_hooks(value) for value in (training_hooks, training_chief_hooks, evaluation_hooks,
                                                     prediction_hooks)]
        metrics = _checked_metrics(eval_metric_ops, mode)
        scaffold = scaffold or Scaffold()
        if not isinstance(scaffold, Scaffold):
            raise TypeError(f'scaffold must be tf.train.Scaffold. Given: {scaffold}')
        return super().__new__(
            cls, mode=mode, predictions=predictions, loss=loss, train_op=train_op, eval_metric_ops=metrics,
            export_outputs=export_outputs, training_chief_hooks=hooks[1], training_hooks=hooks[0], scaffold=scaffold,
            evaluation_hooks=hooks[2], prediction_hooks=hooks[3])

    def _replace(self, **kwargs):
        """A copy with other values of some fields, checked as new ones are. ValueError for another mode."""
        if kwargs.get('mode', self.mode) != self.mode:
            raise ValueError('mode of EstimatorSpec cannot be changed.')
        return EstimatorSpec(**{**self._asdict(), **kwargs})


# ---- checks


def _is_tensor(value):
    return isinstance(value, (_c.Tensor, _c.Variable, SparseTensor))


def _check_tensor(value, name):
    if not _is_tensor(value):
        raise TypeError(f'{name} must be Tensor, given: {value}')


def _check_graph(value, name):
    graph = value.graph
    if graph is not get_default_graph():
        raise ValueError(f'{name} with "{getattr(value, "name", value)}" must be from the default graph: it was created '
                         'outside of the context of that graph, or not by the most recent call of "model_fn".')


def _checked_train_op(train_op, mode):
    if train_op is None:
        if mode == ModeKeys.TRAIN:
            raise ValueError('Missing train_op.')
        return None
    if not (_is_tensor(train_op) or isinstance(train_op, _c.Operation)):
        raise TypeError(f'train_op must be Operation or Tensor, given: {train_op}')
    _check_graph(train_op, 'train_op')
    return train_op


def _checked_loss(loss, mode):
    """The loss as a scalar."""
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError('Missing loss.')
        return None
    _check_tensor(loss, 'loss')
    _check_graph(loss, 'loss')
    shape = loss.get_shape()
    if shape.num_elements() not in (None, 1):
        raise ValueError(f'Loss must be scalar, given: {loss}')
    if not shape.is_compatible_with(TensorShape([])):
        loss = _ops.reshape(loss, [])
    return loss


def _checked_predictions(predictions, mode):
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise ValueError('Missing predictions.')
        return {}
    named = predictions.items() if isinstance(predictions, dict) else [('', predictions)]
    for key, value in named:
        what = f'predictions[{key}]' if isinstance(predictions, dict) else 'predictions'
        _check_tensor(value, what)
        _check_graph(value, what)
    return predictions


def _checked_metrics(metrics, mode):
    if metrics is None:
        metrics = {}
    elif not isinstance(metrics, dict):
        raise TypeError(f'eval_metric_ops must be a dict, given: {metrics}')
    for key, pair in metrics.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError('Values of eval_metric_ops must be (metric_value, update_op) tuples, given: '
                            f'{pair} for key: {key}')
        for value, what in zip(pair, ('metric_value', 'metric_update')):
            if not (_is_tensor(value) or isinstance(value, _c.Operation)):
                raise TypeError(f'eval_metric_ops[{key}] {what} must be Operation or Tensor, given: {value}')
            if mode == ModeKeys.EVAL:
                _check_graph(value, f'eval_metric_ops[{key}]')
    return metrics


def _checked_exports(outputs, predictions, mode):
    """The outputs with a default one."""
    if outputs is None:
        if mode != ModeKeys.PREDICT:
            return None
        outputs = {DEFAULT_SERVING_SIGNATURE_DEF_KEY: PredictOutput(predictions)}
    if not isinstance(outputs, dict):
        raise TypeError(f'export_outputs must be dict, given: {outputs}')
    for output in outputs.values():
        if not isinstance(output, ExportOutput):
            raise TypeError('Values in export_outputs must be ExportOutput objects. Given: '
                            f'{outputs}')
    if len(outputs) == 1:
        (key, value), = outputs.items()
        if key != DEFAULT_SERVING_SIGNATURE_DEF_KEY:
            outputs[DEFAULT_SERVING_SIGNATURE_DEF_KEY] = value
    elif outputs and DEFAULT_SERVING_SIGNATURE_DEF_KEY not in outputs:
        raise ValueError('Multiple export_outputs were provided, but none of them is specified as the default. Do this by '
                         'naming one of them with signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY.')
    return outputs


def _checked_hooks(hooks):
    hooks = tuple(hooks or ())
    for hook in hooks:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f'All hooks must be SessionRunHook instances, given: {hook}')
    return hooks
