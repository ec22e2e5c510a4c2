import tensorflow as tf


def every_op(size, seed):
    shape = [size]
    options = [
        tf.random_uniform(shape, seed=seed),
        tf.random_uniform(shape, -1.0, 1.0, dtype=tf.float64, seed=seed),
        tf.random_uniform(shape, minval=-5, maxval=1000, dtype=tf.int32, seed=seed),
        tf.random_uniform(shape, minval=-(1 << 40), maxval=1 << 50, dtype=tf.int64, seed=seed),
        tf.random_uniform(shape, dtype=tf.float16, seed=seed),
        tf.random_normal(shape, 1.0, 3.0, seed=seed),
        tf.random_normal(shape, dtype=tf.float64, seed=seed),
        tf.truncated_normal(shape, seed=seed),
        tf.truncated_normal(shape, dtype=tf.float64, seed=seed),
        tf.random_shuffle(tf.range(size), seed=seed),
        tf.multinomial(tf.log([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]]), size, seed=seed),
        tf.multinomial(tf.log([[0.1, 0.2, 0.7]]), size, seed=seed, output_dtype=tf.int32),
        tf.nn.dropout(tf.ones(shape), rate=0.3, seed=seed),
    ]
    return options


def sizes():
    """Graph seed and op seed both set; every op twice in one session, so that the generator's advance shows."""
    tf.set_random_seed(12345)
    fetches = []
    for size in (1, 7, 1000, 5000):
        with tf.name_scope("size_%d" % size):
            fetches += every_op(size, 42)
    return {"steps": [{"fetch": fetches}, {"fetch": fetches}]}


def op_seed_only():
    return {"steps": [{"fetch": every_op(7, 42)}, {"fetch": every_op(7, 0)}]}


def graph_seed_only():
    tf.set_random_seed(42)
    return {"steps": [{"fetch": every_op(7, None)}]}


def zero_seeds():
    tf.set_random_seed(0)
    return {"steps": [{"fetch": every_op(7, 0)}, {"fetch": every_op(7, None)}]}


def large_seeds():
    tf.set_random_seed(2 ** 31 - 1)
    return {"steps": [{"fetch": every_op(7, 2 ** 31 - 2)}]}


def shuffles():
    tf.set_random_seed(1)
    fetches = [
        tf.random_shuffle([[1, 2], [3, 4], [5, 6], [7, 8]], seed=3),
        tf.random_shuffle(tf.reshape(tf.range(24, dtype=tf.float32), [6, 2, 2]), seed=3),
        tf.random_shuffle(tf.constant(["a", "b", "c", "d", "e"]), seed=3),
        tf.random_shuffle(tf.zeros([0, 3]), seed=3),
        tf.random_shuffle(5, seed=3),
        tf.random_uniform([], seed=3),
        tf.random_uniform([0], seed=3),
        tf.random_uniform([2, 3, 4], seed=3),
        tf.random_uniform(tf.shape(tf.zeros([2, 3])), seed=3),
    ]
    return {"steps": [{"fetch": fetches}, {"fetch": fetches}]}


VARIANTS = {
    "sizes": sizes,
    "op_seed_only": op_seed_only,
    "graph_seed_only": graph_seed_only,
    "zero_seeds": zero_seeds,
    "large_seeds": large_seeds,
    "shuffles": shuffles,
}
