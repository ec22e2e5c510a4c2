"""Single kernels on large tensors."""

from timing import moved, time_targets, variable


def measure(tf, np, threads):
    random = np.random.RandomState(42)
    x = variable(tf, np, random.rand(2048, 2048).astype(np.float32))
    y = variable(tf, np, random.rand(2048, 2048).astype(np.float32))
    logits = variable(tf, np, random.randn(128, 10000).astype(np.float32))
    classes = variable(tf, np, random.randint(10000, size=128))
    dense = variable(tf, np, np.full((128, 10000), 1e-4, np.float32))
    rows = variable(tf, np, random.randint(2048, size=2048))
    table = tf.Variable(tf.zeros([2048, 2048]))
    time_targets(tf, threads, {
        'sum/all': (tf.reduce_sum(x), moved(x)), 'sum/axis_0': (tf.reduce_sum(x, 0), moved(x)), 'sum/axis_1': (tf.reduce_sum(x, 1), moved(x)),
        'mean/axis_0': (tf.reduce_mean(x, 0), moved(x)), 'max/axis_1': (tf.reduce_max(x, 1), moved(x)),
        'softmax': (tf.nn.softmax(x), moved(x, x)), 'log_softmax': (tf.nn.log_softmax(x), moved(x, x)),
        'cross_entropy/sparse': (tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits), moved(logits, logits)),
        'cross_entropy/dense': (tf.nn.softmax_cross_entropy_with_logits(labels=dense, logits=logits), moved(logits, dense, logits)),
        'transpose': (tf.transpose(x), moved(x, x)), 'transpose/3d': (tf.transpose(tf.reshape(x, [128, 32, 1024]), [1, 0, 2]), moved(x, x)),
        'gather': (tf.gather(x, rows), moved(x, x)), 'scatter': tf.scatter_update(table, rows, y).op,
        'concat': (tf.concat([x, y], 1), moved(x, y, x, y)), 'stack': (tf.stack([x, y]), moved(x, y, x, y)), 'tile': (tf.tile(x, [2, 1]), moved(x, x, x)),
        'slice': (tf.strided_slice(x, [1, 1], [2047, 2047]), moved(x, x)), 'pad': (tf.pad(x, [[1, 1], [1, 1]]), moved(x, x)),
        'where': (tf.where(x > y, x, y), moved(x, y, x)), 'cast': (tf.cast(x, tf.int32), moved(x, x)), 'one_hot': tf.one_hot(rows, 1000),
        'argmax': (tf.argmax(x, 1), moved(x)), 'top_k': (tf.nn.top_k(x, 5).values, moved(x)), 'cumsum': (tf.cumsum(x, 1), moved(x, x)),
        'random/uniform': tf.random_uniform([4000000]), 'random/normal': tf.random_normal([4000000]),
        'random/truncated_normal': tf.truncated_normal([1000000]),
        'random/integers': tf.random_uniform([4000000], maxval=1000, dtype=tf.int32),
    }, 1e3, 'ms')
