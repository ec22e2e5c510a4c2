/* Colors, places and projections of images: the graphs that TensorFlow 1.15 builds from programs/image_colors.py and
 * image_transforms.py, built in C. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define BATCH HR_SHAPE(2, 4, 5, 3)

static hr_output placeholder(hr_scope s, hr_dtype dtype, hr_partial_shape shape, const char *name) {
  return hr_placeholder(s, dtype, .shape = shape, .name = name);
}
static hr_output images_of(hr_scope s, hr_partial_shape shape) { return placeholder(s, HR_FLOAT, shape, "images"); }

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
  expect_turns(HR_SHAPE(-1, 5, 3), "image_colors.turns_unknown");
}

static void expect_chance(hr_dtype dtype, hr_partial_shape shape, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_output x = placeholder(t.root, dtype, shape, "images");
  hr_random_flip_left_right(t.root, x, .seed = 1);
  hr_random_flip_up_down(t.root, x);
  testing_graph_expect(&t, recorded_case);
}

static void chance(void **state) {
  (void)state;
  expect_chance(HR_FLOAT, HR_SHAPE(4, 5, 3), "image_colors.chance");
  expect_chance(HR_FLOAT, BATCH, "image_colors.chance_of_batch");
  expect_chance(HR_FLOAT, HR_SHAPE_UNKNOWN, "image_colors.chance_unknown_rank");
  expect_chance(HR_UINT8, HR_SHAPE(-1, -1, -1, 3), "image_colors.chance_unknown_sizes");
}

/* ---- colors ---------------------------------------------------------------------------------------------------- */

static void expect_adjustments(hr_dtype dtype, hr_partial_shape shape, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_output x = placeholder(t.root, dtype, shape, "images");
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
  expect_adjustments(HR_FLOAT, HR_SHAPE(4, 5, 3), "image_colors.adjustments");
  expect_adjustments(HR_UINT8, HR_SHAPE(4, 5, 3), "image_colors.adjustments_of_bytes");
  expect_adjustments(HR_FLOAT, HR_SHAPE(-1, -1, -1, 3), "image_colors.adjustments_of_batch");
}

static void expect_random_colors(hr_dtype dtype, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_output x = placeholder(t.root, dtype, HR_SHAPE(4, 5, 3), "images");
  hr_random_brightness(t.root, x, 0.2);
  hr_random_contrast(t.root, x, 0.5, 1.5, .seed = 3);
  hr_random_hue(t.root, x, 0.1);
  hr_random_saturation(t.root, x, 0.5, 1.5);
  testing_graph_expect(&t, recorded_case);
}

static void random_colors(void **state) {
  (void)state;
  expect_random_colors(HR_FLOAT, "image_colors.random");
  expect_random_colors(HR_UINT8, "image_colors.random_of_bytes");
}

static void fed_amounts(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_SHAPE(4, 5, 3)), amount = placeholder(s, HR_FLOAT, HR_SHAPE(), "amount");
  hr_output turns_of = placeholder(s, HR_INT32, HR_SHAPE(), "turns");
  hr_adjust_gamma(s, x, .gamma = HR_OPERAND(amount), .gain = HR_OPERAND(amount));
  hr_tf_adjust_hue(s, x, amount);
  hr_adjust_brightness(s, x, amount);
  hr_adjust_contrast(s, x, amount);
  hr_rot90(s, x, .k = HR_OPERAND(turns_of));
  testing_graph_expect(&t, "image_colors.fed_amounts");
}

/* ---- spaces of colors and dtypes --------------------------------------------------------------------------------- */

static void expect_television(hr_dtype dtype, hr_partial_shape shape, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_output x = placeholder(t.root, dtype, shape, "images");
  hr_rgb_to_yiq(t.root, x);
  hr_yiq_to_rgb(t.root, x);
  hr_rgb_to_yuv(t.root, x);
  hr_yuv_to_rgb(t.root, x);
  testing_graph_expect(&t, recorded_case);
}

static void television(void **state) {
  (void)state;
  expect_television(HR_FLOAT, HR_SHAPE(4, 5, 3), "image_colors.television");
  expect_television(HR_DOUBLE, HR_SHAPE(-1, -1, -1, 3), "image_colors.television_of_batch");
}

