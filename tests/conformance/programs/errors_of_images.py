import tensorflow as tf

import numpy as np


def image_of_unknown_shape(value, rank=None):
    """A tensor whose shape is known only when it runs."""
    shape = None if rank is None else [None] * rank
    return tf.placeholder_with_default(np.asarray(value, np.float32), shape, name="image")


def picture(*shape):
    return tf.zeros(shape or (4, 5, 3), name="image")


def picture_file(op):
    """A file of a picture."""
    with tf.Session() as session:
        return session.run(op)


# ---- ranks and sizes ----


@mistake
def flipped_matrix():
    tf.image.flip_up_down(picture(4, 5))


@mistake
def flipped_without_pixels():
    tf.image.flip_left_right(picture(0, 5, 3))


@mistake
def flipped_of_rank_5():
    tf.image.flip_left_right(picture(1, 1, 4, 5, 3))


@mistake
def flipped_matrix_at_run():
    run(tf.image.flip_left_right(image_of_unknown_shape(np.zeros((4, 5)))))


@mistake
def randomly_flipped_vector():
    tf.image.random_flip_left_right(picture(5))


@mistake
def turned_by_vector():
    tf.image.rot90(picture(), [1, 2])


@mistake
def transposed_matrix():
    tf.image.transpose_image(picture(4, 5))


@mistake
def transposed_without_pixels_at_run():
    run(tf.image.transpose_image(image_of_unknown_shape(np.zeros((0, 5, 3)), 3)))


@mistake
def resized_matrix():
    tf.image.resize_images(picture(4, 5), [2, 2])


@mistake
def resized_unknown():
    tf.image.resize_images(image_of_unknown_shape(np.zeros((4, 5, 3))), [2, 2])


@mistake
def resized_to_three():
    tf.image.resize_images(picture(), [2, 2, 2])


@mistake
def resized_to_nothing():
    run(tf.image.resize_images(picture(), [0, 2]))


@mistake
def resized_to_fractions():
    tf.image.resize_images(picture(), [2.5, 2.0])


@mistake
def resized_by_unknown_method():
    tf.image.resize_images(picture(), [2, 2], method=9)


@mistake
def resized_by_method_of_other_words():
    tf.image.resize_images(picture(), [2, 2], method="best")


@mistake
def resized_within_unknown_size():
    tf.image.resize_images(picture(), tf.placeholder(tf.int32, [2]), preserve_aspect_ratio=True)


@mistake
def resized_strings():
    tf.image.resize_images([[["a"]]], [2, 2])


@mistake
def resized_with_pad_to_nothing():
    tf.image.resize_image_with_pad(picture(), 0, 3)


@mistake
def resized_with_pad_of_vector():
    tf.image.resize_image_with_pad(picture(3), 2, 3)


# ---- crops ----


@mistake
def central_fraction_of_none():
    tf.image.central_crop(picture(), 0.0)


@mistake
def central_fraction_of_more():
    tf.image.central_crop(picture(), 1.5)


@mistake
def central_crop_of_vector():
    tf.image.central_crop(picture(4), 0.5)


@mistake
def central_crop_of_matrix():
    tf.image.central_crop(picture(4, 5), 0.5)


@mistake
def central_crop_of_rank_5():
    tf.image.central_crop(picture(1, 1, 4, 5, 3), 0.5)


@mistake
def crop_beyond():
    tf.image.crop_to_bounding_box(picture(), 1, 1, 4, 3)


@mistake
def crop_beyond_at_run():
    run(tf.image.crop_to_bounding_box(image_of_unknown_shape(np.zeros((4, 5, 3)), 3), 1, 1, 3, 5))


@mistake
def crop_from_before():
    tf.image.crop_to_bounding_box(picture(), -1, 0, 2, 2)


@mistake
def crop_from_before_at_run():
    run(tf.image.crop_to_bounding_box(picture(), tf.placeholder_with_default(-1, []), 0, 2, 2))


@mistake
def crop_of_nothing():
    tf.image.crop_to_bounding_box(picture(), 0, 0, 2, 0)


@mistake
def crop_of_matrix():
    tf.image.crop_to_bounding_box(picture(4, 5), 0, 0, 2, 2)


@mistake
def pad_smaller():
    tf.image.pad_to_bounding_box(picture(), 0, 0, 3, 5)


@mistake
def pad_from_before():
    tf.image.pad_to_bounding_box(picture(), 0, -2, 8, 8)


