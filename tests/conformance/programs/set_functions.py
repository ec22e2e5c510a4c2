"""Operations on sets that are rows of tensors and of sparse tensors."""

import tensorflow as tf


def kind_of(function):
    """The class of the exception that a call raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


def sets():
    a = tf.constant([[1, 2, 2], [3, 4, 5]])
    b = tf.placeholder_with_default([[2, 9], [5, 3]], [None, 2])
    words = tf.constant([["x", "y"], ["z", "x"]])
    few = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], ["y", "x", "z"], [2, 2])
    fed = tf.SparseTensor(tf.placeholder(tf.int64, [None, 2]), tf.placeholder(tf.int32, [None]), tf.placeholder(tf.int64, [2]))
    made = [tf.sets.set_intersection(a, b), tf.sets.difference(a, b), tf.sets.set_difference(a, b, aminusb=False),
            tf.sets.union(a, b), tf.sets.set_difference(words, few), tf.sets.set_difference(few, words),
            tf.sets.difference(few, words, False), tf.sets.set_union(few, few), tf.sets.intersection(fed, a),
            tf.sets.set_union(fed, fed, validate_indices=False), tf.sets.set_intersection(a[0:1], [[2, 3]])]
    sizes = [tf.sets.set_size(few), tf.sets.size(fed, validate_indices=False)]
    facts = {"shapes": [str(x.get_shape()) for x in made], "sizes": [str(x.shape) for x in sizes],
             "mistakes": [kind_of(lambda: tf.sets.set_size(a)), kind_of(lambda: tf.sets.union(a, words)),
                          kind_of(lambda: tf.sets.union([[1.0]], [[2.0]])),
                          kind_of(lambda: tf.sets.intersection(a[0], a[0]))]}
    parts = [part for x in made for part in (x.indices, x.values, x.dense_shape)]
    feed = {fed.indices: [[0, 0], [0, 1], [1, 2]], fed.values: [2, 2, 3], fed.dense_shape: [2, 3]}
    return {"steps": [{"fetch": parts + sizes, "feed": feed}], "facts": facts}


VARIANTS = {"sets": sets}
