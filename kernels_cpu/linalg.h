/* What the linear algebra kernels share: batches of matrices, and LAPACK on the calling thread. */
#ifndef HR_KERNELS_CPU_LINALG_H
#define HR_KERNELS_CPU_LINALG_H

#include "kernels_cpu/arguments.h"
#include "kernels_cpu/library_threads.h"
#include <complex.h>
/* LAPACKE's complex types are C's. */
#define lapack_complex_float  float _Complex
#define lapack_complex_double double _Complex
#include <cblas.h>
#include <lapacke.h>

#define HR_REAL_MATRIX_TYPES    (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE))
#define HR_COMPLEX_MATRIX_TYPES (HR_TYPE_BIT(HR_COMPLEX64) | HR_TYPE_BIT(HR_COMPLEX128))
#define HR_MATRIX_TYPES         (HR_REAL_MATRIX_TYPES | HR_COMPLEX_MATRIX_TYPES)

/* LAPACK's and BLAS's function for a type, by its letter: s, d, c, z. */
#define HR_LAPACK(letter, name) LAPACKE_##letter##name
#define HR_BLAS(letter, name)   cblas_##letter##name

/* The last two dimensions of a tensor, and how many matrices the others make. */
typedef struct hr_matrices {
  int64_t count, rows, columns;
} hr_matrices;

/* InvalidArgument for a tensor of rank below 2 and for sizes that LAPACK's 32-bit integers do not hold. */
HR_MUST_USE hr_status hr_matrices_of(const hr_tensor *t, hr_matrices *out);
/* Also InvalidArgument where they are not square. */
HR_MUST_USE hr_status hr_square_matrices_of(const hr_tensor *t, hr_matrices *out);

/* The error for LAPACK's answer: negative for arguments it does not take (an allocation of its own that failed among
 * them), positive for a matrix it cannot handle, which is InvalidArgument with `message`. */
HR_MUST_USE hr_status hr_lapack_status(lapack_int info, const char *message);

/* Work on matrix `i` of a batch. `scratch`: memory of the thread's own, undefined. */
typedef hr_status hr_matrix_work(void *argument, int64_t i, void *scratch);
/* Does the work for `count` matrices, about `nanos` each, on several threads where that is worth it, with OpenBLAS on
 * the thread that calls it. Answers the error of the first matrix that fails, whatever the threads; the work on those
 * behind it may be left out. */
HR_MUST_USE hr_status hr_for_each_matrix(hr_kernel_context *ctx, int64_t count, double nanos, size_t scratch_bytes,
                                         hr_matrix_work *work, void *argument);
/* The same without scratch memory. */
#define HR_NO_SCRATCH 0

#define HR_NOT_INVERTIBLE        "Input is not invertible."
#define HR_MATRIX_NOT_INVERTIBLE "Input matrix is not invertible."
#define HR_NO_CHOLESKY           "Cholesky decomposition was not successful. The input might not be valid."

#endif
