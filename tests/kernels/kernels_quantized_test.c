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

static void test_casts(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_casts"});
}

static void test_requantized(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "requantized"});
}

static void test_layers(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_layers"});
}

static void test_windows(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_windows"});
}

static void test_joined(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_joined"});
}

static void test_pairs(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_pairs"});
}

static void test_norms(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_norms"});
}

static void test_resized(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "quantized_resized"});
}

/* TensorFlow gives the range of an empty value to the one behind it. */
static void test_joined_behind_empty(void **state) {
  (void)state;
  hr_tensor inputs[10] = {hr_tensor_i32(0)};
  static const float least[] = {0, -1, -2}, most[] = {1, 2, 3};
  static const uint8_t steps[] = {0, 255};
  static const int64_t dims[] = {2, 0, 2};
  for (int i = 0; i < 3; ++i) {
    inputs[1 + i] = tester_tensor(HR_QUINT8, 1, &dims[i], steps);
    inputs[4 + i] = hr_tensor_f32(least[i]);
    inputs[7 + i] = hr_tensor_f32(most[i]);
  }
  hr_named_attr count = {.name = "N", .value = {.kind = HR_ATTR_INT, .i = 3}};
  hr_tensor joined = tester_run("QuantizedConcat", 10, inputs, 1, &count);
  static const uint8_t expected[] = {102, 153, 0, 255};
  assert_int_equal(joined.elements, 4);
  assert_memory_equal(hr_tensor_data(&joined), expected, sizeof expected);
  hr_tensor_clear(&joined);
  for (int i = 0; i < 10; ++i)
    hr_tensor_clear(&inputs[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps),
                                     cmocka_unit_test(test_and_back),
                                     cmocka_unit_test(test_casts),
                                     cmocka_unit_test(test_requantized),
                                     cmocka_unit_test(test_layers),
                                     cmocka_unit_test(test_windows),
                                     cmocka_unit_test(test_joined),
                                     cmocka_unit_test(test_pairs),
                                     cmocka_unit_test(test_norms),
                                     cmocka_unit_test(test_resized),
                                     cmocka_unit_test(test_joined_behind_empty)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
