import tensorflow as tf

import numpy as np

PICTURES = np.random.RandomState(3).uniform(-2, 3, (4, 3, 2, 5)).astype(np.float32)
SCALE = np.array([1.0, 0.5, -2.0, 3.0, 0.1], np.float32)
OFFSET = np.array([0.0, 1.0, -1.0, 0.5, 2.0], np.float32)
MEAN = np.array([0.3, -0.2, 1.5, 0.0, 0.7], np.float32)
VARIANCE = np.array([1.2, 0.4, 2.0, 0.9, 3.0], np.float32)


def inputs(dtype=tf.float32):
    return (tf.constant(PICTURES, dtype, name="x"), tf.constant(SCALE, name="scale"), tf.constant(OFFSET, name="offset"))


def training():
    """By the batch's own statistics, and the gradients of all that depends on them."""
    x, scale, offset = inputs()
    y, mean, variance = tf.nn.fused_batch_norm(x, scale, offset)
    weights = tf.constant(PICTURES[::-1] ** 2, name="weights")
    gradients = tf.gradients(y * weights, [x, scale, offset])
    named = tf.nn.fused_batch_norm(x, scale, offset, epsilon=1e-7, name="tiny")
    one_by_one = tf.nn.fused_batch_norm([[[[1.0, 2.0]]]], [1.0, 1.0], [3.0, 4.0], epsilon=0.1)
    return {"steps": [{"fetch": [y, mean, variance] + gradients + list(named) + list(one_by_one)}],
            "facts": {"shapes": [str(t.shape) for t in named + one_by_one]}}


def inference():
    x, scale, offset = inputs()
    y, _, _ = tf.nn.fused_batch_norm(x, scale, offset, MEAN, VARIANCE, is_training=False, name="infer")
    gradients = tf.gradients(y * y, [x, scale, offset, ])
    short = tf.nn.fused_batch_norm(tf.cast(x, tf.float16), scale, offset, mean=MEAN, variance=VARIANCE, epsilon=0.01,
                                   is_training=False)[0]
    return {"steps": [{"fetch": [y, short] + gradients}]}


def halves():
    x, scale, offset = inputs(tf.float16)
    y, mean, variance = tf.nn.fused_batch_norm(x, scale, offset)
    return {"steps": [{"fetch": [y, mean, variance] + tf.gradients(tf.square(y), [x, scale, offset])}]}


def second_order():
    """Values only: the nodes are TensorFlow's own, made by an eager tape inside the graph."""
    pictures = {"NHWC": PICTURES, "NCHW": PICTURES.transpose(0, 3, 1, 2)}
    facts = {}
    for data_format, is_training in (("NHWC", True), ("NHWC", False), ("NCHW", True)):
        with tf.Graph().as_default(), tf.Session() as session:
            _, scale, offset = inputs()
            x = tf.constant(pictures[data_format])
            given = {} if is_training else {"mean": MEAN, "variance": VARIANCE}
            y, _, _ = tf.nn.fused_batch_norm(x, scale, offset, data_format=data_format, is_training=is_training,
                                             **given)
            angles = np.arange(PICTURES.size, dtype=np.float32).reshape(x.shape.as_list())
            slopes = tf.constant(np.cos(angles))
            first = tf.gradients(y, [x, scale, offset], grad_ys=[slopes])
            vectors = first[1] * [1.0, 2.0, 3.0, 4.0, 5.0] + 0.5 * first[2]
            second = tf.gradients(first[0] * tf.constant(np.sin(angles * 1.7)) + tf.reduce_sum(vectors), [slopes, x, scale])
            values = session.run([tf.reduce_mean(g * tf.cast(tf.range(tf.size(g)) % 7, tf.float32))
                                  for g in (tf.reshape(g, [-1]) for g in second)])
            facts["%s %s" % (data_format, is_training)] = ["%.4f" % value for value in values]
    return {"steps": [], "facts": facts}


