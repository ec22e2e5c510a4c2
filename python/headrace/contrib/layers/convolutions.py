"""Convolutions and pooling by functions: each makes its variables in a scope, and may be called again with `reuse`."""

from headrace import _headrace as _c
from headrace import nn
from headrace.contrib.framework.arg_scope import add_arg_scope
from headrace.contrib.framework.variables import model_variable
from headrace.contrib.layers import utils
from headrace.contrib.layers.getters import finished, variables_of_the_model
from headrace.contrib.layers.initializers import xavier_initializer
from headrace.core import convolution_layers as core
from headrace.core.graph import convert_to_tensor, name_scope
from headrace.core.variable_scope import variable_scope

__all__ = ['avg_pool2d', 'avg_pool3d', 'conv1d', 'conv2d', 'conv2d_transpose', 'conv3d', 'convolution', 'convolution1d',
           'convolution2d', 'convolution2d_transpose', 'convolution3d', 'max_pool2d', 'max_pool3d', 'separable_conv2d',
           'separable_convolution2d']

_FORMATS = {1: ('NWC', 'NCW'), 2: ('NHWC', 'NCHW'), 3: ('NDHWC', 'NCDHW')}


def _format(data_format, spatial):
    """The layers' name of a data format."""
    if data_format not in (None,) + _FORMATS[spatial]:
        raise ValueError('data_format has to be either %s or %s.' % _FORMATS[spatial][::-1])
    return 'channels_first' if data_format is not None and data_format.startswith('NC') else 'channels_last'


def _pair(value):
    """Two integers: one for both, or one for each."""
    values = tuple(value) if isinstance(value, (list, tuple)) or hasattr(value, '__len__') else (value, value)
    if len(values) != 2:
        raise ValueError('Must be an int or a list of two ints: %s' % (value,))
    return tuple(int(item) for item in values)


# ---- pooling

def _pool(layer, spatial, inputs, kernel_size, stride, padding, data_format, outputs_collections, scope, name):
    layout = _format(data_format, spatial)
    with name_scope(scope, name, [inputs]) as sc:
        inputs = convert_to_tensor(inputs)
        outputs = layer(pool_size=kernel_size, strides=stride, padding=padding, data_format=layout, _scope=sc)(inputs)
        return utils.collect_named_outputs(outputs_collections, sc, outputs)


@add_arg_scope
def max_pool2d(inputs, kernel_size, stride=2, padding='VALID', data_format='NHWC', outputs_collections=None,
               scope=None):
    """The largest element of each window of images.

    Args:
      inputs: a tensor of rank 4.
      kernel_size: height and width of the windows; a number: both.
      stride: how far windows are apart, in the same way.
      padding: 'VALID' or 'SAME'.
      data_format: 'NHWC', or 'NCHW', which the CPU does not compute.
      outputs_collections: collections of the output.
      scope: the scope; 'MaxPool2D' made unique where left out.
    """
    return _pool(core.MaxPooling2D, 2, inputs, kernel_size, stride, padding, data_format, outputs_collections, scope,
                 'MaxPool2D')


@add_arg_scope
def max_pool3d(inputs, kernel_size, stride=2, padding='VALID', data_format='NDHWC', outputs_collections=None,
               scope=None):
    """The largest element of each window of volumes. Args are as of `max_pool2d`."""
    return _pool(core.MaxPooling3D, 3, inputs, kernel_size, stride, padding, data_format, outputs_collections, scope,
                 'MaxPool3D')


@add_arg_scope
def avg_pool2d(inputs, kernel_size, stride=2, padding='VALID', data_format='NHWC', outputs_collections=None,
               scope=None):
    """The mean of each window of images. Args are as of `max_pool2d`."""
    return _pool(core.AveragePooling2D, 2, inputs, kernel_size, stride, padding, data_format, outputs_collections, scope,
                 'AvgPool2D')


@add_arg_scope
def avg_pool3d(inputs, kernel_size, stride=2, padding='VALID', data_format='NDHWC', outputs_collections=None,
               scope=None):
    """The mean of each window of volumes. Args are as of `max_pool2d`."""
    return _pool(core.AveragePooling3D, 3, inputs, kernel_size, stride, padding, data_format, outputs_collections, scope,
                 'AvgPool3D')


# ---- convolutions

_LAYERS = {1: core.Conv1D, 2: core.Conv2D, 3: core.Conv3D}


