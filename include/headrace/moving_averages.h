/* Averages of what changes from step to step, in which the past fades: of batches' statistics, of trained variables. */
#ifndef HEADRACE_MOVING_AVERAGES_H
#define HEADRACE_MOVING_AVERAGES_H

#include "headrace/variables.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_assign_moving_average_options {
  bool zero_debias; /* default true: undoes that the average started at 0, by variables VAR/biased and VAR/local_step */
  const char *name; /* NULL: "AssignMovingAvg" */
} hr_assign_moving_average_options;
/* moving_averages.assign_moving_average: var = decay var + (1 - decay) value. The reference after the update. */
HR_API hr_output hr_assign_moving_average_with(hr_scope scope, hr_var *var, hr_operand value, hr_operand decay,
                                               const hr_assign_moving_average_options *options);
#define hr_assign_moving_average(scope, var, value, decay, ...)                                                        \
  HR_CALL_OP_(hr_assign_moving_average_options,                                                                        \
              hr_assign_moving_average_with((scope), (var), HR_OPERAND(value), HR_OPERAND(decay), &hr_options_),       \
              .zero_debias = true, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
