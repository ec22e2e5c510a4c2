"""IndexedSlices and sparse tensors in branches and loops."""

import tensorflow as tf


def conditional_rows():
    """Branches that give IndexedSlices, with and without a shape, with indices of both dtypes."""
    p = tf.placeholder(tf.bool, (), name="p")
    values = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="values")
    rows = tf.cond(p, lambda: tf.IndexedSlices(values, tf.constant([0, 2])),
                   lambda: tf.IndexedSlices(values[:1], tf.constant([1])))
    shaped = tf.cond(p, lambda: tf.IndexedSlices(values * 2.0, tf.constant([0, 2]), tf.constant([4, 2])),
                     lambda: tf.IndexedSlices(values, tf.constant([1, 3]), tf.constant([5, 2])))
    mixed = tf.cond(p, lambda: tf.IndexedSlices(values, tf.constant([0, 2], tf.int64)),
                    lambda: tf.IndexedSlices(-values, tf.constant([1, 0])))
    dense = tf.convert_to_tensor(shaped)
    facts = {"shapes": [str(part.shape) for part in (rows.values, rows.indices, shaped.dense_shape, dense)],
             "shape": rows.dense_shape, "dtype": mixed.indices.dtype.name}
    fetches = [rows.values, rows.indices, shaped.values, shaped.indices, shaped.dense_shape, dense, mixed.values,
               mixed.indices]
    return {"steps": [{"fetch": fetches, "feed": {p: value}} for value in (True, False)], "facts": facts}


def conditional_sparse():
    """Branches that give sparse tensors, alone and in structures."""
    p = tf.placeholder(tf.bool, (), name="p")
    x = tf.SparseTensor([[0, 1], [2, 0]], [1.5, 2.5], [3, 2])
    alone = tf.cond(p, lambda: x, lambda: tf.SparseTensor([[1, 1]], [7.0], [3, 2]), name="alone")
    both = tf.cond(p, lambda: (x, x.values * 2.0),
                   lambda: (tf.SparseTensor(x.indices, -x.values, x.dense_shape), x.values))
    later = tf.SparseTensor([[0]], [1], [1])
    facts = {"shape": str(alone.shape), "shapes": [str(both[0].indices.shape), str(both[1].shape)], "later": later}
    fetches = [alone.indices, alone.values, alone.dense_shape, both[0].indices, both[0].values, both[1]]
    return {"steps": [{"fetch": fetches, "feed": {p: value}} for value in (True, False)], "facts": facts}


def loops_of_rows():
    """IndexedSlices as variables of loops, as they are and with an invariant."""
    rows = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), tf.constant([3, 2]))
    i, doubled = tf.while_loop(
        lambda i, r: i < 3, lambda i, r: (i + 1, tf.IndexedSlices(r.values * 2.0, r.indices, r.dense_shape)),
        [tf.constant(0), rows])
    _, grown = tf.while_loop(
        lambda i, r: i < 3, lambda i, r: (i + 1, tf.IndexedSlices(
            tf.concat([r.values, r.values[:1] + 1.0], 0), tf.concat([r.indices, [i]], 0), r.dense_shape)),
        [tf.constant(0), rows], [tf.TensorShape([]), tf.TensorShape([None, 2])], name="growing")
    facts = {"shapes": [str(part.shape) for part in (doubled.values, doubled.indices, doubled.dense_shape, grown.values,
                                                     grown.indices)]}
    return {"steps": [{"fetch": [i, doubled.values, doubled.indices, doubled.dense_shape, grown.values, grown.indices,
                                 tf.convert_to_tensor(grown)]}], "facts": facts}


def loops_of_sparse():
    """Sparse tensors as variables of loops."""
    x = tf.SparseTensor([[0, 1], [2, 0]], [1.5, 2.5], [3, 2])
    i, sums = tf.while_loop(lambda i, x: i < 3,
                            lambda i, x: (i + 1, tf.SparseTensor(x.indices, x.values + 1.0, x.dense_shape)),
                            (tf.constant(0), x))
    _, grown = tf.while_loop(
        lambda i, x: i < 2, lambda i, x: (i + 1, tf.SparseTensor(tf.concat([x.indices, [[0, 0]]], 0),
                                                                 tf.concat([x.values, [0.5]], 0), x.dense_shape)),
        (tf.constant(0), x), (tf.TensorShape([]), tf.TensorShape([2])), maximum_iterations=5)
    alone, = tf.while_loop(lambda x: tf.reduce_sum(x.values) < 20.0,
                          lambda x: [tf.SparseTensor(x.indices, x.values * 2.0, x.dense_shape)], [x])
    later = tf.SparseTensor([[0]], [1], [1])
    facts = {"shapes": [str(part.shape) for part in (sums.values, sums.indices, grown.values, grown.indices,
                                                     grown.dense_shape, alone.values)], "later": later}
    return {"steps": [{"fetch": [i, sums.indices, sums.values, grown.indices, grown.values, alone.values]}],
            "facts": facts}


def gradients_of_rows():
    """Gradients through conditionals of rows and through loops that carry them."""
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="w")
    p = tf.placeholder(tf.bool, (), name="p")
    rows = tf.cond(p, lambda: tf.IndexedSlices(tf.gather(w, [0, 2]), tf.constant([0, 2])),
                   lambda: tf.IndexedSlices(tf.gather(w, [1]) * 3.0, tf.constant([1])))
    by_branch = tf.gradients(rows.values * rows.values, w)[0]
    _, carried = tf.while_loop(lambda i, r: i < 2, lambda i, r: (i + 1, tf.IndexedSlices(r.values * r.values, r.indices)),
                               [tf.constant(0), tf.IndexedSlices(w * 0.5, tf.constant([0, 1, 2]))])
    by_loop = tf.gradients(carried.values, w)[0]
    init = tf.global_variables_initializer()
    steps = [{"run": [init]}]
    for value in (True, False):
        steps.append({"fetch": [tf.convert_to_tensor(by_branch) if value else by_branch.values, by_loop],
                      "feed": {p: value}})
    return {"steps": steps}


VARIANTS = {f.__name__: f for f in (
    conditional_rows, conditional_sparse, loops_of_rows, loops_of_sparse, gradients_of_rows)}
