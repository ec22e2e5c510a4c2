#include "kernels_cpu/linalg.h"

#include <inttypes.h>
#include <string.h>

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

/* A batch in parts of neighbours, each with scratch memory and an error of its own. */
typedef struct batch {
  int64_t count, parts;
  hr_matrix_work *work;
  void *argument;
  char *scratch; /* of each part */
  size_t scratch_bytes;
  hr_status *errors; /* of each part */
} batch;

static void work_on_parts(void *argument, int64_t begin, int64_t end) {
  const batch *b = argument;
  for (int64_t part = begin; part < end; ++part) {
    int64_t shorter = b->count / b->parts, longer = b->count % b->parts; /* the first `longer` parts have one more */
    int64_t first = part * shorter + (part < longer ? part : longer), last = first + shorter + (part < longer);
    for (int64_t i = first; i < last && !b->errors[part]; ++i)
      b->errors[part] = b->work(b->argument, i, b->scratch + (size_t)part * b->scratch_bytes);
  }
}

hr_status hr_for_each_matrix(hr_kernel_context *ctx, int64_t count, double nanos, size_t scratch_bytes,
                             hr_matrix_work *work, void *argument) {
  if (count == 0) return HR_SUCCESS;
  int threads = hr_parallelism(ctx);
  batch b = {count, count < threads ? count : threads, work, argument, NULL, 0, NULL};
  const size_t line = 64;
  size_t errors_bytes = ((size_t)b.parts * sizeof *b.errors + line - 1) / line * line, bytes;
  if (scratch_bytes > SIZE_MAX / 2 ||
      __builtin_mul_overflow(b.scratch_bytes = (scratch_bytes + line - 1) / line * line, (size_t)b.parts, &bytes) ||
      __builtin_add_overflow(bytes, errors_bytes, &bytes) || bytes > INT64_MAX)
    return hr_error(HR_RESOURCE_EXHAUSTED, "The scratch memory of matrices is too large");
  hr_tensor memory;
  HR_TRY(hr_temporary_new(ctx, HR_INT8, &(hr_shape){1, {(int64_t)(bytes + line)}}, &memory));
  b.errors = hr_tensor_data(&memory);
  b.scratch = (char *)b.errors + errors_bytes;
  memset(b.errors, 0, errors_bytes);
  hr_openblas_enter();
  hr_parallel_for(ctx, b.parts, nanos * (double)count / (double)b.parts, work_on_parts, &b);
  hr_openblas_leave();
  hr_status first = HR_SUCCESS;
  for (int64_t part = 0; part < b.parts; ++part) {
    if (!first)
      first = b.errors[part];
    else
      hr_status_free(b.errors[part]);
  }
  hr_tensor_clear(&memory);
  return first;
}

hr_status hr_lapack_status(lapack_int info, const char *message) {
  if (info == 0) return HR_SUCCESS;
  if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
    return hr_error(HR_RESOURCE_EXHAUSTED, "Out of memory in LAPACK");
  if (info < 0) return hr_error(HR_INVALID_ARGUMENT, "LAPACK refuses argument %d (a value that is no number?)", -info);
  return hr_error(HR_INVALID_ARGUMENT, "%s", message);
}
