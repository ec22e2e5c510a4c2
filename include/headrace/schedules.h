/* Learning rates that change with the step: tf.train.exponential_decay and its kin. */
#ifndef HEADRACE_SCHEDULES_H
#define HEADRACE_SCHEDULES_H

#include "headrace/math.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In all of them the step is a tensor or a variable of any number type, and the result has the dtype of the rate. */

typedef struct hr_decay_options {
  bool staircase;   /* whole multiples of decay_steps only */
  const char *name; /* scope of the nodes */
} hr_decay_options;
/* rate * decay_rate ^ (step / decay_steps) */
HR_API hr_output hr_exponential_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                           hr_operand decay_steps, hr_operand decay_rate,
                                           const hr_decay_options *options);
#define hr_exponential_decay(scope, learning_rate, global_step, decay_steps, decay_rate, ...)                          \
  hr_exponential_decay_with((scope), HR_OPERAND(learning_rate), HR_OPERAND(global_step), HR_OPERAND(decay_steps),      \
                            HR_OPERAND(decay_rate), &(hr_decay_options){__VA_ARGS__})
/* rate * exp(-decay_rate) ^ (step / decay_steps) */
HR_API hr_output hr_natural_exp_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                           hr_operand decay_steps, hr_operand decay_rate,
                                           const hr_decay_options *options);
#define hr_natural_exp_decay(scope, learning_rate, global_step, decay_steps, decay_rate, ...)                          \
  hr_natural_exp_decay_with((scope), HR_OPERAND(learning_rate), HR_OPERAND(global_step), HR_OPERAND(decay_steps),      \
                            HR_OPERAND(decay_rate), &(hr_decay_options){__VA_ARGS__})
/* rate / (1 + decay_rate * step / decay_steps) */
HR_API hr_output hr_inverse_time_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                            hr_operand decay_steps, hr_operand decay_rate,
                                            const hr_decay_options *options);
#define hr_inverse_time_decay(scope, learning_rate, global_step, decay_steps, decay_rate, ...)                         \
  hr_inverse_time_decay_with((scope), HR_OPERAND(learning_rate), HR_OPERAND(global_step), HR_OPERAND(decay_steps),     \
                             HR_OPERAND(decay_rate), &(hr_decay_options){__VA_ARGS__})

typedef struct hr_polynomial_decay_options {
  hr_operand end_learning_rate; /* default 0.0001 */
  hr_operand power;             /* default 1.0 */
  bool cycle;                   /* begins again, each time after so many steps more, where it has come to the end */
  const char *name;
} hr_polynomial_decay_options;
#define HR_POLYNOMIAL_DECAY_DEFAULTS                                                                                   \
  .end_learning_rate = {HR_OPERAND_FLOAT, {.f = 0.0001}}, .power = {HR_OPERAND_FLOAT, {.f = 1.0}}
/* From the rate to the end rate in decay_steps, by (1 - step / decay_steps) ^ power. */
HR_API hr_output hr_polynomial_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                          hr_operand decay_steps, const hr_polynomial_decay_options *options);
#define hr_polynomial_decay(scope, learning_rate, global_step, decay_steps, ...)                                       \
  HR_CALL_OP_(hr_polynomial_decay_options,                                                                             \
              hr_polynomial_decay_with((scope), HR_OPERAND(learning_rate), HR_OPERAND(global_step),                    \
                                       HR_OPERAND(decay_steps), &hr_options_),                                         \
              HR_POLYNOMIAL_DECAY_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_cosine_decay_options {
  double alpha; /* the part of the rate that is left at the end */
  const char *name;
} hr_cosine_decay_options;
/* By half a period of a cosine, in decay_steps. */
HR_API hr_output hr_cosine_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                      hr_operand decay_steps, const hr_cosine_decay_options *options);
#define hr_cosine_decay(scope, learning_rate, global_step, decay_steps, ...)                                           \
  hr_cosine_decay_with((scope), HR_OPERAND(learning_rate), HR_OPERAND(global_step), HR_OPERAND(decay_steps),           \
                       &(hr_cosine_decay_options){__VA_ARGS__})

typedef struct hr_cosine_decay_restarts_options {
  hr_operand t_mul; /* each period is so many times as long as the one before; default 2.0 */
  hr_operand m_mul; /* and begins with the rate times this; default 1.0 */
  hr_operand alpha; /* the part of the rate that is left at the end of one; default 0.0 */
  const char *name;
} hr_cosine_decay_restarts_options;
#define HR_COSINE_DECAY_RESTARTS_DEFAULTS                                                                              \
  .t_mul = {HR_OPERAND_FLOAT, {.f = 2.0}}, .m_mul = {HR_OPERAND_FLOAT, {.f = 1.0}},                                    \
  .alpha = {HR_OPERAND_FLOAT, {.f = 0.0}}
