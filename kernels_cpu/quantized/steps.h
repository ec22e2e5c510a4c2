/* Steps of a range: numbers kept as small integers, of which the smallest stands for the range's low end and the
 * largest for its high one. How kernels go from one to the other, with TensorFlow's roundings: single numbers in
 * double, and many of them in float. */
#ifndef HR_KERNELS_CPU_QUANTIZED_STEPS_H
#define HR_KERNELS_CPU_QUANTIZED_STEPS_H

#include "kernels_cpu/arguments.h"

#include <math.h>

#define HR_STEP_TYPES                                                                                                  \
  (HR_TYPE_BIT(HR_QINT8) | HR_TYPE_BIT(HR_QUINT8) | HR_TYPE_BIT(HR_QINT16) | HR_TYPE_BIT(HR_QUINT16) |                 \
   HR_TYPE_BIT(HR_QINT32))

typedef struct hr_range {
  float low, high;
} hr_range;

/* ---- inputs and outputs ------------------------------------------------------------------------------------------ */

/* The first number of input `index`. InvalidArgument naming `what` where there is none. */
HR_MUST_USE hr_status hr_limit_input(const hr_kernel_context *ctx, int index, const char *what, float *out);
/* The range that inputs `index` and `index` + 1 are, of what the op calls `name`. */
HR_MUST_USE hr_status hr_range_input(const hr_kernel_context *ctx, int index, const char *name, hr_range *out);
/* The same, and InvalidArgument where the range is empty. */
HR_MUST_USE hr_status hr_wide_range_input(const hr_kernel_context *ctx, int index, const char *name, hr_range *out);
/* An op on steps, or on numbers, whose range stays as it is: `compute`, and inputs `index` and `index` + 1 as the
 * range. */
HR_MUST_USE hr_status hr_keep_range(hr_kernel_context *ctx, int index, const char *name,
                                    hr_status (*compute)(hr_kernel_context *ctx));
/* Outputs 1 and 2. */
static inline void hr_output_range(hr_kernel_context *ctx, hr_range range) {
  hr_output_f32(ctx, 1, range.low);
  hr_output_f32(ctx, 2, range.high);
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

/* The smallest and the largest step of a type. */
int64_t hr_least_step(hr_dtype dtype);
int64_t hr_most_step(hr_dtype dtype);

/* The integers that steps of a type are kept as; any other type itself. */
static inline hr_dtype hr_kept_as(hr_dtype dtype) {
  switch (dtype) {
  case HR_QINT8: return HR_INT8;
  case HR_QUINT8: return HR_UINT8;
  case HR_QINT16: return HR_INT16;
  case HR_QUINT16: return HR_UINT16;
  case HR_QINT32: return HR_INT32;
  default: return dtype;
  }
}

/* Conversions that the processor cannot make give the smallest number. */
static inline int32_t hr_to_int32(float x) { return x >= -0x1p31f && x < 0x1p31f ? (int32_t)x : INT32_MIN; }
static inline int64_t hr_to_int64(double x) { return x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN; }

/* Step i of steps of any type. */
int32_t hr_step_at(const void *steps, hr_dtype dtype, int64_t i);
void hr_set_step(void *steps, hr_dtype dtype, int64_t i, int32_t step);

/* Of one number: the step nearest to it, which may lie beyond the type's, or not. */
int64_t hr_unbounded_step_of(hr_dtype dtype, float x, hr_range range);
int64_t hr_step_of(hr_dtype dtype, float x, hr_range range);
/* Of one step: the number that it stands for. */
float hr_number_of(hr_dtype dtype, int64_t step, hr_range range);

/* Of many. */
typedef struct hr_from_steps {
  float scale, low;
} hr_from_steps;
typedef struct hr_to_steps {
  float scale, shift, least, most;
} hr_to_steps;
hr_from_steps hr_from_steps_of(hr_dtype dtype, hr_range range);
hr_to_steps hr_to_steps_of(hr_dtype dtype, hr_range range);
static inline float hr_from_step(const hr_from_steps *f, float step) { return step * f->scale + f->low; }
static inline int32_t hr_to_step(const hr_to_steps *t, float x) {
  float step = roundf(x * t->scale) - t->shift;
  step = step < t->least ? t->least : step;
  return hr_to_int32(step > t->most ? t->most : step);
}

/* ---- ranges of results ------------------------------------------------------------------------------------------- */

/* Of products of steps, which are counted from zero on, and of their sums, in type `out`. */
hr_range hr_product_range(hr_dtype a_dtype, hr_range a, hr_dtype b_dtype, hr_range b, hr_dtype out);
/* Of sums of two numbers as qint32, with room for 2^`bits` of them. */
hr_range hr_sum_range(hr_range a, hr_range b, int bits);

#endif
