#include "kernels_cpu/quantized/steps.h"

#include <stdio.h>

hr_status hr_limit_input(const hr_kernel_context *ctx, int index, const char *what, float *out) {
  const hr_tensor *t = hr_input(ctx, index);
  if (t->elements < 1)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be a scalar, not of shape %s", what, HR_TENSOR_SHAPE_TEXT(t));
  *out = *(const float *)hr_tensor_data(t);
  return HR_SUCCESS;
}

hr_status hr_range_input(const hr_kernel_context *ctx, int index, const char *name, hr_range *out) {
  char what[32];
  snprintf(what, sizeof what, "min_%s", name);
  HR_TRY(hr_limit_input(ctx, index, what, &out->low));
  snprintf(what, sizeof what, "max_%s", name);
  return hr_limit_input(ctx, index + 1, what, &out->high);
}

hr_status hr_wide_range_input(const hr_kernel_context *ctx, int index, const char *name, hr_range *out) {
  HR_TRY(hr_range_input(ctx, index, name, out));
  if (!(out->high > out->low))
    return hr_error(HR_INVALID_ARGUMENT, "max_%s must be larger than min_%s, but they are %g and %g", name, name,
                    (double)out->high, (double)out->low);
  return HR_SUCCESS;
}

hr_status hr_keep_range(hr_kernel_context *ctx, int index, const char *name,
                        hr_status (*compute)(hr_kernel_context *ctx)) {
  hr_range range;
  HR_TRY(hr_range_input(ctx, index, name, &range));
  HR_TRY(compute(ctx));
  hr_output_range(ctx, range);
  return HR_SUCCESS;
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

static int bits_of(hr_dtype dtype) { return 8 * (int)hr_dtype_size(dtype); }
static bool is_signed(hr_dtype dtype) { return dtype != HR_QUINT8 && dtype != HR_QUINT16; }

int64_t hr_least_step(hr_dtype dtype) { return is_signed(dtype) ? -(INT64_C(1) << (bits_of(dtype) - 1)) : 0; }
int64_t hr_most_step(hr_dtype dtype) { return (INT64_C(1) << (bits_of(dtype) - is_signed(dtype))) - 1; }

int32_t hr_step_at(const void *steps, hr_dtype dtype, int64_t i) {
  switch (dtype) {
  case HR_QINT8: return ((const int8_t *)steps)[i];
  case HR_QUINT8: return ((const uint8_t *)steps)[i];
  case HR_QINT16: return ((const int16_t *)steps)[i];
  case HR_QUINT16: return ((const uint16_t *)steps)[i];
  default: return ((const int32_t *)steps)[i];
  }
}

void hr_set_step(void *steps, hr_dtype dtype, int64_t i, int32_t step) {
  switch (hr_dtype_size(dtype)) {
  case 1: ((uint8_t *)steps)[i] = (uint8_t)step; break;
  case 2: ((uint16_t *)steps)[i] = (uint16_t)step; break;
  default: ((int32_t *)steps)[i] = step;
  }
}

/* How wide the range is with one step more than it has. */
static double extended(hr_range range, double steps) {
  return (double)(range.high - range.low) * (steps / (steps - 1));
}

int64_t hr_unbounded_step_of(hr_dtype dtype, float x, hr_range range) {
  if (range.low == range.high) return hr_least_step(dtype);
  double steps = ldexp(1, bits_of(dtype)), scale = steps / extended(range, steps);
  uint64_t step = (uint64_t)hr_to_int64(round(x * scale) - round(range.low * scale));
  return (int64_t)(step + (uint64_t)hr_least_step(dtype));
}

int64_t hr_step_of(hr_dtype dtype, float x, hr_range range) {
  int64_t step = hr_unbounded_step_of(dtype, x, range), least = hr_least_step(dtype), most = hr_most_step(dtype);
  return step < least ? least : step > most ? most : step;
}

float hr_number_of(hr_dtype dtype, int64_t step, hr_range range) {
  if (range.low == range.high) return range.low;
  double steps = ldexp(1, bits_of(dtype)), scale = extended(range, steps) / steps;
  float low = roundf(range.low / (float)scale) * (float)scale; /* a whole number of steps from zero, in float */
  return (float)((double)low + (double)(step - hr_least_step(dtype)) * scale);
}

hr_from_steps hr_from_steps_of(hr_dtype dtype, hr_range range) {
  double intervals = (double)(hr_most_step(dtype) - hr_least_step(dtype));
  hr_from_steps f = {.scale = (float)((double)(range.high - range.low) / intervals)};
  float low = range.high == range.low ? range.low : roundf(range.low / f.scale) * f.scale;
  f.low = low - (float)hr_least_step(dtype) * f.scale;
  return f;
}

hr_to_steps hr_to_steps_of(hr_dtype dtype, hr_range range) {
  double intervals = (double)(hr_most_step(dtype) - hr_least_step(dtype));
  hr_to_steps t = {.least = (float)hr_least_step(dtype), .most = fminf((float)hr_most_step(dtype), 0x1.fffffep30f)};
  t.scale = range.high == range.low ? 0 : (float)(intervals / (double)(range.high - range.low));
  t.shift = roundf(range.low * t.scale) - t.least;
  return t;
}

/* ---- ranges of results ------------------------------------------------------------------------------------------- */

static float step_size(hr_dtype dtype, hr_range range) {
  return (range.high - range.low) / (float)(hr_most_step(dtype) - hr_least_step(dtype));
}

hr_range hr_product_range(hr_dtype a_dtype, hr_range a, hr_dtype b_dtype, hr_range b, hr_dtype out) {
  float step = step_size(a_dtype, a) * step_size(b_dtype, b);
  return (hr_range){step * (float)hr_least_step(out), step * (float)hr_most_step(out)};
}

/* The first, where one of them is no number. */
static float larger(float a, float b) { return a < b ? b : a; }

hr_range hr_sum_range(hr_range a, hr_range b, int bits) {
  float high = larger(a.high, larger(-a.low, larger(b.high, -b.low))) * (float)(1 << bits);
  return (hr_range){-high, high};
}
