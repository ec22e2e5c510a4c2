"""Arithmetic, reductions, products, and what goes along them."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.deprecation import deprecated, deprecated_args, renamed_argument
from headrace.core.graph import IndexedSlices, convert_to_tensor, name_scope
from headrace.core.shapes import TensorShape
from headrace.core.sparse import SparseTensor

__all__ = ['abs', 'round', 'sigmoid', 'log_sigmoid', 'real', 'imag', 'angle', 'conj', 'complex', 'multiply', 'subtract',
           'pow', 'divide', 'truediv', 'div', 'div_no_nan', 'floordiv', 'equal', 'not_equal', 'logical_xor', 'scalar_mul',
           'add_n', 'accumulate_n', 'cast', 'saturate_cast', 'to_float', 'to_double', 'to_int32', 'to_int64',
           'to_bfloat16', 'to_complex64', 'to_complex128', 'matmul', 'reduce_sum', 'reduce_mean', 'reduce_prod',
           'reduce_max', 'reduce_min', 'reduce_all', 'reduce_any', 'reduce_logsumexp', 'count_nonzero', 'argmax', 'argmin',
           'cumsum', 'cumprod', 'clip_by_value', 'clip_by_norm', 'clip_by_average_norm', 'clip_by_global_norm',
           'global_norm', 'bincount', 'confusion_matrix', 'histogram_fixed_width', 'histogram_fixed_width_bins',
           'lbeta', 'sparse_segment_sum', 'sparse_segment_mean', 'sparse_segment_sqrt_n', 'unsorted_segment_mean',
           'unsorted_segment_sqrt_n']

_AXIS = deprecated_args(None, 'Use the `axis` argument instead', 'dimension')


# ---- one argument

def abs(x, name=None):
    """The absolute value; of complex numbers, which is a real tensor."""
    return _c.tf_abs(x, name=name)


def round(x, name=None):
    """The nearest integer, halves to the even one. Integers stay as they are."""
    return _c.tf_round(x, name=name)


def sigmoid(x, name=None):
    """1 / (1 + exp(-x))."""
    return _ops.sigmoid(x, name)


def log_sigmoid(x, name=None):
    """log(sigmoid(x)), without overflow."""
    return _c.log_sigmoid(x, name=name)


def real(input, name=None):
    """The real part; a real tensor as it is."""
    return _c.tf_real(input, name=name)


def imag(input, name=None):
    """The imaginary part; zeros for a real tensor."""
    return _c.tf_imag(input, name=name)


def angle(input, name=None):
    """The argument of complex numbers; zeros for a real tensor."""
    return _c.tf_angle(input, name=name)


def conj(x, name=None):
    """The complex conjugate; a real tensor as it is. TypeError for other dtypes."""
    return _c.tf_conj(x, name=name)


def bessel_i0(x, name=None):
    """The modified Bessel function of order 0."""
    return _c.bessel_i0(x, name=name)


def bessel_i1(x, name=None):
    """The modified Bessel function of order 1."""
    return _c.bessel_i1(x, name=name)


def reciprocal_no_nan(x, name=None):
    """1 / x, and 0 where x is 0."""
    return _c.reciprocal_no_nan(x, name=name)


# ---- two arguments

def complex(real, imag, name=None):
    """Complex numbers of two tensors of float32 (complex64) or float64 (complex128). TypeError for other dtypes."""
    return _c.tf_complex(real, imag, name=name)


def multiply(x, y, name=None):
    """x * y, element by element."""
    return _ops.mul(x, y, name)


def subtract(x, y, name=None):
    """x - y."""
    return _ops.sub(x, y, name)


def pow(x, y, name=None):
    """x to the power of y."""
    return _ops.pow(x, y, name)


def truediv(x, y, name=None):
    """x / y as Python 3 does it: integers are cast to floats first."""
    return _c.tf_truediv(x, y, name=name)


def divide(x, y, name=None):
    """x / y as the operator does it; with a name, the division gets that name."""
    return x / y if name is None else truediv(x, y, name)


@deprecated(None, 'Deprecated in favor of operator or tf.math.divide.')
def div(x, y, name=None):
    """x / y as Python 2 does it: integers are rounded down."""
    return _c.tf_div(x, y, name=name)


def div_no_nan(x, y, name=None):
    """x / y, and 0 where y is 0."""
    return _ops.div_no_nan(x, y, name or 'div_no_nan')


def multiply_no_nan(x, y, name=None):
    """x * y, and 0 where y is 0, even if x is infinite or no number."""
    return _ops.mul_no_nan(x, y, name or 'multiply_no_nan')


def floordiv(x, y, name=None):
    """x // y, rounded down."""
    return _ops.floor_div(x, y, name or 'floordiv')


