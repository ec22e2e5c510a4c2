"""Sparse gradients that come to ops which want dense ones: each op that reads one makes a tensor of it."""

import tensorflow as tf


def _gradients(functions, x):
    """The gradients of some rows of each function's result."""
    found = []
    for name, function in functions:
        with tf.name_scope(name):
            y = function(x)
        rows = tf.gather(y, [1, 2, 1], name=name + "_rows")
        found.append(tf.convert_to_tensor(tf.gradients(rows, x, name=name + "_gradients")[0]))
    return {"steps": [{"fetch": found}]}


def _matrix():
    return tf.constant([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [0.35, 0.25, 0.15]], name="x")


def elementwise():
    """Functions of one tensor, some of whose nodes wait for the gradient."""
    return _gradients([
        ("tanh", tf.tanh), ("sigmoid", tf.sigmoid), ("exp", tf.exp), ("log", tf.log), ("sqrt", tf.sqrt),
        ("rsqrt", tf.rsqrt), ("square", tf.square), ("negative", tf.negative), ("abs", tf.abs), ("sin", tf.sin),
        ("cos", tf.cos), ("tan", tf.tan), ("asin", tf.asin), ("acos", tf.acos), ("atan", tf.atan), ("erf", tf.erf),
        ("reciprocal", tf.reciprocal), ("log1p", tf.log1p), ("expm1", tf.expm1), ("sinh", tf.sinh),
        ("cosh", tf.cosh), ("asinh", tf.asinh), ("lgamma", tf.lgamma), ("identity", tf.identity),
        ("relu", tf.nn.relu), ("relu6", tf.nn.relu6), ("elu", tf.nn.elu), ("softplus", tf.nn.softplus),
        ("softsign", tf.nn.softsign), ("leaky", tf.nn.leaky_relu), ("selu", tf.nn.selu),
        ("cast", lambda x: tf.cast(tf.cast(x, tf.float64), tf.float32)),
    ], _matrix())


def pairs():
    """Functions of two tensors: broadcast, of one shape, and products of matrices."""
    row = tf.constant([0.5, 1.5, 2.5], name="row")
    other = tf.constant([[0.5, 0.2, 0.3]] * 4, name="other")
    square = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]], name="square")
    return _gradients([
        ("add", lambda x: x + row), ("add_same", lambda x: x + other), ("sub", lambda x: row - x),
        ("sub_same", lambda x: x - other), ("mul", lambda x: x * row), ("mul_same", lambda x: other * x),
        ("div", lambda x: x / row), ("divide_by", lambda x: row / x), ("pow", lambda x: tf.pow(x, 2.0)),
        ("maximum", lambda x: tf.maximum(x, row)), ("minimum", lambda x: tf.minimum(x, 0.4)),
        ("difference", lambda x: tf.squared_difference(x, row)), ("no_nan", lambda x: tf.div_no_nan(x, row)),
        ("matmul", lambda x: tf.matmul(x, square)), ("matmul_b", lambda x: tf.matmul(x, square, transpose_b=True)),
        ("atan2", lambda x: tf.atan2(x, other)), ("clip", lambda x: tf.clip_by_value(x, 0.3, 0.6)),
    ], _matrix())


def shapes():
    """What moves elements about."""
    return _gradients([
        ("reshape", lambda x: tf.reshape(tf.reshape(x, [12]), [4, 3])),
        ("transpose", lambda x: tf.transpose(tf.transpose(x))), ("pad", lambda x: tf.pad(x, [[0, 1], [0, 0]])),
        ("slice", lambda x: tf.slice(x, [0, 0], [3, 3])), ("strided", lambda x: x[0:3]),
        ("squeeze", lambda x: tf.squeeze(tf.expand_dims(x, 0), [0])), ("stack", lambda x: tf.stack([x[0], x[1], x[2]])),
        ("split", lambda x: tf.split(x, [3, 1])[0]), ("reverse", lambda x: tf.reverse(x, [0])),
        ("roll", lambda x: tf.roll(x, 1, 0)), ("gather", lambda x: tf.gather(x, [2, 1, 0])),
        ("add_n", lambda x: tf.add_n([x, x])),
        ("tile", lambda x: tf.tile(x, [2, 1])),
    ], _matrix())


def reductions():
    """Sums, means, maxima, running sums; softmax; segments; a choice; a bias."""
    row = tf.constant([0.5, 1.5, 2.5], name="row")
    return _gradients([
        ("sum", lambda x: tf.reduce_sum(x, 1)), ("sum_kept", lambda x: tf.reduce_sum(x, 1, keepdims=True)),
        ("mean", lambda x: tf.reduce_mean(x, 1)), ("max", lambda x: tf.reduce_max(x, 1)),
        ("prod", lambda x: tf.reduce_prod(x, 1)), ("cumsum", lambda x: tf.cumsum(x)),
        ("softmax", lambda x: tf.nn.softmax(x)), ("log_softmax", lambda x: tf.nn.log_softmax(x)),
        ("segments", lambda x: tf.segment_sum(x, [0, 1, 2, 2])),
        ("unsorted", lambda x: tf.unsorted_segment_sum(x, [2, 0, 1, 1], 3)),
        ("where", lambda x: tf.where(x > 0.4, x, -x)), ("bias", lambda x: tf.nn.bias_add(x, row)),
        ("l2", lambda x: tf.nn.l2_normalize(x, 1)),
    ], _matrix())


VARIANTS = {f.__name__: f for f in (elementwise, pairs, shapes, reductions)}
