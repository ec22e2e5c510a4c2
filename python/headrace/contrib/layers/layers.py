"""Layers by functions: each makes its variables in a scope, and may be called again with `reuse`."""

import functools

from headrace import _headrace as _c
from headrace import layers as core_layers
from headrace import nn
from headrace.contrib.framework.arg_scope import add_arg_scope
from headrace.contrib.framework.variables import model_variable
from headrace.contrib.layers import utils
from headrace.contrib.layers.getters import finished, variables_of_the_model
from headrace.contrib.layers.initializers import xavier_initializer
from headrace.core.graph import convert_to_tensor, name_scope
from headrace.core.variable_scope import variable_scope

__all__ = ['fully_connected', 'linear', 'relu', 'relu6', 'elu', 'dropout', 'flatten', 'bias_add', 'one_hot_encoding',
           'softmax', 'stack', 'repeat']


@add_arg_scope
def fully_connected(inputs, num_outputs, activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                    weights_initializer=xavier_initializer(), weights_regularizer=None,
                    biases_initializer=_c.zeros_initializer(), biases_regularizer=None, reuse=None,
                    variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """activation_fn(inputs weights + biases), over the last axis of the inputs.

    Args:
      inputs: a tensor of rank 2 or more, whose last size is known.
      num_outputs: the last size of the outputs.
      activation_fn: a function of a tensor; None: none.
      normalizer_fn: a function in place of the biases.
      normalizer_params: its arguments, a dict.
      weights_initializer, biases_initializer: of the variables `weights` and `biases`; None for the biases: none.
      weights_regularizer, biases_regularizer: penalties.
      reuse: True shares the variables of an earlier call with the same scope.
      variables_collections: collections of the variables, a list or a dict by name.
      outputs_collections: collections of the output.
      trainable: whether the variables are trained.
      scope: the variable scope; 'fully_connected' made unique where left out.

    Returns:
      A tensor.
    """
    if not isinstance(num_outputs, int):
        raise ValueError(f'num_outputs type should be one of {[int]}, got {type(num_outputs)}.')
    with variable_scope(scope, 'fully_connected', [inputs], reuse=reuse,
                        custom_getter=variables_of_the_model({'bias': 'biases', 'kernel': 'weights'})) as sc:
        inputs = convert_to_tensor(inputs)
        layer = core_layers.Dense(num_outputs, use_bias=not normalizer_fn and bool(biases_initializer),
                                  kernel_initializer=weights_initializer, bias_initializer=biases_initializer,
                                  kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer,
                                  trainable=trainable, name=sc.name, dtype=inputs.dtype.base_dtype, _scope=sc,
                                  _reuse=reuse)
        outputs = layer(inputs)
        utils.add_variable_to_collections(layer.kernel, variables_collections, 'weights')
        if layer.bias is not None:
            utils.add_variable_to_collections(layer.bias, variables_collections, 'biases')
        return finished(outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc.name)


linear = functools.partial(fully_connected, activation_fn=None)
relu = functools.partial(fully_connected, activation_fn=nn.relu)
relu6 = functools.partial(fully_connected, activation_fn=nn.relu6)
elu = functools.partial(fully_connected, activation_fn=nn.elu)


@add_arg_scope
def dropout(inputs, keep_prob=0.5, noise_shape=None, is_training=True, outputs_collections=None, scope=None, seed=None):
    """The inputs, elements of which are dropped while training.

    Args:
      inputs: a tensor.
      keep_prob: the part that is kept, and scaled up by 1 / keep_prob.
      noise_shape: the shape of the mask.
      is_training: whether to drop.
      outputs_collections: collections of the output.
      scope: the scope; 'Dropout' made unique where left out.
      seed: of the mask.
    """
    with variable_scope(scope, 'Dropout', [inputs], custom_getter=variables_of_the_model()) as sc:
        inputs = convert_to_tensor(inputs)
        layer = core_layers.Dropout(rate=1 - keep_prob, noise_shape=noise_shape, seed=seed, name=sc.name, _scope=sc)
        return utils.collect_named_outputs(outputs_collections, sc.name, layer(inputs, training=is_training))


@add_arg_scope
def flatten(inputs, outputs_collections=None, scope=None):
    """[batch, product of the other sizes] of a tensor."""
    with name_scope(scope, 'Flatten', [inputs]) as sc:
        inputs = convert_to_tensor(inputs)
        return utils.collect_named_outputs(outputs_collections, sc, core_layers.flatten(inputs))


@add_arg_scope
def bias_add(inputs, activation_fn=None, initializer=_c.zeros_initializer(), regularizer=None, reuse=None,
             variables_collections=None, outputs_collections=None, trainable=True, data_format='NHWC', scope=None):
    """activation_fn(inputs + biases), with one bias for each channel.

    Args:
      inputs: a tensor of rank 2 or more.
      activation_fn: a function of a tensor; None: none.
      initializer, regularizer, trainable, variables_collections: of the variable `biases`.
      reuse: True shares the variable of an earlier call with the same scope.
      outputs_collections: collections of the output.
      data_format: 'NHWC' or 'NCHW'.
      scope: the variable scope; 'BiasAdd' made unique where left out.
    """
    if data_format not in ('NHWC', 'NCHW'):
        raise ValueError('data_format has to be either NCHW or NHWC.')
    with variable_scope(scope, 'BiasAdd', [inputs], reuse=reuse) as sc:
        inputs = convert_to_tensor(inputs)
        biases = model_variable('biases', shape=[utils.channel_dimension(inputs.shape, data_format, min_rank=2)],
                                dtype=inputs.dtype.base_dtype, initializer=initializer, regularizer=regularizer,
                                collections=utils.get_variable_collections(variables_collections, 'biases'),
                                trainable=trainable)
        outputs = nn.bias_add(inputs, biases, data_format=data_format)
        return finished(outputs, None, None, activation_fn, outputs_collections, sc.name)


@add_arg_scope
def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, outputs_collections=None, scope=None):
    """`tf.one_hot` of integer labels."""
    import headrace as tf
    with name_scope(scope, 'OneHotEncoding', [labels, num_classes]) as sc:
        labels = convert_to_tensor(labels)
        if labels.dtype == tf.int32:
            labels = _c.tf_cast(labels, tf.int64, name='ToInt64')
        outputs = tf.one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return utils.collect_named_outputs(outputs_collections, sc, outputs)


