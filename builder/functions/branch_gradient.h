/* The gradient of one branch of a conditional, a function of its own. It reads what the branch has computed: tensors
 * inside of the branch become results of it, wrapped in optionals, since only the branch that is taken has them. */
#ifndef HR_BUILDER_FUNCTIONS_BRANCH_GRADIENT_H
#define HR_BUILDER_FUNCTIONS_BRANCH_GRADIENT_H

#include "builder/functions/body.h"
#include "headrace/gradients.h"
#include "runtime/graph/scratch.h"

typedef struct hr_branch_gradient {
  hr_function_body_graph forward, backward;
  hr_gradient *gradients; /* one an argument of the branch, of the backward graph */
  hr_scratch wrapped;     /* hr_output: the optionals of what the backward graph reads, of the forward graph */
  hr_scratch unwrapped;   /* pairs of a tensor of the forward graph and its value in the backward graph */
  bool must_return_more;  /* some optionals are no results of the branch yet */
  hr_outputs old_results; /* of the branch, while its gradient is built */
} hr_branch_gradient;

/* Builds it for a branch of the conditional c->node, of the gradients of the node's outputs. Freed by the caller, in
 * any case. */
HR_MUST_USE hr_status hr_branch_gradient_build(hr_gradient_context *c, const hr_function_attr *function,
                                               hr_branch_gradient *out);
void hr_branch_gradient_free(hr_branch_gradient *g);

#endif
