/* Shapes of operations on sparse tensors. */
#include "ops/shapes/shapes.h"

hr_status hr_shape_fn_sparse_reorder(hr_shape_context *c) {
  hr_partial_shape indices, values, shape;
  HR_TRY(hr_input_of_rank(c, 0, 2, &indices));
  HR_TRY(hr_input_of_rank(c, 1, 1, &values));
  HR_TRY(hr_input_of_rank(c, 2, 1, &shape));
  HR_TRY(hr_shape_set(c, 0, &indices));
  return hr_shape_set(c, 1, &values);
}

hr_status hr_shape_fn_sparse_reshape(hr_shape_context *c) {
  hr_partial_shape indices, shape, wanted;
  HR_TRY(hr_input_of_rank(c, 0, 2, &indices));
  HR_TRY(hr_input_of_rank(c, 1, 1, &shape));
  HR_TRY(hr_input_of_rank(c, 2, 1, &wanted));
  hr_partial_shape result = hr_matrix_shape(hr_dim_at(&indices, 0), hr_dim_at(&wanted, 0));
  HR_TRY(hr_shape_set(c, 0, &result));
  return hr_shape_set(c, 1, &wanted);
}

hr_status hr_shape_fn_sparse_fill_empty_rows(hr_shape_context *c) {
  hr_partial_shape indices, values, shape, known;
  HR_TRY(hr_input_of_rank(c, 0, 2, &indices));
  HR_TRY(hr_input_of_rank(c, 1, 1, &values));
  HR_TRY(hr_input_of_rank(c, 2, 1, &shape));
  HR_TRY(hr_check_scalar(c, 3));
  int64_t count, rank;
  HR_TRY(hr_dim_merge(hr_dim_at(&indices, 0), hr_dim_at(&values, 0), &count));
  HR_TRY(hr_dim_merge(hr_dim_at(&indices, 1), hr_dim_at(&shape, 0), &rank));
  HR_TRY(hr_shape_input_as_shape(c, 2, &known));
  if (known.rank == 0) return hr_error(HR_INVALID_ARGUMENT, "dense_shape must have at least one size");
  hr_partial_shape all_indices = hr_matrix_shape(HR_UNKNOWN_DIM, rank), empty = hr_vector_shape(hr_dim_at(&known, 0));
  hr_partial_shape places = hr_vector_shape(count);
  HR_TRY(hr_shape_set(c, 0, &all_indices));
  hr_set_unknown_vector(c, 1);
  HR_TRY(hr_shape_set(c, 2, &empty));
  return hr_shape_set(c, 3, &places);
}

hr_status hr_shape_fn_sparse_fill_empty_rows_grad(hr_shape_context *c) {
  hr_partial_shape places, gradient, scalar = {.rank = 0};
  HR_TRY(hr_input_of_rank(c, 0, 1, &places));
  HR_TRY(hr_input_of_rank(c, 1, 1, &gradient));
  HR_TRY(hr_shape_set(c, 0, &places));
  return hr_shape_set(c, 1, &scalar);
}

hr_status hr_shape_fn_sparse_tensor_dense_mat_mul(hr_shape_context *c) {
  hr_partial_shape indices, values, a, b;
  HR_TRY(hr_input_of_rank(c, 0, 2, &indices));
  HR_TRY(hr_input_of_rank(c, 1, 1, &values));
  HR_TRY(hr_shape_input_as_shape(c, 2, &a));
  HR_TRY(hr_shape_with_rank(&a, 2, &a));
  HR_TRY(hr_input_of_rank(c, 3, 2, &b));
  bool turn_a = hr_bool_attr(c, "adjoint_a"), turn_b = hr_bool_attr(c, "adjoint_b");
  int64_t inner;
  HR_TRY(hr_dim_merge(hr_dim_at(&a, turn_a ? 0 : 1), hr_dim_at(&b, turn_b ? 1 : 0), &inner));
  hr_partial_shape product = hr_matrix_shape(hr_dim_at(&a, turn_a ? 1 : 0), hr_dim_at(&b, turn_b ? 0 : 1));
  return hr_shape_set(c, 0, &product);
}

