"""Arithmetic of sparse tensors, and their other forms."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.deprecation import deprecated_args, renamed_argument
from headrace.core.sparse import SparseTensor, SparseTensorValue
from headrace.core.sparse_functions import parts_of

__all__ = ['sparse_add', 'sparse_concat', 'sparse_mask', 'sparse_maximum', 'sparse_minimum', 'sparse_reduce_max',
           'sparse_reduce_max_sparse', 'sparse_reduce_sum', 'sparse_reduce_sum_sparse', 'sparse_reset_shape',
           'sparse_softmax', 'sparse_split', 'sparse_transpose']

_SPARSE = (SparseTensor, SparseTensorValue)


# ---- arithmetic -----------------------------------------------------------------------------------------------------

@deprecated_args(None, 'thresh is deprecated, use threshold instead', 'thresh')
def sparse_add(a, b, threshold=None, thresh=None):
    """The sum of two tensors of one shape, of which one or both are sparse.

    Args:
      a, b: sparse tensors, whose elements are in order, or one of them a tensor.
      threshold: sums of two elements whose magnitude is below are left out; 0 where not given.
      thresh: the old name of `threshold`.

    Returns:
      A sparse tensor where both are sparse, else a tensor.

    Raises:
      TypeError: none of them is sparse.
    """
    threshold = renamed_argument('threshold', threshold, 'thresh', thresh)
    if not isinstance(a, _SPARSE) and not isinstance(b, _SPARSE):
        raise TypeError('At least one input should be SparseTensor; do you mean to use tf.add()?')
    if isinstance(a, _SPARSE) and isinstance(b, _SPARSE):
        return SparseTensor.of_parts(*_c.tf_sparse_add(parts_of(a), parts_of(b), threshold=threshold))
    if isinstance(b, _SPARSE):
        a, b = b, a
    return _c.sparse_dense_add(parts_of(a), b)


def _reduced(function, x, axis, keepdims, reduction_axes, keep_dims):
    keepdims = renamed_argument('keepdims', keepdims, 'keep_dims', keep_dims)
    axis = renamed_argument('axis', axis, 'reduction_axes', reduction_axes)
    return function(parts_of(x), axis=axis, keepdims=bool(keepdims))


@deprecated_args(None, 'keep_dims is deprecated, use keepdims instead', 'keep_dims')
@deprecated_args(None, 'reduction_axes is deprecated, use axis instead', 'reduction_axes')
def sparse_reduce_sum(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """The sums of the elements of a sparse tensor over dimensions, all where left out.

    Args:
      sp_input: a sparse tensor.
      axis: a dimension or a list of them.
      keepdims: whether they stay, with size 1.
      reduction_axes, keep_dims: the old names of `axis` and `keepdims`.

    Returns:
      A tensor.
    """
    return _reduced(_c.tf_sparse_reduce_sum, sp_input, axis, keepdims, reduction_axes, keep_dims)


@deprecated_args(None, 'keep_dims is deprecated, use keepdims instead', 'keep_dims')
@deprecated_args(None, 'reduction_axes is deprecated, use axis instead', 'reduction_axes')
def sparse_reduce_max(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """The largest of the elements that a sparse tensor has over dimensions, zero where it has none; the arguments are
    those of `sparse_reduce_sum`."""
    return _reduced(_c.tf_sparse_reduce_max, sp_input, axis, keepdims, reduction_axes, keep_dims)


@deprecated_args(None, 'keep_dims is deprecated, use keepdims instead', 'keep_dims')
def sparse_reduce_sum_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """`sparse_reduce_sum` with a sparse result."""
    return SparseTensor.of_parts(
        *_reduced(_c.tf_sparse_reduce_sum_sparse, sp_input, axis, keepdims, reduction_axes, keep_dims))


@deprecated_args(None, 'keep_dims is deprecated, use keepdims instead', 'keep_dims')
def sparse_reduce_max_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """`sparse_reduce_max` with a sparse result."""
    return SparseTensor.of_parts(
        *_reduced(_c.tf_sparse_reduce_max_sparse, sp_input, axis, keepdims, reduction_axes, keep_dims))


def sparse_softmax(sp_input, name=None):
    """Softmax over the elements that each row of a sparse tensor has."""
    return SparseTensor.of_parts(*_c.tf_sparse_softmax(parts_of(sp_input), name=name))


def sparse_maximum(sp_a, sp_b, name=None):
    """The larger of each two elements; what only one of the sparse tensors has meets a zero."""
    return SparseTensor.of_parts(*_c.sparse_maximum(parts_of(sp_a), parts_of(sp_b), name=name))


def sparse_minimum(sp_a, sp_b, name=None):
    """The smaller of each two elements; what only one of the sparse tensors has meets a zero."""
    return SparseTensor.of_parts(*_c.sparse_minimum(parts_of(sp_a), parts_of(sp_b), name=name))


# ---- other forms ----------------------------------------------------------------------------------------------------

@deprecated_args(None, 'concat_dim is deprecated, use axis instead', 'concat_dim')
def sparse_concat(axis, sp_inputs, name=None, expand_nonconcat_dim=False, concat_dim=None, expand_nonconcat_dims=None):
    """Sparse tensors behind each other along a dimension.

    Args:
      axis: the dimension, from the end where negative.
      sp_inputs: a list of sparse tensors.
      name: the operation's name.
      expand_nonconcat_dim: whether the sizes of other dimensions may differ; the largest counts.
      concat_dim, expand_nonconcat_dims: the old names of `axis` and `expand_nonconcat_dim`.

    Returns:
      A sparse tensor.

    Raises:
      TypeError: `sp_inputs` is no list of sparse tensors.
    """
    expand = renamed_argument('expand_nonconcat_dims', expand_nonconcat_dims, 'expand_nonconcat_dim', expand_nonconcat_dim)
    axis = renamed_argument('axis', axis, 'concat_dim', concat_dim)
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError('Inputs must be a list or tuple.')
    return SparseTensor.of_parts(*_c.tf_sparse_concat(axis, [parts_of(x) for x in sp_inputs],
                                                      expand_nonconcat_dim=bool(expand), name=name))


class KeywordRequired:
    """Stands where arguments must be named."""


@deprecated_args(None, 'split_dim is deprecated, use axis instead', 'split_dim')
def sparse_split(keyword_required=KeywordRequired(), sp_input=None, num_split=None, axis=None, name=None, split_dim=None):
    """A sparse tensor cut into parts along a dimension; the first ones are larger where it does not come out even.

    Args:
      keyword_required: not to be given: all arguments are named.
      sp_input: a sparse tensor.
      num_split: how many parts.
      axis: the dimension.
      name: the operation's name.
      split_dim: the old name of `axis`.

    Returns:
      A list of sparse tensors.

    Raises:
      ValueError: an argument is missing.
    """
    if not isinstance(keyword_required, KeywordRequired):
        raise ValueError('Keyword arguments are required for this function.')
    for argument, value in (('sp_input', sp_input), ('num_split', num_split), ('axis', axis)):
        if value is None:
            raise ValueError(f'{argument} is required')
    parts = _c.tf_sparse_split(parts_of(sp_input), num_split,
                               renamed_argument('axis', axis, 'split_dim', split_dim), name=name)
    return [SparseTensor.of_parts(*parts[i:i + 3]) for i in range(0, len(parts), 3)]


def sparse_transpose(sp_input, perm=None, name=None):
    """A sparse tensor with its dimensions in the order `perm`, in reverse where left out."""
    return SparseTensor.of_parts(*_c.tf_sparse_transpose(parts_of(sp_input), perm=perm, name=name))


def expand_dims(sp_input, axis=None, name=None):
    """A sparse tensor with a dimension of size 1 more, at `axis`; at the end where left out."""
    return SparseTensor.of_parts(*_c.sparse_expand_dims(parts_of(sp_input), axis=axis, name=name))


def eye(num_rows, num_columns=None, dtype=dtypes.float32, name=None):
    """A sparse matrix with ones on its diagonal, square where `num_columns` is left out."""
    return SparseTensor.of_parts(*_c.sparse_eye(num_rows, num_columns=num_columns, dtype=dtype, name=name))


def sparse_reset_shape(sp_input, new_shape=None):
    """The same elements in another shape of the same rank.

    Args:
      sp_input: a sparse tensor.
      new_shape: no smaller than the shape of `sp_input`; left out: as small as the elements allow.

    Returns:
      A sparse tensor.

    Raises:
      ValueError: it is known that `new_shape` is too small or has another rank.
    """
    return SparseTensor.of_parts(*_c.sparse_reset_shape(parts_of(sp_input), new_shape=new_shape))


def sparse_mask(a, mask_indices, name=None):
    """The rows of IndexedSlices whose indices are not among `mask_indices`."""
    return _c.sparse_mask(a.values, a.indices, mask_indices, name=name)
