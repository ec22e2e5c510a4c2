/* Reductions against formulas: all dtypes, all sets of axes, one and several threads. */
#include "tests/kernels/tester.h"
#include <math.h>
#include <stdlib.h>

static const hr_dtype types[] = {HR_FLOAT, HR_DOUBLE, HR_HALF,  HR_BFLOAT16, HR_INT8,
                                 HR_INT16, HR_INT32,  HR_INT64, HR_UINT8,    HR_UINT16};

static int64_t few(int64_t i) { return 1 + i * 5 % 7; }

/* Place of the result that element i goes into. */
static int64_t result_place(const hr_tensor *x, unsigned axes, int64_t i) {
  int64_t place = 0, stride = 1;
  for (int axis = x->rank - 1; axis >= 0; --axis) {
    int64_t index = i % x->dims[axis];
    i /= x->dims[axis];
    if (axes >> axis & 1) continue;
    place += index * stride;
    stride *= x->dims[axis];
  }
  return place;
}

static double add(double a, double x) { return a + x; }
static double greater(double a, double x) { return a > x ? a : x; }
static double smaller(double a, double x) { return a < x ? a : x; }

static hr_tensor reduce(int threads, const char *op, const hr_tensor *x, unsigned axes) {
  int32_t list[6];
  int64_t count = 0;
  for (int axis = 0; axis < x->rank; ++axis)
    if (axes >> axis & 1) list[count++] = axis;
  hr_tensor inputs[2] = {*x, tester_tensor(HR_INT32, 1, &count, list)};
  hr_tensor out = tester_run_threads(threads, op, 2, inputs, 0, NULL);
  hr_tensor_clear(&inputs[1]);
  return out;
}

static void check(const char *op, double (*formula)(double, double), double identity, hr_dtype dtype, int rank,
                  const int64_t *dims, unsigned axes, int threads) {
  hr_tensor x = tester_integers(dtype, rank, dims, few);
  hr_tensor out = reduce(threads, op, &x, axes);
  double *expected = malloc((size_t)out.elements * sizeof *expected);
  assert_non_null(expected);
  for (int64_t i = 0; i < out.elements; ++i)
    expected[i] = identity;
  for (int64_t i = 0; i < x.elements; ++i) {
    int64_t place = result_place(&x, axes, i);
    assert_true(place < out.elements);
    expected[place] = formula(expected[place], tester_number(&x, i));
  }
  for (int64_t i = 0; i < out.elements; ++i) {
    double value = expected[i];
    if (dtype == HR_INT8) value = (int8_t)(int64_t)value;
    if (dtype == HR_UINT8) value = (uint8_t)(int64_t)value;
    tester_assert_near(&out, i, value, dtype == HR_BFLOAT16 ? 0.004 : dtype == HR_HALF ? 0.0005 : 0, 0);
  }
  free(expected);
  hr_tensor_clear(&out);
  hr_tensor_clear(&x);
}

static void check_all(hr_dtype dtype, int rank, const int64_t *dims, unsigned axes, int threads) {
  check("Sum", add, 0, dtype, rank, dims, axes, threads);
  check("Max", greater, -INFINITY, dtype, rank, dims, axes, threads);
  check("Min", smaller, INFINITY, dtype, rank, dims, axes, threads);
}

static void test_axes(void **state) {
  (void)state;
  static const int64_t dims[] = {3, 2, 1, 5, 4};
  for (unsigned axes = 0; axes < 32; ++axes)
    check_all(HR_FLOAT, 5, dims, axes, 1);
  for (size_t t = 0; t < sizeof types / sizeof *types; ++t)
    for (unsigned axes = 0; axes < 32; axes += 5)
      check_all(types[t], 5, dims, axes, 1);
}

static void test_large(void **state) {
  (void)state;
  static const int64_t tall[] = {3001, 130}, wide[] = {37, 2100}, deep[] = {40, 50, 60};
  for (int threads = 1; threads <= 4; threads += 3) {
    for (unsigned axes = 1; axes < 4; ++axes) {
      check_all(HR_FLOAT, 2, tall, axes, threads);
      check_all(HR_DOUBLE, 2, wide, axes, threads);
      check_all(HR_INT32, 2, tall, axes, threads);
    }
    for (unsigned axes = 1; axes < 8; ++axes)
      check_all(HR_FLOAT, 3, deep, axes, threads);
  }
}

/* Many equal numbers: one accumulator alone would be off by a hundredth. */
static void test_accuracy(void **state) {
  (void)state;
  enum { N = 4000000 };
  float *tenths = malloc(N * sizeof *tenths);
  assert_non_null(tenths);
  for (int i = 0; i < N; ++i)
    tenths[i] = 0.1f;
  hr_tensor x = tester_tensor(HR_FLOAT, 1, (int64_t[]){N}, tenths);
  hr_tensor columns = tester_tensor(HR_FLOAT, 2, (int64_t[]){N / 4, 4}, tenths);
  hr_tensor one = reduce(1, "Sum", &x, 1), four = reduce(4, "Sum", &x, 1), down = reduce(1, "Sum", &columns, 1);
  tester_assert_near(&one, 0, N * (double)0.1f, 1e-6, 0);
  for (int i = 0; i < 4; ++i)
    tester_assert_near(&down, i, N / 4 * (double)0.1f, 4e-6, 0);
  assert_true(hr_tensor_equal(&one, &four));
  free(tenths);
  hr_tensor_clear(&x);
  hr_tensor_clear(&columns);
  hr_tensor_clear(&one);
  hr_tensor_clear(&four);
  hr_tensor_clear(&down);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_axes),
      cmocka_unit_test(test_large),
      cmocka_unit_test(test_accuracy),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
