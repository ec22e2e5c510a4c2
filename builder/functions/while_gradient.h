/* Gradients of loops whose condition and body are functions. */
#ifndef HR_BUILDER_FUNCTIONS_WHILE_GRADIENT_H
#define HR_BUILDER_FUNCTIONS_WHILE_GRADIENT_H

#include "headrace/gradients.h"

/* The gradient function of While nodes that hr_while_of_functions or itself has made: another loop of as many
 * iterations, which takes the gradients from the last iteration to the first. Tensors inside of the body that it needs
 * become variables of the loop, lists of them; condition and body are written anew, under names with "_rewritten"
 * behind. Rows of a tensor become a whole one in each iteration, those of a variable, too. InvalidArgument for loops
 * whose first two variables are not a counter and a limit, both int32 scalars. */
HR_MUST_USE hr_status hr_differentiate_while(hr_gradient_context *c);

#endif
