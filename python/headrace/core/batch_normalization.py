"""`tf.layers.BatchNormalization`."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.deprecation import deprecated
from headrace.core.initializers import Ones, Zeros
from headrace.core.input_spec import InputSpec
from headrace.core.layer import Layer
from headrace.core.shapes import TensorShape

__all__ = ['BatchNormalization', 'batch_normalization']

_ZEROS, _ONES = Zeros(), Ones()


class BatchNormalization(Layer):
    """(inputs - mean) / sqrt(variance + epsilon) * gamma + beta, channel by channel (Ioffe and Szegedy, 2015).

    While training, mean and variance are those of the batch, and moving averages of them, variables that are not trained,
    take them in by operations in the collection UPDATE_OPS, which a training step must run. Otherwise they are the
    averages.

    Args of the constructor:
      axis: the axis of the channels, or a list of several.
      momentum: what stays of the averages at each update.
      epsilon: added to the variance.
      center, scale: whether there is a beta, and a gamma.
      beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: of the variables.
      beta_regularizer, gamma_regularizer: penalties.
      beta_constraint, gamma_constraint: projections after each update of an optimizer.
      renorm, renorm_clipping, renorm_momentum, virtual_batch_size, adjustment: must be left as they are.
      fused: whether one node does it: of pictures by default, always of pictures with True (ValueError of others).
      trainable, name: as of `Layer`.
    """

    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer=_ZEROS,
                 gamma_initializer=_ONES, moving_mean_initializer=_ZEROS, moving_variance_initializer=_ONES,
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                 renorm=False, renorm_clipping=None, renorm_momentum=0.99, fused=None, trainable=True,
                 virtual_batch_size=None, adjustment=None, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, **kwargs)
        if renorm or virtual_batch_size is not None or adjustment is not None:
            raise NotImplementedError('Batch normalization with `renorm`, `virtual_batch_size` or `adjustment` is not '
                                      'there')
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.momentum, self.epsilon, self.center, self.scale = momentum, epsilon, center, scale
        self.beta_initializer, self.gamma_initializer = beta_initializer, gamma_initializer
        self.moving_mean_initializer, self.moving_variance_initializer = (moving_mean_initializer,
                                                                          moving_variance_initializer)
        self.beta_regularizer, self.gamma_regularizer = beta_regularizer, gamma_regularizer
        self.beta_constraint, self.gamma_constraint = beta_constraint, gamma_constraint
        self.renorm, self.renorm_clipping, self.renorm_momentum = renorm, renorm_clipping, renorm_momentum
        self.fused, self.virtual_batch_size, self.adjustment = fused, virtual_batch_size, adjustment
        self.supports_masking = True

    def build(self, input_shape):
        """Makes `gamma`, `beta`, `moving_mean` and `moving_variance`."""
        shape = TensorShape(input_shape)
        if shape.ndims is None:
            raise ValueError('Input has undefined rank:', shape)
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        axes = [axis + shape.ndims if axis < 0 else axis for axis in axes]
        for axis in axes:
            if axis < 0 or axis >= shape.ndims:
                raise ValueError(f'Invalid axis: {axis}')
        if len(axes) != len(set(axes)):
            raise ValueError(f'Duplicate axis: {axes}')
        self.axis = axes
        self._choose_node(shape.ndims)
        sizes = {axis: shape.as_list()[axis] for axis in axes}
        if None in sizes.values():
            raise ValueError('Input has undefined `axis` dimension. Input shape: ', shape)
        self.input_spec = InputSpec(ndim=shape.ndims, axes=sizes)
        parameters = list(sizes.values()) if len(axes) == 1 else [sizes.get(i, 1) for i in range(shape.ndims)]
        dtype = dtypes.as_dtype(self.dtype or 'float32')
        dtype = dtypes.float32 if dtype in (dtypes.float16, dtypes.bfloat16) else dtype
        self.gamma = self._parameter('gamma', self.scale, 1.0, parameters, dtype)
        self.beta = self._parameter('beta', self.center, 0.0, parameters, dtype)
        scope = self._scope
        partitioner = scope.partitioner
        try:  # averages stay whole
            scope.set_partitioner(None)
            self.moving_mean = self.add_weight('moving_mean', parameters, dtype=dtype, trainable=False,
                                               initializer=self.moving_mean_initializer)
            self.moving_variance = self.add_weight('moving_variance', parameters, dtype=dtype, trainable=False,
                                                   initializer=self.moving_variance_initializer)
        finally:
            scope.set_partitioner(partitioner)
        self.built = True

    def _choose_node(self, rank):
        """Whether one node does it all."""
        can = rank == 4 and self.axis in ([1], [3])
        if self.fused is None:
            self.fused = can
        elif self.fused and rank != 4:
            raise ValueError(f'Batch normalization layers with `fused=True` only support 4D input tensors, not {rank}D')
        elif self.fused and not can:
            raise ValueError('Unsupported axis, fused batch norm only supports axis == [1] or axis == [3]')

    def _parameter(self, name, wanted, otherwise, shape, dtype):
        """gamma or beta; where it is left out, the one node still wants a constant."""
        if wanted:
            return self.add_weight(name, shape, dtype=dtype, initializer=getattr(self, name + '_initializer'),
                                   regularizer=getattr(self, name + '_regularizer'),
                                   constraint=getattr(self, name + '_constraint'), trainable=True)
        if self.fused:
            setattr(self, f'_{name}_const', _c.constant(otherwise, dtype=dtype, shape=shape))
        return None

    def call(self, inputs, training=False):
        """The normalized inputs; `training` is a bool, or a bool scalar tensor by which each run chooses."""
        gamma = self.gamma if self.scale or not self.fused else self._gamma_const
        beta = self.beta if self.center or not self.fused else self._beta_const
        outputs, mean_update, variance_update = _c.batch_normalization_call(
            inputs, self.moving_mean, self.moving_variance, gamma=gamma, beta=beta, training=training,
            momentum=self.momentum, epsilon=self.epsilon, axis=self.axis, fused=self.fused)
        for update in (mean_update, variance_update):
            if update is not None:  # of a resource variable not the reading after it
                reads = update.op.type == 'ReadVariableOp' and update.op.control_inputs
                self.add_update(update.op.control_inputs[0] if reads else update, inputs=True)
        return outputs

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        names = ('axis', 'momentum', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer',
                 'moving_mean_initializer', 'moving_variance_initializer', 'beta_regularizer', 'gamma_regularizer',
                 'beta_constraint', 'gamma_constraint')
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@deprecated(None, 'Use keras.layers.BatchNormalization instead.  In particular, `tf.control_dependencies(tf.GraphKeys.'
            'UPDATE_OPS)` should not be used (consult the `tf.keras.layers.batch_normalization` documentation).')
def batch_normalization(inputs, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer=_ZEROS,
                        gamma_initializer=_ONES, moving_mean_initializer=_ZEROS, moving_variance_initializer=_ONES,
                        beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                        training=False, trainable=True, name=None, reuse=None, renorm=False, renorm_clipping=None,
                        renorm_momentum=0.99, fused=None, virtual_batch_size=None, adjustment=None):
    """A `BatchNormalization` layer, called once.

    Args are those of `BatchNormalization`, and:
      inputs: a tensor.
      training: whether batches are normalized by their own statistics: a bool, or a bool scalar tensor.
      reuse: True shares the variables of an earlier layer of the same name.

    Returns:
      A tensor of the inputs' shape.
    """
    layer = BatchNormalization(
        axis=axis, momentum=momentum, epsilon=epsilon, center=center, scale=scale, beta_initializer=beta_initializer,
        gamma_initializer=gamma_initializer, moving_mean_initializer=moving_mean_initializer,
        moving_variance_initializer=moving_variance_initializer, beta_regularizer=beta_regularizer,
        gamma_regularizer=gamma_regularizer, beta_constraint=beta_constraint, gamma_constraint=gamma_constraint,
        renorm=renorm, renorm_clipping=renorm_clipping, renorm_momentum=renorm_momentum, fused=fused,
        trainable=trainable, virtual_batch_size=virtual_batch_size, adjustment=adjustment, name=name, _reuse=reuse,
        _scope=name)
    return layer(inputs, training=training)
