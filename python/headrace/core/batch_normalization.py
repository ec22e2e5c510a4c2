"""`tf.layers.BatchNormalization`."""

import contextlib

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.deprecation import deprecated
from headrace.core.graph import colocate_with
from headrace.core.initializers import Ones, Zeros
from headrace.core.input_spec import InputSpec
from headrace.core.layer import Layer, initializer_of
from headrace.core.shapes import TensorShape

__all__ = ['BatchNormalization', 'batch_normalization']

_ZEROS, _ONES = Zeros(), Ones()
_BOUNDS = ['rmax', 'rmin', 'dmax']


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
      renorm: batch renormalization (Ioffe, 2017): batches count as if normalized by averages of their own, which move
        with `renorm_momentum`.
      renorm_clipping: bounds of its correction, a dict: a factor from 'rmin' to 'rmax', a summand of at most 'dmax'
        either way.
      virtual_batch_size: statistics are those of parts of so many examples, which must divide the batch.
      adjustment: a function of the inputs' shape, a tensor; it gives a scale and an offset for what is normalized while
        training. Not with `virtual_batch_size`.
      fused: False: several nodes do it, even where one could. One can for pictures, where the arguments above are left
        as they are.
      trainable, name: as of `Layer`.
    """

    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer=_ZEROS,
                 gamma_initializer=_ONES, moving_mean_initializer=_ZEROS, moving_variance_initializer=_ONES,
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                 renorm=False, renorm_clipping=None, renorm_momentum=0.99, fused=None, trainable=True,
                 virtual_batch_size=None, adjustment=None, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, **kwargs)
        if not isinstance(axis, (int, list)):
            raise TypeError(f'axis must be int or list, type given: {type(axis)}')
        self.axis = list(axis) if isinstance(axis, list) else axis
        self.momentum, self.epsilon, self.center, self.scale = momentum, epsilon, center, scale
        self.beta_initializer, self.gamma_initializer = beta_initializer, gamma_initializer
        self.moving_mean_initializer, self.moving_variance_initializer = (moving_mean_initializer,
                                                                          moving_variance_initializer)
        self.beta_regularizer, self.gamma_regularizer = beta_regularizer, gamma_regularizer
        self.beta_constraint, self.gamma_constraint = beta_constraint, gamma_constraint
        self.renorm = renorm
        if renorm:
            self.renorm_clipping, self.renorm_momentum = renorm_clipping or {}, renorm_momentum
            if set(self.renorm_clipping) - set(_BOUNDS):
                raise ValueError(f'renorm_clipping {renorm_clipping} contains keys not in {_BOUNDS}')
        self.fused = True if fused is None else fused
        self.virtual_batch_size, self.adjustment = virtual_batch_size, adjustment
        self.supports_masking = True

    def build(self, input_shape):
        """Makes `gamma`, `beta`, `moving_mean` and `moving_variance`, and what renormalizing adds."""
        shape = TensorShape(input_shape)
        if not shape.ndims:
            raise ValueError('Input has undefined rank:', shape)
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        axes = [axis + shape.ndims if axis < 0 else axis for axis in axes]
        for axis in axes:
            if axis < 0 or axis >= shape.ndims:
                raise ValueError(f'Invalid axis: {axis}')
        if len(axes) != len(set(axes)):
            raise ValueError(f'Duplicate axis: {axes}')
        in_parts = self.virtual_batch_size is not None
        if in_parts:
            self._check_parts(axes)
        self.axis = [axis + in_parts for axis in axes]  # behind the parts' axis
        can_fuse = not (self.renorm or in_parts or self.adjustment is not None)
        self.fused = bool(self.fused and can_fuse and shape.ndims == 4 and axes in ([1], [3]))
        sizes = {axis: shape.as_list()[axis] for axis in axes}
        if None in sizes.values():
            raise ValueError('Input has undefined `axis` dimension. Input shape: ', shape)
        self.input_spec = InputSpec(ndim=shape.ndims, axes=sizes)
        if len(axes) == 1 and not in_parts:
            parameters = list(sizes.values())
        else:
            parameters = [sizes.get(i, 1) for i in range(shape.ndims)]
            parameters[1:1] = [1] * in_parts
        dtype = dtypes.as_dtype(self.dtype or 'float32')
        dtype = dtypes.float32 if dtype in (dtypes.float16, dtypes.bfloat16) else dtype
        self.gamma = self._parameter('gamma', self.scale, 1.0, parameters, dtype)
        self.beta = self._parameter('beta', self.center, 0.0, parameters, dtype)
        scope = self._scope
        partitioner = scope.partitioner
        try:  # averages stay whole
            scope.set_partitioner(None)
            self._make_averages(parameters, dtype)
        finally:
            scope.set_partitioner(partitioner)
        self.built = True

    def _check_parts(self, axes):
        if self.virtual_batch_size <= 0:
            raise ValueError('virtual_batch_size must be a positive integer that divides the true batch size of the '
                             'input Tensor')
        if 0 in axes:
            raise ValueError('When using virtual_batch_size, the batch dimension must be 0 and thus axis cannot '
                             'include 0')
        if self.adjustment is not None:
            raise ValueError('When using virtual_batch_size, adjustment cannot be specified')

    def _make_averages(self, shape, dtype):
        def average(name, initializer, beside=None):
            with colocate_with(beside.op) if beside is not None else contextlib.nullcontext():
                return self.add_weight(name, shape, dtype=dtype, trainable=False, initializer=initializer)

        self.moving_mean = average('moving_mean', self.moving_mean_initializer)
        self.moving_variance = average('moving_variance', self.moving_variance_initializer)
        if self.renorm:
            stddev = _c.sqrt_initializer(initializer_of(self.moving_variance_initializer))
            self.moving_stddev = average('moving_stddev', stddev, self.moving_variance)
            self.renorm_mean = average('renorm_mean', self.moving_mean_initializer, self.moving_mean)
            self.renorm_stddev = average('renorm_stddev', stddev, self.moving_stddev)

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
        in_parts = self.virtual_batch_size is not None
        renorm = {'moving_stddev': self.moving_stddev, 'renorm_mean': self.renorm_mean,
                  'renorm_stddev': self.renorm_stddev, 'renorm_momentum': self.renorm_momentum,
                  **self.renorm_clipping} if self.renorm else {}
        outputs, mean_update, variance_update = _c.batch_normalization_call(
            inputs, self.moving_mean, self.moving_variance, gamma=gamma, beta=beta, training=training,
            momentum=self.momentum, epsilon=self.epsilon, axis=[axis - in_parts for axis in self.axis],
            fused=self.fused, virtual_batch_size=self.virtual_batch_size or 0, adjustment=self.adjustment, **renorm)
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
        if self.renorm:
            names += ('renorm', 'renorm_clipping', 'renorm_momentum')
        if self.virtual_batch_size is not None:
            names += ('virtual_batch_size',)
        return {**super().get_config(), **self._config_of(*names)}


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
