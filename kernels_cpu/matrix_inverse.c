/* By LU factors: MatrixInverse, MatrixDeterminant, LogMatrixDeterminant, MatrixSolve.
 *
 * Our matrices are row-major, LAPACK's column-major: it sees the transpose, whose inverse and determinant are those of
 * the matrix, transposed. */
#include "kernels_cpu/linalg.h"

#include <math.h>
#include <string.h>

#define TYPES(X)                                                                                                       \
  X(float, s, f32, HR_FLOAT)                                                                                           \
  X(double, d, f64, HR_DOUBLE) X(float _Complex, c, c64, HR_COMPLEX64) X(double _Complex, z, c128, HR_COMPLEX128)
#define JOIN_(a, b, c)       a##b##c
#define JOIN(a, b, c)        JOIN_(a, b, c)
#define LAPACK(letter, name) JOIN(LAPACKE_, letter, name)

/* Conjugates and magnitudes of any of the types. */
#define CONJUGATE(x) _Generic((x), float : (x), double : (x), default : conj(x))
#define MAGNITUDE(x) _Generic((x), float _Complex : cabs, double _Complex : cabs, default : fabs)(x)

enum { block = 64 }; /* columns of getri's work array */

/* The scratch of one call: n x n elements (or what else is asked for), pivots. */
typedef struct scratch {
  hr_tensor elements, pivots;
} scratch;

static hr_status scratch_new(hr_kernel_context *ctx, hr_dtype dtype, int64_t elements, int64_t pivots, scratch *out) {
  HR_TRY(hr_temporary_new(ctx, dtype, &(hr_shape){1, {elements + 1}}, &out->elements));
  hr_status status = hr_temporary_new(ctx, HR_INT32, &(hr_shape){1, {pivots + 1}}, &out->pivots);
  if (status) hr_tensor_clear(&out->elements);
  return status;
}
static void scratch_clear(scratch *s) {
  hr_tensor_clear(&s->elements);
  hr_tensor_clear(&s->pivots);
}

/* ---- MatrixInverse --------------------------------------------------------------------------------------------- */

#define DEFINE_INVERSE(T, letter, token, dtype)                                                                        \
  static hr_status inverse_##token(void *matrix, int n, bool adjoint, scratch *s) {                                    \
    T *a = matrix;                                                                                                     \
    lapack_int *pivots = hr_tensor_data(&s->pivots);                                                                   \
    HR_TRY(hr_lapack_status(LAPACK(letter, getrf_work)(LAPACK_COL_MAJOR, n, n, a, n, pivots), HR_NOT_INVERTIBLE));     \
    HR_TRY(hr_lapack_status(                                                                                           \
        LAPACK(letter, getri_work)(LAPACK_COL_MAJOR, n, a, n, pivots, hr_tensor_data(&s->elements), n * block),        \
        HR_NOT_INVERTIBLE));                                                                                           \
    for (int i = 0; adjoint && i < n; ++i)                                                                             \
      for (int k = 0; k <= i; ++k) {                                                                                   \
        T below = a[i * n + k];                                                                                        \
        a[i * n + k] = CONJUGATE(a[k * n + i]);                                                                        \
        a[k * n + i] = CONJUGATE(below);                                                                               \
      }                                                                                                                \
    return HR_SUCCESS;                                                                                                 \
  }
TYPES(DEFINE_INVERSE)

static hr_status adjoint_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"adjoint", NULL}, state);
}

static hr_status inverse_one(hr_dtype dtype, void *matrix, int n, bool adjoint, scratch *s) {
  switch (dtype) {
  case HR_FLOAT: return inverse_f32(matrix, n, adjoint, s);
  case HR_DOUBLE: return inverse_f64(matrix, n, adjoint, s);
  case HR_COMPLEX64: return inverse_c64(matrix, n, adjoint, s);
  default: return inverse_c128(matrix, n, adjoint, s);
  }
}

static hr_status matrix_inverse(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_dtype dtype = hr_tensor_dtype(x);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(x, &m));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (x->elements == 0) return HR_SUCCESS;
  char *to = hr_tensor_data(out);
  if ((const void *)to != hr_tensor_data(x)) memcpy(to, hr_tensor_data(x), hr_tensor_bytes(x));
  scratch s;
  HR_TRY(scratch_new(ctx, dtype, m.rows * block, m.rows, &s));
  size_t bytes = (size_t)(m.rows * m.rows) * hr_dtype_size(dtype);
  hr_status status = HR_SUCCESS;
  hr_openblas_enter();
  for (int64_t i = 0; i < m.count && !status; ++i)
    status = inverse_one(dtype, to + (size_t)i * bytes, (int)m.rows, hr_state_flag(ctx, 0), &s);
  hr_openblas_leave();
  scratch_clear(&s);
  return status;
}
HR_KERNEL(.op = "MatrixInverse", .types = {{"T", HR_MATRIX_TYPES}}, .create = adjoint_create,
          .compute = matrix_inverse);

/* ---- determinants ---------------------------------------------------------------------------------------------- */

/* Writes the determinant, or its sign (a number of magnitude 1, or 0) and the logarithm of its magnitude. */
#define DEFINE_DETERMINANT(T, letter, token, dtype)                                                                    \
  static hr_status determinant_##token(const void *matrix, int n, scratch *s, void *determinant, void *log) {          \
    T *a = hr_tensor_data(&s->elements), sign = 1, product = 1;                                                        \
    double log_sum = 0;                                                                                                \
    lapack_int *pivots = hr_tensor_data(&s->pivots);                                                                   \
    memcpy(a, matrix, sizeof(T) * (size_t)n * (size_t)n);                                                              \
    lapack_int info = n ? LAPACK(letter, getrf_work)(LAPACK_COL_MAJOR, n, n, a, n, pivots) : 0;                        \
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

