/* Weights of losses and metrics. */
#ifndef HR_BUILDER_WEIGHTS_H
#define HR_BUILDER_WEIGHTS_H

#include "headrace/operand.h"

/* A node after which weights are known to be a scalar or of the values' rank with sizes equal to theirs or 1. NULL
 * after an error: InvalidArgument where they are not, Unimplemented where only a run can tell. */
hr_node *hr_assert_broadcastable(hr_scope scope, hr_operand weights, hr_operand values);
/* Weights as large as the values. */
hr_output hr_broadcast_weights(hr_scope scope, hr_output weights, hr_output values);

#endif
