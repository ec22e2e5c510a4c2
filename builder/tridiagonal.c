/* Matrices of three diagonals: their forms, systems of equations and products. */
#include "builder/builder.h"
#include "headrace/linalg.h"

static int64_t known_size(hr_output x, int dim) {
  int rank = hr_output_rank(x);
  return rank + dim >= 0 && rank >= 0 ? hr_output_shape(x)->dims[rank + dim] : HR_UNKNOWN_DIM;
}

/* The dimensions in reverse order. */
static hr_output reversed(hr_scope s, hr_output x) { return hr_tf_transpose(s, x); }

/* Elements of the matrices' diagonals, `offsets` beside the main one, of lines of n that are padded with element 0 0:
 * of the transpose of x, whose batch comes last. */
static hr_output gather_diagonals(hr_scope s, hr_output transposed, int64_t n, int count, const int *offsets,
                                  bool stacked) {
  hr_scope gather = hr_name_scope(s, "GatherNd");
  int32_t *places = hr_keep_bytes(s, sizeof *places * (size_t)(n * count * 2));
  if (!places) return HR_NO_OUTPUT;
  for (int64_t i = 0; i < n; ++i)
    for (int k = 0; k < count; ++k) {
      int64_t column = i + offsets[k];
      bool inside = column >= 0 && column < n;
      places[(i * count + k) * 2] = inside ? (int32_t)column : 0;
      places[(i * count + k) * 2 + 1] = inside ? (int32_t)i : 0;
    }
  hr_partial_shape shape = {.rank = 3, .dims = {n, count, 2}};
  if (!stacked) shape = (hr_partial_shape){.rank = 2, .dims = {n, 2}};
  hr_output indices = hr_constant_array(gather, HR_INT32, shape, places, .name = "indices");
  return reversed(s, hr_gather_nd(s, transposed, indices, .name = hr_scope_name(gather)));
}

/* How many rows and columns the matrices have, or 0 with an error. */
static int64_t order_of(hr_scope s, hr_output x) {
  int64_t rows = known_size(x, -2), columns = known_size(x, -1);
  if (rows > 0 && columns > 0 && rows != columns) {
    hr_refuse(s, "Expected last two dimensions of diagonals to be same, got %lld and %lld", (long long)columns,
              (long long)rows);
    return 0;
  }
  int64_t order = columns > 0 ? columns : rows;
  if (order <= 0) hr_refuse(s, "The size of the matrix needs to be known for diagonals_format=\"matrix\"");
  if (order > 1 << 24) {
    hr_refuse(s, "Matrices of %lld rows are too large", (long long)order);
    return 0;
  }
  return order > 0 ? order : 0;
}

static hr_output pad_vector(hr_scope s, hr_output x, int64_t n, int before, int behind) {
  int rank = hr_output_rank(x);
  if (rank < 1 || known_size(x, -1) == n) return x;
  int32_t sizes[HR_MAX_RANK][2] = {0};
  sizes[rank - 1][0] = before;
  sizes[rank - 1][1] = behind;
  hr_scope pad = hr_name_scope(s, "Pad");
  hr_partial_shape shape = {.rank = 2, .dims = {rank, 2}};
  hr_output paddings = hr_constant_array(pad, HR_INT32, shape, sizes, .name = "paddings");
  return hr_pad(s, x, paddings, .name = hr_scope_name(pad));
}

static bool three_vectors(hr_scope s, hr_operands diagonals, hr_output out[3]) {
  if (diagonals.count != 3) hr_refuse(s, "Expected diagonals to be a sequence of length 3.");
  for (int i = 0; i < 3 && hr_scope_ok(s); ++i)
    out[i] = hr_convert(s, hr_operands_at(diagonals, i), HR_INVALID, NULL);
  return hr_scope_ok(s);
}

static bool one_tensor(hr_scope s, hr_operands diagonals, int32_t format, hr_output *out) {
  if (format != HR_DIAGONALS_COMPACT && format != HR_DIAGONALS_MATRIX)
    hr_refuse(s, "Unrecognized diagonals_format: %d", (int)format);
  else if (diagonals.count != 1)
    hr_refuse(s, "Expected one tensor of diagonals, got %d", (int)diagonals.count);
  else
    *out = hr_convert(s, hr_operands_at(diagonals, 0), HR_INVALID, "diagonals");
  return hr_scope_ok(s);
}

/* ---- systems of equations -------------------------------------------------------------------------------------- */

/* [..., 3, n] of any form. */
static hr_output compact(hr_scope s, hr_operands diagonals, int32_t format) {
  hr_output parts[3], x;
  if (format == HR_DIAGONALS_SEQUENCE) {
    if (!three_vectors(s, diagonals, parts)) return HR_NO_OUTPUT;
    int64_t n = known_size(parts[1], -1);
    parts[2] = pad_vector(s, parts[2], n, 1, 0);
    parts[0] = pad_vector(s, parts[0], n, 0, 1);
    return hr_stack(s, ((hr_outputs){3, parts}), .axis = -2);
  }
  if (!one_tensor(s, diagonals, format, &x)) return HR_NO_OUTPUT;
  if (format == HR_DIAGONALS_COMPACT) return x;
  int64_t n = order_of(s, x);
  return n ? gather_diagonals(s, reversed(s, x), n, 3, (const int[]){1, 0, -1}, true) : HR_NO_OUTPUT;
}

