/* Images: the graphs that TensorFlow 1.15 builds from programs/image_*.py, built in C. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define BATCH HR_SHAPE(2, 4, 5, 3)

static hr_output placeholder(hr_scope s, hr_dtype dtype, hr_partial_shape shape, const char *name) {
  return hr_placeholder(s, dtype, .shape = shape, .name = name);
}
static hr_output images_of(hr_scope s, hr_partial_shape shape) { return placeholder(s, HR_FLOAT, shape, "images"); }

/* ---- sizes ----------------------------------------------------------------------------------------------------- */

static void expect_resized(hr_dtype dtype, hr_partial_shape shape, hr_resize_images_options options,
                           const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_output x = placeholder(t.root, dtype, shape, "images");
  hr_resize_images_with(t.root, HR_OPERAND(x), HR_OPERAND(HR_OPERANDS(4, 7)), &options);
  testing_graph_expect(&t, recorded_case);
}

static void known_sizes(void **state) {
  (void)state;
  const hr_partial_shape one = HR_SHAPE(6, 9, 3), two = HR_SHAPE(2, 6, 9, 3);
  expect_resized(HR_FLOAT, one, (hr_resize_images_options){0}, "image_sizes.resize_bilinear_image");
  expect_resized(HR_FLOAT, two, (hr_resize_images_options){.preserve_aspect_ratio = true},
                 "image_sizes.keep_proportions_batch");
  expect_resized(HR_FLOAT, HR_SHAPE(-1, -1, -1), (hr_resize_images_options){.preserve_aspect_ratio = true},
                 "image_sizes.keep_proportions_unknown_sizes");
  expect_resized(HR_UINT8, one, (hr_resize_images_options){.method = HR_RESIZE_NEAREST_NEIGHBOR},
                 "image_sizes.resize_nearest_neighbor");
  expect_resized(HR_UINT8, one, (hr_resize_images_options){.method = HR_RESIZE_AREA}, "image_sizes.resize_area");
  expect_resized(HR_FLOAT, two, (hr_resize_images_options){.method = HR_RESIZE_BICUBIC, .align_corners = true},
                 "image_sizes.resize_aligned_bicubic");
}

static void size_from_tensors(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_SHAPE(2, 6, 9, 3)), size = placeholder(s, HR_INT32, HR_SHAPE(2), "size");
  hr_output height = placeholder(s, HR_INT32, HR_SHAPE(), "height");
  hr_output fed = hr_resize_images(s, x, size);
  assert_true(hr_partial_shape_equal(hr_output_shape(fed), &HR_SHAPE(2, -1, -1, 3)));
  hr_output packed = hr_resize_images(s, x, HR_OPERANDS(height, 5), .method = HR_RESIZE_NEAREST_NEIGHBOR);
  assert_true(hr_partial_shape_equal(hr_output_shape(packed), &HR_SHAPE(2, -1, 5, 3)));
  testing_graph_expect(&t, "image_sizes.size_is_tensor");
}

typedef hr_output (*sized)(hr_scope s, hr_output x, const hr_output *numbers);

/* Sizes and offsets that runs find out, with what they check. */
static void expect_computed(sized function, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_output x = images_of(t.root, HR_SHAPE(-1, -1, 3)), numbers[4];
  static const char *const names[] = {"n0", "n1", "n2", "n3"};
  for (int i = 0; i < 4; ++i)
    numbers[i] = placeholder(t.root, HR_INT32, HR_SHAPE(), names[i]);
  function(t.root, x, numbers);
  testing_graph_expect(&t, recorded_case);
}

