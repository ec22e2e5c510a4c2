/* Products of a matrix of few columns with a vector, as in linear regression, where the matrix is constant and is then
 * kept by columns, or lies so as it is: both products are one pass over memory in vector registers. */
#ifndef HR_KERNELS_CPU_NARROW_H
#define HR_KERNELS_CPU_NARROW_H

#include "kernels_cpu/gemm.h"

/* Computes the product where it is one of these (input 0 of the node is the matrix, as it is or transposed); false
 * where it is not. */
bool hr_narrow_product(hr_kernel_context *ctx, const hr_gemm *gemm);

#endif
