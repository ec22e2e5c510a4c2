"""`tf.layers.Conv2D` and its like, and pooling layers."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import convolutions, dtypes
from headrace.core.activations import activation_of
from headrace.core.deprecation import deprecated
from headrace.core.initializers import Zeros
from headrace.core.input_spec import InputSpec
from headrace.core.layer import Layer
from headrace.core.shapes import TensorShape, dimension_value
from headrace.core.space_to_batch import Convolution

__all__ = ['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'Conv3D',
           'MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D', 'SeparableConv2D', 'average_pooling1d', 'average_pooling2d',
           'average_pooling3d', 'conv1d', 'conv2d', 'conv2d_transpose', 'conv3d', 'max_pooling1d', 'max_pooling2d',
           'max_pooling3d', 'separable_conv2d']

_ZEROS = Zeros()


def _tuple(value, rank, name):
    """`rank` integers: one for all, or one for each."""
    if isinstance(value, int):
        return (value,) * rank
    try:
        values = tuple(value)
    except TypeError:
        values = ()
    if len(values) != rank or not all(isinstance(item, int) or hasattr(item, '__index__') for item in values):
        raise ValueError(f'The `{name}` argument must be a tuple of {rank} integers. Received: {value}')
    return tuple(int(item) for item in values)


def _choice(value, name, choices):
    if value.lower() not in choices:
        raise ValueError(f'The `{name}` argument must be one of ' + ', '.join(f'"{c}"' for c in choices) +
                         f'. Received: {value}')
    return value.lower()


def _length(size, window, stride, padding, rate=1):
    """How many windows fit into `size`; None stays None."""
    window = (window - 1) * rate + 1
    if size is None:
        return None
    return -(-size // stride) if padding == 'same' else (size - window + stride) // stride


class _Windows(Layer):
    """What layers share whose windows move over `rank` dimensions."""

    rank = 2

    def _set_windows(self, padding, data_format):
        self.padding = _choice(padding, 'padding', ('valid', 'same'))
        self.data_format = _choice('channels_last' if data_format is None else data_format, 'data_format',
                                   ('channels_first', 'channels_last'))
        self._first = self.data_format == 'channels_first'
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _shape_of(self, input_shape, windows, strides, channels, rates=(1, 1, 1)):
        """The outputs' shape; `channels` None: the inputs'."""
        sizes = TensorShape(input_shape).as_list()
        at = 1 if self._first else self.rank + 1
        start = 2 if self._first else 1
        for i in range(self.rank):
            sizes[start + i] = _length(sizes[start + i], windows[i], strides[i], self.padding, rates[i])
        if channels is not None:
            sizes[at] = channels
        return TensorShape(sizes)


class _Conv(_Windows):
    """What convolution layers share."""

    def __init__(self, filters, kernel_size, strides=1, padding='valid', data_format='channels_last', dilation_rate=1,
                 activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        self.filters = filters if filters is None or isinstance(filters, int) else int(filters)
        self.kernel_size = _tuple(kernel_size, self.rank, 'kernel_size')
        self.strides = _tuple(strides, self.rank, 'strides')
        self.dilation_rate = _tuple(dilation_rate, self.rank, 'dilation_rate')
        self._dilated = None
        self._set_windows(padding, data_format)
        self.activation, self.use_bias = activation_of(activation), use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.kernel = self.bias = None

    def _channels(self, input_shape):
        """The number of the inputs' channels, which must be known."""
        axis = 1 if self._first else -1
        channels = dimension_value(TensorShape(input_shape)[axis])
        if channels is None:
            raise ValueError('The channel dimension of the inputs should be defined. Found `None`.')
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        return channels

    def _add(self, name, shape, kind=None):
        """A variable with the initializer and so on of that name."""
        kind = kind or name
        return self.add_weight(name, shape, initializer=getattr(self, kind + '_initializer'),
                               regularizer=getattr(self, kind + '_regularizer'),
                               constraint=getattr(self, kind + '_constraint'), dtype=self.dtype, trainable=True)

    def build(self, input_shape):
        """Makes `kernel` and `bias`."""
        channels = self._channels(input_shape)
        self.kernel = self._add('kernel', self.kernel_size + (channels, self.filters))
        if self.use_bias:
            self.bias = self._add('bias', (self.filters,))
        if any(rate != 1 for rate in self.dilation_rate):
            formats = ('NWC', 'NHWC', 'NDHWC'), ('NCW', 'NCHW', 'NCDHW')
            self._dilated = Convolution(input_shape, self.kernel.shape, self.padding.upper(), self.strides,
                                        self.dilation_rate, data_format=formats[self._first][self.rank - 1])
        else:
            _c.constant(list(self.dilation_rate), dtype=dtypes.int32, name='dilation_rate')
        self.built = True

    def _activation(self):
        return None if getattr(self.activation, 'is_linear', False) else self.activation

    def call(self, inputs):
        """The convolution, the bias and the activation."""
        if self._dilated is not None:
            return self._finish(self._dilated(inputs, self.kernel))
        return _c.convolution_call(inputs, self.kernel, bias=self.bias, activation=self._activation(),
                                   strides=list(self.strides), padding=self.padding.upper(),
                                   channels_first=self._first)

    def _finish(self, outputs):
        """Bias and activation where a convolution is of another kind."""
        if self.use_bias:
            outputs = _c.tf_bias_add(outputs, self.bias, data_format='NCHW' if self._first else 'NHWC')
        activation = self._activation()
        return outputs if activation is None else activation(outputs)

    def compute_output_shape(self, input_shape):
        """The outputs' shape."""
        return self._shape_of(input_shape, self.kernel_size, self.strides, self.filters, self.dilation_rate)

    def get_config(self):
        """The arguments of the constructor."""
        names = ('filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'use_bias',
                 'kernel_initializer', 'bias_initializer', 'kernel_regularizer', 'bias_regularizer', 'kernel_constraint',
                 'bias_constraint')
        return {**super().get_config(), **{name: getattr(self, name) for name in names},
                'activation': getattr(self.activation, '__name__', None)}