static void expect_gray(hr_dtype dtype, hr_partial_shape shape, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_output x = placeholder(t.root, dtype, shape, "images");
  hr_rgb_to_grayscale(t.root, x);
  hr_rgb_to_grayscale(t.root, x, .name = "gray");
  testing_graph_expect(&t, recorded_case);
}

static void gray(void **state) {
  (void)state;
  expect_gray(HR_FLOAT, HR_SHAPE(4, 5, 3), "image_colors.gray");
  expect_gray(HR_UINT8, BATCH, "image_colors.gray_of_bytes");
  expect_gray(HR_FLOAT, HR_SHAPE(-1, -1, 3), "image_colors.gray_unknown");
}

static void gray_to_color(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  const hr_partial_shape shapes[] = {HR_SHAPE(4, 5, 1), HR_SHAPE(-1, 5, 1), HR_SHAPE(2, 4, 5, 1),
                                     HR_SHAPE(2, 4, -1, -1)};
  static const char *const names[] = {"x0", "x1", "x2", "x3"};
  hr_output x[4];
  for (int i = 0; i < 4; ++i)
    x[i] = placeholder(t.root, HR_FLOAT, shapes[i], names[i]);
  for (int i = 0; i < 4; ++i)
    hr_grayscale_to_rgb(t.root, x[i]);
  testing_graph_expect(&t, "image_colors.gray_to_color");
}

static void expect_conversions(bool saturate, const char *recorded_case) {
  static const hr_dtype dtypes[] = {HR_UINT8, HR_INT8, HR_INT16, HR_UINT16, HR_INT32,
                                    HR_INT64, HR_HALF, HR_FLOAT, HR_DOUBLE};
  static const char *const names[] = {"uint8", "int8",    "int16",   "uint16", "int32",
                                      "int64", "float16", "float32", "float64"};
  enum { DTYPES = sizeof dtypes / sizeof *dtypes };
  testing_graph t = testing_graph_new();
  for (int from = 0; from < DTYPES; ++from) {
    hr_output x = placeholder(t.root, dtypes[from], HR_SHAPE(5), names[from]);
    if (saturate && dtypes[from] != HR_INT32 && !hr_dtype_is_floating(dtypes[from])) continue;
    for (int to = 0; to < DTYPES; ++to)
      hr_convert_image_dtype(t.root, x, dtypes[to], .saturate = saturate);
  }
  testing_graph_expect(&t, recorded_case);
}

static void conversions(void **state) {
  (void)state;
  expect_conversions(false, "image_colors.conversions");
  expect_conversions(true, "image_colors.conversions_saturated");
}

static void spaces(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output x = placeholder(t.root, HR_DOUBLE, HR_SHAPE(-1, 3), "x");
  hr_rgb_to_hsv(t.root, x);
  hr_hsv_to_rgb(t.root, x, .name = "back");
  testing_graph_expect(&t, "image_colors.spaces");
}

/* ---- numbers about images ---------------------------------------------------------------------------------------- */

static void expect_standard(hr_dtype dtype, hr_partial_shape shape, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_per_image_standardization(t.root, placeholder(t.root, dtype, shape, "images"));
  testing_graph_expect(&t, recorded_case);
}

static void standard(void **state) {
  (void)state;
  expect_standard(HR_FLOAT, HR_SHAPE(4, 5, 3), "image_colors.standard");
  expect_standard(HR_UINT8, BATCH, "image_colors.standard_of_bytes");
  expect_standard(HR_FLOAT, HR_SHAPE_UNKNOWN, "image_colors.standard_unknown");
}

static void comparing(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = placeholder(s, HR_FLOAT, BATCH, "a"), b = placeholder(s, HR_FLOAT, BATCH, "b");
  hr_output c = placeholder(s, HR_UINT8, HR_SHAPE(-1, -1, 3), "c"),
            d = placeholder(s, HR_UINT8, HR_SHAPE(-1, -1, 3), "d");
  hr_psnr(s, a, b, 1.0);
  hr_psnr(s, c, d, 255, .name = "of_bytes");
  testing_graph_expect(&t, "image_colors.comparing");
}

