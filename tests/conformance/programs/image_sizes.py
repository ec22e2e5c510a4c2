"""Images in other sizes: resizing, cropping, borders."""

import tensorflow as tf

import numpy as np

# What is known of the shape of an image [6, 9, 3], of a batch of two.
SHAPES = {"image": (6, 9, 3), "batch": (2, 6, 9, 3), "unknown_width": (6, None, 3), "unknown_sizes": (None, None, None),
          "unknown_batch": (None, 6, 9, 3), "unknown_images": (None, None, None, 3), "unknown_rank": None}


def pixels(shape, dtype=np.float32):
    random = np.random.RandomState(3)
    size = (2, 6, 9, 3) if shape is not None and len(shape) == 4 else (6, 9, 3)
    return (random.uniform(0, 255, size)).astype(dtype) if dtype is np.uint8 else random.uniform(0, 1, size).astype(dtype)


def of(function, name, dtype=tf.float32):
    """The function of images whose shape is known so far."""
    def build():
        shape = SHAPES[name]
        images = tf.placeholder(dtype, shape, name="images")
        result = function(images)
        return {"steps": [{"fetch": [result], "feed": {images: pixels(shape, dtype.as_numpy_dtype)}}],
                "facts": {"result": result}}
    return build


def computed_sizes(function):
    """Sizes and offsets that are tensors."""
    def build():
        images = tf.placeholder(tf.float32, (None, None, 3), name="images")
        numbers = [tf.placeholder(tf.int32, (), name="n%d" % i) for i in range(4)]
        result = function(images, *numbers)
        feed = dict(zip(numbers, (1, 2, 4, 5)))
        feed[images] = pixels((6, 9, 3))
        return {"steps": [{"fetch": [result], "feed": feed}], "facts": {"result": result}}
    return build


def resize(method, **options):
    return lambda images: tf.image.resize_images(images, [4, 7], method, **options)


METHODS = tf.image.ResizeMethod
RANKED = [name for name in SHAPES if name != "unknown_rank"]

VARIANTS = {}
for _name in RANKED:
    VARIANTS["resize_bilinear_" + _name] = of(resize(METHODS.BILINEAR), _name)
    VARIANTS["keep_proportions_" + _name] = of(resize(METHODS.BILINEAR, preserve_aspect_ratio=True), _name)
for _name in ("NEAREST_NEIGHBOR", "BICUBIC", "AREA"):
    VARIANTS["resize_" + _name.lower()] = of(resize(getattr(METHODS, _name)), "image", tf.uint8)
    VARIANTS["resize_aligned_" + _name.lower()] = of(resize(getattr(METHODS, _name), align_corners=True), "batch")
for _name in SHAPES:
    VARIANTS["pad_" + _name] = of(lambda x: tf.image.pad_to_bounding_box(x, 1, 2, 8, 13), _name)
    VARIANTS["crop_" + _name] = of(lambda x: tf.image.crop_to_bounding_box(x, 1, 2, 4, 5), _name)
for _name in ("image", "batch", "unknown_width", "unknown_batch"):
    VARIANTS["crop_or_pad_" + _name] = of(lambda x: tf.image.resize_image_with_crop_or_pad(x, 4, 12), _name)
    VARIANTS["resize_with_pad_" + _name] = of(lambda x: tf.image.resize_image_with_pad(x, 5, 12), _name)
for _name in RANKED:
    VARIANTS["central_crop_" + _name] = of(lambda x: tf.image.central_crop(x, 0.6), _name)


def same_size():
    """Nothing is done where the size is known to be right."""
    images = tf.placeholder(tf.uint8, (6, 9, 3), name="images")
    same = tf.image.resize_images(images, [6, 9])
    other = tf.image.resize_images(images, tf.constant([6, 9]), METHODS.AREA, name="named")
    whole = tf.image.central_crop(images, 1.0)
    return {"steps": [{"fetch": [same, other, whole], "feed": {images: pixels((6, 9, 3), np.uint8)}}],
            "facts": {"same": same, "whole": whole}}


def size_is_tensor():
    images = tf.placeholder(tf.float32, (2, 6, 9, 3), name="images")
    size, height = tf.placeholder(tf.int32, (2,), name="size"), tf.placeholder(tf.int32, (), name="height")
    fed = tf.image.resize_images(images, size)
    packed = tf.image.resize_images(images, [height, 5], METHODS.NEAREST_NEIGHBOR)
    feed = {images: pixels((2, 6, 9, 3)), size: [3, 4], height: 7}
    return {"steps": [{"fetch": [fed, packed], "feed": feed}], "facts": {"fed": fed, "packed": packed}}


def aliases():
    """tf.image.resize, and the single ops."""
    images = tf.placeholder(tf.float32, (2, 6, 9, 3), name="images")
    results = [tf.image.resize(images, [3, 3], name="r"), tf.image.resize_with_crop_or_pad(images, 5, 5),
               tf.image.resize_bilinear(images, [2, 3], True, "b"), tf.image.resize_nearest_neighbor(images, [2, 3]),
               tf.image.resize_bicubic(images, [2, 3], half_pixel_centers=True), tf.image.resize_area(images, [2, 3])]
    return {"steps": [{"fetch": results, "feed": {images: pixels((2, 6, 9, 3))}}], "facts": {"results": results}}


def pieces():
    """crop_and_resize, extract_glimpse and random_crop."""
    tf.set_random_seed(7)
    images = tf.placeholder(tf.float32, (2, 6, 9, 3), name="images")
    boxes = [[0.0, 0.0, 0.5, 0.5], [0.2, 0.9, 0.9, 0.1]]
    results = [tf.image.crop_and_resize(images, boxes, box_indices=[0, 1], crop_size=[3, 2]),
               tf.image.crop_and_resize(images, boxes, [1, 1], [2, 2], "nearest", 0.5, name="old"),
               tf.image.extract_glimpse(images, [3, 4], [[0.1, -0.2], [0.0, 0.0]]),
               tf.image.random_crop(images, [1, 3, 4, 3], seed=3), tf.random_crop(images, [2, 2, 2, 3])]
    feed = {images: pixels((2, 6, 9, 3))}
    return {"steps": [{"fetch": results, "feed": feed}, {"fetch": results[3:], "feed": feed}],
            "facts": {"results": results}}


VARIANTS.update({
    "same_size": same_size, "size_is_tensor": size_is_tensor, "aliases": aliases, "pieces": pieces,
    "computed_pad": computed_sizes(lambda x, a, b, c, d: tf.image.pad_to_bounding_box(x, a, b, c + 9, d + 9)),
    "computed_crop": computed_sizes(tf.image.crop_to_bounding_box),
    "computed_crop_or_pad": computed_sizes(lambda x, a, b, c, d: tf.image.resize_image_with_crop_or_pad(x, c, d)),
    "computed_resize_with_pad": computed_sizes(lambda x, a, b, c, d: tf.image.resize_image_with_pad(x, c, d)),
    "partly_computed_crop": computed_sizes(lambda x, a, b, c, d: tf.image.crop_to_bounding_box(x, 1, b, c, 3)),
})
