"""Parsing: CSV lines, Example and SequenceExample messages, bytes, tensors."""

import tensorflow as tf

import numpy as np


def feature(values):
    values = list(values)
    if values and isinstance(values[0], bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    if values and isinstance(values[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def example(**features):
    made = tf.train.Features(feature={name: feature(values) for name, values in features.items()})
    return tf.train.Example(features=made).SerializeToString()


# Messages as constants: the order of a map's entries in bytes is the library's own.
def examples():
    return [example(a=[1.5, 2.5]) + example(b=[7]) + example(c=[b"x", b"yy"]), example(a=[3.5, -1.0]) + example(b=[-2]),
            example(a=[0.0, 9.25]) + example(b=[4]) + example(d=[1, 2, 3]) + example(c=[b""])]


def batch():
    """parse_example: dense, sparse, lists of any length, defaults."""
    features = {"a": tf.FixedLenFeature([2], tf.float32), "b": tf.FixedLenFeature((), tf.int64, default_value=3),
                "c": tf.VarLenFeature(tf.string), "d": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
                "e/f g": tf.FixedLenFeature([2], tf.string, default_value=["p", "q"]),
                "h": tf.io.FixedLenFeature([], tf.float32, default_value=tf.constant(2.5)),
                "i": tf.io.FixedLenSequenceFeature([2], tf.float32, allow_missing=True, default_value=0.5)}
    parsed = tf.parse_example(examples(), features)
    serialized = tf.placeholder(tf.string, [None])
    again = tf.io.parse_example(serialized, {"a": features["a"], "c": features["c"]}, name="again",
                                example_names=tf.placeholder_with_default(["one", "two", "three"], [None]))
    keys = sorted(parsed)
    return {"steps": [{"fetch": [parsed[key] for key in keys if key != "c"] + list(parts(parsed["c"]))},
                      {"fetch": [again["a"]] + list(parts(again["c"])), "feed": {serialized: examples()}}],
            "facts": {"keys": keys, "shapes": [str(parsed[key].shape) for key in keys], "sparse": str(parsed["c"].get_shape()),
                      "fields": [features["a"].shape, features["a"].default_value, features["c"].dtype.name,
                                 features["d"].allow_missing]}}


def parts(sparse):
    return sparse.indices, sparse.values, sparse.dense_shape


def single():
    """parse_single_example, and the older form with a name, which goes through a batch."""
    one = examples()[0]
    features = {"a": tf.FixedLenFeature([2], tf.float32), "c": tf.VarLenFeature(tf.string),
                "d": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True, default_value=-1),
                "n": tf.FixedLenFeature([1, 2], tf.int64, default_value=[[5, 6]])}
    parsed = tf.parse_single_example(one, features)
    named = tf.io.parse_single_example(one, features, name="named", example_names="the one")
    unknown = tf.placeholder(tf.string)
    checked = tf.parse_single_example(unknown, {"a": features["a"]}, example_names=tf.placeholder_with_default("x", None))
    fetches = [made[key] for made in (parsed, named) for key in ("a", "d", "n")]
    return {"steps": [{"fetch": fetches + list(parts(parsed["c"])) + list(parts(named["c"]))},
                      {"fetch": [checked["a"]], "feed": {unknown: np.array(one, object)}}],
            "facts": {"shapes": [str(x.shape) for x in fetches]}}


def sparse():
    """SparseFeature: indices and values of several keys."""
    messages = [example(ix=[3, 0]) + example(iy=[1, 2]) + example(v=[0.5, -1.0]),
                example(ix=[1]) + example(iy=[1]) + example(v=[2.0])]
    features = {"s": tf.SparseFeature("ix", "v", tf.float32, 5), "t": tf.SparseFeature(["ix", "iy"], "v", tf.float32, [5, 3]),
                "u": tf.io.SparseFeature(index_key="iy", value_key="v", dtype=tf.float32, size=3, already_sorted=True)}
    parsed = tf.parse_example(messages, features)
    one = tf.parse_single_example(messages[0], features)
    fetches = [part for made in (parsed, one) for key in sorted(made) for part in parts(made[key])]
    return {"steps": [{"fetch": fetches}], "facts": {"keys": sorted(parsed), "field": features["s"].already_sorted}}


def merged():
    """sparse_merge and sparse_to_indicator."""
    ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], tf.constant([3, 1, 0], tf.int64), [2, 2])
    values = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [0.5, 1.5, 2.5], [2, 2])
    small = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [3, 1, 0], [2, 2])
    results = [tf.sparse_merge(ids, values, 4), tf.sparse.merge([ids, small], values, [4, 5], name="two"),
               tf.sparse_merge(small, values, 4, already_sorted=True)]
    indicators = [tf.sparse_to_indicator(ids, 4), tf.sparse.to_indicator(small, 5, name="there")]
    return {"steps": [{"fetch": [part for x in results for part in parts(x)] + indicators}]}


