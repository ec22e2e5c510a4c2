"""Every recorded program, in Headrace's Python: the same file, with only its import line changed, builds the graph
that TensorFlow 1.15 built, node for node, and computes its values; every mistake raises the same exception.

    PYTHONPATH=build/python python3 -m pytest tests/conformance/python_test.py -k linreg

CONFORMANCE_MODULE=tensorflow runs the programs in the reference itself: a test of this test.
"""

import gzip
import importlib
import os
import re
import struct
import sys
import zlib

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import program_runner as runner

RECORDED = os.path.join(runner.HERE, "recorded")
MODULE = os.environ.get("CONFORMANCE_MODULE", "headrace")
IS_REFERENCE = MODULE == "tensorflow"

tf = importlib.import_module(MODULE)

# Cases that wait, and for what. One that comes out equal must leave the list.
WAITING = {
    "more_functions.conversions": "objects of the program's own become tensors before the op's scope opens",
}

# Mistakes that wait for ops.
WAITING_MISTAKES = {
}

# Mistakes that Headrace answers otherwise, and why: they only must not crash.
OTHERWISE = {
    "asserted_near_of_integers": "the dtype is told, not NumPy's class",
    "asserted_rank_in_known": "ranks are told as numbers, not as NumPy's arrays",
    "assign_to_constant": "a TypeError that names the op; TensorFlow's own code stumbles over a missing method",
    "call_no_list": "the op is called AddN, not by the function's name",
    "constant_ragged": "NumPy tells of the lists in its own way",
    "gradient_of_a_loop_without_its_contexts": "a ValueError says what is missing; TensorFlow's own code stumbles",
    "import_too_many_inputs": "the count of inputs is told, not their dtypes",
    "kernel_missing": "kernels are told of; XLA's devices are not there",
    "loop_that_changes_types": "the loop is refused where it is built; TensorFlow tells of it when it runs",
    "random_shape_of_text": "text is refused before a node is built",
    "restore_truncated_data": "data that is missing is DataLoss, as data that is damaged",
    "save_into_deep_folder": "missing directories are made, however deep",
    "save_uninitialized": "the uninitialized variable is the mistake, not the directory",
}

# HEADRACE_SIM_GPUS=2 runs everything on simulated accelerators, where they have the kernels: the same, but for cases that
# tell of devices.
HAS_GPUS = bool(os.environ.get("HEADRACE_SIM_GPUS"))
TELLS_OF_DEVICES = {"helpers.gradient_errors", "save_uninitialized_in_directory"}


def skip_where_devices_are_told_of(case):
    if HAS_GPUS and (case in TELLS_OF_DEVICES or case.startswith("placement.")):
        pytest.skip("recorded where there is no GPU")


FIRST_STEP, SHORT_TRAINING = 1e-5, 1e-3
TRAINED = 3  # runs of targets: initializer, a first step, and all that follow are training


# ---- reading --------------------------------------------------------------------------------------------------------


def recorded_path(case, file):
    return os.path.join(RECORDED, case, file)


def recorded_lines(case, file):
    path = recorded_path(case, file)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as stream:
        return stream.read().split("\n")[:-1]


def recorded_values(case):
    """(kind, step, name, payload) of each record."""
    path = recorded_path(case, "values.bin")
    if not os.path.exists(path):
        return []
    with open(path, "rb") as stream:
        data = stream.read()
    records, position = [], 0
    while position < len(data):
        kind, step, name_length, size = struct.unpack_from("<IIII", data, position)
        start = position + 16
        position = start + name_length + size
        records.append((kind, step, data[start:start + name_length].decode(), data[start + name_length:position]))
    return records


def array_of(payload):
    proto = type(tf.AttrValue().tensor)()
    proto.ParseFromString(payload)
    return tf.make_ndarray(proto)


# ---- comparing ------------------------------------------------------------------------------------------------------


def uncounted(match):
    """The name of a branch, of one that was written anew, or of a gradient of these, without their numbers."""
    return match.group(1) + "_COUNTED" + re.sub(r"_grad_\d+", "_grad_COUNTED", match.group(2))


