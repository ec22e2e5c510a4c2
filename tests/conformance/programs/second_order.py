"""Gradients of gradients through conditionals, in loops and through tensor arrays."""

import tensorflow as tf


def fed(predicate, results):
    return [{"fetch": results, "feed": {predicate: value}} for value in (True, False)]


def again(y, xs, order=2):
    """Gradients of y by xs, the gradients of these, and so on."""
    results = last = tf.gradients(y, xs)
    for _ in range(order - 1):
        last = tf.gradients(last, xs)
        results = results + last
    return results


def conditionals():
    p = tf.placeholder(tf.bool, [], name="p")
    x, y = tf.constant([1.0, 2.0], name="x"), tf.constant([3.0, 4.0], name="y")
    first = again(tf.cond(p, lambda: x * x * x, lambda: tf.sin(x)), [x])
    third = again(tf.cond(p, lambda: tf.exp(x * x), lambda: x * x * x, name="third"), [x], 3)
    a, b = tf.cond(p, lambda: (x * y, tf.square(y)), lambda: (tf.sin(x), x / y), name="two")
    return {"steps": fed(p, first + third + again(a * b, [x, y]))}


def nested_conditionals():
    p, q = tf.placeholder(tf.bool, [], name="p"), tf.placeholder(tf.bool, [], name="q")
    x, y = tf.constant(2.0, name="x"), tf.constant(3.0, name="y")
    z = tf.cond(p, lambda: tf.cond(q, lambda: x * x * y, lambda: y * y * x), lambda: tf.exp(x) * y)
    results = again(z, [x, y])
    return {"steps": [{"fetch": results, "feed": {p: a, q: b}} for a in (True, False) for b in (True, False)]}


def cases():
    p, q = tf.placeholder(tf.bool, [], name="p"), tf.placeholder(tf.bool, [], name="q")
    x = tf.constant([2.0, 1.0], name="x")
    choices = [(p, lambda: x * x * x), (q, lambda: tf.exp(x))]
    first = again(tf.case(choices, default=lambda: tf.sin(x)), [x])
    only = again(tf.case(choices, default=lambda: tf.sin(x), exclusive=True), [x], 3)
    feeds = [{p: True, q: False}, {p: False, q: True}, {p: False, q: False}]
    return {"steps": [{"fetch": first + only, "feed": feed} for feed in feeds]}


def variables():
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.constant([[1.0, 2.0]], name="x")
    w = tf.Variable([[0.5], [0.25]], name="w")
    y = tf.cond(p, lambda: tf.nn.softplus(tf.matmul(x, w)), lambda: tf.matmul(x, w))
    slope = tf.gradients(y, x)[0]
    length = tf.sqrt(tf.reduce_sum(slope * slope), name="length")
    v = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)
    resource = again(tf.cond(p, lambda: v * v * v, lambda: tf.sin(v), name="resource"), [v])
    rows = tf.Variable([[0.5, 0.5], [1.5, 0.5], [0.5, 2.5]], name="rows")
    taken = tf.cond(p, lambda: tf.gather(rows, [0, 1, 1]), lambda: rows * rows, name="taken")
    hessian = tf.hessians(tf.cond(p, lambda: tf.reduce_sum(x * x * x), lambda: tf.reduce_prod(x), name="sum"), x)
    results = tf.gradients(length, [w]) + resource + again(tf.reduce_sum(taken ** 3.0), [rows]) + hessian
    return {"steps": [{"run": [tf.global_variables_initializer()]}] + fed(p, results)}


def inside_conditionals():
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.constant(2.0, name="x")
    z = tf.cond(p, lambda: tf.gradients(tf.gradients(x * x * x, x), x)[0], lambda: x)
    return {"steps": fed(p, [z] + tf.gradients(z, x) + again(z * x, [x]))}


def inside_loops():
    x = tf.constant(2.0, name="x")

    def second(i, a):
        slope = tf.gradients(a * a * a * x, a)[0]
        return i + 1, a + tf.gradients(slope, a)[0] * 0.1

    def of_loop(i, a):
        b = tf.while_loop(lambda j, b: j < 2, lambda j, b: (j + 1, b * x), [0, a])[1]
        return i + 1, a + tf.gradients(b, a)[0] * 0.1

    curved = tf.while_loop(lambda i, a: i < 3, second, [0, x])[1]
    sloped = tf.while_loop(lambda i, a: i < 3, of_loop, [0, x], name="sloped")[1]
    elements = tf.constant([1.0, 2.0, 3.0], name="elements")
    mapped = tf.map_fn(lambda a: tf.gradients(tf.gradients(a * a * a, a), a)[0], elements)
    results = [curved, sloped, mapped] + tf.gradients(curved, x) + tf.gradients(mapped, elements)
    return {"steps": [{"fetch": results}]}


def rows_of_a_jacobian():
    x = tf.constant([1.0, 2.0, 3.0], name="x")
    y = x * x * x
    rows = tf.map_fn(lambda i: tf.gradients(y[i], x)[0], tf.range(3), dtype=tf.float32)
    return {"steps": [{"fetch": [rows] + tf.gradients(rows, x)}]}


def tensor_arrays():
    """They are built, but a gradient's array has no gradient when it runs."""
    x = tf.constant([1.0, 2.0, 3.0], name="x")
    array = tf.TensorArray(tf.float32, 3).unstack(x)
    again(array.read(0) * array.read(1) * array.read(2), [x])
    written = tf.TensorArray(tf.float32, 2, name="written").write(0, x * x).write(1, tf.exp(x))
    again(tf.square(written.stack()), [x], 3)
    split = tf.TensorArray(tf.float32, 2, infer_shape=False, name="split").split(x, [1, 2])
    again(split.read(0) * tf.reduce_sum(tf.square(split.read(1))), [x])
    return {"steps": []}


def switched():
    """Branches that are functions; sums stand beside what they add."""
    number = tf.placeholder(tf.int32, [], name="number")
    x = tf.constant([1.0, 2.0], name="x")
    y = tf.switch_case(number, [lambda: x * x * x, lambda: tf.sin(x), lambda: x * tf.exp(x)])
    results = again(y, [x])
    return {"steps": [{"fetch": results, "feed": {number: value}} for value in range(3)]}


def hessians_of_loops():
    """Refused: the rows of a Hessian are counted by a loop, in which the gradient of another begins."""
    x = tf.constant([1.0, 2.0], name="x")
    said = []
    for y in (tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, x])[1],
              tf.map_fn(lambda a: a * a * a, x), tf.cond(x[0] > 0, lambda: x * x, lambda: x)):
        try:
            said.append(tf.hessians(tf.reduce_sum(y), [x])[0].name)
        except ValueError as error:
            said.append(str(error).split("because")[0])
    return {"steps": [], "facts": {str(i): text for i, text in enumerate(said)}}


VARIANTS = {function.__name__: function for function in
            (conditionals, nested_conditionals, cases, variables, inside_conditionals, inside_loops, rows_of_a_jacobian,
             tensor_arrays, switched, hessians_of_loops)}
