/* Numbers about images: their variation, how much two differ, and images scaled by their own statistics. */
#include "builder/image/image.h"
#include "builder/variable.h"
#include "headrace/statistics.h"
#include <math.h>

hr_output hr_per_image_standardization_with(hr_scope scope, hr_operand image, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "per_image_standardization");
  hr_output x = hr_checked_image(s, image);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output floats = hr_float_images(s, x);
  hr_output sizes = hr_at(s, hr_tf_shape(s, floats), HR_SLICE(-3, HR_OPEN));
  hr_output pixels = hr_reduce_prod(s, sizes);
  hr_output mean = hr_reduce_mean(s, floats, .axis = HR_AXES(-1, -2, -3), .keepdims = true);
  hr_output deviation = hr_reduce_std(s, floats, .axis = HR_AXES(-1, -2, -3), .keepdims = true);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  /* Images of one color are not blown up. */
  hr_output least = hr_rsqrt(s, hr_tf_cast(s, pixels, hr_output_base_dtype(floats)));
  hr_output divisor = hr_binary(s, "Maximum", deviation, least);
  hr_output centered = hr_minus(s, floats, mean);
  hr_output result = hr_tf_truediv(s, centered, divisor, .name = hr_scope_name(s));
  return hr_convert_image_dtype(s, result, hr_output_base_dtype(x), .saturate = true);
}

/* ---- variation ------------------------------------------------------------------------------------------------- */

/* x without the first of a dimension, minus x without the last. */
static hr_output differences(hr_scope s, hr_output x, int rank, int dim) {
  hr_slice_item behind[4] = {HR_ALL, HR_ALL, HR_ALL, HR_ALL}, before[4] = {HR_ALL, HR_ALL, HR_ALL, HR_ALL};
  behind[dim] = HR_SLICE(1, HR_OPEN);
  before[dim] = HR_SLICE(HR_OPEN, -1);
  hr_output later = hr_slice_items(s, hr_operand_output(x), rank, behind);
  return hr_minus(s, later, hr_slice_items(s, hr_operand_output(x), rank, before));
}

hr_output hr_total_variation_with(hr_scope scope, hr_operand images, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "total_variation");
  hr_output x = hr_convert(s, images, HR_INVALID, "images");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  if (rank != 3 && rank != 4) return hr_refuse(s, "'images' must be either 3 or 4-dimensional.");
  hr_operand axes = rank == 4 ? HR_AXES(1, 2, 3) : HR_NO_OPERAND;
  hr_output down = differences(s, x, rank, rank - 3), along = differences(s, x, rank, rank - 2);
  hr_output sum = hr_reduce_sum(s, hr_abs(s, down), .axis = axes);
  return hr_plus(s, sum, hr_reduce_sum(s, hr_abs(s, along), .axis = axes));
}

/* The differences with a last row or column of zeros, so that the shape stays. */
static hr_output with_zeros(hr_scope s, hr_output difference, hr_operands zeros_shape, int axis, hr_output shape) {
  hr_output zeros = hr_zeros(s, hr_stack(s, zeros_shape), .dtype = hr_output_base_dtype(difference));
  hr_output whole = hr_tf_concat(s, HR_OPERANDS(difference, zeros), axis);
  return hr_reshape(s, whole, shape);
}

hr_image_gradients_outputs hr_image_gradients_with(hr_scope scope, hr_operand image, const hr_op_options *options) {
  hr_image_gradients_outputs none = {HR_NO_OUTPUT, HR_NO_OUTPUT};
  hr_scope s = options && options->name ? hr_name_scope(scope, options->name) : scope;
  hr_output x = hr_convert(s, image, HR_INVALID, "image");
  if (!hr_scope_ok(s)) return none;
  if (hr_output_rank(x) != 4) {
    hr_refuse(s, "image_gradients expects a 4D tensor [batch_size, h, w, d], not one of rank %d.", hr_output_rank(x));
    return none;
  }
  hr_output shape = hr_tf_shape(s, x);
  hr_outputs sizes = hr_unstack(s, shape);
  hr_output dy = differences(s, x, 4, 1), dx = differences(s, x, 4, 2);
  if (!hr_scope_ok(s)) return none;
  const hr_output *n = sizes.items;
  dy = with_zeros(s, dy, HR_OPERANDS(n[0], 1, n[2], n[3]), 1, shape);
  dx = with_zeros(s, dx, HR_OPERANDS(n[0], n[1], 1, n[3]), 2, shape);
  return (hr_image_gradients_outputs){dy, dx};
}

