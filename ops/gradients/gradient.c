/* What the gradient functions share. */
#include "ops/gradients/gradient.h"

bool hr_same_full_shape(hr_output x, hr_output y) {
  if (!x.node || !y.node) return false;
  const hr_partial_shape *a = hr_output_shape(x), *b = hr_output_shape(y);
  return hr_partial_shape_is_full(a) && hr_partial_shape_equal(a, b);
}

hr_output hr_negated(hr_scope scope, hr_output gradient) {
  const hr_rows *rows = hr_rows_of(gradient);
  return rows ? hr_rows_with_values(scope, rows, hr_neg(scope, rows->values)) : hr_neg(scope, gradient);
}

hr_output hr_gradient_in(hr_scope scope, hr_output gradient, hr_dtype dtype) {
  const hr_rows *rows = hr_rows_of(gradient);
  return rows ? hr_rows_with_values(scope, rows, hr_tf_cast(scope, rows->values, dtype))
              : hr_tf_cast(scope, gradient, dtype);
}

bool hr_is_zero(hr_scope scope, hr_output x) {
  if (!hr_scope_ok(scope)) return false;
  if (strcmp(x.node->op->name, "ZerosLike") == 0) return true;
  bool known = false, zero = true;
  hr_tensor value = {0};
  hr_status status = hr_constant_value(x, &known, &value);
  if (status) {
    hr_scope_fail(scope, status);
    return false;
  }
  if (!known) return false;
  const char *bytes = hr_tensor_data(&value);
  size_t size = hr_tensor_bytes(&value);
  for (size_t i = 0; i < size && zero; ++i)
    zero = bytes[i] == 0;
  hr_tensor_clear(&value);
  return zero;
}

hr_output hr_safe_shape_div(hr_scope scope, hr_operand x, hr_operand y) {
  hr_output divisor = hr_binary(scope, "Maximum", y, 1);
  return hr_floordiv(scope, x, divisor);
}

static hr_output part_vector(hr_scope s, const hr_part *part, const char *name) {
  switch (part->kind) {
  case HR_PART_SCALAR:
    return hr_convert(s, hr_operand_items(1, (hr_operand[]){hr_operand_output(part->tensor)}), HR_INT32, name);
  case HR_PART_NUMBER: return hr_i32_vector(s, 1, &part->number, name);
  default: return part->tensor;
  }
}

hr_output hr_join_parts(hr_scope scope, int32_t count, const hr_part *parts) {
  hr_scope s = hr_name_scope(scope, "concat");
  hr_output vectors[HR_MAX_PARTS];
  for (int32_t i = 0; i < count; ++i) {
    char name[24];
    snprintf(name, sizeof name, "values_%d", (int)i);
    vectors[i] = part_vector(s, &parts[i], name);
  }
  hr_output axis = hr_constant_i32(s, 0, .name = "axis");
  return hr_concat_v2(s, ((hr_outputs){count, vectors}), axis, .name = hr_scope_name(s));
}

/* Of ops whose result does not change smoothly with any input. */
hr_status hr_gradient_stop(hr_gradient_context *c) {
  (void)c;
  return HR_SUCCESS;
}
