"""Patches of images and volumes, edges, similarity, pooling by fractions, rounding as if quantized."""
import tensorflow as tf

import numpy as np


def numbers(shape, seed, dtype=np.float32):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(dtype)


def patches():
    x = tf.constant(numbers([2, 5, 6, 2], 1), name="x")
    free = tf.placeholder_with_default(numbers([2, 4, 5, 3], 2), [None, 4, None, 3], name="free")
    volume = tf.constant(numbers([2, 4, 3, 5, 2], 3), name="volume")
    fetches = [tf.image.extract_patches(x, [1, 2, 3, 1], [1, 2, 1, 1], [1, 1, 2, 1], "VALID"),
               tf.image.extract_image_patches(free, [1, 3, 3, 1], [1, 2, 2, 1], [1, 1, 1, 1], "SAME", name="named"),
               tf.extract_image_patches(x, sizes=[1, 2, 2, 1], strides=[1, 1, 1, 1], rates=[1, 2, 2, 1], padding="SAME"),
               tf.extract_volume_patches(volume, [1, 2, 2, 3, 1], [1, 2, 1, 1, 1], "VALID"),
               tf.extract_volume_patches(volume, [1, 3, 1, 2, 1], [1, 1, 2, 2, 1], "SAME")]
    for y, source in zip(fetches, (x, free, x, volume, volume)):
        fetches = fetches + tf.gradients(y ** 2, source)
    return {"steps": [{"fetch": fetches}]}


def edges():
    x = tf.constant(numbers([2, 4, 5, 3], 4), name="x")
    free = tf.placeholder_with_default(numbers([1, 3, 4, 1], 5), [None, None, None, 1], name="free")
    fetches = [tf.image.sobel_edges(x), tf.image.sobel_edges(free)]
    return {"steps": [{"fetch": fetches + tf.gradients(fetches[0], x)}],
            "facts": {"shapes": str([f.shape.as_list() for f in fetches])}}


def similarity():
    x = tf.constant(np.abs(numbers([2, 16, 16, 3], 6)), name="x")
    y = tf.placeholder_with_default(np.abs(numbers([2, 16, 16, 3], 7)), [None, None, None, 3], name="y")
    bytes_ = tf.constant((255 * np.abs(numbers([13, 14, 1], 8))).astype(np.uint8), name="bytes")
    fetches = [tf.image.ssim(x, y, 1.0), tf.image.ssim(x, x, 2.0, filter_size=5, filter_sigma=1.0, k1=0.02, k2=0.05),
               tf.image.ssim(bytes_, bytes_ // 2, 255)]
    return {"steps": [{"fetch": fetches + tf.gradients(fetches[0], x)}]}


def similarity_of_scales():
    x = tf.constant(np.abs(numbers([1, 23, 22, 2], 9)), name="x")
    y = tf.constant(np.abs(numbers([1, 23, 22, 2], 9)) * 0.8 + 0.1, name="y")
    return {"steps": [{"fetch": [tf.image.ssim_multiscale(x, y, 1.0, power_factors=(0.4, 0.6)),
                                 tf.image.ssim_multiscale(x, y, 1.0, filter_size=1)]}]}


def fractions():
    x = tf.constant(numbers([2, 7, 9, 2], 10), name="x")
    max_pool, mean_pool = tf.nn.fractional_max_pool, tf.nn.fractional_avg_pool
    fetches = []
    for pool in (max_pool, mean_pool):
        for overlapping in (False, True):
            for pseudo_random in (False, True):
                y = pool(x, [1, 1.5, 1.7, 1], pseudo_random, overlapping, True, seed=3, seed2=5)
                fetches += list(y) + tf.gradients(y[0] ** 2, x)
    fetches += list(max_pool(x, [1.0, 7.0, 3.0, 1.0], name="named"))
    return {"steps": [{"fetch": fetches}, {"fetch": fetches}]}


def as_if_quantized():
    x = tf.constant(numbers([3, 4], 11) * 8, name="x")
    low, high = tf.constant(-3.1, name="low"), tf.constant(4.2, name="high")
    lows, highs = tf.constant([-1.0, -2.0, 0.5, -7.0]), tf.constant([1.0, 0.5, 3.0, 7.0])
    fetches = [tf.fake_quant_with_min_max_args(x), tf.quantization.fake_quant_with_min_max_args(x, -2, 3, 4, True, "named"),
               tf.fake_quant_with_min_max_vars(x, low, high), tf.fake_quant_with_min_max_vars(x, low, high, 3, True),
               tf.fake_quant_with_min_max_vars_per_channel(x, lows, highs, num_bits=5)]
    fetches += tf.gradients(fetches[1], x) + tf.gradients(fetches[2] ** 2, [x, low, high])
    fetches += tf.gradients(fetches[4] ** 2, [x, lows, highs])
    return {"steps": [{"fetch": fetches}]}


VARIANTS = {"patches": patches, "edges": edges, "similarity": similarity, "similarity_of_scales": similarity_of_scales,
            "fractions": fractions, "as_if_quantized": as_if_quantized}
