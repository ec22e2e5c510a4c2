/* By LU factors: MatrixInverse, MatrixDeterminant, LogMatrixDeterminant, MatrixSolve.
 *
 * Our matrices are row-major, LAPACK's column-major: it sees the transpose, whose inverse and determinant are those of
 * the matrix, transposed. */
#include "kernels_cpu/lu_factors.h"

#include <math.h>
#include <string.h>

#define TYPES(X)                                                                                                       \
  X(float, s, f32, HR_FLOAT)                                                                                           \
  X(double, d, f64, HR_DOUBLE) X(float _Complex, c, c64, HR_COMPLEX64) X(double _Complex, z, c128, HR_COMPLEX128)

/* Conjugates and magnitudes of any of the types. */
#define CONJUGATE(x) _Generic((x), float : (x), double : (x), default : conj(x))
#define MAGNITUDE(x) _Generic((x), float _Complex : cabs, double _Complex : cabs, default : fabs)(x)

/* The matrices of a kernel, and how many elements of scratch each of them needs, before the pivots. */
typedef struct job {
  hr_kernel_context *ctx;
  hr_dtype dtype;
  const char *from, *rhs;
  char *to, *log;
  int64_t n, columns;
  bool adjoint;
  int64_t elements;
} job;

typedef struct scratch {
  void *elements;
  lapack_int *pivots;
} scratch;

static scratch scratch_in(const job *j, void *memory) {
  return (scratch){memory, (void *)((char *)memory + (size_t)(j->elements + 1) * hr_dtype_size(j->dtype))};
}
static hr_status for_each(hr_kernel_context *ctx, const hr_matrices *m, hr_matrix_work *work, job *j) {
  size_t bytes = (size_t)(j->elements + 1) * hr_dtype_size(j->dtype) + (size_t)(m->rows + 1) * sizeof(lapack_int);
  double n = (double)m->rows;
  return hr_for_each_matrix(ctx, m->count, 500 + 0.3 * n * n * (n + (double)j->columns), bytes, work, j);
}
static size_t bytes_of(const job *j, int64_t elements) { return (size_t)elements * hr_dtype_size(j->dtype); }

/* ---- MatrixInverse --------------------------------------------------------------------------------------------- */

#define DEFINE_ADJOINT(T, letter, token, dtype)                                                                        \
  static void adjoint_##token(void *matrix, int n) {                                                                   \
    T *a = matrix;                                                                                                     \
    for (int i = 0; i < n; ++i)                                                                                        \
      for (int k = 0; k <= i; ++k) {                                                                                   \
        T below = a[i * n + k];                                                                                        \
        a[i * n + k] = CONJUGATE(a[k * n + i]);                                                                        \
        a[k * n + i] = CONJUGATE(below);                                                                               \
      }                                                                                                                \
  }
TYPES(DEFINE_ADJOINT)

static hr_status adjoint_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"adjoint", NULL}, state);
}

static hr_status inverse_one(void *argument, int64_t i, void *memory) {
  const job *j = argument;
  scratch s = scratch_in(j, memory);
  int n = (int)j->n;
  size_t bytes = bytes_of(j, j->n * j->n);
  void *inverse = j->to + (size_t)i * bytes;
  memcpy(s.elements, j->from + (size_t)i * bytes, bytes);
  HR_TRY(hr_lapack_status(hr_lu_factor(j->ctx, j->dtype, s.elements, n, s.pivots), HR_NOT_INVERTIBLE));
  hr_lu_inverse(j->ctx, j->dtype, s.elements, n, s.pivots, inverse);
  if (!j->adjoint) return HR_SUCCESS;
  switch (j->dtype) {
  case HR_FLOAT: adjoint_f32(inverse, n); break;
  case HR_DOUBLE: adjoint_f64(inverse, n); break;
  case HR_COMPLEX64: adjoint_c64(inverse, n); break;
  default: adjoint_c128(inverse, n); break;
  }
  return HR_SUCCESS;
}

