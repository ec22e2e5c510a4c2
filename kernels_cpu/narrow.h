/* Products of a constant matrix of few columns with a vector, as in linear regression: the matrix is kept by columns,
 * so that both products are one pass over memory in vector registers. */
#ifndef HR_KERNELS_CPU_NARROW_H
#define HR_KERNELS_CPU_NARROW_H

#include "kernels_cpu/gemm.h"

/* Computes the product where it is one of these (input 0 of the node is the matrix); false where it is not. */
bool hr_narrow_product(hr_kernel_context *ctx, const hr_gemm *gemm);

#endif
