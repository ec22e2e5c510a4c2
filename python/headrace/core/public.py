"""Makes what a module exports fit for programs: see python/ext/public.c."""

import types

from headrace import _headrace as _c


def export(scope):
    """Puts public functions in place of the package's plain ones in a module's globals.

    Args:
      scope: the globals of a public module, once all its names are there. Classes of the package get public methods.
    """
    for name, value in list(scope.items()):
        if name.startswith('_'):
            continue
        if type(value) is types.FunctionType and value.__module__.startswith('headrace.'):
            scope[name] = _c.public(value)
        elif isinstance(value, type) and value.__module__.startswith('headrace.'):
            _export_methods(value)


def _export_methods(cls):
    for name, value in list(vars(cls).items()):
        if type(value) is types.FunctionType and (not name.startswith('_') or name == '__init__'):
            setattr(cls, name, _c.public(value))
    for base in cls.__mro__[1:]:  # constructors that are inherited
        if base.__module__.startswith('headrace.') and type(vars(base).get('__init__')) is types.FunctionType:
            base.__init__ = _c.public(base.__init__)