@add_arg_scope
def softmax(logits, scope=None):
    """The softmax over the last axis of logits of any rank."""
    return _c.contrib_softmax(logits, scope=scope)


def stack(inputs, layer, stack_args, **kwargs):
    """layer(...layer(layer(inputs, *stack_args[0]), *stack_args[1])...): each in a scope of its own.

    Args:
      inputs: a tensor.
      layer: a function of a tensor and `scope`.
      stack_args: for each layer its arguments, a list or a single one.
      **kwargs: further arguments of all layers; `scope` is the scope of the stack, 'Stack' where left out.
    """
    scope = kwargs.pop('scope', None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError('stack_args need to be a list or tuple')
    with variable_scope(scope, 'Stack', [inputs]):
        outputs = convert_to_tensor(inputs)
        for number, arguments in enumerate(stack_args, 1):
            kwargs['scope'] = f'{scope or "stack"}_{number}'
            outputs = layer(outputs, *(arguments if isinstance(arguments, (list, tuple)) else [arguments]), **kwargs)
        return outputs


def repeat(inputs, repetitions, layer, *args, **kwargs):
    """A layer applied `repetitions` times, each time in a scope of its own.

    Args:
      inputs: a tensor.
      repetitions: how often.
      layer: a function of a tensor and `scope`.
      *args, **kwargs: its further arguments; `scope` is the scope of all, 'Repeat' where left out.
    """
    scope = kwargs.pop('scope', None)
    with variable_scope(scope, 'Repeat', [inputs]):
        name = scope or getattr(layer, '__name__', None) or getattr(getattr(layer, 'func', None), '__name__', 'repeat')
        outputs = convert_to_tensor(inputs)
        for number in range(1, repetitions + 1):
            kwargs['scope'] = f'{name}_{number}'
            outputs = layer(outputs, *args, **kwargs)
        return outputs
