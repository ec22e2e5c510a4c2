"""Arrays: shapes, joining, cutting, picking, filling."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.constants import get_static_value
from headrace.core.deprecation import deprecated, deprecated_args, renamed_argument
from headrace.core.indexed_slices import IndexedSlices
from headrace.core.shapes import TensorShape

__all__ = ['shape', 'size', 'rank', 'expand_dims', 'squeeze', 'transpose', 'matrix_transpose', 'concat', 'stack',
           'parallel_stack', 'unstack', 'split', 'slice', 'strided_slice', 'gather', 'gather_nd', 'repeat', 'batch_gather',
           'one_hot', 'where', 'where_v2',
           'boolean_mask', 'pad', 'reverse_sequence', 'meshgrid', 'sequence_mask', 'setdiff1d', 'sparse_to_dense',
           'searchsorted', 'matrix_diag', 'matrix_diag_part', 'matrix_set_diag', 'broadcast_static_shape',
           'broadcast_dynamic_shape', 'ensure_shape', 'zeros', 'ones', 'zeros_like', 'ones_like', 'fill', 'placeholder',
           'placeholder_with_default', 'range', 'eye', 'sort', 'argsort']

_range, _slice = range, slice


# ---- shapes

def shape(input, name=None, out_type=dtypes.int32):
    """The shape as a vector: a constant where it is known while building.

    Args:
      input: a tensor, sparse tensor or value.
      name: the node's name.
      out_type: `tf.int32` or `tf.int64`.

    Returns:
      A tensor of `out_type`.
    """
    if hasattr(input, 'dense_shape') and not isinstance(input, IndexedSlices):
        return _c.sparse_shape((input.indices, input.values, input.dense_shape), out_type=out_type, name=name)
    return _c.tf_shape(input, out_type=out_type, name=name)


def size(input, name=None, out_type=dtypes.int32):
    """The number of elements, as a scalar of `out_type`."""
    return _c.tf_size(input, out_type=out_type, name=name)


def rank(input, name=None):
    """The number of dimensions, as an int32 scalar."""
    return _c.tf_rank(input, name=name)


@deprecated_args(None, 'Use the `axis` argument instead', 'dim')
def expand_dims(input, axis=None, name=None, dim=None):
    """Inserts a dimension of size 1 before the one that `axis` names; -1 appends it. `dim` is the old name of `axis`."""
    axis = renamed_argument('axis', axis, 'dim', dim)
    if axis is None:
        raise ValueError('Must specify an axis argument to tf.expand_dims()')
    return _c.tf_expand_dims(input, axis, name=name)


@deprecated_args(None, 'Use the `axis` argument instead', 'squeeze_dims')
def squeeze(input, axis=None, name=None, squeeze_dims=None):
    """Drops dimensions of size 1: those that `axis` lists, else all. `squeeze_dims` is the old name of `axis`."""
    return _c.tf_squeeze(input, axis=renamed_argument('axis', axis, 'squeeze_dims', squeeze_dims), name=name)


def transpose(a, perm=None, name='transpose', conjugate=False):
    """Puts dimensions in the order of `perm`, else in reverse; `conjugate` conjugates a complex `a` as well."""
    return _c.tf_transpose(a, perm=perm, conjugate=conjugate, name=name)


def matrix_transpose(a, name='matrix_transpose', conjugate=False):
    """Swaps the last two dimensions. ValueError where the rank is known to be below 2."""
    return _c.matrix_transpose(a, conjugate=conjugate, name=name)


def ensure_shape(x, shape, name=None):
    """`x`, with `shape` as its static shape; a run fails where the value has another."""
    return _ops.ensure_shape(x, TensorShape(shape), name)


def broadcast_static_shape(shape_x, shape_y):
    """The TensorShape of two broadcast together. ValueError where they do not fit."""
    x, y = TensorShape(shape_x), TensorShape(shape_y)
    if x.dims is None or y.dims is None:
        return TensorShape(None)
    one, other = x.as_list(), y.as_list()
    length = max(len(one), len(other))
    one, other = [1] * (length - len(one)) + one, [1] * (length - len(other)) + other
    sizes = []
    for a, b in zip(one, other):
        if a == 1 or b == 1:
            sizes.append(b if a == 1 else a)
        elif a is not None and b is not None and a != b:
            raise ValueError(f'Incompatible shapes for broadcasting: {x} and {y}')
        else:
            sizes.append(b if a is None else a)
    return TensorShape(sizes)


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape of two broadcast together, computed in the graph from shape vectors."""
    return _ops.broadcast_args(shape_x, shape_y)


# ---- joining and cutting

def concat(values, axis, name='concat'):
    """Joins tensors along a dimension that exists.

    Args:
      values: a list of tensors that agree in all dimensions but `axis`.
      axis: a scalar, negative from the end.
      name: the node's name.

    Returns:
      A tensor.
    """
    return _c.tf_concat(values if isinstance(values, (list, tuple)) else [values], axis, name=name)


