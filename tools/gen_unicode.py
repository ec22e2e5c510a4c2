#!/usr/bin/env python3
"""Writes the tables of runtime/base/unicode.h from runtime/base/unicode.txt (arguments: unicode.txt, the C file)."""

import sys


def ranges_of(texts):
    for text in texts:
        first, _, last = text.partition('-')
        yield int(first, 16), int(last or first, 16)


def main():
    classes, scripts, folds = [], [], []
    for line in open(sys.argv[1], encoding='utf-8'):
        kind, *rest = line.split()
        if kind in ('category', 'script'):
            classes.append((kind, rest[0], list(ranges_of(rest[1:]))))
        elif kind == 'code':
            code = int(rest[0], 16)
            code -= (code >> 31) << 32
            scripts += [(first, last, code) for first, last in ranges_of(rest[1:])]
        else:
            members = [int(c, 16) for c in rest]
            folds += zip(members, members[1:] + members[:1])
    with open(sys.argv[2], 'w', encoding='utf-8') as out:
        out.write('/* Written by tools/gen_unicode.py from unicode.txt. */\n#include "runtime/base/unicode.h"\n\n')
        for i, (_, _, ranges) in enumerate(classes):
            out.write('static const hr_unicode_range class_%d[] = {%s};\n' % (
                i, ', '.join('{0x%x, 0x%x}' % r for r in ranges) or '{0, -1}'))
        out.write('const hr_unicode_class hr_unicode_classes[] = {%s};\n' % ',\n'.join(
            '{"%s", %s, %d, class_%d}' % (name, 'true' if kind == 'category' else 'false', len(ranges), i)
            for i, (kind, name, ranges) in enumerate(classes)))
        out.write('const int32_t hr_unicode_class_count = %d;\n' % len(classes))
        for name, kind, rows in (('script', 'script_range', sorted(scripts)), ('fold', 'fold', sorted(folds))):
            row = '{%s}' % ', '.join(['%d'] * len(rows[0]))
            out.write('const hr_unicode_%s hr_unicode_%ss[] = {%s};\n' % (kind, name, ', '.join(row % r for r in rows)))
            out.write('const int32_t hr_unicode_%s_count = %d;\n' % (name, len(rows)))


main()
