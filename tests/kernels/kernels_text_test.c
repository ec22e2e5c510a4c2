/* Regular expressions, n-grams, joined segments, characters and encodings, against recorded values of TensorFlow 1.15.
 */
#include "tests/kernels/tester.h"

static void test_expressions(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "expressions"});
}

static void test_replacements(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "replacements"});
}

static void test_n_grams(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "n_grams"});
}

static void test_joined_segments(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "joined_segments"});
}

static void test_characters(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "characters"});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_expressions), cmocka_unit_test(test_replacements),
                                     cmocka_unit_test(test_n_grams), cmocka_unit_test(test_joined_segments),
                                     cmocka_unit_test(test_characters)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
