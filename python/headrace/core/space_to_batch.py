"""Convolutions whose taps lie apart: the input is cut in interleaved images, which are convolved as usual."""

import numpy as np

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import convolutions
from headrace.core.arrays import concat, stack
from headrace.core.constants import get_static_value
from headrace.core.deprecation import renamed_argument
from headrace.core.graph import convert_to_tensor, name_scope
from headrace.core.shapes import TensorShape
from headrace.core.space import required_space_to_batch_paddings

__all__ = ['atrous_conv2d', 'convolution', 'pool', 'with_space_to_batch']


def _base_paddings(filter_shape, count, rate):
    """What 'SAME' padding adds for filters whose taps lie apart."""
    sizes = filter_shape[:count]
    wide = sizes + (sizes - 1) * (rate - 1)
    extra = wide - 1
    start = extra // 2
    end = extra - start
    return stack([[start[i], end[i]] for i in range(count)])


def _adjusted(value, fill, spatial_dims):
    """`value`, with rows of `fill` for the dimensions from the second one on that are not among `spatial_dims`."""
    known = get_static_value(value)
    rows = value if known is None else known
    parts, previous, i = [], 0, 0
    while i < len(spatial_dims):
        first = i
        if spatial_dims[i] > 1:
            gap = [spatial_dims[i] - 1 - previous] + value.shape.as_list()[1:]
            parts.append(np.full(gap, fill, np.int32))
        while i + 1 < len(spatial_dims) and spatial_dims[i + 1] == spatial_dims[i] + 1:
            i += 1
        parts.append(rows[first:i + 1])
        previous = spatial_dims[i]
        i += 1
    return concat(parts, 0) if known is None else np.concatenate(parts)


class Dilated:
    """An operation on images whose windows' taps lie `dilation_rate` apart.

    Args:
      input_shape: the input's TensorShape.
      dilation_rate: a vector of int32.
      padding: 'SAME' or 'VALID'.
      make_op: a function of the number of dimensions and the padding that gives the operation: a function of input and
        filter.
      filter_shape: the filter's shape, for 'SAME'.
      spatial_dims: the dimensions of the rates; None: those behind the first one.
      data_format: where the channels are.
    """

    def __init__(self, input_shape, dilation_rate, padding, make_op, filter_shape=None, spatial_dims=None,
                 data_format=None):
        rate = convert_to_tensor(dilation_rate, dtype='int32', name='dilation_rate')
        count = rate.shape.with_rank(1).as_list()[0]
        if count is None:
            raise ValueError('rate must have statically-known shape')
        starts_at = 2 if data_format is not None and data_format.startswith('NC') else 1
        if spatial_dims is None:
            spatial_dims = range(starts_at, count + starts_at)
        spatial_dims = sorted(set(int(dim) for dim in spatial_dims))
        if len(spatial_dims) != count or any(dim < 1 for dim in spatial_dims):
            raise ValueError('spatial_dims must be a montonically increasing sequence of positive integers')
        known = get_static_value(rate)
        self._op = None
        if known is not None:
            if np.any(known < 1):
                raise ValueError('dilation_rate must be positive')
            if np.all(known == 1):
                self._op = make_op(count, padding)
                return
        if padding == 'SAME':
            if filter_shape is None:
                raise ValueError('filter_shape must be specified for SAME padding')
            filter_shape = convert_to_tensor(filter_shape, name='filter_shape')
            sizes = get_static_value(filter_shape)
            self._base = _base_paddings(filter_shape if sizes is None else sizes, count, rate if known is None else known)
        elif padding == 'VALID':
            self._base = np.zeros([count, 2], np.int32)
        else:
            raise ValueError('Invalid padding method %r' % padding)
        self._rate, self._dims, self._shape = rate, spatial_dims, TensorShape(input_shape)
        self._inner = make_op(count, 'VALID')

    def __call__(self, input, filter):
        if self._op is not None:
            return self._op(input, filter)
        sizes = None if self._shape.ndims is None else [self._shape.as_list()[dim] for dim in self._dims]
        if sizes is None or None in sizes:
            shape = _c.tf_shape(input)
            sizes = stack([shape[dim] for dim in self._dims])
        paddings, crops = required_space_to_batch_paddings(sizes, self._rate, self._base)
        rate = _adjusted(self._rate, 1, self._dims)
        paddings, crops = _adjusted(paddings, 0, self._dims), _adjusted(crops, 0, self._dims)
        cut = _ops.space_to_batch_nd(input, rate, paddings)
        return _ops.batch_to_space_nd(self._inner(cut, filter), rate, crops)


