/* Triangular matrices: Cholesky, CholeskyGrad, MatrixTriangularSolve. */
#include "kernels_cpu/linalg.h"

#include <string.h>

/* ---- Cholesky -------------------------------------------------------------------------------------------------- */

/* LAPACK sees the transpose, so the lower factor of a row-major matrix is its upper factor of the transpose. */
static lapack_int factorize(hr_dtype dtype, void *a, int n) {
  switch (dtype) {
  case HR_FLOAT: return LAPACKE_spotrf_work(LAPACK_COL_MAJOR, 'U', n, a, n);
  case HR_DOUBLE: return LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', n, a, n);
  case HR_COMPLEX64: return LAPACKE_cpotrf_work(LAPACK_COL_MAJOR, 'U', n, a, n);
  default: return LAPACKE_zpotrf_work(LAPACK_COL_MAJOR, 'U', n, a, n);
  }
}

static void clear_upper(char *matrix, int64_t n, size_t size) {
  for (int64_t i = 0; i < n; ++i)
    memset(matrix + (size_t)(i * n + i + 1) * size, 0, (size_t)(n - i - 1) * size);
}

/* The matrices of a kernel: what is read, what is written. */
typedef struct job {
  hr_dtype dtype;
  const char *from, *gradient;
  char *to;
  int64_t n, columns;
  bool lower, adjoint;
} job;
static size_t matrix_bytes(const job *j) { return (size_t)(j->n * j->n) * hr_dtype_size(j->dtype); }
/* A third of n^3 multiplications, some of which go side by side. */
static double cubic_nanos(int64_t n) { return 500 + 0.1 * (double)n * (double)n * (double)n; }

static hr_status factorize_one(void *argument, int64_t i, void *scratch) {
  (void)scratch;
  const job *j = argument;
  char *matrix = j->to + (size_t)i * matrix_bytes(j);
  hr_status status = hr_lapack_status(factorize(j->dtype, matrix, (int)j->n), HR_NO_CHOLESKY);
  clear_upper(matrix, j->n, hr_dtype_size(j->dtype));
  return status;
}

static hr_status cholesky(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(x, &m));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (x->elements == 0) return HR_SUCCESS;
  char *to = hr_tensor_data(out);
  if ((const void *)to != hr_tensor_data(x)) memcpy(to, hr_tensor_data(x), hr_tensor_bytes(x));
  job j = {.dtype = hr_tensor_dtype(x), .to = to, .n = m.rows};
  return hr_for_each_matrix(ctx, m.count, cubic_nanos(m.rows), HR_NO_SCRATCH, factorize_one, &j);
}
HR_KERNEL(.op = "Cholesky", .types = {{"T", HR_MATRIX_TYPES}}, .compute = cholesky);

/* ---- CholeskyGrad ---------------------------------------------------------------------------------------------- */

/* With P = tril(L^T dL), its diagonal halved: S = L^-T P L^-1 and the gradient is (S + S^T) / 2 (arXiv:1602.07527). */
#define DEFINE_GRADIENT(T, letter)                                                                                     \
  static void gradient_##letter(const void *factor, const void *gradient, int n, void *out) {                          \
    const T *l = factor, *g = gradient;                                                                                \
    T *s = out;                                                                                                        \
    for (int i = 0; i < n; ++i)                                                                                        \
      for (int k = 0; k < n; ++k)                                                                                      \
        s[i * n + k] = k <= i ? g[i * n + k] : 0;                                                                      \
    cblas_##letter##trmm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, n, n, 1, l, n, s, n);         \
    for (int i = 0; i < n; ++i)                                                                                        \
      for (int k = i; k < n; ++k)                                                                                      \
        s[i * n + k] = k == i ? s[i * n + k] / 2 : 0;                                                                  \
    cblas_##letter##trsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, n, n, 1, l, n, s, n);         \
    cblas_##letter##trsm(CblasRowMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, n, n, 1, l, n, s, n);      \
    for (int i = 0; i < n; ++i)                                                                                        \
      for (int k = 0; k <= i; ++k)                                                                                     \
        s[i * n + k] = s[k * n + i] = (s[i * n + k] + s[k * n + i]) / 2;                                               \
  }
DEFINE_GRADIENT(float, s)
DEFINE_GRADIENT(double, d)

static hr_status gradient_of_one(void *argument, int64_t i, void *scratch) {
  (void)scratch;
  const job *j = argument;
  size_t at = (size_t)i * matrix_bytes(j);
  (j->dtype == HR_FLOAT ? gradient_s : gradient_d)(j->from + at, j->gradient + at, (int)j->n, j->to + at);
  return HR_SUCCESS;
}

