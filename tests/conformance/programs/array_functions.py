import tensorflow as tf

import numpy as np


def shaping():
    x = tf.constant(np.arange(6).reshape(2, 3), name="x")
    p = tf.placeholder(tf.float32, (None, 3), name="p")
    fetches = [
        tf.reshape(x, [3, 2]), tf.reshape(x, (-1,)), tf.reshape(p, [-1, 1, 3]), tf.reshape(x, tf.constant([6])),
        tf.reshape(5, []),
        tf.expand_dims(x, 1), tf.expand_dims(x, axis=-1), tf.expand_dims(p, dim=0), tf.squeeze([[[1], [2]]]),
        tf.squeeze([[[1], [2]]], axis=0),
        tf.squeeze(tf.ones([1, 2, 1]), squeeze_dims=[2]), tf.transpose(x), tf.transpose(x, perm=[1, 0]),
        tf.transpose(np.ones((2, 3, 4)), [2, 0, 1]),
        tf.transpose(p), tf.tile(x, [1, 2]), tf.tile(p, [2, 1]), tf.broadcast_to([1, 2, 3], [2, 3]),
        tf.pad(x, [[1, 0], [0, 2]]),
        tf.pad(x, [[1, 1], [1, 1]], "REFLECT"), tf.pad(x, [[1, 1], [1, 1]], mode="SYMMETRIC"),
        tf.pad(x, [[0, 1], [0, 0]], constant_values=9),
        tf.reverse(x, [0]), tf.reverse_v2(x, [1]), tf.reverse_sequence(x, [2, 3], seq_axis=1, batch_axis=0),
        tf.roll(x, 1, 1),
        tf.shape(x), tf.shape(p), tf.shape(x, out_type=tf.int64, name="long"), tf.size(p), tf.rank(p),
        tf.shape_n([x, x])[1], tf.identity(x),
        tf.ensure_shape(p, (1, 3)), tf.identity(p),
        tf.meshgrid([1, 2], [3, 4, 5])[1], tf.meshgrid([1, 2], [3, 4, 5], indexing="ij")[0],
    ]
    return {"steps": [{"fetch": fetches, "feed": {p: [[1.0, 2.0, 3.0]]}}],
            "facts": {"shapes": [str(tensor.shape) for tensor in fetches]}}


def joining():
    x = tf.constant([[1, 2], [3, 4]], name="x")
    p = tf.placeholder(tf.int32, (None, 2), name="p")
    fetches = [
        tf.concat([x, x], 0), tf.concat([x, x], axis=1), tf.concat(axis=-1, values=[x, x, x]), tf.concat([x, p], 0),
        tf.concat(x, 0),
        tf.concat([[1, 2], [3]], 0), tf.stack([x, x]), tf.stack([1, 2, 3]), tf.stack([x, x], axis=-1), tf.stack([p, x]),
        tf.stack([tf.constant(1.0), 2.0]), tf.split(x, 2)[0], tf.split(x, [1, 1], axis=1)[1],
        tf.split(p, num_or_size_splits=2, axis=1)[0],
        tf.unstack(x)[1], tf.unstack(x, axis=1)[0], tf.unstack(p, 2, 1)[1], tf.tuple([x, p])[1],
        tf.dynamic_stitch([[0, 2], [1]], [[1, 2], [3]]),
        tf.dynamic_partition([1, 2, 3], [0, 1, 0], 2)[0], tf.boolean_mask(x, [True, False]),
        tf.concat([tf.zeros([0, 2], tf.int32), x], 0),
    ]
    return {"steps": [{"fetch": fetches, "feed": {p: [[7, 8], [9, 10]]}}],
            "facts": {"shapes": [str(tensor.shape) for tensor in fetches]}}


def parallel_stacks():
    x = tf.placeholder(tf.float32, [2], name="x")
    fetches = [tf.parallel_stack([x, [1.0, 2.0], tf.constant([3.0, 4.0])]), tf.parallel_stack([1, 2], name="mine"),
               tf.parallel_stack([tf.constant([["a"]]), [["b"]]]), tf.parallel_stack([x])]
    return {"steps": [{"fetch": fetches, "feed": {x: [5.0, 6.0]}}],
            "facts": {"shapes": [str(tensor.shape) for tensor in fetches]}}


