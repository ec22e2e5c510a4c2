import tensorflow as tf


def build():
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    mean = tf.reduce_mean(x, name="mean")
    one = tf.summary.scalar("mean value", mean)
    with tf.name_scope("layer"):
        two = tf.summary.scalar("loss", mean)
        three = tf.summary.histogram("activations", x)
        tf.summary.scalar("kept_apart", mean, collections=["mine"])
        five = tf.summary.scalar("shared", mean, family="family")
    six = tf.summary.scalar("layer/loss", tf.cast(mean, tf.float64))
    seven = tf.summary.histogram("double", tf.cast(x, tf.float64))
    eight = tf.summary.histogram("int", tf.cast(x, tf.int32))
    nine = tf.summary.text("text", tf.constant(["a", "b"]))
    ten = tf.summary.tensor_summary("tensor", x)
    merged = tf.summary.merge([one, two], name="some")
    everything = tf.summary.merge_all()
    mine = tf.summary.merge_all("mine")
    none = tf.summary.merge_all("unknown")
    feed = {x: [[1.0, -2.0, 3.5], [0.0, 1e-13, -1e20]]}
    fetches = [one, two, three, five, six, seven, nine, ten, merged, everything, mine]
    return {"steps": [{"fetch": fetches, "feed": feed},
                      {"fetch": [eight], "feed": {x: [[1.0, -2.0, 3.5]]}},
                      {"fetch": [three], "feed": {x: [[0.0, 0.0, 0.0]]}}],
            "facts": {"merge_all of nothing": str(none)}}
