import tensorflow as tf

import numpy as np


def _run(x, outputs, feed):
    loss = tf.add_n([tf.reduce_sum(tf.square(y) + y) for y in outputs])
    grads = tf.gradients(loss, tf.trainable_variables()) if tf.trainable_variables() else []
    tf.gradients(outputs, [x])
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": list(outputs) + grads, "feed": feed}],
            "facts": {"outputs": [y.name for y in outputs], "variables": [v.name for v in tf.global_variables()]}}


def layer_norm():
    from tensorflow.contrib.framework import arg_scope
    from tensorflow.contrib.layers import fully_connected, layer_norm
    tf.set_random_seed(42)
    x = tf.placeholder(tf.float32, (None, 6), name="x")
    with arg_scope([fully_connected], normalizer_fn=layer_norm):
        hidden = fully_connected(x, 4, activation_fn=tf.nn.elu)
    plain = layer_norm(hidden, center=False, scale=False)
    named = layer_norm(x, scale=False, activation_fn=tf.nn.relu, scope="named", variables_collections=["mine"],
                       outputs_collections="out", trainable=False)
    again = layer_norm(x, scale=False, scope="named", reuse=True)
    feed = {x: np.random.RandomState(0).rand(3, 6)}
    return _run(x, [hidden, plain, named, again], feed)


def pictures():
    from tensorflow.contrib.layers import instance_norm, layer_norm
    x = tf.placeholder(tf.float32, (None, 2, 3, 4), name="x")
    outputs = [layer_norm(x), layer_norm(x, begin_norm_axis=2), layer_norm(x, begin_norm_axis=-2, begin_params_axis=1),
               instance_norm(x), instance_norm(x, center=False, epsilon=0.1, activation_fn=tf.nn.relu, scope="in"),
               instance_norm(x, scale=False, data_format="NCHW"), instance_norm(x, data_format="NCHW"),
               instance_norm(x, scale=False, center=False),
               instance_norm(x, param_initializers={"gamma": tf.constant_initializer(2.0)})]
    return _run(x, outputs, {x: np.random.RandomState(0).rand(2, 2, 3, 4)})


def maxout():
    from tensorflow.contrib.layers import maxout
    x = tf.placeholder(tf.float32, (None, 6), name="x")
    pictures = tf.reshape(x, [-1, 1, 2, 3], name="pictures")
    outputs = [maxout(x, 2), maxout(x, num_units=3, scope="three"), maxout(pictures, 1, axis=2),
               maxout(tf.reshape(x, [3, 6]), 2)]
    return _run(x, outputs, {x: np.random.RandomState(0).rand(3, 6)})


def alpha_dropout():
    tf.set_random_seed(42)
    x = tf.placeholder(tf.float32, (None, 6), name="x")
    known = tf.reshape(x, [3, 6])
    keep = tf.placeholder_with_default(0.5, (), name="keep")
    dropped = tf.contrib.nn.alpha_dropout
    outputs = [dropped(x, 0.8), dropped(known, keep, noise_shape=[3, 1], seed=3, name="rows"), dropped(known, 0.3),
               dropped(x, 1.0, name="all"), dropped(tf.cast(x, tf.float64), 0.25, seed=1)]
    return {"steps": [{"fetch": outputs, "feed": {x: np.random.RandomState(0).rand(3, 6)}}],
            "facts": {"names": [y.name for y in outputs]}}


VARIANTS = {"layer_norm": layer_norm, "pictures": pictures, "maxout": maxout, "alpha_dropout": alpha_dropout}
