/* QuantizedConcat: steps of several ranges behind each other, as steps of one that holds them all. */
#include "kernels_cpu/concat.h"
#include "kernels_cpu/quantized/steps.h"

#include <inttypes.h>

typedef struct job {
  hr_dtype dtype;
  int64_t row, piece, offset; /* elements of a row of the output, and what of it comes from one input */
  void *steps;
  hr_from_steps read;
  hr_to_steps write;
} job;

static void rescale(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  for (int64_t i = begin; i < end; ++i) {
    int64_t at = i / j->piece * j->row + j->offset + i % j->piece;
    float x = hr_from_step(&j->read, (float)hr_step_at(j->steps, j->dtype, at));
    hr_set_step(j->steps, j->dtype, at, hr_to_step(&j->write, x));
  }
}

static hr_range range_at(const hr_kernel_context *ctx, int count, int i) {
  return (hr_range){*(const float *)hr_tensor_data(hr_input(ctx, 1 + count + i)),
                    *(const float *)hr_tensor_data(hr_input(ctx, 1 + 2 * count + i))};
}

static hr_status concat(hr_kernel_context *ctx) {
  int count = (hr_input_count(ctx) - 1) / 3;
  hr_range all = {0};
  for (int i = 0; i < count; ++i) {
    hr_range range;
    HR_TRY(hr_limit_input(ctx, 1 + count + i, "input_mins", &range.low));
    HR_TRY(hr_limit_input(ctx, 1 + 2 * count + i, "input_maxes", &range.high));
    all.low = range.low < all.low ? range.low : all.low;
    all.high = i == 0 || range.high > all.high ? range.high : all.high;
  }
  if (hr_least_step(hr_tensor_dtype(hr_input(ctx, 1))) < 0) {
    all.high = fabsf(all.high) > -all.low ? fabsf(all.high) : -all.low;
    all.low = -all.high;
  }
  int64_t wanted;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 0), "Concat dim tensor", &wanted));
  if (wanted < 0)
    return hr_error(HR_INVALID_ARGUMENT, "Expected concatenating dimensions in the range [0, %d), but got %" PRId64,
                    hr_input(ctx, 1)->rank, wanted);
  HR_TRY(hr_concat(ctx, 0, 1, count));
  int axis = (int)wanted;
  hr_tensor *out = hr_output_slot(ctx, 0);
  int64_t outer = hr_dims_product(out, 0, axis);
  job j = {.dtype = hr_tensor_dtype(out), .steps = hr_tensor_data(out)};
  j.row = hr_dims_product(out, axis, out->rank);
  j.write = hr_to_steps_of(j.dtype, all);
  for (int i = 0; i < count; ++i, j.offset += j.piece) {
    hr_range range = range_at(ctx, count, i);
    j.piece = hr_dims_product(hr_input(ctx, 1 + i), axis, out->rank);
    j.read = hr_from_steps_of(j.dtype, range);
    bool fits = range.low == all.low && range.high == all.high;
    if (!fits && j.piece > 0) hr_parallel_for(ctx, outer * j.piece, 4, rescale, &j);
  }
  hr_output_range(ctx, all);
  return HR_SUCCESS;
}

HR_KERNEL(.op = "QuantizedConcat", .types = {{"T", HR_TYPE_BIT(HR_QUINT8) | HR_TYPE_BIT(HR_QINT32)}},
          .compute = concat);
