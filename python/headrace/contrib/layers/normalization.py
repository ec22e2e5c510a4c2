"""Layers that normalize: by statistics of the batch, of an example, of a picture."""

from headrace import _headrace as _c
from headrace import _ops
from headrace import layers as core_layers
from headrace.contrib.framework.arg_scope import add_arg_scope
from headrace.contrib.framework.variables import model_variable
from headrace.contrib.layers import utils
from headrace.contrib.layers.getters import finished, variables_of_the_model
from headrace.core.graph import GraphKeys, add_to_collections, convert_to_tensor
from headrace.core.variable_scope import get_variable_scope, variable_scope

__all__ = ['batch_norm', 'layer_norm', 'instance_norm', 'maxout']

_ZEROS, _ONES = _c.zeros_initializer(), _c.ones_initializer()


@add_arg_scope
def batch_norm(inputs, decay=0.999, center=True, scale=False, epsilon=0.001, activation_fn=None,
               param_initializers=None, param_regularizers=None, updates_collections=GraphKeys.UPDATE_OPS,
               is_training=True, reuse=None, variables_collections=None, outputs_collections=None, trainable=True,
               batch_weights=None, fused=None, data_format='NHWC', zero_debias_moving_mean=False, scope=None,
               renorm=False, renorm_clipping=None, renorm_decay=0.99, adjustment=None):
    """(inputs - mean) / sqrt(variance + epsilon), channel by channel (Ioffe and Szegedy, 2015).

    While training, mean and variance are those of the batch, and moving averages take them in; otherwise they are the
    averages.

    Args:
      inputs: a tensor of rank 2 or more; with one node doing it, of rank 2 or 4.
      decay: what stays of the averages at each update.
      center, scale: whether a `beta` is added, and whether a `gamma` multiplies.
      epsilon: added to the variance.
      activation_fn: a function of a tensor; None: none.
      param_initializers, param_regularizers: dicts by the variables' names.
      updates_collections: the collections of the updates, which a training step must run; None: they are made before
        the inputs are normalized.
      is_training: a bool, or a bool scalar tensor by which each run chooses.
      reuse: True shares the variables of an earlier call with the same scope.
      variables_collections, outputs_collections: collections of the variables (a list, or a dict by name) and of the
        output.
      trainable: whether beta and gamma are trained.
      batch_weights: how much each example counts.
      fused: whether one node does it, where the other arguments allow; None: it does.
      data_format: 'NHWC' or 'NCHW'.
      zero_debias_moving_mean: undoes that the mean's average started at zero.
      scope: the variable scope; 'BatchNorm' made unique where left out.
      renorm, renorm_clipping, renorm_decay, adjustment: as of `tf.layers.BatchNormalization`, whose `renorm_momentum` is
        the decay. Not with `batch_weights`, other `updates_collections` or `zero_debias_moving_mean`: there the
        adjustment has no effect.

    Returns:
      A tensor of the inputs' shape.

    Raises:
      ValueError: another data format, an unknown rank or number of channels, or `renorm` where it cannot be.
    """
    if fused is None:
        fused = True
    inputs = convert_to_tensor(inputs)
    rank = inputs.shape.ndims
    one_node = fused and batch_weights is None and not renorm and adjustment is None and rank in (2, 4)
    own_updates = zero_debias_moving_mean or updates_collections is not GraphKeys.UPDATE_OPS
    if data_format not in ('NHWC', 'NCHW'):
        raise ValueError('data_format has to be either NCHW or NHWC.')
    getter = None if one_node and (rank == 2 or own_updates) else variables_of_the_model()
    with variable_scope(scope, 'BatchNorm', [inputs], reuse=reuse, custom_getter=getter) as sc:
        if not (one_node and rank == 2) and not own_updates and batch_weights is None:
            outputs = _by_layer(inputs, decay, center, scale, epsilon, param_initializers, param_regularizers,
                                is_training, reuse, variables_collections, trainable, fused, data_format, sc, renorm,
                                renorm_clipping, renorm_decay, adjustment)
        else:
            if renorm:
                raise ValueError('renorm is not supported with batch_weights, updates_collections or '
                                 'zero_debias_moving_mean')
            outputs = _by_parts(inputs, decay, center, scale, epsilon, param_initializers or {},
                                param_regularizers or {}, updates_collections, is_training, variables_collections,
                                trainable, batch_weights, one_node, data_format, zero_debias_moving_mean)
        return finished(outputs, None, None, activation_fn, outputs_collections, sc.name)


