/* QuantizedRelu, QuantizedRelu6: steps no smaller than the one that stands for zero, and no larger than that of six. */
#include "kernels_cpu/quantized/steps.h"

typedef struct job {
  hr_dtype dtype;
  const void *from;
  void *to;
  int32_t zero, most;
} job;

static void relu_range(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  for (int64_t i = begin; i < end; ++i) {
    int32_t step = hr_step_at(j->from, j->dtype, i);
    step = step < j->zero ? j->zero : step;
    hr_set_step(j->to, j->dtype, i, step > j->most ? j->most : step);
  }
}

static hr_status relu(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  const float *largest = hr_context_argument(ctx);
  hr_range range;
  HR_TRY(hr_range_input(ctx, 1, "features", &range));
  job j = {.dtype = hr_tensor_dtype(x), .from = hr_tensor_data(x)};
  j.zero = (int32_t)hr_step_of(j.dtype, 0, range);
  j.most = (int32_t)(largest ? hr_step_of(j.dtype, *largest, range) : hr_most_step(j.dtype));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  j.to = hr_tensor_data(out);
  hr_parallel_for(ctx, x->elements, 1, relu_range, &j);
  hr_output_range(ctx, range);
  return HR_SUCCESS;
}

static const float six = 6;
#define STEPS_OF(type) .types = {{"Tinput", HR_TYPE_BIT(type)}, {"out_type", HR_TYPE_BIT(type)}}, .compute = relu
HR_KERNEL(.op = "QuantizedRelu", STEPS_OF(HR_QUINT8));
HR_KERNEL(.op = "QuantizedRelu", STEPS_OF(HR_QINT32));
HR_KERNEL(.op = "QuantizedRelu6", STEPS_OF(HR_QUINT8), .argument = &six);
HR_KERNEL(.op = "QuantizedRelu6", STEPS_OF(HR_QINT32), .argument = &six);
