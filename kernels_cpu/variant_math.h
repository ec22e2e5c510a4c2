/* Zeros and sums of tensors whatever their dtype, as ZerosLike and AddN make them of variants. */
#ifndef HR_KERNELS_CPU_VARIANT_MATH_H
#define HR_KERNELS_CPU_VARIANT_MATH_H

#include "headrace/kernel.h"

/* Zeros of the tensor's shape and dtype; of a variant, what its object makes of it. `*out` is overwritten, and may
 * outlive the step. InvalidArgument for strings, Internal for variants of objects that have none. */
HR_MUST_USE hr_status hr_zeros_like_value(hr_kernel_context *ctx, const hr_tensor *like, hr_tensor *out);
/* a + b. InvalidArgument for different shapes or dtypes, and for dtypes that are no numbers; Internal as above. */
HR_MUST_USE hr_status hr_sum_values(hr_kernel_context *ctx, const hr_tensor *a, const hr_tensor *b, hr_tensor *out);

#endif
