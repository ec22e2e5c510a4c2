"""Control flow of version 2 in graphs of sessions: conditionals and loops are nodes of functions, arrays are lists."""

import functools

import tensorflow as tf
from tensorflow.python.framework import function


def _functional(build):
    """With the switch on while the program builds."""
    @functools.wraps(build)
    def switched():
        before = tf.control_flow_v2_enabled()
        tf.enable_control_flow_v2()
        try:
            result = build()
            result.setdefault("facts", {})["enabled"] = [before, tf.control_flow_v2_enabled()]
        finally:
            tf.disable_control_flow_v2()
        return result
    return switched


def _runs(x, values, fetches):
    return [{"fetch": fetches, "feed": {x: value}} for value in values]


def _x(shape=()):
    return tf.placeholder(tf.float32, shape, name="x")


# ---- conditionals ---------------------------------------------------------------------------------------------------


def cond():
    """Of tensors from outside; an operation; a structure; names; a predicate of one element."""
    x = _x()
    v = tf.get_variable("v", [], initializer=tf.constant_initializer(1.0), use_resource=True)
    w = tf.constant(3.0, name="w")
    y = tf.cond(x > 1.0, lambda: x * w, lambda: x + 1.0)
    named = tf.cond(tf.reshape(x > 1.0, [1]), lambda: {"a": x, "b": [w]}, lambda: {"a": w, "b": [x]}, name="named")
    changed = tf.cond(x > 1.0, lambda: v.assign_add(x).op, lambda: tf.no_op())
    number = tf.cond(x > 1.0, lambda: 1, lambda: tf.constant(2), strict=True)
    one = tf.cond(x > 1.0, lambda: [x], lambda: [w], strict=True)
    facts = {"types": [type(y).__name__, type(one).__name__, len(one)], "op": y.op.type,
             "node": [y.op.inputs[0].op.type, y.op.inputs[0].op.name]}
    return {"facts": facts, "steps": [{"run": [tf.global_variables_initializer()]}] + _runs(
        x, (0.5, 2.0), [y, named["a"], named["b"][0], changed, number] + one) + [{"fetch": [v]}]}


def nested_cond():
    x = _x()
    with tf.name_scope("outer"):
        y = tf.cond(x > 1.0, lambda: tf.cond(x > 2.0, lambda: x * x, lambda: -x, name="inner"), lambda: x + 1.0)
    random = tf.cond(x > 1.0, lambda: tf.random.uniform([2], seed=3), lambda: tf.zeros([2]))
    return {"steps": _runs(x, (0.5, 1.5, 2.5), [y, random])}


def cond_in_scopes():
    """Under control dependencies, on a device, of variables by reference."""
    x = _x()
    v = tf.Variable(2.0, name="v")
    before = tf.no_op(name="before")
    with tf.control_dependencies([before]), tf.device("/cpu:0"):
        y = tf.cond(x > 1.0, lambda: x * 2.0 + v, lambda: x + 1.0)
        z = tf.cond(x > v, lambda: tf.constant(1.0), lambda: tf.constant(2.0))
    return {"steps": [{"run": [tf.global_variables_initializer()]}] + _runs(x, (0.5, 2.5), [y, z])}


def case():
    x = _x()
    pairs = [(x > 3.0, lambda: x * x), (x > 2.0, lambda: -x), (x > 1.0, lambda: x + 1.0)]
    first = tf.case(pairs, default=lambda: tf.constant(7.0))
    exclusive = tf.case(pairs[1:], default=lambda: tf.constant(7.0), exclusive=True, name="one")
    last = tf.case(pairs, name="no_default")
    numbered = tf.switch_case(tf.cast(x, tf.int32), [lambda: x, lambda: x * 2.0])
    return {"steps": _runs(x, (2.5,), [first, last]) + _runs(x, (0.5, 1.5), [first, exclusive, numbered])}


# ---- loops ----------------------------------------------------------------------------------------------------------


