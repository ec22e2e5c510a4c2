"""Linear regression on data of the size of chapter 9's housing data: batch gradient descent with a constant design
matrix, by gradients written out, by autodiff, and by an optimizer."""

import time

from timing import config, report

STEPS, RATE = 1000, 0.01


def measure(tf, np, threads):
    random = np.random.RandomState(42)
    features = np.c_[np.ones((20640, 1)), random.randn(20640, 8)]
    design = tf.constant(features, tf.float32, name='X')
    target = tf.constant(features @ random.randn(9, 1), tf.float32, name='y')

    def model():
        theta = tf.Variable(tf.random_uniform([9, 1], -1.0, 1.0, seed=42), name='theta')
        error = tf.matmul(design, theta) - target
        return theta, error, tf.reduce_mean(tf.square(error))

    theta, error, _ = model()
    by_hand = tf.assign(theta, theta - RATE * (2 / features.shape[0] * tf.matmul(tf.transpose(design), error)))
    theta, _, mse = model()
    by_autodiff = tf.assign(theta, theta - RATE * tf.gradients(mse, [theta])[0])
    theta, _, mse = model()
    by_optimizer = tf.train.GradientDescentOptimizer(RATE).minimize(mse, var_list=[theta])
    init = tf.global_variables_initializer()
    with tf.Session(config=config(tf, threads)) as session:
        session.run(init)
        for name, step in (('by_hand', by_hand), ('autodiff', by_autodiff), ('optimizer', by_optimizer)):
            least = float('inf')
            for _ in range(3):
                start = time.perf_counter()
                for _ in range(STEPS):
                    session.run(step)
                least = min(least, time.perf_counter() - start)
            report('linear_regression/' + name, least * 1e3, 'ms')
