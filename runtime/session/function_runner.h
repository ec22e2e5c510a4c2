/* Functions of a graph's library that code calls with values: what datasets do with each element.
 *
 * A runner is made once: the body becomes nodes of a private graph, and that a plan. A call takes an idle step, puts
 * the arguments in their slots, walks, and takes the results out; nothing of a graph is looked at. Any number of
 * threads may call one runner at once, of the pool too. The body's kernels see the resources of the session that the
 * runner was made in and its first device, or that which the place names; its random generators are the runner's own,
 * and go on from call to call. */
#ifndef HR_RUNTIME_SESSION_FUNCTION_RUNNER_H
#define HR_RUNTIME_SESSION_FUNCTION_RUNNER_H

#include "runtime/exec/step.h"
#include "runtime/graph/attr.h"

typedef struct hr_function_runner hr_function_runner;

/* Where functions run: what a session lends to its kernels. Outlives every runner in it. */
typedef struct hr_function_place {
  const hr_device_set *devices;
  hr_resource_manager *resources;
  const hr_device
      *device; /* where nodes that ask for no other stand, as far as it has kernels; NULL: all on the first */
} hr_function_place;

/* That of a kernel that runs. */
static inline hr_function_place hr_function_place_of(const hr_kernel_context *ctx) {
  return (hr_function_place){ctx->step->plan->devices, ctx->step->resources, NULL};
}

/* A runner with one reference for a function value, an attribute of a node of `graph`. NotFound where the graph's
 * library has no such function; else what may be wrong with a plan. */
HR_MUST_USE hr_status hr_function_runner_new(const hr_function_place *place, hr_graph *graph,
                                             const hr_function_attr *value, hr_function_runner **out);
hr_function_runner *hr_function_runner_ref(hr_function_runner *runner);
/* No call may be under way when the last reference goes. NULL is allowed. */
void hr_function_runner_unref(hr_function_runner *runner);

int32_t hr_function_runner_arguments(const hr_function_runner *runner);
int32_t hr_function_runner_results(const hr_function_runner *runner);

/* Calls the function. `arguments` are lent; results that are arguments share their buffers. `results` (as many as there
 * are; overwritten) are the caller's, and empty after an error. `cancellation` (NULL: none) ends the call. An error of
 * a node names it in its text, not as its node: that is whoever called. InvalidArgument for arguments of other dtypes.
 */
HR_MUST_USE hr_status hr_function_call(hr_function_runner *runner, hr_cancellation *cancellation,
                                       const hr_tensor *const *arguments, hr_tensor *results);

#endif
