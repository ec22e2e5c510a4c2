/* Shapes of matrix ops; matrices stand in the last two dimensions. */
#include "ops/shapes/shapes.h"

/* The size of a matrix product. */
typedef struct product {
  int64_t rows, columns;
} product;

static hr_status check_product(const hr_partial_shape *a, bool transpose_a, const hr_partial_shape *b, bool transpose_b,
                               product *out) {
  int64_t inner;
  out->rows = hr_dim_at(a, transpose_a ? -1 : -2);
  out->columns = hr_dim_at(b, transpose_b ? -2 : -1);
  return hr_dim_merge(hr_dim_at(a, transpose_a ? -2 : -1), hr_dim_at(b, transpose_b ? -1 : -2), &inner);
}

hr_status hr_shape_fn_matmul(hr_shape_context *c) {
  hr_partial_shape a, b;
  product p;
  HR_TRY(hr_input_of_rank(c, 0, 2, &a));
  HR_TRY(hr_input_of_rank(c, 1, 2, &b));
  HR_TRY(check_product(&a, hr_bool_attr(c, "transpose_a"), &b, hr_bool_attr(c, "transpose_b"), &p));
  hr_partial_shape result = hr_matrix_shape(p.rows, p.columns);
  return hr_shape_set(c, 0, &result);
}

typedef hr_status (*join_batches)(const hr_partial_shape *a, const hr_partial_shape *b, hr_partial_shape *out);

static hr_status batch_product(hr_shape_context *c, join_batches join) {
  hr_partial_shape a, b, a_batch, b_batch;
  product p;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 2, &a));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 2, &b));
  HR_TRY(check_product(&a, hr_bool_attr(c, "adj_x"), &b, hr_bool_attr(c, "adj_y"), &p));
  HR_TRY(hr_shape_part(&a, 0, -2, &a_batch));
  HR_TRY(hr_shape_part(&b, 0, -2, &b_batch));
  hr_partial_shape result, matrix = hr_matrix_shape(p.rows, p.columns);
  HR_TRY(join(&a_batch, &b_batch, &result));
  HR_TRY(hr_shape_concat(&result, &matrix, &result));
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_batch_matmul(hr_shape_context *c) { return batch_product(c, hr_partial_shape_merge); }
hr_status hr_shape_fn_batch_matmul_v2(hr_shape_context *c) { return batch_product(c, hr_shape_broadcast); }

/* Matrices in an input, taken apart. */
typedef struct matrices {
  hr_partial_shape batch;
  int64_t rows, columns;
} matrices;

static hr_status read_matrices(const hr_shape_context *c, int input, matrices *out) {
  hr_partial_shape s;
  HR_TRY(hr_input_of_rank_at_least(c, input, 2, &s));
  out->rows = hr_dim_at(&s, -2);
  out->columns = hr_dim_at(&s, -1);
  return hr_shape_part(&s, 0, -2, &out->batch);
}

static hr_status read_square_matrices(const hr_shape_context *c, int input, matrices *out) {
  HR_TRY(read_matrices(c, input, out));
  HR_TRY(hr_dim_merge(out->rows, out->columns, &out->rows));
  out->columns = out->rows;
  return HR_SUCCESS;
}

static hr_status set_batch_of_vectors(hr_shape_context *c, int output, const hr_partial_shape *batch, int64_t size) {
  hr_partial_shape result = *batch;
  HR_TRY(hr_shape_append(&result, size));
  return hr_shape_set(c, output, &result);
}

static hr_status set_batch_of_matrices(hr_shape_context *c, int output, const hr_partial_shape *batch, int64_t rows,
                                       int64_t columns) {
  hr_partial_shape result, matrix = hr_matrix_shape(rows, columns);
  HR_TRY(hr_shape_concat(batch, &matrix, &result));
  return hr_shape_set(c, output, &result);
}

