/* Shapes of operations on sets: sparse tensors of as many dimensions as the sets have. */
#include "ops/shapes/shapes.h"

hr_status hr_shape_fn_dense_set_operation(hr_shape_context *c) {
  hr_partial_shape a, b, groups_a, groups_b;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 2, &a));
  if (hr_rank_known(&a))
    HR_TRY(hr_input_of_rank(c, 1, a.rank, &b));
  else
    HR_TRY(hr_input_of_rank_at_least(c, 1, 2, &b));
  int rank = hr_rank_known(&a) ? a.rank : b.rank;
  if (hr_rank_known(&a) && hr_rank_known(&b)) {
    HR_TRY(hr_shape_part(&a, 0, rank - 1, &groups_a));
    HR_TRY(hr_shape_part(&b, 0, rank - 1, &groups_b));
    HR_TRY(hr_partial_shape_merge(&groups_a, &groups_b, &groups_a));
  }
  int64_t width = rank >= 0 ? rank : HR_UNKNOWN_DIM;
  hr_partial_shape indices = hr_matrix_shape(HR_UNKNOWN_DIM, width), values = hr_vector_shape(HR_UNKNOWN_DIM);
  hr_partial_shape shape = hr_vector_shape(width);
  HR_TRY(hr_shape_set(c, 0, &indices));
  HR_TRY(hr_shape_set(c, 1, &values));
  return hr_shape_set(c, 2, &shape);
}

/* A sparse tensor of `rank` dimensions of which nothing else is known. */
static hr_status set_sparse(hr_shape_context *c, int64_t rank) {
  hr_partial_shape indices = hr_matrix_shape(HR_UNKNOWN_DIM, rank), shape = hr_vector_shape(rank);
  HR_TRY(hr_shape_set(c, 0, &indices));
  hr_set_unknown_vector(c, 1);
  return hr_shape_set(c, 2, &shape);
}

/* Checks the sparse tensor from input `first` on; its rank as far as it is known. */
static hr_status sparse_rank(const hr_shape_context *c, int first, int64_t *rank) {
  hr_partial_shape indices, values, shape;
  int64_t count;
  HR_TRY(hr_input_of_rank(c, first, 2, &indices));
  HR_TRY(hr_input_of_rank(c, first + 1, 1, &values));
  HR_TRY(hr_input_of_rank(c, first + 2, 1, &shape));
  HR_TRY(hr_dim_merge(hr_dim_at(&indices, 0), hr_dim_at(&values, 0), &count));
  return hr_dim_merge(hr_dim_at(&indices, 1), hr_dim_at(&shape, 0), rank);
}

static hr_status check_set_rank(int input, int64_t rank) {
  if (rank == HR_UNKNOWN_DIM || rank >= 2) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Input %d, expected rank >= 2, got %" PRId64 ".", input, rank);
}

hr_status hr_shape_fn_dense_to_sparse_set_operation(hr_shape_context *c) {
  hr_partial_shape a;
  int64_t rank;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 2, &a));
  HR_TRY(sparse_rank(c, 1, &rank));
  if (hr_rank_known(&a)) HR_TRY(hr_dim_merge(a.rank, rank, &rank));
  HR_TRY(check_set_rank(1, rank));
  return set_sparse(c, rank);
}

hr_status hr_shape_fn_sparse_to_sparse_set_operation(hr_shape_context *c) {
  int64_t a, b, rank;
  HR_TRY(sparse_rank(c, 0, &a));
  HR_TRY(check_set_rank(0, a));
  HR_TRY(sparse_rank(c, 3, &b));
  HR_TRY(check_set_rank(3, b));
  HR_TRY(hr_dim_merge(a, b, &rank));
  return set_sparse(c, rank);
}
