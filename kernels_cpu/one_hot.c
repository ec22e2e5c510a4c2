/* OneHot. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

static int64_t index_of(const hr_tensor *t, int64_t i) {
  return t->dtype == HR_UINT8 ? ((const uint8_t *)hr_tensor_data(t))[i] : hr_index_at(t, i);
}

typedef struct job {
  const hr_tensor *indices;
  const void *on, *off;
  hr_dtype dtype;
  int64_t depth, inner; /* inner: indices behind the new dimension */
  char *out;
  hr_status status; /* of types that are not plain, which one thread copies */
} job;

/* Blocks of depth x inner elements. */
static void fill_blocks(void *argument, int64_t begin, int64_t end) {
  job *job = argument;
  size_t size = hr_dtype_size(job->dtype);
  int64_t block = job->depth * job->inner;
  for (int64_t b = begin; b < end && !job->status; ++b) {
    char *to = job->out + (size_t)(b * block) * size;
    hr_status status = hr_fill_elements(job->dtype, to, job->off, block);
    for (int64_t i = 0; i < job->inner && !status; ++i) {
      int64_t index = index_of(job->indices, b * job->inner + i);
      if (index < 0 || index >= job->depth) continue; /* no class at all */
      status = hr_copy_elements(job->dtype, to + (size_t)(index * job->inner + i) * size, job->on, 1);
    }
    if (status) job->status = status;
  }
}

static hr_status one_hot(hr_kernel_context *ctx) {
  const hr_tensor *indices = hr_input(ctx, 0), *on = hr_input(ctx, 2), *off = hr_input(ctx, 3);
  int64_t depth, axis = hr_node_attr(hr_context_node(ctx), "axis")->i;
  if (axis < -1 || axis > indices->rank)
    return hr_error(HR_INVALID_ARGUMENT, "Expected axis to be -1 or between [0, %d).  But received: %" PRId64,
                    indices->rank + 1, axis);
  if (hr_input(ctx, 1)->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "depth must be a scalar, but got: %s", HR_TENSOR_SHAPE_TEXT(hr_input(ctx, 1)));
  HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "depth", &depth));
  if (on->rank != 0 || off->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "on_value and off_value must be scalars, but got: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(on), HR_TENSOR_SHAPE_TEXT(off));
  if (depth < 0) return hr_error(HR_INVALID_ARGUMENT, "depth must be non-negative, got: %" PRId64, depth);
  if (indices->rank == HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  int at = axis == -1 ? indices->rank : (int)axis;
  int64_t dims[HR_MAX_RANK];
  for (int i = 0; i <= indices->rank; ++i)
    dims[i] = i < at ? indices->dims[i] : i == at ? depth : indices->dims[i - 1];
  hr_shape shape;
  HR_TRY(hr_shape_make(indices->rank + 1, dims, &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  static const double nanos_per_block = 5, nanos_per_byte = 0.05;
  job job = {.indices = indices,
             .on = hr_tensor_data(on),
             .off = hr_tensor_data(off),
             .dtype = hr_tensor_dtype(on),
             .depth = depth,
             .inner = hr_dims_product(indices, at, indices->rank),
             .out = hr_tensor_data(out)};
  int64_t blocks = hr_dims_product(indices, 0, at);
  size_t block_bytes = hr_dtype_size(job.dtype) * (size_t)(depth * job.inner);
  if (hr_dtype_is_plain(job.dtype))
    hr_parallel_for(ctx, blocks, nanos_per_block + nanos_per_byte * (double)block_bytes, fill_blocks, &job);
  else
    fill_blocks(&job, 0, blocks);
  return job.status;
}
HR_KERNEL(.op = "OneHot", .types = {{"T", HR_COPIED_TYPES}, {"TI", HR_INDEX_TYPES | HR_TYPE_BIT(HR_UINT8)}},
          .compute = one_hot);
