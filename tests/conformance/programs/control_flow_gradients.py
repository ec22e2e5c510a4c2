"""Gradients through conditionals and loops."""

import numpy as np

import tensorflow as tf


def fed(predicate, results):
    return [{"fetch": results, "feed": {predicate: value}} for value in (True, False)]


def conditionals():
    p = tf.placeholder(tf.bool, [], name="p")
    x, y = tf.constant([1.0, 2.0], name="x"), tf.constant([3.0, 4.0], name="y")
    z = tf.cond(p, lambda: tf.square(x) * y, lambda: x + 2.0 * x)
    first = tf.gradients(z, [x, y])
    two = tf.cond(p, lambda: (x, x * y), lambda: (tf.square(x), y), name="two")
    second = tf.gradients([tf.reduce_sum(two[0]) * two[1]], [x, y])
    unused = tf.gradients(tf.cond(p, lambda: (x, y), lambda: (y, x), name="swap")[0], [x, y])
    third = tf.gradients(first[0], [x, y])
    return {"steps": fed(p, first + second + unused + third)}


def shapes():
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")
    y = tf.cond(p, lambda: tf.matmul(x, w), lambda: x)
    g = tf.gradients(tf.reduce_sum(y * y), [x, w])
    rows = tf.cond(p, lambda: tf.nn.embedding_lookup(w, [0, 1, 1]), lambda: w * 3.0, name="rows")
    sparse = tf.gradients(rows, w)[0]
    both = tf.cond(p, lambda: tf.gather(w, [1]), lambda: tf.gather(w, [0, 0]), name="both")
    sparse2 = tf.gradients(both, w)[0]
    feed = {x: [[1.0, -1.0], [0.5, 2.0]]}
    steps = [{"run": [tf.global_variables_initializer()]}]
    for value in (True, False):
        steps.append({"fetch": g + [sparse, sparse2], "feed": dict(feed, **{"p:0": value})})
    return {"steps": steps}


def nested_conditionals():
    p, q = tf.placeholder(tf.bool, [], name="p"), tf.placeholder(tf.bool, [], name="q")
    x, y = tf.constant(2.0, name="x"), tf.Variable(3.0, name="y")

    def inner():
        local = tf.square(x, name="local")
        return tf.cond(q, lambda: local * y, lambda: x + y) * local

    z = tf.cond(p, inner, lambda: tf.cond(q, lambda: y, lambda: x * 0.5))
    g = tf.gradients(z, [x, y])
    within = tf.cond(p, lambda: tf.gradients(x * x * y, [x, y]), lambda: [x, x], name="within")
    steps = [{"run": [tf.global_variables_initializer()]}]
    return {"steps": steps + [{"fetch": g + within, "feed": {p: a, q: b}} for a in (True, False) for b in (True, False)]}


def loops():
    x, y = tf.constant(2.0, name="x"), tf.constant([1.0, 3.0], name="y")
    power = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, 1.0])[1]
    first = tf.gradients(power, [x])
    grown = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.square(a) * x), [0, y], name="grown")[1]
    second = tf.gradients(grown, [x, y])
    two = tf.while_loop(lambda i, a, b: i < 4, lambda i, a, b: (i + 1, a + b * x, b * tf.reduce_sum(a)), [0, y, x],
                        name="two", parallel_iterations=1)
    third = tf.gradients(two[1], [x, y])
    fourth = tf.gradients([two[2], two[1]], [x, y], grad_ys=[x, y])
    stopped = tf.gradients(tf.while_loop(lambda a: a < 9.0, lambda a: a * x, [x], back_prop=False, name="stopped"), [x])
    none = tf.gradients(tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, a), [0, x], name="none")[0], [x])
    return {"steps": [{"fetch": first + second + third + fourth}],
            "facts": {"stopped": stopped, "none": none}}


def values_of_iterations():
    n = tf.placeholder(tf.int32, [], name="n")
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.Variable([[0.5, -0.25], [0.125, 0.75]], name="w")
    b = tf.Variable([0.5, -0.5], name="b")

    def body(i, h):
        pre = tf.matmul(h, w) + b * tf.cast(i, tf.float32)
        return i + 1, tf.tanh(pre) * tf.reduce_max(h) + x

    h = tf.while_loop(lambda i, h: i < n, body, [0, x], swap_memory=True)[1]
    loss = tf.reduce_mean(tf.square(h), name="loss")
    g = tf.gradients(loss, [w, b, x])
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    feeds = [{n: k, x: np.linspace(-1.0, 1.0, 6).reshape([3, 2])} for k in (0, 1, 3)]
    steps = [{"run": [tf.global_variables_initializer()]}] + [{"fetch": g + [loss], "feed": feed} for feed in feeds]
    return {"steps": steps + [{"run": [train], "feed": feeds[2]}, {"fetch": [w, b]}]}


