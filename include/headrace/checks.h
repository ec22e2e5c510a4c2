/* Assertions: tf.Assert, and those of tf.debugging that are decided while building. */
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

typedef struct hr_assert_rank_options {
  bool at_least;       /* a larger rank will do, too */
  const char *message; /* told first; NULL: nothing */
  const char *name;
} hr_assert_rank_options;
/* tf.assert_rank, tf.assert_rank_at_least (of one rank), tf.assert_rank_in: a NoOp where x has one of the ranks.
 * InvalidArgument where it has not, Unimplemented where its rank is not known while building. */
HR_API hr_node *hr_assert_rank_with(hr_scope scope, hr_operand x, hr_operands ranks,
                                    const hr_assert_rank_options *options);
#define hr_assert_rank(scope, x, ranks, ...)                                                                           \
  hr_assert_rank_with((scope), HR_OPERAND(x), HR_OPERANDS_OF(ranks), &(hr_assert_rank_options){__VA_ARGS__})

/* tf.verify_tensor_all_finite: x, which fails a run with the message where an element is not finite. */
HR_API hr_output hr_verify_finite_with(hr_scope scope, hr_operand x, const char *message, const hr_op_options *options);
#define hr_verify_finite(scope, x, message, ...)                                                                       \
  hr_verify_finite_with((scope), HR_OPERAND(x), (message), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
