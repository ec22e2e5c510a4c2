/* Learning rates that change with the step. */
#include "headrace/schedules.h"
#include "builder/builder.h"
#include <math.h>

/* Casts go with the dtype of the rate. */
typedef struct schedule {
  hr_scope scope;
  hr_output rate;
  hr_dtype dtype;
} schedule;

static schedule begin(hr_scope scope, const char *name, const char *default_name, hr_operand learning_rate) {
  schedule s = {hr_name_scope_or(scope, name, default_name), HR_NO_OUTPUT, HR_FLOAT};
  s.rate = hr_convert(s.scope, learning_rate, HR_INVALID, "initial_learning_rate");
  if (s.rate.node) s.dtype = hr_output_base_dtype(s.rate);
  return s;
}

static hr_output cast(const schedule *s, hr_operand x) { return hr_tf_cast(s->scope, x, s->dtype); }

/* The last node has the name of the scope. */
static hr_output end(const schedule *s, const char *op, hr_output x, hr_output y) {
  return hr_scope_ok(s->scope) ? hr_binary(s->scope, op, x, y, .name = hr_scope_name(s->scope)) : HR_NO_OUTPUT;
}

hr_output hr_exponential_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                    hr_operand decay_steps, hr_operand decay_rate, const hr_decay_options *options) {
  hr_decay_options o = options ? *options : (hr_decay_options){0};
  schedule s = begin(scope, o.name, "ExponentialDecay", learning_rate);
  hr_output steps = cast(&s, decay_steps), base = cast(&s, decay_rate);
  hr_output p = hr_truediv(s.scope, cast(&s, global_step), steps);
  if (o.staircase) p = hr_floor(s.scope, p);
  return end(&s, "Mul", s.rate, hr_binary(s.scope, "Pow", base, p));
}

hr_output hr_natural_exp_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                    hr_operand decay_steps, hr_operand decay_rate, const hr_decay_options *options) {
  hr_output negative = {hr_call_op(scope, "Neg", NULL, 1, &decay_rate, 0, NULL), 0};
  if (!negative.node) return HR_NO_OUTPUT;
  hr_output base = hr_exp(scope, negative);
  return hr_exponential_decay_with(scope, learning_rate, global_step, decay_steps, hr_operand_output(base), options);
}

hr_output hr_inverse_time_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                     hr_operand decay_steps, hr_operand decay_rate, const hr_decay_options *options) {
  hr_decay_options o = options ? *options : (hr_decay_options){0};
  schedule s = begin(scope, o.name, "InverseTimeDecay", learning_rate);
  hr_output steps = cast(&s, decay_steps), rate = cast(&s, decay_rate);
  hr_output p = hr_truediv(s.scope, cast(&s, global_step), steps);
  if (o.staircase) p = hr_floor(s.scope, p);
  hr_output one = cast(&s, hr_operand_output(hr_convert(s.scope, hr_operand_int(1), HR_INVALID, NULL)));
  hr_output divisor = hr_binary(s.scope, "Add", one, hr_binary(s.scope, "Mul", rate, p));
  return end(&s, "RealDiv", s.rate, divisor);
}

hr_output hr_polynomial_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                   hr_operand decay_steps, const hr_polynomial_decay_options *options) {
  hr_polynomial_decay_options o = options ? *options : (hr_polynomial_decay_options){HR_POLYNOMIAL_DECAY_DEFAULTS};
  schedule s = begin(scope, o.name, "PolynomialDecay", learning_rate);
  hr_output last = cast(&s, o.end_learning_rate), power = cast(&s, o.power);
  hr_output step = cast(&s, global_step), steps = cast(&s, decay_steps);
  step = hr_binary(s.scope, "Minimum", step, decay_steps);
  hr_output p = hr_truediv(s.scope, step, steps);
  hr_output range = hr_minus(s.scope, s.rate, last);
  hr_output left = hr_binary(s.scope, "Pow", hr_minus(s.scope, 1, p), power);
  return end(&s, "Add", hr_binary(s.scope, "Mul", range, left), last);
}

/* (1 + cos(pi x)) / 2 */
static hr_output cosine(const schedule *s, hr_output pi, hr_output x) {
  hr_output angle = hr_times(s->scope, pi, x);
  return hr_times(s->scope, 0.5, hr_plus(s->scope, 1.0, hr_cos(s->scope, angle)));
}

hr_output hr_cosine_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step, hr_operand decay_steps,
                               const hr_cosine_decay_options *options) {
  hr_cosine_decay_options o = options ? *options : (hr_cosine_decay_options){0};
  schedule s = begin(scope, o.name, "CosineDecay", learning_rate);
  hr_output steps = cast(&s, decay_steps);
  hr_output fraction = hr_truediv(s.scope, hr_binary(s.scope, "Minimum", cast(&s, global_step), steps), steps);
  hr_output pi = hr_constant_f32(s.scope, (float)M_PI);
  hr_output decayed = hr_times(s.scope, 1 - o.alpha, cosine(&s, pi, fraction));
  return hr_binary(s.scope, "Mul", s.rate, hr_plus(s.scope, decayed, o.alpha));
}

hr_output hr_linear_cosine_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                      hr_operand decay_steps, const hr_linear_cosine_decay_options *options) {
  hr_linear_cosine_decay_options o =
      options ? *options : (hr_linear_cosine_decay_options){HR_LINEAR_COSINE_DECAY_DEFAULTS};
  schedule s = begin(scope, o.name, "LinearCosineDecay", learning_rate);
  hr_output steps = cast(&s, decay_steps), periods = cast(&s, o.num_periods);
  hr_output alpha = cast(&s, o.alpha), beta = cast(&s, o.beta);
  hr_output step = hr_binary(s.scope, "Minimum", cast(&s, global_step), steps);
  hr_output linear = hr_truediv(s.scope, hr_minus(s.scope, steps, step), steps);
  hr_output part = hr_truediv(s.scope, step, steps);
  hr_output fraction = hr_times(s.scope, hr_times(s.scope, 2.0, periods), part);
  hr_output pi = hr_constant_f32(s.scope, (float)M_PI);
  hr_output wave = cosine(&s, pi, fraction);
  hr_output decayed = hr_times(s.scope, hr_plus(s.scope, alpha, linear), wave);
  return end(&s, "Mul", s.rate, hr_plus(s.scope, decayed, beta));
}
