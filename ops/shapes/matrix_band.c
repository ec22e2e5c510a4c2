/* Shapes of bands of diagonals of matrices. What a band's index does not tell stays unknown. */
#include "ops/shapes/shapes.h"

/* Diagonals lower..upper, where `known`. */
typedef struct band {
  bool known;
  int64_t lower, upper;
} band;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Input k: one index or two, of matrices or diagonals of that shape; unknown, and not looked at, where its rank is. */
static hr_status read_band(const hr_shape_context *c, int input, const hr_partial_shape *shape, band *out) {
  hr_tensor k;
  *out = (band){0};
  HR_TRY(hr_shape_with_rank_at_most(hr_shape_input(c, input), 1));
  if (!hr_rank_known(shape)) return HR_SUCCESS;
  HR_TRY(hr_shape_input_value(c, input, &out->known, &k));
  if (!out->known) return HR_SUCCESS;
  int64_t count = k.elements;
  if (count == 1 || count == 2) {
    out->lower = hr_tensor_int(&k, 0);
    out->upper = hr_tensor_int(&k, count - 1);
  }
  hr_tensor_clear(&k);
  if (count != 1 && count != 2)
    return hr_error(HR_INVALID_ARGUMENT,
                    "diag_index must be a vector with one or two elements. It has %" PRId64 " elements.", count);
  if (out->lower > out->upper)
    return hr_error(HR_INVALID_ARGUMENT, "lower_diag_index is greater than upper_diag_index");
  return HR_SUCCESS;
}

static hr_status check_index(int64_t index, int64_t rows, int64_t columns, const char *which) {
  if (index == 0 || rows == HR_UNKNOWN_DIM || columns == HR_UNKNOWN_DIM || (index > -rows && index < columns))
    return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s_diag_index is out of bound.", which);
}

/* Both diagonals must meet the matrices. */
static hr_status check_band(const band *b, const hr_partial_shape *matrices) {
  if (!b->known || !hr_rank_known(matrices)) return HR_SUCCESS;
  int64_t rows = hr_dim_at(matrices, -2), columns = hr_dim_at(matrices, -1);
  HR_TRY(check_index(b->lower, rows, columns, "lower"));
  return check_index(b->upper, rows, columns, "upper");
}

/* The size that an input asks for: -1, none; unknown where its value is. */
static hr_status read_size(const hr_shape_context *c, int input, int64_t *out, bool *asked) {
  bool known;
  int64_t size = -1;
  HR_TRY(hr_input_scalar(c, input, &known, &size));
  *asked = !known || size != -1;
  *out = known ? size : HR_UNKNOWN_DIM;
  return HR_SUCCESS;
}

static bool is_less(int64_t a, int64_t b) { return a != HR_UNKNOWN_DIM && b != HR_UNKNOWN_DIM && a < b; }
static bool is_other(int64_t a, int64_t b) { return a != HR_UNKNOWN_DIM && b != HR_UNKNOWN_DIM && a != b; }

