import tensorflow as tf


def loss_scope():
    theta = tf.Variable([[1.0], [2.0]], name="theta")
    X = tf.placeholder(tf.float32, shape=(None, 2), name="X")
    y = tf.placeholder(tf.float32, shape=(None, 1), name="y")
    y_pred = tf.matmul(X, theta, name="predictions")
    with tf.name_scope("loss") as scope:
        error = y_pred - y
        mse = tf.reduce_mean(tf.square(error), name="mse")
    return {"steps": [], "facts": {"scope": scope, "error": error.op.name, "mse": mse.op.name}}


def repeated_variables():
    names = [tf.Variable(0, name="a").op.name, tf.Variable(0, name="a").op.name]
    for _ in range(2):
        with tf.name_scope("param"):
            names.append(tf.Variable(0, name="a").op.name)
    return {"steps": [], "facts": {str(i): name for i, name in enumerate(names)}}


def flat_relus():
    X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
    w1 = tf.Variable(tf.random_normal((3, 1), seed=1), name="weights1")
    w2 = tf.Variable(tf.random_normal((3, 1), seed=2), name="weights2")
    b1 = tf.Variable(0.0, name="bias1")
    b2 = tf.Variable(0.0, name="bias2")
    z1 = tf.add(tf.matmul(X, w1), b1, name="z1")
    z2 = tf.add(tf.matmul(X, w2), b2, name="z2")
    relu1 = tf.maximum(z1, 0., name="relu1")
    tf.maximum(z1, 0., name="relu2")
    output = tf.add(relu1, tf.maximum(z2, 0.), name="output")
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [output], "feed": {X: [[1., -2., 3.], [0.5, 0.25, -1.]]}}]}


def relu(X):
    w_shape = (int(X.get_shape()[1]), 1)
    w = tf.Variable(tf.random_normal(w_shape), name="weights")
    b = tf.Variable(0.0, name="bias")
    z = tf.add(tf.matmul(X, w), b, name="z")
    return tf.maximum(z, 0., name="relu")


def five_relus():
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
    relus = [relu(X) for _ in range(5)]
    output = tf.add_n(relus, name="output")
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [output], "feed": {X: [[1., -2., 3.], [0.5, 0.25, -1.]]}}]}


def five_scoped_relus():
    def scoped(X):
        with tf.name_scope("relu"):
            return relu(X)
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
    relus = [scoped(X) for _ in range(5)]
    output = tf.add_n(relus, name="output")
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [output], "feed": {X: [[1., -2., 3.], [0.5, 0.25, -1.]]}}]}


def nesting():
    facts = {}
    with tf.name_scope("outer") as outer:
        a = tf.constant(1, name="a")
        with tf.name_scope("inner"):
            b = tf.constant(1, name="a")
            with tf.name_scope(None):
                c = tf.constant(1, name="a")
            with tf.name_scope(outer):
                d = tf.constant(1, name="a")
        with tf.name_scope("inner"):
            e = tf.constant(1)
    with tf.name_scope("outer/"):
        f = tf.constant(1, name="a")
    with tf.name_scope("outer"):
        g = tf.constant(1, name="a")
    with tf.name_scope("chosen", "default", [a, b]) as scope:
        h = tf.add(a, b)
    with tf.name_scope(None, "default", [a]):
        i = tf.add(a, b)
    with tf.name_scope("a/b/c"):
        j = tf.add(a, b, name="x/y")
    with tf.name_scope("a/b"):
        k = tf.add(a, b, name="x")
    graph = tf.get_default_graph()
    facts["unique"] = graph.unique_name("free")
    facts["unique again"] = graph.unique_name("free")
    facts["unique unmarked"] = graph.unique_name("free", mark_as_used=False)
    facts["unique unmarked again"] = graph.unique_name("free", mark_as_used=False)
    facts["scope"] = scope
    for key, tensor in zip("abcdefghijk", (a, b, c, d, e, f, g, h, i, j, k)):
        facts[key] = tensor.op.name
    return {"steps": [], "facts": facts}


def unique_names():
    names = ["a", "a", "A", "a_1", "A_1", "a", "B", "b", "b_1", "b_1_1", "b_1", "c_1", "c", "c", "c", "C/d", "c/D"]
    made = [tf.constant(1, name=name).op.name for name in names]
    with tf.name_scope("Scope"):
        made.append(tf.constant(1, name="x").op.name)
    with tf.name_scope("scope"):
        made.append(tf.constant(1, name="X").op.name)
    made.append(tf.constant(1, name="SCOPE").op.name)
    x = tf.placeholder(tf.float32, (2, 2), name="mse")
    made.append(tf.reduce_mean(x, name="mse").op.name)
    made.append(tf.summary.scalar("MSE", tf.reduce_mean(x)).op.name)
    return {"steps": [], "facts": {"%02d" % i: name for i, name in enumerate(made)}}


VARIANTS = {
    "loss": loss_scope,
    "repeated_variables": repeated_variables,
    "flat_relus": flat_relus,
    "five_relus": five_relus,
    "five_scoped_relus": five_scoped_relus,
    "nesting": nesting,
    "unique_names": unique_names,
}
