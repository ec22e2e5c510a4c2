/* Clipping by value, by norm, and by the norm of many tensors. */
#include "builder/builder.h"
#include <math.h>

hr_output hr_tf_clip_by_value_with(hr_scope scope, hr_output x, hr_operand low, hr_operand high,
                                   const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "clip_by_value");
  hr_output below = hr_binary(s, "Minimum", x, high);
  return hr_binary(s, "Maximum", below, low, .name = hr_scope_name(s));
}

/* The root is taken of positive sums alone, so that the gradient at zero is not NaN. */
hr_output hr_clip_by_norm_with(hr_scope scope, hr_output x, hr_operand norm, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "clip_by_norm");
  hr_output sum = hr_reduce_sum(s, hr_times(s, x, x), .keepdims = true);
  hr_output positive = hr_binary(s, "Greater", sum, 0);
  hr_output safe = hr_select(s, positive, sum, hr_tf_ones_like(s, sum));
  hr_output length = hr_select(s, positive, hr_sqrt(s, safe), sum);
  hr_output product = hr_times(s, x, norm);
  hr_output divisor = hr_binary(s, "Maximum", length, norm);
  return hr_identity(s, hr_truediv(s, product, divisor), .name = hr_scope_name(s));
}

hr_output hr_global_norm_with(hr_scope scope, hr_outputs tensors, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "global_norm");
  hr_output *halves = malloc(sizeof *halves * (size_t)(tensors.count + 1));
  if (!halves) {
    hr_scope_fail(s, hr_error_out_of_memory(sizeof *halves * (size_t)tensors.count, "norms"));
    return HR_NO_OUTPUT;
  }
  int32_t count = 0;
  for (int32_t i = 0; i < tensors.count; ++i) {
    if (!tensors.items[i].node) continue;
    hr_scope beside = hr_colocate_with(s, tensors.items[i].node, false);
    halves[count++] = hr_l2_loss(beside, tensors.items[i]);
    hr_scope_close(beside);
  }
  hr_output sum = hr_reduce_sum(s, hr_stack(s, ((hr_outputs){count, halves})));
  free(halves);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output two = hr_convert(s, hr_operand_int(2), hr_output_base_dtype(sum), NULL);
  return hr_sqrt(s, hr_times(s, sum, two), .name = "global_norm");
}

hr_output hr_clip_by_global_norm_with(hr_scope scope, hr_outputs tensors, hr_operand norm, hr_output *clipped,
                                      const hr_op_options *options) {
  const char *name = options ? options->name : NULL;
  for (int32_t i = 0; i < tensors.count; ++i)
    clipped[i] = HR_NO_OUTPUT;
  hr_output length = hr_global_norm(scope, tensors, .name = name);
  hr_scope s = hr_name_scope_or(scope, name, "clip_by_global_norm");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(length);
  hr_output inverse = hr_truediv(s, 1.0, length);
  hr_output one = hr_convert(s, hr_operand_int(1), dtype, NULL);
  hr_output most = hr_truediv(s, one, norm);
  hr_output factor = hr_times(s, norm, hr_minimum(s, inverse, most));
  hr_output finite = hr_is_finite(s, length);
  hr_output nan_value = hr_convert(s, hr_operand_float(NAN), dtype, NULL);
  hr_output scale = hr_select(s, finite, factor, nan_value);
  for (int32_t i = 0; i < tensors.count; ++i) {
    if (!tensors.items[i].node) continue;
    hr_text item = {0};
    hr_text_printf(&item, "%s_%d", hr_scope_name(s), (int)i);
    hr_scope beside = hr_colocate_with(s, tensors.items[i].node, false);
    if (item.failed)
      hr_scope_fail(s, hr_error_out_of_memory(64, "a name"));
    else
      clipped[i] = hr_identity(beside, hr_times(beside, tensors.items[i], scale), .name = item.data);
    hr_scope_close(beside);
    hr_text_free(&item);
  }
  return length;
}
