import tensorflow as tf

import numpy as np
from tensorflow.contrib.layers import fully_connected

INPUTS, HIDDEN1, HIDDEN2, OUTPUTS, BATCH = 8, 6, 5, 3, 7


def neuron_layer(X, n_neurons, name, activation=None):
    with tf.name_scope(name):
        n_inputs = int(X.get_shape()[1])
        stddev = 2 / np.sqrt(n_inputs)
        init = tf.truncated_normal((n_inputs, n_neurons), stddev=stddev)
        W = tf.Variable(init, name="weights")
        b = tf.Variable(tf.zeros([n_neurons]), name="biases")
        z = tf.matmul(X, W) + b
        if activation == "relu":
            return tf.nn.relu(z)
        return z


def with_neuron_layer(X):
    hidden1 = neuron_layer(X, HIDDEN1, "hidden1", activation="relu")
    hidden2 = neuron_layer(hidden1, HIDDEN2, "hidden2", activation="relu")
    return neuron_layer(hidden2, OUTPUTS, "output")


def with_dense(X):
    hidden1 = tf.layers.dense(X, HIDDEN1, name="hidden1", activation=tf.nn.relu)
    hidden2 = tf.layers.dense(hidden1, HIDDEN2, name="hidden2", activation=tf.nn.relu)
    return tf.layers.dense(hidden2, OUTPUTS, name="outputs")


def with_dense_options(X):
    he = tf.variance_scaling_initializer()
    hidden1 = tf.layers.dense(X, HIDDEN1, activation=tf.nn.elu, kernel_initializer=he,
                              bias_initializer=tf.constant_initializer(0.1),
                              kernel_regularizer=tf.contrib.layers.l1_regularizer(0.01))
    hidden2 = tf.layers.dense(hidden1, HIDDEN2, activation=tf.tanh, use_bias=False)
    return tf.layers.dense(hidden2, OUTPUTS)


def with_fully_connected(X):
    hidden1 = fully_connected(X, HIDDEN1, scope="hidden1")
    hidden2 = fully_connected(hidden1, HIDDEN2, scope="hidden2")
    return fully_connected(hidden2, OUTPUTS, scope="outputs", activation_fn=None)


def network(layers):
    def build():
        tf.set_random_seed(42)
        X = tf.placeholder(tf.float32, shape=(None, INPUTS), name="X")
        y = tf.placeholder(tf.int64, shape=(None), name="y")
        with tf.name_scope("dnn"):
            logits = layers(X)
        with tf.name_scope("loss"):
            xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
            loss = tf.reduce_mean(xentropy, name="loss")
        with tf.name_scope("train"):
            optimizer = tf.train.GradientDescentOptimizer(0.1)
            training_op = optimizer.minimize(loss)
        with tf.name_scope("eval"):
            correct = tf.nn.in_top_k(logits, y, 1)
            accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
        init = tf.global_variables_initializer()
        tf.train.Saver()
        variables = tf.trainable_variables()
        random = np.random.RandomState(3)
        steps = [{"run": [init]}, {"fetch": variables}]
        for _ in range(3):
            feed = {X: random.rand(BATCH, INPUTS).astype(np.float32), y: random.randint(OUTPUTS, size=BATCH)}
            steps += [{"fetch": [logits, loss, correct, accuracy], "feed": feed},
                      {"run": [training_op], "feed": feed}, {"fetch": variables}]
        return {"steps": steps}
    return build


def dense_training_flags():
    """A frozen first layer, a named optimizer, a global step and Adam: what the later chapters do with the same network."""
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, INPUTS), name="X")
    y = tf.placeholder(tf.int64, shape=(None), name="y")
    hidden1 = tf.layers.dense(X, HIDDEN1, name="hidden1", activation=tf.nn.relu, trainable=False)
    stopped = tf.stop_gradient(hidden1)
    hidden2 = tf.layers.dense(stopped, HIDDEN2, name="hidden2", activation=tf.nn.sigmoid)
    logits = tf.layers.dense(hidden2, OUTPUTS, name="outputs")
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    step = tf.train.get_or_create_global_step()
    train_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="outputs")
    optimizer = tf.train.AdamOptimizer(0.01, name="Fit")
    training_op = optimizer.minimize(loss, global_step=step, var_list=train_vars)
    init = tf.global_variables_initializer()
    random = np.random.RandomState(3)
    feed = {X: random.rand(BATCH, INPUTS).astype(np.float32), y: random.randint(OUTPUTS, size=BATCH)}
    steps = [{"run": [init]}]
    for _ in range(3):
        steps += [{"run": [training_op], "feed": feed}, {"fetch": tf.global_variables()}]
    return {"steps": steps}


VARIANTS = {
    "neuron_layer": network(with_neuron_layer),
    "dense": network(with_dense),
    "dense_options": network(with_dense_options),
    "fully_connected": network(with_fully_connected),
    "dense_training_flags": dense_training_flags,
}
