import tensorflow as tf


def build():
    v = tf.Variable([1.0, 2.0], name="v")
    n = tf.Variable(0, trainable=False, name="n")
    p = tf.placeholder(tf.float32, (2,), name="p")
    set_v = tf.assign(v, p)
    add_v = tf.assign_add(v, [10.0, 10.0])
    sub_v = v.assign_sub([1.0, 0.5])
    count = n.assign_add(1)
    any_shape = tf.Variable(0.0, validate_shape=False, name="any_shape")
    reshaped = tf.assign(any_shape, [[1.0, 2.0, 3.0]], validate_shape=False)
    dependent = tf.Variable(v.initialized_value() * 2.0, name="dependent")
    initialized = tf.is_variable_initialized(v)
    missing = tf.report_uninitialized_variables()
    unset = tf.assert_variables_initialized([n])
    read = v.read_value()
    scattered = tf.scatter_update(v, [1], [7.0])
    scatter_added = tf.scatter_add(v, [0, 0], [1.0, 2.0])
    init = tf.global_variables_initializer()
    some = tf.variables_initializer([v, n], name="some")
    return {"steps": [
        {"fetch": [initialized, missing]},
        {"run": [some]},
        {"fetch": [initialized, missing]},
        {"run": [init]},
        {"run": [unset]},
        {"fetch": [v, dependent]},
        {"fetch": [set_v], "feed": {p: [3.0, 4.0]}},
        {"fetch": [add_v]},
        {"fetch": [sub_v]},
        {"fetch": [count]},
        {"fetch": [reshaped]},
        {"fetch": [scattered]},
        {"fetch": [scatter_added]},
        {"fetch": [v, n, read, any_shape, dependent]},
        {"fetch": [v + 1.0], "feed": {v: [100.0, 200.0]}},
    ]}
