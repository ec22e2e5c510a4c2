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
        except (AttributeError, NotImplementedError, TypeError, ValueError, tf.errors.NotFoundError) as error:
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


def of_fills():
    """Zeros and ones of dtypes that have none."""
    steps, size = tf.placeholder(tf.qint8, [2], name="steps"), tf.placeholder(tf.int32, [2], name="size")
    a = inputs()[0]
    calls = [lambda dtype=dtype, f=f: f([2, 3], dtype) for f in (tf.zeros, tf.ones) for dtype in (
        tf.qint8, tf.quint8, tf.qint16, tf.quint16, tf.qint32, tf.resource, tf.variant)]
    facts = tried(*calls, lambda: tf.ones([2], tf.string), lambda: tf.zeros(size, tf.qint8), lambda: tf.zeros_like(steps),
                  lambda: tf.ones_like(steps), lambda: tf.zeros_like(a, tf.qint32), lambda: tf.ones_like(a, tf.quint8),
                  lambda: tf.zeros_initializer()([2], tf.qint8), lambda: tf.ones([3000], tf.qint32))
    for good in (tf.zeros([2], tf.string), tf.zeros([2], tf.bool), tf.ones([3], tf.complex64), tf.zeros_like(a),
                 tf.ones_like(a), tf.zeros_like(tf.placeholder(tf.qint8)), tf.ones(size)):
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


def of_queues():
    """The scope of an operation that fills a queue is open before the values are looked at."""
    a, b, _ = inputs()
    row = a[0]
    q = tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[3], []], name="q")
    n = tf.FIFOQueue(10, [tf.float32], shapes=[[]], names=["x"], name="n")
    u = tf.FIFOQueue(10, [tf.float32], name="u")
    facts = tried(lambda: q.enqueue([row, "x"]), lambda: q.enqueue([[1.0, 2.0], 1]), lambda: q.enqueue({"x": 1}),
                  lambda: n.enqueue([1.0]), lambda: n.enqueue({"y": 1.0}), lambda: n.enqueue({"x": "a"}),
                  lambda: q.enqueue([[1, 2, 3], 1.5]), lambda: q.enqueue(None), lambda: q.enqueue([row, None]),
                  lambda: q.enqueue([row, row], name="given"), lambda: q.enqueue_many([a, ["x"]]),
                  lambda: q.enqueue_many([[[1.0, 2.0]], [1]]), lambda: q.enqueue_many({"x": 1}),
                  lambda: n.enqueue_many([[1.0]]), lambda: n.enqueue_many({"y": [1.0]}), lambda: q.enqueue_many([a, 1]),
                  lambda: q.enqueue_many([a, [1, 2, 3]]), lambda: u.enqueue_many([1.0]), lambda: q.dequeue_many("x"),
                  lambda: q.dequeue_many(None), lambda: q.dequeue_up_to(1.5),
                  lambda: tf.FIFOQueue(10, [tf.float32], shapes=[[None]]),
                  lambda: tf.PriorityQueue(10, [tf.float32], shapes=[[], []]))
    for good in (q.enqueue([row, 1]), n.enqueue({"x": 1.0}), q.enqueue([row, 1], name="given"),
                 q.enqueue_many([a, [1, 2]]), n.enqueue_many({"x": [1.0]}), q.dequeue_many(2), q.dequeue_up_to(2),
                 tf.FIFOQueue(10, [tf.float32]), tf.PriorityQueue(10, [tf.float32], [[]])):
        tf.constant(1)
    return {"steps": [], "facts": facts}


def of_optimizers():
    a, b, n = inputs()
    v = tf.get_variable("v", [2, 3])
    w = tf.get_variable("w", [2], dtype=tf.int32, initializer=tf.zeros_initializer())
    loss = tf.reduce_sum(v * a)
    descent, adam = tf.train.GradientDescentOptimizer(0.1), tf.train.AdamOptimizer(0.1)
    facts = tried(lambda: descent.minimize(tf.reduce_sum(a)), lambda: descent.minimize(n),
                  lambda: descent.minimize(loss, var_list=[]), lambda: descent.minimize(loss, var_list=[w]),
                  lambda: descent.minimize(loss, var_list=[a]), lambda: descent.minimize(3.0),
                  lambda: descent.minimize(None), lambda: descent.apply_gradients([]),
                  lambda: descent.apply_gradients([(None, v)]), lambda: descent.apply_gradients([(a, a)]),
                  lambda: descent.apply_gradients([("x", v)]), lambda: descent.apply_gradients([(n, v)]),
                  lambda: descent.apply_gradients([(b, v)]), lambda: adam.minimize(tf.reduce_sum(a)),
                  lambda: adam.apply_gradients([(b, v)]), lambda: descent.minimize(loss, grad_loss=n),
                  lambda: descent.compute_gradients(loss, gate_gradients=7),
                  lambda: descent.minimize(tf.cast(n, tf.float32)[0, 0]),
                  lambda: descent.minimize(loss, name="mine", var_list=[w]))
    descent.minimize(loss)
    adam.minimize(loss)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    return {"steps": [], "facts": facts}