static hr_output cropped(hr_scope s, hr_output x, const hr_output *n) {
  return hr_crop_to_bounding_box(s, x, n[0], n[1], n[2], n[3]);
}
static hr_output partly_cropped(hr_scope s, hr_output x, const hr_output *n) {
  return hr_crop_to_bounding_box(s, x, 1, n[1], n[2], 3);
}
static hr_output padded(hr_scope s, hr_output x, const hr_output *n) {
  hr_output height = hr_plus(s, n[2], 9);
  return hr_pad_to_bounding_box(s, x, n[0], n[1], height, hr_plus(s, n[3], 9));
}
static hr_output cropped_or_padded(hr_scope s, hr_output x, const hr_output *n) {
  return hr_resize_image_with_crop_or_pad(s, x, n[2], n[3]);
}
static hr_output resized_with_pad(hr_scope s, hr_output x, const hr_output *n) {
  return hr_resize_image_with_pad(s, x, n[2], n[3]);
}

static void computed_sizes(void **state) {
  (void)state;
  expect_computed(cropped, "image_sizes.computed_crop");
  expect_computed(partly_cropped, "image_sizes.partly_computed_crop");
  expect_computed(padded, "image_sizes.computed_pad");
  expect_computed(cropped_or_padded, "image_sizes.computed_crop_or_pad");
  expect_computed(resized_with_pad, "image_sizes.computed_resize_with_pad");
}

static void sizes_that_do_not_fit(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output x = images_of(t.root, HR_SHAPE(4, 5, 3));
  hr_crop_to_bounding_box(t.root, x, 1, 1, 4, 3);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "height must be >= target + offset", NULL);
  hr_crop_to_bounding_box(t.root, x, 0.5, 1, 2, 3);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "whole numbers", NULL);
  hr_central_crop(t.root, x, 1.5);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "(0, 1]", NULL);
  hr_resize_images(t.root, x, HR_OPERANDS(1, 2, 3));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "2 elements", NULL);
  hr_resize_images(t.root, x, HR_OPERANDS(1, 2), .method = (hr_resize_method)7);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "not implemented", NULL);
  hr_flip_left_right(t.root, placeholder(t.root, HR_FLOAT, HR_SHAPE(4, 5), "matrix"));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "three-dimensional", "[4,5]", NULL);
  testing_graph_free(&t);
}

/* ---- places ---------------------------------------------------------------------------------------------------- */

static void expect_flips(hr_partial_shape shape, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_output x = images_of(t.root, shape);
  hr_flip_left_right(t.root, x);
  hr_flip_up_down(t.root, x);
  hr_transpose_image(t.root, x);
  hr_transpose_image(t.root, x, .name = "turned");
  testing_graph_expect(&t, recorded_case);
}

static void flips(void **state) {
  (void)state;
  expect_flips(HR_SHAPE(4, 5, 3), "image_colors.flips");
  expect_flips(BATCH, "image_colors.flips_of_batch");
  expect_flips(HR_SHAPE(-1, -1, 3), "image_colors.flips_unknown_sizes");
  expect_flips(HR_SHAPE_UNKNOWN, "image_colors.flips_unknown_rank");
}

static void expect_turns(hr_partial_shape shape, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_output x = images_of(t.root, shape);
  hr_rot90(t.root, x);
  hr_rot90(t.root, x, .k = hr_operand_int(3), .name = "turn");
  testing_graph_expect(&t, recorded_case);
}

static void turns(void **state) {
  (void)state;
  expect_turns(HR_SHAPE(4, 5, 3), "image_colors.turns");
  expect_turns(BATCH, "image_colors.turns_of_batch");
}

static void expect_chance(hr_partial_shape shape, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_output x = images_of(t.root, shape);
  hr_random_flip_left_right(t.root, x, .seed = 1);
  hr_random_flip_up_down(t.root, x);
  testing_graph_expect(&t, recorded_case);
}

static void chance(void **state) {
  (void)state;
  expect_chance(HR_SHAPE(4, 5, 3), "image_colors.chance");
  expect_chance(BATCH, "image_colors.chance_of_batch");
  expect_chance(HR_SHAPE_UNKNOWN, "image_colors.chance_unknown_rank");
}

