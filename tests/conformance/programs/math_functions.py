import tensorflow as tf

import numpy as np


def called(functions, *arguments):
    return [function(*arguments) for function in functions]


def unary():
    """Every function of one tensor, by each of its public names."""
    x = tf.constant([0.5, -0.25, 0.75], name="x")
    p = tf.constant([0.5, 1.5, 3.0], name="p")
    fetches = called((tf.abs, tf.negative, tf.sign, tf.square, tf.exp, tf.sin, tf.cos, tf.tan, tf.asin, tf.acos,
                      tf.atan, tf.sinh, tf.cosh,
                      tf.tanh, tf.asinh, tf.atanh, tf.floor, tf.ceil, tf.round, tf.rint, tf.sigmoid, tf.erf, tf.erfc,
                      tf.expm1, tf.log1p,
                      tf.reciprocal, tf.is_nan, tf.is_inf, tf.is_finite, tf.log_sigmoid, tf.math.softplus,
                      tf.math.softsign,
                      tf.math.bessel_i0e, tf.math.bessel_i1e, tf.nn.l2_loss), x)
    fetches += called((tf.log, tf.sqrt, tf.rsqrt, tf.lgamma, tf.digamma, tf.acosh), p + 1.0)
    fetches += called((tf.math.abs, tf.math.negative, tf.math.exp, tf.math.log, tf.math.sqrt, tf.math.square,
                       tf.math.sin, tf.math.tanh,
                       tf.math.sigmoid, tf.math.sign, tf.math.floor, tf.math.ceil, tf.math.rsqrt, tf.math.reciprocal,
                       tf.math.is_nan, tf.math.is_finite, tf.math.lgamma, tf.math.erf, tf.math.log1p, tf.math.round), p)
    fetches += [tf.exp(x, name="named"), tf.negative(x), tf.identity(x), tf.math.real(x)]
    return {"steps": [{"fetch": fetches}], "facts": {"names": [tensor.name for tensor in fetches]}}


def binary():
    x = tf.constant([0.5, -0.25, 2.0], name="x")
    y = tf.constant([2.0, 3.0, -1.0], name="y")
    p = tf.constant([0.5, 1.5, 3.0], name="p")
    i, j = tf.constant([7, -7, 12], name="i"), tf.constant([2, 2, 5], name="j")
    fetches = called((tf.add, tf.subtract, tf.multiply, tf.divide, tf.div, tf.truediv, tf.realdiv, tf.floordiv,
                      tf.floor_div, tf.mod,
                      tf.floormod, tf.maximum, tf.minimum, tf.squared_difference, tf.atan2, tf.div_no_nan,
                      tf.math.divide_no_nan,
                      tf.equal, tf.not_equal, tf.less, tf.less_equal, tf.greater, tf.greater_equal, tf.math.xdivy,
                      tf.math.add, tf.math.subtract, tf.math.multiply, tf.math.maximum, tf.math.less), x, y)
    fetches += called((tf.pow, tf.math.pow, tf.igamma, tf.igammac, tf.math.xlogy), p, p)
    fetches += called((tf.add, tf.subtract, tf.multiply, tf.truediv, tf.floordiv, tf.truncatediv, tf.mod,
                       tf.truncatemod, tf.maximum, tf.equal,
                       tf.bitwise.bitwise_and, tf.bitwise.bitwise_or, tf.bitwise.bitwise_xor, tf.bitwise.left_shift), i,
                       j)
    fetches += [tf.add(x, 1), tf.multiply(2.0, x), tf.maximum(x, 0.), tf.pow(x, 2), tf.subtract([1.0, 2.0, 3.0], x),
                tf.scalar_mul(2, x), tf.add_n([x, y, p]), tf.accumulate_n([x, y, p]), tf.clip_by_value(x, -0.1, 0.1),
                tf.clip_by_norm(x, 1.0), tf.clip_by_average_norm(x, 0.1), tf.cross(x, y), tf.tensordot(x, y, 1),
                tf.clip_by_norm(tf.reshape(x, [1, 3]), 1.0, axes=[1]), tf.global_norm([x, y])]
    return {"steps": [{"fetch": fetches}], "facts": {"names": [tensor.name for tensor in fetches]}}


