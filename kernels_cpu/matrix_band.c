/* MatrixDiagV2, MatrixDiagPartV2, MatrixSetDiagV2: bands of diagonals of matrices. A band lies in rows, from its upper
 * diagonal down to its lower one; each starts at the left and is padded to the longest. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <string.h>

#define DIAGONAL_TYPES (HR_NUMBER_TYPES | HR_TYPE_BIT(HR_BOOL))

/* Diagonals lower..upper, of matrices of rows x columns; `width` is what each takes up in the rows of the band. */
typedef struct band {
  int64_t lower, upper, width;
  int64_t rows, columns;
} band;

static int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }

/* One index, or two: InvalidArgument for other tensors and for a lower one above the upper one. */
static hr_status read_indices(const hr_tensor *k, band *b) {
  if (k->rank > 1)
    return hr_error(HR_INVALID_ARGUMENT, "diag_index must be a scalar or vector, received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(k));
  if (k->elements < 1 || k->elements > 2)
    return hr_error(HR_INVALID_ARGUMENT,
                    "diag_index must have only one or two elements, received %" PRId64 " elements.", k->elements);
  b->lower = hr_index_at(k, 0);
  b->upper = hr_index_at(k, k->elements - 1);
  if (b->lower <= b->upper) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT,
                  "lower_diag_index must not be larger than upper_diag_index: %" PRId64 " > %" PRId64, b->lower,
                  b->upper);
}

/* A diagonal must meet the matrix; the main one of an empty matrix may miss it. `stop`: what follows the index. */
static hr_status check_index(const band *b, int64_t index, const char *which, const char *stop) {
  if ((index > -b->rows && index < b->columns) || index == 0) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT,
                  "%s_diag_index is out of bound: %" PRId64 "%s It must be between %" PRId64 " and %" PRId64, which,
                  index, stop, -b->rows, b->columns);
}

/* The band `k` of the matrices `x`. */
static hr_status read_band(const hr_tensor *x, const hr_tensor *k, const char *stop, band *b) {
  if (x->rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "input must be at least 2-dim, received shape: %s", HR_TENSOR_SHAPE_TEXT(x));
  HR_TRY(read_indices(k, b));
  b->rows = x->dims[x->rank - 2];
  b->columns = x->dims[x->rank - 1];
  HR_TRY(check_index(b, b->lower, "lower", stop));
  HR_TRY(check_index(b, b->upper, "upper", ""));
  b->width = max(0, min(b->rows + min(b->upper, 0), b->columns - max(b->lower, 0)));
  return HR_SUCCESS;
}

/* All diagonals of `count` matrices, between the matrices and the rows of their bands. */
static hr_status copy_band(hr_kernel_context *ctx, hr_dtype dtype, int64_t count, const band *b, void *to,
                           const void *from, bool into_matrix) {
  size_t size = hr_dtype_size(dtype);
  if (count == 0 || b->rows == 0 || b->columns == 0 || b->width == 0) return HR_SUCCESS;
  int64_t matrix = b->rows * b->columns, rows = (b->upper - b->lower + 1) * b->width;
  for (int64_t d = b->upper; d >= b->lower; --d) {
    int64_t n = min(b->rows + min(d, 0), b->columns - max(d, 0));
    int64_t at_matrix = d < 0 ? -d * b->columns : d, at_rows = (b->upper - d) * b->width;
    hr_box box = {0};
    hr_box_add(&box, count, into_matrix ? matrix : rows, into_matrix ? rows : matrix);
    hr_box_add(&box, n, into_matrix ? b->columns + 1 : 1, into_matrix ? 1 : b->columns + 1);
    HR_TRY(hr_box_copy(ctx, dtype, &box, (char *)to + (size_t)(into_matrix ? at_matrix : at_rows) * size,
                       (const char *)from + (size_t)(into_matrix ? at_rows : at_matrix) * size));
  }
  return HR_SUCCESS;
}

/* Element 0, whatever the shape. */
static hr_status first_element(const hr_tensor *t, const char *what) {
  if (t->elements > 0) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s must be a scalar, received shape: %s", what, HR_TENSOR_SHAPE_TEXT(t));
}

/* The size asked for, or the smallest one where that is -1. */
static hr_status read_size(const hr_tensor *t, const char *name, const char *what, int64_t smallest, int64_t *out) {
  HR_TRY(first_element(t, name));
  int64_t size = hr_index_at(t, 0);
  if (size != -1 && size < smallest) return hr_error(HR_INVALID_ARGUMENT, "The number of %s is too small.", what);
  *out = size == -1 ? smallest : size;
  return HR_SUCCESS;
}

