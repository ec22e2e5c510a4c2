"""Functions applied along the first dimension of tensors. The library builds the loops; here structures are taken apart
and put together."""

from headrace import _headrace as _c
from headrace.core import nest
from headrace.core.sparse import SparseTensor

__all__ = ['foldl', 'foldr', 'map_fn', 'scan']


def _check(fn):
    if not callable(fn):
        raise TypeError('fn must be callable.')


def _same_structure(expected, given):
    nest.assert_same_structure(expected, given)
    return nest.flatten(given)


def map_fn(fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False, infer_shape=True,
           name=None):
    """What `fn` gives for each row of `elems`, along a new first dimension.

    Args:
      fn: called once, with a row of each tensor, in the structure of `elems`; gives tensors in the structure of
        `dtype`, or of `elems` where that is left out.
      elems: a tensor or a structure of tensors of as many rows.
      dtype: the dtypes that `fn` gives; those of `elems` where they are left out.
      parallel_iterations: how many rows may be under way at a time, 10 where it is left out.
      back_prop: whether gradients go through.
      swap_memory: whether what the gradient needs may be moved out of a device's memory.
      infer_shape: whether `fn` gives tensors of one shape for all rows.
      name: the name scope.

    Returns:
      Tensors in the structure that `fn` gives.

    Raises:
      TypeError: `fn` is no function, gives another kind of structure, or `elems` are sparse.
      ValueError: it gives another structure; `elems` are scalars.
    """
    _check(fn)
    if isinstance(elems, SparseTensor):
        raise TypeError('To perform a map over the values of a sparse tensor use either SparseTensor(input.indices, '
                        'fn(input.values), input.dense_shape) or SparseTensor(input.indices, map_fn(fn, '
                        'input.values), input.dense_shape)')
    given = elems if dtype is None else dtype

    def row(tensors):
        return _same_structure(given, fn(nest.pack_sequence_as(elems, tensors)))

    dtypes = [] if dtype is None else nest.flatten(dtype)
    results = _c.map_fn(row, nest.flatten(elems), dtypes, parallel_iterations or 10, back_prop, swap_memory,
                        infer_shape, name)
    return nest.pack_sequence_as(given, results)


def _folding(fn, elems, initializer):
    """The function of two lists for the library, and its structure."""
    given = elems if initializer is None else initializer

    def row(accumulated, tensors):
        return _same_structure(given, fn(nest.pack_sequence_as(given, accumulated),
                                         nest.pack_sequence_as(elems, tensors)))

    return row, given


def _call(function, fn, elems, initializer, parallel_iterations, *options):
    _check(fn)
    row, given = _folding(fn, elems, initializer)
    initial = [] if initializer is None else nest.flatten(initializer)
    return nest.pack_sequence_as(given, function(row, nest.flatten(elems), initial, parallel_iterations, *options))


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """What `fn` has accumulated after the last row of `elems`.

    Args:
      fn: called once, with what is accumulated, in the structure of `initializer`, and a row of each tensor, in the
        structure of `elems`; gives what is accumulated next.
      elems: a tensor or a structure of tensors of as many rows.
      initializer: what is accumulated at first; where it is left out the first row, and `fn` begins with the second.
      parallel_iterations: how many rows may be under way at a time.
      back_prop: whether gradients go through.
      swap_memory: whether what the gradient needs may be moved out of a device's memory.
      name: the name scope.

    Raises:
      TypeError: `fn` is no function.
    """
    return _call(_c.foldl, fn, elems, initializer, parallel_iterations, back_prop, swap_memory, name)


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """`foldl` from the last row to the first."""
    return _call(_c.foldr, fn, elems, initializer, parallel_iterations, back_prop, swap_memory, name)


def scan(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True,
         reverse=False, name=None):
    """What `fn` has accumulated after each row of `elems`, along a new first dimension.

    Args:
      fn, elems, initializer, parallel_iterations, back_prop, swap_memory, name: as for `foldl`.
      infer_shape: whether what is accumulated has one shape.
      reverse: whether to go from the last row to the first; results stand where their rows do.

    Raises:
      TypeError: `fn` is no function, or gives another kind of structure.
      ValueError: it gives another structure; `elems` are scalars.
    """
    return _call(_c.scan, fn, elems, initializer, parallel_iterations, back_prop, swap_memory, name, infer_shape,
                 reverse)
