/* Sizes of images: the graphs that TensorFlow 1.15 builds from programs/image_sizes.py, built in C. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static hr_output placeholder(hr_scope s, hr_dtype dtype, hr_partial_shape shape, const char *name) {
  return hr_placeholder(s, dtype, .shape = shape, .name = name);
}
static hr_output images_of(hr_scope s, hr_partial_shape shape) { return placeholder(s, HR_FLOAT, shape, "images"); }

/* ---- one function of what is known of the images' shape ---------------------------------------------------------- */

#define RESIZE(...) hr_resize_images(s, x, HR_OPERANDS(4, 7), __VA_ARGS__)
static hr_output bilinear(hr_scope s, hr_output x) { return RESIZE(.method = HR_RESIZE_BILINEAR); }
static hr_output proportional(hr_scope s, hr_output x) { return RESIZE(.preserve_aspect_ratio = true); }
static hr_output padded_to_box(hr_scope s, hr_output x) { return hr_pad_to_bounding_box(s, x, 1, 2, 8, 13); }
static hr_output cropped_to_box(hr_scope s, hr_output x) { return hr_crop_to_bounding_box(s, x, 1, 2, 4, 5); }
static hr_output cropped_or_padded_to(hr_scope s, hr_output x) { return hr_resize_image_with_crop_or_pad(s, x, 4, 12); }
static hr_output resized_with_pad_to(hr_scope s, hr_output x) { return hr_resize_image_with_pad(s, x, 5, 12); }
static hr_output central(hr_scope s, hr_output x) { return hr_central_crop(s, x, 0.6); }

static void of_shapes(void **state) {
  (void)state;
  enum { ALL = 7, RANKED = 6 };
  const struct {
    const char *name;
    hr_partial_shape shape;
  } shapes[ALL] = {{"image", HR_SHAPE(6, 9, 3)},
                   {"batch", HR_SHAPE(2, 6, 9, 3)},
                   {"unknown_width", HR_SHAPE(6, -1, 3)},
                   {"unknown_batch", HR_SHAPE(-1, 6, 9, 3)},
                   {"unknown_sizes", HR_SHAPE(-1, -1, -1)},
                   {"unknown_images", HR_SHAPE(-1, -1, -1, 3)},
                   {"unknown_rank", HR_SHAPE_UNKNOWN}};
  static const struct {
    const char *name;
    hr_output (*function)(hr_scope s, hr_output x);
    int count; /* of the shapes */
  } functions[] = {{"resize_bilinear", bilinear, RANKED},
                   {"keep_proportions", proportional, RANKED},
                   {"pad", padded_to_box, ALL},
                   {"crop", cropped_to_box, ALL},
                   {"crop_or_pad", cropped_or_padded_to, 4},
                   {"resize_with_pad", resized_with_pad_to, 4},
                   {"central_crop", central, RANKED}};
  for (size_t f = 0; f < sizeof functions / sizeof *functions; ++f)
    for (int i = 0; i < functions[f].count; ++i) {
      testing_graph t = testing_graph_new();
      functions[f].function(t.root, images_of(t.root, shapes[i].shape));
      char recorded[80];
      snprintf(recorded, sizeof recorded, "image_sizes.%s_%s", functions[f].name, shapes[i].name);
      testing_graph_expect(&t, recorded);
    }
}

static void methods(void **state) {
  (void)state;
  static const char *const names[] = {"bilinear", "nearest_neighbor", "bicubic", "area"};
  for (int i = HR_RESIZE_NEAREST_NEIGHBOR; i <= HR_RESIZE_AREA; ++i)
    for (int aligned = 0; aligned < 2; ++aligned) {
      testing_graph t = testing_graph_new();
      hr_scope s = t.root;
      hr_output x =
          aligned ? images_of(s, HR_SHAPE(2, 6, 9, 3)) : placeholder(s, HR_UINT8, HR_SHAPE(6, 9, 3), "images");
      RESIZE(.method = (hr_resize_method)i, .align_corners = aligned);
      char recorded[80];
      snprintf(recorded, sizeof recorded, "image_sizes.resize_%s%s", aligned ? "aligned_" : "", names[i]);
      testing_graph_expect(&t, recorded);
    }
}

static void same_size(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = placeholder(s, HR_UINT8, HR_SHAPE(6, 9, 3), "images");
  hr_resize_images(s, x, HR_INTS(6, 9));
  hr_resize_images(s, x, hr_constant(s, HR_INTS(6, 9)), .method = HR_RESIZE_AREA, .name = "named");
  assert_ptr_equal(hr_central_crop(s, x, 1.0).node, x.node);
  testing_graph_expect(&t, "image_sizes.same_size");
}

static void single_ops(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_SHAPE(2, 6, 9, 3));
  const hr_attr_value yes = HR_ATTR_BOOL_VALUE(true);
  hr_resize_images(s, x, HR_INTS(3, 3), .name = "r");
  hr_resize_image_with_crop_or_pad(s, x, 5, 5);
  CALL_OP(s, "ResizeBilinear", "b", HR_OPERANDS(x, HR_INTS(2, 3)), {"align_corners", yes});
  CALL_OP(s, "ResizeNearestNeighbor", NULL, HR_OPERANDS(x, HR_INTS(2, 3)));
  CALL_OP(s, "ResizeBicubic", NULL, HR_OPERANDS(x, HR_INTS(2, 3)), {"half_pixel_centers", yes});
  CALL_OP(s, "ResizeArea", NULL, HR_OPERANDS(x, HR_INTS(2, 3)));
  testing_graph_expect(&t, "image_sizes.aliases");
}

static void pieces(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_graph_set_seed(t.graph, true, 7);
  hr_output x = images_of(s, HR_SHAPE(2, 6, 9, 3));
  hr_operands boxes = HR_OPERANDS(HR_OPERANDS(0.0, 0.0, 0.5, 0.5), HR_OPERANDS(0.2, 0.9, 0.9, 0.1));
  CALL_OP(s, "CropAndResize", NULL, HR_OPERANDS(x, boxes, HR_INTS(0, 1), HR_INTS(3, 2)));
  CALL_OP(s, "CropAndResize", "old", HR_OPERANDS(x, boxes, HR_INTS(1, 1), HR_INTS(2, 2)),
          {"method", HR_ATTR_STRING_VALUE("nearest")}, {"extrapolation_value", HR_ATTR_FLOAT_VALUE(0.5f)});
  hr_operands middles = HR_OPERANDS(HR_OPERANDS(0.1, -0.2), HR_OPERANDS(0.0, 0.0));
  CALL_OP(s, "ExtractGlimpse", NULL, HR_OPERANDS(x, HR_INTS(3, 4), middles));
  hr_random_crop(s, x, HR_INTS(1, 3, 4, 3), .seed = 3);
  hr_random_crop(s, x, HR_INTS(2, 2, 2, 3));
  testing_graph_expect(&t, "image_sizes.pieces");
}

/* ---- sizes that are tensors -------------------------------------------------------------------------------------- */

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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(of_shapes),      cmocka_unit_test(methods),
                                     cmocka_unit_test(same_size),      cmocka_unit_test(single_ops),
                                     cmocka_unit_test(pieces),         cmocka_unit_test(size_from_tensors),
                                     cmocka_unit_test(computed_sizes), cmocka_unit_test(sizes_that_do_not_fit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