def loops():
    """A count; what is read of outside; limits; shapes that change."""
    x = _x()
    count = tf.while_loop(lambda i: i < 5, lambda i: i + 1, [tf.constant(0)])
    summed = tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s * x), [0, tf.constant(1.0)], name="summed",
                           parallel_iterations=3)
    limited = tf.while_loop(lambda i: i < x, lambda i: [i + 1.0], [tf.constant(0.0)], maximum_iterations=2)
    grown = tf.while_loop(lambda v: tf.size(v) < 7, lambda v: tf.concat([v, [x]], 0), [tf.zeros([2])],
                          shape_invariants=[tf.TensorShape([None])], back_prop=False, swap_memory=True)
    kept = tf.while_loop(lambda i: i < x, lambda i: [i + 2.0], [x - 3.0], return_same_structure=True)
    facts = {"count": type(count).__name__, "summed": type(summed).__name__, "kept": type(kept).__name__,
             "op": [count.op.type, count.op.inputs[0].op.type, count.op.inputs[0].op.name], "shape": grown.shape}
    return {"facts": facts, "steps": _runs(x, (0.5, 3.0), [count, summed[0], summed[1], limited, grown, kept[0]])}


def nested_loops():
    x = _x()
    pair = tf.while_loop(lambda i, s: i < 3,
                         lambda i, s: (i + 1, tf.while_loop(lambda j, t: j < i, lambda j, t: (j + 1, t + x), [0, s])[1]),
                         [tf.constant(0), x])
    inside = tf.while_loop(lambda i: i < 9.0, lambda i: tf.cond(i > 1.0, lambda: i * i, lambda: i + x), [x])
    around = tf.cond(x > 2.5, lambda: tf.while_loop(lambda s: s < 9.0, lambda s: s * x, [x]), lambda: x)
    return {"steps": _runs(x, (1.5, 3.0), [pair[0], pair[1], inside, around])}


def changing_loops():
    """A variable that the body changes, of either kind; random numbers."""
    tf.set_random_seed(7)
    v = tf.get_variable("v", [], initializer=tf.constant_initializer(1.0), use_resource=True)
    w = tf.Variable(2.0, name="w")

    def body(i, s):
        with tf.control_dependencies([v.assign_add(1.0)]):
            return i + 1, s + v.read_value() * w + 0.0 * tf.random.uniform([], seed=2)

    y = tf.while_loop(lambda i, s: i < 3, body, [tf.constant(0), tf.constant(0.0)], parallel_iterations=1)[1]
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"fetch": [y]}, {"fetch": [y]}, {"fetch": [v]}]}


def arrays():
    """Every method of an array."""
    x = _x()
    a = tf.TensorArray(tf.float32, size=3, element_shape=[])
    a = a.write(0, x).write(1, x + 1.0).write(2, x)
    b = tf.TensorArray(tf.float32, size=3).unstack(a.stack())
    c = b.scatter([1], [5.0])
    d = tf.TensorArray(tf.float32, size=2).split(a.gather([0, 1]), [1, 1])
    e = tf.TensorArray(tf.float32, size=0, dynamic_size=True).write(2, x)
    filled = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a.write(i, x * tf.cast(i, tf.float32))),
                           [tf.constant(0), tf.TensorArray(tf.float32, 3)])[1]
    facts = {"handle": a.handle is None, "flow": a.flow.op.type, "dtype": a.dtype}
    return {"facts": facts, "steps": _runs(x, (1.0, 2.0), [
        a.stack(), b.read(1), c.size(), c.stack(), d.concat(), e.stack(), a.identity().read(0), filled.stack()])}


def maps():
    x = _x([3])
    pair = tf.map_fn(lambda a: (a * x[0], tf.cast(a, tf.int32)), x, dtype=(tf.float32, tf.int32))
    add = lambda a, b: a + b * x[1]
    folds = [tf.foldl(add, x), tf.foldr(add, x), tf.foldl(add, x, initializer=2.0), tf.scan(add, x),
             tf.scan(add, x, initializer=x[0], reverse=True)]
    return {"steps": _runs(x, ([1.0, 2.0, 3.0],), list(pair) + folds)}


