#!/usr/bin/env python3
"""Writes kernel_types.tsv: the combinations of types for which TensorFlow 1.15 has CPU kernels, for the ops that ops/defs
has, out of the full lists recorded from it (arguments: their paths). A row is an op, the attributes that its kernels
constrain, and the combinations."""

import glob
import itertools
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tools'))
from op_defs import read_defs  # noqa: E402


def allowed_types(column):
    """Attribute to the types that the op allows it."""
    return {name: types.split(',') for name, types in re.findall(r'(\w+): (?:list\()?type\)? in \[([^\]]*)\]', column)}


def combinations(column, allowed):
    """(attributes, set of tuples of types that the op allows), or None where no kernel is constrained."""
    attributes, found = None, set()
    for kernel in column.split(' || '):
        constraints = re.findall(r'(\w+) in \{([^}]*)\}', kernel)
        names = tuple(name for name, _ in constraints)
        if not names or (attributes and names != attributes):
            return None
        attributes = names
        found |= set(itertools.product(*([t for t in types.split(',') if t in allowed.get(name, [t])]
                                         for name, types in constraints)))
    return attributes, found


def main():
    ops = {op.name for op in read_defs(glob.glob(os.path.join(ROOT, 'ops', 'defs', '*.op')))}
    rows = []
    for path in sys.argv[1:]:
        with open(path, encoding='utf-8') as file:
            for line in file:
                columns = line.rstrip('\n').split('\t')
                if columns[0] in ops and len(columns) > 6 and columns[6] not in ('', '-'):
                    kernels = combinations(columns[6], allowed_types(columns[3]))
                    if kernels and kernels[1]:
                        rows.append((columns[0], ' '.join(kernels[0]), ' '.join(sorted(map(','.join, kernels[1])))))
    with open(os.path.join(HERE, 'kernel_types.tsv'), 'w', encoding='utf-8') as file:
        for row in sorted(rows):
            file.write('\t'.join(row) + '\n')


if __name__ == '__main__':
    main()
