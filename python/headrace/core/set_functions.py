"""Sets: the elements along the last dimension of a tensor or a sparse tensor; the other dimensions say which set."""

from headrace import _ops
from headrace.core import dtypes
from headrace.core.graph import convert_to_tensor_or_sparse_tensor
from headrace.core.sparse import SparseTensor

_DTYPES = (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16, dtypes.string)


def _parts(x):
    return (x.indices, x.values, x.dense_shape) if isinstance(x, SparseTensor) else (x,)


def _operate(a, b, operation, turned, validate_indices):
    """`turned` is the operation for the operands the other way round."""
    a = convert_to_tensor_or_sparse_tensor(a, name='a')
    if a.dtype.base_dtype not in _DTYPES:
        raise TypeError(f"'a' invalid dtype {a.dtype}.")
    b = convert_to_tensor_or_sparse_tensor(b, name='b')
    if a.dtype.base_dtype != b.dtype.base_dtype:
        raise TypeError(f"Types don't match, {a.dtype} vs {b.dtype}.")
    if isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        a, b, operation = b, a, turned
    if isinstance(a, SparseTensor):
        function = _ops.sparse_to_sparse_set_operation
    else:
        function = _ops.dense_to_sparse_set_operation if isinstance(b, SparseTensor) else _ops.dense_to_dense_set_operation
    return SparseTensor(*function(*_parts(a), *_parts(b), operation, validate_indices))


def set_size(a, validate_indices=True):
    """How many different elements each set has.

    Args:
      a: a sparse tensor.
      validate_indices: whether indices out of order, or repeated, are errors.

    Returns:
      An int32 tensor without the last dimension of `a`.

    Raises:
      TypeError: `a` is no sparse tensor, or not of integers or strings.
    """
    a = convert_to_tensor_or_sparse_tensor(a, name='a')
    if not isinstance(a, SparseTensor):
        raise TypeError(f'Expected `SparseTensor`, got {a}.')
    if a.values.dtype.base_dtype not in _DTYPES:
        raise TypeError(f'Invalid dtype {a.values.dtype}.')
    return _ops.set_size(a.indices, a.values, a.dense_shape, validate_indices)


def set_intersection(a, b, validate_indices=True):
    """What both sets of each pair have.

    Args:
      a, b: tensors or sparse tensors of one dtype, of integers or strings, whose shapes differ in the last size only.
      validate_indices: whether indices out of order, or repeated, are errors.

    Returns:
      A sparse tensor, whose elements are sorted.

    Raises:
      TypeError: for other dtypes.
    """
    return _operate(a, b, 'intersection', 'intersection', validate_indices)


def set_difference(a, b, aminusb=True, validate_indices=True):
    """What the set in `a` has and that in `b` has not; the other way round unless `aminusb`. The other arguments are those
    of `set_intersection`."""
    operations = ('a-b', 'b-a') if aminusb else ('b-a', 'a-b')
    return _operate(a, b, *operations, validate_indices)


def set_union(a, b, validate_indices=True):
    """What one set of each pair has, or both; the arguments are those of `set_intersection`."""
    return _operate(a, b, 'union', 'union', validate_indices)
