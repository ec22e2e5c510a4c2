import tensorflow as tf

import collections

import numpy as np


def fed(tensor, feeds, fetch=None):
    with tf.Session() as sess:
        return [sess.run(tensor if fetch is None else fetch, {tensor: value}) for value in feeds]


def conversions():
    """Lists, arrays of other dtypes and layouts, NumPy and Python scalars."""
    x = tf.placeholder(tf.float32, name="x")
    y = tf.add(x, 0.5, name="y")
    strided = np.arange(12, dtype=np.float32).reshape(3, 4)[::2, ::-2]
    values = [1, 1.5, True, [1, 2], [[1], [2.5]], (1.0, 2.0), np.float64(2.5), np.int8(3), np.array([1, 2]),
              np.array([[1.0, 2.0]], np.float64), np.float16(1.5), strided, np.asfortranarray(strided.copy()),
              np.zeros((0, 3)), np.array(7), [np.float32(1), 2], [np.array([1.0]), [2.0]], range(3)]
    return {"steps": [], "facts": {"%02d" % i: value for i, value in enumerate(fed(x, values, y))}}


def integers():
    i = tf.placeholder(tf.int32, name="i")
    l = tf.placeholder(tf.int64, name="l")
    u = tf.placeholder(tf.uint8, name="u")
    b = tf.placeholder(tf.bool, name="b")
    labels = np.array([3, 250], np.uint8)
    facts = {
        "int32": fed(i, [1, [2, 3], np.int64(4), np.array([5], np.int64), np.uint8(6), True, np.array([1.9, -1.9])],
                     tf.identity(i)),
        "int64": fed(l, [2 ** 40, labels, [1, 2]], l + 1),
        "uint8": fed(u, [255, [0, 1]], tf.identity(u)),
        "bool": fed(b, [True, [0, 1], np.array([2, 0]), np.bool_(False)], tf.logical_not(b)),
    }
    return {"steps": [], "facts": facts}


def strings():
    s = tf.placeholder(tf.string, name="s")
    joined = tf.string_join([s, "!"])
    values = ["a", b"bytes", ["a", b"b"], np.array(["x", "yy"]), np.array([b"x", b"yy"], object), [["caf\u00e9"]],
              np.array(["u", "v"], object), np.array([], object), "", np.str_("n"), b"with\x00zero"]
    return {"steps": [], "facts": {"%02d" % i: value for i, value in enumerate(fed(s, values, joined))}}


def any_tensor():
    """Constants, sums, variables, several outputs of one op; the fed op and what only it needs do not run."""
    p = tf.placeholder(tf.float32, name="p")
    c = tf.constant([1.0, 2.0], name="c")
    total = tf.reduce_sum(c, name="total")
    fails = tf.check_numerics(p, "not reached", name="fails")
    v = tf.Variable(5.0, name="v")
    halves = tf.split([1.0, 2.0, 3.0, 4.0], 2, name="halves")
    out = total + fails + v
    facts = {}
    with tf.Session() as sess:
        facts["constant"] = sess.run(total, {c: [10.0, 20.0]})
        facts["inner"] = sess.run(out, {total: 100.0, fails: 1.0, v: 1000.0})
        facts["output"] = sess.run(halves, {halves[1]: [9.0, 9.0]})
        facts["by name"] = sess.run("total:0", feed_dict={"c:0": [4.0, 4.0]})
        facts["fed and fetched"] = sess.run([c, total], {c: [7.0, 8.0]})
        facts["shape checked by"] = c.shape.as_list()
        facts["variable itself"] = sess.run(v, {v: 3.0})
        facts["value of variable"] = sess.run(v + 1.0, {v.value(): 4.0})
    return {"steps": [], "facts": facts}


def structures():
    a = tf.placeholder(tf.float32, name="a")
    b = tf.placeholder(tf.int32, (2,), name="b")
    pair = collections.namedtuple("Pair", ["a", "b"])
    facts = {}
    with tf.Session() as sess:
        facts["tuple"] = sess.run([a, b], {(a, b): (1.5, np.array([1, 2]))})
        facts["named"] = sess.run([a, b], {pair(a, b): pair(2.5, np.array([3, 4]))})
        facts["keyword"] = sess.run(fetches=a, feed_dict={a: 3.0})
        facts["empty dict"] = sess.run(tf.constant(1), {})
        facts["feedable"] = [sess.graph.is_feedable(a), sess.graph.is_fetchable(a)]
    return {"steps": [], "facts": facts}


def defaults():
    x = tf.placeholder_with_default([[1.0, 2.0]], (None, 2), name="x")
    y = tf.placeholder_with_default(tf.constant(2), (), name="y")
    z = tf.multiply(x, tf.cast(y, tf.float32), name="z")
    return {"steps": [{"fetch": [z]}, {"fetch": [z], "feed": {x: [[3.0, 4.0], [5.0, 6.0]]}},
                      {"fetch": [z, y], "feed": {y: 10}}],
            "facts": {"x": x, "y": y, "z": z}}


def forms():
    """The forms in which the book and others write placeholders."""
    facts = {}
    made = [tf.placeholder(tf.float32, shape=(None, 3)), tf.placeholder(tf.int64, shape=(None), name="y"),
            tf.placeholder(shape=(), dtype=tf.float32), tf.placeholder("float"), tf.placeholder("int32", [2, None]),
            tf.placeholder(tf.string, [None]), tf.placeholder(tf.float64, tf.TensorShape([1, None])),
            tf.placeholder(np.float32, 3), tf.placeholder(tf.as_dtype("bool")), tf.placeholder(float, name="python"),
            tf.placeholder(tf.complex64, []), tf.sparse_placeholder(tf.float32, name="sparse").values]
    for i, tensor in enumerate(made):
        facts["%02d" % i] = tensor
    unfed = tf.constant(1.0) + 1.0
    with tf.Session() as sess:
        facts["not needed, not fed"] = sess.run(unfed)
        facts["unknown rank"] = [sess.run(made[1] + 1, {made[1]: value}) for value in ([1], [[2, 3]], 4)]
    return {"steps": [], "facts": facts}


def kept_feeds():
    """What is fed and kept, in a variable or in Python, does not change with the caller's array."""
    x = tf.placeholder(tf.float32, (3,), name="x")
    v = tf.Variable([0.0, 0.0, 0.0], name="v")
    keep = tf.assign(v, x)
    array = np.array([1.0, 2.0, 3.0], np.float32)
    facts = {}
    with tf.Session() as sess:
        sess.run(v.initializer)
        fetched, _ = sess.run([x, keep], {x: array})
        array[:] = -1.0
        facts["kept"] = sess.run(v)
        facts["fetched"] = fetched
        value = sess.run(v)
        sess.run(v.assign_add([1.0, 1.0, 1.0]))
        facts["fetched before"] = value
    return {"steps": [], "facts": facts}


VARIANTS = {
    "conversions": conversions,
    "integers": integers,
    "strings": strings,
    "any_tensor": any_tensor,
    "structures": structures,
    "defaults": defaults,
    "forms": forms,
    "kept_feeds": kept_feeds,
}