hr_status hr_shape_fn_sparse_tensor_dense_add(hr_shape_context *c) {
  hr_share_input(c, 0, 3);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_sparse_cross(hr_shape_context *c) {
  hr_partial_shape indices = hr_matrix_shape(HR_UNKNOWN_DIM, 2), sizes = hr_vector_shape(2);
  HR_TRY(hr_shape_set(c, 0, &indices));
  hr_set_unknown_vector(c, 1);
  return hr_shape_set(c, 2, &sizes);
}

hr_status hr_shape_fn_sparse_slice(hr_shape_context *c) {
  const hr_partial_shape *shape = hr_shape_input(c, 2);
  hr_partial_shape indices = hr_matrix_shape(HR_UNKNOWN_DIM, shape->rank > 0 ? shape->dims[0] : HR_UNKNOWN_DIM);
  HR_TRY(hr_shape_set(c, 0, &indices));
  hr_set_unknown_vector(c, 1);
  hr_share_input(c, 2, 2);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_sparse_slice_grad(hr_shape_context *c) {
  hr_partial_shape indices;
  HR_TRY(hr_input_of_rank(c, 1, 2, &indices));
  hr_partial_shape values = hr_vector_shape(hr_dim_at(&indices, 0));
  return hr_shape_set(c, 0, &values);
}

hr_status hr_shape_fn_sparse_add(hr_shape_context *c) {
  hr_partial_shape shape;
  HR_TRY(hr_input_of_rank(c, 2, 1, &shape));
  hr_partial_shape indices = hr_matrix_shape(HR_UNKNOWN_DIM, hr_dim_at(&shape, 0));
  HR_TRY(hr_shape_set(c, 0, &indices));
  hr_set_unknown_vector(c, 1);
  return hr_shape_set(c, 2, &shape);
}

hr_status hr_shape_fn_sparse_add_grad(hr_shape_context *c) {
  for (int i = 0; i < 2; ++i) {
    hr_partial_shape indices;
    HR_TRY(hr_input_of_rank(c, 1 + i, 2, &indices));
    hr_partial_shape values = hr_vector_shape(hr_dim_at(&indices, 0));
    HR_TRY(hr_shape_set(c, i, &values));
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_sparse_concat(hr_shape_context *c) {
  int n = (int)(c->node->num_inputs / 3);
  int64_t total = 0, rank = HR_UNKNOWN_DIM;
  hr_partial_shape whole = {.rank = HR_UNKNOWN_RANK};
  for (int i = 0; i < n; ++i) {
    hr_partial_shape indices, values, shape;
    HR_TRY(hr_input_of_rank(c, i, 2, &indices));
    HR_TRY(hr_input_of_rank(c, n + i, 1, &values));
    HR_TRY(hr_input_of_rank(c, 2 * n + i, 1, &shape));
    int64_t count;
    HR_TRY(hr_dim_merge(hr_dim_at(&indices, 0), hr_dim_at(&values, 0), &count));
    HR_TRY(hr_dim_add(total, count, &total));
    HR_TRY(hr_dim_merge(rank, hr_dim_at(&indices, 1), &rank));
    HR_TRY(hr_partial_shape_merge(&whole, &shape, &whole));
  }
  hr_partial_shape indices = hr_matrix_shape(total, rank), values = hr_vector_shape(total);
  HR_TRY(hr_shape_set(c, 0, &indices));
  HR_TRY(hr_shape_set(c, 1, &values));
  return hr_shape_set(c, 2, &whole);
}

hr_status hr_shape_fn_sparse_split(hr_shape_context *c) {
  const hr_partial_shape *shape = hr_shape_input(c, 3);
  int64_t rank;
  HR_TRY(hr_shape_count(shape, &rank));
  hr_partial_shape indices = hr_matrix_shape(HR_UNKNOWN_DIM, rank);
  int n = (int)(c->node->num_outputs / 3);
  for (int i = 0; i < n; ++i) {
    HR_TRY(hr_shape_set(c, i, &indices));
    hr_set_unknown_vector(c, n + i);
    hr_share_input(c, 2 * n + i, 3);
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_sparse_dense_cwise(hr_shape_context *c) {
  hr_partial_shape indices;
  HR_TRY(hr_input_of_rank(c, 0, 2, &indices));
  hr_partial_shape values = hr_vector_shape(hr_dim_at(&indices, 0));
  return hr_shape_set(c, 0, &values);
}

hr_status hr_shape_fn_sparse_softmax(hr_shape_context *c) {
  hr_partial_shape indices, values, shape;
  HR_TRY(hr_input_of_rank(c, 0, 2, &indices));
  HR_TRY(hr_input_of_rank(c, 1, 1, &values));
  HR_TRY(hr_input_of_rank(c, 2, 1, &shape));
  return hr_shape_set(c, 0, &values);
}

hr_status hr_shape_fn_sparse_extreme(hr_shape_context *c) {
  for (int i = 0; i < 6; ++i) {
    hr_partial_shape unused;
    HR_TRY(hr_input_of_rank(c, i, i % 3 == 0 ? 2 : 1, &unused));
  }
  hr_partial_shape indices = hr_matrix_shape(HR_UNKNOWN_DIM, HR_UNKNOWN_DIM);
  HR_TRY(hr_shape_set(c, 0, &indices));
  hr_set_unknown_vector(c, 1);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_edit_distance(hr_shape_context *c) {
  hr_tensor h = {0}, t = {0};
  bool h_known = false, t_known = false;
  hr_status status = hr_shape_input_value(c, 2, &h_known, &h);
  if (!status) status = hr_shape_input_value(c, 5, &t_known, &t);
  if (!status && h_known && t_known) {
    hr_partial_shape out = {.rank = (int)h.elements - 1};
    if (h.elements != t.elements)
      status = hr_error(HR_INVALID_ARGUMENT,
                        "Num elements of hypothesis_shape does not match truth_shape: %" PRId64 " vs. %" PRId64,
                        h.elements, t.elements);
    else if (h.elements < 1 || h.elements > HR_MAX_RANK + 1)
      status =
          hr_error(HR_INVALID_ARGUMENT, "Sequences have 1 to %d dimensions, not %" PRId64, HR_MAX_RANK + 1, h.elements);
    for (int i = 0; i < out.rank && !status; ++i) {
      int64_t a = hr_tensor_int(&h, i), b = hr_tensor_int(&t, i);
      out.dims[i] = a > b ? a : b;
      if (out.dims[i] < 0) status = hr_error(HR_INVALID_ARGUMENT, "Dimension %d must be >= 0", i);
    }
    if (!status) status = hr_shape_set(c, 0, &out);
  } else if (!status) {
    hr_shape_set_unknown(c, 0);
  }
  hr_tensor_clear(&h);
  hr_tensor_clear(&t);
  return status;
}
