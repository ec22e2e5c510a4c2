/* LU factors of one matrix, by blocks of columns that threads share: what LAPACK's getrf and getri give but for
 * rounding, whatever the number of threads. */
#ifndef HR_KERNELS_CPU_LU_FACTORS_H
#define HR_KERNELS_CPU_LU_FACTORS_H

#include "kernels_cpu/linalg.h"

/* Factors the n x n matrix (column-major; float, double or their complex types) in place, as getrf does; `pivots`
 * counts from 1. Answers getrf's info: positive where the matrix is singular. */
lapack_int hr_lu_factor(hr_kernel_context *ctx, hr_dtype dtype, void *matrix, int n, lapack_int *pivots);

/* The inverse of the matrix with these factors, none of which is singular. */
void hr_lu_inverse(hr_kernel_context *ctx, hr_dtype dtype, const void *factors, int n, const lapack_int *pivots,
                   void *inverse);

#endif
