/* TridiagonalSolve: matrices of three diagonals, by Gaussian elimination with or without exchanging rows; and
 * TridiagonalMatMul. */
#include "kernels_cpu/linalg.h"

#include <math.h>
#include <string.h>

#define TYPES(X)                                                                                                       \
  X(float, f32, HR_FLOAT)                                                                                              \
  X(double, f64, HR_DOUBLE) X(float _Complex, c64, HR_COMPLEX64) X(double _Complex, c128, HR_COMPLEX128)
#define MAGNITUDE(x) _Generic((x), float : fabsf, double : fabs, float _Complex : cabsf, double _Complex : cabs)(x)

/* One system of n equations with k right-hand sides: the diagonals above, on and below the main one, n numbers each, of
 * which the last above and the first below do not count. */
typedef struct system {
  const void *diagonals, *rhs;
  void *x, *scratch; /* scratch: 3 n numbers, the rows of the upper factor */
  int64_t n, k;
} system_of_equations;

/* Row i of the upper factor holds elements i, i + 1 and i + 2 of its line in u[3 i]. Rows i and i + 1 are exchanged
 * where the lower one has the greater first element. False for a pivot of zero. */
#define DEFINE_PIVOTING(T, token, dtype)                                                                               \
  static bool pivoting_##token(const system_of_equations *e) {                                                         \
    int64_t n = e->n, k = e->k;                                                                                        \
    const T *above = e->diagonals, *main = above + n, *below = main + n;                                               \
    T *u = e->scratch, *x = e->x;                                                                                      \
    memcpy(x, e->rhs, sizeof(T) * (size_t)(n * k));                                                                    \
    u[0] = main[0];                                                                                                    \
    u[1] = n > 1 ? above[0] : 0;                                                                                       \
    u[2] = 0;                                                                                                          \
    for (int64_t i = 0; i + 1 < n; ++i) {                                                                              \
      T *row = u + 3 * i, *next = row + 3;                                                                             \
      T after = i + 2 < n ? above[i + 1] : 0;                                                                          \
      if (MAGNITUDE(row[0]) >= MAGNITUDE(below[i + 1])) {                                                              \
        if (row[0] == 0) return false;                                                                                 \
        T factor = below[i + 1] / row[0];                                                                              \
        next[0] = main[i + 1] - factor * row[1];                                                                       \
        next[1] = after;                                                                                               \
        for (int64_t j = 0; j < k; ++j)                                                                                \
          x[(i + 1) * k + j] -= factor * x[i * k + j];                                                                 \
      } else {                                                                                                         \
        T factor = row[0] / below[i + 1];                                                                              \
        next[0] = row[1] - factor * main[i + 1];                                                                       \
        next[1] = -factor * after;                                                                                     \
        row[0] = below[i + 1];                                                                                         \
        row[1] = main[i + 1];                                                                                          \
        row[2] = after;                                                                                                \
        for (int64_t j = 0; j < k; ++j) {                                                                              \
          T lower = x[(i + 1) * k + j];                                                                                \
          x[(i + 1) * k + j] = x[i * k + j] - factor * lower;                                                          \
          x[i * k + j] = lower;                                                                                        \
        }                                                                                                              \
      }                                                                                                                \
      next[2] = 0;                                                                                                     \
    }                                                                                                                  \
    if (u[3 * (n - 1)] == 0) return false;                                                                             \
    for (int64_t i = n - 1; i >= 0; --i) {                                                                             \
      const T *row = u + 3 * i;                                                                                        \
      for (int64_t j = 0; j < k; ++j) {                                                                                \
        T value = x[i * k + j];                                                                                        \
        if (i + 1 < n) value -= row[1] * x[(i + 1) * k + j];                                                           \
        if (i + 2 < n) value -= row[2] * x[(i + 2) * k + j];                                                           \
        x[i * k + j] = value / row[0];                                                                                 \
      }                                                                                                                \
    }                                                                                                                  \
    return true;                                                                                                       \
  }
TYPES(DEFINE_PIVOTING)

/* Thomas's algorithm. */
#define DEFINE_PLAIN(T, token, dtype)                                                                                  \
  static bool plain_##token(const system_of_equations *e) {                                                            \
    int64_t n = e->n, k = e->k;                                                                                        \
    const T *above = e->diagonals, *main = above + n, *below = main + n, *rhs = e->rhs;                                \
    T *u = e->scratch, *x = e->x;                                                                                      \
    for (int64_t i = 0; i < n; ++i) {                                                                                  \
      T pivot = i == 0 ? main[0] : main[i] - below[i] * u[i - 1];                                                      \
      if (pivot == 0) return false;                                                                                    \
      u[i] = i + 1 < n ? above[i] / pivot : 0;                                                                         \
      for (int64_t j = 0; j < k; ++j)                                                                                  \
        x[i * k + j] = (i == 0 ? rhs[j] : rhs[i * k + j] - below[i] * x[(i - 1) * k + j]) / pivot;                     \
    }                                                                                                                  \
    for (int64_t i = n - 2; i >= 0; --i)                                                                               \
      for (int64_t j = 0; j < k; ++j)                                                                                  \
        x[i * k + j] -= u[i] * x[(i + 1) * k + j];                                                                     \
    return true;                                                                                                       \
  }
TYPES(DEFINE_PLAIN)

