/* Shapes of ops on images. */
#include "ops/shapes/shapes.h"

/* ---- images of another size ------------------------------------------------------------------------------------ */

/* Output 0 is [batch, height, width, channels] with the height and width that input `size`, a vector of two, tells. */
static hr_status set_sized(hr_shape_context *c, int64_t batch, int size, int64_t channels) {
  hr_partial_shape vector, result = {.rank = 4, .dims = {batch, HR_UNKNOWN_DIM, HR_UNKNOWN_DIM, channels}};
  int64_t two;
  HR_TRY(hr_input_of_rank(c, size, 1, &vector));
  HR_TRY(hr_dim_merge(hr_dim_at(&vector, 0), 2, &two));
  hr_tensor value;
  bool known;
  HR_TRY(hr_shape_input_value(c, size, &known, &value));
  for (int i = 0; known && i < 2; ++i)
    result.dims[1 + i] = hr_tensor_int(&value, i);
  if (known) hr_tensor_clear(&value);
  for (int i = 1; i < 3; ++i)
    if (result.dims[i] < HR_UNKNOWN_DIM)
      return hr_error(HR_INVALID_ARGUMENT, "Dimension %" PRId64 " must be >= 0", result.dims[i]);
  return hr_shape_set(c, 0, &result);
}

/* Images [batch, height, width, channels] and their new size. */
hr_status hr_shape_fn_resize_images(hr_shape_context *c) {
  hr_partial_shape images;
  HR_TRY(hr_input_of_rank(c, 0, 4, &images));
  return set_sized(c, hr_dim_at(&images, 0), 1, hr_dim_at(&images, 3));
}

/* The gradient of an op on the second input. */
hr_status hr_shape_fn_like_second(hr_shape_context *c) {
  hr_share_input(c, 0, 1);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_image_projective_transform(hr_shape_context *c) {
  hr_partial_shape images;
  HR_TRY(hr_input_of_rank(c, 0, 4, &images));
  return set_sized(c, hr_dim_at(&images, 0), 2, hr_dim_at(&images, 3));
}

/* ---- pieces of images ------------------------------------------------------------------------------------------ */

hr_status hr_shape_fn_crop_and_resize(hr_shape_context *c) {
  hr_partial_shape images, boxes, of_image;
  int64_t count, four;
  HR_TRY(hr_input_of_rank(c, 0, 4, &images));
  HR_TRY(hr_input_of_rank(c, 1, 2, &boxes));
  HR_TRY(hr_input_of_rank(c, 2, 1, &of_image));
  HR_TRY(hr_dim_merge(hr_dim_at(&boxes, 0), hr_dim_at(&of_image, 0), &count));
  HR_TRY(hr_dim_merge(hr_dim_at(&boxes, 1), 4, &four));
  return set_sized(c, count, 3, hr_dim_at(&images, 3));
}

hr_status hr_shape_fn_crop_and_resize_grad_image(hr_shape_context *c) {
  hr_partial_shape image;
  HR_TRY(hr_shape_input_as_shape(c, 3, &image));
  HR_TRY(hr_shape_with_rank(&image, 4, &image));
  return hr_shape_set(c, 0, &image);
}

hr_status hr_shape_fn_crop_and_resize_grad_boxes(hr_shape_context *c) {
  hr_share_input(c, 0, 2);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_extract_glimpse(hr_shape_context *c) {
  hr_partial_shape images, offsets;
  int64_t batch, two;
  if (hr_bool_attr(c, "uniform_noise") && !hr_string_attr_is(c, "noise", "uniform"))
    return hr_error(HR_INVALID_ARGUMENT, "The uniform_noise and noise should not be specified at the same time");
  HR_TRY(hr_input_of_rank(c, 0, 4, &images));
  HR_TRY(hr_input_of_rank(c, 2, 2, &offsets));
  HR_TRY(hr_dim_merge(hr_dim_at(&images, 0), hr_dim_at(&offsets, 0), &batch));
  HR_TRY(hr_dim_merge(hr_dim_at(&offsets, 1), 2, &two));
  return set_sized(c, batch, 1, hr_dim_at(&images, 3));
}

hr_status hr_shape_fn_sample_distorted_bounding_box(hr_shape_context *c) {
  hr_partial_shape size, boxes;
  int64_t merged;
  HR_TRY(hr_input_of_rank(c, 0, 1, &size));
  HR_TRY(hr_dim_merge(hr_dim_at(&size, 0), 3, &merged));
  HR_TRY(hr_input_of_rank(c, 1, 3, &boxes));
  HR_TRY(hr_dim_merge(hr_dim_at(&boxes, 2), 4, &merged));
  HR_TRY(hr_shape_set(c, 0, &HR_SHAPE(3)));
  HR_TRY(hr_shape_set(c, 1, &HR_SHAPE(3)));
  return hr_shape_set(c, 2, &HR_SHAPE(1, 1, 4));
}

hr_status hr_shape_fn_sample_distorted_bounding_box_v2(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 2));
  return hr_shape_fn_sample_distorted_bounding_box(c);
}

