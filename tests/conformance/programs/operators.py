import tensorflow as tf

import numpy as np


def arithmetic():
    x = tf.placeholder(tf.float32, (None, 2), name="x")
    i = tf.constant([7, -7, 3], name="i")
    fetches = [
        x + 1, 1 + x, x - 1.5, 1.5 - x, x * 2, 2 * x, x / 2, 2 / x, x // 2, 2 // x, x % 2, 2 % x, x ** 2, 2 ** x,
        -x, abs(x), x > 0, x >= 0, x < 0, x <= 0, tf.equal(x, 1), tf.not_equal(x, 1),
        i + 1, i / 2, i // 2, i % 3, -i // 2, tf.truediv(i, 2), tf.truncatediv(i, 2), tf.truncatemod(i, 2),
        tf.logical_and(x > 0, x < 2), tf.logical_or(x > 0, x < -1), tf.logical_not(x > 0), (x > 0) & (x < 2),
        ~(x > 0), (x > 0) ^ (x > 1), tf.add(x, x), tf.subtract(x, x), tf.multiply(x, x), tf.divide(x, 3.0),
        tf.square(x), tf.sqrt(abs(x)), tf.round(x), tf.floor(x), tf.ceil(x), tf.sign(x), tf.to_int32(x),
        tf.to_double(x), tf.cast(x, tf.bool), tf.cast(x, tf.float32), tf.cast(x > 0, tf.int64), tf.reciprocal(x),
        x @ tf.constant([[1.0], [2.0]]), tf.add_n([x]), tf.add_n([x, x]), tf.scalar_mul(3.0, x),
        tf.constant(np.float64(2.0)) * 3, tf.constant(2.0, tf.float64) + np.float32(1.0), i + np.int64(1),
    ]
    return {"steps": [{"fetch": fetches, "feed": {x: [[1.0, -2.0], [0.5, 3.0]]}}]}


def constants():
    fetches = [
        tf.constant(1), tf.constant(1.0), tf.constant(True), tf.constant("text"), tf.constant(b"bytes\xff"),
        tf.constant([1, 2, 3]), tf.constant([[1.5, 2.5]]), tf.constant(2 ** 40), tf.constant([]),
        tf.constant(7, shape=[2, 3]), tf.constant([1, 2], shape=[4]), tf.constant([1.0], tf.float64),
        tf.constant(1 + 2j), tf.constant(np.float32(3)), tf.constant(np.arange(4)), tf.constant(np.float16(1.5)),
        tf.constant([b"a", b"bc"]), tf.constant(3, tf.uint8), tf.constant(-3, tf.int16), tf.constant(3, tf.int64),
        tf.constant(0.1, tf.bfloat16), tf.constant(np.zeros([0, 3], np.float32)), tf.constant([True, False]),
        tf.constant(np.full([2, 2], 9.0)), tf.constant([0.0, 0.0, 0.0]), tf.constant([1.0, 2.0, 2.0, 2.0]),
        tf.zeros([2, 3]), tf.zeros([2], tf.int32), tf.zeros([2], tf.string), tf.ones([2]), tf.ones([], tf.int64),
        tf.zeros([40, 40])[0], tf.fill([2, 2], 3.0), tf.zeros(tf.constant([2, 2])), tf.ones_like([1, 2]),
        tf.zeros_like([1.0], dtype=tf.int32), tf.range(5), tf.range(2, 8, 3), tf.range(0.0, 1.0, 0.25),
        tf.linspace(0.0, 1.0, 5), tf.one_hot([0, 2], 3),
        tf.one_hot([1, 0], 2, on_value=5, off_value=-5, axis=0), tf.convert_to_tensor([1.0, tf.constant(2.0)]),
        tf.convert_to_tensor(tf.TensorShape([2, 3])), tf.sequence_mask([1, 3], 4),
    ]
    return {"steps": [{"fetch": fetches}]}


