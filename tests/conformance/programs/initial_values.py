import tensorflow as tf

import numpy as np


def values(initializers, shape, dtype=tf.float32):
    made = [tf.get_variable("v%02d" % i, shape, dtype, initializer) for i, initializer in enumerate(initializers)]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": made}]}


def uniform():
    tf.set_random_seed(3)
    return values([
        tf.random_uniform_initializer(), tf.random_uniform_initializer(-2.0, 2.0, seed=1),
        tf.initializers.random_uniform(0.0, 1.0, 5),
        tf.glorot_uniform_initializer(), tf.glorot_uniform_initializer(seed=2), tf.initializers.he_uniform(seed=3),
        None,
        tf.initializers.lecun_uniform(seed=4), tf.uniform_unit_scaling_initializer(factor=1.5, seed=5),
        tf.variance_scaling_initializer(2.0, "fan_out", "uniform", seed=6),
        tf.contrib.layers.xavier_initializer(seed=7),
        tf.contrib.layers.xavier_initializer(), tf.contrib.layers.variance_scaling_initializer(uniform=True, seed=8),
        tf.keras.initializers.RandomUniform(seed=9), tf.random_uniform_initializer,
    ], [4, 3])


def normal():
    return values([
        tf.random_normal_initializer(seed=1), tf.random_normal_initializer(1.0, 0.1, seed=2),
        tf.truncated_normal_initializer(seed=3),
        tf.truncated_normal_initializer(mean=1.0, stddev=0.5, seed=4), tf.initializers.random_normal(seed=5),
        tf.initializers.truncated_normal(seed=6), tf.glorot_normal_initializer(seed=7),
        tf.initializers.he_normal(seed=8),
        tf.initializers.lecun_normal(seed=9), tf.variance_scaling_initializer(seed=10),
        tf.initializers.variance_scaling(
            3.0, mode="fan_avg", distribution="untruncated_normal", seed=11),
            tf.contrib.layers.xavier_initializer(False, seed=12),
        tf.contrib.layers.variance_scaling_initializer(factor=1.0, mode="FAN_AVG", seed=13),
        tf.variance_scaling_initializer(1.0, "fan_in", "truncated_normal", seed=14),
    ], [4, 3])


def fixed():
    return values([
        tf.zeros_initializer(), tf.ones_initializer(), tf.constant_initializer(0.5),
        tf.constant_initializer([[1.0, 2.0], [3.0, 4.0]]),
        tf.constant_initializer([1, 2, 3, 4]), tf.constant_initializer(np.eye(2)), tf.initializers.constant(7),
        tf.initializers.zeros(),
        tf.initializers.ones(), tf.initializers.identity(), tf.initializers.identity(gain=2.0),
        tf.keras.initializers.Zeros(),
        tf.constant_initializer(3), tf.zeros_initializer,
        tf.keras.initializers.Ones(), tf.keras.initializers.Constant(2.0),
    ], [2, 2])


def orthogonal():
    return values([tf.orthogonal_initializer(seed=1), tf.initializers.orthogonal(gain=0.5, seed=2)], [3, 3])


def types():
    made = []
    for dtype in (tf.float16, tf.float32, tf.float64):
        with tf.variable_scope(dtype.name):
            made += [tf.get_variable("u", [3], dtype, tf.random_uniform_initializer(seed=1, dtype=dtype)),
                     tf.get_variable("n", [2, 2], dtype, tf.truncated_normal_initializer(seed=2, dtype=dtype)),
                     tf.get_variable("g", [2, 2], dtype), tf.get_variable("z", [2], dtype, tf.zeros_initializer())]
    with tf.variable_scope("integers"):
        made += [tf.get_variable("i", [2], tf.int32, tf.ones_initializer()), tf.get_variable("default", [2], tf.int64),
                 tf.get_variable("u", [2], tf.int32, tf.random_uniform_initializer(0, 10, seed=3, dtype=tf.int32)),
                 tf.get_variable("b", [2], tf.bool), tf.get_variable("c", [2], tf.int32,
                                                                     tf.constant_initializer([1, 2]))]
    tf.set_random_seed(1)
    init = tf.global_variables_initializer()
    fixed_values = [variable for variable in made if "/g:" not in variable.name]
    return {"steps": [{"run": [init]}, {"fetch": fixed_values}], "facts": {"dtypes": [v.dtype.name for v in made]}}


def called():
    """Initializers called as functions, their configurations, and what they refuse."""
    tf.set_random_seed(2)
    normal = tf.random_normal_initializer(stddev=0.5, seed=1)
    fetches = [normal([2, 2]), normal([3], dtype=tf.float32), tf.zeros_initializer()([2], tf.int32),
               tf.constant_initializer(4.0)([]),
               tf.glorot_uniform_initializer(seed=3)(shape=(2, 5)), tf.contrib.layers.xavier_initializer(seed=4)([2,
                                                                                                                  5]),
               tf.ones_initializer(dtype=tf.float64)([2])]
    facts = {
        "normal": normal.get_config(), "ones": tf.ones_initializer().get_config(),
        "again": tf.random_normal_initializer.from_config(normal.get_config()).get_config(),
        "scaling": tf.variance_scaling_initializer(2.0).get_config(), "got": type(tf.keras.initializers.get("zeros")),
    }
    for name, make in {"identity of a vector": lambda: tf.initializers.identity()([3]),
                       "scale": lambda: tf.variance_scaling_initializer(scale=-1.0),
                       "mode": lambda: tf.variance_scaling_initializer(mode="none"),
                       "too many values": lambda: tf.constant_initializer([1.0, 2.0, 3.0])([2])}.items():
        try:
            make()
        except Exception as error:  # its class is the fact
            facts[name] = type(error)
    return {"steps": [{"fetch": fetches}], "facts": facts}


VARIANTS = {
    "uniform": uniform,
    "normal": normal,
    "fixed": fixed,
    "orthogonal": orthogonal,
    "types": types,
    "called": called,
}