/* ---- colors ---------------------------------------------------------------------------------------------------- */

static hr_status unchanged_from(hr_shape_context *c, int rank) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank_at_least(c, 0, rank, &unused));
  hr_share_input(c, 0, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_unchanged_from_rank_3(hr_shape_context *c) { return unchanged_from(c, 3); }

hr_status hr_shape_fn_adjust_contrast(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 1));
  return unchanged_from(c, 3);
}

hr_status hr_shape_fn_draw_bounding_boxes(hr_shape_context *c) {
  hr_partial_shape images, boxes;
  int64_t four;
  HR_TRY(hr_input_of_rank(c, 0, 4, &images));
  HR_TRY(hr_input_of_rank(c, 1, 3, &boxes));
  HR_TRY(hr_dim_merge(hr_dim_at(&boxes, 2), 4, &four));
  int64_t channels = hr_dim_at(&images, 3);
  if (channels >= 0 && channels != 1 && channels != 3 && channels != 4)
    return hr_error(HR_INVALID_ARGUMENT, "Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA), not %" PRId64,
                    channels);
  return hr_shape_set(c, 0, hr_rank_known(hr_shape_input(c, 0)) ? &images : hr_shape_input(c, 0));
}

hr_status hr_shape_fn_color_space(hr_shape_context *c) {
  hr_partial_shape images;
  int64_t three;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &images));
  HR_TRY(hr_dim_merge(hr_dim_at(&images, -1), 3, &three));
  hr_shape_replace(&images, -1, three);
  return hr_shape_set(c, 0, &images);
}

/* ---- suppression of overlapping boxes -------------------------------------------------------------------------- */

/* Boxes [n, width], their scores [n], and scalars from input 2 on. */
static hr_status check_boxes(const hr_shape_context *c, int64_t width) {
  hr_partial_shape boxes, scores;
  int64_t count, merged;
  HR_TRY(hr_input_of_rank(c, 0, 2, &boxes));
  HR_TRY(hr_input_of_rank(c, 1, 1, &scores));
  for (int i = 2; i < c->node->num_inputs; ++i)
    HR_TRY(hr_check_scalar(c, i));
  HR_TRY(hr_dim_merge(hr_dim_at(&boxes, 0), hr_dim_at(&scores, 0), &count));
  return hr_dim_merge(hr_dim_at(&boxes, 1), width, &merged);
}

/* A vector of indices, and where there are more outputs, of scores, and a count; of the largest size where padded. */
static hr_status set_selected(hr_shape_context *c, bool padded) {
  hr_partial_shape selected = HR_SHAPE(HR_UNKNOWN_DIM);
  if (padded) HR_TRY(hr_input_dim(c, 2, &selected.dims[0]));
  int outputs = c->node->num_outputs;
  for (int i = 0; i < outputs; ++i)
    HR_TRY(hr_shape_set(c, i, i == outputs - 1 && i > 0 ? &HR_SHAPE() : &selected));
  return HR_SUCCESS;
}

hr_status hr_shape_fn_non_max_suppression(hr_shape_context *c) {
  HR_TRY(check_boxes(c, 4));
  return set_selected(c, false);
}

hr_status hr_shape_fn_padded_non_max_suppression(hr_shape_context *c) {
  HR_TRY(check_boxes(c, 4));
  return set_selected(c, hr_bool_attr(c, "pad_to_max_output_size"));
}

hr_status hr_shape_fn_non_max_suppression_with_overlaps(hr_shape_context *c) {
  HR_TRY(check_boxes(c, hr_dim_at(hr_shape_input(c, 0), 0)));
  return set_selected(c, false);
}

