#!/usr/bin/env python3
"""Writes type stubs (.pyi) of the public modules of the built package, so that editors complete what it makes at run
time: names that come from ops, and functions behind their public skin.

    gen_stubs.py PACKAGE_PARENT OUTPUT      OUTPUT is a folder that gets headrace/*.pyi

Signatures are those of the functions themselves; a parameter with a default is shown with it where that is short.
"""

import importlib
import inspect
import math
import os
import pkgutil
import sys
import textwrap
import types

INTERNAL = ('headrace.core', 'headrace._headrace', 'headrace._ops')
SHORT = (int, float, str, bool, type(None))


def public_modules():
    import headrace
    yield headrace
    for info in pkgutil.walk_packages(headrace.__path__, 'headrace.'):
        if not info.name.startswith(INTERNAL) and not any(part.startswith('_') for part in info.name.split('.')):
            yield importlib.import_module(info.name)


def default_text(value):
    if isinstance(value, float) and not math.isfinite(value):
        return '...'
    if isinstance(value, SHORT) and len(repr(value)) < 40:
        return repr(value)
    return '...'


def parameters(signature):
    parts, star, positional = [], False, 0
    for parameter in signature.parameters.values():
        name = parameter.name
        if parameter.kind is parameter.VAR_POSITIONAL:
            name, star = '*' + name, True
        elif parameter.kind is parameter.VAR_KEYWORD:
            name = '**' + name
        elif parameter.kind is parameter.KEYWORD_ONLY and not star:
            parts.append('*')
            star = True
        default = parameter.default
        parts.append(name if default is parameter.empty else f'{name}={default_text(default)}')
        positional += parameter.kind is parameter.POSITIONAL_ONLY
    if positional:
        parts.insert(positional, '/')
    return ', '.join(parts)


def docstring(value, indent):
    doc = inspect.getdoc(value)
    if not doc:
        return f'{indent}...'
    doc = doc.replace('\\', '\\\\').replace('"""', "'''")
    return textwrap.indent(f'"""{doc}"""', indent) + f'\n{indent}...'


def function_stub(name, value, indent=''):
    try:
        signature = parameters(inspect.signature(value))
    except (TypeError, ValueError):
        signature = '*args, **kwargs'
    return f'{indent}def {name}({signature}):\n{docstring(value, indent + "    ")}'


def class_stub(name, value):
    bases = [b.__name__ for b in value.__bases__ if b.__module__ == 'builtins' and b is not object]
    lines = [f'class {name}{"(" + ", ".join(bases) + ")" if bases else ""}:']
    doc = inspect.getdoc(value)
    if doc:
        lines.append(textwrap.indent('"""' + doc.replace('\\', '\\\\').replace('"""', "'''") + '"""', '    '))
    for member in sorted(dir(value)):
        if member.startswith('_') and member not in ('__init__', '__call__', '__enter__', '__exit__', '__getitem__'):
            continue
        found = inspect.getattr_static(value, member)
        owner = next((c for c in value.__mro__ if member in vars(c)), object)
        if owner.__module__ in ('builtins', 'abc', 'enum'):
            continue
        if isinstance(found, (staticmethod, classmethod)):
            kind = 'staticmethod' if isinstance(found, staticmethod) else 'classmethod'
            lines.append(f'    @{kind}')
            stub = function_stub(member, found.__func__, '    ')
            lines.append(stub)
        elif isinstance(found, (property, types.GetSetDescriptorType, types.MemberDescriptorType)):
            lines += ['    @property', f'    def {member}(self):', docstring(found, '        ')]
        elif callable(getattr(value, member, None)) and not isinstance(found, type):
            lines.append(function_stub(member, found, '    '))
        else:
            lines.append(f'    {member}: _Any')
    return '\n'.join(lines if len(lines) > 1 else lines + ['    ...'])


def stub(module):
    lines = [f'"""{(module.__doc__ or module.__name__).strip()}"""', '', 'from typing import Any as _Any', '']
    submodules, classes = [], set()
    names = set(dir(module))
    for name in sorted(names | set(getattr(module, '_MODULES', ()))):
        if name.startswith('_') and name != '__version__':
            continue
        try:
            value = getattr(module, name)
        except (AttributeError, ImportError):
            continue
        if isinstance(value, types.ModuleType):
            if value.__name__.startswith('headrace') and not value.__name__.startswith(INTERNAL):
                parent, _, last = value.__name__.rpartition('.')
                submodules.append(f'from {parent} import {last} as {name}' if parent else f'import {last} as {name}')
        elif isinstance(value, type) and not name.isidentifier():
            continue
        elif isinstance(value, type):
            classes.add(name)
            lines.append(class_stub(name, value))
        elif callable(value) and hasattr(value, '__name__'):
            lines.append(function_stub(name, value))
        else:
            lines.append(f'{name}: _Any')
    return '\n'.join(lines[:4] + submodules + [''] + lines[4:]) + '\n'


def main():
    parent, output = sys.argv[1], sys.argv[2]
    sys.path.insert(0, parent)
    import headrace
    root = os.path.dirname(headrace.__file__)
    for module in list(public_modules()):
        file = os.path.relpath(module.__file__, root)
        path = os.path.join(output, 'headrace', file[:-len('.py')] + '.pyi')
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as out:
            out.write(stub(module))
    with open(os.path.join(output, 'headrace', 'py.typed'), 'w', encoding='utf-8'):
        pass


main()
