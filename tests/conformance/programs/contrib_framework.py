import tensorflow as tf

import numpy as np

from tensorflow.contrib import layers
from tensorflow.contrib.framework import arg_scope, add_arg_scope


def variables_of_models():
    with tf.variable_scope("one"):
        tf.contrib.framework.variable("a", [2], initializer=tf.zeros_initializer())
        tf.contrib.framework.model_variable("b", [2], initializer=tf.ones_initializer(),
                                            regularizer=layers.l2_regularizer(0.1))
        tf.get_variable("c", [1])
    with tf.variable_scope("two"):
        tf.contrib.framework.local_variable(tf.constant(1.0), name="local")
        tf.get_variable("weights", [1], trainable=False)
    step = tf.contrib.framework.get_or_create_global_step()
    names = lambda variables: [v.name for v in variables]
    framework = tf.contrib.framework
    facts = {
        "all": names(framework.get_variables()), "scope": names(framework.get_variables("one")),
        "suffix": names(framework.get_variables(suffix="c")),
        "by suffix": names(framework.get_variables_by_suffix("weights")),
        "by name": names(framework.get_variables_by_name("a")), "model": names(framework.get_model_variables()),
        "local": names(framework.get_local_variables()), "trainable": names(framework.get_trainable_variables()),
        "unique": framework.get_unique_variable("two/weights").name,
        "full name": framework.get_variable_full_name(step),
        "restore": names(framework.get_variables_to_restore(include=["one"], exclude=["one/b"])),
        "step": [step.name, framework.get_global_step() is step, tf.train.get_global_step() is step],
        "filtered": names(framework.filter_variables(framework.get_variables(), include_patterns=["o"],
                                                     exclude_patterns=["c"])),
    }
    return {"steps": [], "facts": facts}


def arg_scopes():
    @add_arg_scope
    def shown(x, a=1, b=2):
        return (x, a, b)

    facts = {}
    with arg_scope([shown], a=10) as outer:
        facts["outer"] = shown(0)
        with arg_scope([shown], b=20):
            facts["inner"] = shown(0)
            facts["explicit"] = shown(0, a=5)
        facts["left"] = shown(0)
    with arg_scope(outer):
        facts["by object"] = shown(0)
    facts["none"] = shown(0)
    facts["has"] = [tf.contrib.framework.has_arg_scope(shown), tf.contrib.framework.has_arg_scope(len)]
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    with arg_scope([layers.fully_connected], activation_fn=tf.nn.elu, weights_initializer=tf.ones_initializer(),
                   weights_regularizer=layers.l1_regularizer(0.1)):
        hidden = layers.fully_connected(x, 2, scope="hidden")
        out = layers.fully_connected(hidden, 1, scope="out", activation_fn=None)
    facts["losses"] = [loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)]
    facts["types"] = [hidden.op.type, out.op.type]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [out], "feed": {x: np.ones((1, 3))}}], "facts": facts}


def assignments():
    a = tf.get_variable("a", [2], initializer=tf.zeros_initializer())
    b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    op, feeds = tf.contrib.framework.assign_from_values({"a": np.array([1.0, 2.0], np.float32),
                                                         "b": np.array([3.0], np.float32)})
    assign = tf.contrib.framework.assign_from_values_fn({"a": np.array([7.0, 8.0], np.float32)})
    facts = {"feeds": sorted(tensor if isinstance(tensor, str) else tensor.name for tensor in feeds)}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(op, feeds)
        facts["assigned"] = sess.run([a, b])
        assign(sess)
        facts["again"] = sess.run(a)
    return {"steps": [], "facts": facts}


def small_things():
    x = tf.constant([1.0, 2.0], name="x")
    facts = {
        "is tensor": [tf.contrib.framework.is_tensor(x), tf.is_tensor(x), tf.contrib.framework.is_tensor([1.0])],
        "nest": tf.contrib.framework.nest.flatten([1, (2, {"a": 3})]),
        "mapped": tf.contrib.framework.nest.map_structure(lambda n: n + 1, {"a": (1, 2)}),
        "packed": tf.contrib.framework.nest.pack_sequence_as([0, [0]], [5, 6]),
        "same family": tf.contrib.framework.assert_same_float_dtype([x]),
    }
    return {"steps": [], "facts": facts}


def shapes_of_runs():
    """Shapes and ranks that are asserted, or squeezed, when they run."""
    framework = tf.contrib.framework
    p = tf.placeholder(tf.float32, name="p")
    rows = tf.placeholder(tf.float32, (None, 2), name="rows")
    full = tf.constant([[1.0, 2.0]], name="full")
    sizes = tf.placeholder(tf.int32, (2,), name="sizes")
    shaped = [framework.with_shape([2, 2], p), framework.with_shape((3, 2), rows), framework.with_shape(sizes, full),
              framework.with_shape([1, 2], full), framework.with_same_shape(p, rows),
              framework.with_same_shape(full, p), framework.with_shape([], tf.identity(p, name="one"))]
    labels, predictions = framework.remove_squeezable_dimensions(p, rows)
    both = framework.remove_squeezable_dimensions(tf.placeholder_with_default([[1.0]], (None, 1), name="column"), p)
    static = framework.remove_squeezable_dimensions(tf.constant([[1.0]]), tf.constant([1.0]))
    facts = {"shapes": [str(tensor.shape) for tensor in shaped],
             "squeezed": [str(tensor.shape) for tensor in (labels, predictions) + both + static]}
    for name, check in {"static": lambda: framework.with_shape([2, 1], full),
                        "dtype": lambda: framework.with_shape([1.5], full),
                        "rank": lambda: framework.with_shape([[1]], full)}.items():
        try:
            check()
        except Exception as error:  # its class is the fact
            facts[name] = type(error)
    square = [[1.0, 2.0], [3.0, 4.0]]
    column = [[[1.0], [2.0]], [[3.0], [4.0]], [[5.0], [6.0]]]
    return {"steps": [
        {"fetch": [shaped[0], shaped[2], shaped[4]], "feed": {p: square, rows: square, sizes: [1, 2]}},
        {"fetch": [shaped[1], labels, predictions], "feed": {p: column, rows: [[1.0, 2.0]] * 3}},
        {"fetch": [shaped[5], shaped[3]], "feed": {p: [[5.0, 6.0]]}}], "facts": facts}


VARIANTS = {
    "shapes_of_runs": shapes_of_runs,
    "variables": variables_of_models,
    "arg_scopes": arg_scopes,
    "assignments": assignments,
    "small_things": small_things,
}
