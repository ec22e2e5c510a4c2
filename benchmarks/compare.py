#!/usr/bin/env python3
"""Runs Headrace's benchmarks and their peers by turns, and prints their ratios.

    benchmarks/compare.py --build BUILD [--tensorflow PYTHON] [--onnxruntime PYTHON] [--rounds N] [QUESTION ...]

BUILD is a meson build folder; PYTHON an interpreter with tensorflow 1.15 (default /opt/tf115/bin/python; without one
the TensorFlow columns stay empty). A ratio says how many times faster Headrace is. README.md explains the questions.
"""

import argparse
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FRONTEND = ("calls", "train", "build", "footprint")  # parts of frontend.py
QUESTIONS = ("executor_ops", "session_run", "graph_build", "gradients", "mnist_train") + tuple(
    "frontend_" + part for part in FRONTEND)

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
    ("frontend_calls", "no_op/1_thread", "pinned", "no_op/1_thread", 20),
    ("frontend_calls", "constant/1_thread", "pinned", "constant/1_thread", 20),
    ("frontend_calls", "scalar_feed_fetch/1_thread", "pinned", "scalar_feed_fetch/1_thread", 17),
    ("frontend_calls", "make_callable/1_thread", "pinned", "make_callable/1_thread", 20),
    ("frontend_calls", "predict_one_image/1_thread", "onnxruntime", "predict_one_image/1_thread", 1),
    ("frontend_train", "mnist_batch_50/1_thread", "tensorflow", "mnist_batch_50/1_thread", 2.1),
    ("frontend_train", "mnist_batch_50/2_threads", "tensorflow", "mnist_batch_50/2_threads", 3.2),
    ("frontend_train", "linear_regression_1000_steps/1_thread", "pinned", "linear_regression_1000_steps/1_thread", 8),
    ("mnist_train", "batch_50/1_thread", "onednn", "batch_50/1_thread", 0.95),
    ("mnist_train", "batch_50/2_threads", "onednn", "batch_50/2_threads", 0.95),
    ("mnist_train", "batch_1000/1_thread", "onednn", "batch_1000/1_thread", 0.95),
    ("mnist_train", "batch_1000/2_threads", "onednn", "batch_1000/2_threads", 0.95),
)
# Figures with a bar of their own.
WANTED_SPEED = {("graph_build", "build/10000"): 1e6, ("frontend_build", "operators/1_thread"): 1e5,
                ("frontend_build", "model/1_thread"): 1e5}
WANTED_SIZE = {("frontend_footprint", "import/1_thread"): 200, ("frontend_footprint", "resident_after_import/1_thread"): 60,
               ("frontend_footprint", "resident_beyond_data/1_thread"): 80}
THREADS = ((1, "1_thread"), (2, "2_threads"))


def frontend_programs(part, options):
    """frontend.py over each module that is there. `pinned` is TensorFlow held to one core, where its calls are fastest."""
    script = os.path.join(HERE, "frontend.py")
    package = dict(os.environ, PYTHONPATH=os.path.join(options.build, "python"), TF_CPP_MIN_LOG_LEVEL="3")
    threads = THREADS if part == "train" else THREADS[:1]

    def runs(python, module, before=(), environment=package):
        return [(suffix, [*before, python, "-W", "ignore", script, module, part, str(count)], environment)
                for count, suffix in threads]

    found = {"headrace": runs(options.python, "headrace")}
    if os.access(options.tensorflow, os.X_OK):
        found["tensorflow"] = runs(options.tensorflow, "tensorflow")
        if part in ("calls", "train"):
            found["pinned"] = runs(options.tensorflow, "tensorflow", ["taskset", "-c", "0"])[:1]
    if part == "calls" and options.onnxruntime and os.access(options.onnxruntime, os.X_OK):
        found["onnxruntime"] = [(suffix, [options.onnxruntime, os.path.join(HERE, "peer_onnxruntime", "predict.py")],
                                 None) for _, suffix in threads]
    return found


def programs(question, options):
    """What to run for a question: name of the side -> [(suffix of the figures, command, environment)]. Missing programs
    are left out."""
    part = question.partition("frontend_")[2]
    if part:
        return frontend_programs(part, options)
    commands = {"headrace": [os.path.join(options.build, "benchmarks", question)]}
    if os.access(options.tensorflow, os.X_OK):
        commands["tensorflow"] = [options.tensorflow, "-W", "ignore",
                                  os.path.join(HERE, "peer_tensorflow", question + ".py")]
    if question == "mnist_train":
        commands["onednn"] = [os.path.join(options.build, "benchmarks", "mnist_loop")]
    for side, command in list(commands.items()):
        if not os.access(command[0], os.X_OK):
            print("%s: no %s (%s)" % (question, side, command[0]), file=sys.stderr)
            del commands[side]
    return {side: [("", command, None)] for side, command in commands.items()}


def figures(suffix, command, environment):
    """name -> (value, unit) of one run of a benchmark program."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        sys.exit("%s failed:\n%s" % (" ".join(command), done.stderr))
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    return {name + ("/" + suffix if suffix else ""): (float(value), unit) for name, value, unit in lines}


def measured(question, options):
    """(side, name) -> (median over the rounds, unit)."""
    runs = {}
    commands = programs(question, options)
    for _ in range(options.rounds):
        for side, invocations in commands.items():
            for invocation in invocations:
                for name, (value, unit) in figures(*invocation).items():
                    runs.setdefault((side, name), ([], unit))[0].append(value)
    return {key: (statistics.median(values), unit) for key, (values, unit) in runs.items()}


def times_faster(ours, theirs, unit):
    return ours / theirs if unit.endswith("/s") else theirs / ours


def verdict(value, wanted):
    return "" if wanted is None else "%8.3g %s" % (wanted, "ok" if value >= wanted else "SHORT")


def at_most(value, limit):
    return "" if limit is None else "%8.3g %s" % (limit, "ok" if value <= limit else "OVER")


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
            limit = WANTED_SIZE.get((question, name)) if side == "headrace" else None
            columns = ("%.4g" % value, "") if side == "headrace" else ("", "%.4g" % value)
            print("  %-28s %12s %12s  %-8s %-34s %8s %s" % (
                (name,) + columns + (unit, "" if side == "headrace" else side, "", verdict(value, bar) or at_most(value, limit))))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="meson build folder")
    parser.add_argument("--tensorflow", default="/opt/tf115/bin/python", help="interpreter with tensorflow 1.15")
    parser.add_argument("--python", default="/usr/bin/python3", help="interpreter that BUILD's package was built for")
    parser.add_argument("--onnxruntime", help="interpreter with onnxruntime and onnx")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help=", ".join(QUESTIONS))
    options = parser.parse_args()
    for question in options.questions or QUESTIONS:
        if question not in QUESTIONS:
            parser.error("no such question: " + question)
        show(question, measured(question, options))


if __name__ == "__main__":
    main()