# ---- gradients ------------------------------------------------------------------------------------------------------


def cond_gradients():
    """Of what is read, of one branch alone, twice; with a structure."""
    x = _x()
    w = tf.constant(3.0, name="w")
    y = tf.cond(x > 1.0, lambda: tf.sin(x * x) * w, lambda: x + 1.0)
    pair = tf.cond(x > 1.0, lambda: (x * x, tf.constant(1)), lambda: (tf.exp(x), tf.constant(2)))
    first = tf.gradients(y, [x, w])
    again = tf.gradients(y, x)
    second = tf.gradients(first[0], x)
    of_pair = tf.gradients(pair[0], x, grad_ys=[tf.constant(2.0)])
    return {"steps": _runs(x, (0.5, 2.0), [y] + first + again + second + of_pair)}


def nested_cond_gradients():
    x = _x()
    y = tf.cond(x > 1.0, lambda: tf.cond(x > 2.0, lambda: tf.exp(x) * x, lambda: -x * x), lambda: tf.sqrt(x))
    return {"steps": _runs(x, (0.5, 1.5, 2.5), [y] + tf.gradients(y, x))}


def cond_of_variables():
    """Trained, by reference and as resources; rows of them."""
    x = _x()
    v = tf.get_variable("v", [3, 2], initializer=tf.ones_initializer(), use_resource=True)
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer(), use_resource=False)
    loss = tf.cond(x > 1.0, lambda: tf.reduce_sum(tf.gather(v, [0, 2]) * w * x), lambda: tf.reduce_sum(v * v))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    step = {"run": [train], "fetch": [loss]}
    return {"steps": [{"run": [tf.global_variables_initializer()]}, dict(step, feed={x: 2.0}), dict(step, feed={x: 0.5}),
                      {"fetch": [v, w]}]}


def loop_gradients():
    """Of what a loop begins with and reads; two variables that read each other; a limit."""
    x = _x()
    w = tf.constant(1.5, name="w")
    powers = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * x * w), [tf.constant(0), x])
    pair = tf.while_loop(lambda i, a, b: i < 4, lambda i, a, b: (i + 1, a * tf.sin(b), b + a * a),
                         [tf.constant(0), x, tf.constant(0.5)], name="pair", maximum_iterations=3)
    gradients = tf.gradients(powers[1], [x, w]) + tf.gradients(pair[1:], [x])
    return {"steps": _runs(x, (0.5, 2.0), [powers[1], pair[1]] + gradients)}


def loop_gradients_twice():
    """Two gradients of one loop; gradients that are given; what stops them."""
    x = _x()
    y = tf.while_loop(lambda i, s, t: i < 3, lambda i, s, t: (i + 1, s * x + tf.stop_gradient(s) * t, t),
                      [tf.constant(0), x, x + 1.0])
    one = tf.gradients(y[1], x)
    two = tf.gradients([y[1], y[2]], x, grad_ys=[tf.constant(2.0), x])
    return {"steps": _runs(x, (0.5, 2.0), [y[1]] + one + two)}


def second_loop_gradients():
    x = _x()
    y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, tf.sin(s) * x), [tf.constant(0), x])[1]
    first = tf.gradients(y, x)
    return {"steps": _runs(x, (0.5, 2.0), [y] + first + tf.gradients(first[0], x))}


def nested_loop_gradients():
    x = _x()

    def body(i, s):
        inner = tf.while_loop(lambda j, t: j < 2, lambda j, t: (j + 1, t * x), [tf.constant(0), s])
        return i + 1, inner[1] * s

    y = tf.while_loop(lambda i, s: i < 2, body, [tf.constant(0), x])[1]
    inside = tf.while_loop(lambda i, s: i < 3,
                           lambda i, s: (i + 1, tf.cond(s > 2.0, lambda: s * s, lambda: s * x * 2.0)),
                           [tf.constant(0), x])[1]
    around = tf.cond(x > 1.0, lambda: tf.while_loop(lambda s: s < 9.0, lambda s: s * x, [x]), lambda: x * x)
    return {"steps": _runs(x, (0.5, 1.5), [y, inside, around] + tf.gradients(y, x) + tf.gradients(inside, x) +
                           tf.gradients(around, x))}


