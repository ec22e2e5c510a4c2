/* SparseReorder, SparseReshape, SparseFillEmptyRows and its gradient. */
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/sparse_parts.h"

#include <inttypes.h>
#include <string.h>

static const int64_t *ints(const hr_tensor *t) { return hr_tensor_data(t); }

static hr_status new_output(hr_kernel_context *ctx, int output, int64_t rows, int64_t columns, hr_tensor **out) {
  hr_shape shape;
  HR_TRY(hr_shape_make(columns < 0 ? 1 : 2, (const int64_t[]){rows, columns}, &shape));
  return hr_output_new(ctx, output, &shape, out);
}

/* ---- order ----------------------------------------------------------------------------------------------------- */

static hr_status reorder(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  hr_sparse_writer out;
  HR_TRY(hr_sparse_input(ctx, 0, &x));
  int64_t count = hr_sparse_count(&x), rank = hr_sparse_rank(&x);
  HR_TRY(hr_sparse_output(ctx, 0, 1, count, rank, &out));
  hr_tensor order;
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &(hr_shape){1, {count}}, &order));
  const int64_t *places = hr_tensor_data(&order);
  hr_status status = hr_sparse_order(count, rank, ints(&x.indices), NULL, hr_tensor_data(&order));
  for (int64_t i = 0; i < count && !status; ++i)
    status = hr_sparse_write(&out, i, &x, places[i]);
  hr_tensor_clear(&order);
  return status;
}
HR_KERNEL(.op = "SparseReorder", .types = {{"T", HR_SPARSE_TYPES}}, .compute = reorder);

/* ---- another shape --------------------------------------------------------------------------------------------- */

/* False where they are too many to count. */
static bool count_of(int64_t rank, const int64_t *sizes, int64_t *out) {
  *out = 1;
  for (int64_t i = 0; i < rank; ++i)
    if (__builtin_mul_overflow(*out, sizes[i], out)) return false;
  return true;
}

/* The wanted sizes, the open one among them filled in. */
static hr_status fill_open_size(const hr_tensor *shape, int64_t rank, int64_t *sizes) {
  int64_t open = -1, rest = 1, count;
  char from[HR_SHAPE_TEXT], to[HR_SHAPE_TEXT];
  hr_sizes_text(shape->elements, ints(shape), from);
  hr_sizes_text(rank, sizes, to);
  for (int64_t i = 0; i < rank; ++i) {
    if (sizes[i] == -1) {
      if (open >= 0)
        return hr_error(HR_INVALID_ARGUMENT, "only one output dimension may be -1, not both %" PRId64 " and %" PRId64,
                        open, i);
      open = i;
    } else if (sizes[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "size %" PRId64 " must be non-negative, not %" PRId64, i, sizes[i]);
    else if (__builtin_mul_overflow(rest, sizes[i], &rest))
      return hr_error(HR_INVALID_ARGUMENT, "The shape %s has too many elements", to);
  }
  if (!count_of(shape->elements, ints(shape), &count))
    return hr_error(HR_INVALID_ARGUMENT, "The shape %s has too many elements", from);
  if (open >= 0) {
    if (rest <= 0)
      return hr_error(HR_INVALID_ARGUMENT,
                      "reshape cannot infer the missing input size for an empty tensor unless all specified input "
                      "sizes are non-zero");
    sizes[open] = count / rest;
    if (sizes[open] * rest != count)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Input to reshape is a SparseTensor with %" PRId64
                      " dense values, but the requested shape requires a multiple of %" PRId64
                      ". input_shape=%s output_shape=%s",
                      count, rest, from, to);
    return HR_SUCCESS;
  }
  if (rest == count) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT,
                  "Input to reshape is a tensor with %" PRId64 " dense values, but the requested shape has %" PRId64
                  ". input_shape=%s output_shape=%s",
                  count, rest, from, to);
}