class Conv1D(_Conv):
    """activation(sequences convolved with kernel + bias). Args are as of `Conv2D`, with single numbers."""

    rank = 1

    def call(self, inputs):
        """The convolution, the bias and the activation."""
        if self._dilated is not None:
            outputs = self._dilated(inputs, self.kernel)
        else:
            outputs = convolutions.conv1d(inputs, self.kernel, self.strides[0], self.padding.upper(),
                                          data_format='NCW' if self._first else 'NWC')
        if not self._first:
            return self._finish(outputs)
        if self.use_bias:
            outputs = _ops.add_v2(outputs, _ops.reshape(self.bias, (1, self.filters, 1)))
        activation = self._activation()
        return outputs if activation is None else activation(outputs)


class Conv2D(_Conv):
    """activation(images convolved with kernel + bias).

    Args of the constructor:
      filters: the number of the outputs' channels.
      kernel_size: height and width of the filters; a number: both.
      strides: how far windows are apart, in the same way.
      padding: 'valid' or 'same'.
      data_format: 'channels_last', or 'channels_first', which the CPU does not compute.
      dilation_rate: distances of the filters' taps, in the same way; above 1 only with strides of 1.
      activation: a function of a tensor, or its name; None: the sum as it is.
      use_bias: whether there is a bias.
      kernel_initializer: of the kernel; None: the variable scope's, else glorot uniform.
      bias_initializer: of the bias.
      kernel_regularizer, bias_regularizer, activity_regularizer: penalties.
      kernel_constraint, bias_constraint: projections after each update of an optimizer.
      trainable, name: as of `Layer`.
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format='channels_last',
                 dilation_rate=(1, 1), activation=None, use_bias=True, kernel_initializer=None,
                 bias_initializer=_ZEROS, kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                         kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, trainable, name, **kwargs)


class Conv3D(_Conv):
    """activation(volumes convolved with kernel + bias). Args are as of `Conv2D`, with three numbers."""

    rank = 3

    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding='valid', data_format='channels_last',
                 dilation_rate=(1, 1, 1), activation=None, use_bias=True, kernel_initializer=None,
                 bias_initializer=_ZEROS, kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                         kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, trainable, name, **kwargs)


class SeparableConv2D(_Conv):
    """activation(images whose channels are convolved one by one, then mixed, + bias).

    Args of the constructor are those of `Conv2D`, and:
      depth_multiplier: filters of each channel.
      depthwise_initializer, pointwise_initializer, depthwise_regularizer, pointwise_regularizer, depthwise_constraint,
      pointwise_constraint: of the two kernels.
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format='channels_last',
                 dilation_rate=(1, 1), depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer=None,
                 pointwise_initializer=None, bias_initializer=_ZEROS, depthwise_regularizer=None,
                 pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, trainable=True, name=None,
                 **kwargs):
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                         bias_initializer=bias_initializer, bias_regularizer=bias_regularizer,
                         activity_regularizer=activity_regularizer, bias_constraint=bias_constraint,
                         trainable=trainable, name=name, **kwargs)
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer, self.pointwise_initializer = depthwise_initializer, pointwise_initializer
        self.depthwise_regularizer, self.pointwise_regularizer = depthwise_regularizer, pointwise_regularizer
        self.depthwise_constraint, self.pointwise_constraint = depthwise_constraint, pointwise_constraint

    def build(self, input_shape):
        """Makes `depthwise_kernel`, `pointwise_kernel` and `bias`."""
        channels = self._channels(input_shape)
        self.depthwise_kernel = self._add('depthwise_kernel', self.kernel_size + (channels, self.depth_multiplier),
                                          'depthwise')
        self.pointwise_kernel = self._add('pointwise_kernel',
                                          (1, 1, self.depth_multiplier * channels, self.filters), 'pointwise')
        if self.use_bias:
            self.bias = self._add('bias', (self.filters,))
        self.built = True

    def call(self, inputs):
        """The two convolutions, the bias and the activation."""
        strides = (1, 1) + self.strides if self._first else (1,) + self.strides + (1,)
        return self._finish(convolutions.separable_conv2d(
            inputs, self.depthwise_kernel, self.pointwise_kernel, strides, self.padding.upper(), self.dilation_rate,
            data_format='NCHW' if self._first else 'NHWC'))


