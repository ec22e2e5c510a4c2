import tensorflow as tf

import numpy as np

MISTAKES = {}


def mistake(function):
    MISTAKES[function.__name__] = function
    return function


def run(fetches, feed=None):
    with tf.Session() as session:
        return session.run(fetches, feed)


@mistake
def unfed_placeholder():
    run(tf.placeholder(tf.float32, name="X") + 1)


@mistake
def unfed_placeholder_with_shape():
    run(tf.placeholder(tf.float32, (None, 3), name="X") + 1)


@mistake
def unfed_placeholder_int64():
    run(tf.placeholder(tf.int64, (2,), name="y") + 1)


@mistake
def feed_of_wrong_rank():
    x = tf.placeholder(tf.float32, (None, 3))
    run(x + 1, {x: [1.0, 2.0]})


@mistake
def feed_of_wrong_columns():
    x = tf.placeholder(tf.float32, (None, 3))
    run(x + 1, {x: [[1.0, 2.0]]})


@mistake
def feed_of_wrong_type():
    x = tf.placeholder(tf.float32, (None, 3))
    run(x + 1, {x: [["text"]]})


@mistake
def feed_of_tensor():
    x = tf.placeholder(tf.float32)
    run(x + 1, {x: tf.constant(1.0)})


@mistake
def feed_of_large_integer():
    x = tf.placeholder(tf.int32)
    run(x + 1, {x: 2 ** 40})


@mistake
def feed_of_operation():
    x = tf.no_op()
    run(x, {x: 1})


@mistake
def feed_of_unfeedable():
    x = tf.constant(1.0)
    tf.get_default_graph().prevent_feeding(x)
    run(x + 1, {x: 1.0})


@mistake
def fetch_of_unfetchable():
    x = tf.constant(1.0)
    tf.get_default_graph().prevent_fetching(x.op)
    run(x)


@mistake
def fetch_of_number():
    tf.constant(1)
    run(3)


@mistake
def fetch_of_none():
    tf.constant(1)
    run(None)


@mistake
def fetch_of_missing_name():
    tf.constant(1, name="c")
    run("nowhere:0")


@mistake
def fetch_of_missing_output():
    tf.constant(1, name="c")
    run("c:1")


@mistake
def fetch_of_another_graph():
    with tf.Graph().as_default():
        x = tf.constant(1.0)
    tf.constant(1)
    run(x)


@mistake
def fed_and_fetched():
    x = tf.placeholder(tf.float32, name="x")
    assert run(x, {x: 2.0}) == 2.0


@mistake
def uninitialized_variable():
    run(tf.Variable(1.0, name="v") + 1)


@mistake
def uninitialized_variable_fetched():
    run(tf.Variable(1.0, name="v"))


@mistake
def uninitialized_variable_assigned_add():
    run(tf.assign_add(tf.Variable(1.0, name="v"), 1.0))


@mistake
def uninitialized_variable_trained():
    v = tf.Variable(1.0, name="v")
    run(tf.train.GradientDescentOptimizer(0.1).apply_gradients([(tf.constant(1.0), v)]))


@mistake
def no_default_session():
    tf.constant(1).eval()


@mistake
def no_default_session_for_run():
    tf.no_op().run()


@mistake
def closed_session():
    x = tf.constant(1)
    session = tf.Session()
    session.close()
    session.run(x)


@mistake
def empty_graph():
    run([])
    tf.Session().run(tf.Graph())


@mistake
def empty_graph_run():
    with tf.Session() as session:
        session.run("x:0")


@mistake
def graph_of_session_differs():
    x = tf.constant(1)
    with tf.Session(graph=tf.Graph()):
        x.eval()


@mistake
def finalized_graph():
    tf.get_default_graph().finalize()
    tf.constant(1)


@mistake
def mixed_graphs():
    with tf.Graph().as_default():
        x = tf.constant(1.0)
    tf.add(x, tf.constant(2.0))


@mistake
def variable_exists():
    with tf.variable_scope("relu"):
        tf.get_variable("threshold", shape=())
        tf.get_variable("threshold", shape=())


@mistake
def variable_missing():
    with tf.variable_scope("relu", reuse=True):
        tf.get_variable("threshold")


@mistake
def variable_made_otherwise():
    with tf.variable_scope("relu"):
        tf.Variable(1.0, name="threshold")
    with tf.variable_scope("relu", reuse=True):
        tf.get_variable("threshold")


@mistake
def variable_shape_differs():
    with tf.variable_scope("relu", reuse=tf.AUTO_REUSE):
        tf.get_variable("threshold", shape=())
        tf.get_variable("threshold", shape=(2,))


@mistake
def variable_type_differs():
    with tf.variable_scope("relu", reuse=tf.AUTO_REUSE):
        tf.get_variable("threshold", shape=())
        tf.get_variable("threshold", shape=(), dtype=tf.int32)


