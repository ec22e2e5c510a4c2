#!/usr/bin/env python3
"""Writes ops-1.15.tsv: the rows of the ops that ops/defs has, out of the full lists recorded from TensorFlow 1.15
(arguments: their paths; tf.contrib's ops have one of their own), without the kernels' column and with allowed types
once and in the order of their numbers."""

import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tools'))
from op_defs import DTYPES, read_defs  # noqa: E402


def sort_types(match):
    names = match[1].split(',')
    return '[' + ','.join(sorted(set(names), key=DTYPES.index) if names[0] in DTYPES else names) + ']'


def round_floats(match):
    """Six digits of each default in a list."""
    return '= [' + ','.join('%g' % float(number) for number in match[1].split(',')) + ']'


def main():
    ops = {op.name for op in read_defs(glob.glob(os.path.join(ROOT, 'ops', 'defs', '*.op')))}
    rows = []
    for path in sys.argv[1:]:
        with open(path, encoding='utf-8') as file:
            rows += [line.rstrip('\n').split('\t')[:6] for line in file]
    rows = sorted(row for row in rows if row[0] in ops)
    missing = ops - {row[0] for row in rows}
    if missing:
        sys.exit(f'not in {sys.argv[1:]}: {", ".join(sorted(missing))}')
    with open(os.path.join(HERE, 'ops-1.15.tsv'), 'w', encoding='utf-8') as file:
        for row in rows:
            row[3] = re.sub(r'(?<=in )\[(.*?)\]', sort_types, row[3])
            row[3] = re.sub(r'= \[([\d.,]+)\]', round_floats, row[3])
            file.write('\t'.join(row) + '\n')


if __name__ == '__main__':
    main()
