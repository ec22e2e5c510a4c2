import tensorflow as tf

import os

import numpy as np


def housing():
    """A small table in the place of the book's: features with a bias column, a target column."""
    random = np.random.RandomState(42)
    features = random.randn(50, 4)
    target = features.dot([1.0, -2.0, 0.5, 0.0]) + 2.0 + 0.1 * random.randn(50)
    return np.c_[np.ones((50, 1)), features], target.reshape(-1, 1)


def removed(prefix):
    for name in os.listdir("."):
        if name.startswith(prefix) or name == "checkpoint":
            os.remove(name)


def normal_equation():
    data, target = housing()
    X = tf.constant(data, dtype=tf.float32, name="X")
    y = tf.constant(target, dtype=tf.float32, name="y")
    XT = tf.transpose(X)
    theta = tf.matmul(tf.matmul(tf.matrix_inverse(tf.matmul(XT, X)), XT), y)
    with tf.Session():
        theta_value = theta.eval()
    return {"steps": [], "facts": {"near": bool(np.allclose(theta_value, np.linalg.lstsq(data, target, rcond=None)[0],
                                                            atol=1e-4)),
                                   "value": theta_value}}


def batch_gradient_descent(make_training_op):
    def build():
        tf.set_random_seed(42)
        data, target = housing()
        n_epochs, learning_rate, m = 40, 0.01, len(data)
        X = tf.constant(data, dtype=tf.float32, name="X")
        y = tf.constant(target, dtype=tf.float32, name="y")
        theta = tf.Variable(tf.random_uniform([5, 1], -1.0, 1.0, seed=42), name="theta")
        y_pred = tf.matmul(X, theta, name="predictions")
        error = y_pred - y
        mse = tf.reduce_mean(tf.square(error), name="mse")
        training_op = make_training_op(m, X, theta, error, mse, learning_rate)
        init = tf.global_variables_initializer()
        saver = tf.train.Saver()
        shown = []
        with tf.Session() as sess:
            sess.run(init)
            for epoch in range(n_epochs):
                if epoch % 10 == 0:
                    shown.append(mse.eval())
                    save_path = saver.save(sess, "./my_model.ckpt")
                sess.run(training_op)
            best_theta = theta.eval()
            save_path = saver.save(sess, "./my_model_final.ckpt")
        with tf.Session() as sess:
            saver.restore(sess, "./my_model_final.ckpt")
            same = np.allclose(best_theta, theta.eval())
        removed("my_model")
        falls = all(a > b for a, b in zip(shown, shown[1:]))
        return {"steps": [], "facts": {"shown": shown, "best": best_theta, "path": save_path, "same": bool(same),
                                       "falls": falls}}
    return build


def by_hand(m, X, theta, error, mse, learning_rate):
    gradients = 2 / m * tf.matmul(tf.transpose(X), error)
    return tf.assign(theta, theta - learning_rate * gradients)


def by_autodiff(m, X, theta, error, mse, learning_rate):
    gradients = tf.gradients(mse, [theta])[0]
    return tf.assign(theta, theta - learning_rate * gradients)


def feeding():
    A = tf.placeholder(tf.float32, shape=(None, 3))
    B = A + 5
    with tf.Session() as sess:
        B_val_1 = B.eval(feed_dict={A: [[1, 2, 3]]})
        B_val_2 = B.eval(feed_dict={A: [[4, 5, 6], [7, 8, 9]]})
        wrong = []
        for feed in ({A: [[1, 2]]}, {A: [1, 2, 3]}, {}):
            try:
                B.eval(feed_dict=feed)
            except (ValueError, tf.errors.InvalidArgumentError) as error:
                wrong.append(type(error))
    return {"steps": [], "facts": {"one": B_val_1, "two": B_val_2, "wrong": wrong}}


def mini_batches():
    """Mini-batch gradient descent with placeholders, scopes and TensorBoard's files."""
    tf.set_random_seed(42)
    data, target = housing()
    n_epochs, batch_size = 3, 10
    n_batches = int(np.ceil(len(data) / batch_size))
    X = tf.placeholder(tf.float32, shape=(None, 5), name="X")
    y = tf.placeholder(tf.float32, shape=(None, 1), name="y")
    theta = tf.Variable(tf.random_uniform([5, 1], -1.0, 1.0, seed=42), name="theta")
    y_pred = tf.matmul(X, theta, name="predictions")
    with tf.name_scope("loss") as scope:
        error = y_pred - y
        mse = tf.reduce_mean(tf.square(error), name="mse")
    optimizer = tf.train.GradientDescentOptimizer(learning_rate=0.01)
    training_op = optimizer.minimize(mse)
    init = tf.global_variables_initializer()
    mse_summary = tf.summary.scalar('MSE', mse)
    file_writer = tf.summary.FileWriter("tf_logs/run-1/", tf.get_default_graph())

    def fetch_batch(epoch, batch_index):
        np.random.seed(epoch * n_batches + batch_index)
        indices = np.random.randint(len(data), size=batch_size)
        return data[indices], target[indices]

    with tf.Session() as sess:
        sess.run(init)
        for epoch in range(n_epochs):
            for batch_index in range(n_batches):
                X_batch, y_batch = fetch_batch(epoch, batch_index)
                if batch_index % 2 == 0:
                    summary_str = mse_summary.eval(feed_dict={X: X_batch, y: y_batch})
                    file_writer.add_summary(summary_str, epoch * n_batches + batch_index)
                sess.run(training_op, feed_dict={X: X_batch, y: y_batch})
        best_theta = theta.eval()
    file_writer.close()
    name = os.path.join("tf_logs/run-1", os.listdir("tf_logs/run-1")[0])
    points = [(event.step, value.tag,
               value.simple_value) for event in tf.train.summary_iterator(name) for value in event.summary.value]
    os.remove(name)
    os.removedirs("tf_logs/run-1")
    return {"steps": [], "facts": {"best": best_theta, "scope": scope, "error": error.op.name, "mse": mse.op.name,
                                   "points": points}}


