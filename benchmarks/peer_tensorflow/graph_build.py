"""Building, importing and first running a large graph: peer of benchmarks/graph_build.c."""

import time

import tensorflow as tf

import graphs
from tensorflow_c import CALLER, Session, config, report, time_build, time_import


def first_run(nodes):
    with Session(graphs.random_dag(nodes), config(CALLER)) as session:
        return session.time_runs(1, target="last")


def python_import(definition):
    """As programs import: the C API's work, and the Python objects."""
    with tf.Graph().as_default():
        start = time.perf_counter()
        tf.import_graph_def(definition, name="")
        return time.perf_counter() - start


def main():
    definition = graphs.random_dag()
    report("build/10000", graphs.NODES / min(time_build(graphs.NODES) for _ in range(3)), "nodes/s")
    report("import/10000", len(definition.node) / min(time_import(definition) for _ in range(3)), "nodes/s")
    report("python_import/10000", len(definition.node) / min(python_import(definition) for _ in range(3)), "nodes/s")
    for nodes in (1000, 10000):
        report("first_run/%d" % nodes, min(first_run(nodes) for _ in range(2)) * 1e3, "ms")


main()
