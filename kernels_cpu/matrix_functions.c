/* MatrixSquareRoot and MatrixLogarithm, of the triangular factor of Schur's decomposition (Higham, "Functions of
 * matrices", 2008, 6.2 and 11.5). All of it in complex double, whatever the type. */
#include "kernels_cpu/linalg.h"

#include <math.h>
#include <string.h>

typedef double _Complex number;

/* The principal square root of an upper triangular matrix, in place. False where there is none. */
static bool triangular_root(number *t, int n) {
  for (int j = 0; j < n; ++j) {
    t[j * n + j] = csqrt(t[j * n + j]);
    for (int i = j - 1; i >= 0; --i) {
      number sum = t[i * n + j];
      for (int k = i + 1; k < j; ++k)
        sum -= t[i * n + k] * t[k * n + j];
      number divisor = t[i * n + i] + t[j * n + j];
      if (divisor == 0 && sum != 0) return false;
      t[i * n + j] = sum == 0 ? 0 : sum / divisor;
    }
  }
  return true;
}

/* How far an upper triangular matrix is from the identity. */
static double distance_from_identity(const number *t, int n) {
  double most = 0;
  for (int j = 0; j < n; ++j) {
    double sum = 0;
    for (int i = 0; i <= j; ++i)
      sum += cabs(t[i * n + j] - (i == j));
    most = fmax(most, sum);
  }
  return most;
}

/* Gauss and Legendre's nodes and weights of eight points on [0, 1]. */
static const double nodes[] = {0.019855071751231884, 0.10166676129318664, 0.2372337950418355,  0.40828267875217511,
                               0.59171732124782489,  0.7627662049581645,  0.89833323870681336, 0.98014492824876812};
static const double weights[] = {0.050614268145188130, 0.11119051722668724, 0.15685332293894364, 0.18134189168918099,
                                 0.18134189168918099,  0.15685332293894364, 0.11119051722668724, 0.050614268145188130};

/* log(T): square roots until T is near the identity, then log(I + X) as the integral of X (I + s X)^-1 over s. `work`
 * holds 3 n n numbers. */
static bool triangular_logarithm(number *t, int n, number *work) {
  number *x = work, *factor = x + n * n, *term = factor + n * n;
  double scale = 1;
  for (int j = 0; j < n; ++j)
    if (t[j * n + j] == 0) return false;
  for (int k = 0; k < 100 && distance_from_identity(t, n) > 0.1; ++k, scale *= 2)
    if (!triangular_root(t, n)) return false;
  for (int i = 0; i < n * n; ++i)
    x[i] = t[i] - (i % (n + 1) == 0);
  memset(t, 0, sizeof *t * (size_t)(n * n));
  for (size_t point = 0; point < sizeof nodes / sizeof *nodes; ++point) {
    for (int i = 0; i < n * n; ++i) {
      factor[i] = nodes[point] * x[i] + (i % (n + 1) == 0);
      term[i] = weights[point] * scale * x[i];
    }
    for (int j = 0; j < n; ++j) { /* term (I + s X)^-1, column by column: both are upper triangular */
      for (int i = 0; i <= j; ++i) {
        for (int k = i; k < j; ++k)
          term[i * n + j] -= term[i * n + k] * factor[k * n + j];
        term[i * n + j] /= factor[j * n + j];
        t[i * n + j] += term[i * n + j];
      }
    }
  }
  return true;
}

typedef bool matrix_function(number *t, int n, number *work);
static bool root(number *t, int n, number *work) {
  (void)work;
  return triangular_root(t, n);
}

static number element_at(hr_dtype dtype, const void *data, int64_t i) {
  switch (dtype) {
  case HR_FLOAT: return (double)((const float *)data)[i];
  case HR_DOUBLE: return ((const double *)data)[i];
  case HR_COMPLEX64: return (number)((const float _Complex *)data)[i];
  default: return ((const number *)data)[i];
  }
}
static void set_element(hr_dtype dtype, void *data, int64_t i, number x) {
  switch (dtype) {
  case HR_FLOAT: ((float *)data)[i] = (float)creal(x); break;
  case HR_DOUBLE: ((double *)data)[i] = creal(x); break;
  case HR_COMPLEX64: ((float _Complex *)data)[i] = (float _Complex)x; break;
  default: ((number *)data)[i] = x;
  }
}

/* f(A) = Q f(T) Q^H. `work` holds 5 n n numbers, `values` n. */
static hr_status apply(matrix_function *f, hr_dtype dtype, const void *from, void *to, int n, number *work,
                       number *values) {
  int64_t size = (int64_t)n * n;
  number *t = work, *q = t + size, *product = q + size;
  for (int64_t i = 0; i < size; ++i) {
    t[i] = element_at(dtype, from, i);
    if (!isfinite(creal(t[i])) || !isfinite(cimag(t[i])))
      return hr_error(HR_INVALID_ARGUMENT, "A matrix with values that are not finite has no such function");
  }
  lapack_int unused;
  HR_TRY(hr_lapack_status(LAPACKE_zgees(LAPACK_ROW_MAJOR, 'V', 'N', NULL, n, t, n, &unused, values, q, n),
                          "The decomposition did not converge. The input might not be valid."));
  for (int i = 0; i < n; ++i)
    memset(t + (int64_t)i * n, 0, sizeof *t * (size_t)i);
  if (!f(t, n, product)) return hr_error(HR_INVALID_ARGUMENT, "Input matrix is singular, and has no such function");
  const number one = 1, zero = 0;
  cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, &one, q, n, t, n, &zero, product, n);
  cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasConjTrans, n, n, n, &one, product, n, q, n, &zero, t, n);
  for (int64_t i = 0; i < size; ++i)
    set_element(dtype, to, i, t[i]);
  return HR_SUCCESS;
}

typedef struct job {
  matrix_function *f;
  hr_dtype dtype;
  const char *from;
  char *to;
  int64_t n;
} job;
static hr_status apply_to_one(void *argument, int64_t i, void *scratch) {
  const job *j = argument;
  int64_t size = j->n * j->n;
  size_t at = (size_t)(i * size) * hr_dtype_size(j->dtype);
  number *numbers = scratch;
  return apply(j->f, j->dtype, j->from + at, j->to + at, (int)j->n, numbers, numbers + 5 * size);
}

static hr_status run(hr_kernel_context *ctx, matrix_function *f) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(x, &m));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (x->elements == 0) return HR_SUCCESS;
  job j = {f, hr_tensor_dtype(x), hr_tensor_data(x), hr_tensor_data(out), m.rows};
  double n = (double)m.rows;
  return hr_for_each_matrix(ctx, m.count, 3000 + 10 * n * n * n,
                            (size_t)(5 * m.rows * m.rows + m.rows) * sizeof(number), apply_to_one, &j);
}

static hr_status matrix_square_root(hr_kernel_context *ctx) { return run(ctx, root); }
static hr_status matrix_logarithm(hr_kernel_context *ctx) { return run(ctx, triangular_logarithm); }
HR_KERNEL(.op = "MatrixSquareRoot", .types = {{"T", HR_MATRIX_TYPES}}, .compute = matrix_square_root);
HR_KERNEL(.op = "MatrixLogarithm", .types = {{"T", HR_COMPLEX_MATRIX_TYPES}}, .compute = matrix_logarithm);
