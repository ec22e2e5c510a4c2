"""Gradients of ops on images: what they build, and their values."""

import tensorflow as tf

import numpy as np


def pixels(*shape):
    return np.random.RandomState(7).uniform(0, 1, shape).astype(np.float32)


def of_op(shape, op, **attrs):
    """The op on images [1, 4, 5, 2], and its gradient with weights."""
    images = tf.placeholder(tf.float32, shape, name="images")
    resized = op(images=images, size=[7, 3], **attrs)
    weights = tf.constant(pixels(1, 7, 3, 2) * 2 - 1)
    gradient, = tf.gradients(resized, [images], grad_ys=[weights])
    return {"steps": [{"fetch": [resized, gradient], "feed": {images: pixels(1, 4, 5, 2)}}],
            "facts": {"resized": resized, "gradient": gradient}}


def bilinear():
    return of_op((1, 4, 5, 2), tf.raw_ops.ResizeBilinear)


def bilinear_aligned():
    return of_op((None, None, 5, 2), tf.raw_ops.ResizeBilinear, align_corners=True)


def bilinear_half_pixels():
    return of_op(None, tf.raw_ops.ResizeBilinear, half_pixel_centers=True)


def nearest():
    return of_op((1, 4, 5, 2), tf.raw_ops.ResizeNearestNeighbor)


def nearest_of_unknown_size():
    return of_op((None, None, 5, 2), tf.raw_ops.ResizeNearestNeighbor, align_corners=True)


def nearest_of_unknown_rank():
    return of_op(None, tf.raw_ops.ResizeNearestNeighbor, half_pixel_centers=True)


def bicubic():
    return of_op((1, 4, 5, 2), tf.raw_ops.ResizeBicubic)


def bicubic_half_pixels():
    return of_op(None, tf.raw_ops.ResizeBicubic, half_pixel_centers=True)


def of_other_types():
    """Images of integers have no gradient; halves and doubles have one of their type."""
    gradients = []
    for dtype in (tf.int32, tf.half, tf.double):
        images = tf.placeholder(dtype, (1, 4, 5, 2))
        for op in (tf.raw_ops.ResizeBicubic, tf.raw_ops.ResizeBilinear):
            if dtype is tf.int32 and op is tf.raw_ops.ResizeBilinear:
                continue
            gradients.append(tf.gradients(op(images=images, size=[7, 3]), [images])[0])
    return {"steps": [], "facts": {"gradients": gradients}}


def area():
    images = tf.placeholder(tf.float32, (1, 4, 5, 2), name="images")
    resized = tf.raw_ops.ResizeArea(images=images, size=[2, 3])
    try:
        tf.gradients(resized, [images])
        answer = "none"
    except LookupError:
        answer = "LookupError"
    return {"steps": [{"fetch": [resized], "feed": {images: pixels(1, 4, 5, 2)}}], "facts": {"answer": answer}}


def crops(shape, dtype, method):
    images, boxes = tf.placeholder(dtype, shape, name="images"), tf.placeholder(tf.float32, (None, 4), name="boxes")
    cropped = tf.raw_ops.CropAndResize(image=images, boxes=boxes, box_ind=[1, 0, 1], crop_size=[3, 4], method=method)
    gradients = tf.gradients(cropped, [images, boxes])
    feed = {images: (pixels(2, 6, 5, 2) * 9).astype(dtype.as_numpy_dtype),
            boxes: [[0.1, 0.2, 0.7, 0.9], [0.8, 1.2, 0.1, -0.3], [0, 0, 1, 1]]}
    return {"steps": [{"fetch": [cropped] + [g for g in gradients if g is not None], "feed": feed}],
            "facts": {"gradients": gradients}}


def crops_bilinear():
    return crops((2, 6, 5, 2), tf.float32, "bilinear")


def crops_nearest():
    return crops((None, 6, 5, 2), tf.float32, "nearest")


def crops_of_bytes():
    return crops((2, 6, 5, 2), tf.uint8, "bilinear")


def crops_of_unknown_rank():
    return crops(None, tf.double, "bilinear")


def hue_and_saturation():
    images = tf.placeholder(tf.float32, (None, 3), name="images")
    converted = tf.raw_ops.RGBToHSV(images=images)
    weights = tf.constant(pixels(9, 3) * 2 - 1)
    gradient, = tf.gradients(converted, [images], grad_ys=[weights])
    values = pixels(9, 3)
    values[6:] = [[0.5, 0.5, 0.2], [0.1, 0.4, 0.4], [0.7, 0.7, 0.7]]
    return {"steps": [{"fetch": [converted, gradient], "feed": {images: values}}]}


def without():
    """Ops whose gradient is none, and those that have no gradient function."""
    answers = {}
    images = tf.placeholder(tf.float32, (1, 4, 5, 3), name="images")
    box = tf.constant([[[0.1, 0.1, 0.5, 0.5]]])
    for name, result in (
            ("HSVToRGB", tf.raw_ops.HSVToRGB(images=images)), ("AdjustHue", tf.raw_ops.AdjustHue(images=images, delta=0.1)),
            ("AdjustSaturation", tf.raw_ops.AdjustSaturation(images=images, scale=0.1)),
            ("AdjustContrastv2", tf.raw_ops.AdjustContrastv2(images=images, contrast_factor=0.1)),
            ("DrawBoundingBoxes", tf.raw_ops.DrawBoundingBoxes(images=images, boxes=box)),
            ("DrawBoundingBoxesV2", tf.raw_ops.DrawBoundingBoxesV2(images=images, boxes=box, colors=[[1.0, 0.0, 0.0]])),
            ("ExtractGlimpse", tf.raw_ops.ExtractGlimpse(input=images, size=[2, 2], offsets=[[0.0, 0.0]]))):
        try:
            answers[name] = tf.gradients(result, [images])
        except LookupError:
            answers[name] = "LookupError"
    return {"steps": [], "facts": answers}


VARIANTS = {function.__name__: function for function in (
    bilinear, bilinear_aligned, bilinear_half_pixels, nearest, nearest_of_unknown_size, nearest_of_unknown_rank, bicubic,
    bicubic_half_pixels, of_other_types, area, crops_bilinear, crops_nearest, crops_of_bytes, crops_of_unknown_rank,
    hue_and_saturation, without)}
