"""Functions of Python as nodes of a graph."""

import traceback as _traceback

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated

__all__ = ['py_func', 'numpy_function']


def _node(func, inp, types, stateful, name):
    if not callable(func):
        raise ValueError(f'Expected func to be callable, got func of type {type(func)}')
    is_list = isinstance(types, (list, tuple))
    outputs = _c.py_func(func, list(inp), list(types) if is_list else [types], not stateful, name)
    return outputs if is_list else outputs[0]


@deprecated(None, 'tf.py_func is deprecated in TF V2. Use tf.numpy_function, whose semantics are the same.')
def py_func(func, inp, Tout, stateful=True, name=None):  # noqa: N803
    """A node that calls a function with arrays.

    Args:
      func: takes an array (a NumPy scalar for rank 0, bytes for a string) for each input, and returns an array, a list
        of them, or None for no outputs. It may be called from any thread.
      inp: a list of tensors.
      Tout: the dtype of the output, or a list of dtypes of the outputs.
      stateful: False where the function gives the same for the same inputs and changes nothing.
      name: the operation's name.

    Returns:
      A tensor of unknown shape; a list of them where `Tout` is one; the operation where that is empty.

    Raises:
      ValueError: `func` cannot be called. A run fails with InvalidArgumentError where the function returns other dtypes
        or another number of values, and with the error that fits an exception of the function.
    """
    return _node(func, inp, Tout, stateful, name)


def numpy_function(func, inp, Tout, name=None):  # noqa: N803
    """A stateful `tf.py_func`."""
    return _node(func, inp, Tout, True, name)


def exception_text(kind, value, traceback):
    """An exception of a function as the text of the error of a run."""
    lines = _traceback.format_exception(kind, value, traceback)
    return f'{kind.__name__}: {value}\n{"".join(lines)}'