class Conv2DTranspose(_Conv):
    """The transpose of a convolution, which makes images larger, and bias and activation. Args are those of `Conv2D`
    without `dilation_rate`."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format='channels_last',
                 activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(filters, kernel_size, strides, padding, data_format, 1, activation, use_bias,
                         kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, trainable, name, **kwargs)

    def build(self, input_shape):
        """Makes `kernel` [height, width, filters, channels] and `bias`."""
        channels = self._channels(input_shape)
        self.kernel = self._add('kernel', self.kernel_size + (self.filters, channels))
        if self.use_bias:
            self.bias = self._add('bias', (self.filters,))
        self.built = True

    def _enlarged(self, size, i):
        if size is None:
            return None
        size = size * self.strides[i]
        added = max(self.kernel_size[i] - self.strides[i], 0) if self.padding == 'valid' else None
        return size if added is None else size + added

    def call(self, inputs):
        """The transposed convolution, the bias and the activation."""
        shape = _c.tf_shape(inputs)
        batch, at = shape[0], 2 if self._first else 1
        height, width = shape[at], shape[at + 1]
        sizes = [self._enlarged(height, 0), self._enlarged(width, 1)]
        sizes = [batch, self.filters] + sizes if self._first else [batch] + sizes + [self.filters]
        strides = (1, 1) + self.strides if self._first else (1,) + self.strides + (1,)
        sizes = _c.stack(sizes)
        sizes[0]  # nobody reads it, but TensorFlow has it
        outputs = convolutions.conv2d_transpose(inputs, self.kernel, sizes, list(strides), self.padding.upper(),
                                                'NCHW' if self._first else 'NHWC')
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return self._finish(outputs)

    def compute_output_shape(self, input_shape):
        """The outputs' shape."""
        sizes = TensorShape(input_shape).as_list()
        at = 2 if self._first else 1
        for i in range(2):
            sizes[at + i] = self._enlarged(sizes[at + i], i)
        sizes[1 if self._first else 3] = self.filters
        return TensorShape(sizes)


