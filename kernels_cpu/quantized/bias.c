/* QuantizedBiasAdd. */
#include "kernels_cpu/quantized/steps.h"

typedef struct job {
  hr_dtype dtype;
  const void *x, *bias;
  int32_t *to;
  int64_t channels;
  hr_from_steps read_x, read_bias;
  hr_to_steps write;
  uint32_t zero;
} job;

static void add_range(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  for (int64_t i = begin; i < end; ++i) {
    float x = hr_from_step(&j->read_x, (float)hr_step_at(j->x, j->dtype, i));
    float bias = hr_from_step(&j->read_bias, (float)hr_step_at(j->bias, j->dtype, i % j->channels));
    j->to[i] = (int32_t)((uint32_t)hr_to_step(&j->write, x) + (uint32_t)hr_to_step(&j->write, bias) + j->zero);
  }
}

static hr_status bias_add(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *bias = hr_input(ctx, 1);
  hr_range x_range, bias_range;
  HR_TRY(hr_range_input(ctx, 2, "input", &x_range));
  HR_TRY(hr_range_input(ctx, 4, "bias", &bias_range));
  if (x->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input tensor must be at least 2D: %s", HR_TENSOR_SHAPE_TEXT(x));
  if (bias->rank != 1) return hr_error(HR_INVALID_ARGUMENT, "Biases must be 1D: %s", HR_TENSOR_SHAPE_TEXT(bias));
  if (bias->dims[0] != x->dims[x->rank - 1])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Must provide as many biases as the last dimension of the input tensor: %s vs. %s",
                    HR_TENSOR_SHAPE_TEXT(bias), HR_TENSOR_SHAPE_TEXT(x));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_range sums = hr_sum_range(x_range, bias_range, 17);
  job j = {
      .dtype = hr_tensor_dtype(x), .x = hr_tensor_data(x), .bias = hr_tensor_data(bias), .to = hr_tensor_data(out)};
  j.channels = bias->dims[0];
  j.read_x = hr_from_steps_of(j.dtype, x_range);
  j.read_bias = hr_from_steps_of(j.dtype, bias_range);
  j.write = hr_to_steps_of(HR_QINT32, sums);
  j.zero = (uint32_t)hr_step_of(HR_QINT32, 0, sums);
  hr_parallel_for(ctx, x->elements, 4, add_range, &j);
  hr_output_range(ctx, sums);
  return HR_SUCCESS;
}

#define SUMS_OF(type)                                                                                                  \
  .op = "QuantizedBiasAdd", .compute = bias_add,                                                                       \
  .types = {{"T1", HR_TYPE_BIT(type)}, {"T2", HR_TYPE_BIT(type)}, {"out_type", HR_TYPE_BIT(HR_QINT32)}}
HR_KERNEL(SUMS_OF(HR_QUINT8));
HR_KERNEL(SUMS_OF(HR_QINT8));
