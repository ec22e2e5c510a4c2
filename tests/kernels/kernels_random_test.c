/* Random kernels: recorded bits, and the same bits for any number of threads. */
#include "kernels_cpu/random_normal.h"
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

/* Integers are the generator's numbers by the remainder, for the narrowest and the widest ranges, and threads. */
static void test_integers(void **state) {
  (void)state;
  static const int32_t limits[][2] = {{0, 1}, {-5, 2}, {0, 1000}, {INT32_MIN, INT32_MAX}, {-1, INT32_MAX}};
  enum { COUNT = 10007 };
  const hr_named_attr attrs[] = {{"seed", HR_ATTR_INT_VALUE(7)}, {"seed2", HR_ATTR_INT_VALUE(11)}};
  for (size_t k = 0; k < sizeof limits / sizeof *limits; ++k) {
    int32_t low = limits[k][0], high = limits[k][1];
    hr_tensor inputs[3] = {TESTER_VECTOR(HR_INT32, ((int32_t[]){COUNT})), tester_tensor(HR_INT32, 0, NULL, &low),
                           tester_tensor(HR_INT32, 0, NULL, &high)};
    for (int threads = 1; threads <= 3; threads += 2) {
      hr_tensor out = tester_run_threads(threads, "RandomUniformInt", 3, inputs, 2, attrs);
      hr_philox generator = hr_philox_seeded(7, 11);
      uint32_t numbers[4], range = (uint32_t)high - (uint32_t)low;
      for (int i = 0; i < COUNT; ++i) {
        if (i % 4 == 0) hr_philox_block(&generator, numbers);
        if (i % 4 == 3) hr_philox_skip(&generator, 1);
        int64_t expected = low + (int64_t)(numbers[i % 4] % range);
        assert_true(((const int32_t *)hr_tensor_data(&out))[i] == expected);
      }
      hr_tensor_clear(&out);
    }
    for (int i = 0; i < 3; ++i)
      hr_tensor_clear(&inputs[i]);
  }
}

/* Millions of normal numbers, with the bits that the C library's functions give. */
static void test_normals(void **state) {
  (void)state;
  enum { COUNT = 1000001 };
  hr_tensor shape = TESTER_VECTOR(HR_INT32, ((int32_t[]){COUNT}));
  const hr_named_attr attrs[] = {
      {"dtype", HR_ATTR_TYPE_VALUE(HR_FLOAT)}, {"seed", HR_ATTR_INT_VALUE(7)}, {"seed2", HR_ATTR_INT_VALUE(11)}};
  hr_tensor out = tester_run("RandomStandardNormal", 1, &shape, 3, attrs);
  hr_philox generator = hr_philox_seeded(7, 11);
  const float *values = hr_tensor_data(&out);
  float expected[4];
  for (int i = 0; i < COUNT; ++i) {
    uint32_t numbers[4];
    if (i % 4 == 0) {
      hr_philox_block(&generator, numbers);
      hr_philox_skip(&generator, 1);
      hr_normal_pair_f32(numbers, expected);
      hr_normal_pair_f32(numbers + 2, expected + 2);
    }
    assert_memory_equal(&values[i], &expected[i % 4], sizeof *values);
  }
  hr_tensor_clear(&out);
  hr_tensor_clear(&shape);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_recorded), cmocka_unit_test(test_stateless), cmocka_unit_test(test_distributions),
      cmocka_unit_test(test_integers), cmocka_unit_test(test_normals),   cmocka_unit_test(test_threads),
      cmocka_unit_test(test_moments),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
