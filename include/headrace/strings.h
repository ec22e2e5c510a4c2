/* Strings: what TensorFlow's Python builds above single ops. Names follow the rule of math.h. */
#ifndef HEADRACE_STRINGS_H
#define HEADRACE_STRINGS_H

#include "headrace/math.h"
#include "headrace/ops.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_tf_reduce_join_options {
  hr_operand axis; /* in the order of joining; left out: all, the last one first */
  bool keepdims;
  const char *separator; /* NULL: nothing */
  const char *name;
} hr_tf_reduce_join_options;
/* tf.reduce_join. */
HR_API hr_output hr_tf_reduce_join_with(hr_scope scope, hr_operand inputs, const hr_tf_reduce_join_options *options);
#define hr_tf_reduce_join(scope, inputs, ...)                                                                          \
  hr_tf_reduce_join_with((scope), HR_OPERAND(inputs), &(hr_tf_reduce_join_options){__VA_ARGS__})

typedef struct hr_tf_string_split_options {
  hr_operand delimiter; /* left out: a space */
  bool skip_empty;      /* default true */
  const char *name;
} hr_tf_string_split_options;
/* tf.string_split of strings [n]: the indices, values and shape of a sparse tensor. */
HR_API hr_string_split_outputs hr_tf_string_split_with(hr_scope scope, hr_operand source,
                                                       const hr_tf_string_split_options *options);
#define hr_tf_string_split(scope, source, ...)                                                                         \
  HR_CALL_OP_(hr_tf_string_split_options, hr_tf_string_split_with((scope), HR_OPERAND(source), &hr_options_),          \
              .skip_empty = true, ##__VA_ARGS__)

typedef struct hr_tf_string_split_v2_options {
  hr_operand sep;   /* left out: white space */
  int64_t maxsplit; /* how often a string is split at most; default -1: everywhere */
  const char *name;
} hr_tf_string_split_v2_options;
/* tf.strings.split of strings [n]: the indices, values and shape of a sparse tensor. Unimplemented for strings of
 * another rank. */
HR_API hr_string_split_v2_outputs hr_tf_string_split_v2_with(hr_scope scope, hr_operand source,
                                                             const hr_tf_string_split_v2_options *options);
#define hr_tf_string_split_v2(scope, source, ...)                                                                      \
  HR_CALL_OP_(hr_tf_string_split_v2_options, hr_tf_string_split_v2_with((scope), HR_OPERAND(source), &hr_options_),    \
              .maxsplit = -1, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