def equal(x, y, name=None):
    """Where x == y, element by element."""
    return _ops.equal(x, y, name=name)


def not_equal(x, y, name=None):
    """Where x != y."""
    return _ops.not_equal(x, y, name=name)


def logical_xor(x, y, name='LogicalXor'):
    """Where exactly one of two bool tensors holds."""
    return _c.logical_xor(x, y, name=name)


def scalar_mul(scalar, x, name=None):
    """`scalar` times a tensor or IndexedSlices. ValueError where `scalar` is no scalar."""
    if not isinstance(x, IndexedSlices):
        return _c.scalar_mul(scalar, x, name=name)
    return IndexedSlices(_c.scalar_mul(scalar, x.values, name=name), x.indices, x.dense_shape)


def add_n(inputs, name=None):
    """The sum of tensors of one shape and dtype. ValueError for anything but a list of at least one."""
    if not inputs or not isinstance(inputs, (list, tuple)) or any(x is None for x in inputs):
        raise ValueError('inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape')
    return _c.tf_add_n(inputs, name=name)


def accumulate_n(inputs, shape=None, tensor_dtype=None, name=None):
    """The sum of tensors, added as they come.

    Args:
      inputs: a list of tensors of one shape and dtype.
      shape: their shape, where it is not known.
      tensor_dtype: their dtype, to be checked.
      name: the node's name.

    Returns:
      A tensor.

    Raises:
      ValueError: the list is empty, or its tensors differ.
      TypeError: `tensor_dtype` is another.
    """
    if not inputs or not isinstance(inputs, (list, tuple)) or any(isinstance(x, IndexedSlices) for x in inputs):
        raise ValueError('inputs must be a list of at least one Tensor with the same dtype and shape')
    inputs = [convert_to_tensor(x) for x in inputs]
    if tensor_dtype is not None and tensor_dtype != inputs[0].dtype:
        raise TypeError(f'tensor_dtype is {tensor_dtype}, but input is of type {inputs[0].dtype}')
    return _c.accumulate_n(inputs, shape=TensorShape(shape), name=name)


# ---- casts

def cast(x, dtype, name=None):
    """The tensor with another dtype, numbers rounded towards zero; the tensor itself where it has it already.

    IndexedSlices and sparse tensors are cast, too.
    """
    dtype = dtypes.as_dtype(dtype).base_dtype
    if isinstance(x, SparseTensor):
        with name_scope(name, 'Cast', [x.values]) as name:
            return SparseTensor(x.indices, cast(x.values, dtype, name), x.dense_shape)
    if isinstance(x, IndexedSlices):
        return IndexedSlices(cast(x.values, dtype, name), x.indices, x.dense_shape)
    if isinstance(x, _c.Variable) and x.dtype == dtype:
        return x  # a resource variable, which is read where it is used
    return _c.tf_cast(x, dtype, name=name)


def saturate_cast(value, dtype, name=None):
    """A cast whose numbers are clipped to what the dtype holds."""
    return _c.saturate_cast(value, dtypes.as_dtype(dtype), name=name)


_CAST = deprecated(None, 'Use `tf.cast` instead.')


