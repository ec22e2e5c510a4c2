#include "kernels_cpu/linalg.h"

#include <inttypes.h>

hr_status hr_matrices_of(const hr_tensor *t, hr_matrices *out) {
  if (t->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input tensor must have rank >= 2, not shape %s", HR_TENSOR_SHAPE_TEXT(t));
  *out = (hr_matrices){hr_dims_product(t, 0, t->rank - 2), t->dims[t->rank - 2], t->dims[t->rank - 1]};
  /* Work arrays are a few times the rows and columns, and matrices are indexed with the same integers. */
  int64_t elements;
  if (__builtin_mul_overflow(out->rows, out->columns, &elements) || elements > INT32_MAX ||
      out->rows > INT32_MAX / 256 || out->columns > INT32_MAX / 256)
    return hr_error(HR_INVALID_ARGUMENT, "A matrix of %" PRId64 " x %" PRId64 " is too large for LAPACK", out->rows,
                    out->columns);
  return HR_SUCCESS;
}

hr_status hr_square_matrices_of(const hr_tensor *t, hr_matrices *out) {
  HR_TRY(hr_matrices_of(t, out));
  if (out->rows != out->columns)
    return hr_error(HR_INVALID_ARGUMENT, "Input matrix must be square, not %s", HR_TENSOR_SHAPE_TEXT(t));
  return HR_SUCCESS;
}

hr_status hr_lapack_status(lapack_int info, const char *message) {
  if (info == 0) return HR_SUCCESS;
  if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
    return hr_error(HR_RESOURCE_EXHAUSTED, "Out of memory in LAPACK");
  if (info < 0) return hr_error(HR_INVALID_ARGUMENT, "LAPACK refuses argument %d (a value that is no number?)", -info);
  return hr_error(HR_INVALID_ARGUMENT, "%s", message);
}
