"""Small things that programs see: normal equations of unknown size, tuples of references, numbers in place of tensors,
collections that hold nothing, and dtypes that are none."""
import tensorflow as tf

import numpy as np


def unknown_equations():
    """As many equations as unknowns, or fewer: which, is known when the matrix is fed."""
    a, b = tf.placeholder(tf.float32, name="a"), tf.placeholder(tf.float32, name="b")
    rows, column = tf.placeholder(tf.float32, [None, 3], name="rows"), tf.placeholder(tf.float32, [None, 1], name="column")
    solved = [tf.linalg.lstsq(a, b, l2_regularizer=0.1), tf.matrix_solve_ls(rows, column),
              tf.linalg.lstsq(rows, column, l2_regularizer=0.5), tf.linalg.lstsq(rows, column, fast=False)]
    gradient = tf.gradients(solved[2], [rows])[0]
    tall, wide = np.arange(12.0).reshape(4, 3) % 5, np.arange(6.0).reshape(2, 3) % 4
    return {"steps": [
        {"fetch": solved + [gradient], "feed": {a: tall, b: tall[:, :1], rows: tall, column: tall[:, 1:2]}},
        {"fetch": solved[:3] + [gradient], "feed": {a: wide, b: wide[:, :1], rows: wide, column: wide[:, 1:2]}}]}


def tuples():
    v = tf.Variable([1.0, 2.0], name="v")
    w = tf.get_variable("w", [2], use_resource=True, initializer=tf.ones_initializer())
    one, assigned = tf.constant(1.0), tf.assign(v, [2.0, 3.0])
    read = tf.tuple([v, one])
    reference = tf.tuple([assigned, one, None, 2.0])
    held = tf.tuple([v._ref(), one], control_inputs=[v.initializer])
    resource = tf.tuple([w, v])
    return {"steps": [{"run": [v.initializer, w.initializer]}, {"fetch": read}, {"fetch": reference[:2]}, {"fetch": read},
                      {"fetch": held}, {"fetch": resource}]}


def normalized_by_numbers():
    x = tf.constant(np.arange(6.0, dtype=np.float32).reshape(2, 3), name="x")
    fetches = [tf.nn.batch_normalization(x, 0.5, 2.0, 0.1, 1.5, 1e-3),
               tf.nn.batch_normalization(x, 0.5, 2.0, None, None, 1e-3),
               tf.nn.batch_normalization(x, tf.constant([1.0, 2.0, 3.0]), 2.0, None, 2.0, 1e-3),
               tf.nn.batch_normalization(x, 1, 2, 0, 1, 1e-3)]
    return {"steps": [{"fetch": fetches}]}


def empty_collections():
    graph, facts = tf.get_default_graph(), {}

    def say(what):
        facts[what] = " ".join(sorted(graph.get_all_collection_keys()))

    tf.get_collection("asked")
    tf.get_collection_ref("mine")
    say("referred to")
    x = tf.layers.flatten(tf.placeholder(tf.float32, [2, 3], name="x"))
    say("layer without variables")
    x = tf.layers.dropout(tf.layers.dense(x, 3), training=True)
    say("layers")
    tf.contrib.layers.fully_connected(x, 3)
    say("tf.contrib's layer")
    tf.layers.batch_normalization(x, training=True)
    say("updates")
    tf.add_to_collection("numbers", 1)
    tf.get_collection_ref("numbers").pop()
    say("emptied")
    graph.clear_collection("numbers")
    graph.clear_collection("never there")
    say("cleared")
    facts["exported"] = " ".join(sorted(tf.train.export_meta_graph().collection_def))
    return {"steps": [], "facts": facts}


VARIANTS = {"unknown_equations": unknown_equations, "tuples": tuples, "normalized_by_numbers": normalized_by_numbers,
            "empty_collections": empty_collections}
