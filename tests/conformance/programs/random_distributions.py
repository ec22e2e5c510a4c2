"""Gamma and Poisson distributions, and numbers without a state."""
import tensorflow as tf

import numpy as np


def gamma():
    tf.set_random_seed(11)
    alpha = tf.placeholder_with_default([[0.3, 1.0, 2.5]], [None, 3], name="alpha")
    fetches = [
        tf.random_gamma([5], [0.01, 0.5, 1.0, 3.0, 70.0], seed=1),
        tf.random.gamma([2, 3], alpha, seed=2),
        tf.random.gamma([], [1.0, 2.0], beta=[[2.0], [0.5]], seed=3),
        tf.random_gamma([4], 0.7, beta=3, dtype=tf.float64),
        tf.random_gamma([4], tf.constant([0.5, 8.0], tf.float16), dtype=tf.float16, seed=4),
        tf.random_gamma([0], [1.0, 2.0]),
        tf.random_gamma(tf.shape(alpha), 3.0, seed=5, name="named"),
        tf.random_gamma([700], [0.2, 1.0, 9.0], seed=6),
    ]
    return {"steps": [{"fetch": fetches}, {"fetch": fetches[:4], "feed": {alpha: [[4.0, 5.0, 6.0], [1.0, 0.1, 100.0]]}}]}


def gamma_gradients():
    """How samples move with their parameters; the last is a fit by gradients."""
    alpha = tf.constant([0.4, 1.0, 2.5, 30.0])
    beta = tf.constant([[1.0], [3.0]])
    sample = tf.random_gamma([3, 2], alpha, beta, seed=5)
    wide = tf.constant([0.3, 7.0, 150.0], tf.float64)
    drawn = tf.random_gamma([20], wide, dtype=tf.float64, seed=8)
    return {"steps": [{"fetch": [sample] + tf.gradients(sample, [alpha, beta])},
                      {"fetch": [drawn] + tf.gradients(tf.square(drawn), [wide])}]}


def poisson():
    tf.set_random_seed(12)
    rate = tf.placeholder_with_default([0.5, 20.0], [None], name="rate")
    fetches = [
        tf.random_poisson([0.1, 3.0, 9.9, 10.0, 50.0, 12345.0], [4], seed=1),
        tf.random.poisson(rate, [2, 3], seed=2),
        tf.random.poisson(3, [], seed=3),
        tf.random_poisson([[1.0], [2.0]], [2], dtype=tf.float64),
        tf.random_poisson(tf.constant([4, 40]), [3], dtype=tf.int32, seed=4),
        tf.random_poisson(tf.constant([4, 40], tf.int64), [3], dtype=tf.int64, seed=5),
        tf.random_poisson(tf.constant([4, 40], tf.float16), [3], dtype=tf.float16, seed=6),
        tf.random_poisson([2.0], [0]),
        tf.random_poisson([0.0, -1.0], [2], seed=7, name="named"),
        tf.random_poisson([2.0, 15.0], [600], seed=8),
    ]
    return {"steps": [{"fetch": fetches}, {"fetch": fetches[:5], "feed": {rate: [100.0]}}]}


def stateless():
    seed = tf.placeholder_with_default(np.array([7, 9], np.int32), [2], name="seed")
    fetches = []
    for s in ([1, 2], [0, 0], [-1, 1 << 40], seed):
        fetches += [
            tf.random.stateless_uniform([7], s),
            tf.random.stateless_uniform([5], s, -1.0, 3.0, tf.float64),
            tf.random.stateless_uniform([5], s, dtype=tf.float16),
            tf.random.stateless_uniform([5], s, minval=-3, maxval=1000, dtype=tf.int32),
            tf.random.stateless_uniform([2, 3], s, minval=0, maxval=1 << 50, dtype=tf.int64),
            tf.random.stateless_normal([7], s),
            tf.random.stateless_normal([2, 2], s, mean=1.0, stddev=[1.0, 10.0], dtype=tf.float64),
            tf.random.stateless_truncated_normal([50], s),
            tf.random.stateless_truncated_normal([3], s, 5.0, 0.1, dtype=tf.float16),
            tf.random.stateless_categorical([[0.0, 1.0, 2.0], [3.0, 2.0, 1.0]], 6, s),
            tf.random.stateless_multinomial(tf.constant([[0.5, 0.25]], tf.float64), 3, s, output_dtype=tf.int32),
        ]
    fetches += [tf.random.stateless_uniform([0], [1, 2]), tf.random.stateless_uniform([], [1, 2], name="named"),
                tf.random.stateless_normal([600], [3, 4])]
    return {"steps": [{"fetch": fetches}, {"fetch": fetches[33:], "feed": {seed: [100, -100]}}]}


VARIANTS = {"gamma": gamma, "gamma_gradients": gamma_gradients, "poisson": poisson, "stateless": stateless}
