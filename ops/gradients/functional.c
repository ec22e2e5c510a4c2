/* Gradients of conditionals whose branches are functions. */
#include "builder/functions/conditional_gradient.h"
#include "ops/gradients/gradient.h"

hr_status hr_gradient_conditional(hr_gradient_context *c) { return hr_differentiate_conditional(c); }
