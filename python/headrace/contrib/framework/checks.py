"""Checks of tensors' dtypes and shapes while the graph is built."""

import functools

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.control_flow import case, cond
from headrace.core.graph import Tensor, convert_to_tensor, name_scope
from headrace.core.math_functions import reduce_sum
from headrace.core.shapes import TensorShape
from headrace.core.variables import Variable

__all__ = ['is_tensor', 'assert_scalar', 'assert_scalar_int', 'assert_same_float_dtype', 'with_shape',
           'with_same_shape', 'reduce_sum_n', 'remove_squeezable_dimensions', 'smart_cond', 'smart_case',
           'smart_constant_value', 'convert_to_tensor_or_sparse_tensor']


def is_tensor(x):
    """Whether `x` is a tensor, a variable, or rows of one."""
    from headrace.core.graph import IndexedSlices
    return isinstance(x, (Tensor, Variable, IndexedSlices)) or hasattr(x, '_as_graph_element')


def assert_scalar(tensor, name=None, message=None):
    """The tensor of a value that must be a scalar, statically. ValueError where it is not."""
    with name_scope(name, 'assert_scalar', [tensor]):
        tensor = convert_to_tensor(tensor)
        if tensor.shape.ndims != 0:
            prefix = message + '  ' if message else ''
            raise ValueError(f'{prefix}Expected scalar shape for {tensor.name}, saw shape: {tensor.shape}.')
        return tensor


def assert_scalar_int(tensor, name=None):
    """The tensor of a value that must be an integer scalar. ValueError where it is not."""
    with name_scope(name, 'assert_scalar_int', [tensor]):
        tensor = convert_to_tensor(tensor)
        if not tensor.dtype.is_integer:
            raise ValueError(f'Expected integer type for {tensor.name}, received type: {tensor.dtype!r}.')
        return assert_scalar(tensor)


def assert_same_float_dtype(tensors=None, dtype=None):
    """The floating dtype that all tensors share: float32 for none. ValueError where they differ or are no floats."""
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    for tensor in tensors or ():
        found = tensor.dtype.base_dtype
        if wanted is not None and found != wanted:
            raise ValueError(f'{tensor.name}, type={found!r}, must be of the same type ({wanted!r}).')
        wanted = found
    wanted = wanted or dtypes.float32
    if not wanted.is_floating:
        raise ValueError(f'Expected floating point type, got {wanted!r}.')
    return wanted


def with_shape(expected_shape, tensor):
    """The tensor, with a shape that must fit what is known of its own.

    Args:
      expected_shape: sizes, or a TensorShape.
      tensor: a tensor.

    Raises:
      ValueError: the shapes do not fit.
      NotImplementedError: the shape is a tensor whose value is not known while building.
    """
    tensor = convert_to_tensor(tensor)
    if isinstance(expected_shape, (Tensor, Variable)):
        known = _c.constant_value(convert_to_tensor(expected_shape))
        if known is None:
            raise NotImplementedError('with_shape with a computed shape needs an assertion that runs, which is not '
                                      'there yet')
        expected_shape = known.tolist()
    expected, found = TensorShape(expected_shape), tensor.shape
    if found.ndims is not None and found.is_fully_defined():
        found.assert_is_compatible_with(expected)
        return tensor
    with name_scope(tensor.op.name + '/'):
        result = _c.call_op('Identity', None, (tensor,), ())
    result.set_shape(expected)
    return result


def with_same_shape(expected_tensor, tensor):
    """The tensor, which must have the static shape of another."""
    with name_scope(tensor.op.name + '/'):
        expected = expected_tensor.shape
        if expected.is_fully_defined() or tensor.shape.is_fully_defined():
            return with_shape(expected if expected.is_fully_defined() else tensor.shape, tensor)
        raise NotImplementedError('with_same_shape of tensors without static shapes needs an assertion that runs, '
                                  'which is not there yet')


def reduce_sum_n(tensors, name=None):
    """The sum of the elements of all tensors."""
    if not tensors:
        raise ValueError('No tensors provided.')
    with name_scope(name, 'reduce_sum_n', tensors) as scope:
        sums = [reduce_sum(t, name=f'{t.op.name}/sum') for t in tensors]
        return sums[0] if len(sums) == 1 else _c.tf_add_n(sums, name=scope)


def remove_squeezable_dimensions(predictions, labels, name=None):
    """Both tensors, the one with one dimension more, of size one, without that. Ranks must be known."""
    with name_scope(name, 'remove_squeezable_dimensions', [predictions, labels]):
        predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
        ranks = predictions.shape.ndims, labels.shape.ndims
        if None in ranks:
            raise NotImplementedError('remove_squeezable_dimensions of tensors of unknown rank needs tf.cond, which is '
                                      'not there yet')
        if ranks[0] - ranks[1] == 1 and predictions.shape.as_list()[-1] in (1, None):
            predictions = _c.call_op('Squeeze', None, (predictions,), ('squeeze_dims', [-1]))
        if ranks[1] - ranks[0] == 1 and labels.shape.as_list()[-1] in (1, None):
            labels = _c.call_op('Squeeze', None, (labels,), ('squeeze_dims', [-1]))
        return predictions, labels


def smart_constant_value(pred):
    """What is known of a condition: the value of a constant tensor, a bool; None where it is computed."""
    if isinstance(pred, (Tensor, Variable)):
        return _c.constant_value(pred)
    if pred in (True, False):
        return bool(pred)
    raise TypeError(f'`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {type(pred)}')


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """true_fn() or false_fn(): at once where the condition is known while building, else `tf.cond` of both."""
    for key, function in (('true_fn', true_fn), ('false_fn', false_fn)):
        if not callable(function):
            raise TypeError(f'`{key}` must be callable.')
    known = smart_constant_value(pred)
    if known is None:
        return cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return true_fn() if known else false_fn()


def smart_case(pred_fn_pairs, default=None, exclusive=False, name='smart_case'):
    """The function of the first condition that holds, called; `default` where none does. Conditions that are known while
    building need no nodes; `tf.case` chooses among the others."""
    pairs = list(pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs)
    if exclusive or default is None and not any(smart_constant_value(pred) for pred, _ in pairs):
        return case(pairs, default=default, exclusive=exclusive, name=name)
    with name_scope(name, 'smart_case', [pred for pred, _ in pairs]):
        chosen = default
        for pred, function in reversed(pairs):
            chosen = functools.partial(smart_cond, pred, function, chosen or function)
        return chosen()


def convert_to_tensor_or_sparse_tensor(value, dtype=None, name=None):
    """The tensor of a value; a sparse one as it is."""
    from headrace.core import graph
    return graph.convert_to_tensor_or_sparse_tensor(value, dtype, name)
