import tensorflow as tf


def build():
    tf.set_random_seed(42)
    x = tf.placeholder(tf.float32, (None, 4), name="x")
    with tf.variable_scope("net"):
        h = tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
        tf.get_variable("local", [2], collections=[tf.GraphKeys.LOCAL_VARIABLES])
        tf.get_variable("both", [2], collections=["mine", tf.GraphKeys.GLOBAL_VARIABLES])
    v = tf.Variable(1.0, name="other/v", trainable=False)
    tf.losses.mean_squared_error(tf.zeros_like(h), h)
    loss = tf.losses.get_total_loss()
    step = tf.train.create_global_step()
    tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
    tf.summary.scalar("loss", loss)
    tf.add_to_collection("things", v)
    tf.add_to_collection("things", h)
    tf.add_to_collections(["things", "others"], loss.op)
    tf.train.Saver()
    tf.global_variables_initializer()
    tf.local_variables_initializer()
    tf.tables_initializer()
    tf.report_uninitialized_variables()
    scoped = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="net/dense")
    pattern = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope=".*ker")
    facts = {"scoped": " ".join(item.name for item in scoped), "pattern": " ".join(item.name for item in pattern)}
    return {"steps": [], "facts": facts}
