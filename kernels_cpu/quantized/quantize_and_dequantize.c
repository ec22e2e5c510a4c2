/* QuantizeAndDequantize, ...V2, ...V3: numbers rounded to steps of a range. */
#include "kernels_cpu/arguments.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
  bool is_signed, range_given, is_narrow, half_up;
  int64_t bits;           /* 0: an input says it */
  float minimum, maximum; /* where they are attributes */
} settings;

static hr_status check_bits(const settings *s, int64_t bits) {
  if (bits > 0 && bits < (s->is_signed ? 62 : 63)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "num_bits is out of range: %" PRId64 " with signed_input_ %d", bits,
                  s->is_signed);
}

static hr_status check_range(double low, double high) {
  if (low <= high) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Invalid range: input_min %g > input_max %g", low, high);
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  settings s = {0};
  const hr_attr_value *round = hr_node_attr(c->node, "round_mode");
  s.half_up = round && strcmp(round->s, "HALF_UP") == 0;
  HR_TRY(hr_construction_bool(c, "signed_input", &s.is_signed));
  HR_TRY(hr_construction_bool(c, "range_given", &s.range_given));
  if (hr_node_attr(c->node, "narrow_range")) HR_TRY(hr_construction_bool(c, "narrow_range", &s.is_narrow));
  if (hr_node_attr(c->node, "num_bits")) {
    HR_TRY(hr_construction_int(c, "num_bits", &s.bits));
    HR_TRY(check_bits(&s, s.bits));
  }
  if (hr_node_attr(c->node, "input_min")) {
    HR_TRY(hr_construction_float(c, "input_min", &s.minimum));
    HR_TRY(hr_construction_float(c, "input_max", &s.maximum));
    if (s.range_given) HR_TRY(check_range((double)s.minimum, (double)s.maximum));
  }
  settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a range");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

typedef struct job {
  bool clip, half_up;
  int64_t least, most; /* the smallest and the largest step */
  double low, high, scale, step;
  const void *x;
  void *y;
} job;

/* All in the type of the numbers, which a double holds exactly between two operations. */
#define OF_TYPE(type, name, largest, round_even, round_down)                                                           \
  static void range_##name(job *j, const type *x, int64_t count) {                                                     \
    type low = INFINITY, high = -INFINITY;                                                                             \
    for (int64_t i = 0; i < count; ++i) {                                                                              \
      low = x[i] < low ? x[i] : low;                                                                                   \
      high = x[i] > high ? x[i] : high;                                                                                \
    }                                                                                                                  \
    j->low = low, j->high = high;                                                                                      \
  }                                                                                                                    \
  static void steps_##name(job *j) {                                                                                   \
    type least = (type)j->least, most = (type)j->most, low = (type)j->low, high = (type)j->high;                       \
    type of_low = least * low > 0 ? least / low : largest, of_high = most * high > 0 ? most / high : largest, step;    \
    if (of_low < of_high) {                                                                                            \
      step = low / least;                                                                                              \
      high = most * step;                                                                                              \
    } else {                                                                                                           \
      step = high / most;                                                                                              \
      low = least * step;                                                                                              \
    }                                                                                                                  \
    j->scale = of_low < of_high ? of_low : of_high;                                                                    \
    j->low = low, j->high = high, j->step = step;                                                                      \
  }                                                                                                                    \
  static void round_##name(void *argument, int64_t begin, int64_t end) {                                               \
    const job *j = argument;                                                                                           \
    type low = (type)j->low, high = (type)j->high, scale = (type)j->scale, step = (type)j->step, *y = j->y;            \
    const type *from = j->x;                                                                                           \
    for (int64_t i = begin; i < end; ++i) {                                                                            \
      type x = from[i];                                                                                                \
      if (j->clip) {                                                                                                   \
        x = x > high ? high : x;                                                                                       \
        x = x < low ? low : x;                                                                                         \
      }                                                                                                                \
      x = x * scale;                                                                                                   \
      y[i] = (j->half_up ? round_down(x + (type)0.5) : round_even(x)) * step;                                          \
    }                                                                                                                  \
  }
OF_TYPE(float, f32, FLT_MAX, rintf, floorf)
OF_TYPE(double, f64, DBL_MAX, rint, floor)

static hr_status scalar_of(hr_kernel_context *ctx, int index, const char *what, const hr_tensor **out) {
  *out = hr_input(ctx, index);
  return hr_rank_check(*out, 0, what);
}

static double number_of(const hr_tensor *t) {
  return hr_tensor_dtype(t) == HR_FLOAT ? (double)*(const float *)hr_tensor_data(t)
                                        : *(const double *)hr_tensor_data(t);
}

static hr_status run(hr_kernel_context *ctx) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0), *t;
  int64_t bits = s->bits;
  job j = {.clip = s->range_given, .half_up = s->half_up, .low = (double)s->minimum, .high = (double)s->maximum};
  if (hr_input_count(ctx) > 1) {
    HR_TRY(scalar_of(ctx, 1, "input_min", &t));
    j.low = number_of(t);
    HR_TRY(scalar_of(ctx, 2, "input_max", &t));
    j.high = number_of(t);
  }
  if (hr_input_count(ctx) > 3) {
    HR_TRY(scalar_of(ctx, 3, "num_bits", &t));
    bits = *(const int32_t *)hr_tensor_data(t);
    HR_TRY(check_bits(s, bits));
  }
  if (s->range_given) HR_TRY(check_range(j.low, j.high));
  j.most = (INT64_C(1) << (bits - s->is_signed)) - 1;
  j.least = !s->is_signed ? 0 : s->is_narrow ? -j.most : -j.most - 1;
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  bool is_float = hr_tensor_dtype(x) == HR_FLOAT;
  j.x = hr_tensor_data(x);
  if (!s->range_given) (is_float ? range_f32(&j, j.x, x->elements) : range_f64(&j, j.x, x->elements));
  (is_float ? steps_f32 : steps_f64)(&j);
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  j.y = hr_tensor_data(out);
  hr_parallel_for(ctx, x->elements, 2, is_float ? round_f32 : round_f64, &j);
  return HR_SUCCESS;
}

#define FLOATING (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE))
#define ROUNDING(name)                                                                                                 \
  HR_KERNEL(.op = name, .types = {{"T", FLOATING}}, .create = create, .destroy = free, .compute = run)
ROUNDING("QuantizeAndDequantize");
ROUNDING("QuantizeAndDequantizeV2");
ROUNDING("QuantizeAndDequantizeV3");
