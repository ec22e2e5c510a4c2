#include "kernels_cpu/sparse_rows.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>
#include <string.h>

static const int64_t *ints_of(const hr_tensor *t) { return hr_tensor_data(t); }

/* ---- rows ------------------------------------------------------------------------------------------------------ */

hr_status hr_sparse_row_count(const hr_sparse_parts *x, int64_t *out) {
  HR_TRY(hr_sparse_check(x));
  if (x->shape.elements < 2)
    return hr_error(HR_INVALID_ARGUMENT, "Rank of input SparseTensor should be > 1, but saw rank: %" PRId64,
                    x->shape.elements);
  *out = ints_of(&x->shape)[0];
  return *out >= 0 ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "Input shape has a size of %" PRId64, *out);
}

/* Elements [begin, end) of `x`, which are one row. Copies: indices lose their first number. */
static hr_status take_row(hr_kernel_context *ctx, const hr_sparse_parts *x, int64_t begin, int64_t end,
                          hr_sparse_parts *row) {
  int64_t rank = x->shape.elements, count = end - begin;
  hr_allocator *memory = hr_kept_memory(ctx);
  HR_TRY(hr_tensor_new(memory, HR_INT64, &(hr_shape){2, {count, rank - 1}}, &row->indices));
  HR_TRY(hr_tensor_new(memory, hr_tensor_dtype(&x->values), &(hr_shape){1, {count}}, &row->values));
  HR_TRY(hr_tensor_new(memory, HR_INT64, &(hr_shape){1, {rank - 1}}, &row->shape));
  int64_t *to = hr_tensor_data(&row->indices);
  for (int64_t i = begin; i < end; ++i, to += rank - 1)
    memcpy(to, ints_of(&x->indices) + i * rank + 1, (size_t)(rank - 1) * sizeof *to);
  memcpy(hr_tensor_data(&row->shape), ints_of(&x->shape) + 1, (size_t)(rank - 1) * sizeof *to);
  hr_dtype dtype = hr_tensor_dtype(&x->values);
  const char *from = (const char *)hr_tensor_data(&x->values) + (size_t)begin * hr_dtype_size(dtype);
  return hr_copy_elements(dtype, hr_tensor_data(&row->values), from, count);
}

hr_status hr_sparse_rows(hr_kernel_context *ctx, const hr_sparse_parts *x,
                         hr_status (*visit)(void *argument, int64_t row, const hr_sparse_parts *x), void *argument) {
  int64_t rows, rank = x->shape.elements, at = 0, elements = x->values.elements;
  HR_TRY(hr_sparse_row_count(x, &rows));
  const int64_t *indices = ints_of(&x->indices);
  for (int64_t row = 0; row < rows; ++row) {
    int64_t begin = at;
    while (at < elements && indices[at * rank] == row)
      ++at;
    hr_sparse_parts part = {0};
    hr_status status = take_row(ctx, x, begin, at, &part);
    if (!status) status = visit(argument, row, &part);
    hr_sparse_parts_clear(&part);
    HR_TRY(status);
  }
  if (at < elements)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Received unexpected element index %" PRId64 ": rows are 0 to %" PRId64 ", in their order",
                    indices[at * rank], rows - 1);
  return HR_SUCCESS;
}

/* ---- joining --------------------------------------------------------------------------------------------------- */

static hr_status check_part(const hr_sparse_parts *first, const hr_sparse_parts *x, hr_dtype dtype, int64_t i) {
  HR_TRY(hr_sparse_check(x));
  if (hr_tensor_dtype(&x->values) != dtype)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Requested SparseTensor of type %s but SparseTensor[%" PRId64 "].values.dtype() == %s",
                    hr_dtype_name(dtype), i, hr_dtype_name(hr_tensor_dtype(&x->values)));
  if (x->shape.elements != first->shape.elements)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Inconsistent rank across SparseTensors: rank prior to SparseTensor[%" PRId64 "] was: %" PRId64
                    " but rank of SparseTensor[%" PRId64 "] is: %" PRId64,
                    i, first->shape.elements, i, x->shape.elements);
  return HR_SUCCESS;
}

static hr_status fill(const hr_sparse_parts *parts, int64_t count, const hr_shape *before, hr_tensor *indices,
                      hr_tensor *values) {
  int64_t rank = parts->shape.elements, *to = hr_tensor_data(indices);
  hr_dtype dtype = hr_tensor_dtype(values);
  char *value = hr_tensor_data(values);
  for (int64_t i = 0; i < count; ++i) {
    const hr_sparse_parts *x = &parts[i];
    for (int64_t k = 0; k < x->values.elements; ++k) {
      int64_t rest = i;
      for (int d = before->rank - 1; d >= 0; --d) {
        to[d] = rest % before->dims[d];
        rest /= before->dims[d];
      }
      memcpy(to + before->rank, ints_of(&x->indices) + k * rank, (size_t)rank * sizeof *to);
      to += before->rank + rank;
    }
    HR_TRY(hr_copy_elements(dtype, value, hr_tensor_data(&x->values), x->values.elements));
    value += (size_t)x->values.elements * hr_dtype_size(dtype);
  }
  return HR_SUCCESS;
}

hr_status hr_sparse_join(hr_kernel_context *ctx, int64_t count, const hr_sparse_parts *parts, const hr_shape *before) {
  int64_t total = 0, rank = parts->shape.elements;
  for (int64_t i = 0; i < count; ++i) {
    HR_TRY(check_part(parts, &parts[i], hr_output_type(ctx, 1), i));
    total += parts[i].values.elements;
  }
  hr_tensor *indices, *values, *shape;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {total, before->rank + rank}}, &indices));
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){1, {total}}, &values));
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){1, {before->rank + rank}}, &shape));
  int64_t *sizes = hr_tensor_data(shape);
  for (int d = 0; d < before->rank; ++d)
    sizes[d] = before->dims[d];
  for (int64_t d = 0; d < rank; ++d) { /* as large as the largest */
    int64_t most = 0;
    for (int64_t i = 0; i < count; ++i)
      if (ints_of(&parts[i].shape)[d] > most) most = ints_of(&parts[i].shape)[d];
    sizes[before->rank + d] = most;
  }
  return fill(parts, count, before, indices, values);
}
