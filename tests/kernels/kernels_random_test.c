/* Random kernels: recorded bits, and the same bits for any number of threads. */
#include "tests/kernels/tester.h"
#include <math.h>

/* Normal numbers go through libm, which may differ in the last digit from the one that recorded them. */
static void test_recorded(void **state) {
  (void)state;
  static const tester_tolerance tolerances[] = {
      {"RandomStandardNormal", 3e-7, 0, 1e-15, 0}, {"TruncatedNormal", 3e-7, 0, 1e-15, 0}, {NULL, 0, 0, 0, 0}};
  tester_run_family(&(tester_family){.name = "random", .tolerances = tolerances});
}

static void test_stateless(void **state) {
  (void)state;
  static const tester_tolerance tolerances[] = {{"StatelessRandomNormal", 3e-7, 0, 1e-15, 0},
                                                {"StatelessTruncatedNormal", 3e-7, 0, 1e-15, 0},
                                                {NULL, 0, 0, 0, 0}};
  tester_run_family(&(tester_family){.name = "stateless_random", .tolerances = tolerances});
}

static void test_distributions(void **state) {
  (void)state;
  static const tester_tolerance tolerances[] = {
      {"RandomGamma", 3e-7, 0, 1e-15, 0}, {"RandomGammaGrad", 1e-5, 0, 1e-9, 0}, {NULL, 0, 0, 0, 0}};
  tester_run_family(&(tester_family){.name = "random_distributions", .tolerances = tolerances});
}

static hr_tensor draw(int threads, const char *op, hr_dtype dtype, int64_t rows, int64_t columns) {
  hr_tensor shape = tester_tensor(HR_INT64, 1, (int64_t[]){2}, (int64_t[]){rows, columns});
  const hr_named_attr attrs[] = {
      {"dtype", HR_ATTR_TYPE_VALUE(dtype)}, {"seed", HR_ATTR_INT_VALUE(7)}, {"seed2", HR_ATTR_INT_VALUE(11)}};
  hr_tensor out = tester_run_threads(threads, op, 1, &shape, 3, attrs);
  hr_tensor_clear(&shape);
  return out;
}

static void test_threads(void **state) {
  (void)state;
  static const char *const ops[] = {"RandomUniform", "RandomStandardNormal", "TruncatedNormal"};
  static const hr_dtype dtypes[] = {HR_FLOAT, HR_DOUBLE, HR_HALF, HR_BFLOAT16};
  for (int i = 0; i < 3; ++i) {
    for (int k = 0; k < 4; ++k) {
      hr_tensor one = draw(1, ops[i], dtypes[k], 333, 301), four = draw(4, ops[i], dtypes[k], 333, 301);
      assert_true(hr_tensor_equal(&one, &four));
      hr_tensor_clear(&one);
      hr_tensor_clear(&four);
    }
  }
}

/* Mean and variance of many numbers, within five standard errors. */
static void check_moments(const char *op, double mean, double variance, double lowest, double highest) {
  hr_tensor t = draw(1, op, HR_FLOAT, 1000, 100);
  double sum = 0, squares = 0, n = (double)t.elements;
  for (int64_t i = 0; i < t.elements; ++i) {
    double x = tester_number(&t, i);
    assert_true(x >= lowest && x <= highest);
    sum += x;
    squares += (x - mean) * (x - mean);
  }
  hr_tensor_clear(&t);
  assert_true(fabs(sum / n - mean) < 5 * sqrt(variance / n));
  assert_true(fabs(squares / n - variance) < 5 * variance * sqrt(2 / n));
}

static void test_moments(void **state) {
  (void)state;
  check_moments("RandomUniform", 0.5, 1.0 / 12, 0, 1);
  check_moments("RandomStandardNormal", 0, 1, -10, 10);
  double density = exp(-2) / sqrt(2 * M_PI), inside = erf(2 / sqrt(2));
  check_moments("TruncatedNormal", 0, 1 - 4 * density / inside, -2, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_recorded),
      cmocka_unit_test(test_stateless),
      cmocka_unit_test(test_distributions),
      cmocka_unit_test(test_threads),
      cmocka_unit_test(test_moments),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