@add_arg_scope
def convolution(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=None, rate=1,
                activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                weights_initializer=xavier_initializer(), weights_regularizer=None,
                biases_initializer=_c.zeros_initializer(), biases_regularizer=None, reuse=None,
                variables_collections=None, outputs_collections=None, trainable=True, scope=None, conv_dims=None):
    """activation_fn(inputs convolved with weights + biases): sequences, images or volumes, by the inputs' rank.

    Args:
      inputs: a tensor of rank 3, 4 or 5.
      num_outputs: the number of the outputs' channels.
      kernel_size: the filters' size: a number, or one for each dimension.
      stride: how far windows are apart, in the same way.
      padding: 'SAME' or 'VALID'.
      data_format: where the channels are; last where left out.
      rate: distances of the filters' taps, in the same way; above 1 only with a stride of 1.
      activation_fn: a function of a tensor; None: none.
      normalizer_fn: a function in place of the biases.
      normalizer_params: its arguments, a dict.
      weights_initializer, biases_initializer: of the variables `weights` and `biases`; None for the biases: none.
      weights_regularizer, biases_regularizer: penalties.
      reuse: True shares the variables of an earlier call with the same scope.
      variables_collections: collections of the variables, a list or a dict by name.
      outputs_collections: collections of the output.
      trainable: whether the variables are trained.
      scope: the variable scope; 'Conv' made unique where left out.
      conv_dims: how many dimensions the inputs must have to convolve along; None: those that they have.
    """
    if data_format not in (None, 'NWC', 'NCW', 'NHWC', 'NCHW', 'NDHWC', 'NCDHW'):
        raise ValueError('Invalid data_format: %r' % (data_format,))
    with variable_scope(scope, 'Conv', [inputs], reuse=reuse,
                        custom_getter=variables_of_the_model({'bias': 'biases', 'kernel': 'weights'})) as sc:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if conv_dims is not None and conv_dims + 2 != rank:
            raise ValueError('Convolution expects input with rank %d, got %d' % (conv_dims + 2, rank))
        if rank not in (3, 4, 5):
            raise ValueError('Convolution not supported for input with rank', rank)
        first = data_format is not None and data_format.startswith('NC')
        layer = _LAYERS[rank - 2](
            num_outputs, kernel_size, stride, padding, 'channels_first' if first else 'channels_last', rate,
            use_bias=not normalizer_fn and bool(biases_initializer), kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer, kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer, trainable=trainable, name=sc.name, dtype=inputs.dtype.base_dtype,
            _scope=sc, _reuse=reuse)
        outputs = layer(inputs)
        utils.add_variable_to_collections(layer.kernel, variables_collections, 'weights')
        if layer.use_bias:
            utils.add_variable_to_collections(layer.bias, variables_collections, 'biases')
        return finished(outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc.name)


