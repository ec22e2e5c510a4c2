/* Gradients of calls, and of loops whose parts are functions. */
#ifndef HR_BUILDER_FUNCTIONS_GRADIENT_H
#define HR_BUILDER_FUNCTIONS_GRADIENT_H

#include "builder/gradient_rules.h"

/* The gradient function of a node that calls a function as it is: its own, or SymbolicGradient; and of a While node
 * that is a program's loop, as "_lower_using_switch_merge" says. False for others. */
bool hr_call_gradient_rule(const hr_node *node, hr_gradient_rule *rule);
/* Whether a node's gradients are SymbolicGradient's, to which all results have a gradient, whatever their dtype. */
bool hr_has_symbolic_gradient(const hr_gradient_rule *rule);

#endif
