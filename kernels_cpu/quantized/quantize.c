/* QuantizeV2 and Dequantize: numbers as steps of a range, and back. */
#include "kernels_cpu/quantized/steps.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

typedef enum mode { MIN_COMBINED, MIN_FIRST, SCALED } mode;

/* What the attributes say. */
typedef struct settings {
  hr_dtype dtype;
  mode mode;
  bool to_even;
  double least, most; /* the smallest and the largest step */
} settings;

static hr_status create(const hr_kernel_construction *c, void **state) {
  settings s = {0};
  const hr_attr_value *mode, *round = hr_node_attr(c->node, "round_mode");
  HR_TRY(hr_construction_type(c, "T", &s.dtype));
  HR_TRY(hr_construction_attr(c, "mode", &mode));
  s.mode = strcmp(mode->s, "SCALED") == 0 ? SCALED : strcmp(mode->s, "MIN_FIRST") == 0 ? MIN_FIRST : MIN_COMBINED;
  s.to_even = round && strcmp(round->s, "HALF_TO_EVEN") == 0;
  if (s.to_even && s.mode != SCALED)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Round mode 'HALF_TO_EVEN' only supported for mode 'SCALED', but mode is '%s'.", mode->s);
  s.most = (double)hr_most_step(s.dtype);
  s.least = (double)hr_least_step(s.dtype);
  settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a range");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

/* What is half of a signed type's range, and 0 of another's. */
static float half_range(const settings *s) { return s->least < 0 ? (float)((s->most - s->least + 1) / 2) : 0; }

typedef struct job {
  const settings *s;
  float low, high, scale, shift;
  hr_to_steps first; /* of MIN_FIRST */
  const void *from;
  void *to;
} job;

/* ---- to steps ---------------------------------------------------------------------------------------------------- */

static int32_t step_of(const job *j, float x) {
  const settings *s = j->s;
  if (s->mode == MIN_FIRST) return hr_to_step(&j->first, x);
  if (isnan(x)) return 0; /* so in TensorFlow, where MIN_FIRST alone makes it the smallest number */
  x = x > j->high ? j->high : x;
  x = x < j->low ? j->low : x;
  if (s->mode == SCALED) return hr_to_int32(s->to_even ? rintf(x * j->scale) : roundf(x * j->scale));
  x = (x - j->low) * j->scale;
  return hr_to_int32(s->least < 0 ? roundf(x - j->shift) : x + 0.5f);
}

static void quantize_range(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  const float *x = j->from;
  for (int64_t i = begin; i < end; ++i)
    hr_set_step(j->to, j->s->dtype, i, step_of(j, x[i]));
}

/* The first, where one of them is no number. */
static float larger(float a, float b) { return a < b ? b : a; }

/* The range that holds zero and is not empty, and how steps of it are made. */
static void prepare(const settings *s, float least, float most, job *j) {
  j->low = least < 0 ? least : 0;
  float apart = larger(1, larger(fabsf(least), fabsf(most))) / 100;
  j->high = larger(0, larger(most, j->low + apart));
  if (s->mode == MIN_COMBINED) {
    j->scale = (float)((s->most - s->least) / (double)(j->high - j->low));
    j->shift = half_range(s);
  } else if (s->mode == MIN_FIRST) {
    j->first = hr_to_steps_of(s->dtype, (hr_range){j->low, j->high});
  } else {
    float first = (float)s->least, last = (float)s->most;
    float of_low = first * j->low > 0 ? first / j->low : FLT_MAX;
    float of_high = last * j->high > 0 ? last / j->high : FLT_MAX;
    j->scale = fminf(of_low, of_high);
    j->low = first / j->scale;
    j->high = last / j->scale;
  }
}

static hr_status quantize(hr_kernel_context *ctx) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0);
  float least, most;
  HR_TRY(hr_limit_input(ctx, 1, "min_range", &least));
  HR_TRY(hr_limit_input(ctx, 2, "max_range", &most));
  if (most < least) return hr_error(HR_INVALID_ARGUMENT, "input_max_range must be larger than input_min_range.");
  job j = {.s = s, .from = hr_tensor_data(x)};
  prepare(s, least, most, &j);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  j.to = hr_tensor_data(out);
  hr_parallel_for(ctx, x->elements, 2, quantize_range, &j);
  hr_output_range(ctx, (hr_range){j.low, j.high});
  return HR_SUCCESS;
}

/* ---- and back ---------------------------------------------------------------------------------------------------- */

static float step_at(const job *j, int64_t i) { return (float)hr_step_at(j->from, j->s->dtype, i); }

static void dequantize_range(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  float *y = j->to;
  for (int64_t i = begin; i < end; ++i)
    y[i] = (step_at(j, i) + j->shift) * j->scale + j->low;
}

/* TensorFlow takes scaled steps back to integers once more: those that a float makes 2^31 turn negative. */
static void dequantize_scaled(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  float *y = j->to;
  for (int64_t i = begin; i < end; ++i)
    y[i] = (float)hr_to_int32(step_at(j, i)) * j->scale;
}

static hr_status dequantize(hr_kernel_context *ctx) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0);
  float least, most, first = (float)s->least, last = (float)s->most;
  HR_TRY(hr_limit_input(ctx, 1, "min_range", &least));
  HR_TRY(hr_limit_input(ctx, 2, "max_range", &most));
  job j = {.s = s, .from = hr_tensor_data(x)};
  if (s->mode == MIN_COMBINED) {
    j.scale = (most - least) / (last - first);
    j.shift = half_range(s);
    j.low = least;
  } else if (s->mode == MIN_FIRST) {
    hr_from_steps steps = hr_from_steps_of(s->dtype, (hr_range){least, most});
    j.scale = steps.scale;
    j.low = steps.low;
  } else {
    j.scale = s->least < 0 ? fmaxf(least / first, most / last) : most / last;
  }
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  j.to = hr_tensor_data(out);
  hr_parallel_for(ctx, x->elements, 1, s->mode == SCALED ? dequantize_scaled : dequantize_range, &j);
  return HR_SUCCESS;
}

HR_KERNEL(.op = "QuantizeV2", .types = {{"T", HR_STEP_TYPES}}, .create = create, .destroy = free, .compute = quantize);
HR_KERNEL(.op = "Dequantize", .types = {{"T", HR_STEP_TYPES}}, .create = create, .destroy = free,
          .compute = dequantize);
