/* Gradients of neural network ops. */
#include "ops/gradients/gradient.h"

/* ---- activations ----------------------------------------------------------------------------------------------- */

hr_status hr_gradient_relu(hr_gradient_context *c) {
  hr_dx(c, 0, hr_relu_grad(c->scope, hr_dy(c, 0), hr_y(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_relu6(hr_gradient_context *c) {
  hr_dx(c, 0, hr_relu6_grad(c->scope, hr_dy(c, 0), hr_y(c, 0)));
  return HR_SUCCESS;
}

static float alpha(const hr_gradient_context *c) { return hr_node_attr(c->node, "alpha")->f; }

hr_status hr_gradient_leaky_relu(hr_gradient_context *c) {
  hr_dx(c, 0, hr_leaky_relu_grad(c->scope, hr_dy(c, 0), hr_x(c, 0), .alpha = alpha(c)));
  return HR_SUCCESS;
}

hr_status hr_gradient_elu(hr_gradient_context *c) {
  hr_dx(c, 0, hr_elu_grad(c->scope, hr_dy(c, 0), hr_y(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_selu(hr_gradient_context *c) {
  hr_dx(c, 0, hr_selu_grad(c->scope, hr_dy(c, 0), hr_y(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_softplus(hr_gradient_context *c) {
  hr_output slope = hr_sigmoid(c->scope, hr_x(c, 0));
  hr_dx(c, 0, hr_times(c->scope, hr_dy(c, 0), slope));
  return HR_SUCCESS;
}

hr_status hr_gradient_softsign(hr_gradient_context *c) {
  hr_dx(c, 0, hr_softsign_grad(c->scope, hr_dy(c, 0), hr_x(c, 0)));
  return HR_SUCCESS;
}

/* Zeros of the shape of x, whatever its values. */
static hr_output zeros_of_shape(hr_scope s, hr_output x) {
  hr_output shape = hr_tf_shape(s, x);
  return hr_zeros(s, shape, .dtype = hr_output_base_dtype(x));
}

/* The fused gradients of piecewise linear functions are linear in their first input and do not change with the second.
 */
hr_status hr_gradient_relu_grad(hr_gradient_context *c) {
  hr_dx(c, 0, hr_relu_grad(c->scope, hr_dy(c, 0), hr_x(c, 1)));
  hr_dx(c, 1, zeros_of_shape(c->scope, hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_relu6_grad(hr_gradient_context *c) {
  hr_dx(c, 0, hr_relu6_grad(c->scope, hr_dy(c, 0), hr_x(c, 1)));
  hr_dx(c, 1, zeros_of_shape(c->scope, hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_leaky_relu_grad(hr_gradient_context *c) {
  hr_dx(c, 0, hr_leaky_relu_grad(c->scope, hr_dy(c, 0), hr_x(c, 1), .alpha = alpha(c)));
  hr_dx(c, 1, zeros_of_shape(c->scope, hr_x(c, 1)));
  return HR_SUCCESS;
}

/* EluGrad(dy, y): dy (y + 1) where y is negative. */
hr_status hr_gradient_elu_grad(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), y = hr_x(c, 1);
  hr_dx(c, 0, hr_elu_grad(s, grad, y));
  hr_output negative = hr_binary(s, "Less", y, 0);
  hr_output slope = hr_times(s, grad, hr_x(c, 0));
  hr_dx(c, 1, hr_select(s, negative, slope, hr_tf_zeros_like(s, y)));
  return HR_SUCCESS;
}

hr_status hr_gradient_selu_grad(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), y = hr_x(c, 1);
  hr_dx(c, 0, hr_selu_grad(s, grad, y));
  hr_output negative = hr_binary(s, "Less", y, 0.0);
  hr_output slope = hr_times(s, grad, hr_x(c, 0));
  hr_dx(c, 1, hr_select(s, negative, slope, hr_tf_zeros_like(s, y)));
  return HR_SUCCESS;
}

/* SoftplusGrad(dy, x) = dy / (1 + exp(-x)). */
hr_status hr_gradient_softplus_grad(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0), x = hr_x(c, 1);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_dx(c, 0, hr_softplus_grad(s, grad, x));
    hr_output product = hr_times(s, grad, hr_x(c, 0));
    hr_output sum = hr_plus(s, hr_exp(s, hr_neg(s, x)), 2.0);
    sum = hr_plus(s, sum, hr_exp(s, x));
    hr_dx(c, 1, hr_truediv(s, product, sum));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_l2_loss(hr_gradient_context *c) {
  hr_dx(c, 0, hr_times(c->scope, hr_x(c, 0), hr_dy(c, 0)));
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

/* The bias gradient's gradient: repeated over all dimensions but that of the channels. */
hr_status hr_gradient_bias_add_grad(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  hr_output shape = hr_tf_shape(s, hr_x(c, 0));
  hr_output channels = hr_tf_shape(s, grad), expanded, multiples;
  if (strcmp(data_format(c), "NCHW") == 0) {
    hr_output before = hr_tf_ones_like(s, hr_at(s, shape, HR_SLICE(HR_OPEN, 1)));
    hr_output behind = hr_tf_ones_like(s, hr_at(s, shape, HR_SLICE(2, HR_OPEN)));
    expanded = hr_join(s, HR_VECTOR_PART(before), HR_VECTOR_PART(channels), HR_VECTOR_PART(behind));
    before = hr_at(s, shape, HR_SLICE(HR_OPEN, 1));
    behind = hr_at(s, shape, HR_SLICE(2, HR_OPEN));
    multiples = hr_join(s, HR_VECTOR_PART(before), HR_NUMBER_PART(1), HR_VECTOR_PART(behind));
  } else {
    hr_output before = hr_tf_ones_like(s, hr_at(s, shape, HR_SLICE(HR_OPEN, -1)));
    expanded = hr_join(s, HR_VECTOR_PART(before), HR_VECTOR_PART(channels));
    before = hr_at(s, shape, HR_SLICE(HR_OPEN, -1));
    multiples = hr_join(s, HR_VECTOR_PART(before), HR_NUMBER_PART(1));
  }
  hr_dx(c, 0, hr_tile(s, hr_reshape(s, grad, expanded), multiples));
  return HR_SUCCESS;
}

hr_status hr_gradient_bias_add_v1(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  hr_dx(c, 0, grad);
  hr_output axes = hr_tf_range(s, 0, hr_minus(s, hr_tf_rank(s, grad), 1), 1);
  hr_dx(c, 1, hr_reduce_sum(s, grad, .axis = hr_operand_output(axes)));
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

/* ---- selections ------------------------------------------------------------------------------------------------ */

/* Spreads the gradient of the k largest back over the last dimension, by positions in the flattened tensor. */
hr_status hr_gradient_top_k(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), indices = hr_y(c, 1);
  hr_output in_shape = hr_tf_shape(s, hr_x(c, 0));
  hr_output shape = hr_tf_shape(s, indices);
  hr_output wide = hr_tf_cast(s, shape, HR_INT64);
  hr_output taken = hr_tf_gather(s, wide, hr_minus(s, hr_tf_size(s, shape), 1));
  hr_operand rows_of[] = {hr_operand_int(-1), hr_operand_output(taken)};
  hr_output rows = hr_reshape(s, indices, hr_convert(s, hr_operand_items(2, rows_of), HR_INT64, "stack"));
  wide = hr_tf_cast(s, in_shape, HR_INT64);
  hr_output width = hr_tf_gather(s, wide, hr_minus(s, hr_tf_size(s, in_shape), 1));
  hr_output count = hr_at(s, hr_tf_shape(s, rows), HR_INDEX(0));
  hr_output end = hr_times(s, hr_tf_cast(s, count, HR_INT64), width);
  hr_output starts = hr_tf_expand_dims(s, hr_tf_range(s, 0, end, width), -1);
  rows = hr_plus(s, rows, hr_tf_cast(s, starts, HR_INT32));
  hr_output flat = hr_tf_expand_dims(s, hr_tf_reshape(s, rows, HR_SHAPE(-1)), -1);
  grad = hr_tf_reshape(s, grad, HR_SHAPE(-1));
  hr_output elements = hr_reduce_prod(s, in_shape), spread = HR_NO_OUTPUT;
  HR_WITH (scatter, hr_name_scope(s, "ScatterNd")) {
    hr_output size =
        hr_convert(scatter, hr_operand_items(1, (hr_operand[]){hr_operand_output(elements)}), HR_INT32, "shape");
    spread = hr_scatter_nd(scatter, flat, grad, size, .name = hr_scope_name(scatter));
  }
  hr_dx(c, 0, hr_reshape(s, spread, in_shape));
  if (c->node->num_inputs > 1) hr_dx(c, 1, hr_zeros(s, HR_SHAPE(), .dtype = HR_INT32));
  return HR_SUCCESS;
}

/* Equal elements share the gradient. */
hr_status hr_gradient_nth_element(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), grad = hr_dy(c, 0);
  hr_output same = hr_equal(s, hr_tf_expand_dims(s, hr_y(c, 0), -1), x);
  hr_output chosen = hr_tf_cast(s, same, hr_output_base_dtype(grad));
  grad = hr_tf_expand_dims(s, grad, -1);
  hr_output count = hr_tf_expand_dims(s, hr_reduce_sum(s, chosen, .axis = HR_AXIS(-1)), -1);
  hr_dx(c, 0, hr_times(s, hr_real_div(s, chosen, count, .name = "div"), grad));
  return HR_SUCCESS;
}

/* ---- connectionist temporal classification ----------------------------------------------------------------------- */

hr_status hr_gradient_ctc_loss(hr_gradient_context *c) {
  hr_output gradient = hr_prevent_gradient(
      c->scope, hr_y(c, 1),
      .message =
          "Currently there is no way to take the second  derivative of ctc_loss due to the fused implementation's "
          "interaction  with tf.gradients()");
  hr_output dy = hr_tf_expand_dims(c->scope, hr_dy(c, 0), -1);
  hr_dx(c, 0, hr_times(c->scope, dy, gradient));
  return HR_SUCCESS;
}