@add_arg_scope
def convolution1d(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=None, rate=1,
                  activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                  weights_initializer=xavier_initializer(), weights_regularizer=None,
                  biases_initializer=_c.zeros_initializer(), biases_regularizer=None, reuse=None,
                  variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """`convolution` of sequences."""
    return convolution(inputs, num_outputs, kernel_size, stride, padding, data_format, rate, activation_fn,
                       normalizer_fn, normalizer_params, weights_initializer, weights_regularizer, biases_initializer,
                       biases_regularizer, reuse, variables_collections, outputs_collections, trainable, scope,
                       conv_dims=1)


@add_arg_scope
def convolution2d(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=None, rate=1,
                  activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                  weights_initializer=xavier_initializer(), weights_regularizer=None,
                  biases_initializer=_c.zeros_initializer(), biases_regularizer=None, reuse=None,
                  variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """`convolution` of images."""
    return convolution(inputs, num_outputs, kernel_size, stride, padding, data_format, rate, activation_fn,
                       normalizer_fn, normalizer_params, weights_initializer, weights_regularizer, biases_initializer,
                       biases_regularizer, reuse, variables_collections, outputs_collections, trainable, scope,
                       conv_dims=2)


@add_arg_scope
def convolution3d(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=None, rate=1,
                  activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                  weights_initializer=xavier_initializer(), weights_regularizer=None,
                  biases_initializer=_c.zeros_initializer(), biases_regularizer=None, reuse=None,
                  variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """`convolution` of volumes."""
    return convolution(inputs, num_outputs, kernel_size, stride, padding, data_format, rate, activation_fn,
                       normalizer_fn, normalizer_params, weights_initializer, weights_regularizer, biases_initializer,
                       biases_regularizer, reuse, variables_collections, outputs_collections, trainable, scope,
                       conv_dims=3)


@add_arg_scope
def convolution2d_transpose(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format='NHWC',
                            activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                            weights_initializer=xavier_initializer(), weights_regularizer=None,
                            biases_initializer=_c.zeros_initializer(), biases_regularizer=None, reuse=None,
                            variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """The transpose of a convolution of images, which makes them larger. Args are as of `convolution`."""
    layout = _format(data_format, 2)
    with variable_scope(scope, 'Conv2d_transpose', [inputs], reuse=reuse,
                        custom_getter=variables_of_the_model({'bias': 'biases', 'kernel': 'weights'})) as sc:
        inputs = convert_to_tensor(inputs)
        layer = core.Conv2DTranspose(
            num_outputs, kernel_size, stride, padding, layout, use_bias=not normalizer_fn and bool(biases_initializer),
            kernel_initializer=weights_initializer, bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer, trainable=trainable,
            name=sc.name, dtype=inputs.dtype.base_dtype, _scope=sc, _reuse=reuse)
        outputs = layer(inputs)
        utils.add_variable_to_collections(layer.kernel, variables_collections, 'weights')
        if layer.bias is not None:
            utils.add_variable_to_collections(layer.bias, variables_collections, 'biases')
        return finished(outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc.name)


@add_arg_scope
def separable_convolution2d(inputs, num_outputs, kernel_size, depth_multiplier=1, stride=1, padding='SAME',
                            data_format='NHWC', rate=1, activation_fn=nn.relu, normalizer_fn=None,
                            normalizer_params=None, weights_initializer=xavier_initializer(),
                            pointwise_initializer=None, weights_regularizer=None,
                            biases_initializer=_c.zeros_initializer(), biases_regularizer=None, reuse=None,
                            variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """Images whose channels are convolved one by one, then mixed.

    Args are as of `convolution`, and:
      num_outputs: None leaves the channels unmixed.
      depth_multiplier: filters of each channel.
      pointwise_initializer: of the variable `pointwise_weights`; None: `weights_initializer`.
    """
    layout = _format(data_format, 2)
    names = {'bias': 'biases', 'depthwise_kernel': 'depthwise_weights', 'pointwise_kernel': 'pointwise_weights'}
    with variable_scope(scope, 'SeparableConv2d', [inputs], reuse=reuse,
                        custom_getter=variables_of_the_model(names)) as sc:
        inputs = convert_to_tensor(inputs)
        if pointwise_initializer is None:
            pointwise_initializer = weights_initializer
        if num_outputs is None:
            outputs = _unmixed(inputs, kernel_size, depth_multiplier, stride, padding, data_format, rate, normalizer_fn,
                               weights_initializer, weights_regularizer, biases_initializer, biases_regularizer,
                               variables_collections, trainable)
        else:
            layer = core.SeparableConv2D(
                num_outputs, kernel_size, stride, padding, layout, _pair(rate), depth_multiplier,
                use_bias=not normalizer_fn and bool(biases_initializer), depthwise_initializer=weights_initializer,
                pointwise_initializer=pointwise_initializer, bias_initializer=biases_initializer,
                depthwise_regularizer=weights_regularizer, pointwise_regularizer=weights_regularizer,
                bias_regularizer=biases_regularizer, trainable=trainable, name=sc.name,
                dtype=inputs.dtype.base_dtype, _scope=sc, _reuse=reuse)
            outputs = layer(inputs)
            utils.add_variable_to_collections(layer.depthwise_kernel, variables_collections, 'weights')
            utils.add_variable_to_collections(layer.pointwise_kernel, variables_collections, 'weights')
            if layer.bias is not None:
                utils.add_variable_to_collections(layer.bias, variables_collections, 'biases')
        return finished(outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc.name)


def _unmixed(inputs, kernel_size, depth_multiplier, stride, padding, data_format, rate, normalizer_fn,
             weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, variables_collections,
             trainable):
    channels = utils.channel_dimension(inputs.shape, data_format, min_rank=4)
    weights = model_variable('depthwise_weights', shape=list(_pair(kernel_size)) + [channels, depth_multiplier],
                             dtype=inputs.dtype.base_dtype, initializer=weights_initializer,
                             regularizer=weights_regularizer, trainable=trainable,
                             collections=utils.get_variable_collections(variables_collections, 'weights'))
    strides = [1, 1, *_pair(stride)] if data_format.startswith('NC') else [1, *_pair(stride), 1]
    outputs = nn.depthwise_conv2d(inputs, weights, strides, padding, rate=_pair(rate), data_format=data_format)
    if normalizer_fn is not None or biases_initializer is None:
        return outputs
    biases = model_variable('biases', shape=[depth_multiplier * channels], dtype=inputs.dtype.base_dtype,
                            initializer=biases_initializer, regularizer=biases_regularizer, trainable=trainable,
                            collections=utils.get_variable_collections(variables_collections, 'biases'))
    return nn.bias_add(outputs, biases, data_format=data_format)


conv1d, conv2d, conv3d = convolution1d, convolution2d, convolution3d
conv2d_transpose, separable_conv2d = convolution2d_transpose, separable_convolution2d
