"""`tf.layers.Conv2D` and its like, and pooling layers."""

import inspect
import types

from headrace import _headrace as _c
from headrace.core.activations import activation_of
from headrace.core.deprecation import deprecated
from headrace.core.initializers import Zeros
from headrace.core.input_spec import InputSpec
from headrace.core.layer import Layer
from headrace.core.shapes import TensorShape, dimension_value

__all__ = ['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'Conv3D',
           'Conv3DTranspose', 'MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D', 'SeparableConv1D', 'SeparableConv2D',
           'average_pooling1d', 'average_pooling2d', 'average_pooling3d', 'conv1d', 'conv2d', 'conv2d_transpose', 'conv3d',
           'conv3d_transpose', 'max_pooling1d', 'max_pooling2d', 'max_pooling3d', 'separable_conv1d', 'separable_conv2d']

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


def _with_defaults(function, **defaults):
    """A function with the code of another one, and other defaults for some of its arguments."""
    own = [defaults.get(p.name, p.default) for p in inspect.signature(function).parameters.values()
           if p.default is not p.empty]
    made = types.FunctionType(function.__code__, function.__globals__, function.__name__, tuple(own),
                              function.__closure__)
    made.__qualname__, made.__doc__ = function.__qualname__, function.__doc__
    return made


class _Windows(Layer):
    """What layers share whose windows move over `rank` dimensions."""

    rank = 2

    def _set_windows(self, padding, data_format):
        self.padding = _choice(padding, 'padding', ('valid', 'same'))
        self.data_format = _choice('channels_last' if data_format is None else data_format, 'data_format',
                                   ('channels_first', 'channels_last'))
        self._first = self.data_format == 'channels_first'
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _window_options(self):
        return {'padding': self.padding.upper(), 'channels_first': self._first}

    def _shape_of(self, input_shape, channels, length):
        """The outputs' shape: length(size, i) along dimension i; `channels` None: the inputs'."""
        sizes = TensorShape(input_shape).as_list()
        start = 2 if self._first else 1
        for i in range(self.rank):
            sizes[start + i] = length(sizes[start + i], i)
        if channels is not None:
            sizes[1 if self._first else self.rank + 1] = channels
        return TensorShape(sizes)


