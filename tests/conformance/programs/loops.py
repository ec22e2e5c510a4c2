"""Loops: variables, invariants, values of the outside, loops and conditionals in one another."""

import collections

import numpy as np

import tensorflow as tf


def plain():
    i = tf.constant(0, name="i")
    one = tf.while_loop(lambda i: tf.less(i, 10), lambda i: tf.add(i, 1), [i])
    two = tf.while_loop(lambda i, x: i < 5, lambda i, x: (i + 1, x * 2.0), [0, 1.0], name="double")
    same = tf.while_loop(lambda i: i < 3, lambda i: [i + 1], [i], return_same_structure=True)
    never = tf.while_loop(lambda i, x: False, lambda i, x: [i, x], (i, tf.ones([2])), parallel_iterations=1)
    listed = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [i], back_prop=False, swap_memory=True)
    return {"steps": [{"fetch": [one, two[0], two[1], same[0], never[0], never[1], listed]}],
            "facts": {"one": one, "two": two, "same": same, "never": never, "listed": listed}}


def outside():
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.Variable([[1.0, 0.5], [0.25, 2.0]], name="w")
    v = tf.Variable(0.0, name="v")
    before = tf.no_op(name="before")

    def body(i, y):
        step = tf.constant(1, name="step")
        with tf.control_dependencies([before, y]):
            scale = tf.constant(0.5, name="scale")
            bias = tf.identity(v, name="bias")
        both = tf.matmul(y, w) * scale + bias + tf.reduce_sum(x)
        free = tf.add(n, n, name="free")
        return i + step, both + tf.cast(free, tf.float32)

    with tf.control_dependencies([before]):
        result = tf.while_loop(lambda i, y: i < n, body, [tf.constant(0), x], name="outside")
    counted = tf.while_loop(lambda i: i < 4, lambda i: tf.group(v.assign_add(1.0)) and i + 1, [0], name="counted")
    effect = tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, v.assign_add(s * 0.5 + 2.0) + s), [0, 0.0],
                           name="effect")
    steps = [{"run": [tf.global_variables_initializer()]},
             {"fetch": list(result), "feed": {n: 3, x: np.ones([2, 2])}}, {"fetch": list(effect)}, {"fetch": [v]}]
    return {"steps": steps, "facts": {"shape": result[1].shape, "counted": counted}}


def invariants():
    i, m = tf.constant(0), tf.ones([2, 2])
    grown = tf.while_loop(lambda i, m: i < 3, lambda i, m: [i + 1, tf.concat([m, m], axis=0)], [i, m],
                          shape_invariants=[i.get_shape(), tf.TensorShape([None, 2])])
    unknown = tf.while_loop(lambda i, m: i < 2, lambda i, m: (i + 1, tf.expand_dims(m, 0)), (i, m),
                            shape_invariants=(tf.TensorShape([]), tf.TensorShape(None)))
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    kept = tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y + x), [0, x])
    return {"steps": [{"fetch": list(grown) + list(unknown) + list(kept), "feed": {x: [[1.0, 2.0, 3.0]]}}],
            "facts": {"grown": grown, "unknown": unknown, "kept": kept}}


def structures():
    Pair = collections.namedtuple("Pair", ["j", "k"])
    start = (tf.constant(0), Pair(tf.constant(1), {"a": tf.constant(2), "b": [tf.constant(3.0)]}))

    def body(i, pair):
        return i + 1, Pair(pair.j + pair.k["a"], {"a": pair.j - pair.k["a"], "b": [pair.k["b"][0] * 2.0]})

    result = tf.while_loop(lambda i, pair: i < 4, body, start)
    one = tf.while_loop(lambda p: p.j < 10, lambda p: [Pair(p.j + p.k, p.k)], [Pair(tf.constant(1), tf.constant(2))])
    return {"steps": [{"fetch": [result[0], result[1].j, result[1].k["a"], result[1].k["b"][0], one[0].j]}],
            "facts": {"result": result, "one": one}}