def sequences():
    """SequenceExamples: one, and a batch of them."""
    def sequence(context, **lists):
        made = {name: tf.train.FeatureList(feature=[feature(step) for step in steps]) for name, steps in lists.items()}
        return tf.train.SequenceExample(context=tf.train.Features(feature={"n": feature(context)}),
                                        feature_lists=tf.train.FeatureLists(feature_list=made)).SerializeToString()

    one, two = sequence([3], x=[[1.0, 2.0], [3.0, 4.0]]), sequence([5], t=[[b"p"], [b"q", b"r"]])
    context = {"n": tf.FixedLenFeature([], tf.int64), "w": tf.VarLenFeature(tf.string),
               "m": tf.FixedLenFeature([2], tf.float32, default_value=[1.0, 2.0])}
    lists = {"x": tf.FixedLenSequenceFeature([2], tf.float32, allow_missing=True), "t": tf.VarLenFeature(tf.string)}
    fetches = []
    for made in (tf.parse_single_sequence_example(one, context, lists),
                 tf.io.parse_single_sequence_example(two, context, lists, example_name="two", name="named"),
                 tf.io.parse_sequence_example([one, two], context, lists),
                 tf.io.parse_sequence_example([two, one], context, lists, example_names=["two", "one"], name="both")):
        fetches += [made[0]["n"], made[0]["m"], made[1]["x"]] + list(parts(made[0]["w"])) + list(parts(made[1]["t"]))
        fetches += list(made[2].values()) if len(made) > 2 else []
    return {"steps": [{"fetch": fetches}], "facts": {"shapes": [str(x.shape) for x in fetches]}}


def lines():
    """decode_csv."""
    row = tf.decode_csv("1. , 2. , 0", record_defaults=[[-1.], [-1.], [-1]])
    empty = tf.decode_csv(["7. ,, 0", ",5,"], record_defaults=[[-1.], [-1.], [-1]])
    typed = tf.io.decode_csv(['a,"b ""c""",3', ",NA,4"], [["none"], tf.constant(["x"]), tf.constant([], tf.int64)],
                             field_delim=",", na_value="NA", name="typed")
    chosen = tf.decode_csv(["1;2;3"], [[0.5], 7], field_delim=";", use_quote_delim=False, select_cols=[0, 2])
    return {"steps": [{"fetch": row + empty + typed + chosen}], "facts": {"shapes": [str(x.shape) for x in row + empty]}}


def tensors():
    """Tensors and JSON as bytes."""
    x = tf.constant([[1.5, 2.0]], name="x")
    serialized = tf.serialize_tensor(x)
    json = tf.decode_json_example('{"features": {"feature": {"a": {"int64List": {"value": ["1", 2]}}}}}')
    sparse = tf.SparseTensor([[0, 1], [2, 0]], [5, 6], [3, 4])
    rows = tf.serialize_many_sparse(sparse)
    back = tf.deserialize_many_sparse(rows, tf.int32, rank=2)
    fetches = [serialized, tf.parse_tensor(serialized, tf.float32), tf.io.serialize_tensor(["p", "q"], name="strings"), json,
               tf.parse_single_example(json, {"a": tf.FixedLenFeature([2], tf.int64)})["a"], tf.decode_compressed(["abc"]),
               tf.serialize_sparse(sparse), rows, tf.io.serialize_sparse(sparse, name="named")] + list(parts(back))
    return {"steps": [{"fetch": fetches}], "facts": {"shapes": [str(back.get_shape())]}}


VARIANTS = {"batch": batch, "single": single, "sparse": sparse, "merged": merged, "sequences": sequences, "lines": lines,
            "tensors": tensors}
