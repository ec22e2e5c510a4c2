import tensorflow as tf

import numpy as np

ROWS = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)


@mistake
def map_of_no_function():
    tf.map_fn(3, ROWS)


@mistake
def map_of_scalar():
    tf.map_fn(lambda x: x, 1.0)


@mistake
def map_of_scalars():
    tf.map_fn(lambda pair: pair[0], (1.0, 2.0))


@mistake
def map_of_other_structure():
    tf.map_fn(lambda row: (row, row), ROWS)


@mistake
def map_of_other_number():
    tf.map_fn(lambda row: (row, row), ROWS, dtype=(tf.float32, tf.float32, tf.int32))


@mistake
def map_of_list_for_tuple():
    tf.map_fn(lambda row: [row, row], ROWS, dtype=(tf.float32, tf.float32))


@mistake
def map_of_other_dtype():
    run(tf.map_fn(lambda row: tf.size(row), ROWS))


@mistake
def map_of_sparse():
    tf.map_fn(lambda row: row, tf.SparseTensor([[0, 0]], [1.0], [2, 2]))


@mistake
def map_of_different_sizes():
    tf.map_fn(lambda pair: pair[0], (ROWS, np.zeros([3, 2], np.float32)), dtype=tf.float32)


@mistake
def map_of_different_shapes():
    run(tf.map_fn(lambda n: tf.range(n), np.array([1, 2], np.int32)))


@mistake
def map_of_failing_function():
    def fail(row):
        raise KeyError("inside")

    tf.map_fn(fail, ROWS)


@mistake
def map_with_no_parallel_iterations():
    tf.map_fn(lambda row: row, ROWS, parallel_iterations=-1)


@mistake
def foldl_of_no_function():
    tf.foldl(None, ROWS)


@mistake
def foldr_of_no_function():
    tf.foldr("f", ROWS)


@mistake
def foldl_of_other_shape():
    tf.foldl(lambda a, row: tf.concat([a, row], 0), ROWS)


@mistake
def foldl_of_empty():
    run(tf.foldl(lambda a, row: a + row, tf.zeros([0, 2])))


@mistake
def scan_of_no_function():
    tf.scan(1, ROWS)


@mistake
def scan_of_other_structure():
    tf.scan(lambda a, row: (a, row), ROWS)


@mistake
def scan_of_other_shape():
    tf.scan(lambda a, row: row[0], ROWS)


@mistake
def scan_of_initializer_of_other_structure():
    tf.scan(lambda a, row: a[0] + row, ROWS, initializer=(0.0, 1.0))
