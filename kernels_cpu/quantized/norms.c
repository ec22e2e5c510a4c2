/* QuantizedInstanceNorm, QuantizedBatchNormWithGlobalNormalization. */
#include "kernels_cpu/quantized/steps.h"

#include <stdlib.h>

static hr_status check_images(const hr_tensor *x) { return hr_rank_check(x, 4, "input"); }

/* ---- by the moments of each image and channel -------------------------------------------------------------------- */

typedef struct settings {
  bool range_given;
  hr_range range;
  float epsilon, separation;
} settings;

static hr_status instance_create(const hr_kernel_construction *c, void **state) {
  settings s;
  HR_TRY(hr_construction_bool(c, "output_range_given", &s.range_given));
  HR_TRY(hr_construction_float(c, "given_y_min", &s.range.low));
  HR_TRY(hr_construction_float(c, "given_y_max", &s.range.high));
  HR_TRY(hr_construction_float(c, "variance_epsilon", &s.epsilon));
  HR_TRY(hr_construction_float(c, "min_separation", &s.separation));
  if (s.range_given && !(s.range.low < s.range.high))
    return hr_error(HR_INVALID_ARGUMENT, "given_y_min must be less than given_y_max : %g >= %g", (double)s.range.low,
                    (double)s.range.high);
  settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a kernel");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

typedef struct instance_job {
  int64_t pixels, channels;
  float epsilon;
  hr_from_steps read;
  const uint8_t *x;
  float *y;
} instance_job;

static void normalize_images(void *argument, int64_t begin, int64_t end) {
  const instance_job *j = argument;
  int64_t stride = j->channels;
  for (int64_t i = begin; i < end; ++i) { /* channels of images */
    int64_t first = i / stride * j->pixels * stride + i % stride;
    const uint8_t *x = j->x + first;
    float *y = j->y + first, sum = 0, squares = 0;
    for (int64_t p = 0; p < j->pixels; ++p)
      sum += y[p * stride] = hr_from_step(&j->read, x[p * stride]);
    float mean = sum / (float)j->pixels;
    for (int64_t p = 0; p < j->pixels; ++p) {
      y[p * stride] -= mean;
      squares += y[p * stride] * y[p * stride];
    }
    float factor = 1 / sqrtf(squares / (float)j->pixels + j->epsilon);
    for (int64_t p = 0; p < j->pixels; ++p)
      y[p * stride] *= factor;
  }
}

/* The range that the numbers have, no narrower than `separation`. */
static hr_range range_of(const float *y, int64_t count, float separation) {
  hr_range range = {INFINITY, -INFINITY};
  for (int64_t i = 0; i < count; ++i) {
    range.low = fminf(range.low, y[i]);
    range.high = fmaxf(range.high, y[i]);
  }
  range.high = fmaxf(range.high, range.low + separation);
  return range;
}

static hr_status instance_norm(hr_kernel_context *ctx) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0);
  hr_range range;
  HR_TRY(hr_range_input(ctx, 1, "x", &range));
  if (!(range.low < range.high))
    return hr_error(HR_INVALID_ARGUMENT, "input_min must be less than input_max : %g >= %g", (double)range.low,
                    (double)range.high);
  HR_TRY(check_images(x));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out, normalized;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &shape, &normalized));
  instance_job j = {.pixels = x->dims[1] * x->dims[2], .channels = x->dims[3], .epsilon = s->epsilon};
  j.read = hr_from_steps_of(HR_QUINT8, range);
  j.x = hr_tensor_data(x);
  j.y = hr_tensor_data(&normalized);
  if (x->elements > 0) hr_parallel_for(ctx, x->dims[0] * j.channels, 4 * (double)j.pixels, normalize_images, &j);
  hr_range result = s->range_given ? s->range : range_of(j.y, x->elements, s->separation);
  hr_to_steps write = hr_to_steps_of(HR_QUINT8, result);
  uint8_t *to = hr_tensor_data(out);
  for (int64_t i = 0; i < x->elements; ++i)
    to[i] = (uint8_t)hr_to_step(&write, j.y[i]);
  hr_tensor_clear(&normalized);
  hr_output_range(ctx, result);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "QuantizedInstanceNorm", .types = {{"T", HR_TYPE_BIT(HR_QUINT8)}}, .create = instance_create,
          .destroy = free, .compute = instance_norm);

/* ---- by moments that are given ----------------------------------------------------------------------------------- */

enum { MEAN, VARIANCE, BETA, GAMMA, VECTORS };

/* The number that a channel has in one of the vectors. */
static float number_at(const hr_kernel_context *ctx, const hr_range ranges[VECTORS], int vector, int64_t channel) {
  const uint8_t *steps = hr_tensor_data(hr_input(ctx, 3 + 3 * vector));
  return hr_number_of(HR_QUINT8, steps[channel], ranges[vector]);
}

static hr_status batch_norm(hr_kernel_context *ctx) {
  static const char *const names[] = {"mean", "var", "beta", "gamma"};
  static const hr_range results = {-0x1p20f, 0x1p20f};
  const hr_tensor *x = hr_input(ctx, 0);
  hr_range range, ranges[VECTORS];
  HR_TRY(hr_range_input(ctx, 1, "input", &range));
  HR_TRY(check_images(x));
  int64_t depth = x->dims[3];
  for (int i = 0; i < VECTORS; ++i) {
    const hr_tensor *vector = hr_input(ctx, 3 + 3 * i);
    HR_TRY(hr_range_input(ctx, 4 + 3 * i, names[i], &ranges[i]));
    HR_TRY(hr_rank_check(vector, 1, names[i]));
    if (vector->elements != depth)
      return hr_error(HR_INVALID_ARGUMENT, "%s must have a number for each channel: %s, and input %s", names[i],
                      HR_TENSOR_SHAPE_TEXT(vector), HR_TENSOR_SHAPE_TEXT(x));
  }
  const hr_node *node = hr_context_node(ctx);
  float epsilon = hr_node_attr(node, "variance_epsilon")->f;
  bool is_scaled = hr_node_attr(node, "scale_after_normalization")->b;
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  int32_t one = (int32_t)hr_step_of(HR_QINT32, 1, results), steps[256];
  for (int i = 0; i < 256; ++i)
    steps[i] = (int32_t)hr_step_of(HR_QINT32, hr_number_of(HR_QUINT8, i, range), results);
  const uint8_t *from = hr_tensor_data(x);
  int32_t *to = hr_tensor_data(out);
  for (int64_t c = 0; c < depth; ++c) {
    float scale = 1 / sqrtf(number_at(ctx, ranges, VARIANCE, c) + epsilon);
    if (is_scaled) scale *= number_at(ctx, ranges, GAMMA, c);
    float offset = -number_at(ctx, ranges, MEAN, c) * scale + number_at(ctx, ranges, BETA, c);
    uint32_t factor = (uint32_t)hr_step_of(HR_QINT32, scale, results);
    uint32_t added = (uint32_t)hr_step_of(HR_QINT32, offset, results);
    for (int64_t i = c; i < x->elements; i += depth)
      to[i] = (int32_t)((uint32_t)((int32_t)((uint32_t)steps[from[i]] * factor) / one) + added);
  }
  hr_output_range(ctx, results);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "QuantizedBatchNormWithGlobalNormalization",
          .types = {{"Tinput", HR_TYPE_BIT(HR_QUINT8)}, {"out_type", HR_TYPE_BIT(HR_QINT32)}}, .compute = batch_norm);
