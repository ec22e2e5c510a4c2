/* Tensor arrays of traced functions: lists. */
#include "builder/tensor_array.h"
#include "builder/tensor_list.h"
#include "headrace/control_flow.h"

hr_output hr_list_array_new(hr_scope scope, hr_dtype dtype, hr_operand size, const hr_tensor_array_options *options) {
  int64_t sizes[HR_MAX_RANK];
  hr_operand shape = hr_list_element_shape(scope, &options->element_shape, sizes);
  return hr_call_one(scope, "TensorListReserve", hr_scope_name(scope), HR_OPERANDS(shape, size),
                     HR_ATTRS({"element_dtype", HR_ATTR_TYPE_VALUE(hr_dtype_base(dtype))}));
}

hr_output hr_list_array_read(hr_scope scope, const hr_tensor_array *array, hr_operand index, const char *name) {
  int64_t sizes[HR_MAX_RANK];
  hr_scope s = hr_name_scope_or(scope, name, "TensorArrayV2Read");
  hr_operand shape = hr_list_element_shape(s, array->element_shape, sizes);
  hr_output value = hr_call_one(s, "TensorListGetItem", name, HR_OPERANDS(array->flow, index, shape),
                                HR_ATTRS({"element_dtype", HR_ATTR_TYPE_VALUE(array->dtype)}));
  hr_scope_close(s);
  return value;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

typedef struct growing {
  hr_output list;
  hr_operand index;
} growing;

static void grow(void *argument, hr_scope scope, hr_results *results) {
  const growing *g = argument;
  hr_operand size =
      g->index.kind == HR_OPERAND_INT ? hr_operand_int(g->index.i + 1) : hr_operand_output(hr_plus(scope, g->index, 1));
  hr_return(results, hr_call_one(scope, "TensorListResize", NULL, HR_OPERANDS(g->list, size), HR_NO_ATTRS));
}

static void keep(void *argument, hr_scope scope, hr_results *results) {
  const growing *g = argument;
  (void)scope;
  hr_return(results, g->list);
}

/* The list, with room for an element at the index. */
static hr_output with_room(hr_scope scope, hr_output list, hr_operand index) {
  hr_output length = hr_call_one(scope, "TensorListLength", NULL, HR_OPERANDS(list), HR_NO_ATTRS);
  bool is_number = index.kind == HR_OPERAND_INT;
  hr_output beyond =
      is_number ? hr_binary(scope, "LessEqual", length, index) : hr_binary(scope, "GreaterEqual", index, length);
  growing g = {list, index};
  hr_outputs grown = hr_cond(scope, beyond, HR_BRANCH(grow, &g), HR_BRANCH(keep, &g));
  return grown.count == 1 ? grown.items[0] : HR_NO_OUTPUT;
}

hr_output hr_list_array_write(hr_scope scope, const hr_tensor_array *array, hr_operand index, hr_output value,
                              const char *name) {
  hr_output list = array->dynamic ? with_room(scope, array->flow, index) : array->flow;
  return hr_call_one(scope, "TensorListSetItem", name, HR_OPERANDS(list, index, value), HR_NO_ATTRS);
}

hr_output hr_list_array_unstack(hr_scope scope, hr_output value, const char *name) {
  int64_t sizes[HR_MAX_RANK];
  hr_partial_shape row = *hr_output_shape(value);
  if (row.rank > 0) memmove(row.dims, row.dims + 1, sizeof *row.dims * (size_t)--row.rank);
  hr_operand shape = hr_list_element_shape(scope, &row, sizes);
  return hr_call_one(scope, "TensorListFromTensor", name, HR_OPERANDS(value, shape), HR_NO_ATTRS);
}

hr_output hr_list_array_scatter(hr_scope scope, const hr_tensor_array *array, hr_operand indices, hr_output value,
                                const char *name) {
  return hr_call_one(scope, "TensorListScatterIntoExistingList", name, HR_OPERANDS(array->flow, value, indices),
                     HR_NO_ATTRS);
}

hr_output hr_list_array_split(hr_scope scope, hr_output value, hr_output lengths, const hr_partial_shape *piece,
                              const char *name) {
  int64_t sizes[HR_MAX_RANK];
  hr_operand shape = hr_list_element_shape(scope, piece, sizes);
  return hr_call_one(scope, "TensorListSplit", name, HR_OPERANDS(value, shape, lengths), HR_NO_ATTRS);
}

/* ---- reading many ------------------------------------------------------------------------------------------------ */

hr_output hr_list_array_stack(hr_scope scope, const hr_tensor_array *array, const char *name) {
  int64_t sizes[HR_MAX_RANK];
  hr_scope s = hr_name_scope_or(scope, name, "TensorArrayV2Stack");
  hr_operand shape = hr_list_element_shape(s, array->element_shape, sizes);
  hr_output value = hr_call_one(s, "TensorListStack", name, HR_OPERANDS(array->flow, shape),
                                HR_ATTRS({"element_dtype", HR_ATTR_TYPE_VALUE(array->dtype)}));
  hr_scope_close(s);
  return value;
}

hr_output hr_list_array_gather(hr_scope scope, const hr_tensor_array *array, hr_operand indices, const char *name) {
  int64_t sizes[HR_MAX_RANK];
  hr_operand shape = hr_list_element_shape(scope, array->element_shape, sizes);
  return hr_call_one(scope, "TensorListGather", name, HR_OPERANDS(array->flow, indices, shape),
                     HR_ATTRS({"element_dtype", HR_ATTR_TYPE_VALUE(array->dtype)}));
}

hr_output hr_list_array_concat(hr_scope scope, const hr_tensor_array *array, const char *name) {
  int64_t sizes[HR_MAX_RANK];
  hr_partial_shape element = *array->element_shape;
  if (element.rank > 0) element.dims[0] = HR_UNKNOWN_DIM;
  hr_output none = hr_constant_array(scope, HR_INT64, HR_SHAPE(0), NULL);
  hr_operand shape = hr_list_element_shape(scope, &element, sizes);
  hr_output tensor = hr_call_one(scope, "TensorListConcatV2", name, HR_OPERANDS(array->flow, shape, none),
                                 HR_ATTRS({"element_dtype", HR_ATTR_TYPE_VALUE(array->dtype)}));
  return tensor;
}
