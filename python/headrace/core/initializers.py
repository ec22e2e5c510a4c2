"""Initializers: what variables start as."""

from headrace import _headrace as _c
from headrace.core import dtypes

__all__ = ['Initializer', 'Zeros', 'Ones', 'Constant', 'RandomUniform', 'RandomNormal', 'TruncatedNormal',
           'UniformUnitScaling', 'VarianceScaling', 'Orthogonal', 'Identity', 'GlorotUniform', 'GlorotNormal', 'he_normal',
           'he_uniform', 'lecun_normal', 'lecun_uniform']

_MODES = ('fan_in', 'fan_out', 'fan_avg')  # as hr_fan_mode counts them
_DISTRIBUTIONS = ('truncated_normal', 'untruncated_normal', 'uniform')  # as hr_distribution counts them


class Initializer:
    """What gives a variable its first value: a callable of shape and dtype that gives a tensor.

    Subclasses of programs define `__call__(self, shape, dtype=None, partition_info=None)`, and `get_config` where they
    want to be written down.
    """

    def __call__(self, shape, dtype=None, partition_info=None):
        raise NotImplementedError

    def get_config(self):
        """The arguments that make an equal initializer, as a dict that JSON can write."""
        return {}

    @classmethod
    def from_config(cls, config):
        """The initializer of such a dict."""
        config = dict(config)
        config.pop('dtype', None)
        return cls(**config)


class _Native(Initializer):
    """One whose nodes the C builder makes: `_native` is its C twin."""

    _arguments = ()  # what get_config tells beside the dtype

    def __call__(self, shape, dtype=None, partition_info=None):
        return _c.initialize(self._native, shape, self.dtype if dtype is None else dtype)

    def get_config(self):
        return dict([(name, getattr(self, name)) for name in self._arguments], dtype=self.dtype.name)


def _float_dtype(dtype):
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f'Expected floating point type, got {dtype}.')
    return dtype


class Zeros(_Native):
    """Zeros (False, empty strings)."""

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)
        self._native = _c.zeros_initializer()


class Ones(_Native):
    """Ones (True)."""

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)
        self._native = _c.ones_initializer()


class Constant(_Native):
    """One number in all places, or a list or array whose elements fill the shape row by row, the last one repeated."""

    _arguments = ('value',)

    def __init__(self, value=0, dtype=dtypes.float32, verify_shape=False):
        import numpy as np
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(f'Invalid type for initial value: {type(value)} (expected Python scalar, list or tuple of '
                            'values, or numpy.ndarray).')
        self.value, self.dtype, self._verify_shape = value, dtypes.as_dtype(dtype), verify_shape
        if not verify_shape:  # else variables call it, as they do with those of programs
            self._native = _c.constant_initializer(value)

    def __call__(self, shape, dtype=None, partition_info=None, verify_shape=None):
        dtype = self.dtype if dtype is None else dtype
        if self._verify_shape if verify_shape is None else verify_shape:
            return _c.constant(self.value, dtype=dtype, shape=shape, verify_shape=True)
        return _c.initialize(_c.constant_initializer(self.value), shape, dtype)


def _plain(number):
    """A NumPy scalar as Python's."""
    return number.item() if hasattr(number, 'item') else number


class RandomUniform(_Native):
    """Numbers drawn evenly from [minval, maxval); maxval is 1 for floats where left out."""

    _arguments = ('minval', 'maxval', 'seed')

    def __init__(self, minval=0, maxval=None, seed=None, dtype=dtypes.float32):
        self.minval, self.maxval, self.seed, self.dtype = minval, maxval, seed, dtypes.as_dtype(dtype)
        if maxval is None and self.dtype.is_integer:
            raise ValueError(f'Must specify maxval for integer dtype {self.dtype}')
        self._native = _c.random_uniform_initializer_of(_plain(minval), 1 if maxval is None else _plain(maxval), seed)


class RandomNormal(_Native):
    """Numbers drawn from a normal distribution."""

    _arguments = ('mean', 'stddev', 'seed')

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=dtypes.float32):
        self.mean, self.stddev, self.seed, self.dtype = mean, stddev, seed, _float_dtype(dtype)
        self._native = _c.random_normal_initializer(mean, stddev, seed)


