/* Linear algebra of batches: several threads give the bits and the errors of one. */
#include "kernels_cpu/linalg.h"
#include "tests/kernels/tester.h"

enum { COUNT = 37, SIZE = 24 };

/* Symmetric matrices whose diagonals are large, so that every op has a result. */
static double element(int64_t matrix, int64_t row, int64_t column) {
  int64_t low = row < column ? row : column, high = row < column ? column : row;
  return row == column ? 40 + (double)(matrix % 7) : (double)((matrix * 31 + low * 17 + high * 5) % 13) / 13 - 0.5;
}

static hr_tensor matrices(hr_dtype dtype, int64_t columns) {
  hr_shape shape = {3, {COUNT, SIZE, columns}};
  hr_tensor t = {0};
  assert_null(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, &t));
  for (int64_t i = 0; i < t.elements; ++i) {
    double x = element(i / (SIZE * columns), i / columns % SIZE, i % columns);
    switch (dtype) {
    case HR_FLOAT: ((float *)hr_tensor_data(&t))[i] = (float)x; break;
    case HR_DOUBLE: ((double *)hr_tensor_data(&t))[i] = x; break;
    case HR_COMPLEX64: ((float _Complex *)hr_tensor_data(&t))[i] = (float)x; break;
    default: ((double _Complex *)hr_tensor_data(&t))[i] = x;
    }
  }
  return t;
}

static void assert_same(const char *op, int num_inputs, const hr_tensor *inputs) {
  hr_tensor one = tester_run(op, num_inputs, inputs, 0, NULL),
            four = tester_run_threads(4, op, num_inputs, inputs, 0, NULL);
  if (!hr_tensor_equal(&one, &four)) fail_msg("%s depends on threads", op);
  hr_tensor_clear(&one);
  hr_tensor_clear(&four);
}

static void test_threads(void **state) {
  (void)state;
  static const hr_dtype dtypes[] = {HR_FLOAT, HR_DOUBLE, HR_COMPLEX64, HR_COMPLEX128};
  static const char *const of_one[] = {
      "MatrixInverse",   "MatrixDeterminant", "LogMatrixDeterminant", "Cholesky", "Qr", "SelfAdjointEigV2", "Svd", "Lu",
      "MatrixSquareRoot"};
  for (int d = 0; d < 4; ++d) {
    hr_tensor pair[2] = {matrices(dtypes[d], SIZE), matrices(dtypes[d], 5)};
    for (size_t i = 0; i < sizeof of_one / sizeof *of_one; ++i)
      assert_same(of_one[i], 1, pair);
    assert_same("MatrixSolve", 2, pair);
    assert_same("MatrixTriangularSolve", 2, pair);
    if (d < 2) assert_same("CholeskyGrad", 2, (hr_tensor[]){pair[0], pair[0]});
    hr_tensor l2 = TESTER_VECTOR(HR_DOUBLE, ((double[]){0.25}));
    l2.rank = 0;
    assert_same("MatrixSolveLs", 3, (hr_tensor[]){pair[0], pair[1], l2});
    hr_tensor_clear(&l2);
    hr_tensor_clear(&pair[0]);
    hr_tensor_clear(&pair[1]);
  }
}

/* Matrices that have no inverse, at both ends of what a thread works on. */
static void test_errors(void **state) {
  (void)state;
  static const int64_t bad[] = {0, 9, 10, 18, 36};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    hr_tensor t = matrices(HR_FLOAT, SIZE);
    float *elements = hr_tensor_data(&t);
    for (int64_t k = 0; k < SIZE * SIZE; ++k)
      elements[bad[i] * SIZE * SIZE + k] = 0;
    assert_int_equal(tester_code("MatrixInverse", 1, &t, 0, NULL), HR_INVALID_ARGUMENT);
    assert_int_equal(tester_code("Lu", 1, &t, 0, NULL), HR_INVALID_ARGUMENT);
    assert_int_equal(tester_code("Cholesky", 1, &t, 0, NULL), HR_INVALID_ARGUMENT);
    hr_tensor_clear(&t);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads), cmocka_unit_test(test_errors)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
