#!/usr/bin/env python3
"""Trains several networks at once with random hyperparameters, and writes down the best three for ensemble.py.

    search.py --target grpc://localhost:2222 --trials 8 --parallel 2 --best best.json
"""

import argparse
import concurrent.futures
import json
import os
import random
import subprocess
import sys

TRAIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'train_dnn.py')


def settings():
    parser = argparse.ArgumentParser(description='Searches for good hyperparameters.')
    parser.add_argument('--target', required=True, help='the server that keeps the variables')
    parser.add_argument('--trials', type=int, default=8, help='how many networks (8)')
    parser.add_argument('--parallel', type=int, default=2, help='how many at once (2)')
    parser.add_argument('--best', default='best.json', help='the file of the best three')
    parser.add_argument('--steps', type=int, default=1000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--timeout', type=float, default=3600, help='seconds for one of them (3600)')
    return parser.parse_args()


def trial(number, chance, o):
    """The command that trains one network."""
    hidden = [str(chance.choice([20, 50, 100])) for _ in range(chance.randint(1, 3))]
    return [sys.executable, TRAIN, '--target', o.target, '--container', 'trial%d' % number, '--steps', str(o.steps),
            '--hidden', ','.join(hidden), '--activation', chance.choice(['relu', 'elu', 'tanh']),
            '--learning-rate', '%.4g' % 10 ** chance.uniform(-2.5, -1), '--seed', str(number)]


def run(command, timeout):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=timeout, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    o = settings()
    chance = random.Random(o.seed)
    commands = [trial(number, chance, o) for number in range(o.trials)]
    with concurrent.futures.ThreadPoolExecutor(o.parallel) as pool:
        results = list(pool.map(run, commands, [o.timeout] * len(commands)))
    results.sort(key=lambda result: -result['accuracy'])
    for result in results:
        print('%(accuracy).4f  %(container)s: %(hidden)s %(activation)s, rate %(learning_rate).4g' % result)
    with open(o.best, 'w') as file:
        json.dump(results[:3], file, indent=1)


if __name__ == '__main__':
    main()
