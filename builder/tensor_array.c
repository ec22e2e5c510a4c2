/* tf.TensorArray: its ops, and what is known of the elements while the graph is built. */
#include "builder/tensor_array.h"
#include "runtime/graph/function_graph.h"

hr_output hr_tensor_array_handle(const hr_tensor_array *array) { return array ? array->handle : HR_NO_OUTPUT; }
hr_output hr_tensor_array_flow(const hr_tensor_array *array) { return array ? array->flow : HR_NO_OUTPUT; }
hr_dtype hr_tensor_array_dtype(const hr_tensor_array *array) { return array ? array->dtype : HR_INVALID; }
bool hr_tensor_array_is_dynamic(const hr_tensor_array *array) { return array && array->dynamic; }
const hr_partial_shape *hr_tensor_array_element_shape(const hr_tensor_array *array) {
  static const hr_partial_shape unknown = {.rank = HR_UNKNOWN_RANK};
  return array ? array->element_shape : &unknown;
}

static const char *name_of(const hr_op_options *options) { return options ? options->name : NULL; }
static bool usable(hr_scope scope, const hr_tensor_array *array) { return array && hr_scope_ok(scope); }

/* ---- states ---------------------------------------------------------------------------------------------------- */

/* A state that shares nothing yet; NULL with the error at the builder. */
static hr_tensor_array *new_state(hr_scope scope, hr_dtype dtype, const hr_partial_shape *element_shape) {
  hr_tensor_array *array = hr_keep_bytes(scope, sizeof *array);
  hr_partial_shape *shape = hr_keep_bytes(scope, sizeof *shape);
  hr_node **first_written = hr_keep_bytes(scope, sizeof *first_written);
  if (!array || !shape || !first_written) return NULL;
  *shape = *element_shape;
  array->dtype = hr_dtype_base(dtype);
  array->element_shape = shape;
  array->first_written = first_written;
  return array;
}

static hr_tensor_array *new_list(hr_scope s, hr_dtype dtype, hr_operand size, const hr_tensor_array_options *options) {
  hr_output list = hr_list_array_new(s, dtype, size, options);
  hr_tensor_array *array = list.node ? new_state(s, dtype, &options->element_shape) : NULL;
  if (!array) return NULL;
  array->flow = list;
  array->is_list = true;
  array->dynamic = options->dynamic_size;
  array->infer_shape = options->infer_shape;
  return array;
}

hr_tensor_array *hr_tensor_array_new_with(hr_scope scope, hr_dtype dtype, hr_operand size,
                                          const hr_tensor_array_options *options) {
  hr_tensor_array_options o = {
      .clear_after_read = true,
      .infer_shape = true,
      .element_shape = {.rank = HR_UNKNOWN_RANK},
      .colocate_with_first_write_call = true,
  };
  if (options) o = *options;
  if (!hr_scope_ok(scope)) return NULL;
  if (!hr_operand_is_given(size)) {
    hr_refuse(scope, "Size must be provided if handle is not provided");
    return NULL;
  }
  bool is_list = hr_graph_has_functional_flow(hr_scope_graph(scope));
  hr_scope s = hr_name_scope_or(scope, o.name, is_list ? "TensorArrayV2" : "TensorArray");
  if (is_list) return new_list(s, dtype, size, &o);
  hr_scope made_in = s;
  /* Where it stands follows from what is written to it first. */
  if (o.colocate_with_first_write_call) made_in = hr_colocate_with(hr_device_scope(s, NULL), NULL, true);
  hr_attr_value array_name = HR_ATTR_STRING_VALUE(o.tensor_array_name ? o.tensor_array_name : "");
  hr_output handle = hr_call_one(made_in, "TensorArrayV3", hr_scope_name(s), HR_OPERANDS(size),
                                 HR_ATTRS({"dtype", HR_ATTR_TYPE_VALUE(hr_dtype_base(dtype))},
                                          {"element_shape", HR_ATTR_SHAPE_VALUE(&o.element_shape)},
                                          {"identical_element_shapes", HR_ATTR_BOOL_VALUE(o.infer_shape)},
                                          {"dynamic_size", HR_ATTR_BOOL_VALUE(o.dynamic_size)},
                                          {"clear_after_read", HR_ATTR_BOOL_VALUE(o.clear_after_read)},
                                          {"tensor_array_name", array_name}));
  hr_tensor_array *array = handle.node ? new_state(s, dtype, &o.element_shape) : NULL;
  if (!array) return NULL;
  array->handle = handle;
  array->flow = (hr_output){handle.node, 1};
  array->dynamic = o.dynamic_size;
  array->infer_shape = o.infer_shape;
  array->colocate = o.colocate_with_first_write_call;
  return array;
}

