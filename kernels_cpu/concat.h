/* Tensors behind each other. */
#ifndef HR_KERNELS_CPU_CONCAT_H
#define HR_KERNELS_CPU_CONCAT_H

#include "headrace/kernel.h"

/* Output 0: `count` inputs from `first` on, one behind another along the dimension that input `axis_input` names.
 * InvalidArgument where there is none such, or shapes differ elsewhere. */
HR_MUST_USE hr_status hr_concat(hr_kernel_context *ctx, int axis_input, int first, int count);

#endif