typedef bool solver(const system_of_equations *e);
#define PICK(name, dtype)                                                                                              \
  ((dtype) == HR_FLOAT       ? name##_f32                                                                              \
   : (dtype) == HR_DOUBLE    ? name##_f64                                                                              \
   : (dtype) == HR_COMPLEX64 ? name##_c64                                                                              \
                             : name##_c128)

static bool same_batch(const hr_tensor *a, const hr_tensor *b) {
  bool same = a->rank == b->rank;
  for (int i = 0; same && i < a->rank - 2; ++i)
    same = a->dims[i] == b->dims[i];
  return same;
}

typedef struct job {
  solver *solve;
  const char *diagonals, *rhs;
  char *out;
  size_t diagonals_bytes, rhs_bytes;
  int64_t n, k;
} job;
static hr_status solve_one(void *argument, int64_t i, void *scratch) {
  const job *j = argument;
  bool solved = j->solve(&(system_of_equations){.diagonals = j->diagonals + (size_t)i * j->diagonals_bytes,
                                                .rhs = j->rhs + (size_t)i * j->rhs_bytes,
                                                .x = j->out + (size_t)i * j->rhs_bytes,
                                                .scratch = scratch,
                                                .n = j->n,
                                                .k = j->k});
  return solved ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, HR_NOT_INVERTIBLE);
}

static hr_status tridiagonal_solve(hr_kernel_context *ctx) {
  const hr_tensor *diagonals = hr_input(ctx, 0), *rhs = hr_input(ctx, 1);
  hr_matrices d, r;
  HR_TRY(hr_matrices_of(diagonals, &d));
  HR_TRY(hr_matrices_of(rhs, &r));
  if (d.rows != 3)
    return hr_error(HR_INVALID_ARGUMENT, "Expected diagonals to have 3 rows, got %lld", (long long)d.rows);
  if (!same_batch(diagonals, rhs) || d.columns != r.rows)
    return hr_error(HR_INVALID_ARGUMENT, "Expected the same number of left-hand sides and equations: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(diagonals), HR_TENSOR_SHAPE_TEXT(rhs));
  hr_shape shape = hr_tensor_shape(rhs);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  hr_dtype dtype = hr_tensor_dtype(rhs);
  size_t size = hr_dtype_size(dtype);
  job j = {.solve = hr_state_flag(ctx, 0) ? PICK(pivoting, dtype) : PICK(plain, dtype),
           .diagonals = hr_tensor_data(diagonals),
           .rhs = hr_tensor_data(rhs),
           .out = hr_tensor_data(out),
           .diagonals_bytes = (size_t)(3 * d.columns) * size,
           .rhs_bytes = (size_t)(r.rows * r.columns) * size,
           .n = r.rows,
           .k = r.columns};
  return hr_for_each_matrix(ctx, d.count, 100 + 5 * (double)(r.rows * (r.columns + 2)), j.diagonals_bytes, solve_one,
                            &j);
}

static hr_status solve_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"partial_pivoting", NULL}, state);
}
HR_KERNEL(.op = "TridiagonalSolve", .types = {{"T", HR_MATRIX_TYPES}}, .create = solve_create,
          .compute = tridiagonal_solve);

/* ---- product --------------------------------------------------------------------------------------------------- */

#define DEFINE_PRODUCT(T, token, dtype)                                                                                \
  static void product_##token(const void *const diagonals[3], const void *rhs, void *out, int64_t n, int64_t k) {      \
    const T *above = diagonals[0], *main = diagonals[1], *below = diagonals[2], *x = rhs;                              \
    T *y = out;                                                                                                        \
    for (int64_t i = 0; i < n; ++i)                                                                                    \
      for (int64_t j = 0; j < k; ++j) {                                                                                \
        T sum = main[i] * x[i * k + j];                                                                                \
        if (i > 0) sum = below[i] * x[(i - 1) * k + j] + sum;                                                          \
        if (i + 1 < n) sum += above[i] * x[(i + 1) * k + j];                                                           \
        y[i * k + j] = sum;                                                                                            \
      }                                                                                                                \
  }
TYPES(DEFINE_PRODUCT)

static hr_status tridiagonal_matmul(hr_kernel_context *ctx) {
  const hr_tensor *rhs = hr_input(ctx, 3);
  hr_matrices r, d;
  HR_TRY(hr_matrices_of(rhs, &r));
  for (int i = 0; i < 3; ++i) {
    HR_TRY(hr_matrices_of(hr_input(ctx, i), &d));
    if (!same_batch(hr_input(ctx, i), rhs) || d.rows != 1 || d.columns != r.rows)
      return hr_error(HR_INVALID_ARGUMENT, "Each diagonal must be a row as long as the right-hand side is high: %s, %s",
                      HR_TENSOR_SHAPE_TEXT(hr_input(ctx, i)), HR_TENSOR_SHAPE_TEXT(rhs));
  }
  hr_shape shape = hr_tensor_shape(rhs);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  size_t size = hr_dtype_size(hr_tensor_dtype(rhs)), row = (size_t)r.rows * size, block = row * (size_t)r.columns;
  for (int64_t i = 0; i < r.count; ++i) {
    const void *diagonals[3];
    for (int k = 0; k < 3; ++k)
      diagonals[k] = (const char *)hr_tensor_data(hr_input(ctx, k)) + (size_t)i * row;
    PICK(product, hr_tensor_dtype(rhs))
    (diagonals, (const char *)hr_tensor_data(rhs) + (size_t)i * block, (char *)hr_tensor_data(out) + (size_t)i * block,
     r.rows, r.columns);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TridiagonalMatMul", .types = {{"T", HR_MATRIX_TYPES}}, .compute = tridiagonal_matmul);
