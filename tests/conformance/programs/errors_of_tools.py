import tensorflow as tf

import numpy as np


@mistake
def minimize_of_vector_is_summed():
    v = tf.Variable([1.0, 2.0])
    run([v.initializer, tf.train.GradientDescentOptimizer(0.1).minimize(v * v)][0])


@mistake
def minimize_of_no_variable():
    x = tf.constant(1.0, name="x")
    tf.train.GradientDescentOptimizer(0.1).minimize(x * x, var_list=[x * 2.0])


@mistake
def apply_none_of_all():
    v = tf.Variable(1.0, name="v")
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([(None, v)])


@mistake
def apply_not_pairs():
    v = tf.Variable(1.0, name="v")
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([v])


@mistake
def apply_to_tensor():
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([(tf.constant(1.0), tf.constant(1.0))])


@mistake
def apply_wrong_shape():
    v = tf.Variable([1.0, 2.0], name="v")
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([(tf.constant([1.0, 2.0, 3.0]), v)])


@mistake
def optimizer_name():
    tf.train.Optimizer(False, "")


@mistake
def optimizer_gate():
    v = tf.Variable(1.0)
    tf.train.GradientDescentOptimizer(0.1).compute_gradients(v * v, gate_gradients=7)


@mistake
def step_is_created_twice():
    tf.train.create_global_step()
    tf.train.create_global_step()


@mistake
def step_of_wrong_type():
    tf.train.assert_global_step(tf.Variable(1.0, name="global_step"))


@mistake
def gradients_unconnected_option():
    x = tf.constant(3.0)
    tf.gradients(x, [x], unconnected_gradients="nothing")


@mistake
def gradients_of_another_graph():
    with tf.Graph().as_default():
        x = tf.constant(1.0, name="x")
    tf.gradients(tf.constant(2.0), [x])


@mistake
def gradient_registered_twice():
    tf.RegisterGradient("RegisteredOnce")(lambda op, grad: grad)
    tf.RegisterGradient("RegisteredOnce")(lambda op, grad: grad)


@mistake
def gradient_of_wrong_count():
    tf.RegisterGradient("GivesThree")(lambda op, grad: [grad, grad, grad])
    x = tf.constant(1.0)
    with tf.get_default_graph().gradient_override_map({"Identity": "GivesThree"}):
        y = tf.identity(x, name="y")
    tf.gradients(y, [x])


@mistake
def clip_by_negative_norm():
    tf.clip_by_global_norm(tf.constant(1.0), 1.0)


@mistake
def py_func_raises():
    def fails(array):
        raise ValueError("the program's own words")
    run(tf.py_func(fails, [tf.constant(1.0)], tf.float32, name="call"))


@mistake
def py_func_gives_other_type():
    run(tf.py_func(lambda array: array.astype(np.int64), [tf.constant(1.0)], tf.float32, name="call"))


@mistake
def py_func_gives_too_few():
    run(tf.py_func(lambda array: [array], [tf.constant(1.0)], [tf.float32, tf.float32], name="call"))


@mistake
def py_func_without_gradient():
    x = tf.Variable(1.0, name="x")
    y = tf.py_func(lambda array: array, [x], tf.float32)
    tf.train.GradientDescentOptimizer(0.1).minimize(y)


@mistake
def saver_of_nothing():
    tf.Variable(1.0)
    tf.train.Saver([])


@mistake
def saver_of_text():
    tf.train.Saver("v")


@mistake
def saver_names_twice():
    tf.Variable(1.0, name="v")
    one = tf.Variable(1.0, name="a")
    tf.train.Saver([one, one])


@mistake
def save_without_session():
    tf.Variable(1.0, name="v")
    tf.train.Saver().save(None, "model.ckpt")


@mistake
def save_into_deep_folder():
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        tf.train.Saver().save(session, "./some/deep/model.ckpt")


@mistake
def save_state_file_is_checkpoint():
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        tf.train.Saver().save(session, "./model.ckpt", latest_filename="a/b")


@mistake
def restore_of_another_graph():
    saved(("v", 1.0))
    v = tf.Variable(1.0, name="v")
    saver = tf.train.Saver()
    with tf.Session(graph=tf.Graph()) as session:
        saver.restore(session, "model.ckpt")


@mistake
def import_meta_missing():
    tf.train.import_meta_graph("nowhere.meta")


@mistake
def reader_of_nothing():
    tf.train.NewCheckpointReader("nowhere.ckpt")


@mistake
def reader_of_missing_name():
    saved(("v", 1.0))
    tf.train.NewCheckpointReader("model.ckpt").get_tensor("w")


@mistake
def init_from_missing_name():
    saved(("v", 1.0))
    tf.get_variable("w", [])
    tf.train.init_from_checkpoint("model.ckpt", {"nothing": "w"})


