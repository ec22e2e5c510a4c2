/* Lists of tensors as values. */
#ifndef HR_BUILDER_TENSOR_LIST_H
#define HR_BUILDER_TENSOR_LIST_H

#include "builder/builder.h"

/* A shape as ops of lists read it: -1 where the rank is not known, and for sizes that are not; a constant of its own
 * for scalars. `sizes` has room for it as long as the operand is used. */
hr_operand hr_list_element_shape(hr_scope scope, const hr_partial_shape *shape, int64_t sizes[HR_MAX_RANK]);

#endif
