"""Checks of tensors' dtypes and shapes while the graph is built."""

import functools

import numpy

from headrace import _headrace as _c
from headrace._ops import identity, logical_and, logical_or, reshape
from headrace.core import dtypes
from headrace.core.arrays import rank as rank_of
from headrace.core.arrays import shape as shape_of
from headrace.core.arrays import size, squeeze
from headrace.core.control import Assert
from headrace.core.control_flow import case, cond
from headrace.core.graph import Tensor, control_dependencies, convert_to_tensor, name_scope
from headrace.core.math_functions import equal, reduce_all, reduce_sum
from headrace.core.sparse import SparseTensor
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


def _assert_shape(expected, tensor):
    """An assertion that the tensor has the shape when it runs; a size of -1 is any."""
    with name_scope(None, 'assert_shape', [tensor]) as scope:
        found = shape_of(tensor, name='actual')
        with name_scope(None, 'is_shape', [tensor]) as is_shape:
            rank = size(expected)
            with name_scope(None, 'is_rank', [tensor]) as is_rank:
                rank = convert_to_tensor(rank, name='expected')
                has_rank = equal(rank, rank_of(tensor, name='actual'), name=is_rank)
            with name_scope(None, 'shape_tensor_equal', [expected, found]) as shape_equal:
                any_size = equal(expected, -1)
                fits = logical_or(any_size, equal(expected, found, 'equal'), name='exclude_partial_shape')
                has_sizes = reduce_all(fits, name=shape_equal)
            fits = logical_and(has_rank, has_sizes, name=is_shape)
        return Assert(fits, [f'Wrong shape for {tensor.name} [expected] [actual].', expected, found], name=scope)


def _checked_shape(expected, tensor):
    """A shape as an int32 tensor or array. ValueError for others."""
    if isinstance(expected, (list, tuple)):
        expected = numpy.asarray(expected, None if expected else numpy.int32)
        expected = expected.astype(numpy.int32) if expected.dtype == numpy.int64 else expected
    if isinstance(expected, numpy.ndarray) and expected.ndim > 1:
        raise ValueError(f'Invalid rank {expected.ndim} for shape {expected} expected of tensor {tensor.name}.')
    is_array = isinstance(expected, numpy.ndarray)
    if (is_array or is_tensor(expected)) and dtypes.as_dtype(expected.dtype).base_dtype != dtypes.int32:
        raise ValueError(f'Invalid dtype {expected.dtype} for shape {expected} expected of tensor {tensor.name}.')
    return expected


def with_shape(expected_shape, tensor):
    """The tensor, with a shape that is asserted when it runs where it is not known before.

    Args:
      expected_shape: sizes, or an int32 vector, which may be a tensor; -1 in a vector is any size.
      tensor: a tensor.

    Returns:
      The tensor, or one of the same value behind an assertion.

    Raises:
      ValueError: the shapes do not fit; the tensor is sparse.
    """
    if isinstance(tensor, SparseTensor):
        raise ValueError('SparseTensor not supported.')
    expected, found = _checked_shape(expected_shape, tensor), tensor.get_shape()
    is_known = not is_tensor(expected)
    if not found.is_fully_defined() or not is_known:
        with name_scope(tensor.op.name + '/'):
            if is_known and len(expected) == 0:
                return reshape(tensor, [])
            with control_dependencies([_assert_shape(expected, tensor)]):
                result = identity(tensor)
            if is_known:
                result.set_shape(expected)
            return result
    if is_known and not found.is_compatible_with(expected):
        if len(expected) == 0 and found.is_compatible_with([1]):
            with name_scope(tensor.op.name + '/'):
                return reshape(tensor, [])
        raise ValueError(f'Invalid shape for tensor {tensor.name}, expected {expected}, got {found}.')
    return tensor


def with_same_shape(expected_tensor, tensor):
    """The tensor, with the shape of another: see `with_shape`."""
    with name_scope(tensor.op.name + '/'):
        shape = expected_tensor.get_shape()
        return with_shape(shape.as_list() if shape.is_fully_defined() else
                          shape_of(expected_tensor, name='expected_shape'), tensor)


def reduce_sum_n(tensors, name=None):
    """The sum of the elements of all tensors."""
    if not tensors:
        raise ValueError('No tensors provided.')
    with name_scope(name, 'reduce_sum_n', tensors) as scope:
        sums = [reduce_sum(t, name=f'{t.op.name}/sum') for t in tensors]
        return sums[0] if len(sums) == 1 else _c.tf_add_n(sums, name=scope)


def _squeezed_if(tensor, condition):
    """The tensor, without its last dimension if the condition is true when it runs, where that may be."""
    shape = tensor.shape
    if shape.ndims is not None and not shape.dims[-1].is_compatible_with(1):
        return tensor
    return cond(condition(), lambda: squeeze(tensor, [-1]), lambda: tensor)


def remove_squeezable_dimensions(predictions, labels, name=None):
    """Both tensors, the one with one dimension more, of size one, without that."""
    with name_scope(name, 'remove_squeezable_dimensions', [predictions, labels]):
        predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
        ranks = predictions.shape.ndims, labels.shape.ndims
        if None not in ranks:
            if ranks[0] - ranks[1] == 1:
                predictions = squeeze(predictions, [-1])
            elif ranks[1] - ranks[0] == 1:
                labels = squeeze(labels, [-1])
            return predictions, labels
        difference = rank_of(predictions) - rank_of(labels)
        predictions = _squeezed_if(predictions, lambda: equal(1, difference))
        return predictions, _squeezed_if(labels, lambda: equal(-1, difference))


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
