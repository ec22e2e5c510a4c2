import tensorflow as tf

import numpy as np


def fed(value, dtype=tf.float32, name="x"):
    return tf.placeholder_with_default(np.asarray(value, dtype.as_numpy_dtype), None, name=name)


def check(assertion):
    with tf.control_dependencies([assertion]):
        run(tf.no_op(name="after"))


@mistake
def asserted_equal():
    check(tf.assert_equal(fed([1, 2]), fed([1, 3], name="y")))


@mistake
def asserted_equal_with_message():
    check(tf.assert_equal(fed(1), 2.0, message="one is not two", summarize=1, name="claim"))


@mistake
def asserted_equal_of_constants():
    tf.assert_equal([1, 2], [1, 3])


@mistake
def asserted_less_of_constants():
    tf.assert_less(tf.constant(2.0, name="two"), 1.0, message="larger", data=["text", tf.constant([1, 2])])


@mistake
def asserted_shapes_that_do_not_fit():
    tf.assert_equal(tf.zeros([2]), tf.zeros([3]))


@mistake
def asserted_of_two_dtypes():
    tf.assert_less(tf.constant([1.0]), tf.constant([1]))


@mistake
def asserted_positive():
    check(tf.assert_positive(fed([1, 0]), message="not positive"))


@mistake
def asserted_positive_of_constant():
    tf.assert_positive([1, -2], message="told")


@mistake
def asserted_non_positive():
    check(tf.assert_non_positive(fed([1], tf.int32)))


@mistake
def asserted_near():
    check(tf.assert_near(fed([1.0]), fed([1.1], name="y")))


@mistake
def asserted_near_of_integers():
    tf.assert_near(fed([1], tf.int32), fed([1], tf.int32))


@mistake
def asserted_rank_at_run():
    check(tf.assert_rank(fed([1.0]), 2, message="wanted a matrix"))


@mistake
def asserted_rank_known():
    tf.assert_rank(tf.zeros([2, 3], name="z"), 1, message="told")


@mistake
def asserted_rank_at_least_known():
    tf.assert_rank_at_least(tf.zeros([2], name="z"), 2)


@mistake
def asserted_rank_in_known():
    tf.assert_rank_in(tf.zeros([2, 3], name="z"), (1, 3))


@mistake
def asserted_rank_in_at_run():
    check(tf.assert_rank_in(fed([1.0]), (2, 3)))


@mistake
def asserted_rank_of_vector():
    tf.assert_rank(tf.zeros([2]), [1, 2])


@mistake
def asserted_rank_of_float():
    tf.assert_rank(tf.zeros([2]), 1.0)


@mistake
def asserted_rank_that_is_no_scalar():
    check(tf.assert_rank(tf.zeros([2]), tf.placeholder_with_default(np.array([1, 1], np.int32), None)))


@mistake
def order_of_strings():
    tf.is_strictly_increasing(["a", "b"])


@mistake
def check_numerics_found():
    x = fed([1.0, 0.0])
    y = tf.log(x, name="logarithm")
    check(tf.add_check_numerics_ops())


@mistake
def check_numerics_of_branches():
    p = tf.placeholder(tf.bool, ())
    tf.cond(p, lambda: tf.constant(1.0), lambda: tf.constant(2.0))
    tf.add_check_numerics_ops()