@mistake
def init_from_wrong_shape():
    saved(("v", [1.0, 2.0]))
    tf.get_variable("w", [3])
    tf.train.init_from_checkpoint("model.ckpt", {"v": "w"})


@mistake
def summary_name_without_value():
    tf.summary.scalar("s")


@mistake
def summary_of_text():
    tf.summary.scalar("s", tf.constant("text"))


@mistake
def summary_text_of_numbers():
    tf.summary.text("t", tf.constant(1.0))


@mistake
def summary_image_rank():
    tf.summary.image("i", tf.ones([2, 2]))


@mistake
def summary_image_depth():
    x = tf.placeholder(tf.float32, name="x")
    run(tf.summary.image("i", x), {x: np.ones((1, 2, 2, 5))})


@mistake
def writer_after_close():
    writer = tf.summary.FileWriter("logs")
    writer.close()
    writer.add_summary(tf.Summary(), 1)
    writer.add_graph(3)


@mistake
def writer_graph_of_wrong_type():
    tf.summary.FileWriter("logs").add_graph("graph")


@mistake
def merge_of_nothing():
    tf.summary.merge([])


@mistake
def frozen_output_missing():
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        tf.graph_util.convert_variables_to_constants(session, session.graph_def, ["nothing"])


@mistake
def frozen_uninitialized():
    v = tf.Variable(1.0, name="v")
    y = tf.identity(v, name="y")
    with tf.Session() as session:
        tf.graph_util.convert_variables_to_constants(session, session.graph_def, ["y"])


@mistake
def subgraph_of_missing():
    tf.constant(1.0, name="x")
    tf.graph_util.extract_sub_graph(tf.get_default_graph().as_graph_def(), ["y"])


@mistake
def import_of_wrong_type():
    tf.import_graph_def("graph")


@mistake
def import_map_of_wrong_type():
    tf.import_graph_def(tf.GraphDef(), {"x:0": 1.0}, input_map_is_misspelt=True)


@mistake
def import_returned_syntax():
    imported(placeholder("x"))
    definition = tf.get_default_graph().as_graph_def()
    tf.import_graph_def(definition, return_elements=["x:y"])


@mistake
def saved_model_missing():
    tf.saved_model.loader.load(tf.Session(), ["serve"], "nowhere")


@mistake
def saved_model_of_other_tags():
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        tf.saved_model.simple_save(session, "model", {"x": v}, {"y": v + 1.0})
        tf.saved_model.loader.load(session, ["train"], "model")


@mistake
def saved_model_without_variables():
    builder = tf.saved_model.builder.SavedModelBuilder("model")
    builder.add_meta_graph(["serve"])


@mistake
def metrics_shapes():
    tf.metrics.accuracy(tf.ones([2]), tf.ones([3]))


@mistake
def metrics_at_k_labels():
    tf.metrics.precision_at_k([[1], [2]], tf.ones([2, 3], name="scores"), 1)


@mistake
def metrics_at_k_ranks():
    tf.metrics.recall_at_k(tf.constant([[[1]]], tf.int64), tf.ones([2, 3], name="scores"), 1)


@mistake
def metrics_at_k_none():
    tf.metrics.average_precision_at_k(tf.constant([[1]], tf.int64), tf.ones([1, 3], name="scores"), 0)


@mistake
def metrics_at_k_unknown():
    tf.metrics.average_precision_at_k(tf.constant([[1]], tf.int64), tf.placeholder(tf.float32, name="scores"), 2)


@mistake
def metrics_at_k_too_many():
    tf.metrics.precision_at_k(tf.constant([[1]], tf.int64), tf.ones([1, 3], name="scores"), 4, name="p")


@mistake
def metrics_uninitialized():
    tf.metrics.mean(tf.constant([1.0]), name="metric")
    run(tf.local_variables()[0] + 1.0)


@mistake
def flags_unknown():
    tf.app.flags.FLAGS(["program", "--no_such_flag_is_defined=1"])


@mistake
def file_missing():
    tf.gfile.GFile("nowhere.txt").read()


@mistake
def record_truncated():
    with tf.python_io.TFRecordWriter("r") as writer:
        writer.write(b"some record")
    with open("r", "r+b") as stream:
        stream.truncate(14)
    list(tf.python_io.tf_record_iterator("r"))


@mistake
def proto_field_unknown():
    tf.ConfigProto(threads=3)


@mistake
def proto_of_wrong_type():
    tf.Summary(value=[3])


@mistake
def make_tensor_proto_too_large():
    tf.make_tensor_proto([1.0, 2.0, 3.0], shape=[2])


@mistake
def summary_iterator_of_nothing():
    list(tf.train.summary_iterator("nowhere"))


@mistake
def test_case_raises():
    class Case(tf.test.TestCase):
        def runTest(self):
            pass
    Case().assertAllClose([1.0, 2.0], [1.0, 2.5])
