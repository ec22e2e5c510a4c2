import tensorflow as tf

import collections

import numpy as np


def structures():
    x = tf.constant([1.0, 2.0], name="x")
    y = tf.constant(3, name="y")
    op = tf.no_op(name="op")
    pair = collections.namedtuple("Pair", ["left", "right"])
    ordered = collections.OrderedDict([("b", y), ("a", x)])
    facts = {}
    with tf.Session() as sess:
        for name, fetch in {
                "tensor": x, "operation": op, "list": [x, y], "tuple": (x, y), "empty list": [], "empty tuple": (),
                "empty dict": {}, "dict": {"x": x, "y": y}, "named": pair(x, [y, op]), "ordered": ordered,
                "nested": [x, [y, (op, {"k": [x]})]], "names": ["x:0", "y:0", "op"], "same twice": [x, x],
                "one in list": [y], "name": "x:0"}.items():
            facts[name] = sess.run(fetch)
    return {"steps": [], "facts": facts}


def types():
    """What numbers, strings and arrays come out as."""
    fetches = {
        "float": tf.constant(1.5), "double": tf.constant(1.5, tf.float64), "half": tf.constant(1.5, tf.float16),
        "int": tf.constant(1), "long": tf.constant(1, tf.int64), "byte": tf.constant(1, tf.uint8),
        "bool": tf.constant(True), "string": tf.constant("text"), "bytes": tf.constant(b"\xff"),
        "complex": tf.constant(1 + 2j), "vector": tf.constant([1, 2]), "strings": tf.constant(["a", "bc"]),
        "matrix of strings": tf.constant([["a"], [""]]), "empty": tf.constant([], tf.int32),
        "empty matrix": tf.zeros([0, 3]), "bools": tf.constant([True, False]), "no strings": tf.constant([], tf.string),
    }
    facts = {}
    with tf.Session() as sess:
        values = sess.run(fetches)
        for name, value in values.items():
            facts[name] = value
        owned = values["vector"]
        owned[0] = 7
        facts["writable and independent"] = [owned, sess.run(fetches["vector"])]
        facts["contiguous"] = sess.run(tf.transpose([[1, 2], [3, 4]])).flags.c_contiguous
    return {"steps": [], "facts": facts}


def special_items():
    """Variables, IndexedSlices, SparseTensors and gradients as fetches."""
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="v")
    slices = tf.IndexedSlices(tf.constant([[1.0, 1.0]]), tf.constant([1]), tf.constant([2, 2]))
    bare = tf.IndexedSlices(tf.constant([[1.0, 1.0]]), tf.constant([0]))
    sparse = tf.SparseTensor([[0, 1]], [5.0], [2, 2])
    hole = tf.sparse_placeholder(tf.float32, name="hole")
    gradient = tf.gradients(tf.gather(v, [0]), [v])[0]
    facts = {"slices": str(slices.dense_shape), "sparse": str(sparse.get_shape()), "gradient": type(gradient)}
    with tf.Session() as sess:
        sess.run(v.initializer)
        facts["variable"] = sess.run(v)
        facts["variables"] = sess.run([v, {"v": v}])
        facts["indexed slices"] = sess.run(slices)
        facts["without shape"] = sess.run(bare)
        facts["sparse value"] = sess.run(sparse)
        facts["gradient value"] = sess.run(gradient)
        facts["fed sparse"] = sess.run(hole, {hole: tf.SparseTensorValue([[1, 1]], [9.0], [2, 2])})
        other = sess.run(slices)._replace(values=np.array([[2.0, 2.0]], np.float32))
        facts["fed slices"] = sess.run(slices, {slices: other})
        facts["in list"] = sess.run([sparse, [bare]])
    return {"steps": [], "facts": facts}


def refused():
    """Which fetches are refused, and with what."""
    x = tf.constant(1.0, name="x")
    facts = {}
    with tf.Session() as sess:
        for name, fetch in {"None": None, "None in list": [x, None], "number": 3, "float": 1.0, "array": np.ones(2),
                            "no such name": "y:0", "no such output": "x:1", "dtype": tf.float32}.items():
            try:
                sess.run(fetch)
            except Exception as error:  # its class is the fact
                facts[name] = type(error)
    return {"steps": [], "facts": facts}


def evaluated():
    """eval and run of several kinds of objects."""
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    y = x + 5
    v = tf.Variable([1.0, 2.0], name="v")
    facts = {}
    with tf.Session() as sess:
        v.initializer.run()
        facts["one row"] = y.eval(feed_dict={x: [[1, 2, 3]]})
        facts["two rows"] = y.eval({x: [[4, 5, 6], [7, 8, 9]]})
        facts["variable"] = v.eval()
        facts["in session"] = v.eval(sess)
        facts["value"] = v.value().eval()
        facts["initial value"] = v.initial_value.eval()
        facts["gradients"] = sess.run([y, tf.gradients(y, [x])], {x: np.zeros((1, 3))})
        v.load([8.0, 9.0], sess)
        facts["loaded"] = sess.run(v)
    return {"steps": [], "facts": facts}


VARIANTS = {
    "structures": structures,
    "types": types,
    "special_items": special_items,
    "refused": refused,
    "evaluated": evaluated,
}