def assigned():
    """Exercise 9.10: a variable that starts at random and is set to anything afterwards."""
    x = tf.Variable(tf.random_uniform(shape=(), minval=0.0, maxval=1.0, seed=1))
    x_new_val = tf.placeholder(shape=(), dtype=tf.float32)
    x_assign = tf.assign(x, x_new_val)
    with tf.Session():
        x.initializer.run()
        first = x.eval()
        x_assign.eval(feed_dict={x_new_val: 5.0})
        second = x.eval()
    return {"steps": [], "facts": {"first": first, "second": second, "repr": x_assign}}


def relu_shared(kind):
    """Five ReLUs that share a threshold: by parameter, on the function, by get_variable within and around."""
    def build():
        tf.set_random_seed(42)

        def weights(X):
            w_shape = (int(X.get_shape()[1]), 1)
            w = tf.Variable(tf.random_normal(w_shape), name="weights")
            b = tf.Variable(0.0, name="bias")
            return tf.add(tf.matmul(X, w), b, name="z")

        def by_parameter(X, threshold):
            with tf.name_scope("relu"):
                return tf.maximum(weights(X), threshold, name="max")

        def on_function(X):
            with tf.name_scope("relu"):
                if not hasattr(on_function, "threshold"):
                    on_function.threshold = tf.Variable(0.0, name="threshold")
                return tf.maximum(weights(X), on_function.threshold, name="max")

        def reused(X):
            with tf.variable_scope("relu", reuse=True):
                threshold = tf.get_variable("threshold")
                return tf.maximum(weights(X), threshold, name="max")

        def within(X):
            threshold = tf.get_variable("threshold", shape=(), initializer=tf.constant_initializer(0.0))
            return tf.maximum(weights(X), threshold, name="max")

        X = tf.placeholder(tf.float32, shape=(None, 3), name="X")
        if kind == "parameter":
            threshold = tf.Variable(0.0, name="threshold")
            relus = [by_parameter(X, threshold) for _ in range(5)]
        elif kind == "attribute":
            relus = [on_function(X) for _ in range(5)]
        elif kind == "reused":
            with tf.variable_scope("relu"):
                tf.get_variable("threshold", shape=(), initializer=tf.constant_initializer(0.0))
            relus = [reused(X) for _ in range(5)]
        else:
            relus = []
            for relu_index in range(5):
                with tf.variable_scope("relu", reuse=(relu_index >= 1)):
                    relus.append(within(X))
        output = tf.add_n(relus, name="output")
        init = tf.global_variables_initializer()
        return {"steps": [{"run": [init]}, {"fetch": [output], "feed": {X: [[1.0, -2.0, 3.0]]}}],
                "facts": {"variables": [variable.name for variable in tf.global_variables()],
                          "names": [relu.name for relu in relus]}}
    return build


def differentiated():
    """The derivatives of Appendix D: f(x, y) = x * x * y + y + 2 at (3, 4), first and second; a loop of cosines."""
    x = tf.Variable(3.0, name="x")
    y = tf.Variable(4.0, name="y")
    f = x * x * y + y + 2
    grads = tf.gradients(f, [x, y])
    second = [tf.gradients(grad, [x, y])[0] for grad in grads]
    a = tf.Variable(0.2, name="a")
    b = tf.Variable(0.3, name="b")
    z = tf.constant(0.0, name="z0")
    for i in range(100):
        z = a * tf.cos(z + i) + z * tf.sin(b - i)
    loop = tf.gradients(z, [a, b])
    init = tf.global_variables_initializer()
    facts = {}
    with tf.Session() as sess:
        sess.run(init)
        facts["f"] = sess.run([f, grads])
        facts["second"] = sess.run(second)
        facts["loop"] = [round(float(value), 4) for value in sess.run([z] + loop)]
    return {"steps": [], "facts": facts}


VARIANTS = {
    "normal_equation": normal_equation,
    "by_hand": batch_gradient_descent(by_hand),
    "by_autodiff": batch_gradient_descent(by_autodiff),
    "by_optimizer": batch_gradient_descent(lambda m, X, theta, error, mse, rate: tf.train.GradientDescentOptimizer(
        learning_rate=rate).minimize(mse)),
    "by_momentum": batch_gradient_descent(lambda m, X, theta, error, mse, rate: tf.train.MomentumOptimizer(
        learning_rate=rate, momentum=0.9).minimize(mse)),
    "feeding": feeding,
    "mini_batches": mini_batches,
    "assigned": assigned,
    "relu_parameter": relu_shared("parameter"),
    "relu_attribute": relu_shared("attribute"),
    "relu_reused": relu_shared("reused"),
    "relu_within": relu_shared("within"),
    "differentiated": differentiated,
}