hr_status hr_shape_fn_matrix_diag_v2(hr_shape_context *c) {
  hr_partial_shape s;
  band b;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &s));
  for (int input = 2; input < 5; ++input)
    HR_TRY(hr_check_scalar(c, input));
  HR_TRY(read_band(c, 1, &s, &b));
  if (!b.known) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  bool one = b.lower == b.upper;
  if (!one) {
    int64_t count = b.upper - b.lower + 1;
    HR_TRY(hr_shape_with_rank_at_least(&s, 2, &s));
    if (hr_dim_at(&s, -2) != HR_UNKNOWN_DIM && hr_dim_at(&s, -2) != count)
      return hr_error(HR_INVALID_ARGUMENT,
                      "The number of rows of `diagonal` doesn't match the number of diagonals implied from `d_lower` "
                      "and `d_upper`.\nnum_diags = %" PRId64 ", d_lower = %" PRId64 ", d_upper = %" PRId64,
                      hr_dim_at(&s, -2), b.lower, b.upper);
  }
  int64_t least_rows, least_columns, rows, columns;
  bool rows_asked, columns_asked;
  HR_TRY(hr_dim_add(hr_dim_at(&s, -1), -least(b.upper, 0), &least_rows));
  HR_TRY(hr_dim_add(hr_dim_at(&s, -1), most(b.lower, 0), &least_columns));
  HR_TRY(read_size(c, 2, &rows, &rows_asked));
  HR_TRY(read_size(c, 3, &columns, &columns_asked));
  if (rows < -1 || is_less(rows, least_rows)) return hr_error(HR_INVALID_ARGUMENT, "num_rows is too small");
  if (columns < -1 || is_less(columns, least_columns)) return hr_error(HR_INVALID_ARGUMENT, "num_cols is too small.");
  /* Matrices are square where no size is asked for; where only one is, the other is the smallest one. */
  if (!rows_asked && !columns_asked) least_rows = least_columns = most(least_rows, least_columns);
  if (!rows_asked) rows = least_rows;
  if (!columns_asked) columns = least_columns;
  if (is_other(rows, least_rows) && is_other(columns, least_columns))
    return hr_error(HR_INVALID_ARGUMENT,
                    "num_rows and num_cols are not consistent with lower_diag_index, upper_diag_index, and the length "
                    "of the given diagonals.\nnum_rows = %" PRId64 " != min_num_rows = %" PRId64 ", num_cols = %" PRId64
                    " != min_num_cols = %" PRId64,
                    rows, least_rows, columns, least_columns);
  hr_partial_shape matrix = hr_matrix_shape(rows, columns);
  HR_TRY(hr_shape_part(&s, 0, one ? -1 : -2, &s));
  HR_TRY(hr_shape_concat(&s, &matrix, &s));
  return hr_shape_set(c, 0, &s);
}

hr_status hr_shape_fn_matrix_diag_part_v2(hr_shape_context *c) {
  hr_partial_shape s, batch;
  band b;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 2, &s));
  HR_TRY(hr_check_scalar(c, 2));
  HR_TRY(read_band(c, 1, &s, &b));
  HR_TRY(check_band(&b, &s));
  if (!b.known) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  int64_t rows = hr_dim_at(&s, -2), columns = hr_dim_at(&s, -1), width = HR_UNKNOWN_DIM;
  if (rows != HR_UNKNOWN_DIM && columns != HR_UNKNOWN_DIM)
    width = most(0, least(rows + least(b.upper, 0), columns - most(b.lower, 0)));
  HR_TRY(hr_shape_part(&s, 0, -2, &batch));
  if (b.lower != b.upper) HR_TRY(hr_shape_append(&batch, b.upper - b.lower + 1));
  HR_TRY(hr_shape_append(&batch, width));
  return hr_shape_set(c, 0, &batch);
}

hr_status hr_shape_fn_matrix_set_diag_v2(hr_shape_context *c) {
  hr_partial_shape input, diagonal;
  band b;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 2, &input));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 1, &diagonal));
  HR_TRY(read_band(c, 2, hr_rank_known(&input) ? &input : &diagonal, &b));
  if (b.known) {
    bool one = b.lower == b.upper;
    if (hr_rank_known(&input)) HR_TRY(hr_shape_with_rank(&diagonal, input.rank - one, &diagonal));
    if (!one) HR_TRY(hr_shape_with_rank_at_least(&diagonal, 2, &diagonal));
    HR_TRY(check_band(&b, &input));
    /* The diagonals know the batch. */
    hr_partial_shape batch, any_matrix = hr_matrix_shape(HR_UNKNOWN_DIM, HR_UNKNOWN_DIM);
    HR_TRY(hr_shape_part(&diagonal, 0, one ? -1 : -2, &batch));
    HR_TRY(hr_shape_concat(&batch, &any_matrix, &batch));
    bool fully_known = hr_rank_known(&input);
    for (int i = 0; i < input.rank; ++i)
      fully_known &= input.dims[i] != HR_UNKNOWN_DIM;
    if (!fully_known) HR_TRY(hr_partial_shape_merge(&input, &batch, &input));
  }
  return hr_shape_set(c, 0, &input);
}
