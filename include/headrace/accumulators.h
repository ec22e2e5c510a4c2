/* Conditional accumulators: sums of gradients that several workers add to, and one takes once enough are there.
 * tf.ConditionalAccumulator and tf.SparseConditionalAccumulator; synchronous training stands on them.
 *
 *   hr_output sum = hr_accumulator(s, HR_FLOAT, .shape = HR_SHAPE(2));
 *   hr_node *add = hr_accumulator_apply(s, sum, gradient, .local_step = step);
 *   hr_output mean = hr_accumulator_take(s, sum, 3);      waits until three gradients were added
 *
 * An accumulator has a step of its own, which begins at 0 and moves on by one with each Take. Gradients whose local
 * step is behind it are dropped. The handle that makes one is all that the functions need: it knows dtype and shape.
 */
#ifndef HEADRACE_ACCUMULATORS_H
#define HEADRACE_ACCUMULATORS_H

#include "headrace/gradients.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_accumulator_options {
  hr_partial_shape shape;     /* of the gradients, as far as it is known; default: unknown */
  const char *shared_name;    /* accumulators of this name are one in all sessions that share containers */
  const char *reduction_type; /* "MEAN" (default) or "SUM"; InvalidArgument for others */
  const char *name;           /* "conditional_accumulator", "sparse_conditional_accumulator" */
} hr_accumulator_options;
#define HR_ACCUMULATOR_DEFAULTS .shape = {.rank = HR_UNKNOWN_RANK}, .reduction_type = "MEAN"

/* A sum of dense gradients of half, float or double. The answer is its handle; HR_NO_OUTPUT after an error, as below.
 */
HR_API hr_output hr_accumulator_with(hr_scope scope, hr_dtype dtype, const hr_accumulator_options *options);
#define hr_accumulator(scope, dtype, ...)                                                                              \
  HR_CALL_OP_(hr_accumulator_options, hr_accumulator_with((scope), (dtype), &hr_options_), HR_ACCUMULATOR_DEFAULTS,    \
              ##__VA_ARGS__)
/* A sum of sparse gradients: each row has the mean or sum of those gradients that have it. */
HR_API hr_output hr_sparse_accumulator_with(hr_scope scope, hr_dtype dtype, const hr_accumulator_options *options);
#define hr_sparse_accumulator(scope, dtype, ...)                                                                       \
  HR_CALL_OP_(hr_accumulator_options, hr_sparse_accumulator_with((scope), (dtype), &hr_options_),                      \
              HR_ACCUMULATOR_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_accumulator_apply_options {
  hr_operand local_step; /* when the gradient was computed, an integer scalar; default 0 */
  const char *name;
} hr_accumulator_apply_options;
/* The node that adds a dense gradient. InvalidArgument where its static shape is not the accumulator's. */
HR_API hr_node *hr_accumulator_apply_with(hr_scope scope, hr_output accumulator, hr_operand gradient,
                                          const hr_accumulator_apply_options *options);
#define hr_accumulator_apply(scope, accumulator, gradient, ...)                                                        \
  HR_CALL_OP_(hr_accumulator_apply_options,                                                                            \
              hr_accumulator_apply_with((scope), (accumulator), HR_OPERAND(gradient), &hr_options_),                   \
              .local_step = {.kind = HR_OPERAND_INT}, ##__VA_ARGS__)

typedef struct hr_sparse_accumulator_apply_options {
  hr_operand shape;      /* of the dense gradient, an integer vector; default: not said */
  hr_operand local_step; /* default 0 */
  const char *name;
} hr_sparse_accumulator_apply_options;
/* The node that adds the rows `indices` (an integer vector) of a sparse gradient. */
HR_API hr_node *hr_sparse_accumulator_apply_with(hr_scope scope, hr_output accumulator, hr_operand indices,
                                                 hr_operand values, const hr_sparse_accumulator_apply_options *options);
#define hr_sparse_accumulator_apply(scope, accumulator, indices, values, ...)                                          \
  HR_CALL_OP_(                                                                                                         \
      hr_sparse_accumulator_apply_options,                                                                             \
      hr_sparse_accumulator_apply_with((scope), (accumulator), HR_OPERAND(indices), HR_OPERAND(values), &hr_options_), \
      .local_step = {.kind = HR_OPERAND_INT}, ##__VA_ARGS__)

/* Waits until `num_required` gradients (int32, at least 1) were added, and takes their mean or sum. */
HR_API hr_output hr_accumulator_take_with(hr_scope scope, hr_output accumulator, hr_operand num_required,
                                          const hr_op_options *options);
#define hr_accumulator_take(scope, accumulator, num_required, ...)                                                     \
  hr_accumulator_take_with((scope), (accumulator), HR_OPERAND(num_required), &(hr_op_options){__VA_ARGS__})
HR_API hr_gradient hr_sparse_accumulator_take_with(hr_scope scope, hr_output accumulator, hr_operand num_required,
                                                   const hr_op_options *options);
#define hr_sparse_accumulator_take(scope, accumulator, num_required, ...)                                              \
  hr_sparse_accumulator_take_with((scope), (accumulator), HR_OPERAND(num_required), &(hr_op_options){__VA_ARGS__})

/* How many gradients were added since the last Take, an int32 scalar. Of either kind, as the next. */
HR_API hr_output hr_accumulator_num_accumulated_with(hr_scope scope, hr_output accumulator,
                                                     const hr_op_options *options);
#define hr_accumulator_num_accumulated(scope, accumulator, ...)                                                        \
  hr_accumulator_num_accumulated_with((scope), (accumulator), &(hr_op_options){__VA_ARGS__})
/* The node that sets the accumulator's step. */
HR_API hr_node *hr_accumulator_set_global_step_with(hr_scope scope, hr_output accumulator, hr_operand new_global_step,
                                                    const hr_op_options *options);
#define hr_accumulator_set_global_step(scope, accumulator, new_global_step, ...)                                       \
  hr_accumulator_set_global_step_with((scope), (accumulator), HR_OPERAND(new_global_step),                             \
                                      &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
