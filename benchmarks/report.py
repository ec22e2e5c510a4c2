#!/usr/bin/env python3
"""docs/performance.md and its plot from the figures that compare.py keeps: report.py FIGURES.json"""

import json
import math
import os
import platform
import sys

from questions import SIDES

PEERS = {'tensorflow115': 'TensorFlow 1.15.5', 'tensorflow2': 'TensorFlow 2', 'pytorch': 'PyTorch',
         'onnxruntime': 'ONNX Runtime'}
DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'docs')
BEGIN, END = '<!-- figures -->', '<!-- end of figures -->'


def machine(limits):
    model = platform.machine()
    with open('/proc/cpuinfo', encoding='utf-8') as info:
        model = next((line.split(':')[1].strip() for line in info if line.startswith('model name')), model)
    return {'processor': model, 'cores': os.cpu_count(), 'limits': limits}


def table_text(run):
    """Markdown: one table a question."""
    limits = run['machine']['limits']
    lines = ['Measured on %s, %s, %d cores; medians of %d rounds by turns.' % (
        run['date'], run['machine']['processor'], run['machine']['cores'], run['rounds']), '']
    if limits:
        lines += ['The machine: ' + ', '.join('%s %.4g %s' % (
            name.replace('_', ' ').replace('/', ', '), value, 'GFLOP/s' if name.startswith('multiply') else 'GB/s')
            for name, value in limits.items()) + '.', '']
    for question in dict.fromkeys(row['question'] for row in run['table']):
        rows = [row for row in run['table'] if row['question'] == question]
        sides = [side for side in SIDES if any(side in row['medians'] for row in rows)]
        lines += ['### ' + question.replace('_', ' '), '',
                  '| case | unit | ' + ' | '.join(sides) + ' | times the best peer | spread | of the limit | wanted |',
                  '|---|---|' + '---:|' * len(sides) + '---:|---:|---:|---|']
        for row in rows:
            cells = ['%.4g' % row['medians'][side] if side in row['medians'] else '' for side in sides]
            ratio = '' if row['ratio'] is None else '%.2f' % row['ratio']
            if row['ratio'] is not None and row['ratio'] < 1:
                ratio = '**%s**' % ratio
            lines.append('| %s | %s | %s | %s | %s | %s | %s |' % (
                row['name'].replace('_', ' '), row['unit'], ' | '.join(cells), ratio,
                '' if row['spread'] is None else '±%.0f %%' % (100 * row['spread']),
                '' if not row['share'] else '%.0f %%' % (100 * row['share']),
                '; '.join('%s: %.3g (%.3g)%s' % (against, value, bar, '' if reached else ' **short**')
                          for against, value, bar, reached in row['wanted'])))
        lines.append('')
    return '\n'.join(lines)


def plot(run, path):
    """A bar a case: how many times faster than the best peer, on a logarithmic scale."""
    rows = [row for row in run['table'] if row['ratio']]
    if not rows:
        return
    height, left, width, low, high = 14, 330, 620, 0.25, 1024

    def x(ratio):
        return left + width * (math.log2(min(max(ratio, low), high) / low) / math.log2(high / low))

    top = 40
    total = top + height * len(rows) + 20
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="10">' % (
        left + width + 80, total),
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="%d" y="16" font-size="13">Times faster than the best peer</text>' % left]
    tick = low
    while tick <= high:
        parts.append('<line x1="%.1f" x2="%.1f" y1="28" y2="%d" stroke="%s"/><text x="%.1f" y="26" '
                     'text-anchor="middle">%g</text>' % (x(tick), x(tick), total - 20, '#444' if tick == 1 else '#ddd',
                                                         x(tick), tick))
        tick *= 4 if tick != 0.25 else 4
    for i, row in enumerate(rows):
        y, end = top + i * height, x(row['ratio'])
        parts.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (
            left - 6, y + 9, row['question'] + ': ' + row['name'].replace('_', ' ')))
        parts.append('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>' % (
            min(end, x(1)), y, abs(end - x(1)) or 1, height - 3, '#2a7' if row['ratio'] >= 1 else '#c33'))
        parts.append('<text x="%.1f" y="%d">%.3g %s</text>' % (max(end, x(1)) + 4, y + 9, row['ratio'], row['best_peer']))
    parts.append('</svg>')
    with open(path, 'w', encoding='utf-8') as out:
        out.write('\n'.join(parts) + '\n')


def write(run):
    """Puts the figures between their marks in docs/performance.md."""
    page = os.path.join(DOCS, 'performance.md')
    with open(page, encoding='utf-8') as source:
        text = source.read()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    with open(page, 'w', encoding='utf-8') as out:
        out.write(before + BEGIN + '\n\n' + table_text(run) + '\n' + END + after)
    plot(run, os.path.join(DOCS, 'performance.svg'))


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as figures:
        write(json.load(figures))
