"""Functions called with Python values in place of tensors: the constants that they become."""

import numpy as np
import tensorflow as tf


def constants():
    two = tf.constant(2)
    tf.constant([1, 2], shape=[2, 3])
    tf.constant(7.0, shape=[2], name="sevens")
    tf.constant([[1, 2], [3, 4]], dtype=tf.float64, shape=[4])
    tf.constant(np.array([1.5, 2.5]), tf.int32)
    tf.constant(["a"], shape=[2])
    tf.constant([], shape=[0, 3])
    tf.zeros_like([1, 2]), tf.zeros_like([1, 2], dtype=tf.float32), tf.ones_like(3.0), tf.zeros_like(["a"])
    tf.zeros([2, two]), tf.ones([two, 2, 3], tf.int32), tf.zeros([2, 3, two], name="z"), tf.zeros(two)
    tf.zeros(3), tf.zeros([1000], tf.string), tf.ones([2], tf.bool), tf.zeros(tf.placeholder(tf.int32, name="p"))
    tf.fill([2, two], 1.0), tf.fill([2, 3], 1)
    tf.shape([1, 2]), tf.size([1, 2]), tf.rank([1, 2]), tf.shape([[1]], out_type=tf.int64)
    tf.range(3), tf.range(3, dtype=tf.float32), tf.range(3, delta=2), tf.range(two), tf.range(1, two, name="r")
    tf.linspace(0.0, 1.0, 3), tf.lin_space(tf.constant(0.0), 1.0, two)
    tf.eye(2, 2), tf.eye(2, batch_shape=[3]), tf.eye(two), tf.eye(2, two, dtype=tf.int32)
    tf.eye(2, batch_shape=tf.constant([3]), num_columns=3), tf.eye(3, 2, batch_shape=[2, 1])
    tf.cast([1, 2], tf.float32), tf.cast([1.5], tf.float32), tf.cast(np.array([1, 2]), tf.float32)
    return {"steps": []}


def objects():
    for text in (b"x", "x"):
        tf.constant(np.array(text, dtype=object)), tf.constant(np.array(text))
    with tf.Graph().as_default():
        texts = tf.data.Dataset.from_generator(lambda: iter([(1, "x"), (2, b"y")]), (tf.int32, tf.string), ([], []))
        following = tf.compat.v1.data.make_one_shot_iterator(texts).get_next()
        with tf.Session() as session:
            elements = [session.run(following) for _ in range(2)]
    return {"steps": [], "facts": {"elements": elements}}


def arrays():
    zero, u = tf.constant(0), tf.placeholder(tf.float32, name="u")
    v = tf.Variable([[1, 2]], name="v")
    tf.transpose([[1, 2]]), tf.transpose([[1, 2]], [1, 0]), tf.transpose([[1, 2]], tf.constant([1, 0])), tf.transpose(3)
    tf.transpose(v), tf.reshape([1, 2], [2, 1]), tf.reshape([1, 2], [zero + 2, -1], name="r"), tf.reshape(v, [-1])
    tf.expand_dims([1, 2], 0), tf.expand_dims(v, zero), tf.squeeze([[1, 2]]), tf.squeeze([[1, 2]], 0)
    tf.tile([1, 2], [2]), tf.tile([1, 2], [zero + 1])
    tf.concat([[1], [2]], 0), tf.concat([[1, 2]], 0), tf.concat([[1], tf.constant([2])], zero), tf.concat([v], zero)
    tf.concat([v, [[3, 4]]], -1, name="c")
    tf.stack([1, 2]), tf.stack([zero, 2]), tf.stack([[1], [2]], axis=1), tf.stack([v, v]), tf.stack([1.0], name="s")
    tf.stack([zero, 5], axis=-1), tf.stack([])
    tf.unstack([[1, 2], [3, 4]]), tf.unstack([[1, 2], [3, 4]], axis=1), tf.unstack([[1, 2], [3, 4]], num=2)
    tf.split([1, 2, 3, 4], 2), tf.split([1, 2, 3, 4], [1, 3]), tf.split([1, 2, 3, 4], tf.constant([1, 3]))
    tf.split(u, tf.placeholder(tf.int32, name="sizes"), num=2, axis=zero, name="parts"), tf.split([[1, 2]], 2, axis=1)
    tf.gather([1, 2, 3], [0, 1]), tf.gather([[1, 2, 3]], [0], axis=zero), tf.gather([[1]], [[0]], axis=1, batch_dims=1)
    tf.gather(v, 0), tf.gather([1], [0, zero])
    tf.one_hot([1, 2], 3), tf.one_hot(zero, 3, on_value=5, off_value=0), tf.one_hot([1], 3, dtype=tf.int32)
    tf.one_hot([1], 3, off_value=tf.constant(1.0)), tf.one_hot([1], 2, on_value="a", off_value="b", axis=0)
    tf.where([True, False], [1, 2], [3, 4]), tf.where_v2([True, False], [1, 2], 3)
    tf.boolean_mask([1, 2, 3], [True, False, True]), tf.boolean_mask([[1, 2], [3, 4]], [True, False], axis=1)
    v[0], v[0, 1:], u[zero], tf.constant([1, 2])[zero:]
    return {"steps": []}


