import tensorflow as tf


def trio():
    with tf.variable_scope("relu"):
        first = tf.get_variable("threshold", shape=(), initializer=tf.constant_initializer(0.0))
    with tf.variable_scope("relu", reuse=True):
        second = tf.get_variable("threshold")
    with tf.variable_scope("relu") as scope:
        scope.reuse_variables()
        third = tf.get_variable("threshold")
    return {"steps": [], "facts": {"name": first.op.name, "same": str(first is second is third)}}


def neuron(X, threshold):
    w = tf.Variable(tf.random_normal((int(X.get_shape()[1]), 1)), name="weights")
    b = tf.Variable(0.0, name="bias")
    z = tf.add(tf.matmul(X, w), b, name="z")
    return tf.maximum(z, threshold, name="max")


def run(X, relus):
    output = tf.add_n(relus, name="output")
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [output], "feed": {X: [[1., -2., 3.], [0.5, 0.25, -1.]]}}]}


def created_before():
    def relu(X):
        with tf.variable_scope("relu", reuse=True):
            threshold = tf.get_variable("threshold")
            return neuron(X, threshold)
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
    with tf.variable_scope("relu"):
        tf.get_variable("threshold", shape=(), initializer=tf.constant_initializer(0.0))
    return run(X, [relu(X) for _ in range(5)])


def created_inside():
    def relu(X):
        threshold = tf.get_variable("threshold", shape=(), initializer=tf.constant_initializer(0.0))
        return neuron(X, threshold)
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
    relus = []
    for relu_index in range(5):
        with tf.variable_scope("relu", reuse=(relu_index >= 1)):
            relus.append(relu(X))
    return run(X, relus)


def threshold_parameter():
    def relu(X, threshold):
        with tf.name_scope("relu"):
            return neuron(X, threshold)
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
    threshold = tf.Variable(0.0, name="threshold")
    return run(X, [relu(X, threshold) for _ in range(5)])


def threshold_attribute():
    def relu(X):
        with tf.name_scope("relu"):
            if not hasattr(relu, "threshold"):
                relu.threshold = tf.Variable(0.0, name="threshold")
            return neuron(X, relu.threshold)
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
    return run(X, [relu(X) for _ in range(5)])


def mixed():
    """Nested scopes, re-entry by name and by object, default names, AUTO_REUSE, root scope, inherited settings."""
    tf.set_random_seed(42)
    names = []

    def add(node):
        names.append(node.op.name)
        return node

    with tf.variable_scope("outer", initializer=tf.constant_initializer(0.5)) as outer:
        v = add(tf.get_variable("v", [2]))
        add(tf.Variable(1.0, name="plain"))
        add(v + 1)
        with tf.variable_scope("inner") as inner:
            add(tf.get_variable("v", [2]))
            add(v + 1)
    with tf.variable_scope(outer):
        add(tf.get_variable("w", [2]))
        add(v + 1)
        with tf.variable_scope("inner"):
            add(tf.get_variable("w", [2]))
            add(v + 1)
    with tf.variable_scope(inner, reuse=True):
        add(tf.get_variable("v", [2]))
        add(v + 1)
    with tf.variable_scope(outer, auxiliary_name_scope=False):
        add(v + 1)
    with tf.variable_scope("outer"):
        add(v + 1)
        with tf.variable_scope(tf.get_variable_scope(), reuse=True):
            add(tf.get_variable("v", [2]))
            add(v + 1)
    for _ in range(3):
        with tf.variable_scope(None, default_name="unit"):
            add(tf.get_variable("v", [1]))
            add(v + 1)
            with tf.variable_scope(None, "unit"):
                add(tf.get_variable("v", [1]))
    for _ in range(2):
        with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
            add(tf.get_variable("v", [1]))
            with tf.variable_scope("below"):
                add(tf.get_variable("v", [1]))
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        add(tf.get_variable("at_root", [1]))
        add(v + 1)
    with tf.name_scope("ops"):
        with tf.variable_scope("vars"):
            add(tf.get_variable("v", [1]))
            add(v + 1)
    with tf.variable_scope("a/b"):
        add(tf.get_variable("c/d", [1], trainable=False))
        add(v + 1)
    return {"steps": [], "facts": {"%02d" % i: name for i, name in enumerate(names)}}


def initializers():
    tf.set_random_seed(42)

    def get(name, initializer, shape=(3, 4), dtype=tf.float32):
        return tf.get_variable(name, shape=shape, dtype=dtype, initializer=initializer)

    variables = [
        get("default", None),
        get("default_vector", None, (4,)),
        get("default_int", None, (2,), tf.int32),
        get("default_bool", None, (2,), tf.bool),
        get("zeros", tf.zeros_initializer()),
        get("ones", tf.ones_initializer()),
        get("constant", tf.constant_initializer(0.25)),
        get("constant_list", tf.constant_initializer([1, 2, 3, 4]), (2, 2)),
        get("uniform", tf.random_uniform_initializer(-0.5, 0.5)),
        get("uniform_seed", tf.random_uniform_initializer(-0.5, 0.5, seed=3)),
        get("normal", tf.random_normal_initializer(1.0, 2.0)),
        get("truncated", tf.truncated_normal_initializer(stddev=0.1)),
        get("uniform_scaling", tf.uniform_unit_scaling_initializer(factor=1.5)),
        get("glorot_uniform", tf.glorot_uniform_initializer()),
        get("glorot_normal", tf.glorot_normal_initializer()),
        get("variance_in", tf.variance_scaling_initializer(2.0, "fan_in")),
        get("variance_out", tf.variance_scaling_initializer(2.0, "fan_out", "uniform")),
        get("variance_avg", tf.variance_scaling_initializer(2.0, "fan_avg", "untruncated_normal")),
        get("he", tf.contrib.layers.variance_scaling_initializer()),
        get("xavier", tf.contrib.layers.xavier_initializer()),
        get("xavier_normal", tf.contrib.layers.xavier_initializer(uniform=False)),
        get("double", None, (2, 2), tf.float64),
        tf.get_variable("from_array", initializer=[1.0, 2.0, 3.0]),
        tf.get_variable("from_tensor", initializer=tf.fill([2], 7)),
    ]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": variables}]}


def identity_initializer():
    v = tf.get_variable("v", shape=(3, 4), initializer=tf.initializers.identity(gain=2.0))
    return {"steps": [{"run": [v.initializer]}, {"fetch": [v]}]}


def regularized():
    tf.set_random_seed(42)
    with tf.variable_scope("net", regularizer=tf.contrib.layers.l2_regularizer(0.1)):
        a = tf.get_variable("a", [2, 2])
        b = tf.get_variable("b", [2], regularizer=tf.contrib.layers.l1_regularizer(0.5))
        tf.get_variable("free", [2], regularizer=tf.no_regularizer)
    both = tf.contrib.layers.l1_l2_regularizer(0.25, 0.75)(a)
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    total = tf.add_n([tf.reduce_sum(a * a)] + losses, name="total")
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [a, b, both, total] + losses}]}


VARIANTS = {
    "trio": trio,
    "created_before": created_before,
    "created_inside": created_inside,
    "threshold_parameter": threshold_parameter,
    "threshold_attribute": threshold_attribute,
    "mixed": mixed,
    "initializers": initializers,
    "identity_initializer": identity_initializer,
    "regularized": regularized,
}
