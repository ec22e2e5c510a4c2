/* Gradients of optionals: those of their values. */
#include "headrace/ops.h"
#include "ops/gradients/gradient.h"

hr_status hr_gradient_optional_from_value(hr_gradient_context *c) {
  int32_t count = c->node->num_inputs;
  hr_dtype *types = hr_keep_bytes(c->scope, sizeof *types * ((size_t)count + 1));
  hr_partial_shape *shapes = hr_keep_bytes(c->scope, sizeof *shapes * ((size_t)count + 1));
  if (!types || !shapes) return HR_SUCCESS;
  for (int32_t i = 0; i < count; ++i) {
    types[i] = hr_output_dtype(hr_x(c, i));
    shapes[i] = *hr_output_shape(hr_x(c, i));
  }
  hr_outputs gradients =
      hr_optional_get_value(c->scope, hr_dy(c, 0), ((hr_types){count, types}), ((hr_shapes){count, shapes}));
  for (int32_t i = 0; i < gradients.count; ++i)
    hr_dx(c, i, gradients.items[i]);
  return HR_SUCCESS;
}

hr_status hr_gradient_optional_get_value(hr_gradient_context *c) {
  int32_t count = c->node->num_outputs;
  hr_output *gradients = hr_keep_bytes(c->scope, sizeof *gradients * ((size_t)count + 1));
  for (int32_t i = 0; gradients && i < count; ++i)
    gradients[i] = hr_dy(c, i);
  if (gradients) hr_dx(c, 0, hr_optional_from_value(c->scope, ((hr_outputs){count, gradients})));
  return HR_SUCCESS;
}
