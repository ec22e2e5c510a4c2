/* Gradients of operations on sparse tensors: of their values. */
#include "headrace/sparse.h"
#include "headrace/arrays.h"
#include "headrace/ops.h"
#include "ops/gradients/gradient.h"

/* The elements' numbers are put in order too: where each came from, and so where each gradient goes. */
hr_status hr_gradient_sparse_reorder(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output count = hr_at(s, hr_tf_shape(s, hr_x(c, 0)), HR_INDEX(0));
  hr_output numbers = hr_tf_range(s, 0, count, 1);
  hr_sparse_reorder_outputs order = hr_sparse_reorder(s, hr_x(c, 0), numbers, hr_x(c, 2));
  hr_identity(s, hr_x(c, 2)); /* the shape of TensorFlow's sparse tensor */
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  hr_dx(c, 1, hr_tf_gather(s, hr_dy(c, 1), hr_invert_permutation(s, order.output_values)));
  return HR_SUCCESS;
}

hr_status hr_gradient_sparse_fill_empty_rows(hr_gradient_context *c) {
  hr_sparse_fill_empty_rows_grad_outputs grads = hr_sparse_fill_empty_rows_grad(c->scope, hr_y(c, 3), hr_dy(c, 1));
  hr_dx(c, 1, grads.d_values);
  hr_dx(c, 3, grads.d_default_value);
  return HR_SUCCESS;
}

/* Of b: the product of the transposed a and the gradient. Of a's elements: the products of the rows that they meet. */
hr_status hr_gradient_sparse_tensor_dense_mat_mul(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output indices = hr_x(c, 0), b = hr_x(c, 3), grad = hr_dy(c, 0);
  bool turn_a = hr_bool_attr(c, "adjoint_a"), turn_b = hr_bool_attr(c, "adjoint_b");
  hr_output db = hr_sparse_tensor_dense_matmul(s, indices, hr_x(c, 1), hr_x(c, 2), grad, .adjoint_a = !turn_a);
  if (turn_b) db = hr_tf_transpose(s, db);
  hr_output rows = hr_at(s, indices, HR_ALL, HR_INDEX(0)), columns = hr_at(s, indices, HR_ALL, HR_INDEX(1));
  hr_output of_grad = hr_tf_gather(s, grad, turn_a ? columns : rows);
  hr_output of_b = hr_tf_gather(s, turn_b ? hr_tf_transpose(s, b) : b, turn_a ? rows : columns);
  hr_dx(c, 1, hr_reduce_sum(s, hr_times(s, of_grad, of_b), .axis = HR_AXIS(1)));
  hr_dx(c, 3, db);
  return HR_SUCCESS;
}

hr_status hr_gradient_sparse_tensor_dense_add(hr_gradient_context *c) {
  hr_output gradient = hr_dy(c, 0);
  hr_dx(c, 1, hr_gather_nd(c->scope, gradient, hr_x(c, 0)));
  hr_dx(c, 3, gradient);
  return HR_SUCCESS;
}

