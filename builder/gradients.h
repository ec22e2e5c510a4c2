/* Gradients of what another graph computes. */
#ifndef HR_BUILDER_GRADIENTS_H
#define HR_BUILDER_GRADIENTS_H

#include "headrace/gradients.h"

/* hr_gradients_with, where the ys and xs are of `graph`, which the scope's graph may capture from: the nodes that
 * compute the gradients are made in the scope and read, as captured tensors, what they need of the other graph. */
void hr_gradients_of_graph(hr_scope scope, hr_graph *graph, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                           const hr_gradients_options *options);

/* hr_gradients_with in the body of a function, where some of the xs are of graphs around. */
void hr_gradients_across(hr_scope scope, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                         const hr_gradients_options *options);
/* The gradient of what nothing depends on; a handle's is one of its variable. */
hr_output hr_gradient_zeros(hr_scope scope, hr_output x);

#endif
