/* Two sparse tensors of one shape, whose elements are in order, side by side: SparseAdd and its gradient,
 * SparseSparseMaximum, SparseSparseMinimum. */
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/sparse_parts.h"

#include <complex.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Where the next element comes from: below 0 from `a` alone, above 0 from `b` alone, 0 from both. */
static int next_of(const hr_sparse_parts *a, int64_t i, const hr_sparse_parts *b, int64_t k) {
  if (i == hr_sparse_count(a)) return 1;
  if (k == hr_sparse_count(b)) return -1;
  return hr_sparse_compare(hr_sparse_rank(a), hr_sparse_index(a, i), hr_sparse_index(b, k));
}

/* Both inputs: `a` from input 0 on, `b` from input 3 on. */
static hr_status read_pair(hr_kernel_context *ctx, hr_sparse_parts *a, hr_sparse_parts *b) {
  HR_TRY(hr_sparse_input(ctx, 0, a));
  HR_TRY(hr_sparse_input(ctx, 3, b));
  return hr_sparse_check_same_shape(a, b);
}

/* ---- sums ------------------------------------------------------------------------------------------------------ */

#define SUM_TYPES                                                                                                      \
  (HR_TYPE_BIT(HR_COMPLEX128) | HR_TYPE_BIT(HR_COMPLEX64) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_FLOAT) |           \
   HR_TYPE_BIT(HR_INT64) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT16) | HR_TYPE_BIT(HR_INT8))

/* The dtype of a magnitude. */
static hr_dtype real_type(hr_dtype dtype) {
  return dtype == HR_COMPLEX64 ? HR_FLOAT : dtype == HR_COMPLEX128 ? HR_DOUBLE : dtype;
}

/* An integer's magnitude wraps, as that of the lowest value does. */
#define IS_KEPT(type, magnitude)                                                                                       \
  do {                                                                                                                 \
    type x = *(const type *)value, limit = *(const type *)threshold;                                                   \
    return limit <= (type)(magnitude);                                                                                 \
  } while (0)
static bool is_kept(hr_dtype dtype, const void *value, const void *threshold) {
  switch (dtype) {
  case HR_FLOAT: IS_KEPT(float, fabsf(x));
  case HR_DOUBLE: IS_KEPT(double, fabs(x));
  case HR_COMPLEX64: return *(const float *)threshold <= cabsf(*(const float _Complex *)value);
  case HR_COMPLEX128: return *(const double *)threshold <= cabs(*(const double _Complex *)value);
  case HR_INT64: IS_KEPT(int64_t, x < 0 ? 0 - (uint64_t)x : (uint64_t)x);
  case HR_INT32: IS_KEPT(int32_t, x < 0 ? 0 - (uint32_t)x : (uint32_t)x);
  case HR_INT16: IS_KEPT(int16_t, x < 0 ? -x : x);
  default: IS_KEPT(int8_t, x < 0 ? -x : x);
  }
}

/* The sum of the elements that come next, in `to`. */
static void put_next(hr_row_op op, int order, const void *a, const void *b, hr_dtype dtype, void *to) {
  if (order == 0)
    hr_row_loop(op, dtype)(to, a, b, 1, HR_BOTH_ROWS);
  else
    memcpy(to, order < 0 ? a : b, hr_dtype_size(dtype));
}

/* The elements that are kept: sums as far as they are large enough, and what only one of both has. NULL: only counts
 * them. */
static int64_t add(const hr_sparse_parts *a, const hr_sparse_parts *b, const void *threshold, hr_sparse_writer *out) {
  hr_dtype dtype = hr_tensor_dtype(&a->values);
  int64_t count = 0, rank = hr_sparse_rank(a);
  for (int64_t i = 0, k = 0; i < hr_sparse_count(a) || k < hr_sparse_count(b);) {
    int order = next_of(a, i, b, k);
    const void *x = i < hr_sparse_count(a) ? hr_sparse_value(a, i) : NULL;
    const void *y = k < hr_sparse_count(b) ? hr_sparse_value(b, k) : NULL;
    double _Complex sum;
    put_next(HR_ROW_ADD, order, x, y, dtype, &sum);
    if (order != 0 || is_kept(dtype, &sum, threshold)) {
      if (out) {
        memcpy(hr_sparse_place(out, count), &sum, hr_dtype_size(dtype));
        memcpy(out->indices + count * rank, order <= 0 ? hr_sparse_index(a, i) : hr_sparse_index(b, k),
               (size_t)rank * sizeof *out->indices);
      }
      ++count;
    }
    i += order <= 0;
    k += order >= 0;
  }
  return count;
}

