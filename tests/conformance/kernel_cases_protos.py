"""Inputs for record_kernels.py, as in kernel_cases.py: fields of protocol buffers, taken out and put in.

Left out is what the reference does not define: defaults of enums, which it reads from memory that nobody wrote, those
of uint64 above 255, of which it keeps a byte, and no fields at all, which it does not survive. What `sanitize` changes
in the order of fields is left out, too, and entries of maps that are written without a value, which get an empty
one."""

import numpy as np
import tensorflow as tf
from google.protobuf import descriptor_pb2

KINDS = ("double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "group", "message", "bytes",
         "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64")
TYPES = {"double": "double", "float": "float double", "int64": "int64", "uint64": "uint64", "int32": "int32 int64",
         "fixed64": "uint64", "fixed32": "uint32 uint64", "bool": "bool", "string": "string", "message": "string",
         "bytes": "string", "uint32": "uint32 uint64", "enum": "int32", "sfixed32": "int32 int64", "sfixed64": "int64",
         "sint32": "int32 int64", "sint64": "int64"}
TEXTS = ("string", "bytes", "message")
DEFAULTS = {"d_int": ("int32", "-7"), "d_uint": ("uint64", "200"), "d_double": ("double", "2.5"),
            "d_float": ("float", "inf"), "d_bool": ("bool", "true"), "d_string": ("string", "a\\b"),
            "d_bytes": ("bytes", "a\\001\\\\n\\n\\377")}
NUMBER = {kind: i + 1 for i, kind in enumerate(KINDS)}


def descriptors():
    """Message t.M: a field of each kind, one that is repeated (r_) and one that is packed (p_); t.M.Inner; t.Needs."""
    files = descriptor_pb2.FileDescriptorSet()
    file = files.file.add(name="t.proto", package="t")
    file.enum_type.add(name="E").value.add(name="A", number=0)
    message = file.message_type.add(name="M")
    message.nested_type.add(name="Inner").field.add(name="x", number=1, type=5, label=1)

    def add(name, kind, number, label=1, **more):
        type_name = {"message": ".t.M", "enum": ".t.E"}.get(kind)
        field = message.field.add(name=name, number=number, type=NUMBER[kind], label=label, type_name=type_name, **more)
        return field

    for kind in TYPES:
        add(kind, kind, NUMBER[kind])
        add("r_" + kind, kind, NUMBER[kind] + 30, 3)
        if kind not in TEXTS:
            add("p_" + kind, kind, NUMBER[kind] + 60, 3).options.packed = True
    for i, (name, (kind, default)) in enumerate(DEFAULTS.items()):
        add(name, kind, 100 + i, default_value=default)
    needs = file.message_type.add(name="Needs")
    needs.field.add(name="x", number=1, type=5, label=2)
    needs.field.add(name="more", number=2, type=11, label=3, type_name=".t.Needs")
    return b"bytes://" + files.SerializeToString()


SOURCE = descriptors()


def varint(n):
    bytes_ = b""
    while n > 127:
        bytes_ += bytes([n & 127 | 128])
        n >>= 7
    return bytes_ + bytes([n])


def tag(number, wire):
    return varint(number * 8 + wire)


def chunk(number, content):
    return tag(number, 2) + varint(len(content)) + content


def values_of(kind):
    """Bytes of some values, without tags, and their type of wire."""
    if kind in ("double", "fixed64", "sfixed64"):
        return 1, [bytes(8), b"\0\0\0\0\0\0\xf8\x3f", b"\xff" * 8, b"\1\2\3\4\5\6\7\x88"]
    if kind in ("float", "fixed32", "sfixed32"):
        return 5, [bytes(4), b"\0\0\xc0\x3f", b"\xff" * 4, b"\1\2\3\x84"]
    if kind in TEXTS:
        return 2, [b"\0", b"\2\x28\5", b"\3\xff\0a"]
    return 0, [b"\0", b"\1", b"\7", b"\x80\x80\x80\x80\x08", b"\xff" * 9 + b"\1", b"\x80\1", b"\xff\xff\xff\xff\x7f"]


def decode(messages, names, types, message_type="t.M", source=SOURCE, **attrs):
    return "DecodeProtoV2", {"bytes": np.array(messages, object)}, dict(
        message_type=message_type, field_names=names, output_types=[tf.as_dtype(t) for t in types],
        descriptor_source=source, **attrs)


def encode(sizes, values, names, message_type="t.M", source=SOURCE):
    return "EncodeProto", {"sizes": np.array(sizes, np.int32), "values": values}, dict(
        field_names=names, message_type=message_type, descriptor_source=source)


