/* Other forms of a constant, for kernels that compute faster with them: a matrix by columns, packed weights. Made at
 * first use, once for a plan, whatever nodes ask for it. */
#ifndef HR_RUNTIME_EXEC_CONSTANT_FORMS_H
#define HR_RUNTIME_EXEC_CONSTANT_FORMS_H

#include "headrace/kernel.h"

/* Makes the form of a tensor: `*out` is overwritten. */
typedef hr_status hr_constant_form_maker(const hr_tensor *constant, hr_tensor *out);

/* The form of input `index`, which lives as long as the plan. NULL where the input is no constant of the plan, or where
 * there is no memory for it: the kernel then does without. */
const hr_tensor *hr_constant_form(const hr_kernel_context *ctx, int index, hr_constant_form_maker *make);

#endif
