/* Fourier transforms against recorded values of TensorFlow 1.15, and against the definition; matrices of three
 * diagonals, functions of matrices, running sums of exponentials. */
#include "kernels_cpu/fourier.h"
#include "tests/kernels/tester.h"
#include <math.h>
#include <stdlib.h>

/* The reference rounds floats in each step; ours are as the definition says, which the last test looks at. */
static const tester_tolerance tolerances[] = {{NULL, 3e-6, 3e-4, 1e-13, 2e-12}};

static void test_complex(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "fourier", .tolerances = tolerances});
}

static void test_real(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "real_fourier", .tolerances = tolerances});
}

static const tester_tolerance precise[] = {{"MatrixSolveLs", 1e-3, 1e-3, 1e-10, 1e-10},
                                           {NULL, 2e-5, 2e-5, 1e-11, 1e-11}};

static void test_matrices(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "three_diagonals", .tolerances = precise});
  tester_run_family(&(tester_family){.name = "matrix_functions", .tolerances = precise});
}

static void test_running_sums(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "running_sums", .tolerances = precise});
}

/* Every length up to 200, and a few greater ones: all radices, products of them, convolutions. */
static void check_length(int64_t n) {
  hr_fourier *fourier;
  assert_null(hr_fourier_new(n, &fourier));
  hr_complex *x = malloc((size_t)n * sizeof *x), *y = malloc((size_t)n * sizeof *y);
  hr_complex *scratch = malloc((size_t)hr_fourier_scratch(fourier) * sizeof *scratch);
  for (int64_t k = 0; k < n; ++k)
    x[k] = y[k] = (hr_complex){(double)(k * 7 % 11) - 5, (double)(k * k % 13) - 6};
  hr_fourier_run(fourier, false, y, scratch);
  for (int64_t k = 0; k < n; k += 1 + n / 50) {
    double re = 0, im = 0;
    for (int64_t j = 0; j < n; ++j) {
      double angle = -2 * M_PI * (double)(j * k % n) / (double)n;
      re += x[j].re * cos(angle) - x[j].im * sin(angle);
      im += x[j].re * sin(angle) + x[j].im * cos(angle);
    }
    assert_true(fabs(re - y[k].re) < 1e-11 * (double)n + 1e-11 && fabs(im - y[k].im) < 1e-11 * (double)n + 1e-11);
  }
  hr_fourier_run(fourier, true, y, scratch);
  for (int64_t k = 0; k < n; ++k)
    assert_true(fabs(x[k].re - y[k].re) < 1e-12 && fabs(x[k].im - y[k].im) < 1e-12);
  free(scratch);
  free(x);
  free(y);
  hr_fourier_free(fourier);
}

static void test_definition(void **state) {
  (void)state;
  for (int64_t n = 1; n <= 200; ++n)
    check_length(n);
  static const int64_t lengths[] = {256, 1000, 1009, 1024, 2310, 4096, 6006};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i)
    check_length(lengths[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_complex),  cmocka_unit_test(test_real),         cmocka_unit_test(test_definition),
      cmocka_unit_test(test_matrices), cmocka_unit_test(test_running_sums),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
