/* How kernels get at variables and their values: by reference, or behind a handle. */
#ifndef HR_KERNELS_CPU_VARIABLE_ACCESS_H
#define HR_KERNELS_CPU_VARIABLE_ACCESS_H

#include "headrace/kernel.h"

/* The most variables that one training op updates. */
#define HR_MAX_VARIABLES 6

/* The variable of an input, borrowed: what it refers to or is a handle of. InvalidArgument for a handle of something
 * else. */
HR_MUST_USE hr_status hr_input_variable(const hr_kernel_context *ctx, int index, hr_variable **out);

/* The value of the variable behind handle `index`, as it is now: later updates leave it alone. `*out` is overwritten
 * and owned by the caller. NotFound where there is no value. */
HR_MUST_USE hr_status hr_read_variable(const hr_kernel_context *ctx, int index, hr_tensor *out);

/* The values of the variables of one node, to be changed in place. With exclusive access (use_locking) their locks are
 * held from open to close, taken in the order of addresses; otherwise just while the values are looked up, and updates
 * of several nodes may race, as TensorFlow's may. Access to variables behind handles is always exclusive, and nobody
 * else sees their memory: what was read before stays as it was. The values' buffers live until close either way. */
typedef struct hr_variables {
  int count;
  bool exclusive;
  hr_variable *variables[HR_MAX_VARIABLES]; /* in order of their addresses, each once */
  int locked;
  hr_tensor values[HR_MAX_VARIABLES]; /* of inputs 0, 1, ... */
} hr_variables;

/* Opens the variables of inputs 0 .. count-1. FailedPrecondition for a reference to one that is not initialised,
 * NotFound for a handle of such a one; nothing is left open then. */
HR_MUST_USE hr_status hr_variables_open(hr_kernel_context *ctx, int count, bool exclusive, hr_variables *out);
void hr_variables_close(hr_variables *variables);

/* Ends an update: the first output of ops on references is the reference; those on handles have none. */
static inline hr_status hr_variables_done(hr_kernel_context *ctx) {
  if (hr_output_count(ctx) > 0) hr_output_set_ref(ctx, 0, hr_input_ref(ctx, 0));
  return HR_SUCCESS;
}

#endif
