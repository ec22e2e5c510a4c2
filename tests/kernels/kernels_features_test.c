/* What features become: hashes of strings, crosses of columns, parts of sparse tensors, against recorded values of
 * TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void test_hashes(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "hashes"});
}

static void test_crosses(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "crosses"});
}

static void test_slices(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "slices"});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_hashes), cmocka_unit_test(test_crosses),
                                     cmocka_unit_test(test_slices)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