static hr_status cholesky_grad(hr_kernel_context *ctx) {
  const hr_tensor *l = hr_input(ctx, 0), *grad = hr_input(ctx, 1);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(l, &m));
  if (!hr_same_shape(l, grad))
    return hr_error(HR_INVALID_ARGUMENT, "Inputs L and grad must have the same shape: %s, %s", HR_TENSOR_SHAPE_TEXT(l),
                    HR_TENSOR_SHAPE_TEXT(grad));
  hr_shape shape = hr_tensor_shape(l);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job j = {.dtype = hr_tensor_dtype(l),
           .from = hr_tensor_data(l),
           .gradient = hr_tensor_data(grad),
           .to = hr_tensor_data(out),
           .n = m.rows};
  return hr_for_each_matrix(ctx, m.count, 9 * cubic_nanos(m.rows), HR_NO_SCRATCH, gradient_of_one, &j);
}
HR_KERNEL(.op = "CholeskyGrad", .types = {{"T", HR_REAL_MATRIX_TYPES}}, .compute = cholesky_grad);

/* ---- MatrixTriangularSolve ------------------------------------------------------------------------------------- */

static hr_status triangular_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"lower", "adjoint", NULL}, state);
}

static bool has_zero(hr_dtype dtype, const char *matrix, int64_t n) {
  static const double zero[2] = {0, 0};
  size_t size = hr_dtype_size(dtype);
  for (int64_t i = 0; i < n; ++i) {
    const void *at = matrix + (size_t)(i * n + i) * size;
    bool is_zero = dtype == HR_FLOAT    ? *(const float *)at == 0
                   : dtype == HR_DOUBLE ? *(const double *)at == 0
                                        : memcmp(at, zero, size) == 0;
    if (is_zero) return true;
  }
  return false;
}

static void solve_triangular(hr_dtype dtype, const void *a, int n, int columns, bool lower, bool adjoint, void *x) {
  CBLAS_UPLO part = lower ? CblasLower : CblasUpper;
  CBLAS_TRANSPOSE turn = adjoint ? CblasConjTrans : CblasNoTrans;
  switch (dtype) {
  case HR_FLOAT:
    cblas_strsm(CblasRowMajor, CblasLeft, part, turn, CblasNonUnit, n, columns, 1, a, n, x, columns);
    break;
  case HR_DOUBLE:
    cblas_dtrsm(CblasRowMajor, CblasLeft, part, turn, CblasNonUnit, n, columns, 1, a, n, x, columns);
    break;
  case HR_COMPLEX64:
    cblas_ctrsm(CblasRowMajor, CblasLeft, part, turn, CblasNonUnit, n, columns, (float[]){1, 0}, a, n, x, columns);
    break;
  default:
    cblas_ztrsm(CblasRowMajor, CblasLeft, part, turn, CblasNonUnit, n, columns, (double[]){1, 0}, a, n, x, columns);
    break;
  }
}

static hr_status solve_one(void *argument, int64_t i, void *scratch) {
  (void)scratch;
  const job *j = argument;
  const char *matrix = j->from + (size_t)i * matrix_bytes(j);
  char *x = j->to + (size_t)(i * j->n * j->columns) * hr_dtype_size(j->dtype);
  if (has_zero(j->dtype, matrix, j->n)) return hr_error(HR_INVALID_ARGUMENT, HR_MATRIX_NOT_INVERTIBLE);
  solve_triangular(j->dtype, matrix, (int)j->n, (int)j->columns, j->lower, j->adjoint, x);
  return HR_SUCCESS;
}

static hr_status matrix_triangular_solve(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  hr_matrices m, right;
  HR_TRY(hr_square_matrices_of(a, &m));
  HR_TRY(hr_matrices_of(b, &right));
  bool fits = a->rank == b->rank && m.rows == right.rows;
  for (int i = 0; fits && i < a->rank - 2; ++i)
    fits = a->dims[i] == b->dims[i];
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT, "Input matrix and rhs are incompatible: %s, %s", HR_TENSOR_SHAPE_TEXT(a),
                    HR_TENSOR_SHAPE_TEXT(b));
  hr_shape shape = hr_tensor_shape(b);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 2, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  char *x = hr_tensor_data(out);
  if ((const void *)x != hr_tensor_data(b)) memcpy(x, hr_tensor_data(b), hr_tensor_bytes(b));
  job j = {.dtype = hr_tensor_dtype(a),
           .from = hr_tensor_data(a),
           .to = x,
           .n = m.rows,
           .columns = right.columns,
           .lower = hr_state_flag(ctx, 0),
           .adjoint = hr_state_flag(ctx, 1)};
  double nanos = 500 + 0.2 * (double)m.rows * (double)m.rows * (double)right.columns;
  return hr_for_each_matrix(ctx, m.count, nanos, HR_NO_SCRATCH, solve_one, &j);
}
HR_KERNEL(.op = "MatrixTriangularSolve", .types = {{"T", HR_MATRIX_TYPES}}, .create = triangular_create,
          .compute = matrix_triangular_solve);
