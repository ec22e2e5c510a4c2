/* Shapes of what queues give. A queue says of its elements' shapes to who builds with it, not to the graph. */
#include "ops/shapes/shapes.h"

/* A known number of elements is none below zero. */
hr_status hr_shape_fn_dequeue_many(hr_shape_context *c) {
  bool known;
  int64_t n;
  HR_TRY(hr_input_scalar(c, 1, &known, &n));
  if (known && n < 0) return hr_error(HR_INVALID_ARGUMENT, "Input 'n' must be >= 0, but is %" PRId64, n);
  for (int i = 0; i < c->node->num_outputs; ++i)
    hr_shape_set_unknown(c, i);
  return HR_SUCCESS;
}

/* A key for each row of values. */
hr_status hr_shape_fn_barrier_insert_many(hr_shape_context *c) {
  hr_partial_shape keys, values;
  int64_t rows;
  HR_TRY(hr_input_of_rank(c, 1, 1, &keys));
  HR_TRY(hr_input_of_rank_at_least(c, 2, 1, &values));
  return hr_dim_merge(hr_dim_at(&keys, 0), hr_dim_at(&values, 0), &rows);
}
