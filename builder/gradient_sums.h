/* The sum of what the readers of an output contribute to its gradient. */
#ifndef HR_BUILDER_GRADIENT_SUMS_H
#define HR_BUILDER_GRADIENT_SUMS_H

#include "headrace/gradients.h"

/* The one gradient of an output of `node` from `count` contributions; none for none. Errors go to
 * the scope's builder. */
hr_gradient hr_sum_gradients(hr_scope scope, const hr_node *node, int32_t count, const hr_gradient *parts,
                             hr_aggregation_method method);

#endif