@mistake
def pad_smaller_at_run():
    run(tf.image.pad_to_bounding_box(image_of_unknown_shape(np.zeros((4, 5, 3)), 3), 1, 0, 4, 9))


@mistake
def pad_of_rank_5():
    tf.image.pad_to_bounding_box(picture(1, 1, 4, 5, 3), 0, 0, 8, 8)


@mistake
def crop_or_pad_to_nothing():
    tf.image.resize_image_with_crop_or_pad(picture(), 0, 3)


@mistake
def crop_or_pad_to_nothing_at_run():
    run(tf.image.resize_image_with_crop_or_pad(picture(), tf.placeholder_with_default(-3, []), 3))


@mistake
def crop_or_pad_of_vector():
    tf.image.resize_image_with_crop_or_pad(picture(3), 2, 2)


@mistake
def random_crop_of_more():
    run(tf.random_crop(picture(), [5, 2, 3]))


@mistake
def random_crop_of_other_rank():
    tf.random_crop(picture(), [2, 2])


@mistake
def crops_of_other_images():
    run(tf.image.crop_and_resize(picture(1, 4, 5, 3), [[0.0, 0.0, 1.0, 1.0]], [1], [2, 2]))


@mistake
def crops_by_unknown_method():
    tf.image.crop_and_resize(picture(1, 4, 5, 3), [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2], method="cubic")


@mistake
def glimpse_of_one_image():
    tf.image.extract_glimpse(picture(), [2, 2], [[0.0, 0.0]])


# ---- colors ----


@mistake
def brightness_below():
    tf.image.random_brightness(picture(), -1.0)


@mistake
def contrast_upside_down():
    tf.image.random_contrast(picture(), 0.5, 0.5)


@mistake
def contrast_below():
    tf.image.random_contrast(picture(), -0.5, 0.5)


@mistake
def contrast_of_matrix():
    tf.image.adjust_contrast(picture(4, 5), 2.0)


@mistake
def saturation_upside_down():
    tf.image.random_saturation(picture(), 0.6, 0.5)


@mistake
def saturation_below():
    tf.image.random_saturation(picture(), -0.5, 0.5)


@mistake
def saturation_of_two_channels():
    run(tf.image.adjust_saturation(picture(4, 5, 2), 2.0))


@mistake
def hue_beyond():
    tf.image.random_hue(picture(), 0.6)


@mistake
def hue_below():
    tf.image.random_hue(picture(), -0.1)


@mistake
def hue_of_two_channels():
    run(tf.image.adjust_hue(picture(4, 5, 2), 0.2))


@mistake
def gamma_below():
    tf.image.adjust_gamma(picture(), -1.0)


@mistake
def gamma_below_at_run():
    run(tf.image.adjust_gamma(picture(), tf.placeholder_with_default(-1.0, [])))


@mistake
def quality_beyond():
    tf.image.random_jpeg_quality(picture(), 10, 101)


@mistake
def quality_upside_down():
    tf.image.random_jpeg_quality(picture(), 20, 20)


@mistake
def colors_of_two_channels():
    tf.image.rgb_to_hsv(picture(4, 5, 2))


@mistake
def colors_of_scalar():
    tf.image.hsv_to_rgb(1.0)


@mistake
def colors_of_integers():
    tf.image.rgb_to_hsv(tf.zeros([4, 5, 3], tf.int32))


@mistake
def yuv_of_two_channels():
    tf.image.rgb_to_yuv(picture(4, 5, 2))


@mistake
def gray_of_two_channels():
    tf.image.rgb_to_grayscale(picture(4, 5, 2))


@mistake
def colors_of_three_channels():
    tf.image.grayscale_to_rgb(picture())


@mistake
def colors_of_gray_vector():
    tf.image.grayscale_to_rgb(picture(1))


@mistake
def colors_of_three_channels_at_run():
    run(tf.image.grayscale_to_rgb(image_of_unknown_shape(np.zeros((4, 5, 3)))))


@mistake
def converted_to_strings():
    tf.image.convert_image_dtype(picture(), tf.string)


@mistake
def standardized_vector():
    tf.image.per_image_standardization(picture(3))


# ---- measures ----


@mistake
def variation_of_matrix():
    tf.image.total_variation(picture(4, 5))


@mistake
def gradients_of_one_image():
    tf.image.image_gradients(picture())


@mistake
def psnr_of_matrices():
    tf.image.psnr(picture(4, 5), picture(4, 5), 1.0)


