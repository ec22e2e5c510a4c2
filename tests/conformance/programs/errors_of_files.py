import tensorflow as tf

import numpy as np


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
def saver_of_two_names_for_one():
    v = tf.Variable(1.0, name="v")
    tf.train.Saver({"first": v, "second": v})


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
