#!/usr/bin/env python3
"""Writes, from kernels_gpu/sim/kernels.txt (which says how it is to be read), the C table of kernels that a simulated
accelerator borrows. Ops, attributes and arguments are held against ops/defs.

    gen_sim_kernels.py KERNELS OUTPUT DEFS...
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from op_defs import DTYPES, read_defs  # noqa: E402


class Row:
    def __init__(self, op, types):
        self.op, self.types, self.host = op, types, []


def fail(path, number, text):
    sys.exit(f'{path}:{number}: {text}')


def read_types(text, groups, where):
    found = []
    for name in text.split():
        found += groups.get(name) or ([name] if name in DTYPES else fail(*where, f'no type {name}'))
    return found


def read_line(line, ops, groups, where):
    names, _, constraints = line.partition(':')
    types = {}
    for constraint in filter(str.strip, constraints.split(';')):
        attr, _, values = constraint.partition('=')
        types[attr.strip()] = read_types(values, groups, where)
    for name in names.split():
        if name not in ops:
            fail(*where, f'no op {name}')
        for attr in types:
            if attr not in [known.name for known in ops[name].attrs]:
                fail(*where, f'{name} has no attribute {attr}')
        yield Row(name, types)


def read_rows(path, ops):
    rows, latest, groups = [], [], {}
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            where = path, number
            line = line.split('#')[0].rstrip()
            if not line:
                continue
            if line.startswith('types '):
                name, _, values = line[len('types '):].partition('=')
                groups[name.strip()] = read_types(values, groups, where)
            elif line.startswith('  host '):
                for name in line.split()[1:]:
                    users = [row for row in latest if name in argument_names(ops[row.op])]
                    if not users:
                        fail(*where, f'no argument {name}')
                    for row in users:
                        row.host.append(name)
            else:
                latest = list(read_line(line, ops, groups, where))
                rows += latest
    return rows


def argument_names(op):
    return [argument.name for argument in op.inputs + op.outputs]


def c_row(row):
    fields = [f'.op = "{row.op}"']
    if row.types:
        types = ['{"%s", %s}' % (attr, ' | '.join(f'HR_TYPE_BIT(HR_{name.upper()})' for name in names))
                 for attr, names in row.types.items()]
        fields.append('.types = {' + ', '.join(types) + '}')
    if row.host:
        names = ''.join(f'"{name}", ' for name in row.host)
        fields.append('.host_memory = (const char *const[]){' + names + 'NULL}')
    return '    {' + ', '.join(fields) + '},\n'


def main():
    path, output, defs = sys.argv[1], sys.argv[2], sys.argv[3:]
    ops = {op.name: op for op in read_defs(defs)}
    with open(output, 'w', encoding='utf-8') as file:
        file.write('/* Written by tools/gen_sim_kernels.py from kernels_gpu/sim/kernels.txt. */\n\n'
                   '#include "kernels_gpu/sim/kernels.h"\n\nconst sim_kernel sim_kernels[] = {\n')
        file.writelines(c_row(row) for row in read_rows(path, ops))
        file.write('};\nconst int sim_kernels_count = sizeof sim_kernels / sizeof *sim_kernels;\n')


main()
