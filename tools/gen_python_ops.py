#!/usr/bin/env python3
"""Writes headrace/_ops.py from ops/defs/*.op: a Python function for each op, and the table of those that are public as
they are (the `python` lines)."""

import keyword
import os
import re
import sys
import textwrap

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from op_defs import UNKNOWN_SHAPE, read_defs  # noqa: E402

HEAD = '''"""All ops as Python functions. Written by tools/gen_python_ops.py from ops/defs.

A function takes the op's inputs, then its attributes, then a name for the node. Inputs are tensors, variables, or
values that become constants. It returns the output tensor, a namedtuple of several, or the operation of an op without
outputs.
"""

from headrace._headrace import call_op as _call_op
from headrace.core import dtypes as _dtypes

_RESULTS = {}


def _named(op, fields, values):
    """Several outputs as a namedtuple, whose class is made at first use."""
    result = _RESULTS.get(op)
    if result is None:
        from collections import namedtuple
        result = _RESULTS[op] = namedtuple(op, fields, rename=True)
    return result._make(values)


def public(module):
    """{name: function} of the ops that are public in a module of the package ('' for the package itself)."""
    scope = globals()
    return {name: scope[function] for name, function in _PUBLIC.get(module, {}).items()}
'''


def function_name(op):
    name = re.sub(r'V(\d+)$', r'_V\1', op.name)
    name = re.sub(r'(?<=[a-z0-9])(?=[A-Z])(?!(?<=\d)D)', '_', name)
    name = re.sub(r'(?<=[A-Z])(?=[A-Z][a-z])', '_', name)
    name = re.sub('__+', '_', name).lower().lstrip('_').replace('mat_mul', 'matmul')
    return name + '_' if keyword.iskeyword(name) else name


# Arguments that TensorFlow's Python calls otherwise than the op does.
_REDUCTIONS = ('All', 'Any', 'EuclideanNorm', 'Max', 'Mean', 'Min', 'Prod', 'Sum')
_RENAMED = {
    **{op: {'reduction_indices': 'axis'} for op in _REDUCTIONS},
    'ExpandDims': {'dim': 'axis'}, 'Select': {'t': 'x', 'e': 'y'}, 'Split': {'split_dim': 'axis'},
    'SplitV': {'split_dim': 'axis'}, 'Squeeze': {'squeeze_dims': 'axis'}, 'Where': {'input': 'condition'},
}


def argument_name(op, name):
    name = _RENAMED.get(op.name, {}).get(name, name)
    return name + '_' if keyword.iskeyword(name) else name


def python_default(attr):
    """As the signature shows it: dtypes and shapes by what stands for them in a call."""
    def single(value):
        if attr.kind == 'type':
            return '_dtypes.' + {'float': 'float32', 'double': 'float64', 'half': 'float16'}.get(value, value)
        if attr.kind == 'shape':
            return 'None' if value is UNKNOWN_SHAPE else repr(list(value))
        if attr.kind == 'tensor':
            return 'None'
        if attr.kind == 'float':
            return format(value, 'g')
        return repr(value)
    if attr.is_list:
        return '[' + ', '.join(single(v) for v in attr.default) + ']'
    return single(attr.default)


def function(op):
    inputs = [argument_name(op, a.name) for a in op.inputs]
    required, optional = op.required_attrs(), op.optional_attrs()
    parameters = inputs + [argument_name(op, a.name) for a in required]
    parameters += [f'{argument_name(op, a.name)}={python_default(a)}' for a in optional] + ['name=None']
    doc = textwrap.fill(op.doc or op.name, 112, initial_indent='    """', subsequent_indent='    ')
    lines = [f'def {function_name(op)}({", ".join(parameters)}):', doc + '"""']
    attrs = ', '.join(f'{a.name!r}, {argument_name(op, a.name)}' for a in required + optional)
    call = f'_call_op({op.name!r}, name, ({"".join(name + ", " for name in inputs)})'
    call += f', ({attrs}))' if attrs else ')'
    if len(op.outputs) > 1:
        call = f'_named({op.name!r}, {",".join(a.name for a in op.outputs)!r}, {call})'
    lines.append(f'    return {call}')
    return '\n'.join(textwrap.fill(line, 116, subsequent_indent=' ' * 8, break_long_words=False, break_on_hyphens=False)
                     if i != 1 else line for i, line in enumerate(lines))


def main():
    output, paths = sys.argv[1], sys.argv[2:]
    ops = [op for op in read_defs(paths) if not op.name.startswith('_')]
    public = {}
    for op in ops:
        for name in op.python:
            module, _, last = name.rpartition('.')
            public.setdefault(module, {})[last] = function_name(op)
    with open(output, 'w', encoding='utf-8') as file:
        file.write(HEAD)
        for op in ops:
            file.write('\n\n' + function(op) + '\n')
        file.write('\n\n# By the name of the op: tf.raw_ops.\nBY_OP = {\n')
        file.writelines(f'    {op.name!r}: {function_name(op)!r},\n' for op in ops)
        file.write('}\n\n_PUBLIC = {\n')
        for module in sorted(public):
            file.write(f'    {module!r}: {{\n')
            file.writelines(f'        {name!r}: {public[module][name]!r},\n' for name in sorted(public[module]))
            file.write('    },\n')
        file.write('}\n')


if __name__ == '__main__':
    main()
