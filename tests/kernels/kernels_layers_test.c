/* Matrix products, layers and losses against recorded values of TensorFlow 1.15 and plain sums. */
#include "tests/kernels/tester.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums in another order, and an inverse that is as far off as its matrix is ill-conditioned. */
static const tester_tolerance sums[] = {
    {"MatrixInverse", 1e-5, 3e-6, 1e-11, 1e-12},
    {"Cholesky", 1e-5, 1e-6, 1e-11, 1e-12},
    {"BiasAddGrad", 1e-6, 2e-6, 1e-13, 1e-14},
    {"LogSoftmax", 1e-6, 1e-7, 1e-13, 4e-15},
    {NULL, 1e-6, 5e-6, 1e-13, 1e-13},
};

static void test_neural(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "neural", .tolerances = sums});
}

static void test_linear_algebra(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "linear_algebra", .tolerances = sums});
}

/* Numbers in [-1, 1) that are the same on every run. */
static hr_tensor numbers(int64_t rows, int64_t columns, uint32_t seed) {
  float *values = malloc(sizeof *values * (size_t)(rows * columns));
  assert_non_null(values);
  for (int64_t i = 0; i < rows * columns; ++i) {
    seed = seed * 1664525u + 1013904223u;
    values[i] = (float)(seed >> 8) / (1 << 23) - 1;
  }
  hr_tensor t = tester_tensor(HR_FLOAT, 2, (int64_t[]){rows, columns}, values);
  free(values);
  return t;
}

/* Every transposition, sizes that end inside and between the blocks that the pool is given. */
static void test_product_of_many_sizes(void **state) {
  (void)state;
  static const int64_t sizes[][3] = {{1, 1, 1},    {1, 7, 97},     {97, 5, 1},     {17, 64, 49},
                                     {8, 3, 48},   {129, 33, 145}, {3, 0, 5},      {9, 5000, 1},
                                     {300, 20, 1}, {45, 131, 512}, {32, 128, 1024}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s)
    for (int flags = 0; flags < 4; ++flags) {
      int64_t m = sizes[s][0], k = sizes[s][1], n = sizes[s][2];
      bool ta = flags & 1, tb = flags & 2;
      hr_tensor inputs[2] = {ta ? numbers(k, m, 1) : numbers(m, k, 1), tb ? numbers(n, k, 2) : numbers(k, n, 2)};
      hr_named_attr attrs[] = {{"transpose_a", HR_ATTR_BOOL_VALUE(ta)}, {"transpose_b", HR_ATTR_BOOL_VALUE(tb)}};
      hr_tensor out = tester_run("MatMul", 2, inputs, 2, attrs);
      assert_int_equal(out.elements, m * n);
      const float *a = hr_tensor_data(&inputs[0]), *b = hr_tensor_data(&inputs[1]);
      for (int64_t i = 0; i < m; ++i)
        for (int64_t j = 0; j < n; ++j) {
          double sum = 0;
          for (int64_t p = 0; p < k; ++p)
            sum += (double)a[ta ? p * m + i : i * k + p] * (double)b[tb ? j * k + p : p * n + j];
          tester_assert_near(&out, i * n + j, sum, 1e-5, 1e-5);
        }
      hr_tensor_clear(&out);
      hr_tensor_clear(&inputs[0]);
      hr_tensor_clear(&inputs[1]);
    }
}

/* One thread and two give the same bits. */
static void assert_same_on_two_threads(const hr_tensor inputs[2], int num_attrs, const hr_named_attr *attrs) {
  hr_tensor one = tester_run("MatMul", 2, inputs, num_attrs, attrs);
  hr_tensor two = tester_run_threads(2, "MatMul", 2, inputs, num_attrs, attrs);
  assert_true(hr_tensor_equal(&one, &two));
  hr_tensor_clear(&one);
  hr_tensor_clear(&two);
}

