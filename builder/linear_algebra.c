/* Linear algebra on the last two dimensions. */
#include "builder/builder.h"
#include "headrace/control_flow.h"
#include "headrace/functional.h"
#include "headrace/linalg.h"
#include <math.h>

/* ---- transposing ----------------------------------------------------------------------------------------------- */

/* The permutation that swaps the last two of `rank` dimensions. */
static hr_operand swapped(int rank, int64_t *perm) {
  for (int i = 0; i < rank; ++i)
    perm[i] = i < rank - 2 ? i : 2 * rank - 3 - i;
  return hr_operand_ints((hr_ints){rank, perm});
}

/* The same of a rank that is counted at run. */
static hr_output swapped_at_run(hr_scope s, hr_output x) {
  hr_output rank = hr_rank(s, x);
  hr_output batch = hr_call_one(s, "Range", NULL, HR_OPERANDS(0, hr_minus(s, rank, 2), 1), HR_NO_ATTRS);
  hr_output last = hr_minus(s, rank, 1), second = hr_minus(s, rank, 2);
  return hr_tf_concat(s, HR_OPERANDS(batch, HR_OPERANDS(last, second)), 0);
}

hr_output hr_matrix_transpose_with(hr_scope scope, hr_operand input, const hr_matrix_transpose_options *options) {
  hr_matrix_transpose_options o = options ? *options : (hr_matrix_transpose_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "matrix_transpose");
  hr_output x = hr_convert(s, input, HR_INVALID, "a");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int64_t perm[HR_MAX_RANK];
  int rank = hr_output_rank(x);
  char text[HR_SHAPE_TEXT];
  if (rank >= 0 && rank < 2)
    return hr_refuse(s, "Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: %s",
                     hr_partial_shape_text(hr_output_shape(x), text));
  hr_operand order = rank >= 0 ? swapped(rank, perm) : hr_operand_output(swapped_at_run(s, x));
  return hr_tf_transpose(s, x, .perm = order, .conjugate = o.conjugate);
}

hr_output hr_adjoint_with(hr_scope scope, hr_operand matrix, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "adjoint");
  hr_output x = hr_convert(s, matrix, HR_INVALID, "matrix");
  return hr_matrix_transpose(s, x, .conjugate = true);
}

/* ---- products -------------------------------------------------------------------------------------------------- */

hr_output hr_matvec_with(hr_scope scope, hr_operand a, hr_operand b, const hr_tf_matmul_options *options) {
  hr_tf_matmul_options o = options ? *options : (hr_tf_matmul_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "MatVec");
  o.name = NULL;
  hr_output column = hr_tf_expand_dims(s, b, -1);
  hr_output product = hr_tf_matmul_with(s, a, hr_operand_output(column), &o);
  return hr_tf_squeeze(s, product, .axis = HR_AXIS(-1));
}

hr_output hr_trace_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Trace");
  hr_output value = hr_convert(s, x, HR_INVALID, "x");
  hr_output diagonal = hr_matrix_diag_part(s, value, .name = "diag_part");
  return hr_reduce_sum(s, diagonal, .axis = HR_AXES(-1), .name = hr_scope_name(s));
}

hr_output hr_logdet_with(hr_scope scope, hr_operand matrix, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "logdet");
  hr_output factor = hr_call_one(s, "Cholesky", NULL, HR_OPERANDS(matrix), HR_NO_ATTRS);
  hr_output real = hr_tf_real(s, hr_matrix_diag_part(s, factor, .name = "diag_part"));
  return hr_times(s, 2.0, hr_reduce_sum(s, hr_log(s, real), .axis = HR_AXES(-1)));
}

/* ---- equations ------------------------------------------------------------------------------------------------- */

hr_output hr_cholesky_solve_with(hr_scope scope, hr_operand chol, hr_operand rhs, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "cholesky_solve");
  hr_output factor = hr_convert(s, chol, HR_INVALID, "chol");
  hr_output y = hr_call_one(s, "MatrixTriangularSolve", NULL, HR_OPERANDS(factor, rhs),
                            HR_ATTRS({"adjoint", HR_ATTR_BOOL_VALUE(false)}, {"lower", HR_ATTR_BOOL_VALUE(true)}));
  return hr_matrix_triangular_solve(s, factor, y, .adjoint = true, .lower = true);
}