def math():
    zero, v = tf.constant(0), tf.Variable([1.0, 2.0], name="v")
    tf.reduce_sum([1, 2]), tf.reduce_sum([[1, 2], [3, 4]], axis=1), tf.reduce_sum([1.0, 2.0], axis=zero)
    tf.reduce_sum(v), tf.reduce_mean([1, 2.0], name="m"), tf.reduce_max(v, axis=[0, zero]), tf.reduce_all([True])
    tf.reduce_logsumexp([1.0, 2.0]), tf.reduce_logsumexp([[1.0, 2.0]], axis=1, keepdims=True, name="l")
    tf.math.reduce_euclidean_norm([3.0, 4.0], axis=0)
    tf.argmax([1, 2]), tf.argmin([[1, 2]], 1), tf.argmax(v, axis=zero, output_type=tf.int32)
    tf.add_n([v, [1.0, 2.0]]), tf.add_n([[1.0]]), tf.add_n([v], name="alone"), tf.scalar_mul(2.0, v), tf.scalar_mul(2, tf.constant([1.0]))
    tf.clip_by_value([1, 2, 3], 1, 2), tf.clip_by_norm([1.0, 2.0], 1.0), tf.clip_by_norm([[1.0, 2.0]], 1.0, axes=[1])
    tf.clip_by_average_norm([1.0, 2.0], 1.0), tf.global_norm([tf.constant([1.0]), None, [2.0]])
    tf.clip_by_global_norm([[1.0, 2.0], None], 1.0)
    tf.clip_by_global_norm([tf.constant([1.0])], 1.0, use_norm=tf.constant(2.0), name="known")
    tf.random_uniform([2, zero + 3]), tf.random_uniform([2], zero, 10, dtype=tf.int32)
    tf.random_normal([2], mean=tf.constant(1.0), stddev=[1.0, 2.0]), tf.random_shuffle([1, 2, 3], seed=3)
    tf.tensordot([[1.0, 2.0]], [[3.0], [4.0]], 1), tf.tensordot([[1.0, 2.0]], [[3.0], [4.0]], [[1], [0]], name="t")
    tf.tensordot(tf.zeros([2, 3, 4]), tf.ones([4, 3]), [[1, 2], [1, 0]]), tf.tensordot(v, v, 0)
    tf.tensordot(tf.placeholder(tf.float32, [None, 3], name="rows"), tf.ones([3, 2]), [1, 0])
    tf.tensordot(tf.placeholder(tf.float32, name="any"), tf.ones([3, 2]), 1)
    tf.tensordot(tf.zeros([2, 3]), tf.ones([3, 2]), tf.constant([[1], [0]]))
    return {"steps": []}