@_CAST
def to_float(x, name='ToFloat'):
    """A cast to float32."""
    return cast(x, dtypes.float32, name)


@_CAST
def to_double(x, name='ToDouble'):
    """A cast to float64."""
    return cast(x, dtypes.float64, name)


@_CAST
def to_int32(x, name='ToInt32'):
    """A cast to int32."""
    return cast(x, dtypes.int32, name)


@_CAST
def to_int64(x, name='ToInt64'):
    """A cast to int64."""
    return cast(x, dtypes.int64, name)


@_CAST
def to_bfloat16(x, name='ToBFloat16'):
    """A cast to bfloat16."""
    return cast(x, dtypes.bfloat16, name)


@_CAST
def to_complex64(x, name='ToComplex64'):
    """A cast to complex64."""
    return cast(x, dtypes.complex64, name)


@_CAST
def to_complex128(x, name='ToComplex128'):
    """A cast to complex128."""
    return cast(x, dtypes.complex128, name)


# ---- products

def matmul(a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, a_is_sparse=False,
           b_is_sparse=False, name=None):
    """The matrix product; of the last two dimensions where there are more.

    Args:
      a: a tensor of rank 2 or more.
      b: one of the same dtype and rank.
      transpose_a: whether to transpose `a` first.
      transpose_b: whether to transpose `b` first.
      adjoint_a: whether to transpose and conjugate `a` first.
      adjoint_b: the same for `b`.
      a_is_sparse: a hint that `a` has many zeros.
      b_is_sparse: the same for `b`.
      name: the node's name.

    Returns:
      A tensor.

    Raises:
      ValueError: shapes do not fit, or both transpose and adjoint are asked for.
    """
    return _c.tf_matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b, adjoint_a=adjoint_a, adjoint_b=adjoint_b,
                        a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse, name=name)


# ---- reductions

_KEEP_DIMS = deprecated_args(None, 'keep_dims is deprecated, use keepdims instead', 'keep_dims')


def _options(axis, keepdims, reduction_indices, keep_dims):
    axis = renamed_argument('axis', axis, 'reduction_indices', reduction_indices)
    return axis, renamed_argument('keepdims', keepdims, 'keep_dims', keep_dims)


