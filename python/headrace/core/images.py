"""Images: what tf.image builds above single ops."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.deprecation import deprecated, deprecated_args, renamed_argument
from headrace.core.random_functions import random_crop

__all__ = ['ResizeMethod', 'adjust_brightness', 'adjust_contrast', 'adjust_gamma', 'adjust_hue', 'adjust_jpeg_quality',
           'adjust_saturation', 'central_crop', 'combined_non_max_suppression', 'convert_image_dtype',
           'crop_and_resize', 'crop_to_bounding_box', 'decode_image', 'draw_bounding_boxes', 'extract_glimpse',
           'extract_image_patches', 'extract_patches', 'flip_left_right', 'flip_up_down', 'grayscale_to_rgb',
           'image_gradients', 'is_jpeg', 'non_max_suppression',
           'non_max_suppression_overlaps', 'non_max_suppression_padded', 'non_max_suppression_with_scores',
           'pad_to_bounding_box', 'per_image_standardization', 'psnr', 'random_brightness', 'random_contrast',
           'random_crop', 'random_flip_left_right', 'random_flip_up_down', 'random_hue', 'random_jpeg_quality',
           'random_saturation', 'resize', 'resize_area', 'resize_bicubic', 'resize_bilinear', 'resize_image_with_crop_or_pad',
           'resize_image_with_pad', 'resize_images', 'resize_nearest_neighbor', 'resize_with_crop_or_pad',
           'rgb_to_grayscale', 'rgb_to_yiq', 'rgb_to_yuv', 'rot90', 'sample_distorted_bounding_box', 'sobel_edges', 'ssim',
           'ssim_multiscale', 'total_variation', 'transpose', 'transpose_image', 'yiq_to_rgb', 'yuv_to_rgb']


class ResizeMethod:
    """How `resize_images` finds the pixels between pixels."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


# ---- sizes

def _method(method):
    """The number of a resizing method; ValueError for another one."""
    if method not in (ResizeMethod.BILINEAR, ResizeMethod.NEAREST_NEIGHBOR, ResizeMethod.BICUBIC, ResizeMethod.AREA):
        raise ValueError(f'Resize method is not implemented: {method}')
    return int(method)


def resize_images(images, size, method=ResizeMethod.BILINEAR, align_corners=False, preserve_aspect_ratio=False,
                  name=None):
    """Images in another size, as TensorFlow 1 resizes.

    Args:
      images: an image [height, width, channels], or a batch of images.
      size: the new height and width, int32.
      method: one of `ResizeMethod`.
      align_corners: whether the middles of the corner pixels keep their places.
      preserve_aspect_ratio: keeps the proportions: the largest size inside of `size`.
      name: the name scope.

    Returns:
      Images of floats, of the nearest method in the dtype of `images`; `images` where they are known to have the size.

    Raises:
      ValueError: images of another or an unknown rank, a size that is not two numbers, another method.
    """
    return _c.resize_images(images, size, method=_method(method), align_corners=align_corners,
                            preserve_aspect_ratio=preserve_aspect_ratio, name=name)


resize = resize_images