@mistake
def psnr_of_other_images():
    tf.image.psnr(picture(4, 5, 3), picture(4, 6, 3), 1.0)


# ---- boxes ----


@mistake
def boxes_of_five_numbers():
    tf.image.draw_bounding_boxes(picture(1, 4, 5, 3), np.zeros((1, 2, 5)))


@mistake
def boxes_of_other_images():
    run(tf.image.draw_bounding_boxes(picture(1, 4, 5, 3), np.zeros((2, 2, 4))))


@mistake
def suppression_of_other_scores():
    tf.image.non_max_suppression(np.zeros((3, 4), np.float32), [1.0, 2.0], 2)


@mistake
def suppression_beyond_threshold():
    run(tf.image.non_max_suppression(np.zeros((3, 4), np.float32), [1.0, 2.0, 3.0], 2, 1.5))


@mistake
def distorted_without_boxes():
    run(tf.image.sample_distorted_bounding_box([10, 10, 3], tf.zeros([1, 0, 4])))


@mistake
def distorted_boxes_outside():
    run(tf.image.sample_distorted_bounding_box([10, 10, 3], [[[0.0, 0.0, 1.5, 1.0]]]))


# ---- files ----


@mistake
def decoded_text():
    run(tf.image.decode_image(b"a text, no picture"))


@mistake
def decoded_nothing():
    run(tf.image.decode_png(b""))


@mistake
def decoded_to_two_channels():
    tf.image.decode_image(b"", channels=2)


@mistake
def decoded_jpeg_to_four_channels():
    run(tf.image.decode_image(picture_file(tf.image.encode_jpeg(tf.zeros([2, 2, 3], tf.uint8))), channels=4))


@mistake
def decoded_jpeg_to_two_channels():
    run(tf.image.decode_jpeg(b"", channels=2))


@mistake
def decoded_png_of_floats():
    tf.image.decode_png(b"", dtype=tf.float32)


@mistake
def decoded_jpeg_cut_off():
    file = picture_file(tf.image.encode_jpeg(tf.zeros([8, 8, 3], tf.uint8)))
    run(tf.image.decode_jpeg(file[:len(file) // 2]))


@mistake
def decoded_list_of_files():
    tf.image.decode_jpeg([b"", b""])


@mistake
def encoded_two_channels_as_jpeg():
    run(tf.image.encode_jpeg(tf.zeros([2, 2, 2], tf.uint8)))


@mistake
def encoded_five_channels_as_png():
    run(tf.image.encode_png(tf.zeros([2, 2, 5], tf.uint8)))


@mistake
def encoded_matrix():
    tf.image.encode_png(tf.zeros([2, 2], tf.uint8))


@mistake
def encoded_floats():
    tf.image.encode_jpeg(tf.zeros([2, 2, 3]))


# ---- projections ----


@mistake
def projected_vector():
    tf.contrib.image.transform(picture(3), [1.0] * 8)


@mistake
def projected_unknown():
    tf.contrib.image.transform(image_of_unknown_shape(np.zeros((4, 5))), [1.0] * 8)


@mistake
def projected_bytes():
    tf.contrib.image.rotate(tf.zeros([3, 3], tf.int8), 0.5)


@mistake
def projected_by_block():
    tf.contrib.image.transform(picture(), [[[1.0] * 8]])


@mistake
def projected_by_unknown():
    tf.contrib.image.transform(picture(), tf.placeholder(tf.float32))


@mistake
def projected_by_seven():
    run(tf.contrib.image.transform(picture(), [1.0] * 7))


@mistake
def projected_by_others():
    run(tf.contrib.image.transform(picture(2, 4, 5, 3), np.ones((3, 8), np.float32)))


@mistake
def projected_to_three():
    tf.contrib.image.transform(picture(), [1.0] * 8, output_shape=[1, 2, 3])


@mistake
def turned_by_matrix():
    tf.contrib.image.rotate(picture(), [[1.0]])


@mistake
def turned_by_unknown():
    tf.contrib.image.rotate(picture(), tf.placeholder(tf.float32))


@mistake
def moved_by_number():
    tf.contrib.image.translate(picture(), 1.0)


@mistake
def moved_by_unknown():
    tf.contrib.image.translate(picture(), tf.placeholder(tf.float32))


@mistake
def flattened_vector():
    tf.contrib.image.matrices_to_flat_transforms([1.0, 2.0])


@mistake
def composed_of_nothing():
    tf.contrib.image.compose_transforms()
