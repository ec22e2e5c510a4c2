/* Gradients of ops on matrices of three diagonals. */
#include "headrace/linalg.h"
#include "ops/gradients/gradient.h"

/* A constant of `rows` paddings. */
static hr_output paddings(hr_scope s, int rows, const int32_t (*values)[2]) {
  return hr_constant_array(s, HR_INT32, ((hr_partial_shape){.rank = 2, .dims = {rows, 2}}), values);
}

static const int32_t row_behind[2][2] = {{0, 1}, {0, 0}}, row_before[2][2] = {{1, 0}, {0, 0}};

/* No paddings of the dimensions before the last two. */
static hr_output no_paddings(hr_scope s, hr_output x) {
  return hr_zeros(s, HR_OPERANDS(hr_minus(s, hr_tf_rank(s, x), 2), 2), .dtype = HR_INT32);
}

typedef hr_output part(hr_scope s, hr_output x);
static hr_output without_first_row(hr_scope s, hr_output x) {
  return hr_at(s, x, HR_ELLIPSIS, HR_SLICE(1, HR_OPEN), HR_ALL);
}
static hr_output without_last_row(hr_scope s, hr_output x) {
  return hr_at(s, x, HR_ELLIPSIS, HR_SLICE(HR_OPEN, -1), HR_ALL);
}

/* ---- solve ----------------------------------------------------------------------------------------------------- */

static bool is_fully_known(hr_output x) {
  const hr_partial_shape *shape = hr_output_shape(x);
  for (int i = 0; i < shape->rank; ++i)
    if (shape->dims[i] < 0) return false;
  return shape->rank >= 0;
}

/* The first dimensions of x but for `without` of them, followed by others. */
static hr_partial_shape batch_and(hr_output x, int without, int64_t first, int64_t second) {
  hr_partial_shape shape = *hr_output_shape(x);
  shape.rank -= without;
  shape.dims[shape.rank++] = first;
  if (second >= 0) shape.dims[shape.rank++] = second;
  return shape;
}

/* A row of zeros behind a part of x, or before it, by concatenation or by padding. */
typedef struct shifts {
  bool is_static;
  int dim;
  hr_output zeros;
} shifts;

static hr_output shifted(hr_scope s, const shifts *how, hr_output x, part *cut, bool behind) {
  if (how->is_static) {
    hr_output rest = cut(s, x);
    hr_operands parts = behind ? HR_OPERANDS(rest, how->zeros) : HR_OPERANDS(how->zeros, rest);
    return hr_tf_concat(s, parts, how->dim);
  }
  hr_output last = paddings(s, how->dim == -2 ? 2 : 1, behind ? row_behind : row_before);
  hr_output sizes = hr_tf_concat(s, HR_OPERANDS(how->zeros, last), 0);
  return hr_pad(s, cut(s, x), sizes);
}

static hr_output below_main(hr_scope s, hr_output diagonals) {
  return hr_at(s, diagonals, HR_ELLIPSIS, HR_INDEX(2), HR_SLICE(1, HR_OPEN));
}
static hr_output above_main(hr_scope s, hr_output diagonals) {
  return hr_at(s, diagonals, HR_ELLIPSIS, HR_INDEX(0), HR_SLICE(HR_OPEN, -1));
}

static hr_output transposed(hr_scope s, hr_output diagonals) {
  hr_output main = hr_at(s, diagonals, HR_ELLIPSIS, HR_INDEX(1), HR_ALL);
  shifts how = {.is_static = is_fully_known(diagonals), .dim = -1};
  how.zeros = how.is_static ? hr_zeros(s, batch_and(diagonals, 2, 1, -1), .dtype = hr_output_base_dtype(diagonals))
                            : no_paddings(s, diagonals);
  hr_output above = shifted(s, &how, diagonals, below_main, true);
  hr_output below = shifted(s, &how, diagonals, above_main, false);
  return hr_stack(s, HR_OPERANDS(above, main, below), .axis = -2);
}

/* The three diagonals of x y^T. */
static hr_output product_diagonals(hr_scope s, hr_output x, hr_output y) {
  hr_output main = hr_reduce_sum(s, hr_times(s, x, y), .axis = HR_AXIS(-1));
  shifts how = {.is_static = is_fully_known(y), .dim = -2};
  const hr_partial_shape *shape = hr_output_shape(x);
  how.zeros = how.is_static && shape->rank >= 2
                  ? hr_zeros(s, batch_and(x, 2, 1, shape->dims[shape->rank - 1]), .dtype = hr_output_base_dtype(x))
                  : no_paddings(s, y);
  hr_output above = shifted(s, &how, y, without_first_row, true);
  above = hr_reduce_sum(s, hr_times(s, x, above), .axis = HR_AXIS(-1));
  hr_output below = shifted(s, &how, y, without_last_row, false);
  below = hr_reduce_sum(s, hr_times(s, x, below), .axis = HR_AXIS(-1));
  return hr_stack(s, HR_OPERANDS(above, main, below), .axis = -2);
}

hr_status hr_gradient_tridiagonal_solve(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output diagonals = hr_x(c, 0), grad = hr_dy(c, 0);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  hr_output rhs =
      hr_tridiagonal_solve(s, transposed(s, diagonals), grad, .partial_pivoting = hr_bool_attr(c, "partial_pivoting"));
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  hr_dx(c, 0, hr_neg(s, product_diagonals(s, rhs, hr_y(c, 0))));
  hr_dx(c, 1, rhs);
  return HR_SUCCESS;
}

/* ---- product --------------------------------------------------------------------------------------------------- */

/* Rows moved up, or down; zeros come in. */
static hr_output moved(hr_scope s, hr_output x, bool up) {
  hr_output none = no_paddings(s, x);
  hr_output sizes = hr_tf_concat(s, HR_OPERANDS(none, paddings(s, 2, up ? row_behind : row_before)), 0);
  return hr_pad(s, up ? without_first_row(s, x) : without_last_row(s, x), sizes);
}

static hr_output row_sum(hr_scope s, hr_output x, hr_output y) {
  return hr_reduce_sum(s, hr_times(s, x, y), .axis = HR_AXIS(-1));
}

hr_status hr_gradient_tridiagonal_matmul(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), columns[3], sums[3];
  for (int i = 0; i < 3; ++i)
    columns[i] = hr_matrix_transpose(s, hr_x(c, i), .conjugate = true);
  hr_output rhs = hr_conj_of(s, hr_x(c, 3));
  sums[0] = row_sum(s, moved(s, rhs, true), grad);
  sums[1] = row_sum(s, rhs, grad);
  sums[2] = row_sum(s, moved(s, rhs, false), grad);
  hr_output above = moved(s, hr_times(s, columns[0], grad), false);
  hr_output total = hr_plus(s, above, hr_times(s, columns[1], grad));
  total = hr_plus(s, total, moved(s, hr_times(s, columns[2], grad), true));
  for (int i = 0; i < 3; ++i)
    hr_dx(c, i, hr_tf_expand_dims(s, sums[i], -2));
  hr_dx(c, 3, total);
  return HR_SUCCESS;
}
