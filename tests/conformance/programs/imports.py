import tensorflow as tf


def build():
    """A graph imported thrice into another: with the default prefix, a given one, and an input map."""
    source = tf.Graph()
    with source.as_default():
        x = tf.placeholder(tf.float32, (2,), name="x")
        v = tf.Variable([1.0, 2.0], name="v")
        with tf.control_dependencies([v.initializer]):
            y = tf.add(x * x, 1.0, name="y")
        with tf.device("/cpu:0"):
            tf.identity(y, name="z")
    definition = source.as_graph_def()
    mine = tf.constant([10.0, 20.0], name="mine")
    tf.import_graph_def(definition)
    (z,) = tf.import_graph_def(definition, name="again", return_elements=["z:0"])
    z_mapped, y_op = tf.import_graph_def(definition, {"x:0": mine}, ["z:0", "y"], name="mapped")
    tf.import_graph_def(definition, name="")
    with tf.name_scope("inside"), tf.control_dependencies([mine]), tf.device("/device:CPU:0"):
        tf.import_graph_def(definition, name="deep")
    return {"steps": [{"fetch": [z_mapped]}, {"fetch": [z], "feed": {"again/x:0": [3.0, 4.0]}}],
            "facts": {"z": z.name, "mapped": z_mapped.name, "op": y_op.name}}
