/* Conditionals whose predicate may be known while the graph is built. */
#include "builder/control_flow/results.h"

bool hr_known_condition_of(hr_scope scope, hr_operand predicate, bool *value) {
  *value = false;
  switch (predicate.kind) {
  case HR_OPERAND_BOOL: *value = predicate.b; return true;
  case HR_OPERAND_INT:
    *value = predicate.i == 1;
    if (predicate.i == 0 || predicate.i == 1) return true;
    break;
  case HR_OPERAND_OUTPUT: {
    hr_tensor constant;
    bool known = false;
    hr_status status = hr_constant_value(predicate.output, &known, &constant);
    if (status) hr_scope_fail(scope, status);
    if (status || !known) return false;
    hr_dtype dtype = hr_tensor_dtype(&constant);
    bool is_condition = (dtype == HR_BOOL || hr_dtype_is_integer(dtype)) && constant.elements == 1;
    const char *bytes = hr_tensor_data(&constant);
    for (size_t i = 0; is_condition && i < hr_dtype_size(dtype); ++i)
      *value |= bytes[i] != 0;
    hr_tensor_clear(&constant);
    return is_condition;
  }
  case HR_OPERAND_VARIABLE: return false;
  default: break;
  }
  hr_refuse_type(scope, "A condition must be a tensor, a variable, a bool, or 1 or 0");
  return false;
}

hr_outputs hr_smart_cond_with(hr_scope scope, hr_operand predicate, hr_branch if_true, hr_branch if_false,
                              const hr_op_options *options) {
  bool value;
  if (!hr_known_condition_of(scope, predicate, &value))
    return hr_scope_ok(scope) ? hr_cond_with(scope, predicate, if_true, if_false, options) : (hr_outputs){0, NULL};
  hr_results results = {.scope = scope};
  hr_branch branch = value ? if_true : if_false;
  branch.build(branch.argument, scope, &results);
  hr_outputs outputs = hr_results_tensors(scope, &results);
  hr_results_free(&results);
  return outputs;
}
