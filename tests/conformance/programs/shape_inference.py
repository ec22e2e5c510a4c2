import tensorflow as tf


def build():
    """Partially known shapes, and shape arguments that are computed from constants and from other shapes."""
    a = tf.placeholder(tf.float32, (None, 3), name="a")
    b = tf.placeholder(tf.float32, (4, None), name="b")
    u = tf.placeholder(tf.float32, name="u")
    n = tf.placeholder(tf.int32, (), name="n")
    s = tf.placeholder(tf.int32, (2,), name="s")
    dims = tf.shape(a)
    results = {
        "broadcast": a + tf.placeholder(tf.float32, (5, None)), "with unknown": a + u, "matmul": tf.matmul(b, a),
        "reshape to packed": tf.reshape(a, [dims[0], 1, 3]), "reshape to stack": tf.reshape(u, tf.stack([n, 2])),
        "reshape to fed": tf.reshape(u, s), "reshape by product": tf.reshape(a, [-1, dims[1] * 1]),
        "fill fed": tf.fill(s, 0.0), "fill mixed": tf.fill([n, 5], 0.0), "fill shape": tf.fill(dims, 0.0),
        "zeros": tf.zeros([dims[0], 7]), "range": tf.range(2 + 3), "range fed": tf.range(n), "tile": tf.tile(a, [2, 2]),
        "tile fed": tf.tile(a, s), "concat": tf.concat([a, a], 1), "concat unknown": tf.concat([a, u], 0),
        "slice": tf.slice(a, [0, 1], [-1, 2]), "slice fed": tf.slice(a, s, [1, 1]), "strided": a[1:, ::2],
        "strided fed": a[n:, 0], "reduce": tf.reduce_sum(a, 0), "reduce keep": tf.reduce_sum(a, 1, keepdims=True),
        "reduce fed": tf.reduce_sum(a, n), "reduce fed keep": tf.reduce_sum(a, n, keepdims=True),
        "transpose fed": tf.transpose(a, s), "expand": tf.expand_dims(a, n), "squeeze": tf.squeeze(a),
        "stack": tf.stack([a, a], 1), "gather": tf.gather(a, [[0, 1]]), "gather fed": tf.gather(a, n),
        "one hot": tf.one_hot([1, 2], n), "random": tf.random_uniform([dims[0], 2], seed=1),
        "random fed": tf.random_uniform(s, seed=1), "where": tf.where(a > 0.), "select": tf.where(a > 0., a, a),
        "pad": tf.pad(a, [[0, 1], [1, 1]]), "split": tf.split(a, 3, 1)[0], "unstack": tf.unstack(b)[0],
        "argmax": tf.argmax(a, 1), "softmax": tf.nn.softmax(u), "bias": tf.nn.bias_add(u, [1.0, 2.0]),
        "set": tf.placeholder_with_default([[1.0]], (None, None)), "identity": tf.identity(a), "cast": tf.to_int32(b),
        "sum of n": tf.add_n([a, tf.placeholder(tf.float32, (5, None))]), "inverse": tf.matrix_inverse(b),
        "in top k": tf.nn.in_top_k(a, tf.placeholder(tf.int32), 1), "batch": tf.matmul(tf.expand_dims(b, 0), [[[1.0]]]),
        "cross entropy": tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.placeholder(tf.int64), logits=a),
    }
    return {"steps": [], "facts": {key: "%s %s" % (value.name, value.shape) for key, value in results.items()}}
