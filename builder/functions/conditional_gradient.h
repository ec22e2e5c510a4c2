/* Gradients of conditionals whose branches are functions. */
#ifndef HR_BUILDER_FUNCTIONS_CONDITIONAL_GRADIENT_H
#define HR_BUILDER_FUNCTIONS_CONDITIONAL_GRADIENT_H

#include "headrace/gradients.h"

/* The gradient function of If, StatelessIf ("then_branch" and "else_branch") and Case ("branches"): the same
 * conditional of the branches' gradients. What these need of the inside of a branch becomes results of the conditional;
 * its branches are written anew, under names with "_rewritten" behind. */
HR_MUST_USE hr_status hr_differentiate_conditional(hr_gradient_context *c);

#endif
