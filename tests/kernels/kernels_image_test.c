/* Ops on images, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void run_exactly(const char *family) {
  static const tester_tolerance exact[] = {{NULL, 0, 0, 0, 0}};
  tester_run_family(&(tester_family){.name = family, .tolerances = exact});
}

static void test_resizing(void **state) {
  (void)state;
  run_exactly("resizing");
}

static void test_resizing_gradients(void **state) {
  (void)state;
  run_exactly("resizing_gradients");
}

static void test_crops(void **state) {
  (void)state;
  run_exactly("crops");
}

static void test_crop_gradients(void **state) {
  (void)state;
  run_exactly("crop_gradients");
}

static void test_glimpses(void **state) {
  (void)state;
  run_exactly("glimpses");
}

static void test_projections(void **state) {
  (void)state;
  run_exactly("projections");
}

static void test_colors(void **state) {
  (void)state;
  run_exactly("colors");
}

static void test_contrast(void **state) {
  (void)state;
  run_exactly("contrast");
}

static void test_drawing(void **state) {
  (void)state;
  run_exactly("drawing");
}

static void test_distorting(void **state) {
  (void)state;
  run_exactly("distorting");
}

static void test_suppression(void **state) {
  (void)state;
  run_exactly("suppression");
}

static void test_combined_suppression(void **state) {
  (void)state;
  run_exactly("combined_suppression");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_resizing),    cmocka_unit_test(test_resizing_gradients),
      cmocka_unit_test(test_crops),       cmocka_unit_test(test_crop_gradients),
      cmocka_unit_test(test_glimpses),    cmocka_unit_test(test_projections),
      cmocka_unit_test(test_colors),      cmocka_unit_test(test_contrast),
      cmocka_unit_test(test_drawing),     cmocka_unit_test(test_distorting),
      cmocka_unit_test(test_suppression), cmocka_unit_test(test_combined_suppression),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
