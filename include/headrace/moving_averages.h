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

/* ---- tf.train.ExponentialMovingAverage -------------------------------------------------------------------------- */

/* Averages of variables and tensors, each a variable beside what it averages. Owned by the graph. */
typedef struct hr_averages hr_averages;

typedef struct hr_averages_options {
  hr_operand num_updates; /* a step by which early averages follow faster: decay is at most (1 + n) / (10 + n) */
  bool zero_debias;       /* of tensors, whose averages start at 0 */
  const char *name;       /* NULL: "ExponentialMovingAverage"; the averages are called WHAT/NAME */
} hr_averages_options;
/* Builds nothing yet. NULL after an error. */
HR_API hr_averages *hr_averages_new_with(hr_scope scope, hr_operand decay, const hr_averages_options *options);
#define hr_averages_new(scope, decay, ...)                                                                             \
  hr_averages_new_with((scope), HR_OPERAND(decay), &(hr_averages_options){__VA_ARGS__})
/* A node that takes the present values of `items` (all trainable variables where there are none) into their averages,
 * which are made at the first time. A type error for items that are not floating. */
HR_API hr_node *hr_averages_apply_with(hr_scope scope, hr_averages *averages, hr_operands items);
#define hr_averages_apply(scope, averages, items) hr_averages_apply_with((scope), (averages), HR_OPERANDS_OF(items))
/* The average of an item; NULL where none was made. */
HR_API hr_var *hr_average_of(const hr_averages *averages, hr_operand item);
/* What it is called, or would be. Borrowed from the graph; NULL after an error. */
HR_API const char *hr_average_name(hr_scope scope, const hr_averages *averages, hr_operand item);

/* What an evaluation restores in place of the trained values: averages into the variables they are of. Both arrays have
 * `count` items, for hr_saver_new; free them with free(). */
typedef struct hr_averages_to_restore {
  int32_t count;
  const char **names;
  hr_var **vars;
} hr_averages_to_restore;
/* Variables without an average keep their own name. `averaged` counts as having one; none: the trainable variables and
 * those of the collection "moving_average_variables". */
HR_API HR_MUST_USE hr_status hr_averages_variables_to_restore(hr_scope scope, const hr_averages *averages,
                                                              hr_vars averaged, hr_averages_to_restore *out);

/* The two steps of hr_averages_apply, for bindings that keep the averages themselves. */
HR_API hr_var *hr_make_average(hr_scope scope, hr_operand item, const char *name);
typedef struct hr_move_averages_options {
  hr_operand num_updates;
  bool zero_debias;
  const char *name;
} hr_move_averages_options;
HR_API hr_node *hr_move_averages_with(hr_scope scope, hr_vars averages, hr_operands items, hr_operand decay,
                                      const hr_move_averages_options *options);
#define hr_move_averages(scope, averages, items, decay, ...)                                                           \
  hr_move_averages_with((scope), (averages), HR_OPERANDS_OF(items), HR_OPERAND(decay),                                 \
                        &(hr_move_averages_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
