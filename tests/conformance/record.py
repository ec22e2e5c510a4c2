"""Runs the programs of programs/ in TensorFlow 1.15 and records what they build and compute.

    /opt/tf115/bin/python tests/conformance/record.py [CASE ...]     (no CASE: all of them; "errors": errors.tsv)

README.md beside this file describes the files that come out.
"""

import gzip
import importlib.util
import os
import re
import shutil
import struct
import sys
import tempfile
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = os.path.join(HERE, "recorded")

FEED, TARGET, FETCH, DIGEST = range(4)
DIGEST_ABOVE = 256  # elements; a longer random tensor is recorded as checksum and ends
ENDS = 16
LISTING_LIMIT = 64 * 1024


def plain_config():
    """One thread and no rewriting: what is recorded is the graph as built, in a fixed order."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
    config.graph_options.optimizer_options.do_constant_folding = False
    config.graph_options.optimizer_options.do_common_subexpression_elimination = False
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def cases():
    """Case name -> (module name, variant or None), in a stable order."""
    found = {}
    sys.path.insert(0, os.path.join(HERE, "programs"))
    for file in sorted(os.listdir(os.path.join(HERE, "programs"))):
        module_name, extension = os.path.splitext(file)
        if extension != ".py" or module_name == "errors":
            continue
        module = load(module_name)
        if hasattr(module, "VARIANTS"):
            for variant, build in module.VARIANTS.items():
                found["%s.%s" % (module_name, variant)] = build
        else:
            found[module_name] = module.build
    return found


def load(module_name):
    """A program by its file: its name may also be that of a module of the standard library."""
    path = os.path.join(HERE, "programs", module_name + ".py")
    spec = importlib.util.spec_from_file_location("program_" + module_name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tensors_of(item):
    if isinstance(item, tf.IndexedSlices):
        parts = [item.values, item.indices, item.dense_shape]
        return [part for part in parts if part is not None]
    if isinstance(item, tf.Variable):
        return [item._ref() if hasattr(item, "_ref") else item]
    return [item]


def tensor_proto(value, dtype):
    return tf.make_tensor_proto(value, dtype=dtype, shape=np.shape(value)).SerializeToString()


def digest(value, dtype):
    flat = np.ascontiguousarray(value).reshape(-1)
    ends = tensor_proto(np.concatenate([flat[:ENDS], flat[-ENDS:]]), dtype)
    return struct.pack("<IQ", zlib.crc32(flat.tobytes()) & 0xffffffff, flat.size) + ends


def write_record(stream, kind, step, name, payload):
    encoded = name.encode()
    stream.write(struct.pack("<IIII", kind, step, len(encoded), len(payload)) + encoded + payload)


def run_steps(session, steps, stream):
    for number, step in enumerate(steps):
        feeds = {}
        for key, value in step.get("feed", {}).items():
            tensor = session.graph.as_graph_element(key)
            array = np.asarray(value, dtype=tensor.dtype.base_dtype.as_numpy_dtype)
            feeds[tensor] = array
            write_record(stream, FEED, number, tensor.name, tensor_proto(array, tensor.dtype.base_dtype))
        targets = step.get("run", [])
        for target in targets:
            operation = target.op if isinstance(target, tf.Tensor) else target
            write_record(stream, TARGET, number, operation.name, b"")
        fetches = [tensor for item in step.get("fetch", []) for tensor in tensors_of(item)]
        values = session.run([list(targets), fetches], feeds)[1]
        for tensor, value in zip(fetches, values):
            dtype = tensor.dtype.base_dtype
            if np.size(value) > DIGEST_ABOVE and dtype != tf.string:
                write_record(stream, DIGEST, number, tensor.name, digest(value, dtype))
            else:
                write_record(stream, FETCH, number, tensor.name, tensor_proto(value, dtype))


def shape_text(tensor):
    shape = tensor.get_shape()
    if shape.ndims is None:
        return "?"
    return "[" + ",".join("?" if size is None else str(size) for size in shape.as_list()) + "]"


def listing(graph):
    """One line a node: name, op, inputs, outputs with static shapes, requested device."""
    lines = []
    for operation in graph.get_operations():
        inputs = list(operation.node_def.input)
        outputs = ["%s%s" % (tensor.dtype.name, shape_text(tensor)) for tensor in operation.outputs]
        lines.append("\t".join([operation.name, operation.type, " ".join(inputs), " ".join(outputs), operation.device]))
    return "\n".join(lines) + "\n"


def collections(graph):
    lines = []
    for key in sorted(graph.get_all_collection_keys(), key=str):
        if isinstance(key, str):
            lines += ["%s\t%s" % (key, getattr(item, "name", type(item).__name__)) for item in graph.get_collection(key)]
    return lines


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
    graph = tf.Graph()
    with graph.as_default():
        built = build()
        definition = graph.as_graph_def()
        compress(os.path.join(folder, "graph.pb.gz"), definition.SerializeToString(deterministic=True))
        text = listing(graph)
        if len(text) <= LISTING_LIMIT:
            with open(os.path.join(folder, "graph.txt"), "w") as stream:
                stream.write(text)
        write_lines(os.path.join(folder, "collections.tsv"), collections(graph))
        facts = built.get("facts", {})
        write_lines(os.path.join(folder, "facts.tsv"), ["%s\t%s" % (key, facts[key]) for key in sorted(facts)])
        if built["steps"]:
            with tf.Session(config=plain_config()) as session:
                with open(os.path.join(folder, "values.bin"), "wb") as stream:
                    run_steps(session, built["steps"], stream)
                if "finish" in built:
                    finish_in(folder, built["finish"], session)
    print("%-40s %5d nodes" % (name, len(definition.node)))


def finish_in(folder, finish, session):
    """finish writes checkpoints into the working directory: run it in the case's folder."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        finish(session)
    finally:
        os.chdir(before)


def code_of(error):
    return error.error_code if isinstance(error, tf.errors.OpError) else ""


def error_line(name, error):
    message = error.message if isinstance(error, tf.errors.OpError) else str(error)
    message = re.split("\n\n(?:Original stack trace|Errors may have|  File)", message)[0]
    message = re.sub(r" *\(defined at [^()]*\)", "", message)
    escaped = message.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    return "\t".join([name, type(error).__name__, str(code_of(error)), escaped])


def record_errors():
    """errors.tsv: case, exception class, status code (empty for Python's own exceptions), message."""
    mistakes = load("errors").MISTAKES
    lines = []
    for name in sorted(mistakes):
        with tf.Graph().as_default(), tempfile.TemporaryDirectory() as folder:
            before = os.getcwd()
            os.chdir(folder)
            try:
                mistakes[name]()
                lines.append("\t".join([name, "none", "", ""]))
            except Exception as error:  # any exception is what is being recorded
                lines.append(error_line(name, error).replace(folder, "FOLDER"))
            finally:
                os.chdir(before)
    write_lines(os.path.join(RECORDED, "errors.tsv"), lines)
    print("%-40s %5d cases" % ("errors", len(lines)))


def main(wanted):
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    os.makedirs(RECORDED, exist_ok=True)
    for name, build in cases().items():
        if not wanted or name in wanted or name.split(".")[0] in wanted:
            record(name, build)
    if not wanted or "errors" in wanted:
        record_errors()


if __name__ == "__main__":
    main(sys.argv[1:])
