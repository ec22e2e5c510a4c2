/* FakeQuantWithMinMaxArgs, ...Vars, ...VarsPerChannel, and their gradients: numbers rounded as if they were quantized,
 * in a range that is moved so that zero is one of the steps (Jacob and others, arXiv:1712.05877). */
#include "kernels_cpu/arguments.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
  float least, most;      /* the smallest and the largest quantized number */
  float minimum, maximum; /* of ...Args */
} settings;

static hr_status create(const hr_kernel_construction *c, void **state) {
  int64_t bits;
  bool narrow;
  settings s = {0};
  HR_TRY(hr_construction_int(c, "num_bits", &bits));
  HR_TRY(hr_construction_bool(c, "narrow_range", &narrow));
  if (bits < 2 || bits > 16)
    return hr_error(HR_INVALID_ARGUMENT, "num_bits must be between 2 and 16, inclusive, got: %" PRId64, bits);
  s.least = narrow;
  s.most = (float)((1 << bits) - 1);
  if (hr_node_attr(c->node, "min")) {
    HR_TRY(hr_construction_float(c, "min", &s.minimum));
    HR_TRY(hr_construction_float(c, "max", &s.maximum));
    if (!(s.minimum < s.maximum))
      return hr_error(HR_INVALID_ARGUMENT, "min has to be smaller than max, was: %g >= %g", (double)s.minimum,
                      (double)s.maximum);
  }
  settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a range");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

/* The range as it is moved, and the size of a step. `nothing`: the range is [0, 0]. */
typedef struct range {
  float low, high, step;
  bool nothing;
} range;

static range nudged(const settings *s, float minimum, float maximum) {
  range r = {.nothing = minimum == 0 && maximum == 0};
  r.step = (maximum - minimum) / (s->most - s->least);
  float zero = s->least - minimum / r.step;
  zero = zero < s->least ? s->least : zero > s->most ? s->most : roundf(zero);
  r.low = (s->least - zero) * r.step;
  r.high = (s->most - zero) * r.step;
  return r;
}

static float quantized(const range *r, float x) {
  if (r->nothing) return 0;
  float inside = x < r->low ? r->low : x > r->high ? r->high : x;
  return floorf((inside - r->low) / r->step + 0.5f) * r->step + r->low;
}

/* The gradient of x, and what it adds to those of the limits. */
static float passed_on(const range *r, float x, float gradient, double *low, double *high) {
  if (r->nothing) return gradient;
  if (x < r->low) *low += (double)gradient;
  if (x > r->high) *high += (double)gradient;
  return x >= r->low && x <= r->high ? gradient : 0;
}

/* Input `index`: the limits of each of `channels`, or one of all where it is -1. */
static hr_status limits_of(hr_kernel_context *ctx, int index, const char *what, int64_t channels, const float **out) {
  const hr_tensor *t = hr_input(ctx, index);
  if (channels < 0 ? t->rank != 0 : t->rank != 1 || t->elements != channels)
    return hr_error(HR_INVALID_ARGUMENT, "%s has incorrect size, expected %" PRId64 ", was %s", what,
                    channels < 0 ? 1 : channels, HR_TENSOR_SHAPE_TEXT(t));
  *out = hr_tensor_data(t);
  return HR_SUCCESS;
}

typedef struct job {
  const settings *s;
  const float *x, *gradient, *minimum, *maximum;
  float *y, *low, *high; /* low, high: gradients of the limits, or NULL */
  int64_t channels, rows;
} job;

/* Channels [begin, end) of all rows; elements of a channel lie `channels` apart. */
static void work_on_channels(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  for (int64_t channel = begin; channel < end; ++channel) {
    range r = nudged(j->s, j->minimum[channel], j->maximum[channel]);
    double low = 0, high = 0;
    for (int64_t i = channel; i < j->rows * j->channels; i += j->channels)
      j->y[i] = j->gradient ? passed_on(&r, j->x[i], j->gradient[i], &low, &high) : quantized(&r, j->x[i]);
    if (!j->low) continue;
    j->low[channel] = (float)low;
    j->high[channel] = (float)high;
  }
}

/* Elements [begin, end) of one range, no gradients of limits. */
static void work_on_elements(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  range r = nudged(j->s, *j->minimum, *j->maximum);
  double unused = 0;
  for (int64_t i = begin; i < end; ++i)
    j->y[i] = j->gradient ? passed_on(&r, j->x[i], j->gradient[i], &unused, &unused) : quantized(&r, j->x[i]);
}

/* Inputs: gradients where there are any, x, and the limits where they are no attributes. */
static hr_status run(hr_kernel_context *ctx, bool is_gradient, bool per_channel) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, is_gradient);
  bool by_input = hr_input_count(ctx) > is_gradient + 1;
  job j = {.s = s,
           .x = hr_tensor_data(x),
           .minimum = &s->minimum,
           .maximum = &s->maximum,
           .channels = 1,
           .rows = x->elements};
  if (is_gradient) {
    j.gradient = hr_tensor_data(hr_input(ctx, 0));
    if (!hr_same_shape(hr_input(ctx, 0), x))
      return hr_error(HR_INVALID_ARGUMENT, "gradient and input must be the same size: %s, %s",
                      HR_TENSOR_SHAPE_TEXT(hr_input(ctx, 0)), HR_TENSOR_SHAPE_TEXT(x));
  }
  if (per_channel) {
    if (x->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "input must have channels, not be a scalar");
    j.channels = x->dims[x->rank - 1];
    j.rows = hr_dims_product(x, 0, x->rank - 1);
  }
  int64_t limits = per_channel ? j.channels : -1;
  if (by_input) {
    HR_TRY(limits_of(ctx, is_gradient + 1, "min", limits, &j.minimum));
    HR_TRY(limits_of(ctx, is_gradient + 2, "max", limits, &j.maximum));
  }
  hr_shape shape = hr_tensor_shape(x), limits_shape = {per_channel, {j.channels}};
  hr_tensor *out, *low, *high;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  j.y = hr_tensor_data(out);
  if (is_gradient && by_input) {
    HR_TRY(hr_output_new(ctx, 1, &limits_shape, &low));
    HR_TRY(hr_output_new(ctx, 2, &limits_shape, &high));
    j.low = hr_tensor_data(low);
    j.high = hr_tensor_data(high);
  }
  if (per_channel || j.low)
    hr_parallel_for(ctx, j.channels, 3 * (double)j.rows, work_on_channels, &j);
  else
    hr_parallel_for(ctx, x->elements, 2, work_on_elements, &j);
  return HR_SUCCESS;
}

static hr_status forward(hr_kernel_context *ctx) { return run(ctx, false, false); }
static hr_status forward_per_channel(hr_kernel_context *ctx) { return run(ctx, false, true); }
static hr_status gradient(hr_kernel_context *ctx) { return run(ctx, true, false); }
static hr_status gradient_per_channel(hr_kernel_context *ctx) { return run(ctx, true, true); }
#define FAKE_QUANT(name, function) HR_KERNEL(.op = name, .create = create, .destroy = free, .compute = function)
FAKE_QUANT("FakeQuantWithMinMaxArgs", forward);
FAKE_QUANT("FakeQuantWithMinMaxVars", forward);
FAKE_QUANT("FakeQuantWithMinMaxVarsPerChannel", forward_per_channel);
FAKE_QUANT("FakeQuantWithMinMaxArgsGradient", gradient);
FAKE_QUANT("FakeQuantWithMinMaxVarsGradient", gradient);
FAKE_QUANT("FakeQuantWithMinMaxVarsPerChannelGradient", gradient_per_channel);
