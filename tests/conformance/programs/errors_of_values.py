import tensorflow as tf

import numpy as np


@mistake
def matmul_sizes():
    tf.matmul([[1.0, 2.0]], [[1.0, 2.0]])


@mistake
def matmul_rank():
    tf.matmul([1.0, 2.0], [[1.0], [2.0]])


@mistake
def matmul_types():
    tf.matmul([[1.0]], tf.constant([[1.0]], tf.float64))


@mistake
def matmul_of_strings():
    tf.matmul([["a"]], [["b"]])


@mistake
def matmul_sizes_at_run():
    a, b = tf.placeholder(tf.float32, name="a"), tf.placeholder(tf.float32, name="b")
    run(tf.matmul(a, b, name="product"), {a: [[1.0, 2.0]], b: [[1.0, 2.0]]})


@mistake
def matmul_rank_at_run():
    a, b = tf.placeholder(tf.float32, name="a"), tf.placeholder(tf.float32, name="b")
    run(tf.matmul(a, b, name="product"), {a: [1.0, 2.0], b: [[1.0, 2.0]]})


@mistake
def add_shapes():
    tf.constant([1.0, 2.0]) + tf.constant([1.0, 2.0, 3.0])


@mistake
def add_shapes_at_run():
    a, b = tf.placeholder(tf.float32, name="a"), tf.placeholder(tf.float32, name="b")
    run(tf.add(a, b, name="sum"), {a: [1.0, 2.0], b: [1.0, 2.0, 3.0]})


@mistake
def add_types():
    tf.add(tf.constant(1.0), tf.constant(1))


@mistake
def add_float_to_int():
    tf.constant(1) + 1.5


@mistake
def add_n_shapes():
    tf.add_n([tf.constant([1.0]), tf.constant([1.0, 2.0])])


@mistake
def add_n_empty():
    tf.add_n([])


@mistake
def reshape_size():
    tf.reshape([1, 2, 3], [2, 2])


@mistake
def reshape_size_at_run():
    a = tf.placeholder(tf.float32, name="a")
    run(tf.reshape(a, [2, 2], name="r"), {a: [1.0, 2.0, 3.0]})


@mistake
def reshape_two_unknown():
    a = tf.placeholder(tf.float32, name="a")
    s = tf.placeholder(tf.int32, name="s")
    run(tf.reshape(a, s, name="r"), {a: [1.0, 2.0], s: [-1, -1]})


@mistake
def reshape_unknown_uneven():
    a = tf.placeholder(tf.float32, name="a")
    run(tf.reshape(a, [2, -1], name="r"), {a: [1.0, 2.0, 3.0]})


@mistake
def reduce_axis():
    tf.reduce_sum([[1.0]], axis=2)


@mistake
def reduce_axis_at_run():
    a, axis = tf.placeholder(tf.float32, name="a"), tf.placeholder(tf.int32, name="axis")
    run(tf.reduce_sum(a, axis, name="s"), {a: [[1.0]], axis: 5})


@mistake
def concat_shapes():
    tf.concat([[[1.0]], [[1.0, 2.0]]], 0)


@mistake
def concat_shapes_at_run():
    a, b = tf.placeholder(tf.float32, name="a"), tf.placeholder(tf.float32, name="b")
    run(tf.concat([a, b], 0, name="c"), {a: [[1.0]], b: [[1.0, 2.0]]})


@mistake
def stack_shapes():
    tf.stack([tf.constant([1.0]), tf.constant([1.0, 2.0])])


@mistake
def gather_out_of_range():
    i = tf.placeholder(tf.int32, name="i")
    run(tf.gather([1.0, 2.0], i, name="g"), {i: [0, 5]})


@mistake
def slice_out_of_range():
    b = tf.placeholder(tf.int32, name="b")
    run(tf.slice([1.0, 2.0], b, [2], name="s"), {b: [1]})


@mistake
def index_out_of_range():
    tf.constant([1.0, 2.0])[5]


@mistake
def index_out_of_range_at_run():
    x = tf.placeholder(tf.float32, name="x")
    run(x[5], {x: [1.0, 2.0]})


@mistake
def squeeze_of_wide():
    x = tf.placeholder(tf.float32, name="x")
    run(tf.squeeze(x, [0], name="s"), {x: [1.0, 2.0]})


@mistake
def divide_by_zero():
    x = tf.placeholder(tf.int32, name="x")
    run(tf.floordiv(1, x, name="d"), {x: 0})


@mistake
def modulo_by_zero():
    x = tf.placeholder(tf.int32, name="x")
    run(tf.floormod(1, x, name="d"), {x: 0})


@mistake
def negative_integer_power():
    x = tf.placeholder(tf.int32, name="x")
    run(tf.pow(2, x, name="p"), {x: -1})


@mistake
def inverse_of_singular():
    run(tf.matrix_inverse([[1.0, 2.0], [2.0, 4.0]], name="inverse"))


