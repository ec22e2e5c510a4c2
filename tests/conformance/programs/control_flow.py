"""Conditionals: what branches read of the outside, what they give, one in another."""

import collections

import numpy as np

import tensorflow as tf


def fed(predicate, results, *values):
    """Runs of the results for each value of the predicate."""
    return [{"fetch": results, "feed": {predicate: value}} for value in (values or (True, False))]


def branches():
    p = tf.placeholder(tf.bool, [], name="p")
    x, y = tf.constant([1.0, 2.0], name="x"), tf.constant([3.0, 4.0], name="y")
    one = tf.cond(p, lambda: tf.add(x, y), lambda: tf.multiply(x, 2.0))
    two = tf.cond(p, lambda: (x, y), lambda: (y, x), name="swap")
    named = tf.cond(p, true_fn=lambda: tf.identity(x, name="kept"), false_fn=lambda: tf.zeros_like(y), name="outer/inner")
    values = tf.cond(p, lambda: 1, lambda: 2)
    lists = tf.cond(p, lambda: [x], lambda: [y + 1.0])
    strict = tf.cond(p, lambda: [x], lambda: [y], strict=True)
    return {"steps": fed(p, [one, two[0], two[1], named, values, lists, strict[0]]),
            "facts": {"one": one, "two": two, "strict": strict, "lists": lists, "values": values}}


def structures():
    Pair = collections.namedtuple("Pair", ["first", "second"])
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    pair = tf.cond(p, lambda: Pair(x, [x + 1.0, {"a": 1, "b": x}]), lambda: Pair(x * 2.0, [x, {"a": 2, "b": -x}]))
    shapes = tf.cond(p, lambda: tf.zeros([2, 3]), lambda: tf.zeros([4, 3]))
    ranks = tf.cond(p, lambda: tf.zeros([2]), lambda: tf.zeros([2, 3]))
    feed = {x: np.ones([1, 2], np.float32)}
    fetch = [pair.first, pair.second[0], pair.second[1]["a"], pair.second[1]["b"], shapes, ranks]
    return {"steps": [{"fetch": fetch, "feed": dict(feed, **{"p:0": value})} for value in (True, False)],
            "facts": {"pair": pair, "shapes": shapes.shape, "ranks": ranks.shape}}


def constants_and_controls():
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.constant(3, name="x")
    before = tf.no_op(name="before")

    def in_true():
        a = tf.constant(1, name="a")
        with tf.control_dependencies([a]):
            b = tf.constant(2, name="b")
        with tf.control_dependencies([before]):
            c = tf.constant(4, name="c")
            d = tf.add(x, 1, name="d")
        with tf.control_dependencies([before, b]):
            e = tf.no_op(name="e")
        with tf.control_dependencies(None):
            free = tf.constant(5, name="free")
        with tf.control_dependencies([e]):
            return [tf.add_n([a, b, c, d, free], name="sum")]

    with tf.control_dependencies([before]):
        result = tf.cond(p, in_true, lambda: [tf.fill([], 7)])
    with tf.name_scope("block"):
        with tf.device("/cpu:0"):
            placed = tf.cond(p, lambda: tf.square(x), lambda: x)
    with tf.colocate_with(x):
        beside = tf.cond(p, lambda: tf.negative(x, name="minus"), lambda: tf.square(x))
    return {"steps": fed(p, [result, placed, beside])}


def variables():
    p = tf.placeholder(tf.bool, [], name="p")
    v = tf.Variable(1.0, name="v")
    w = tf.Variable([2.0, 3.0], name="w")
    assigned = tf.cond(p, lambda: tf.assign(v, 5.0), lambda: tf.assign_add(v, tf.reduce_sum(w)), name="assign")
    operations = tf.cond(p, lambda: tf.group(v.assign(7.0)), lambda: tf.no_op(name="nothing"), name="operations")
    mixed = tf.cond(p, lambda: (v.assign_sub(1.0).op, v), lambda: (tf.no_op(), w[0]), name="mixed")
    read = tf.cond(p, lambda: v, lambda: w[1], name="read")

    def make():
        made = tf.get_variable("made", [2], initializer=tf.ones_initializer())
        other = tf.Variable(lambda: 4.0, name="other")
        return made * other

    inside = tf.cond(p, make, lambda: w, name="inside")
    flag = tf.Variable(True, name="flag", trainable=False)
    by_variable = tf.cond(flag, lambda: v + 1.0, lambda: v - 1.0, name="by_variable")
    init = tf.global_variables_initializer()
    steps = [{"run": [init]}]
    for value in (True, False):
        for fetch in (assigned, operations, mixed[0], mixed[1], read, inside, by_variable, v):
            steps.append({"fetch": [fetch], "feed": {p: value}})
    return {"steps": steps, "facts": {"assigned": assigned, "operations": operations, "mixed": mixed, "read": read}}


