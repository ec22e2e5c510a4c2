/* Gradients of matrix products. */
#include "ops/gradients/gradient.h"

static hr_output adjoint(hr_scope s, hr_output x, bool wanted) { return wanted ? hr_conj_of(s, x) : x; }

hr_output hr_adjoint_matmul(hr_scope scope, hr_output a, hr_output b, bool adjoint_a, bool adjoint_b) {
  hr_scope s = hr_name_scope(scope, "MatMul");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const char *name = hr_scope_name(s);
  int rank_a = hr_output_rank(a), rank_b = hr_output_rank(b);
  if (rank_a < 0 || rank_a > 2 || rank_b < 0 || rank_b > 2)
    return hr_batch_matmul_v2(s, a, b, .adj_x = adjoint_a, .adj_y = adjoint_b, .name = name);
  a = adjoint(s, a, adjoint_a);
  b = adjoint(s, b, adjoint_b);
  return hr_matmul(s, a, b, .transpose_a = adjoint_a, .transpose_b = adjoint_b, .name = name);
}

/* One product for each input: which two of (grad, a, b) it multiplies, and which of them are transposed. */
typedef struct product {
  int8_t left, right;
  bool transpose_left, transpose_right;
} product;
enum { GRAD, A, B };

/* By transpose_a, transpose_b; then the gradient of a and that of b. */
static const product products[2][2][2] = {
    {{{GRAD, B, false, true}, {A, GRAD, true, false}}, {{GRAD, B, false, false}, {GRAD, A, true, false}}},
    {{{B, GRAD, false, true}, {A, GRAD, false, false}}, {{B, GRAD, true, true}, {GRAD, A, true, true}}},
};

hr_status hr_gradient_matmul(hr_gradient_context *c) {
  const product *p = products[hr_bool_attr(c, "transpose_a")][hr_bool_attr(c, "transpose_b")];
  hr_scope s = c->scope;
  hr_output factors[] = {hr_dy(c, 0), HR_NO_OUTPUT, HR_NO_OUTPUT};
  factors[A] = hr_conj_of(s, hr_x(c, 0));
  factors[B] = hr_conj_of(s, hr_x(c, 1));
  for (int i = 0; i < 2; ++i) {
    hr_dx(c, i,
          hr_matmul(s, factors[p[i].left], factors[p[i].right], .transpose_a = p[i].transpose_left,
                    .transpose_b = p[i].transpose_right));
  }
  return HR_SUCCESS;
}

static void batch_products(hr_gradient_context *c, hr_output gradients[2]) {
  const product *p = products[hr_bool_attr(c, "adj_x")][hr_bool_attr(c, "adj_y")];
  hr_output factors[] = {hr_dy(c, 0), hr_x(c, 0), hr_x(c, 1)};
  for (int i = 0; i < 2; ++i) {
    gradients[i] =
        hr_adjoint_matmul(c->scope, factors[p[i].left], factors[p[i].right], p[i].transpose_left, p[i].transpose_right);
  }
}

hr_status hr_gradient_batch_matmul(hr_gradient_context *c) {
  hr_output gradients[2];
  batch_products(c, gradients);
  for (int i = 0; i < 2; ++i)
    hr_dx(c, i, gradients[i]);
  return HR_SUCCESS;
}

/* Known batch dimensions that are the same, so that none was broadcast. */
static bool same_batch(const hr_partial_shape *a, const hr_partial_shape *b) {
  if (!hr_partial_shape_is_full(a) || !hr_partial_shape_is_full(b) || a->rank != b->rank) return false;
  for (int i = 0; i < a->rank - 2; ++i) {
    if (a->dims[i] != b->dims[i]) return false;
  }
  return true;
}

hr_status hr_gradient_batch_matmul_v2(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output gradients[2];
  batch_products(c, gradients);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  if (!same_batch(hr_output_shape(hr_x(c, 0)), hr_output_shape(hr_x(c, 1)))) {
    hr_output shape_x = hr_tf_shape(s, hr_x(c, 0));
    hr_output shape_y = hr_tf_shape(s, hr_x(c, 1));
    hr_output batch_x = hr_at(s, shape_x, HR_SLICE(HR_OPEN, -2));
    hr_output batch_y = hr_at(s, shape_y, HR_SLICE(HR_OPEN, -2));
    hr_broadcast_gradient_args_outputs axes = hr_broadcast_gradient_args(s, batch_x, batch_y);
    const hr_side sides[] = {{.must_reduce = true, .axes_tensor = axes.r0, .shape = shape_x},
                             {.must_reduce = true, .axes_tensor = axes.r1, .shape = shape_y}};
    for (int i = 0; i < 2; ++i)
      gradients[i] = hr_unbroadcast(s, &sides[i], gradients[i]);
  }
  for (int i = 0; i < 2; ++i)
    hr_dx(c, i, gradients[i]);
  return HR_SUCCESS;
}

/* ---- SparseMatMul ---------------------------------------------------------------------------------------------- */

typedef struct factor {
  hr_output matrix;
  bool is_sparse;
} factor;

/* A product by SparseMatMul where a factor is sparse. That op takes no transposed right side of use here, so it is
 * transposed before. */
static hr_output sparse_product(hr_scope s, factor a, factor b, hr_dtype dtype, bool transpose_a, bool transpose_b) {
  hr_output left = a.matrix, right = b.matrix;
  if (transpose_b) right = hr_tf_transpose(s, right);
  hr_output result = a.is_sparse || b.is_sparse
                         ? hr_sparse_matmul(s, left, right, .transpose_a = transpose_a, .a_is_sparse = a.is_sparse,
                                            .b_is_sparse = b.is_sparse, .name = "MatMul")
                         : hr_tf_matmul(s, left, right, .transpose_a = transpose_a);
  return hr_tf_cast(s, result, dtype);
}

hr_status hr_gradient_sparse_matmul(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  bool grad_is_sparse = strcmp(hr_node_op(grad.node), "ReluGrad") == 0;
  const factor factors[] = {{grad, grad_is_sparse},
                            {hr_x(c, 0), hr_bool_attr(c, "a_is_sparse")},
                            {hr_x(c, 1), hr_bool_attr(c, "b_is_sparse")}};
  const product *p = products[hr_bool_attr(c, "transpose_a")][hr_bool_attr(c, "transpose_b")];
  for (int i = 0; i < 2; ++i) {
    hr_dx(c, i,
          sparse_product(s, factors[p[i].left], factors[p[i].right], hr_output_base_dtype(hr_x(c, i)),
                         p[i].transpose_left, p[i].transpose_right));
  }
  return HR_SUCCESS;
}