static hr_status matrix_diag_v2(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *padding = hr_input(ctx, 4);
  band b;
  if (x->rank < 1)
    return hr_error(HR_INVALID_ARGUMENT, "diagonal must be at least 1-dim, received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(x));
  HR_TRY(read_indices(hr_input(ctx, 1), &b));
  HR_TRY(first_element(padding, "padding_value"));
  bool one = b.lower == b.upper;
  if (!one && (x->rank < 2 || x->dims[x->rank - 2] != b.upper - b.lower + 1))
    return hr_error(HR_INVALID_ARGUMENT, "The number of diagonals provided in the input does not match the "
                                         "lower_diag_index and upper_diag_index range.");
  if (one && x->rank == HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  b.width = x->dims[x->rank - 1];
  if (b.width > INT64_MAX / 2)
    return hr_error(HR_INVALID_ARGUMENT, "The diagonals are too long: %" PRId64 " elements", b.width);
  int64_t least_rows = b.width - min(b.upper, 0), least_columns = b.width + max(b.lower, 0);
  HR_TRY(read_size(hr_input(ctx, 2), "num_rows", "rows", least_rows, &b.rows));
  HR_TRY(read_size(hr_input(ctx, 3), "num_cols", "columns", least_columns, &b.columns));
  /* Matrices are square where no size is asked for; where only one is, the other is the smallest one. */
  if (hr_index_at(hr_input(ctx, 2), 0) == -1 && hr_index_at(hr_input(ctx, 3), 0) == -1)
    least_rows = least_columns = b.rows = b.columns = max(least_rows, least_columns);
  if (b.rows != least_rows && b.columns != least_columns)
    return hr_error(
        HR_INVALID_ARGUMENT,
        "The number of rows or columns is not consistent with the specified d_lower, d_upper, and diagonal.");
  int64_t dims[HR_MAX_RANK];
  int rank = x->rank - (one ? 1 : 2);
  for (int i = 0; i < rank; ++i)
    dims[i] = x->dims[i];
  dims[rank] = b.rows;
  dims[rank + 1] = b.columns;
  hr_shape shape;
  HR_TRY(hr_shape_make(rank + 2, dims, &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(hr_fill_tensor(ctx, out, hr_tensor_data(padding)));
  return copy_band(ctx, hr_tensor_dtype(x), hr_dims_product(x, 0, rank), &b, hr_tensor_data(out), hr_tensor_data(x),
                   true);
}
HR_KERNEL(.op = "MatrixDiagV2", .types = {{"T", DIAGONAL_TYPES}}, .compute = matrix_diag_v2);

static hr_status matrix_diag_part_v2(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *padding = hr_input(ctx, 2);
  band b;
  HR_TRY(read_band(x, hr_input(ctx, 1), ".", &b));
  HR_TRY(first_element(padding, "padding_value"));
  hr_shape shape = hr_tensor_shape(x);
  shape.rank -= 2;
  if (b.lower != b.upper) shape.dims[shape.rank++] = b.upper - b.lower + 1;
  shape.dims[shape.rank++] = b.width;
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (b.lower != b.upper) HR_TRY(hr_fill_tensor(ctx, out, hr_tensor_data(padding)));
  return copy_band(ctx, hr_tensor_dtype(x), hr_dims_product(x, 0, x->rank - 2), &b, hr_tensor_data(out),
                   hr_tensor_data(x), false);
}
HR_KERNEL(.op = "MatrixDiagPartV2", .types = {{"T", DIAGONAL_TYPES}}, .compute = matrix_diag_part_v2);

static hr_status matrix_set_diag_v2(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *diagonal = hr_input(ctx, 1);
  band b;
  if (x->rank >= 2 && diagonal->rank < 1)
    return hr_error(HR_INVALID_ARGUMENT, "diagonal must be at least 1-dim, received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(diagonal));
  HR_TRY(read_band(x, hr_input(ctx, 2), "", &b));
  bool one = b.lower == b.upper;
  if (!one && (diagonal->rank < 2 || diagonal->dims[diagonal->rank - 2] != b.upper - b.lower + 1))
    return hr_error(HR_INVALID_ARGUMENT, "The number of diagonals provided in `diag` is not consistent with "
                                         "`lower_diag_index` and `upper_diag_index`");
  bool fits = diagonal->rank == x->rank - one && diagonal->dims[diagonal->rank - 1] == b.width;
  for (int i = 0; fits && i < x->rank - 2; ++i)
    fits = diagonal->dims[i] == x->dims[i];
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not "
                    "equal to the longests diagonal in range [lower_diag_index:upper_diag_index].");
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (hr_tensor_data(out) != hr_tensor_data(x) && x->elements)
    memcpy(hr_tensor_data(out), hr_tensor_data(x), hr_tensor_bytes(x));
  return copy_band(ctx, hr_tensor_dtype(x), hr_dims_product(x, 0, x->rank - 2), &b, hr_tensor_data(out),
                   hr_tensor_data(diagonal), true);
}
HR_KERNEL(.op = "MatrixSetDiagV2", .types = {{"T", DIAGONAL_TYPES}}, .compute = matrix_set_diag_v2);
