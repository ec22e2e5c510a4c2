#!/usr/bin/env python3
"""Runs Headrace's benchmarks and their peers by turns, and prints one table.

    benchmarks/compare.py --build BUILD [--peers FOLDER] [--rounds N] [--json FILE] [--report] [QUESTION ...]

BUILD is a meson build folder; FOLDER holds the peers' environments (install_peers.py makes them; one that is not there
is left out). Each figure is the median of the rounds, and a ratio says how many times faster Headrace is. README.md
explains the questions; --report writes docs/performance.md and its plot from the figures.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import questions
import report
from questions import HEADRACE, SIDES


def figures(program):
    """name -> (value, unit, work) of one run; none where it fails, which is said."""
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL='3', **program.environment)
    done = subprocess.run(program.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        last = (done.stderr.strip() or 'no message').splitlines()[-1]
        print('failed: %s\n  %s' % (' '.join(program.command), last), file=sys.stderr)
    found = {}
    for line in done.stdout.splitlines():
        name, value, unit, *work = line.split('\t')
        found[name + ('/' + program.suffix if program.suffix else '')] = float(value), unit, work[0] if work else ''
    return found


class Progress:
    """A line that says how far it is."""

    def __init__(self, total):
        self.total, self.done, self.start = total, 0, time.monotonic()

    def step(self, what):
        self.done += 1
        if sys.stderr.isatty():
            elapsed = time.monotonic() - self.start
            print('\r\033[K[%d/%d] %.0f s, %s' % (self.done, self.total, elapsed, what), end='', file=sys.stderr, flush=True)

    def end(self):
        if sys.stderr.isatty():
            print('\r\033[K', end='', file=sys.stderr, flush=True)


def measured(question, options, progress):
    """{figure: {'unit', 'work', 'sides': {side: [values of the rounds]}}}; the sides run by turns."""
    sides, found = questions.programs(question, options), {}
    for _ in range(options.rounds):
        for side, programs in sides.items():
            for program in programs:
                progress.step('%s: %s' % (question, side))
                for name, (value, unit, work) in figures(program).items():
                    figure = found.setdefault(name, {'unit': unit, 'work': work, 'sides': {}})
                    figure['sides'].setdefault(side, []).append(value)
    return found


def machine_limits(options):
    program = questions.Program([os.path.join(options.build, 'benchmarks', 'machine_limits')])
    return {name: value for name, (value, _, _) in figures(program).items()}


def times_faster(ours, theirs, unit):
    return ours / theirs if unit.endswith('/s') else theirs / ours


def share_of_limit(figure, name, value, limits):
    """What part of the machine's limit the work of a figure reaches; None where nothing is known."""
    if not figure['work'] or not limits:
        return None
    amount, kind = figure['work'].split()
    seconds = 1 / value if figure['unit'] == 'steps/s' else value * {'us': 1e-6, 'ms': 1e-3, 'ns': 1e-9}[figure['unit']]
    threads = name.rsplit('/', 1)[-1]
    cached = float(amount) < 12e6
    limit = {'flops': 'multiply_add', 'bytes': 'cached_copy' if cached else 'copy'}[kind] + '/' + threads
    return float(amount) / seconds / 1e9 / limits[limit] if limit in limits else None


def rows(results, limits):
    """One row a figure: question, name, unit, medians by side, spread of ours, the best peer and ratio, wanted, share."""
    for question, found in results.items():
        for name, figure in found.items():
            medians = {side: statistics.median(values) for side, values in figure['sides'].items()}
            ours = medians.get(HEADRACE)
            peers = {side: times_faster(ours, value, figure['unit']) for side, value in medians.items()
                     if ours and side not in (HEADRACE, questions.PINNED)}
            best = min(peers, key=peers.get) if peers else None
            values = figure['sides'].get(HEADRACE, [])
            yield {
                'question': question, 'name': name, 'unit': figure['unit'], 'medians': medians,
                'spread': (max(values) - min(values)) / ours / 2 if ours and len(values) > 1 else None,
                'best_peer': best, 'ratio': peers.get(best),
                'wanted': list(wanted(question, name, results)),
                'share': share_of_limit(figure, name, ours, limits) if ours else None,
            }


