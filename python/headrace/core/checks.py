"""Assertions about tensors that are decided while building."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.deprecation import renamed_argument
from headrace.core.graph import IndexedSlices, convert_to_tensor, name_scope

__all__ = ['add_check_numerics_ops', 'assert_integer', 'assert_proper_iterable', 'assert_rank', 'assert_rank_at_least', 'assert_rank_in',
           'assert_same_float_dtype', 'assert_scalar', 'assert_type', 'is_numeric_tensor', 'is_tensor',
           'verify_tensor_all_finite']


def _text(message):
    return f'{message}  ' if message else ''


# ---- ranks

def assert_rank(x, rank, data=None, summarize=None, message=None, name=None):
    """An operation that fails a run where a tensor has another rank than `rank`; one without effect where both are
    known while building.

    Args:
      x: a tensor.
      rank: an int32 scalar.
      data: a list of what is told, tensors and texts, in place of ranks and shape.
      summarize: how many elements of each tensor are told; 3 where it is left out.
      message: text before that of the error.
      name: the name scope.

    Returns:
      An operation.

    Raises:
      ValueError: `x` is known to have another rank.
    """
    return _c.assert_rank(x, [rank], data=data, summarize=summarize, message=message, name=name)


def assert_rank_at_least(x, rank, data=None, summarize=None, message=None, name=None):
    """`assert_rank` that takes larger ranks, too."""
    return _c.assert_rank(x, [rank], at_least=True, data=data, summarize=summarize, message=message, name=name)


def assert_rank_in(x, ranks, data=None, summarize=None, message=None, name=None):
    """`assert_rank` that takes any rank of a list."""
    return _c.assert_rank(x, list(ranks), data=data, summarize=summarize, message=message,
                          name=name or 'assert_rank_in')


def assert_scalar(tensor, name=None, message=None):
    """The tensor of a value. ValueError unless it is a scalar."""
    with name_scope(name, 'assert_scalar', [tensor]):
        tensor = convert_to_tensor(tensor)
        if tensor.shape.rank != 0:
            raise ValueError(f'{_text(message)}Expected scalar shape for {tensor.name}, saw shape: {tensor.shape}.')
        return tensor


# ---- dtypes

def assert_type(tensor, tf_type, message=None, name=None):
    """An operation without effect. TypeError where the tensor has another dtype than `tf_type`."""
    with name_scope(name, 'assert_type', [tensor]):
        tensor = convert_to_tensor(tensor, name='tensor')
        if tensor.dtype != tf_type:
            raise TypeError(f"{_text(message)}{tensor.name} must be of type '{dtypes.as_dtype(tf_type).name}'")
        return _ops.no_op('statically_determined_correct_type')


def assert_integer(x, message=None, name=None):
    """An operation without effect. TypeError where `x` has no integer dtype."""
    with name_scope(name, 'assert_integer', [x]):
        x = convert_to_tensor(x, name='x')
        if not x.dtype.is_integer:
            raise TypeError(f'{_text(message)}Expected "x" to be integer type.  Found: {x.name} of dtype {x.dtype!r}')
        return _ops.no_op('statically_determined_was_integer')


def assert_same_float_dtype(tensors=None, dtype=None):
    """The dtype that tensors share, float32 where there are none. ValueError unless it is one float dtype.

    Args:
      tensors: a list of tensors, some of which may be None.
      dtype: what it must be.

    Returns:
      A dtype.
    """
    first, expected = None, dtypes.as_dtype(dtype) if dtype else None
    for tensor in tensors or ():
        if tensor is None:
            continue
        own = dtypes.as_dtype(tensor.dtype).base_dtype
        if expected is None:
            first, expected = tensor, own
        elif own != expected:
            like = f' as {first.name}' if first is not None else ''
            raise ValueError(f'{tensor.name}, type={own!r}, must be of the same type ({expected!r}){like}.')
    expected = expected or dtypes.float32
    if not expected.is_floating:
        raise ValueError(f'Expected floating point type, got {expected!r}.')
    return expected


def is_numeric_tensor(tensor):
    """Whether something is a tensor of numbers."""
    return isinstance(tensor, (_c.Tensor, _c.Variable, IndexedSlices)) and (
        tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_complex or tensor.dtype.is_quantized)


def is_tensor(x):
    """Whether something is a tensor, a variable, or one of those that stand for several tensors."""
    from headrace.core.sparse import SparseTensor
    return isinstance(x, (_c.Tensor, _c.Variable, IndexedSlices, SparseTensor))


# ---- others

def assert_proper_iterable(values):
    """TypeError unless `values` can be iterated and is no tensor, array or text."""
    import numpy as np
    if is_tensor(values) or isinstance(values, (np.ndarray, bytes, str)):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not hasattr(values, '__iter__'):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


def add_check_numerics_ops():
    """An operation that runs after a check of each float tensor that the graph has now: one that is not finite fails it.

    Raises:
      ValueError: one of them is inside a branch or a loop.
    """
    return _c.add_check_numerics_ops()


def verify_tensor_all_finite(t=None, msg=None, name=None, x=None, message=None):
    """A tensor as it is; a run fails with `message` where an element is not finite.

    Args:
      t: the old name of `x`.
      msg: the old name of `message`.
      name: the name scope.
      x: a tensor of floats.
      message: text.

    Returns:
      A tensor.
    """
    return _c.verify_finite(renamed_argument('x', x, 't', t), renamed_argument('message', message, 'msg', msg), name=name)
