"""Layers: functions and classes that make variables and the operations on them."""

from headrace import _headrace as _c
from headrace.core import convolution_layers, dtypes
from headrace.core.activations import activation_of
from headrace.core.batch_normalization import BatchNormalization, batch_normalization
from headrace.core.convolution_layers import *  # noqa: F401, F403
from headrace.core.deprecation import deprecated
from headrace.core.initializers import Zeros
from headrace.core.input_spec import InputSpec
from headrace.core.layer import Layer, output_shape
from headrace.core.nn_functions import warn_of_large_rate
from headrace.core.public import export
from headrace.core.shapes import TensorShape, dimension_value

__all__ = ['Layer', 'InputSpec', 'BatchNormalization', 'Dense', 'Dropout', 'Flatten', 'batch_normalization', 'dense',
           'dropout', 'flatten', *convolution_layers.__all__]

_ZEROS = Zeros()


class Dense(Layer):
    """activation(inputs kernel + bias), over the last axis of the inputs.

    Args of the constructor:
      units: the size of the last axis of the outputs.
      activation: a function of a tensor, or its name; None: the sum as it is.
      use_bias: whether there is a bias.
      kernel_initializer: of the kernel; None: the variable scope's, else glorot uniform.
      bias_initializer: of the bias.
      kernel_regularizer, bias_regularizer, activity_regularizer: penalties.
      kernel_constraint, bias_constraint: projections after each update of an optimizer.
      trainable, name: as of `Layer`.
    """

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        self.units = units if isinstance(units, int) else int(units)
        self.activation, self.use_bias = activation_of(activation), use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.kernel = self.bias = None
        self.supports_masking, self.input_spec = True, InputSpec(min_ndim=2)

    def build(self, input_shape):
        """Makes `kernel` and `bias`."""
        dtype = dtypes.as_dtype(self.dtype or 'float32')
        if not (dtype.is_floating or dtype.is_complex):
            raise TypeError(f'Unable to build `Dense` layer with non-floating point dtype {dtype}')
        last = dimension_value(TensorShape(input_shape)[-1])
        if last is None:
            raise ValueError('The last dimension of the inputs to `Dense` should be defined. Found `None`.')
        self.input_spec = InputSpec(min_ndim=2, axes={-1: last})
        self.kernel = self.add_weight('kernel', [last, self.units], initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
                                      dtype=self.dtype, trainable=True)
        if self.use_bias:
            self.bias = self.add_weight('bias', [self.units], initializer=self.bias_initializer,
                                        regularizer=self.bias_regularizer, constraint=self.bias_constraint,
                                        dtype=self.dtype, trainable=True)
        self.built = True

    def call(self, inputs):
        """The layer's sum and activation."""
        inputs = _c.convert(inputs, None, None)
        if inputs.shape.ndims <= 2 and self.dtype is not None:
            inputs = _c.tf_cast(inputs, dtypes.as_dtype(self.dtype))
        activation = None if getattr(self.activation, 'is_linear', False) else self.activation
        return _c.dense_call(inputs, self.kernel, bias=self.bias, activation=activation)

    def compute_output_shape(self, input_shape):
        """The input's shape with `units` as the last size."""
        shape = TensorShape(input_shape).with_rank_at_least(2)
        if dimension_value(shape[-1]) is None:
            raise ValueError('The innermost dimension of input_shape must be defined, but saw: %s' % input_shape)
        return output_shape(shape, self.units)

    def get_config(self):
        """The arguments of the constructor."""
        return {**super().get_config(), **self._config_of(
            'units', 'activation', 'use_bias', 'kernel_initializer', 'bias_initializer', 'kernel_regularizer',
            'bias_regularizer', 'activity_regularizer', 'kernel_constraint', 'bias_constraint')}


class Dropout(Layer):
    """Sets elements to zero at random while training, and scales the others up by 1 / (1 - rate).

    Args of the constructor:
      rate: the part that is dropped.
      noise_shape: the shape of the mask, which is broadcast to the input; None in it: the input's size.
      seed: of the mask.
      name: as of `Layer`.
    """

    def __init__(self, rate=0.5, noise_shape=None, seed=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.rate, self.noise_shape, self.seed, self.supports_masking = rate, noise_shape, seed, True

    def call(self, inputs, training=False):
        """The input itself where `training`, a bool or a bool scalar tensor, is false."""
        if training is not False:
            warn_of_large_rate(self.rate)
        return _c.dropout_call(inputs, self.rate, training=training, noise_shape=self.noise_shape, seed=self.seed)

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return {**super().get_config(), 'rate': self.rate, 'noise_shape': self.noise_shape, 'seed': self.seed}


class Flatten(Layer):
    """Makes one axis of all axes but the first.

    Args of the constructor:
      data_format: 'channels_last', or 'channels_first', which puts the channels last before.
    """

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = _data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs):
        """The flat input."""
        rank = inputs.shape.ndims
        if self.data_format == 'channels_first' and rank is not None and rank > 1:
            inputs = _c.tf_transpose(inputs, [0] + list(range(2, rank)) + [1])
        return _c.flatten_call(inputs)

    def compute_output_shape(self, input_shape):
        """[batch, product of the other sizes]."""
        sizes = TensorShape(input_shape).as_list()
        if not sizes:
            return TensorShape([1, 1])
        product = 1
        for size in sizes[1:]:
            product = None if product is None or size is None else product * size
        return TensorShape([sizes[0], product])

    def get_config(self):
        """The arguments of the constructor."""
        return {**super().get_config(), 'data_format': self.data_format}


def _data_format(value):
    value = 'channels_last' if value is None else value.lower()
    if value not in ('channels_first', 'channels_last'):
        raise ValueError('The `data_format` argument must be one of "channels_first", "channels_last". Received: '
                         f'{value}')
    return value


@deprecated(None, 'Use keras.layers.Dense instead.')
def dense(inputs, units, activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_ZEROS,
          kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
          bias_constraint=None, trainable=True, name=None, reuse=None):
    """activation(inputs kernel + bias): a `Dense` layer, called once.

    Args are those of `Dense`; `reuse` True shares the variables of an earlier layer of the same name.

    Returns:
      A tensor of the inputs' shape with `units` as the last size.
    """
    layer = Dense(units, activation=activation, use_bias=use_bias, kernel_initializer=kernel_initializer,
                  bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
                  bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer,
                  kernel_constraint=kernel_constraint, bias_constraint=bias_constraint, trainable=trainable, name=name,
                  _scope=name, _reuse=reuse)
    return layer(inputs)


@deprecated(None, 'Use keras.layers.dropout instead.')
def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False, name=None):
    """A `Dropout` layer, called once.

    Args:
      inputs: a tensor.
      rate, noise_shape, seed, name: as of `Dropout`.
      training: whether to drop: a bool, or a bool scalar tensor by which each run chooses.
    """
    return Dropout(rate, noise_shape=noise_shape, seed=seed, name=name)(inputs, training=training)


@deprecated(None, 'Use keras.layers.flatten instead.')
def flatten(inputs, name=None, data_format='channels_last'):
    """[batch, product of the other sizes] of a tensor: a `Flatten` layer, called once."""
    return Flatten(name=name, data_format=data_format)(inputs)


export(globals())