class _Conv(_Windows):
    """What convolution layers share."""

    kernels = ('kernel',)

    def __init__(self, filters, kernel_size, strides=1, padding='valid', data_format='channels_last', dilation_rate=1,
                 activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        self.filters = filters if filters is None or isinstance(filters, int) else int(filters)
        self.kernel_size = _tuple(kernel_size, self.rank, 'kernel_size')
        self.strides = _tuple(strides, self.rank, 'strides')
        self.dilation_rate = _tuple(dilation_rate, self.rank, 'dilation_rate')
        self._set_windows(padding, data_format)
        self.activation, self.use_bias = activation_of(activation), use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.kernel = self.bias = None

    def _kernel_shapes(self, channels):
        """The shapes of `kernels`."""
        return [self.kernel_size + (channels, self.filters)]

    def build(self, input_shape):
        """Makes the kernels and `bias`."""
        axis = 1 if self._first else -1
        channels = dimension_value(TensorShape(input_shape)[axis])
        if channels is None:
            raise ValueError('The channel dimension of the inputs should be defined. Found `None`.')
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        for name, shape in zip(self.kernels, self._kernel_shapes(channels)):
            setattr(self, name, self._add(name, shape))
        if self.use_bias:
            self.bias = self._add('bias', (self.filters,))
        self._built_for = TensorShape(input_shape)
        self._build_taps()
        self.built = True

    def _add(self, name, shape):
        """A variable with the initializer and so on of that name."""
        kind = name.replace('wise_kernel', 'wise')
        return self.add_weight(name, shape, initializer=getattr(self, kind + '_initializer'),
                               regularizer=getattr(self, kind + '_regularizer'),
                               constraint=getattr(self, kind + '_constraint'), dtype=self.dtype, trainable=True)

    def _build_taps(self):
        self._taps = _c.make_convolution_taps(self.strides, self.dilation_rate, self.padding.upper(), self.kernel.shape)

    def _call_options(self):
        linear = getattr(self.activation, 'is_linear', False)
        return {'bias': self.bias, 'activation': None if linear else self.activation, 'strides': self.strides,
                **self._window_options()}

    def call(self, inputs):
        """The convolution, the bias and the activation."""
        rate, base = self._taps
        return _c.convolution_call(inputs, self.kernel, dilation_rate=rate, base_paddings=base,
                                   built_for=self._built_for, **self._call_options())

    def compute_output_shape(self, input_shape):
        """The outputs' shape."""
        return self._shape_of(input_shape, self.filters, lambda size, i: _length(
            size, self.kernel_size[i], self.strides[i], self.padding, self.dilation_rate[i]))

    def get_config(self):
        """The arguments of the constructor."""
        names = ['filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'use_bias']
        names += [f'{name}_{what}' for what in ('initializer', 'regularizer', 'constraint')
                  for name in [kernel.replace('wise_kernel', 'wise') for kernel in self.kernels] + ['bias']]
        return {**super().get_config(), **self._config_of('activation', 'activity_regularizer', *names),
                **self._keras_config}


class Conv1D(_Conv):
    """activation(sequences convolved with kernel + bias). Args are as of `Conv2D`, with single numbers."""

    rank = 1
    __init__ = _with_defaults(_Conv.__init__)


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

    __init__ = _with_defaults(_Conv.__init__, strides=(1, 1), dilation_rate=(1, 1))


class Conv3D(_Conv):
    """activation(volumes convolved with kernel + bias). Args are as of `Conv2D`, with three numbers."""

    rank = 3
    __init__ = _with_defaults(_Conv.__init__, strides=(1, 1, 1), dilation_rate=(1, 1, 1))


class _Separable(_Conv):
    """activation(inputs whose channels are convolved one by one, then mixed, + bias).

    Args of the constructor are those of `Conv2D`, and:
      depth_multiplier: filters of each channel.
      depthwise_initializer, pointwise_initializer, depthwise_regularizer, pointwise_regularizer, depthwise_constraint,
      pointwise_constraint: of the two kernels.
    """

    kernels = ('depthwise_kernel', 'pointwise_kernel')

    def __init__(self, filters, kernel_size, strides=1, padding='valid', data_format='channels_last', dilation_rate=1,
                 depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer=None,
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

    def _kernel_shapes(self, channels):
        return [self.kernel_size + (channels, self.depth_multiplier),
                (1,) * self.rank + (self.depth_multiplier * channels, self.filters)]

    def _build_taps(self):
        """Nothing: its parts make what they need when they are called."""

    def call(self, inputs):
        """The two convolutions, the bias and the activation."""
        return _c.separable_convolution_call(inputs, self.depthwise_kernel, self.pointwise_kernel,
                                             dilation_rate=self.dilation_rate, **self._call_options())

    def get_config(self):
        """The arguments of the constructor."""
        return {**super().get_config(), 'depth_multiplier': self.depth_multiplier}

    _keras_config = {'kernel_initializer': {'class_name': 'GlorotUniform', 'config': {'seed': None, 'dtype': 'float32'}},
                     'kernel_regularizer': None, 'kernel_constraint': None}


class SeparableConv1D(_Separable):
    rank, __doc__ = 1, _Separable.__doc__
    __init__ = _with_defaults(_Separable.__init__)


class SeparableConv2D(_Separable):
    __doc__ = _Separable.__doc__
    __init__ = _with_defaults(_Separable.__init__, strides=(1, 1), dilation_rate=(1, 1))


class _Transposed(_Conv):
    """The transpose of a convolution, which makes inputs larger, and bias and activation. Args are those of `Conv2D`
    without `dilation_rate`."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format='channels_last',
                 activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(filters, kernel_size, strides, padding, data_format, 1, activation, use_bias,
                         kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, trainable, name, **kwargs)

    def _kernel_shapes(self, channels):
        return [self.kernel_size + (self.filters, channels)]

    def _build_taps(self):
        """Nothing: its taps stand together."""

    def call(self, inputs):
        """The transposed convolution, the bias and the activation."""
        return _c.transposed_convolution_call(inputs, self.kernel, **self._call_options())

    def compute_output_shape(self, input_shape):
        """The outputs' shape."""
        def enlarged(size, i):
            more = max(self.kernel_size[i] - self.strides[i], 0) if self.padding == 'valid' else 0
            return None if size is None else size * self.strides[i] + more

        return self._shape_of(input_shape, self.filters, enlarged)

    _keras_config = {'dilation_rate': None, 'output_padding': None}

    def get_config(self):
        """The arguments of the constructor."""
        return {**super().get_config(), 'dilation_rate': (1, ) * self.rank}


class Conv2DTranspose(_Transposed):
    __doc__ = _Transposed.__doc__
    __init__ = _with_defaults(_Transposed.__init__)


class Conv3DTranspose(_Transposed):
    rank, __doc__ = 3, _Transposed.__doc__
    __init__ = _with_defaults(_Transposed.__init__, strides=(1, 1, 1))


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
        return _c.pooling_call(inputs, self.pool_size, self.strides, average=self.average, **self._window_options())

    def compute_output_shape(self, input_shape):
        """The outputs' shape."""
        return self._shape_of(input_shape, None, lambda size, i: _length(
            size, self.pool_size[i], self.strides[i], self.padding))

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

def _function(kind, name, instead, shares=True):
    """A function that makes a layer and calls it once, with the layer's arguments.

    Args:
      kind: the class of the layer.
      name: the function's name.
      instead: what its warning names.
      shares: whether there is an argument `reuse`.
    """
    argument = inspect.Parameter
    own = [p for p in inspect.signature(kind).parameters.values() if p.kind is not argument.VAR_KEYWORD]
    last = [argument('reuse', argument.POSITIONAL_OR_KEYWORD, default=None)] if shares else []
    signature = inspect.Signature([argument('inputs', argument.POSITIONAL_OR_KEYWORD), *own, *last])

    def function(*args, **kwargs):
        given = signature.bind(*args, **kwargs).arguments
        inputs, reuse = given.pop('inputs'), given.pop('reuse', None)
        if shares:
            given.update(_reuse=reuse, _scope=given.get('name'))
        return kind(**given)(inputs)

    function.__name__ = function.__qualname__ = name
    function.__signature__ = signature
    function.__doc__ = f'A `{kind.__name__}` layer, called once on `inputs`.' + (
        ' `reuse` True shares the variables of an earlier layer of the same name.' if shares else '')
    return deprecated(None, f'Use {instead} instead.')(function)


conv1d = _function(Conv1D, 'conv1d', '`tf.keras.layers.Conv1D`')
conv2d = _function(Conv2D, 'conv2d', '`tf.keras.layers.Conv2D`')
conv3d = _function(Conv3D, 'conv3d', '`tf.keras.layers.Conv3D`')
separable_conv1d = _function(SeparableConv1D, 'separable_conv1d', '`tf.keras.layers.SeparableConv1D`')
separable_conv2d = _function(SeparableConv2D, 'separable_conv2d', '`tf.keras.layers.SeparableConv2D`')
conv2d_transpose = _function(Conv2DTranspose, 'conv2d_transpose', '`tf.keras.layers.Conv2DTranspose`')
conv3d_transpose = _function(Conv3DTranspose, 'conv3d_transpose', '`tf.keras.layers.Conv3DTranspose`')
max_pooling1d = _function(MaxPooling1D, 'max_pooling1d', 'keras.layers.MaxPooling1D', False)
max_pooling2d = _function(MaxPooling2D, 'max_pooling2d', 'keras.layers.MaxPooling2D', False)
max_pooling3d = _function(MaxPooling3D, 'max_pooling3d', 'keras.layers.MaxPooling3D', False)
average_pooling1d = _function(AveragePooling1D, 'average_pooling1d', 'keras.layers.AveragePooling1D', False)
average_pooling2d = _function(AveragePooling2D, 'average_pooling2d', 'keras.layers.AveragePooling2D', False)
average_pooling3d = _function(AveragePooling3D, 'average_pooling3d', 'keras.layers.AveragePooling3D', False)
