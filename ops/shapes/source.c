/* Shapes of ops whose attributes say them: constants, placeholders, variables, scalars. */
#include "ops/shapes/shapes.h"

/* Every output is a scalar. */
hr_status hr_shape_fn_scalar(hr_shape_context *c) {
  for (int i = 0; i < c->node->num_outputs; ++i)
    hr_shape_set_scalar(c, i);
  return HR_SUCCESS;
}

/* So is every input. */
hr_status hr_shape_fn_all_scalars(hr_shape_context *c) {
  for (int i = 0; i < c->node->num_inputs; ++i)
    HR_TRY(hr_check_scalar(c, i));
  return hr_shape_fn_scalar(c);
}

/* A handle by reference, or what was one: container and name. */
hr_status hr_shape_fn_two_strings(hr_shape_context *c) {
  static const hr_partial_shape pair = {.rank = 1, .dims = {2}};
  hr_shape_share(c, 0, &pair);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_const(hr_shape_context *c) {
  hr_shape shape = hr_tensor_shape(hr_node_attr(c->node, "value")->tensor);
  hr_partial_shape partial = hr_partial_shape_from(&shape);
  return hr_shape_set(c, 0, &partial);
}

/* The attribute's value lives as long as the node. */
hr_status hr_shape_fn_shape_attr(hr_shape_context *c) {
  hr_shape_share(c, 0, hr_node_attr(c->node, "shape")->shape);
  return HR_SUCCESS;
}

/* In old graphs a scalar's shape stood for an unknown one too. */
hr_status hr_shape_fn_old_variable(hr_shape_context *c) {
  if (hr_node_attr(c->node, "shape")->shape->rank > 0) return hr_shape_fn_shape_attr(c);
  hr_shape_set_unknown(c, 0);
  return HR_SUCCESS;
}

/* The attribute, which may say less than the input, and may not contradict it. */
hr_status hr_shape_fn_placeholder_with_default(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_partial_shape_merge(hr_shape_input(c, 0), hr_node_attr(c->node, "shape")->shape, &unused));
  return hr_shape_fn_shape_attr(c);
}

hr_status hr_shape_fn_ensure_shape(hr_shape_context *c) {
  hr_partial_shape merged;
  HR_TRY(hr_partial_shape_merge(hr_shape_input(c, 0), hr_node_attr(c->node, "shape")->shape, &merged));
  return hr_shape_set(c, 0, &merged);
}
