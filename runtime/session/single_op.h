/* One op on given tensors: builds a graph of one node and runs it. For testing kernels. */
#ifndef HR_RUNTIME_SESSION_SINGLE_OP_H
#define HR_RUNTIME_SESSION_SINGLE_OP_H

#include "headrace/session.h"

typedef struct hr_named_attr {
  const char *name;
  hr_attr_value value;
} hr_named_attr;

typedef struct hr_single_op {
  const char *op;
  int32_t num_attrs; /* those that inputs and defaults do not give; lengths of list arguments (N) included */
  const hr_named_attr *attrs;
  int32_t num_inputs;      /* flattened */
  const hr_tensor *inputs; /* a Ref(T) or resource argument is a variable that holds the tensor */
  uint64_t uninitialized;  /* bit i: the variable of input i has that dtype and shape but no value */
  const hr_session_options *options;
} hr_single_op;

/* Writes at most `capacity` outputs (the caller clears them) and their number. `after` (may be NULL) receives, for
 * every variable, its value afterwards, in the place of the input. */
HR_MUST_USE hr_status hr_run_single_op(const hr_single_op *op, int32_t capacity, hr_tensor *outputs, int32_t *count,
                                       hr_tensor *after);

#endif
