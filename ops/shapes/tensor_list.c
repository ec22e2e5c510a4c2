/* Shapes of what lists of tensors take and give. What a list says of its elements travels with its variant, as what is
 * known of a variable travels with its handle. */
#include "ops/shapes/shapes.h"

static hr_dtype element_dtype(const hr_shape_context *c) {
  return (hr_dtype)hr_node_attr(c->node, "element_dtype")->type;
}

/* The shape of elements that an input tells: a scalar says nothing. */
static hr_status told_shape(const hr_shape_context *c, int input, hr_partial_shape *out) {
  *out = HR_SHAPE_UNKNOWN;
  if (hr_shape_input(c, input)->rank != 0) return hr_shape_input_as_shape(c, input, out);
  bool known;
  int64_t value;
  HR_TRY(hr_input_scalar(c, input, &known, &value));
  if (known && value != HR_UNKNOWN_DIM)
    return hr_error(HR_INVALID_ARGUMENT, "Input must be rank 1 or the scalar -1, but is the scalar %" PRId64, value);
  return HR_SUCCESS;
}

/* Output 0 is a list of such elements. */
static hr_status set_list(hr_shape_context *c, hr_dtype dtype, const hr_partial_shape *element) {
  hr_handle_data *data = HR_ARENA_NEW(hr_graph_arena(c->graph), hr_handle_data);
  if (!data) return hr_error_out_of_memory(sizeof *data, "what is known of a list");
  *data = (hr_handle_data){.dtype = dtype, .shape = *element};
  hr_shape_set_scalar(c, 0);
  return hr_shape_share_handle(c, 0, data);
}

/* Output 0 is a list of the elements of input 0, which are of the node's dtype. */
static hr_status pass_list(hr_shape_context *c) {
  const hr_handle_data *list = hr_shape_input_handle(c, 0);
  if (list) return set_list(c, list->dtype, &list->shape);
  return set_list(c, element_dtype(c), &HR_SHAPE_UNKNOWN);
}

/* What an op does with a list, for messages: what comes before the list's dtype, and before the node's. */
typedef struct doing {
  const char *list, *node;
  bool node_first;
} doing;
static const doing reading = {"Trying to read from list with wrong element dtype. List has type ",
                              " but expected type ", false};
static const doing popping = {"Trying to read from list with wrong element dtype. List has type ",
                              " but trying to push element with type ", false};
static const doing pushing = {"Trying to push to list with wrong element dtype. List has type ",
                              " but trying to push element with type ", false};
static const doing expecting = {" but got list with element dtype ", "Expected list with element dtype ", true};

/* Merges what is known of the elements of input 0 into `element`, which belongs to them. */
static hr_status merge_with_list(const hr_shape_context *c, const doing *d, hr_partial_shape *element) {
  const hr_handle_data *list = hr_shape_input_handle(c, 0);
  if (!list) return HR_SUCCESS;
  const char *of_list = hr_dtype_name(list->dtype), *of_node = hr_dtype_name(element_dtype(c));
  if (list->dtype == element_dtype(c)) return hr_partial_shape_merge(element, &list->shape, element);
  return d->node_first ? hr_error(HR_INVALID_ARGUMENT, "%s%s%s%s", d->node, of_node, d->list, of_list)
                       : hr_error(HR_INVALID_ARGUMENT, "%s%s%s%s", d->list, of_list, d->node, of_node);
}

/* The shape of a read element: what input `told` and the list know of it. */
static hr_status read_element(hr_shape_context *c, const doing *d, int told, hr_partial_shape *out) {
  HR_TRY(told_shape(c, told, out));
  return merge_with_list(c, d, out);
}

static hr_status set_rows(hr_shape_context *c, int64_t count, const hr_partial_shape *element) {
  hr_partial_shape rows = hr_vector_shape(count);
  HR_TRY(hr_shape_concat(&rows, element, &rows));
  return hr_shape_set(c, 0, &rows);
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

hr_status hr_shape_fn_tensor_list_new(hr_shape_context *c) {
  hr_partial_shape element;
  HR_TRY(told_shape(c, 0, &element));
  return set_list(c, element_dtype(c), &element);
}

hr_status hr_shape_fn_tensor_list_from_tensor(hr_shape_context *c) {
  hr_partial_shape element, rows, merged;
  HR_TRY(told_shape(c, 1, &element));
  if (hr_shape_input(c, 0)->rank != 0) { /* the kernel refuses a scalar */
    HR_TRY(hr_shape_part(hr_shape_input(c, 0), 1, HR_SHAPE_END, &rows));
    HR_TRY(hr_partial_shape_merge(&rows, &element, &merged));
  }
  return set_list(c, element_dtype(c), &element);
}

hr_status hr_shape_fn_tensor_list_split(hr_shape_context *c) {
  hr_partial_shape element, rows, rest, merged;
  HR_TRY(told_shape(c, 1, &element));
  HR_TRY(hr_input_of_rank(c, 2, 1, &merged));
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &rows));
  HR_TRY(hr_shape_part(&rows, 1, HR_SHAPE_END, &rows));
  if (hr_rank_known(&element)) {
    HR_TRY(hr_shape_with_rank_at_least(&element, 1, &element));
    HR_TRY(hr_shape_part(&element, 1, HR_SHAPE_END, &rest));
    HR_TRY(hr_partial_shape_merge(&rows, &rest, &merged));
  }
  return set_list(c, element_dtype(c), &element);
}

