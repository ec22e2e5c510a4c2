/* Diag, DiagPart, MatrixDiag, MatrixDiagPart, MatrixSetDiag, MatrixBandPart. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <string.h>

#define DIAGONAL_TYPES (HR_NUMBER_TYPES | HR_TYPE_BIT(HR_BOOL))

/* A diagonal of n elements between a dense vector and a matrix with rows of `columns`, for each of `count` matrices. */
static hr_status copy_diagonals(hr_kernel_context *ctx, hr_dtype dtype, int64_t count, int64_t n, int64_t rows,
                                int64_t columns, void *to, const void *from, bool into_matrix) {
  hr_box box = {0};
  hr_box_add(&box, count, into_matrix ? rows * columns : n, into_matrix ? n : rows * columns);
  hr_box_add(&box, n, into_matrix ? columns + 1 : 1, into_matrix ? 1 : columns + 1);
  return hr_box_copy(ctx, dtype, &box, to, from);
}

static hr_status matrix_diag(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "input must be at least 1-dim, received shape: []");
  if (x->rank == HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  hr_shape shape = hr_tensor_shape(x);
  int64_t n = shape.dims[shape.rank - 1];
  shape.dims[shape.rank++] = n;
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  return copy_diagonals(ctx, hr_tensor_dtype(x), hr_dims_product(x, 0, x->rank - 1), n, n, n, hr_tensor_data(out),
                        hr_tensor_data(x), true);
}
HR_KERNEL(.op = "MatrixDiag", .types = {{"T", DIAGONAL_TYPES}}, .compute = matrix_diag);

static int64_t shorter(int64_t a, int64_t b) { return a < b ? a : b; }

static hr_status matrix_diag_part(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "input must be at least 2-dim, received shape: %s", HR_TENSOR_SHAPE_TEXT(x));
  hr_shape shape = hr_tensor_shape(x);
  int64_t columns = shape.dims[--shape.rank], rows = shape.dims[shape.rank - 1], n = shorter(rows, columns);
  shape.dims[shape.rank - 1] = n;
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return copy_diagonals(ctx, hr_tensor_dtype(x), hr_dims_product(x, 0, x->rank - 2), n, rows, columns,
                        hr_tensor_data(out), hr_tensor_data(x), false);
}
HR_KERNEL(.op = "MatrixDiagPart", .types = {{"T", DIAGONAL_TYPES}}, .compute = matrix_diag_part);

static hr_status matrix_set_diag(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *diagonal = hr_input(ctx, 1);
  if (x->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "input must be at least 2-dim, received shape: %s", HR_TENSOR_SHAPE_TEXT(x));
  int64_t rows = x->dims[x->rank - 2], columns = x->dims[x->rank - 1], n = shorter(rows, columns);
  bool fits = diagonal->rank == x->rank - 1 && diagonal->dims[diagonal->rank - 1] == n;
  for (int i = 0; fits && i < diagonal->rank - 1; ++i)
    fits = diagonal->dims[i] == x->dims[i];
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT,
                    "must have diagonal.shape == input.shape[:-2] + min(input.shape[-2:]), but received input shape: "
                    "%s and diagonal shape: %s",
                    HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(diagonal));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (hr_tensor_data(out) != hr_tensor_data(x) && x->elements)
    memcpy(hr_tensor_data(out), hr_tensor_data(x), hr_tensor_bytes(x));
  return copy_diagonals(ctx, hr_tensor_dtype(x), hr_dims_product(x, 0, x->rank - 2), n, rows, columns,
                        hr_tensor_data(out), hr_tensor_data(diagonal), true);
}
HR_KERNEL(.op = "MatrixSetDiag", .types = {{"T", DIAGONAL_TYPES}}, .compute = matrix_set_diag);

/* ---- Diag: the diagonal of a tensor of twice the rank, which as a matrix is the same thing ----------------------- */

static hr_status diag(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "Input must be at least rank 1, got 0");
  if (2 * x->rank > HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  int64_t dims[HR_MAX_RANK];
  for (int i = 0; i < x->rank; ++i)
    dims[i] = dims[i + x->rank] = x->dims[i];
  hr_shape shape;
  HR_TRY(hr_shape_make(2 * x->rank, dims, &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  return copy_diagonals(ctx, hr_tensor_dtype(x), 1, x->elements, x->elements, x->elements, hr_tensor_data(out),
                        hr_tensor_data(x), true);
}
HR_KERNEL(.op = "Diag", .types = {{"T", DIAGONAL_TYPES}}, .compute = diag);

static hr_status diag_part(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank == 0 || x->rank % 2 != 0)
    return hr_error(HR_INVALID_ARGUMENT, "The rank of the tensor should be even and positive, got shape %s",
                    HR_TENSOR_SHAPE_TEXT(x));
  hr_shape shape = {.rank = x->rank / 2};
  for (int i = 0; i < shape.rank; ++i) {
    if (x->dims[i] != x->dims[i + shape.rank])
      return hr_error(HR_INVALID_ARGUMENT, "Invalid shape %s: dimensions %d and %d do not match.",
                      HR_TENSOR_SHAPE_TEXT(x), i, i + shape.rank);
    shape.dims[i] = x->dims[i];
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return copy_diagonals(ctx, hr_tensor_dtype(x), 1, out->elements, out->elements, out->elements, hr_tensor_data(out),
                        hr_tensor_data(x), false);
}
HR_KERNEL(.op = "DiagPart", .types = {{"T", DIAGONAL_TYPES}}, .compute = diag_part);

/* ---- MatrixBandPart -------------------------------------------------------------------------------------------- */

static hr_status matrix_band_part(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  int64_t lower, upper;
  if (x->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "input must be at least 2-dim, received shape: %s", HR_TENSOR_SHAPE_TEXT(x));
  HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "num_lower", &lower));
  HR_TRY(hr_scalar_argument(hr_input(ctx, 2), "num_upper", &upper));
  int64_t rows = x->dims[x->rank - 2], columns = x->dims[x->rank - 1];
  if (lower > rows)
    return hr_error(HR_INVALID_ARGUMENT,
                    "num_lower must be negative or less or equal to number of rows (%" PRId64 ") got: %" PRId64, rows,
                    lower);
  if (upper > columns)
    return hr_error(HR_INVALID_ARGUMENT,
                    "num_upper must be negative or less or equal to number of columns (%" PRId64 ") got: %" PRId64,
                    columns, upper);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (x->elements == 0) return HR_SUCCESS;
  char *to = hr_tensor_data(out);
  if ((const void *)to != hr_tensor_data(x)) memcpy(to, hr_tensor_data(x), hr_tensor_bytes(x));
  size_t size = hr_dtype_size(hr_tensor_dtype(x));
  int64_t total = x->elements / columns;
  for (int64_t r = 0; r < total; ++r, to += (size_t)columns * size) {
    int64_t row = r % rows;
    int64_t first = lower < 0 || row < lower ? 0 : row - lower;
    int64_t last = upper < 0 || row + upper + 1 > columns ? columns : row + upper + 1;
    if (first > columns) first = columns;
    memset(to, 0, (size_t)first * size);
    memset(to + (size_t)last * size, 0, (size_t)(columns - last) * size);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "MatrixBandPart", .types = {{"T", DIAGONAL_TYPES}, {"Tindex", HR_INDEX_TYPES}},
          .compute = matrix_band_part);
