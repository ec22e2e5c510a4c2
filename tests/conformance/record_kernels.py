"""Runs single ops in TensorFlow 1.15 on small inputs and records what comes out.

    /opt/tf115/bin/python tests/conformance/record_kernels.py [FAMILY ...]

kernel_cases.py holds the inputs; README.md describes the files in recorded/kernels/.
"""

import gzip
import os
import struct
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tensorflow.contrib.image  # noqa: F401, registers its ops
from tensorflow.core.framework import op_def_pb2
from tensorflow.python.framework import op_def_library
from tensorflow.python.framework import op_def_registry

import kernel_cases
import kernel_cases_arrays
import kernel_cases_convolution
import kernel_cases_data
import kernel_cases_features
import kernel_cases_image
import kernel_cases_nn
import kernel_cases_parsing
import kernel_cases_patches
import kernel_cases_protos
import kernel_cases_quantized
import kernel_cases_sequences
import kernel_cases_signal
import kernel_cases_sparse
import kernel_cases_state
import kernel_cases_text
from program_runner import plain_config
from record import tensor_proto

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded", "kernels")

# How an input stands in the graph while the op is built.
UNKNOWN, SHAPED, CONSTANT = range(3)
# What it is: a tensor, a reference to a variable, a handle of one.
PLAIN, REFERENCE, HANDLE = range(3)


def block(data):
    return struct.pack("<I", len(data)) + data


DEFINITIONS = op_def_registry.get_registered_ops()
LIBRARY = op_def_library.OpDefLibrary()
LIBRARY.add_op_list(op_def_pb2.OpList(op=DEFINITIONS.values()))


def default_of(attr):
    value = getattr(attr.default_value, attr.default_value.WhichOneof("value"))
    if attr.type == "type":
        return tf.as_dtype(value)
    if attr.type.startswith("list"):
        return list(getattr(value, {"list(int)": "i", "list(string)": "s", "list(float)": "f", "list(type)": "type",
                                    "list(shape)": "shape", "list(bool)": "b"}[attr.type]))
    return value


def defaults(definition):
    """The attributes that have a default and are not told by the inputs."""
    told = {name for arg in definition.input_arg for name in (arg.type_attr, arg.number_attr, arg.type_list_attr)}
    return {attr.name: default_of(attr) for attr in definition.attr
            if attr.HasField("default_value") and attr.name not in told}


def dtype_of(array):
    return tf.as_dtype(array.dtype) if array.dtype.kind not in "OSU" else tf.string


def kind_of(arg):
    return REFERENCE if arg.is_ref else HANDLE if arg.type == tf.resource.as_datatype_enum else PLAIN


def variable(array, kind, how, name):
    shape = tf.TensorShape(None if how == UNKNOWN else array.shape)
    if kind == HANDLE:
        return tf.raw_ops.VarHandleOp(shape=shape, dtype=dtype_of(array), container="", shared_name=name)
    return tf.raw_ops.VariableV2(shape=shape, dtype=dtype_of(array), container="", shared_name="")


def give_value(variable, kind, value):
    if kind == HANDLE:
        return tf.raw_ops.AssignVariableOp(resource=variable, value=value)
    return tf.raw_ops.Assign(ref=variable, value=value, validate_shape=False)


def value_of(variable, kind, dtype):
    return tf.raw_ops.ReadVariableOp(resource=variable, dtype=dtype) if kind == HANDLE else variable


def stand_in(array, how):
    if how == CONSTANT:
        return tf.constant(array, dtype_of(array))
    return tf.placeholder(dtype_of(array), None if how == UNKNOWN else array.shape)


