/* Conditionals of Switch and Merge. */
#ifndef HR_BUILDER_CONTROL_FLOW_SWITCHED_COND_H
#define HR_BUILDER_CONTROL_FLOW_SWITCHED_COND_H

#include "headrace/control_flow.h"

/* tf.cond in its name scope, whose nodes are in the graph itself. */
hr_outputs hr_switched_cond(hr_scope scope, hr_operand predicate, hr_branch if_true, hr_branch if_false);

#endif
