"""Every op under its own name, `tf.raw_ops.MatMul(a=x, b=y)`: arguments by keyword alone."""

import functools

from headrace import _ops


def _by_keyword(name, function):
    @functools.wraps(function)
    def call(**kwargs):
        return function(**kwargs)
    call.__name__ = call.__qualname__ = name
    call.__module__ = __name__
    return call


def __getattr__(name):
    function = _ops.BY_OP.get(name)
    if function is None:
        raise AttributeError(f"module 'headrace.raw_ops' has no attribute '{name}'")
    globals()[name] = _by_keyword(name, getattr(_ops, function))
    return globals()[name]


def __dir__():
    return sorted(_ops.BY_OP)