/* An output that the attributes switched off. */
static hr_status set_empty(hr_shape_context *c, int output) {
  static const hr_partial_shape empty = {.rank = 1, .dims = {0}};
  hr_shape_share(c, output, &empty);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_square_matrices(hr_shape_context *c) {
  matrices m;
  HR_TRY(read_square_matrices(c, 0, &m));
  return set_batch_of_matrices(c, 0, &m.batch, m.rows, m.columns);
}

/* One number a matrix, in every output. */
hr_status hr_shape_fn_matrix_determinant(hr_shape_context *c) {
  matrices m;
  HR_TRY(read_square_matrices(c, 0, &m));
  for (int i = 0; i < c->node->num_outputs; ++i)
    HR_TRY(hr_shape_set(c, i, &m.batch));
  return HR_SUCCESS;
}

/* x of matrix * x = rhs; a square matrix has as many rows as rhs and x. */
static hr_status set_solution(hr_shape_context *c, const matrices *matrix, bool square) {
  matrices rhs;
  hr_partial_shape batch;
  int64_t rows;
  HR_TRY(read_matrices(c, 1, &rhs));
  HR_TRY(hr_partial_shape_merge(&matrix->batch, &rhs.batch, &batch));
  HR_TRY(hr_dim_merge(matrix->rows, rhs.rows, &rows));
  return set_batch_of_matrices(c, 0, &batch, square ? rows : matrix->columns, rhs.columns);
}

hr_status hr_shape_fn_matrix_solve(hr_shape_context *c) {
  matrices matrix;
  HR_TRY(read_square_matrices(c, 0, &matrix));
  return set_solution(c, &matrix, true);
}

hr_status hr_shape_fn_matrix_solve_ls(hr_shape_context *c) {
  matrices matrix;
  HR_TRY(hr_check_scalar(c, 2));
  HR_TRY(read_matrices(c, 0, &matrix));
  return set_solution(c, &matrix, false);
}

hr_status hr_shape_fn_self_adjoint_eig(hr_shape_context *c) {
  matrices m;
  HR_TRY(read_square_matrices(c, 0, &m));
  HR_TRY(set_batch_of_vectors(c, 0, &m.batch, m.rows));
  if (!hr_bool_attr(c, "compute_v")) return set_empty(c, 1);
  return set_batch_of_matrices(c, 1, &m.batch, m.rows, m.columns);
}

hr_status hr_shape_fn_qr(hr_shape_context *c) {
  matrices m;
  HR_TRY(read_matrices(c, 0, &m));
  int64_t inner = hr_bool_attr(c, "full_matrices") ? m.rows : hr_dim_min(m.rows, m.columns);
  HR_TRY(set_batch_of_matrices(c, 0, &m.batch, m.rows, inner));
  return set_batch_of_matrices(c, 1, &m.batch, inner, m.columns);
}

hr_status hr_shape_fn_svd(hr_shape_context *c) {
  matrices m;
  HR_TRY(read_matrices(c, 0, &m));
  int64_t values = hr_dim_min(m.rows, m.columns);
  bool full = hr_bool_attr(c, "full_matrices");
  HR_TRY(set_batch_of_vectors(c, 0, &m.batch, values));
  if (!hr_bool_attr(c, "compute_uv")) {
    HR_TRY(set_empty(c, 1));
    return set_empty(c, 2);
  }
  HR_TRY(set_batch_of_matrices(c, 1, &m.batch, m.rows, full ? m.rows : values));
  return set_batch_of_matrices(c, 2, &m.batch, m.columns, full ? m.columns : values);
}

hr_status hr_shape_fn_lu(hr_shape_context *c) {
  matrices m;
  HR_TRY(read_square_matrices(c, 0, &m));
  HR_TRY(set_batch_of_matrices(c, 0, &m.batch, m.rows, m.columns));
  return set_batch_of_vectors(c, 1, &m.batch, m.rows);
}

/* ---- diagonals ------------------------------------------------------------------------------------------------- */

hr_status hr_shape_fn_diag(hr_shape_context *c) {
  hr_partial_shape s;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &s));
  HR_TRY(hr_shape_concat(&s, &s, &s));
  return hr_shape_set(c, 0, &s);
}

