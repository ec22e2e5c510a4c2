import tensorflow as tf


def _of_step(make, steps=(0, 1, 4, 9, 10, 11, 25), dtype=tf.int32):
    """A schedule's values at some steps, which are fed."""
    def build():
        step = tf.placeholder(dtype, (), name="step")
        rates = make(step)
        return {"steps": [{"fetch": rates, "feed": {step: n}} for n in steps], "facts": {"names": [r.name for r in rates]}}
    return build


def stepwise():
    """Rates that change at boundaries, for a variable of steps, which is of int64, and for a number."""
    step = tf.train.get_or_create_global_step()
    rate = tf.train.piecewise_constant(step, [2, 4], [0.5, 0.25, 0.125], name="rate")
    tf.train.piecewise_constant(3, [2, 4], [0.5, 0.25, 0.125], name="fixed")
    w = tf.Variable([1.0, 2.0], name="w")
    train = tf.train.GradientDescentOptimizer(rate).minimize(tf.reduce_sum(tf.square(w)), step)
    steps = [{"run": [tf.global_variables_initializer()]}]
    for _ in range(6):
        steps += [{"fetch": [rate, w]}, {"run": [train]}]
    return {"steps": steps}


def errors():
    step = tf.placeholder(tf.int32, (), name="step")
    fraction = tf.placeholder(tf.float32, (), name="fraction")
    facts = {}
    for name, make in {
        "count": lambda: tf.train.piecewise_constant(step, [1, 2], [0.1, 0.2]),
        "boundaries": lambda: tf.train.piecewise_constant(step, [1.5], [0.1, 0.2]),
        "boundaries_of_fraction": lambda: tf.train.piecewise_constant(fraction, [1], [0.1, 0.2]),
        "values": lambda: tf.train.piecewise_constant(step, [1], [0.1, 2]),
    }.items():
        try:
            make()
        except (ValueError, TypeError) as error:
            facts[name] = type(error).__name__
    return {"steps": [], "facts": facts}


VARIANTS = {
    "cycle": _of_step(lambda step: [tf.train.polynomial_decay(0.1, step, 10, 0.01, 0.5, cycle=True),
                                    tf.train.polynomial_decay(0.1, step, 10, 0.01, cycle=True, name="again")]),
    "staircases": _of_step(lambda step: [tf.train.exponential_decay(0.1, step, 4, 0.5, staircase=True),
                                         tf.train.natural_exp_decay(0.1, step, 4, 0.5, staircase=True),
                                         tf.train.inverse_time_decay(0.1, step, 4, 0.5, staircase=True, name="inverse"),
                                         tf.train.exponential_decay(tf.constant(0.1), step, 4, tf.constant(0.5))]),
    "long_steps": _of_step(lambda step: [tf.train.exponential_decay(0.1, step, 4, 0.5),
                                         tf.train.polynomial_decay(0.1, step, 10, 0.01, power=2.0),
                                         tf.train.polynomial_decay(0.1, step, 10, cycle=True),
                                         tf.train.cosine_decay(0.1, step, 10, 0.2),
                                         tf.train.cosine_decay_restarts(0.1, step, 4)], dtype=tf.int64),
    "restarts": _of_step(lambda step: [tf.train.cosine_decay_restarts(0.1, step, 4),
                                       tf.train.cosine_decay_restarts(0.1, step, 4, t_mul=1.0, m_mul=0.9, alpha=0.1),
                                       tf.train.cosine_decay_restarts(0.1, step, 3, 1.5, 0.5, name="shorter")]),
    "linear_cosine": _of_step(lambda step: [tf.train.linear_cosine_decay(0.1, step, 10),
                                            tf.train.linear_cosine_decay(0.1, step, 10, num_periods=1.5, alpha=0.1,
                                                                         beta=0.01, name="longer")]),
    "noisy": _of_step(lambda step: [tf.train.noisy_linear_cosine_decay(0.1, step, 10, initial_variance=0.0),
                                    tf.train.noisy_linear_cosine_decay(0.1, step, 10, 0.0, 0.5, 1.5, 0.1, 0.01,
                                                                       name="longer")]),
    "piecewise": _of_step(lambda step: [tf.train.piecewise_constant(step, [4, 10], [0.1, 0.01, 0.001]),
                                        tf.train.piecewise_constant_decay(step, [9], [1.0, 0.5], name="two"),
                                        tf.train.piecewise_constant(tf.cast(step, tf.float32), [0.5, 4.5, 9.5],
                                                                    [3, 2, 1, 0])]),
    "stepwise": stepwise,
    "errors": errors,
}