static void test_product_does_not_depend_on_threads(void **state) {
  (void)state;
  static const int64_t columns[] = {290, 512, 1536, 2048}; /* crowded ones, which are copied or packed, too */
  for (size_t i = 0; i < sizeof columns / sizeof *columns; ++i) {
    hr_tensor inputs[2] = {numbers(300, 784, 3), numbers(784, columns[i], 4)};
    assert_same_on_two_threads(inputs, 0, NULL);
    hr_tensor_clear(&inputs[0]);
    hr_tensor_clear(&inputs[1]);
  }
}

/* Pixels of few channels, which go many at a time, and some that are left over; and of many channels. */
static void test_bias_of_many_pixels(void **state) {
  (void)state;
  static const int64_t sizes[][2] = {{5003, 3}, {2000, 32}, {2047, 1}, {9, 1500}, {100, 513}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s)
    for (int threads = 1; threads <= 2; ++threads) {
      hr_tensor x = numbers(sizes[s][0], sizes[s][1], 5), row = numbers(1, sizes[s][1], 6), bias = row;
      bias.rank = 1;
      bias.dims[0] = sizes[s][1];
      hr_tensor out = tester_run_threads(threads, "BiasAdd", 2, (hr_tensor[]){x, bias}, 0, NULL);
      for (int64_t i = 0; i < x.elements; ++i)
        tester_assert_near(&out, i, (float)(tester_number(&x, i) + tester_number(&bias, i % sizes[s][1])), 0, 0);
      hr_tensor_clear(&out);
      hr_tensor_clear(&x);
      hr_tensor_clear(&row);
    }
}

/* Leaves one element in `period`. */
static void thin_out(hr_tensor *t, int64_t period) {
  float *values = hr_tensor_data(t);
  for (int64_t i = 0; i < t->elements; ++i)
    if (i % period) values[i] = 0;
}

/* Factors with many zeros, in shapes that end inside and between what is taken at once; an infinity that no other
 * number multiplies still makes its column NaN. */
static void test_product_with_many_zeros(void **state) {
  (void)state;
  static const int64_t sizes[][3] = {{50, 784, 300}, {300, 131, 67}, {784, 50, 100}, {2000, 70, 16}, {1, 1000, 2500}};
  for (size_t s = 0; s < 2 * sizeof sizes / sizeof *sizes; ++s) {
    int64_t m = sizes[s / 2][0], k = sizes[s / 2][1], n = sizes[s / 2][2];
    bool ta = s % 2;
    hr_tensor inputs[2] = {ta ? numbers(k, m, 1) : numbers(m, k, 1), numbers(k, n, 2)};
    hr_named_attr attrs[] = {{"transpose_a", HR_ATTR_BOOL_VALUE(ta)}};
    thin_out(&inputs[0], 5);
    float *a = hr_tensor_data(&inputs[0]), *b = hr_tensor_data(&inputs[1]);
    hr_tensor out = tester_run("MatMul", 2, inputs, 1, attrs);
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (int64_t p = 0; p < k; ++p)
          sum += (double)a[ta ? p * m + i : i * k + p] * (double)b[p * n + j];
        tester_assert_near(&out, i * n + j, sum, 1e-5, 1e-5);
      }
    hr_tensor_clear(&out);
    assert_same_on_two_threads(inputs, 1, attrs);

    int64_t unused = k / 2;
    for (int64_t i = 0; i < m; ++i)
      a[ta ? unused * m + i : i * k + unused] = 0;
    b[unused * n + n - 1] = INFINITY;
    out = tester_run("MatMul", 2, inputs, 1, attrs);
    const float *c = hr_tensor_data(&out);
    for (int64_t i = 0; i < m; ++i)
      assert_true(isnan(c[i * n + n - 1]) && isfinite(c[i * n]));
    hr_tensor_clear(&out);
    hr_tensor_clear(&inputs[0]);
    hr_tensor_clear(&inputs[1]);
  }
}

