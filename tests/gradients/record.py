"""Records what tf.gradients of TensorFlow 1.15 builds for small graphs, as recorded.bin.gz beside this file.

    /opt/tf115/bin/python tests/gradients/record.py

README.md beside it describes the format.
"""

import gzip
import os
import struct
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from programs import programs

HERE = os.path.dirname(os.path.abspath(__file__))
AGGREGATION = {"t": tf.AggregationMethod.EXPERIMENTAL_TREE, "a": tf.AggregationMethod.EXPERIMENTAL_ACCUMULATE_N}


def block(data):
    data = data if isinstance(data, bytes) else data.encode()
    return struct.pack("<I", len(data)) + data


def parts(item):
    """The names of a gradient: "-" for none, commas between the parts of IndexedSlices."""
    if item is None:
        return "-"
    if isinstance(item, tf.IndexedSlices):
        return ",".join("" if part is None else part.name for part in (item.values, item.indices, item.dense_shape))
    return item.name


def names(items):
    return " ".join(parts(item) for item in items)


class Recorder:
    """Stands between a program and tf.gradients: the first call ends the graph that is given."""

    def __init__(self):
        self.given = None
        self.calls = []

    def gradients(self, ys, xs, grad_ys=None, stops=(), name="gradients", flags=""):
        graph = tf.get_default_graph()
        ys = ys if isinstance(ys, (list, tuple)) else [ys]
        xs = xs if isinstance(xs, (list, tuple)) else [xs]
        if self.given is None:
            self.given = len(graph.as_graph_def().node)
        line = [name, flags, names(ys), names(xs), names(grad_ys or []), names(stops)]
        try:
            result = tf.gradients(
                ys, xs, grad_ys=grad_ys, name=name, colocate_gradients_with_ops="c" in flags,
                gate_gradients="g" in flags, stop_gradients=list(stops),
                aggregation_method=next((AGGREGATION[f] for f in flags if f in AGGREGATION), None),
                unconnected_gradients="zero" if "z" in flags else "none")
        except LookupError:
            self.calls.append("\t".join(line + ["LookupError"]))
            return [None] * len(xs)
        self.calls.append("\t".join(line + [names(result)]))
        return result


def record(name, program):
    recorder = Recorder()
    with tf.Graph().as_default() as graph:
        program(recorder.gradients)
        definition = graph.as_graph_def()
    given = tf.GraphDef(node=definition.node[:recorder.given], versions=definition.versions)
    made = tf.GraphDef(node=definition.node[recorder.given:], versions=definition.versions)
    return (block(name) + block(given.SerializeToString(deterministic=True)) + block("\n".join(recorder.calls)) +
            block(made.SerializeToString(deterministic=True)))


def main(wanted):
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    count = 0
    with open(os.path.join(HERE, "recorded.bin.gz"), "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
        for name, program in programs():
            if not wanted or any(name.startswith(start) for start in wanted):
                try:
                    stream.write(record(name, program))
                    count += 1
                except Exception as error:  # TensorFlow cannot differentiate it
                    print(name, str(error).splitlines()[0])
    print("%d programs" % count)


if __name__ == "__main__":
    main(sys.argv[1:])
