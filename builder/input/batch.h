/* What goes through the queues of batches: tensors of one or several sources, converted and stored. */
#ifndef HR_BUILDER_INPUT_BATCH_H
#define HR_BUILDER_INPUT_BATCH_H

#include "builder/input/batch_sparse.h"

/* A call of one of the functions. */
typedef struct hr_batch_call {
  hr_scope s;
  hr_batch_sources sources;
  hr_batch_options o; /* of all; num_threads is 1 where there are several sources */
  bool joins, shuffles;
  int64_t min_after_dequeue, seed;
  hr_operand batch_size;

  hr_output keep_input;
  int32_t count; /* components */
  hr_stored *stored;
  int32_t stride;    /* components of the longest source */
  hr_output *values; /* [sources, stride] */
  hr_dtype *dtypes;
  hr_partial_shape *shapes;
} hr_batch_call;

/* Converts values and keep_input, stores sparse tensors, and finds dtypes and shapes of the components. False, with the
 * error at the builder, for sources that do not fit together. */
bool hr_batch_prepare(hr_batch_call *b);

#endif