def with_space_to_batch(input, dilation_rate, padding, op, filter_shape=None, spatial_dims=None, data_format=None):
    """op(input, number of dimensions, padding), as if its windows' taps lay `dilation_rate` apart.

    Args:
      input: a tensor.
      dilation_rate: a vector of int32, whose length must be known.
      padding: 'SAME' or 'VALID'.
      op: a function of a tensor, the number of dimensions, and a padding.
      filter_shape: the shape of the windows, for 'SAME'.
      spatial_dims: the dimensions of the rates; None: those behind the first one.
      data_format: where the channels are.
    """
    input = convert_to_tensor(input, name='input')

    def make_op(count, kind):
        return lambda x, _: op(x, count, kind)

    return Dilated(input.shape, dilation_rate, padding, make_op, filter_shape, spatial_dims, data_format)(input, None)


def strides_and_rates(count, strides, dilation_rate):
    """Both as lists; ValueError where both are above one."""
    rates = [1] * count if dilation_rate is None else list(dilation_rate)
    moves = [1] * count if strides is None else list(strides)
    for name, values in (('dilation_rate', rates), ('strides', moves)):
        if len(values) != count:
            raise ValueError(f'len({name})={len(values)} but should be {count}')
        if any(value < 1 for value in values):
            raise ValueError(f'all values of {name} must be positive')
    if any(move > 1 for move in moves) and any(rate > 1 for rate in rates):
        raise ValueError('strides > 1 not supported in conjunction with dilation_rate > 1')
    return moves, rates


class Convolution:
    """`tf.nn.convolution` in two steps: what is known of shapes first, then inputs. `plain`: rates of one leave nothing in
    the graph."""

    def __init__(self, input_shape, filter_shape, padding, strides=None, dilation_rate=None, name=None,
                 data_format=None, plain=False):
        rank = TensorShape(input_shape).ndims or TensorShape(filter_shape).ndims
        if rank is None:
            raise ValueError('rank of input or filter must be known')
        count = rank - 2
        if count not in (1, 2, 3):
            raise ValueError('num_spatial_dims must be one of 1, 2 or 3')
        first = data_format is not None and data_format.startswith('NC')
        self._strides, rates = strides_and_rates(count, strides, dilation_rate)
        self._format, self._first, self._name = data_format, first, name
        dims = range(2, rank) if first else range(1, rank - 1)
        if plain and all(rate == 1 for rate in rates):
            self._call = self._make_op(count, padding)
        else:
            self._call = Dilated(input_shape, rates, padding, self._make_op, filter_shape, dims, data_format)

    def _make_op(self, count, padding):
        strides = [1, 1, *self._strides] if self._first else [1, *self._strides, 1]
        if count == 1:
            return lambda x, w: convolutions.conv1d(x, w, self._strides[0], padding, data_format=self._format or 'NWC',
                                                    name=self._name)
        if count == 2:
            return lambda x, w: _ops.conv2d(x, w, strides, padding, data_format=self._format or 'NHWC', name=self._name)
        return lambda x, w: _ops.conv3d(x, w, strides, padding, self._format or 'NDHWC', name=self._name)

    def __call__(self, input, filter):
        return self._call(input, filter)


