/* Summaries of media, complex numbers, special functions, sparse segments, search and counting, against recorded values
 * of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void test_choosing(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "choosing"});
}

static void test_media(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "media"});
}

static void test_complex_numbers(void **state) {
  (void)state;
  /* Single precision of functions that the reference composes of others. */
  static const tester_tolerance tolerances[] = {{NULL, 2e-6, 1e-6, 1e-13, 1e-14}};
  tester_run_family(&(tester_family){.name = "complex_numbers", .tolerances = tolerances});
}

static void test_special_functions(void **state) {
  (void)state;
  static const tester_tolerance tolerances[] = {
      /* The reference's single precision is that of its logarithms of the gamma function. */
      {"Betainc", 1e-4, 1e-6, 1e-12, 1e-14},
      {NULL, 1e-5, 1e-6, 1e-12, 1e-14}};
  tester_run_family(&(tester_family){.name = "special_functions", .tolerances = tolerances});
}

static void test_sparse_segments(void **state) {
  (void)state;
  static const tester_tolerance tolerances[] = {{NULL, 1e-6, 1e-6, 1e-13, 1e-14}};
  tester_run_family(&(tester_family){.name = "sparse_segments", .tolerances = tolerances});
}

static void test_sparse_sums(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "sparse_sums"});
}

static void test_distinct(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "distinct"});
}

static void test_sets(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "sets"});
}

static void test_sparse_tensors(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "sparse_tensors"});
}

static void test_factors(void **state) {
  (void)state;
  static const tester_tolerance tolerances[] = {{NULL, 1e-5, 1e-6, 1e-13, 1e-14}};
  tester_run_family(&(tester_family){.name = "factors", .tolerances = tolerances});
}

static void test_sparse_products(void **state) {
  (void)state;
  static const tester_tolerance tolerances[] = {{NULL, 1e-6, 1e-6, 1e-13, 1e-14}};
  tester_run_family(&(tester_family){.name = "sparse_products", .tolerances = tolerances});
}

static void test_truncation(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "truncation"});
}

static void test_searching(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "searching"});
}

static void test_counting(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "counting"});
}

static void test_ranks(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "ranks"});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_choosing),        cmocka_unit_test(test_media),
      cmocka_unit_test(test_complex_numbers), cmocka_unit_test(test_special_functions),
      cmocka_unit_test(test_sparse_segments), cmocka_unit_test(test_sparse_sums),
      cmocka_unit_test(test_distinct),        cmocka_unit_test(test_sets),
      cmocka_unit_test(test_sparse_tensors),  cmocka_unit_test(test_factors),
      cmocka_unit_test(test_sparse_products), cmocka_unit_test(test_truncation),
      cmocka_unit_test(test_searching),       cmocka_unit_test(test_counting),
      cmocka_unit_test(test_ranks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