/* The Gram matrix of `a` (of its rows where `rows`), with l2 on the diagonal. */
static hr_output regularized(hr_scope s, hr_output a, double l2, bool rows) {
  hr_output gram = hr_tf_matmul(s, a, a, .adjoint_a = !rows, .adjoint_b = rows);
  if (l2 == 0 || !hr_scope_ok(s)) return gram;
  hr_output shape = hr_tf_shape(s, a);
  hr_output batch = hr_at(s, shape, HR_SLICE(HR_OPEN, -2));
  hr_output size = hr_at(s, shape, HR_INDEX(rows ? -2 : -1));
  hr_output identity = hr_eye(s, size, .batch_shape = hr_operand_output(batch), .dtype = hr_output_base_dtype(a));
  hr_partial_shape known = *hr_output_shape(a);
  if (known.rank >= 2) {
    known.dims[known.rank - (rows ? 1 : 2)] = known.dims[known.rank - (rows ? 2 : 1)];
    hr_know_shape(s, identity, &known);
  }
  return hr_plus(s, gram, hr_times(s, l2, identity));
}

/* Least squares by normal equations. */
typedef struct normal {
  hr_output a;
  hr_operand rhs;
  double l2;
} normal;

/* Where there are at least as many equations as unknowns. */
static hr_output overdetermined(hr_scope s, const normal *n) {
  hr_output factor = hr_cholesky(s, regularized(s, n->a, n->l2, false));
  return hr_cholesky_solve(s, factor, hr_tf_matmul(s, n->a, n->rhs, .adjoint_a = true));
}
static hr_output underdetermined(hr_scope s, const normal *n) {
  hr_output factor = hr_cholesky(s, regularized(s, n->a, n->l2, true));
  return hr_tf_matmul(s, n->a, hr_cholesky_solve(s, factor, n->rhs), .adjoint_a = true);
}
static void give_overdetermined(void *n, hr_scope s, hr_results *results) { hr_return(results, overdetermined(s, n)); }
static void give_underdetermined(void *n, hr_scope s, hr_results *results) {
  hr_return(results, underdetermined(s, n));
}

hr_output hr_lstsq_with(hr_scope scope, hr_operand input, hr_operand rhs, const hr_lstsq_options *options) {
  hr_lstsq_options o = options ? *options : (hr_lstsq_options){.fast = true};
  if (!o.fast)
    return hr_call_one(scope, "MatrixSolveLs", o.name, HR_OPERANDS(input, rhs, o.l2_regularizer),
                       HR_ATTRS({"fast", HR_ATTR_BOOL_VALUE(false)}));
  hr_scope s = hr_name_scope_or(scope, o.name, "matrix_solve_ls");
  normal n = {hr_convert(s, input, HR_INVALID, "matrix"), rhs, o.l2_regularizer};
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(n.a);
  int rank = shape->rank;
  if (rank == 0 || rank == 1)
    return hr_refuse(s, "A matrix is needed to solve equations, not a tensor of rank %d", rank);
  if (rank < 0 || shape->dims[rank - 1] < 0 || shape->dims[rank - 2] < 0) {
    hr_output sizes = hr_at(s, hr_tf_shape(s, n.a), HR_SLICE(-2, HR_OPEN));
    hr_output rows = hr_at(s, sizes, HR_INDEX(-2)), columns = hr_at(s, sizes, HR_INDEX(-1));
    return hr_only(hr_cond(s, hr_binary(s, "GreaterEqual", rows, columns), HR_BRANCH(give_overdetermined, &n),
                           HR_BRANCH(give_underdetermined, &n)));
  }
  return shape->dims[rank - 2] >= shape->dims[rank - 1] ? overdetermined(s, &n) : underdetermined(s, &n);
}

/* ---- norms ----------------------------------------------------------------------------------------------------- */

/* The root of the sum of squares. */
static hr_output euclidean(hr_scope s, hr_output x, hr_operand axis) {
  hr_output other = hr_dtype_is_complex(hr_output_base_dtype(x)) ? hr_conj(s, x) : x;
  return hr_sqrt(s, hr_reduce_sum(s, hr_times(s, x, other), .axis = axis, .keepdims = true));
}

/* The largest sum of sizes along one of two dimensions. */
static hr_output largest_sum(hr_scope s, hr_output sizes, int64_t along, int64_t over) {
  hr_output sum = hr_reduce_sum(s, sizes, .axis = HR_AXIS(along), .keepdims = true);
  return hr_reduce_max(s, sum, .axis = HR_AXIS(over), .keepdims = true);
}

