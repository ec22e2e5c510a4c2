/* Elementwise kernels against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"
#include <string.h>

static const tester_tolerance elementwise_tolerances[] = {
    {NULL, 1e-6, 0, 1e-13, 0},
};

static void test_unary(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "unary", .tolerances = elementwise_tolerances});
}

static void test_unary_gradients(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "unary_gradients", .tolerances = elementwise_tolerances});
}

static void test_binary(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "binary", .tolerances = elementwise_tolerances});
}

static void test_comparison(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "comparison"});
}

static void test_casts(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "casts", .tolerances = elementwise_tolerances});
}

static void test_selection(void **state) {
  (void)state;
  static const char *const ops[] = {"Select", "ClipByValue", NULL};
  tester_run_family(&(tester_family){.name = "selection", .ops = ops});
}

static void test_reductions(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "reductions"});
}

static void test_random(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "random"});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_unary),      cmocka_unit_test(test_unary_gradients), cmocka_unit_test(test_binary),
      cmocka_unit_test(test_comparison), cmocka_unit_test(test_casts),           cmocka_unit_test(test_selection),
      cmocka_unit_test(test_reductions), cmocka_unit_test(test_random),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
