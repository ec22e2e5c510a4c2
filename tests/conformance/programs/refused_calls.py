"""A call that fails while it builds uses up its names, and what it made before stays."""
import tensorflow as tf

import numpy as np


def tried(*calls):
    """The classes of the errors that the calls raise, each of which is refused."""
    classes = []
    for call in calls:
        try:
            call()
            classes.append("none")
        except (TypeError, ValueError, tf.errors.NotFoundError) as error:
            classes.append(type(error).__name__)
    return {"classes": " ".join(classes)}


def inputs():
    return (tf.placeholder(tf.float32, [2, 3], name="a"), tf.placeholder(tf.float32, [4, 5], name="b"),
            tf.placeholder(tf.int32, [2, 3], name="n"))


def of_maths():
    a, b, n = inputs()
    facts = tried(lambda: tf.matmul(a, a), lambda: tf.matmul(a, np.ones([2, 2], np.float32)), lambda: tf.matmul(a, n),
                  lambda: a + b, lambda: a + "x", lambda: n * 1.5, lambda: 1.5 - n, lambda: n / a,
                  lambda: tf.reduce_sum(a, axis=5), lambda: tf.reduce_mean([[1.0], [2.0]], axis=3),
                  lambda: tf.add_n([a, b]), lambda: tf.add_n([a, [1]]), lambda: tf.argmax(a, 3),
                  lambda: tf.tensordot(a, b, 1), lambda: tf.einsum("ij,jk->ik", a, b), lambda: tf.clip_by_norm(a, b),
                  lambda: tf.unsorted_segment_sum(a, [0, 1, 2], 3), lambda: tf.unsorted_segment_max([1.0], [0, 1], 3))
    for good in (tf.matmul(a, a, transpose_b=True), a + 1, n * 2, 2 - n, n / n, tf.reduce_sum(a, axis=1),
                 tf.reduce_mean(a, axis=1), tf.add_n([a, a]), tf.argmax(a, 1), tf.tensordot(a, a, [[1], [1]]),
                 tf.clip_by_norm(a, 1.0), tf.unsorted_segment_sum(a, [0, 1], 3), tf.constant(1)):
        tf.identity(good)
    return {"steps": [], "facts": facts}


def of_arrays():
    a, b, n = inputs()
    facts = tried(lambda: tf.reshape(a, [4]), lambda: tf.concat([a, b], 0), lambda: tf.concat([a, n], 0),
                  lambda: tf.concat([a, [[1, 2, 3]], n], 0), lambda: tf.stack([a, b]), lambda: tf.split(a, 2, 1),
                  lambda: tf.transpose(a, [0, 1, 2]), lambda: tf.gather(a, 1.5), lambda: tf.gather(a, [[0], [0.5]]),
                  lambda: tf.gather_nd(a, [[0, 0, 0]]), lambda: a[0, 0, 0], lambda: a[5], lambda: tf.tile(a, [1]),
                  lambda: tf.tile([[1, 2]], [1]), lambda: tf.pad(a, [[1, 1]]), lambda: tf.one_hot([1.5], 3),
                  lambda: tf.expand_dims([1], 5), lambda: tf.squeeze(a, [0]), lambda: tf.where(a > 0, a, b),
                  lambda: tf.where([True, False], [1, 2, 3], [1]), lambda: tf.zeros([-1]), lambda: tf.eye(-1),
                  lambda: tf.fill([2, 2], [1, 2]), lambda: tf.fill([2, -1], 1), lambda: tf.string_join([1, 2]),
                  lambda: tf.dynamic_partition([1, 2], [0], 2), lambda: tf.slice(a, [0], [1, 1]),
                  lambda: tf.boolean_mask(a, tf.constant([True])), lambda: tf.constant(1.5, tf.int32))
    for good in (tf.reshape(a, [6]), tf.concat([a, a], 1), tf.stack([a, a]), tf.split(a, 3, 1)[0],
                 tf.transpose(a, [1, 0]), tf.gather(a, 1), tf.gather_nd(a, [[0, 0]]), a[0, 0], tf.tile(a, [1, 2]),
                 tf.pad(a, [[1, 1], [0, 0]]), tf.one_hot([1], 3), tf.expand_dims([1], 0), tf.where(a > 0, a, a),
                 tf.zeros([2]), tf.eye(2), tf.fill([2], 1), tf.string_join(["a", "b"]), tf.constant(1)):
        tf.identity(good)
    return {"steps": [], "facts": facts}


