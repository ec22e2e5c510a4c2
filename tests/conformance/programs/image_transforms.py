"""tf.contrib.image: images turned, moved and projected."""

import tensorflow as tf

import numpy as np


def pictures(*shape):
    return np.random.RandomState(4).uniform(0, 1, shape)


def given(*shape):
    return tf.placeholder(tf.float32, shape, name="images")


def transformed(*shape, known=True):
    """Projections of images of some rank."""

    def build():
        project = tf.contrib.image.transform
        images = given(*(shape if known else [None] * len(shape)))
        shear = [1.0, 0.25, 0.5, 0.1, 0.9, -0.5, 0.01, -0.02]
        results = [project(images, shear), project(images, [shear], "bilinear", name="sheared"),
                   project(images, tf.constant([shear]), output_shape=[3, 8]),
                   project(images, shear, "BILINEAR", tf.constant([4, 4]))]
        steps = [{"fetch": results, "feed": {images: pictures(*shape)}}]
        return {"steps": steps, "facts": {"results": results}}

    return build


def turned(*shape, known=True):
    """Images turned and moved."""

    def build():
        turn, move = tf.contrib.image.rotate, tf.contrib.image.translate
        images = given(*(shape if known else [None] * len(shape)))
        results = [turn(images, 0.4), turn(images, [1.2], "BILINEAR", name="turned"), move(images, [1.0, -2.0]),
                   move(images, [[0.5, 1.5]], "bilinear", name="moved")]
        steps = [{"fetch": results, "feed": {images: pictures(*shape)}}]
        return {"steps": steps, "facts": {"results": results}}

    return build


def each_its_own():
    """Batches whose images are turned and moved by different amounts."""
    images, angles = given(3, 4, 5, 2), tf.placeholder(tf.float32, (None,), name="angles")
    moves = tf.placeholder(tf.float32, (3, 2), name="moves")
    results = [tf.contrib.image.rotate(images, angles), tf.contrib.image.translate(images, moves, "BILINEAR"),
               tf.contrib.image.rotate(tf.cast(images * 255, tf.uint8), angles)]
    feed = {images: pictures(3, 4, 5, 2), angles: [0.1, -1.0, 3.0], moves: [[1, 2], [-1, 0], [0, 1]]}
    return {"steps": [{"fetch": results, "feed": feed}], "facts": {"results": results}}


def matrices():
    """Transforms as matrices and back, and several as one."""
    image = tf.contrib.image
    angles = tf.placeholder(tf.float32, (None,), name="angles")
    turns = image.angles_to_projective_transforms(angles, 6, 8.0)
    single = image.angles_to_projective_transforms(0.3, 6.0, tf.constant(8.0), name="single")
    moves = image.translations_to_projective_transforms([2.0, 3.0], name="moves")
    as_matrices = image.flat_transforms_to_matrices(turns)
    results = [turns, single, moves, as_matrices, image.matrices_to_flat_transforms(2.0 * as_matrices),
               image.matrices_to_flat_transforms(tf.eye(3)), image.compose_transforms(single, moves, turns),
               image.compose_transforms([1.0, 0.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0])]
    feed = {angles: [0.5, 1.0]}
    return {"steps": [{"fetch": results, "feed": feed}], "facts": {"results": results}}


def gradients():
    """The gradients of images, which are moved back."""
    images = given(2, 4, 5, 1)
    turned = tf.contrib.image.rotate(images, 0.4)
    sheared = tf.contrib.image.transform(images, [1.0, 0.25, 0.5, 0.1, 0.9, -0.5, 0.0, 0.0], "BILINEAR", [3, 3])
    results = tf.gradients([turned * turned, sheared], images)
    return {"steps": [{"fetch": results, "feed": {images: pictures(2, 4, 5, 1)}}], "facts": {"results": results}}


VARIANTS = {
    "transform_rank_2": transformed(4, 5),
    "transform_rank_3": transformed(4, 5, 3),
    "transform_rank_4": transformed(2, 4, 5, 1),
    "transform_dynamic": transformed(2, 4, 5, 1, known=False),
    "turn_rank_2": turned(4, 5),
    "turn_rank_3": turned(4, 5, 3),
    "turn_rank_4": turned(2, 4, 5, 1),
    "turn_dynamic": turned(4, 5, 3, known=False),
    "each_its_own": each_its_own,
    "matrices": matrices,
    "gradients": gradients,
}
