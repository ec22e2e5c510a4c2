#include "kernels_cpu/pieces.h"

#include "kernels_cpu/box_copy.h"
#include <string.h>

hr_tensor hr_piece_of(const hr_tensor *whole, const hr_shape *shape, int64_t offset) {
  hr_tensor view = {.dtype = whole->dtype, .rank = (int8_t)shape->rank, .elements = hr_shape_elements(shape)};
  memcpy(view.dims, shape->dims, sizeof(int64_t) * (size_t)shape->rank);
  hr_dtype dtype = hr_tensor_dtype(whole);
  size_t size = hr_dtype_size(dtype);
  const char *first = (const char *)hr_tensor_data(whole) + (size_t)offset * size;
  if (view.elements == 1 && hr_dtype_is_plain(dtype)) {
    memcpy(view.scalar.bytes, first, size);
  } else if (whole->buffer) {
    view.buffer = hr_buffer_ref(whole->buffer);
    view.data = (void *)first;
  }
  return view;
}

/* The parts, and where in the result each begins. */
typedef struct join_job {
  const hr_tensor *parts;
  const int64_t *offsets; /* in elements */
  hr_dtype dtype;
  char *to;
} join_job;

static void join_plain(void *argument, int64_t begin, int64_t end) {
  const join_job *job = argument;
  size_t size = hr_dtype_size(job->dtype);
  for (int64_t i = begin; i < end; ++i)
    memcpy(job->to + (size_t)job->offsets[i] * size, hr_tensor_data(&job->parts[i]), hr_tensor_bytes(&job->parts[i]));
}

hr_status hr_join_pieces(hr_kernel_context *ctx, const hr_tensor *parts, const int64_t *offsets, int64_t count,
                         hr_tensor *out) {
  hr_dtype dtype = hr_tensor_dtype(out);
  join_job job = {parts, offsets, dtype, hr_tensor_data(out)};
  if (hr_dtype_is_plain(dtype)) {
    hr_parallel_for(ctx, count, 0.1 * (double)hr_tensor_bytes(out) / (double)count, join_plain, &job);
    return HR_SUCCESS;
  }
  for (int64_t i = 0; i < count; ++i)
    HR_TRY(hr_copy_elements(dtype, job.to + (size_t)offsets[i] * hr_dtype_size(dtype), hr_tensor_data(&parts[i]),
                            parts[i].elements));
  return HR_SUCCESS;
}

hr_status hr_shape_with_first(int64_t first, int rank, const int64_t *dims, hr_shape *out) {
  if (rank >= HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  int64_t all[HR_MAX_RANK] = {first};
  memcpy(all + 1, dims, sizeof(int64_t) * (size_t)rank);
  return hr_shape_make(1 + rank, all, out);
}
