/* Assertions: tf.Assert and those of tf.debugging. */
#ifndef HEADRACE_CHECKS_H
#define HEADRACE_CHECKS_H

#include "headrace/math.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_tf_assert_options {
  int32_t summarize; /* how many elements of each tensor are told; default 3 */
  const char *name;
} hr_tf_assert_options;
/* tf.Assert: a node that fails a run where the condition does not hold, and tells the data. Where they are not all
 * strings and int32, they are touched only if the condition does not hold. */
HR_API hr_node *hr_tf_assert_with(hr_scope scope, hr_operand condition, hr_operands data,
                                  const hr_tf_assert_options *options);
#define hr_tf_assert(scope, condition, data, ...)                                                                      \
  HR_CALL_OP_(hr_tf_assert_options,                                                                                    \
              hr_tf_assert_with((scope), HR_OPERAND(condition), HR_OPERANDS_OF(data), &hr_options_), .summarize = 3,   \
              ##__VA_ARGS__)

/* What the assertions below have in common. */
typedef struct hr_assertion_options {
  hr_operands data;    /* what is told where it does not hold; none: what it is about */
  int32_t summarize;   /* how many elements of each tensor are told; default 3 */
  const char *message; /* told first; NULL: nothing */
  const char *name;
} hr_assertion_options;

/* tf.assert_equal and the like: nodes that fail a run where a comparison of x and y, element by element, does not hold.
 * Where both are constants they are compared at once: InvalidArgument, as of a run. */
HR_API hr_node *hr_assert_equal_with(hr_scope scope, hr_operand x, hr_operand y, const hr_assertion_options *options);
HR_API hr_node *hr_assert_none_equal_with(hr_scope scope, hr_operand x, hr_operand y,
                                          const hr_assertion_options *options);
HR_API hr_node *hr_assert_less_with(hr_scope scope, hr_operand x, hr_operand y, const hr_assertion_options *options);
HR_API hr_node *hr_assert_less_equal_with(hr_scope scope, hr_operand x, hr_operand y,
                                          const hr_assertion_options *options);
HR_API hr_node *hr_assert_greater_with(hr_scope scope, hr_operand x, hr_operand y, const hr_assertion_options *options);
HR_API hr_node *hr_assert_greater_equal_with(hr_scope scope, hr_operand x, hr_operand y,
                                             const hr_assertion_options *options);
#define hr_assert_equal(scope, x, y, ...)                                                                              \
  HR_CALL_OP_(hr_assertion_options, hr_assert_equal_with((scope), HR_OPERAND(x), HR_OPERAND(y), &hr_options_),         \
              .summarize = 3, ##__VA_ARGS__)
#define hr_assert_none_equal(scope, x, y, ...)                                                                         \
  HR_CALL_OP_(hr_assertion_options, hr_assert_none_equal_with((scope), HR_OPERAND(x), HR_OPERAND(y), &hr_options_),    \
              .summarize = 3, ##__VA_ARGS__)
#define hr_assert_less(scope, x, y, ...)                                                                               \
  HR_CALL_OP_(hr_assertion_options, hr_assert_less_with((scope), HR_OPERAND(x), HR_OPERAND(y), &hr_options_),          \
              .summarize = 3, ##__VA_ARGS__)
#define hr_assert_less_equal(scope, x, y, ...)                                                                         \
  HR_CALL_OP_(hr_assertion_options, hr_assert_less_equal_with((scope), HR_OPERAND(x), HR_OPERAND(y), &hr_options_),    \
              .summarize = 3, ##__VA_ARGS__)
#define hr_assert_greater(scope, x, y, ...)                                                                            \
  HR_CALL_OP_(hr_assertion_options, hr_assert_greater_with((scope), HR_OPERAND(x), HR_OPERAND(y), &hr_options_),       \
              .summarize = 3, ##__VA_ARGS__)
#define hr_assert_greater_equal(scope, x, y, ...)                                                                      \
  HR_CALL_OP_(hr_assertion_options, hr_assert_greater_equal_with((scope), HR_OPERAND(x), HR_OPERAND(y), &hr_options_), \
              .summarize = 3, ##__VA_ARGS__)

/* tf.assert_positive and the like: comparisons with zero. */
HR_API hr_node *hr_assert_positive_with(hr_scope scope, hr_operand x, const hr_assertion_options *options);
HR_API hr_node *hr_assert_negative_with(hr_scope scope, hr_operand x, const hr_assertion_options *options);
HR_API hr_node *hr_assert_non_negative_with(hr_scope scope, hr_operand x, const hr_assertion_options *options);
HR_API hr_node *hr_assert_non_positive_with(hr_scope scope, hr_operand x, const hr_assertion_options *options);
#define hr_assert_positive(scope, x, ...)                                                                              \
  HR_CALL_OP_(hr_assertion_options, hr_assert_positive_with((scope), HR_OPERAND(x), &hr_options_), .summarize = 3,     \
              ##__VA_ARGS__)
#define hr_assert_negative(scope, x, ...)                                                                              \
  HR_CALL_OP_(hr_assertion_options, hr_assert_negative_with((scope), HR_OPERAND(x), &hr_options_), .summarize = 3,     \
              ##__VA_ARGS__)
#define hr_assert_non_negative(scope, x, ...)                                                                          \
  HR_CALL_OP_(hr_assertion_options, hr_assert_non_negative_with((scope), HR_OPERAND(x), &hr_options_), .summarize = 3, \
              ##__VA_ARGS__)
#define hr_assert_non_positive(scope, x, ...)                                                                          \
  HR_CALL_OP_(hr_assertion_options, hr_assert_non_positive_with((scope), HR_OPERAND(x), &hr_options_), .summarize = 3, \
              ##__VA_ARGS__)

typedef struct hr_assert_near_options {
  hr_operand rtol, atol; /* relative and absolute tolerance; left out: ten times the dtype's epsilon */
  hr_operands data;      /* these are as above */
  int32_t summarize;
  const char *message;
  const char *name;
} hr_assert_near_options;
/* tf.assert_near: |x - y| < atol + rtol |y|, of floats. */
HR_API hr_node *hr_assert_near_with(hr_scope scope, hr_operand x, hr_operand y, const hr_assert_near_options *options);
#define hr_assert_near(scope, x, y, ...)                                                                               \
  HR_CALL_OP_(hr_assert_near_options, hr_assert_near_with((scope), HR_OPERAND(x), HR_OPERAND(y), &hr_options_),        \
              .summarize = 3, ##__VA_ARGS__)

typedef struct hr_assert_rank_options {
  bool at_least;    /* a larger rank will do, too */
  hr_operands data; /* these are as above */
  int32_t summarize;
  const char *message;
  const char *name; /* NULL: assert_rank, assert_rank_at_least, assert_rank_in */
} hr_assert_rank_options;
/* tf.assert_rank, tf.assert_rank_at_least (of one rank), tf.assert_rank_in: an assertion that x has one of the ranks,
 * int32 scalars. Where all ranks are known, a NoOp, or InvalidArgument for a wrong one; a type error for other dtypes.
 */
HR_API hr_node *hr_assert_rank_with(hr_scope scope, hr_operand x, hr_operands ranks,
                                    const hr_assert_rank_options *options);
#define hr_assert_rank(scope, x, ranks, ...)                                                                           \
  HR_CALL_OP_(hr_assert_rank_options,                                                                                  \
              hr_assert_rank_with((scope), HR_OPERAND(x), HR_OPERANDS_OF(ranks), &hr_options_), .summarize = 3,        \
              ##__VA_ARGS__)

/* tf.is_strictly_increasing, tf.is_non_decreasing: whether each element of x, in row-major order, is greater (not less)
 * than the one before. */
HR_API hr_output hr_is_strictly_increasing_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_is_non_decreasing_with(hr_scope scope, hr_operand x, const hr_op_options *options);
#define hr_is_strictly_increasing(scope, x, ...)                                                                       \
  hr_is_strictly_increasing_with((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})
#define hr_is_non_decreasing(scope, x, ...)                                                                            \
  hr_is_non_decreasing_with((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})

/* tf.verify_tensor_all_finite: x, which fails a run with the message where an element is not finite. */
HR_API hr_output hr_verify_finite_with(hr_scope scope, hr_operand x, const char *message, const hr_op_options *options);
#define hr_verify_finite(scope, x, message, ...)                                                                       \
  hr_verify_finite_with((scope), HR_OPERAND(x), (message), &(hr_op_options){__VA_ARGS__})

/* tf.add_check_numerics_ops: a node that runs after checks of all half, float and double tensors that the graph has
 * now, one after the other. InvalidArgument where one of them is inside a branch or a loop. */
HR_API hr_node *hr_add_check_numerics_ops(hr_scope scope);

#ifdef __cplusplus
}
#endif
#endif
