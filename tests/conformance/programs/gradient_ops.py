import tensorflow as tf

import numpy as np

A = np.array([[0.4, -0.7, 1.2], [2.0, 0.1, -1.5]], np.float32)
B = np.array([[1.3, 0.6, -0.8], [0.9, -2.0, 0.3]], np.float32)
ROW = np.array([0.5, -1.0, 2.0], np.float32)
SQUARE = np.array([[2.0, 0.5, 0.1], [0.3, 1.5, -0.2], [0.0, 0.4, 3.0]], np.float32)
CUBE = np.arange(12, dtype=np.float32).reshape(2, 2, 3) / 7 - 0.6
SCALAR = np.float32(1.7)


def positive(x):
    return tf.abs(x) + 0.5


# Each entry: name, function of its inputs, the inputs' values. Every input is differentiated.
CASES = [
    ("add", lambda a, b: tf.add(a, b), (A, B)),
    ("plus", lambda a, b: a + b, (A, B)),
    ("plus_row", lambda a, b: a + b, (A, ROW)),
    ("plus_scalar", lambda a, b: a + b, (A, SCALAR)),
    ("minus", lambda a, b: a - b, (A, B)),
    ("minus_row", lambda a, b: b - a, (A, ROW)),
    ("times", lambda a, b: a * b, (A, B)),
    ("times_row", lambda a, b: a * b, (A, ROW)),
    ("times_scalar", lambda a: 3.0 * a, (A,)),
    ("divide", lambda a, b: a / b, (A, B)),
    ("divide_row", lambda a, b: a / b, (A, ROW)),
    ("div", lambda a, b: tf.div(a, b), (A, B)),
    ("div_no_nan", lambda a, b: tf.div_no_nan(a, b), (A, ROW)),
    ("floordiv", lambda a, b: tf.floordiv(a, b) * a, (A, B)),
    ("floormod", lambda a, b: tf.floormod(a, b), (A, B)),
    ("maximum", lambda a, b: tf.maximum(a, b), (A, B)),
    ("maximum_scalar", lambda a: tf.maximum(a, 0.), (A,)),
    ("maximum_row", lambda a, b: tf.maximum(a, b), (A, ROW)),
    ("minimum", lambda a, b: tf.minimum(a, b), (A, ROW)),
    ("pow", lambda a, b: tf.pow(positive(a), b), (A, ROW)),
    ("pow_scalar", lambda a: a ** 2, (A,)),
    ("squared_difference", lambda a, b: tf.squared_difference(a, b), (A, ROW)),
    ("negative", lambda a: -a, (A,)),
    ("abs", lambda a: tf.abs(a), (A,)),
    ("sign", lambda a: tf.sign(a) * a, (A,)),
    ("square", lambda a: tf.square(a), (A,)),
    ("sqrt", lambda a: tf.sqrt(positive(a)), (A,)),
    ("rsqrt", lambda a: tf.rsqrt(positive(a)), (A,)),
    ("exp", lambda a: tf.exp(a), (A,)),
    ("log", lambda a: tf.log(positive(a)), (A,)),
    ("log1p", lambda a: tf.log1p(positive(a)), (A,)),
    ("reciprocal", lambda a: tf.reciprocal(a), (A,)),
    ("sin", lambda a: tf.sin(a), (A,)),
    ("cos", lambda a: tf.cos(a), (A,)),
    ("tanh", lambda a: tf.tanh(a), (A,)),
    ("sigmoid", lambda a: tf.sigmoid(a), (A,)),
    ("relu", lambda a: tf.nn.relu(a), (A,)),
    ("relu6", lambda a: tf.nn.relu6(a * 5.0), (A,)),
    ("leaky_relu", lambda a: tf.nn.leaky_relu(a), (A,)),
    ("elu", lambda a: tf.nn.elu(a), (A,)),
    ("selu", lambda a: tf.nn.selu(a), (A,)),
    ("softplus", lambda a: tf.nn.softplus(a), (A,)),
    ("cast", lambda a: tf.cast(tf.cast(a, tf.float64) * 2.0, tf.float32), (A,)),
    ("identity", lambda a: tf.identity(a), (A,)),
    ("add_n", lambda a, b: tf.add_n([a, b, a]), (A, B)),
    ("matmul", lambda a, b: tf.matmul(a, b), (A, SQUARE)),
    ("matmul_ta", lambda a, b: tf.matmul(a, b, transpose_a=True), (A, B)),
    ("matmul_tb", lambda a, b: tf.matmul(a, b, transpose_b=True), (A, B)),
    ("matmul_tab", lambda a, b: tf.matmul(a, b, transpose_a=True, transpose_b=True), (SQUARE, A)),
    ("batch_matmul", lambda a, b: tf.matmul(a, b, transpose_b=True), (CUBE, CUBE)),
    ("matrix_inverse", lambda a: tf.matrix_inverse(a), (SQUARE,)),
    ("matrix_determinant", lambda a: tf.matrix_determinant(a), (SQUARE,)),
    ("cholesky", lambda a: tf.cholesky(tf.matmul(a, a, transpose_b=True)), (SQUARE,)),
    ("bias_add", lambda a, b: tf.nn.bias_add(a, b), (A, ROW)),
    ("l2_loss", lambda a: tf.nn.l2_loss(a), (A,)),
    ("softmax", lambda a, b: tf.nn.softmax(a) * b, (A, B)),
    ("log_softmax", lambda a, b: tf.nn.log_softmax(a) * b, (A, B)),
    ("sum", lambda a: tf.reduce_sum(a), (A,)),
    ("sum_axis", lambda a: tf.reduce_sum(a, axis=1), (A,)),
    ("sum_keep", lambda a: tf.reduce_sum(a, axis=0, keepdims=True), (A,)),
    ("sum_negative", lambda a: tf.reduce_sum(a, axis=[-1, 0]), (CUBE,)),
    ("mean", lambda a: tf.reduce_mean(a), (A,)),
    ("mean_axis", lambda a: tf.reduce_mean(a, axis=0), (A,)),
    ("prod", lambda a: tf.reduce_prod(a, axis=1), (A,)),
    ("max", lambda a: tf.reduce_max(a, axis=1), (A,)),
    ("min", lambda a: tf.reduce_min(a), (A,)),
    ("cumsum", lambda a, b: tf.cumsum(a, axis=1, exclusive=True, reverse=True) * b, (A, B)),
    ("transpose", lambda a, b: tf.transpose(a) * tf.transpose(b), (A, B)),
    ("transpose_perm", lambda a: tf.transpose(a, [2, 0, 1]), (CUBE,)),
    ("reshape", lambda a: tf.reshape(a, [3, -1]), (A,)),
    ("expand_dims", lambda a: tf.expand_dims(a, 1), (A,)),
    ("squeeze", lambda a: tf.squeeze(tf.expand_dims(a, 0), [0]), (A,)),
    ("tile", lambda a: tf.tile(a, [2, 3]), (A,)),
    ("fill", lambda a: tf.fill([2, 3], a), (SCALAR,)),
    ("stack", lambda a, b: tf.stack([a, b], axis=1), (A, B)),
    ("unstack", lambda a: tf.unstack(a, num=2, axis=0)[1], (A,)),
    ("concat", lambda a, b: tf.concat([a, b, a], axis=1), (A, B)),
    ("concat_first", lambda a, b: tf.concat([a, b], 0), (A, B)),
    ("split", lambda a: tf.split(a, 3, axis=1)[2], (A,)),
    ("slice", lambda a: tf.slice(a, [0, 1], [2, 2]), (A,)),
    ("strided_slice", lambda a: a[:, 1:], (A,)),
    ("strided_slice_new_axis", lambda a: a[1, tf.newaxis, ::2], (A,)),
    ("pad", lambda a: tf.pad(a, [[1, 0], [0, 2]]), (A,)),
    ("reverse", lambda a: tf.reverse(a, [1]), (A,)),
    ("gather", lambda a: tf.gather(a, [1, 0, 1]), (A,)),
    ("gather_axis", lambda a: tf.gather(a, [2, 0], axis=1), (A,)),
    ("where", lambda a, b: tf.where(a > b, a, b), (A, B)),
    ("select_row", lambda a, b: tf.where([True, False], a, b), (A, B)),
    ("zeros_like", lambda a: a + tf.zeros_like(a) + tf.ones_like(a), (A,)),
    ("dynamic_stitch", lambda a, b: tf.dynamic_stitch([[0, 2], [1, 3]], [a, b]), (A, B)),
    ("unsorted_segment_sum", lambda a: tf.unsorted_segment_sum(a, [1, 0], 3), (A,)),
    ("placeholder_with_default", lambda a: tf.placeholder_with_default(a, [2, 3]) * 2.0, (A,)),
    ("sparse_cross_entropy", lambda a: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 2], logits=a), (A,)),
    ("cross_entropy", lambda a, b: tf.nn.softmax_cross_entropy_with_logits_v2(labels=b, logits=a), (A, B)),
    ("clip", lambda a: tf.clip_by_value(a, -0.5, 0.5), (A,)),
    ("broadcast_to", lambda a: tf.broadcast_to(a, [2, 3]), (ROW,)),
    ("moments", lambda a: tf.add(*tf.nn.moments(a, [0])), (A,)),
    ("global_norm", lambda a, b: tf.global_norm([a, b]), (A, B)),
    ("l2_normalize", lambda a: tf.nn.l2_normalize(a, 1), (A,)),
    ("reduce_logsumexp", lambda a: tf.reduce_logsumexp(a, 1), (A,)),
    ("tensordot", lambda a, b: tf.tensordot(a, b, axes=[[1], [1]]), (A, B)),
    ("erf", lambda a: tf.erf(a), (A,)),
    ("floor", lambda a: tf.floor(a) * a, (A,)),
    ("tan", lambda a: tf.tan(a), (A,)),
    ("expm1", lambda a: tf.expm1(a), (A,)),
]