/* Logits so large that a naive exponential overflows, and a class without probability. */
static void test_cross_entropy_of_extreme_logits(void **state) {
  (void)state;
  hr_tensor inputs[2] = {tester_tensor(HR_FLOAT, 2, (int64_t[]){2, 2}, (float[]){1e4f, 0, -1e4f, 1e4f}),
                         TESTER_VECTOR(HR_INT32, ((int32_t[]){0, 0}))};
  hr_tensor loss = tester_run("SparseSoftmaxCrossEntropyWithLogits", 2, inputs, 0, NULL);
  tester_assert_near(&loss, 0, 0, 0, 0);
  tester_assert_near(&loss, 1, 2e4, 0, 0);
  hr_tensor_clear(&loss);
  hr_tensor_clear(&inputs[1]);
  inputs[1] = TESTER_VECTOR(HR_INT32, ((int32_t[]){0, 2}));
  assert_int_equal(tester_code("SparseSoftmaxCrossEntropyWithLogits", 2, inputs, 0, NULL), HR_INVALID_ARGUMENT);
  hr_tensor_clear(&inputs[0]);
  hr_tensor_clear(&inputs[1]);
}

/* Halves are computed as floats and rounded once. */
static void test_softmax_of_halves(void **state) {
  (void)state;
  hr_half values[3] = {hr_half_from_float(1), hr_half_from_float(2), hr_half_from_float(3)};
  hr_tensor logits = tester_tensor(HR_HALF, 2, (int64_t[]){1, 3}, values);
  hr_tensor out = tester_run("Softmax", 1, &logits, 0, NULL);
  double sum = exp(1) + exp(2) + exp(3);
  for (int i = 0; i < 3; ++i)
    tester_assert_near(&out, i, exp(i + 1) / sum, 1e-3, 0);
  hr_tensor_clear(&out);
  hr_tensor_clear(&logits);
}

/* A ^ -1 b by MatrixSolve, put back in; the determinant of a triangular matrix is the product of its diagonal. */
static void test_solutions_solve(void **state) {
  (void)state;
  double a[] = {0, 2, 1, 1, -1, 3, 2, 0.5, 1}, b[] = {1, 2, 3, -4, 5, 6}, triangle[] = {2, 5, 7, 0, -3, 1, 0, 0, 0.5};
  for (int adjoint = 0; adjoint < 2; ++adjoint) {
    hr_tensor inputs[2] = {tester_tensor(HR_DOUBLE, 2, (int64_t[]){3, 3}, a),
                           tester_tensor(HR_DOUBLE, 2, (int64_t[]){3, 2}, b)};
    hr_named_attr attrs[] = {{"adjoint", HR_ATTR_BOOL_VALUE(adjoint)}};
    hr_tensor x = tester_run("MatrixSolve", 2, inputs, 1, attrs);
    for (int i = 0; i < 3; ++i)
      for (int k = 0; k < 2; ++k) {
        double sum = 0;
        for (int p = 0; p < 3; ++p)
          sum += (adjoint ? a[p * 3 + i] : a[i * 3 + p]) * tester_number(&x, p * 2 + k);
        assert_true(fabs(sum - b[i * 2 + k]) < 1e-12);
      }
    hr_tensor_clear(&x);
    hr_tensor_clear(&inputs[0]);
    hr_tensor_clear(&inputs[1]);
  }
  hr_tensor matrix = tester_tensor(HR_DOUBLE, 2, (int64_t[]){3, 3}, triangle);
  hr_tensor determinant = tester_run("MatrixDeterminant", 1, &matrix, 0, NULL);
  tester_assert_near(&determinant, 0, -3, 1e-14, 0);
  hr_tensor sign = tester_run("LogMatrixDeterminant", 1, &matrix, 0, NULL);
  tester_assert_near(&sign, 0, -1, 0, 0);
  hr_tensor_clear(&determinant);
  hr_tensor_clear(&sign);
  hr_tensor_clear(&matrix);
}