/* ---- colors ---------------------------------------------------------------------------------------------------- */

static void expect_adjustments(hr_dtype dtype, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_output x = placeholder(t.root, dtype, HR_SHAPE(4, 5, 3), "images");
  hr_adjust_brightness(t.root, x, 0.1);
  hr_adjust_contrast(t.root, x, 1.7);
  hr_adjust_gamma(t.root, x, .gamma = hr_operand_float(0.7), .gain = hr_operand_float(1.2));
  hr_tf_adjust_hue(t.root, x, 0.2);
  hr_tf_adjust_saturation(t.root, x, 1.5, .name = "sat");
  hr_adjust_gamma(t.root, x);
  testing_graph_expect(&t, recorded_case);
}

static void adjustments(void **state) {
  (void)state;
  expect_adjustments(HR_FLOAT, "image_colors.adjustments");
  expect_adjustments(HR_UINT8, "image_colors.adjustments_of_bytes");
}

static void random_colors(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_output x = images_of(t.root, HR_SHAPE(4, 5, 3));
  hr_random_brightness(t.root, x, 0.2);
  hr_random_contrast(t.root, x, 0.5, 1.5, .seed = 3);
  hr_random_hue(t.root, x, 0.1);
  hr_random_saturation(t.root, x, 0.5, 1.5);
  testing_graph_expect(&t, "image_colors.random");
}

static void television(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output x = images_of(t.root, HR_SHAPE(4, 5, 3));
  hr_rgb_to_yiq(t.root, x);
  hr_yiq_to_rgb(t.root, x);
  hr_rgb_to_yuv(t.root, x);
  hr_yuv_to_rgb(t.root, x);
  testing_graph_expect(&t, "image_colors.television");
}

/* ---- projections ----------------------------------------------------------------------------------------------- */

static void projections(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output angles = placeholder(s, HR_FLOAT, HR_SHAPE(-1), "angles");
  hr_output turns_of = hr_angles_to_projective_transforms(s, angles, 6, 8.0);
  hr_output eight = hr_constant_f32(s, 8.0F);
  hr_output single = hr_angles_to_projective_transforms(s, 0.3, 6.0, eight, .name = "single");
  hr_output moves = hr_translations_to_projective_transforms(s, HR_OPERANDS(2.0, 3.0), .name = "moves");
  hr_output matrices = hr_flat_transforms_to_matrices(s, turns_of);
  hr_matrices_to_flat_transforms(s, hr_times(s, 2.0, matrices));
  hr_matrices_to_flat_transforms(s, hr_eye(s, 3));
  hr_compose_transforms(s, HR_LIST(single, moves, turns_of));
  hr_compose_transforms(s, HR_OPERANDS(HR_OPERANDS(1.0, 0.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0)));
  testing_graph_expect(&t, "image_transforms.matrices");
}

static void turned_and_moved(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_SHAPE(4, 5, 3));
  hr_rotate_images(s, x, 0.4);
  hr_rotate_images(s, x, HR_OPERANDS(1.2), .interpolation = "BILINEAR", .name = "turned");
  hr_translate_images(s, x, HR_OPERANDS(1.0, -2.0));
  hr_translate_images(s, x, HR_OPERANDS(HR_OPERANDS(0.5, 1.5)), .interpolation = "BILINEAR", .name = "moved");
  testing_graph_expect(&t, "image_transforms.turn_rank_3");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_sizes),    cmocka_unit_test(size_from_tensors),
      cmocka_unit_test(computed_sizes), cmocka_unit_test(sizes_that_do_not_fit),
      cmocka_unit_test(flips),          cmocka_unit_test(turns),
      cmocka_unit_test(chance),         cmocka_unit_test(adjustments),
      cmocka_unit_test(random_colors),  cmocka_unit_test(television),
      cmocka_unit_test(projections),    cmocka_unit_test(turned_and_moved),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
