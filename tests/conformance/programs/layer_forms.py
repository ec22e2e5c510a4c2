import tensorflow as tf

import numpy as np

from tensorflow.contrib.layers import fully_connected

FEATURES = np.random.RandomState(5).randn(4, 6).astype(np.float32)


def run_all(fetches, facts, feed=None):
    init = tf.global_variables_initializer()
    facts["variables"] = ["%s %s" % (v.name, v.shape) for v in tf.global_variables()]
    facts["trainable"] = [v.name for v in tf.trainable_variables()]
    return {"steps": [{"run": [init]}, {"fetch": fetches, "feed": feed or {}}], "facts": facts}


def dense_forms():
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, (None, 6), name="x")
    outputs = [
        tf.layers.dense(x, 3), tf.layers.dense(x, 3, tf.nn.relu), tf.layers.dense(x, 2, name="named", use_bias=False),
        tf.layers.dense(x, 2, name="named", use_bias=False, reuse=True), tf.layers.dense(x, 2, activation=tf.tanh),
        tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer(), bias_initializer=tf.constant_initializer(0.5)),
        tf.layers.dense(x, 1, kernel_regularizer=tf.contrib.layers.l1_regularizer(0.1),
                        bias_regularizer=tf.contrib.layers.l2_regularizer(0.1),
                        activity_regularizer=lambda y: tf.reduce_sum(y) * 0.01),
        tf.layers.dense(tf.reshape(x, [-1, 2, 3]), 4, name="cube"), tf.layers.dense(x, 2, trainable=False),
        tf.layers.dense(x, 2, kernel_constraint=tf.abs), tf.layers.dense(tf.cast(x, tf.float64), 2, name="double"),
    ]
    facts = {"names": [output.name for output in outputs], "shapes": [str(output.shape) for output in outputs],
             "losses": [loss.name for loss in tf.losses.get_regularization_losses()]}
    return run_all(outputs + tf.losses.get_regularization_losses(), facts, {x: FEATURES})


def layer_objects():
    """tf.layers.Dense and others as objects: built once, called often."""
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, (None, 6), name="x")
    layer = tf.layers.Dense(3, activation=tf.nn.sigmoid, name="mine",
                            kernel_regularizer=tf.contrib.layers.l2_regularizer(1.0))
    before = layer.built
    one, two = layer(x), layer.apply(x * 2.0)
    with tf.variable_scope("scope"):
        other = tf.layers.Dense(2)
        three = other(x)
    flat, drop = tf.layers.Flatten(), tf.layers.Dropout(0.5, seed=3)
    outputs = [one, two, three, flat(tf.reshape(x, [-1, 3, 2])), drop(x, training=True), drop(x),
               drop(x, training=False)]
    facts = {"built": [before, layer.built], "name": [layer.name, other.name], "kernel": layer.kernel.name,
             "bias": layer.bias.name, "units": layer.units, "weights": [v.name for v in layer.weights],
             "trainable weights": [v.name for v in layer.trainable_variables],
             "losses": [loss.name for loss in layer.losses],
             "names": [output.name for output in outputs], "dtype": layer.dtype, "scope": other.scope_name,
             "output shape": str(layer.compute_output_shape(tf.TensorShape([None, 6]))), "count": layer.count_params()}
    return run_all(outputs, facts, {x: FEATURES})


