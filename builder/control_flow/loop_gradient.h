/* The gradient of a loop: a loop that runs backwards.
 *
 * It counts down what a counter in the forward loop counted up. A value of the forward loop that an iteration of the
 * backward one needs is pushed onto a stack in each forward iteration and popped in each backward one; control edges
 * keep pushes and pops in the order of iterations. The loop of an inner loop's gradient is in that of the outer one's.
 */
#ifndef HR_BUILDER_CONTROL_FLOW_LOOP_GRADIENT_H
#define HR_BUILDER_CONTROL_FLOW_LOOP_GRADIENT_H

#include "builder/control_flow/context.h"
#include "headrace/gradients.h"

/* A Merge of a backward loop, which takes the gradient of an iteration to the one before. */
typedef struct hr_backward_merge {
  struct hr_backward_merge *next;
  const hr_node *forward_switch; /* of the variable */
  hr_gradient merged;
} hr_backward_merge;

struct hr_loop_gradient {
  hr_loop_gradient *outer; /* of the loop around, or NULL */
  hr_loop_context *forward, *backward;
  hr_output forward_index, backward_index; /* the counters' NextIterations */
  hr_node *forward_sync, *backward_sync;   /* what all pushes, all pops are ordered before; NULL until there are any */
  hr_value_map history;                    /* what the backward loop reads in place of values of the forward one */
  hr_backward_merge *first_merge, *last_merge;
};

/* The gradient of `forward`, with the counters of both loops; `scope` is where gradients were asked for, `outer` the
 * gradient of the loop around if that is differentiated, too. NULL after an error. */
hr_loop_gradient *hr_loop_gradient_new(hr_scope scope, hr_loop_context *forward, hr_loop_gradient *outer);

/* What the backward loop, which the scope is in, reads in place of a value of the forward loop: the value of the
 * iteration. */
hr_output hr_loop_gradient_value(hr_scope scope, hr_loop_gradient *gradient, hr_output value);

void hr_loop_gradient_remember(hr_scope scope, hr_loop_gradient *gradient, hr_output value, hr_output real);

/* Pushes a value of the forward loop in each iteration; gives the stack. `scope` is where gradients were asked for.
 * `dead_branch`: the value is what a conditional's Switch sends to the other side. */
hr_output hr_loop_gradient_push(hr_scope scope, hr_loop_gradient *gradient, hr_output value, bool dead_branch);
/* What the backward loop pops of the stack of a value. */
hr_output hr_loop_gradient_pop(hr_scope scope, hr_loop_gradient *gradient, hr_output stack, hr_output value,
                               bool dead_branch);

/* Sums what the iterations give as the gradient of a constant of the loop, that `enter` brought in. The scope is in the
 * backward loop; the sum is outside. */
hr_gradient hr_loop_gradient_sum(hr_scope scope, hr_loop_gradient *gradient, const hr_node *enter, hr_gradient part);

/* The Merge of the variable of a forward loop's Switch; NULL until it was added. */
const hr_backward_merge *hr_loop_gradient_find_merge(const hr_loop_gradient *gradient, const hr_node *forward_switch);
void hr_loop_gradient_add_merge(hr_scope scope, hr_loop_gradient *gradient, const hr_node *forward_switch,
                                hr_gradient merged);
/* Lets a Merge take `next` to the iteration before. The scope is in the backward loop. */
void hr_loop_gradient_close_merge(hr_scope scope, const hr_backward_merge *merge, hr_gradient next);
/* Merges whose variable does not depend on what it was take zeros to all iterations before the last. `scope` is where
 * gradients were asked for. */
void hr_loop_gradient_close_open_merges(hr_scope scope, hr_loop_gradient *gradient);

#endif
