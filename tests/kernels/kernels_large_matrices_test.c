/* Matrices that are factored by blocks: threads change no bit, rows are exchanged, and what comes out is an inverse. */
#include "kernels_cpu/linalg.h"
#include "tests/kernels/tester.h"

#include <string.h>

enum { SIZE = 203, RIGHT = 3 }; /* four panels, the last of them narrow */

/* Numbers in no order, so that nearly every column exchanges rows. */
static double element(int64_t i) {
  uint64_t x = (uint64_t)(i + 1) * UINT64_C(0x9E3779B97F4A7C15);
  x = (x ^ x >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
  return (double)(int64_t)(x ^ x >> 32) / 0x1p63;
}

static hr_tensor matrix_of(hr_dtype dtype, int64_t columns, int64_t from) {
  hr_tensor t = {0};
  assert_null(hr_tensor_new(hr_cpu_allocator(), dtype, &(hr_shape){2, {SIZE, columns}}, &t));
  for (int64_t i = 0; i < t.elements; ++i) {
    double re = element(from + i), im = element(from - i - 1);
    switch (dtype) {
    case HR_FLOAT: ((float *)hr_tensor_data(&t))[i] = (float)re; break;
    case HR_DOUBLE: ((double *)hr_tensor_data(&t))[i] = re; break;
    case HR_COMPLEX64: ((float _Complex *)hr_tensor_data(&t))[i] = (float _Complex)(re + im * I); break;
    default: ((double _Complex *)hr_tensor_data(&t))[i] = re + im * I;
    }
  }
  return t;
}

static double _Complex at(const hr_tensor *t, int64_t i) {
  switch (hr_tensor_dtype(t)) {
  case HR_FLOAT: return ((const float *)hr_tensor_data(t))[i];
  case HR_DOUBLE: return ((const double *)hr_tensor_data(t))[i];
  case HR_COMPLEX64: return ((const float _Complex *)hr_tensor_data(t))[i];
  default: return ((const double _Complex *)hr_tensor_data(t))[i];
  }
}

/* The farthest of a x - b, with a's adjoint where asked for. */
static double residual(const hr_tensor *a, bool adjoint, const hr_tensor *x, const hr_tensor *b) {
  int64_t columns = x->dims[1];
  double most = 0;
  for (int64_t i = 0; i < SIZE; ++i)
    for (int64_t k = 0; k < columns; ++k) {
      double _Complex sum = b ? -at(b, i * columns + k) : -(double)(i == k);
      for (int64_t j = 0; j < SIZE; ++j)
        sum += (adjoint ? conj(at(a, j * SIZE + i)) : at(a, i * SIZE + j)) * at(x, j * columns + k);
      if (!(cabs(sum) <= most)) most = cabs(sum);
    }
  return most;
}

static hr_tensor same_on_threads(const char *op, int num_inputs, const hr_tensor *inputs, bool adjoint) {
  hr_named_attr flag = {"adjoint", HR_ATTR_BOOL_VALUE(adjoint)};
  int attrs = strcmp(op, "MatrixDeterminant") != 0;
  hr_tensor one = tester_run(op, num_inputs, inputs, attrs, &flag),
            four = tester_run_threads(4, op, num_inputs, inputs, attrs, &flag);
  if (!hr_tensor_equal(&one, &four)) fail_msg("%s depends on threads", op);
  hr_tensor_clear(&four);
  return one;
}

static void test_inverse_and_solution(void **state) {
  (void)state;
  static const hr_dtype dtypes[] = {HR_FLOAT, HR_DOUBLE, HR_COMPLEX64, HR_COMPLEX128};
  for (int d = 0; d < 4; ++d)
    for (int adjoint = 0; adjoint < 2; ++adjoint) {
      double near = d % 2 ? 1e-10 : 2e-2;
      hr_tensor inputs[2] = {matrix_of(dtypes[d], SIZE, 0), matrix_of(dtypes[d], RIGHT, 1000000)};
      hr_tensor inverse = same_on_threads("MatrixInverse", 1, inputs, adjoint);
      assert_true(residual(&inputs[0], adjoint, &inverse, NULL) < near);
      hr_tensor solution = same_on_threads("MatrixSolve", 2, inputs, adjoint);
      assert_true(residual(&inputs[0], adjoint, &solution, &inputs[1]) < near);
      hr_tensor_clear(&inverse);
      hr_tensor_clear(&solution);
      hr_tensor_clear(&inputs[0]);
      hr_tensor_clear(&inputs[1]);
    }
}

static void test_determinant(void **state) {
  (void)state;
  hr_tensor a = matrix_of(HR_DOUBLE, SIZE, 0), inverse = same_on_threads("MatrixInverse", 1, &a, false),
            of_a = same_on_threads("MatrixDeterminant", 1, &a, false),
            of_inverse = same_on_threads("MatrixDeterminant", 1, &inverse, false);
  assert_true(cabs(at(&of_a, 0) * at(&of_inverse, 0) - 1) < 1e-8);
  double *elements = hr_tensor_data(&a);
  for (int64_t j = 0; j < SIZE; ++j) { /* two rows exchanged: the other sign */
    double held = elements[j];
    elements[j] = elements[77 * SIZE + j];
    elements[77 * SIZE + j] = held;
  }
  hr_tensor exchanged = same_on_threads("MatrixDeterminant", 1, &a, false);
  assert_true(cabs(at(&exchanged, 0) / at(&of_a, 0) + 1) < 1e-10);
  hr_tensor_clear(&exchanged);
  hr_tensor_clear(&of_inverse);
  hr_tensor_clear(&of_a);
  hr_tensor_clear(&inverse);
  hr_tensor_clear(&a);
}

static void test_singular(void **state) {
  (void)state;
  hr_tensor a = matrix_of(HR_DOUBLE, SIZE, 0);
  for (int64_t j = 0; j < SIZE; ++j)
    ((double *)hr_tensor_data(&a))[j * SIZE + 150] = 0;
  hr_named_attr flag = {"adjoint", HR_ATTR_BOOL_VALUE(false)};
  assert_int_equal(tester_code("MatrixInverse", 1, &a, 1, &flag), HR_INVALID_ARGUMENT);
  hr_tensor zero = same_on_threads("MatrixDeterminant", 1, &a, false);
  assert_true(at(&zero, 0) == 0);
  hr_tensor_clear(&zero);
  hr_tensor_clear(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_inverse_and_solution), cmocka_unit_test(test_determinant),
                                     cmocka_unit_test(test_singular)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