def stack(values, axis=0, name='stack'):
    """Joins tensors of one shape along a new dimension `axis`. ValueError for an axis out of range."""
    return _c.stack(values, axis=axis, name=name)


def parallel_stack(values, name='parallel_stack'):
    """Joins tensors of one shape, which must be known, along a new first dimension. It has no gradient."""
    values[0]  # an empty list is an IndexError, as in TensorFlow
    return _c.parallel_stack(values, name=name)


def unstack(value, num=None, axis=0, name='unstack'):
    """Cuts a tensor into those along `axis`: a list of `num` tensors of a rank less.

    ValueError where `num` is left out and the size is not known.
    """
    return _c.unstack(value, axis=axis, num=num, name=name)


def split(value, num_or_size_splits, axis=0, num=None, name='split'):
    """Cuts a tensor along `axis` into parts.

    Args:
      value: the tensor.
      num_or_size_splits: the number of equal parts, or the sizes of the parts (one may be -1).
      axis: the dimension to cut.
      num: how many parts, where the sizes are a tensor of unknown length.
      name: the node's name.

    Returns:
      A list of tensors.
    """
    return _c.tf_split(value, num_or_size_splits, axis=axis, num=num, name=name)


def slice(input_, begin, size, name=None):
    """The block of `input_` that starts at `begin` with sizes `size`; -1 means all that is left."""
    return _ops.slice(input_, begin, size, name)


def strided_slice(input_, begin, end, strides=None, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0,
                  shrink_axis_mask=0, var=None, name=None):
    """What `input_[...]` builds, spelt out.

    Args:
      input_: a tensor.
      begin: a vector, the first index of each dimension.
      end: a vector, the index behind the last.
      strides: a vector, the steps; ones where left out.
      begin_mask: bits of dimensions whose `begin` is left open; the other masks alike.
      end_mask: bits of those whose `end` is left open.
      ellipsis_mask: the bit of an ellipsis.
      new_axis_mask: bits of new dimensions.
      shrink_axis_mask: bits of dimensions that a single index removes.
      var: the variable that assignments to the slice change.
      name: the node's name.

    Returns:
      A tensor.
    """
    if strides is None:
        strides = ones_like(begin)
    return _ops.strided_slice(input_, begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask,
                              shrink_axis_mask, name)


def meshgrid(*args, **kwargs):
    """Coordinate matrices of vectors: meshgrid(x, y, indexing='xy', name='meshgrid').

    Args:
      *args: tensors of rank 1 or 0.
      **kwargs: `indexing`, 'xy' or 'ij', and `name`.

    Returns:
      A list of as many tensors, whose rank is their number.

    Raises:
      TypeError: an unknown keyword.
      ValueError: another `indexing`.
    """
    indexing = kwargs.pop('indexing', 'xy')
    name = kwargs.pop('name', 'meshgrid')
    if kwargs:
        raise TypeError("'{}' is an invalid keyword argument for this function".format(*kwargs))
    if indexing not in ('xy', 'ij'):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    return _c.meshgrid(list(args), matrix_indexing=indexing == 'ij', name=name)


# ---- picking

def gather(params, indices, validate_indices=None, name=None, axis=None, batch_dims=0):
    """Slices of `params` along `axis` (0, or the first behind the batch dimensions) at `indices`."""
    return _c.tf_gather(params, indices, axis=axis, batch_dims=batch_dims, name=name)


def gather_nd(params, indices, name=None, batch_dims=0):
    """Elements or slices of `params` at the index vectors in the last dimension of `indices`."""
    batch_dims = batch_dims if isinstance(batch_dims, int) else get_static_value(batch_dims)
    if batch_dims is None:
        raise TypeError('batch_dims must be known')
    if batch_dims == 0:
        return _c.tf_gather_nd(params, indices, name=name)
    return _c.batch_gather_nd(params, indices, int(batch_dims), name=name)


def repeat(input, repeats, axis=None, name=None):
    """Each row of a dimension several times.

    Args:
      input: a tensor.
      repeats: how often: a number, or a vector of one for each row.
      axis: the dimension; the elements of the flat tensor are repeated where it is left out.
      name: the name scope.

    Returns:
      A tensor.

    Raises:
      ValueError: there is no such axis, or another number of `repeats` than of rows.
    """
    if axis is None:
        return _c.repeat(input, repeats, name=name)
    return _c.repeat(input, repeats, has_axis=True, axis=axis, name=name)


@deprecated('2017-10-25', '`tf.batch_gather` is deprecated, please use `tf.gather` with `batch_dims=-1` instead.')
def batch_gather(params, indices, name=None):
    """Gathers along the last dimension of `indices`, whose others are batch dimensions."""
    return _c.batch_gather(params, indices, name=name)


