import tensorflow as tf

import numpy as np


def problem():
    w = tf.Variable([[1.0], [-2.0]], name="w")
    b = tf.Variable(0.5, name="b")
    x = tf.constant([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]], name="x")
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - [[1.0], [2.0], [3.0]]), name="loss")
    return w, b, loss


def trained(make_optimizer, count=3, **options):
    """minimize of two variables; slots and state afterwards."""
    def build():
        w, b, loss = problem()
        optimizer = make_optimizer()
        train = optimizer.minimize(loss, **options)
        slots = [optimizer.get_slot(v, name) for name in optimizer.get_slot_names() for v in (w, b)]
        init = tf.global_variables_initializer()
        steps = [{"run": [init]}]
        for _ in range(count):
            steps += [{"run": [train]}, {"fetch": [w, b, loss] + slots}]
        facts = {"slot names": optimizer.get_slot_names(), "name": optimizer.get_name(), "train": train,
                 "variables": [v.name for v in optimizer.variables()], "slots": slots}
        return {"steps": steps, "facts": facts}
    return build


def pieces():
    """compute_gradients, var_list, apply_gradients with changed gradients, the global step."""
    w, b, loss = problem()
    step = tf.train.get_or_create_global_step()
    optimizer = tf.train.GradientDescentOptimizer(0.1, use_locking=True, name="Descent")
    pairs = optimizer.compute_gradients(loss, var_list=[w])
    both = optimizer.compute_gradients(loss, [w, b], aggregation_method=tf.AggregationMethod.ADD_N)
    halved = [(gradient * 0.5, variable) for gradient, variable in both]
    train = optimizer.apply_gradients(halved, global_step=step, name="halved")
    only_b = optimizer.minimize(loss, step, [b], name="only_b")
    given = optimizer.minimize(loss, var_list=[w], grad_loss=tf.constant(2.0))
    skipped = optimizer.apply_gradients([(None, w), (tf.constant(1.0), b)])
    init = tf.global_variables_initializer()
    facts = {"pairs": [(gradient.name, variable.name) for gradient, variable in pairs],
             "names": [op.name for op in (train, only_b, given, skipped)], "same variable": pairs[0][1] is w,
             "train ops": [op.name for op in tf.get_collection(tf.GraphKeys.TRAIN_OP)],
             "step": [step.name, tf.train.get_global_step() is step]}
    steps = [{"run": [init]}]
    for op in (train, only_b, given, skipped):
        steps += [{"run": [op]}, {"fetch": [w, b, step]}]
    return {"steps": steps, "facts": facts,
            "finish": lambda session: {"global_step": tf.train.global_step(session, step)}}


def fed_rates():
    """Rates that are tensors, variables, placeholders; schedules of a step."""
    w, _, loss = problem()
    rate = tf.placeholder_with_default(0.1, (), name="rate")
    step = tf.Variable(0, trainable=False, name="global_step")
    schedules = [
        tf.train.exponential_decay(0.1, step, 10, 0.96), tf.train.exponential_decay(0.1, step, 2, 0.5, staircase=True),
        tf.train.polynomial_decay(0.1, step, 5, 0.01, power=2.0), tf.train.natural_exp_decay(0.1, step, 2, 0.5),
        tf.train.inverse_time_decay(0.1, step, 2, 0.5), tf.train.cosine_decay(0.1, step, 6),
    ]
    one = tf.train.GradientDescentOptimizer(rate).minimize(loss, step, [w])
    two = tf.train.MomentumOptimizer(schedules[0], tf.constant(0.9)).minimize(loss, step, [w])
    init = tf.global_variables_initializer()
    steps = [{"run": [init]}, {"fetch": schedules}, {"run": [one]}, {"fetch": [w] + schedules},
             {"run": [one], "feed": {rate: 0.0}}, {"fetch": [w]}, {"run": [two]}, {"fetch": [w] + schedules}]
    return {"steps": steps}


def subclass():
    """A program's own optimizer, over the public base class."""
    class Signed(tf.train.GradientDescentOptimizer):
        def compute_gradients(self, *args, **kwargs):
            pairs = super().compute_gradients(*args, **kwargs)
            return [(tf.sign(gradient), variable) for gradient, variable in pairs]

    w, b, loss = problem()
    train = Signed(0.1).minimize(loss)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"run": [train]}, {"fetch": [w, b]}], "facts": {"train": train}}


