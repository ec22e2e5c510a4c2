"""Runs the programs of programs/ in TensorFlow 1.15 and records what they build and compute.

    /opt/tf115/bin/python tests/conformance/record.py [CASE ...]     (no CASE: all of them; "errors": errors.tsv)

README.md beside this file describes the files that come out.
"""

import gzip
import os
import shutil
import struct
import sys
import tempfile
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

import program_runner as runner

RECORDED = os.path.join(runner.HERE, "recorded")
LISTING_LIMIT = 64 * 1024


def tensor_proto(value, dtype):
    return tf.make_tensor_proto(value, dtype=dtype, shape=np.shape(value)).SerializeToString()


def digest(value, dtype):
    crc = zlib.crc32(np.ascontiguousarray(value).tobytes()) & 0xffffffff
    return struct.pack("<IQ", crc, np.size(value)) + tensor_proto(runner.ends_of(value), dtype)


def payload_of(kind, value, dtype):
    if kind == runner.TARGET:
        return b""
    return digest(value, dtype) if kind == runner.DIGEST else tensor_proto(value, dtype)


def write_values(stream, session, steps):
    for kind, step, name, value, dtype in runner.run_steps(tf, session, steps):
        encoded, payload = name.encode(), payload_of(kind, value, dtype)
        stream.write(struct.pack("<IIII", kind, step, len(encoded), len(payload)) + encoded + payload)


def compress(path, data):
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
        stream.write(data)


def write_lines(path, lines):
    if lines:
        with open(path, "w") as stream:
            stream.write("\n".join(lines) + "\n")


def record(name, build):
    folder = os.path.join(RECORDED, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    built = in_folder(folder, lambda: runner.build_case(tf, build))
    graph = tf.get_default_graph()
    definition = graph.as_graph_def()
    compress(os.path.join(folder, "graph.pb.gz"), definition.SerializeToString(deterministic=True))
    text = "\n".join(runner.listing(graph)) + "\n"
    if len(text) <= LISTING_LIMIT and definition.node:
        with open(os.path.join(folder, "graph.txt"), "w") as stream:
            stream.write(text)
    write_lines(os.path.join(folder, "collections.tsv"), runner.collections(graph))
    facts = built["facts"]
    if built["steps"] or "finish" in built:
        with tf.Session(config=runner.plain_config(tf)) as session:
            if built["steps"]:
                with open(os.path.join(folder, "values.bin"), "wb") as stream:
                    write_values(stream, session, built["steps"])
            if "finish" in built:
                found = in_folder(folder, lambda: built["finish"](session))
                facts.update(runner.fact_texts(tf, found or {}))
    write_lines(os.path.join(folder, "facts.tsv"), ["%s\t%s" % (key, facts[key]) for key in sorted(facts)])
    print("%-40s %5d nodes" % (name, len(definition.node)))


def in_folder(folder, function):
    """Programs write their files into the working directory: it is the case's folder."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        return function()
    finally:
        os.chdir(before)


def error_line(name, error):
    message = runner.error_message(tf, error)
    escaped = message.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    return "\t".join([name, type(error).__name__, runner.error_code(tf, error), escaped])


def record_errors():
    """errors.tsv: case, exception class, status code (empty for Python's own exceptions), message."""
    mistakes = runner.mistakes(tf)
    lines = []
    for name in sorted(mistakes):
        with tf.Graph().as_default(), tempfile.TemporaryDirectory() as folder:
            try:
                in_folder(folder, mistakes[name])
                lines.append("\t".join([name, "none", "", ""]))
            except Exception as error:  # any exception is what is being recorded
                lines.append(error_line(name, error).replace(folder, "FOLDER"))
    write_lines(os.path.join(RECORDED, "errors.tsv"), lines)
    print("%-40s %5d cases" % ("errors", len(lines)))


def main(wanted):
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    os.makedirs(RECORDED, exist_ok=True)
    for program in runner.program_names():
        for name, build in runner.variants(tf, program).items():
            if not wanted or name in wanted or program in wanted:
                record(name, build)
    if not wanted or "errors" in wanted:
        record_errors()


if __name__ == "__main__":
    main(sys.argv[1:])
