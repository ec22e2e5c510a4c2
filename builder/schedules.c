/* Learning rates that change with the step. */
#include "headrace/schedules.h"
#include "builder/builder.h"
#include "headrace/control_flow.h"
#include "headrace/random.h"
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

typedef struct division {
  hr_output step;
  hr_operand by;
} division;
static void return_one(void *argument, hr_scope s, hr_results *results) {
  (void)argument, (void)s;
  hr_return(results, 1.0);
}
static void return_quotient_above(void *argument, hr_scope s, hr_results *results) {
  const division *d = argument;
  hr_return(results, hr_ceil(s, hr_convert(s, hr_operand_output(hr_truediv(s, d->step, d->by)), HR_INVALID, NULL)));
}

/* How many times decay_steps the step is, rounded up; 1 at first. */
static hr_output cycles(hr_scope s, hr_output step, hr_operand decay_steps) {
  hr_output is_first = hr_equal(s, step, hr_convert(s, hr_operand_int(0), HR_FLOAT, "Equal/y"));
  division d = {step, decay_steps};
  return hr_only(hr_cond(s, is_first, HR_BRANCH(return_one, &d), HR_BRANCH(return_quotient_above, &d)));
}

hr_output hr_polynomial_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                   hr_operand decay_steps, const hr_polynomial_decay_options *options) {
  hr_polynomial_decay_options o = options ? *options : (hr_polynomial_decay_options){HR_POLYNOMIAL_DECAY_DEFAULTS};
  schedule s = begin(scope, o.name, "PolynomialDecay", learning_rate);
  hr_output last = cast(&s, o.end_learning_rate), power = cast(&s, o.power);
  hr_output step = cast(&s, global_step), steps = cast(&s, decay_steps);
  if (o.cycle)
    steps = hr_binary(s.scope, "Mul", steps, cycles(s.scope, step, decay_steps));
  else
    step = hr_binary(s.scope, "Minimum", step, decay_steps);
  hr_output p = hr_truediv(s.scope, step, steps);
  hr_output range = hr_minus(s.scope, s.rate, last);
  hr_output left = hr_binary(s.scope, "Pow", hr_minus(s.scope, 1, p), power);
  return end(&s, "Add", hr_binary(s.scope, "Mul", range, left), last);
}

/* ---- cosines --------------------------------------------------------------------------------------------------- */

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

typedef struct restarts {
  hr_output fraction, t_mul;
} restarts;

/* Which period it is in, and which part of it is over. */
static void equal_periods(void *argument, hr_scope s, hr_results *results) {
  const restarts *r = argument;
  hr_output period = hr_floor(s, r->fraction);
  hr_return(results, period);
  hr_return(results, hr_minus(s, r->fraction, period));
}
static void growing_periods(void *argument, hr_scope s, hr_results *results) {
  const restarts *r = argument;
  hr_output growth = hr_times(s, r->fraction, hr_minus(s, 1.0, r->t_mul));
  hr_output logarithm = hr_log(s, hr_minus(s, 1.0, growth));
  hr_output period = hr_floor(s, hr_truediv(s, logarithm, hr_log(s, r->t_mul)));
  hr_output over = hr_minus(s, 1.0, hr_power(s, r->t_mul, period));
  hr_output before = hr_truediv(s, over, hr_minus(s, 1.0, r->t_mul));
  hr_output rest = hr_minus(s, r->fraction, before);
  hr_return(results, period);
  hr_return(results, hr_truediv(s, rest, hr_power(s, r->t_mul, period)));
}

hr_output hr_cosine_decay_restarts_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                        hr_operand first_decay_steps, const hr_cosine_decay_restarts_options *options) {
  hr_cosine_decay_restarts_options o =
      options ? *options : (hr_cosine_decay_restarts_options){HR_COSINE_DECAY_RESTARTS_DEFAULTS};
  schedule s = begin(scope, o.name, "SGDRDecay", learning_rate);
  hr_output steps = cast(&s, first_decay_steps), alpha = cast(&s, o.alpha);
  hr_output t_mul = cast(&s, o.t_mul), m_mul = cast(&s, o.m_mul);
  restarts r = {hr_truediv(s.scope, cast(&s, global_step), steps), t_mul};
  hr_output are_equal = hr_binary(s.scope, "Equal", t_mul, 1.0);
  hr_outputs now = hr_cond(s.scope, are_equal, HR_BRANCH(equal_periods, &r), HR_BRANCH(growing_periods, &r));
  if (now.count != 2) return HR_NO_OUTPUT;
  hr_output height = hr_times(s.scope, 0.5, hr_power(s.scope, m_mul, now.items[0]));
  hr_output pi = hr_constant_f32(s.scope, (float)M_PI);
  hr_output wave = hr_plus(s.scope, 1.0, hr_cos(s.scope, hr_times(s.scope, pi, now.items[1])));
  hr_output decayed = hr_times(s.scope, height, wave);
  decayed = hr_times(s.scope, hr_minus(s.scope, 1, alpha), decayed);
  return end(&s, "Mul", s.rate, hr_plus(s.scope, decayed, alpha));
}

/* rate ((alpha + linear) cosine + beta) */
static hr_output linear_cosine(const schedule *s, hr_output steps, hr_output step, hr_output periods, hr_output alpha,
                               hr_output beta, hr_output linear) {
  hr_output part = hr_truediv(s->scope, step, steps);
  hr_output fraction = hr_times(s->scope, hr_times(s->scope, 2.0, periods), part);
  hr_output pi = hr_constant_f32(s->scope, (float)M_PI);
  hr_output wave = cosine(s, pi, fraction);
  hr_output decayed = hr_times(s->scope, hr_plus(s->scope, alpha, linear), wave);
  return end(s, "Mul", s->rate, hr_plus(s->scope, decayed, beta));
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
  return linear_cosine(&s, steps, step, periods, alpha, beta, linear);
}