/* An axis and the rank: what branches that count it from the front need. */
typedef struct counted {
  hr_output axis, rank;
} counted;
static void as_it_is(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  hr_return(results, ((counted *)argument)->axis);
}
static void from_the_end(void *argument, hr_scope s, hr_results *results) {
  const counted *c = argument;
  hr_return(results, hr_plus(s, c->axis, c->rank));
}
static void count_from_front(void *rank, hr_scope s, hr_outputs row, hr_results *results) {
  counted c = {row.items[0], *(hr_output *)rank};
  hr_output from_front = hr_binary(s, "GreaterEqual", c.axis, 0);
  hr_return(results, hr_only(hr_cond(s, from_front, HR_BRANCH(as_it_is, &c), HR_BRANCH(from_the_end, &c))));
}

/* Where a dimension is in a permutation. */
static void find_place(void *permutation, hr_scope s, hr_outputs row, hr_results *results) {
  hr_output place = hr_where(s, hr_equal(s, *(hr_output *)permutation, row.items[0]));
  hr_return(results, hr_tf_cast(s, hr_tf_squeeze(s, place), HR_INT32));
}

/* The largest singular value of the matrices in two dimensions, which become 1. */
static hr_output spectral(hr_scope s, hr_output x, hr_operand axis) {
  hr_output rank = hr_tf_rank(s, x);
  hr_output pair = hr_only(hr_map_fn(s, count_from_front, &rank, HR_LIST(hr_convert(s, axis, HR_INVALID, NULL))));
  hr_output axes = hr_tf_range(s, 0, rank, 1);
  hr_output others = hr_list_diff(s, axes, pair).out;
  hr_output to_end = hr_tf_concat(s, HR_LIST(others, pair), 0);
  hr_output back = hr_only(hr_map_fn(s, find_place, &to_end, HR_LIST(axes)));
  hr_output sizes =
      hr_tf_abs(s, hr_svd(s, hr_tf_transpose(s, x, .perm = hr_operand_output(to_end)), .compute_uv = false).s);
  hr_output largest = hr_reduce_max(s, sizes, .axis = HR_AXIS(-1), .keepdims = true);
  largest = hr_tf_expand_dims(s, largest, HR_AXIS(-1));
  return hr_tf_transpose(s, largest, .perm = hr_operand_output(back));
}

hr_output hr_norm_with(hr_scope scope, hr_operand input, const hr_norm_options *options) {
  hr_norm_options o = options ? *options : (hr_norm_options){.ord = HR_NORM_EUCLIDEAN};
  int64_t axes[HR_MAX_RANK];
  int count = hr_operand_is_given(o.axis) ? hr_operand_known_ints(o.axis, axes) : 0;
  bool matrix = count == 2, list = o.axis.kind != HR_OPERAND_INT && hr_operand_is_given(o.axis);
  if (count < 0 || count > 2 || list != matrix || (matrix && axes[0] == axes[1]))
    return hr_refuse(scope, "'axis' must be None, an integer, or a tuple of 2 unique integers");
  if (matrix && o.ord != HR_NORM_EUCLIDEAN && o.ord != 1 && o.ord != 2 && !isinf(o.ord))
    return hr_refuse(scope, "'ord' must be a supported matrix norm, got %g", o.ord);
  if (o.ord != HR_NORM_EUCLIDEAN && !(o.ord > 0))
    return hr_refuse(scope, "'ord' must be a supported vector norm, got %g", o.ord);
  /* A single axis is a number to the norms of order 1 and infinity, a list to the others. */
  hr_operand axis = count > 0 ? hr_operand_ints((hr_ints){count, axes}) : HR_NO_OPERAND;
  hr_operand number = count == 1 ? hr_operand_int(axes[0]) : axis;
  hr_scope s = hr_name_scope_or(scope, o.name, "norm");
  hr_output x = hr_convert(s, input, HR_INVALID, NULL), result;
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (o.ord == HR_NORM_EUCLIDEAN || (o.ord == 2 && !matrix)) {
    result = euclidean(s, x, axis);
  } else if (matrix && o.ord == 2) {
    result = spectral(s, x, axis);
  } else {
    hr_output sizes = hr_tf_abs(s, x);
    if (matrix && o.ord == 1)
      result = largest_sum(s, sizes, axes[0], axes[1]);
    else if (matrix)
      result = largest_sum(s, sizes, axes[1], axes[0]);
    else if (o.ord == 1)
      result = hr_reduce_sum(s, sizes, .axis = number, .keepdims = true);
    else if (isinf(o.ord))
      result = hr_reduce_max(s, sizes, .axis = number, .keepdims = true);
    else
      result = hr_binary(s, "Pow", hr_reduce_sum(s, hr_binary(s, "Pow", sizes, o.ord), .axis = axis, .keepdims = true),
                         1 / o.ord);
  }
  return o.keepdims ? result : hr_tf_squeeze(s, result, .axis = axis);
}