hr_status hr_gradient_sparse_slice(hr_gradient_context *c) {
  hr_dx(c, 1, hr_sparse_slice_grad(c->scope, hr_dy(c, 1), hr_x(c, 0), hr_x(c, 3), hr_y(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_not_implemented(hr_gradient_context *c) {
  return hr_error(HR_UNIMPLEMENTED, "Gradient for %s is currently not implemented yet.", hr_node_op(c->node));
}

hr_status hr_gradient_sparse_add(hr_gradient_context *c) {
  hr_sparse_add_grad_outputs grads = hr_sparse_add_grad(c->scope, hr_dy(c, 1), hr_x(c, 0), hr_x(c, 3), hr_y(c, 0));
  if (!hr_scope_ok(c->scope)) return HR_SUCCESS;
  hr_know_shape(c->scope, grads.a_val_grad, hr_output_shape(hr_x(c, 1)));
  hr_know_shape(c->scope, grads.b_val_grad, hr_output_shape(hr_x(c, 4)));
  hr_dx(c, 1, grads.a_val_grad);
  hr_dx(c, 4, grads.b_val_grad);
  return HR_SUCCESS;
}

/* Each element got a share of the sum at its index, in which reduced dimensions count as one place. */
hr_status hr_gradient_sparse_reduce_sum(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output shape = hr_x(c, 2);
  hr_output kept = hr_reduced_shape(s, hr_operand_output(shape), hr_operand_output(hr_x(c, 3)));
  hr_output gradient = hr_reshape(s, hr_dy(c, 0), kept);
  hr_output scale = hr_floordiv(s, shape, hr_tf_cast(s, kept, HR_INT64));
  hr_dx(c, 1, hr_gather_nd(s, gradient, hr_floordiv(s, hr_x(c, 0), scale)));
  return HR_SUCCESS;
}

/* The elements of the dense tensor that the sparse one's have met, and where they stand in it. */
static hr_output dense_elements(hr_gradient_context *c, hr_output *places, hr_output *dense_shape) {
  hr_scope s = c->scope;
  hr_output shape = hr_x(c, 2), dense = hr_x(c, 3);
  *dense_shape = hr_tf_cast(s, hr_tf_shape(s, dense), HR_INT64);
  hr_output rank = hr_tf_size(s, shape), dense_rank = hr_tf_size(s, *dense_shape);
  hr_output more = hr_tf_expand_dims(s, hr_minus(s, rank, dense_rank), 0);
  hr_output same_rank = hr_tf_concat(s, HR_OPERANDS(hr_ones(s, more, .dtype = HR_INT64), *dense_shape), 0);
  hr_output scaled = hr_floordiv(s, hr_x(c, 0), hr_floordiv(s, shape, same_rank));
  const int64_t zero = 0, rest[] = {-1, -1};
  hr_output begin = hr_tf_concat(s, HR_OPERANDS(((hr_ints){1, &zero}), more), 0);
  *places = hr_call_one(s, "Slice", NULL, HR_OPERANDS(scaled, begin, ((hr_ints){2, rest})), HR_NO_ATTRS);
  return hr_gather_nd(s, dense, *places);
}

static hr_status dense_gradient(hr_gradient_context *c, hr_output places, hr_output values, hr_output dense_shape) {
  hr_output zeros = hr_tf_zeros_like(c->scope, hr_x(c, 3));
  hr_dx(c, 3, hr_sparse_dense_add(c->scope, ((hr_sparse_tensor){places, values, dense_shape}), zeros));
  return HR_SUCCESS;
}

hr_status hr_gradient_sparse_dense_cwise_mul(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output places, dense_shape, elements = dense_elements(c, &places, &dense_shape);
  hr_dx(c, 1, hr_times(s, hr_dy(c, 0), elements));
  return dense_gradient(c, places, hr_times(s, hr_dy(c, 0), hr_x(c, 1)), dense_shape);
}

hr_status hr_gradient_sparse_dense_cwise_div(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output places, dense_shape, elements = dense_elements(c, &places, &dense_shape);
  hr_dx(c, 1, hr_truediv(s, hr_dy(c, 0), elements));
  hr_output negative = hr_neg(s, hr_x(c, 1));
  hr_output slope = hr_truediv(s, negative, hr_square(s, elements));
  return dense_gradient(c, places, hr_times(s, hr_dy(c, 0), slope), dense_shape);
}

hr_status hr_gradient_sparse_softmax(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output indices = hr_x(c, 0), shape = hr_x(c, 2);
  hr_sparse_tensor product = {indices, hr_times(s, hr_y(c, 0), hr_dy(c, 0)), shape};
  hr_output sums = hr_neg(s, hr_tf_sparse_reduce_sum(s, product, .axis = HR_AXES(-1), .keepdims = true));
  hr_output difference = hr_sparse_dense_cwise_add(s, indices, hr_dy(c, 0), shape, sums);
  hr_dx(c, 1, hr_times(s, difference, hr_y(c, 0)));
  return HR_SUCCESS;
}
