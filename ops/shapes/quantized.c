/* Shapes of steps of a range, and of the numbers they stand for. */
#include "ops/shapes/shapes.h"

/* Inputs 1 and up, `scalars` of them, are scalars; the first output is like the first input, the others are scalars. */
static hr_status like_first(hr_shape_context *c, int scalars) {
  static const hr_partial_shape scalar = {0};
  for (int i = 1; i <= scalars; ++i)
    HR_TRY(hr_check_scalar(c, i));
  hr_share_input(c, 0, 0);
  for (int i = 1; i < c->node->num_outputs; ++i)
    hr_shape_share(c, i, &scalar);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_quantize(hr_shape_context *c) { return like_first(c, 2); }
hr_status hr_shape_fn_quantize_and_dequantize_v3(hr_shape_context *c) { return like_first(c, 3); }
