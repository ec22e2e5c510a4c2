"""Sparse tensors made of dense ones, parts of them, and crosses of their elements."""

import tensorflow as tf


def kind_of(function):
    """The class of the exception that a call raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


def parts_of(tensors):
    return [part for x in tensors for part in (x.indices, x.values, x.dense_shape)]


def dense():
    numbers = tf.placeholder_with_default([[0.0, 2.5], [-1.0, 0.0]], [None, 2])
    made = [tf.sparse.from_dense(numbers), tf.sparse.from_dense([[0, 3, 0], [4, 0, 5]], name="counts"),
            tf.sparse.from_dense(tf.constant([1, 0, 2, 0], tf.int64))]
    return {"steps": [{"fetch": parts_of(made)}],
            "facts": {"shapes": [str(x.get_shape()) for x in made],
                      "mistakes": [kind_of(lambda: tf.sparse.from_dense(tf.constant(["a", ""]))),
                                   kind_of(lambda: tf.sparse.from_dense(None))]}}


def slices():
    whole = tf.SparseTensor([[0, 0], [1, 2], [2, 1], [3, 3]], tf.constant([1.0, 2.0, 3.0, 4.0]), [4, 4])
    parts = [tf.sparse.slice(whole, [1, 1], [2, 2]), tf.sparse_slice(whole, [2, 0], [9, 9], name="rest")]
    slope, = tf.gradients(parts[0].values * 2.0, whole.values)
    return {"steps": [{"fetch": parts_of(parts) + [slope]}]}


def crosses():
    words = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], ["a", "b", "c"], [2, 2])
    numbers = tf.SparseTensor([[0, 0], [1, 0]], tf.constant([7, 9], tf.int32), [2, 1])
    column = tf.constant([["f"], ["g"]])
    made = [tf.sparse.cross([words, column]), tf.sparse.cross([words, numbers, column], name="three"),
            tf.sparse.cross_hashed([words, column]), tf.sparse.cross_hashed([column, numbers], 100, name="few"),
            tf.sparse.cross_hashed([words, words], 10, hash_key=17)]
    facts = {"mistakes": [kind_of(lambda: tf.sparse.cross(words)), kind_of(lambda: tf.sparse.cross([words, 1]))]}
    return {"steps": [{"fetch": parts_of(made)}], "facts": facts}


VARIANTS = {"dense": dense, "slices": slices, "crosses": crosses}
