import tensorflow as tf

import numpy as np


def initializers():
    """Every initializer that keeps the scale of signals, of vectors, matrices and filters."""
    layers = tf.contrib.layers
    tf.set_random_seed(42)
    made = []

    def make(initializer, shape=(3, 4), **arguments):
        made.append(tf.get_variable("v%d" % len(made), shape, initializer=initializer, **arguments))

    for mode in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        for uniform in (True, False):
            for shape in ((3,), (3, 4), (2, 2, 3, 4)):
                make(layers.variance_scaling_initializer(1.5, mode, uniform, seed=3), shape)
        for distribution in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
            make(tf.variance_scaling_initializer(2.0, mode.lower(), distribution, seed=2))
    for name in ("he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "glorot_normal", "glorot_uniform"):
        make(getattr(tf.initializers, name)())
    make(layers.xavier_initializer())
    make(layers.xavier_initializer(uniform=False, seed=1))
    make(layers.xavier_initializer_conv2d(), (3, 3, 2, 4))
    make(tf.orthogonal_initializer(0.5), (2, 3, 4))
    make(tf.uniform_unit_scaling_initializer(1.43))
    make(tf.constant_initializer([[1, 2], [3, 4]], verify_shape=True), (2, 2))
    drawn = [layers.variance_scaling_initializer(seed=1)((3, 4)), layers.xavier_initializer()((2, 2), tf.float64)]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": made + drawn}]}


def activations():
    """Activations and their slopes."""
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    functions = [tf.nn.elu, tf.nn.relu, tf.nn.relu6, tf.nn.selu, tf.nn.softplus, tf.nn.softsign, tf.nn.sigmoid, tf.nn.tanh,
                 tf.nn.leaky_relu, tf.nn.crelu, tf.nn.softmax, tf.nn.log_softmax, tf.log_sigmoid]
    fetches = []
    for function in functions:
        y = function(x)
        fetches += [y, tf.gradients(y, x)[0], function(x, name="named_" + function.__name__)]
    fetches += [tf.nn.leaky_relu(x, alpha=0.01), tf.nn.leaky_relu(tf.constant([-1, 2])), tf.nn.relu(tf.constant([-1, 2])),
                tf.nn.softmax(x, axis=0)]
    return {"steps": [{"fetch": fetches, "feed": {x: [[-2.0, -0.5, 0.0], [1.0, 3.0, 7.0]]}}]}


def clipping():
    """Clipping by value and by norms, of tensors, variables and rows; what is infinite or nothing."""
    x = tf.placeholder(tf.float32, (None, 2), name="x")
    c = tf.constant([[3.0, 4.0], [0.0, 0.0], [0.3, -0.4]], name="c")
    v = tf.Variable([[3.0, 4.0]], name="v")
    rows = tf.IndexedSlices(c, tf.constant([1, 2, 4]))
    by_value = [tf.clip_by_value(x, -1.0, 1.0), tf.clip_by_value(x, tf.constant([-1.0, 0.0]), tf.constant(3.0), name="c_v"),
                tf.clip_by_value(rows, -1.0, 1.0).values]
    by_norm = [tf.clip_by_norm(c, 2.0, axes=axes) for axes in (None, 0, 1, [0, 1], [-1])]
    by_norm += [tf.clip_by_norm(rows, 2.0).values, tf.clip_by_norm(x, tf.constant(2.0), name="by_tensor"),
                tf.clip_by_norm(v, 1.0, axes=1), tf.clip_by_average_norm(c, 1.0), tf.clip_by_average_norm(x, 0.1, name="w")]
    fetches = by_value + by_norm + [tf.gradients(y, x)[0] for y in (by_value[0], by_value[1], by_norm[6], by_norm[9])]
    fetches.append(tf.gradients(tf.clip_by_norm(x, 1.0, axes=1), x)[0])
    fetches.append(tf.global_norm([c, None, tf.IndexedSlices(tf.constant([[4.0]]), tf.constant([0]))]))
    clipped, norm = tf.clip_by_global_norm([c, None, rows, x], 2.5)
    fetches += [clipped[0], clipped[2].values, clipped[3], norm]
    fetches += tf.clip_by_global_norm([c, x], 2.5, use_norm=tf.constant(10.0), name="used")[0]
    fetches += tf.clip_by_global_norm([tf.constant([np.inf, 1.0])], 2.5)[0]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": fetches, "feed": {x: [[1.0, -2.0], [0.25, 3.0]]}}],
            "facts": {"nothing": [tf.global_norm([None]), clipped[1]]}}


def regularizers():
    """Penalties by functions and by layers; the collection of them."""
    layers = tf.contrib.layers
    w = tf.Variable(np.arange(6.0, dtype=np.float32).reshape(2, 3) - 2, name="w")
    scale = tf.constant(0.1, name="scale")
    penalties = [layers.l1_regularizer(0.1), layers.l2_regularizer(0.1, scope="scope"), layers.l1_l2_regularizer(),
                 layers.l1_l2_regularizer(0.1, 0.2, scope="both"), layers.l1_l2_regularizer(0.0, 0.2),
                 layers.l1_l2_regularizer(0.3, 0.0), layers.l1_regularizer(scale), layers.l2_regularizer(scale, "tensor"),
                 layers.l1_l2_regularizer(scale, 0.3), tf.keras.regularizers.l1(0.1), tf.keras.regularizers.l2(0.1),
                 layers.sum_regularizer([layers.l1_regularizer(0.1), None, layers.l2_regularizer(0.2)]),
                 layers.sum_regularizer([layers.l1_regularizer(0.1)], scope="alone")]
    made = [penalty(w) for penalty in penalties]
    none = [layers.l1_regularizer(0.0)(w), layers.sum_regularizer([None]),
            layers.sum_regularizer([layers.l2_regularizer(0.0)])(w)]
    made.append(layers.apply_regularization(layers.l2_regularizer(0.1), [w, w * 2.0]))
    tf.add_to_collection(tf.GraphKeys.WEIGHTS, w)
    made.append(layers.apply_regularization(layers.l1_regularizer(0.0)))
    with tf.variable_scope("scope", regularizer=layers.l2_regularizer(0.3)):
        tf.get_variable("v", (2, 2), initializer=tf.ones_initializer())
        tf.get_variable("free", (2, 2), regularizer=tf.no_regularizer)
    with tf.variable_scope("scope", reuse=True):
        tf.get_variable("v", (2, 2))
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    layers.fully_connected(x, 2, weights_regularizer=layers.l1_regularizer(0.1),
                           biases_regularizer=layers.l2_regularizer(0.2))
    tf.layers.dense(x, 2, kernel_regularizer=layers.l2_regularizer(0.1), activity_regularizer=lambda y: tf.reduce_sum(y))
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    made += [tf.losses.get_regularization_loss(), tf.nn.scale_regularization_loss(tf.stack(losses[:2]))]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": made[:-2]}],
            "facts": {"none": none, "names": [tensor.name for tensor in made], "losses": [loss.name for loss in losses]}}


VARIANTS = {"initializers": initializers, "activations": activations, "clipping": clipping, "regularizers": regularizers}
