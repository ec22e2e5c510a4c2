/* Shapes of what tensor arrays take and give. What an array says of its elements travels with its handle: here it is
 * read from the node that made the array. */
#include "ops/shapes/shapes.h"

/* The first input is a handle of a tensor array: two elements, of old container and name. */
static hr_status check_handle(const hr_shape_context *c) {
  hr_partial_shape handle;
  HR_TRY(hr_input_of_rank(c, 0, 1, &handle));
  int64_t size = hr_dim_at(&handle, 0);
  if (size != HR_UNKNOWN_DIM && size != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Dimension must be 2 but is %" PRId64, size);
  return HR_SUCCESS;
}

static void set_handle(hr_shape_context *c) {
  static const hr_partial_shape pair = {.rank = 1, .dims = {2}};
  hr_shape_share(c, 0, &pair);
}

static bool has_op(const hr_node *node, const char *op) { return strcmp(node->op->name, op) == 0; }

/* The handle that a node passes on unchanged, as input 0; NULL where it is another's. */
static const hr_output *passed_on(const hr_node *node) {
  switch ((hr_control_flow)node->op->control) {
  case HR_CONTROL_SWITCH:
  case HR_CONTROL_ENTER:
  case HR_CONTROL_EXIT:
  case HR_CONTROL_NEXT_ITERATION: return &node->inputs[0];
  default: return has_op(node, "Identity") || has_op(node, "TensorArrayGradV3") ? &node->inputs[0] : NULL;
  }
}

/* The shape of all elements of the array that `handle` leads to. False where they may differ, or nothing is known of
 * it. */
static hr_status common_element_shape(hr_output handle, bool *known, hr_partial_shape *out) {
  *known = false;
  const hr_node *node = handle.node;
  for (const hr_output *from; (from = passed_on(node));)
    node = from->node;
  if (has_op(node, "TensorArrayGradWithShape")) {
    const hr_partial_shape *prepended = hr_output_shape(node->inputs[2]);
    hr_partial_shape front;
    HR_TRY(common_element_shape(node->inputs[0], known, out));
    if (!*known) return HR_SUCCESS;
    if (prepended->rank != 1 || prepended->dims[0] < 0) {
      *out = HR_SHAPE_UNKNOWN;
      return HR_SUCCESS;
    }
    HR_TRY(hr_shape_of_rank(prepended->dims[0], &front));
    return hr_shape_concat(&front, out, out);
  }
  if (!has_op(node, "TensorArrayV3")) return HR_SUCCESS;
  *out = *hr_node_attr(node, "element_shape")->shape;
  *known = hr_node_attr(node, "identical_element_shapes")->b || hr_partial_shape_is_full(out);
  return HR_SUCCESS;
}

static hr_status element_shape_of(const hr_shape_context *c, bool *known, hr_partial_shape *out) {
  return common_element_shape(c->node->inputs[0], known, out);
}

/* A value that is written fits the elements. */
static hr_status check_element(const hr_shape_context *c, const hr_partial_shape *value) {
  hr_partial_shape element, merged;
  bool known;
  HR_TRY(element_shape_of(c, &known, &element));
  return known ? hr_partial_shape_merge(&element, value, &merged) : HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  set_handle(c);
  hr_shape_set_scalar(c, 1);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array_grad(hr_shape_context *c) {
  HR_TRY(check_handle(c));
  set_handle(c);
  hr_shape_set_scalar(c, 1);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array_write(hr_shape_context *c) {
  HR_TRY(check_handle(c));
  HR_TRY(hr_check_scalar(c, 1));
  HR_TRY(hr_check_scalar(c, 3));
  HR_TRY(check_element(c, hr_shape_input(c, 2)));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array_read(hr_shape_context *c) {
  HR_TRY(check_handle(c));
  HR_TRY(hr_check_scalar(c, 1));
  HR_TRY(hr_check_scalar(c, 2));
  hr_partial_shape element;
  bool known;
  HR_TRY(element_shape_of(c, &known, &element));
  if (known) return hr_shape_set(c, 0, &element);
  hr_shape_set_unknown(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array_gather(hr_shape_context *c) {
  hr_partial_shape indices, element;
  bool known;
  HR_TRY(check_handle(c));
  HR_TRY(hr_input_of_rank(c, 1, 1, &indices));
  HR_TRY(hr_check_scalar(c, 2));
  HR_TRY(element_shape_of(c, &known, &element));
  if (!known) element = *hr_node_attr(c->node, "element_shape")->shape;
  hr_partial_shape rows = hr_vector_shape(hr_dim_at(&indices, 0));
  HR_TRY(hr_shape_concat(&rows, &element, &rows));
  return hr_shape_set(c, 0, &rows);
}

hr_status hr_shape_fn_tensor_array_scatter(hr_shape_context *c) {
  hr_partial_shape indices, rows;
  int64_t count;
  HR_TRY(check_handle(c));
  HR_TRY(hr_input_of_rank(c, 1, 1, &indices));
  HR_TRY(hr_input_of_rank_at_least(c, 2, 1, &rows));
  HR_TRY(hr_check_scalar(c, 3));
  HR_TRY(hr_dim_merge(hr_dim_at(&rows, 0), hr_dim_at(&indices, 0), &count));
  HR_TRY(hr_shape_part(&rows, 1, HR_SHAPE_END, &rows));
  HR_TRY(check_element(c, &rows));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array_concat(hr_shape_context *c) {
  HR_TRY(check_handle(c));
  HR_TRY(hr_check_scalar(c, 1));
  hr_shape_set_unknown(c, 0);
  hr_set_unknown_vector(c, 1);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array_split(hr_shape_context *c) {
  hr_partial_shape lengths;
  HR_TRY(check_handle(c));
  HR_TRY(hr_input_of_rank(c, 2, 1, &lengths));
  HR_TRY(hr_check_scalar(c, 3));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array_size(hr_shape_context *c) {
  HR_TRY(check_handle(c));
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_array_close(hr_shape_context *c) { return check_handle(c); }
