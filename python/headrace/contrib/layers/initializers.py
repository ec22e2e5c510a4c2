"""Initializers that keep the scale of signals from layer to layer."""

from headrace import _headrace as _c
from headrace.core import dtypes

__all__ = ['xavier_initializer', 'xavier_initializer_conv2d', 'variance_scaling_initializer']

_MODES = ('FAN_IN', 'FAN_OUT', 'FAN_AVG')  # as hr_fan_mode counts them


class _Initializer:
    """An initializer whose nodes the C builder makes: `_native` is its C twin."""

    def __init__(self, native, dtype):
        self._native, self.dtype = native, dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self.dtype if dtype is None else dtypes.as_dtype(dtype)
        if not dtype.is_floating:
            raise TypeError('Cannot create initializer for non-floating point type.')
        return _c.initialize(self._native, shape, dtype)


def variance_scaling_initializer(factor=2.0, mode='FAN_IN', uniform=False, seed=None, dtype=dtypes.float32):
    """Random numbers whose variance is factor / n.

    Args:
      factor: 2 for layers with relu, 1 for others.
      mode: n: the inputs of a unit ('FAN_IN'), its outputs ('FAN_OUT'), or their mean ('FAN_AVG').
      uniform: whether they are drawn evenly, not from a truncated normal distribution.
      seed: of the draw.
      dtype: a floating dtype.

    Returns:
      An initializer.
    """
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise TypeError('Cannot create initializer for non-floating point type.')
    if mode not in _MODES:
        raise TypeError(f'Unknown mode {mode} [FAN_IN, FAN_OUT, FAN_AVG]')
    return _Initializer(_c.contrib_variance_scaling_initializer(factor, _MODES.index(mode), uniform, seed), dtype)


def xavier_initializer(uniform=True, seed=None, dtype=dtypes.float32):
    """`variance_scaling_initializer` with the factor 1 and the mean of inputs and outputs."""
    return variance_scaling_initializer(factor=1.0, mode='FAN_AVG', uniform=uniform, seed=seed, dtype=dtype)


xavier_initializer_conv2d = xavier_initializer
