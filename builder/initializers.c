/* Initialisers. */
#include "builder/builder.h"
#include "headrace/variables.h"
#include <math.h>

static hr_output zeros_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape, hr_dtype dtype) {
  (void)self;
  return hr_zeros(scope, *shape, .dtype = dtype);
}
hr_initializer hr_zeros_initializer(void) { return (hr_initializer){.call = zeros_call}; }

static hr_output ones_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape, hr_dtype dtype) {
  (void)self;
  return hr_ones(scope, *shape, .dtype = dtype);
}
hr_initializer hr_ones_initializer(void) { return (hr_initializer){.call = ones_call}; }

/* ---- constants ------------------------------------------------------------------------------------------------- */

static hr_output constant_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                               hr_dtype dtype) {
  return hr_constant_with(scope, self->low, &(hr_constant_options){dtype, *shape, false, NULL});
}
hr_initializer hr_constant_initializer_of(hr_operand value) {
  return (hr_initializer){.call = constant_call, .low = value};
}

/* ---- random numbers -------------------------------------------------------------------------------------------- */

static hr_output uniform(hr_scope scope, const hr_partial_shape *shape, hr_dtype dtype, hr_operand low, hr_operand high,
                         int64_t seed) {
  return hr_tf_random_uniform(scope, *shape, .minval = low, .maxval = high, .dtype = dtype, .seed = seed);
}

static hr_output uniform_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                              hr_dtype dtype) {
  return uniform(scope, shape, dtype, self->low, self->high, self->seed);
}
hr_initializer hr_random_uniform_initializer_of(hr_operand minval, hr_operand maxval, int64_t seed) {
  return (hr_initializer){.call = uniform_call, .low = minval, .high = maxval, .seed = seed};
}

static hr_output normal_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                             hr_dtype dtype) {
  if (self->distribution == HR_UNTRUNCATED_NORMAL)
    return hr_random_normal(scope, *shape, .mean = self->mean, .stddev = self->stddev, .dtype = dtype,
                            .seed = self->seed);
  return hr_tf_truncated_normal(scope, *shape, .mean = self->mean, .stddev = self->stddev, .dtype = dtype,
                                .seed = self->seed);
}
hr_initializer hr_random_normal_initializer(double mean, double stddev, int64_t seed) {
  return (hr_initializer){
      .call = normal_call, .mean = mean, .stddev = stddev, .distribution = HR_UNTRUNCATED_NORMAL, .seed = seed};
}
hr_initializer hr_truncated_normal_initializer(double mean, double stddev, int64_t seed) {
  return (hr_initializer){
      .call = normal_call, .mean = mean, .stddev = stddev, .distribution = HR_TRUNCATED_NORMAL, .seed = seed};
}

static hr_output unit_scaling_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                                   hr_dtype dtype) {
  double inputs = 1;
  for (int i = 0; i + 1 < shape->rank; ++i)
    inputs *= (double)shape->dims[i];
  double limit = sqrt(3 / fmax(inputs, 1)) * self->scale;
  return uniform(scope, shape, dtype, hr_operand_float(-limit), hr_operand_float(limit), self->seed);
}
hr_initializer hr_uniform_unit_scaling_initializer(double factor, int64_t seed) {
  return (hr_initializer){.call = unit_scaling_call, .scale = factor, .seed = seed};
}

/* ---- scaled by the number of inputs and outputs ---------------------------------------------------------------- */

/* Inputs and outputs of a weight: the last two sizes, times the receptive field of a convolution. */
static void count_fans(const hr_partial_shape *shape, double *in, double *out) {
  double field = 1;
  int rank = shape->rank;
  for (int i = 0; i < rank - 2; ++i)
    field *= (double)shape->dims[i];
  *out = rank < 1 ? 1 : (double)shape->dims[rank - 1] * field;
  *in = rank < 2 ? *out : (double)shape->dims[rank - 2] * field;
}

static double fan_of(const hr_partial_shape *shape, hr_fan_mode mode) {
  double in, out;
  count_fans(shape, &in, &out);
  return mode == HR_FAN_IN ? in : mode == HR_FAN_OUT ? out : (in + out) / 2;
}

/* Standard deviation of a standard normal that is cut off at two. */
#define HR_TRUNCATED_STDDEV .87962566103423978

