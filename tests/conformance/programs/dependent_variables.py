import tensorflow as tf


def build():
    """Variables that start at what others start at, initialized in one run. One step of dependence is what is guarded."""
    v = tf.Variable([1.0, 2.0], name="v")
    twice = tf.Variable(v * 2.0, name="twice")
    both = tf.Variable(tf.concat([v + 1.0, v.initialized_value()], 0), name="both")
    with tf.variable_scope("scope"):
        got = tf.get_variable("got", initializer=tf.reduce_sum(v) + v[0])
    local = tf.Variable(3.0, collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False, name="local")
    of_local = tf.Variable(local + 1.0, name="of_local")
    apart = tf.Variable(7.0, collections=[], name="apart")
    of_apart = tf.Variable(tf.identity(apart), name="of_apart", collections=["own"])
    same = tf.Variable(v.initial_value, name="same")
    known = tf.Variable(tf.cast(tf.is_variable_initialized(v), tf.float32), name="known")
    after = tf.Variable(lambda: v * v, name="after", dtype=tf.float32)
    init = tf.group(tf.global_variables_initializer(), tf.local_variables_initializer())
    variables = [v, twice, both, got, local, of_local, same, after]
    return {"steps": [{"run": [init]}, {"fetch": variables}, {"run": [v.assign([5.0, 6.0])]},
                      {"run": [twice.initializer, got.initializer]}, {"fetch": variables}],
            "facts": {"names": [t.initial_value.name for t in variables + [of_apart, known]],
                      "assigned": [t.initializer.inputs[1].name for t in variables + [of_apart, known]]}}