def chain(make, skip=()):
    """Each function of CASES under its own name scope, with its gradients, and the values of all of them."""
    fetches, feeds, facts = [], {}, {}
    for name, function, values in CASES:
        if name in skip:
            continue
        with tf.name_scope(name):
            inputs = [make(value, feeds) for value in values]
            y = function(*inputs)
            grads = tf.gradients(y, inputs)
        fetches.append(y)
        for index, grad in enumerate(grads):
            if grad is None:
                facts["%s/%d" % (name, index)] = "none"
            else:
                fetches.append(grad)
    return {"steps": [{"fetch": fetches, "feed": feeds}], "facts": facts}


def constant(value, _):
    return tf.constant(value)


def unknown_sizes(value, feeds):
    x = tf.placeholder(tf.float32, [None] * value.ndim)
    feeds[x] = value
    return x


def unknown_first(value, feeds):
    x = tf.placeholder(tf.float32, (None,) + value.shape[1:] if value.ndim else ())
    feeds[x] = value
    return x


def unknown_rank(value, feeds):
    x = tf.placeholder(tf.float32)
    feeds[x] = value
    return x


VARIANTS = {
    "static": lambda: chain(constant),
    "unknown_first": lambda: chain(unknown_first),
    "unknown_sizes": lambda: chain(unknown_sizes),
    "unknown_rank": lambda: chain(unknown_rank, skip=(
        "unsorted_segment_sum", "l2_normalize", "tensordot", "strided_slice_new_axis", "moments", "prod")),
}
