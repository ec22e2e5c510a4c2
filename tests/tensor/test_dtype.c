#include "headrace/dtype.h"
#include "headrace/tensor.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_names_and_sizes(void **state) {
  (void)state;
  assert_string_equal(hr_dtype_name(HR_FLOAT), "float");
  assert_string_equal(hr_dtype_name(hr_dtype_ref(HR_FLOAT)), "float_ref");
  assert_string_equal(hr_dtype_enum_name(HR_INT64), "DT_INT64");
  assert_string_equal(hr_dtype_enum_name(hr_dtype_ref(HR_STRING)), "DT_STRING_REF");
  assert_string_equal(hr_dtype_name((hr_dtype)77), "INVALID");
  for (int d = 1; d < HR_DTYPE_COUNT; ++d) {
    assert_true(hr_dtype_is_valid(d) && hr_dtype_is_valid(d + HR_DTYPE_REF_OFFSET));
    assert_int_equal(hr_dtype_from_name(hr_dtype_name((hr_dtype)d)), d);
    assert_int_equal(hr_dtype_from_name(hr_dtype_enum_name((hr_dtype)d)), d);
    assert_int_equal(hr_dtype_from_name(hr_dtype_name(hr_dtype_ref((hr_dtype)d))), d + HR_DTYPE_REF_OFFSET);
  }
  assert_int_equal(hr_dtype_from_name("float64"), HR_DOUBLE);
  assert_int_equal(hr_dtype_from_name("no such"), HR_INVALID);
  static const int invalid[] = {0, -1, 24, 99, 100, 124, INT32_MAX};
  for (size_t i = 0; i < sizeof invalid / sizeof *invalid; ++i) {
    assert_false(hr_dtype_is_valid(invalid[i]));
    assert_int_equal(hr_dtype_size((hr_dtype)invalid[i]), 0);
  }
  assert_int_equal(hr_dtype_size(HR_COMPLEX128), 16);
  assert_int_equal(hr_dtype_size(hr_dtype_ref(HR_HALF)), 2);
  assert_int_equal(hr_dtype_size(HR_STRING), sizeof(hr_string));
  assert_true(hr_dtype_is_plain(HR_BOOL) && hr_dtype_is_plain(HR_QINT8));
  assert_false(hr_dtype_is_plain(HR_STRING) || hr_dtype_is_plain(HR_INVALID) || hr_dtype_is_plain(HR_VARIANT));
  assert_true(hr_dtype_is_integer(HR_UINT64) && !hr_dtype_is_integer(HR_BOOL) && !hr_dtype_is_integer(HR_QINT32));
  assert_true(hr_dtype_is_floating(HR_BFLOAT16) && !hr_dtype_is_floating(HR_COMPLEX64));
}

/* The value of a half by its definition. */
static double value_of_half(uint16_t bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  double magnitude = exponent == 31  ? (fraction ? NAN : INFINITY)
                     : exponent == 0 ? ldexp(fraction, -24)
                                     : ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

static void test_every_half(void **state) {
  (void)state;
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    hr_half half = {(uint16_t)bits};
    double expected = value_of_half(half.bits);
    float value = hr_half_to_float(half);
    if (isnan(expected)) {
      assert_true(isnan(value));
      hr_half back = hr_half_from_float(value);
      assert_true((back.bits & 0x7c00) == 0x7c00 && (back.bits & 0x3ff) != 0);
      continue;
    }
    assert_true((double)value == expected && !signbit(value) == !signbit(expected));
    assert_int_equal(hr_half_from_float(value).bits, bits);
  }
}

/* Between two neighbours: below the middle down, above it up, on it to the even one. */
static void test_half_rounds_to_nearest_even(void **state) {
  (void)state;
  for (uint16_t bits = 0; bits < 0x7c00; ++bits) {
    double below = value_of_half(bits), above = bits == 0x7bff ? 65536 : value_of_half((uint16_t)(bits + 1));
    float middle = (float)((below + above) / 2); /* exact */
    uint16_t even = (uint16_t)(bits % 2 == 0 ? bits : bits + 1);
    assert_int_equal(hr_half_from_float(middle).bits, even);
    assert_int_equal(hr_half_from_float(nextafterf(middle, 0)).bits, bits);
    assert_int_equal(hr_half_from_float(nextafterf(middle, INFINITY)).bits, bits + 1);
    assert_int_equal(hr_half_from_float(-middle).bits, even | 0x8000);
  }
  assert_int_equal(hr_half_from_float(1e30f).bits, 0x7c00);
  assert_int_equal(hr_half_from_float(1e-30f).bits, 0);
  assert_int_equal(hr_half_from_float(-1e-40f).bits, 0x8000);
}

static void test_bfloat16(void **state) {
  (void)state;
  static const struct {
    uint32_t bits;
    uint16_t expected;
  } values[] = {{0x3f800000, 0x3f80}, {0x3f808000, 0x3f80}, {0x3f818000, 0x3f82}, {0x3f808001, 0x3f81},
                {0x7f7fffff, 0x7f80}, {0x7f800000, 0x7f80}, {0xff800000, 0xff80}, {0x7f800001, 0x7fc0},
                {0x80000001, 0x8000}, {0x00018000, 0x0002}};
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i) {
    float value;
    memcpy(&value, &values[i].bits, 4);
    assert_int_equal(hr_bfloat16_from_float(value).bits, values[i].expected);
  }
  assert_true(hr_bfloat16_to_float((hr_bfloat16){0x4049}) == 3.140625f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_and_sizes), cmocka_unit_test(test_every_half),
                                     cmocka_unit_test(test_half_rounds_to_nearest_even),
                                     cmocka_unit_test(test_bfloat16)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
