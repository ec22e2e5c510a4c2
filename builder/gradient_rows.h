/* Sparse gradients as arguments of ops. */
#ifndef HR_BUILDER_GRADIENT_ROWS_H
#define HR_BUILDER_GRADIENT_ROWS_H

#include "headrace/gradients.h"
#include "runtime/graph/rows.h"

/* A gradient as ops may be given it: a sparse one becomes a tensor where an op reads it (runtime/graph/rows.h). */
hr_output hr_gradient_as_argument(hr_scope scope, hr_gradient gradient);
/* The gradient that such an output, or any tensor, stands for. */
hr_gradient hr_gradient_of_argument(hr_output argument);
/* The same gradient for those who know nothing of such outputs: where its rows are rows of rows, these become a tensor.
 */
hr_gradient hr_plain_gradient(hr_scope scope, hr_gradient gradient);

#endif
