/* Shapes of ops that write variables: assignments and the steps of optimizers. */
#include "ops/shapes/shapes.h"

hr_status hr_shape_fn_assign(hr_shape_context *c) {
  if (!hr_bool_attr(c, "validate_shape")) {
    hr_share_input(c, 0, 1);
    return HR_SUCCESS;
  }
  hr_partial_shape merged;
  HR_TRY(hr_partial_shape_merge(hr_shape_input(c, 0), hr_shape_input(c, 1), &merged));
  return hr_shape_set(c, 0, &merged);
}

hr_status hr_shape_fn_count_up_to(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

static bool is_named(const hr_arg_def *arg, const char *name) { return strcmp(arg->name, name) == 0; }

/* A gradient of rows: as the variable, but with a row for each index. */
static hr_status merge_rows(const hr_shape_context *c, int gradient, hr_partial_shape *variable) {
  hr_partial_shape rows = *hr_shape_input(c, gradient), indices;
  int64_t count;
  HR_TRY(hr_input_of_rank(c, gradient + 1, 1, &indices));
  if (rows.rank == 0) return hr_error(HR_INVALID_ARGUMENT, "Shape must be at least rank 1 but is rank 0");
  HR_TRY(hr_dim_merge(hr_dim_at(&indices, 0), hr_dim_at(&rows, 0), &count));
  hr_shape_replace(&rows, 0, HR_UNKNOWN_DIM);
  return hr_partial_shape_merge(variable, &rows, variable);
}

/* Apply* and SparseApply*: all variables have one shape, and so has the gradient ("grad" or "delta"; in the sparse ops
 * "indices" follow it); everything else is a scalar. */
hr_status hr_shape_fn_apply_step(hr_shape_context *c) {
  const hr_op_def *op = c->node->op;
  hr_partial_shape variable = HR_SHAPE_UNKNOWN;
  for (int i = 0; i < op->num_inputs; ++i) {
    const hr_arg_def *arg = &op->inputs[i];
    if (is_named(arg, "indices")) continue; /* checked with the gradient before it */
    bool gradient = is_named(arg, "grad") || is_named(arg, "delta");
    bool sparse = i + 1 < op->num_inputs && is_named(arg + 1, "indices");
    if (gradient && sparse) {
      HR_TRY(merge_rows(c, i, &variable));
    } else if (gradient || arg->is_ref) {
      HR_TRY(hr_partial_shape_merge(&variable, hr_shape_input(c, i), &variable));
    } else {
      HR_TRY(hr_check_scalar(c, i));
    }
  }
  return hr_shape_set(c, 0, &variable);
}