def nested():
    p, q = tf.placeholder(tf.bool, [], name="p"), tf.placeholder(tf.bool, [], name="q")
    x = tf.constant(2.0, name="x")
    v = tf.Variable(3.0, name="v")

    def inner(scale):
        return tf.cond(q, lambda: x * scale, lambda: v + x)

    def with_local():
        local = tf.square(x, name="local")
        both = tf.cond(q, lambda: (local, local + x), lambda: (x, local))
        return both[0] - both[1]

    first = tf.cond(p, lambda: inner(2.0), lambda: inner(3.0))
    second = tf.cond(p, with_local, lambda: x)
    third = tf.cond(p, lambda: tf.cond(q, lambda: x, lambda: v), lambda: tf.cond(q, lambda: v.read_value(), lambda: x))
    computed = tf.cond(tf.less(x, v), lambda: tf.cond(tf.greater(x, 0.0), lambda: v, lambda: x), lambda: x)
    return {"steps": [{"run": [tf.global_variables_initializer()]}] +
                     [{"fetch": [first, second, third, computed], "feed": {p: a, q: b}}
                      for a in (True, False) for b in (True, False)]}


def cases():
    x = tf.placeholder(tf.int32, [], name="x")
    pairs = [(tf.less(x, 0), lambda: tf.constant("negative")), (tf.equal(x, 0), lambda: tf.constant("zero")),
             (tf.less(x, 10), lambda: tf.constant("small"))]
    first = tf.case(pairs, default=lambda: tf.constant("large"))
    exclusive = tf.case(pairs[:2], default=lambda: tf.constant("positive"), exclusive=True, name="exclusive")
    two = tf.case([(tf.less(x, 0), lambda: (x, -x)), (tf.greater_equal(x, 0), lambda: (x, x))])
    ordered = tf.case(collections.OrderedDict(pairs[:2]), default=lambda: tf.constant("other"), name="ordered")
    single = tf.case([(tf.less(x, 100), lambda: x + 1)], name="single")
    steps = [{"fetch": [first, exclusive, two[0], two[1], ordered, single], "feed": {x: value}}
             for value in (-3, 0, 5, 50)]
    return {"steps": steps}


def assertions():
    x = tf.placeholder(tf.float32, [None], name="x")
    check = tf.Assert(tf.reduce_all(x > 0.0), [x], name="positive")
    with tf.control_dependencies([check, tf.Assert(tf.size(x) < 4, ["long", tf.size(x), x], summarize=5)]):
        y = tf.sqrt(x)
    return {"steps": [{"fetch": [y], "feed": {x: [1.0, 4.0]}}], "facts": {"check": check}}


def imported():
    with tf.Graph().as_default() as graph:
        a = tf.placeholder(tf.float32, [], name="a")
        tf.add(tf.square(a, name="square"), tf.constant(1.0, name="one"), name="sum")
        tf.while_loop(lambda i: i < a, lambda i: i * 2.0, [tf.constant(1.0)])
    definition = graph.as_graph_def()
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.constant(5.0, name="x")
    result = tf.cond(p, lambda: tf.import_graph_def(definition, {"a": x}, ["sum:0", "while/Exit:0"]),
                     lambda: [x, x])
    return {"steps": fed(p, list(result))}


VARIANTS = {function.__name__: function for function in (
    branches, structures, constants_and_controls, variables, nested, cases, assertions, imported)}