def of_models():
    a, b, n = inputs()
    x = tf.placeholder(tf.float32, [1, 5, 5, 3], name="x")
    kernel = tf.placeholder(tf.float32, [3, 3, 4, 2], name="kernel")
    facts = tried(lambda: tf.nn.conv2d(x, kernel, [1, 1, 1, 1], "SAME"), lambda: tf.nn.bias_add(a, n[0]),
                  lambda: tf.nn.softmax_cross_entropy_with_logits_v2(labels=b, logits=a),
                  lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=b, logits=a), lambda: tf.layers.dense(x[0], "z"),
                  lambda: tf.layers.dense(a, 4, activation=lambda y: tf.matmul(y, y)),
                  lambda: tf.layers.conv2d(a, 4, 3), lambda: tf.nn.dropout(a, rate=2.0), lambda: tf.nn.l2_normalize(a, 5),
                  lambda: tf.losses.mean_squared_error(a, b), lambda: tf.losses.mean_squared_error(a, a, weights=b),
                  lambda: tf.losses.softmax_cross_entropy(b, a), lambda: tf.nn.embedding_lookup(a, [1.5]),
                  lambda: tf.metrics.accuracy(a, b), lambda: tf.summary.scalar("s", "x"))
    for good in (tf.nn.conv2d(x, kernel[:, :, :3], [1, 1, 1, 1], "SAME"), tf.layers.dense(a, 4),
                 tf.nn.sigmoid_cross_entropy_with_logits(labels=a, logits=a), tf.nn.dropout(a, rate=0.5),
                 tf.losses.mean_squared_error(a, a), tf.nn.embedding_lookup(a, [1]), tf.metrics.accuracy(a, a)[0]):
        tf.identity(good)
    return {"steps": [], "facts": facts}


def of_variables():
    a, b, n = inputs()
    v = tf.get_variable("v", [2])
    facts = tried(lambda: tf.Variable([1, "a"]), lambda: tf.Variable([1, "a"], name="w"), lambda: tf.get_variable("v", [2]),
                  lambda: tf.get_variable("u"), lambda: tf.get_variable("u", [2], initializer=tf.constant_initializer([1.0, 2.0, 3.0])),
                  lambda: tf.assign(v, a), lambda: tf.scatter_update(v, [0], b), lambda: v.assign_add("x"))
    for good in (tf.Variable([1.0]), tf.Variable([1.0], name="w"), tf.get_variable("z", [2]), tf.assign(v, [1.0, 2.0]),
                 tf.scatter_update(v, [0], [1.0])):
        tf.identity(good)
    return {"steps": [], "facts": facts}


def of_branches():
    a, b, _ = inputs()
    p = tf.placeholder(tf.bool, [], name="p")

    def scoped():
        with tf.name_scope("s"):
            tf.matmul(a, a)

    facts = tried(lambda: tf.cond(True, lambda: a, lambda: a), lambda: tf.cond(p, lambda: tf.matmul(a, a), lambda: a),
                  lambda: tf.while_loop(lambda i: i < 3, lambda i: tf.matmul(a, a), [0]),
                  lambda: tf.map_fn(lambda x: tf.matmul(x, x), a), lambda: tf.scan(tf.matmul, a),
                  lambda: tf.case([(p, lambda: tf.matmul(a, b))], default=lambda: a), scoped,
                  lambda: tf.group(a, 3), lambda: tf.gradients(tf.reduce_sum(a), [a], grad_ys=[a]))
    with tf.name_scope("s"):
        for good in (tf.cond(p, lambda: a + 1, lambda: a), tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])):
            tf.identity(good)
    tf.cond(p, lambda: a + 1, lambda: a)
    tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])
    tf.group(a)
    tf.gradients(a * 2, [a])
    return {"steps": [], "facts": facts}


def of_imports():
    wrong, right = tf.GraphDef(), tf.GraphDef()
    wrong.node.add(name="a", op="NoSuchOp")
    right.node.add(name="a", op="NoOp")
    with tf.device("/cpu:0"):
        p = tf.placeholder(tf.float32, name="p")
    facts = tried(lambda: tf.import_graph_def(wrong), lambda: tf.import_graph_def(right, input_map={"b:0": p}),
                  lambda: tf.import_graph_def(right, return_elements=["z"]),
                  lambda: tf.import_graph_def(right, input_map={"b:0": p, "c": p}, return_elements=["a"], name="mapped"))
    tf.import_graph_def(right)
    tf.import_graph_def(right, name="mapped")
    return {"steps": [], "facts": facts}


def of_columns():
    """Columns are looked at before the scope opens; features are looked for in it."""
    age, job = (tf.feature_column.numeric_column("age"),
                tf.feature_column.categorical_column_with_vocabulary_list("job", ["a", "b"]))
    features = {"age": tf.placeholder(tf.float32, [None, 1], name="age")}
    give = tf.feature_column.input_layer
    facts = tried(lambda: give(features, []), lambda: give(features, [job]), lambda: give(features, [age, age]),
                  lambda: give({}, [age]))
    give(features, [age])
    with tf.Graph().as_default():
        facts["foreign"] = str(give(features, [age]).name)
    return {"steps": [], "facts": facts}


VARIANTS = {
    "maths": of_maths, "arrays": of_arrays, "models": of_models, "variables": of_variables, "branches": of_branches,
    "imports": of_imports, "columns": of_columns,
}
