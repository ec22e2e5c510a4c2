/* Arithmetic of sparse tensors and their other forms, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void test_additions(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "sparse_additions"});
}

static void test_forms(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "sparse_forms"});
}

static void test_reductions(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "sparse_reductions"});
}

static void test_elements(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "sparse_elements"});
}

static void test_sets(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "sparse_sets"});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_additions), cmocka_unit_test(test_forms),
                                     cmocka_unit_test(test_reductions), cmocka_unit_test(test_elements),
                                     cmocka_unit_test(test_sets)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