def limited():
    n = tf.placeholder(tf.int64, [], name="n")
    one = tf.while_loop(lambda i: i < 100, lambda i: i + 1, [tf.constant(0)], maximum_iterations=7)
    two = tf.while_loop(lambda i, x: i < 3, lambda i, x: [i + 1, x * 2.0], [tf.constant(0), tf.constant(1.0)],
                        maximum_iterations=n, name="two")
    shaped = tf.while_loop(lambda x: True, lambda x: tf.concat([x, x], 0), [tf.zeros([1])], maximum_iterations=3,
                           shape_invariants=tf.TensorShape([None]), name="shaped")
    same = tf.while_loop(lambda i: i < 100, lambda i: (i + 1,), (tf.constant(0),), maximum_iterations=4,
                         return_same_structure=True)
    return {"steps": [{"fetch": [one, two[0], two[1], shaped, same[0]], "feed": {n: k}} for k in (2, 9)],
            "facts": {"one": one, "two": two, "shaped": shaped, "same": same}}


def nested():
    x = tf.placeholder(tf.float32, [2], name="x")
    n = tf.constant(3, name="n")

    def inner_body(j, y):
        return j + 1, y + x * tf.cast(j, tf.float32)

    def outer_body(i, y):
        local = tf.square(y, name="local")
        j, z = tf.while_loop(lambda j, z: j < i + 1, inner_body, [tf.constant(0), local])
        k = tf.while_loop(lambda k: k < n, lambda k: k + 1 + i * 0, [j], name="again")
        return i + 1, z / (1.0 + tf.reduce_sum(local)) + tf.cast(k, tf.float32)

    result = tf.while_loop(lambda i, y: i < n, outer_body, [0, x], name="outer")
    return {"steps": [{"fetch": list(result), "feed": {x: [0.5, -1.0]}}]}


def conditionals():
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.constant(2.0, name="x")

    def body(i, y):
        even = tf.equal(i % 2, 0)
        z = tf.cond(even, lambda: y + x, lambda: y * 2.0, name="even")
        return i + 1, tf.cond(p, lambda: z, lambda: tf.constant(1.0) + tf.cond(even, lambda: x, lambda: z))

    loop = tf.while_loop(lambda i, y: i < 5, body, [0, 1.0])

    def looped():
        return tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), [tf.constant(0), x], name="in_cond")[1]

    branch = tf.cond(p, looped, lambda: x - 1.0, name="branch")
    stops = tf.while_loop(lambda i: tf.cond(p, lambda: i < 3, lambda: i < 6), lambda i: i + 1, [0], name="stops")
    return {"steps": [{"fetch": list(loop) + [branch, stops], "feed": {p: value}} for value in (True, False)]}


def placed():
    x = tf.constant(1.0, name="x")
    with tf.device("/cpu:0"):
        y = tf.constant(2.0, name="y")
    with tf.device("/device:CPU:0"), tf.name_scope("block"):
        first = tf.while_loop(lambda a: a < 5.0, lambda a: a + x * y, [x])
    with tf.colocate_with(y):
        second = tf.while_loop(lambda a: a < 5.0, lambda a: tf.multiply(a, y) + x, [x], name="beside")
    return {"steps": [{"fetch": [first, second]}]}


def imported():
    with tf.Graph().as_default() as graph:
        a = tf.placeholder(tf.float32, [], name="a")
        tf.add(tf.square(a, name="square"), tf.constant(1.0, name="one"), name="sum")
    definition = graph.as_graph_def()

    def body(i, y):
        return i + 1, tf.import_graph_def(definition, {"a": y}, ["sum:0"], name="again")[0]

    with tf.Graph().as_default() as looped:
        b = tf.placeholder(tf.float32, [], name="b")
        tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * b), [0, 1.0])
    first = tf.while_loop(lambda i, y: i < 3, body, [0, tf.constant(0.5)], name="first")
    second, = tf.import_graph_def(looped.as_graph_def(), {"b": first[1]}, ["while/Exit_1:0"])
    return {"steps": [{"fetch": list(first) + [second]}]}


VARIANTS = {function.__name__: function for function in (
    plain, outside, invariants, structures, limited, nested, conditionals, placed, imported)}