static hr_status reshape(hr_kernel_context *ctx) {
  const hr_tensor *indices = hr_input(ctx, 0), *shape = hr_input(ctx, 1), *wanted = hr_input(ctx, 2);
  if (indices->rank != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input indices should be a matrix but received shape %s",
                    HR_TENSOR_SHAPE_TEXT(indices));
  HR_TRY(hr_rank_check(shape, 1, "Input shape"));
  HR_TRY(hr_rank_check(wanted, 1, "Target shape"));
  int64_t count = indices->dims[0], from = indices->dims[1], to = wanted->elements;
  hr_tensor *out_indices, *out_shape;
  HR_TRY(new_output(ctx, 1, to, -1, &out_shape));
  int64_t *sizes = hr_tensor_data(out_shape);
  if (to) memcpy(sizes, ints(wanted), (size_t)to * sizeof *sizes);
  HR_TRY(fill_open_size(shape, to, sizes));
  if (to == shape->elements && memcmp(sizes, ints(shape), (size_t)to * sizeof *sizes) == 0) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  if (from != shape->elements)
    return hr_error(HR_INVALID_ARGUMENT, "indices have %" PRId64 " dimensions, the input shape has %" PRId64, from,
                    shape->elements);
  HR_TRY(new_output(ctx, 0, count, to, &out_indices));
  for (int64_t i = 0; i < count; ++i) {
    const int64_t *index = ints(indices) + i * from;
    int64_t *result = (int64_t *)hr_tensor_data(out_indices) + i * to, place = 0;
    for (int64_t d = 0; d < from; ++d)
      place = place * ints(shape)[d] + index[d];
    for (int64_t d = to; d-- > 0;) {
      result[d] = sizes[d] > 0 ? place % sizes[d] : 0;
      place = sizes[d] > 0 ? place / sizes[d] : 0;
    }
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SparseReshape", .compute = reshape);

/* ---- rows without elements ------------------------------------------------------------------------------------- */

/* How many elements each row has, and which rows have none. */
static hr_status count_rows(const hr_tensor *indices, int64_t rows, int64_t *ends, bool *empty, int64_t *total) {
  int64_t count = indices->dims[0], rank = indices->dims[1];
  memset(ends, 0, (size_t)rows * sizeof *ends);
  for (int64_t i = 0; i < count; ++i) {
    int64_t row = ints(indices)[i * rank];
    if (row < 0 || row >= rows)
      return hr_error(HR_INVALID_ARGUMENT, "indices(%" PRId64 ", 0) is invalid: %" PRId64 " %s %" PRId64, i, row,
                      row < 0 ? "<" : ">=", row < 0 ? 0 : rows);
    ++ends[row];
  }
  *total = 0;
  for (int64_t row = 0; row < rows; ++row) {
    empty[row] = ends[row] == 0;
    *total += empty[row] ? 1 : ends[row];
    ends[row] = *total;
  }
  return HR_SUCCESS;
}

/* `next[row]` ends as the end of the row before it. */
static hr_status place_elements(hr_kernel_context *ctx, int64_t rows, int64_t *next, const bool *empty, int64_t total) {
  const hr_tensor *indices = hr_input(ctx, 0), *values = hr_input(ctx, 1), *fill = hr_input(ctx, 3);
  int64_t count = indices->dims[0], rank = indices->dims[1];
  hr_dtype dtype = hr_tensor_dtype(values);
  size_t size = hr_dtype_size(dtype);
  hr_tensor *out_indices, *out_values, *places;
  HR_TRY(new_output(ctx, 0, total, rank, &out_indices));
  HR_TRY(new_output(ctx, 1, total, -1, &out_values));
  HR_TRY(new_output(ctx, 3, count, -1, &places));
  int64_t *to = hr_tensor_data(out_indices);
  char *to_values = hr_tensor_data(out_values);
  for (int64_t row = 0; row < rows; ++row) {
    if (!empty[row]) continue;
    int64_t place = next[row] - 1;
    memset(to + place * rank, 0, (size_t)rank * sizeof *to);
    to[place * rank] = row;
    HR_TRY(hr_copy_elements(dtype, to_values + (size_t)place * size, hr_tensor_data(fill), 1));
  }
  for (int64_t i = count; i-- > 0;) { /* from the last on: each row fills up from its end */
    int64_t place = --next[ints(indices)[i * rank]];
    memcpy(to + place * rank, ints(indices) + i * rank, (size_t)rank * sizeof *to);
    ((int64_t *)hr_tensor_data(places))[i] = place;
    HR_TRY(hr_copy_elements(dtype, to_values + (size_t)place * size,
                            (const char *)hr_tensor_data(values) + (size_t)i * size, 1));
  }
  return HR_SUCCESS;
}

static hr_status fill_empty_rows(hr_kernel_context *ctx) {
  const hr_tensor *indices = hr_input(ctx, 0), *shape = hr_input(ctx, 2);
  hr_sparse_parts x;
  HR_TRY(hr_sparse_input(ctx, 0, &x));
  if (hr_input(ctx, 3)->rank != 0) return hr_error(HR_INVALID_ARGUMENT, "default_value must be a scalar");
  if (shape->elements < 1) return hr_error(HR_INVALID_ARGUMENT, "dense_shape must have at least one size");
  int64_t rows = ints(shape)[0], total;
  if (rows <= 0 && indices->dims[0] > 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = %" PRId64, indices->dims[0]);
  hr_tensor *empty;
  HR_TRY(new_output(ctx, 2, rows < 0 ? 0 : rows, -1, &empty));
  rows = empty->elements;
  hr_tensor next;
  hr_shape vector = hr_tensor_shape(empty);
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &vector, &next));
  hr_status status = count_rows(indices, rows, hr_tensor_data(&next), hr_tensor_data(empty), &total);
  if (!status) status = place_elements(ctx, rows, hr_tensor_data(&next), hr_tensor_data(empty), total);
  hr_tensor_clear(&next);
  return status;
}
HR_KERNEL(.op = "SparseFillEmptyRows", .types = {{"T", HR_SPARSE_TYPES}}, .compute = fill_empty_rows);

/* What went somewhere gets the gradient from there; all else is the default value's. */
static hr_status fill_empty_rows_gradient(hr_kernel_context *ctx) {
  const hr_tensor *places = hr_input(ctx, 0), *grad = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(places, 1, "reverse_index_map"));
  HR_TRY(hr_rank_check(grad, 1, "grad_values"));
  hr_dtype dtype = hr_tensor_dtype(grad);
  size_t size = hr_dtype_size(dtype);
  hr_shape of_values = hr_tensor_shape(places), scalar = {.rank = 0}, all = hr_tensor_shape(grad);
  hr_tensor *values, *fill, seen;
  HR_TRY(hr_output_new(ctx, 0, &of_values, &values));
  HR_TRY(hr_output_new(ctx, 1, &scalar, &fill));
  memset(hr_tensor_data(fill), 0, size);
  HR_TRY(hr_temporary_new(ctx, HR_BOOL, &all, &seen));
  bool *is_seen = hr_tensor_data(&seen);
  if (grad->elements) memset(is_seen, 0, (size_t)grad->elements);
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < places->elements && !status; ++i) {
    int64_t place = ints(places)[i];
    if (place < 0 || place >= grad->elements) {
      status = hr_error(HR_INVALID_ARGUMENT, "Elements in reverse index must be in [0, %" PRId64 ") but got %" PRId64,
                        grad->elements, place);
      break;
    }
    is_seen[place] = true;
    memcpy((char *)hr_tensor_data(values) + (size_t)i * size, (const char *)hr_tensor_data(grad) + (size_t)place * size,
           size);
  }
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, dtype);
  for (int64_t i = 0; i < grad->elements && !status; ++i)
    if (!is_seen[i])
      add(hr_tensor_data(fill), hr_tensor_data(fill), (const char *)hr_tensor_data(grad) + (size_t)i * size, 1,
          HR_BOTH_ROWS);
  hr_tensor_clear(&seen);
  return status;
}
HR_KERNEL(.op = "SparseFillEmptyRowsGrad", .types = {{"T", HR_NUMBER_TYPES}}, .compute = fill_empty_rows_gradient);
