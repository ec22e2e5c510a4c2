import tensorflow as tf

import numpy as np


def build():
    tf.set_random_seed(42)
    random = np.random.RandomState(7)
    features = np.c_[np.ones((12, 1)), random.randn(12, 3)]
    target = random.randn(12, 1)
    X = tf.constant(features, dtype=tf.float32, name="X")
    y = tf.constant(target, dtype=tf.float32, name="y")
    theta = tf.Variable(tf.random_uniform([4, 1], -1.0, 1.0, seed=42), name="theta")
    y_pred = tf.matmul(X, theta, name="predictions")
    error = y_pred - y
    mse = tf.reduce_mean(tf.square(error), name="mse")
    optimizer = tf.train.GradientDescentOptimizer(learning_rate=0.01)
    training_op = optimizer.minimize(mse)
    init = tf.global_variables_initializer()
    saver = tf.train.Saver()
    mse_summary = tf.summary.scalar("MSE", mse)
    steps = [{"run": [init]}]
    for _ in range(3):
        steps += [{"fetch": [mse]}, {"run": [training_op]}, {"fetch": [theta]}]
    steps += [{"fetch": [mse_summary], "feed": {mse: 1.5}}]

    def finish(session):
        saver.save(session, "model.ckpt")

    return {"steps": steps, "finish": finish}