/* By half a period of a cosine again and again, the first in first_decay_steps: Loshchilov and Hutter, SGDR. */
HR_API hr_output hr_cosine_decay_restarts_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                               hr_operand first_decay_steps,
                                               const hr_cosine_decay_restarts_options *options);
#define hr_cosine_decay_restarts(scope, learning_rate, global_step, first_decay_steps, ...)                            \
  HR_CALL_OP_(hr_cosine_decay_restarts_options,                                                                        \
              hr_cosine_decay_restarts_with((scope), HR_OPERAND(learning_rate), HR_OPERAND(global_step),               \
                                            HR_OPERAND(first_decay_steps), &hr_options_),                              \
              HR_COSINE_DECAY_RESTARTS_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_linear_cosine_decay_options {
  hr_operand num_periods; /* default 0.5 */
  hr_operand alpha;       /* default 0.0 */
  hr_operand beta;        /* default 0.001 */
  const char *name;
} hr_linear_cosine_decay_options;
#define HR_LINEAR_COSINE_DECAY_DEFAULTS                                                                                \
  .num_periods = {HR_OPERAND_FLOAT, {.f = 0.5}}, .alpha = {HR_OPERAND_FLOAT, {.f = 0.0}},                              \
  .beta = {HR_OPERAND_FLOAT, {.f = 0.001}}
/* rate * ((alpha + linear) * cosine + beta): Bello et al., Neural optimizer search. */
HR_API hr_output hr_linear_cosine_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                             hr_operand decay_steps, const hr_linear_cosine_decay_options *options);
#define hr_linear_cosine_decay(scope, learning_rate, global_step, decay_steps, ...)                                    \
  HR_CALL_OP_(hr_linear_cosine_decay_options,                                                                          \
              hr_linear_cosine_decay_with((scope), HR_OPERAND(learning_rate), HR_OPERAND(global_step),                 \
                                          HR_OPERAND(decay_steps), &hr_options_),                                      \
              HR_LINEAR_COSINE_DECAY_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_noisy_linear_cosine_decay_options {
  hr_operand initial_variance; /* of the noise; default 1.0 */
  hr_operand variance_decay;   /* its variance at step n is initial_variance / (1 + n) ^ variance_decay; default 0.55 */
  hr_operand num_periods;      /* default 0.5 */
  hr_operand alpha;            /* default 0.0 */
  hr_operand beta;             /* default 0.001 */
  const char *name;
} hr_noisy_linear_cosine_decay_options;
#define HR_NOISY_LINEAR_COSINE_DECAY_DEFAULTS                                                                          \
  .initial_variance = {HR_OPERAND_FLOAT, {.f = 1.0}}, .variance_decay = {HR_OPERAND_FLOAT, {.f = 0.55}},               \
  HR_LINEAR_COSINE_DECAY_DEFAULTS
/* The same with noise upon the linear part. */
HR_API hr_output hr_noisy_linear_cosine_decay_with(hr_scope scope, hr_operand learning_rate, hr_operand global_step,
                                                   hr_operand decay_steps,
                                                   const hr_noisy_linear_cosine_decay_options *options);
#define hr_noisy_linear_cosine_decay(scope, learning_rate, global_step, decay_steps, ...)                              \
  HR_CALL_OP_(hr_noisy_linear_cosine_decay_options,                                                                    \
              hr_noisy_linear_cosine_decay_with((scope), HR_OPERAND(learning_rate), HR_OPERAND(global_step),           \
                                                HR_OPERAND(decay_steps), &hr_options_),                                \
              HR_NOISY_LINEAR_COSINE_DECAY_DEFAULTS, ##__VA_ARGS__)

/* tf.train.piecewise_constant: values[i] where x is above boundaries[i - 1] and at most boundaries[i]; one value more
 * than boundaries. InvalidArgument for another number, for values of different dtypes, and for boundaries of another
 * dtype than x, unless they are int32 beside int64. */
HR_API hr_output hr_piecewise_constant_with(hr_scope scope, hr_operand x, hr_operands boundaries, hr_operands values,
                                            const hr_op_options *options);
#define hr_piecewise_constant(scope, x, boundaries, values, ...)                                                       \
  hr_piecewise_constant_with((scope), HR_OPERAND(x), (boundaries), (values), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
