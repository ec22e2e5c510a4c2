/* The gradient of one iteration of a loop, a body of its own. It reads what the iteration has computed: the loop pushes
 * tensors of its inside on lists, further variables of it, and the gradient takes them from there, last ones first. */
#ifndef HR_BUILDER_FUNCTIONS_ITERATION_GRADIENT_H
#define HR_BUILDER_FUNCTIONS_ITERATION_GRADIENT_H

#include "builder/functions/body.h"
#include "headrace/gradients.h"
#include "runtime/graph/scratch.h"

typedef struct hr_iteration_gradient {
  hr_gradient_context *c;
  hr_function_body_graph condition, body; /* of the loop; with the lists when the gradient is built */
  hr_function_body_graph backward;        /* captures from the body what is an argument or a result of it */
  int32_t num_variables;                  /* of the loop, without the lists */
  hr_outputs arguments, results;          /* of the body, the same */
  hr_builder *around;                     /* of the loop's graph, where the gradients are of another one */
  hr_scratch kept;   /* pairs of a tensor of the body and the result with an earlier gradient's list */
  hr_scratch lists;  /* hr_output: empty lists in the loop's graph, its further inputs */
  hr_scratch pushed; /* hr_output: results of the body for them */
  hr_scratch known;  /* pairs of a tensor of the body and its value in the backward graph */
  hr_scratch popped; /* pairs of a list in the backward graph and what is left of it */
} hr_iteration_gradient;

/* The bodies of the While node c->node as graphs, and an empty one for the gradient. To be freed in any case. */
HR_MUST_USE hr_status hr_iteration_gradient_begin(hr_gradient_context *c, hr_iteration_gradient *out);
/* In the backward graph: the gradients of the body's arguments `xs` for those of its results `ys`. They are whole
 * tensors, or rows; zeros where nothing depends on an argument. */
HR_MUST_USE hr_status hr_iteration_gradient_build(hr_iteration_gradient *g, hr_outputs ys, hr_outputs xs,
                                                  const hr_gradient *ys_gradients, hr_gradient *out);
/* What the backward graph has captured for the next iteration: `inside` as it is, lists without their last tensors. */
hr_outputs hr_iteration_gradient_next(const hr_iteration_gradient *g, hr_outputs inside);
void hr_iteration_gradient_free(hr_iteration_gradient *g);

#endif
