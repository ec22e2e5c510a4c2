/* Gradients of ops that read variables behind handles: what they give is the gradient of the handle. */
#include "builder/variable.h"
#include "ops/gradients/gradient.h"

hr_status hr_gradient_read_variable(hr_gradient_context *c) {
  c->inputs[0] = c->outputs[0];
  return HR_SUCCESS;
}

hr_status hr_gradient_resource_gather(hr_gradient_context *c) {
  hr_output shape = hr_handle_shape(c->scope, hr_x(c, 0), HR_INT32);
  hr_give_rows(c, shape, hr_size_vector(c->scope, hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_resource_gather_nd(hr_gradient_context *c) {
  hr_give_slices(c, hr_variable_shape(c->scope, hr_x(c, 0), .out_type = hr_output_base_dtype(hr_x(c, 1))));
  return HR_SUCCESS;
}