hr_tensor_array *hr_tensor_array_of_with(hr_scope scope, hr_dtype dtype, hr_output handle, hr_output flow,
                                         const hr_tensor_array_of_options *options) {
  hr_tensor_array_of_options o = {.infer_shape = true, .colocate_with_first_write_call = true};
  if (options) o = *options;
  if (!hr_scope_ok(scope)) return NULL;
  if (!handle.node || !flow.node) {
    hr_refuse(scope, "flow must not be None if handle is not None.");
    return NULL;
  }
  hr_scope s = hr_name_scope_or(scope, o.name, "TensorArray");
  hr_tensor_array *array = hr_scope_ok(s) ? new_state(s, dtype, &HR_SHAPE_UNKNOWN) : NULL;
  if (!array) return NULL;
  array->handle = handle;
  array->flow = flow;
  array->infer_shape = o.infer_shape;
  array->colocate = o.colocate_with_first_write_call;
  return array;
}

/* Takes a name as the making of any state does. */
hr_tensor_array *hr_tensor_array_with_flow(hr_scope scope, hr_tensor_array *array, hr_output flow) {
  if (!usable(scope, array) || !flow.node) return NULL;
  hr_scope s = array->is_list ? scope : hr_name_scope(scope, "TensorArray");
  hr_tensor_array *next = hr_scope_ok(s) ? hr_keep_bytes(s, sizeof *next) : NULL;
  if (!next) return NULL;
  *next = *array;
  next->flow = flow;
  return next;
}

hr_tensor_array *hr_tensor_array_identity(hr_scope scope, hr_tensor_array *array) {
  if (!usable(scope, array)) return NULL;
  return hr_tensor_array_with_flow(scope, array, hr_identity(scope, array->flow));
}

