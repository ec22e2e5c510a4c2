import tensorflow as tf

import numpy as np

ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def maps():
    """One tensor, another dtype, several tensors, structures; sizes that only a run knows."""
    x = tf.constant(ROWS, name="x")
    numbers = tf.placeholder(tf.int32, (None,), name="numbers")
    unknown = tf.placeholder(tf.float32, name="unknown")
    outputs = {
        "square": tf.map_fn(tf.square, x),
        "sums": tf.map_fn(lambda row: tf.reduce_sum(row), x, name="sums"),
        "count": tf.map_fn(lambda row: tf.size(row), x, dtype=tf.int32),
        "fed": tf.map_fn(lambda n: n * 2 + 1, numbers, parallel_iterations=3),
        "unknown": tf.map_fn(lambda row: row + 1.0, unknown, infer_shape=False, swap_memory=True),
        "list": tf.map_fn(lambda n: n, np.array([1, 2, 3], np.int32)),
        "text": tf.map_fn(lambda word: tf.strings.join([word, "!"]), tf.constant(["a", "b"])),
        "constant": tf.map_fn(lambda n: 7, numbers),
        "ragged": tf.map_fn(lambda n: tf.reduce_sum(tf.range(n)), numbers, back_prop=False),
    }
    first, second = tf.map_fn(lambda pair: (pair[0] + 1.0, pair[1] * 2), (x, np.array([1, 2, 3], np.int32)), dtype=(tf.float32, tf.int32))
    both = tf.map_fn(lambda named: {"sum": named["a"] + named["b"][0], "b": named["b"]}, {"a": x, "b": [2.0 * x]},
                     dtype={"sum": tf.float32, "b": [tf.float32]})
    one = tf.map_fn(lambda row: [row, row[0]], x, dtype=[tf.float32, tf.float32])
    joined = tf.map_fn(lambda pair: pair[0] - pair[1], (x, 2.0 * x), dtype=tf.float32)
    fetches = [outputs[key] for key in sorted(outputs)] + [first, second, both["sum"], both["b"][0], joined] + one
    feed = {numbers: [4, 0, 3], unknown: ROWS}
    return {"steps": [{"fetch": fetches, "feed": feed}],
            "facts": {key: outputs[key].shape for key in outputs}}


def folds():
    x = tf.constant(ROWS, name="x")
    fed = tf.placeholder(tf.float32, (None, 2), name="fed")
    fetches = [
        tf.foldl(lambda a, row: a * 2.0 + row, x),
        tf.foldl(lambda a, row: a + tf.reduce_sum(row), x, initializer=1.0),
        tf.foldl(lambda a, row: a - row, fed, parallel_iterations=2, back_prop=False, swap_memory=True, name="down"),
        tf.foldr(lambda a, row: a * 2.0 + row, x),
        tf.foldr(lambda a, row: a + tf.reduce_sum(row), x, initializer=tf.constant(1.0, name="start")),
        tf.foldr(lambda a, row: a - row, fed, name="up"),
        tf.foldl(lambda a, pair: a + pair[0] * pair[1], (x, 2.0 * x), initializer=tf.zeros([2])),
        tf.foldr(lambda a, pair: a + pair["u"] * pair["v"], {"u": x, "v": 2.0 * x}, initializer=tf.constant([0.0, 0.0])),
    ]
    total, count = tf.foldl(lambda a, row: (a[0] + row, a[1] + 1), x, initializer=(tf.zeros([2]), 0))
    last, other = tf.foldl(lambda a, pair: (a[0] + pair[1], a[1] + pair[0]), (x, 3.0 * x))
    back, number = tf.foldr(lambda a, row: [a[0] - row, a[1] + 1], x, initializer=[tf.ones([2]), 5])
    fetches += [total, count, last, other, back, number]
    return {"steps": [{"fetch": fetches, "feed": {fed: ROWS}}], "facts": {"fed": fetches[2].shape, "up": fetches[5].shape}}