hr_status hr_shape_fn_tensor_list_scatter(hr_shape_context *c) {
  hr_partial_shape element;
  HR_TRY(told_shape(c, 2, &element));
  return set_list(c, element_dtype(c), &element);
}

hr_status hr_shape_fn_tensor_list_scatter_into(hr_shape_context *c) {
  hr_partial_shape rows, indices;
  HR_TRY(hr_input_of_rank(c, 2, 1, &indices));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 1, &rows));
  HR_TRY(hr_shape_part(&rows, 1, HR_SHAPE_END, &rows));
  HR_TRY(merge_with_list(c, &expecting, &rows));
  return pass_list(c);
}

hr_status hr_shape_fn_tensor_list_push(hr_shape_context *c) {
  hr_partial_shape element = *hr_shape_input(c, 1);
  HR_TRY(merge_with_list(c, &pushing, &element));
  return pass_list(c);
}

hr_status hr_shape_fn_tensor_list_push_batch(hr_shape_context *c) {
  hr_partial_shape lists, rows, element;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &lists));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 1, &rows));
  HR_TRY(hr_shape_part(&rows, 1, HR_SHAPE_END, &element));
  HR_TRY(merge_with_list(c, &pushing, &element));
  hr_share_input(c, 0, 0);
  const hr_handle_data *list = hr_shape_input_handle(c, 0);
  return list ? hr_shape_share_handle(c, 0, list) : HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_list_set(hr_shape_context *c) {
  hr_partial_shape element = *hr_shape_input(c, 2);
  const hr_handle_data *list = hr_shape_input_handle(c, 0);
  if (list) HR_TRY(hr_partial_shape_merge(&element, &list->shape, &element));
  return pass_list(c);
}

hr_status hr_shape_fn_tensor_list_resize(hr_shape_context *c) {
  const hr_handle_data *list = hr_shape_input_handle(c, 0);
  if (list) return set_list(c, list->dtype, &list->shape);
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_tensor_list_concat_lists(hr_shape_context *c) {
  hr_partial_shape merged;
  HR_TRY(hr_partial_shape_merge(hr_shape_input(c, 0), hr_shape_input(c, 1), &merged));
  hr_partial_shape element = HR_SHAPE_UNKNOWN;
  for (int i = 0; i < 2; ++i) {
    const hr_handle_data *list = hr_shape_input_handle(c, i);
    if (!list) continue;
    if (list->dtype != element_dtype(c))
      return hr_error(HR_INVALID_ARGUMENT, "input_%c.type != element_dtype: %s vs. %s", 'a' + i,
                      hr_dtype_name(list->dtype), hr_dtype_name(element_dtype(c)));
    HR_TRY(hr_partial_shape_merge(&list->shape, &element, &element));
  }
  HR_TRY(set_list(c, element_dtype(c), &element));
  return hr_shape_set(c, 0, &merged);
}

/* ---- what is read ------------------------------------------------------------------------------------------------ */

hr_status hr_shape_fn_tensor_list_pop(hr_shape_context *c) {
  hr_partial_shape element = HR_SHAPE_UNKNOWN;
  HR_TRY(merge_with_list(c, &popping, &element));
  HR_TRY(hr_shape_set(c, 1, &element));
  return pass_list(c);
}

hr_status hr_shape_fn_tensor_list_get(hr_shape_context *c) {
  hr_partial_shape element;
  HR_TRY(read_element(c, &expecting, 2, &element));
  return hr_shape_set(c, 0, &element);
}

hr_status hr_shape_fn_tensor_list_gather(hr_shape_context *c) {
  hr_partial_shape element, rows = *hr_shape_input(c, 1);
  HR_TRY(read_element(c, &expecting, 2, &element));
  HR_TRY(hr_shape_concat(&rows, &element, &rows));
  return hr_shape_set(c, 0, &rows);
}

hr_status hr_shape_fn_tensor_list_stack(hr_shape_context *c) {
  hr_partial_shape element;
  HR_TRY(read_element(c, &reading, 1, &element));
  int64_t count = hr_int_attr(c, "num_elements");
  return set_rows(c, count < 0 ? HR_UNKNOWN_DIM : count, &element);
}

hr_status hr_shape_fn_tensor_list_concat(hr_shape_context *c) {
  hr_partial_shape element;
  if (c->node->num_inputs > 1) {
    HR_TRY(told_shape(c, 1, &element));
  } else {
    element = *hr_node_attr(c->node, "element_shape")->shape;
  }
  HR_TRY(merge_with_list(c, &reading, &element));
  hr_set_unknown_vector(c, 1);
  if (!hr_rank_known(&element)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  HR_TRY(hr_shape_with_rank_at_least(&element, 1, &element));
  HR_TRY(hr_shape_part(&element, 1, HR_SHAPE_END, &element));
  return set_rows(c, HR_UNKNOWN_DIM, &element);
}

hr_status hr_shape_fn_tensor_list_element_shape(hr_shape_context *c) {
  const hr_handle_data *list = hr_shape_input_handle(c, 0);
  hr_partial_shape sizes = hr_vector_shape(list && hr_rank_known(&list->shape) ? list->shape.rank : HR_UNKNOWN_DIM);
  return hr_shape_set(c, 0, &sizes);
}
