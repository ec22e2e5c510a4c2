#!/usr/bin/env python3
"""Writes docs/compatibility.md: which public names of TensorFlow 1.15 the built package has, module by module.

    PYTHONPATH=build/python gen_compatibility.py > docs/compatibility.md
"""

import collections
import os
import sys
import textwrap
import types

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path.insert(0, os.path.join(ROOT, 'tests', 'python'))
import api  # noqa: E402

HEAD = '''# Compatibility

Written by `tools/gen_compatibility.py` (`make docs`) from the recorded list of TensorFlow 1.15's public names outside
`tf.keras`, `tf.estimator`, `tf.lite`, `tf.tpu` and `tf.distribute`, and from what the package answers. "Equal" means that
the name is there with TensorFlow's signature. Methods and properties of a class are counted with its module.
'''


def modules_of(symbols):
    """The prefixes that are modules: those that stand before a class or function, not before a method."""
    return {symbol.rpartition('.')[0] for symbol, kind, _ in symbols if kind in ('class', 'function', 'message', 'value')}


def module_of(symbol, modules):
    while symbol not in modules:
        symbol = symbol.rpartition('.')[0]
    return symbol


def extensions(modules, known):
    """Public names that TensorFlow does not have."""
    found = collections.defaultdict(list)
    for module in sorted(modules):
        value = api.find(module)
        if api.missing(value) or not isinstance(value, types.ModuleType):
            continue
        for name in dir(value):
            item = getattr(value, name, None)
            if name.startswith('_') or f'{module}.{name}' in known or isinstance(item, types.ModuleType):
                continue
            if callable(item) and getattr(item, '__module__', '') != 'headrace.core.public':
                found[module].append(name)
    return found


def names_text(names):
    return textwrap.fill(', '.join(f'`{n}`' for n in names), 118, break_long_words=False, break_on_hyphens=False)


def main():
    table = api.read()
    modules = modules_of(table)
    counts = collections.defaultdict(lambda: [0, 0, 0])
    missing, different = collections.defaultdict(list), collections.defaultdict(list)
    for symbol, kind, signature in table:
        module = module_of(symbol.rpartition('.')[0], modules)
        if api.missing(api.find(symbol)):
            counts[module][2] += 1
            if kind not in ('method', 'property'):
                missing[module].append(symbol[len(module) + 1:])
        elif api.problem(symbol, kind, signature):
            counts[module][1] += 1
            different[module].append(symbol[len(module) + 1:])
        else:
            counts[module][0] += 1
    total = [sum(c[i] for c in counts.values()) for i in range(3)]
    print(HEAD)
    print('| module | equal | different | missing |\n|---|---:|---:|---:|')
    for module in sorted(counts):
        if counts[module][0] or counts[module][1]:
            print(f'| `{module}` | {counts[module][0]} | {counts[module][1] or ""} | {counts[module][2] or ""} |')
    absent = sorted(m for m in counts if not counts[m][0] and not counts[m][1])
    print(f'| all others | | | {sum(counts[m][2] for m in absent)} |')
    print(f'| **together** | **{total[0]}** | **{total[1]}** | **{total[2]}** |\n')
    print(names_text(absent) + '\nare not there at all.\n')
    for title, names in (('There, with another signature', different), ('Missing', missing)):
        print(f'## {title}\n')
        for module in sorted(names):
            if module not in absent:
                print(f'**`{module}`**: {names_text(names[module])}\n')
    print('## Extensions\n\nNames that TensorFlow 1.15 does not have.\n')
    for module, names in sorted(extensions(modules, {symbol for symbol, _, _ in table}).items()):
        print(f'**`{module}`**: {names_text(names)}\n')


main()
