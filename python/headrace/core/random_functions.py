"""Random tensors and their seeds."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.deprecation import deprecated
from headrace.core.graph import get_default_graph

__all__ = ['random_uniform', 'random_normal', 'truncated_normal', 'random_shuffle', 'random_crop', 'random_gamma',
           'random_poisson', 'multinomial', 'set_random_seed', 'get_seed']


def random_uniform(shape, minval=0, maxval=None, dtype=dtypes.float32, seed=None, name=None):
    """Numbers drawn evenly from [minval, maxval), anew in each run.

    Args:
      shape: the shape.
      minval: the lower limit.
      maxval: the upper limit, which is not reached; 1 for floats where left out.
      dtype: a float, int32 or int64.
      seed: an integer; see `tf.set_random_seed`.
      name: the name scope.

    Returns:
      A tensor.

    Raises:
      ValueError: another dtype, or integers without `maxval`.
    """
    return _c.tf_random_uniform(shape, minval=minval, maxval=maxval, dtype=dtype, seed=seed, name=name)


def random_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Numbers drawn from a normal distribution, anew in each run; arguments as of `random_uniform`."""
    return _c.random_normal(shape, mean=mean, stddev=stddev, dtype=dtype, seed=seed, name=name)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Normal numbers of which those beyond two standard deviations are drawn again."""
    return _c.tf_truncated_normal(shape, mean=mean, stddev=stddev, dtype=dtype, seed=seed, name=name)


def random_shuffle(value, seed=None, name=None):
    """The rows of a tensor in another order in each run."""
    return _c.tf_random_shuffle(value, seed=seed, name=name)


def random_crop(value, size, seed=None, name=None):
    """A block of shape `size` from a random place of a tensor."""
    return _c.random_crop(value, size, seed=seed, name=name)


def random_gamma(shape, alpha, beta=None, dtype=dtypes.float32, seed=None, name=None):
    """Numbers drawn from gamma distributions, `shape` of them for each pair of `alpha` and `beta`.

    Args:
      shape: how many, as a shape.
      alpha: the form, a tensor.
      beta: the inverse scale, which broadcasts with `alpha`; 1 where left out.
      dtype: of `alpha` and `beta` where they are values: a float.
      seed: an integer; see `tf.set_random_seed`.
      name: the name scope.

    Returns:
      A tensor of shape [shape, d], where `alpha` and `beta` broadcast to [d]. It can be differentiated by both.
    """
    return _c.tf_random_gamma(shape, alpha, beta=beta, dtype=dtype, seed=seed, name=name)


def random_poisson(lam, shape, dtype=dtypes.float32, seed=None, name=None):
    """Numbers drawn from Poisson distributions, `shape` of them for each of the rates `lam`: [shape, shape of lam]."""
    return _c.tf_random_poisson(lam, shape, dtype=dtype, seed=seed, name=name)


@deprecated(None, 'Use `tf.random.categorical` instead.')
def multinomial(logits, num_samples, seed=None, name=None, output_dtype=None):
    """Class numbers [batch, num_samples] drawn with the unnormalised log-probabilities `logits` [batch, classes]."""
    return _c.categorical(logits, num_samples, dtype=output_dtype, seed=seed, name=name or 'multinomial')


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    """Class numbers [batch, num_samples] drawn with the unnormalised log-probabilities `logits` [batch, classes]."""
    return _c.categorical(logits, num_samples, dtype=dtype, seed=seed, name=name)


def stateless_uniform(shape, seed, minval=0, maxval=None, dtype=dtypes.float32, name=None):
    """Numbers drawn evenly from [minval, maxval): the same ones for the same `seed`, a vector of two integers.

    Args, Returns, Raises: as of `random_uniform`.
    """
    return _c.stateless_uniform(shape, seed, minval=minval, maxval=maxval, dtype=dtype, name=name)


def stateless_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
    """Numbers drawn from a normal distribution: the same ones for the same `seed`, a vector of two integers."""
    return _c.stateless_normal(shape, seed, mean=mean, stddev=stddev, dtype=dtype, name=name)


def stateless_truncated_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
    """`stateless_normal`, where numbers beyond two standard deviations are drawn again."""
    return _c.tf_stateless_truncated_normal(shape, seed, mean=mean, stddev=stddev, dtype=dtype, name=name)


def stateless_categorical(logits, num_samples, seed, dtype=dtypes.int64, name=None):
    """`categorical` with the same class numbers for the same `seed`, a vector of two integers."""
    return _c.stateless_categorical(logits, num_samples, seed, dtype=dtype, name=name)


@deprecated(None, 'Use `tf.random.stateless_categorical` instead.')
def stateless_multinomial(logits, num_samples, seed, output_dtype=dtypes.int64, name=None):
    """`multinomial` with the same class numbers for the same `seed`, a vector of two integers."""
    return _c.stateless_categorical(logits, num_samples, seed, dtype=output_dtype, name=name or 'stateless_multinomial')


def set_random_seed(seed):
    """Sets the seed of the default graph, from which random ops without one of their own get theirs."""
    get_default_graph().seed = seed


def get_seed(op_seed):
    """The two seeds that a random op gets now, of the graph's seed and its own: (int, int), or (None, None)."""
    graph = get_default_graph()
    return (None, None) if op_seed is None and graph.seed is None else graph._seeds(op_seed)
