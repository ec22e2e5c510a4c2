"""Keras's names and defaults of initializers."""

from headrace.core import dtypes as _dtypes
from headrace.core import initializers as _core
from headrace.core.initializers import (  # noqa: F401, public names of this module
    Constant, Identity, Initializer, Ones, Orthogonal, VarianceScaling, Zeros, he_normal, he_uniform, lecun_normal,
    lecun_uniform)
from headrace.core.initializers import (  # noqa: F401
    Constant as constant, GlorotNormal as glorot_normal, GlorotUniform as glorot_uniform, Identity as identity,
    Ones as ones, Orthogonal as orthogonal, Zeros as zeros)
from headrace.core.public import export


class RandomUniform(_core.RandomUniform):
    """Numbers drawn evenly from [minval, maxval)."""

    def __init__(self, minval=-0.05, maxval=0.05, seed=None, dtype=_dtypes.float32):
        super().__init__(minval, maxval, seed, dtype)


class RandomNormal(_core.RandomNormal):
    """Numbers drawn from a normal distribution."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None, dtype=_dtypes.float32):
        super().__init__(mean, stddev, seed, dtype)


class TruncatedNormal(_core.TruncatedNormal):
    """Normal numbers of which those beyond two standard deviations are drawn again."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None, dtype=_dtypes.float32):
        super().__init__(mean, stddev, seed, dtype)


uniform = random_uniform = RandomUniform
normal = random_normal = RandomNormal
truncated_normal = TruncatedNormal


def serialize(initializer):
    """The dict {class_name, config} that `deserialize` makes an equal initializer of."""
    return {'class_name': type(initializer).__name__, 'config': initializer.get_config()}


def deserialize(config, custom_objects=None):
    """The initializer of a dict {class_name, config}, or of a name.

    Args:
      config: the dict; a class name alone stands for its defaults.
      custom_objects: {name: class} of the program's own.

    Returns:
      An initializer.

    Raises:
      ValueError: no such class.
    """
    name, arguments = (config, {}) if isinstance(config, str) else (config['class_name'], config.get('config', {}))
    found = (custom_objects or {}).get(name) or globals().get(name) or getattr(_core, name, None)
    if found is None or name.startswith('_'):
        raise ValueError(f'Unknown initializer: {name}')
    if isinstance(config, str):
        return found()
    return found.from_config(arguments) if isinstance(found, type) else found(**arguments)


def get(identifier):
    """The initializer of a name, a dict or a callable; None for None. ValueError for anything else."""
    if identifier is None:
        return None
    if isinstance(identifier, (dict, str)):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ValueError(f'Could not interpret initializer identifier: {identifier}')


export(globals())
