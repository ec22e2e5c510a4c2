/* Sparse gradients as arguments of ops. */
#ifndef HR_BUILDER_GRADIENT_ROWS_H
#define HR_BUILDER_GRADIENT_ROWS_H

#include "headrace/gradients.h"
#include "runtime/graph/rows.h"

/* A gradient for those who know nothing of outputs that stand for sparse ones (hr_gradient_as_argument,
 * runtime/graph/rows.h): where its rows are rows of rows, these become a tensor. */
hr_gradient hr_plain_gradient(hr_scope scope, hr_gradient gradient);

#endif
