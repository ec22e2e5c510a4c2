import tensorflow as tf

import numpy as np


def book():
    """The draws of the book's notebooks: an op's seed alone, and with the graph's."""
    alone = tf.random_uniform([9, 1], -1.0, 1.0, seed=42)
    tf.set_random_seed(42)
    both = tf.random_uniform([9, 1], -1.0, 1.0, seed=42)
    return {"steps": [{"fetch": [alone, both]}, {"fetch": [alone]}], "facts": {"seed": tf.get_seed(7),
                                                                               "alone": tf.get_seed(None)}}


def functions():
    """Every spelling of the random functions, with seeds of the graph only."""
    tf.random.set_random_seed(7)
    n = tf.placeholder_with_default(3, (), name="n")
    fetches = [
        tf.random_uniform([3]), tf.random.uniform((2, 2), 5, 9, tf.int32), tf.random_uniform([2], maxval=100,
                                                                                             dtype=tf.int64),
        tf.random_uniform([n], dtype=tf.float64), tf.random_uniform((), minval=0.0, maxval=1.0),
        tf.random.uniform(tf.shape([1, 2])),
        tf.random_shuffle(tf.range(8)), tf.random.shuffle([[1, 2], [3, 4], [5, 6]], seed=3),
        tf.random_crop(tf.range(10), [4]),
        tf.random.multinomial([[0.0, 1.0, 2.0]], 5), tf.multinomial([[1.0, 1.0]], 4, seed=2),
        tf.random.categorical([[0.0, 0.0]], 3),
        tf.random_uniform([2, 0]), tf.random_uniform([3], 0.0, tf.constant([1.0, 2.0, 3.0])),
        tf.random.uniform([300], seed=1),
        tf.random_uniform([2], dtype=tf.float16),
    ]
    return {"steps": [{"fetch": fetches}, {"fetch": fetches[:4]}],
            "facts": {"names": [tensor.name for tensor in fetches]}}


def normals():
    fetches = [
        tf.random_normal((3, 1), seed=1), tf.random.normal([2], 1.0, 2.0, seed=2),
        tf.truncated_normal([3], stddev=np.float64(0.5), seed=3),
        tf.random.truncated_normal([2, 2], mean=-1.0, seed=4), tf.random_normal([2], dtype=tf.float64, seed=5),
        tf.random_normal([0]),
        tf.random_normal([300], seed=6), tf.truncated_normal([300], seed=7),
        tf.random_normal([2], mean=[10.0, 20.0], stddev=[1.0, 2.0], seed=8),
    ]
    return {"steps": [{"fetch": fetches}, {"fetch": fetches[:3]}],
            "facts": {"names": [tensor.name for tensor in fetches]}}


def runs_and_sessions():
    """A new session starts the sequence again; runs go on; two ops of one seed go side by side."""
    a = tf.random_uniform([2], seed=1, name="a")
    b = tf.random_uniform([2], seed=1, name="b")
    facts = {}
    for name in ("first session", "second session"):
        with tf.Session() as sess:
            facts[name] = [sess.run([a, b]), sess.run(a)]
    tf.set_random_seed(9)
    c = tf.random_uniform([2], name="c")
    tf.constant(0)
    d = tf.random_uniform([2], name="d")
    with tf.Session() as sess:
        facts["graph seed"] = sess.run([c, d])
    facts["attributes"] = [(op.get_attr("seed"), op.get_attr("seed2")) for op in tf.get_default_graph().get_operations()
                           if op.type == "RandomUniform"]
    facts["graph"] = tf.get_default_graph().seed
    return {"steps": [], "facts": facts}


def dropouts():
    tf.set_random_seed(5)
    x = tf.ones([4, 5], name="x")
    fetches = [tf.nn.dropout(x, 0.5), tf.nn.dropout(x, 0.5, seed=1), tf.nn.dropout(x, rate=0.25, seed=2),
               tf.nn.dropout(x, 0.5, noise_shape=[4, 1], seed=3), tf.nn.dropout(x, tf.constant(0.5), seed=4)]
    fetches.append(tf.gradients(fetches[1], [x])[0])
    return {"steps": [{"fetch": fetches}, {"fetch": fetches[:2]}]}


VARIANTS = {
    "book": book,
    "functions": functions,
    "normals": normals,
    "runs_and_sessions": runs_and_sessions,
    "dropouts": dropouts,
}