def _reduction(op, what):
    def reduce(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
        axis, keepdims = _options(axis, keepdims, reduction_indices, keep_dims)
        return _c.reduce(op, input_tensor, axis=axis, keepdims=keepdims, name=name)
    reduce.__name__ = reduce.__qualname__ = 'reduce_' + op.lower()
    reduce.__doc__ = f"""{what} along dimensions.

    Args:
      input_tensor: a tensor.
      axis: a dimension or a list of them, negative from the end; all where left out.
      keepdims: whether reduced dimensions stay, with size 1.
      name: the node's name.
      reduction_indices: the old name of `axis`.
      keep_dims: the old name of `keepdims`.

    Returns:
      A tensor.
    """
    return _KEEP_DIMS(reduce)


reduce_sum = _reduction('Sum', 'The sum')
reduce_mean = _reduction('Mean', 'The mean')
reduce_prod = _reduction('Prod', 'The product')
reduce_max = _reduction('Max', 'The largest element')
reduce_min = _reduction('Min', 'The smallest element')
reduce_all = _reduction('All', 'Whether all elements hold')
reduce_any = _reduction('Any', 'Whether any element holds')


@_KEEP_DIMS
def reduce_logsumexp(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
    """log(sum(exp(x))) along dimensions, without overflow; arguments as of `reduce_sum`."""
    axis, keepdims = _options(axis, keepdims, reduction_indices, keep_dims)
    return _c.reduce_logsumexp(input_tensor, axis=axis, keepdims=keepdims, name=name)


def polyval(coeffs, x, name=None):
    """The polynomial of a list of coefficients, the highest power first, at `x`."""
    return _c.polyval(list(coeffs), x, name=name)


def reduce_euclidean_norm(input_tensor, axis=None, keepdims=False, name=None):
    """The square root of the sum of squares along dimensions."""
    return _c.reduce('EuclideanNorm', input_tensor, axis=axis, keepdims=keepdims, name=name)


def reduce_variance(input_tensor, axis=None, keepdims=False, name=None):
    """The biased variance along dimensions."""
    return _c.reduce_variance(input_tensor, axis=axis, keepdims=keepdims, name=name)


def reduce_std(input_tensor, axis=None, keepdims=False, name=None):
    """The biased standard deviation along dimensions."""
    return _c.reduce_std(input_tensor, axis=axis, keepdims=keepdims, name=name)


@_KEEP_DIMS
@deprecated_args(None, 'reduction_indices is deprecated, use axis instead', 'reduction_indices')
def count_nonzero(input_tensor=None, axis=None, keepdims=None, dtype=dtypes.int64, name=None, reduction_indices=None,
                  keep_dims=None, input=None):
    """How many elements are not zero (empty, for strings) along dimensions, as `dtype`."""
    input_tensor = renamed_argument('input', input, 'input_tensor', input_tensor)
    axis, keepdims = _options(axis, keepdims, reduction_indices, keep_dims)
    return _c.count_nonzero(input_tensor, axis=axis, keepdims=keepdims, dtype=dtype, name=name)


@_AXIS
def argmax(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """The index of the largest element along a dimension, 0 where left out. `dimension` is the old name of `axis`."""
    axis = renamed_argument('axis', axis, 'dimension', dimension)
    return _c.argmax(input, axis=axis, output_type=output_type, name=name)


@_AXIS
def argmin(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """The index of the smallest element along a dimension, 0 where left out. `dimension` is the old name of `axis`."""
    axis = renamed_argument('axis', axis, 'dimension', dimension)
    return _c.argmin(input, axis=axis, output_type=output_type, name=name)


def cumsum(x, axis=0, exclusive=False, reverse=False, name=None):
    """Running sums along a dimension; `exclusive` leaves the element itself out, `reverse` starts at the end."""
    return _ops.cumsum(x, axis, exclusive, reverse, name)


def cumprod(x, axis=0, exclusive=False, reverse=False, name=None):
    """Running products along a dimension; arguments as of `cumsum`."""
    return _ops.cumprod(x, axis, exclusive, reverse, name)


def cumulative_logsumexp(x, axis=0, exclusive=False, reverse=False, name=None):
    """Logarithms of running sums of exponentials along a dimension; arguments as of `cumsum`."""
    return _ops.cumulative_logsumexp(x, axis, exclusive, reverse, name)


# ---- clipping

def clip_by_value(t, clip_value_min, clip_value_max, name=None):
    """`t` between two bounds."""
    if isinstance(t, IndexedSlices):
        return IndexedSlices(clip_by_value(t.values, clip_value_min, clip_value_max, name), t.indices, t.dense_shape)
    return _c.tf_clip_by_value(t, clip_value_min, clip_value_max, name=name)


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """`t`, scaled down where its L2 norm (along `axes`, else over all) is above `clip_norm`."""
    if isinstance(t, IndexedSlices):
        return IndexedSlices(clip_by_norm(t.values, clip_norm, axes, name), t.indices, t.dense_shape)
    return _c.clip_by_norm(t, clip_norm, axes=axes, name=name)


@deprecated(None, 'clip_by_average_norm is deprecated in TensorFlow 2.0. Please use clip_by_norm(t, clip_norm * '
            'tf.cast(tf.size(t), tf.float32), name) instead.')
def clip_by_average_norm(t, clip_norm, name=None):
    """`t`, scaled down where its L2 norm over its size is above `clip_norm`."""
    return _c.clip_by_average_norm(t, clip_norm, name=name)


def _check_list(t_list):
    if isinstance(t_list, (str, bytes)) or not hasattr(t_list, '__iter__') or isinstance(t_list, (_c.Tensor, _c.Variable)):
        raise TypeError('t_list should be a sequence')
    return list(t_list)


def global_norm(t_list, name=None):
    """The L2 norm of all elements of a list of tensors; entries that are None are skipped."""
    return _c.global_norm([t.values if isinstance(t, IndexedSlices) else t for t in _check_list(t_list)], name=name)


def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    """Tensors, all scaled down by one factor where their global norm is above `clip_norm`.

    Args:
      t_list: a list of tensors, IndexedSlices and None.
      clip_norm: a scalar above 0.
      use_norm: the global norm, where it is at hand.
      name: the name scope.

    Returns:
      (list of tensors, global norm).
    """
    t_list = _check_list(t_list)
    clipped, norm = _c.clip_by_global_norm([t.values if isinstance(t, IndexedSlices) else t for t in t_list], clip_norm,
                                           use_norm, name)
    clipped = [IndexedSlices(c, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else c
               for c, t in zip(clipped, t_list)]
    return clipped, norm


# ---- counting

def bincount(arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32):
    """How often each integer from 0 on occurs in `arr`, or the sum of `weights` there."""
    return _c.tf_bincount(arr, weights=weights, minlength=minlength, maxlength=maxlength, dtype=dtype)


def confusion_matrix(labels, predictions, num_classes=None, dtype=dtypes.int32, name=None, weights=None):
    """How often each label came with each prediction.

    Args:
      labels: a vector of class numbers: the rows.
      predictions: a vector of as many: the columns.
      num_classes: how many classes there are. By default, one more than the largest number.
      dtype: of the matrix.
      name: of the name scope.
      weights: what each pair counts. By default, 1.

    Returns:
      A [num_classes, num_classes] tensor. Numbers out of range fail the run.
    """
    return _c.confusion_matrix(labels, predictions, num_classes=num_classes, dtype=dtype, name=name, weights=weights)


def histogram_fixed_width(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """How many values fall into each of `nbins` equal bins of a range; those outside count at its ends."""
    return _ops.histogram_fixed_width(values, value_range, nbins, dtype, name or 'histogram_fixed_width')


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """The bin of each value, as `histogram_fixed_width` counts them."""
    return _c.histogram_fixed_width_bins(values, value_range, nbins, dtype=dtype, name=name)


def lbeta(x, name=None):
    """log |Beta(x)| along the last dimension."""
    return _c.lbeta(x, name=name)


def sparse_segment_sum(data, indices, segment_ids, name=None, num_segments=None):
    """The sums of the rows `indices` of `data`, by segment."""
    if num_segments is not None:
        return _ops.sparse_segment_sum_with_num_segments(data, indices, segment_ids, num_segments, name)
    return _ops.sparse_segment_sum(data, indices, segment_ids, name)


def sparse_segment_mean(data, indices, segment_ids, name=None, num_segments=None):
    """The means of the rows `indices` of `data`, by segment."""
    if num_segments is not None:
        return _ops.sparse_segment_mean_with_num_segments(data, indices, segment_ids, num_segments, name)
    return _ops.sparse_segment_mean(data, indices, segment_ids, name)


def sparse_segment_sqrt_n(data, indices, segment_ids, name=None, num_segments=None):
    """The sums of the rows `indices` of `data`, by segment, over the root of their number."""
    if num_segments is not None:
        return _ops.sparse_segment_sqrt_n_with_num_segments(data, indices, segment_ids, num_segments, name)
    return _ops.sparse_segment_sqrt_n(data, indices, segment_ids, name)


def unsorted_segment_mean(data, segment_ids, num_segments, name=None):
    """The means of the rows of each segment."""
    return _c.unsorted_segment_mean(data, segment_ids, num_segments, name=name)


def unsorted_segment_sqrt_n(data, segment_ids, num_segments, name=None):
    """The sums of the rows of each segment over the root of their number."""
    return _c.unsorted_segment_sqrt_n(data, segment_ids, num_segments, name=name)


_c.register_class('complex_abs', abs)