static hr_output variance_scaling_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                                       hr_dtype dtype) {
  const hr_slice_info *part = self->part;
  const hr_partial_shape whole = part ? hr_sizes_shape(part->rank, part->full_shape) : *shape;
  double scale = self->scale / fmax(1, fan_of(&whole, self->mode));
  if (self->distribution == HR_UNIFORM) {
    double limit = sqrt(3 * scale);
    return uniform(scope, shape, dtype, hr_operand_float(-limit), hr_operand_float(limit), self->seed);
  }
  hr_initializer normal = *self;
  normal.mean = 0;
  normal.stddev = self->distribution == HR_TRUNCATED_NORMAL ? sqrt(scale) / HR_TRUNCATED_STDDEV : sqrt(scale);
  return normal_call(&normal, scope, shape, dtype);
}
hr_initializer hr_variance_scaling_initializer(double scale, hr_fan_mode mode, hr_distribution distribution,
                                               int64_t seed) {
  return (hr_initializer){
      .call = variance_scaling_call, .scale = scale, .mode = mode, .distribution = distribution, .seed = seed};
}
hr_initializer hr_glorot_uniform_initializer(int64_t seed) {
  return hr_variance_scaling_initializer(1, HR_FAN_AVG, HR_UNIFORM, seed);
}
hr_initializer hr_glorot_normal_initializer(int64_t seed) {
  return hr_variance_scaling_initializer(1, HR_FAN_AVG, HR_TRUNCATED_NORMAL, seed);
}
hr_initializer hr_he_uniform_initializer(int64_t seed) {
  return hr_variance_scaling_initializer(2, HR_FAN_IN, HR_UNIFORM, seed);
}
hr_initializer hr_he_normal_initializer(int64_t seed) {
  return hr_variance_scaling_initializer(2, HR_FAN_IN, HR_TRUNCATED_NORMAL, seed);
}
hr_initializer hr_lecun_uniform_initializer(int64_t seed) {
  return hr_variance_scaling_initializer(1, HR_FAN_IN, HR_UNIFORM, seed);
}
hr_initializer hr_lecun_normal_initializer(int64_t seed) {
  return hr_variance_scaling_initializer(1, HR_FAN_IN, HR_TRUNCATED_NORMAL, seed);
}

/* Variance 1.3 factor / n before truncation. */
static hr_output contrib_scaling_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                                      hr_dtype dtype) {
  double n = fan_of(shape, self->mode);
  if (self->distribution == HR_UNIFORM) {
    double limit = sqrt(3 * self->scale / n);
    return uniform(scope, shape, dtype, hr_operand_float(-limit), hr_operand_float(limit), self->seed);
  }
  hr_initializer normal = *self;
  normal.mean = 0;
  normal.stddev = sqrt(1.3 * self->scale / n);
  return normal_call(&normal, scope, shape, dtype);
}
hr_initializer hr_contrib_variance_scaling_initializer(double factor, hr_fan_mode mode, bool uniform_, int64_t seed) {
  return (hr_initializer){.call = contrib_scaling_call,
                          .scale = factor,
                          .mode = mode,
                          .distribution = uniform_ ? HR_UNIFORM : HR_TRUNCATED_NORMAL,
                          .seed = seed};
}
hr_initializer hr_xavier_initializer(bool uniform_, int64_t seed) {
  return hr_contrib_variance_scaling_initializer(1, HR_FAN_AVG, uniform_, seed);
}

/* ---- matrices -------------------------------------------------------------------------------------------------- */

static hr_output identity_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                               hr_dtype dtype) {
  if (shape->rank != 2) return hr_refuse(scope, "Identity matrix initializer can only be used for 2D matrices.");
  hr_output eye = hr_eye(scope, shape->dims[0], .columns = shape->dims[1], .dtype = dtype);
  return hr_times(scope, self->scale, eye);
}
hr_initializer hr_identity_initializer(double gain) { return (hr_initializer){.call = identity_call, .scale = gain}; }

/* Q of a random matrix, its columns' signs those of R's diagonal, so that it is uniform. */
static hr_output orthogonal_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape,
                                 hr_dtype dtype) {
  if (shape->rank < 2) return hr_refuse(scope, "The tensor to initialize must be at least two-dimensional");
  int64_t rows = 1, columns = shape->dims[shape->rank - 1];
  for (int i = 0; i + 1 < shape->rank; ++i)
    rows *= shape->dims[i];
  int64_t larger = rows < columns ? columns : rows, smaller = rows < columns ? rows : columns;
  hr_output a = hr_random_normal(scope, HR_SHAPE(larger, smaller), .dtype = dtype, .seed = self->seed);
  hr_qr_outputs qr = hr_qr(scope, a, .full_matrices = false);
  hr_output diagonal = hr_diag_part(scope, qr.r);
  hr_output q = hr_times(scope, qr.q, hr_sign(scope, diagonal));
  if (rows < columns) q = hr_tf_transpose(hr_name_scope(scope, "matrix_transpose"), q, .perm = HR_AXES(1, 0));
  return hr_times(scope, self->scale, hr_tf_reshape(scope, q, *shape));
}
hr_initializer hr_orthogonal_initializer(double gain, int64_t seed) {
  return (hr_initializer){.call = orthogonal_call, .scale = gain, .seed = seed};
}

static hr_output sqrt_call(const hr_initializer *self, hr_scope scope, const hr_partial_shape *shape, hr_dtype dtype) {
  hr_initializer of = *self;
  of.call = self->inner;
  return hr_sqrt(scope, of.call(&of, scope, shape, dtype));
}
hr_initializer hr_sqrt_initializer(hr_initializer of) {
  of.inner = of.call;
  of.call = sqrt_call;
  return of;
}

hr_output hr_initialize(hr_scope scope, hr_initializer initializer, hr_partial_shape shape, hr_dtype dtype) {
  if (!initializer.call || !hr_scope_ok(scope)) return HR_NO_OUTPUT;
  char text[HR_SHAPE_TEXT];
  if (!hr_partial_shape_is_full(&shape) && !initializer.shapeless)
    return hr_refuse(scope, "Cannot convert a partially known TensorShape to a Tensor: %s",
                     hr_partial_shape_text(&shape, text));
  return initializer.call(&initializer, scope, &shape, dtype ? dtype : HR_FLOAT);
}
