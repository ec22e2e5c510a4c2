/* Shapes of ops on variables: handles, readings, assignments, the steps of optimizers. */
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
  hr_partial_shape scalar;
  HR_TRY(hr_shape_with_rank(hr_shape_of_variable(c, 0), 0, &scalar));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

/* ---- variables behind handles ---------------------------------------------------------------------------------- */

hr_status hr_shape_fn_var_handle(hr_shape_context *c) {
  hr_handle_data *data = HR_ARENA_NEW(hr_graph_arena(c->graph), hr_handle_data);
  if (!data) return hr_error_out_of_memory(sizeof *data, "what is known of a handle");
  data->dtype = (hr_dtype)hr_node_attr(c->node, "dtype")->type;
  data->shape = *hr_node_attr(c->node, "shape")->shape;
  hr_shape_set_scalar(c, 0);
  return hr_shape_share_handle(c, 0, data);
}

hr_status hr_check_handle(const hr_shape_context *c) {
  const hr_handle_data *handle = hr_shape_input_handle(c, 0);
  hr_dtype dtype = (hr_dtype)hr_node_attr(c->node, "dtype")->type;
  if (!handle || handle->dtype == dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Trying to read variable with wrong dtype. Expected %s got %s",
                  hr_dtype_name(handle->dtype), hr_dtype_name(dtype));
}

hr_status hr_shape_fn_read_variable(hr_shape_context *c) {
  HR_TRY(hr_check_handle(c));
  hr_shape_share(c, 0, hr_shape_of_variable(c, 0));
  return HR_SUCCESS;
}

hr_status hr_shape_fn_assign_variable(hr_shape_context *c) {
  hr_partial_shape merged;
  HR_TRY(hr_check_handle(c));
  return hr_partial_shape_merge(hr_shape_of_variable(c, 0), hr_shape_input(c, 1), &merged);
}

hr_status hr_shape_fn_variable_shape(hr_shape_context *c) {
  const hr_partial_shape *shape = hr_shape_of_variable(c, 0);
  hr_partial_shape sizes = hr_vector_shape(hr_rank_known(shape) ? shape->rank : HR_UNKNOWN_DIM);
  return hr_shape_set(c, 0, &sizes);
}

/* ---- the steps of optimizers ----------------------------------------------------------------------------------- */

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
    } else if (gradient || hr_arg_is_variable(arg)) {
      HR_TRY(hr_partial_shape_merge(&variable, hr_shape_of_variable(c, i), &variable));
    } else {
      HR_TRY(hr_check_scalar(c, i));
    }
  }
  return c->node->num_outputs > 0 ? hr_shape_set(c, 0, &variable) : HR_SUCCESS;
}
