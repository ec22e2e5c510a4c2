"""Inputs for record_kernels.py, as in kernel_cases.py: CSV lines, Example messages, tensors and sparse tensors as bytes.

Left out is what crashes TensorFlow 1.15: DecodePaddedRaw, Example messages and tensors of malformed bytes, a scalar for DeserializeSparse; and a batch of no
SequenceExamples, which it refuses."""

import gzip
import itertools
import zlib

import numpy as np
import tensorflow as tf

from kernel_cases_data import COMPLEXES, i64, values_of
from kernel_inputs import NUMBERS, i32, random_for

FLOAT, INT64, STRING, INT32, DOUBLE = tf.float32, tf.int64, tf.string, tf.int32, tf.float64


def texts(*items):
    return np.array(items, object)


# --- CSV ---------------------------------------------------------------------------------------------------------------


def csv(records, types, defaults=None, **attrs):
    defaults = [np.zeros(1, t.as_numpy_dtype) if t != STRING else texts(b"none") for t in types] if defaults is None else defaults
    return "DecodeCSV", {"records": records, "record_defaults": defaults}, dict(attrs)


NUMBERS_IN_TEXT = (b"1", b" 1. ", b"-2.5", b"+3", b".5", b"5.", b"1e5", b"1E-5", b"0x10", b"inf", b"-INF", b"NaN", b"1e400",
                   b"1e-50", b"1e-46", b"7.006492321624085e-46", b"1.17549435e-38", b"3.4028236e38", b"16777217", b"0.1",
                   b"123456789.123456789", b"9007199254740993", b"1.000000059604644775390625", b"   ", b"\t4\v", b"-0",
                   b"0.30000000000000004", b"2.2250738585072014e-308", b"1.7976931348623157e308", b"00012",
                   b"1.5f", b"1 2", b"infinity", b"1e", b"e5", b".", b"- 5", b"--5", b"0x", b"1d", b"x")


def csv_lines():
    for line in (b"1,2,3", b"1. , 2. , 0", b"7. ,    , 0", b"7. ,, 0", b"1,2", b"1,2,3,4", b"1,2,", b"", b"\n", b"1,2,3\r\n",
                 b"\n1,2,3", b'1,"2",3', b'"1","2","3"', b'1,"2"x,3', b'1,2"2,3', b",,", b"1,2,x", b"1,2,99999999999"):
        yield csv(texts(line), [FLOAT, FLOAT, INT32], [np.array([-1], np.float32), np.array([-1], np.float32), i32([-1])])
    yield csv(np.array(b"1,2", object), [FLOAT, INT32])
    yield csv(texts(), [FLOAT, INT32])
    yield csv(np.array([[b"1,2", b"3,4"], [b",6", b"7,"]], object), [FLOAT, INT32])
    for line in (b'a , b', b'"a ""q"" x",b', b'"a,b', b'"a\nb",c', b'"",x', b'"a""",x', b'a,"b"', b'a"b,c', b'"a"b,c', b'""""""', b'"'):
        for quotes in (True, False):
            yield csv(texts(line), [STRING, STRING], use_quote_delim=quotes)
    for types in ([FLOAT], [DOUBLE], [INT32], [INT64], [STRING]):
        for number in NUMBERS_IN_TEXT + (b"2147483647", b"2147483648", b"-2147483648", b"9223372036854775807",
                                         b"9223372036854775808", b"-9223372036854775808", b"-9223372036854775809"):
            yield csv(texts(number), types)
    for missing in (np.zeros(0, np.float32), np.float32(3), np.array([4], np.float32)):
        for line in (b",1", b"NA,1", b"2,1"):
            yield csv(texts(line), [FLOAT, INT32], [missing, i32([5])], na_value="NA")
    for columns in ([0], [1], [3], [0, 3], [1, 2], [4], [2, 1], [-1]):
        for line in (b"a,b,c,d", b"a,b,,", b'"a",b'):
            yield csv(texts(line), [STRING] * len(columns), select_cols=columns)
    yield csv(texts(b"a"), [STRING, STRING], select_cols=[1])
    for delimiter in (";", "\t", ";;", ""):
        yield csv(texts(b"a;b"), [STRING, STRING], field_delim=delimiter)
    yield csv(texts(b"1"), [FLOAT], [np.array([1, 2], np.float32)])
    yield csv(texts(b"1"), [FLOAT], [np.array([[1]], np.float32)])
    for out_type in (FLOAT, DOUBLE, INT32, INT64):
        for number in NUMBERS_IN_TEXT:
            yield "StringToNumber", {"string_tensor": texts(number)}, {"out_type": out_type}
    random = random_for("numbers in text")
    for count in range(60):
        number = ("%.*g" % (random.randint(1, 18), random.uniform(-1, 1) * 10.0 ** random.randint(-44, 40))).encode()
        for out_type in (FLOAT, DOUBLE):
            yield "StringToNumber", {"string_tensor": texts(number)}, {"out_type": out_type}


