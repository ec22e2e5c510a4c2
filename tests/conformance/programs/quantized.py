"""Numbers as steps of a range, and back; the gradient of the way and back; layers that compute with steps."""
import tensorflow as tf

import numpy as np


def steps():
    x = tf.constant(np.random.RandomState(1).uniform(-8, 8, [3, 5]).astype(np.float32), name="x")
    fetches = []
    for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
        for dtype in (tf.qint8, tf.quint8):
            q = tf.quantize(x, -5.0, 6.5, dtype, mode)
            fetches += [tf.dequantize(q.output, q.output_min, q.output_max, mode), q[1], q[2]]
    q = tf.quantize_v2(x, -5.0, 6.5, tf.qint16, "SCALED", "named", "HALF_TO_EVEN")
    fetches += [tf.quantization.dequantize(q[0], q[1], q[2], mode="SCALED", name="back")]
    return {"steps": [{"fetch": fetches}], "facts": {"shapes": str([f.shape.as_list() for f in fetches])}}


def and_back():
    x = tf.constant(np.random.RandomState(2).uniform(-8, 8, [3, 5]).astype(np.float32), name="x")
    low, high = tf.constant(-3.1, name="low"), tf.constant(4.2, name="high")
    both = tf.quantization.quantize_and_dequantize
    fetches = [both(x, low, high), both(x, low, high, range_given=True, round_mode="HALF_UP", num_bits=5, name="named"),
               both(x, low, high, False, 4, True, narrow_range=True)]
    gradients = tf.gradients([fetches[1] ** 2, fetches[0]], [x, low, high])
    return {"steps": [{"fetch": fetches + gradients[:1]}], "facts": {"limits": gradients[1:]}}


def dense():
    """A dense layer with a ReLU that computes with steps, as a graph that was quantized holds it."""
    raw, random = tf.raw_ops, np.random.RandomState(3)
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    w = tf.quantize(tf.constant(random.uniform(-1, 2, [4, 3]).astype(np.float32), name="w"), -1.0, 2.0, tf.quint8)
    b = tf.quantize(tf.constant(random.uniform(-1, 1, [3]).astype(np.float32), name="b"), -1.0, 1.0, tf.quint8)
    q = tf.quantize(x, -3.0, 3.0, tf.quint8, "MIN_FIRST")
    sums = raw.QuantizedMatMul(a=q[0], b=w[0], min_a=q[1], max_a=q[2], min_b=w[1], max_b=w[2], name="product")
    used = raw.RequantizationRange(input=sums[0], input_min=sums[1], input_max=sums[2])
    small = raw.Requantize(input=sums[0], input_min=sums[1], input_max=sums[2], requested_output_min=used[0],
                           requested_output_max=used[1], out_type=tf.quint8)
    shrunk = raw.QuantizeDownAndShrinkRange(input=sums[0], input_min=sums[1], input_max=sums[2], out_type=tf.quint8)
    biased = raw.QuantizedBiasAdd(input=small[0], bias=b[0], min_input=small[1], max_input=small[2], min_bias=b[1],
                                  max_bias=b[2], out_type=tf.qint32)
    active = raw.QuantizedRelu(features=biased[0], min_features=biased[1], max_features=biased[2], out_type=tf.qint32)
    flat = raw.QuantizedReshape(tensor=active[0], shape=[-1], input_min=active[1], input_max=active[2])
    six = raw.QuantizedRelu6(features=shrunk[0], min_features=shrunk[1], max_features=shrunk[2])
    fetches = list(used) + [tf.dequantize(*t, mode="MIN_FIRST") for t in (shrunk, biased, flat, six)]
    fed = {"x:0": random.uniform(-3, 3, [5, 4]).astype(np.float32)}
    return {"steps": [{"fetch": fetches, "feed": fed}],
            "facts": {"shapes": str([t.shape.as_list() for t in (sums[0], *used)]), "names": str([
                sums._fields, used._fields, small._fields, biased._fields, active._fields, flat._fields])}}


