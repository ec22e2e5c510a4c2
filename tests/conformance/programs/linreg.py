import tensorflow as tf

import numpy as np

SEED = 42
EPOCHS = 4


def data():
    random = np.random.RandomState(7)
    x = np.c_[np.ones((12, 1)), random.randn(12, 3)].astype(np.float32)
    y = (x.dot([[2.0], [0.7], [-0.4], [0.1]]) + 0.1 * random.randn(12, 1)).astype(np.float32)
    return x, y


def model():
    tf.set_random_seed(SEED)
    features, target = data()
    X = tf.constant(features, dtype=tf.float32, name="X")
    y = tf.constant(target, dtype=tf.float32, name="y")
    theta = tf.Variable(tf.random_uniform([4, 1], -1.0, 1.0, seed=SEED), name="theta")
    y_pred = tf.matmul(X, theta, name="predictions")
    error = y_pred - y
    mse = tf.reduce_mean(tf.square(error), name="mse")
    return X, theta, error, mse


def training(theta, mse, training_op, extra=()):
    init = tf.global_variables_initializer()
    steps = [{"run": [init]}]
    for _ in range(EPOCHS):
        steps += [{"fetch": [mse]}, {"run": [training_op]}, {"fetch": [theta] + list(extra)}]
    return {"steps": steps}


def normal_equation():
    features, target = data()
    X = tf.constant(features, dtype=tf.float32, name="X")
    y = tf.constant(target, dtype=tf.float32, name="y")
    XT = tf.transpose(X)
    theta = tf.matmul(tf.matmul(tf.matrix_inverse(tf.matmul(XT, X)), XT), y)
    return {"steps": [{"fetch": [theta]}]}


def normal_equation_double():
    features, target = data()
    X = tf.constant(features, dtype=tf.float64, name="X")
    y = tf.constant(target, dtype=tf.float64, name="y")
    XT = tf.transpose(X)
    theta = tf.matmul(tf.matmul(tf.matrix_inverse(tf.matmul(XT, X)), XT), y)
    return {"steps": [{"fetch": [theta]}]}


def manual_gradients():
    X, theta, error, mse = model()
    gradients = 2 / 12 * tf.matmul(tf.transpose(X), error)
    return training(theta, mse, tf.assign(theta, theta - 0.1 * gradients))


def tf_gradients():
    _, theta, _, mse = model()
    gradients = tf.gradients(mse, [theta])[0]
    return training(theta, mse, tf.assign(theta, theta - 0.1 * gradients))


def minimized_by(make_optimizer):
    def build():
        _, theta, _, mse = model()
        optimizer = make_optimizer()
        training_op = optimizer.minimize(mse)
        slots = [optimizer.get_slot(theta, name) for name in optimizer.get_slot_names()]
        return training(theta, mse, training_op, slots)
    return build


def placeholders():
    tf.set_random_seed(SEED)
    features, target = data()
    X = tf.placeholder(tf.float32, shape=(None, 4), name="X")
    y = tf.placeholder(tf.float32, shape=(None, 1), name="y")
    theta = tf.Variable(tf.random_uniform([4, 1], -1.0, 1.0), name="theta")
    y_pred = tf.matmul(X, theta, name="predictions")
    error = y_pred - y
    mse = tf.reduce_mean(tf.square(error), name="mse")
    training_op = tf.train.GradientDescentOptimizer(learning_rate=0.1).minimize(mse)
    init = tf.global_variables_initializer()
    steps = [{"run": [init]}]
    for start in (0, 5, 10):
        batch = {X: features[start:start + 5], y: target[start:start + 5]}
        steps += [{"fetch": [mse], "feed": batch}, {"run": [training_op], "feed": batch}, {"fetch": [theta]}]
    return {"steps": steps}


VARIANTS = {
    "normal_equation": normal_equation,
    "normal_equation_double": normal_equation_double,
    "manual_gradients": manual_gradients,
    "tf_gradients": tf_gradients,
    "placeholders": placeholders,
    "gradient_descent": minimized_by(lambda: tf.train.GradientDescentOptimizer(learning_rate=0.1)),
    "momentum": minimized_by(lambda: tf.train.MomentumOptimizer(learning_rate=0.1, momentum=0.9)),
    "nesterov": minimized_by(lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True)),
    "adam": minimized_by(lambda: tf.train.AdamOptimizer(learning_rate=0.1)),
    "adagrad": minimized_by(lambda: tf.train.AdagradOptimizer(learning_rate=0.1)),
    "rmsprop": minimized_by(lambda: tf.train.RMSPropOptimizer(learning_rate=0.1, momentum=0.5)),
    "rmsprop_centered": minimized_by(lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True)),
    "adadelta": minimized_by(lambda: tf.train.AdadeltaOptimizer(learning_rate=1.0)),
    "ftrl": minimized_by(lambda: tf.train.FtrlOptimizer(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.02)),
    "ftrl_shrinkage": minimized_by(lambda: tf.train.FtrlOptimizer(
        0.1, l2_shrinkage_regularization_strength=0.05)),
    "proximal_gradient_descent": minimized_by(lambda: tf.train.ProximalGradientDescentOptimizer(
        0.1, l1_regularization_strength=0.01)),
    "proximal_adagrad": minimized_by(lambda: tf.train.ProximalAdagradOptimizer(
        0.1, l1_regularization_strength=0.01)),
}
