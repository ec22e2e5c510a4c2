"""Warnings for names and arguments that TensorFlow 1.15 accepts but wants to see replaced: each is given once."""

import functools
import sys

_given = set()


def _warn_once(key, what, date, instructions, frame):
    if key in _given:
        return
    _given.add(key)
    from headrace import logging

    when = 'in a future version' if date is None else f'after {date}'
    logging.warning('From %s:%d: %s is deprecated and will be removed %s.\nInstructions for updating:\n%s',
                    frame.f_code.co_filename, frame.f_lineno, what, when, instructions)


def deprecated(date, instructions):
    """Marks a function, or the `__init__` of a class, as deprecated: its first call logs a warning.

    Args:
      date: the day after which it may go, as text, or None.
      instructions: what to use instead.

    Returns:
      A decorator.
    """

    def decorate(func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            what = f'{func.__qualname__} (from {func.__module__})'
            _warn_once((func.__module__, func.__qualname__), what, date, instructions, sys._getframe(1))
            return func(*args, **kwargs)

        return wrapper

    return decorate


def deprecated_args(date, instructions, *names):
    """Marks arguments of a function as deprecated: the first call with one of them logs a warning.

    Args:
      date: the day after which they may go, as text, or None.
      instructions: what to use instead.
      *names: the arguments.

    Returns:
      A decorator.
    """

    def decorate(func):
        parameters = func.__code__.co_varnames[:func.__code__.co_argcount]
        first = min((parameters.index(name) for name in names if name in parameters), default=len(parameters))

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            if len(args) > first or any(name in kwargs for name in names):
                for name in names:
                    if name in kwargs or name in parameters[:len(args)]:
                        what = f'calling {func.__qualname__} (from {func.__module__}) with {name}'
                        _warn_once((func.__module__, func.__qualname__, name), what, date, instructions,
                                   sys._getframe(1))
            return func(*args, **kwargs)

        return wrapper

    return decorate


def renamed_argument(new_name, new_value, old_name, old_value):
    """The value of an argument that may come under its old name.

    Raises:
      ValueError: both names are used.
    """
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old_value
