/* Exponentials and hyperbolic tangents of floats, beside the C library's in double. */
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

/* ---- of logits, less their row's greatest one ------------------------------------------------------------------- */

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

/* ---- of all floats ------------------------------------------------------------------------------------------------
 */

/* The worst error, in ulp, of `loop` over every `step`th float in [low, high], of one sign. */
static double worst_of(hr_unary_loop *loop, double (*exact)(double), float low, float high, uint32_t step) {
  float x[ROW], y[ROW];
  double worst = 0;
  uint32_t first, last;
  memcpy(&first, low < 0 ? &high : &low, sizeof first); /* a number's bits grow with its magnitude */
  memcpy(&last, low < 0 ? &low : &high, sizeof last);
  for (uint32_t bits = first; bits < last;) {
    for (int i = 0; i < ROW; ++i, bits += step)
      x[i] = float_of(bits < last ? bits : last);
    loop(y, x, ROW);
    for (int i = 0; i < ROW; ++i) {
      double off = units_between(y[i], exact((double)x[i]));
      if (!(off <= worst)) worst = off;
    }
  }
  return worst;
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

static void test_exponentials(void **state) {
  (void)state;
  assert_true(worst_of(hr_loops->Exp_f32, exp, 1e-30f, 88.722f, 101) <= 1.2);
  assert_true(worst_of(hr_loops->Exp_f32, exp, -104.5f, -1e-30f, 101) <= 1.2); /* the last are no normal numbers */
  assert_true(worst_of(hr_loops->Sigmoid_f32, sigmoid, 1e-30f, 100, 1001) <= 2.5);
  assert_true(worst_of(hr_loops->Sigmoid_f32, sigmoid, -87, -1e-30f, 1001) <= 2.5);
}

static void test_hyperbolic_tangents(void **state) {
  (void)state;
  assert_true(worst_of(hr_loops->Tanh_f32, tanh, 1e-37f, 100, 101) <= 2.6);
  assert_true(worst_of(hr_loops->Tanh_f32, tanh, -100, -1e-37f, 101) <= 2.6);
  float x[ROW], y[ROW];
  for (int i = 0; i < ROW; ++i)
    x[i] = 5 + 0.01f * (float)i;
  hr_loops->Tanh_f32(y, x, ROW);
  for (int i = 0; i < ROW; ++i)
    assert_true(y[i] <= 1);
}

static void test_limits(void **state) {
  (void)state;
  const float x[] = {0, -0.0f, INFINITY, -INFINITY, NAN, 88.73f, 1e30f, -1e30f, -103.9f, 1e-42f};
  float y[10];
  hr_loops->Exp_f32(y, x, 10);
  assert_true(y[0] == 1 && y[1] == 1 && isinf(y[2]) && y[3] == 0 && isnan(y[4]));
  assert_true(isinf(y[5]) && isinf(y[6]) && y[7] == 0 && y[8] > 0 && y[9] == 1);
  hr_loops->Tanh_f32(y, x, 10);
  assert_true(y[0] == 0 && !signbit(y[0]) && y[1] == 0 && signbit(y[1]));
  assert_true(y[2] == 1 && y[3] == -1 && isnan(y[4]) && y[6] == 1 && y[7] == -1 && y[9] == 1e-42f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_precision),
      cmocka_unit_test(test_shifted_first),
      cmocka_unit_test(test_too_small_is_zero),
      cmocka_unit_test(test_what_is_no_number_stays_so),
      cmocka_unit_test(test_exponentials),
      cmocka_unit_test(test_hyperbolic_tangents),
      cmocka_unit_test(test_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
