"""Sets: the elements along the last dimension of a tensor or a sparse tensor; the other dimensions say which set."""

from headrace import _headrace as _c
from headrace.core.graph import convert_to_tensor_or_sparse_tensor
from headrace.core.sparse import SparseTensor
from headrace.core.sparse_functions import dense_or_parts, parts_of


def _operate(a, b, operation, validate_indices):
    made = _c.set_operation(dense_or_parts(a), dense_or_parts(b), operation, any_order=not validate_indices)
    return SparseTensor.of_parts(*made)


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
    return _c.tf_set_size(parts_of(a), any_order=not validate_indices)


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
    return _operate(a, b, 'intersection', validate_indices)


def set_difference(a, b, aminusb=True, validate_indices=True):
    """What the set in `a` has and that in `b` has not; the other way round unless `aminusb`. The other arguments are those
    of `set_intersection`."""
    return _operate(a, b, 'a-b' if aminusb else 'b-a', validate_indices)


def set_union(a, b, validate_indices=True):
    """What one set of each pair has, or both; the arguments are those of `set_intersection`."""
    return _operate(a, b, 'union', validate_indices)