def scans():
    x = tf.constant(ROWS, name="x")
    fed = tf.placeholder(tf.float32, (None, 2), name="fed")
    outputs = {
        "sums": tf.scan(lambda a, row: a + row, x),
        "total": tf.scan(lambda a, row: a + tf.reduce_sum(row), x, initializer=0.0),
        "reverse": tf.scan(lambda a, row: a + row, x, reverse=True),
        "reverse_from": tf.scan(lambda a, row: a - row, x, initializer=tf.ones([2]), reverse=True, name="back"),
        "fed": tf.scan(lambda a, row: a * row, fed, parallel_iterations=2, back_prop=False, swap_memory=True),
        "loose": tf.scan(lambda a, row: a * row, fed, infer_shape=False),
        "backwards_fed": tf.scan(lambda a, pair: (a[0] + pair[0], a[1] * pair[1]), (fed, fed), reverse=True)[1],
        "backwards_from": tf.scan(lambda a, row: a + row, fed, initializer=tf.zeros([2]), reverse=True),
        "list": tf.scan(lambda a, n: a * n, np.array([1, 2, 3, 4], np.int32)),
    }
    fibonacci, ones = tf.scan(lambda a, _: (a[1], a[0] + a[1]), tf.range(6), initializer=(0, 1))
    first, second = tf.scan(lambda a, pair: (a[0] + pair[1], a[1] + pair[0]), (x, 3.0 * x))
    named = tf.scan(lambda a, pair: {"m": a["m"] + pair[0], "n": a["n"] * pair[1]}, (x, np.array([1, 2, 3], np.float32)),
                    initializer={"m": tf.zeros([2]), "n": 1.0})
    fetches = [outputs[key] for key in sorted(outputs)] + [fibonacci, ones, first, second, named["m"], named["n"]]
    return {"steps": [{"fetch": fetches, "feed": {fed: ROWS}}],
            "facts": {key: outputs[key].shape for key in outputs}}


def variables():
    """Variables that a function makes are made once, outside of the loop; after it scopes are as before."""
    x = tf.constant(ROWS, name="x")

    def layer(row):
        w = tf.get_variable("w", [2], initializer=tf.constant_initializer(0.5))
        return row * w

    with tf.variable_scope("mapped"):
        y = tf.map_fn(layer, x)
    with tf.variable_scope("folded"):
        z = tf.foldl(lambda a, row: a + layer(row), x, initializer=tf.zeros([2]))
    with tf.variable_scope("folded", reuse=True):
        again = tf.foldr(lambda a, row: a + layer(row), x, initializer=tf.zeros([2]))
    with tf.variable_scope("scanned"):
        s = tf.scan(lambda a, row: a + layer(row), x, initializer=tf.zeros([2]))
        after = tf.get_variable("after", initializer=1.0)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [y, z, again, s, after]}]}


def nested():
    """A map in a map, in a branch, in a loop; arrays and names inside."""
    x = tf.constant(ROWS, name="x")
    table = tf.map_fn(lambda row: tf.map_fn(lambda item: item * item, row), x)
    p = tf.placeholder(tf.bool, (), name="p")
    chosen = tf.cond(p, lambda: tf.map_fn(tf.negative, x), lambda: tf.scan(lambda a, row: a + row, x))

    def row_of(row):
        array = tf.TensorArray(tf.float32, 2).unstack(row)
        return array.read(0) - array.read(1)

    inside = tf.map_fn(row_of, x)
    _, looped = tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, tf.map_fn(lambda row: row * 2.0, a)), (0, x))
    return {"steps": [{"fetch": [table, chosen, inside, looped], "feed": {p: True}}, {"fetch": [chosen], "feed": {p: False}}]}


def empty():
    """No elements at all."""
    nothing = tf.zeros([0, 2])
    fed = tf.placeholder(tf.float32, (None, 2), name="fed")
    fetches = [tf.foldl(lambda a, row: a + row, nothing, initializer=np.array([1, 2], np.float32)),
               tf.foldr(lambda a, row: a + row, fed, initializer=np.array([1, 2], np.float32)),
               tf.scan(lambda a, row: a + row, fed, initializer=tf.constant([1.0, 2.0]))]
    return {"steps": [{"fetch": fetches, "feed": {fed: np.zeros([0, 2])}}]}


def gradients():
    x = tf.constant(ROWS, name="x")
    w = tf.constant([0.5, -1.0], name="w")
    fetches = []
    fetches += tf.gradients(tf.map_fn(lambda row: row * row * w, x), [x, w])
    fetches += tf.gradients(tf.foldl(lambda a, row: a * row, x), x)
    fetches += tf.gradients(tf.foldr(lambda a, row: a * w + row, x, initializer=w), [x, w])
    fetches += tf.gradients(tf.scan(lambda a, row: a * row, x), x)
    fetches += tf.gradients(tf.scan(lambda a, row: tf.tanh(a * w + row), x, initializer=w, reverse=True), [x, w])
    return {"steps": [{"fetch": fetches}]}


VARIANTS = {function.__name__: function for function in (maps, folds, scans, variables, nested, empty, gradients)}
