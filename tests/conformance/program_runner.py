"""The programs of programs/ as cases, run with the module that the caller gives: the reference while recording
(record.py), Headrace while testing (python_test.py)."""

import functools
import os
import re

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")

FEED, TARGET, FETCH, DIGEST = range(4)
DIGEST_ABOVE = 256  # elements; a longer tensor is recorded as checksum and ends
ENDS = 16

IMPORT_LINE = "import tensorflow as tf\n"
IMPORT = re.compile(r"^(\s*(?:import|from) )tensorflow\b", re.MULTILINE)


def program_names(errors=False):
    """Programs; or the files of mistakes, the one that the others stand on first."""
    names = sorted(name[:-3] for name in os.listdir(PROGRAMS) if name.endswith(".py"))
    return [name for name in names if name.startswith("errors") == errors]


def load(tf, program, names=None):
    """The names that a program defines, with its imports of tensorflow turned to tf: nothing else of it changes."""
    path = os.path.join(PROGRAMS, program + ".py")
    with open(path) as stream:
        source = stream.read()
    assert IMPORT_LINE in source, path
    source = IMPORT.sub(r"\1" + tf.__name__, source)
    names = {} if names is None else names
    names.update({"__name__": "program_" + program, "__file__": path})
    exec(compile(source, path, "exec"), names)
    return names


@functools.lru_cache(None)
def variants(tf, program):
    """Case name -> the function that builds it."""
    names = load(tf, program)
    if "VARIANTS" in names:
        return {"%s.%s" % (program, variant): build for variant, build in names["VARIANTS"].items()}
    return {program: names["build"]}


def build_case(tf, build):
    """Builds a case in a graph of its own, which stays the default graph. Gives what build() gave, with texts for
    facts."""
    tf.reset_default_graph()
    np.random.seed(0)
    built = dict(build())
    built["facts"] = fact_texts(tf, built.get("facts", {}))
    return built


def plain_config(tf):
    """One thread and no rewriting: what runs is the graph as built, in a fixed order."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
    config.graph_options.optimizer_options.do_constant_folding = False
    config.graph_options.optimizer_options.do_common_subexpression_elimination = False
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


# ---- steps ----------------------------------------------------------------------------------------------------------


def tensors_of(tf, item):
    if isinstance(item, tf.IndexedSlices):
        return [part for part in (item.values, item.indices, item.dense_shape) if part is not None]
    if isinstance(item, tf.Variable):
        return [item.graph.as_graph_element(item)]
    return [item]


def run_steps(tf, session, steps):
    """Runs a case's steps in order. Yields (kind, step, name, value, dtype) of each feed, target and fetch; the value
    of a target is None."""
    for number, step in enumerate(steps):
        feeds = {}
        for key, value in step.get("feed", {}).items():
            tensor = session.graph.as_graph_element(key)
            feeds[tensor] = np.asarray(value, dtype=tensor.dtype.base_dtype.as_numpy_dtype)
            yield FEED, number, tensor.name, feeds[tensor], tensor.dtype.base_dtype
        targets = step.get("run", [])
        for target in targets:
            yield TARGET, number, (target.op if isinstance(target, tf.Tensor) else target).name, None, None
        fetches = [tensor for item in step.get("fetch", []) for tensor in tensors_of(tf, item)]
        values = session.run([list(targets), fetches], feeds)[1]
        for tensor, value in zip(fetches, values):
            dtype = tensor.dtype.base_dtype
            kind = DIGEST if np.size(value) > DIGEST_ABOVE and dtype != tf.string else FETCH
            yield kind, number, tensor.name, value, dtype


def ends_of(value):
    """A long tensor's first and last elements."""
    flat = np.ascontiguousarray(value).reshape(-1)
    return np.concatenate([flat[:ENDS], flat[-ENDS:]])


# ---- what is neither graph nor value --------------------------------------------------------------------------------


def number_text(value):
    if isinstance(value, (np.complexfloating, complex)):
        return "(%s, %s)" % (number_text(value.real), number_text(value.imag))
    if isinstance(value, (np.floating, float)):
        text = "%.7g" % value
        return text if re.search("[.en]", text) else text + ".0"
    return repr(value.item() if isinstance(value, np.generic) else value)


def array_text(array):
    if np.ndim(array) == 0:
        return number_text(array[()] if isinstance(array, np.ndarray) else array)
    return "[%s]" % ", ".join(array_text(item) for item in array)


def value_text(tf, value):
    """One text for what both modules give: types and values, never addresses."""
    def listed(items):
        return ", ".join(value_text(tf, item) for item in items)

    if isinstance(value, np.ndarray):
        return "%s%s %s" % (value.dtype.name, list(value.shape), array_text(value))
    if isinstance(value, np.generic):
        return "%s %s" % (value.dtype.name, number_text(value))
    if value is None or isinstance(value, (bool, int, float, complex)):
        return number_text(value)
    if isinstance(value, (str, bytes, tf.Tensor, tf.Operation, tf.Variable, tf.TensorShape, tf.Dimension, tf.DType)):
        return repr(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        fields = ", ".join("%s=%s" % (name, value_text(tf, item)) for name, item in zip(value._fields, value))
        return "%s(%s)" % (type(value).__name__, fields)
    if isinstance(value, tuple):
        return "(%s)" % listed(value)
    if isinstance(value, list):
        return "[%s]" % listed(value)
    if isinstance(value, dict):
        items = ["%s: %s" % (value_text(tf, key), value_text(tf, item)) for key, item in value.items()]
        return "%s{%s}" % ("" if type(value) is dict else type(value).__name__, ", ".join(items))
    if isinstance(value, type):
        return value.__name__
    if hasattr(value, "DESCRIPTOR"):
        return "%s{%s}" % (type(value).__name__, " ".join(str(value).split()))
    return type(value).__name__


def fact_texts(tf, facts):
    texts = {key: value if isinstance(value, str) else value_text(tf, value) for key, value in facts.items()}
    return {key: text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n") if "\n" in text or "\t" in text
            else text for key, text in texts.items()}


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
    return lines


def collections(graph):
    lines = []
    for key in sorted(graph.get_all_collection_keys(), key=str):
        if isinstance(key, str):
            lines += ["%s\t%s" % (key,
                                  getattr(item, "name", type(item).__name__)) for item in graph.get_collection(key)]
    return lines


# ---- mistakes -------------------------------------------------------------------------------------------------------


@functools.lru_cache(None)
def mistakes(tf):
    """Name -> the function that makes the mistake."""
    names = {}
    for program in program_names(errors=True):
        load(tf, program, names)
    return names["MISTAKES"]


def error_message(tf, error):
    """The message without the stack of the node's creation."""
    message = error.message if isinstance(error, tf.errors.OpError) else str(error)
    message = re.split("\n\n(?:Original stack trace|Errors may have|  File)", message)[0]
    return re.sub(r" *\(defined at [^()]*\)", "", message)


def error_code(tf, error):
    return str(error.error_code) if isinstance(error, tf.errors.OpError) else ""