def decoded():
    for kind, types in TYPES.items():
        wire, values = values_of(kind)
        one, many, packed = NUMBER[kind], NUMBER[kind] + 30, NUMBER[kind] + 60
        singles = [tag(one, wire) + value for value in values]
        repeated = b"".join(tag(many, wire) + value for value in values)
        for dtype in types.split():
            if kind != "enum":  # whose padding nobody wrote
                yield decode(singles + [b"", b"".join(singles)], [kind], [dtype])
                yield decode([repeated, b"", repeated * 2], ["r_" + kind], [dtype])
            yield decode([[repeated], [repeated]], ["r_" + kind], [dtype])
            if kind not in TEXTS:
                both = chunk(many, b"".join(values)) + tag(many, wire) + values[0]
                yield decode([both, both], ["r_" + kind], [dtype])
                yield decode([chunk(packed, b"".join(values)) * 2], ["p_" + kind], [dtype])
                yield decode([chunk(packed, b"".join(values)[:-1])], ["p_" + kind], [dtype])
        for dtype in ("int32", "int64", "uint32", "uint64", "float", "double", "bool", "string", "half"):
            if dtype not in types.split():
                yield decode([b""], [kind], [dtype])


def padded():
    given = [tag(100, 0) + b"\5", tag(102, 1) + bytes(8), chunk(105, b"x"), b"", chunk(106, b"")]
    for name, (kind, _) in DEFAULTS.items():
        yield decode(given, [name], [TYPES[kind].split()[0]])
    yield decode(given, list(DEFAULTS), [TYPES[kind].split()[0] for kind, _ in DEFAULTS.values()])
    yield decode([[b"", tag(5, 0) + b"\1"], [tag(35, 0) + b"\2", tag(35, 0) + b"\3" + tag(35, 0) + b"\4"]],
                 ["r_int32", "string", "int32"], ["int32", "string", "int64"])
    yield decode(tag(35, 0) + b"\1", ["r_int32"], ["int32"])


def malformed():
    five, nine = tag(5, 0), tag(9, 2)
    for message in (five, nine + b"\5ab", tag(200, 2) + b"\5ab", b"\7", b"\0\0", b"\0", tag(200, 4), tag(200, 4) + five + b"\1",
                    tag(200, 3) + five + b"\1" + tag(200, 4) + five + b"\3", tag(200, 3) + five + b"\1", tag(200, 6), b"\x80",
                    tag(200, 3) + tag(201, 3) + tag(201, 4) + tag(200, 4) + five + b"\2", tag(200, 3) + tag(201, 4),
                    tag(35, 2) + b"\4\1\2", tag(35, 2) + b"\1\x81\1", tag(37, 2) + b"\3\1\2\3", tag(35, 2) + b"\0",
                    five + b"\xff" * 11 + b"\1", tag(5, 5) + b"\1\2\3\4", tag(1, 0) + b"\1", tag(9, 0) + b"\1", tag(9, 0) + b"\1a",
                    five + b"\1" + five + b"\2", tag(5, 2) + b"\1\7" + five + b"\4", five + b"\4" + tag(5, 2) + b"\1\7",
                    tag(5, 2) + b"\2\1\7", tag(2 ** 29 - 1, 0) + b"\1"):
        yield decode([message], ["int32", "string", "r_int32", "double", "r_fixed32"],
                     ["int32", "string", "int32", "double", "uint32"])
        if message[:1] != tag(5, 2) and message[:2] != tag(35, 2):
            yield decode([message], ["int32"], ["int32"], sanitize=True)
    needs = b"\x08\1"
    for message in (b"", needs, needs + b"\x12\2" + needs, needs + b"\x12\0", needs + b"\x12\3\x08", needs + b"\x1a\1"):
        for sanitize in (False, True):
            yield decode([message], ["x"], ["int32"], "t.Needs", sanitize=sanitize)


def refused():
    yield decode([b""], ["nothing"], ["int32"])
    yield decode([b""], ["int32"], ["int32"], "t.X")
    yield decode([b""], ["int32"], ["int32"], ".t.M")
    yield decode([b""], ["x"], ["int32"], "t.M.Inner")
    yield decode([b""], ["x"], ["int32"], "M")
    yield decode([b""], ["int32"], ["int32", "int32"])
    yield decode([], ["int32"], ["int32"])
    yield decode([tag(5, 0) + b"\1"], ["int32", "int32"], ["int32", "int64"])
    yield decode([b""], ["int32"], ["int32"], message_format="json")
    for source in (b"bytes://xx", b"bytes://", b"", b"local://", b"file:///nowhere", b"/nowhere"):
        yield decode([b""], ["int32"], ["int32"], source=source)