static hr_status matrix_inverse(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(x, &m));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job j = {.ctx = ctx,
           .dtype = hr_tensor_dtype(out),
           .from = hr_tensor_data(x),
           .to = hr_tensor_data(out),
           .n = m.rows,
           .columns = 2 * m.rows,
           .adjoint = hr_state_flag(ctx, 0),
           .elements = m.rows * m.rows};
  return for_each(ctx, &m, inverse_one, &j);
}
HR_KERNEL(.op = "MatrixInverse", .types = {{"T", HR_MATRIX_TYPES}}, .create = adjoint_create,
          .compute = matrix_inverse);

/* ---- determinants ---------------------------------------------------------------------------------------------- */

/* Writes the determinant, or its sign (a number of magnitude 1, or 0) and the logarithm of its magnitude. */
#define DEFINE_DETERMINANT(T, letter, token, dtype)                                                                    \
  static hr_status determinant_##token(hr_kernel_context *ctx, const void *matrix, int n, scratch *s,                  \
                                       void *determinant, void *log) {                                                 \
    T *a = s->elements, sign = 1, product = 1;                                                                         \
    double log_sum = 0;                                                                                                \
    lapack_int *pivots = s->pivots;                                                                                    \
    memcpy(a, matrix, sizeof(T) * (size_t)n * (size_t)n);                                                              \
    lapack_int info = n ? hr_lu_factor(ctx, dtype, a, n, pivots) : 0;                                                  \
    if (info < 0) return hr_lapack_status(info, "");                                                                   \
    for (int i = 0; i < n; ++i) {                                                                                      \
      T value = a[i * n + i];                                                                                          \
      double magnitude = MAGNITUDE(value);                                                                             \
      if (pivots[i] != i + 1) value = -value;                                                                          \
      product *= value;                                                                                                \
      sign = magnitude == 0 ? 0 : sign * (T)(value / magnitude);                                                       \
      log_sum += log ? logarithm(magnitude) : 0;                                                                       \
    }                                                                                                                  \
    *(T *)determinant = log ? sign : product;                                                                          \
    if (log) *(T *)log = (T)log_sum;                                                                                   \
    return HR_SUCCESS;                                                                                                 \
  }
static double logarithm(double x) { return log(x); }
TYPES(DEFINE_DETERMINANT)

static hr_status determinant_one(void *argument, int64_t i, void *memory) {
  const job *j = argument;
  scratch s = scratch_in(j, memory);
  const void *matrix = j->from + (size_t)i * bytes_of(j, j->n * j->n);
  void *value = j->to + (size_t)i * bytes_of(j, 1), *log = j->log ? j->log + (size_t)i * bytes_of(j, 1) : NULL;
  int n = (int)j->n;
  switch (j->dtype) {
  case HR_FLOAT: return determinant_f32(j->ctx, matrix, n, &s, value, log);
  case HR_DOUBLE: return determinant_f64(j->ctx, matrix, n, &s, value, log);
  case HR_COMPLEX64: return determinant_c64(j->ctx, matrix, n, &s, value, log);
  default: return determinant_c128(j->ctx, matrix, n, &s, value, log);
  }
}

static hr_status determinants(hr_kernel_context *ctx, bool logarithmic) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(x, &m));
  hr_shape shape = hr_tensor_shape(x);
  shape.rank -= 2;
  hr_tensor *value, *log = NULL;
  HR_TRY(hr_output_new(ctx, 0, &shape, &value));
  if (logarithmic) HR_TRY(hr_output_new(ctx, 1, &shape, &log));
  job j = {.ctx = ctx,
           .dtype = hr_tensor_dtype(x),
           .from = hr_tensor_data(x),
           .to = hr_tensor_data(value),
           .log = log ? hr_tensor_data(log) : NULL,
           .n = m.rows,
           .elements = m.rows * m.rows};
  return for_each(ctx, &m, determinant_one, &j);
}

