/* Sums of sparse gradients: two lists of slices become one, row by row, as sorted lists are merged. */
#include "kernels_cpu/accumulator.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void hr_slice_sums_clear(hr_accumulator *a) {
  free(a->slices.indices);
  free(a->slices.counts);
  a->slices = (hr_slice_sums){0};
}

static bool allocate(int64_t count, hr_slice_sums *out) {
  size_t bytes = sizeof(int64_t) * (size_t)(count + 1);
  *out = (hr_slice_sums){count, malloc(bytes), malloc(bytes)};
  return out->indices && out->counts;
}

/* ---- checking -------------------------------------------------------------------------------------------------- */

static hr_status mismatch(const char *what, int dim, int64_t expected, int64_t got) {
  return hr_error(HR_INVALID_ARGUMENT, "Shape mismatch: expected %s dim %d to be %" PRId64 ", got %" PRId64, what, dim,
                  expected, got);
}

static hr_status check_rank(const char *what, int at_least, int64_t got) {
  if (got >= at_least) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Shape mismatch: expected %s %d, got %" PRId64, what, at_least, got);
}

/* What the gradient says of its dense shape, and its rows, against the accumulator's declared shape. */
static hr_status check_declared(const hr_accumulator *a, const int64_t *indices, const hr_tensor *values,
                                const hr_tensor *dense_shape) {
  const hr_partial_shape *declared = &a->shape;
  if (declared->rank <= 0) return HR_SUCCESS;
  if (dense_shape) {
    HR_TRY(check_rank("shape rank at least", declared->rank, dense_shape->elements));
    for (int i = 0; i < declared->rank; ++i)
      if (declared->dims[i] >= 0 && declared->dims[i] != hr_index_at(dense_shape, i))
        return mismatch("shape", i, declared->dims[i], hr_index_at(dense_shape, i));
  }
  HR_TRY(check_rank("values rank", declared->rank, values->rank));
  for (int i = 1; i < declared->rank; ++i)
    if (declared->dims[i] >= 0 && declared->dims[i] != values->dims[i])
      return mismatch("values", i, declared->dims[i], values->dims[i]);
  for (int64_t i = 0; declared->dims[0] >= 0 && i < values->dims[0]; ++i)
    if (indices[i] >= declared->dims[0])
      return hr_error(HR_INVALID_ARGUMENT,
                      "Shape mismatch: index of slice %" PRId64 " exceeded limits of shape; index is %" PRId64
                      " exceeded %" PRId64,
                      i, indices[i], declared->dims[0]);
  return HR_SUCCESS;
}

static hr_status check_sum(const hr_accumulator *a, const hr_tensor *values) {
  if (a->count == 0) return HR_SUCCESS;
  if (values->rank != a->sum.rank)
    return hr_error(HR_INVALID_ARGUMENT, "Shape mismatch: expected values rank %d, got %d", a->sum.rank, values->rank);
  for (int i = 1; i < values->rank; ++i)
    if (values->dims[i] != a->sum.dims[i]) return mismatch("values", i, a->sum.dims[i], values->dims[i]);
  return HR_SUCCESS;
}