def gradients_inside():
    """tf.gradients called in a body and in a branch."""
    x = _x()
    y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s - 0.1 * tf.gradients(s * s * x, s)[0]),
                      [tf.constant(0), x])[1]
    z = tf.cond(x > 1.0, lambda: tf.gradients(tf.exp(x) * y, x)[0], lambda: x)
    return {"steps": _runs(x, (0.5, 1.5), [y, z])}


def trained_in_loops():
    """Variables that a loop reads: whole, by reference, rows."""
    x = _x()
    v = tf.get_variable("v", [3, 2], initializer=tf.ones_initializer(), use_resource=True)
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer(), use_resource=False)
    loss = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s + tf.reduce_sum(tf.gather(v, i) * w * x)),
                         [tf.constant(0), tf.constant(0.0)])[1]
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    step = {"run": [train], "fetch": [loss], "feed": {x: 2.0}}
    return {"steps": [{"run": [tf.global_variables_initializer()]}, step, step, {"fetch": [v, w]}]}


def map_gradients():
    x = _x([2])
    y = tf.map_fn(lambda a: a * a * x[1], x)
    first = tf.gradients(y, x)
    left, scanned = tf.foldl(lambda a, b: a * b + b, x), tf.scan(lambda a, b: a * b, x)
    return {"steps": _runs(x, ([1.0, 2.0],), [y, left, scanned] + first + tf.gradients(left, x) +
                           tf.gradients(scanned, x))}


def second_map_gradients():
    x = _x([2])
    first = tf.gradients(tf.map_fn(lambda a: a * a * x[1], x), x)
    return {"steps": _runs(x, ([1.0, 2.0],), first + tf.gradients(first, x))}


def assertions():
    """What is a conditional inside."""
    x = _x()
    with tf.control_dependencies([tf.Assert(x > 0.0, [x], name="positive"), tf.assert_less(x, 9.0)]):
        y = tf.identity(x)
    return {"steps": _runs(x, (0.5, 2.0), [y])}


def defined_functions():
    """In the bodies of Defun's functions."""
    x = _x()

    @function.Defun(tf.float32, func_name="chosen")
    def chosen(a):
        return tf.cond(a > 1.0, lambda: a * a, lambda: -a)

    @function.Defun(tf.float32, func_name="counted")
    def counted(a):
        return tf.while_loop(lambda i: i < 9.0, lambda i: i * 2.0, [a])

    return {"steps": _runs(x, (0.5, 2.0), [chosen(x), counted(x)])}


def mixed():
    """Switched on and off within a graph, one kind in the other."""
    x = _x()
    y = tf.cond(x > 1.0, lambda: x * x, lambda: -x)
    tf.disable_control_flow_v2()
    old = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, tf.cond(s > 2.0, lambda: s * x, lambda: s + y)),
                        [tf.constant(0), x])[1]
    first = tf.gradients(old, x)
    tf.enable_control_flow_v2()
    new = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * old), [tf.constant(0), x])[1]
    return {"steps": _runs(x, (0.5, 2.0), [y, old, new] + first + tf.gradients(new, x))}


VARIANTS = {f.__name__: _functional(f) for f in (
    cond, nested_cond, cond_in_scopes, case, loops, nested_loops, changing_loops, arrays, maps, cond_gradients,
    nested_cond_gradients, cond_of_variables, loop_gradients, loop_gradients_twice, second_loop_gradients,
    nested_loop_gradients, gradients_inside, trained_in_loops, map_gradients, second_map_gradients,
    assertions, defined_functions, mixed)}
