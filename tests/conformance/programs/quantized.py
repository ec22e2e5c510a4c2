"""Numbers as steps of a range, and back; the gradient of the way and back."""
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


VARIANTS = {"steps": steps, "and_back": and_back}