@mistake
def variable_without_shape():
    tf.get_variable("threshold")


@mistake
def variable_shape_unknown():
    tf.get_variable("v", shape=[None, 3])


@mistake
def variable_shape_with_value():
    tf.get_variable("v", shape=[3], initializer=tf.constant([1.0, 2.0, 3.0]))


@mistake
def variable_of_unknown_shape():
    tf.Variable(tf.placeholder(tf.float32))


@mistake
def variable_in_control_scope_name():
    with tf.variable_scope(3):
        pass


@mistake
def bad_node_name():
    tf.constant(1, name="a b")


@mistake
def bad_node_name_start():
    tf.constant(1, name="_a")


@mistake
def bad_scope_name():
    with tf.name_scope("a:b"):
        pass


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
def gradient_missing():
    x = tf.placeholder(tf.float32, (2, 3))
    y = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 2], logits=x)
    tf.gradients(tf.gradients(y, [x]), [x])


@mistake
def gradient_unregistered():
    x = tf.placeholder(tf.float32, (2,))
    tf.gradients(tf.cast(tf.bitcast(x, tf.float32), tf.float32), [x])


@mistake
def gradient_types():
    x = tf.constant(1.0)
    tf.gradients(x * 2.0, [x], grad_ys=[tf.constant(1)])


@mistake
def gradient_lengths():
    x = tf.constant(1.0)
    tf.gradients([x * 2.0], [x], grad_ys=[None, None])


@mistake
def minimize_without_variables():
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.constant(1.0))


@mistake
def minimize_without_gradient():
    tf.Variable(1.0)
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.constant(1.0))


@mistake
def minimize_integer():
    v = tf.Variable(1)
    tf.train.GradientDescentOptimizer(0.1).minimize(v * 2)


@mistake
def apply_nothing():
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([])


@mistake
def saver_without_variables():
    tf.train.Saver()


@mistake
def saver_of_tensor():
    tf.train.Saver({"x": tf.constant(1.0)})


@mistake
def saver_same_variable_twice():
    v = tf.Variable(1.0, name="v")
    tf.train.Saver([v, v])


@mistake
def save_uninitialized():
    tf.Variable(1.0, name="v")
    saver = tf.train.Saver()
    with tf.Session() as session:
        saver.save(session, "model.ckpt")


@mistake
def save_uninitialized_in_directory():
    tf.Variable(1.0, name="v")
    saver = tf.train.Saver()
    with tf.Session() as session:
        saver.save(session, "./model.ckpt")


@mistake
def restore_missing():
    tf.Variable(1.0, name="v")
    tf.train.Saver().restore(tf.Session(), "nowhere.ckpt")


@mistake
def restore_none():
    tf.Variable(1.0, name="v")
    tf.train.Saver().restore(tf.Session(), None)


def saved(*variables):
    with tf.Graph().as_default(), tf.Session() as session:
        made = [tf.Variable(value, name=name) for name, value in variables]
        session.run([v.initializer for v in made])
        tf.train.Saver(made).save(session, "model.ckpt")


@mistake
def restore_missing_key():
    saved(("v", 1.0))
    tf.Variable(1.0, name="w")
    tf.train.Saver().restore(tf.Session(), "model.ckpt")


@mistake
def restore_shape():
    saved(("v", [1.0, 2.0]))
    tf.Variable([1.0], name="v")
    tf.train.Saver().restore(tf.Session(), "model.ckpt")


@mistake
def restore_type():
    saved(("v", 1.0))
    tf.Variable(1, name="v")
    tf.train.Saver().restore(tf.Session(), "model.ckpt")


def damaged(path, position, byte):
    with open(path, "r+b") as stream:
        stream.seek(position, 2 if position < 0 else 0)
        stream.write(byte)


@mistake
def restore_damaged_data():
    saved(("v", [1.0, 2.0]))
    damaged("model.ckpt.data-00000-of-00001", 0, b"\x55")
    tf.Variable([1.0, 2.0], name="v")
    tf.train.Saver().restore(tf.Session(), "model.ckpt")


@mistake
def restore_truncated_data():
    saved(("v", [1.0, 2.0]))
    with open("model.ckpt.data-00000-of-00001", "r+b") as stream:
        stream.truncate(3)
    tf.Variable([1.0, 2.0], name="v")
    tf.train.Saver().restore(tf.Session(), "model.ckpt")


@mistake
def restore_truncated_index():
    saved(("v", [1.0, 2.0]))
    with open("model.ckpt.index", "r+b") as stream:
        stream.truncate(20)
    tf.Variable([1.0, 2.0], name="v")
    tf.train.Saver().restore(tf.Session(), "model.ckpt")


