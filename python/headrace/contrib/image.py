"""`tf.contrib.image`: images turned, moved and projected."""

from headrace import _headrace as _c
from headrace.core.public import export

__all__ = ['angles_to_projective_transforms', 'compose_transforms', 'flat_transforms_to_matrices',
           'matrices_to_flat_transforms', 'rotate', 'transform', 'translate', 'translations_to_projective_transforms']


def transform(images, transforms, interpolation='NEAREST', output_shape=None, name=None):
    """Images whose pixel (x, y) is that of `images` at the projection of (x, y): at (x', y') with
    `k = c0 x + c1 y + 1`, `x' = (a0 x + a1 y + a2) / k`, `y' = (b0 x + b1 y + b2) / k`; zero where that is outside.

    Args:
      images: `[images, rows, columns, channels]`, one image `[rows, columns, channels]`, or `[rows, columns]`.
      transforms: `[a0, a1, a2, b0, b1, b2, c0, c1]` for all images, or `[images, 8]`. Gradients don't go into them.
      interpolation: "NEAREST" or "BILINEAR".
      output_shape: `[rows, columns]` of the result; None: those of `images`.
      name: the name scope.

    Returns:
      A tensor like `images`.

    Raises:
      TypeError: of the images' dtype, and of ranks that are unknown or others than these.
      ValueError: of an `output_shape` that is no two numbers.
    """
    return _c.image_transform(images, transforms, interpolation=interpolation.upper(), output_shape=output_shape,
                              name=name)


def rotate(images, angles, interpolation='NEAREST', name=None):
    """Images turned counter-clockwise about their centers; zero where nothing was.

    Args:
      images: as `transform` takes them.
      angles: in radians: one for all images, or one for each.
      interpolation: "NEAREST" or "BILINEAR".
      name: the name scope.

    Returns:
      A tensor like `images`.

    Raises:
      TypeError: as `transform`.
    """
    return _c.rotate_images(images, angles, interpolation=interpolation.upper(), name=name)


def translate(images, translations, interpolation='NEAREST', name=None):
    """Images moved; zero where nothing was.

    Args:
      images: as `transform` takes them.
      translations: `[right, down]` in pixels for all images, or `[images, 2]`.
      interpolation: "NEAREST" or "BILINEAR".
      name: the name scope.

    Returns:
      A tensor like `images`.

    Raises:
      TypeError: as `transform`.
    """
    return _c.translate_images(images, translations, interpolation=interpolation.upper(), name=name)


def angles_to_projective_transforms(angles, image_height, image_width, name=None):
    """The `transforms`, `[angles, 8]`, of `transform` that turn images counter-clockwise about their centers.

    Args:
      angles: in radians, a number or a vector.
      image_height: the rows of the images.
      image_width: their columns.
      name: the name scope.

    Raises:
      TypeError: of a rank that is unknown or above 1.
    """
    return _c.angles_to_projective_transforms(angles, image_height, image_width, name=name)


def translations_to_projective_transforms(translations, name=None):
    """The `transforms`, `[translations, 8]`, of `transform` that move images.

    Args:
      translations: `[right, down]` in pixels, or `[translations, 2]`.
      name: the name scope.

    Raises:
      TypeError: of a rank that is unknown, 0, or above 2.
    """
    return _c.translations_to_projective_transforms(translations, name=name)


def flat_transforms_to_matrices(transforms):
    """`[transforms, 8]` (or `[8]`) as matrices `[transforms, 3, 3]` whose last number is one."""
    return _c.flat_transforms_to_matrices(transforms)


def matrices_to_flat_transforms(transform_matrices):
    """Matrices `[transforms, 3, 3]` (or `[3, 3]`) as `[transforms, 8]`: divided by their last number, without it.

    Raises:
      ValueError: of other ranks.
    """
    return _c.matrices_to_flat_transforms(transform_matrices)


def compose_transforms(*transforms):
    """One transform that does what these do, the last one first.

    Args:
      *transforms: `[8]` or `[transforms, 8]` each.

    Returns:
      `[transforms, 8]`.

    Raises:
      AssertionError: of no transforms.
    """
    if not transforms:
        raise AssertionError('transforms cannot be empty')
    return _c.compose_transforms(transforms)


export(globals())