class TruncatedNormal(_Native):
    """Normal numbers of which those beyond two standard deviations are drawn again."""

    _arguments = ('mean', 'stddev', 'seed')

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=dtypes.float32):
        self.mean, self.stddev, self.seed, self.dtype = mean, stddev, seed, _float_dtype(dtype)
        self._native = _c.truncated_normal_initializer(mean, stddev, seed)


class UniformUnitScaling(_Native):
    """Evenly from +-factor sqrt(3 / inputs), which keeps the scale of what goes through a linear layer."""

    _arguments = ('factor', 'seed')

    def __init__(self, factor=1.0, seed=None, dtype=dtypes.float32):
        self.factor, self.seed, self.dtype = factor, seed, _float_dtype(dtype)
        self._native = _c.uniform_unit_scaling_initializer(factor, seed)


class VarianceScaling(_Native):
    """Numbers of variance scale / n, where n counts inputs ('fan_in'), outputs ('fan_out') or their mean ('fan_avg').

    Args:
      scale: a number above 0.
      mode: what n counts.
      distribution: 'truncated_normal' (or 'normal'), 'untruncated_normal' or 'uniform'.
      seed: an integer.
      dtype: a float dtype.

    Raises:
      ValueError: an argument is none of these.
    """

    _arguments = ('scale', 'mode', 'distribution', 'seed')

    def __init__(self, scale=1.0, mode='fan_in', distribution='truncated_normal', seed=None, dtype=dtypes.float32):
        if scale <= 0.:
            raise ValueError('`scale` must be positive float.')
        if mode not in _MODES:
            raise ValueError('Invalid `mode` argument:', mode)
        distribution = distribution.lower()
        kind = 'truncated_normal' if distribution == 'normal' else distribution
        if kind not in _DISTRIBUTIONS:
            raise ValueError('Invalid `distribution` argument:', distribution)
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed
        self.dtype = _float_dtype(dtype)
        self._native = _c.variance_scaling_initializer(scale, _MODES.index(mode), _DISTRIBUTIONS.index(kind), seed)


class GlorotUniform(VarianceScaling):
    """Evenly from +-sqrt(6 / (inputs + outputs)); also called Xavier."""

    _arguments = ('seed',)

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(1.0, 'fan_avg', 'uniform', seed, dtype)


class GlorotNormal(VarianceScaling):
    """A truncated normal of variance 2 / (inputs + outputs); also called Xavier."""

    _arguments = ('seed',)

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(1.0, 'fan_avg', 'truncated_normal', seed, dtype)


class Orthogonal(_Native):
    """A random orthogonal matrix times `gain`; shapes of higher rank are flattened to a matrix. ValueError for vectors."""

    _arguments = ('gain', 'seed')

    def __init__(self, gain=1.0, seed=None, dtype=dtypes.float32):
        self.gain, self.seed, self.dtype = gain, seed, _float_dtype(dtype)
        self._native = _c.orthogonal_initializer(gain, seed)


class Identity(_Native):
    """The identity matrix times `gain`. ValueError for other ranks than 2."""

    _arguments = ('gain',)

    def __init__(self, gain=1.0, dtype=dtypes.float32):
        self.gain, self.dtype = gain, _float_dtype(dtype)
        self._native = _c.identity_initializer(gain)


def lecun_normal(seed=None):
    """A truncated normal of variance 1 / inputs."""
    return VarianceScaling(1., 'fan_in', 'truncated_normal', seed)


def lecun_uniform(seed=None):
    """Evenly from +-sqrt(3 / inputs)."""
    return VarianceScaling(1., 'fan_in', 'uniform', seed)


def he_normal(seed=None):
    """A truncated normal of variance 2 / inputs."""
    return VarianceScaling(2., 'fan_in', 'truncated_normal', seed)


def he_uniform(seed=None):
    """Evenly from +-sqrt(6 / inputs)."""
    return VarianceScaling(2., 'fan_in', 'uniform', seed)