class Built:
    """The op in a graph of its own, with the stand-ins of its flattened inputs beside the arrays they stand for."""

    def __init__(self, op, inputs, attrs, how):
        self.arrays, self.tensors, self.kinds = [], [], []
        arguments = dict(defaults(DEFINITIONS[op]), **attrs)
        self.graph = tf.Graph()
        with self.graph.as_default(), tf.device("/cpu:0"):
            for arg in DEFINITIONS[op].input_arg:
                given = inputs[arg.name]
                made = [self.add(np.asarray(value), kind_of(arg), how)
                        for value in (given if isinstance(given, list) else [given])]
                arguments[arg.name] = made if isinstance(given, list) else made[0]
            LIBRARY.apply_op(op, name="case", **arguments)
        self.operation = self.graph.get_operation_by_name("case")

    def add(self, array, kind, how):
        name = "v%d" % len(self.arrays)
        tensor = stand_in(array, how) if kind == PLAIN else variable(array, kind, how, name)
        self.arrays.append(array)
        self.tensors.append(tensor)
        self.kinds.append(kind)
        return tensor

    def run(self):
        """Returns code, message, outputs and the (index, value) of every variable afterwards."""
        feeds = {t: a for t, a, kind in zip(self.tensors, self.arrays, self.kinds) if kind == PLAIN}
        variables = [i for i, kind in enumerate(self.kinds) if kind != PLAIN]
        with self.graph.as_default(), tf.Session(graph=self.graph, config=plain_config(tf)) as session:
            for i in variables:
                start = tf.placeholder(dtype_of(self.arrays[i]), self.arrays[i].shape)
                session.run(give_value(self.tensors[i], self.kinds[i], start), {start: self.arrays[i]})
            try:
                outputs = self.operation.outputs
                values = session.run(list(outputs), feeds) if outputs else [session.run(self.operation, feeds)]
            except tf.errors.OpError as error:
                return error.error_code, error.message.split("\n")[0], [], []
            values = [tensor_proto(value, t.dtype.base_dtype) for value, t in zip(values, outputs)]
            after = [(i, tensor_proto(session.run(value_of(self.tensors[i], self.kinds[i], dtype_of(self.arrays[i]))),
                                      dtype_of(self.arrays[i])))
                     for i in variables]
            return 0, "", values, after


def inferred(op, inputs, attrs, how):
    """Static shapes of the outputs, or the refusal's message."""
    try:
        outputs = Built(op, inputs, attrs, how).operation.outputs
    except ValueError as error:
        return [], str(error).split("\n")[0]
    return [t.get_shape().as_proto().SerializeToString() for t in outputs], ""


def blocks(items):
    return struct.pack("<I", len(items)) + b"".join(block(item) for item in items)


def record(op, inputs, attrs):
    built = Built(op, inputs, attrs, UNKNOWN)
    code, message, outputs, after = built.run()
    node = built.operation.node_def
    node.device = ""
    body = block(node.SerializeToString(deterministic=True))
    body += struct.pack("<I", len(built.arrays))
    for array, kind in zip(built.arrays, built.kinds):
        body += struct.pack("<I", kind) + block(tensor_proto(array, dtype_of(array)))
    body += struct.pack("<I", code) + block(message.encode()) + blocks(outputs)
    body += struct.pack("<I", len(after))
    for index, value in after:
        body += struct.pack("<I", index) + block(value)
    for how in (SHAPED, CONSTANT):
        shapes, refusal = inferred(op, inputs, attrs, how)
        body += blocks(shapes) + block(refusal.encode())
    return block(body), code


def main(wanted):
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    os.makedirs(FOLDER, exist_ok=True)
    modules = (kernel_cases, kernel_cases_arrays, kernel_cases_convolution, kernel_cases_data, kernel_cases_features,
               kernel_cases_image, kernel_cases_nn, kernel_cases_parsing, kernel_cases_patches, kernel_cases_protos, kernel_cases_quantized, kernel_cases_sequences,
               kernel_cases_signal, kernel_cases_sparse, kernel_cases_state, kernel_cases_text)
    for family, cases in ((name, made) for module in modules for name, made in module.FAMILIES.items()):
        if wanted and family not in wanted:
            continue
        count = errors = 0
        path = os.path.join(FOLDER, family + ".bin.gz")
        with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
            for op, inputs, attrs in cases():
                try:
                    data, code = record(op, inputs, attrs)
                except Exception:
                    print("case:", op, {key: np.shape(value) for key, value in inputs.items()}, attrs)
                    raise
                stream.write(data)
                count += 1
                errors += code != 0
        print("%-12s %5d cases, %3d of them errors, %7d bytes" % (family, count, errors, os.path.getsize(path)))


if __name__ == "__main__":
    main(sys.argv[1:])