def arrays():
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    u = tf.placeholder(tf.float32, name="u")
    c = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], name="c")
    fetches = [
        tf.shape(x), tf.shape(c), tf.size(x), tf.size(c), tf.rank(u), tf.rank(c), tf.shape(x, out_type=tf.int64),
        tf.reshape(x, [-1]), tf.reshape(x, [3, -1]), tf.reshape(x, tf.shape(c)), tf.transpose(x), tf.transpose(u),
        tf.transpose(c, [1, 0]), tf.expand_dims(x, 0), tf.expand_dims(x, -1), tf.squeeze(tf.expand_dims(x, 0)),
        tf.concat([x, c], 0), tf.concat([x, c], axis=-1), tf.concat([x], 0), tf.stack([x, c]), tf.stack([x, c], axis=2),
        tf.split(c, 3, axis=1)[1], tf.split(c, [1, 2], 1)[1], tf.unstack(c)[0], tf.tile(x, [1, 2]),
        tf.pad(c, [[1, 1], [0, 2]]), tf.pad(c, [[1, 1], [0, 2]], constant_values=7.0),
        tf.reverse(c, [0, -1]), tf.gather(c, [1, 1]), tf.gather(c, 0, axis=1),
        tf.boolean_mask(c, [True, False]), tf.where(c > 2.0), tf.where(c > 2.0, c, -c), tf.fill(tf.shape(x), 2.0),
        tf.zeros_like(x), tf.ones_like(x), tf.zeros_like(u), tf.zeros(tf.shape(x)), tf.unique([3, 1, 3, 2])[1],
        x[0], x[:, 1], x[-1, ...], x[tf.newaxis], x[0:1, ::2], x[::-1], c[:, 1:3], c[tf.constant(1)], c[1, 2],
        tf.slice(x, [0, 1], [-1, 2]), tf.strided_slice(c, [0, 0], [2, 3], [1, 2]), tf.identity(x),
        tf.stop_gradient(x), tf.invert_permutation([2, 0, 1]), tf.cumsum(c, 1), tf.argmax(c, 1),
        tf.nn.in_top_k(c, [0, 2], 1),
    ]
    return {"steps": [{"fetch": fetches, "feed": {x: [[1.0, -2.0, 0.0], [0.5, 3.0, -1.0]], u: [[9.0, 8.0]]}}]}


def more_arrays():
    c = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], name="c")
    fetches = [
        tf.eye(3), tf.eye(2, 3, batch_shape=[2]), tf.diag([1.0, 2.0]), tf.gather_nd(c, [[0, 1], [1, 2]]),
        tf.pad(c, [[1, 1], [0, 2]], "REFLECT"), tf.pad(c, [[1, 1], [0, 2]], "SYMMETRIC"),
        tf.check_numerics(c, "bad"), tf.matrix_band_part(c, 0, -1), tf.diag_part(c[:, :2]),
        tf.meshgrid([1, 2], [3, 4, 5])[0], tf.roll(c, 1, 1), tf.cumprod(c, 1), tf.argmin(c, 0, output_type=tf.int32),
        tf.nn.top_k(c, 2)[0], tf.nn.top_k(c, 2)[1], tf.searchsorted([1, 3, 5], [2, 5]), tf.bincount([1, 1, 3]),
    ]
    return {"steps": [{"fetch": fetches}]}


def zero_fraction():
    return {"steps": [{"fetch": [tf.nn.zero_fraction([[1.0, -2.0, 0.0], [0.0, 3.0, -1.0]])]}]}


def reductions():
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    u = tf.placeholder(tf.float32, name="u")
    b = tf.constant([[True, False], [True, True]], name="b")
    n = tf.constant([[1, 2], [3, 4]], name="n")
    fetches = []
    for reduce in (tf.reduce_sum, tf.reduce_mean, tf.reduce_prod, tf.reduce_max, tf.reduce_min):
        fetches += [reduce(x), reduce(x, 0), reduce(x, axis=[0, 1]), reduce(x, axis=-1, keepdims=True), reduce(u),
                    reduce(u, 0), reduce(n), reduce(n, axis=[])]
    fetches += [tf.reduce_all(b), tf.reduce_any(b, 0), tf.reduce_all(b, 1), tf.count_nonzero(x),
                tf.reduce_logsumexp(x), tf.nn.moments(x, [0])[1], tf.norm(x),
                tf.reduce_sum(x, reduction_indices=[1])]
    return {"steps": [{"fetch": fetches, "feed": {x: [[1.0, -2.0, 0.0], [0.5, 3.0, -1.0]], u: [[9.0, 8.0]]}}]}


def activations():
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    functions = (tf.nn.relu, tf.nn.relu6, tf.nn.elu, tf.nn.selu, tf.nn.crelu, tf.nn.leaky_relu, tf.nn.softplus,
                 tf.nn.softsign, tf.nn.sigmoid, tf.sigmoid, tf.tanh, tf.nn.tanh, tf.nn.softmax, tf.nn.log_softmax,
                 tf.nn.swish, tf.log_sigmoid)
    fetches = [function(x) for function in functions]
    fetches += [tf.nn.bias_add(x, [1.0, 2.0, 3.0]), tf.nn.xw_plus_b(x, tf.ones([3, 2]), [1.0, 2.0]),
                tf.nn.relu_layer(x, tf.ones([3, 2]), [1.0, 2.0])]
    return {"steps": [{"fetch": fetches, "feed": {x: [[1.0, -2.0, 0.0], [0.5, 30.0, -100.0]]}}]}


def strings():
    s = tf.constant(["a", "b"])
    fetches = [tf.string_join([s, "-", s]), tf.as_string([1, 2]), tf.as_string([1.5], precision=2),
               tf.string_to_number(["1.5", "-2"]), tf.strings.length(s), tf.reduce_join(s), tf.equal(s, "a")]
    return {"steps": [{"fetch": fetches}]}


VARIANTS = {
    "arithmetic": arithmetic,
    "constants": constants,
    "arrays": arrays,
    "more_arrays": more_arrays,
    "zero_fraction": zero_fraction,
    "reductions": reductions,
    "activations": activations,
    "strings": strings,
}
