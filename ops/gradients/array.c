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
static hr_status pass(hr_gradient_context *c) {
  c->inputs[0] = c->outputs[0];
  return HR_SUCCESS;
}
hr_status hr_gradient_identity(hr_gradient_context *c) { return pass(c); }
hr_status hr_gradient_print(hr_gradient_context *c) { return pass(c); }
hr_status hr_gradient_ensure_shape(hr_gradient_context *c) { return pass(c); }

hr_status hr_gradient_identity_n(hr_gradient_context *c) {
  for (int32_t i = 0; i < c->node->num_inputs; ++i)
    c->inputs[i] = c->outputs[i];
  return HR_SUCCESS;
}

/* The gradient to each term. */
static hr_status pass_to_all(hr_gradient_context *c) {
  for (int32_t i = 0; i < c->node->num_inputs; ++i)
    c->inputs[i] = c->outputs[0];
  return HR_SUCCESS;
}
hr_status hr_gradient_add_n(hr_gradient_context *c) { return pass_to_all(c); }
hr_status hr_gradient_accumulate_n_v2(hr_gradient_context *c) { return pass_to_all(c); }

hr_status hr_gradient_check_numerics(hr_gradient_context *c) {
  const hr_attr_value *message = hr_node_attr(c->node, "message");
  char quote = strchr(message->s, '\'') && !strchr(message->s, '"') ? '"' : '\''; /* as Python shows bytes */
  const char *text = hr_keep_printf(
      c->scope, "Not a number (NaN) or infinity (Inf) values detected in gradient. b%c%s%c", quote, message->s, quote);
  if (text) hr_dx(c, 0, hr_check_numerics(c->scope, hr_dy(c, 0), text));
  return HR_SUCCESS;
}

hr_status hr_gradient_fill(hr_gradient_context *c) {
  hr_dx(c, 1, hr_reduce_sum(c->scope, hr_dy(c, 0)));
  return HR_SUCCESS;
}

/* ---- order of the elements ------------------------------------------------------------------------------------- */

hr_status hr_gradient_transpose(hr_gradient_context *c) {
  hr_output perm = hr_invert_permutation(c->scope, hr_x(c, 1));
  hr_dx(c, 0, hr_tf_transpose(c->scope, hr_dy(c, 0), .perm = hr_operand_output(perm)));
  return HR_SUCCESS;
}

hr_status hr_gradient_conjugate_transpose(hr_gradient_context *c) {
  hr_output perm = hr_invert_permutation(c->scope, hr_x(c, 1));
  hr_dx(c, 0, hr_tf_transpose(c->scope, hr_dy(c, 0), .perm = hr_operand_output(perm), .conjugate = true));
  return HR_SUCCESS;
}

