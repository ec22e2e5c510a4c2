#!/usr/bin/env python3
"""Runs Headrace's benchmarks and their peers by turns, and prints their ratios.

    benchmarks/compare.py --build BUILD [--tensorflow PYTHON] [--rounds N] [QUESTION ...]

BUILD is a meson build folder; PYTHON an interpreter with tensorflow 1.15 (default /opt/tf115/bin/python; without one
the TensorFlow columns stay empty). A ratio says how many times faster Headrace is. README.md explains the questions.
"""

import argparse
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
QUESTIONS = ("executor_ops", "session_run", "graph_build", "gradients", "mnist_train")

# (question, Headrace's figure, peer, peer's figure, ratio wanted). Peer "headrace" compares two figures of Headrace.
WANTED = (
    ("executor_ops", "scalar_add_chain/1_thread", "tensorflow", "scalar_add_chain/1_thread", 15),
    ("executor_ops", "random_dag/1_thread", "tensorflow", "random_dag/1_thread", 20),
    ("executor_ops", "random_dag/2_threads", "tensorflow", "random_dag/2_threads", 20),
    ("executor_ops", "random_dag/2_threads", "headrace", "random_dag/1_thread", 1),
    ("executor_ops", "no_op_chain/1_thread", "tensorflow", "no_op_chain/1_thread", 8),
    ("session_run", "caller/constant/1_thread", "tensorflow", "caller/constant/1_thread", 5),
    ("session_run", "caller/feed_fetch/1_thread", "tensorflow", "caller/feed_fetch/1_thread", 5),
    ("session_run", "caller/constant/2_threads", "tensorflow", "caller/constant/2_threads", 5),
    ("session_run", "caller/feed_fetch/2_threads", "tensorflow", "caller/feed_fetch/2_threads", 5),
    ("graph_build", "import/10000", "tensorflow", "python_import/10000", 50),
    ("graph_build", "first_run/10000", "tensorflow", "first_run/10000", 40),
    ("gradients", "gradients/10000", "tensorflow", "gradients/10000", 40),
    ("mnist_train", "batch_50/1_thread", "tensorflow", "batch_50/1_thread", 2.2),
    ("mnist_train", "batch_50/2_threads", "tensorflow", "batch_50/2_threads", 3.5),
    ("mnist_train", "batch_1000/2_threads", "tensorflow", "batch_1000/2_threads", 1.5),
    ("mnist_train", "batch_50/1_thread", "onednn", "batch_50/1_thread", 0.95),
    ("mnist_train", "batch_50/2_threads", "onednn", "batch_50/2_threads", 0.95),
    ("mnist_train", "batch_1000/1_thread", "onednn", "batch_1000/1_thread", 0.95),
    ("mnist_train", "batch_1000/2_threads", "onednn", "batch_1000/2_threads", 0.95),
)
WANTED_SPEED = {("graph_build", "build/10000"): 1e6}  # figures with a bar of their own


def programs(question, options):
    """What to run for a question: name of the side -> command. Missing programs are left out."""
    found = {"headrace": [os.path.join(options.build, "benchmarks", question)]}
    if os.access(options.tensorflow, os.X_OK):
        found["tensorflow"] = [options.tensorflow, "-W", "ignore",
                               os.path.join(HERE, "peer_tensorflow", question + ".py")]
    if question == "mnist_train":
        found["onednn"] = [os.path.join(options.build, "benchmarks", "mnist_loop")]
    for side, command in list(found.items()):
        if not os.access(command[0], os.X_OK):
            print("%s: no %s (%s)" % (question, side, command[0]), file=sys.stderr)
            del found[side]
    return found


def figures(command):
    """name -> (value, unit) of one run of a benchmark program."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("%s failed:\n%s" % (" ".join(command), done.stderr))
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    return {name: (float(value), unit) for name, value, unit in lines}


def measured(question, options):
    """(side, name) -> (median over the rounds, unit)."""
    runs = {}
    commands = programs(question, options)
    for _ in range(options.rounds):
        for side, command in commands.items():
            for name, (value, unit) in figures(command).items():
                runs.setdefault((side, name), ([], unit))[0].append(value)
    return {key: (statistics.median(values), unit) for key, (values, unit) in runs.items()}


def times_faster(ours, theirs, unit):
    return ours / theirs if unit.endswith("/s") else theirs / ours


def verdict(value, wanted):
    return "" if wanted is None else "%8.3g %s" % (wanted, "ok" if value >= wanted else "SHORT")


def comparisons(question, results):
    """The wanted pairs first, then every other figure that two sides share."""
    listed = [row[1:] for row in WANTED if row[0] == question]
    pairs = {row[:3] for row in listed}
    for side, name in results:
        if side != "headrace" and ("headrace", name) in results and (name, side, name) not in pairs:
            listed.append((name, side, name, None))
    return listed


def show(question, results):
    print("\n%s\n  %-28s %12s %12s  %-8s %-34s %8s %8s" % (
        question, "figure", "headrace", "peer", "unit", "peer's", "times", "wanted"))
    shown = set()
    for name, side, peer_name, wanted in comparisons(question, results):
        ours, theirs = results.get(("headrace", name)), results.get((side, peer_name))
        if ours is None and theirs is None:
            continue
        shown |= {("headrace", name), (side, peer_name)}
        unit = (ours or theirs)[1]
        both = ours is not None and theirs is not None
        ratio = times_faster(ours[0], theirs[0], unit) if both else None
        print("  %-28s %12s %12s  %-8s %-34s %8s %s" % (
            name, "%.4g" % ours[0] if ours else "-", "%.4g" % theirs[0] if theirs else "-", unit,
            side + " " + peer_name, "%.2f" % ratio if both else "-", verdict(ratio, wanted) if both else ""))
    for (side, name), (value, unit) in results.items():
        if (side, name) not in shown:
            bar = WANTED_SPEED.get((question, name)) if side == "headrace" else None
            columns = ("%.4g" % value, "") if side == "headrace" else ("", "%.4g" % value)
            print("  %-28s %12s %12s  %-8s %-34s %8s %s" % (
                (name,) + columns + (unit, "" if side == "headrace" else side, "", verdict(value, bar))))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="meson build folder")
    parser.add_argument("--tensorflow", default="/opt/tf115/bin/python", help="interpreter with tensorflow 1.15")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help=", ".join(QUESTIONS))
    options = parser.parse_args()
    for question in options.questions or QUESTIONS:
        if question not in QUESTIONS:
            parser.error("no such question: " + question)
        show(question, measured(question, options))


if __name__ == "__main__":
    main()