@mistake
def restore_damaged_index():
    saved(("v", [1.0, 2.0]))
    damaged("model.ckpt.index", 0, b"\xff\xff\xff")
    tf.Variable([1.0, 2.0], name="v")
    tf.train.Saver().restore(tf.Session(), "model.ckpt")


@mistake
def save_into_a_file():
    with open("file", "w") as stream:
        stream.write("x")
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        tf.train.Saver().save(session, "file/model.ckpt")


@mistake
def assign_shape():
    tf.assign(tf.Variable([1.0, 2.0], name="v"), [1.0])


@mistake
def assign_shape_at_run():
    p = tf.placeholder(tf.float32, name="p")
    run(tf.assign(tf.Variable([1.0, 2.0], name="v"), p, name="set"), {p: [1.0]})


@mistake
def assign_type():
    tf.assign(tf.Variable(1.0, name="v"), tf.constant(1))


@mistake
def assign_to_constant():
    tf.assign(tf.constant(1.0), 1.0)


@mistake
def device_syntax():
    with tf.device("/nonsense:0"):
        tf.constant(1)


@mistake
def device_missing():
    with tf.device("/device:GPU:7"):
        x = tf.constant(1.0, name="x")
    run(x)


@mistake
def device_other_job():
    with tf.device("/job:ps"):
        x = tf.constant(1.0, name="x")
    run(x)


@mistake
def kernel_missing():
    with tf.device("/cpu:0"):
        quotient = tf.floordiv(tf.constant([1.0 + 2.0j]), 2.0, name="quotient")
    run(quotient)


@mistake
def op_unknown():
    tf.get_default_graph().create_op("Nonsense", [], [tf.float32])


def imported(*nodes):
    definition = tf.GraphDef()
    definition.versions.producer = 134
    for name, op, inputs, attrs in nodes:
        node = definition.node.add(name=name, op=op, input=inputs)
        for key, value in attrs.items():
            node.attr[key].CopyFrom(value)
    tf.import_graph_def(definition, name="")


def type_of(dtype):
    return tf.AttrValue(type=dtype.as_datatype_enum)


def placeholder(name, dtype=tf.float32):
    return (name, "Placeholder", [], {"dtype": type_of(dtype)})


@mistake
def import_op_unknown():
    imported(("x", "Nonsense", [], {}))


@mistake
def import_input_missing():
    imported(("x", "Identity", ["y"], {"T": type_of(tf.float32)}))


@mistake
def import_input_of_wrong_type():
    imported(placeholder("x", tf.int32), ("y", "Identity", ["x"], {"T": type_of(tf.float32)}))


@mistake
def import_output_missing():
    imported(placeholder("x"), ("y", "Identity", ["x:1"], {"T": type_of(tf.float32)}))


@mistake
def import_attr_missing():
    imported(placeholder("x"), ("y", "Identity", ["x"], {}))


@mistake
def import_attr_unknown():
    imported(placeholder("x"), ("y", "Identity", ["x"], {"T": type_of(tf.float32), "zzz": type_of(tf.float32)}))


@mistake
def import_attr_not_allowed():
    imported(placeholder("x", tf.string), ("y", "Neg", ["x"], {"T": type_of(tf.string)}))


@mistake
def import_too_many_inputs():
    imported(placeholder("x"), ("y", "Identity", ["x", "x"], {"T": type_of(tf.float32)}))


@mistake
def import_too_few_inputs():
    imported(placeholder("x"), ("y", "AddV2", ["x"], {"T": type_of(tf.float32)}))


@mistake
def import_control_before_data():
    imported(placeholder("x"), placeholder("c"), ("y", "Identity", ["^c", "x"], {"T": type_of(tf.float32)}))


@mistake
def import_same_name():
    imported(placeholder("x"), placeholder("x"))


@mistake
def import_bad_name():
    imported(placeholder("x y"))


@mistake
def import_cycle():
    t = {"T": type_of(tf.float32)}
    imported(("x", "Identity", ["y"], t), ("y", "Identity", ["x"], t))


@mistake
def import_new_producer():
    definition = tf.GraphDef()
    definition.versions.producer = 5000
    definition.versions.min_consumer = 4000
    tf.import_graph_def(definition)


@mistake
def import_map_missing():
    definition = tf.GraphDef()
    definition.node.add(name="x", op="NoOp")
    tf.import_graph_def(definition, {"nowhere:0": tf.constant(1.0)})


@mistake
def import_returned_missing():
    definition = tf.GraphDef()
    definition.node.add(name="x", op="NoOp")
    tf.import_graph_def(definition, return_elements=["y:0"])


