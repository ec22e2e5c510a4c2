"""Colors, places and numbers of images."""

import tensorflow as tf

import numpy as np


def pixels(shape, dtype):
    random = np.random.RandomState(4)
    if np.issubdtype(dtype, np.integer):
        return random.randint(0, np.iinfo(dtype).max, shape).astype(dtype)
    return random.uniform(0, 1, shape).astype(dtype)


def of(functions, shape=(4, 5, 3), dtype=tf.float32, known="shape", runs=1):
    """Functions of one image or batch."""
    def build():
        tf.set_random_seed(11)
        images = tf.placeholder(dtype, shape if known == "shape" else known, name="images")
        results = [function(images) for function in functions]
        step = {"fetch": results, "feed": {images: pixels(shape, dtype.as_numpy_dtype)}}
        return {"steps": [step] * runs, "facts": {"results": results}}
    return build


BATCH = (2, 4, 5, 3)
ADJUSTMENTS = (lambda x: tf.image.adjust_brightness(x, 0.1), lambda x: tf.image.adjust_contrast(x, 1.7),
               lambda x: tf.image.adjust_gamma(x, 0.7, 1.2), lambda x: tf.image.adjust_hue(x, 0.2),
               lambda x: tf.image.adjust_saturation(x, 1.5, name="sat"), lambda x: tf.image.adjust_gamma(x))
RANDOM = (lambda x: tf.image.random_brightness(x, 0.2), lambda x: tf.image.random_contrast(x, 0.5, 1.5, seed=3),
          lambda x: tf.image.random_hue(x, 0.1), lambda x: tf.image.random_saturation(x, 0.5, 1.5))
GRAY = (tf.image.rgb_to_grayscale, lambda x: tf.image.rgb_to_grayscale(x, "gray"))
TELEVISION = (tf.image.rgb_to_yiq, tf.image.yiq_to_rgb, tf.image.rgb_to_yuv, tf.image.yuv_to_rgb)
FLIPS = (tf.image.flip_left_right, tf.image.flip_up_down, tf.image.transpose_image,
         lambda x: tf.image.transpose_image(x, name="turned"))
CHANCE = (lambda x: tf.image.random_flip_left_right(x, seed=1), tf.image.random_flip_up_down)
TURNS = (tf.image.rot90, lambda x: tf.image.rot90(x, 3, name="turn"))
DTYPES = (tf.uint8, tf.int8, tf.int16, tf.uint16, tf.int32, tf.int64, tf.half, tf.float32, tf.float64)


def conversions(saturate):
    def build():
        results, feed = [], {}
        for source in DTYPES:
            images = tf.placeholder(source, (5,), name=source.name)
            feed[images] = pixels((5,), source.as_numpy_dtype)
            for target in DTYPES:
                if saturate and source not in (tf.int32, tf.half, tf.float32, tf.float64):
                    continue
                results.append(tf.image.convert_image_dtype(images, target, saturate))
        return {"steps": [{"fetch": results, "feed": feed}], "facts": {"results": results}}
    return build


def fed_amounts():
    images = tf.placeholder(tf.float32, (4, 5, 3), name="images")
    amount, turns = tf.placeholder(tf.float32, (), name="amount"), tf.placeholder(tf.int32, (), name="turns")
    results = [tf.image.adjust_gamma(images, amount, amount), tf.image.adjust_hue(images, amount),
               tf.image.adjust_brightness(images, amount), tf.image.adjust_contrast(images, amount),
               tf.image.rot90(images, turns)]
    feed = {images: pixels((4, 5, 3), np.float32), amount: 0.3, turns: 5}
    return {"steps": [{"fetch": results, "feed": feed}], "facts": {"results": results}}


def comparing():
    a, b = tf.placeholder(tf.float32, BATCH, name="a"), tf.placeholder(tf.float32, BATCH, name="b")
    c, d = tf.placeholder(tf.uint8, (None, None, 3), name="c"), tf.placeholder(tf.uint8, (None, None, 3), name="d")
    results = [tf.image.psnr(a, b, 1.0), tf.image.psnr(c, d, 255, name="of_bytes")]
    feed = {a: pixels(BATCH, np.float32), b: pixels(BATCH, np.float32)[::-1], c: pixels((4, 5, 3), np.uint8),
            d: pixels((4, 5, 3), np.uint8)[::-1]}
    return {"steps": [{"fetch": results, "feed": feed}], "facts": {"results": results}}


def gray_to_color():
    known = [tf.placeholder(tf.float32, shape, name="x%d" % i) for i, shape in enumerate(
        ((4, 5, 1), (None, 5, 1), (2, 4, 5, 1), (2, 4, None, None)))]
    results = [tf.image.grayscale_to_rgb(x) for x in known]
    sizes = ((4, 5, 1), (4, 5, 1), (2, 4, 5, 1), (2, 4, 5, 1))
    feed = {x: pixels(shape, np.float32) for x, shape in zip(known, sizes)}
    return {"steps": [{"fetch": results, "feed": feed}], "facts": {"results": results}}


def differences():
    x, fed = tf.placeholder(tf.float32, BATCH, name="x"), tf.placeholder(tf.float32, (2, 4, 5, 3), name="fed")
    results = list(tf.image.image_gradients(x)) + [tf.image.total_variation(x), tf.image.total_variation(x[0], name="tv")]
    return {"steps": [{"fetch": results, "feed": {x: pixels(BATCH, np.float32)}}], "facts": {"results": results}}


def spaces():
    x = tf.placeholder(tf.float64, (None, 3), name="x")
    results = [tf.image.rgb_to_hsv(x), tf.image.hsv_to_rgb(x, name="back")]
    return {"steps": [{"fetch": results, "feed": {x: pixels((9, 3), np.float64)}}], "facts": {"results": results}}


STANDARD = (tf.image.per_image_standardization,)
VARIANTS = {
    "adjustments": of(ADJUSTMENTS), "adjustments_of_bytes": of(ADJUSTMENTS, dtype=tf.uint8),
    "adjustments_of_batch": of(ADJUSTMENTS, BATCH, known=(None, None, None, 3)),
    "random": of(RANDOM, runs=2), "random_of_bytes": of(RANDOM, dtype=tf.uint8, runs=2),
    "gray": of(GRAY), "gray_of_bytes": of(GRAY, BATCH, tf.uint8), "gray_unknown": of(GRAY, known=(None, None, 3)),
    "television": of(TELEVISION), "television_of_batch": of(TELEVISION, BATCH, tf.float64, (None, None, None, 3)),
    "flips": of(FLIPS), "flips_of_batch": of(FLIPS, BATCH), "flips_unknown_sizes": of(FLIPS, known=(None, None, 3)),
    "flips_unknown_rank": of(FLIPS, known=None), "chance": of(CHANCE, runs=3), "chance_of_batch": of(CHANCE, BATCH, runs=3),
    "chance_unknown_rank": of(CHANCE, known=None, runs=2), "chance_unknown_sizes": of(CHANCE, BATCH, tf.uint8, (None, None, None, 3)),
    "turns": of(TURNS), "turns_of_batch": of(TURNS, BATCH), "turns_unknown": of(TURNS, known=(None, 5, 3)),
    "standard": of(STANDARD), "standard_of_bytes": of(STANDARD, BATCH, tf.uint8), "standard_unknown": of(STANDARD, known=None),
    "conversions": conversions(False), "conversions_saturated": conversions(True), "fed_amounts": fed_amounts,
    "comparing": comparing, "gray_to_color": gray_to_color, "differences": differences, "spaces": spaces,
}
