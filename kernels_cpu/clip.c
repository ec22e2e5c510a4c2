/* ClipByValue: the larger of the lower bound and what the upper bound leaves. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"

typedef struct clip_job {
  const hr_elementwise *minimum, *maximum;
  size_t size;
  char *z;
  const char *x, *low, *high;
  bool low_is_scalar, high_is_scalar;
} clip_job;

static void clip_part(void *argument, int64_t begin, int64_t end) {
  const clip_job *job = argument;
  size_t offset = (size_t)begin * job->size;
  hr_binary_row(job->minimum, job->z + offset, job->x + offset, job->high + (job->high_is_scalar ? 0 : offset),
                end - begin, job->high_is_scalar ? HR_RIGHT_SCALAR : HR_BOTH_ROWS);
  hr_binary_row(job->maximum, job->z + offset, job->z + offset, job->low + (job->low_is_scalar ? 0 : offset),
                end - begin, job->low_is_scalar ? HR_RIGHT_SCALAR : HR_BOTH_ROWS);
}

static hr_status clip(hr_kernel_context *ctx, const hr_elementwise *minimum, const hr_elementwise *maximum) {
  const hr_tensor *x = hr_input(ctx, 0), *low = hr_input(ctx, 1), *high = hr_input(ctx, 2);
  if ((low->rank != 0 && !hr_same_shape(low, x)) || (high->rank != 0 && !hr_same_shape(high, x)))
    return hr_error(HR_INVALID_ARGUMENT,
                    "clip_value_min and clip_value_max must be either of the same shape as input, or a scalar. input "
                    "shape: %s, clip_value_min shape: %s, clip_value_max shape: %s",
                    HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(low), HR_TENSOR_SHAPE_TEXT(high));
  hr_shape shape = hr_tensor_shape(x);
  int64_t n = x->elements;
  clip_job job = {minimum,
                  maximum,
                  hr_dtype_size(minimum->in),
                  NULL,
                  hr_tensor_data(x),
                  hr_tensor_data(low),
                  hr_tensor_data(high),
                  low->rank == 0,
                  high->rank == 0};
  hr_tensor *z;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &z));
  job.z = hr_tensor_data(z);
  hr_parallel_for(ctx, n, 2 * minimum->unit_nanos, clip_part, &job);
  return HR_SUCCESS;
}

#define CLIP(type, function)                                                                                           \
  static hr_status function##_##type(hr_kernel_context *ctx) {                                                         \
    static const hr_elementwise minimum = HR_ELEMENTWISE(Minimum, type, type, HR_CHEAP_NANOS(type));                   \
    static const hr_elementwise maximum = HR_ELEMENTWISE(Maximum, type, type, HR_CHEAP_NANOS(type));                   \
    return function(ctx, &minimum, &maximum);                                                                          \
  }                                                                                                                    \
  HR_KERNEL(.op = "ClipByValue", .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = function##_##type);
HR_REAL(CLIP, clip)
