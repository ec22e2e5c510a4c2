/* Tensor arrays, as other parts of the builder write them. */
#ifndef HR_BUILDER_TENSOR_ARRAY_H
#define HR_BUILDER_TENSOR_ARRAY_H

#include "headrace/tensor_array.h"

/* hr_tensor_array_write of a tensor in the name scope that the caller has opened for it; `name`: of the node. */
hr_tensor_array *hr_tensor_array_write_in(hr_scope writing, const char *name, hr_tensor_array *array, hr_operand index,
                                          hr_output value);

#endif