hr_status hr_shape_fn_diag_part(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  if (!hr_rank_known(s)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  if (s->rank % 2 != 0 || s->rank == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input must have even and non-zero rank, input rank is %d", s->rank);
  hr_partial_shape result = {.rank = s->rank / 2};
  for (int i = 0; i < result.rank; ++i)
    HR_TRY(hr_dim_merge(s->dims[i], s->dims[i + result.rank], &result.dims[i]));
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_matrix_diag(hr_shape_context *c) {
  hr_partial_shape s;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &s));
  HR_TRY(hr_shape_append(&s, hr_rank_known(&s) ? hr_dim_at(&s, -1) : HR_UNKNOWN_DIM));
  return hr_shape_set(c, 0, &s);
}

hr_status hr_shape_fn_matrix_diag_part(hr_shape_context *c) {
  matrices m;
  HR_TRY(read_matrices(c, 0, &m));
  return set_batch_of_vectors(c, 0, &m.batch, hr_dim_min(m.rows, m.columns));
}

hr_status hr_shape_fn_matrix_set_diag(hr_shape_context *c) {
  hr_partial_shape input, diagonal, batch;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 2, &input));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 1, &diagonal));
  if (hr_rank_known(&input)) {
    int64_t smaller;
    HR_TRY(hr_shape_with_rank(&diagonal, input.rank - 1, &diagonal));
    HR_TRY(hr_dim_merge(hr_dim_min(hr_dim_at(&input, -2), hr_dim_at(&input, -1)), hr_dim_at(&diagonal, -1), &smaller));
  }
  /* The diagonal knows the batch; the matrices may be longer than it, either way. */
  HR_TRY(hr_shape_part(&diagonal, 0, -1, &batch));
  hr_partial_shape any_matrix = hr_matrix_shape(HR_UNKNOWN_DIM, HR_UNKNOWN_DIM);
  HR_TRY(hr_shape_concat(&batch, &any_matrix, &batch));
  HR_TRY(hr_partial_shape_merge(&input, &batch, &input));
  return hr_shape_set(c, 0, &input);
}

/* Diagonals [batch, 3, n] and right-hand sides [batch, n, k]. */
hr_status hr_shape_fn_tridiagonal_solve(hr_shape_context *c) {
  hr_partial_shape diagonals, rhs, batch, rhs_batch;
  int64_t size, unused;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 2, &diagonals));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 2, &rhs));
  HR_TRY(hr_shape_part(&diagonals, 0, -2, &batch));
  HR_TRY(hr_shape_part(&rhs, 0, -2, &rhs_batch));
  HR_TRY(hr_partial_shape_merge(&batch, &rhs_batch, &batch));
  HR_TRY(hr_dim_merge(hr_dim_at(&diagonals, -2), 3, &unused));
  HR_TRY(hr_dim_merge(hr_dim_at(&diagonals, -1), hr_dim_at(&rhs, -2), &size));
  hr_share_input(c, 0, 1);
  return HR_SUCCESS;
}

/* Three rows [batch, 1, n] and matrices [batch, n, k]. */
hr_status hr_shape_fn_tridiagonal_matmul(hr_shape_context *c) {
  hr_partial_shape row, rhs, batch, rhs_batch;
  int64_t unused;
  HR_TRY(hr_input_of_rank_at_least(c, 3, 2, &rhs));
  HR_TRY(hr_shape_part(&rhs, 0, -2, &rhs_batch));
  for (int i = 0; i < 3; ++i) {
    HR_TRY(hr_input_of_rank_at_least(c, i, 2, &row));
    HR_TRY(hr_shape_part(&row, 0, -2, &batch));
    HR_TRY(hr_partial_shape_merge(&batch, &rhs_batch, &rhs_batch));
    HR_TRY(hr_dim_merge(hr_dim_at(&row, -2), 1, &unused));
    HR_TRY(hr_dim_merge(hr_dim_at(&row, -1), hr_dim_at(&rhs, -2), &unused));
  }
  hr_share_input(c, 0, 3);
  return HR_SUCCESS;
}
