"""Convolutions and pooling: what tf.nn has of them."""

import numbers

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.arrays import concat
from headrace.core.deprecation import renamed_argument
from headrace.core.graph import convert_to_tensor, name_scope

__all__ = ['avg_pool', 'avg_pool1d', 'avg_pool2d', 'avg_pool3d', 'avg_pool_v2', 'conv1d',
           'conv1d_transpose', 'conv2d', 'conv2d_backprop_filter', 'conv2d_backprop_input', 'conv2d_transpose', 'conv3d', 'conv3d_backprop_filter',
           'conv3d_backprop_filter_v2', 'conv3d_transpose', 'depthwise_conv2d', 'depthwise_conv2d_native',
           'depthwise_conv2d_backprop_filter', 'depthwise_conv2d_backprop_input',
           'depthwise_conv2d_native_backprop_filter', 'depthwise_conv2d_native_backprop_input', 'dilation2d', 'erosion2d',
           'local_response_normalization', 'lrn', 'max_pool', 'max_pool1d', 'max_pool2d', 'max_pool3d',
           'max_pool_v2', 'max_pool_with_argmax', 'separable_conv2d']


def _sizes(value, spatial, channels, name):
    """A number for each of `spatial` + 2 dimensions: one for all spatial ones, or one for each, or all."""
    if value is None:
        return [1] * (spatial + 2)
    value = list(value) if isinstance(value, (list, tuple)) or hasattr(value, '__len__') else [value]
    if len(value) == spatial + 2:
        return value
    if len(value) not in (1, spatial):
        raise ValueError(f'{name} should be of length 1, {spatial} or {spatial + 2} but was {len(value)}')
    value = value * spatial if len(value) == 1 else value
    return [1, 1] + value if channels == 1 else [1] + value + [1]


def _padding(padding):
    """The attributes of a padding: its kind, or the sizes of an explicit one."""
    if isinstance(padding, (list, tuple)):
        if any(not isinstance(pair, (list, tuple)) or len(pair) != 2 for pair in padding) or len(padding) != 4:
            raise ValueError('padding must be a list of 4 pairs of sizes where it is no string, got %r' % (padding,))
        return 'EXPLICIT', [int(size) for pair in padding for size in pair]
    if padding == 'EXPLICIT':
        raise ValueError('"EXPLICIT" is not a valid value for the padding parameter. To use explicit padding, the '
                         'padding parameter must be a list.')
    return padding, []


def _channels(data_format, spatial):
    return 1 if data_format is not None and data_format.startswith('NC') else spatial + 1


# ---- images

def conv2d(input, filter=None, strides=None, padding=None, use_cudnn_on_gpu=True, data_format='NHWC',
           dilations=[1, 1, 1, 1], name=None, filters=None):
    """Images [batch, height, width, channels] convolved (cross-correlated) with filters [height, width, channels,
    filters].

    Args:
      input: a tensor of rank 4.
      filter: the filters; `filters` is another name of it.
      strides: one number, two, or four.
      padding: 'SAME', 'VALID', or a list of four pairs: what stands before and after each dimension.
      use_cudnn_on_gpu: kept in the graph.
      data_format: 'NHWC', or 'NCHW', which the CPU does not compute.
      dilations: distances of the filter's taps, as `strides`.
      name: of the operation.

    Returns:
      A tensor [batch, height, width, filters].
    """
    filter = renamed_argument('filters', filters, 'filter', filter)
    padding, explicit = _padding(padding)
    data_format = data_format or 'NHWC'
    channels = _channels(data_format, 2)
    return _ops.conv2d(input, filter, _sizes(strides, 2, channels, 'strides'), padding, use_cudnn_on_gpu, explicit,
                       data_format, _sizes(dilations, 2, channels, 'dilations'), name)


def conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, use_cudnn_on_gpu=True,
                           data_format='NHWC', dilations=[1, 1, 1, 1], name=None):
    """The gradient of `conv2d` by its filters, of the shape `filter_sizes`."""
    padding, explicit = _padding(padding)
    return _ops.conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, use_cudnn_on_gpu, explicit,
                                       data_format, dilations, name)


