/* Shapes of datasets, which are scalars, and of their elements. */
#include "ops/shapes/shapes.h"

hr_status hr_shape_fn_dataset(hr_shape_context *c) {
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

/* Every input that is neither a dataset nor of a list is a scalar; from argument `first` on. */
static hr_status check_scalars(hr_shape_context *c, int first) {
  const hr_op_def *op = c->node->op;
  int lists = 0;
  for (int i = 0; i < op->num_inputs; ++i)
    lists += op->inputs[i].number_attr >= 0 || op->inputs[i].type_list_attr >= 0;
  /* At most one list: what stands behind it is counted from the end. */
  for (int i = first; i < op->num_inputs; ++i) {
    const hr_arg_def *arg = &op->inputs[i];
    if (arg->number_attr >= 0 || arg->type_list_attr >= 0 || arg->dtype == HR_VARIANT) continue;
    HR_TRY(hr_check_scalar(c, lists ? c->node->num_inputs - (op->num_inputs - i) : i));
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_dataset_of_scalars(hr_shape_context *c) {
  HR_TRY(check_scalars(c, 0));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

/* Names of files: one, or a vector of them. */
hr_status hr_shape_fn_dataset_of_files(hr_shape_context *c) {
  HR_TRY(hr_shape_with_rank_at_most(hr_shape_input(c, 0), 1));
  HR_TRY(check_scalars(c, 1));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_iterator_get_next(hr_shape_context *c) {
  const hr_attr_value *shapes = hr_node_attr(c->node, "output_shapes");
  if (shapes->count != c->node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT, "`output_shapes` must be the same length as `output_types` (%d vs. %d)",
                    (int)shapes->count, (int)c->node->num_outputs);
  for (int i = 0; i < c->node->num_outputs; ++i)
    HR_TRY(hr_shape_set(c, i, &shapes->shapes[i]));
  return HR_SUCCESS;
}

/* filenames, scalars, select_cols, and a default for each column: a scalar, or a vector of one or none. */
hr_status hr_shape_fn_csv_dataset(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_shape_with_rank_at_most(hr_shape_input(c, 0), 1));
  for (int i = 1; i <= 6; ++i)
    HR_TRY(hr_check_scalar(c, i));
  HR_TRY(hr_input_of_rank(c, 7, 1, &unused));
  for (int i = 8; i < c->node->num_inputs; ++i) {
    const hr_partial_shape *s = hr_shape_input(c, i);
    HR_TRY(hr_shape_with_rank_at_most(s, 1));
    if (s->rank == 1 && s->dims[0] > 1)
      return hr_error(HR_INVALID_ARGUMENT, "Shape of a default must be a length-0 or length-1 vector, or a scalar.");
  }
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_dataset_of_sparse_rows(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_check_scalar(c, 1));
  HR_TRY(hr_input_of_rank(c, 2, 1, &unused));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}
