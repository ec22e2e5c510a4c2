"""Penalties on weights, as Keras makes them."""

import numpy

from headrace import _headrace as _c
from headrace.core.public import export


class Regularizer:
    """A penalty: a callable of a tensor that gives a scalar."""

    def __call__(self, x):
        return 0.0

    @classmethod
    def from_config(cls, config):
        """The regularizer of `get_config`'s dict."""
        return cls(**config)


class L1L2(Regularizer):
    """l1 * sum(|x|) + l2 * sum(x ** 2)."""

    def __init__(self, l1=0.0, l2=0.0):
        self.l1, self.l2 = float(l1), float(l2)

    def __call__(self, x):
        return _c.regularize(_c.keras_regularizer(self.l1, self.l2), x)

    def get_config(self):
        """The arguments that make an equal one."""
        return {'l1': float(numpy.float32(self.l1)), 'l2': float(numpy.float32(self.l2))}


def l1(l=0.01):  # noqa: E741, the name that Keras gives it
    """l * sum(|x|)."""
    return L1L2(l1=l)


def l2(l=0.01):  # noqa: E741
    """l * sum(x ** 2)."""
    return L1L2(l2=l)


def l1_l2(l1=0.01, l2=0.01):
    """Both penalties."""
    return L1L2(l1=l1, l2=l2)


def serialize(regularizer):
    """A regularizer as a dict of its class and arguments."""
    return {'class_name': type(regularizer).__name__, 'config': regularizer.get_config()}


def deserialize(config, custom_objects=None):
    """The regularizer of such a dict."""
    return {**globals(), **(custom_objects or {})}[config['class_name']].from_config(config['config'])


def get(identifier):
    """The regularizer of a name, a dict, or a callable; None of None."""
    if identifier is None or callable(identifier):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    found = globals().get(identifier) if isinstance(identifier, str) else None
    if found is None:
        raise ValueError(f'Could not interpret regularizer identifier: {identifier}')
    return found()


export(globals())
