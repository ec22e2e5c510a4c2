/* Patches, pooling by fractions, rounding as if quantized, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void test_patches(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "patches"});
}

static void test_fractions(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "fractions"});
}

static void test_as_if_quantized(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "as_if_quantized"});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_patches), cmocka_unit_test(test_fractions),
                                     cmocka_unit_test(test_as_if_quantized)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