def _by_layer(inputs, decay, center, scale, epsilon, initializers, regularizers, is_training, reuse, collections,
              trainable, fused, data_format, scope, renorm, renorm_clipping, renorm_decay, adjustment):
    """What `tf.layers.BatchNormalization` can do."""
    initializers, regularizers = initializers or {}, regularizers or {}
    layer = core_layers.BatchNormalization(
        axis=1 if data_format == 'NCHW' else -1, momentum=decay, epsilon=epsilon, center=center, scale=scale,
        beta_initializer=initializers.get('beta', _ZEROS), gamma_initializer=initializers.get('gamma', _ONES),
        moving_mean_initializer=initializers.get('moving_mean', _ZEROS),
        moving_variance_initializer=initializers.get('moving_variance', _ONES),
        beta_regularizer=regularizers.get('beta'), gamma_regularizer=regularizers.get('gamma'), trainable=trainable,
        renorm=renorm, renorm_clipping=renorm_clipping, renorm_momentum=renorm_decay, adjustment=adjustment,
        name=scope.name, _scope=scope, _reuse=reuse, fused=None if fused else False)
    outputs = layer(inputs, training=is_training)
    for variable, name in ((layer.moving_mean, 'moving_mean'), (layer.moving_variance, 'moving_variance'),
                           (layer.beta, 'beta'), (layer.gamma, 'gamma')):
        if variable is not None:
            utils.add_variable_to_collections(variable, collections, name)
    return outputs


def _by_parts(inputs, decay, center, scale, epsilon, initializers, regularizers, updates_collections, is_training,
              collections, trainable, batch_weights, one_node, data_format, zero_debias):
    rank, dtype, nchw = inputs.shape.ndims, inputs.dtype.base_dtype, data_format == 'NCHW'
    if rank is None:
        raise ValueError(f'Inputs {inputs.name} has undefined rank')
    channels = inputs.shape.as_list()[1 if nchw else -1]
    if channels is None:
        raise ValueError(f'Inputs {inputs.name} has undefined channels dimension {inputs.shape}.')
    x = inputs
    if one_node and rank == 2:  # as pictures of one pixel
        x = _ops.reshape(inputs, [-1, channels, 1, 1] if nchw else [-1, 1, 1, channels])
    if batch_weights is not None:
        batch_weights = convert_to_tensor(batch_weights)
        inputs.shape[0:1].assert_is_compatible_with(batch_weights.shape)
        batch_weights = _ops.reshape(batch_weights, [-1] + [1] * (rank - 1))

    def variable(name, initializer, trained):
        return model_variable(name, shape=[channels], dtype=dtype, initializer=initializers.get(name, initializer),
                              regularizer=regularizers.get(name) if trained else None, trainable=trained and trainable,
                              collections=utils.get_variable_collections(collections, name))

    def parameter(name, wanted, otherwise, initializer):
        if wanted:
            return variable(name, initializer, True)
        return _c.constant(otherwise, dtype=dtype, shape=[channels]) if one_node else None

    beta = parameter('beta', center, 0.0, _ZEROS)
    gamma = parameter('gamma', scale, 1.0, _ONES)
    with variable_scope(get_variable_scope()) as whole:
        partitioner = whole.partitioner
        try:  # averages stay whole
            whole.set_partitioner(None)
            moving_mean = variable('moving_mean', _ZEROS, False)
            moving_variance = variable('moving_variance', _ONES, False)
        finally:
            whole.set_partitioner(partitioner)
    outputs, *updates = _c.batch_norm_call(
        x, moving_mean, moving_variance, gamma=gamma, beta=beta, is_training=is_training, decay=decay, epsilon=epsilon,
        fused=one_node, in_place=updates_collections is None, nchw=nchw, zero_debias=bool(zero_debias),
        weights=batch_weights)
    for update in updates:
        if update is not None:
            add_to_collections(updates_collections, update)
    return outputs if x is inputs else _ops.reshape(outputs, _c.tf_shape(inputs))


def _parameters(inputs, names, shape, collections, trainable):
    """beta and gamma, those of them that are wanted; and each, where it is made, given to `prepare`."""
    made = {}
    for name, initializer, prepare in names:
        made[name] = prepare(model_variable(name, shape=shape, dtype=inputs.dtype.base_dtype, initializer=initializer,
                                            collections=utils.get_variable_collections(collections, name),
                                            trainable=trainable))
    return made


