/* Numbers as steps of a range, and layers that compute with them, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void test_steps(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized"});
}

static void test_and_back(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_and_back"});
}

static void test_requantized(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "requantized"});
}

static void test_layers(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_layers"});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps), cmocka_unit_test(test_and_back),
                                     cmocka_unit_test(test_requantized), cmocka_unit_test(test_layers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
