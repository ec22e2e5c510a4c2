"""tf.switch_case: one of several functions, by number."""

import tensorflow as tf


def _values(index, fetches):
    """A step for each number, some of which no branch has."""
    return [{"fetch": fetches, "feed": {index: value}} for value in (-2, 0, 1, 2, 3, 2147483647)]


def numbered():
    """Lists, pairs in another order, dicts, with and without a default."""
    index = tf.placeholder(tf.int32, [], name="index")
    x = tf.constant([1.0, 2.0], name="x")
    y = tf.constant(3.0, name="y")
    double, add, square = (lambda: x * 2.0), (lambda: x + y), (lambda: tf.square(x))
    listed = tf.switch_case(index, [double, add, square])
    paired = tf.switch_case(index, [(1, add), (0, square)], default=double, name="paired")
    by_key = tf.switch_case(index, {2: lambda: x, 0: lambda: tf.constant([7.0, 8.0]), 1: lambda: y * x})
    alone = tf.switch_case(index, [double], name="alone")
    return {"steps": _values(index, [listed, paired, by_key, alone])}


def structures():
    """Several results; shapes that differ; an operation in place of a tensor."""
    index = tf.placeholder(tf.int32, [], name="index")
    x = tf.placeholder(tf.float32, [None], name="x")
    z = tf.constant([[1, 2], [3, 4]], name="z")
    pair = tf.switch_case(index, [lambda: (tf.reduce_sum(x), {"n": tf.shape(x)}),
                                  lambda: (tf.constant(1.0), {"n": tf.size(x, name="n") + tf.zeros([1], tf.int32)})])
    shaped = tf.switch_case(index, [lambda: z, lambda: z[:1], lambda: z + 1])
    done = tf.switch_case(index, [lambda: tf.no_op(), lambda: tf.group(tf.identity(x))], name="done")
    return {"steps": [{"fetch": [pair[0], pair[1]["n"], shaped, done], "feed": {index: i, x: [4.0, 5.0]}} for i in (0, 1, 2)],
            "facts": {"shapes": [t.shape.as_list() if t.shape.dims is not None else None
                                 for t in (pair[0], pair[1]["n"], shaped, done)]}}


def variables():
    """What branches read of variables, and what they change."""
    index = tf.placeholder(tf.int32, [], name="index")
    v = tf.get_variable("v", [], initializer=tf.constant_initializer(2.0))
    r = tf.get_variable("r", [], initializer=tf.constant_initializer(3.0), use_resource=True)

    def change():
        with tf.control_dependencies([r.assign_add(10.0)]):
            return v + r.read_value()

    result = tf.switch_case(index, [lambda: v * r, change, lambda: tf.identity(v)])
    return {"steps": [{"run": [tf.global_variables_initializer()]}]
            + [{"fetch": [result], "feed": {index: i}} for i in (0, 1, 2, 1)] + [{"fetch": [r.read_value()]}]}


def nested():
    """In one another, in conditionals and in loops."""
    index = tf.placeholder(tf.int32, [], name="index")
    x = tf.constant(5, name="x")

    def inner():
        return tf.switch_case(index - 1, [lambda: x * 2, lambda: x * 3])

    outer = tf.switch_case(index, [lambda: x, inner, inner])
    chosen = tf.cond(index > 0, lambda: tf.switch_case(index, [lambda: x, lambda: x + 1]), lambda: x - 1)
    total = tf.while_loop(lambda i, a: i < 5,
                          lambda i, a: (i + 1, a + tf.switch_case(i, [lambda: i * 10, lambda: x, lambda: i])),
                          [tf.constant(0), tf.constant(0)])[1]
    return {"steps": _values(index, [outer, chosen, total])}


def gradients():
    """What gradients come to; TensorFlow changes the node for them, which is no part of the graph here."""
    facts = {}
    for number in (-1, 0, 1, 2):
        with tf.Graph().as_default(), tf.Session() as session:
            x, y = tf.constant([1.0, 2.0]), tf.constant(3.0)
            v = tf.get_variable("v", [2], initializer=tf.constant_initializer(0.5), use_resource=True)
            z, w = tf.switch_case(tf.constant(number), [
                lambda: (x * y * v, tf.constant(1.0)), lambda: (tf.sin(x) * 2.0, tf.reduce_sum(x) * y),
                lambda: (tf.constant([5.0, 6.0]), y * y * y)])
            gradients = tf.gradients([z, w], [x, y, v.handle])
            session.run(tf.global_variables_initializer())
            facts["of %d" % number] = session.run(gradients)
    return {"steps": [], "facts": facts}


VARIANTS = {f.__name__: f for f in (numbered, structures, variables, nested, gradients)}