/* ---- comparisons ----------------------------------------------------------------------------------------------- */

hr_outputs hr_check_comparable(hr_scope s, hr_output a, hr_output b, hr_image_checks *checks) {
  const hr_outputs none = {0, NULL};
  if (!hr_scope_ok(s)) return none;
  const hr_partial_shape *one = hr_output_shape(a), *other = hr_output_shape(b);
  char text[HR_SHAPE_TEXT], other_text[HR_SHAPE_TEXT];
  bool fits = (one->rank < 0 || one->rank >= 3) && (other->rank < 0 || other->rank >= 3);
  for (int i = 1; fits && one->rank >= i && other->rank >= i; ++i) {
    int64_t x = one->dims[one->rank - i], y = other->dims[other->rank - i];
    bool may_spread = i > 3 && (x == 1 || y == 1);
    fits = x < 0 || y < 0 || x == y || may_spread;
  }
  if (!fits) {
    hr_refuse(s, "Two images are not compatible: %s and %s", hr_partial_shape_text(one, text),
              hr_partial_shape_text(other, other_text));
    return none;
  }
  hr_outputs shapes = hr_shape_n(s, HR_LIST(a, b));
  if (!hr_scope_ok(s)) return none;
  hr_operands both = hr_operands_outputs(shapes);
  hr_output has_rank = hr_binary(s, "GreaterEqual", hr_tf_size(s, shapes.items[0]), 3);
  hr_add_check(checks, hr_tf_assert(s, has_rank, both, .summarize = 10));
  hr_output left = hr_at(s, shapes.items[0], HR_SLICE(-3, HR_OPEN));
  hr_output same = hr_binary(s, "Equal", left, hr_at(s, shapes.items[1], HR_SLICE(-3, HR_OPEN)));
  hr_add_check(checks, hr_tf_assert(s, hr_reduce_all(s, same), both, .summarize = 10));
  return shapes;
}

hr_output hr_psnr_with(hr_scope scope, hr_operand a, hr_operand b, hr_operand max_val, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "PSNR");
  hr_output x = hr_convert(s, a, HR_INVALID, "a"), y = hr_convert(s, b, HR_INVALID, "b");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output most = hr_convert_image_dtype(s, hr_tf_cast(s, max_val, hr_output_base_dtype(x)), HR_FLOAT);
  x = hr_convert_image_dtype(s, x, HR_FLOAT);
  y = hr_convert_image_dtype(s, y, HR_FLOAT);
  hr_output error = hr_reduce_mean(s, hr_squared_difference(s, x, y), .axis = HR_AXES(-3, -2, -1));
  hr_output signal = hr_times(s, 20, hr_log(s, most));
  signal = hr_truediv(s, signal, hr_call_one(s, "Log", NULL, HR_OPERANDS(10.0), HR_NO_ATTRS));
  hr_output noise = hr_times(s, (double)(float)(10 / log(10)), hr_log(s, error));
  hr_output ratio = hr_binary(s, "Sub", signal, noise, .name = "psnr");
  hr_image_checks checks = {0};
  hr_check_comparable(s, x, y, &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output result = HR_NO_OUTPUT;
  HR_WITH (checked, hr_control_dependencies(s, checks.count, checks.nodes)) {
    result = hr_identity(checked, ratio);
  }
  return result;
}