static hr_status matrix_determinant(hr_kernel_context *ctx) { return determinants(ctx, false); }
static hr_status log_matrix_determinant(hr_kernel_context *ctx) { return determinants(ctx, true); }
HR_KERNEL(.op = "MatrixDeterminant", .types = {{"T", HR_MATRIX_TYPES}}, .compute = matrix_determinant);
HR_KERNEL(.op = "LogMatrixDeterminant", .types = {{"T", HR_MATRIX_TYPES}}, .compute = log_matrix_determinant);

/* ---- MatrixSolve ----------------------------------------------------------------------------------------------- */

/* With M what LAPACK sees of the matrix A: A = M^T, and A^H = conj(M), which is solved as M conj(x) = conj(b). */
#define DEFINE_SOLVE(T, letter, token, dtype)                                                                          \
  static hr_status solve_##token(hr_kernel_context *ctx, const void *matrix, const void *rhs, int n, int columns,      \
                                 bool adjoint, scratch *s, void *out) {                                                \
    T *a = s->elements, *x = a + (size_t)n * (size_t)n, *to = out;                                                     \
    const T *b = rhs;                                                                                                  \
    lapack_int *pivots = s->pivots;                                                                                    \
    memcpy(a, matrix, sizeof(T) * (size_t)n * (size_t)n);                                                              \
    for (int i = 0; i < n; ++i)                                                                                        \
      for (int k = 0; k < columns; ++k)                                                                                \
        x[k * n + i] = adjoint ? CONJUGATE(b[i * columns + k]) : b[i * columns + k];                                   \
    HR_TRY(hr_lapack_status(hr_lu_factor(ctx, dtype, a, n, pivots), HR_MATRIX_NOT_INVERTIBLE));                        \
    HR_TRY(hr_lapack_status(                                                                                           \
        HR_LAPACK(letter, getrs_work)(LAPACK_COL_MAJOR, adjoint ? 'N' : 'T', n, columns, a, n, pivots, x, n),          \
        HR_MATRIX_NOT_INVERTIBLE));                                                                                    \
    for (int i = 0; i < n; ++i)                                                                                        \
      for (int k = 0; k < columns; ++k)                                                                                \
        to[i * columns + k] = adjoint ? CONJUGATE(x[k * n + i]) : x[k * n + i];                                        \
    return HR_SUCCESS;                                                                                                 \
  }
TYPES(DEFINE_SOLVE)

static hr_status solve_one(void *argument, int64_t i, void *memory) {
  const job *j = argument;
  scratch s = scratch_in(j, memory);
  int n = (int)j->n, columns = (int)j->columns;
  const void *matrix = j->from + (size_t)i * bytes_of(j, j->n * j->n);
  size_t at = (size_t)i * bytes_of(j, j->n * j->columns);
  switch (j->dtype) {
  case HR_FLOAT: return solve_f32(j->ctx, matrix, j->rhs + at, n, columns, j->adjoint, &s, j->to + at);
  case HR_DOUBLE: return solve_f64(j->ctx, matrix, j->rhs + at, n, columns, j->adjoint, &s, j->to + at);
  case HR_COMPLEX64: return solve_c64(j->ctx, matrix, j->rhs + at, n, columns, j->adjoint, &s, j->to + at);
  default: return solve_c128(j->ctx, matrix, j->rhs + at, n, columns, j->adjoint, &s, j->to + at);
  }
}

static hr_status matrix_solve(hr_kernel_context *ctx) {
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
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job j = {.ctx = ctx,
           .dtype = hr_tensor_dtype(a),
           .from = hr_tensor_data(a),
           .rhs = hr_tensor_data(b),
           .to = hr_tensor_data(out),
           .n = m.rows,
           .columns = right.columns,
           .adjoint = hr_state_flag(ctx, 0),
           .elements = m.rows * (m.rows + right.columns)};
  return for_each(ctx, &m, solve_one, &j);
}
HR_KERNEL(.op = "MatrixSolve", .types = {{"T", HR_MATRIX_TYPES}}, .create = adjoint_create, .compute = matrix_solve);
