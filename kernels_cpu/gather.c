/* Gather, GatherV2, GatherNd; of a variable behind a handle: ResourceGather, ResourceGatherNd. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/variable_access.h"

#include <inttypes.h>
#include <string.h>

/* x is `outer` times `limit` rows; the output takes `chosen` of the rows at each outer place, the same ones for all
 * outer places of a batch entry. */
typedef struct job {
  const hr_tensor *indices;
  hr_dtype dtype;
  const char *from;
  char *to;
  int64_t inner; /* elements of a row */
  int64_t chosen, limit, outer_per_batch;
} job;

/* Where the row of the output comes from, in rows of x. */
static int64_t source_row(const job *job, int64_t row) {
  int64_t outer = row / job->chosen, at = outer / job->outer_per_batch * job->chosen + row % job->chosen;
  return outer * job->limit + hr_index_at(job->indices, at);
}

static void copy_rows(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  size_t size = (size_t)job->inner * hr_dtype_size(job->dtype);
  for (int64_t i = begin; i < end; ++i)
    memcpy(job->to + (size_t)i * size, job->from + (size_t)source_row(job, i) * size, size);
}

static hr_status check_batch(const hr_tensor *x, const hr_tensor *indices, int64_t axis, int64_t batch_dims) {
  if (batch_dims < 0 || batch_dims > indices->rank || batch_dims > axis)
    return hr_error(HR_INVALID_ARGUMENT,
                    "batch_dims (%" PRId64 ") must be in [0, %d] and not greater than axis (%" PRId64 ")", batch_dims,
                    indices->rank, axis);
  for (int i = 0; i < batch_dims; ++i)
    if (x->dims[i] != indices->dims[i])
      return hr_error(HR_INVALID_ARGUMENT, "params.shape[%d] should be equal to indices.shape[%d]: %s, %s", i, i,
                      HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(indices));
  return HR_SUCCESS;
}

static hr_status gather_along(hr_kernel_context *ctx, const hr_tensor *x, int64_t axis, int64_t batch_dims) {
  const hr_tensor *indices = hr_input(ctx, 1);
  if (x->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "params must be at least 1 dimensional");
  if (axis < -x->rank || axis >= x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "Expected axis in the range [%d, %d), but got %" PRId64, -x->rank, x->rank,
                    axis);
  if (axis < 0) axis += x->rank;
  if (batch_dims < 0) batch_dims += indices->rank;
  HR_TRY(check_batch(x, indices, axis, batch_dims));
  int64_t limit = x->dims[axis];
  for (int64_t i = 0; i < indices->elements; ++i) {
    int64_t index = hr_index_at(indices, i);
    if (index >= 0 && index < limit) continue;
    if (indices->rank == 0)
      return hr_error(HR_INVALID_ARGUMENT, "indices = %" PRId64 " is not in [0, %" PRId64 ")", index, limit);
    return hr_error(HR_INVALID_ARGUMENT, "indices[%" PRId64 "] = %" PRId64 " is not in [0, %" PRId64 ")", i, index,
                    limit);
  }
  if (x->rank - 1 + indices->rank - batch_dims > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  hr_shape shape = {0};
  for (int i = 0; i < axis; ++i)
    shape.dims[shape.rank++] = x->dims[i];
  for (int i = (int)batch_dims; i < indices->rank; ++i)
    shape.dims[shape.rank++] = indices->dims[i];
  for (int i = (int)axis + 1; i < x->rank; ++i)
    shape.dims[shape.rank++] = x->dims[i];
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job job = {.indices = indices,
             .dtype = hr_tensor_dtype(x),
             .from = hr_tensor_data(x),
             .to = hr_tensor_data(out),
             .inner = hr_dims_product(x, (int)axis + 1, x->rank),
             .chosen = hr_dims_product(indices, (int)batch_dims, indices->rank),
             .limit = limit,
             .outer_per_batch = hr_dims_product(x, (int)batch_dims, (int)axis)};
  int64_t rows = out->elements / job.inner;
  if (!hr_dtype_is_plain(job.dtype)) {
    int64_t bytes = job.inner * (int64_t)hr_dtype_size(job.dtype);
    for (int64_t i = 0; i < rows; ++i)
      HR_TRY(hr_copy_elements(job.dtype, job.to + i * bytes, job.from + source_row(&job, i) * bytes, job.inner));
    return HR_SUCCESS;
  }
  hr_parallel_for(ctx, rows, 4 + 0.1 * (double)job.inner * (double)hr_dtype_size(job.dtype), copy_rows, &job);
  return HR_SUCCESS;
}

static hr_status gather(hr_kernel_context *ctx) { return gather_along(ctx, hr_input(ctx, 0), 0, 0); }
HR_KERNEL(.op = "Gather", .types = {{"Tparams", HR_COPIED_TYPES}, {"Tindices", HR_INDEX_TYPES}}, .compute = gather);

static hr_status gather_v2(hr_kernel_context *ctx) {
  int64_t axis;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 2), "axis", &axis));
  const hr_attr_value *batch_dims = hr_node_attr(hr_context_node(ctx), "batch_dims");
  return gather_along(ctx, hr_input(ctx, 0), axis, batch_dims ? batch_dims->i : 0);
}
HR_KERNEL(.op = "GatherV2",
          .types = {{"Tparams", HR_COPIED_TYPES}, {"Tindices", HR_INDEX_TYPES}, {"Taxis", HR_INDEX_TYPES}},
          .compute = gather_v2);