/* Boxes [batch, n, classes or 1, 4] and scores [batch, n, classes]. */
hr_status hr_shape_fn_combined_non_max_suppression(hr_shape_context *c) {
  hr_partial_shape boxes, scores;
  int64_t batch, count, four, most, each;
  HR_TRY(hr_input_of_rank(c, 0, 4, &boxes));
  HR_TRY(hr_input_of_rank(c, 1, 3, &scores));
  for (int i = 2; i < 6; ++i)
    HR_TRY(hr_check_scalar(c, i));
  HR_TRY(hr_dim_merge(hr_dim_at(&boxes, 0), hr_dim_at(&scores, 0), &batch));
  HR_TRY(hr_dim_merge(hr_dim_at(&boxes, 1), hr_dim_at(&scores, 1), &count));
  HR_TRY(hr_dim_merge(hr_dim_at(&boxes, 3), 4, &four));
  int64_t of_boxes = hr_dim_at(&boxes, 2), classes = hr_dim_at(&scores, 2);
  if (of_boxes >= 0 && classes >= 0 && of_boxes != 1 && of_boxes != classes)
    return hr_error(HR_INVALID_ARGUMENT,
                    "third dimension of boxes must be either 1 or equal to the third dimension of scores");
  HR_TRY(hr_input_dim(c, 2, &each));
  HR_TRY(hr_input_dim(c, 3, &most));
  if (most == 0) return hr_error(HR_INVALID_ARGUMENT, "max_total_size should be > 0");
  if (hr_bool_attr(c, "pad_per_class") && most >= 0) {
    if (each == 0)
      return hr_error(HR_INVALID_ARGUMENT, "max_output_size_per_class must be > 0 if pad_per_class is set to true");
    int64_t of_classes;
    HR_TRY(hr_dim_multiply(each, classes, &of_classes));
    most = of_classes < 0 ? HR_UNKNOWN_DIM : most < of_classes ? most : of_classes;
  }
  HR_TRY(hr_shape_set(c, 0, &HR_SHAPE(batch, most, 4)));
  HR_TRY(hr_shape_set(c, 1, &HR_SHAPE(batch, most)));
  HR_TRY(hr_shape_set(c, 2, &HR_SHAPE(batch, most)));
  return hr_shape_set(c, 3, &HR_SHAPE(batch));
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

/* As many channels as the attribute says, where it does not leave them to the file. */
static hr_status channels_attr(const hr_shape_context *c, int64_t *out) {
  int64_t channels = hr_int_attr(c, "channels");
  if (channels < 0) return hr_error(HR_INVALID_ARGUMENT, "channels must be non-negative, got %" PRId64, channels);
  *out = channels == 0 ? HR_UNKNOWN_DIM : channels;
  return HR_SUCCESS;
}

hr_status hr_shape_fn_decode_image(hr_shape_context *c) {
  int64_t channels;
  HR_TRY(hr_check_scalar(c, 0));
  HR_TRY(channels_attr(c, &channels));
  return hr_shape_set(c, 0, &HR_SHAPE(HR_UNKNOWN_DIM, HR_UNKNOWN_DIM, channels));
}

hr_status hr_shape_fn_decode_gif(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  return hr_shape_set(c, 0, &HR_SHAPE(HR_UNKNOWN_DIM, HR_UNKNOWN_DIM, HR_UNKNOWN_DIM, 3));
}

/* The window is [y, x, height, width]. */
hr_status hr_shape_fn_decode_and_crop_jpeg(hr_shape_context *c) {
  hr_partial_shape vector, image = {.rank = 3, .dims = {HR_UNKNOWN_DIM, HR_UNKNOWN_DIM}};
  int64_t four;
  HR_TRY(hr_check_scalar(c, 0));
  HR_TRY(channels_attr(c, &image.dims[2]));
  HR_TRY(hr_input_of_rank(c, 1, 1, &vector));
  HR_TRY(hr_dim_merge(hr_dim_at(&vector, 0), 4, &four));
  hr_tensor window;
  bool known;
  HR_TRY(hr_shape_input_value(c, 1, &known, &window));
  for (int i = 0; known && i < 2; ++i)
    image.dims[i] = hr_tensor_int(&window, 2 + i);
  if (known) hr_tensor_clear(&window);
  for (int i = 0; i < 2; ++i)
    if (image.dims[i] < HR_UNKNOWN_DIM)
      return hr_error(HR_INVALID_ARGUMENT, "Dimension %" PRId64 " must be >= 0", image.dims[i]);
  return hr_shape_set(c, 0, &image);
}

hr_status hr_shape_fn_extract_jpeg_shape(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  return hr_shape_set(c, 0, &HR_SHAPE(3));
}

hr_status hr_shape_fn_encode_image(hr_shape_context *c) {
  hr_partial_shape image;
  HR_TRY(hr_input_of_rank(c, 0, 3, &image));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}
