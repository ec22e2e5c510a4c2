/* SparseTensorDenseMatMul. */
#include "kernels_cpu/arguments.h"

#include <complex.h>
#include <inttypes.h>
#include <string.h>

typedef struct product {
  const hr_tensor *indices, *values, *b;
  hr_tensor *out;
  bool adjoint_a, adjoint_b;
} product;

/* Columns [begin, end) of the product. Each element of a adds a multiple of a row of b (a column of an adjoint one) to
 * a row of the product. TensorFlow 1.15 does not conjugate the elements of an adjoint a, though it says so; nor is it
 * done here. */
#define COLUMNS(type, name, conjugate)                                                                                 \
  static void name(void *argument, int64_t begin, int64_t end) {                                                       \
    const product *p = argument;                                                                                       \
    const type *values = hr_tensor_data(p->values), *b = hr_tensor_data(p->b);                                         \
    type *out = hr_tensor_data(p->out);                                                                                \
    int64_t width = p->out->dims[1], b_width = p->b->dims[1];                                                          \
    for (int64_t row = 0; row < p->out->dims[0]; ++row)                                                                \
      memset(out + row * width + begin, 0, (size_t)(end - begin) * sizeof *out);                                       \
    for (int64_t i = 0; i < p->values->elements; ++i) {                                                                \
      int64_t row = hr_index_at(p->indices, 2 * i + p->adjoint_a);                                                     \
      int64_t inner = hr_index_at(p->indices, 2 * i + !p->adjoint_a);                                                  \
      type a = values[i], *to = out + row * width;                                                                     \
      if (p->adjoint_b)                                                                                                \
        for (int64_t j = begin; j < end; ++j)                                                                          \
          to[j] += a * conjugate(b[j * b_width + inner]);                                                              \
      else                                                                                                             \
        for (int64_t j = begin; j < end; ++j)                                                                          \
          to[j] += a * b[inner * b_width + j];                                                                         \
    }                                                                                                                  \
  }
#define SAME(x) (x)
COLUMNS(float, float_columns, SAME)
COLUMNS(double, double_columns, SAME)
COLUMNS(int32_t, int_columns, SAME)
COLUMNS(float complex, complex64_columns, conjf)
COLUMNS(double complex, complex128_columns, conj)

static hr_status check_arguments(const product *p, const hr_tensor *a_shape, int64_t *rows, int64_t *inner) {
  if (p->b->rank != 2) return hr_error(HR_INVALID_ARGUMENT, "Tensor 'b' is not a matrix");
  if (a_shape->rank != 1) return hr_error(HR_INVALID_ARGUMENT, "Tensor 'a_shape' is not a vector");
  if (a_shape->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Tensor 'a_shape' must have 2 elements but has %" PRId64, a_shape->elements);
  if (p->values->rank != 1) return hr_error(HR_INVALID_ARGUMENT, "Tensor 'a_values' is not a vector");
  if (p->indices->rank != 2) return hr_error(HR_INVALID_ARGUMENT, "Tensor 'a_indices' is not a matrix");
  if (p->indices->dims[0] != p->values->elements)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Number of rows of a_indices does not match number of entries in a_values: %" PRId64
                    " vs. %" PRId64,
                    p->indices->dims[0], p->values->elements);
  if (p->indices->dims[1] != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Number of columns of a_indices must be 2, not %" PRId64, p->indices->dims[1]);
  *rows = hr_index_at(a_shape, p->adjoint_a);
  *inner = hr_index_at(a_shape, !p->adjoint_a);
  int64_t b_inner = p->b->dims[p->adjoint_b];
  if (*inner != b_inner)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Cannot multiply A and B because inner dimension does not match: %" PRId64 " vs. %" PRId64
                    ".  Did you forget a transpose?  Dimensions of A: [%" PRId64 ", %" PRId64 ").  Dimensions of B: %s",
                    *inner, b_inner, hr_index_at(a_shape, 0), hr_index_at(a_shape, 1), HR_TENSOR_SHAPE_TEXT(p->b));
  for (int64_t i = 0; i < p->values->elements; ++i) {
    int64_t row = hr_index_at(p->indices, 2 * i + p->adjoint_a), k = hr_index_at(p->indices, 2 * i + !p->adjoint_a);
    if (k < 0 || k >= *inner)
      return hr_error(HR_INVALID_ARGUMENT, "k (%" PRId64 ") from index[%" PRId64 ",%d] out of bounds (>=%" PRId64 ")",
                      k, i, !p->adjoint_a, *inner);
    if (row < 0 || row >= *rows)
      return hr_error(HR_INVALID_ARGUMENT, "m (%" PRId64 ") from index[%" PRId64 ",%d] out of bounds (>=%" PRId64 ")",
                      row, i, p->adjoint_a, *rows);
  }
  return HR_SUCCESS;
}

static hr_status multiply(hr_kernel_context *ctx) {
  product p = {hr_input(ctx, 0),      hr_input(ctx, 1),     hr_input(ctx, 3), NULL,
               hr_state_flag(ctx, 0), hr_state_flag(ctx, 1)};
  int64_t rows, inner;
  HR_TRY(check_arguments(&p, hr_input(ctx, 2), &rows, &inner));
  hr_shape shape;
  HR_TRY(hr_shape_make(2, (const int64_t[]){rows, p.b->dims[!p.adjoint_b]}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &p.out));
  if (p.out->elements == 0) return HR_SUCCESS;
  void (*columns)(void *, int64_t, int64_t) = float_columns;
  switch (hr_tensor_dtype(p.b)) {
  case HR_DOUBLE: columns = double_columns; break;
  case HR_INT32: columns = int_columns; break;
  case HR_COMPLEX64: columns = complex64_columns; break;
  case HR_COMPLEX128: columns = complex128_columns; break;
  default: break;
  }
  double nanos = 0.3 * (double)(p.values->elements + p.out->dims[0]);
  hr_parallel_for(ctx, p.out->dims[1], nanos, columns, &p);
  return HR_SUCCESS;
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"adjoint_a", "adjoint_b", NULL}, state);
}
#define TYPES                                                                                                          \
  (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_COMPLEX64) |                \
   HR_TYPE_BIT(HR_COMPLEX128))
HR_KERNEL(.op = "SparseTensorDenseMatMul", .types = {{"T", TYPES}, {"Tindices", HR_INDEX_TYPES}}, .create = create,
          .compute = multiply);