static void differences(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = placeholder(s, HR_FLOAT, BATCH, "x");
  placeholder(s, HR_FLOAT, BATCH, "fed");
  hr_image_gradients(s, x);
  hr_total_variation(s, x);
  hr_total_variation(s, hr_at(s, x, HR_INDEX(0)), .name = "tv");
  testing_graph_expect(&t, "image_colors.differences");
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
  const struct {
    const char *recorded;
    hr_partial_shape shape;
  } cases[] = {{"image_transforms.turn_rank_2", HR_SHAPE(4, 5)},
               {"image_transforms.turn_rank_3", HR_SHAPE(4, 5, 3)},
               {"image_transforms.turn_rank_4", HR_SHAPE(2, 4, 5, 1)},
               {"image_transforms.turn_dynamic", HR_SHAPE(-1, -1, -1)}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    testing_graph t = testing_graph_new();
    hr_scope s = t.root;
    hr_output x = images_of(s, cases[i].shape);
    hr_rotate_images(s, x, 0.4);
    hr_rotate_images(s, x, HR_OPERANDS(1.2), .interpolation = "BILINEAR", .name = "turned");
    hr_translate_images(s, x, HR_OPERANDS(1.0, -2.0));
    hr_translate_images(s, x, HR_OPERANDS(HR_OPERANDS(0.5, 1.5)), .interpolation = "BILINEAR", .name = "moved");
    testing_graph_expect(&t, cases[i].recorded);
  }
}

static void projected(void **state) {
  (void)state;
  const struct {
    const char *recorded;
    hr_partial_shape shape;
  } cases[] = {{"image_transforms.transform_rank_2", HR_SHAPE(4, 5)},
               {"image_transforms.transform_rank_3", HR_SHAPE(4, 5, 3)},
               {"image_transforms.transform_rank_4", HR_SHAPE(2, 4, 5, 1)},
               {"image_transforms.transform_dynamic", HR_SHAPE(-1, -1, -1, -1)}};
  hr_operands shear = HR_OPERANDS(1.0, 0.25, 0.5, 0.1, 0.9, -0.5, 0.01, -0.02);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    testing_graph t = testing_graph_new();
    hr_scope s = t.root;
    hr_output x = images_of(s, cases[i].shape);
    hr_image_transform(s, x, shear);
    hr_image_transform(s, x, HR_OPERANDS(shear), .interpolation = "BILINEAR", .name = "sheared");
    hr_output fixed = hr_constant(s, HR_OPERANDS(shear));
    hr_image_transform(s, x, fixed, .output_shape = HR_OPERAND(HR_INTS(3, 8)));
    hr_output size = hr_constant(s, HR_INTS(4, 4));
    hr_image_transform(s, x, shear, .interpolation = "BILINEAR", .output_shape = HR_OPERAND(size));
    testing_graph_expect(&t, cases[i].recorded);
  }
}

static void each_its_own(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_SHAPE(3, 4, 5, 2)), angles = placeholder(s, HR_FLOAT, HR_SHAPE(-1), "angles");
  hr_output moves = placeholder(s, HR_FLOAT, HR_SHAPE(3, 2), "moves");
  hr_rotate_images(s, x, angles);
  hr_translate_images(s, x, moves, .interpolation = "BILINEAR");
  hr_rotate_images(s, hr_tf_cast(s, hr_times(s, x, 255), HR_UINT8), angles);
  testing_graph_expect(&t, "image_transforms.each_its_own");
}

static void gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_SHAPE(2, 4, 5, 1)), turned = hr_rotate_images(s, x, 0.4);
  hr_output sheared = hr_image_transform(s, x, HR_OPERANDS(1.0, 0.25, 0.5, 0.1, 0.9, -0.5, 0.0, 0.0),
                                         .interpolation = "BILINEAR", .output_shape = HR_OPERAND(HR_INTS(3, 3)));
  hr_gradient gradient;
  hr_output squares = hr_times(s, turned, turned);
  hr_gradients(s, HR_LIST(squares, sheared), HR_LIST(x), &gradient);
  testing_graph_expect(&t, "image_transforms.gradients");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flips),         cmocka_unit_test(turns),
      cmocka_unit_test(chance),        cmocka_unit_test(adjustments),
      cmocka_unit_test(random_colors), cmocka_unit_test(television),
      cmocka_unit_test(projections),   cmocka_unit_test(turned_and_moved),
      cmocka_unit_test(fed_amounts),   cmocka_unit_test(gray),
      cmocka_unit_test(gray_to_color), cmocka_unit_test(conversions),
      cmocka_unit_test(spaces),        cmocka_unit_test(standard),
      cmocka_unit_test(comparing),     cmocka_unit_test(differences),
      cmocka_unit_test(projected),     cmocka_unit_test(each_its_own),
      cmocka_unit_test(gradients),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