def convolution(input, filter, padding, strides=None, dilation_rate=None, name=None, data_format=None, filters=None,
                dilations=None):
    """Sequences, images or volumes convolved with filters, by the input's rank.

    Args:
      input: a tensor [batch, sizes..., channels].
      filter: a tensor [sizes..., channels, filters]; `filters` is another name of it.
      padding: 'SAME' or 'VALID'.
      strides: a number for each dimension; ones where left out.
      dilation_rate: distances of the filter's taps, in the same way; `dilations` is another name of it.
      name: of the scope.
      data_format: where the channels are; last where left out.
    """
    filter = renamed_argument('filters', filters, 'filter', filter)
    dilation_rate = renamed_argument('dilations', dilations, 'dilation_rate', dilation_rate)
    with name_scope(name, 'convolution', [input, filter]) as scope:
        input = convert_to_tensor(input, name='input')
        shape = filter.shape if hasattr(filter, 'shape') else np.shape(filter)
        made = Convolution(input.shape, shape, padding, strides, dilation_rate, scope, data_format, plain=True)
        return made(input, filter)


def atrous_conv2d(value, filters, rate, padding, name=None):
    """Images convolved with filters whose taps lie `rate` apart.

    Args:
      value: a tensor [batch, height, width, channels].
      filters: a tensor [height, width, channels, filters].
      rate: a number, or two.
      padding: 'SAME' or 'VALID'.
      name: of the scope.
    """
    return convolution(value, filters, padding, dilation_rate=np.broadcast_to(rate, (2,)), name=name)


def pool(input, window_shape, pooling_type, padding, dilation_rate=None, strides=None, name=None, data_format=None,
         dilations=None):
    """The largest element, or the mean, of each window of sequences, images or volumes.

    Args:
      input: a tensor [batch, sizes..., channels].
      window_shape: a size for each dimension.
      pooling_type: 'MAX' or 'AVG'.
      padding: 'SAME', or 'VALID'.
      dilation_rate: distances of the windows' elements; `dilations` is another name of it.
      strides: how far windows are apart; ones where left out.
      name: of the scope.
      data_format: where the channels are; last where left out.
    """
    dilation_rate = renamed_argument('dilations', dilations, 'dilation_rate', dilation_rate)
    with name_scope(name, '%s_pool' % pooling_type.lower(), [input]) as scope:
        input = convert_to_tensor(input, name='input')
        count = len(window_shape)
        if count < 1 or count > 3:
            raise ValueError('It is required that 1 <= num_spatial_dims <= 3.')
        input.shape.with_rank(count + 2)
        moves, rates = strides_and_rates(count, strides, dilation_rate)
        if padding == 'SAME' and any(rate > 1 for rate in rates):
            raise ValueError('pooling with SAME padding is not implemented for dilation_rate > 1')
        if any(move > size for move, size in zip(moves, window_shape)):
            raise ValueError('strides > window_shape not supported due to inconsistency between CPU and GPU '
                             'implementations')
        ops = {('MAX', 1): _ops.max_pool, ('MAX', 2): _ops.max_pool, ('MAX', 3): _ops.max_pool3d,
               ('AVG', 1): _ops.avg_pool, ('AVG', 2): _ops.avg_pool, ('AVG', 3): _ops.avg_pool3d}
        if (pooling_type, count) not in ops:
            raise ValueError(f'{count}-D {pooling_type} pooling is not supported.')
        first = data_format is not None and data_format.startswith('NC')
        added = [1] if count == 1 else []
        sizes, moves = ([1, 1, *added, *x] if first else [1, *added, *x, 1] for x in (window_shape, moves))
        layout = ('NCDHW' if first else 'NDHWC')[:5] if count == 3 else 'NCHW' if first else 'NHWC'
        dims = range(2, count + 2) if first else range(1, count + 1)

        def op(x, _, kind):
            if count == 1:
                x = _ops.expand_dims(x, dims[0])
            made = ops[pooling_type, count](x, sizes, moves, kind, layout, scope)
            return _ops.squeeze(made, [dims[0]]) if count == 1 else made

        return with_space_to_batch(input, rates, padding, op, window_shape, dims)