@mistake
def import_shape_conflict():
    shape = tf.AttrValue(shape=tf.TensorShape([2, 3]).as_proto())
    with_shape = {"dtype": type_of(tf.float32), "shape": shape}
    t = {"T": type_of(tf.float32)}
    imported(("x", "Placeholder", [], with_shape), ("y", "MatMul", ["x", "x"], t))


@mistake
def check_numerics():
    x = tf.placeholder(tf.float32, name="x")
    run(tf.check_numerics(x, "my message", name="check"), {x: [1.0, np.inf, np.nan]})


@mistake
def assertion():
    run(tf.Assert(tf.constant([True, False]), ["my data", tf.constant([1, 2])], name="claim"))


@mistake
def summary_not_scalar():
    x = tf.placeholder(tf.float32, name="x")
    run(tf.summary.scalar("s", x), {x: [1.0, 2.0]})


@mistake
def histogram_of_nan():
    x = tf.placeholder(tf.float32, name="x")
    run(tf.summary.histogram("h", x), {x: [1.0, np.nan]})


@mistake
def merge_same_tag():
    x = tf.constant(1.0)
    one = tf.get_default_graph().create_op("ScalarSummary", [tf.constant("tag"), x], [tf.string]).outputs[0]
    two = tf.get_default_graph().create_op("ScalarSummary", [tf.constant("tag"), x], [tf.string]).outputs[0]
    run(tf.summary.merge([one, two]))


@mistake
def timeout():
    queue = tf.FIFOQueue(1, tf.float32, name="queue")
    with tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=50)) as session:
        session.run(queue.dequeue())


@mistake
def partial_run_not_set_up():
    x = tf.placeholder(tf.float32, name="x")
    y = tf.placeholder(tf.float32, name="y")
    z = x * 2.0
    with tf.Session() as session:
        handle = session.partial_run_setup([z], [x])
        session.partial_run(handle, y, {y: 1.0})


@mistake
def partial_run_fetched_twice():
    x = tf.placeholder(tf.float32, name="x")
    z = tf.multiply(x, 2.0, name="z")
    w = tf.multiply(z, 2.0, name="w")
    with tf.Session() as session:
        handle = session.partial_run_setup([z, w], [x])
        session.partial_run(handle, z, {x: 1.0})
        session.partial_run(handle, z)


@mistake
def partial_run_unfed():
    x = tf.placeholder(tf.float32, name="x")
    y = tf.placeholder(tf.float32, name="y")
    z = tf.multiply(x, y, name="z")
    with tf.Session() as session:
        handle = session.partial_run_setup([z], [x, y])
        session.partial_run(handle, z, {x: 1.0})


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
def set_shape_conflict():
    tf.constant([1.0]).set_shape([2])


@mistake
def get_tensor_syntax():
    tf.get_default_graph().get_tensor_by_name("x")


@mistake
def get_operation_missing():
    tf.get_default_graph().get_operation_by_name("x")


@mistake
def seeds_out_of_range():
    tf.random_uniform([1], seed=2 ** 70)


@mistake
def losses_shapes():
    tf.losses.mean_squared_error([[1.0]], [[1.0, 2.0]])


@mistake
def losses_weights():
    tf.losses.mean_squared_error([[1.0, 2.0]], [[1.0, 2.0]], weights=[[1.0, 2.0, 3.0]])


@mistake
def dense_rank():
    tf.layers.dense(tf.placeholder(tf.float32), 3)


@mistake
def dense_last_unknown():
    tf.layers.dense(tf.placeholder(tf.float32, (2, None)), 3)


@mistake
def call_first_value_sets_type():
    tf.raw_ops.Add(x=1, y=tf.constant(2.0))


@mistake
def call_second_value_of_wrong_kind():
    tf.raw_ops.Add(x=tf.constant(2), y=1.5)


@mistake
def call_list_in_message():
    tf.raw_ops.Add(x=tf.constant(2), y=[1.5, 2.5])


@mistake
def call_op_refuses_type():
    tf.raw_ops.Sqrt(x=4)


@mistake
def call_list_does_not_match():
    tf.raw_ops.AddN(inputs=[1, 1.5])


@mistake
def call_list_does_not_match_tensor():
    tf.raw_ops.Pack(values=[tf.constant(2), 1.5], axis=0)


@mistake
def call_list_too_short():
    tf.raw_ops.AddN(inputs=[])


@mistake
def call_no_list():
    tf.raw_ops.AddN(inputs=3)


@mistake
def call_no_bool():
    tf.raw_ops.LogicalNot(x=3)


@mistake
def call_no_variable():
    tf.raw_ops.Assign(ref=tf.constant(1.0), value=2)


@mistake
def call_attribute_type():
    tf.raw_ops.RandomUniform(shape=[2], dtype=tf.int32)


@mistake
def pack_of_wrong_kind():
    tf.convert_to_tensor([1.5, tf.constant(2)])
