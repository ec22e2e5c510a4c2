/* Control edges that make a traced body run as its program reads: TensorFlow's AutomaticControlDependencies. */
#ifndef HR_BUILDER_FUNCTIONS_AUTOMATIC_CONTROL_H
#define HR_BUILDER_FUNCTIONS_AUTOMATIC_CONTROL_H

#include "builder/builder.h"

/* Adds them to all nodes of the scope's graph: what uses a resource waits for what used it before, a stateful node
 * without resources for the stateful one before, and a Merge for all that must run in its branches. `results` wait for
 * what must run: stateful nodes (other than random ones) and calls of functions, which are answered, in the graph's
 * arena. */
HR_MUST_USE hr_status hr_add_automatic_control(hr_scope scope, hr_outputs results, int32_t *count, hr_node ***must_run);

#endif
