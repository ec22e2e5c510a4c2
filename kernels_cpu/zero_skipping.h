/* Matrix products whose first factor is mostly zeros: pictures, and what a ReLU let through. Terms that are zero are
 * left out, which changes no sum of finite numbers. */
#ifndef HR_KERNELS_CPU_ZERO_SKIPPING_H
#define HR_KERNELS_CPU_ZERO_SKIPPING_H

#include "kernels_cpu/gemm.h"

/* A product of floats for which it pays: large, b not transposed, and most of a sample of a's elements zero. Depends on
 * nothing but shapes and values. */
bool hr_skips_zeros(const hr_gemm *gemm);

/* All of b is finite: only then is a term zero because its first factor is. */
bool hr_is_second_factor_finite(const hr_gemm *gemm);

/* Rows [row, row + rows) of the product into `c`, rows x n, on the calling thread, where b is known to be finite. Each
 * element is summed in the order of its terms, so the values do not depend on how the product is cut. */
void hr_skipping_rows(const hr_gemm *gemm, int64_t row, int64_t rows, float *c);

/* The whole product, on the intra-op pool; false where b turned out not to be finite, and the product is not made. */
bool hr_skipping_product(hr_kernel_context *ctx, const hr_gemm *gemm);

#endif