def of_summaries():
    a, _, _ = inputs()
    c = tf.placeholder(tf.complex64, [2], name="c")
    facts = tried(lambda: tf.summary.scalar("s", "x"), lambda: tf.summary.scalar("s", None),
                  lambda: tf.summary.scalar("s", c), lambda: tf.summary.scalar(3, a),
                  lambda: tf.summary.scalar(None, 1.0), lambda: tf.summary.histogram("h", "x"),
                  lambda: tf.summary.histogram("h", c), lambda: tf.summary.image("i", a[0]),
                  lambda: tf.summary.image("i", "x"), lambda: tf.summary.audio("o", a[0], 44100),
                  lambda: tf.summary.text("t", a), lambda: tf.summary.text("t", "x"), lambda: tf.summary.merge([a]),
                  lambda: tf.summary.merge([]), lambda: tf.summary.merge("x"),
                  lambda: tf.summary.tensor_summary("d", None))
    for name in "s", "h", "i", "o", "t", "d":
        tf.summary.scalar(name, 1.0)
    tf.summary.merge_all()
    return {"steps": [], "facts": facts}


def of_metrics():
    a, b, n = inputs()
    mean = tf.metrics.mean
    facts = tried(lambda: mean("x"), lambda: mean(a, weights=b), lambda: mean(a, weights="x"), lambda: mean(None),
                  lambda: tf.metrics.accuracy(a, b), lambda: tf.metrics.accuracy(a, "x"),
                  lambda: tf.metrics.precision(a, b), lambda: tf.metrics.recall(a, b),
                  lambda: tf.metrics.auc(a, a, curve="x"),
                  lambda: tf.metrics.mean_squared_error(a, a, weights=b),
                  lambda: tf.metrics.mean_absolute_error(a, b), lambda: tf.metrics.mean_tensor(a, weights=b),
                  lambda: tf.metrics.percentage_below(a, "x"), lambda: tf.metrics.mean_iou(a, b, 2),
                  lambda: tf.metrics.recall_at_k(a, b, 2))
    for metric in (tf.metrics.accuracy, tf.metrics.precision, tf.metrics.recall, tf.metrics.mean_squared_error,
                   tf.metrics.mean_absolute_error):
        metric(a, a)
    for metric in mean(a), tf.metrics.mean_tensor(a), tf.metrics.mean_iou(a, a, 2), tf.metrics.auc(a, a):
        tf.identity(metric[0])
    return {"steps": [], "facts": facts}


def of_nothing():
    """None where a tensor is wanted: refused where it would become one, in the scope of the call."""
    a, _, _ = inputs()
    v = tf.get_variable("v", [])
    facts = tried(lambda: a + None, lambda: None * a, lambda: a / None, lambda: a < None, lambda: tf.add(a, None),
                  lambda: tf.matmul(a, None), lambda: tf.matmul(None, a), lambda: tf.reduce_sum(None),
                  lambda: tf.reduce_mean(None), lambda: tf.reshape(a, None), lambda: tf.square(None),
                  lambda: tf.nn.relu(None), lambda: tf.nn.softmax(None), lambda: tf.nn.bias_add(a, None),
                  lambda: tf.equal(None, a), lambda: tf.argmax(None, 1), lambda: tf.concat(None, 0),
                  lambda: tf.concat([a, None], 0), lambda: tf.stack([a, None]), lambda: tf.add_n([a, None]),
                  lambda: tf.gather(a, None), lambda: tf.where(None), lambda: tf.expand_dims(None, 0),
                  lambda: tf.tile(a, None), lambda: tf.transpose(None), lambda: tf.constant(None),
                  lambda: tf.cast(None, tf.float32), lambda: tf.shape(None), lambda: tf.zeros_like(None),
                  lambda: tf.one_hot(None, 3), lambda: tf.layers.dense(None, 3), lambda: tf.nn.dropout(None, rate=0.5),
                  lambda: tf.clip_by_value(a, None, 1.0), lambda: tf.fill([2], None), lambda: tf.random_normal(None),
                  lambda: tf.assign(v, None), lambda: tf.losses.mean_squared_error(a, None), lambda: tf.split(None, 2),
                  lambda: tf.nn.embedding_lookup(a, None), lambda: tf.range(None), lambda: tf.tuple([None]))
    for good in (a + 1, 2 * a, a / 2, a < 1, tf.matmul(a, a, transpose_b=True), tf.reduce_sum(a), tf.reduce_mean(a),
                 tf.reshape(a, [6]), tf.square(a), tf.nn.relu(a), tf.nn.softmax(a), tf.nn.bias_add(a, [1.0, 2.0, 3.0]),
                 tf.equal(1.0, a), tf.argmax(a, 1), tf.concat([a, a], 0), tf.stack([a, a]), tf.add_n([a, a]),
                 tf.gather(a, 0), tf.where(a > 0), tf.expand_dims(a, 0), tf.tile(a, [1, 1]), tf.transpose(a),
                 tf.constant(1), tf.cast(a, tf.int32), tf.shape(a), tf.zeros_like(a), tf.one_hot(1, 3),
                 tf.layers.dense(a, 3), tf.nn.dropout(a, rate=0.5), tf.clip_by_value(a, 0.0, 1.0), tf.fill([2], 1),
                 tf.random_normal([2]), tf.assign(v, 1.0), tf.losses.mean_squared_error(a, a), tf.split(a, 2)[0],
                 tf.nn.embedding_lookup(a, [1]), tf.range(3)):
        tf.identity(good)
    return {"steps": [], "facts": facts}


VARIANTS = {
    "maths": of_maths, "arrays": of_arrays, "fills": of_fills, "models": of_models, "variables": of_variables, "branches": of_branches,
    "imports": of_imports, "columns": of_columns, "queues": of_queues, "optimizers": of_optimizers,
    "summaries": of_summaries, "metrics": of_metrics, "nothing": of_nothing,
}