# --- Example messages ------------------------------------------------------------------------------------------------


def feature(values):
    values = list(values)
    if values and isinstance(values[0], bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    if values and isinstance(values[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values)) if values else tf.train.Feature()


def example(**features):
    made = {name: feature(values) for name, values in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


def keys(names):
    return [np.array(name.encode(), object) for name in names]


def filler(dtype, value=()):
    return np.array(value, object if dtype == STRING else dtype.as_numpy_dtype)


def parsed(serialized, sparse=(), dense=(), names=()):
    """`sparse`: (name, dtype); `dense`: (name, dtype, shape, default)."""
    inputs = {"serialized": texts(*serialized), "names": texts(*names), "sparse_keys": keys(n for n, _ in sparse),
              "dense_keys": keys(d[0] for d in dense), "dense_defaults": [filler(d[1], d[3]) for d in dense]}
    return "ParseExample", inputs, {"sparse_types": [t for _, t in sparse], "dense_shapes": [d[2] for d in dense]}


def parsed_single(serialized, sparse=(), dense=()):
    inputs = {"serialized": np.array(serialized, object), "dense_defaults": [filler(d[1], d[3]) for d in dense]}
    return "ParseSingleExample", inputs, {
        "num_sparse": len(sparse), "sparse_keys": [n for n, _ in sparse], "dense_keys": [d[0] for d in dense],
        "sparse_types": [t for _, t in sparse], "dense_shapes": [d[2] for d in dense]}


LONG = b"a string that is longer than what fits"
EXAMPLES = (example(a=[1.5, 2.5], b=[7], c=[b"x", LONG]), example(a=[3.5, -1.0], b=[-2], c=[b""]),
            example(b=[1 << 40], a=[0.0, 9.25], d=[1, 2, 3]))
A, B = ("a", FLOAT, [2], ()), ("b", INT64, [], ())
UNPACKED = b"\n\x12\n\x10\n\x01a\x12\x0b\x12\x09\x0d\x00\x00\x00\x3f\x0a\x04\x00\x00\x80\x3f"


def examples():
    for batch in (EXAMPLES, EXAMPLES[:1], ()):
        yield parsed(batch, dense=[A, B])
        yield parsed(batch, sparse=[("a", FLOAT), ("c", STRING), ("d", INT64), ("e", FLOAT)])
        yield parsed(batch, sparse=[("c", STRING)], dense=[A, ("d", INT64, [None], -1)])
        yield parsed(batch, dense=[("c", STRING, [None], b"pad"), ("a", FLOAT, [None, 2], 0.5), ("d", INT64, [None], -1),
                                   ("f", FLOAT, [None, 3], 0.0)])
        yield parsed(batch, dense=[("f", FLOAT, [2], [1.0, 2.0]), ("g", STRING, [], b"none"), B])
    for name in ((), (b"first",)):
        for bad in ([example(b=[1])], [example(a=[1, 2])], [example(a=[1.0])], [example(a=[])], [b""],
                    [example(a=[1.0, 2.0, 3.0])]):
            yield parsed(bad, dense=[A], names=name)
            yield parsed(bad, sparse=[("a", FLOAT)], names=name)
            yield parsed(bad, sparse=[("a", INT64)], names=name)
            yield parsed(bad, dense=[("a", FLOAT, [None, 2], 0.0)], names=name)
            yield parsed(bad, dense=[("a", FLOAT, [2], [8.0, 9.0])], names=name)
    yield parsed(EXAMPLES, dense=[A], names=(b"p", b"q", b"r"))
    yield parsed(EXAMPLES, dense=[A], names=(b"p",))
    yield parsed(EXAMPLES[:1], dense=[("a", FLOAT, [None], ())])
    yield parsed(EXAMPLES[:1], dense=[("a", FLOAT, [2], [1.0])])
    yield parsed([EXAMPLES[0] + EXAMPLES[1], example(a=[1.0, 1.0]) + example(b=[5])], dense=[A, ("b", INT64, [], 0)])
    yield parsed([b"\x10\x05" + EXAMPLES[0]], dense=[A])
    for one in EXAMPLES:
        yield parsed_single(one, dense=[A, B])
        yield parsed_single(one, sparse=[("a", FLOAT), ("c", STRING), ("d", INT64), ("e", FLOAT)])
        yield parsed_single(one, dense=[("c", STRING, [None], b"pad"), ("a", FLOAT, [None, 2], 0.5), ("d", INT64, [None], -1)])
        yield parsed_single(one, dense=[("f", FLOAT, [2], [1.0, 2.0]), ("g", STRING, [], b"none"), B])
    for bad in (example(b=[1]), example(a=[1, 2]), example(a=[1.0]), b""):
        yield parsed_single(bad, dense=[A])
        yield parsed_single(bad, sparse=[("a", INT64)])
        yield parsed_single(bad, sparse=[("a", FLOAT)])
        yield parsed_single(bad, dense=[("a", FLOAT, [None, 2], 0.0)])
        yield parsed_single(bad, dense=[("a", FLOAT, [2], [8.0, 9.0])])


def sequence(context, lists):
    made = {name: tf.train.FeatureList(feature=[feature(step) for step in steps]) for name, steps in lists.items()}
    return tf.train.SequenceExample(
        context=tf.train.Features(feature={name: feature(values) for name, values in context.items()}),
        feature_lists=tf.train.FeatureLists(feature_list=made)).SerializeToString()


SEQUENCES = (sequence({"n": [3], "w": [b"x", LONG]}, {"x": [[1.0, 2.0], [3.0, 4.0]], "t": [[b"p"], [b"q", b"r"], [b""]]}),
             sequence({"n": [5], "v": [0.5]}, {"x": [[5.0, 6.0]], "t": []}), sequence({"n": [7]}, {"x": []}))
WANTED = {"context_sparse": [("w", STRING), ("v", FLOAT)], "context_dense": [("n", INT64, [], ())],
          "list_sparse": [("t", STRING)], "list_dense": [("x", FLOAT, [2])]}


def sequences():
    for single in (False, True):
        def parse(batch, may_lack=(), names=(), **changed):
            return parsed_sequences(batch, single, may_lack, names, **dict(WANTED, **changed))

        for batch in ((SEQUENCES, SEQUENCES[1:]) if not single else [(s,) for s in SEQUENCES]):
            yield parse(batch)
            yield parse(batch, list_dense=[("x", FLOAT, [2]), ("y", INT64, [3])], may_lack=["y"])
            yield parse(batch, context_dense=[("n", INT64, [], ()), ("m", FLOAT, [2], [1.0, 2.0]), ("u", STRING, [], b"d")])
            yield parse(batch, list_dense=[], list_sparse=[("x", FLOAT), ("z", INT64)])
            yield parse(batch, context_sparse=[], context_dense=[], list_sparse=[])
        for changed in ({"list_dense": [("y", INT64, [3])]}, {"list_dense": [("x", INT64, [2])]}, {"list_dense": [("x", FLOAT, [3])]},
                        {"list_sparse": [("x", INT64)]}, {"context_dense": [("m", FLOAT, [], ())]},
                        {"context_dense": [("n", FLOAT, [], ())]}, {"context_dense": [("n", INT64, [2], ())]},
                        {"context_sparse": [("w", INT64)]}):
            yield parse(SEQUENCES[:1], **changed)
            yield parse(SEQUENCES[:1], names=[b"name"], **changed)


def parsed_sequences(batch, single, may_lack, names, context_sparse, context_dense, list_sparse, list_dense):
    parts = {"context_sparse": context_sparse, "context_dense": context_dense, "feature_list_sparse": list_sparse,
             "feature_list_dense": list_dense}
    attrs = {"context_sparse_types": [t for _, t in context_sparse], "feature_list_sparse_types": [t for _, t in list_sparse],
             "feature_list_dense_types": [d[1] for d in list_dense], "context_dense_shapes": [d[2] for d in context_dense],
             "feature_list_dense_shapes": [d[2] for d in list_dense]}
    inputs = {"context_dense_defaults": [filler(d[1], d[3]) for d in context_dense]}
    if single:
        inputs.update(serialized=np.array(batch[0], object), debug_name=np.array(names[0] if names else b"", object),
                      feature_list_dense_missing_assumed_empty=texts(*[name.encode() for name in may_lack]))
        inputs.update((part + "_keys", keys(f[0] for f in features)) for part, features in parts.items())
        return "ParseSingleSequenceExample", inputs, attrs
    inputs.update(serialized=texts(*batch), debug_name=texts(*names))
    attrs.update((part + "_keys", [f[0] for f in features]) for part, features in parts.items())
    attrs.update(("N" + part, len(features)) for part, features in parts.items() if part != "context_dense")
    attrs.update(feature_list_dense_missing_assumed_empty=list(may_lack), Ncontext_dense=len(context_dense))
    return "ParseSequenceExample", inputs, attrs


# --- JSON, packed bytes, tensors -----------------------------------------------------------------------------------------

JSON = (b'{"features":{"feature":{"a":{"int64List":{"value":["1",2,3]}},"b":{"float_list":{"value":[1.5,"2.5","NaN","Infinity",'
        b'"-Infinity"]}},"c":{"bytesList":{"value":["aGVsbG8=","aGVsbG8","_-8="]}}}}}', b'{}', b'', b'null', b'{"features":null}',
        b'{"features":{"feature":{}}}', b'[]', b'{"x":1}', b'{"features":{"feature":{"a":{}}}}',
        b'{"features":{"feature":{"a":{"int64List":{}}}}}', b'{"features":{"feature":{"a":{"int64List":{"value":[]}}}}}',
        b'{"features":{"feature":{"a":{"int64List":{"value":[1.5]}}}}}', b'{"features":{"feature":{"a":{"int64List":{"value":[1.0]}}}}}',
        b'{"features":{"feature":{"a":{"int64List":{"value":5}}}}}', b'{"features":{"feature":{"a":{"int64List":{"value":[1]},'
        b'"floatList":{"value":[2]}}}}}', b'{"features":{"feature":{"a":{"bytesList":{"value":["*"]}}}}}',
        b'{"features":{"feature":{"a":{"floatList":{"value":[1e400]}}}}}',
        b'{"features":{"feature":{"\\u00e4\\n":{"floatList":{"value":[null]}}}}}',
        b"{'features':{feature:{'a':{'int64List':{'value':[1,]}}}}}",
        b'{"features":{"feature":{"a":{"int64List":{"value":[9223372036854775808]}}}}}',
        b'{"features":{"feature":{"a":{"int64List":{"value":[-3]}}}}} x', b'{"features":{"feature":{"a":{"int64List":{"value":[true]}}}}}',
        b'{"features":{"feature":{"a":{"floatList":{"value":[-1, 1e10]}},"a":{"floatList":{"value":[2]}}}}}', b'{"features":{',
        b' { "features" : { "feature" : { "a" : { "int64List" : { "value" : [ -1 , 2 ] } } , "b" : { "floatList" : { } } } } } \n')


def messages():
    for text in JSON:
        yield "DecodeJSONExample", {"json_examples": texts(text)}, {}
    yield "DecodeJSONExample", {"json_examples": np.array(JSON[0], object)}, {}
    packed = zlib.compress(b"hello" * 99)
    for data, kind in ((b"abc", ""), (zlib.compress(b"hello"), "ZLIB"), (gzip.compress(b"hello"), "GZIP"), (b"garbage", "ZLIB"),
                       (packed, "ZLIB"), (packed[:-8], "ZLIB"), (b"", "ZLIB"), (b"abc", "LZ"), (zlib.compress(b"x" * 100000), "ZLIB")):
        yield "DecodeCompressed", {"bytes": texts(data, data)}, {"compression_type": kind}
    for dtype in NUMBERS + COMPLEXES + (np.int8, np.float16, np.bool_, np.object_, np.uint16):
        for shape in ((), (3,), (2, 1, 2), (0, 2)):
            yield "SerializeTensor", {"tensor": values_of(dtype, shape, "message")}, {}
    protos = [tf.make_tensor_proto(values_of(dtype, shape, "proto")).SerializeToString() for dtype, shape in
              itertools.product((np.float32, np.int64, np.object_), ((), (2, 3), (0,)))]
    for data, wanted in itertools.product(protos, (FLOAT, INT64, STRING)):
        yield "ParseTensor", {"serialized": np.array(data, object)}, {"out_type": wanted}
    yield "ParseTensor", {"serialized": texts(protos[0])}, {"out_type": FLOAT}


# --- sparse tensors as bytes -----------------------------------------------------------------------------------------


def sparse_bytes():
    for dtype in NUMBERS + (np.complex64, np.int8, np.float16, np.bool_, np.object_):
        x = {"sparse_indices": i64([0, 1], [0, 2], [3, 0], [3, 2]), "sparse_values": values_of(dtype, (4,), "bytes"),
             "sparse_shape": i64(5, 3)}
        yield "SerializeSparse", x, {}
        yield "SerializeManySparse", x, {}
        yield "SerializeManySparse", dict(x, sparse_indices=i64([0, 1, 1], [0, 2, 0], [1, 0, 0], [4, 2, 1]), sparse_shape=i64(5, 3, 2)), {}
        rows = run("SerializeManySparse", x)
        other = run("SerializeManySparse", dict(x, sparse_shape=i64(5, 9)))
        for op in ("DeserializeManySparse", "DeserializeSparse"):
            for given in (rows, rows[:1], np.concatenate([rows, other]), rows[:0]):
                yield op, {"serialized_sparse": given}, {"dtype": tf.as_dtype(dtype) if dtype is not np.object_ else STRING}
        yield "DeserializeSparse", {"serialized_sparse": rows[0]}, {"dtype": tf.as_dtype(dtype) if dtype is not np.object_ else STRING}
        yield "DeserializeSparse", {"serialized_sparse": np.stack([rows, other])}, {
            "dtype": tf.as_dtype(dtype) if dtype is not np.object_ else STRING}
    yield "DeserializeSparse", {"serialized_sparse": rows}, {"dtype": FLOAT}
    right = {"sparse_indices": i64([0, 1], [2, 0]), "sparse_values": i32([1, 2]), "sparse_shape": i64(3, 3)}
    for changed in ({"sparse_indices": i64([2, 1], [0, 0])}, {"sparse_indices": i64([0, 1], [5, 0])}, {"sparse_shape": i64(3)},
                    {"sparse_values": i32([1, 2, 3])}, {"sparse_indices": np.zeros((2, 1), np.int64), "sparse_shape": i64(3)},
                    {"sparse_indices": np.zeros((0, 2), np.int64), "sparse_values": i32([])}):
        for op in ("SerializeSparse", "SerializeManySparse"):
            yield op, dict(right, **changed), {}


def run(op, inputs):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        return session.run(getattr(tf.raw_ops, op)(**{name: tf.constant(value) for name, value in inputs.items()}, out_type=STRING))


FAMILIES = {"csv": csv_lines, "examples": examples, "sequences": sequences, "messages": messages, "sparse_bytes": sparse_bytes}
