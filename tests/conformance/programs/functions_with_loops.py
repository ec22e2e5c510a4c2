"""Functions that build branches and loops of their own."""

import tensorflow as tf


def hessians():
    """Second derivatives, by variables and tensors of several shapes."""
    x = tf.constant([1.0, 2.0, 3.0], name="x")
    v = tf.Variable([[0.5, -1.0]], name="v")
    p = tf.placeholder(tf.float32, (None,), name="p")
    y = tf.reduce_sum(x * x * x) + x[0] * x[1] + tf.reduce_sum(tf.square(tf.matmul(v, [[2.0], [3.0]])) * v)
    by_all = tf.hessians([y, tf.reduce_prod(p)], [x, v, p])
    scalar = tf.constant(2.0, name="scalar")
    by_scalar = tf.hessians(scalar ** 3, scalar, gate_gradients=True)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": by_all + by_scalar, "feed": {p: [2.0, 3.0, 5.0]}}],
            "facts": {"shapes": [str(tensor.shape) for tensor in by_all + by_scalar]}}


def hessians_of_lookups():
    """Second derivatives that are rows."""
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="w")
    rows = tf.gather(w, [2, 0])
    by_table = tf.hessians(tf.reduce_sum(rows * rows * rows), w)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": by_table}]}


def matrix_norms():
    """The largest singular values of matrices in two dimensions."""
    a = tf.constant([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[0.0, 1.0], [0.0, 0.0], [2.0, 0.0]]], name="a")
    p = tf.placeholder(tf.float32, name="p")
    norms = [tf.norm(a, 2, [-2, -1]), tf.norm(a, 2, (0, 2), keepdims=True), tf.norm(p, 2, [0, 1], name="of_any")]
    facts = {"shapes": [str(tensor.shape) for tensor in norms]}
    return {"steps": [{"fetch": norms, "feed": {p: [[3.0, 0.0], [0.0, -4.0]]}}], "facts": facts}


def zero_fractions():
    """Of known and unknown sizes, of several dtypes, and the gradient through a branch that counts."""
    p = tf.placeholder(tf.float32, name="p")
    integers = tf.constant([0, 1, 0, 3], tf.int64, name="integers")
    fractions = [tf.nn.zero_fraction(p), tf.math.zero_fraction(integers, name="of_integers"),
                 tf.nn.zero_fraction([True, False, False])]
    facts = {"gradients": str(tf.gradients(fractions[0], p)), "names": [tensor.name for tensor in fractions]}
    return {"steps": [{"fetch": fractions[:1], "feed": {p: value}} for value in ([0.0, 2.0, 0.0], [[1.0]], [])] +
            [{"fetch": fractions[1:]}], "facts": facts}


def metric_weights():
    """Weights of metrics whose rank only a run knows."""
    p = tf.placeholder(tf.float32, name="p")
    values = tf.placeholder(tf.float32, (None, 2), name="values")
    rows = tf.constant([[1.0, 0.5], [2.0, 0.0]], name="rows")
    pairs = [tf.metrics.mean(values, p), tf.metrics.mean_squared_error(rows, values, p),
             tf.metrics.mean_absolute_error(p, values, rows)]
    init = tf.local_variables_initializer()
    steps = [{"run": [init]}]
    for weights in (2.0, [[1.0, 0.0], [0.5, 1.0]], [[[1.0], [3.0]], [[0.0], [1.0]]]):
        feed = {p: weights, values: [[1.0, 2.0], [3.0, 5.0]]}
        steps.append({"fetch": [update for _, update in pairs[:2 if weights != 2.0 else 1]], "feed": feed})
    return {"steps": steps + [{"fetch": [value for value, _ in pairs]}]}


VARIANTS = {f.__name__: f for f in (hessians, hessians_of_lookups, matrix_norms, zero_fractions, metric_weights)}
