"""Records the fixtures of this folder with TensorFlow 1.15: python record.py (run in this folder).

graph.pb and what tf.graph_util makes of it: test_graph_util.c tells of each. written.pbtxt is write_graph's text.
"""

import os
import warnings

warnings.filterwarnings("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
util = tf.compat.v1.graph_util


def write(name, definition):
    with open(os.path.join("fixtures", name), "wb") as file:
        file.write(definition.SerializeToString(deterministic=True))


def main():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        with tf.device("/device:CPU:0"):
            x = tf.placeholder(tf.float32, [None, 2], name="x")
            w = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], name="w")
        b = tf.Variable([0.5, 0.5, 0.5], name="b")
        words = tf.Variable(["one", "two", ""], name="words", trainable=False)
        tf.Variable(3, name="unused")
        product = tf.matmul(x, w, name="product")
        y = tf.identity(product + b, name="y")
        with tf.control_dependencies([y]):
            z = tf.identity(y, name="z")
        split = tf.split(z, 3, axis=1, name="split")
        second = tf.identity(tf.identity(split[1]), name="second")
        tf.abs(second, name="size")
        tf.identity(words, name="text")
        tf.check_numerics(y, "y", name="check")
        tf.assign(b, [1.0, 2.0, 3.0], name="set")
        session.run(tf.global_variables_initializer())
        definition = graph.as_graph_def()
        write("graph.pb", definition)
        outputs = ["size", "text"]
        freeze = util.convert_variables_to_constants
        write("frozen.pb", freeze(session, definition, outputs))
        write("frozen_white.pb", freeze(session, definition, outputs, variable_names_whitelist=["w"]))
        write("frozen_black.pb", freeze(session, definition, outputs, variable_names_blacklist=["w", "words"]))
        write("frozen_set.pb", freeze(session, definition, ["set"]))
        write("extracted.pb", util.extract_sub_graph(definition, ["set", "y"]))
        write("cleaned.pb", util.remove_training_nodes(definition))
        write("cleaned_protected.pb", util.remove_training_nodes(definition, ["w/read", "check", "Identity"]))
        tf.train.write_graph(definition, "fixtures", "written.pbtxt")
        cases = [("Const", "dtype", tf.int32), ("Const", "dtype", tf.string), ("Const", "dtype", tf.float32),
                 ("DynamicStitch", "T", tf.int32), ("DynamicStitch", "T", tf.float32), ("Cast", "SrcT", tf.int32),
                 ("Cast", "DstT", tf.int32), ("VariableV2", "dtype", tf.float32), ("AssignAdd", "T", tf.float32),
                 ("MatMul", "T", tf.float32)]
        with open("fixtures/must_run_on_cpu.tsv", "w") as out:
            for op, attr, dtype in cases:
                node = tf.compat.v1.NodeDef(name="n", op=op)
                node.attr[attr].type = dtype.as_datatype_enum
                out.write("%s\t%d\t%d\n" % (node.SerializeToString().hex(), util.must_run_on_cpu(node),
                                            util.must_run_on_cpu(node, True)))


if __name__ == "__main__":
    main()