def averages():
    """Moving averages of variables and their names in checkpoints."""
    w, b, loss = problem()
    step = tf.Variable(0, trainable=False, name="step")
    average = tf.train.ExponentialMovingAverage(0.9, num_updates=step)
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
    with tf.control_dependencies([train]):
        update = average.apply([w, b])
    shadows = [average.average(v) for v in (w, b)]
    restored = average.variables_to_restore()
    init = tf.global_variables_initializer()
    facts = {"names": [average.average_name(w), shadows[0].name], "restore": sorted(restored),
             "moving": [v.name for v in tf.moving_average_variables()]}
    return {"steps": [{"run": [init]}, {"run": [update]}, {"fetch": [w, b] + shadows}, {"run": [update]},
                      {"fetch": [w, b] + shadows}], "facts": facts}


def several():
    """Two optimizers on one loss: their slots and names beside each other."""
    w, b, loss = problem()
    first = tf.train.AdamOptimizer(0.1).minimize(loss, var_list=[w])
    second = tf.train.AdamOptimizer(0.01).minimize(loss, var_list=[w, b])
    with tf.name_scope("train"), tf.variable_scope("slots"):
        third = tf.train.MomentumOptimizer(0.1, 0.9, name="mine").minimize(loss)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"run": [first]}, {"run": [second]}, {"run": [third]}, {"fetch": [w, b]}],
            "facts": {"variables": [v.name for v in tf.global_variables()],
                      "trainable": [v.name for v in tf.trainable_variables()]}}


def by_scopes():
    """Layers frozen by leaving their variables out of var_list; clipping by global norm."""
    tf.set_random_seed(42)
    x = tf.constant(np.random.RandomState(3).randn(6, 4), tf.float32, name="x")
    hidden = tf.layers.dense(x, 5, activation=tf.nn.relu, name="hidden1")
    logits = tf.layers.dense(hidden, 3, name="outputs")
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.constant([0, 1, 2, 0, 1, 2]), logits=logits)
    loss = tf.reduce_mean(entropy, name="loss")
    upper = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="outputs")
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    gradients, variables = zip(*optimizer.compute_gradients(loss, upper))
    clipped, norm = tf.clip_by_global_norm(gradients, 0.1)
    train = optimizer.apply_gradients(zip(clipped, variables))
    init = tf.global_variables_initializer()
    steps = [{"run": [init]}]
    for _ in range(3):
        steps += [{"fetch": [loss, norm]}, {"run": [train]}]
    return {"steps": steps + [{"fetch": tf.trainable_variables()}], "facts": {"upper": [v.name for v in upper]}}


def constrained():
    """Constraints of variables and layers: what was updated is assigned once more."""
    x = tf.constant([[1.0, 2.0], [3.0, -1.0]])
    h = tf.layers.dense(x, 3, name="hidden", kernel_initializer=tf.constant_initializer(1.5),
                        kernel_constraint=lambda w: tf.clip_by_norm(w, 1.0, axes=0),
                        bias_constraint=lambda b: tf.maximum(b, 0.0))
    scale = tf.Variable(2.0, name="scale", constraint=lambda s: tf.clip_by_value(s, 0.0, 1.0))
    loss = tf.reduce_mean(tf.square(h * scale - 1.0))
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [train]},
                      {"fetch": tf.global_variables() + [loss]}]}


VARIANTS = {
    "constrained": constrained,
    "gradient_descent": trained(lambda: tf.train.GradientDescentOptimizer(0.1)),
    "momentum": trained(lambda: tf.train.MomentumOptimizer(0.1, 0.9)),
    "adam": trained(lambda: tf.train.AdamOptimizer(0.1, beta1=0.8, beta2=0.99, epsilon=1e-4)),
    "adagrad": trained(lambda: tf.train.AdagradOptimizer(0.1, initial_accumulator_value=0.2)),
    "adadelta": trained(lambda: tf.train.AdadeltaOptimizer(1.0, rho=0.9)),
    "rmsprop": trained(lambda: tf.train.RMSPropOptimizer(0.1, decay=0.8)),
    "ftrl": trained(lambda: tf.train.FtrlOptimizer(0.1, learning_rate_power=-0.5)),
    "adagrad_da": trained(lambda: tf.train.AdagradDAOptimizer(
        0.1, tf.train.get_or_create_global_step(), l2_regularization_strength=0.01)),
    "named": trained(lambda: tf.train.AdamOptimizer(name="Chosen"), name="train_op", gate_gradients=0,
                     colocate_gradients_with_ops=True),
    "pieces": pieces,
    "fed_rates": fed_rates,
    "subclass": subclass,
    "averages": averages,
    "several": several,
    "by_scopes": by_scopes,
}