# ---- pooling

class _Pooling(_Windows):
    """What pooling layers share.

    Args of the constructor:
      pool_size: the windows' size: a number, or one for each dimension.
      strides: how far windows are apart; None: as far as they are wide.
      padding: 'valid' or 'same'.
      data_format: 'channels_last', or 'channels_first', which the CPU does not compute.
      name: as of `Layer`.
    """

    average = False

    def __init__(self, pool_size, strides, padding='valid', data_format='channels_last', name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.pool_size = _tuple(pool_size, self.rank, 'pool_size')
        self.strides = _tuple(pool_size if strides is None else strides, self.rank, 'strides')
        self._set_windows(padding, data_format)

    def call(self, inputs):
        """The largest elements, or the means, of the windows."""
        sizes, strides, axis = list(self.pool_size), list(self.strides), 3 if self._first else 2
        if self.rank == 1:
            inputs, sizes, strides = _ops.expand_dims(inputs, axis), sizes + [1], strides + [1]
        outputs = _c.pooling_call(inputs, sizes, strides, padding=self.padding.upper(), channels_first=self._first,
                                  average=self.average)
        return _ops.squeeze(outputs, [axis]) if self.rank == 1 else outputs

    def compute_output_shape(self, input_shape):
        """The outputs' shape."""
        return self._shape_of(input_shape, self.pool_size, self.strides, None)

    def get_config(self):
        """The arguments of the constructor."""
        return {**super().get_config(), 'pool_size': self.pool_size, 'strides': self.strides, 'padding': self.padding,
                'data_format': self.data_format}


class MaxPooling1D(_Pooling):
    """The largest element of each window of sequences."""

    rank = 1


class MaxPooling2D(_Pooling):
    """The largest element of each window of images."""


class MaxPooling3D(_Pooling):
    """The largest element of each window of volumes."""

    rank = 3


class AveragePooling1D(_Pooling):
    """The mean of each window of sequences."""

    rank, average = 1, True


class AveragePooling2D(_Pooling):
    """The mean of each window of images."""

    average = True


class AveragePooling3D(_Pooling):
    """The mean of each window of volumes."""

    rank, average = 3, True


for _kind in (MaxPooling1D, MaxPooling2D, MaxPooling3D, AveragePooling1D, AveragePooling2D, AveragePooling3D):
    _kind.__doc__ += '\n' + _Pooling.__doc__.split('\n', 1)[1]


# ---- functions

@deprecated(None, 'Use `tf.keras.layers.Conv1D` instead.')
def conv1d(inputs, filters, kernel_size, strides=1, padding='valid', data_format='channels_last', dilation_rate=1,
           activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS, kernel_regularizer=None,
           bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
           trainable=True, name=None, reuse=None):
    """A `Conv1D` layer, called once. `reuse` True shares the variables of an earlier layer of the same name."""
    return Conv1D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                  kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
                  kernel_constraint, bias_constraint, trainable, name, _reuse=reuse, _scope=name)(inputs)


