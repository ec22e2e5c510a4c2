import tensorflow as tf


def variables():
    a = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="a")
    b = tf.Variable(5, name="b")
    c = tf.Variable(tf.constant([1.5, 2.5], tf.float64), name="scope/c")
    d = tf.Variable([True, False], name="d", trainable=False)
    e = tf.Variable([b"one", b"", b"three"], name="e", trainable=False)
    f = tf.Variable(tf.zeros([0, 3]), name="f")
    return a, b, c, d, e, f


def case(make_saver, path="model.ckpt", **save_options):
    def build():
        all_variables = variables()
        saver = make_saver(*all_variables)
        init = tf.global_variables_initializer()

        def finish(session):
            saver.save(session, path, **save_options)

        return {"steps": [{"run": [init]}, {"fetch": list(all_variables)}], "finish": finish}
    return build


def two_savers():
    a = variables()[0]
    tf.train.Saver()
    tf.train.Saver([a], name="second")
    tf.train.Saver()
    tf.train.Saver({"x": a}, max_to_keep=0)
    return {"steps": []}


def with_slots():
    tf.set_random_seed(42)
    w = tf.Variable([[1.0], [2.0]], name="w")
    loss = tf.reduce_sum(tf.square(tf.matmul([[3.0, 4.0]], w)))
    train = tf.train.AdamOptimizer(0.1).minimize(loss)
    saver = tf.train.Saver()
    init = tf.global_variables_initializer()

    def finish(session):
        saver.save(session, "model.ckpt", global_step=1)

    return {"steps": [{"run": [init]}, {"run": [train]}, {"fetch": tf.global_variables()}], "finish": finish}


def partitioned():
    v = tf.get_variable("v", [5, 2], partitioner=tf.fixed_size_partitioner(3),
                        initializer=tf.random_uniform_initializer(seed=7))
    saver = tf.train.Saver()
    init = tf.global_variables_initializer()
    whole = tf.convert_to_tensor(v)

    def finish(session):
        saver.save(session, "model.ckpt")

    return {"steps": [{"run": [init]}, {"fetch": [whole] + list(v)}], "finish": finish}


def on_devices(**options):
    """Variables of two devices."""
    def build():
        with tf.device("/job:ps/task:0"):
            a = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="a")
        b = tf.Variable(5, name="b")
        with tf.device("/device:CPU:0"):
            c = tf.Variable([1.5], name="c")
        saver = tf.train.Saver([b, a, c], **options)
        return {"steps": [], "facts": {"saver_def": saver.as_saver_def().SerializeToString().hex()}}
    return build


VARIANTS = {
    "default": case(lambda *_: tf.train.Saver()),
    "named": case(lambda a, *_: tf.train.Saver({"weights": a})),
    "list": case(lambda a, b, *_: tf.train.Saver([b, a])),
    "sharded": case(lambda *_: tf.train.Saver(sharded=True)),
    "keep_two": case(lambda *_: tf.train.Saver(max_to_keep=2, name="keeper", keep_checkpoint_every_n_hours=1.0)),
    "reshape": case(lambda *_: tf.train.Saver(reshape=True)),
    "sequential": case(lambda *_: tf.train.Saver(restore_sequentially=True)),
    "two": two_savers,
    "with_slots": with_slots,
    "partitioned": partitioned,
    "version1": case(lambda *_: tf.train.Saver(write_version=tf.train.SaverDef.V1)),
    "version1_sharded": on_devices(write_version=tf.train.SaverDef.V1, sharded=True),
    "devices": on_devices(sharded=True, restore_sequentially=True, filename="elsewhere", max_to_keep=None),
}