@deprecated(None, 'Use `tf.image.resize(...method=ResizeMethod.BILINEAR...)` instead.')
def resize_bilinear(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """A batch of images in the size [height, width], interpolated linearly, as floats."""
    return _ops.resize_bilinear(images, size, align_corners, half_pixel_centers, name)


@deprecated(None, 'Use `tf.image.resize(...method=ResizeMethod.NEAREST_NEIGHBOR...)` instead.')
def resize_nearest_neighbor(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """A batch of images in the size [height, width], of the nearest pixels."""
    return _ops.resize_nearest_neighbor(images, size, align_corners, half_pixel_centers, name)


@deprecated(None, 'Use `tf.image.resize(...method=ResizeMethod.BICUBIC...)` instead.')
def resize_bicubic(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """A batch of images in the size [height, width], by cubic convolution, as floats."""
    return _ops.resize_bicubic(images, size, align_corners, half_pixel_centers, name)


@deprecated(None, 'Use `tf.image.resize(...method=ResizeMethod.AREA...)` instead.')
def resize_area(images, size, align_corners=False, name=None):
    """A batch of images in the size [height, width], each pixel the mean of what it covers, as floats."""
    return _ops.resize_area(images, size, align_corners, name)


def resize_image_with_crop_or_pad(image, target_height, target_width):
    """An image in a target size, cut off around its middle, or with a black border.

    Args:
      image: an image [height, width, channels], or a batch of images.
      target_height: the height, an integer or scalar tensor.
      target_width: the width.

    Returns:
      Images of that size.

    Raises:
      ValueError: images of another rank, or a size that is not positive.
    """
    return _c.resize_image_with_crop_or_pad(image, target_height, target_width)


resize_with_crop_or_pad = resize_image_with_crop_or_pad


def resize_image_with_pad(image, target_height, target_width, method=ResizeMethod.BILINEAR, align_corners=False):
    """An image scaled to fit a target size, with a black border where its proportions are others; arguments as of
    `resize_images` and `resize_image_with_crop_or_pad`."""
    return _c.resize_image_with_pad(image, target_height, target_width, method=_method(method),
                                    align_corners=align_corners)


def central_crop(image, central_fraction):
    """The middle of images: so much of their height and width.

    Args:
      image: an image [height, width, channels], or a batch of images.
      central_fraction: a float in (0, 1].

    Returns:
      Smaller images; `image` for 1.

    Raises:
      ValueError: another fraction, or images of another rank.
    """
    return _c.central_crop(image, central_fraction)


def pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """An image at a place of a black picture.

    Args:
      image: an image [height, width, channels], or a batch of images.
      offset_height: black rows above, an integer or scalar tensor.
      offset_width: black columns on the left.
      target_height: the picture's height.
      target_width: the picture's width.

    Returns:
      Images of the target size.

    Raises:
      ValueError: the image does not fit there, or has another rank; for tensors a run finds it out
        (`InvalidArgumentError`).
    """
    return _c.pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width)


def crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """The part of a target size that begins at an offset; arguments and errors as of `pad_to_bounding_box`."""
    return _c.crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width)


@deprecated_args(None, 'box_ind is deprecated, use box_indices instead', 'box_ind')
def crop_and_resize(image, boxes, box_ind=None, crop_size=None, method='bilinear', extrapolation_value=0, name=None,
                    box_indices=None):
    """Pieces of images, all in one size.

    Args:
      image: a batch of images.
      boxes: [n, 4] of y1, x1, y2, x2 as shares of height and width; a box may be turned around, or leave the image.
      box_ind: the old name of `box_indices`.
      crop_size: [height, width] of the pieces.
      method: 'bilinear' or 'nearest'.
      extrapolation_value: what is outside of the image.
      name: the node's name.
      box_indices: [n], the image of each box.

    Returns:
      A tensor [n, height, width, channels] of floats.
    """
    box_indices = renamed_argument('box_indices', box_indices, 'box_ind', box_ind)
    return _ops.crop_and_resize(image, boxes, box_indices, crop_size, method, extrapolation_value, name)


def extract_glimpse(input, size, offsets, centered=True, normalized=True, uniform_noise=True, name=None):
    """A window of each image, with noise where it leaves the image.

    Args:
      input: a batch of images of floats.
      size: [height, width] of the windows.
      offsets: [batch, 2], where the middle of the window is: y and x.
      centered: counted from the middle of the image.
      normalized: as shares of height and width, not in pixels.
      uniform_noise: noise spread evenly over the image's range; False changes nothing, as in TensorFlow 1.15.
      name: the node's name.

    Returns:
      A tensor [batch, height, width, channels].
    """
    return _ops.extract_glimpse(input, size, offsets, centered, normalized, uniform_noise,
                                'uniform', name)


# ---- places

def flip_left_right(image):
    """An image, or each of a batch, mirrored."""
    return _c.flip_left_right(image)


def flip_up_down(image):
    """An image, or each of a batch, upside down."""
    return _c.flip_up_down(image)


def random_flip_left_right(image, seed=None):
    """An image mirrored in half of all runs; of a batch, each image for itself."""
    return _c.random_flip_left_right(image, seed=seed)


def random_flip_up_down(image, seed=None):
    """An image upside down in half of all runs; of a batch, each image for itself."""
    return _c.random_flip_up_down(image, seed=seed)


def rot90(image, k=1, name=None):
    """An image, or each of a batch, turned counter-clockwise by 90 degrees `k` times (a number or scalar tensor)."""
    return _c.rot90(image, k=k, name=name)


def transpose_image(image, name=None):
    """An image, or each of a batch, with height and width swapped."""
    return _c.transpose_image(image, name=name)


transpose = transpose_image


# ---- colors

def convert_image_dtype(image, dtype, saturate=False, name=None):
    """Pixels of another dtype: integers go from 0 to their largest number, floats from 0 to 1.

    Args:
      image: images.
      dtype: a float or integer dtype.
      saturate: clips numbers that are too large or small for the dtype.
      name: the name scope.

    Returns:
      Images of that dtype.

    Raises:
      AttributeError: another dtype.
    """
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating and not dtype.is_integer:
        raise AttributeError('dtype must be either floating point or integer')
    return _c.convert_image_dtype(image, dtype, saturate=saturate, name=name)


def adjust_brightness(image, delta):
    """Images plus `delta`, a number as of floats; images of integers are converted and back."""
    return _c.adjust_brightness(image, delta)


def adjust_contrast(images, contrast_factor):
    """Images whose pixels are `contrast_factor` times as far from the mean of their channel."""
    return _c.adjust_contrast(images, contrast_factor)


def adjust_gamma(image, gamma=1, gain=1):
    """gain * image ** gamma, of floats; ValueError for a negative gamma."""
    return _c.adjust_gamma(image, gamma=gamma, gain=gain)


def adjust_hue(image, delta, name=None):
    """RGB images whose hue is turned by `delta`, where 1 is the whole circle."""
    return _c.tf_adjust_hue(image, delta, name=name)


def adjust_saturation(image, saturation_factor, name=None):
    """RGB images whose saturation is `saturation_factor` times as large."""
    return _c.tf_adjust_saturation(image, saturation_factor, name=name)


def random_brightness(image, max_delta, seed=None):
    """`adjust_brightness` by a random number in [-max_delta, max_delta)."""
    return _c.random_brightness(image, max_delta, seed=seed)


def random_contrast(image, lower, upper, seed=None):
    """`adjust_contrast` by a random factor in [lower, upper); ValueError for limits in the wrong order or below 0."""
    return _c.random_contrast(image, lower, upper, seed=seed)


def random_hue(image, max_delta, seed=None):
    """`adjust_hue` by a random number in [-max_delta, max_delta); ValueError above 0.5 or below 0."""
    return _c.random_hue(image, max_delta, seed=seed)


def random_saturation(image, lower, upper, seed=None):
    """`adjust_saturation` by a random factor in [lower, upper); ValueError as of `random_contrast`."""
    return _c.random_saturation(image, lower, upper, seed=seed)


def rgb_to_grayscale(images, name=None):
    """The brightness of RGB images, one channel."""
    return _c.rgb_to_grayscale(images, name=name)


def grayscale_to_rgb(images, name=None):
    """Images of one channel, three times."""
    return _c.grayscale_to_rgb(images, name=name)


def rgb_to_yiq(images):
    """RGB to the YIQ color space, along the last dimension."""
    return _c.rgb_to_yiq(images)


def yiq_to_rgb(images):
    """The YIQ color space to RGB, along the last dimension."""
    return _c.yiq_to_rgb(images)


def rgb_to_yuv(images):
    """RGB to the YUV color space, along the last dimension."""
    return _c.rgb_to_yuv(images)


def yuv_to_rgb(images):
    """The YUV color space to RGB, along the last dimension."""
    return _c.yuv_to_rgb(images)


# ---- numbers about images

def per_image_standardization(image):
    """Images of mean 0 and deviation 1, each by itself; images of one color become 0."""
    return _c.per_image_standardization(image)


def total_variation(images, name=None):
    """How rough images are: the sum of the differences of neighbouring pixels, a number an image."""
    return _c.total_variation(images, name=name)


def psnr(a, b, max_val, name=None):
    """The peak signal-to-noise ratio of pairs of images, in dB.

    Args:
      a: images.
      b: other images of their shape.
      max_val: the largest number that pixels can have.
      name: the name scope.

    Returns:
      A tensor of a number a pair.

    Raises:
      ValueError: shapes that do not fit.
    """
    return _c.psnr(a, b, max_val, name=name)


def image_gradients(image):
    """The differences of a batch of images to the next row and column, 0 at the last: (dy, dx)."""
    return _c.image_gradients(image)


def ssim(img1, img2, max_val, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03):
    """How alike pairs of images are by their structure; 1 for equal ones.

    Args:
      img1: images [..., height, width, channels].
      img2: other images of their shape.
      max_val: the largest number that pixels can have.
      filter_size: of the windows that are compared; images must be as large.
      filter_sigma: how wide the bell is that weights a window.
      k1: a small number that keeps the quotient of brightnesses finite.
      k2: the same of the structures.

    Returns:
      A tensor of a number a pair.

    Raises:
      ValueError: shapes that do not fit.
    """
    return _c.ssim(img1, img2, max_val, filter_size=filter_size, filter_sigma=filter_sigma, k1=k1, k2=k2)


def ssim_multiscale(img1, img2, max_val, power_factors=(0.0448, 0.2856, 0.3001, 0.2363, 0.1333), filter_size=11,
                    filter_sigma=1.5, k1=0.01, k2=0.03):
    """`ssim` at several sizes of the images, each half of the one before.

    Args:
      img1: images [..., height, width, channels].
      img2: other images of their shape.
      max_val: the largest number that pixels can have.
      power_factors: the weight of each size.
      filter_size: of the windows that are compared.
      filter_sigma: how wide the bell is that weights a window.
      k1: a small number that keeps the quotient of brightnesses finite.
      k2: the same of the structures.

    Returns:
      A tensor of a number a pair.

    Raises:
      ValueError: shapes that do not fit.
    """
    return _c.ssim_multiscale(img1, img2, max_val, power_factors=power_factors, filter_size=filter_size,
                              filter_sigma=filter_sigma, k1=k1, k2=k2)


def sobel_edges(image):
    """How much a batch of images changes downwards and along each row: [..., 2]."""
    return _c.sobel_edges(image)


# ---- patches

def extract_patches(images, sizes, strides, rates, padding, name=None):
    """What each window over images sees, in the last dimension.

    Args:
      images: [batch, height, width, channels].
      sizes: of the windows, [1, height, width, 1].
      strides: how far windows are apart, [1, rows, columns, 1].
      rates: how far the places of a window are apart, [1, rows, columns, 1].
      padding: 'VALID', or 'SAME' for zeros around the images.
      name: the node's name.

    Returns:
      A tensor [batch, rows, columns, height * width * channels].
    """
    return _ops.extract_image_patches(images, sizes, strides, rates, padding, name)


@deprecated_args(None, 'ksizes is deprecated, use sizes instead', 'ksizes')
def extract_image_patches(images, ksizes=None, strides=None, rates=None, padding=None, name=None, sizes=None):
    """`extract_patches`; `ksizes` is an old name of `sizes`."""
    return _ops.extract_image_patches(images, renamed_argument('sizes', sizes, 'ksizes', ksizes), strides, rates, padding,
                                      name)


# ---- boxes

@deprecated(None, '`seed2` arg is deprecated.Use sample_distorted_bounding_box_v2 instead.')
def sample_distorted_bounding_box(image_size, bounding_boxes, seed=None, seed2=None, min_object_covered=0.1,
                                  aspect_ratio_range=None, area_range=None, max_attempts=None,
                                  use_image_if_no_bounding_boxes=None, name=None):
    """A random piece of an image that holds enough of one of its objects.

    Args:
      image_size: [height, width, channels], integers.
      bounding_boxes: [batch, n, 4], the boxes of objects: y1, x1, y2, x2 as shares of height and width.
      seed: an integer.
      seed2: another one.
      min_object_covered: the share of an object that must be inside.
      aspect_ratio_range: limits of width / height; [0.75, 1.33] where left out.
      area_range: limits of the piece's share of the image; [0.05, 1] where left out.
      max_attempts: how often is tried before the whole image is taken; 100 where left out.
      use_image_if_no_bounding_boxes: takes the image for an object where there is none.
      name: the name scope.

    Returns:
      (begin, size, bboxes): for `tf.slice`, and the piece as a box [1, 1, 4].
    """
    min_aspect_ratio, max_aspect_ratio = aspect_ratio_range or (None, None)
    min_area, max_area = area_range or (None, None)
    return _c.tf_sample_distorted_bounding_box(
        image_size, bounding_boxes, seed=seed, seed2=seed2, min_object_covered=min_object_covered,
        min_aspect_ratio=min_aspect_ratio, max_aspect_ratio=max_aspect_ratio, min_area=min_area, max_area=max_area,
        max_attempts=max_attempts, use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes, name=name)


def draw_bounding_boxes(images, boxes, name=None, colors=None):
    """A batch of images with lines around boxes.

    Args:
      images: a batch of images of floats in [0, 1].
      boxes: [batch, n, 4]: y1, x1, y2, x2 as shares of height and width.
      name: the node's name.
      colors: [n, channels], colors that take turns; ten different ones where left out.

    Returns:
      Images.
    """
    if colors is None:
        return _ops.draw_bounding_boxes(images, boxes, name)
    return _ops.draw_bounding_boxes_v2(images, boxes, colors, name)


def non_max_suppression(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float('-inf'), name=None):
    """The boxes with the highest scores, without those that overlap a better one.

    Args:
      boxes: [n, 4], two corners each.
      scores: [n].
      max_output_size: the most boxes that are selected, an integer tensor.
      iou_threshold: the overlap, the intersection over the union, at which a box goes.
      score_threshold: boxes of at most this score go.
      name: the name scope.

    Returns:
      The indices of the selected boxes, by falling scores.
    """
    return _c.tf_non_max_suppression(boxes, scores, max_output_size, iou_threshold=iou_threshold,
                                     score_threshold=score_threshold, name=name)


def non_max_suppression_padded(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float('-inf'),
                               pad_to_max_output_size=False, name=None):
    """`non_max_suppression` that also counts: (indices, count). With `pad_to_max_output_size` zeros fill up the indices."""
    return _c.non_max_suppression_padded(boxes, scores, max_output_size, iou_threshold=iou_threshold,
                                         score_threshold=score_threshold,
                                         pad_to_max_output_size=pad_to_max_output_size, name=name)


def non_max_suppression_with_scores(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float('-inf'),
                                    soft_nms_sigma=0.0, name=None):
    """`non_max_suppression` that gives (indices, scores). With a sigma above 0, scores fall with the overlap (Bodla et
    al., 2017)."""
    return _c.non_max_suppression_with_scores(boxes, scores, max_output_size, iou_threshold=iou_threshold,
                                              score_threshold=score_threshold, soft_nms_sigma=soft_nms_sigma, name=name)


def non_max_suppression_overlaps(overlaps, scores, max_output_size, overlap_threshold=0.5,
                                 score_threshold=float('-inf'), name=None):
    """`non_max_suppression` by a matrix [n, n] that tells how much boxes overlap."""
    return _c.non_max_suppression_overlaps(overlaps, scores, max_output_size, overlap_threshold, score_threshold,
                                           name=name)


def combined_non_max_suppression(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold=0.5,
                                 score_threshold=float('-inf'), pad_per_class=False, clip_boxes=True, name=None):
    """Non-maximum suppression of each class of each image.

    Args:
      boxes: [batch, n, classes, 4], or [batch, n, 1, 4] for all classes.
      scores: [batch, n, classes].
      max_output_size_per_class: the most boxes of a class.
      max_total_size: the most boxes of an image.
      iou_threshold: the overlap at which a box goes.
      score_threshold: boxes of at most this score go.
      pad_per_class: outputs are no longer than the boxes of all classes may be.
      clip_boxes: corners are clipped to [0, 1].
      name: the name scope.

    Returns:
      (boxes, scores, classes, counts), zeros behind the last box.
    """
    return _c.tf_combined_non_max_suppression(
        boxes, scores, max_output_size_per_class, max_total_size, iou_threshold=iou_threshold,
        score_threshold=score_threshold, pad_per_class=pad_per_class, clip_boxes=clip_boxes, name=name)


# ---- files

def decode_image(contents, channels=None, dtype=dtypes.uint8, name=None, expand_animations=True):
    """The pixels of a JPEG, PNG, GIF or BMP file.

    Args:
      contents: the file's bytes, a string scalar.
      channels: 0 (or None) for those of the file, 1, 3 or 4.
      dtype: of the pixels.
      name: the name scope.
      expand_animations: a GIF file gives [frames, height, width, 3]; False takes its first frame.

    Returns:
      [height, width, channels], except of GIF files.

    Raises:
      ValueError: other channels.
    """
    if channels not in (None, 0, 1, 3, 4):
        raise ValueError('channels must be in (None, 0, 1, 3, 4)')
    return _c.decode_image(contents, channels=channels, dtype=dtype, expand_animations=expand_animations, name=name)


def is_jpeg(contents, name=None):
    """Whether bytes begin as a JPEG file does: a bool scalar."""
    return _c.is_jpeg(contents, name=name)


def adjust_jpeg_quality(image, jpeg_quality, name=None):
    """An image as a JPEG file of that quality, 0 to 100, shows it."""
    return _c.adjust_jpeg_quality(image, jpeg_quality, name=name)


def random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed=None):
    """`adjust_jpeg_quality` by a random quality; ValueError for limits outside [0, 100] or in the wrong order."""
    return _c.random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed=seed)
