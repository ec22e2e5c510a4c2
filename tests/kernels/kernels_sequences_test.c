/* Distances of sequences, connectionist temporal classification, sounds, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void test_distances(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "distances"});
}

/* The reference adds up in floats, here and there. */
static const tester_tolerance sums[] = {{NULL, 1e-5, 1e-5, 1e-7, 1e-7}};
static void test_temporal_classification(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "temporal_classification", .tolerances = sums});
}

static void test_wave_files(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "wave_files"});
}

static void test_spectrograms(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "spectrograms", .tolerances = sums});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_distances), cmocka_unit_test(test_temporal_classification),
                                     cmocka_unit_test(test_wave_files), cmocka_unit_test(test_spectrograms)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
