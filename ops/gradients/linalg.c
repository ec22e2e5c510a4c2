/* Gradients of linear algebra on batches of matrices. Formulas: M. B. Giles, Collected matrix derivative results for
 * forward and reverse mode algorithmic differentiation (2008). */
#include "ops/gradients/gradient.h"

/* tf.linalg.adjoint of a matrix, or tf.linalg.matrix_transpose where it is not conjugated. */
static hr_output transposed(hr_scope scope, hr_output x, bool conjugate) {
  hr_scope outer = conjugate ? hr_name_scope(scope, "adjoint") : scope;
  hr_scope s = hr_name_scope(outer, "matrix_transpose");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  if (rank >= 2) {
    int64_t perm[HR_MAX_RANK];
    for (int i = 0; i < rank; ++i)
      perm[i] = i;
    perm[rank - 2] = rank - 1;
    perm[rank - 1] = rank - 2;
    return hr_tf_transpose(s, x, .perm = hr_operand_ints((hr_ints){rank, perm}), .conjugate = conjugate);
  }
  hr_output count = hr_tf_rank(s, x);
  hr_output leading = hr_tf_range(s, 0, hr_minus(s, count, 2), 1, .name = "Range");
  hr_output last = hr_minus(s, count, 1), second = hr_minus(s, count, 2), perm = HR_NO_OUTPUT;
  HR_WITH (concat, hr_name_scope(s, "concat")) {
    hr_operand swapped[] = {hr_operand_output(last), hr_operand_output(second)};
    hr_output pair = hr_convert(concat, hr_operand_items(2, swapped), HR_INT32, "values_1");
    hr_output axis = hr_constant_i32(concat, 0, .name = "axis");
    perm = hr_concat_v2(concat, HR_LIST(leading, pair), axis, .name = hr_scope_name(concat));
  }
  return hr_tf_transpose(s, x, .perm = hr_operand_output(perm), .conjugate = conjugate);
}
static hr_output adjoint(hr_scope s, hr_output x) { return transposed(s, x, true); }

static hr_output product(hr_scope s, hr_output a, hr_output b) { return hr_adjoint_matmul(s, a, b, false, false); }
static hr_output product_a(hr_scope s, hr_output a, hr_output b) { return hr_adjoint_matmul(s, a, b, true, false); }
static hr_output product_b(hr_scope s, hr_output a, hr_output b) { return hr_adjoint_matmul(s, a, b, false, true); }

/* One triangle with the diagonal. */
static hr_output triangle(hr_scope scope, hr_output x, bool lower) {
  hr_scope s = hr_name_scope(scope, "MatrixBandPart");
  hr_output below = hr_constant_i64(s, lower ? -1 : 0, .name = "num_lower");
  hr_output above = hr_constant_i64(s, lower ? 0 : -1, .name = "num_upper");
  return hr_matrix_band_part(s, x, below, above, .name = hr_scope_name(s));
}

static hr_output diagonal_matrix(hr_scope s, hr_output x) { return hr_matrix_diag(s, x, .name = "diag"); }
static hr_output diagonal_of(hr_scope s, hr_output x) { return hr_matrix_diag_part(s, x, .name = "diag_part"); }
static hr_output with_diagonal(hr_scope s, hr_output x, hr_output diagonal) {
  return hr_matrix_set_diag(s, x, diagonal, .name = "set_diag");
}

/* The lower triangle with half of the diagonal. */
static hr_output half_diagonal(hr_scope s, hr_output x) {
  hr_output half = hr_times(s, 0.5, diagonal_of(s, x));
  return with_diagonal(s, x, half);
}

/* tf.eye of computed size and batch. */
static hr_output unit_matrices(hr_scope scope, hr_output size, hr_output batch, hr_dtype dtype) {
  hr_scope s = hr_name_scope(scope, "eye");
  hr_output diagonal = hr_minimum(s, size, size);
  hr_output shape = hr_join(s, HR_VECTOR_PART(batch), HR_SCALAR_PART(diagonal));
  hr_output ones = hr_ones(s, shape, .dtype = dtype);
  return diagonal_matrix(s, ones);
}

/* ---- diagonals ------------------------------------------------------------------------------------------------- */

