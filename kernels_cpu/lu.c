/* Lu: the factors of each matrix with its rows in another order, and that order. Partial pivoting: the largest
 * magnitude of a column, the first of equals. (LAPACK compares complex numbers by |re| + |im| and would choose others.)
 */
#include "kernels_cpu/linalg.h"

#include <math.h>
#include <string.h>

#define TYPES(X) X(float, f32, fabsf) X(double, f64, fabs) X(float _Complex, c64, cabsf) X(double _Complex, c128, cabs)

/* Factors the matrix in place: L without its unit diagonal below, U on and above it. */
#define DEFINE_LU(T, token, magnitude)                                                                                 \
  static hr_status lu_##token(void *matrix, int64_t n, int64_t *order) {                                               \
    T *a = matrix;                                                                                                     \
    for (int64_t i = 0; i < n; ++i)                                                                                    \
      order[i] = i;                                                                                                    \
    for (int64_t k = 0; k < n; ++k) {                                                                                  \
      int64_t pivot = k;                                                                                               \
      for (int64_t i = k + 1; i < n; ++i)                                                                              \
        if (magnitude(a[i * n + k]) > magnitude(a[pivot * n + k])) pivot = i;                                          \
      if (!(magnitude(a[pivot * n + k]) > 0)) return hr_error(HR_INVALID_ARGUMENT, HR_NOT_INVERTIBLE);                 \
      for (int64_t j = 0; pivot != k && j < n; ++j) {                                                                  \
        T value = a[k * n + j];                                                                                        \
        a[k * n + j] = a[pivot * n + j];                                                                               \
        a[pivot * n + j] = value;                                                                                      \
      }                                                                                                                \
      int64_t row = order[k];                                                                                          \
      order[k] = order[pivot];                                                                                         \
      order[pivot] = row;                                                                                              \
      for (int64_t i = k + 1; i < n; ++i) {                                                                            \
        T factor = a[i * n + k] /= a[k * n + k];                                                                       \
        for (int64_t j = k + 1; j < n; ++j)                                                                            \
          a[i * n + j] -= factor * a[k * n + j];                                                                       \
      }                                                                                                                \
    }                                                                                                                  \
    return HR_SUCCESS;                                                                                                 \
  }
TYPES(DEFINE_LU)

static hr_status factor(hr_dtype dtype, void *matrix, int64_t n, int64_t *order) {
  switch (dtype) {
  case HR_FLOAT: return lu_f32(matrix, n, order);
  case HR_DOUBLE: return lu_f64(matrix, n, order);
  case HR_COMPLEX64: return lu_c64(matrix, n, order);
  default: return lu_c128(matrix, n, order);
  }
}

static void set_order(hr_tensor *p, int64_t first, int64_t n, const int64_t *order) {
  for (int64_t i = 0; i < n; ++i) {
    if (p->dtype == HR_INT32)
      ((int32_t *)hr_tensor_data(p))[first + i] = (int32_t)order[i];
    else
      ((int64_t *)hr_tensor_data(p))[first + i] = order[i];
  }
}

typedef struct job {
  hr_dtype dtype;
  char *matrices;
  hr_tensor *orders;
  int64_t n;
} job;
static hr_status factor_one(void *argument, int64_t i, void *order) {
  const job *j = argument;
  char *matrix = j->matrices + (size_t)(i * j->n * j->n) * hr_dtype_size(j->dtype);
  hr_status status = factor(j->dtype, matrix, j->n, order);
  set_order(j->orders, i * j->n, j->n, order);
  return status;
}

static hr_status lu(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(x, &m));
  hr_shape shape = hr_tensor_shape(x), p_shape = shape;
  --p_shape.rank;
  hr_tensor *out, *p;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  HR_TRY(hr_output_new(ctx, 1, &p_shape, &p));
  if (x->elements == 0) return HR_SUCCESS;
  char *to = hr_tensor_data(out);
  if ((const void *)to != hr_tensor_data(x)) memcpy(to, hr_tensor_data(x), hr_tensor_bytes(x));
  job j = {hr_tensor_dtype(x), to, p, m.rows};
  double n = (double)m.rows;
  return hr_for_each_matrix(ctx, m.count, 200 + 0.5 * n * n * n, (size_t)m.rows * sizeof(int64_t), factor_one, &j);
}
HR_KERNEL(.op = "Lu", .types = {{"T", HR_MATRIX_TYPES}, {"output_idx_type", HR_INDEX_TYPES}}, .compute = lu);
