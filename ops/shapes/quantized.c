/* Shapes of steps of a range, and of the numbers they stand for. */
#include "ops/shapes/shapes.h"

/* The inputs from `first` on are scalars, and the outputs from `first_output` on. */
static hr_status set_scalars(hr_shape_context *c, int first, int first_output) {
  static const hr_partial_shape scalar = {0};
  for (int i = first; i < c->node->num_inputs; ++i)
    HR_TRY(hr_check_scalar(c, i));
  for (int i = first_output; i < c->node->num_outputs; ++i)
    hr_shape_share(c, i, &scalar);
  return HR_SUCCESS;
}

/* Like the first input, beside limits of ranges. */
hr_status hr_shape_fn_quantize(hr_shape_context *c) {
  hr_share_input(c, 0, 0);
  return set_scalars(c, 1, 1);
}

hr_status hr_shape_fn_requantization_range(hr_shape_context *c) { return set_scalars(c, 1, 0); }

/* Another op's shape function, beside the limits of the ranges of two inputs, or of one. */
static hr_status set_result(hr_shape_context *c, hr_status (*set)(hr_shape_context *c), int first_limit) {
  HR_TRY(set(c));
  return set_scalars(c, first_limit, 1);
}

hr_status hr_shape_fn_quantized_matmul(hr_shape_context *c) { return set_result(c, hr_shape_fn_matmul, 2); }
hr_status hr_shape_fn_quantized_bias_add(hr_shape_context *c) { return set_result(c, hr_shape_fn_bias_add_v1, 2); }
hr_status hr_shape_fn_quantized_reshape(hr_shape_context *c) { return set_result(c, hr_shape_fn_reshape, 2); }
hr_status hr_shape_fn_quantized_conv_2d(hr_shape_context *c) { return set_result(c, hr_shape_fn_conv_2d, 2); }
hr_status hr_shape_fn_quantized_max_pool(hr_shape_context *c) { return set_result(c, hr_shape_fn_max_pool, 1); }
hr_status hr_shape_fn_quantized_avg_pool(hr_shape_context *c) { return set_result(c, hr_shape_fn_avg_pool, 1); }
hr_status hr_shape_fn_quantized_concat(hr_shape_context *c) {
  int count = (c->node->num_inputs - 1) / 3;
  HR_TRY(hr_set_concat(c, 1, count, 0));
  return set_scalars(c, 1 + count, 1);
}
