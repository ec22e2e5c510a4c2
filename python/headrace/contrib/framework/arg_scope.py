"""Argument scopes: default arguments of functions within a block."""

import contextlib
import functools
import inspect
import threading

__all__ = ['arg_scope', 'add_arg_scope', 'current_arg_scope', 'has_arg_scope', 'arg_scoped_arguments',
           'arg_scope_func_key']

_DECORATED = {}  # key -> names of the arguments that have defaults


class _Scopes(threading.local):
    def __init__(self):
        self.stack = [{}]


_scopes = _Scopes()


def arg_scope_func_key(op):
    """The key of a function in an argument scope."""
    return getattr(op, '_key_op', str(op))


def current_arg_scope():
    """The innermost scope: a dict from functions' keys to their arguments."""
    return _scopes.stack[-1]


def has_arg_scope(func):
    """Whether `add_arg_scope` decorated the function."""
    return arg_scope_func_key(func) in _DECORATED


def arg_scoped_arguments(func):
    """The names of the arguments that a scope may give."""
    assert has_arg_scope(func)
    return _DECORATED[arg_scope_func_key(func)]


@contextlib.contextmanager
def arg_scope(list_ops_or_scope, **kwargs):
    """`with arg_scope([function, ...], argument=value) as scope:` gives functions arguments within the block.

    Args:
      list_ops_or_scope: functions that `add_arg_scope` decorated, or an earlier `scope`, which is entered again.
      **kwargs: the arguments; those of a call itself come first.

    Yields:
      The scope.

    Raises:
      TypeError: no list and no scope.
      ValueError: a function is not decorated, or a scope comes with arguments.
    """
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError('When attempting to re-use a scope by suppling adictionary, kwargs must be empty.')
        scope = list_ops_or_scope.copy()
    elif not isinstance(list_ops_or_scope, (list, tuple)):
        raise TypeError('list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)')
    else:
        scope = current_arg_scope().copy()
        for op in list_ops_or_scope:
            if not has_arg_scope(op):
                name = getattr(op, '__module__', None), getattr(op, '__name__', str(op))
                raise ValueError(f'{name} is not decorated with @add_arg_scope')
            key = arg_scope_func_key(op)
            scope[key] = {**scope.get(key, {}), **kwargs}
    _scopes.stack.append(scope)
    try:
        yield scope
    finally:
        _scopes.stack.pop()


def add_arg_scope(func):
    """Decorates a function so that `arg_scope` can give it arguments."""

    @functools.wraps(func)
    def with_arguments(*args, **kwargs):
        given = _scopes.stack[-1].get(key)
        return func(*args, **({**given, **kwargs} if given else kwargs))

    key = str(func)
    with_arguments._key_op = key
    _DECORATED[key] = tuple(name for name, parameter in inspect.signature(func).parameters.items()
                            if parameter.default is not inspect.Parameter.empty)
    return with_arguments
