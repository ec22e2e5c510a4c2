"""Boxes in images, and files of images."""

import tensorflow as tf

import os

import numpy as np


def boxes_of(count):
    corners = np.random.RandomState(5).uniform(0, 0.6, (count, 2))
    return np.concatenate([corners, corners + np.random.RandomState(6).uniform(0.1, 0.4, (count, 2))], 1)


def suppression():
    boxes, scores = tf.placeholder(tf.float32, (None, 4), name="boxes"), tf.placeholder(tf.float32, (None,), name="scores")
    results = [tf.image.non_max_suppression(boxes, scores, 5), tf.image.non_max_suppression(boxes, scores, 4, 0.2, 0.3, "nms")]
    results += list(tf.image.non_max_suppression_padded(boxes, scores, 9, 0.3, pad_to_max_output_size=True))
    results += list(tf.image.non_max_suppression_padded(boxes, scores, 9, 0.3, name="padded"))
    results += list(tf.image.non_max_suppression_with_scores(boxes, scores, 6, soft_nms_sigma=0.4))
    overlaps = tf.eye(12) + 0.3
    results.append(tf.image.non_max_suppression_overlaps(overlaps, scores, 5, 0.5, 0.1))
    feed = {boxes: boxes_of(12), scores: np.random.RandomState(7).uniform(0, 1, 12)}
    return {"steps": [{"fetch": results, "feed": feed}], "facts": {"results": results}}


def combined():
    boxes = boxes_of(24).reshape(2, 12, 1, 4).astype(np.float32)
    scores = np.random.RandomState(7).uniform(0, 1, (2, 12, 3)).astype(np.float32)
    results = list(tf.image.combined_non_max_suppression(boxes, scores, 3, 20, pad_per_class=True, name="padded"))
    results += list(tf.image.combined_non_max_suppression(boxes * 1.5, scores, 3, 5, 0.3, 0.2, clip_boxes=False))
    return {"steps": [{"fetch": results}], "facts": {"results": results}}


def drawing():
    images = tf.placeholder(tf.float32, (1, 8, 9, 3), name="images")
    boxes = boxes_of(3)[np.newaxis]
    results = [tf.image.draw_bounding_boxes(images, boxes), tf.image.draw_bounding_boxes(images, boxes, "drawn"),
               tf.image.draw_bounding_boxes(images, boxes, colors=[[1.0, 0.0, 0.5], [0.2, 0.4, 0.6]])]
    return {"steps": [{"fetch": results, "feed": {images: np.zeros((1, 8, 9, 3))}}], "facts": {"results": results}}


def distorting():
    tf.set_random_seed(42)
    boxes = boxes_of(3)[np.newaxis].astype(np.float32)
    first = tf.image.sample_distorted_bounding_box([40, 50, 3], boxes, seed=5, seed2=6)
    second = tf.image.sample_distorted_bounding_box([40, 50, 3], tf.zeros([0, 0, 4]), 7, 8, 0.5, [0.5, 2.0], [0.1, 0.9],
                                                    10, True, "named")
    results = list(first) + list(second)
    return {"steps": [{"fetch": results}, {"fetch": results}], "facts": {"results": results}}


def pictures():
    random = np.random.RandomState(8)
    return random.randint(0, 255, (6, 7, 3)).astype(np.uint8)


def writing():
    """Files, and their pixels again."""
    image = tf.constant(pictures())
    png, jpeg = tf.image.encode_png(image), tf.image.encode_jpeg(image, quality=80, name="jpeg")
    gray = tf.image.encode_png(tf.image.convert_image_dtype(image[:, :, :1], tf.uint16), 5)
    results = [tf.image.decode_png(png), tf.image.decode_jpeg(jpeg, channels=1), tf.image.decode_png(gray, dtype=tf.uint16),
               tf.image.decode_and_crop_jpeg(jpeg, [1, 2, 3, 4], 3), tf.image.extract_jpeg_shape(jpeg),
               tf.image.is_jpeg(jpeg), tf.image.is_jpeg(png, name="is_it"), tf.io.decode_jpeg(jpeg, ratio=2),
               tf.image.adjust_jpeg_quality(image, 30), tf.image.adjust_jpeg_quality(tf.image.convert_image_dtype(image, tf.float32), 30)]
    return {"steps": [{"fetch": results}], "facts": {"results": results}}


def random_quality():
    tf.set_random_seed(3)
    results = [tf.image.random_jpeg_quality(tf.constant(pictures()), 20, 90, seed=2)]
    return {"steps": [{"fetch": results}, {"fetch": results}], "facts": {"results": results}}


def reading():
    """decode_image finds out what a file is."""
    contents = tf.placeholder(tf.string, (), name="contents")
    results = [tf.image.decode_image(contents), tf.image.decode_image(contents, 3, tf.float32, "floats", False)]
    image = pictures()
    png, jpeg = tf.image.encode_png(image), tf.image.encode_jpeg(image)
    gif = (b"GIF87a\x02\x00\x01\x00\x80\x00\x00\x00\x10\x20\xff\xee\xdd,\x00\x00\x00\x00\x02\x00\x01\x00\x00"
           b"\x02\x02\x44\x0a\x00;")
    bmp = b"BM:\x00\x00\x00\x00\x00\x00\x006\x00\x00\x00(\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x18" + (
        b"\x00" * 24) + b"\x01\x02\x03\x00"
    with tf.Session() as session:
        files = list(session.run([png, jpeg])) + [gif, bmp]
    return {"steps": [{"fetch": results, "feed": {contents: data}} for data in files], "facts": {"results": results}}


VARIANTS = {function.__name__: function for function in (
    suppression, combined, drawing, distorting, writing, random_quality, reading)}