def nn():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    tf.nn.softmax([1.0, 2.0]), tf.nn.softmax([[1.0, 2.0]], axis=0), tf.nn.log_softmax([[1.0, 2.0]])
    tf.nn.bias_add([[1.0, 2.0]], [1.0, 2.0]), tf.nn.bias_add(x, [1, 2], data_format="NHWC")
    tf.nn.dropout([1.0, 2.0], rate=0.5), tf.nn.dropout(x, rate=0.5, noise_shape=[1, 2], seed=1)
    tf.nn.dropout([[1.0, 2.0]], rate=tf.constant(0.5), noise_shape=[None, 1])
    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0], logits=[[1.0, 2.0]])
    tf.nn.softmax_cross_entropy_with_logits_v2(labels=[[0, 1]], logits=[[1.0, 2.0]])
    tf.nn.softmax_cross_entropy_with_logits(labels=[[0.0, 1]], logits=[[1.0, 2.0]])
    tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.constant([[0.0, 1]]), logits=tf.constant([[1.0, 2.0]]), axis=0)
    tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[1.0, 2.0])
    tf.nn.weighted_cross_entropy_with_logits([1.0, 0.0], [1.0, 2.0], 3.0)
    tf.nn.weighted_cross_entropy_with_logits([1.0, 0.0], [1.0, 2.0], tf.constant(3.0))
    tf.nn.in_top_k([[1.0, 2.0]], [0], 1), tf.nn.top_k([1.0, 2.0], 1), tf.nn.top_k(x, tf.constant(1), sorted=False)
    tf.nn.l2_normalize([1.0, 2.0], [0], epsilon=1e-3), tf.nn.l2_normalize([1.0, 2.0])
    tf.nn.moments(x, [0], keep_dims=True, name="m"), tf.nn.moments(x, 0)
    tf.nn.crelu([[1.0, 2.0]], axis=0), tf.log_sigmoid([1.0]), tf.nn.leaky_relu([1], 0.1), tf.nn.leaky_relu(x)
    return {"steps": []}


def models():
    tf.losses.mean_squared_error([1, 2], [3.0, 4.0]), tf.losses.mean_squared_error([1, 2], [3.0, 4.0], weights=[1, 0.0])
    tf.losses.compute_weighted_loss([1.0, 2.0]), tf.losses.compute_weighted_loss([1, 2], weights=2)
    tf.losses.softmax_cross_entropy([[1, 0]], [[1.0, 2.0]]), tf.losses.sparse_softmax_cross_entropy([0], [[1.0, 2.0]])
    tf.losses.sigmoid_cross_entropy([[1, 0]], [[1.0, 2.0]], label_smoothing=0.1)
    tf.losses.cosine_distance([1.0, 0.0], [1.0, 0.0], axis=0), tf.losses.hinge_loss([1, 0], [1.0, 2.0])
    tf.losses.log_loss([1.0, 0.0], [0.5, 0.2]), tf.losses.huber_loss([1.0, 0.0], [0.5, 0.2])
    tf.summary.scalar("a", 3.0), tf.summary.histogram("h", [1.0, 2.0]), tf.summary.text("t", tf.constant(["a"]))
    tf.summary.image("i", [[[[1.0]]]], max_outputs=2), tf.summary.audio("u", [[1.0]], 44100.0, family="f")
    tf.summary.tensor_summary("t", [1.0]), tf.summary.merge(["x"])
    row = np.array([[1, 2]], np.float32)
    tf.layers.dense(row, 2), tf.layers.flatten(row), tf.layers.dropout(row, rate=0.5)
    return {"steps": []}


VARIANTS = {"constants": constants, "objects": objects, "arrays": arrays, "math": math, "nn": nn, "models": models}