def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """`on_value` at the positions `indices` of a new dimension of size `depth`, `off_value` elsewhere.

    Args:
      indices: integers.
      depth: a scalar.
      on_value: 1 of `dtype` where left out.
      off_value: 0 of `dtype` where left out.
      axis: where the new dimension goes; the end where left out.
      dtype: that of the values, else float32.
      name: the node's name.

    Returns:
      A tensor.
    """
    return _c.tf_one_hot(indices, depth, on_value=on_value, off_value=off_value, dtype=dtype, axis=axis, name=name)


@deprecated(None, 'Use tf.where in 2.0, which has the same broadcast rule as np.where')
def where(condition, x=None, y=None, name=None):
    """Elements of `x` where `condition` holds, of `y` elsewhere; without both, the indices where it holds.

    Args:
      condition: bools of the shape of `x`, or a vector of as many as `x` has rows.
      x: a tensor, or None.
      y: one of the same shape and dtype, or None.
      name: the node's name.

    Returns:
      A tensor like `x`, or an int64 matrix of indices.

    Raises:
      ValueError: only one of `x` and `y` is given.
    """
    if x is None and y is None:
        return _ops.where(condition, name)
    if x is None or y is None:
        raise ValueError('x and y must both be non-None or both be None.')
    return _c.tf_where(condition, x, y, name=name)


def where_v2(condition, x=None, y=None, name=None):
    """`where` whose three arguments are broadcast together."""
    if x is None and y is None:
        return _ops.where(condition, name)
    if x is None or y is None:
        raise ValueError('x and y must both be non-None or both be None.')
    return _c.where_v2(condition, x, y, name=name)


def boolean_mask(tensor, mask, name='boolean_mask', axis=None):
    """What `tensor[mask]` is in NumPy.

    Args:
      tensor: a tensor.
      mask: bools of known rank, whose shape is that of the leading dimensions, or of those from `axis` on.
      name: the name scope.
      axis: the first masked dimension, 0 where left out.

    Returns:
      A tensor whose dimension `axis` stands for all masked ones.

    Raises:
      ValueError: the shapes do not fit.
    """
    return _c.boolean_mask(tensor, mask, axis=axis, name=name)


@deprecated_args('2017-10-25', 'batch_dim is deprecated, use batch_axis instead', 'batch_dim')
@deprecated_args('2017-10-25', 'seq_dim is deprecated, use seq_axis instead', 'seq_dim')
def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None, seq_dim=None, batch_dim=None):
    """Reverses the first `seq_lengths[i]` elements along `seq_axis` of entry `i` along `batch_axis`."""
    seq_axis = renamed_argument('seq_axis', seq_axis, 'seq_dim', seq_dim)
    batch_axis = renamed_argument('batch_axis', batch_axis, 'batch_dim', batch_dim)
    return _ops.reverse_sequence(input, seq_lengths, seq_axis, batch_axis, name)


def sequence_mask(lengths, maxlen=None, dtype=dtypes.bool_, name=None):
    """True (1 of `dtype`) at the first `lengths[i]` of `maxlen` places, the largest length where left out."""
    return _c.sequence_mask(lengths, maxlen=maxlen, dtype=dtype, name=name)


@deprecated('2018-11-30', 'This op will be removed after the deprecation date. Please switch to tf.sets.difference().')
def setdiff1d(x, y, index_dtype=dtypes.int32, name=None):
    """The values of `x` that are not in `y`, and their places in `x`: (out, idx)."""
    return _ops.list_diff(x, y, index_dtype, name)


@deprecated(None, 'Create a `tf.sparse.SparseTensor` and use `tf.sparse.to_dense` instead.')
def sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=0, validate_indices=True, name=None):
    """A tensor of `output_shape` with `sparse_values` at `sparse_indices` and `default_value` elsewhere."""
    return _ops.sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value, validate_indices, name)


def searchsorted(sorted_sequence, values, side='left', out_type=dtypes.int32, name=None):
    """Where each of `values` would go in a row of `sorted_sequence`: before equal ones ('left') or behind ('right').

    ValueError for another `side`.
    """
    if side not in ('left', 'right'):
        raise ValueError(f"side must be either 'right' or 'left'.  Saw: {side}.")
    return _c.searchsorted(sorted_sequence, values, right=side == 'right', out_type=out_type, name=name)


def sort(values, axis=-1, direction='ASCENDING', name=None):
    """The values in order along an axis: 'ASCENDING' or 'DESCENDING'. ValueError for another direction."""
    return _c.sort(values, axis=axis, descending=_descends(direction), name=name)


