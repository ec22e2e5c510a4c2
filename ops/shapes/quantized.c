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

hr_status hr_shape_fn_quantized_matmul(hr_shape_context *c) {
  HR_TRY(hr_shape_fn_matmul(c));
  return set_scalars(c, 2, 1);
}

hr_status hr_shape_fn_quantized_bias_add(hr_shape_context *c) {
  HR_TRY(hr_shape_fn_bias_add_v1(c));
  return set_scalars(c, 2, 1);
}

hr_status hr_shape_fn_quantized_reshape(hr_shape_context *c) {
  HR_TRY(hr_shape_fn_reshape(c));
  return set_scalars(c, 2, 1);
}