@mistake
def inverse_of_rectangle():
    x = tf.placeholder(tf.float32, name="x")
    run(tf.matrix_inverse(x, name="inverse"), {x: [[1.0, 2.0]]})


@mistake
def cholesky_of_indefinite():
    run(tf.cholesky([[1.0, 2.0], [2.0, 1.0]], name="factor"))


@mistake
def label_out_of_range():
    labels = tf.placeholder(tf.int64, name="labels")
    logits = tf.constant([[1.0, 2.0, 3.0]])
    run(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="x"), {labels: [3]})


@mistake
def label_rank():
    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[[1]], logits=[[1.0, 2.0]])


@mistake
def label_count_at_run():
    labels = tf.placeholder(tf.int64, name="labels")
    run(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=[[1.0, 2.0]]), {labels: [0, 1]})


@mistake
def softmax_without_names():
    tf.nn.softmax_cross_entropy_with_logits([[1.0]], [[1.0]])


@mistake
def sparse_without_names():
    tf.nn.sparse_softmax_cross_entropy_with_logits([1], [[1.0]])


@mistake
def random_range_empty():
    low = tf.placeholder(tf.int32, name="low")
    run(tf.random_uniform([2], low, 5, dtype=tf.int32), {low: 5})


@mistake
def random_int_without_limit():
    tf.random_uniform([2], dtype=tf.int32)


@mistake
def random_shape_negative():
    shape = tf.placeholder(tf.int32, name="shape")
    run(tf.random_uniform(shape), {shape: [-1]})


@mistake
def fill_negative():
    shape = tf.placeholder(tf.int32, name="shape")
    run(tf.fill(shape, 1.0, name="f"), {shape: [-1]})


@mistake
def fill_too_large():
    shape = tf.placeholder(tf.int64, name="shape")
    run(tf.fill(shape, 1.0, name="f"), {shape: [1 << 40, 1 << 40]})


@mistake
def out_of_memory():
    shape = tf.placeholder(tf.int64, name="shape")
    run(tf.fill(shape, 1.0, name="f"), {shape: [1 << 45]})


@mistake
def constant_too_large_for_type():
    tf.constant(300, tf.uint8)


@mistake
def constant_of_mixed():
    tf.constant([1, "a"])


@mistake
def constant_ragged():
    tf.constant([[1, 2], [3]])


@mistake
def constant_type():
    tf.constant(1.5, tf.int32)


@mistake
def constant_shape_too_small():
    tf.constant([1, 2, 3], shape=[2])


@mistake
def tensor_as_bool():
    if tf.constant(True):
        pass


@mistake
def tensor_iterated():
    for _ in tf.placeholder(tf.float32):
        pass


@mistake
def check_numerics():
    x = tf.placeholder(tf.float32, name="x")
    run(tf.check_numerics(x, "my message", name="check"), {x: [1.0, np.inf, np.nan]})


@mistake
def assertion():
    run(tf.Assert(tf.constant([True, False]), ["my data", tf.constant([1, 2])], name="claim"))


@mistake
def in_top_k_rows():
    p, t = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    run(tf.nn.in_top_k(p, t, 1), {p: [[1.0, 2.0]], t: [0, 1]})


@mistake
def bias_size():
    tf.nn.bias_add([[1.0, 2.0]], [1.0])


@mistake
def bias_size_at_run():
    x, b = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, name="b")
    run(tf.nn.bias_add(x, b, name="biased"), {x: [[1.0, 2.0]], b: [1.0]})


@mistake
def transpose_permutation():
    x, p = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.int32, name="p")
    run(tf.transpose(x, p, name="t"), {x: [[1.0]], p: [0, 0]})


@mistake
def range_backwards():
    run(tf.range(tf.placeholder_with_default(5, ()), 1, name="r"))


@mistake
def range_zero_step():
    run(tf.range(1, 5, tf.placeholder_with_default(0, ()), name="r"))


@mistake
def string_to_number():
    run(tf.string_to_number(["12x"], name="n"))


@mistake
def cast_of_string():
    run(tf.cast(tf.constant("a"), tf.float32, name="number"))


@mistake
def pack_of_wrong_kind():
    tf.convert_to_tensor([1.5, tf.constant(2)])


@mistake
def random_of_unknown_size():
    tf.random_normal((2, None))


@mistake
def random_of_a_batch_of_unknown_size():
    tf.truncated_normal(tf.placeholder(tf.float32, (None, 3)).get_shape())


@mistake
def zeros_of_a_batch_of_unknown_size():
    tf.zeros(tf.placeholder(tf.float32, (None, 3)).shape)


@mistake
def filled_unknown_size():
    tf.fill([2, None], 1.0)


@mistake
def dtype_by_a_name_of_numpy():
    tf.as_dtype("i4")
