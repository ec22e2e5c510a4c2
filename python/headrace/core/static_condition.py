"""Conditions that are known while the graph is built."""

from headrace.core.graph import Tensor
from headrace.core.variables import Variable


def known_condition(value, function, argument):
    """True or False of a Python value or a constant tensor.

    Args:
      value: the condition.
      function, argument: what the error names.

    Raises:
      NotImplementedError: the value is a tensor that is known only when it runs.
      TypeError: it is no condition.
    """
    if isinstance(value, (Tensor, Variable)):
        from headrace import _headrace as _c
        known = _c.constant_value(value)
        if known is None:
            raise NotImplementedError(f'{function} with a tensor as `{argument}` needs tf.cond, which is not there '
                                      f'yet: give True or False, not {value}')
        return bool(known)
    if value in (True, False):
        return bool(value)
    raise TypeError(f'`{argument}` must be a Tensor, a Variable, or a Python bool, or 1 or 0. Found instead: {value}')
