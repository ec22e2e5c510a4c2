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
