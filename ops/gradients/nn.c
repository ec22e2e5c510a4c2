/* Gradients of neural network ops. */
#include "ops/gradients/gradient.h"

/* ---- activations ----------------------------------------------------------------------------------------------- */

hr_status hr_gradient_relu(hr_gradient_context *c) {
  hr_dx(c, 0, hr_relu_grad(c->scope, hr_dy(c, 0), hr_y(c, 0)));
  return HR_SUCCESS;
}

/* The fused gradients are linear in their first input; the gradient to the second is zero. */
hr_status hr_gradient_relu_grad(hr_gradient_context *c) {
  hr_output x = hr_x(c, 1);
  hr_dx(c, 0, hr_relu_grad(c->scope, hr_dy(c, 0), x));
  hr_output shape = hr_tf_shape(c->scope, x);
  hr_dx(c, 1, hr_zeros(c->scope, shape, .dtype = hr_output_base_dtype(x)));
  return HR_SUCCESS;
}

/* ---- biases ---------------------------------------------------------------------------------------------------- */

static const char *data_format(const hr_gradient_context *c) { return hr_node_attr(c->node, "data_format")->s; }

hr_status hr_gradient_bias_add(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_dx(c, 0, grad);
  hr_dx(c, 1, hr_bias_add_grad(c->scope, grad, .data_format = data_format(c)));
  return HR_SUCCESS;
}

/* ---- softmax --------------------------------------------------------------------------------------------------- */

hr_status hr_gradient_softmax(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), y = hr_y(c, 0);
  hr_output sum = hr_reduce_sum(s, hr_times(s, grad, y), .axis = HR_AXIS(-1), .keepdims = true);
  hr_dx(c, 0, hr_times(s, hr_minus(s, grad, sum), y));
  return HR_SUCCESS;
}

hr_status hr_gradient_log_softmax(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), softmax = hr_exp(s, hr_y(c, 0));
  hr_output sum = hr_reduce_sum(s, grad, .axis = HR_AXIS(-1), .keepdims = true);
  hr_dx(c, 0, hr_minus(s, grad, hr_times(s, sum, softmax)));
  return HR_SUCCESS;
}

/* Each row of a matrix times its number. */
static hr_output scale_rows(hr_scope s, hr_output numbers, hr_output matrix) {
  return hr_times(s, hr_tf_expand_dims(s, numbers, -1), matrix);
}

hr_status hr_gradient_softmax_cross_entropy_with_logits(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output logits = hr_x(c, 0), loss_grad = hr_dy(c, 0), backprop_grad = hr_dy(c, 1);
  hr_output grad = scale_rows(s, loss_grad, hr_y(c, 1));
  if (!hr_is_zero(s, backprop_grad) && hr_scope_ok(s)) { /* a second derivative: that of the softmax */
    hr_output softmax = hr_tf_softmax(s, logits);
    hr_output rows = hr_tf_expand_dims(s, backprop_grad, 1);
    hr_output columns = hr_tf_expand_dims(s, softmax, 2);
    hr_output dot = hr_tf_squeeze(s, hr_tf_matmul(s, rows, columns), .axis = HR_AXIS(1));
    grad = hr_plus(s, grad, hr_times(s, hr_minus(s, backprop_grad, dot), softmax));
  }
  hr_dx(c, 0, grad);
  hr_output surprise = hr_neg(s, hr_tf_log_softmax(s, logits));
  hr_dx(c, 1, scale_rows(s, loss_grad, surprise));
  return HR_SUCCESS;
}

hr_status hr_gradient_sparse_softmax_cross_entropy_with_logits(hr_gradient_context *c) {
  hr_output slope = hr_prevent_gradient(
      c->scope, hr_y(c, 1),
      .message = "Currently there is no way to take the second derivative of "
                 "sparse_softmax_cross_entropy_with_logits due to the fused implementation's interaction with "
                 "tf.gradients()");
  hr_dx(c, 0, scale_rows(c->scope, hr_dy(c, 0), slope));
  return HR_SUCCESS;
}

hr_status hr_gradient_prevent_gradient(hr_gradient_context *c) {
  const hr_attr_value *message = hr_node_attr(c->node, "message");
  return hr_error(HR_NOT_FOUND, "Gradient explicitly disabled. Reason: %s", message->s);
}
