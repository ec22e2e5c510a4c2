import tensorflow as tf

import os

import numpy as np


def logic():
    """McCulloch-Pitts networks and the perceptron that solves XOR, with step functions in the graph."""
    X = tf.constant([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], name="X")

    def active(z, needed=2.0):
        return tf.cast(z >= needed, tf.float32)

    a, b = X[:, 0], X[:, 1]
    both, either = active(a + b), active(2 * a + 2 * b)
    only_a, not_a = active(2 * a - b), active(2.0 - a)
    xor = active(2 * only_a + 2 * active(2 * b - a))

    def heaviside(z):
        return tf.cast(tf.greater_equal(z, 0), z.dtype)

    hidden = heaviside(tf.matmul(X, [[1.0, 1.0], [1.0, 1.0]]) + [-1.5, -0.5])
    output = heaviside(tf.matmul(hidden, [[-1.0], [1.0]]) - 0.5)
    return {"steps": [{"fetch": [both, either, only_a, not_a, xor, output, tf.sign(a - 0.5)]}]}


def perceptron_rule():
    """One layer of threshold units trained by the perceptron's rule, an instance at a time."""
    x = tf.placeholder(tf.float32, (1, 3), name="x")
    target = tf.placeholder(tf.float32, (1, 2), name="target")
    w = tf.Variable(tf.zeros([3, 2]), name="w")
    output = tf.cast(tf.matmul(x, w) >= 0.0, tf.float32)
    update = w.assign_add(tf.matmul(x, 0.1 * (target - output), transpose_a=True))
    init = tf.global_variables_initializer()
    rows = [([1.0, 0.0, 1.0], [0.0, 1.0]), ([1.0, 1.0, 0.0], [1.0, 0.0]), ([1.0, 1.0, 1.0], [1.0, 1.0])]
    steps = [{"run": [init]}]
    steps += [{"fetch": [update], "feed": {x: [row], target: [wanted]}} for row, wanted in rows]
    return {"steps": steps}


def shapes():
    """Exercise 10.5: the shapes of a network of 10, 50 and 3."""
    tf.set_random_seed(1)
    X = tf.placeholder(tf.float32, (None, 10), name="X")
    Wh, bh = tf.Variable(tf.random_uniform([10, 50], -1.0, 1.0), name="Wh"), tf.Variable(tf.zeros([50]), name="bh")
    Wo, bo = tf.Variable(tf.random_uniform([50, 3], -1.0, 1.0), name="Wo"), tf.Variable(tf.zeros([3]), name="bo")
    Y = tf.nn.relu(tf.matmul(tf.nn.relu(tf.matmul(X, Wh) + bh), Wo) + bo)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [Y], "feed": {X: np.ones((4, 10))}}], "facts": {"Y": Y}}


def curves():
    """Activations and their derivatives on [-5, 5], and the identity of tanh and the logistic function."""
    z = tf.linspace(-5.0, 5.0, 11, name="z")
    smooth = [tf.sigmoid(z), tf.tanh(z), tf.nn.relu(z), 2.0 * tf.sigmoid(2.0 * z) - 1.0]
    slopes = [tf.gradients(function, [z])[0] for function in smooth]
    return {"steps": [{"fetch": smooth + slopes + [tf.sign(z)]}],
            "facts": {"step has none": str(tf.gradients(tf.cast(z >= 0.0, tf.float32), [z]))}}