@add_arg_scope
def layer_norm(inputs, center=True, scale=True, activation_fn=None, reuse=None, variables_collections=None,
               outputs_collections=None, trainable=True, begin_norm_axis=1, begin_params_axis=-1, scope=None):
    """Each example by the mean and variance of all its elements (Ba, Kiros and Hinton, 2016).

    Args:
      inputs: a tensor of known rank.
      center, scale: whether a `beta` is added, and whether a `gamma` multiplies.
      activation_fn: a function of a tensor; None: none.
      reuse: True shares the variables of an earlier call with the same scope.
      variables_collections, outputs_collections: collections of the variables (a list, or a dict by name) and of the
        output.
      trainable: whether beta and gamma are trained.
      begin_norm_axis: the statistics go over this axis and all after it.
      begin_params_axis: beta and gamma have the sizes from this axis on.
      scope: the variable scope; 'LayerNorm' made unique where left out.

    Returns:
      A tensor of the inputs' shape.

    Raises:
      ValueError: an unknown rank, sizes that beta and gamma need and that are not known, or an axis that is not there.
    """
    with variable_scope(scope, 'LayerNorm', [inputs], reuse=reuse) as sc:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is None:
            raise ValueError(f'Inputs {inputs.name} has undefined rank.')
        if begin_norm_axis < 0:
            begin_norm_axis += rank
        if begin_params_axis >= rank or begin_norm_axis >= rank:
            raise ValueError(f'begin_params_axis ({begin_params_axis}) and begin_norm_axis ({begin_norm_axis}) must be < '
                             f'rank(inputs) ({rank})')
        shape = inputs.shape[begin_params_axis:]
        if not shape.is_fully_defined():
            raise ValueError(f'Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is not fully defined: '
                             f'{inputs.shape}')
        made = _parameters(inputs, [('beta', _ZEROS, _same)] * bool(center) + [('gamma', _ONES, _same)] * bool(scale),
                           shape, variables_collections, trainable)
        outputs = _c.layer_norm_call(inputs, gamma=made.get('gamma'), beta=made.get('beta'),
                                     begin_norm_axis=begin_norm_axis)
        return finished(outputs, None, None, activation_fn, outputs_collections, sc.name)


def _same(variable):
    return variable


@add_arg_scope
def instance_norm(inputs, center=True, scale=True, epsilon=1e-6, activation_fn=None, param_initializers=None, reuse=None,
                  variables_collections=None, outputs_collections=None, trainable=True, data_format='NHWC', scope=None):
    """Each channel of each picture by its mean and variance (Ulyanov, Vedaldi and Lempitsky, 2017).

    Args:
      inputs: a tensor of known rank, 2 or more.
      center, scale: whether a `beta` is added, and whether a `gamma` multiplies.
      epsilon: added to the variance.
      activation_fn: a function of a tensor; None: none.
      param_initializers: initializers of beta and gamma, a dict.
      reuse, variables_collections, outputs_collections, trainable: as of `layer_norm`.
      data_format: 'NHWC' or 'NCHW'.
      scope: the variable scope; 'InstanceNorm' made unique where left out.

    Returns:
      A tensor of the inputs' shape.

    Raises:
      ValueError: an unknown rank or number of channels, or another data format.
    """
    inputs = convert_to_tensor(inputs)
    rank, nchw = inputs.shape.ndims, data_format == 'NCHW'
    if rank is None:
        raise ValueError(f'Inputs {inputs.name} has undefined rank.')
    if data_format not in ('NHWC', 'NCHW'):
        raise ValueError('data_format has to be either NCHW or NHWC.')
    with variable_scope(scope, 'InstanceNorm', [inputs], reuse=reuse) as sc:
        channels = inputs.shape[1 if nchw else rank - 1:][:1]
        if not channels.is_fully_defined():
            raise ValueError(f'Inputs {inputs.name} has undefined channels dimension {channels}.')

        def prepare(variable):
            return _ops.reshape(variable, [1] + channels.as_list() + [1] * (rank - 2)) if nchw else variable

        initializers = param_initializers or {}
        made = _parameters(inputs, [('beta', initializers.get('beta', _ZEROS), prepare)] * bool(center) +
                           [('gamma', initializers.get('gamma', _ONES), prepare)] * bool(scale), channels,
                           variables_collections, trainable)
        outputs = _c.instance_norm_call(inputs, gamma=made.get('gamma'), beta=made.get('beta'), epsilon=epsilon,
                                        nchw=nchw)
        return finished(outputs, None, None, activation_fn, outputs_collections, sc.name)


def maxout(inputs, num_units, axis=-1, scope=None):
    """The largest of each group of neighbours along an axis (Goodfellow et al., 2013).

    Args:
      inputs: a tensor.
      num_units: how many groups; the size there is a multiple of it.
      axis: the axis, the last by default.
      scope: the variable scope; 'MaxOut' made unique where left out.
    """
    return _c.maxout(inputs, num_units, axis=axis, scope=scope)