def masked(text):
    """Counters of a process and random folders differ from run to run."""
    text = re.sub(r"_temp_[0-9a-f]{32}", "_temp_X", text)
    text = re.sub(r"hash_table_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "hash_table_X", text)
    text = re.sub(r"(__inference_[\w<>.]+?)_\d+\b", r"\1_COUNTED", text)
    text = re.sub(r"(indexed_case_branch\d+|_true|_false|_body|_cond)_\d+((?:_rewritten|_grad_\d+)*)\b", uncounted, text)
    text = re.sub(r"(_\w{11}(?:_rewritten)*)_grad_\d+\b", r"\1_grad_COUNTED", text)
    text = re.sub(r"_make_dataset_\w{11}\b", "_make_dataset_HASHED", text)
    return re.sub(r"CustomGradient-\d+|pyfunc_\d+", "COUNTED", text)


def attr_text(attr):
    if attr.HasField("tensor"):
        array = tf.make_ndarray(attr.tensor)
        return "%s %s %s" % (array.dtype, array.shape, masked(str(array.tolist())))
    return masked(" ".join(str(attr).split()))


def node_text(node):
    attrs = ["  %s = %s" % (key, attr_text(node.attr[key])) for key in sorted(node.attr)]
    return "\n".join(["%s(%s) %s %s" % (node.op, ", ".join(node.input), node.name, node.device)] + attrs)


def different_lines(expected, actual):
    """What two texts do not share, a few lines of each."""
    left, right = expected.split("\n"), actual.split("\n")
    lines = ["- " + line[:300] for line in left if line not in right][:4]
    return "\n".join(lines + ["+ " + line[:300] for line in right if line not in left][:4])


def graph_difference(case, graph):
    with gzip.open(recorded_path(case, "graph.pb.gz")) as stream:
        expected = tf.GraphDef.FromString(stream.read())
    actual = graph.as_graph_def()
    for wanted, node in zip(expected.node, actual.node):
        if wanted != node and node_text(wanted) != node_text(node):
            return "node %s (- recorded, + here):\n%s" % (wanted.name,
                                                           different_lines(node_text(wanted), node_text(node)))
    if len(expected.node) != len(actual.node):
        longer = expected if len(expected.node) > len(actual.node) else actual
        return "%d nodes, not %d; the first without a partner is %s" % (
            len(actual.node), len(expected.node), longer.node[min(len(expected.node), len(actual.node))].name)
    if expected.versions != actual.versions:
        return "versions %s" % actual.versions
    return lines_difference("library", library_lines(expected.library), library_lines(actual.library))


def function_lines(function):
    signature = type(function.signature).FromString(function.signature.SerializeToString())
    signature.control_output[:] = sorted(signature.control_output)
    lines = [masked(" ".join(str(signature).split()))]
    lines += [line for node in function.node_def for line in node_text(node).split("\n")]
    lines += ["ret %s %s" % item for item in sorted(function.ret.items())]
    lines += ["control %s %s" % item for item in sorted(function.control_ret.items())]
    lines += ["attr %s %s" % (key, attr_text(function.attr[key])) for key in sorted(function.attr)]
    return lines + ["arg %d %s" % (key, sorted(function.arg_attr[key].attr)) for key in sorted(function.arg_attr)]


def library_lines(library):
    """Functions by name, however their maps and sets are ordered."""
    functions = sorted((function_lines(function) for function in library.function))
    return [line for lines in functions for line in lines] + sorted("gradient %s %s" % (g.function_name, g.gradient_func) for g in library.gradient)


def first_outputs(lines):
    """An input mapped by an import is "x:0" to the node, but "x" in a GraphDef."""
    return [re.sub(r":0(?=[ \t])", "", line) for line in lines]


def lines_difference(what, expected, actual):
    for wanted, line in zip(expected + [""] * len(actual), actual + [""] * len(expected)):
        if not same_text(masked(wanted), masked(line)):
            return "%s (- recorded, + here):\n- %s\n+ %s" % (what, wanted[:600], line[:600])
    return None


FLOAT = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?|-?\d+e[+-]?\d+", re.IGNORECASE)


def same_text(expected, actual):
    """Equal, numbers with a point within the tolerance of a first step."""
    if expected == actual:
        return True
    if FLOAT.sub("#", expected) != FLOAT.sub("#", actual):
        return False
    pairs = zip(FLOAT.findall(expected), FLOAT.findall(actual))
    return all(np.isclose(float(a), float(b), rtol=FIRST_STEP, atol=1e-7) for a, b in pairs)


def are_near(expected, actual, tolerance):
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return False
    if expected.dtype.kind not in "fc":
        return np.array_equal(expected, actual)
    if expected.dtype.itemsize == 2:
        tolerance = max(tolerance, 1e-3)
    if np.array_equal(expected, actual):
        return True
    sizes = np.abs(expected[np.isfinite(expected)])
    scale = sizes.mean() if sizes.size else 0.0
    return np.allclose(actual, expected, rtol=tolerance, atol=tolerance * min(scale, 1.0), equal_nan=True)


def fits(kind, payload, value, tolerance):
    if kind != runner.DIGEST:
        expected = array_of(payload)
        return are_near(expected, np.asarray(value, dtype=object if expected.dtype == object else None), tolerance)
    value = np.asarray(value)
    crc, elements = struct.unpack_from("<IQ", payload)
    ends = array_of(payload[12:])
    if value.size != elements or value.dtype != ends.dtype or not are_near(ends, runner.ends_of(value), tolerance):
        return False
    is_exact = value.dtype.kind not in "fc" or np.array_equal(ends, runner.ends_of(value))
    return not is_exact or zlib.crc32(np.ascontiguousarray(value).tobytes()) & 0xffffffff == crc


def values_difference(case, session, steps):
    expected = recorded_values(case)
    trained = set()
    actual = runner.run_steps(tf, session, steps)
    for number, ((kind, step, name, value, _), wanted) in enumerate(zip(actual, expected)):
        if (kind, step, name) != wanted[:3]:
            return "record %d is of %s, not of %s" % (number, (kind, step, name), wanted[:3])
        if kind == runner.TARGET:
            trained.add(step)
            continue
        tolerance = FIRST_STEP if len(trained) < TRAINED else SHORT_TRAINING
        if not fits(kind, wanted[3], value, tolerance):
            text = "a digest" if kind == runner.DIGEST else repr(array_of(wanted[3]))
            return "step %d, %s (- recorded, + here):\n- %s\n+ %s" % (step, name, text[:300], repr(value)[:300])
    for record in actual:
        return "record %d is not recorded: %s" % (len(expected), record[:3])
    return None


def files_difference(case, folder):
    """Checkpoints byte for byte; beside them MetaGraphDefs with the same nodes."""
    for name in sorted(os.listdir(os.path.join(RECORDED, case))):
        if "ckpt" not in name and name != "checkpoint":
            continue
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            return "%s was not written" % name
        with open(recorded_path(case, name), "rb") as one, open(path, "rb") as other:
            expected, actual = one.read(), other.read()
        if name.endswith(".meta"):
            metas = tf.MetaGraphDef.FromString(expected), tf.MetaGraphDef.FromString(actual)
            texts = [[node_text(node) for node in meta.graph_def.node] + sorted(meta.collection_def) +
                     [" ".join(str(meta.saver_def).split())] for meta in metas]
            difference = lines_difference(name, *texts)
            if difference:
                return difference
        elif expected != actual and "sharded" not in case:
            return "%s has other bytes" % name
    return None


# ---- programs -------------------------------------------------------------------------------------------------------


def recorded_cases():
    for case in sorted(os.listdir(RECORDED)):
        if os.path.exists(recorded_path(case, "graph.pb.gz")):
            waits = case in WAITING and not IS_REFERENCE
            marks = [pytest.mark.xfail(strict=True, reason=WAITING[case])] if waits else []
            yield pytest.param(case, marks=marks, id=case)


def differences(case, folder):
    built = runner.build_case(tf, runner.variants(tf, case.split(".")[0])[case])
    graph = tf.get_default_graph()
    yield graph_difference(case, graph)
    nodes = recorded_lines(case, "graph.txt")
    if nodes:
        yield lines_difference("shapes", first_outputs(nodes), first_outputs(runner.listing(graph)))
    yield lines_difference("collections", recorded_lines(case, "collections.tsv"), runner.collections(graph))
    facts = built["facts"]
    with tf.Session(config=runner.plain_config(tf)) as session:
        if built["steps"]:
            yield values_difference(case, session, built["steps"])
        if "finish" in built:
            facts.update(runner.fact_texts(tf, built["finish"](session) or {}))
    yield lines_difference("facts", recorded_lines(case, "facts.tsv"),
                           ["%s\t%s" % (key, facts[key]) for key in sorted(facts)])
    yield files_difference(case, folder)


@pytest.mark.parametrize("case", recorded_cases())
def test_program(case, tmp_path, monkeypatch):
    skip_where_devices_are_told_of(case)
    monkeypatch.chdir(tmp_path)
    found = [difference for difference in differences(case, str(tmp_path)) if difference]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_every_program_is_recorded():
    cases = [case for program in runner.program_names() for case in runner.variants(tf, program)]
    assert sorted(cases) == sorted(param.id for param in recorded_cases())


# ---- mistakes -------------------------------------------------------------------------------------------------------


def recorded_mistakes():
    return {line.split("\t")[0]: line.split("\t") for line in recorded_lines("", "errors.tsv")}


REPR = re.compile(r"""(?:<tf\.)?(?:Tensor|Variable|Operation)[( ]["']([^"']+)["']"""
                  r"""(?: [^>]*>|, [^()]*(?:\([^()]*\)[^()]*)?\))""")
NODE = re.compile(r"\[\[node (\S+) ?\]\]|\{\{node (\S+?)\}\}")
QUOTED = re.compile(r"'([^'\s]{1,60})'")
SHAPE = re.compile(r"(?<![\w:])[\[(](?:(?:\?|None|-?\d+),? ?)+[\])]")
DTYPE = re.compile(r"\b(?:float16|float32|float64|int8|int16|int32|int64|uint8|complex64|string|bool)\b")


def shape_numbers(text):
    return ",".join(re.findall(r"\?|-?\d+", text.replace("None", "?")))


def facts_of(message):
    """What a message is about: nodes, quoted names, shapes, dtypes."""
    facts = {"name " + name for name in REPR.findall(message)}
    message = REPR.sub("", message)
    facts |= {"node " + (one or other) for one, other in NODE.findall(message) if "_retval_" not in other}
    facts |= {"name " + name for name in QUOTED.findall(message) if "tensorflow" not in name}
    facts |= {"shape " + shape_numbers(text) for text in SHAPE.findall(message)}
    return facts | {"dtype " + name for name in DTYPE.findall(message)}


def has_fact(message, fact):
    kind, text = fact.split(" ", 1)
    if kind == "shape":
        return any(shape_numbers(shape) == text for shape in SHAPE.findall(message))
    return text in message or bool(re.search(r"\b%s\b" % re.escape(re.sub(":0$", "", text)), message))


def mistake_difference(kind, code, message, error):
    recorded = "; recorded is %s: %s" % (kind, message[:300])
    if kind not in [base.__name__ for base in type(error).__mro__]:
        return "%s: %s%s" % (type(error).__name__, str(error)[:400], recorded)
    if runner.error_code(tf, error) != code:
        return "code %s%s" % (runner.error_code(tf, error), recorded)
    said = error.message if isinstance(error, tf.errors.OpError) else str(error)
    missing = sorted(fact for fact in facts_of(message) if not has_fact(said, fact))
    if missing:
        return "%s not in: %s%s" % (", ".join(missing), said[:400], recorded)
    if NODE.search(message) and code and not IS_REFERENCE and not re.search(r"programs/errors\w*\.py", str(error)):
        return "the program's line is not in: %s" % str(error)[:600]
    return None


def mistake_cases():
    for name in sorted(recorded_mistakes()):
        waits = name in WAITING_MISTAKES and not IS_REFERENCE
        marks = [pytest.mark.xfail(strict=True, reason=WAITING_MISTAKES[name])] if waits else []
        yield pytest.param(name, marks=marks, id=name)


@pytest.mark.parametrize("mistake", mistake_cases())
def test_mistake(mistake, tmp_path, monkeypatch):
    skip_where_devices_are_told_of(mistake)
    monkeypatch.chdir(tmp_path)
    tf.reset_default_graph()
    _, kind, code, escaped = recorded_mistakes()[mistake]
    message = re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), escaped)
    try:
        runner.mistakes(tf)[mistake]()
    except Exception as error:  # whatever comes is compared
        difference = mistake_difference(kind, code, message, error)
    else:
        difference = None if kind == "none" else "no error; recorded is %s: %s" % (kind, message[:300])
    if difference and (IS_REFERENCE or mistake not in OTHERWISE):
        pytest.fail(difference, pytrace=False)


def test_every_mistake_is_recorded():
    assert sorted(runner.mistakes(tf)) == sorted(recorded_mistakes())
