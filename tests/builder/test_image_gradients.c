/* Gradients of ops on images: the graphs that TensorFlow 1.15 builds from programs/image_gradients.py, built in C. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static hr_output images_of(hr_scope s, hr_dtype dtype, hr_partial_shape shape) {
  return hr_placeholder(s, dtype, .shape = shape, .name = "images");
}

static void resized(void **state) {
  (void)state;
  const hr_partial_shape known = HR_SHAPE(1, 4, 5, 2), partly = HR_SHAPE(-1, -1, 5, 2), unknown = HR_SHAPE_UNKNOWN;
  const struct {
    const char *name, *op, *attr;
    hr_partial_shape shape;
  } cases[] = {{"bilinear", "ResizeBilinear", NULL, known},
               {"bilinear_aligned", "ResizeBilinear", "align_corners", partly},
               {"bilinear_half_pixels", "ResizeBilinear", "half_pixel_centers", unknown},
               {"nearest", "ResizeNearestNeighbor", NULL, known},
               {"nearest_of_unknown_size", "ResizeNearestNeighbor", "align_corners", partly},
               {"nearest_of_unknown_rank", "ResizeNearestNeighbor", "half_pixel_centers", unknown},
               {"bicubic", "ResizeBicubic", NULL, known},
               {"bicubic_half_pixels", "ResizeBicubic", "half_pixel_centers", unknown}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    testing_graph t = testing_graph_new();
    hr_scope s = t.root;
    char recorded[80];
    snprintf(recorded, sizeof recorded, "image_gradients.%s", cases[i].name);
    hr_output x = images_of(s, HR_FLOAT, cases[i].shape);
    const hr_named_attr attr = {cases[i].attr, HR_ATTR_BOOL_VALUE(true)};
    hr_output y = testing_call(s, cases[i].op, NULL, HR_OPERANDS(x, HR_INTS(7, 3)), attr.name != NULL, &attr);
    hr_gradient weights = hr_dense_gradient(recorded_data(s, recorded, "Const")), gradient;
    hr_gradients(s, HR_LIST(y), HR_LIST(x), &gradient, .grad_ys = &weights);
    testing_graph_expect(&t, recorded);
  }
}

static void other_types(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  static const hr_dtype dtypes[] = {HR_INT32, HR_HALF, HR_DOUBLE};
  for (int i = 0; i < 3; ++i) {
    hr_output x = hr_placeholder(s, dtypes[i], .shape = HR_SHAPE(1, 4, 5, 2));
    for (int bilinear = 0; bilinear < (i == 0 ? 1 : 2); ++bilinear) {
      hr_output y = CALL_OP(s, bilinear ? "ResizeBilinear" : "ResizeBicubic", NULL, HR_OPERANDS(x, HR_INTS(7, 3)));
      hr_gradient gradient;
      hr_gradients(s, HR_LIST(y), HR_LIST(x), &gradient);
      assert_int_equal(hr_gradient_exists(gradient), bilinear || dtypes[i] == HR_DOUBLE);
    }
  }
  testing_graph_expect(&t, "image_gradients.of_other_types");
}

static void area(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_FLOAT, HR_SHAPE(1, 4, 5, 2));
  hr_output y = CALL_OP(s, "ResizeArea", NULL, HR_OPERANDS(x, HR_INTS(2, 3)));
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &gradient);
  expect_error(t.builder, HR_NOT_FOUND, "ResizeArea", NULL);
  testing_graph_expect(&t, "image_gradients.area");
}

static void crops(void **state) {
  (void)state;
  const struct {
    const char *recorded, *method;
    hr_dtype dtype;
    hr_partial_shape shape;
  } cases[] = {{"image_gradients.crops_bilinear", "bilinear", HR_FLOAT, HR_SHAPE(2, 6, 5, 2)},
               {"image_gradients.crops_nearest", "nearest", HR_FLOAT, HR_SHAPE(-1, 6, 5, 2)},
               {"image_gradients.crops_of_bytes", "bilinear", HR_UINT8, HR_SHAPE(2, 6, 5, 2)},
               {"image_gradients.crops_of_unknown_rank", "bilinear", HR_DOUBLE, HR_SHAPE_UNKNOWN}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    testing_graph t = testing_graph_new();
    hr_scope s = t.root;
    hr_output x = images_of(s, cases[i].dtype, cases[i].shape);
    hr_output boxes = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "boxes");
    hr_output y = CALL_OP(s, "CropAndResize", NULL, HR_OPERANDS(x, boxes, HR_INTS(1, 0, 1), HR_INTS(3, 4)),
                          {"method", HR_ATTR_STRING_VALUE(cases[i].method)});
    hr_gradient gradients[2];
    hr_gradients(s, HR_LIST(y), HR_LIST(x, boxes), gradients);
    testing_graph_expect(&t, cases[i].recorded);
  }
}

static void hue_and_saturation(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_FLOAT, HR_SHAPE(-1, 3)), y = hr_rgb_to_hsv(s, x);
  hr_gradient weights = hr_dense_gradient(recorded_data(s, "image_gradients.hue_and_saturation", "Const")), gradient;
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &gradient, .grad_ys = &weights);
  testing_graph_expect(&t, "image_gradients.hue_and_saturation");
}

/* Ops whose gradient is none, and those that have no gradient function: the ones are there before the search. */
static void without(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = images_of(s, HR_FLOAT, HR_SHAPE(1, 4, 5, 3));
  hr_output box = hr_constant(s, HR_OPERANDS(HR_OPERANDS(HR_OPERANDS(0.1, 0.1, 0.5, 0.5))));
  hr_operands red = HR_OPERANDS(HR_OPERANDS(1.0, 0.0, 0.0)), middle = HR_OPERANDS(HR_OPERANDS(0.0, 0.0));
  hr_output results[7];
  results[0] = hr_hsv_to_rgb(s, x);
  results[1] = CALL_OP(s, "AdjustHue", NULL, HR_OPERANDS(x, 0.1));
  results[2] = CALL_OP(s, "AdjustSaturation", NULL, HR_OPERANDS(x, 0.1));
  results[3] = CALL_OP(s, "AdjustContrastv2", NULL, HR_OPERANDS(x, 0.1));
  results[4] = CALL_OP(s, "DrawBoundingBoxes", NULL, HR_OPERANDS(x, box));
  results[5] = CALL_OP(s, "DrawBoundingBoxesV2", NULL, HR_OPERANDS(x, box, red));
  results[6] = CALL_OP(s, "ExtractGlimpse", NULL, HR_OPERANDS(x, HR_INTS(2, 2), middle));
  for (size_t i = 0; i < sizeof results / sizeof *results; ++i) {
    hr_gradient gradient;
    hr_gradients(s, HR_LIST(results[i]), HR_LIST(x), &gradient);
    hr_status_free(hr_builder_status(t.builder)); /* LookupError for some */
  }
  testing_graph_expect(&t, "image_gradients.without");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(resized), cmocka_unit_test(other_types),
                                     cmocka_unit_test(area),    cmocka_unit_test(crops),
                                     cmocka_unit_test(without), cmocka_unit_test(hue_and_saturation)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
