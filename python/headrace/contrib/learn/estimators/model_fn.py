"""What a model function of tf.contrib.learn gives."""

import collections

from headrace import _headrace as _c
from headrace.contrib.learn.estimators.constants import ModeKeys
from headrace.core.graph import convert_to_tensor
from headrace.core.sparse import SparseTensor

__all__ = ['ModelFnOps']


class ModelFnOps(collections.namedtuple('ModelFnOps', [
        'predictions', 'loss', 'train_op', 'eval_metric_ops', 'output_alternatives', 'training_chief_hooks',
        'training_hooks', 'scaffold', 'mode'])):
    """The operations of a model, as far as its mode needs them."""

    def __new__(cls, mode, predictions=None, loss=None, train_op=None, eval_metric_ops=None, output_alternatives=None,
                training_chief_hooks=None, training_hooks=None, scaffold=None):
        """
        Args:
          mode: a ModeKeys.
          predictions: a tensor, or a dict of tensors.
          loss: a tensor of one element; not for predictions.
          train_op: an operation that trains for a step.
          eval_metric_ops: a dict from names to (value, update operation).
          output_alternatives: a dict from names of heads to (ProblemType, dict of tensors).
          training_chief_hooks, training_hooks: hooks of the chief, of all workers.
          scaffold: a tf.train.Scaffold.

        Raises:
          ValueError: something is missing.
        """
        if train_op is None and mode == ModeKeys.TRAIN:
            raise ValueError('Missing train_op.')
        if loss is None and mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError('Missing loss.')
        if loss is not None:
            loss = convert_to_tensor(loss)
            if loss.get_shape().num_elements() not in (None, 1):
                raise ValueError(f'Loss must be scalar, given: {loss}')
        if predictions is None:
            if mode in (ModeKeys.INFER, ModeKeys.EVAL):
                raise ValueError('Missing predictions.')
        elif isinstance(predictions, dict):
            predictions = {key: _tensor(value) for key, value in predictions.items()}
        else:
            predictions = _tensor(predictions)
        if eval_metric_ops is None:
            eval_metric_ops = {}
        elif not isinstance(eval_metric_ops, dict):
            raise ValueError('eval_metric_ops must be a dict.')
        return super().__new__(
            cls, predictions=predictions, loss=loss, train_op=train_op, eval_metric_ops=eval_metric_ops,
            output_alternatives=output_alternatives, training_chief_hooks=training_chief_hooks or [],
            training_hooks=training_hooks or [], scaffold=scaffold, mode=mode)

    def estimator_spec(self, default_serving_output_alternative_key=None):
        """The EstimatorSpec of tf.estimator, without outputs to serve.

        Args:
          default_serving_output_alternative_key: accepted.
        """
        from headrace.estimator import EstimatorSpec
        return EstimatorSpec(mode=self.mode, predictions=self.predictions, loss=self.loss, train_op=self.train_op,
                             eval_metric_ops=self.eval_metric_ops, training_chief_hooks=self.training_chief_hooks,
                             training_hooks=self.training_hooks, scaffold=self.scaffold)


def _tensor(value):
    return value if isinstance(value, (SparseTensor, _c.Tensor)) else convert_to_tensor(value)