def invariants():
    x = tf.constant([[1.0, 2.0]], name="x")
    grown = tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, tf.concat([a, a * 2.0], 0)), [0, x],
                          shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 2])])[1]
    g = tf.gradients(tf.reduce_sum(grown * grown), x)
    s = tf.placeholder(tf.float32, None, name="s")
    anything = tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, a * s + tf.reduce_sum(x)), [0, s], name="any")[1]
    h = tf.gradients(anything, [s, x])
    return {"steps": [{"fetch": g + h, "feed": {s: [1.0, -2.0]}}]}


def sparse_sums():
    w = tf.Variable(np.arange(8, dtype=np.float32).reshape([4, 2]), name="w")
    ids = tf.constant([0, 2, 2], name="ids")
    n = tf.placeholder(tf.int32, [], name="n")
    total = tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a + tf.reduce_sum(tf.gather(w, ids + i) * a)),
                          [0, 1.0])[1]
    g = tf.gradients(total, w)[0]
    fed = tf.placeholder(tf.int32, [None], name="fed")
    other = tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a + tf.reduce_sum(tf.gather(w, fed))), [0, 1.0],
                          name="other")[1]
    h = tf.gradients(other, w)[0]
    return {"steps": [{"run": [tf.global_variables_initializer()]}] +
                     [{"fetch": [g, h], "feed": {n: k, fed: [1, 1, 3]}} for k in (0, 2)]}


def loops_with_conditionals():
    p = tf.placeholder(tf.bool, [], name="p")
    x, y = tf.constant(1.5, name="x"), tf.placeholder(tf.float32, [None], name="y")

    def body(i, a):
        even = tf.equal(i % 2, 0)
        scaled = tf.cond(even, lambda: a * x, lambda: a + tf.reduce_sum(y), name="even")
        both = tf.cond(p, lambda: (scaled, scaled * y), lambda: (a, y * a), name="both")
        return i + 1, both[0] + tf.reduce_sum(both[1])

    z = tf.while_loop(lambda i, a: i < 4, body, [0, x])[1]
    g = tf.gradients(z, [x, y])

    def looped():
        return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [tf.constant(0), x], name="inside")[1]

    branch = tf.cond(p, looped, lambda: x - 1.0, name="branch")
    h = tf.gradients(branch, x)
    return {"steps": [{"fetch": g + h, "feed": {p: value, y: [0.5, 0.25]}} for value in (True, False)]}


def nested_loops():
    x = tf.placeholder(tf.float32, [2], name="x")
    s = tf.placeholder(tf.float32, [None], name="s")
    n = tf.constant(3, name="n")

    def outer(i, y):
        local = tf.square(y, name="local")
        _, z = tf.while_loop(lambda j, z: j < i + 1, lambda j, z: (j + 1, z * x + local), [tf.constant(0), local])
        return i + 1, z / (1.0 + tf.reduce_sum(local))

    z = tf.while_loop(lambda i, y: i < n, outer, [0, x], name="outer")[1]
    g = tf.gradients(z, x)

    def dynamic(i, y):
        _, z = tf.while_loop(lambda j, z: j < 2, lambda j, z: (j + 1, z * s + y), [0, tf.tanh(y)], name="more")
        return i + 1, tf.cond(i < 1, lambda: z * 0.5, lambda: z + y)

    h = tf.gradients(tf.while_loop(lambda i, y: i < n, dynamic, [0, s], name="dynamic")[1], s)
    return {"steps": [{"fetch": g + h, "feed": {x: [0.5, -1.0], s: [0.25, 0.5, -0.5]}}]}


def inside_loops():
    x = tf.constant(2.0, name="x")

    def body(i, a):
        b = tf.square(a) * x
        return i + 1, a - 0.1 * tf.gradients(b, a)[0]

    z = tf.while_loop(lambda i, a: i < 3, body, [0, x])[1]

    def nested(i, a):
        inner = tf.while_loop(lambda j, b: j < 2, lambda j, b: (j + 1, b * x), [0, a], name="inner")[1]
        return i + 1, a - 0.1 * tf.gradients(inner, a)[0]

    y = tf.while_loop(lambda i, a: i < 3, nested, [0, x], name="nested")[1]
    return {"steps": [{"fetch": [z, y]}]}


def options():
    x, y = tf.constant(2.0, name="x"), tf.constant(3.0, name="y")
    with tf.device("/cpu:0"):
        z = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x + y), [0, y])[1]
    g = tf.gradients(z, [x, y], colocate_gradients_with_ops=True)
    h = tf.gradients(z, [x, y], gate_gradients=True, name="gated")
    p = tf.placeholder_with_default(True, [], name="p")
    c = tf.cond(p, lambda: x * y, lambda: x, name="branch")
    k = tf.gradients(c, [x, y], colocate_gradients_with_ops=True, gate_gradients=True)
    m = tf.gradients(z, [x, y], stop_gradients=[y], aggregation_method=tf.AggregationMethod.EXPERIMENTAL_TREE)
    return {"steps": [{"fetch": [v for v in g + h + k + m if v is not None]}], "facts": {"m": m}}


VARIANTS = {function.__name__: function for function in (
    conditionals, shapes, nested_conditionals, loops, values_of_iterations, invariants, sparse_sums,
    loops_with_conditionals, nested_loops, inside_loops, options)}
