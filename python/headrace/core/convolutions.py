"""Convolutions and pooling: what tf.nn has of them."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.deprecation import renamed_argument

__all__ = ['atrous_conv2d', 'atrous_conv2d_transpose', 'avg_pool', 'avg_pool1d', 'avg_pool2d', 'avg_pool3d', 'avg_pool_v2',
           'conv1d', 'conv1d_transpose', 'conv2d', 'conv2d_backprop_filter', 'conv2d_backprop_input', 'conv2d_transpose',
           'conv3d', 'conv3d_backprop_filter', 'conv3d_backprop_filter_v2', 'conv3d_transpose', 'conv_transpose',
           'convolution', 'depthwise_conv2d', 'depthwise_conv2d_native', 'depthwise_conv2d_backprop_filter',
           'depthwise_conv2d_backprop_input', 'depthwise_conv2d_native_backprop_filter',
           'depthwise_conv2d_native_backprop_input', 'dilation2d', 'erosion2d', 'local_response_normalization', 'lrn',
           'max_pool', 'max_pool1d', 'max_pool2d', 'max_pool3d', 'max_pool_v2', 'max_pool_with_argmax', 'pool',
           'separable_conv2d', 'with_space_to_batch']


def _padding(padding):
    """The attributes of a padding: its kind, or the sizes of an explicit one."""
    if isinstance(padding, (list, tuple)):
        if any(not isinstance(pair, (list, tuple)) or len(pair) != 2 for pair in padding) or len(padding) != 4:
            raise ValueError('padding must be a list of 4 pairs of sizes where it is no string, got %r' % (padding,))
        return 'EXPLICIT', [int(size) for pair in padding for size in pair]
    if padding == 'EXPLICIT':
        raise ValueError('"EXPLICIT" is not a valid value for the padding parameter. To use explicit padding, the '
                         'padding parameter must be a list.')
    return padding, None


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
    return _c.tf_conv2d(input, filter, strides, padding, explicit, data_format, dilations, not use_cudnn_on_gpu, name)


def conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, use_cudnn_on_gpu=True,
                           data_format='NHWC', dilations=[1, 1, 1, 1], name=None):
    """The gradient of `conv2d` by its filters, of the shape `filter_sizes`."""
    padding, explicit = _padding(padding)
    return _ops.conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, use_cudnn_on_gpu, explicit or [],
                                       data_format, dilations, name)


def conv2d_backprop_input(input_sizes, filter=None, out_backprop=None, strides=None, padding=None,
                          use_cudnn_on_gpu=True, data_format='NHWC', dilations=[1, 1, 1, 1], name=None, filters=None):
    """The gradient of `conv2d` by its input, of the shape `input_sizes`."""
    filter = renamed_argument('filters', filters, 'filter', filter)
    padding, explicit = _padding(padding)
    return _ops.conv2d_backprop_input(input_sizes, filter, out_backprop, strides, padding, use_cudnn_on_gpu, explicit or [],
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
    padding, explicit = _padding(padding)
    return _c.conv2d_transpose(value, filter, output_shape, strides, padding, explicit, data_format, dilations, name)


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
    return _c.depthwise_conv2d(input, filter, strides, padding, rate, data_format, name)


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
    return _c.separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, rate, data_format, name)


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
    return _c.conv1d(value, filters, stride, padding, data_format, dilations, use_cudnn_on_gpu is False, name)


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
    return _c.conv1d_transpose(input, filters, output_shape, strides, padding, None, data_format, dilations, name)


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
    return _c.conv3d_transpose(value, filter, output_shape, strides, padding, None, data_format, dilations, name)


def conv_transpose(input, filters, output_shape, strides, padding='SAME', data_format=None, dilations=None, name=None):
    """The transpose of a convolution of sequences, images or volumes, by the length of `output_shape`.

    Args are as of `conv2d_transpose`.
    """
    return _c.conv_transpose(input, filters, output_shape, strides, padding, None, data_format, dilations, name)


def conv3d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, data_format='NDHWC',
                           dilations=[1, 1, 1, 1, 1], name=None):
    """The gradient of `conv3d` by its filters, of the shape `filter_sizes`."""
    return _ops.conv3d_backprop_filter_v2(input, filter_sizes, out_backprop, strides, padding, data_format, dilations,
                                          name)


conv3d_backprop_filter_v2 = conv3d_backprop_filter


# ---- taps that lie apart

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
    return _c.with_space_to_batch(input, dilation_rate, padding, op, filter_shape, spatial_dims, data_format)


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
    return _c.convolution(input, filter, padding, strides, dilation_rate, data_format, name)


def atrous_conv2d(value, filters, rate, padding, name=None):
    """Images convolved with filters whose taps lie `rate` apart.

    Args:
      value: a tensor [batch, height, width, channels].
      filters: a tensor [height, width, channels, filters].
      rate: a number, or two.
      padding: 'SAME' or 'VALID'.
      name: of the scope.
    """
    return _c.atrous_conv2d(value, filters, rate, padding, name)


def atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None):
    """The transpose of `atrous_conv2d`, which makes images larger.

    Args:
      value: a tensor [batch, height, width, channels].
      filters: a tensor [height, width, output channels, channels].
      output_shape: the shape of the result, a list or a tensor of four numbers.
      rate: a number.
      padding: 'SAME' or 'VALID'.
      name: of the scope.
    """
    return _c.atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name)


# ---- pooling

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
    return _c.tf_max_pool(value, ksize, strides, padding, data_format, name)


def avg_pool(value, ksize, strides, padding, data_format='NHWC', name=None, input=None):
    """The mean of each window of images; padding is no part of it. Args are as of `max_pool`."""
    value = renamed_argument('input', input, 'value', value)
    return _c.tf_avg_pool(value, ksize, strides, padding, data_format, name)


def max_pool2d(input, ksize, strides, padding, data_format='NHWC', name=None):
    """The largest element of each window of images. Args are as of `max_pool`."""
    return _c.max_pool2d(input, ksize, strides, padding, data_format, name)


avg_pool2d = avg_pool


def max_pool3d(input, ksize, strides, padding, data_format='NDHWC', name=None):
    """The largest element of each window of volumes. Args are as of `max_pool`."""
    return _c.tf_max_pool3d(input, ksize, strides, padding, data_format, name)


def avg_pool3d(input, ksize, strides, padding, data_format='NDHWC', name=None):
    """The mean of each window of volumes. Args are as of `max_pool`."""
    return _c.tf_avg_pool3d(input, ksize, strides, padding, data_format, name)


def max_pool1d(input, ksize, strides, padding, data_format='NWC', name=None):
    """The largest element of each window of sequences [batch, length, channels]. Args are as of `max_pool`."""
    return _c.max_pool1d(input, ksize, strides, padding, data_format, name)


def avg_pool1d(input, ksize, strides, padding, data_format='NWC', name=None):
    """The mean of each window of sequences. Args are as of `max_pool`."""
    return _c.avg_pool1d(input, ksize, strides, padding, data_format, name)


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
    return _c.pool(input, window_shape, pooling_type, padding, strides, dilation_rate, data_format, name)


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
    return _c.erosion2d(value, kernel, strides, rates, padding, name)


def lrn(input, depth_radius=5, bias=1, alpha=1, beta=0.5, name=None):
    """Each element over (bias + alpha * the sum of squares of the channels within `depth_radius`) ** beta."""
    return _ops.lrn(input, depth_radius, bias, alpha, beta, name=name)


local_response_normalization = lrn