def reductions():
    x = tf.constant([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]], name="x")
    b = tf.constant([[True, False], [True, True]], name="b")
    i = tf.constant([[3, 1], [2, 2]], name="i")
    p = tf.placeholder(tf.float32, (None, 3), name="p")
    fetches = []
    for function in (tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod, tf.reduce_logsumexp,
                     tf.math.reduce_std, tf.math.reduce_variance, tf.math.reduce_euclidean_norm):
        fetches += [function(x), function(x, 0), function(x, axis=1), function(x, axis=-1, keepdims=True),
                    function(x, [0, 1]), function(p, 0)]
    fetches += [tf.reduce_sum(x, keep_dims=True), tf.reduce_sum(i), tf.reduce_mean(i), tf.reduce_max(i, 1),
                tf.reduce_all(b), tf.reduce_any(b, 1),
                tf.reduce_all(b, axis=0, keepdims=True), tf.argmax(x, 1), tf.argmin(x),
                tf.argmax(x, axis=0, output_type=tf.int32),
                tf.arg_max(x, 1), tf.cumsum(x), tf.cumsum(x, 1, exclusive=True, reverse=True), tf.cumprod(x, axis=1),
                tf.count_nonzero(x),
                tf.count_nonzero(i, axis=0, dtype=tf.int32), tf.norm(x), tf.norm(x, ord=1, axis=1), tf.norm(x, np.inf),
                tf.norm(x, axis=0, keepdims=True),
                tf.reduce_sum(x, axis=tf.constant(0)), tf.reduce_mean(x, name="named"), tf.math.reduce_sum(x, 1),
                tf.reduce_max(x, axis=(0,))]
    fetches += list(tf.nn.moments(x, [0, 1])) + list(tf.nn.moments(x, axes=[0],
                                                                   keep_dims=True)) + [tf.bincount([1, 1, 3]),
                                                                                       tf.reduce_sum([[1, 2]])]
    return {"steps": [{"fetch": fetches, "feed": {p: [[1.0, 2.0, 3.0]]}}],
            "facts": {"shapes": [str(tensor.shape) for tensor in fetches]}}


def matrices():
    """matmul in all its forms, and the linear algebra beside it."""
    a = tf.constant([[4.0, 1.0], [1.0, 3.0]], name="a")
    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], name="x")
    c = tf.constant(np.arange(12).reshape(3, 2, 2), tf.float32, name="c")
    z = tf.constant([[1 + 1j, 2.0], [0.0, 1j]], name="z")
    p = tf.placeholder(tf.float32, (None, 2), name="p")
    fetches = [
        tf.matmul(a, x), tf.matmul(x, a, transpose_a=True), tf.matmul(x, x, transpose_b=True),
        tf.matmul(x, x, False, True, name="positional"),
        tf.matmul(x, x, True, False), tf.matmul(c, c), tf.matmul(c, c, transpose_b=True),
        tf.matmul(z, z, adjoint_a=True), tf.matmul(p, a),
        tf.matmul(z, z, adjoint_b=True), tf.matmul(a, [[1.0], [2.0]]), tf.matmul(np.eye(2, dtype=np.float32), a),
        tf.matmul([[1, 2]], [[3], [4]]),
        tf.linalg.matmul(a, a), tf.linalg.matvec(a, [1.0, 2.0]), tf.tensordot(x, a, axes=[[0], [0]]),
        tf.tensordot(a, a, 2), tf.matmul(a, a, a_is_sparse=False),
        tf.matrix_inverse(a), tf.linalg.inv(a), tf.matrix_determinant(a), tf.linalg.det(a), tf.cholesky(a),
        tf.linalg.cholesky(a),
        tf.matrix_solve(a, [[1.0], [2.0]]), tf.linalg.solve(a, [[1.0], [2.0]], adjoint=True),
        tf.matrix_triangular_solve(a, [[1.0], [2.0]]),
        tf.cholesky_solve(tf.cholesky(a), [[1.0], [2.0]]), tf.matrix_transpose(c), tf.linalg.transpose(x), tf.trace(a),
        tf.linalg.trace(c),
        tf.eye(2), tf.eye(2, 3, dtype=tf.float64), tf.eye(2, batch_shape=[2]), tf.linalg.eye(3), tf.diag([1.0, 2.0]),
        tf.diag_part(a), tf.matrix_diag(x),
        tf.linalg.diag([1.0, 2.0]), tf.matrix_diag_part(c), tf.matrix_set_diag(a, [9.0, 9.0]),
        tf.matrix_band_part(a, 0, -1), tf.linalg.l2_normalize(x, 1),
        tf.self_adjoint_eigvals(a), tf.linalg.eigvalsh(a), tf.svd(a, compute_uv=False), tf.linalg.norm(x),
        tf.linalg.logdet(a), tf.matrix_solve_ls(x, [[1.0], [2.0]]),
        tf.linalg.tensor_diag([1.0, 2.0]), tf.transpose(a), tf.linalg.adjoint(z),
        tf.matrix_inverse(tf.cast(a, tf.float64)),
        tf.matmul(tf.transpose(x), x), tf.matrix_inverse(c + tf.eye(2)),
    ]
    return {"steps": [{"fetch": fetches, "feed": {p: [[1.0, 2.0]]}}],
            "facts": {"names": [tensor.name for tensor in fetches]}}


