/* Matrix products: the one way kernels multiply matrices. */
#ifndef HR_KERNELS_CPU_GEMM_H
#define HR_KERNELS_CPU_GEMM_H

#include "headrace/kernel.h"

/* c[i] = op(a[i]) op(b[i]) for a batch of dense row-major matrices: c is m x n, op(a) is m x k, op(b) is k x n. */
typedef struct hr_gemm {
  hr_dtype dtype; /* float, double, int32, int64, half, bfloat16, complex64, complex128 */
  bool transpose_a, transpose_b;
  bool conjugate_a, conjugate_b; /* complex only, and only together with the transposition */
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  /* The batch, row-major: sizes, and how many matrices of a and b lie between neighbours (0 to broadcast). c is dense.
   */
  int batch_rank;
  int64_t batch_dims[HR_MAX_RANK], a_strides[HR_MAX_RANK], b_strides[HR_MAX_RANK];
} hr_gemm;

/* Runs on the intra-op pool; the libraries beneath keep to the calling thread. Results do not depend on the number of
 * threads. half and bfloat16 are multiplied in float and rounded once. ResourceExhausted for their scratch. */
HR_MUST_USE hr_status hr_gemm_run(hr_kernel_context *ctx, const hr_gemm *gemm);

/* For those who want the product in pieces: rows [row, row + rows) of it into `c`, rows x n, on the calling thread. The
 * same values as hr_gemm_run's where rows are cut at multiples of HR_GEMM_ROWS. */
#define HR_GEMM_ROWS 24
bool hr_gemm_has_rows(
    const hr_gemm *gemm); /* one product of floats, and not of a shape that another way suits better */
void hr_gemm_rows(const hr_gemm *gemm, int64_t row, int64_t rows, float *c);

#endif
