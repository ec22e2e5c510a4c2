/* Shapes of what branches and loops pass on. */
#include "ops/shapes/shapes.h"

hr_status hr_shape_fn_switch(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 1));
  HR_TRY(hr_pass_input(c, 0, 0));
  return hr_pass_input(c, 1, 0);
}

hr_status hr_shape_fn_switch_n(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 1));
  for (int i = 0; i < c->node->num_outputs; ++i)
    hr_share_input(c, i, 0);
  return HR_SUCCESS;
}

/* What both shapes agree on: unknown where the ranks differ. */
static hr_partial_shape common_shape(const hr_partial_shape *a, const hr_partial_shape *b) {
  if (a->rank < 0 || a->rank != b->rank) return (hr_partial_shape){.rank = HR_UNKNOWN_RANK};
  hr_partial_shape common = *a;
  for (int i = 0; i < a->rank; ++i)
    if (a->dims[i] != b->dims[i]) common.dims[i] = HR_UNKNOWN_DIM;
  return common;
}

/* Of any of the inputs; one that is still to come may have any shape. */
hr_status hr_shape_fn_merge(hr_shape_context *c) {
  hr_partial_shape common = {.rank = HR_UNKNOWN_RANK};
  for (int i = 0; i < c->node->num_inputs; ++i) {
    if (!c->node->inputs[i].node) {
      common.rank = HR_UNKNOWN_RANK;
      break;
    }
    const hr_partial_shape *shape = hr_shape_input(c, i);
    common = i == 0 ? *shape : common_shape(&common, shape);
  }
  hr_shape_set_scalar(c, 1);
  return hr_shape_set(c, 0, &common);
}

hr_status hr_shape_fn_ref_select(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  const hr_partial_shape *first = hr_shape_input(c, 1);
  if (!hr_partial_shape_is_full(first)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  for (int i = 2; i < c->node->num_inputs; ++i) {
    if (hr_partial_shape_equal(first, hr_shape_input(c, i))) continue;
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  hr_share_input(c, 0, 1);
  return HR_SUCCESS;
}

/* A variable of the loop may change its shape from iteration to iteration; what every iteration sees may not. */
hr_status hr_shape_fn_enter(hr_shape_context *c) {
  HR_TRY(hr_pass_input(c, 0, 0));
  if (!hr_bool_attr(c, "is_constant")) hr_shape_set_unknown(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_loop_cond(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

/* ---- stacks ---------------------------------------------------------------------------------------------------- */

hr_status hr_shape_fn_stack_push(hr_shape_context *c) {
  hr_share_input(c, 0, 1);
  return HR_SUCCESS;
}