hr_status hr_gradient_diag(hr_gradient_context *c) {
  hr_dx(c, 0, hr_diag_part(c->scope, hr_dy(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_diag_part(hr_gradient_context *c) {
  hr_dx(c, 0, hr_diag(c->scope, hr_dy(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_matrix_diag(hr_gradient_context *c) {
  hr_dx(c, 0, diagonal_of(c->scope, hr_dy(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_matrix_diag_part(hr_gradient_context *c) {
  const hr_partial_shape *shape = hr_output_shape(hr_x(c, 0));
  int rank = shape->rank;
  hr_output grad = hr_dy(c, 0);
  if (rank >= 2 && shape->dims[rank - 1] >= 0 && shape->dims[rank - 1] == shape->dims[rank - 2])
    hr_dx(c, 0, diagonal_matrix(c->scope, grad));
  else
    hr_dx(c, 0, with_diagonal(c->scope, hr_tf_zeros_like(c->scope, hr_x(c, 0)), grad));
  return HR_SUCCESS;
}

/* The shape of the diagonals of the gradient's matrices, as computed at run. */
static hr_output diagonal_shape(hr_scope scope, hr_output grad) {
  hr_output shape = HR_NO_OUTPUT;
  HR_WITH (s, hr_colocate_with(scope, hr_node_behind(grad), false)) {
    hr_output whole = hr_tf_shape(s, grad), rank = hr_tf_rank(s, grad);
    hr_output leading = hr_minus(s, rank, 2), batch = HR_NO_OUTPUT, matrix = HR_NO_OUTPUT;
    HR_WITH (slice, hr_name_scope(s, "Slice")) {
      hr_output begin = hr_i32_vector(slice, 1, (const int32_t[]){0}, "begin");
      hr_output size =
          hr_convert(slice, hr_operand_items(1, (hr_operand[]){hr_operand_output(leading)}), HR_INT32, "size");
      batch = hr_slice(slice, whole, begin, size, .name = hr_scope_name(slice));
    }
    leading = hr_minus(s, rank, 2);
    HR_WITH (slice, hr_name_scope(s, "Slice")) {
      hr_output begin =
          hr_convert(slice, hr_operand_items(1, (hr_operand[]){hr_operand_output(leading)}), HR_INT32, "begin");
      hr_output size = hr_i32_vector(slice, 1, (const int32_t[]){2}, "size");
      matrix = hr_slice(slice, whole, begin, size, .name = hr_scope_name(slice));
    }
    hr_output smaller = hr_reduce_min(s, matrix);
    shape = hr_join(s, HR_VECTOR_PART(batch), HR_SCALAR_PART(smaller));
  }
  return shape;
}

hr_status hr_gradient_matrix_set_diag(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  hr_partial_shape shape;
  HR_TRY(hr_partial_shape_merge(hr_output_shape(hr_x(c, 0)), hr_output_shape(grad), &shape));
  hr_dims dims = {0};
  if (hr_partial_shape_is_full(&shape)) {
    int last = shape.rank - 1;
    if (shape.dims[last] < shape.dims[last - 1]) shape.dims[last - 1] = shape.dims[last];
    shape.rank = last;
    dims.shape = shape;
  } else {
    dims.value = hr_operand_output(diagonal_shape(s, grad));
  }
  hr_output zeros = hr_zeros(s, dims, .dtype = hr_output_base_dtype(grad));
  hr_dx(c, 0, with_diagonal(s, grad, zeros));
  hr_dx(c, 1, diagonal_of(s, grad));
  return HR_SUCCESS;
}

/* Bands of diagonals, as TensorFlow 1.15 builds them from its compatibility horizon of 2019-08-31 on; before it, it
 * leaves the band's index out. Where the shape of the diagonals is not known, it is taken from themselves. */
static hr_output band_of(hr_scope scope, hr_output x, hr_output k) {
  hr_scope s = hr_name_scope(scope, "diag_part");
  hr_output padding = hr_convert(s, hr_operand_float(0), hr_output_base_dtype(x), "padding_value");
  return hr_matrix_diag_part_v2(s, x, k, padding, .name = hr_scope_name(s));
}

hr_status hr_gradient_matrix_diag_v2(hr_gradient_context *c) {
  if (hr_scope_ok(c->scope)) hr_dx(c, 0, band_of(c->scope, hr_dy(c, 0), hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_matrix_diag_part_v2(hr_gradient_context *c) {
  const hr_partial_shape *shape = hr_output_shape(hr_x(c, 0));
  hr_output grad = hr_dy(c, 0), k = hr_x(c, 1);
  int rank = shape->rank;
  if (!hr_scope_ok(c->scope)) return HR_SUCCESS;
  if (rank < 2 || shape->dims[rank - 2] < 0 || shape->dims[rank - 1] < 0) {
    hr_output zeros = hr_tf_zeros_like(c->scope, hr_x(c, 0));
    hr_dx(c, 0, hr_matrix_set_diag_v2(c->scope, zeros, grad, k, .name = "set_diag"));
    return HR_SUCCESS;
  }
  hr_scope s = hr_name_scope(c->scope, "diag");
  hr_output rows = hr_convert(s, hr_operand_int(shape->dims[rank - 2]), HR_INT32, "num_rows");
  hr_output columns = hr_convert(s, hr_operand_int(shape->dims[rank - 1]), HR_INT32, "num_cols");
  hr_output padding = hr_convert(s, hr_operand_float(0), hr_output_base_dtype(grad), "padding_value");
  hr_dx(c, 0, hr_matrix_diag_v2(s, grad, k, rows, columns, padding, .name = hr_scope_name(s)));
  return HR_SUCCESS;
}

hr_status hr_gradient_matrix_set_diag_v2(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), diagonal = hr_x(c, 1), k = hr_x(c, 2);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  const hr_partial_shape *shape = hr_output_shape(diagonal);
  hr_output zeros = hr_partial_shape_is_full(shape)
                        ? hr_zeros(s, (hr_dims){.shape = *shape}, .dtype = hr_output_base_dtype(grad))
                        : hr_tf_zeros_like(s, diagonal);
  hr_dx(c, 0, hr_matrix_set_diag_v2(s, grad, zeros, k, .name = "set_diag"));
  hr_dx(c, 1, band_of(s, grad, k));
  return HR_SUCCESS;
}

hr_status hr_gradient_matrix_band_part(hr_gradient_context *c) {
  hr_dx(c, 0, hr_matrix_band_part(c->scope, hr_dy(c, 0), hr_x(c, 1), hr_x(c, 2)));
  return HR_SUCCESS;
}

/* ---- inverses, determinants, equations ------------------------------------------------------------------------- */

hr_status hr_gradient_matrix_inverse(hr_gradient_context *c) {
  hr_output inverse = hr_y(c, 0);
  hr_output inner = product_b(c->scope, hr_dy(c, 0), inverse);
  hr_dx(c, 0, hr_neg(c->scope, product_a(c->scope, inverse, inner)));
  return HR_SUCCESS;
}

/* Numbers, one for each matrix `like` says, with two dimensions of size 1 behind. */
static hr_output as_matrices(hr_scope s, hr_output numbers, hr_output like) {
  hr_output shape = hr_tf_shape(s, like), joined = HR_NO_OUTPUT;
  HR_WITH (concat, hr_name_scope(s, "concat")) {
    hr_output ones = hr_i32_vector(concat, 2, (const int32_t[]){1, 1}, "values_1");
    hr_output axis = hr_constant_i32(concat, 0, .name = "axis");
    joined = hr_concat_v2(concat, HR_LIST(shape, ones), axis, .name = hr_scope_name(concat));
  }
  return hr_reshape(s, numbers, joined);
}

hr_status hr_gradient_matrix_determinant(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output determinant = hr_y(c, 0);
  hr_output inverse = hr_matrix_inverse(s, hr_x(c, 0), .adjoint = true);
  hr_output scaled = hr_times(s, hr_dy(c, 0), determinant);
  hr_dx(c, 0, hr_times(s, as_matrices(s, scaled, determinant), inverse));
  return HR_SUCCESS;
}

/* To the logarithm only: the sign has no derivative. */
hr_status hr_gradient_log_matrix_determinant(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output inverse = hr_matrix_inverse(s, hr_x(c, 0), .adjoint = true);
  hr_dx(c, 0, hr_times(s, as_matrices(s, hr_dy(c, 1), hr_y(c, 1)), inverse));
  return HR_SUCCESS;
}

/* -(x solution*), or its adjoint where the matrix was taken adjoint. */
static hr_output solve_gradient(hr_gradient_context *c, hr_output right, bool is_adjoint) {
  hr_output y = hr_y(c, 0);
  return hr_neg(c->scope, is_adjoint ? product_b(c->scope, y, right) : product_b(c->scope, right, y));
}

hr_status hr_gradient_matrix_solve(hr_gradient_context *c) {
  bool is_adjoint = hr_bool_attr(c, "adjoint");
  hr_output right = hr_matrix_solve(c->scope, hr_x(c, 0), hr_dy(c, 0), .adjoint = !is_adjoint);
  hr_dx(c, 0, solve_gradient(c, right, is_adjoint));
  hr_dx(c, 1, right);
  return HR_SUCCESS;
}

hr_status hr_gradient_matrix_triangular_solve(hr_gradient_context *c) {
  bool is_adjoint = hr_bool_attr(c, "adjoint"), lower = hr_bool_attr(c, "lower");
  hr_output right =
      hr_matrix_triangular_solve(c->scope, hr_x(c, 0), hr_dy(c, 0), .lower = lower, .adjoint = !is_adjoint);
  hr_dx(c, 0, triangle(c->scope, solve_gradient(c, right, is_adjoint), lower));
  hr_dx(c, 1, right);
  return HR_SUCCESS;
}

/* The Cholesky factor of A* A + l2 I, or of A A* + l2 I. */
static hr_output regularized_gram(hr_scope s, hr_output a, hr_output l2, bool over) {
  hr_dtype dtype = hr_output_base_dtype(a);
  l2 = hr_tf_cast(s, l2, dtype);
  hr_output gram = over ? product_a(s, a, a) : product_b(s, a, a);
  hr_output sizes = hr_tf_shape(s, a);
  hr_output batch = hr_at(s, sizes, HR_SLICE(HR_OPEN, -2));
  hr_output size = hr_at(s, sizes, HR_INDEX(over ? -1 : -2));
  hr_output unit = unit_matrices(s, size, batch, dtype);
  return hr_cholesky(s, hr_plus(s, gram, hr_times(s, l2, unit)));
}

/* tf.cholesky_solve. */
static hr_output cholesky_solve(hr_scope scope, hr_output factor, hr_output right) {
  hr_scope s = hr_name_scope(scope, "cholesky_solve");
  right = hr_matrix_triangular_solve(s, factor, right);
  return hr_matrix_triangular_solve(s, factor, right, .adjoint = true);
}

/* Least squares by the normal equations, (A* A + l2 I) x = A* b, or the minimum norm solution A* (A A* + l2 I)^-1 b. */
hr_status hr_gradient_matrix_solve_ls(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output a = hr_x(c, 0), b = hr_x(c, 1), l2 = hr_x(c, 2), x = hr_y(c, 0), grad = hr_dy(c, 0);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  const hr_partial_shape *shape = hr_output_shape(a);
  int rank = shape->rank;
  if (rank < 2 || shape->dims[rank - 1] < 0 || shape->dims[rank - 2] < 0)
    return hr_error(HR_UNIMPLEMENTED, "MatrixSolveLs: the gradient needs matrices of known size");
  if (!hr_bool_attr(c, "fast")) return hr_error(HR_INVALID_ARGUMENT, "Gradient not defined for fast=False");
  bool over = shape->dims[rank - 2] >= shape->dims[rank - 1];
  hr_output factor = regularized_gram(s, a, l2, over);
  if (over) {
    hr_output z = cholesky_solve(s, factor, grad);
    hr_output cross = product_b(s, x, z);
    cross = hr_plus(s, cross, transposed(s, cross, false));
    hr_output first = hr_neg(s, product(s, a, cross));
    hr_dx(c, 0, hr_plus(s, first, product_b(s, b, z)));
    hr_dx(c, 1, product(s, a, z));
  } else {
    hr_output z = cholesky_solve(s, factor, product(s, a, grad));
    hr_output solved = cholesky_solve(s, factor, b);
    hr_output first = product(s, z, product_a(s, solved, a));
    first = hr_neg(s, first);
    hr_output residual = hr_minus(s, grad, product_a(s, a, z));
    hr_dx(c, 0, hr_plus(s, first, product_b(s, solved, residual)));
    hr_dx(c, 1, z);
  }
  return HR_SUCCESS;
}

/* ---- decompositions -------------------------------------------------------------------------------------------- */

hr_status hr_gradient_cholesky(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output factor = hr_y(c, 0);
  hr_output size = hr_at(s, hr_tf_shape(s, factor), HR_INDEX(-1));
  hr_output batch = hr_at(s, hr_tf_shape(s, factor), HR_SLICE(HR_OPEN, -2));
  hr_output unit = unit_matrices(s, size, batch, hr_output_base_dtype(factor));
  hr_output inverse = hr_matrix_triangular_solve(s, factor, unit);
  hr_output middle = half_diagonal(s, product_a(s, factor, hr_dy(c, 0)));
  middle = triangle(s, middle, true);
  hr_output grad = product(s, product_a(s, inverse, middle), inverse);
  grad = hr_plus(s, grad, adjoint(s, grad));
  hr_dx(c, 0, hr_times(s, grad, 0.5));
  return HR_SUCCESS;
}

/* adjoint(r^-1 adjoint(x)) for an upper triangular r. */
static hr_output divide_by_upper(hr_scope s, hr_output r, hr_output x) {
  return adjoint(s, hr_matrix_triangular_solve(s, r, adjoint(s, x), .lower = false));
}

hr_status hr_gradient_qr(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output q = hr_y(c, 0), r = hr_y(c, 1), grad_q = hr_dy(c, 0), grad_r = hr_dy(c, 1);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  const hr_partial_shape *shape = hr_output_shape(r);
  int rank = shape->rank;
  if (rank < 2 || shape->dims[rank - 1] < 0 || shape->dims[rank - 2] < 0)
    return hr_error(HR_UNIMPLEMENTED, "The gradient of Qr needs a matrix of known size");
  if (shape->dims[rank - 2] != shape->dims[rank - 1])
    return hr_error(
        HR_UNIMPLEMENTED,
        "The gradient of Qr needs at least as many rows as columns, and a square matrix with full_matrices");
  hr_output qdq = product_a(s, q, grad_q);
  hr_output skew = hr_minus(s, qdq, adjoint(s, qdq));
  hr_output rdr = product_b(s, r, grad_r);
  hr_output other = hr_minus(s, rdr, adjoint(s, rdr));
  hr_output lower = triangle(s, hr_plus(s, skew, other), true);
  hr_output inner = hr_plus(s, grad_r, divide_by_upper(s, r, lower));
  hr_output first = product(s, q, inner);
  hr_output rest = hr_minus(s, grad_q, product(s, q, qdq));
  hr_dx(c, 0, hr_plus(s, first, divide_by_upper(s, r, rest)));
  return HR_SUCCESS;
}

/* Symmetric in truth, but only the lower triangle of the input is read: what belongs above is added below. */
hr_status hr_gradient_self_adjoint_eig_v2(hr_gradient_context *c) {
  hr_output values = hr_y(c, 0), grad_values = hr_dy(c, 0), grad_vectors = hr_dy(c, 1);
  bool has_vectors = hr_bool_attr(c, "compute_v");
  if (!hr_scope_ok(c->scope)) return HR_SUCCESS;
  HR_WITH (s, hr_control_dependencies(c->scope, HR_NODES(grad_values.node, grad_vectors.node))) {
    hr_output grad;
    if (has_vectors) {
      hr_output vectors = hr_y(c, 1);
      hr_output rows = hr_tf_expand_dims(s, values, -2);
      hr_output gaps = hr_minus(s, rows, hr_tf_expand_dims(s, values, -1));
      gaps = hr_reciprocal(s, gaps);
      gaps = with_diagonal(s, gaps, hr_tf_zeros_like(s, values));
      hr_output diagonal = diagonal_matrix(s, grad_values);
      hr_output turned = hr_times(s, gaps, product_a(s, vectors, grad_vectors));
      hr_output middle = hr_plus(s, diagonal, turned);
      grad = product(s, vectors, product_b(s, middle, vectors));
    } else {
      hr_output vectors = hr_self_adjoint_eig_v2(s, hr_x(c, 0)).v;
      hr_output middle = diagonal_matrix(s, grad_values);
      grad = product(s, vectors, product_b(s, middle, vectors));
    }
    grad = hr_plus(s, grad, adjoint(s, grad));
    grad = triangle(s, grad, true);
    hr_dx(c, 0, half_diagonal(s, grad));
  }
  return HR_SUCCESS;
}

/* x[..., from:to] of matrices. */
static hr_output columns(hr_scope s, hr_output x, int64_t from, int64_t to) {
  return from == 0 ? hr_at(s, x, HR_ELLIPSIS, HR_ALL, HR_SLICE(HR_OPEN, to))
                   : hr_at(s, x, HR_ELLIPSIS, HR_ALL, HR_SLICE(from, to));
}

static hr_output plus_adjoint(hr_scope s, hr_output x) { return hr_plus(s, x, adjoint(s, x)); }

/* A matrix [m, n], m <= n, as u diag(values) v*: the gradient from those of its parts. `full`: v is square. */
typedef struct decomposition {
  hr_output values, u, v, grad_u, grad_v;
  hr_output grad_diagonal; /* of the values, as a matrix */
  int64_t m, n;
  bool full;
} decomposition;

static hr_output svd_gradient(hr_scope s, const decomposition *d) {
  hr_output diagonal = diagonal_matrix(s, d->values);
  hr_output squares = hr_square(s, d->values);
  hr_output shape = hr_tf_shape(s, d->values);
  hr_output size = hr_at(s, shape, HR_INDEX(-1));
  hr_output batch = hr_at(s, shape, HR_SLICE(HR_OPEN, -1));
  hr_output unit = unit_matrices(s, size, batch, hr_output_base_dtype(d->values));
  hr_output rows = hr_tf_expand_dims(s, squares, -2);
  hr_output gaps = hr_minus(s, rows, hr_tf_expand_dims(s, squares, -1));
  gaps = hr_reciprocal(s, hr_plus(s, gaps, unit));
  gaps = with_diagonal(s, gaps, hr_tf_zeros_like(s, d->values));
  hr_output inverse = diagonal_matrix(s, hr_reciprocal(s, d->values));
  hr_output v = columns(s, d->v, 0, d->m), grad_v = columns(s, d->grad_v, 0, d->m);
  hr_output turned_u = product_a(s, d->u, d->grad_u), turned_v = product_a(s, v, grad_v);
  turned_u = hr_times(s, gaps, turned_u);
  turned_v = hr_times(s, gaps, turned_v);
  hr_output middle = hr_plus(s, d->grad_diagonal, product(s, plus_adjoint(s, turned_u), diagonal));
  middle = hr_plus(s, middle, product(s, diagonal, plus_adjoint(s, turned_v)));
  hr_output first = product(s, d->u, product_b(s, middle, v));
  if (d->m == d->n) return first;
  hr_output transposed_grad = transposed(s, grad_v, false);
  hr_output inside = product_b(s, product(s, transposed_grad, v), v);
  hr_output rest = hr_minus(s, transposed_grad, inside);
  if (d->full) {
    hr_output other = columns(s, d->v, d->m, d->n), grad_other = columns(s, d->grad_v, d->m, d->n);
    rest = hr_minus(s, rest, product_b(s, product_a(s, v, grad_other), other));
  }
  return hr_plus(s, first, product(s, product(s, d->u, inverse), rest));
}

/* The gradient where the decomposition is asked for, by that of the adjoint matrix where there are more rows. */
hr_status hr_gradient_svd(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output a = hr_x(c, 0);
  hr_output grads[] = {hr_dy(c, 0), hr_dy(c, 1), hr_dy(c, 2)};
  hr_output grad_diagonal = diagonal_matrix(s, grads[0]);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  if (!hr_bool_attr(c, "compute_uv")) {
    hr_svd_outputs parts = hr_svd(s, a);
    hr_dx(c, 0, product(s, parts.u, product_b(s, grad_diagonal, parts.v)));
    return HR_SUCCESS;
  }
  if (hr_is_complex(a)) return hr_error(HR_UNIMPLEMENTED, "Svd has no gradient for complex matrices");
  const hr_partial_shape *shape = hr_output_shape(a);
  int rank = shape->rank;
  int64_t m = rank < 2 ? -1 : shape->dims[rank - 2], n = rank < 2 ? -1 : shape->dims[rank - 1];
  if (m < 0 || n < 0)
    return hr_error(HR_UNIMPLEMENTED,
                    "SVD gradient has not been implemented for input with unknown inner matrix shape.");
  bool full = hr_bool_attr(c, "full_matrices"), tall = m > n;
  if (full && (m - n > 1 || n - m > 1))
    return hr_error(HR_UNIMPLEMENTED,
                    "The gradient of Svd with full_matrices needs rows and columns that differ by at most one");
  decomposition d = {hr_y(c, 0), hr_y(c, 1), hr_y(c, 2), grads[1], grads[2], grad_diagonal, m, n, full};
  if (tall) d = (decomposition){hr_y(c, 0), hr_y(c, 2), hr_y(c, 1), grads[2], grads[1], grad_diagonal, n, m, full};
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(grads[0].node, grads[1].node, grads[2].node))) {
    hr_output grad = svd_gradient(after, &d);
    hr_dx(c, 0, tall ? transposed(after, grad, false) : grad);
  }
  return HR_SUCCESS;
}