def wanted(question, name, results):
    """What was promised of a figure: (against whom, times or value, bar, is it reached)."""
    ours = results[question][name]['sides'].get(HEADRACE)
    if not ours:
        return
    ours, unit = statistics.median(ours), results[question][name]['unit']
    for of_question, figure, side, other, times in questions.WANTED:
        theirs = results[question].get(other or figure, {}).get('sides', {}).get(side)
        if (of_question, figure) == (question, name) and theirs:
            ratio = times_faster(ours, statistics.median(theirs), unit)
            yield (side if side != HEADRACE else other), ratio, times, ratio >= times
    least, most = questions.AT_LEAST.get((question, name)), questions.AT_MOST.get((question, name))
    if least:
        yield 'at least', ours, least, ours >= least
    if most:
        yield 'at most', ours, most, ours <= most


def show(table):
    """The table on a terminal."""
    sides = [side for side in SIDES if any(side in row['medians'] for row in table)]
    print('%-36s %-7s' % ('case', 'unit') + ''.join('%10s' % side[:9] for side in sides) +
          '%8s  %-9s %7s %6s  %s' % ('times', 'best peer', 'spread', 'limit', 'wanted'))
    question = None
    for row in table:
        if row['question'] != question:
            question = row['question']
            print('-- ' + question)
        print('%-36s %-7s' % (row['name'], row['unit']) +
              ''.join('%10s' % ('%.4g' % row['medians'][side] if side in row['medians'] else '') for side in sides) +
              '%8s  %-9s %7s %6s  %s' % (
                  '%.2f' % row['ratio'] if row['ratio'] else '', (row['best_peer'] or '')[:9],
                  '±%.0f %%' % (100 * row['spread']) if row['spread'] is not None else '',
                  '%.0f %%' % (100 * row['share']) if row['share'] else '',
                  '; '.join('%s %.3g of %.3g %s' % (against, value, bar, 'ok' if reached else 'SHORT')
                            for against, value, bar, reached in row['wanted'])))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', required=True, help='meson build folder')
    parser.add_argument('--peers', help="folder of the peers' environments (default BUILD/peers)")
    parser.add_argument('--python', default='/usr/bin/python3', help="interpreter that BUILD's package was built for")
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--json', help='where the figures go (default BUILD/benchmarks.json)')
    parser.add_argument('--report', action='store_true', help='write docs/performance.md and its plot')
    parser.add_argument('questions', nargs='*', metavar='QUESTION', help=', '.join(questions.QUESTIONS))
    options = parser.parse_args()
    options.peers = options.peers or os.path.join(options.build, 'peers')
    asked = options.questions or questions.QUESTIONS
    for question in asked:
        if question not in questions.QUESTIONS:
            parser.error('no such question: ' + question)
    for name in report.PEERS:
        if not questions.interpreter(options.peers, name):
            print('%s is not there and left out' % name, file=sys.stderr)
    limits = machine_limits(options)
    total = options.rounds * sum(len(programs) for question in asked for programs in
                                 questions.programs(question, options).values())
    progress, results = Progress(total), {}
    for question in asked:
        results[question] = measured(question, options, progress)
    progress.end()
    table = list(rows(results, limits))
    show(table)
    run = {'machine': report.machine(limits), 'date': time.strftime('%Y-%m-%d'), 'rounds': options.rounds, 'table': table}
    with open(options.json or os.path.join(options.build, 'benchmarks.json'), 'w', encoding='utf-8') as out:
        json.dump(run, out, indent=1)
    if options.report:
        report.write(run)


if __name__ == '__main__':
    main()
