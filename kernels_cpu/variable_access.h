/* How kernels that update variables get at their values. */
#ifndef HR_KERNELS_CPU_VARIABLE_ACCESS_H
#define HR_KERNELS_CPU_VARIABLE_ACCESS_H

#include "headrace/kernel.h"

/* The most variables that one training op updates. */
#define HR_MAX_VARIABLES 6

/* The values of the reference inputs of one node. With exclusive access (use_locking) their locks are held from open to
 * close, taken in the order of addresses; otherwise just while the values are looked up, and updates of several nodes
 * may race, as TensorFlow's may. The values' buffers live until close either way. */
typedef struct hr_variables {
  int count;
  bool exclusive;
  hr_variable *variables[HR_MAX_VARIABLES]; /* in order of their addresses, each once */
  int locked;
  hr_tensor values[HR_MAX_VARIABLES]; /* of reference inputs 0, 1, ... */
} hr_variables;

/* Opens reference inputs 0 .. count-1. FailedPrecondition for one that is not initialised; nothing is left open then.
 */
HR_MUST_USE hr_status hr_variables_open(hr_kernel_context *ctx, int count, bool exclusive, hr_variables *out);
void hr_variables_close(hr_variables *variables);

#endif
