/* The gradient of MatrixSquareRoot. */
#include "headrace/linalg.h"
#include "ops/gradients/gradient.h"

/* The dimensions before the last two. */
static hr_output batch_of(hr_scope s, hr_output shape) {
  hr_output count = hr_call_one(s, "Sub", NULL, HR_OPERANDS(hr_tf_size(s, shape), 2), HR_NO_ATTRS);
  return hr_call_one(s, "Slice", NULL, HR_OPERANDS(shape, hr_operand_ints(HR_INTS(0)), HR_OPERANDS(count)),
                     HR_NO_ATTRS);
}

static hr_output kronecker(hr_scope s, hr_output a, hr_output b) {
  hr_output a_shape = hr_tf_shape(s, a), b_shape = hr_tf_shape(s, b);
  hr_output m = hr_at(s, a_shape, HR_INDEX(-1)), n = hr_at(s, b_shape, HR_INDEX(-1));
  hr_output batch = batch_of(s, a_shape);
  hr_operand one = hr_operand_ints(HR_INTS(1));
  hr_output spread_a = hr_tf_concat(s, HR_OPERANDS(batch, HR_OPERANDS(m), one, HR_OPERANDS(m), one), 0);
  hr_output spread_b = hr_tf_concat(s, HR_OPERANDS(batch, one, HR_OPERANDS(n), one, HR_OPERANDS(n)), 0);
  a = hr_reshape(s, a, spread_a);
  b = hr_reshape(s, b, spread_b);
  hr_output order = hr_times(s, m, n);
  hr_output shape = hr_tf_concat(s, HR_OPERANDS(batch, HR_OPERANDS(order), HR_OPERANDS(order)), 0);
  return hr_reshape(s, hr_times(s, a, b), shape);
}

/* With R R = A: dA = dR R + R dR, a system of equations for the elements of dR. */
hr_status hr_gradient_matrix_square_root(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output root = hr_y(c, 0), grad = hr_dy(c, 0);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  hr_output shape = hr_tf_shape(s, root);
  hr_output order = hr_at(s, shape, HR_INDEX(-1));
  hr_output count = hr_reduce_prod(s, hr_at(s, shape, HR_SLICE(0, -2)));
  hr_output identity = hr_eye(s, order, .dtype = hr_output_base_dtype(root));
  hr_output flat = hr_tf_reshape(s, identity, HR_OPERANDS(-1));
  hr_output identities = hr_reshape(s, hr_tf_tile(s, flat, HR_OPERANDS(count)), shape);
  hr_output turned = hr_matrix_transpose(s, root);
  hr_output left = kronecker(s, identities, turned);
  hr_output right = kronecker(s, root, identities);
  hr_output sum = hr_add(s, left, right);
  hr_output batch = batch_of(s, shape);
  hr_output elements = hr_times(s, order, order);
  hr_output column = hr_tf_concat(s, HR_OPERANDS(batch, HR_OPERANDS(elements), hr_operand_ints(HR_INTS(1))), 0);
  hr_output vector = hr_reshape(s, hr_matrix_transpose(s, grad), column);
  hr_output solved = hr_matrix_solve(s, sum, vector);
  hr_dx(c, 0, hr_matrix_transpose(s, hr_reshape(s, solved, shape)));
  return HR_SUCCESS;
}