@deprecated(None, 'Use `tf.keras.layers.Conv2D` instead.')
def conv2d(inputs, filters, kernel_size, strides=(1, 1), padding='valid', data_format='channels_last',
           dilation_rate=(1, 1), activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
           kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
           bias_constraint=None, trainable=True, name=None, reuse=None):
    """A `Conv2D` layer, called once. `reuse` True shares the variables of an earlier layer of the same name."""
    return Conv2D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                  kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
                  kernel_constraint, bias_constraint, trainable, name, _reuse=reuse, _scope=name)(inputs)


@deprecated(None, 'Use `tf.keras.layers.Conv3D` instead.')
def conv3d(inputs, filters, kernel_size, strides=(1, 1, 1), padding='valid', data_format='channels_last',
           dilation_rate=(1, 1, 1), activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
           kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
           bias_constraint=None, trainable=True, name=None, reuse=None):
    """A `Conv3D` layer, called once. `reuse` True shares the variables of an earlier layer of the same name."""
    return Conv3D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                  kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
                  kernel_constraint, bias_constraint, trainable, name, _reuse=reuse, _scope=name)(inputs)


@deprecated(None, 'Use `tf.keras.layers.SeparableConv2D` instead.')
def separable_conv2d(inputs, filters, kernel_size, strides=(1, 1), padding='valid', data_format='channels_last',
                     dilation_rate=(1, 1), depth_multiplier=1, activation=None, use_bias=True,
                     depthwise_initializer=None, pointwise_initializer=None, bias_initializer=_ZEROS,
                     depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None,
                     activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None,
                     bias_constraint=None, trainable=True, name=None, reuse=None):
    """A `SeparableConv2D` layer, called once. `reuse` True shares the variables of an earlier layer of that name."""
    return SeparableConv2D(filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier,
                           activation, use_bias, depthwise_initializer, pointwise_initializer, bias_initializer,
                           depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer,
                           depthwise_constraint, pointwise_constraint, bias_constraint, trainable, name, _reuse=reuse,
                           _scope=name)(inputs)


@deprecated(None, 'Use `tf.keras.layers.Conv2DTranspose` instead.')
def conv2d_transpose(inputs, filters, kernel_size, strides=(1, 1), padding='valid', data_format='channels_last',
                     activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
                     kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                     bias_constraint=None, trainable=True, name=None, reuse=None):
    """A `Conv2DTranspose` layer, called once. `reuse` True shares the variables of an earlier layer of that name."""
    return Conv2DTranspose(filters, kernel_size, strides, padding, data_format, activation, use_bias,
                           kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                           activity_regularizer, kernel_constraint, bias_constraint, trainable, name, _reuse=reuse,
                           _scope=name)(inputs)


@deprecated(None, 'Use keras.layers.MaxPooling1D instead.')
def max_pooling1d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """A `MaxPooling1D` layer, called once."""
    return MaxPooling1D(pool_size, strides, padding, data_format, name)(inputs)


@deprecated(None, 'Use keras.layers.MaxPooling2D instead.')
def max_pooling2d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """A `MaxPooling2D` layer, called once."""
    return MaxPooling2D(pool_size, strides, padding, data_format, name)(inputs)


@deprecated(None, 'Use keras.layers.MaxPooling3D instead.')
def max_pooling3d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """A `MaxPooling3D` layer, called once."""
    return MaxPooling3D(pool_size, strides, padding, data_format, name)(inputs)


@deprecated(None, 'Use keras.layers.AveragePooling1D instead.')
def average_pooling1d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """An `AveragePooling1D` layer, called once."""
    return AveragePooling1D(pool_size, strides, padding, data_format, name)(inputs)


@deprecated(None, 'Use keras.layers.AveragePooling2D instead.')
def average_pooling2d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """An `AveragePooling2D` layer, called once."""
    return AveragePooling2D(pool_size, strides, padding, data_format, name)(inputs)


@deprecated(None, 'Use keras.layers.AveragePooling3D instead.')
def average_pooling3d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """An `AveragePooling3D` layer, called once."""
    return AveragePooling3D(pool_size, strides, padding, data_format, name)(inputs)