def linked():
    """TensorFlow's own messages."""
    example = tf.train.Example(features=tf.train.Features(feature={"a": tf.train.Feature(
        int64_list=tf.train.Int64List(value=[1, -2]))})).SerializeToString()
    node = tf.NodeDef(name="n", op="Add", input=["a", "b:1"]).SerializeToString()
    local = b"local://"
    yield decode([example, b""], ["features"], ["string"], "tensorflow.Example", local)
    yield decode([example[2:]], ["feature"], ["string"], "tensorflow.Features", local)
    yield decode([node], ["input", "name", "op", "attr"], ["string"] * 4, "tensorflow.NodeDef", local)
    yield decode([tf.TensorShape([7]).as_proto().dim[0].SerializeToString()], ["size", "name"], ["int64", "string"],
                 "tensorflow.TensorShapeProto.Dim", local)
    yield decode([tf.Event(wall_time=1.5, step=3).SerializeToString()], ["wall_time", "step"], ["double", "int64"],
                 "tensorflow.Event", local)
    yield encode([[2]], [np.array([[1.5, 2]], np.float32)], ["value"], "tensorflow.FloatList", local)
    yield encode([[1, 2]], [np.array([["n"]], object), np.array([["a", "b"]], object)], ["name", "input"], "tensorflow.NodeDef", local)
    yield decode([b""], ["nothing"], ["string"], "tensorflow.Example", local)


def written():
    """Text format."""
    features = ('feature { key: "a" value { int64_list { value: [1, -2] value: 3 } } } # some\n feature < key: "b" value {} >',
                "", "feature {", "nothing: 1", "feature { key: 1 }", "feature: { key: 'c' 'd' value: {} }")
    for text in features:
        yield decode([text], ["feature"], ["string"], "tensorflow.Features", b"local://", message_format="text")
    for text in ("value: 1.5 value: [2, -inf]", "value: x", "value: 1 value: nan"):
        yield decode([text, ""], ["value"], ["double"], "tensorflow.FloatList", b"local://", message_format="text")
    yield decode(['name: "n" input: "a" input: "\\001\\n" op: "Add" '], ["input", "op", "device"], ["string"] * 3,
                 "tensorflow.NodeDef", b"local://", message_format="text")


def encoded():
    for kind, types in TYPES.items():
        for dtype in types.split():
            if kind in TEXTS:
                values = np.array([[b"", b"ab"], [b"\0\xff", b"x" * 200]], object)
            elif dtype == "bool":
                values = np.array([[True, False], [False, True]])
            else:
                values = np.array([[0, 1], [-3, 2 ** 31 - 1]]).astype(dtype)
                if dtype in ("int64", "uint64"):
                    values[1, 1] = 2 ** 40 + 5
                if dtype in ("float", "double"):
                    values = np.array([[0, 1.5], [-3, np.inf]], dtype)
            for name in (kind, "r_" + kind) + (("p_" + kind,) if kind not in TEXTS else ()):
                yield encode([[2], [1]], [values], [name])
                yield encode([[0], [2]], [values], [name])
    i = np.array([[5]], np.int32)
    two = np.array([[1, 2]], np.int32)
    text = np.array([["ab"]], object)
    yield encode([[1, 2, 1]], [i, two, text], ["r_int32", "int32", "string"])
    yield encode([[[1], [0]]], [np.array([[[1], [2]]], np.int32)], ["int32"])
    yield encode([[2, 1]], [two, text], ["p_int32", "string"])
    yield encode([[-1]], [i], ["p_int32"])
    yield encode([[-1]], [i], ["r_int32"])
    yield encode([[1, 1]], [i, text], ["r_string", "string"])
    yield encode([[3]], [i], ["int32"])
    yield encode([1], [np.array([5], np.int32)], ["int32"])
    yield encode([[1, 1]], [i, np.array([[5], [6]], np.int32)], ["int32", "r_int32"])
    yield encode([[1]], [i, i], ["int32"])
    yield encode([[1, 1]], [i], ["int32"])
    yield encode([[1]], [i], ["nothing"])
    yield encode([[1]], [i], ["int32"], "t.X")
    yield encode(np.zeros((0, 1)), [np.zeros((0, 2), np.int32)], ["int32"])


def protos():
    for family in (decoded, padded, malformed, refused, linked, written, encoded):
        yield from family()


FAMILIES = {"protos": protos}
