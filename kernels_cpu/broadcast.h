/* NumPy's broadcasting, as ops of two tensors use it. */
#ifndef HR_KERNELS_CPU_BROADCAST_H
#define HR_KERNELS_CPU_BROADCAST_H

#include "headrace/kernel.h"

/* Two shapes against each other, with neighbouring dimensions of one kind run together: at least one dimension, the
 * last of which has stride 1 or 0 on either side and 1 on one. Strides count elements; 0 repeats. */
typedef struct hr_broadcast {
  hr_shape shape; /* of the result */
  int64_t elements;
  int rank;
  int64_t dims[HR_MAX_RANK];
  int64_t x[HR_MAX_RANK], y[HR_MAX_RANK];
} hr_broadcast;

/* False where the shapes do not go together. */
bool hr_broadcast_plan(const hr_tensor *x, const hr_tensor *y, hr_broadcast *out);

/* The error for that: "Incompatible shapes: [2,3] vs. [2]". */
HR_MUST_USE hr_status hr_incompatible_shapes(const hr_tensor *x, const hr_tensor *y);

/* A position while results are made in order: offsets of the current row's operands. */
typedef struct hr_broadcast_position {
  int64_t index[HR_MAX_RANK];
  int64_t x, y;
} hr_broadcast_position;

/* At the result with number `element`. */
hr_broadcast_position hr_broadcast_at(const hr_broadcast *b, int64_t element);

/* Results from here to the end of the innermost dimension. */
static inline int64_t hr_broadcast_run(const hr_broadcast *b, const hr_broadcast_position *position) {
  return b->dims[b->rank - 1] - position->index[b->rank - 1];
}

/* `count` results on, at most hr_broadcast_run. */
void hr_broadcast_advance(const hr_broadcast *b, hr_broadcast_position *position, int64_t count);

#endif