def argsort(values, axis=-1, direction='ASCENDING', stable=False, name=None):
    """The indices that sort `values` along an axis; equal ones keep their order."""
    return _c.argsort(values, axis=axis, descending=_descends(direction), name=name)


def _descends(direction):
    if direction not in ('ASCENDING', 'DESCENDING'):
        raise ValueError(f'Direction {direction} should be one of ASCENDING, DESCENDING')
    return direction == 'DESCENDING'


# ---- matrices and padding

def pad(tensor, paddings, mode='CONSTANT', name=None, constant_values=0):
    """Adds rows before and behind in each dimension.

    Args:
      tensor: a tensor of rank n.
      paddings: [n, 2] integers: how many before, how many behind.
      mode: 'CONSTANT', 'REFLECT' or 'SYMMETRIC', in any case.
      name: the node's name.
      constant_values: the scalar that 'CONSTANT' puts there.

    Returns:
      A tensor.

    Raises:
      ValueError: another mode.
    """
    upper = mode.upper()
    if upper == 'CONSTANT':
        if isinstance(constant_values, (int, float)) and constant_values == 0:
            return _ops.pad(tensor, paddings, name)
        return _ops.pad_v2(tensor, paddings, constant_values, name)
    if upper not in ('REFLECT', 'SYMMETRIC'):
        raise ValueError(f'Unknown padding mode: {upper}')
    return _ops.mirror_pad(tensor, paddings, upper, name)


def matrix_diag(diagonal, name='diag', k=0, num_rows=-1, num_cols=-1, padding_value=0):
    """Square matrices with the last dimension of `diagonal` on their main diagonal.

    As in TensorFlow 1.15, `k` and the arguments behind it have no effect.
    """
    return _ops.matrix_diag(diagonal, name)


def matrix_diag_part(input, name='diag_part', k=0, padding_value=0):
    """The main diagonals of matrices. As in TensorFlow 1.15, `k` and `padding_value` have no effect."""
    return _ops.matrix_diag_part(input, name)


def matrix_set_diag(input, diagonal, name='set_diag', k=0):
    """Matrices with other main diagonals. As in TensorFlow 1.15, `k` has no effect."""
    return _ops.matrix_set_diag(input, diagonal, name)


def eye(num_rows, num_columns=None, batch_shape=None, dtype=dtypes.float32, name=None):
    """Identity matrices [num_rows, num_columns or num_rows], with `batch_shape` before."""
    return _c.eye(num_rows, columns=num_columns, batch_shape=batch_shape, dtype=dtype, name=name)


# ---- filling

def zeros(shape, dtype=dtypes.float32, name=None):
    """A tensor of zeros (False, empty strings)."""
    return _c.zeros(shape, dtype=dtypes.as_dtype(dtype), name=name)


def ones(shape, dtype=dtypes.float32, name=None):
    """A tensor of ones (True)."""
    return _c.ones(shape, dtype=dtypes.as_dtype(dtype), name=name)


def zeros_like(tensor, dtype=None, name=None, optimize=True):
    """Zeros of the shape of `tensor`, and of its dtype where that is left out.

    A static shape becomes a constant, unless `optimize` is False.
    """
    if not optimize and dtype is None:
        return _ops.zeros_like(tensor, name or 'zeros_like')
    return _c.tf_zeros_like(tensor, dtype=dtype, name=name)


def ones_like(tensor, dtype=None, name=None, optimize=True):
    """Ones of the shape of `tensor`, and of its dtype where that is left out. `optimize` has no effect."""
    return _c.tf_ones_like(tensor, dtype=dtype, name=name)


def fill(dims, value, name=None):
    """A tensor of shape `dims` with `value` in all places."""
    return _c.tf_fill(dims, value, name=name)


def range(start, limit=None, delta=1, dtype=None, name='range'):
    """The numbers from `start` (0 where only one argument is given) up to, not including, `limit`, by steps of `delta`."""
    if limit is None:
        start, limit = 0, start
    return _c.tf_range(start, limit, delta, dtype=dtype, name=name)


def _op_dtype(dtype):
    """A dtype as an argument of an op; TypeError for what is none."""
    try:
        return dtypes.as_dtype(dtype)
    except TypeError:
        raise TypeError(f"Expected DataType for argument 'dtype' not {dtype!r}.") from None


def placeholder(dtype, shape=None, name=None):
    """A tensor whose value every run must feed.

    Args:
      dtype: the dtype.
      shape: what the fed values have; None means any shape, None for a size any size.
      name: the node's name.

    Returns:
      A tensor.
    """
    return _ops.placeholder(_op_dtype(dtype), TensorShape(shape), name)


def placeholder_with_default(input, shape, name=None):
    """A tensor that is `input` where a run does not feed it; fed values have `shape`."""
    return _ops.placeholder_with_default(input, TensorShape(shape), name)


_c.register_class('boolean_mask', boolean_mask)
