/* Sparse tensors of inputs, taken apart into rows and put together again. */
#ifndef HR_KERNELS_CPU_SPARSE_ROWS_H
#define HR_KERNELS_CPU_SPARSE_ROWS_H

#include "kernels_cpu/sparse_parts.h"

/* The size of the first dimension. InvalidArgument for a tensor of fewer than two dimensions, and parts that do not fit
 * together. */
HR_MUST_USE hr_status hr_sparse_row_count(const hr_sparse_parts *x, int64_t *out);
/* Calls `visit` for each row, a sparse tensor without the first dimension, which is borrowed. The elements are ordered
 * by row. InvalidArgument where they are not, or an index lies outside. */
HR_MUST_USE hr_status hr_sparse_rows(hr_kernel_context *ctx, const hr_sparse_parts *x,
                                     hr_status (*visit)(void *argument, int64_t row, const hr_sparse_parts *x),
                                     void *argument);

/* Outputs 0 to 2: `count` sparse tensors of one rank as one, with dimensions `before` (whose product is `count`) in
 * front. InvalidArgument where they do not fit together or are of another dtype than output 1. */
HR_MUST_USE hr_status hr_sparse_join(hr_kernel_context *ctx, int64_t count, const hr_sparse_parts *parts,
                                     const hr_shape *before);

#endif