hr_output hr_noisy_linear_cosine_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                            hr_operand decay_steps,
                                            const hr_noisy_linear_cosine_decay_options *options) {
  hr_noisy_linear_cosine_decay_options o =
      options ? *options : (hr_noisy_linear_cosine_decay_options){HR_NOISY_LINEAR_COSINE_DECAY_DEFAULTS};
  schedule s = begin(scope, o.name, "NoisyLinearCosineDecay", learning_rate);
  hr_output steps = cast(&s, decay_steps), variance = cast(&s, o.initial_variance);
  hr_output fade = cast(&s, o.variance_decay), periods = cast(&s, o.num_periods);
  hr_output alpha = cast(&s, o.alpha), beta = cast(&s, o.beta);
  hr_output step = hr_binary(s.scope, "Minimum", cast(&s, global_step), steps);
  hr_output linear = hr_truediv(s.scope, hr_minus(s.scope, steps, step), steps);
  hr_output above = hr_binary(s.scope, "Pow", hr_plus(s.scope, 1.0, step), fade);
  hr_output deviation = hr_sqrt(s.scope, hr_truediv(s.scope, variance, above));
  if (!hr_scope_ok(s.scope)) return HR_NO_OUTPUT;
  hr_output noise = hr_random_normal(s.scope, *hr_output_shape(linear), .stddev_tensor = hr_operand_output(deviation));
  linear = hr_plus(s.scope, linear, noise);
  return linear_cosine(&s, steps, step, periods, alpha, beta, linear);
}

/* ---- steps ----------------------------------------------------------------------------------------------------- */

static void return_value(void *value, hr_scope s, hr_results *results) {
  (void)s;
  hr_return(results, *(const hr_output *)value);
}

/* A list of tensors of one dtype, in the graph's memory. */
static hr_output *tensors_of(hr_scope s, hr_operands list) {
  hr_output *out = hr_keep_bytes(s, sizeof *out * (size_t)(list.count + 1));
  for (int32_t i = 0; out && i < list.count && hr_scope_ok(s); ++i)
    out[i] = hr_convert(s, hr_operands_at(list, i), HR_INVALID, NULL);
  return hr_scope_ok(s) ? out : NULL;
}

/* False, with the error told, where they cannot be compared with x. int32 becomes int64 beside it. */
static bool check_boundaries(hr_scope s, hr_output x, int32_t count, hr_output *boundaries) {
  hr_dtype dtype = hr_output_base_dtype(x);
  for (int32_t i = 0; i < count; ++i) {
    hr_dtype of = hr_output_base_dtype(boundaries[i]);
    if (of == HR_INT32 && dtype == HR_INT64)
      boundaries[i] = hr_tf_cast(s, boundaries[i], dtype);
    else if (of != dtype) {
      hr_refuse(s, "Boundaries (<dtype: '%s'>) must have the same dtype as x (<dtype: '%s'>).",
                hr_dtype_python_name(of), hr_dtype_python_name(dtype));
      return false;
    }
  }
  return hr_scope_ok(s);
}

static bool check_values(hr_scope s, int32_t count, const hr_output *values) {
  for (int32_t i = 1; i < count; ++i)
    if (hr_output_base_dtype(values[i]) != hr_output_base_dtype(values[0])) {
      hr_refuse(s, "Values must have elements all with the same dtype (%s vs %s).",
                hr_dtype_name(hr_output_base_dtype(values[0])), hr_dtype_name(hr_output_base_dtype(values[i])));
      return false;
    }
  return true;
}

hr_output hr_piecewise_constant_with(hr_scope scope, hr_operand x_operand, hr_operands boundary_list,
                                     hr_operands value_list, const hr_op_options *options) {
  int32_t count = boundary_list.count;
  hr_output *boundaries = tensors_of(scope, boundary_list), *values = tensors_of(scope, value_list);
  hr_output compared = hr_convert(scope, x_operand, HR_INVALID, NULL);
  if (!boundaries || !values || !hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (!check_boundaries(scope, compared, count, boundaries)) return HR_NO_OUTPUT;
  if (!check_values(scope, value_list.count, values)) return HR_NO_OUTPUT;
  if (count == 0 || value_list.count != count + 1)
    return hr_refuse(scope, "The length of boundaries (%d) should be 1 less than the length of values (%d)", count,
                     value_list.count);
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "PiecewiseConstant");
  hr_output x = hr_convert(s, x_operand, HR_INVALID, NULL);
  hr_case *cases = hr_keep_bytes(s, sizeof *cases * (size_t)(count + 1));
  if (!cases || !hr_scope_ok(s)) return HR_NO_OUTPUT;
  cases[0] = (hr_case){hr_binary(s, "LessEqual", x, boundaries[0]), HR_BRANCH(return_value, &values[0])};
  cases[1] = (hr_case){hr_binary(s, "Greater", x, boundaries[count - 1]), HR_BRANCH(return_value, &values[count])};
  for (int32_t i = 1; i < count; ++i) {
    hr_output above = hr_binary(s, "Greater", x, boundaries[i - 1]);
    hr_output within = hr_binary(s, "LessEqual", x, boundaries[i]);
    cases[i + 1] = (hr_case){hr_logical_and(s, above, within, .name = "and"), HR_BRANCH(return_value, &values[i])};
  }
  return hr_only(hr_case_of(s, count + 1, cases, .otherwise = HR_BRANCH(return_value, &values[0]), .exclusive = true));
}