static hr_status resource_gather(hr_kernel_context *ctx) {
  int64_t batch_dims = hr_node_attr(hr_context_node(ctx), "batch_dims")->i;
  hr_tensor value;
  HR_TRY(hr_read_variable(ctx, 0, &value));
  hr_status status = gather_along(ctx, &value, batch_dims, batch_dims);
  hr_tensor_clear(&value);
  return status;
}
HR_KERNEL(.op = "ResourceGather", .types = {{"dtype", HR_COPIED_TYPES}, {"Tindices", HR_INDEX_TYPES}},
          .compute = resource_gather);

static hr_status gather_slices(hr_kernel_context *ctx, const hr_tensor *x) {
  const hr_tensor *indices = hr_input(ctx, 1);
  if (x->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "params must be at least a vector");
  if (indices->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "indices must be at least a vector");
  int64_t depth = indices->dims[indices->rank - 1];
  if (depth > x->rank)
    return hr_error(HR_INVALID_ARGUMENT,
                    "index innermost dimension length must be <= params rank; saw: %" PRId64 " vs. %d", depth, x->rank);
  if (indices->rank - 1 + x->rank - depth > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  hr_shape shape = {0};
  for (int i = 0; i < indices->rank - 1; ++i)
    shape.dims[shape.rank++] = indices->dims[i];
  for (int i = (int)depth; i < x->rank; ++i)
    shape.dims[shape.rank++] = x->dims[i];
  int64_t count = hr_dims_product(indices, 0, indices->rank - 1), inner = hr_dims_product(x, (int)depth, x->rank);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_dtype dtype = hr_tensor_dtype(x);
  size_t row = (size_t)inner * hr_dtype_size(dtype);
  const char *from = hr_tensor_data(x);
  char *to = hr_tensor_data(out);
  for (int64_t i = 0; i < count; ++i) {
    int64_t place = 0;
    for (int64_t d = 0; d < depth; ++d) {
      int64_t index = hr_index_at(indices, i * depth + d);
      if (index < 0 || index >= x->dims[d])
        return hr_error(HR_INVALID_ARGUMENT,
                        "indices[%" PRId64 "] does not index into param shape %s: %" PRId64 " in dimension %" PRId64, i,
                        HR_TENSOR_SHAPE_TEXT(x), index, d);
      place = place * x->dims[d] + index;
    }
    HR_TRY(hr_copy_elements(dtype, to + (size_t)i * row, from + (size_t)place * row, inner));
  }
  return HR_SUCCESS;
}

static hr_status gather_nd(hr_kernel_context *ctx) { return gather_slices(ctx, hr_input(ctx, 0)); }
HR_KERNEL(.op = "GatherNd", .types = {{"Tparams", HR_COPIED_TYPES}, {"Tindices", HR_INDEX_TYPES}},
          .compute = gather_nd);

static hr_status resource_gather_nd(hr_kernel_context *ctx) {
  hr_tensor value;
  HR_TRY(hr_read_variable(ctx, 0, &value));
  hr_status status = gather_slices(ctx, &value);
  hr_tensor_clear(&value);
  return status;
}
HR_KERNEL(.op = "ResourceGatherNd", .types = {{"dtype", HR_COPIED_TYPES}, {"Tindices", HR_INDEX_TYPES}},
          .compute = resource_gather_nd);