def windows():
    random = np.random.RandomState(4)
    x = tf.constant(random.uniform(-1, 2, [2, 5, 4, 3]).astype(np.float32), name="x")
    w = tf.constant(random.uniform(-1, 1, [3, 2, 3, 2]).astype(np.float32), name="w")
    x, w = tf.quantize(x, -1.0, 2.0, tf.quint8), tf.quantize(w, -1.0, 1.0, tf.quint8)
    same = tf.nn.quantized_conv2d(x[0], w[0], x[1], x[2], w[1], w[2], [1, 2, 2, 1], "SAME")
    valid = tf.nn.quantized_conv2d(x.output, w.output, x[1], x[2], w[1], w[2], strides=[1, 1, 1, 1], padding="VALID",
                                   out_type=tf.qint32, dilations=[1, 1, 1, 1], name="valid")
    most = tf.nn.quantized_max_pool(x[0], x[1], x[2], [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    mean = tf.nn.quantized_avg_pool(x[0], x[1], x[2], ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME", name="mean")
    joined = tf.quantization.quantized_concat(3, [most[0], mean[0], x[0][:, 1:4, :2]], [-1.0, -2.0, 0.0], [2.0, 1.0, 5.0])
    again = tf.quantized_concat(0, [most[0], mean[0]], [most[1], mean[1]], [most[2], mean[2]], name="again")
    results = (same, valid, most, mean, joined, again)
    return {"steps": [{"fetch": [part for q in results for part in (tf.dequantize(*q), q[1], q[2])]}],
            "facts": {"shapes": str([[t.shape.as_list() for t in q] for q in results]), "fields": str([q._fields for q in results])}}


def pairs():
    """The ops of steps that have no function of their own in TensorFlow's Python."""
    raw, random = tf.raw_ops, np.random.RandomState(5)

    def steps(name, *shape):
        return tf.quantize(tf.constant(random.uniform(-1, 2, shape).astype(np.float32), name=name), -1.0, 2.0, tf.quint8)

    x, y, vector = steps("x", 2, 3, 4, 2), steps("y", 2, 3, 4, 2), [steps("v%d" % i, 2) for i in range(4)]
    added = raw.QuantizedAdd(x=x[0], y=vector[0][0], min_x=x[1], max_x=x[2], min_y=vector[0][1], max_y=vector[0][2])
    product = raw.QuantizedMul(x=x[0], y=y[0], min_x=x[1], max_x=x[2], min_y=y[1], max_y=y[2], name="product")
    resized = raw.QuantizedResizeBilinear(images=x[0], size=[5, 6], min=x[1], max=x[2], half_pixel_centers=True)
    normed = raw.QuantizedInstanceNorm(x=x[0], x_min=x[1], x_max=x[2], output_range_given=True, given_y_min=-2.5, given_y_max=3.0)
    limits = {name + end: q[i] for name, q in zip(("m", "v", "beta", "gamma"), vector) for end, i in (("", 0), ("_min", 1), ("_max", 2))}
    batch = raw.QuantizedBatchNormWithGlobalNormalization(t=x[0], t_min=x[1], t_max=x[2], out_type=tf.qint32, variance_epsilon=1.5,
                                                          scale_after_normalization=True, name="batch", **limits)
    results = (added, product, resized, normed, batch)
    return {"steps": [{"fetch": [tf.dequantize(*q, mode="MIN_FIRST") for q in results]}],
            "facts": {"shapes": str([[t.shape.as_list() for t in q] for q in results]), "fields": str([q._fields for q in results])}}


def values():
    """What Python gets of steps, and what it may give."""
    facts = {}
    for dtype in (tf.qint8, tf.quint8, tf.qint16, tf.quint16, tf.qint32):
        facts[dtype.name] = values_of(dtype)
    return {"steps": [], "facts": facts}


def values_of(dtype):
    base = dtype.as_numpy_dtype[0]
    own = np.array([1, 2], base).astype(dtype.as_numpy_dtype)
    told = []
    with tf.Graph().as_default(), tf.Session() as session:
        place = tf.placeholder(dtype, None)
        called = tf.py_func(lambda x: np.int64(x.dtype.itemsize * 1000 + x.sum()), [place], tf.int64)
        fetches = [tf.quantize([1.0, 2.0], -5.0, 5.0, dtype).output, tf.quantize(1.0, -5.0, 5.0, dtype)[0], tf.identity(place),
                   tf.constant(own), tf.constant(np.array([3, 4], base), dtype), tf.constant([(5,), (6,)], dtype),
                   tf.cast(place, tf.float32), called,
                   tf.cast(tf.cast(place, tf.int32), dtype), place]
        if dtype.size != 2:  # TensorFlow cannot make constants of one number of these
            fetches += [tf.constant((7,), dtype), tf.constant([(1,)], dtype, shape=[3])]
        for value in session.run(fetches, {place: own}) + [session.run(tf.identity(place), {place: [1, 2]})]:
            told.append("%s %s %s" % (type(value).__name__, value.dtype, value.tolist()))
        told.append(str(tf.make_ndarray(tf.make_tensor_proto(own)).dtype))
    for mistake in (lambda: tf.constant([1, 2], dtype), lambda: tf.constant(1, dtype), lambda: tf.constant([(1.5,)], dtype),
                    lambda: tf.constant([True], dtype), lambda: dtype.min, lambda: dtype.max):
        try:
            mistake()
        except TypeError as error:
            told.append(str(error))
    return "; ".join(told)


def relu_x():
    """TensorFlow builds it, and has no kernel for it."""
    q = tf.quantize(tf.constant([1.0, 2.0, 3.0], name="x"), -5.0, 5.0, tf.quint8)
    cut = tf.nn.quantized_relu_x(q.output, 2.5, q.output_min, q.output_max, name="cut")
    return {"steps": [], "facts": {"fields": str(cut._fields), "shapes": str([t.shape.as_list() for t in cut])}}


VARIANTS = {"steps": steps, "and_back": and_back, "dense": dense, "pairs": pairs, "values": values, "windows": windows, "relu_x": relu_x}
