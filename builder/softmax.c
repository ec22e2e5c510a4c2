/* Softmax along any axis: the op works on the last one, so others are swapped with it and back. */
#include "builder/builder.h"
#include "headrace/nn.h"

/* Numbers below `end`, numbers between, and the two axes in each other's place: a permutation. */
static hr_output swapped_axes(hr_scope scope, hr_output x, hr_operand axis, hr_output last, const char *name) {
  hr_output before = hr_tf_range(scope, 0, axis, 1);
  hr_operand next =
      axis.kind == HR_OPERAND_INT ? hr_operand_int(axis.i + 1) : hr_operand_output(hr_plus(scope, axis, 1));
  hr_output between = hr_tf_range(scope, next, last, 1);
  hr_output perm = hr_tf_concat(scope, HR_OPERANDS(before, HR_OPERANDS(last), between, HR_OPERANDS(axis)), 0);
  return hr_tf_transpose(scope, x, .perm = hr_operand_output(perm), .name = name);
}

static hr_output softmax_op(hr_scope scope, bool log, hr_output x, const char *name) {
  return log ? hr_log_softmax(scope, x, .name = name) : hr_softmax(scope, x, .name = name);
}

static hr_output softmax(hr_scope scope, bool log, hr_operand input, const hr_axis_options *options) {
  hr_axis_options o = options ? *options : (hr_axis_options){.axis = -1};
  hr_output logits = hr_convert(scope, input, HR_INVALID, NULL);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(logits);
  int32_t number = o.axis;
  if (number == -1 || number == rank - 1) return softmax_op(scope, log, logits, o.name);
  if (number < -rank || number >= rank) {
    hr_refuse(scope, "Dimension (%d) must be in the range [%d, %d) where %d is the number of dimensions in the input.",
              number, -rank, rank, rank);
    return HR_NO_OUTPUT;
  }
  const hr_partial_shape shape = *hr_output_shape(logits);
  hr_output count = hr_tf_rank(scope, logits);
  hr_operand axis = hr_operand_int(number);
  if (number < 0) axis = hr_operand_output(hr_plus(scope, number, count));
  hr_output input_rank = hr_tf_rank(scope, logits);
  if (number < 0) axis = hr_operand_output(hr_modulo(scope, axis, rank));
  hr_output last = hr_binary(scope, "Sub", input_rank, 1);
  hr_output swapped = swapped_axes(scope, logits, axis, last, NULL);
  hr_output result = softmax_op(scope, log, swapped, NULL);
  last = hr_binary(scope, "Sub", input_rank, 1);
  result = swapped_axes(scope, result, axis, last, o.name);
  if (!result.node) return result;
  hr_know_shape(scope, result, &shape);
  return result;
}

hr_output hr_tf_softmax_with(hr_scope scope, hr_operand logits, const hr_axis_options *options) {
  return softmax(scope, false, logits, options);
}
hr_output hr_tf_log_softmax_with(hr_scope scope, hr_operand logits, const hr_axis_options *options) {
  return softmax(scope, true, logits, options);
}