hr_status hr_gradient_reverse(hr_gradient_context *c) {
  hr_dx(c, 0, hr_reverse(c->scope, hr_dy(c, 0), hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_reverse_v2(hr_gradient_context *c) {
  hr_dx(c, 0, hr_reverse_v2(c->scope, hr_dy(c, 0), hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_reverse_sequence(hr_gradient_context *c) {
  hr_dx(c, 0,
        hr_reverse_sequence(c->scope, hr_dy(c, 0), hr_x(c, 1), hr_int_attr(c, "seq_dim"),
                            .batch_dim = hr_int_attr(c, "batch_dim")));
  return HR_SUCCESS;
}

hr_status hr_gradient_roll(hr_gradient_context *c) {
  hr_output back = hr_neg(c->scope, hr_x(c, 1));
  hr_dx(c, 0, hr_roll(c->scope, hr_dy(c, 0), back, hr_x(c, 2)));
  return HR_SUCCESS;
}

/* ---- scans ----------------------------------------------------------------------------------------------------- */

static hr_output sum_scan(const hr_gradient_context *c, hr_output x, bool reverse) {
  return hr_cumsum(c->scope, x, hr_x(c, 1), .exclusive = hr_bool_attr(c, "exclusive"), .reverse = reverse);
}

hr_status hr_gradient_cumsum(hr_gradient_context *c) {
  hr_dx(c, 0, sum_scan(c, hr_dy(c, 0), !hr_bool_attr(c, "reverse")));
  return HR_SUCCESS;
}

/* Wrong where an element is zero, as in TensorFlow. */
hr_status hr_gradient_cumprod(hr_gradient_context *c) {
  hr_scope s = c->scope;
  bool exclusive = hr_bool_attr(c, "exclusive"), reverse = hr_bool_attr(c, "reverse");
  hr_output products = hr_cumprod(s, hr_x(c, 0), hr_x(c, 1), .exclusive = exclusive, .reverse = reverse);
  hr_output sums = sum_scan(c, hr_times(s, products, hr_dy(c, 0)), !reverse);
  hr_dx(c, 0, hr_truediv(s, sums, hr_x(c, 0)));
  return HR_SUCCESS;
}

/* ---- repetition ------------------------------------------------------------------------------------------------ */

/* The sum over the copies of the first dimension, where the gradient has rows of all of them; `split` keeps one copy.
 */
static hr_output first_copy(hr_scope s, const hr_rows *rows, hr_output shape, hr_output *split) {
  hr_output size = hr_at(s, shape, HR_INDEX(0));
  hr_output places = hr_floor_mod(s, rows->indices, size);
  hr_output sum = hr_unsorted_segment_sum(s, rows->values, places, size);
  *split = hr_join(s, HR_NUMBER_PART(1), HR_VECTOR_PART(hr_at(s, *split, HR_SLICE(1, HR_OPEN))));
  return sum;
}

/* Sums over the copies: each dimension is split into (copies, size). */
hr_status hr_gradient_tile(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0);
  hr_output shape = hr_tf_shape(s, x);
  hr_output pairs = hr_stack(s, HR_LIST(hr_x(c, 1), shape));
  hr_output split = hr_tf_reshape(s, hr_tf_transpose(s, pairs), HR_SHAPE(-1));
  hr_output copies = hr_tf_range(s, 0, hr_tf_size(s, split), 2);
  hr_output grad = hr_dy(c, 0);
  if (hr_rows_of(grad)) grad = first_copy(s, hr_rows_of(grad), shape, &split);
  hr_output sum = hr_reduce_sum(s, hr_reshape(s, grad, split), .axis = hr_operand_output(copies));
  hr_dx(c, 0, sum);
  return hr_scope_ok(s) ? hr_output_set_shape(sum, hr_output_shape(x)) : HR_SUCCESS;
}

/* ---- choice ---------------------------------------------------------------------------------------------------- */

hr_status hr_gradient_select(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), condition = hr_x(c, 0);
  hr_output zeros = hr_tf_zeros_like(s, hr_x(c, 1));
  hr_dx(c, 1, hr_select(s, condition, grad, zeros));
  hr_dx(c, 2, hr_select(s, condition, zeros, grad));
  return HR_SUCCESS;
}

static bool has_gradient_dtype(hr_dtype dtype) { return hr_dtype_is_floating(dtype) || hr_dtype_is_complex(dtype); }

hr_status hr_gradient_cast(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_dtype dtype = hr_output_base_dtype(hr_x(c, 0));
  if (has_gradient_dtype(dtype) && has_gradient_dtype(hr_output_base_dtype(grad)))
    hr_dx(c, 0, hr_gradient_in(c->scope, grad, dtype));
  return HR_SUCCESS;
}

/* One branch of SelectV2, which broadcasts: summed back to the shape of its input. */
static hr_output branch_gradient(const hr_gradient_context *c, hr_output x, hr_output chosen, hr_output *y_shape) {
  hr_scope s = c->scope;
  hr_output shape = hr_tf_shape(s, x);
  if (!y_shape->node) *y_shape = hr_tf_shape(s, hr_y(c, 0));
  hr_output axes = hr_broadcast_gradient_args(s, shape, *y_shape).r0;
  hr_output sum = hr_reduce_sum(s, chosen, .axis = hr_operand_output(axes), .keepdims = true);
  return hr_reshape(s, sum, shape);
}

hr_status hr_gradient_select_v2(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), condition = hr_x(c, 0), shape = HR_NO_OUTPUT;
  hr_output zeros = hr_zeros(s, HR_SHAPE(), .dtype = hr_output_base_dtype(grad));
  hr_output first = hr_select_v2(s, condition, grad, zeros);
  hr_dx(c, 1, branch_gradient(c, hr_x(c, 1), first, &shape));
  hr_output second = hr_select_v2(s, condition, zeros, grad);
  hr_dx(c, 2, branch_gradient(c, hr_x(c, 2), second, &shape));
  return HR_SUCCESS;
}

hr_status hr_gradient_cross(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_dx(c, 0, hr_cross(c->scope, hr_x(c, 1), grad));
  hr_dx(c, 1, hr_cross(c->scope, grad, hr_x(c, 0)));
  return HR_SUCCESS;
}
