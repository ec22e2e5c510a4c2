/* DynamicStitch, ParallelDynamicStitch, DynamicPartition. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>
#include <string.h>

static hr_status stitch(hr_kernel_context *ctx) {
  int count = hr_input_count(ctx) / 2;
  const hr_tensor *first_indices = hr_input(ctx, 0), *first_data = hr_input(ctx, count);
  int64_t rows = 0;
  for (int i = 0; i < count; ++i) {
    const hr_tensor *indices = hr_input(ctx, i), *data = hr_input(ctx, count + i);
    bool starts = indices->rank <= data->rank;
    for (int d = 0; starts && d < indices->rank; ++d)
      starts = indices->dims[d] == data->dims[d];
    if (!starts)
      return hr_error(HR_INVALID_ARGUMENT, "data[%d].shape = %s does not start with indices[%d].shape = %s", i,
                      HR_TENSOR_SHAPE_TEXT(data), i, HR_TENSOR_SHAPE_TEXT(indices));
    bool same = data->rank - indices->rank == first_data->rank - first_indices->rank;
    for (int d = 0; same && d < data->rank - indices->rank; ++d)
      same = data->dims[indices->rank + d] == first_data->dims[first_indices->rank + d];
    if (!same)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Need data[0].shape[%d:] = data[%d].shape[%d:], got data[0].shape = %s, data[%d].shape = %s",
                      first_indices->rank, i, indices->rank, HR_TENSOR_SHAPE_TEXT(first_data), i,
                      HR_TENSOR_SHAPE_TEXT(data));
    for (int64_t k = 0; k < indices->elements; ++k) {
      int64_t index = hr_index_at(indices, k);
      if (index < 0)
        return hr_error(HR_INVALID_ARGUMENT, "indices[%d][%" PRId64 "] = %" PRId64 " is negative", i, k, index);
      if (index >= rows) rows = index + 1;
    }
  }
  hr_shape shape = {.rank = 1, .dims = {rows}};
  for (int d = first_indices->rank; d < first_data->rank; ++d) {
    if (shape.rank == HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
    shape.dims[shape.rank++] = first_data->dims[d];
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_dtype dtype = hr_tensor_dtype(out);
  /* Rows that nobody names are not to show what was in memory before. */
  if (hr_dtype_is_plain(dtype)) memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  int64_t inner = hr_dims_product(first_data, first_indices->rank, first_data->rank);
  size_t row = (size_t)inner * hr_dtype_size(dtype);
  for (int i = 0; i < count; ++i) {
    const hr_tensor *indices = hr_input(ctx, i);
    const char *from = hr_tensor_data(hr_input(ctx, count + i));
    for (int64_t k = 0; k < indices->elements; ++k)
      HR_TRY(hr_copy_elements(dtype, (char *)hr_tensor_data(out) + (size_t)hr_index_at(indices, k) * row,
                              from + (size_t)k * row, inner));
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "DynamicStitch", .types = {{"T", HR_ANY_TYPES | HR_TYPE_BIT(HR_VARIANT)}}, .compute = stitch);
HR_KERNEL(.op = "ParallelDynamicStitch", .types = {{"T", HR_ANY_TYPES | HR_TYPE_BIT(HR_VARIANT)}}, .compute = stitch);

static hr_status partition(hr_kernel_context *ctx) {
  const hr_tensor *data = hr_input(ctx, 0), *partitions = hr_input(ctx, 1);
  int count = hr_output_count(ctx);
  bool starts = partitions->rank <= data->rank;
  for (int d = 0; starts && d < partitions->rank; ++d)
    starts = partitions->dims[d] == data->dims[d];
  if (!starts)
    return hr_error(HR_INVALID_ARGUMENT,
                    "data.shape must start with partitions.shape, got data.shape = %s, "
                    "partitions.shape = %s",
                    HR_TENSOR_SHAPE_TEXT(data), HR_TENSOR_SHAPE_TEXT(partitions));
  hr_tensor counters; /* rows of each output, then where its next row goes */
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &(hr_shape){1, {count}}, &counters));
  int64_t *rows = hr_tensor_data(&counters);
  memset(rows, 0, sizeof *rows * (size_t)count);
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < partitions->elements && !status; ++i) {
    int64_t p = hr_index_at(partitions, i);
    if (p < 0 || p >= count)
      status = hr_error(HR_INVALID_ARGUMENT, "partitions[%" PRId64 "] = %" PRId64 " is not in [0, %d)", i, p, count);
    else
      ++rows[p];
  }
  for (int i = 0; i < count && !status; ++i) {
    hr_shape shape = {.rank = 1, .dims = {rows[i]}};
    for (int d = partitions->rank; d < data->rank && shape.rank < HR_MAX_RANK; ++d)
      shape.dims[shape.rank++] = data->dims[d];
    hr_tensor *out;
    status = hr_output_new(ctx, i, &shape, &out);
    rows[i] = 0;
  }
  hr_dtype dtype = hr_tensor_dtype(data);
  int64_t inner = hr_dims_product(data, partitions->rank, data->rank);
  size_t row = (size_t)inner * hr_dtype_size(dtype);
  for (int64_t i = 0; i < partitions->elements && !status; ++i) {
    int64_t p = hr_index_at(partitions, i);
    status = hr_copy_elements(dtype, (char *)hr_tensor_data(hr_output_slot(ctx, (int)p)) + (size_t)rows[p]++ * row,
                              (const char *)hr_tensor_data(data) + (size_t)i * row, inner);
  }
  hr_tensor_clear(&counters);
  return status;
}
HR_KERNEL(.op = "DynamicPartition", .types = {{"T", HR_COPIED_TYPES}}, .compute = partition);
