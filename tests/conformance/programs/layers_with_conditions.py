"""Layers that do one thing while training and another one after, as a tensor says."""

import tensorflow as tf


def dropout():
    tf.set_random_seed(1)
    training = tf.placeholder_with_default(False, shape=(), name="training")
    x = tf.ones([3, 4], name="x")
    one = tf.layers.dropout(x, 0.5, training=training)
    two = tf.contrib.layers.dropout(x, 0.75, is_training=training, seed=3)
    known = tf.layers.dropout(x, training=tf.constant(True))
    variable = tf.Variable(False, name="variable", trainable=False)
    three = tf.layers.dropout(x, 0.25, training=variable)
    gradients = tf.gradients(tf.reduce_sum(one * two * three), x)
    fetch = [one, two, known, three] + gradients
    return {"steps": [{"run": [tf.global_variables_initializer()]}] +
                     [{"fetch": fetch, "feed": {training: value}} for value in (True, False)]}


def network():
    tf.set_random_seed(42)
    training = tf.placeholder_with_default(False, shape=(), name="training")
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")
    with tf.name_scope("dnn"):
        dropped = tf.layers.dropout(x, 0.2, training=training)
        hidden = tf.layers.dense(dropped, 5, activation=tf.nn.relu, name="hidden")
        logits = tf.layers.dense(tf.layers.dropout(hidden, 0.5, training=training), 3, name="outputs")
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits), name="loss")
    train = tf.train.MomentumOptimizer(0.1, momentum=0.9).minimize(loss)
    feed = {x: [[0.5, -1.0, 2.0, 0.25], [1.0, 1.0, -0.5, 0.0]], y: [0, 2]}
    steps = [{"run": [tf.global_variables_initializer()]}]
    for _ in range(3):
        steps.append({"run": [train], "fetch": [loss], "feed": dict(feed, **{"training:0": True})})
    return {"steps": steps + [{"fetch": [loss, logits], "feed": feed}]}


def smart():
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.constant(2.0, name="x")
    from tensorflow.contrib.framework import smart_case, smart_cond
    results = [smart_cond(True, lambda: x + 1.0, lambda: x), smart_cond(tf.constant(False), lambda: x, lambda: x * 2.0),
               smart_cond(p, lambda: x * 3.0, lambda: x),
               smart_case([(False, lambda: x), (True, lambda: x * 4.0)], default=lambda: x),
               smart_case([(p, lambda: x * 5.0), (True, lambda: x * 6.0)], default=lambda: x)]
    return {"steps": [{"fetch": results, "feed": {p: value}} for value in (True, False)]}


VARIANTS = {function.__name__: function for function in (dropout, network, smart)}
