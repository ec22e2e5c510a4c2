"""Records fixtures/*.meta with TensorFlow 1.15: python record.py (run in this folder).

test_meta_graph.c builds the same graph and exports it as these are.
"""

import os
import warnings

warnings.filterwarnings("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402


def main():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2], name="x")
        with tf.name_scope("a"):
            v = tf.Variable([1.0, 2.0], name="v")
            y = tf.add(x, v, name="y")
            with tf.control_dependencies([x]):
                tf.identity(v, name="u")
            with tf.name_scope("deep"):
                d = tf.identity(y, name="d")
        w = tf.Variable([1.0], name="w")
        with tf.colocate_with(w.op), tf.name_scope("a/"):
            tf.identity(y, name="q")
        tf.add_to_collection("ops", y.op)
        for tensor in (d, x):
            tf.add_to_collection("outputs", tensor)
        tf.add_to_collection("elsewhere", x)
        tf.add_to_collection("numbers", 3)
        tf.add_to_collection("texts", "abc")
        with tf.name_scope("a/"):
            inner = tf.train.Saver([v])
        outer = tf.train.Saver([w])
        tf.add_to_collection("savers", inner)
        tf.add_to_collection("savers", outer)
        outer.export_meta_graph("fixtures/own_saver.meta", clear_extraneous_savers=True)
        inner.export_meta_graph("fixtures/scoped.meta", export_scope="a/")


if __name__ == "__main__":
    main()