static void test_singular_matrices_are_refused(void **state) {
  (void)state;
  hr_tensor inputs[2] = {tester_tensor(HR_DOUBLE, 2, (int64_t[]){2, 2}, (double[]){1, 2, 2, 4}),
                         tester_tensor(HR_DOUBLE, 2, (int64_t[]){2, 1}, (double[]){1, 1})};
  assert_int_equal(tester_code("MatrixInverse", 1, inputs, 0, NULL), HR_INVALID_ARGUMENT);
  assert_int_equal(tester_code("MatrixSolve", 2, inputs, 0, NULL), HR_INVALID_ARGUMENT);
  hr_tensor_clear(&inputs[0]);
  inputs[0] = tester_tensor(HR_DOUBLE, 2, (int64_t[]){2, 2}, (double[]){-1, 0, 0, 1});
  assert_int_equal(tester_code("Cholesky", 1, inputs, 0, NULL), HR_INVALID_ARGUMENT);
  hr_tensor_clear(&inputs[0]);
  hr_tensor_clear(&inputs[1]);
}

/* Outputs of an op that must succeed. */
static void run_outputs(const char *op, const hr_tensor *input, int num_attrs, const hr_named_attr *attrs, int capacity,
                        hr_tensor *out) {
  hr_single_op single = {.op = op, .num_attrs = num_attrs, .attrs = attrs, .num_inputs = 1, .inputs = input};
  int32_t count;
  hr_status status = hr_run_single_op(&single, capacity, out, &count, NULL);
  if (status) fail_msg("%s: %s", op, hr_status_message(status));
}

/* sum_p a[i, p] b[p, j] of row-major matrices of doubles with the given rows, inner size, columns. */
static double product_at(const hr_tensor *a, const hr_tensor *b, bool transpose_b, int i, int j) {
  int64_t inner = a->dims[1];
  double sum = 0;
  for (int64_t p = 0; p < inner; ++p)
    sum += tester_number(a, i * inner + p) * tester_number(b, transpose_b ? j * inner + p : p * b->dims[1] + j);
  return sum;
}

static hr_tensor tall_matrix(bool turned) {
  static double values[] = {1, 2, 3, 4, 5, 7}, turned_values[] = {1, 3, 5, 2, 4, 7};
  return tester_tensor(HR_DOUBLE, 2, turned ? (int64_t[]){2, 3} : (int64_t[]){3, 2}, turned ? turned_values : values);
}

/* The factors multiply to the matrix, and Q is orthogonal. */
static void test_qr_factors(void **state) {
  (void)state;
  for (int turned = 0; turned < 2; ++turned)
    for (int full = 0; full < 2; ++full) {
      hr_tensor matrix = tall_matrix(turned), out[2];
      run_outputs("Qr", &matrix, 1, (hr_named_attr[]){{"full_matrices", HR_ATTR_BOOL_VALUE(full)}}, 2, out);
      assert_int_equal(out[0].dims[1], full && !turned ? 3 : 2);
      for (int i = 0; i < matrix.dims[0]; ++i)
        for (int j = 0; j < matrix.dims[1]; ++j)
          assert_true(fabs(product_at(&out[0], &out[1], false, i, j) - tester_number(&matrix, i * matrix.dims[1] + j)) <
                      1e-13);
      hr_tensor_clear(&matrix);
      hr_tensor_clear(&out[0]);
      hr_tensor_clear(&out[1]);
    }
}

/* U diag(s) V^T is the matrix; the squares of the singular values add up to its squared norm. */
static void test_singular_values(void **state) {
  (void)state;
  for (int turned = 0; turned < 2; ++turned) {
    hr_tensor matrix = tall_matrix(turned), out[3];
    run_outputs("Svd", &matrix, 0, NULL, 3, out);
    double norm = 0, squares = 0;
    for (int i = 0; i < 6; ++i)
      norm += tester_number(&matrix, i) * tester_number(&matrix, i);
    for (int k = 0; k < 2; ++k)
      squares += tester_number(&out[0], k) * tester_number(&out[0], k);
    assert_true(fabs(norm - squares) < 1e-11);
    double *u = hr_tensor_data(&out[1]);
    for (int64_t i = 0; i < out[1].elements; ++i)
      u[i] *= tester_number(&out[0], i % 2);
    for (int i = 0; i < matrix.dims[0]; ++i)
      for (int j = 0; j < matrix.dims[1]; ++j)
        assert_true(fabs(product_at(&out[1], &out[2], true, i, j) - tester_number(&matrix, i * matrix.dims[1] + j)) <
                    1e-13);
    hr_tensor_clear(&matrix);
    for (int k = 0; k < 3; ++k)
      hr_tensor_clear(&out[k]);
  }
}

