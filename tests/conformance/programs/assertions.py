import tensorflow as tf

import numpy as np


def fed(shape=None, dtype=tf.float32, name=None):
    return tf.placeholder(dtype, shape, name=name)


def comparisons():
    """Every comparison, with texts and names of its own; what is known now; what is compared with itself."""
    x, y = fed([2], name="x"), fed([2], name="y")
    count, word = fed([None], tf.int32, "count"), fed([], tf.string, "word")
    checks = [
        tf.assert_equal(x, y), tf.assert_equal(x, x), tf.assert_equal(word, "a", name="words"),
        tf.assert_none_equal(x, [7.0, 7.0], message="never seven"), tf.assert_less(x, 3.0, summarize=5),
        tf.assert_less_equal(count, [5, 5], name="few"), tf.assert_greater(x, y - 1.0, data=[x, "and", count]),
        tf.assert_greater_equal(x, y), tf.assert_less(1, 2), tf.debugging.assert_equal([1.0, 2.0], [1.0, 2.0]),
    ]
    with tf.control_dependencies(checks):
        checked = tf.identity(x, name="checked")
    return {"steps": [{"fetch": [checked], "feed": {x: [1.0, 2.0], y: [1.0, 2.0], count: [3, 5], word: b"a"}}]}


def signs():
    x, n = fed([2], name="x"), fed([], tf.int64, "n")
    v = tf.Variable([1.0, 2.0], name="v")
    checks = [
        tf.assert_positive(x), tf.assert_negative(n, message="below"), tf.assert_non_negative(x, name="no_debt"),
        tf.assert_non_positive(n), tf.assert_positive(v), tf.assert_positive(x, data=["told", x], summarize=1),
        tf.debugging.assert_non_negative([0, 1]), tf.assert_non_positive(tf.constant(-1.0)),
    ]
    with tf.control_dependencies(checks):
        checked = tf.identity(n)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [checked], "feed": {x: [1.0, 2.0], n: -3}}]}


def nearness():
    x, y = fed([2], name="x"), fed([None, 2], tf.float64, name="y")
    half = tf.cast(x, tf.float16)
    checks = [tf.assert_near(x, x + 1e-8), tf.assert_near(y, 1.0, rtol=0.1, atol=[0.5, 0.2], message="far"),
              tf.assert_near(half, half, name="halves"), tf.assert_near(x, x, data=["x is", x], summarize=2)]
    with tf.control_dependencies(checks):
        checked = tf.identity(y)
    return {"steps": [{"fetch": [checked], "feed": {x: [1.0, 2.0], y: [[1.0, 1.0]]}}]}


def ranks():
    """Ranks that are known now, and those that a run finds out."""
    unknown, pair, rank = fed(name="unknown"), fed([None, 2], name="pair"), fed([], tf.int32, "rank")
    checks = [
        tf.assert_rank(unknown, 1), tf.assert_rank(pair, rank), tf.assert_rank(unknown, rank - 1, message="odd"),
        tf.assert_rank_at_least(unknown, 1, message="flat"), tf.assert_rank_at_least(pair, rank, data=["pair", pair]),
        tf.assert_rank_in(unknown, (1, 3)), tf.assert_rank_in(pair, [1, rank], summarize=1, name="some"),
        tf.assert_rank_in(unknown, [0, 1, 2]), tf.assert_rank(pair, 2, name="known"), tf.assert_rank_in(pair, (1, 2)),
        tf.assert_rank_at_least(pair, 1, data=["unused"]),
    ]
    with tf.control_dependencies(checks):
        checked = tf.identity(unknown)
    return {"steps": [{"fetch": [checked], "feed": {unknown: [1.0], pair: [[1.0, 2.0]], rank: 2}}]}


def order():
    x, numbers = fed(name="x"), fed([3], tf.int32, "numbers")
    answers = [tf.is_strictly_increasing(x), tf.is_non_decreasing(x, name="calm"), tf.is_strictly_increasing(numbers),
               tf.debugging.is_non_decreasing(np.array([[1, 2], [2, 3]], np.int64)), tf.math.is_non_decreasing([1.0])]
    return {"steps": [{"fetch": answers, "feed": {x: value, numbers: [1, 2, 2]}}
                      for value in ([], [5.0], [1.0, 1.0], [[1.0, 2.0], [3.0, 4.0]], [2.0, 1.0])]}


def numerics():
    """Checks of all float tensors that there are."""
    x, n = fed([2], name="x"), fed([], tf.int32, "n")
    y = tf.sqrt(x) * tf.cast(n, tf.float32)
    tf.split(tf.cast(x, tf.float64), 2)
    check = tf.add_check_numerics_ops()
    after = tf.identity(y)
    return {"steps": [{"fetch": [after], "run": [check], "feed": {x: [1.0, 4.0], n: 3}}]}


VARIANTS = {function.__name__: function for function in (comparisons, signs, nearness, ranks, order, numerics)}