def own_layer():
    class Scaled(tf.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_variable("scale", [int(input_shape[-1])], initializer=tf.ones_initializer())
            self.built = True

        def call(self, inputs):
            return inputs * self.scale

    x = tf.placeholder(tf.float32, (None, 6), name="x")
    layer = Scaled(name="scaled")
    y = layer(x)
    unnamed = Scaled()(y)
    return run_all([y, unnamed], {"names": [y.name, unnamed.name], "scale": layer.scale.name}, {x: FEATURES})


def dropout_flatten():
    tf.set_random_seed(7)
    x = tf.placeholder(tf.float32, (None, 2, 3), name="x")
    training = tf.placeholder_with_default(False, (), name="training")
    outputs = [tf.layers.flatten(x), tf.layers.flatten(tf.placeholder_with_default(np.ones((2, 5)), (2, 5))),
               tf.layers.dropout(x, 0.25, training=True, seed=1), tf.layers.dropout(x, rate=0.5, training=False,
                                                                                    name="off"),
               tf.layers.dropout(x, noise_shape=[2, 1, 3], training=True), tf.nn.dropout(x, keep_prob=0.8, seed=2),
               tf.nn.dropout(x, rate=0.4), tf.nn.dropout(x, 1.0), tf.contrib.layers.dropout(x, 0.5, is_training=True),
               tf.contrib.layers.flatten(x), tf.cast(training, tf.int32)]
    facts = {"names": [output.name for output in outputs], "shapes": [str(output.shape) for output in outputs],
             "same": outputs[7] is x}
    return {"steps": [{"fetch": outputs, "feed": {x: np.ones((2, 2, 3))}}], "facts": facts}


def fully_connected_forms():
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, (None, 6), name="x")
    with tf.name_scope("dnn"):
        hidden1 = fully_connected(x, 5, scope="hidden1")
        hidden2 = fully_connected(hidden1, 4, scope="hidden2", activation_fn=tf.nn.elu)
        logits = fully_connected(hidden2, 3, scope="outputs", activation_fn=None)
    outputs = [hidden1, logits, fully_connected(x, 2), fully_connected(x, 2, biases_initializer=None),
               tf.contrib.layers.fully_connected(x, 2, weights_initializer=tf.ones_initializer(),
                                                 weights_regularizer=tf.contrib.layers.l2_regularizer(0.1),
                                                 biases_regularizer=tf.contrib.layers.l1_regularizer(0.1),
                                                 scope="regular"),
               fully_connected(x, 2, scope="regular", reuse=True),
               fully_connected(x, 2, outputs_collections="outs", variables_collections=["vars"], trainable=False),
               fully_connected(tf.reshape(x, [-1, 2, 3]), 2), tf.contrib.layers.linear(x, 2),
               tf.contrib.layers.relu(x, 2),
               tf.contrib.layers.stack(x, fully_connected, [3, 2], scope="stacked")]
    facts = {"names": [output.name for output in outputs], "shapes": [str(output.shape) for output in outputs],
             "model": [v.name for v in tf.model_variables()], "vars": [v.name for v in tf.get_collection("vars")],
             "outs": [v.name for v in tf.get_collection("outs")],
             "losses": [loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)]}
    return run_all(outputs + tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES), facts, {x: FEATURES})


def regularizers():
    w = tf.get_variable("w", initializer=tf.constant([[1.0, -2.0], [3.0, 0.5]]))
    made = {
        "l1": tf.contrib.layers.l1_regularizer(0.1), "l2": tf.contrib.layers.l2_regularizer(0.1),
        "both": tf.contrib.layers.l1_l2_regularizer(0.1, 0.2), "none": tf.contrib.layers.l1_regularizer(0.0),
        "sum": tf.contrib.layers.sum_regularizer([tf.contrib.layers.l1_regularizer(0.1),
                                                  tf.contrib.layers.l2_regularizer(0.3)]),
        "scoped": tf.contrib.layers.l2_regularizer(scale=0.1, scope="mine"), "keras l1": tf.keras.regularizers.l1(0.1),
        "keras l2": tf.keras.regularizers.l2(0.1),
    }
    facts, fetches = {}, []
    for name, regularizer in made.items():
        loss = regularizer(w)
        facts[name] = "None" if loss is None else loss.name
        fetches += [] if loss is None else [loss]
    applied = tf.contrib.layers.apply_regularization(made["l1"], [w])
    tf.get_variable("u", [2], initializer=tf.ones_initializer(), regularizer=made["l2"])
    tf.losses.add_loss(tf.constant(1.0, name="mine"))
    fetches += [applied, tf.losses.get_regularization_loss(), tf.losses.get_total_loss(),
                tf.losses.get_total_loss(add_regularization_losses=False, name="bare"), tf.nn.l2_loss(w)]
    facts["losses"] = [loss.name for loss in tf.losses.get_losses()]
    return run_all(fetches, facts)


def collected_layers():
    """Layers in scopes that are shared: the names of variables and of ops beside each other."""
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, (None, 6), name="x")
    outputs = []
    for reuse in (False, True):
        with tf.variable_scope("net", reuse=reuse):
            hidden = tf.layers.dense(x, 3, activation=tf.nn.relu, name="hidden")
            outputs.append(tf.layers.dense(hidden, 2, name="out"))
    with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
        outputs += [tf.layers.dense(x, 2, name="a"), tf.layers.dense(x, 2, name="a"), tf.layers.dense(x, 2)]
    with tf.name_scope("names"):
        outputs.append(tf.layers.dense(x, 2, name="named_in_scope"))
        outputs.append(tf.layers.dense(x, 2))
    return run_all(outputs, {"names": [output.name for output in outputs]}, {x: FEATURES})


VARIANTS = {
    "dense": dense_forms,
    "objects": layer_objects,
    "own": own_layer,
    "dropout_flatten": dropout_flatten,
    "fully_connected": fully_connected_forms,
    "regularizers": regularizers,
    "collected": collected_layers,
}
