/* Gradients of what another graph computes. */
#ifndef HR_BUILDER_GRADIENTS_H
#define HR_BUILDER_GRADIENTS_H

#include "headrace/gradients.h"

/* hr_gradients_with, where the ys and xs are of `graph`, which the scope's graph may capture from: the nodes that
 * compute the gradients are made in the scope and read, as captured tensors, what they need of the other graph. */
void hr_gradients_of_graph(hr_scope scope, hr_graph *graph, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                           const hr_gradients_options *options);

/* The same in the scope itself, of gradients that have arrived at the ys: options->grad_ys, one each. */
void hr_gradients_go_on(hr_scope scope, hr_graph *graph, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                        const hr_gradients_options *options);
/* The name scope of gradients, to be closed. */
hr_scope hr_gradients_scope(hr_scope scope, const hr_gradients_options *options);
/* What arrives at y number `index`: ones, or what is given through an Identity. InvalidArgument where that does not
 * fit.
 */
HR_MUST_USE hr_status hr_gradient_of_y(hr_scope scope, hr_output y, hr_gradient given, int32_t index, hr_gradient *out);

/* hr_gradients_with in the body of a function, where some of the xs are of graphs around. */
void hr_gradients_across(hr_scope scope, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                         const hr_gradients_options *options);
/* The gradient of what nothing depends on; a handle's is one of its variable. */
hr_output hr_gradient_zeros(hr_scope scope, hr_output x);

#endif
