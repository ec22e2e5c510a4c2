"""What a served model takes: placeholders, and the features that are made of them."""

import collections

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.sparse import SparseTensor

__all__ = ['ServingInputReceiver', 'TensorServingInputReceiver', 'build_raw_serving_input_receiver_fn',
           'build_parsing_serving_input_receiver_fn']


def _checked_tensors(tensors, kind, default_name):
    """{name: tensor} of a dict, or of one tensor, which gets a default name."""
    if tensors is None:
        raise ValueError(f'{kind}s must be defined.')
    if not isinstance(tensors, dict):
        tensors = {default_name: tensors}
    for name, tensor in tensors.items():
        if not isinstance(name, (str, int)):
            raise ValueError(f'{kind} keys must be strings: {name}.')
        if not isinstance(tensor, (_c.Tensor, SparseTensor)):
            raise ValueError(f'{kind} {name} must be a Tensor or SparseTensor.')
    return tensors


def _checked_alternatives(alternatives):
    if alternatives is None:
        return None
    if not isinstance(alternatives, dict):
        raise ValueError(f'receiver_tensors_alternatives must be a dict: {alternatives}.')
    return {name: _checked_tensors(tensors, f'receiver_tensors_alternative[{name}]', 'input')
            for name, tensors in alternatives.items()}


class ServingInputReceiver(collections.namedtuple('ServingInputReceiver', [
        'features', 'receiver_tensors', 'receiver_tensors_alternatives'])):
    """The features of a model as a dict, and what is fed in their place."""

    def __new__(cls, features, receiver_tensors, receiver_tensors_alternatives=None):
        """
        Args:
          features: a dict of tensors, or one tensor, which is called 'feature'.
          receiver_tensors: a dict of the tensors that are fed, or one, which is called 'input'.
          receiver_tensors_alternatives: a dict from names of signatures to other tensors that may be fed.
        """
        return super().__new__(cls, _checked_tensors(features, 'feature', 'feature'),
                               _checked_tensors(receiver_tensors, 'receiver_tensor', 'input'),
                               _checked_alternatives(receiver_tensors_alternatives))


class TensorServingInputReceiver(collections.namedtuple('TensorServingInputReceiver', [
        'features', 'receiver_tensors', 'receiver_tensors_alternatives'])):
    """As ServingInputReceiver, for a model whose features are one tensor."""

    def __new__(cls, features, receiver_tensors, receiver_tensors_alternatives=None):
        """`features`: a tensor; others as of ServingInputReceiver."""
        if features is None:
            raise ValueError('features must be defined.')
        if not isinstance(features, (_c.Tensor, SparseTensor)):
            raise ValueError('feature must be a Tensor or SparseTensor.')
        return super().__new__(cls, features, _checked_tensors(receiver_tensors, 'receiver_tensor', 'input'),
                               _checked_alternatives(receiver_tensors_alternatives))


def build_raw_serving_input_receiver_fn(features, default_batch_size=None):
    """A function for `export_saved_model` whose features are fed as they are.

    Args:
      features: a dict of tensors, whose names, dtypes and shapes count, but for the batch.
      default_batch_size: how many examples a batch has; any number for None.
    """
    def serving_input_receiver_fn():
        """The receiver: a placeholder for each feature."""
        from headrace.core.arrays import placeholder
        fed = {}
        for name, tensor in features.items():
            shape = tensor.get_shape().as_list()
            shape[0] = default_batch_size
            fed[name] = placeholder(tensor.dtype, shape=shape, name=tensor.op.name)
        return ServingInputReceiver(fed, fed)

    return serving_input_receiver_fn


def build_parsing_serving_input_receiver_fn(feature_spec, default_batch_size=None):
    """A function for `export_saved_model` whose features are parsed from serialized Example messages.

    Args:
      feature_spec: a dict as of `tf.parse_example`.
      default_batch_size: how many examples a batch has; any number for None.
    """
    def serving_input_receiver_fn():
        """The receiver: a placeholder for the messages."""
        import headrace as tf
        serialized = tf.placeholder(dtypes.string, shape=[default_batch_size], name='input_example_tensor')
        return ServingInputReceiver(tf.parse_example(serialized, feature_spec), {'examples': serialized})

    return serving_input_receiver_fn
