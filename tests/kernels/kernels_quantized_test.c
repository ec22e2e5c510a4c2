/* Numbers as steps of a range, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void test_steps(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized"});
}

static void test_and_back(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_and_back"});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps), cmocka_unit_test(test_and_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
