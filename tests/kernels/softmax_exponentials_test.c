/* The exponentials of logits below their row's greatest one, beside the C library's in double. */
#include "kernels_cpu/level/loops.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROW = 1000 };

static float float_of(uint32_t bits) {
  float f;
  memcpy(&f, &bits, sizeof f);
  return f;
}

/* Units in the last place of the exact value, as a float. */
static double units_between(float found, double exact) {
  float nearest = (float)exact;
  return fabs((double)found - exact) / (double)(nextafterf(nearest, INFINITY) - nearest);
}

static void test_precision(void **state) {
  (void)state;
  static const uint32_t minus = 0x80000000, step = 61;
  static const float smallest = -87.33654f; /* whose exponential is a normal number */
  float x[ROW], y[ROW];
  double worst = 0;
  for (uint32_t bits = minus; float_of(bits) >= smallest;) {
    for (int i = 0; i < ROW; ++i, bits += step)
      x[i] = float_of(bits) >= smallest ? float_of(bits) : smallest;
    float sum = hr_loops->softmax->exp_sum_f32(y, x, ROW, 0);
    double exact_sum = 0;
    for (int i = 0; i < ROW; ++i) {
      double exact = exp((double)x[i]), off = units_between(y[i], exact);
      exact_sum += exact;
      if (off > worst) worst = off;
    }
    assert_true(fabs((double)sum - exact_sum) <= 1e-6 * exact_sum);
  }
  assert_true(worst <= 1.2);
}

static void test_shifted_first(void **state) {
  (void)state;
  const float x[] = {3, 1, 2.5f};
  float y[3];
  hr_loops->softmax->exp_sum_f32(y, x, 3, 3);
  for (int i = 0; i < 3; ++i)
    assert_true(units_between(y[i], exp((double)(x[i] - 3))) <= 1.2);
}

static void test_too_small_is_zero(void **state) {
  (void)state;
  const float x[] = {-87.34f, -104, -1e10f, -3e38f, -INFINITY, -88, -1e4f, -200, -87.5f};
  float y[9];
  float sum = hr_loops->softmax->exp_sum_f32(y, x, 9, 0);
  for (int i = 0; i < 9; ++i)
    assert_true(y[i] >= 0 && y[i] < 1.2e-38f);
  assert_true(sum < 1e-37f);
  assert_true(y[4] == 0);
}

/* Whatever its bits are. */
static void test_what_is_no_number_stays_so(void **state) {
  (void)state;
  float x[2 * ROW] = {0}, y[2 * ROW];
  for (uint32_t i = 0; i < ROW; ++i) {
    x[i] = float_of(0x7fc00000 + i);
    x[ROW + i] = float_of(0xffc00000 + i);
  }
  float sum = hr_loops->softmax->exp_sum_f32(y, x, 2L * ROW, 0);
  for (int i = 0; i < 2 * ROW; ++i)
    assert_true(isnan(y[i]));
  assert_true(isnan(sum));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_precision),
      cmocka_unit_test(test_shifted_first),
      cmocka_unit_test(test_too_small_is_zero),
      cmocka_unit_test(test_what_is_no_number_stays_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