def conv2d_backprop_input(input_sizes, filter=None, out_backprop=None, strides=None, padding=None,
                          use_cudnn_on_gpu=True, data_format='NHWC', dilations=[1, 1, 1, 1], name=None, filters=None):
    """The gradient of `conv2d` by its input, of the shape `input_sizes`."""
    filter = renamed_argument('filters', filters, 'filter', filter)
    padding, explicit = _padding(padding)
    return _ops.conv2d_backprop_input(input_sizes, filter, out_backprop, strides, padding, use_cudnn_on_gpu, explicit,
                                      data_format, dilations, name)


def conv2d_transpose(value=None, filter=None, output_shape=None, strides=None, padding='SAME', data_format='NHWC',
                     name=None, input=None, filters=None, dilations=None):
    """The transpose of `conv2d`, which makes images larger: the gradient of it by its input.

    Args:
      value: images; `input` is another name of it.
      filter: [height, width, output channels, channels]; `filters` is another name of it.
      output_shape: the shape of the result, a list or a tensor.
      strides, padding, data_format, dilations: as of `conv2d`.
      name: of the operation.
    """
    value = renamed_argument('input', input, 'value', value)
    filter = renamed_argument('filters', filters, 'filter', filter)
    with name_scope(name, 'conv2d_transpose', [value, filter, output_shape]) as scope:
        data_format = data_format or 'NHWC'
        channels = _channels(data_format, 2)
        padding, explicit = _padding(padding)
        return _ops.conv2d_backprop_input(
            output_shape, filter, value, _sizes(strides, 2, channels, 'strides'), padding, True, explicit, data_format,
            _sizes(dilations, 2, channels, 'dilations'), scope)


def depthwise_conv2d_native(input, filter, strides, padding, data_format='NHWC', dilations=[1, 1, 1, 1], name=None):
    """Images of which each channel is convolved with filters of its own: [height, width, channels, multiplier]."""
    return _ops.depthwise_conv2d_native(input, filter, strides, padding, data_format, dilations, name)


def depthwise_conv2d_native_backprop_input(input_sizes, filter, out_backprop, strides, padding, data_format='NHWC',
                                           dilations=[1, 1, 1, 1], name=None):
    """The gradient of `depthwise_conv2d_native` by its input."""
    return _ops.depthwise_conv2d_native_backprop_input(input_sizes, filter, out_backprop, strides, padding, data_format,
                                                       dilations, name)


def depthwise_conv2d_native_backprop_filter(input, filter_sizes, out_backprop, strides, padding, data_format='NHWC',
                                            dilations=[1, 1, 1, 1], name=None):
    """The gradient of `depthwise_conv2d_native` by its filters."""
    return _ops.depthwise_conv2d_native_backprop_filter(input, filter_sizes, out_backprop, strides, padding,
                                                        data_format, dilations, name)


depthwise_conv2d_backprop_input = depthwise_conv2d_native_backprop_input
depthwise_conv2d_backprop_filter = depthwise_conv2d_native_backprop_filter


def _dilated_depthwise(input, filter, strides, padding, rate, data_format, name):
    """`depthwise_conv2d_native` with taps that lie `rate` apart."""
    from headrace.core.space_to_batch import with_space_to_batch
    data_format = data_format or 'NHWC'
    return with_space_to_batch(
        input, [1, 1] if rate is None else rate, padding,
        lambda x, _, kind: _ops.depthwise_conv2d_native(x, filter, strides, kind, data_format, name=name),
        _c.tf_shape(filter), data_format=data_format)


def depthwise_conv2d(input, filter, strides, padding, rate=None, name=None, data_format=None, dilations=None):
    """Images of which each channel is convolved with filters of its own.

    Args:
      input: a tensor of rank 4.
      filter: [height, width, channels, multiplier]; channel c gives channels c * multiplier and on.
      strides: four numbers.
      padding: 'SAME' or 'VALID'.
      rate: distances of the filter's taps, two numbers; `dilations` is another name of it.
      name: of the scope.
      data_format: 'NHWC' or 'NCHW'.
    """
    rate = renamed_argument('dilations', dilations, 'rate', rate)
    with name_scope(name, 'depthwise', [input, filter]) as scope:
        input = convert_to_tensor(input, name='tensor_in')
        filter = convert_to_tensor(filter, name='filter_in')
        return _dilated_depthwise(input, filter, strides, padding, rate, data_format, scope)


def separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, rate=None, name=None,
                     data_format=None, dilations=None):
    """`depthwise_conv2d`, and its channels mixed by filters of one pixel.

    Args:
      input: a tensor of rank 4.
      depthwise_filter: [height, width, channels, multiplier].
      pointwise_filter: [1, 1, channels * multiplier, filters].
      strides, padding, rate, data_format, dilations: as of `depthwise_conv2d`.
      name: of the scope.
    """
    rate = renamed_argument('dilations', dilations, 'rate', rate)
    with name_scope(name, 'separable_conv2d', [input, depthwise_filter, pointwise_filter]) as scope:
        input = convert_to_tensor(input, name='tensor_in')
        depthwise_filter = convert_to_tensor(depthwise_filter, name='depthwise_filter')
        pointwise_filter = convert_to_tensor(pointwise_filter, name='pointwise_filter')
        shape = pointwise_filter.shape.with_rank(4)
        shape.dims[0].assert_is_compatible_with(1)
        shape.dims[1].assert_is_compatible_with(1)
        made = _dilated_depthwise(input, depthwise_filter, strides, padding, rate, data_format, 'depthwise')
        return _ops.conv2d(made, pointwise_filter, [1, 1, 1, 1], 'VALID', data_format=data_format or 'NHWC', name=scope)


# ---- sequences and volumes

def conv1d(value=None, filters=None, stride=None, padding=None, use_cudnn_on_gpu=None, data_format=None, name=None,
           input=None, dilations=None):
    """Sequences [batch, length, channels] convolved with filters [length, channels, filters].

    Args:
      value: a tensor of rank 3; `input` is another name of it.
      filters: a tensor of rank 3.
      stride: a number.
      padding: 'SAME' or 'VALID'.
      use_cudnn_on_gpu: kept in the graph.
      data_format: 'NWC' or 'NCW'.
      name: of the scope.
      dilations: distances of the filter's taps.
    """
    value = renamed_argument('input', input, 'value', value)
    with name_scope(name, 'conv1d', [value, filters]) as scope:
        if data_format in (None, 'NHWC', 'NWC'):
            data_format, axis, before = 'NHWC', 1, False
        elif data_format in ('NCHW', 'NCW'):
            data_format, axis, before = 'NCHW', 2, True
        else:
            raise ValueError('data_format must be "NWC" or "NCW".')
        strides = [1] + _sizes(stride, 1, 1 if before else 2, 'stride')
        taps = [1] + _sizes(dilations, 1, 1 if before else 2, 'dilations')
        if before:
            strides, taps = [[x[1], x[2], 1, x[3]] for x in (strides, taps)]
        value = _ops.expand_dims(value, axis)
        filters = _ops.expand_dims(filters, 0)
        made = _ops.conv2d(value, filters, strides, padding,
                           True if use_cudnn_on_gpu is None else use_cudnn_on_gpu, [], data_format, taps, scope)
        return _ops.squeeze(made, [axis])


def conv1d_transpose(input, filters, output_shape, strides, padding='SAME', data_format='NWC', dilations=None,
                     name=None):
    """The transpose of `conv1d`, which makes sequences longer.

    Args:
      input: a tensor [batch, length, channels].
      filters: a tensor [length, output channels, channels].
      output_shape: the shape of the result, a list or a tensor of three numbers.
      strides: a number.
      padding, data_format, dilations, name: as of `conv1d`.
    """
    with name_scope(name, 'conv1d_transpose', [input, filters, output_shape]) as scope:
        if data_format not in ('NWC', 'NCW'):
            raise ValueError('data_format must be "NWC" or "NCW".')
        channels, axis = (1, 2) if data_format == 'NCW' else (2, 1)
        moves, taps = _sizes(strides, 1, channels, 'strides'), _sizes(dilations, 1, channels, 'dilations')
        input, filters = _ops.expand_dims(input, axis), _ops.expand_dims(filters, 0)
        sizes = list(output_shape) if isinstance(output_shape, (list, tuple)) else output_shape
        sizes = concat([sizes[:axis], [1], sizes[axis:]], 0)
        made = _ops.conv2d_backprop_input(
            sizes, filters, input, moves[:axis] + [1] + moves[axis:], padding, True, [],
            'NCHW' if channels == 1 else 'NHWC', taps[:axis] + [1] + taps[axis:], scope)
        return _ops.squeeze(made, [axis])


