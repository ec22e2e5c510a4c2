/* All loops that one call of hr_gradients differentiates. */
#ifndef HR_BUILDER_CONTROL_FLOW_LOOP_GRADIENTS_H
#define HR_BUILDER_CONTROL_FLOW_LOOP_GRADIENTS_H

#include "builder/control_flow/loop_gradient.h"

/* A loop on the walk back. Its backward loop can begin when the gradients of all its exits are known; until then they
 * wait. */
typedef struct hr_differentiated_loop {
  struct hr_differentiated_loop *next;
  hr_loop_gradient *gradient;
  hr_outputs exits;                /* of the program's variables */
  int32_t pending_exits;           /* those that the walk has not come to yet */
  hr_output_list deferred, unused; /* those that it has; those that no gradient comes to */
} hr_differentiated_loop;

/* A zeroed struct: none. `scope` is where gradients are asked for. */
typedef struct hr_loop_gradients {
  hr_scope scope;
  hr_differentiated_loop *first, *last;
} hr_loop_gradients;

static inline bool hr_has_loops(const hr_loop_gradients *loops) { return loops->first != NULL; }

/* The loop of an Exit, with its gradient begun where it is new; `at` is the scope, or the same beside the Exit. NULL
 * after an error: InvalidArgument for a loop that the graph does not know. */
hr_differentiated_loop *hr_loop_gradients_add(hr_loop_gradients *loops, hr_scope at, hr_node *exit);
/* The loop that a node is in; `before` an Exit is taken back into its loop, the one around it. NULL for none that is
 * differentiated. */
hr_differentiated_loop *hr_loop_gradients_of(const hr_loop_gradients *loops, const hr_node *node, bool before);

/* Zeros for an output that no gradient comes to: dense, in the shape that it has when it runs. None for a Switch of a
 * loop. `scope` is in the backward loop of the node, if it is in a loop. */
hr_gradient hr_zero_gradient(const hr_loop_gradients *loops, hr_scope scope, hr_output output);
/* The same for an Exit; `scope` is where gradients are asked for. */
hr_gradient hr_zero_gradient_of_exit(const hr_loop_gradients *loops, hr_scope scope, hr_output exit);

#endif
