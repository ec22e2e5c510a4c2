/* Functions of matrices that their singular values give, and norms of 1. */
#include "builder/builder.h"
#include "headrace/checks.h"
#include "headrace/linalg.h"
#include <float.h>
#include <math.h>

static double epsilon(hr_dtype dtype) {
  return dtype == HR_HALF ? 0x1p-10 : dtype == HR_DOUBLE || dtype == HR_COMPLEX128 ? DBL_EPSILON : (double)FLT_EPSILON;
}

static hr_output singular_values(hr_scope s, hr_output a, hr_output *left, hr_output *right) {
  hr_operand matrix = hr_operand_output(a);
  hr_named_attr attr = {"compute_uv", HR_ATTR_BOOL_VALUE(left != NULL)};
  hr_node *svd = hr_call_op(s, "Svd", NULL, 1, &matrix, 1, &attr);
  if (!svd) return HR_NO_OUTPUT;
  if (left) {
    *left = (hr_output){svd, 1};
    *right = (hr_output){svd, 2};
  }
  return (hr_output){svd, 0};
}

/* A matrix, or an error; where the rank is not known, one that is checked at run if `validate`. */
static hr_output check_matrix(hr_scope s, hr_output a, bool validate) {
  int rank = hr_output_rank(a);
  char text[HR_SHAPE_TEXT];
  if (rank >= 0 && rank < 2)
    return hr_refuse(s, "Input `a` must have at least 2 dimensions, saw: %s",
                     hr_partial_shape_text(hr_output_shape(a), text));
  if (rank >= 0 || !validate) return a;
  hr_node *check =
      hr_assert_rank(s, a, HR_OPERANDS(2), .at_least = true, .message = "Input `a` must have at least 2 dimensions.");
  hr_scope waiting = hr_control_dependencies(s, 1, &check);
  return hr_identity(waiting, a);
}

/* The size of dimension `dim`, from the end, as a number or a tensor. */
static hr_operand size_of(hr_scope s, hr_output a, int dim) {
  int64_t size = hr_output_rank(a) >= 0 ? hr_output_shape(a)->dims[hr_output_rank(a) + dim] : HR_UNKNOWN_DIM;
  return size >= 0 ? hr_operand_int(size) : hr_operand_output(hr_at(s, hr_tf_shape(s, a), HR_INDEX(dim)));
}

hr_output hr_pinv_with(hr_scope scope, hr_operand a, const hr_pinv_options *options) {
  hr_pinv_options o = options ? *options : (hr_pinv_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "pinv");
  hr_output x = check_matrix(s, hr_convert(s, a, HR_INVALID, "a"), o.validate_args);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_operand rcond = o.rcond;
  if (!hr_operand_is_given(rcond)) {
    hr_operand rows = size_of(s, x, -2), columns = size_of(s, x, -1);
    if (rows.kind == HR_OPERAND_INT && columns.kind == HR_OPERAND_INT) {
      double most = (double)(rows.i > columns.i ? rows.i : columns.i);
      rcond = hr_operand_float(10 * most * epsilon(dtype));
    } else {
      hr_output most = hr_tf_cast(s, hr_call_one(s, "Maximum", NULL, HR_OPERANDS(rows, columns), HR_NO_ATTRS), dtype);
      rcond = hr_operand_output(hr_times(s, hr_times(s, 10.0, most), epsilon(dtype)));
    }
  }
  hr_output tolerance = hr_convert(s, rcond, dtype, "rcond"), left = HR_NO_OUTPUT, right = HR_NO_OUTPUT;
  hr_output values = singular_values(s, x, &left, &right);
  hr_output limit = hr_times(s, tolerance, hr_reduce_max(s, values, .axis = HR_AXIS(-1)));
  hr_output counts = hr_call_one(s, "Greater", NULL, HR_OPERANDS(values, hr_tf_expand_dims(s, limit, -1)), HR_NO_ATTRS);
  values = hr_where_v2(s, counts, values, INFINITY);
  hr_output scaled = hr_truediv(s, right, hr_tf_expand_dims(s, values, -2));
  hr_output inverse = hr_tf_matmul(s, scaled, left, .adjoint_b = true);
  int rank = hr_output_rank(x);
  if (rank >= 2) {
    hr_partial_shape shape = *hr_output_shape(x);
    int64_t rows = shape.dims[rank - 2];
    shape.dims[rank - 2] = shape.dims[rank - 1];
    shape.dims[rank - 1] = rows;
    hr_know_shape(s, inverse, &shape);
  }
  return inverse;
}

hr_output hr_matrix_rank_with(hr_scope scope, hr_operand a, const hr_matrix_rank_options *options) {
  hr_matrix_rank_options o = options ? *options : (hr_matrix_rank_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "matrix_rank");
  hr_output x = check_matrix(s, hr_convert(s, a, HR_INVALID, "a"), o.validate_args);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_output values = singular_values(s, x, NULL, NULL);
  hr_operand tolerance = o.tol;
  if (!hr_operand_is_given(tolerance)) {
    int rank = hr_output_rank(x);
    const int64_t *sizes = rank >= 2 ? hr_output_shape(x)->dims + rank - 2 : NULL;
    hr_output most;
    if (sizes && sizes[0] >= 0 && sizes[1] >= 0) {
      hr_scope cast = hr_name_scope(s, "Cast");
      hr_output size = hr_convert(cast, hr_operand_int(sizes[0] > sizes[1] ? sizes[0] : sizes[1]), HR_INT64, "x");
      most = hr_cast(cast, size, dtype, .name = hr_scope_name(cast));
    } else {
      most = hr_tf_cast(s, hr_reduce_max(s, hr_at(s, hr_tf_shape(s, x), HR_SLICE(-2, HR_OPEN))), dtype);
    }
    hr_output small = hr_times(s, epsilon(dtype), most);
    tolerance = hr_operand_output(hr_times(s, small, hr_reduce_max(s, values, .axis = HR_AXIS(-1), .keepdims = true)));
  }
  hr_output counts = hr_call_one(s, "Greater", NULL, HR_OPERANDS(values, tolerance), HR_NO_ATTRS);
  return hr_reduce_sum(s, hr_tf_cast(s, counts, HR_INT32), .axis = HR_AXIS(-1));
}

hr_outputs hr_normalize_with(hr_scope scope, hr_operand tensor, const hr_norm_options *options) {
  hr_norm_options o = options ? *options : (hr_norm_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "normalize");
  hr_output *pair = hr_keep_bytes(scope, 2 * sizeof *pair);
  if (!pair) return (hr_outputs){0, NULL};
  hr_output x = hr_convert(s, tensor, HR_INVALID, "tensor");
  o.keepdims = true;
  o.name = NULL;
  pair[1] = hr_norm_with(s, hr_operand_output(x), &o);
  if (!hr_scope_ok(s)) return (hr_outputs){0, NULL};
  pair[1] = hr_tf_cast(s, pair[1], hr_output_base_dtype(x));
  pair[0] = hr_truediv(s, x, pair[1]);
  return (hr_outputs){2, pair};
}