hr_tensor_array *hr_tensor_array_grad_with(hr_scope scope, hr_tensor_array *array, const char *source,
                                           const hr_tensor_array_grad_options *options) {
  if (!usable(scope, array)) return NULL;
  if (array->is_list) {
    hr_refuse(scope, "TensorArray.grad is not supported in functions that are traced");
    return NULL;
  }
  hr_output flow = options && options->flow.node ? options->flow : array->flow;
  const char *name = options ? options->name : NULL;
  hr_scope s = hr_name_scope_or(scope, name, "TensorArrayGrad");
  hr_tensor_array *gradients = NULL;
  HR_WITH (beside, hr_colocate_with(s, array->handle.node, false)) {
    hr_output handle = hr_call_one(beside, "TensorArrayGradV3", name, HR_OPERANDS(array->handle, flow),
                                   HR_ATTRS({"source", HR_ATTR_STRING_VALUE(source)}));
    /* A dynamic array has its last size when its gradients are made: what uses them comes after. */
    if (handle.node)
      HR_WITH (after, hr_control_dependencies(beside, 1, &handle.node)) {
        flow = hr_identity(after, flow, .name = "gradient_flow");
      }
    if (hr_scope_ok(beside))
      gradients = hr_tensor_array_of(beside, array->dtype, handle, flow, .infer_shape = array->infer_shape,
                                     .colocate_with_first_write_call = false);
  }
  if (gradients) gradients->element_shape = array->element_shape;
  return gradients;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* The value as a tensor: of the array's dtype where it can be. */
static hr_output written_value(hr_scope s, const hr_tensor_array *array, hr_operand value) {
  return hr_convert(s, value, hr_operand_fits(value, array->dtype) ? array->dtype : HR_INVALID, "value");
}

/* Learns the elements' shape from one of them. False, with the error at the builder, where it contradicts. */
static bool learn_shape(hr_scope scope, hr_tensor_array *array, const hr_partial_shape *shape) {
  if (!array->infer_shape) return true;
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(array->element_shape, shape, &merged);
  if (status) {
    char saw[HR_SHAPE_TEXT], expected[HR_SHAPE_TEXT];
    hr_status_free(status);
    hr_refuse(scope, "Inconsistent shapes: saw %s but expected %s", hr_partial_shape_text(shape, saw),
              hr_partial_shape_text(array->element_shape, expected));
    return false;
  }
  *array->element_shape = merged;
  return true;
}

/* The scope of a write: beside the value that was written first. */
static hr_scope beside_first(hr_scope s, hr_tensor_array *array, hr_output value) {
  if (!array->colocate || array->is_list) return s;
  if (!*array->first_written) *array->first_written = value.node;
  return hr_colocate_with(s, *array->first_written, false);
}

hr_tensor_array *hr_tensor_array_write_in(hr_scope s, const char *name, hr_tensor_array *array, hr_operand index,
                                          hr_output x) {
  if (!hr_scope_ok(s) || !learn_shape(s, array, hr_output_shape(x))) return NULL;
  if (array->is_list) return hr_tensor_array_with_flow(s, array, hr_list_array_write(s, array, index, x, name));
  hr_output flow = hr_call_one(beside_first(s, array, x), "TensorArrayWriteV3", name,
                               HR_OPERANDS(array->handle, index, x, array->flow), HR_NO_ATTRS);
  return hr_tensor_array_with_flow(s, array, flow);
}

hr_tensor_array *hr_tensor_array_write_with(hr_scope scope, hr_tensor_array *array, hr_operand index, hr_operand value,
                                            const hr_op_options *options) {
  if (!usable(scope, array)) return NULL;
  const char *name = name_of(options);
  hr_scope s = hr_name_scope_or(scope, name, array->is_list ? "TensorArrayV2Write" : "TensorArrayWrite");
  return hr_tensor_array_write_in(s, name, array, index, written_value(s, array, value));
}

static hr_partial_shape row_of(hr_output x) {
  hr_partial_shape row = *hr_output_shape(x);
  if (row.rank > 0) memmove(row.dims, row.dims + 1, sizeof *row.dims * (size_t)--row.rank);
  return row;
}

static hr_tensor_array *unstack_list(hr_scope s, hr_tensor_array *array, hr_operand value, const char *name) {
  hr_output x = written_value(s, array, value);
  if (!hr_scope_ok(s)) return NULL;
  hr_partial_shape row = row_of(x);
  if (!learn_shape(s, array, &row)) return NULL;
  return hr_tensor_array_with_flow(s, array, hr_list_array_unstack(s, x, name));
}

hr_tensor_array *hr_tensor_array_unstack_with(hr_scope scope, hr_tensor_array *array, hr_operand value,
                                              const hr_op_options *options) {
  if (!usable(scope, array)) return NULL;
  const char *name = name_of(options);
  hr_scope s = hr_name_scope_or(scope, name, "TensorArrayUnstack");
  if (array->is_list) return unstack_list(s, array, value, name);
  hr_output count = hr_at(s, hr_tf_shape(s, value), HR_INDEX(0));
  hr_output indices = hr_tf_range(s, 0, count, 1);
  return hr_tensor_array_scatter_with(s, array, hr_operand_output(indices), value, options);
}

hr_tensor_array *hr_tensor_array_scatter_with(hr_scope scope, hr_tensor_array *array, hr_operand indices,
                                              hr_operand value, const hr_op_options *options) {
  if (!usable(scope, array)) return NULL;
  const char *name = name_of(options);
  hr_scope s = hr_name_scope_or(scope, name, "TensorArrayScatter");
  hr_output x = written_value(s, array, value), flow;
  if (!hr_scope_ok(s)) return NULL;
  hr_partial_shape element = row_of(x);
  if (!learn_shape(s, array, &element)) return NULL;
  if (array->is_list) return hr_tensor_array_with_flow(s, array, hr_list_array_scatter(s, array, indices, x, name));
  flow = hr_call_one(beside_first(s, array, x), "TensorArrayScatterV3", name,
                     HR_OPERANDS(array->handle, indices, x, array->flow), HR_NO_ATTRS);
  return hr_tensor_array_with_flow(s, array, flow);
}

/* The shape of all pieces, where the lengths are known and equal; of unknown rank otherwise. */
static hr_status piece_shape(hr_output value, hr_output lengths, hr_partial_shape *out) {
  bool known;
  hr_tensor tensor;
  *out = HR_SHAPE_UNKNOWN;
  if (hr_output_rank(value) < 1) return HR_SUCCESS;
  HR_TRY(hr_constant_value(lengths, &known, &tensor));
  if (!known) return HR_SUCCESS;
  const int64_t *items = hr_tensor_data(&tensor);
  bool equal = tensor.rank == 1 && tensor.elements > 0;
  for (int64_t i = 1; equal && i < tensor.elements; ++i)
    equal = items[i] == items[0];
  if (equal) {
    *out = *hr_output_shape(value);
    out->dims[0] = items[0];
  }
  hr_tensor_clear(&tensor);
  return HR_SUCCESS;
}

hr_tensor_array *hr_tensor_array_split_with(hr_scope scope, hr_tensor_array *array, hr_operand value,
                                            hr_operand lengths, const hr_op_options *options) {
  if (!usable(scope, array)) return NULL;
  const char *name = name_of(options);
  hr_scope s = hr_name_scope_or(scope, name, "TensorArraySplit");
  hr_output x = hr_convert(s, value, array->dtype, "value");
  if (!hr_scope_ok(s)) return NULL;
  hr_scope beside = beside_first(s, array, x);
  hr_output sizes = hr_tf_cast(beside, lengths, HR_INT64);
  if (!hr_scope_ok(s)) return NULL;
  hr_partial_shape piece;
  hr_status status = piece_shape(x, sizes, &piece);
  if (status) {
    hr_scope_fail(s, status);
    return NULL;
  }
  if (!learn_shape(s, array, &piece)) return NULL;
  if (array->is_list) return hr_tensor_array_with_flow(s, array, hr_list_array_split(s, x, sizes, &piece, name));
  hr_output flow =
      hr_call_one(beside, "TensorArraySplitV3", name, HR_OPERANDS(array->handle, x, sizes, array->flow), HR_NO_ATTRS);
  return hr_tensor_array_with_flow(s, array, flow);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

hr_output hr_tensor_array_read_with(hr_scope scope, hr_tensor_array *array, hr_operand index,
                                    const hr_op_options *options) {
  if (!usable(scope, array)) return HR_NO_OUTPUT;
  if (array->is_list) return hr_list_array_read(scope, array, index, name_of(options));
  hr_output value =
      hr_call_one(scope, "TensorArrayReadV3", name_of(options), HR_OPERANDS(array->handle, index, array->flow),
                  HR_ATTRS({"dtype", HR_ATTR_TYPE_VALUE(array->dtype)}));
  hr_know_shape(scope, value, array->element_shape);
  return value;
}

/* The shape of elements behind each other, without the size of that dimension. */
static hr_partial_shape behind_each_other(const hr_partial_shape *tail) {
  hr_partial_shape shape = {.rank = tail->rank < 0 ? HR_UNKNOWN_RANK : tail->rank + 1, .dims = {HR_UNKNOWN_DIM}};
  if (tail->rank > 0) memcpy(shape.dims + 1, tail->dims, sizeof *tail->dims * (size_t)tail->rank);
  return shape;
}

hr_output hr_tensor_array_gather_with(hr_scope scope, hr_tensor_array *array, hr_operand indices,
                                      const hr_op_options *options) {
  if (!usable(scope, array)) return HR_NO_OUTPUT;
  if (array->element_shape->rank == HR_MAX_RANK)
    return hr_refuse(scope, "A tensor has at most %d dimensions", HR_MAX_RANK);
  if (array->is_list) return hr_list_array_gather(scope, array, indices, name_of(options));
  hr_output value =
      hr_call_one(scope, "TensorArrayGatherV3", name_of(options), HR_OPERANDS(array->handle, indices, array->flow),
                  HR_ATTRS({"dtype", HR_ATTR_TYPE_VALUE(array->dtype)},
                           {"element_shape", HR_ATTR_SHAPE_VALUE(array->element_shape)}));
  hr_partial_shape rows = behind_each_other(array->element_shape);
  hr_know_shape(scope, value, &rows);
  return value;
}

hr_output hr_tensor_array_stack_with(hr_scope scope, hr_tensor_array *array, const hr_op_options *options) {
  if (!usable(scope, array)) return HR_NO_OUTPUT;
  if (array->is_list) return hr_list_array_stack(scope, array, name_of(options));
  hr_scope beside = hr_colocate_with(scope, array->handle.node, false);
  hr_scope s = hr_name_scope_or(beside, name_of(options), "TensorArrayStack");
  hr_output indices = hr_tf_range(s, 0, hr_tensor_array_size(s, array), 1);
  return hr_tensor_array_gather_with(s, array, hr_operand_output(indices), options);
}

hr_output hr_tensor_array_concat_with(hr_scope scope, hr_tensor_array *array, const hr_op_options *options) {
  if (!usable(scope, array)) return HR_NO_OUTPUT;
  if (array->is_list) return hr_list_array_concat(scope, array, name_of(options));
  hr_partial_shape tail = *array->element_shape;
  if (tail.rank > 0) {
    memmove(tail.dims, tail.dims + 1, sizeof *tail.dims * (size_t)(tail.rank - 1));
    --tail.rank;
  }
  hr_output value = hr_call_one(
      scope, "TensorArrayConcatV3", name_of(options), HR_OPERANDS(array->handle, array->flow),
      HR_ATTRS({"dtype", HR_ATTR_TYPE_VALUE(array->dtype)}, {"element_shape_except0", HR_ATTR_SHAPE_VALUE(&tail)}));
  hr_partial_shape rows = behind_each_other(&tail);
  hr_know_shape(scope, value, &rows);
  return value;
}

hr_output hr_tensor_array_size_with(hr_scope scope, hr_tensor_array *array, const hr_op_options *options) {
  if (!usable(scope, array)) return HR_NO_OUTPUT;
  if (array->is_list) return hr_tensor_list_length(scope, array->flow, .name = name_of(options));
  return hr_tensor_array_size_v3(scope, array->handle, array->flow, .name = name_of(options));
}

hr_node *hr_tensor_array_close_with(hr_scope scope, hr_tensor_array *array, const hr_op_options *options) {
  if (!usable(scope, array)) return NULL;
  if (array->is_list) return hr_no_op(scope, .name = name_of(options));
  return hr_tensor_array_close_v3(scope, array->handle, .name = name_of(options));
}
