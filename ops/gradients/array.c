/* Gradients of ops that move elements. */
#include "ops/gradients/gradient.h"

/* Back to the shape of the input. */
static hr_status reshape_to_input(hr_gradient_context *c) {
  hr_output shape = hr_tf_shape(c->scope, hr_x(c, 0));
  hr_dx(c, 0, hr_reshape(c->scope, hr_dy(c, 0), shape));
  return HR_SUCCESS;
}
hr_status hr_gradient_reshape(hr_gradient_context *c) { return reshape_to_input(c); }
hr_status hr_gradient_squeeze(hr_gradient_context *c) { return reshape_to_input(c); }
hr_status hr_gradient_expand_dims(hr_gradient_context *c) { return reshape_to_input(c); }

/* The gradient as it is, sparse or not. */
hr_status hr_gradient_identity(hr_gradient_context *c) {
  c->inputs[0] = c->outputs[0];
  return HR_SUCCESS;
}

static bool has_gradient_dtype(hr_dtype dtype) {
  return hr_dtype_is_floating(dtype) || hr_dtype_is_complex(dtype);
}

hr_status hr_gradient_cast(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_dtype dtype = hr_output_base_dtype(hr_x(c, 0));
  if (has_gradient_dtype(dtype) && has_gradient_dtype(hr_output_base_dtype(grad)))
    hr_dx(c, 0, hr_tf_cast(c->scope, grad, dtype));
  return HR_SUCCESS;
}
