"""Gradients of rows of joined values, and sparse gradients that ops are given."""
import tensorflow as tf


def variables(*shapes, **options):
    return [tf.get_variable("v%d" % i, shape, initializer=tf.random_uniform_initializer(seed=i), **options)
            for i, shape in enumerate(shapes)]


def rows_of(value, *ids, **options):
    return tf.gather(value, tf.constant(ids, options.get("dtype", tf.int32)))


def facts(gradients):
    return {str(i): "%s %s" % (type(g).__name__, g.dtype.name) for i, g in enumerate(gradients)}


def on(*gradients):
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"fetch": list(gradients)}], "facts": facts(gradients)}


def first_axis():
    """Each part gets the rows of its range; of int64, too, and of parts whose shapes are known when they run."""
    v, w, u = variables([5, 2], [3, 2], [1, 2])
    joined = tf.concat([v, w, u], 0)
    gradients = tf.gradients(rows_of(joined, 0, 8, 5, 0, 7), [v, w, u])
    gradients += tf.gradients(rows_of(tf.concat([v, w], -2), 1, 6, 1, dtype=tf.int64), [w, v])
    a, b = tf.placeholder_with_default([[1.0, 2.0]], [None, None]), tf.placeholder_with_default([[3.0, 4.0]] * 2, [None, None])
    gradients += tf.gradients(rows_of(tf.concat([a, b], 0), 2, 0), [a, b])
    a, b = tf.placeholder_with_default([1.0, 2.0], None), tf.placeholder_with_default([3.0], None)
    gradients += tf.gradients(rows_of(tf.concat([a, b], 0), 2, 0), [a, b])
    return on(*gradients)


def other_axes():
    """Each part gets all rows, cut to its width."""
    v, w = variables([5, 2], [5, 3])
    gradients = tf.gradients(rows_of(tf.concat([v, w], 1), 0, 4, 0), [v, w])
    gradients += tf.gradients(rows_of(tf.concat([v, w], -1), 2, 1), [v, w])
    a, b = variables_of_rank_3()
    gradients += tf.gradients(rows_of(tf.concat([a, b], 1), 1, 1), [a, b])
    gradients += tf.gradients(rows_of(tf.concat([a, a], 2), 1, 0), [a])
    return on(*gradients)


def variables_of_rank_3():
    return (tf.get_variable("a", [2, 1, 3], initializer=tf.ones_initializer()),
            tf.get_variable("b", [2, 2, 3], initializer=tf.ones_initializer()))


def resources():
    v, w = variables([5, 2], [3, 2], use_resource=True)
    joined = tf.concat([v, w], 0)
    loss = tf.reduce_sum(rows_of(joined, 0, 7) ** 2)
    step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [step], "fetch": [loss]}, {"fetch": [v, w]}]}


def older_join():
    v, w = variables([5, 2], [3, 2])
    return on(*tf.gradients(rows_of(tf.raw_ops.Concat(concat_dim=0, values=[v, w]), 6, 1), [v, w]))


def through_other_ops():
    """Ops between the variable and its rows whose gradients sum over rows, or put them in their places."""
    v, w = variables([5, 2], [5, 2])
    gradients = tf.gradients(rows_of(tf.fill([5, 2], tf.reduce_sum(v)), 3, 0), [v])
    gradients += tf.gradients(rows_of(tf.dynamic_stitch([[0, 2, 4, 1, 3]], [w]), 3, 0), [w])
    return on(*gradients)


def several_readers():
    """Rows add up with rows, and with a tensor."""
    v, w = variables([5, 2], [3, 2])
    joined = tf.concat([v, w], 0)
    gradients = tf.gradients([rows_of(joined, 0, 7), rows_of(joined, 1, 0, 6)], [v, w])
    gradients += tf.gradients([rows_of(joined, 0, 7), joined * 2.0], [v, w])
    return on(*gradients)


def unknown_axis():
    """Refused where the axis is not known while building."""
    v, w = variables([5, 2], [5, 2])
    axis = tf.placeholder_with_default(0, [])
    a = tf.placeholder(tf.float32)
    said = []
    for y, x in ((tf.concat([v, w], axis), v), (tf.concat([a, a], -1), a)):
        try:
            tf.gradients(rows_of(y, 0), [x])
            said.append("none")
        except ValueError as error:
            said.append(str(error).split("\n")[0])
    return {"steps": [], "facts": {"first": said[0], "second": said[1]}}


def given_to_ops():
    """Where an op is given one, it becomes a tensor inside of the op's scope."""
    v, = variables([5, 2])
    g, = tf.gradients(rows_of(v, 3, 0) ** 2, [v])
    results = [tf.identity(g), tf.negative(g), tf.square(g), tf.abs(g), tf.reshape(g, [10]), tf.gather(g, [3]),
               tf.zeros_like(g), tf.ones_like(g), tf.shape(g), tf.size(g), tf.rank(g), tf.add_n([g, g]), tf.add_n([g]),
               tf.reduce_sum(g), tf.reduce_mean(g, axis=0), tf.matmul(g, g, transpose_b=True), g.values + 1, tf.add(g, 1.0),
               tf.multiply(2.0, g), tf.concat([g, v], 0), tf.stack([g, g]), tf.transpose(g), tf.norm(g), tf.nn.l2_loss(g),
               tf.expand_dims(g, 0), tf.argmax(g, 1), tf.maximum(g, 0.0), tf.where(tf.greater(g, 0.0), g, v),
               tf.convert_to_tensor(g), tf.summary.histogram("g", g)]
    clipped, norm = tf.clip_by_global_norm([g, v], 1.0)
    results += [tf.clip_by_norm(g, 1.0), tf.clip_by_value(g, -1.0, 1.0), tf.scalar_mul(2.0, g), -g, norm, tf.global_norm([g])]
    results += clipped + list(tf.tuple([g, norm]))
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"fetch": [r for r in results if r.dtype != tf.string]}]}


VARIANTS = {
    "first_axis": first_axis, "other_axes": other_axes, "resources": resources, "older_join": older_join,
    "through_other_ops": through_other_ops, "several_readers": several_readers, "unknown_axis": unknown_axis, "given_to_ops": given_to_ops,
}
