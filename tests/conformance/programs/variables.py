import tensorflow as tf


def initialized_value():
    v = tf.Variable([1.0, 2.0], name="v")
    dependent = tf.Variable(v.initialized_value() * 2.0, name="dependent")
    missing = tf.report_uninitialized_variables()
    init = tf.global_variables_initializer()
    return {"steps": [{"fetch": [missing]}, {"run": [init]}, {"fetch": [missing, v, dependent]}]}


def state():
    v = tf.Variable([1.0, 2.0], name="v")
    n = tf.Variable(0, trainable=False, name="n")
    p = tf.placeholder(tf.float32, (2,), name="p")
    set_v = tf.assign(v, p)
    add_v = tf.assign_add(v, [10.0, 10.0])
    sub_v = v.assign_sub([1.0, 0.5])
    count = n.assign_add(1)
    any_shape = tf.Variable(0.0, validate_shape=False, name="any_shape")
    reshaped = tf.assign(any_shape, [[1.0, 2.0, 3.0]], validate_shape=False)
    initialized = tf.is_variable_initialized(v)
    unset = tf.assert_variables_initialized([n])
    read = v.read_value()
    init = tf.global_variables_initializer()
    some = tf.variables_initializer([v, n], name="some")
    return {"steps": [
        {"fetch": [initialized]},
        {"run": [some]},
        {"fetch": [initialized]},
        {"run": [init]},
        {"run": [unset]},
        {"fetch": [v]},
        {"fetch": [set_v], "feed": {p: [3.0, 4.0]}},
        {"fetch": [add_v]},
        {"fetch": [sub_v]},
        {"fetch": [count]},
        {"fetch": [reshaped]},
        {"fetch": [v, n, read, any_shape]},
        {"fetch": [v + 1.0], "feed": {v: [100.0, 200.0]}},
    ]}


def scattered():
    v = tf.Variable([1.0, 2.0], name="v")
    updated = tf.scatter_update(v, [1], [7.0])
    added = tf.scatter_add(v, [0, 0], [1.0, 2.0])
    return {"steps": [{"run": [v.initializer]}, {"fetch": [updated]}, {"fetch": [added]}, {"fetch": [v]}]}


VARIANTS = {"state": state, "initialized_value": initialized_value, "scattered": scattered}