static bool check_system(hr_scope s, hr_output diagonals, hr_output rhs) {
  int rank = hr_output_rank(diagonals), rhs_rank = hr_output_rank(rhs);
  if (!hr_scope_ok(s)) return false;
  if (rank >= 0 && rank < 2) hr_refuse(s, "Expected diagonals to have rank at least 2, got %d", rank);
  if (rank >= 2 && rhs_rank > 0 && rhs_rank != rank && rhs_rank != rank - 1)
    hr_refuse(s, "Expected the rank of rhs to be %d or %d, got %d", rank - 1, rank, rhs_rank);
  if (known_size(diagonals, -2) > 0 && known_size(diagonals, -2) != 3)
    hr_refuse(s, "Expected 3 diagonals got %lld", (long long)known_size(diagonals, -2));
  return hr_scope_ok(s);
}

static bool check_sizes(hr_scope s, hr_output diagonals, hr_output rhs) {
  int64_t n = known_size(diagonals, -1), rows = known_size(rhs, -2);
  if (n > 0 && rows > 0 && n != rows)
    hr_refuse(s, "Expected number of left-hand sided and right-hand sides to be equal, got %lld and %lld", (long long)n,
              (long long)rows);
  return hr_scope_ok(s);
}

hr_output hr_tf_tridiagonal_solve_with(hr_scope s, hr_operands diagonals, hr_operand rhs,
                                       const hr_tf_tridiagonal_solve_options *options) {
  hr_tf_tridiagonal_solve_options o = options ? *options : (hr_tf_tridiagonal_solve_options){.partial_pivoting = true};
  hr_output d = compact(s, diagonals, o.format), b = hr_convert(s, rhs, HR_INVALID, "rhs");
  if (!check_system(s, d, b)) return HR_NO_OUTPUT;
  bool is_vector = hr_output_rank(b) > 0 && hr_output_rank(b) == hr_output_rank(d) - 1;
  if (is_vector) {
    if (o.conjugate_rhs) b = hr_tf_conj(s, b);
    b = hr_tf_expand_dims(s, b, -1);
  } else if (o.transpose_rhs) {
    b = hr_matrix_transpose(s, b, .conjugate = o.conjugate_rhs);
  } else if (o.conjugate_rhs) {
    b = hr_tf_conj(s, b);
  }
  if (!hr_scope_ok(s) || !check_sizes(s, d, b)) return HR_NO_OUTPUT;
  hr_output x = hr_tridiagonal_solve(s, d, b, .partial_pivoting = o.partial_pivoting, .name = o.name);
  if (is_vector) return hr_tf_squeeze(s, x, .axis = HR_AXIS(-1));
  return o.transpose_rhs ? hr_matrix_transpose(s, x) : x;
}

/* ---- products -------------------------------------------------------------------------------------------------- */

/* Each diagonal as vectors of n numbers. */
static bool apart(hr_scope s, hr_operands diagonals, int32_t format, hr_output out[3]) {
  hr_output x;
  if (format == HR_DIAGONALS_SEQUENCE) return three_vectors(s, diagonals, out);
  if (!one_tensor(s, diagonals, format, &x)) return false;
  if (format == HR_DIAGONALS_COMPACT) {
    for (int i = 0; i < 3; ++i)
      out[i] = hr_at(s, x, HR_ELLIPSIS, HR_INDEX(i), HR_ALL);
    return hr_scope_ok(s);
  }
  int64_t n = order_of(s, x);
  if (!n) return false;
  out[1] = hr_matrix_diag_part(s, x, .name = "diag_part");
  hr_output turned = reversed(s, x);
  out[0] = gather_diagonals(s, turned, n, 1, (const int[]){1}, false);
  out[2] = gather_diagonals(s, turned, n, 1, (const int[]){-1}, false);
  return hr_scope_ok(s);
}

hr_output hr_tf_tridiagonal_matmul_with(hr_scope s, hr_operands diagonals, hr_operand rhs,
                                        const hr_tf_tridiagonal_matmul_options *options) {
  hr_tf_tridiagonal_matmul_options o = options ? *options : (hr_tf_tridiagonal_matmul_options){0};
  hr_output parts[3];
  if (!apart(s, diagonals, o.format, parts)) return HR_NO_OUTPUT;
  for (int i = 0; i < 3; ++i)
    parts[i] = hr_tf_expand_dims(s, parts[i], -2);
  hr_output x = hr_convert(s, rhs, HR_INVALID, "rhs");
  return hr_tridiagonal_matmul(s, parts[0], parts[1], parts[2], x, .name = o.name);
}