def conv3d(input, filter=None, strides=None, padding=None, data_format='NDHWC', dilations=[1, 1, 1, 1, 1], name=None,
           filters=None):
    """Volumes [batch, depth, height, width, channels] convolved with filters [depth, height, width, channels,
    filters]."""
    filter = renamed_argument('filters', filters, 'filter', filter)
    return _ops.conv3d(input, filter, strides, padding, data_format, dilations, name)


def conv3d_transpose(value, filter=None, output_shape=None, strides=None, padding='SAME', data_format='NDHWC',
                     name=None, input=None, filters=None, dilations=None):
    """The transpose of `conv3d`. Args are as of `conv2d_transpose`."""
    filter = renamed_argument('filters', filters, 'filter', filter)
    value = renamed_argument('input', input, 'value', value)
    with name_scope(name, 'conv3d_transpose', [value, filter, output_shape]) as scope:
        data_format = data_format or 'NDHWC'
        channels = _channels(data_format, 3)
        return _ops.conv3d_backprop_input_v2(
            output_shape, filter, value, _sizes(strides, 3, channels, 'strides'), padding, data_format,
            _sizes(dilations, 3, channels, 'dilations'), scope)


def conv3d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, data_format='NDHWC',
                           dilations=[1, 1, 1, 1, 1], name=None):
    """The gradient of `conv3d` by its filters, of the shape `filter_sizes`."""
    return _ops.conv3d_backprop_filter_v2(input, filter_sizes, out_backprop, strides, padding, data_format, dilations,
                                          name)


conv3d_backprop_filter_v2 = conv3d_backprop_filter


# ---- pooling

def _pool(op, value, ksize, strides, padding, data_format, name, spatial=2, scope='MaxPool', argument='input'):
    with name_scope(name, scope, [value]) as made:
        formats = {1: ('NWC', 'NCW'), 2: ('NHWC', 'NCHW', 'NCHW_VECT_C'), 3: ('NDHWC', 'NCDHW')}[spatial]
        data_format = data_format or formats[0]
        channels = _channels(data_format, spatial)
        ksize, strides = _sizes(ksize, spatial, channels, 'ksize'), _sizes(strides, spatial, channels, 'strides')
        if isinstance(ksize, list) and any(isinstance(size, numbers.Number) and size == 0 for size in ksize):
            raise ValueError('ksize cannot be zero.')
        return op(value, ksize, strides, padding, data_format, made)


def max_pool(value, ksize, strides, padding, data_format='NHWC', name=None, input=None):
    """The largest element of each window of images.

    Args:
      value: images, or for the three-dimensional form volumes; `input` is another name of it.
      ksize: the windows' size: one number, one for each spatial dimension, or one for each dimension.
      strides: how far windows are apart, in the same way.
      padding: 'SAME' or 'VALID'.
      data_format: where the channels are.
      name: of the operation.
    """
    value = renamed_argument('input', input, 'value', value)
    return _pool(_ops.max_pool, value, ksize, strides, padding, data_format, name)


def avg_pool(value, ksize, strides, padding, data_format='NHWC', name=None, input=None):
    """The mean of each window of images; padding is no part of it. Args are as of `max_pool`."""
    value = renamed_argument('input', input, 'value', value)
    return _pool(_ops.avg_pool, value, ksize, strides, padding, data_format, name, scope='AvgPool')


def max_pool2d(input, ksize, strides, padding, data_format='NHWC', name=None):
    """The largest element of each window of images. Args are as of `max_pool`."""
    return _pool(_ops.max_pool, input, ksize, strides, padding, data_format, name, scope='MaxPool2d')


avg_pool2d = avg_pool


def max_pool3d(input, ksize, strides, padding, data_format='NDHWC', name=None):
    """The largest element of each window of volumes. Args are as of `max_pool`."""
    return _pool(_ops.max_pool3d, input, ksize, strides, padding, data_format, name, 3, 'MaxPool3D')


def avg_pool3d(input, ksize, strides, padding, data_format='NDHWC', name=None):
    """The mean of each window of volumes. Args are as of `max_pool`."""
    return _pool(_ops.avg_pool3d, input, ksize, strides, padding, data_format, name, 3, 'AvgPool3D')