def choosing():
    x = tf.constant([[1.0, 5.0, 3.0], [4.0, 2.0, 6.0]], name="x")
    i = tf.placeholder(tf.int32, (None,), name="i")
    values, indices = tf.nn.top_k(x, 2)
    unique, positions = tf.unique([4, 4, 1, 7, 1])
    _, _, counts = tf.unique_with_counts([4, 4, 1])
    missing, where = tf.setdiff1d([1, 2, 3, 4], [2, 4])
    fetches = [
        tf.gather(x, [1, 0]), tf.gather(x, i), tf.gather(x, [0, 2], axis=1), tf.gather(x, 1),
        tf.gather_nd(x, [[0, 1], [1, 2]]), tf.gather(x, [[0, 1]]),
        tf.batch_gather(x, [[0], [2]]), tf.where(x > 2.0), tf.where(x > 2.0, x, -x),
        tf.where([True, False], x, tf.zeros_like(x)),
        tf.slice(x, [0, 1], [2, 2]), tf.slice(x, [1, 0], [-1, -1]), tf.strided_slice(x, [0, 0], [2, 3], [1, 2]),
        tf.one_hot([0, 2], 3), tf.one_hot(i, 4, axis=0),
        tf.one_hot([1], 2, on_value=True, off_value=False), tf.one_hot([[0, 1]], depth=2, dtype=tf.int32), values,
        indices, unique, positions, counts,
        missing, where, tf.scatter_nd([[1], [3]], [9.0, 8.0], [5]), tf.sequence_mask([1, 3, 2]),
        tf.sequence_mask([1, 2], 3, tf.float32), tf.argsort(x),
        tf.sort([3.0, 1.0, 2.0]), tf.sort(x, direction="DESCENDING"), tf.contrib.framework.sort([2, 1]),
        tf.nn.in_top_k(x, [1, 0], 1), tf.math.in_top_k(x, [1, 0], 2),
        tf.invert_permutation([2, 0, 1]), tf.searchsorted([1.0, 3.0], [2.0]), tf.nn.embedding_lookup(x, [1, 1]),
        tf.tensor_scatter_update([1, 2, 3], [[1]], [9]),
        tf.math.top_k(x).values, tf.sparse_to_dense([0, 2], [4], 1), tf.math.argmax(x, axis=1),
        tf.unravel_index(5, [2, 3]),
    ]
    return {"steps": [{"fetch": fetches, "feed": {i: [1, 1, 0]}}],
            "facts": {"shapes": [str(tensor.shape) for tensor in fetches]}}


def filled():
    p = tf.placeholder(tf.float32, (None, 2), name="p")
    n = tf.placeholder_with_default(2, (), name="n")
    fetches = [
        tf.zeros([3]), tf.zeros((2, 2), tf.int32), tf.zeros([]), tf.zeros([n, 2]), tf.zeros(3), tf.zeros([2], tf.bool),
        tf.ones([2]), tf.ones((), tf.int64),
        tf.ones(tf.shape(p)), tf.zeros_like(p), tf.ones_like(p), tf.zeros_like([1, 2], tf.float64),
        tf.ones_like([True]), tf.zeros_like(["a"]),
        tf.zeros_like(p, optimize=False), tf.fill([2, 2], 7), tf.fill([n], 1.5), tf.constant(1.0, shape=[2, 2]),
        tf.constant([], shape=[0, 2]),
        tf.constant([1, 2, 3, 4, 5, 6], tf.int64, [2, 3], "named"), tf.range(3), tf.range(1, 4), tf.range(10, 0, -3),
        tf.range(n), tf.range(0.0, 1.0, 0.5), tf.range(5, dtype=tf.int64),
        tf.range(2, limit=5), tf.lin_space(0.0, 1.0, 3), tf.linspace(1.0, 2.0, 2, name="space"), tf.eye(2),
        tf.zeros_initializer()([2]), tf.constant_initializer(2.0)([2]), tf.ones_like(p, dtype=tf.int32),
    ]
    return {"steps": [{"fetch": fetches, "feed": {p: [[1.0, 2.0]]}}],
            "facts": {"names": [tensor.name for tensor in fetches]}}


def states():
    """Functions that write: assignments in parts, counts, values before and after in one graph."""
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="v")
    n = tf.Variable([1, 2, 3, 4], name="n")
    after = [tf.scatter_update(v, [0], [[9.0, 9.0]]), tf.scatter_add(v, [1, 1], [[1.0, 1.0], [2.0, 2.0]]),
             tf.scatter_sub(v, [2], [[1.0, 1.0]]),
             tf.scatter_mul(v, [0], [[2.0, 2.0]]), tf.scatter_div(v, [0], [[3.0, 3.0]]),
             tf.scatter_max(v, [0], [[7.0, 1.0]]), tf.scatter_min(v, [0], [[0.0, 5.0]]),
             tf.scatter_nd_update(n, [[1], [3]], [20, 40]), tf.scatter_nd_add(n, [[0]], [5]),
             tf.scatter_nd_sub(n, [[0]], [1]), tf.assign(n, [4, 3, 2, 1]),
             tf.assign_add(n, [1, 1, 1, 1]), tf.assign_sub(n, [1, 0, 1, 0])]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}] + [{"fetch": [tensor]} for tensor in after] + [{"fetch": [v, n]}]}


VARIANTS = {
    "shaping": shaping,
    "joining": joining,
    "parallel_stacks": parallel_stacks,
    "choosing": choosing,
    "filled": filled,
    "states": states,
}
