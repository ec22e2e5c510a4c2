import tensorflow as tf

import numpy as np

INPUTS = np.random.RandomState(0).uniform(0.5, 2, (4, 6)).astype(np.float32)


def by_flag():
    """Dropout of layers and of contrib.layers, as each run says."""
    tf.set_random_seed(42)
    x = tf.placeholder(tf.float32, [None, 6], name="x")
    training = tf.placeholder_with_default(False, (), name="training")
    rate = tf.placeholder_with_default(0.25, (), name="rate")
    outputs = [
        tf.layers.dropout(x, 0.4, training=training), tf.layers.dropout(x, rate, training=training, name="tensor_rate"),
        tf.layers.dropout(x, noise_shape=(None, 1), seed=3, training=training),
        tf.contrib.layers.dropout(x, 0.5, is_training=training),
        tf.contrib.layers.dropout(x, keep_prob=0.8, is_training=training, scope="drop", seed=5),
        tf.layers.Dropout(0.5, name="object")(x, training=training),
        tf.layers.dropout(x, 0.4, training=tf.constant(True)), tf.layers.dropout(x, 0.4, training=tf.constant(False)),
        tf.layers.dropout(x, 0.4, training=1),
    ]
    return {"steps": [{"fetch": outputs, "feed": {x: INPUTS}}, {"fetch": outputs, "feed": {x: INPUTS, training: True}},
                      {"fetch": outputs, "feed": {x: INPUTS, training: True, rate: 0.75}}],
            "facts": {"names": [y.name for y in outputs], "shapes": [str(y.shape) for y in outputs]}}


def smart():
    """Conditions that may be known."""
    flag = tf.placeholder(tf.bool, (), name="flag")
    x, y = tf.constant(2.0, name="x"), tf.constant(3.0, name="y")
    smart_cond, smart_case = tf.contrib.framework.smart_cond, tf.contrib.framework.smart_case
    outputs = [
        smart_cond(True, lambda: x + y, lambda: x - y), smart_cond(tf.constant(False), lambda: x + y, lambda: x - y),
        smart_cond(flag, lambda: x * y, lambda: x / y, name="chosen"),
        smart_case([(tf.constant(False), lambda: x), (True, lambda: y + 1.0), (flag, lambda: y)]),
        smart_case([(False, lambda: x), (tf.constant(False), lambda: y)], default=lambda: x * 7.0),
    ]
    facts = {"values": [tf.contrib.framework.smart_constant_value(v) for v in (True, 0, flag)],
             "names": [t.name for t in outputs]}
    return {"steps": [{"fetch": outputs, "feed": {flag: True}}, {"fetch": outputs, "feed": {flag: False}}], "facts": facts}


def trained():
    """Gradients go through the mask that the forward pass drew."""
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 6], name="x")
    training = tf.placeholder(tf.bool, (), name="is_training")
    dropped = tf.contrib.layers.dropout(x, 0.5, is_training=training)
    hidden = tf.contrib.layers.fully_connected(dropped, 5, scope="hidden1")
    dropped = tf.contrib.layers.dropout(hidden, 0.5, is_training=training)
    logits = tf.contrib.layers.fully_connected(dropped, 3, activation_fn=None, scope="outputs")
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1, 2, 0], logits=logits)
    loss = tf.reduce_mean(entropy, name="loss")
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    steps = [{"run": [tf.global_variables_initializer()]}]
    steps += [{"run": [train], "feed": {x: INPUTS, training: True}}] * 3
    steps += [{"fetch": [logits, loss], "feed": {x: INPUTS, training: False}}, {"fetch": tf.trainable_variables()}]
    return {"steps": steps}


VARIANTS = {"by_flag": by_flag, "smart": smart, "trained": trained}
