/* Weights, labels and predictions of losses and metrics. */
#ifndef HR_BUILDER_WEIGHTS_H
#define HR_BUILDER_WEIGHTS_H

#include "headrace/operand.h"

/* A node after which weights are known to be a scalar or of the values' rank with sizes equal to theirs or 1; it checks
 * when it runs what is not known before. NULL after an error: InvalidArgument where they are not. */
hr_node *hr_assert_broadcastable(hr_scope scope, hr_operand weights, hr_operand values);
/* Weights, of the values' dtype, as large as the values. */
hr_output hr_broadcast_weights(hr_scope scope, hr_operand weights, hr_output values);

/* Labels and predictions as tensors, whose ranks differ by `difference`: a last dimension of 1 that either has too much
 * is dropped, when they run where a rank is not known. False after an error. */
bool hr_squeeze_labels(hr_scope scope, hr_operand labels, hr_operand predictions, int difference, hr_output *l,
                       hr_output *p);
/* Weights of labels that may have one dimension less: a last one of 1 is dropped, when they run where a rank is not
 * known. */
hr_output hr_squeeze_weights(hr_scope scope, hr_output weights, hr_output labels);

#endif
