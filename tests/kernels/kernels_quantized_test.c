/* Numbers as steps of a range, and layers that compute with them, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

#include <string.h>

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

static hr_tensor bytes(int rank, const int64_t *dims, const void *data) {
  return tester_tensor(HR_QUINT8, rank, dims, data);
}

/* Runs an op of two factors and their ranges, and clears the factors. */
static hr_tensor of_two(const char *op, hr_tensor a, hr_tensor b, float low, float high, int attrs,
                        const hr_named_attr *attr) {
  hr_tensor inputs[] = {a, b, hr_tensor_f32(low), hr_tensor_f32(high), hr_tensor_f32(0), hr_tensor_f32(255)};
  hr_tensor result = tester_run(op, 6, inputs, attrs, attr);
  for (int i = 0; i < 6; ++i)
    hr_tensor_clear(&inputs[i]);
  return result;
}

/* TensorFlow repeats the shorter factor along the last dimension, whatever its shape, and refuses more than two
 * dimensions. */
static void test_broadcast(void **state) {
  (void)state;
  static const uint8_t x[] = {2, 3}, y[] = {1, 10, 100, 5, 6, 7};
  static const int32_t expected[] = {2, 20, 200, 3, 30, 300},
                       outer[] = {2, 20, 200, 10, 12, 14, 3, 30, 300, 15, 18, 21};
  hr_tensor z = of_two("QuantizedMul", bytes(2, (int64_t[]){2, 1}, x), bytes(2, (int64_t[]){1, 3}, y), 0, 255, 0, NULL);
  assert_int_equal(z.elements, 6);
  assert_memory_equal(hr_tensor_data(&z), expected, sizeof expected);
  hr_tensor_clear(&z);
  z = of_two("QuantizedMul", bytes(3, (int64_t[]){2, 1, 1}, x), bytes(2, (int64_t[]){2, 3}, y), 0, 255, 0, NULL);
  assert_int_equal(z.elements, 12);
  assert_memory_equal(hr_tensor_data(&z), outer, sizeof outer);
  hr_tensor_clear(&z);
}

/* Padding is zero, in a range below zero, too, where TensorFlow pads with a byte's rest of the step that would stand
 * for it. */
static void test_padding_below_zero(void **state) {
  (void)state;
  static const uint8_t x[] = {255, 254}, filter[] = {1, 10};
  static const int64_t strides[] = {1, 1, 1, 1};
  hr_named_attr attrs[] = {{"padding", HR_ATTR_STRING_VALUE("SAME")},
                           {"strides", {.kind = HR_ATTR_INT, .is_list = true, .count = 4, .ints = (int64_t *)strides}}};
  hr_tensor y = of_two("QuantizedConv2D", bytes(4, (int64_t[]){1, 1, 2, 1}, x),
                       bytes(4, (int64_t[]){1, 2, 1, 1}, filter), -265, -10, 2, attrs);
  static const int32_t expected[] = {-10 - 110, -11}; /* steps from zero: -10, -11 */
  assert_int_equal(y.elements, 2);
  assert_memory_equal(hr_tensor_data(&y), expected, sizeof expected);
  hr_tensor_clear(&y);
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
                                     cmocka_unit_test(test_joined_behind_empty),
                                     cmocka_unit_test(test_broadcast),
                                     cmocka_unit_test(test_padding_below_zero)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
