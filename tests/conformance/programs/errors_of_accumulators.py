import tensorflow as tf

import numpy as np

def fed_gradient(value, dtype=np.float32):
    return tf.placeholder_with_default(np.asarray(value, dtype), None, name="value")


def run_all(*fetches):
    with tf.Session() as session:
        for fetch in fetches:
            session.run(fetch)


@mistake
def accumulator_of_integers():
    run(tf.ConditionalAccumulator(tf.int32, name="sums").num_accumulated())


@mistake
def accumulator_of_maxima():
    tf.ConditionalAccumulator(tf.float32, reduction_type="MAX")


@mistake
def gradient_of_another_shape():
    tf.ConditionalAccumulator(tf.float32, [2]).apply_grad([1.0, 2.0, 3.0])


@mistake
def gradient_of_another_shape_when_run():
    run(tf.ConditionalAccumulator(tf.float32, [2]).apply_grad(fed_gradient([1.0, 2.0, 3.0]), name="add"))


@mistake
def gradients_of_two_shapes():
    sums = tf.ConditionalAccumulator(tf.float32)
    run_all(sums.apply_grad([1.0, 2.0, 3.0]), sums.apply_grad([1.0, 2.0], name="add"))


@mistake
def gradient_of_another_dtype():
    tf.ConditionalAccumulator(tf.float32).apply_grad(tf.constant(1.0, tf.float64))


@mistake
def local_step_as_vector():
    tf.ConditionalAccumulator(tf.float32).apply_grad(1.0, local_step=[1])


@mistake
def local_step_as_vector_when_run():
    run(tf.ConditionalAccumulator(tf.float32).apply_grad(1.0, local_step=fed_gradient([1], np.int64), name="add"))


@mistake
def gradients_required_as_vector():
    tf.ConditionalAccumulator(tf.float32).take_grad([1])


@mistake
def no_gradients_required():
    run(tf.ConditionalAccumulator(tf.float32).take_grad(0, name="take"))


@mistake
def taken_in_vain():
    with tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=100)) as sess:
        sess.run(tf.ConditionalAccumulator(tf.float32).take_grad(1, name="take"))


@mistake
def values_without_rows():
    run(tf.SparseConditionalAccumulator(tf.float32).apply_grad([0], fed_gradient(1.0), name="add"))


@mistake
def rows_as_matrix():
    run(tf.SparseConditionalAccumulator(tf.float32).apply_grad([[0]], [1.0], name="add"))


@mistake
def more_rows_than_values():
    run(tf.SparseConditionalAccumulator(tf.float32).apply_grad([0, 1], [1.0], name="add"))


@mistake
def values_of_another_shape():
    run(tf.SparseConditionalAccumulator(tf.float32, [3, 2]).apply_grad([0], [[1.0, 2.0, 3.0]], name="add"))


@mistake
def values_of_another_rank():
    run(tf.SparseConditionalAccumulator(tf.float32, [3, 2]).apply_grad([0], [1.0], name="add"))


@mistake
def row_beyond_the_shape():
    run(tf.SparseConditionalAccumulator(tf.float32, [3, 2]).apply_grad([5], [[1.0, 2.0]], name="add"))


@mistake
def dense_shape_of_another_size():
    run(tf.SparseConditionalAccumulator(tf.float32, [3, 2]).apply_grad([0], [[1.0, 2.0]], [4, 2], name="add"))


@mistake
def dense_shape_of_another_rank():
    run(tf.SparseConditionalAccumulator(tf.float32, [3, 2]).apply_grad([0], [[1.0, 2.0]], [3], name="add"))


@mistake
def slices_of_two_shapes():
    sums = tf.SparseConditionalAccumulator(tf.float32)
    run_all(sums.apply_grad([5], [[1.0, 2.0]]), sums.apply_grad([5], [[1.0]], name="add"))


@mistake
def slices_of_two_ranks():
    sums = tf.SparseConditionalAccumulator(tf.float32)
    run_all(sums.apply_grad([5], [[1.0, 2.0]]), sums.apply_grad([5], [[[1.0, 2.0]]], name="add"))
