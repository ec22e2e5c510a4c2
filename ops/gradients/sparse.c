/* Gradients of operations on sparse tensors: of their values. */
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