hr_status hr_slice_sums_check(const hr_kernel_context *ctx, const hr_accumulator *a, hr_gradient_inputs g) {
  const hr_tensor *values = hr_input(ctx, g.values), *indices = hr_input(ctx, g.indices);
  if (indices->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Input indices should be vector but received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(indices));
  if (values->rank == 0) return hr_error(HR_INVALID_ARGUMENT, "Values cannot be 0-dimensional.");
  if (indices->elements != values->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "Expected %" PRId64 " non-empty input values, got %" PRId64, indices->elements,
                    values->dims[0]);
  HR_TRY(check_declared(a, hr_tensor_data(indices), values, g.dense_shape));
  return check_sum(a, values);
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

static hr_status keep_first(hr_kernel_context *ctx, hr_accumulator *a, hr_gradient_inputs g) {
  const hr_tensor *indices = hr_input(ctx, g.indices);
  hr_slice_sums slices;
  hr_status status = HR_SUCCESS;
  if (!allocate(indices->elements, &slices)) status = hr_error_out_of_memory(0, "an accumulator's slices");
  if (!status) status = hr_keep_input(ctx, g.values, &a->sum);
  a->slices = slices;
  if (status) {
    hr_slice_sums_clear(a);
    return status;
  }
  if (slices.count) memcpy(slices.indices, hr_tensor_data(indices), sizeof(int64_t) * (size_t)slices.count);
  for (int64_t i = 0; i < slices.count; ++i)
    slices.counts[i] = 1;
  return HR_SUCCESS;
}

/* Slices of both lists, in the order of their rows; where both have one it is one with both counts. */
static int64_t merged_count(const hr_slice_sums *old, const int64_t *added, int64_t num_added) {
  int64_t count = 0, i = 0, j = 0;
  while (i < old->count && j < num_added) {
    int64_t left = old->indices[i], right = added[j];
    i += left <= right;
    j += right <= left;
    ++count;
  }
  return count + (old->count - i) + (num_added - j);
}

static void merge(hr_accumulator *a, const int64_t *added, const hr_tensor *gradient, const hr_slice_sums *into,
                  hr_tensor *sum) {
  const hr_slice_sums *old = &a->slices;
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, a->dtype);
  int64_t width = hr_dims_product(gradient, 1, gradient->rank), num_added = gradient->dims[0];
  size_t bytes = (size_t)width * hr_dtype_size(a->dtype);
  const char *olds = hr_tensor_data(&a->sum), *news = hr_tensor_data(gradient);
  char *to = hr_tensor_data(sum);
  for (int64_t i = 0, j = 0, k = 0; k < into->count; ++k, to += bytes) {
    bool from_old = i < old->count && (j >= num_added || old->indices[i] <= added[j]);
    bool from_new = j < num_added && (i >= old->count || added[j] <= old->indices[i]);
    into->indices[k] = from_old ? old->indices[i] : added[j];
    into->counts[k] = (from_old ? old->counts[i] : 0) + from_new;
    if (from_old && from_new)
      add(to, olds, news, width, HR_BOTH_ROWS);
    else
      memcpy(to, from_old ? olds : news, bytes);
    i += from_old;
    j += from_new;
    olds += from_old ? bytes : 0;
    news += from_new ? bytes : 0;
  }
}

hr_status hr_slice_sums_add(hr_kernel_context *ctx, hr_accumulator *a, hr_gradient_inputs g) {
  if (a->count == 0) return keep_first(ctx, a, g);
  const hr_tensor *gradient = hr_input(ctx, g.values);
  const int64_t *added = hr_tensor_data(hr_input(ctx, g.indices));
  hr_shape shape = hr_tensor_shape(gradient);
  shape.dims[0] = merged_count(&a->slices, added, gradient->dims[0]);
  hr_slice_sums into;
  hr_tensor sum = {0};
  hr_status status = HR_SUCCESS;
  if (!allocate(shape.dims[0], &into)) status = hr_error_out_of_memory(0, "an accumulator's slices");
  if (!status) status = hr_tensor_new(hr_kept_memory(ctx), a->dtype, &shape, &sum);
  if (status) {
    free(into.indices);
    free(into.counts);
    return status;
  }
  merge(a, added, gradient, &into, &sum);
  hr_slice_sums_clear(a);
  hr_tensor_clear(&a->sum);
  a->slices = into;
  a->sum = sum;
  return HR_SUCCESS;
}

/* ---- taking ---------------------------------------------------------------------------------------------------- */

void hr_slice_sums_average(hr_accumulator *a) {
  hr_binary_loop *divide = hr_row_loop(HR_ROW_DIV, a->dtype);
  int64_t width = hr_dims_product(&a->sum, 1, a->sum.rank);
  char *row = hr_tensor_data(&a->sum), divisor[sizeof(double)];
  for (int64_t i = 0; i < a->slices.count; ++i, row += (size_t)width * hr_dtype_size(a->dtype)) {
    if (a->slices.counts[i] == 1) continue;
    hr_divisor(a->dtype, a->slices.counts[i], divisor);
    divide(row, row, divisor, width, HR_RIGHT_SCALAR);
  }
}

hr_status hr_slice_sums_output(hr_kernel_context *ctx, hr_accumulator *a) {
  const hr_shape rows = {.rank = 1, .dims = {a->slices.count}}, sizes = {.rank = 1, .dims = {a->sum.rank}};
  hr_tensor *indices, *shape;
  HR_TRY(hr_output_new(ctx, 0, &rows, &indices));
  HR_TRY(hr_output_new(ctx, 2, &sizes, &shape));
  if (a->slices.count) memcpy(hr_tensor_data(indices), a->slices.indices, sizeof(int64_t) * (size_t)a->slices.count);
  int64_t *dims = hr_tensor_data(shape);
  dims[0] = a->shape.rank > 0 ? a->shape.dims[0] : -1; /* -1, as TensorFlow says it: not known */
  for (int i = 1; i < a->sum.rank; ++i)
    dims[i] = a->sum.dims[i];
  hr_output_move(ctx, 1, &a->sum);
  return HR_SUCCESS;
}