static hr_status determinant_one(hr_dtype dtype, const void *matrix, int n, scratch *s, void *value, void *log) {
  switch (dtype) {
  case HR_FLOAT: return determinant_f32(matrix, n, s, value, log);
  case HR_DOUBLE: return determinant_f64(matrix, n, s, value, log);
  case HR_COMPLEX64: return determinant_c64(matrix, n, s, value, log);
  default: return determinant_c128(matrix, n, s, value, log);
  }
}

static hr_status determinants(hr_kernel_context *ctx, bool logarithmic) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_dtype dtype = hr_tensor_dtype(x);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(x, &m));
  hr_shape shape = hr_tensor_shape(x);
  shape.rank -= 2;
  hr_tensor *value, *log = NULL;
  HR_TRY(hr_output_new(ctx, 0, &shape, &value));
  if (logarithmic) HR_TRY(hr_output_new(ctx, 1, &shape, &log));
  scratch s;
  HR_TRY(scratch_new(ctx, dtype, m.rows * m.rows, m.rows, &s));
  size_t size = hr_dtype_size(dtype), bytes = (size_t)(m.rows * m.rows) * size;
  hr_status status = HR_SUCCESS;
  hr_openblas_enter();
  for (int64_t i = 0; i < m.count && !status; ++i)
    status = determinant_one(dtype, (const char *)hr_tensor_data(x) + (size_t)i * bytes, (int)m.rows, &s,
                             (char *)hr_tensor_data(value) + (size_t)i * size,
                             log ? (char *)hr_tensor_data(log) + (size_t)i * size : NULL);
  hr_openblas_leave();
  scratch_clear(&s);
  return status;
}

static hr_status matrix_determinant(hr_kernel_context *ctx) { return determinants(ctx, false); }
static hr_status log_matrix_determinant(hr_kernel_context *ctx) { return determinants(ctx, true); }
HR_KERNEL(.op = "MatrixDeterminant", .types = {{"T", HR_MATRIX_TYPES}}, .compute = matrix_determinant);
HR_KERNEL(.op = "LogMatrixDeterminant", .types = {{"T", HR_MATRIX_TYPES}}, .compute = log_matrix_determinant);

/* ---- MatrixSolve ----------------------------------------------------------------------------------------------- */

/* With M what LAPACK sees of the matrix A: A = M^T, and A^H = conj(M), which is solved as M conj(x) = conj(b). */
#define DEFINE_SOLVE(T, letter, token, dtype)                                                                          \
  static hr_status solve_##token(const void *matrix, const void *rhs, int n, int columns, bool adjoint, scratch *s,    \
                                 void *out) {                                                                          \
    T *a = hr_tensor_data(&s->elements), *x = a + (size_t)n * (size_t)n, *to = out;                                    \
    const T *b = rhs;                                                                                                  \
    lapack_int *pivots = hr_tensor_data(&s->pivots);                                                                   \
    memcpy(a, matrix, sizeof(T) * (size_t)n * (size_t)n);                                                              \
    for (int i = 0; i < n; ++i)                                                                                        \
      for (int k = 0; k < columns; ++k)                                                                                \
        x[k * n + i] = adjoint ? CONJUGATE(b[i * columns + k]) : b[i * columns + k];                                   \
    HR_TRY(                                                                                                            \
        hr_lapack_status(LAPACK(letter, getrf_work)(LAPACK_COL_MAJOR, n, n, a, n, pivots), HR_MATRIX_NOT_INVERTIBLE)); \
    HR_TRY(hr_lapack_status(                                                                                           \
        LAPACK(letter, getrs_work)(LAPACK_COL_MAJOR, adjoint ? 'N' : 'T', n, columns, a, n, pivots, x, n),             \
        HR_MATRIX_NOT_INVERTIBLE));                                                                                    \
    for (int i = 0; i < n; ++i)                                                                                        \
      for (int k = 0; k < columns; ++k)                                                                                \
        to[i * columns + k] = adjoint ? CONJUGATE(x[k * n + i]) : x[k * n + i];                                        \
    return HR_SUCCESS;                                                                                                 \
  }
TYPES(DEFINE_SOLVE)

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
  hr_dtype dtype = hr_tensor_dtype(a);
  scratch s;
  HR_TRY(scratch_new(ctx, dtype, m.rows * (m.rows + right.columns), m.rows, &s));
  hr_status (*solve)(const void *, const void *, int, int, bool, scratch *, void *) = dtype == HR_FLOAT    ? solve_f32
                                                                                      : dtype == HR_DOUBLE ? solve_f64
                                                                                      : dtype == HR_COMPLEX64
                                                                                          ? solve_c64
                                                                                          : solve_c128;
  size_t size = hr_dtype_size(dtype), a_bytes = (size_t)(m.rows * m.rows) * size;
  size_t b_bytes = (size_t)(m.rows * right.columns) * size;
  hr_status status = HR_SUCCESS;
  hr_openblas_enter();
  for (int64_t i = 0; i < m.count && !status; ++i)
    status = solve((const char *)hr_tensor_data(a) + (size_t)i * a_bytes,
                   (const char *)hr_tensor_data(b) + (size_t)i * b_bytes, (int)m.rows, (int)right.columns,
                   hr_state_flag(ctx, 0), &s, (char *)hr_tensor_data(out) + (size_t)i * b_bytes);
  hr_openblas_leave();
  scratch_clear(&s);
  return status;
}
HR_KERNEL(.op = "MatrixSolve", .types = {{"T", HR_MATRIX_TYPES}}, .create = adjoint_create, .compute = matrix_solve);
