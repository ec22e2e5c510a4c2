"""Gradients of conditionals whose branches are functions: the branches return what the gradients need of their inside."""

import tensorflow as tf
from tensorflow.python.framework import function


def _index():
    return tf.placeholder(tf.int32, [], name="index")


def _runs(index, fetches, feed=None):
    return [{"fetch": fetches, "feed": dict([(index, i)] + list((feed or {}).items()))} for i in (0, 1, 2, -1)]


def cases():
    """Gradients of three branches, and of these gradients."""
    index, x = _index(), tf.constant([0.3, 0.5], name="x")
    w = tf.constant([2.0, 3.0], name="w")
    y = tf.switch_case(index, [lambda: tf.sin(tf.exp(x)) * w, lambda: x * 3.0, lambda: tf.tanh(tf.square(x))])
    first = tf.gradients(y, [x, w])
    second = tf.gradients(first[0], [x])
    return {"steps": _runs(index, [y] + first + second)}


def results():
    """Several results, of which some have no gradient; a result that is an argument; shapes that are not known."""
    index, x = _index(), tf.placeholder(tf.float32, [None, 2], name="x")
    pair = tf.switch_case(index, [lambda: (tf.reduce_sum(x * x), tf.shape(x)[0], x),
                                  lambda: (tf.constant(2.0), tf.constant(7), tf.exp(x)),
                                  lambda: (tf.reduce_max(x), tf.size(x), x + x)])
    both = tf.gradients([pair[0], pair[2]], [x])
    one = tf.gradients(pair[0], [x], grad_ys=[tf.constant(5.0)])
    return {"steps": _runs(index, both + one, {x: [[1.0, 2.0], [3.0, 0.5]]})}


def rows():
    """Rows of a tensor in one branch, all of it in another; indices of both dtypes."""
    index, x = _index(), tf.reshape(tf.range(8.0), [4, 2])
    y = tf.switch_case(index, [lambda: tf.gather(x, [0, 1]), lambda: tf.sin(x)[:2], lambda: tf.gather(x, [3, 3])])
    g, = tf.gradients(y, [x])
    wide = tf.switch_case(index, [lambda: tf.gather(x, tf.constant([0, 1], tf.int64)), lambda: tf.gather(x, [2, 2])])
    h, = tf.gradients(wide, [x])
    return {"steps": _runs(index, [g, h, tf.convert_to_tensor(g)])}


def variables():
    """What branches read of variables and change; random numbers, which the gradient sees as they were."""
    index, x = _index(), tf.constant([1.0, 2.0], name="x")
    tf.set_random_seed(5)
    v = tf.get_variable("v", [2], initializer=tf.constant_initializer(3.0), use_resource=True)

    def change():
        with tf.control_dependencies([v.assign_add([1.0, 2.0])]):
            return tf.identity(v * x) * tf.random.uniform([2], seed=3)

    y = tf.switch_case(index, [change, lambda: tf.sin(x) * 2.0, lambda: v + v * x])
    gradients = tf.gradients(y, [x, v.handle])
    again = tf.gradients(y, [x])
    return {"steps": [{"run": [tf.global_variables_initializer()]}] + _runs(index, [y] + gradients + again)}


def nested():
    """In one another."""
    index, x = _index(), tf.constant([0.3, 0.5], name="x")
    y = tf.switch_case(index, [lambda: tf.switch_case(index + 1, [lambda: tf.exp(x), lambda: tf.sin(x) * x]) * x,
                               lambda: x,
                               lambda: tf.switch_case(index - 2, [lambda: x * x * x, lambda: x])])
    return {"steps": _runs(index, [y] + tf.gradients(y, [x]))}


def single_ops():
    """If and StatelessIf of defined functions."""
    @function.Defun(tf.float32, tf.float32)
    def product(a, b):
        return a * tf.exp(b)

    @function.Defun(tf.float32, tf.float32)
    def difference(a, b):
        return tf.square(a) - b

    x, y = tf.constant([1.0, 2.0], name="x"), tf.constant([0.5, 0.1], name="y")
    steps = []
    for op in (tf.raw_ops.If, tf.raw_ops.StatelessIf):
        flag = tf.placeholder(tf.bool, [])
        z, = op(cond=flag, input=[x, y], Tout=[tf.float32], then_branch=product, else_branch=difference)
        gradients = tf.gradients(z, [x, y])
        steps += [{"fetch": [z] + gradients, "feed": {flag: value}} for value in (True, False)]
    return {"steps": steps}


def optionals():
    """Zeros like optionals, and sums of them."""
    raw = tf.raw_ops

    def values(optional):
        return raw.OptionalGetValue(optional=optional, output_types=[tf.float32, tf.int32], output_shapes=[[2], []])

    full = raw.OptionalFromValue(components=[tf.constant([1.0, 2.0]), tf.constant(3)])
    empty, inner = raw.OptionalNone(), raw.OptionalFromValue(components=[full])
    fetches = values(raw.ZerosLike(x=full)) + values(raw.AddN(inputs=[full, full, full])) + values(raw.AddN(inputs=[full]))
    doubled = raw.OptionalGetValue(optional=raw.AddN(inputs=[inner, inner]), output_types=[tf.variant], output_shapes=[[]])
    fetches += values(doubled[0])
    fetches += [raw.OptionalHasValue(optional=of) for of in (raw.ZerosLike(x=empty), raw.AddN(inputs=[empty, empty]))]
    return {"steps": [{"fetch": fetches}]}


VARIANTS = {f.__name__: f for f in (cases, results, rows, variables, nested, single_ops, optionals)}
