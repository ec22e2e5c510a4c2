#!/usr/bin/env python3
"""Writes the tables of runtime/base/unicode.c from runtime/base/unicode.txt (arguments: unicode.txt, the C file)."""

import sys

LAST = 0x10FFFF


def ranges_of(texts):
    for text in texts:
        first, _, last = text.partition('-')
        yield int(first, 16), int(last or first, 16)


def changes(classes, otherwise):
    """(first character, number) wherever the number changes; `otherwise` is that of what no class has."""
    numbers = [otherwise] * (LAST + 2)
    for number, ranges in classes:
        for first, last in ranges:
            numbers[first:last + 1] = [number] * (last + 1 - first)
    return [(c, numbers[c]) for c in range(LAST + 1) if c == 0 or numbers[c] != numbers[c - 1]]


def main():
    categories, scripts, names, folds = [], [], {}, []
    for line in open(sys.argv[1], encoding='utf-8'):
        kind, *rest = line.split()
        if kind == 'category':
            categories.append((rest[0], list(ranges_of(rest[1:]))))
        elif kind == 'script':
            names[rest[0]] = list(ranges_of(rest[1:]))
        elif kind == 'code':
            scripts.append((int(rest[0], 16) & 0xFF, list(ranges_of(rest[1:]))))
        else:
            members = [int(c, 16) for c in rest]
            folds += zip(members, members[1:] + members[:1])
    none = len(categories)
    rows = {'categories': changes([(i, ranges) for i, (_, ranges) in enumerate(categories)], none),
            'scripts': changes(scripts, 0xFF)}
    numbers = {}
    for name, ranges in names.items():  # the script that has the first character of the class
        numbers[name] = next(code for code, members in scripts if any(a <= ranges[0][0] <= b for a, b in members))
    with open(sys.argv[2], 'w', encoding='utf-8') as out:
        out.write('/* Written by tools/gen_unicode.py from unicode.txt. */\n#include "runtime/base/unicode_tables.h"\n\n')
        for name, table in rows.items():
            items = ', '.join('0x%x' % (first << 8 | number) for first, number in table)
            out.write(f'const uint32_t hr_unicode_{name}[] = {{{items}}};\n')
            out.write(f'const int32_t hr_unicode_{name}_count = {len(table)};\n')
        out.write('const char *const hr_unicode_category_names[] = {%s, NULL};\n' % ', '.join(f'"{n}"' for n, _ in categories))
        out.write('const hr_unicode_script_name hr_unicode_script_names[] = {%s, {NULL, 0}};\n' % ', '.join(
            f'{{"{name}", {number}}}' for name, number in numbers.items()))
        distances = sorted({other - c for c, other in folds})
        items = ', '.join('0x%x' % (c << 8 | distances.index(other - c)) for c, other in sorted(folds))
        out.write('const int32_t hr_unicode_distances[] = {%s};\n' % ', '.join(map(str, distances)))
        out.write(f'const uint32_t hr_unicode_folds[] = {{{items}}};\nconst int32_t hr_unicode_folds_count = {len(folds)};\n')


main()