def _pool1d(op, input, ksize, strides, padding, data_format, name, scope):
    with name_scope(name, scope, [input]) as made:
        data_format = data_format or 'NWC'
        channels = _channels(data_format, 1)
        ksize = [1] + _sizes(ksize, 1, channels, 'ksize')
        strides = [1] + _sizes(strides, 1, channels, 'strides')
        axis = 2 if channels == 1 else 1
        input = _ops.expand_dims(input, axis)
        result = op(input, ksize, strides, padding, 'NCHW' if channels == 1 else 'NHWC', made)
        return _ops.squeeze(result, [axis])


def max_pool1d(input, ksize, strides, padding, data_format='NWC', name=None):
    """The largest element of each window of sequences [batch, length, channels]. Args are as of `max_pool`."""
    return _pool1d(_ops.max_pool, input, ksize, strides, padding, data_format, name, 'MaxPool1d')


def avg_pool1d(input, ksize, strides, padding, data_format='NWC', name=None):
    """The mean of each window of sequences. Args are as of `max_pool`."""
    return _pool1d(_ops.avg_pool, input, ksize, strides, padding, data_format, name, 'AvgPool1D')


def _by_rank(ops, name, input, ksize, strides, padding, data_format):
    rank = getattr(input, 'shape', None)
    rank = len(rank) if rank is not None else None
    if data_format is not None:
        spatial = len(data_format) - 2
    elif rank is not None and 3 <= rank <= 5:
        spatial = rank - 2
    else:
        raise ValueError('The input must have a rank of 3, 4 or 5, or data_format be given')
    return ops[spatial - 1](input, ksize, strides, padding, data_format, name)


def max_pool_v2(input, ksize, strides, padding, data_format=None, name=None):
    """The largest element of each window of sequences, images or volumes. Args are as of `max_pool`."""
    return _by_rank((max_pool1d, max_pool2d, max_pool3d), name, input, ksize, strides, padding, data_format)


def avg_pool_v2(input, ksize, strides, padding, data_format=None, name=None):
    """The mean of each window of sequences, images or volumes. Args are as of `max_pool`."""
    return _by_rank((avg_pool1d, avg_pool2d, avg_pool3d), name, input, ksize, strides, padding, data_format)


def max_pool_with_argmax(input, ksize, strides, padding, data_format='NHWC', Targmax=None, name=None,
                         output_dtype=None, include_batch_in_index=False):
    """The largest element of each window of images, and where it is in its image.

    Args:
      input, ksize, strides, padding, name: as of `max_pool`.
      data_format: 'NHWC'.
      Targmax: the dtype of the places; `output_dtype` is another name of it.
      include_batch_in_index: whether places count from the first image on.

    Returns:
      A pair of tensors.
    """
    if data_format != 'NHWC':
        raise ValueError("data_format values other  than 'NHWC' are not supported")
    Targmax = renamed_argument('output_dtype', output_dtype, 'Targmax', Targmax)
    return _ops.max_pool_with_argmax(input, ksize, strides, padding, Targmax='int64' if Targmax is None else Targmax,
                                     include_batch_in_index=include_batch_in_index, name=name)


# ---- other windows

def dilation2d(input, filter=None, strides=None, rates=None, padding=None, name=None, filters=None, dilations=None):
    """The largest of each window's elements, to which those of a filter are added.

    Args:
      input: a tensor [batch, height, width, channels].
      filter: a tensor [height, width, channels]; `filters` is another name of it.
      strides: four numbers.
      rates: distances of the filter's taps, four numbers; `dilations` is another name of it.
      padding: 'SAME' or 'VALID'.
      name: of the operation.
    """
    filter = renamed_argument('filters', filters, 'filter', filter)
    rates = renamed_argument('dilations', dilations, 'rates', rates)
    return _ops.dilation2d(input, filter, strides, rates, padding, name)


def erosion2d(value, kernel, strides, rates, padding, name=None):
    """The smallest of each window's elements, from which those of a kernel are taken. Args are as of `dilation2d`."""
    with name_scope(name, 'erosion2d', [value, kernel]) as scope:
        return _ops.neg(_ops.dilation2d(_ops.neg(value), _ops.reverse_v2(kernel, [0, 1]), strides, rates, padding, scope))


def lrn(input, depth_radius=5, bias=1, alpha=1, beta=0.5, name=None):
    """Each element over (bias + alpha * the sum of squares of the channels within `depth_radius`) ** beta."""
    return _ops.lrn(input, depth_radius, bias, alpha, beta, name=name)


local_response_normalization = lrn
