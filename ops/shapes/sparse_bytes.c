/* Shapes of ops that turn sparse tensors into strings and keys, and back. */
#include "ops/shapes/shapes.h"

static hr_status check_sparse(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 0, 2, &unused));
  HR_TRY(hr_input_of_rank(c, 1, 1, &unused));
  return hr_input_of_rank(c, 2, 1, &unused);
}

static void set_unknown_sparse(hr_shape_context *c) {
  static const hr_partial_shape matrix = {.rank = 2, .dims = {HR_UNKNOWN_DIM, HR_UNKNOWN_DIM}};
  hr_shape_share(c, 0, &matrix);
  hr_set_unknown_vector(c, 1);
  hr_set_unknown_vector(c, 2);
}

hr_status hr_shape_fn_serialize_sparse(hr_shape_context *c) {
  hr_partial_shape three = hr_vector_shape(3);
  HR_TRY(check_sparse(c));
  return hr_shape_set(c, 0, &three);
}

hr_status hr_shape_fn_serialize_many_sparse(hr_shape_context *c) {
  hr_partial_shape rows = hr_matrix_shape(HR_UNKNOWN_DIM, 3);
  HR_TRY(check_sparse(c));
  return hr_shape_set(c, 0, &rows);
}

hr_status hr_shape_fn_add_sparse_to_tensors_map(hr_shape_context *c) {
  HR_TRY(check_sparse(c));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_add_many_sparse_to_tensors_map(hr_shape_context *c) {
  HR_TRY(check_sparse(c));
  hr_set_unknown_vector(c, 0);
  return HR_SUCCESS;
}

/* The last dimension holds indices, values and shape. */
hr_status hr_shape_fn_deserialize_sparse(hr_shape_context *c) {
  hr_partial_shape s;
  int64_t three;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &s));
  HR_TRY(hr_dim_merge(hr_dim_at(&s, -1), 3, &three));
  set_unknown_sparse(c);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_deserialize_many_sparse(hr_shape_context *c) {
  hr_partial_shape s;
  int64_t three;
  HR_TRY(hr_input_of_rank(c, 0, 2, &s));
  HR_TRY(hr_dim_merge(hr_dim_at(&s, 1), 3, &three));
  set_unknown_sparse(c);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_take_many_sparse_from_tensors_map(hr_shape_context *c) {
  hr_partial_shape s;
  HR_TRY(hr_input_of_rank(c, 0, 1, &s));
  set_unknown_sparse(c);
  return HR_SUCCESS;
}