static hr_status sparse_add(hr_kernel_context *ctx) {
  hr_sparse_parts a, b;
  const hr_tensor *threshold = hr_input(ctx, 6);
  HR_TRY(read_pair(ctx, &a, &b));
  if (threshold->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "The magnitude threshold must be a scalar: got shape %s",
                    HR_TENSOR_SHAPE_TEXT(threshold));
  hr_dtype wanted = real_type(hr_tensor_dtype(&a.values));
  if (hr_tensor_dtype(threshold) != wanted)
    return hr_error(HR_INVALID_ARGUMENT, "The magnitude threshold of %s must be %s, not %s",
                    hr_dtype_name(hr_tensor_dtype(&a.values)), hr_dtype_name(wanted),
                    hr_dtype_name(hr_tensor_dtype(threshold)));
  const void *least = hr_tensor_data(threshold);
  hr_sparse_writer out;
  HR_TRY(hr_sparse_output(ctx, 0, 1, add(&a, &b, least, NULL), hr_sparse_rank(&a), &out));
  add(&a, &b, least, &out);
  hr_output_share(ctx, 2, 2, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SparseAdd", .types = {{"T", SUM_TYPES}}, .compute = sparse_add);

/* ---- the gradient of sums -------------------------------------------------------------------------------------- */

static hr_status new_gradient(hr_kernel_context *ctx, int index, const hr_tensor *indices, char **out) {
  hr_tensor *gradient;
  HR_TRY(hr_output_new(ctx, index, &(hr_shape){1, {indices->dims[0]}}, &gradient));
  *out = hr_tensor_data(gradient);
  memset(*out, 0, hr_tensor_bytes(gradient));
  return HR_SUCCESS;
}

/* Elements of an operand meet those of the sum in their order; one that the sum has not kept gets zero. */
static void hand_out(const hr_tensor *indices, const hr_tensor *sum, const hr_tensor *from, char *to) {
  int64_t rank = sum->dims[1];
  size_t size = hr_dtype_size(hr_tensor_dtype(from));
  const int64_t *mine = hr_tensor_data(indices), *kept = hr_tensor_data(sum);
  for (int64_t i = 0, k = 0; i < indices->dims[0] && k < sum->dims[0];) {
    int order = hr_sparse_compare(rank, mine + i * rank, kept + k * rank);
    if (order == 0) memcpy(to + (size_t)i * size, (const char *)hr_tensor_data(from) + (size_t)k * size, size);
    i += order <= 0;
    k += order > 0;
  }
}

static hr_status sparse_add_gradient(hr_kernel_context *ctx) {
  const hr_tensor *dy = hr_input(ctx, 0), *a = hr_input(ctx, 1), *b = hr_input(ctx, 2), *sum = hr_input(ctx, 3);
  if (a->rank != 2 || b->rank != 2 || sum->rank != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input indices should be matrices but received shapes: %s, %s and %s",
                    HR_TENSOR_SHAPE_TEXT(a), HR_TENSOR_SHAPE_TEXT(b), HR_TENSOR_SHAPE_TEXT(sum));
  if (dy->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Input backprop_val_grad should be a vector but received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(dy));
  if (a->dims[1] != sum->dims[1] || b->dims[1] != sum->dims[1])
    return hr_error(HR_INVALID_ARGUMENT,
                    "The densified operands should have the same ndims; for A, B, Sum got: %" PRId64 ", %" PRId64
                    " and %" PRId64,
                    a->dims[1], b->dims[1], sum->dims[1]);
  if (dy->elements != sum->dims[0])
    return hr_error(HR_INVALID_ARGUMENT,
                    "# elements in backprop_val_grad and rows in sum_indices should match (#nnz of sum): got %" PRId64
                    " and %" PRId64,
                    dy->elements, sum->dims[0]);
  char *da, *db;
  HR_TRY(new_gradient(ctx, 0, a, &da));
  HR_TRY(new_gradient(ctx, 1, b, &db));
  hand_out(a, sum, dy, da);
  hand_out(b, sum, dy, db);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SparseAddGrad", .types = {{"T", SUM_TYPES}}, .compute = sparse_add_gradient);

/* ---- extremes -------------------------------------------------------------------------------------------------- */

static int64_t count_union(const hr_sparse_parts *a, const hr_sparse_parts *b) {
  int64_t count = 0;
  for (int64_t i = 0, k = 0; i < hr_sparse_count(a) || k < hr_sparse_count(b); ++count) {
    int order = next_of(a, i, b, k);
    i += order <= 0;
    k += order >= 0;
  }
  return count;
}

/* What only one of them has meets a zero. */
static hr_status sparse_extreme(hr_kernel_context *ctx) {
  hr_sparse_parts a, b;
  hr_sparse_writer out;
  HR_TRY(read_pair(ctx, &a, &b));
  int64_t rank = hr_sparse_rank(&a), count = 0;
  HR_TRY(hr_sparse_output(ctx, 0, 1, count_union(&a, &b), rank, &out));
  hr_binary_loop *pick = hr_row_loop(*(const hr_row_op *)hr_context_argument(ctx), out.dtype);
  static const int64_t zero = 0;
  for (int64_t i = 0, k = 0; i < hr_sparse_count(&a) || k < hr_sparse_count(&b); ++count) {
    int order = next_of(&a, i, &b, k);
    pick(hr_sparse_place(&out, count), order <= 0 ? hr_sparse_value(&a, i) : &zero,
         order >= 0 ? hr_sparse_value(&b, k) : &zero, 1, HR_BOTH_ROWS);
    memcpy(out.indices + count * rank, order <= 0 ? hr_sparse_index(&a, i) : hr_sparse_index(&b, k),
           (size_t)rank * sizeof *out.indices);
    i += order <= 0;
    k += order >= 0;
  }
  return HR_SUCCESS;
}
static const hr_row_op maximum = HR_ROW_MAX, minimum = HR_ROW_MIN;
HR_KERNEL(.op = "SparseSparseMaximum", .types = {{"T", HR_REAL_TYPES}}, .compute = sparse_extreme,
          .argument = &maximum);
HR_KERNEL(.op = "SparseSparseMinimum", .types = {{"T", HR_REAL_TYPES}}, .compute = sparse_extreme,
          .argument = &minimum);