def logistic_regression():
    """Exercise 9.12 with its bells and whistles: scopes, summaries, checkpoints, resuming after an interruption."""
    tf.set_random_seed(42)
    random = np.random.RandomState(42)
    data = np.c_[np.ones((40, 1)), random.randn(40, 2)]
    target = (data[:, 1:2] + data[:, 2:3] > 0).astype(np.float64)

    def logistic_regression(X, y, initializer=None, seed=42, learning_rate=0.01):
        n_inputs_including_bias = int(X.get_shape()[1])
        with tf.name_scope("logistic_regression"):
            with tf.name_scope("model"):
                if initializer is None:
                    initializer = tf.random_uniform([n_inputs_including_bias, 1], -1.0, 1.0, seed=seed)
                theta = tf.Variable(initializer, name="theta")
                logits = tf.matmul(X, theta, name="logits")
                y_proba = tf.sigmoid(logits)
            with tf.name_scope("train"):
                loss = tf.losses.log_loss(y, y_proba, scope="loss")
                optimizer = tf.train.GradientDescentOptimizer(learning_rate=learning_rate)
                training_op = optimizer.minimize(loss)
                loss_summary = tf.summary.scalar('log_loss', loss)
            with tf.name_scope("init"):
                init = tf.global_variables_initializer()
            with tf.name_scope("save"):
                saver = tf.train.Saver()
        return y_proba, loss, training_op, loss_summary, init, saver

    X = tf.placeholder(tf.float32, shape=(40, 3), name="X")
    y = tf.placeholder(tf.float32, shape=(40, 1), name="y")
    y_proba, loss, training_op, loss_summary, init, saver = logistic_regression(X, y, learning_rate=0.5)
    facts = {"names": [tensor.name for tensor in (y_proba, loss, loss_summary)],
             "ops": [op.name for op in (training_op, init)]}
    feed = {X: data, y: target}
    losses = []
    for attempt in range(2):
        with tf.Session() as sess:
            start = 0
            if os.path.isfile("epoch.txt"):
                with open("epoch.txt") as stream:
                    start = int(stream.read())
                saver.restore(sess, "./logreg.ckpt")
            else:
                sess.run(init)
            for epoch in range(start, start + 5):
                sess.run(training_op, feed_dict=feed)
                losses.append(loss.eval({X: data, y: target}))
            saver.save(sess, "./logreg.ckpt")
            with open("epoch.txt", "w") as stream:
                stream.write("%d" % (epoch + 1))
            facts["predicted"] = int((y_proba.eval(feed_dict=feed) >= 0.5).sum())
    facts["losses"] = losses
    for name in os.listdir("."):
        if "ckpt" in name or name in ("checkpoint", "epoch.txt"):
            os.remove(name)
    return {"steps": [], "facts": facts}


def early_stopping():
    """Exercise 10.9: a deep net with validation losses, the best model kept, stopped when it gets no better."""
    tf.set_random_seed(42)
    random = np.random.RandomState(1)
    data = random.randn(60, 5).astype(np.float32)
    labels = (data[:, 0] > 0).astype(np.int64) + (data[:, 1] > 0)
    X = tf.placeholder(tf.float32, shape=(None, 5), name="X")
    y = tf.placeholder(tf.int64, shape=(None), name="y")
    with tf.name_scope("dnn"):
        hidden1 = tf.layers.dense(X, 8, name="hidden1", activation=tf.nn.relu)
        hidden2 = tf.layers.dense(hidden1, 4, name="hidden2", activation=tf.nn.relu)
        logits = tf.layers.dense(hidden2, 3, name="outputs")
    with tf.name_scope("loss"):
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits), name="loss")
        loss_summary = tf.summary.scalar('log_loss', loss)
    with tf.name_scope("train"):
        training_op = tf.train.AdagradOptimizer(0.5).minimize(loss)
    with tf.name_scope("eval"):
        accuracy = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.float32))
        accuracy_summary = tf.summary.scalar('accuracy', accuracy)
    init = tf.global_variables_initializer()
    saver = tf.train.Saver()
    best, checks, stopped = np.inf, [], None
    with tf.Session() as sess:
        init.run()
        for epoch in range(30):
            for rows in np.array_split(np.random.permutation(40), 4):
                sess.run(training_op, feed_dict={X: data[rows], y: labels[rows]})
            value, _, _ = sess.run([loss, loss_summary, accuracy_summary], feed_dict={X: data[40:], y: labels[40:]})
            if value < best:
                best, checks = value, checks + [epoch]
                saver.save(sess, "./best.ckpt")
            elif epoch - checks[-1] > 3:
                stopped = epoch
                break
        saver.restore(sess, "./best.ckpt")
        final = accuracy.eval({X: data[:40], y: labels[:40]})
    for name in os.listdir("."):
        if "best" in name or name == "checkpoint":
            os.remove(name)
    return {"steps": [], "facts": {"first checks": checks[:3], "learned": bool(final > 0.8),
                                   "stopped": stopped is None or stopped > 3}}


VARIANTS = {
    "logic": logic,
    "perceptron_rule": perceptron_rule,
    "shapes": shapes,
    "curves": curves,
    "logistic_regression": logistic_regression,
    "early_stopping": early_stopping,
}
