import tensorflow as tf


def build():
    x = tf.Variable(3, name="x")
    y = tf.Variable(4, name="y")
    f = x * x * y + y + 2
    init = tf.global_variables_initializer()
    return {"steps": [
        {"run": [x.initializer, y.initializer]},
        {"fetch": [f, x, y]},
        {"run": [init]},
        {"fetch": [f]},
        {"fetch": [f], "feed": {x: 5}},
    ]}
