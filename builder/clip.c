/* Clipping by value, by norm, and by the norm of many tensors. */
#include "builder/builder.h"
#include <math.h>

hr_output hr_tf_clip_by_value_with(hr_scope scope, hr_operand input, hr_operand low, hr_operand high,
                                   const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "clip_by_value");
  hr_output x = hr_convert(s, input, HR_INVALID, "t");
  hr_output below = hr_binary(s, "Minimum", x, high);
  return hr_binary(s, "Maximum", below, low, .name = hr_scope_name(s));
}

/* The root is taken of positive sums alone, so that the gradient at zero is not NaN. */
hr_output hr_clip_by_norm_with(hr_scope scope, hr_operand input, hr_operand norm,
                               const hr_clip_by_norm_options *options) {
  hr_clip_by_norm_options o = options ? *options : (hr_clip_by_norm_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "clip_by_norm");
  hr_output x = hr_convert(s, input, HR_INVALID, "t");
  hr_output sum = hr_reduce_sum(s, hr_times(s, x, x), .axis = o.axes, .keepdims = true);
  hr_output positive = hr_binary(s, "Greater", sum, 0);
  hr_output safe = hr_select(s, positive, sum, hr_tf_ones_like(s, sum));
  hr_output length = hr_select(s, positive, hr_sqrt(s, safe), sum);
  hr_output product = hr_times(s, x, norm);
  hr_output divisor = hr_binary(s, "Maximum", length, norm);
  return hr_identity(s, hr_truediv(s, product, divisor), .name = hr_scope_name(s));
}

/* The operand 1 / x in the graph, made from the Const 1. */
static hr_output reciprocal(hr_scope s, hr_operand x, hr_dtype dtype) {
  return hr_truediv(s, hr_constant(s, 1.0, .dtype = dtype), x);
}

hr_output hr_clip_by_average_norm_with(hr_scope scope, hr_operand input, hr_operand norm,
                                       const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "clip_by_average_norm");
  hr_output x = hr_convert(s, input, HR_INVALID, "t");
  hr_output elements = hr_tf_cast(s, hr_tf_size(s, x), HR_FLOAT);
  hr_output squares = hr_times(s, x, x);
  hr_output axes = hr_tf_range(s, 0, hr_tf_rank(s, x), 1);
  hr_output inverse = hr_rsqrt(s, hr_reduce_sum(s, squares, .axis = hr_operand_output(axes)));
  hr_output scaled = hr_times(s, x, norm);
  hr_output average = hr_times(s, inverse, elements);
  hr_output factor = hr_minimum(s, average, reciprocal(s, norm, HR_FLOAT));
  return hr_identity(s, hr_times(s, scaled, factor), .name = hr_scope_name(s));
}

/* The tensors of a list; values become Consts "t_0", ... Entries that are not given stay so. NULL, with the error at
 * the builder, when memory is out; freed by the caller. */
static hr_output *tensors_of(hr_scope s, hr_operands list) {
  hr_output *tensors = calloc((size_t)list.count + 1, sizeof *tensors);
  if (!tensors) hr_scope_fail(s, hr_error_out_of_memory(sizeof *tensors * (size_t)list.count, "tensors"));
  for (int32_t i = 0; tensors && i < list.count; ++i) {
    char name[16];
    snprintf(name, sizeof name, "t_%d", (int)i);
    hr_operand item = hr_operands_at(list, i);
    if (hr_operand_is_given(item) && item.kind != HR_OPERAND_NONE) tensors[i] = hr_convert(s, item, HR_INVALID, name);
  }
  return tensors;
}

hr_output hr_global_norm_with(hr_scope scope, hr_operands list, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "global_norm");
  hr_output *halves = tensors_of(s, list);
  if (!halves) return HR_NO_OUTPUT;
  int32_t count = 0;
  for (int32_t i = 0; i < list.count; ++i) {
    hr_output tensor = halves[i];
    if (!tensor.node) continue;
    hr_scope beside = hr_colocate_with(s, tensor.node, false);
    halves[count++] = hr_l2_loss(beside, tensor);
    hr_scope_close(beside);
  }
  hr_output sum = hr_reduce_sum(s, hr_stack(s, ((hr_outputs){count, halves})));
  free(halves);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output two = hr_constant(s, 2.0, .dtype = hr_output_base_dtype(sum));
  return hr_sqrt(s, hr_times(s, sum, two), .name = "global_norm");
}

hr_output hr_clip_by_global_norm_with(hr_scope scope, hr_operands list, hr_operand norm, hr_output *clipped,
                                      const hr_clip_by_global_norm_options *options) {
  hr_clip_by_global_norm_options o = options ? *options : (hr_clip_by_global_norm_options){0};
  for (int32_t i = 0; i < list.count; ++i)
    clipped[i] = HR_NO_OUTPUT;
  hr_output length = hr_operand_is_given(o.use_norm) ? hr_convert(scope, o.use_norm, HR_INVALID, NULL)
                                                     : hr_global_norm(scope, list, .name = o.name);
  hr_scope s = hr_name_scope_or(scope, o.name, "clip_by_global_norm");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(length);
  hr_output inverse = hr_truediv(s, 1.0, length);
  hr_output most = reciprocal(s, norm, dtype);
  hr_output factor = hr_times(s, norm, hr_minimum(s, inverse, most));
  hr_output finite = hr_is_finite(s, length);
  hr_output nan_value = hr_constant(s, (double)NAN, .dtype = dtype);
  hr_output scale = hr_select(s, finite, factor, nan_value);
  hr_output *tensors = tensors_of(s, list);
  for (int32_t i = 0; tensors && i < list.count; ++i) {
    if (!tensors[i].node) continue;
    char *name = hr_keep_printf(s, "%s_%d", hr_scope_name(s), (int)i);
    hr_scope beside = hr_colocate_with(s, tensors[i].node, false);
    if (name) clipped[i] = hr_identity(beside, hr_times(beside, tensors[i], scale), .name = name);
    hr_scope_close(beside);
  }
  free(tensors);
  return length;
}
