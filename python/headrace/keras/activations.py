"""Activation functions, as Keras names them."""

from headrace import _headrace as _c
from headrace import math, nn
from headrace.core.activations import linear  # noqa: F401
from headrace.core.public import export


def relu(x, alpha=0.0, max_value=None, threshold=0):
    """max(x, 0), where the other arguments are left out."""
    if alpha or max_value is not None or threshold:
        raise NotImplementedError('keras.activations.relu with a slope, a maximum or a threshold is not there yet')
    return nn.relu(x)


def softmax(x, axis=-1):
    """exp(x) / sum(exp(x)) over an axis of a tensor of rank 2 or more."""
    if _c.convert(x, None, None).shape.ndims == 1:
        raise ValueError(f'Cannot apply softmax to a tensor that is 1D. Received input: {x}')
    return nn.softmax(x, axis=axis)


def elu(x, alpha=1.0):
    """x above zero, alpha (exp(x) - 1) below."""
    if alpha != 1:
        raise NotImplementedError('keras.activations.elu with another alpha than 1 is not there yet')
    return nn.elu(x)


def selu(x):
    """The scaled elu."""
    return nn.selu(x)


def softplus(x):
    """log(exp(x) + 1)."""
    return nn.softplus(x)


def softsign(x):
    """x / (|x| + 1)."""
    return nn.softsign(x)


def tanh(x):
    """The hyperbolic tangent."""
    return nn.tanh(x)


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return nn.sigmoid(x)


def exponential(x):
    """exp(x)."""
    return math.exp(x)


def get(identifier):
    """The function of a name; `linear` of None; a function as it is."""
    if identifier is None:
        return linear
    if callable(identifier):
        return identifier
    found = globals().get(identifier) if isinstance(identifier, str) and identifier in _NAMES else None
    if found is None:
        raise ValueError(f'Unknown activation function:{identifier}')
    return found


_NAMES = ('linear', 'relu', 'softmax', 'elu', 'selu', 'softplus', 'softsign', 'tanh', 'sigmoid', 'exponential')

export(globals())
