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
