/* Linear algebra that TensorFlow's Python builds above single ops. Names follow the rule of math.h. */
#ifndef HEADRACE_LINALG_H
#define HEADRACE_LINALG_H

#include "headrace/math.h"
#include "headrace/ops.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tf.tensordot: `axes` is a number n (the last n of a, the first n of b), a list of two numbers or of two lists, or a
 * tensor [2, n]. InvalidArgument for axes that are not there. */
HR_API hr_output hr_tensordot_with(hr_scope scope, hr_operand a, hr_operand b, hr_operand axes,
                                   const hr_op_options *options);
#define hr_tensordot(scope, a, b, axes, ...)                                                                           \
  hr_tensordot_with((scope), HR_OPERAND(a), HR_OPERAND(b), HR_OPERAND(axes), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