def segments():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="x")
    ids = tf.constant([0, 0, 1], name="ids")
    fetches = [function(x, ids) for function in (tf.segment_sum, tf.segment_mean, tf.segment_max, tf.segment_min,
                                                 tf.segment_prod, tf.math.segment_sum)]
    fetches += [function(x, [2, 0, 2], 3) for function in (tf.unsorted_segment_sum, tf.unsorted_segment_max,
                                                           tf.unsorted_segment_mean,
                                                          tf.unsorted_segment_sqrt_n, tf.math.unsorted_segment_prod)]
    fetches += [tf.sparse_segment_sum(x, [0, 2], [0, 0]), tf.sparse_segment_mean(x, [0, 2], [0, 0]),
                tf.sparse_segment_sqrt_n(x, [1, 2], [0, 0]), tf.histogram_fixed_width([0.1, 0.9, 0.2], [0.0, 1.0], 2)]
    return {"steps": [{"fetch": fetches}]}


def casts():
    x = tf.constant([1.5, -2.5, 0.0], name="x")
    fetches = called((tf.to_float, tf.to_double, tf.to_int32, tf.to_int64, tf.to_bfloat16, tf.to_complex64,
                      tf.to_complex128), x)
    fetches += [tf.cast(x, dtype) for dtype in (tf.float16, tf.float32, "float64", tf.int32, tf.int64, tf.int8, tf.bool,
                                                tf.complex64, tf.int16)]
    fetches += [tf.cast(True, tf.float32), tf.cast([1, 2], tf.float32), tf.dtypes.cast(x, tf.int32),
                tf.cast(tf.constant(3.9), dtype=tf.int32, name="named"),
                tf.saturate_cast(x, tf.uint8), tf.bitcast(x, tf.int32), tf.as_string(x)]
    return {"steps": [{"fetch": fetches}], "facts": {"same": tf.cast(x, tf.float32) is x,
                                                     "names": [tensor.name for tensor in fetches]}}


def logistic():
    """Exercise 9.12 in its parts: sigmoids written out, log losses, what the notebooks compute by hand."""
    X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
    y = tf.placeholder(tf.float32, shape=(None, 1), name="y")
    theta = tf.Variable(tf.random_uniform([3, 1], -1.0, 1.0, seed=42), name="theta")
    logits = tf.matmul(X, theta, name="logits")
    by_hand = 1 / (1 + tf.exp(-logits))
    y_proba = tf.sigmoid(logits)
    epsilon = 1e-7
    loss = -tf.reduce_mean(y * tf.log(y_proba + epsilon) + (1 - y) * tf.log(1 - y_proba + epsilon))
    train = tf.train.GradientDescentOptimizer(learning_rate=0.01).minimize(loss)
    init = tf.global_variables_initializer()
    feed = {X: [[1.0, 0.5, -1.0], [1.0, -0.5, 2.0]], y: [[1.0], [0.0]]}
    return {"steps": [{"run": [init]}, {"fetch": [by_hand, y_proba, loss], "feed": feed},
                      {"run": [train], "feed": feed},
                      {"fetch": [theta, loss], "feed": feed}]}


VARIANTS = {
    "unary": unary,
    "binary": binary,
    "reductions": reductions,
    "matrices": matrices,
    "segments": segments,
    "casts": casts,
    "logistic": logistic,
}
