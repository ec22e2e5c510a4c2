import tensorflow as tf

import numpy as np


def py_func():
    """Functions of NumPy in the graph: several results, strings, none, without state, errors of theirs."""
    x = tf.placeholder(tf.float32, (None,), name="x")
    calls = []

    def double(array):
        calls.append(array.dtype.name)
        return array * 2

    y = tf.py_func(double, [x], tf.float32, name="y")
    total, count = tf.py_func(lambda a: (a.sum(), np.int64(a.size)), [x], [tf.float32, tf.int64], stateful=False)
    upper = tf.py_func(lambda s: s.upper(), [tf.constant("text")], tf.string)
    nothing = tf.py_func(lambda a: None, [x], [])
    wrong = tf.py_func(lambda a: a.astype(np.float64), [x], tf.float32)

    def fails(array):
        raise KeyError("mine")

    failing = tf.py_func(fails, [x], tf.float32, name="failing")
    z = y + 1.0
    facts = {"y": y, "total": total, "nothing": str(nothing), "types": [y.op.type, total.op.type]}
    with tf.Session() as sess:
        facts["values"] = sess.run([y, total, count, upper, z], {x: [1.0, 2.0]})
        facts["calls"] = calls
        for name, tensor in {"wrong": wrong, "failing": failing}.items():
            try:
                sess.run(tensor, {x: [1.0]})
            except Exception as error:  # its class is the fact
                facts[name] = type(error)
    y.set_shape([None])
    facts["set"] = y.shape
    return {"steps": [], "facts": facts}


def py_func_gradient():
    """A function without gradient; one of Python's given through the override."""
    x = tf.constant([1.0, 3.0], name="x")
    y = tf.py_func(lambda a: a * a, [x], tf.float32)
    y.set_shape([2])
    facts = {"gradient": tf.gradients(y, [x])}

    @tf.RegisterGradient("SquareOfPython")
    def gradient(op, grad):
        return 2.0 * op.inputs[0] * grad

    with tf.get_default_graph().gradient_override_map({"PyFunc": "SquareOfPython",
                                                       "PyFuncStateless": "SquareOfPython"}):
        z = tf.py_func(lambda a: a * a, [x], tf.float32)
    z.set_shape([2])
    with tf.Session() as sess:
        facts["own"] = sess.run(tf.gradients(z, [x]))
    return {"steps": [], "facts": facts}


def printed():
    """tf.Print hands its input on, prints so many times, has a gradient; checks of numbers hold."""
    x = tf.placeholder(tf.float32, (2,), name="x")
    shown = tf.Print(x, [x, tf.shape(x)], message="x is ", first_n=1, summarize=2, name="shown")
    y = tf.identity(shown * 2.0, name="y")
    gradient = tf.gradients(y, [x])[0]
    checks = [tf.check_numerics(y, "bad"), tf.verify_tensor_all_finite(x, "not finite"),
              tf.debugging.check_numerics(x, "bad", name="named")]
    return {"steps": [{"fetch": [shown, y, gradient] + checks, "feed": {x: [1.0, 2.0]}}],
            "facts": {"shown": shown, "type": shown.op.type}}


def guarded():
    """Assertions that run."""
    x = tf.placeholder(tf.float32, (2,), name="x")
    with tf.control_dependencies([tf.Assert(tf.reduce_all(x > 0.0), [x], name="holds")]):
        y = tf.identity(x, name="y")
    positive = tf.assert_positive(x)
    return {"steps": [{"fetch": [y], "run": [positive], "feed": {x: [1.0, 2.0]}}]}


def asserts():
    """Assertions that are decided while building."""
    x = tf.constant([1.0, 2.0], name="x")
    p = tf.placeholder(tf.float32, (None, 3), name="p")
    facts = {"rank": str(tf.assert_rank(x, 1)), "scalar": tf.assert_scalar(tf.constant(1.0)),
             "type": str(tf.assert_type(x, tf.float32)),
             "at least": str(tf.assert_rank_at_least(p, 2)), "in": str(tf.assert_rank_in(p, [1, 2])),
             "integer": str(tf.assert_integer(tf.constant(1)))}
    for name, check in {"rank 2": lambda: tf.assert_rank(x, 2), "not scalar": lambda: tf.assert_scalar(x),
                        "other type": lambda: tf.assert_type(x, tf.int32),
                        "not integer": lambda: tf.assert_integer(x)}.items():
        try:
            check()
        except Exception as error:  # its class is the fact
            facts[name] = type(error)
    return {"steps": [], "facts": facts}


def own_gradient():
    """RegisterGradient and NotDifferentiable on names of types of their own, custom_gradient."""
    @tf.RegisterGradient("Halved")
    def halved(op, grad):
        return grad * 0.5

    tf.NotDifferentiable("NothingLikeThis")
    x = tf.constant([1.0, 3.0], name="x")
    graph = tf.get_default_graph()
    with graph.gradient_override_map({"Identity": "Halved"}):
        y = tf.identity(x, name="y")
    found = tf.gradients(tf.square(y), [x])[0]

    @tf.custom_gradient
    def clipped(value):
        def gradient(dy):
            return tf.clip_by_value(dy, -1.0, 1.0)
        return tf.identity(value) * 10.0, gradient

    own = tf.gradients(clipped(x), [x])[0]
    return {"steps": [{"fetch": [found, own]}], "facts": {"found": found.name}}


VARIANTS = {
    "py_func": py_func,
    "py_func_gradient": py_func_gradient,
    "printed": printed,
    "guarded": guarded,
    "asserts": asserts,
    "own_gradient": own_gradient,
}
