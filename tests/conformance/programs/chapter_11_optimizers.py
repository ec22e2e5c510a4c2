import tensorflow as tf

import numpy as np


def check(make_optimizer, count=2):
    """A variable that starts at 1, moved by the gradients 0.5 and then 0.25: numbers that can be worked out by hand."""
    def build():
        v = tf.Variable(1.0, name="v")
        gradient = tf.placeholder(tf.float32, (), name="gradient")
        optimizer = make_optimizer()
        train = optimizer.apply_gradients([(gradient, v)])
        slots = [optimizer.get_slot(v, name) for name in optimizer.get_slot_names()]
        steps = [{"run": [tf.global_variables_initializer()]}]
        for step in range(count):
            steps += [{"run": [train], "feed": {gradient: 0.5 / 2 ** step}}, {"fetch": [v] + slots}]
        return {"steps": steps, "facts": {"slots": [slot.name for slot in slots]}}
    return build


def wide(make_optimizer):
    """A small regression whose first weights do not matter: dense gradients, and sparse ones of gathered rows."""
    def build():
        random = np.random.RandomState(1)
        x = tf.constant(random.randn(20, 6).astype(np.float32), name="x")
        y = tf.constant(random.randn(20, 1).astype(np.float32), name="y")
        w = tf.get_variable("w", (6, 1), initializer=tf.constant_initializer([[0.3], [-0.2], [0.1], [0.0], [0.5], [-0.4]]))
        table = tf.get_variable("table", (4, 2), initializer=tf.constant_initializer(0.5))
        rows = tf.nn.embedding_lookup(table, tf.constant([1, 3, 1]))
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y)) + tf.reduce_sum(tf.square(rows - 0.1))
        step = tf.train.get_or_create_global_step()
        optimizer = make_optimizer(step)
        train = optimizer.minimize(loss, global_step=step)
        slots = [optimizer.get_slot(v, name) for name in optimizer.get_slot_names() for v in (w, table)]
        steps = [{"run": [tf.global_variables_initializer()]}]
        for _ in range(3):
            steps += [{"run": [train]}, {"fetch": [w, table, step] + slots}]
        return {"steps": steps, "facts": {"slot names": optimizer.get_slot_names(), "slots": slots,
                                          "variables": [v.name for v in optimizer.variables()]}}
    return build


def two_of_a_kind():
    """Two minimize of one Adam share its powers; a second Adam has its own."""
    w = tf.Variable([1.0, -2.0], name="w")
    b = tf.Variable(0.5, name="b")
    loss = tf.reduce_sum(tf.square(w)) + tf.square(b)
    adam = tf.train.AdamOptimizer(0.1)
    first, second = adam.minimize(loss, var_list=[w]), adam.minimize(loss, var_list=[b])
    other = tf.train.AdamOptimizer(0.01, name="Adam2").minimize(loss, var_list=[b], name="train_b")
    steps = [{"run": [tf.global_variables_initializer()]}]
    for op in (first, second, other, first):
        steps += [{"run": [op]}, {"fetch": [w, b]}]
    return {"steps": steps, "facts": {"variables": [v.name for v in tf.global_variables()],
                                      "adam": [v.name for v in adam.variables()]}}


def sparse_model():
    """Strong l1 penalties of FTRL and of the proximal steps leave exact zeros."""
    random = np.random.RandomState(5)
    inputs = random.randn(50, 8).astype(np.float32)
    x = tf.constant(inputs, name="x")
    y = tf.constant(inputs[:, :1] * 3.0 - inputs[:, 4:5], name="y")
    kinds = [tf.train.FtrlOptimizer(0.5, l1_regularization_strength=1.0),
             tf.train.ProximalGradientDescentOptimizer(0.1, l1_regularization_strength=0.5),
             tf.train.ProximalAdagradOptimizer(0.5, l1_regularization_strength=0.2)]
    weights = [tf.Variable(tf.fill([8, 1], 0.1), name="w%d" % i) for i in range(3)]
    trains = [kind.minimize(tf.reduce_mean(tf.square(tf.matmul(x, w) - y)), var_list=[w])
              for kind, w in zip(kinds, weights)]
    zeros = [tf.reduce_sum(tf.cast(tf.equal(w, 0.0), tf.int32)) for w in weights]
    every = tf.group(*trains)
    return {"steps": [{"run": [tf.global_variables_initializer()]}] + [{"run": [every]}] * 20 + [
        {"fetch": weights + zeros}]}


def functions_of_adam():
    """Values only: the powers of beta begin with what the functions give."""
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([1.0, 2.0])
        step = tf.train.AdamOptimizer(lambda: 0.1, lambda: 0.8, lambda: 0.9, lambda: 1e-4).minimize(3.0 * v * v)
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(step)
        return {"steps": [], "facts": {"variables": session.run(tf.global_variables())}}


train = tf.train
VARIANTS = {
    "check_momentum": check(lambda: train.MomentumOptimizer(0.1, 0.9)),
    "check_nesterov": check(lambda: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True)),
    "check_adagrad": check(lambda: train.AdagradOptimizer(0.1)),
    "check_rmsprop": check(lambda: train.RMSPropOptimizer(0.1, momentum=0.9, decay=0.9, epsilon=1e-10)),
    "check_adam": check(lambda: train.AdamOptimizer(0.1)),
    "check_ftrl": check(lambda: train.FtrlOptimizer(0.1)),
    "check_ftrl_l1": check(lambda: train.FtrlOptimizer(0.1, l1_regularization_strength=0.01)),
    "check_ftrl_zero": check(lambda: train.FtrlOptimizer(0.1, l1_regularization_strength=5.0)),
    "nesterov": wide(lambda step: train.MomentumOptimizer(0.1, 0.9, use_locking=True, use_nesterov=True)),
    "centered": wide(lambda step: train.RMSPropOptimizer(0.1, decay=0.9, momentum=0.5, centered=True)),
    "ftrl": wide(lambda step: train.FtrlOptimizer(
        0.1, learning_rate_power=-0.7, initial_accumulator_value=0.2, l1_regularization_strength=0.01,
        l2_regularization_strength=0.1, accum_name="acc", linear_name="lin")),
    "ftrl_shrinkage": wide(lambda step: train.FtrlOptimizer(
        0.1, l1_regularization_strength=0.01, l2_shrinkage_regularization_strength=0.2)),
    "proximal_descent": wide(lambda step: train.ProximalGradientDescentOptimizer(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.1, use_locking=True)),
    "proximal_adagrad": wide(lambda step: train.ProximalAdagradOptimizer(
        0.1, initial_accumulator_value=0.3, l1_regularization_strength=0.01, l2_regularization_strength=0.1)),
    "adagrad_da": wide(lambda step: train.AdagradDAOptimizer(
        0.1, step, initial_gradient_squared_accumulator_value=0.2, l1_regularization_strength=0.01)),
    "two_of_a_kind": two_of_a_kind,
    "sparse_model": sparse_model,
    "functions_of_adam": functions_of_adam,
}