/* A v = e v, from the lower triangle alone; the eigenvalues are those that TensorFlow gives. */
static void test_eigenvalues(void **state) {
  (void)state;
  static const double expected[] = {1.85489731, 3.4760236, 6.66907909};
  hr_tensor lower = tester_tensor(HR_DOUBLE, 2, (int64_t[]){3, 3}, (double[]){4, 99, 99, 1, 3, 99, 2, 0, 5}), out[2];
  hr_tensor matrix = tester_tensor(HR_DOUBLE, 2, (int64_t[]){3, 3}, (double[]){4, 1, 2, 1, 3, 0, 2, 0, 5});
  run_outputs("SelfAdjointEigV2", &lower, 0, NULL, 2, out);
  for (int k = 0; k < 3; ++k) {
    tester_assert_near(&out[0], k, expected[k], 1e-8, 0);
    for (int i = 0; i < 3; ++i)
      assert_true(fabs(product_at(&matrix, &out[1], false, i, k) -
                       tester_number(&out[0], k) * tester_number(&out[1], i * 3 + k)) < 1e-13);
  }
  hr_tensor_clear(&lower);
  hr_tensor_clear(&matrix);
  hr_tensor_clear(&out[0]);
  hr_tensor_clear(&out[1]);
}

/* Values that TensorFlow gives: more rows than columns, fewer, and a matrix without full rank. */
static void test_least_squares(void **state) {
  (void)state;
  static const struct {
    int64_t rows, columns;
    double matrix[6], l2, expected[3];
    bool fast;
  } cases[] = {
      {3, 2, {1, 2, 3, 4, 5, 6}, 0.5, {-0.27956989, 0.43010753}, true},
      {2, 3, {1, 2, 3, 4, 5, 6}, 0.5, {-0.24561404, 0.03508772, 0.31578947}, true},
      {3, 2, {1, 2, 2, 4, 3, 6}, 0, {0.08571429, 0.17142857}, false},
  };
  for (int i = 0; i < 3; ++i) {
    hr_tensor inputs[3] = {tester_tensor(HR_DOUBLE, 2, (int64_t[]){cases[i].rows, cases[i].columns}, cases[i].matrix),
                           tester_tensor(HR_DOUBLE, 2, (int64_t[]){cases[i].rows, 1}, (double[]){1, 1, 1}),
                           hr_tensor_f64(cases[i].l2)};
    hr_named_attr attrs[] = {{"fast", HR_ATTR_BOOL_VALUE(cases[i].fast)}};
    hr_tensor x = tester_run("MatrixSolveLs", 3, inputs, 1, attrs);
    for (int64_t k = 0; k < cases[i].columns; ++k)
      tester_assert_near(&x, k, cases[i].expected[k], 1e-6, 0);
    hr_tensor_clear(&x);
    hr_tensor_clear(&inputs[0]);
    hr_tensor_clear(&inputs[1]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_neural),
      cmocka_unit_test(test_linear_algebra),
      cmocka_unit_test(test_product_of_many_sizes),
      cmocka_unit_test(test_product_does_not_depend_on_threads),
      cmocka_unit_test(test_bias_of_many_pixels),
      cmocka_unit_test(test_product_with_many_zeros),
      cmocka_unit_test(test_cross_entropy_of_extreme_logits),
      cmocka_unit_test(test_softmax_of_halves),
      cmocka_unit_test(test_solutions_solve),
      cmocka_unit_test(test_singular_matrices_are_refused),
      cmocka_unit_test(test_qr_factors),
      cmocka_unit_test(test_singular_values),
      cmocka_unit_test(test_eigenvalues),
      cmocka_unit_test(test_least_squares),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
