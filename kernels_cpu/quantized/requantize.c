/* Sums of products (qint32) as steps of a smaller type: Requantize, RequantizationRange, QuantizeDownAndShrinkRange. */
#include "kernels_cpu/quantized/steps.h"

typedef struct job {
  const int32_t *from;
  void *to;
  hr_dtype dtype;
  hr_from_steps read;
  hr_to_steps write;
  int64_t scale, shift; /* of 16 bits behind the point, for quint8 */
} job;

/* TensorFlow takes steps to quint8 by integers, made of the steps as floats, which have 24 bits ... */
static void to_quint8(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  uint8_t *to = j->to;
  for (int64_t i = begin; i < end; ++i) {
    int64_t x = (int64_t)(float)j->from[i];
    int64_t product = (int64_t)((uint64_t)x * (uint64_t)j->scale) >> 32;
    int64_t step = (int64_t)((uint64_t)product + (uint64_t)j->shift) >> 16;
    to[i] = (uint8_t)(step < 0 ? 0 : step > 255 ? 255 : step);
  }
}

static void prepare_quint8(job *j, hr_range from, hr_range to) {
  float width = from.high - from.low, to_width = to.high - to.low;
  float scale = to_width == 0 ? 0 : (float)(255.0 / (double)to_width);
  float middle = (from.low + from.high) / 2;
  j->scale = to_width == 0 ? 0 : hr_to_int64(255.0 * 65536 * (double)width / (double)to_width);
  int64_t in = hr_to_int64((double)(middle * scale * 65536));
  int64_t out = to_width == 0 ? 0 : hr_to_int64(65536 * ((double)to.low * 255.0) / (double)to_width);
  j->shift = (int64_t)((uint64_t)in - (uint64_t)out + 32768);
}

/* ... and to other types by floats. */
static void to_others(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  for (int64_t i = begin; i < end; ++i)
    hr_set_step(j->to, j->dtype, i, hr_to_step(&j->write, hr_from_step(&j->read, (float)j->from[i])));
}

/* Output 0: input 0, steps of `from`, as steps of `to`; outputs 1 and 2: `to`. */
static hr_status requantize_to(hr_kernel_context *ctx, hr_range from, hr_range to) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  job j = {.from = hr_tensor_data(x), .to = hr_tensor_data(out), .dtype = hr_tensor_dtype(out)};
  if (j.dtype == HR_QUINT8) {
    prepare_quint8(&j, from, to);
  } else {
    j.read = hr_from_steps_of(HR_QINT32, from);
    j.write = hr_to_steps_of(j.dtype, to);
  }
  hr_parallel_for(ctx, x->elements, 2, j.dtype == HR_QUINT8 ? to_quint8 : to_others, &j);
  hr_output_range(ctx, to);
  return HR_SUCCESS;
}

/* What input 0, steps of `from`, really holds. The lower end is no larger than zero. */
static hr_range used_range(const hr_kernel_context *ctx, hr_range from) {
  const hr_tensor *x = hr_input(ctx, 0);
  const int32_t *steps = hr_tensor_data(x);
  int32_t least = INT32_MAX, most = INT32_MIN;
  for (int64_t i = 0; i < x->elements; ++i) {
    least = steps[i] < least ? steps[i] : least;
    most = steps[i] > most ? steps[i] : most;
  }
  float low = hr_number_of(HR_QINT32, least, from);
  return (hr_range){low < 0 ? low : 0, hr_number_of(HR_QINT32, most, from)};
}

static hr_status requantize(hr_kernel_context *ctx) {
  hr_range from, to;
  HR_TRY(hr_range_input(ctx, 1, "input", &from));
  HR_TRY(hr_limit_input(ctx, 3, "requested_output_min", &to.low));
  HR_TRY(hr_limit_input(ctx, 4, "requested_output_max", &to.high));
  if (!(to.low <= 0))
    return hr_error(HR_INVALID_ARGUMENT, "requested_output_min must be <= 0, but got %g", (double)to.low);
  if (!(to.high >= to.low))
    return hr_error(HR_INVALID_ARGUMENT, "requested_output_max must be >= requested_output_min, but got %g and %g",
                    (double)to.high, (double)to.low);
  return requantize_to(ctx, from, to);
}

static hr_status shrink_range(hr_kernel_context *ctx) {
  hr_range from;
  HR_TRY(hr_range_input(ctx, 1, "input", &from));
  return requantize_to(ctx, from, used_range(ctx, from));
}

static hr_status requantization_range(hr_kernel_context *ctx) {
  hr_range from;
  HR_TRY(hr_range_input(ctx, 1, "input", &from));
  hr_range used = used_range(ctx, from);
  hr_output_f32(ctx, 0, used.low);
  hr_output_f32(ctx, 1, used.high);
  return HR_SUCCESS;
}

#define SUMS HR_TYPE_BIT(HR_QINT32)
HR_KERNEL(.op = "Requantize", .types = {{"Tinput", SUMS}, {"out_type", HR_TYPE_BIT(HR_QINT8) | HR_TYPE_BIT(HR_QUINT8)}},
          .compute = requantize);
HR_KERNEL(.op = "QuantizeDownAndShrinkRange", .types = {{"Tinput", SUMS}, {"out_type", HR_TYPE_BIT(HR_QUINT8)}},
          .compute = shrink_range);
HR_KERNEL(.op = "RequantizationRange", .types = {{"Tinput", SUMS}}, .compute = requantization_range);