def channels_first():
    """Graphs only: the CPU's kernels want the channels last."""
    x = tf.placeholder(tf.float32, [None, 5, 3, 2], name="x")
    _, scale, offset = inputs()
    y, _, variance = tf.nn.fused_batch_norm(x, scale, offset, data_format="NCHW")
    tf.gradients(y * y, [x, scale, offset])
    z, _, _ = tf.nn.fused_batch_norm(x, scale, offset, MEAN, VARIANCE, data_format="NCHW", is_training=False)
    tf.gradients(z * z, [x, scale, offset])
    return {"steps": [], "facts": {"shapes": [str(t.shape) for t in (y, variance, z)]}}


def older_ops():
    """FusedBatchNorm and FusedBatchNormV2, which imported graphs have."""
    x, scale, offset = inputs()
    fetches = []
    for op in (tf.raw_ops.FusedBatchNorm, tf.raw_ops.FusedBatchNormV2):
        y = op(x=x, scale=scale, offset=offset, mean=[], variance=[], epsilon=0.01)
        fetches += [y.y, y.batch_variance] + tf.gradients(y.y ** 3, [x, scale, offset])
        y = op(x=x, scale=scale, offset=offset, mean=MEAN, variance=VARIANCE, is_training=False)
        fetches += [y.y] + tf.gradients(y.y ** 3, [x, scale, offset])
    return {"steps": [{"fetch": fetches}]}


def statistics():
    """What tf.nn offers to normalise by hand."""
    x = tf.constant(PICTURES, name="x")
    mean, variance = tf.nn.moments(x, [0, 1, 2])
    kept = tf.nn.moments(x, [0], keep_dims=True, name="kept")
    weighted = tf.nn.weighted_moments(x, [0, 1, 2], tf.reshape(tf.constant([1.0, 2.0, 0.5, 0.0]), [4, 1, 1, 1]))
    heavy = tf.nn.weighted_moments(x, [0], 2.0, keep_dims=True)
    count, sums, squares, shift = tf.nn.sufficient_statistics(x, [0, 1, 2])
    shifted = tf.nn.sufficient_statistics(x, [0, 2], shift=0.5, keep_dims=True, name="shifted")
    back = tf.nn.normalize_moments(count, sums, squares, shift)
    moved = tf.nn.normalize_moments(shifted[0], shifted[1], shifted[2], shifted[3], name="moved")
    unknown = tf.placeholder(tf.float32, [None, 5], name="unknown")
    open_ended = tf.nn.sufficient_statistics(unknown, [0])
    rows = tf.nn.moments(unknown, [0])
    plain = tf.nn.batch_normalization(x, mean, variance, OFFSET, SCALE, 1e-3)
    centred = tf.nn.batch_normalization(x, mean, variance, None, None, 1e-3, name="centred")
    scaled = tf.nn.batch_normalization(x, mean, variance, None, tf.constant(SCALE), 1e-3)
    older = tf.nn.batch_norm_with_global_normalization(x, mean, variance, OFFSET, SCALE, 1e-3, True)
    unscaled = tf.nn.batch_norm_with_global_normalization(x, mean, variance, OFFSET, SCALE, 1e-3, False, name="older")
    fetches = [mean, variance, kept, weighted, heavy, count, sums, squares, shifted, back, moved, open_ended[:3], rows,
               plain, centred, scaled, older, unscaled, tf.gradients(plain ** 2, [x]), tf.gradients(weighted, [x])]
    flat = [tensor for item in fetches for tensor in (item if isinstance(item, (list, tuple)) else [item])]
    return {"steps": [{"fetch": flat, "feed": {unknown: PICTURES.reshape(-1, 5)}}],
            "facts": {"shift": shift, "shapes": [str(t.shape) for t in flat]}}


VARIANTS = {
    "training": training,
    "inference": inference,
    "halves": halves,
    "second_order": second_order,
    "channels_first": channels_first,
    "older_ops": older_ops,
    "statistics": statistics,
}
