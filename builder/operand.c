/* Operands: values that become constants, and lists that become packs. */
#include "headrace/operand.h"
#include "builder/builder.h"
#include "builder/python_text.h"
#include "headrace/variables.h"
#include "runtime/graph/rows.h"

static bool is_graph_value(hr_operand x) { return x.kind == HR_OPERAND_OUTPUT || x.kind == HR_OPERAND_VARIABLE; }

/* The tensor of an output or variable. */
static hr_output graph_value(hr_scope scope, hr_operand x) {
  if (!hr_operand_is_given(x)) return HR_NO_OUTPUT;
  return x.kind == HR_OPERAND_VARIABLE ? hr_var_tensor(scope, x.variable) : x.output;
}

static hr_dtype graph_dtype(hr_operand x) {
  return x.kind == HR_OPERAND_VARIABLE ? hr_var_dtype(x.variable) : hr_output_base_dtype(x.output);
}

/* The dtype of the first tensor of the graph in a list; HR_INVALID where there is none. */
static hr_dtype list_dtype(hr_operands list) {
  for (int32_t i = 0; i < list.count; ++i) {
    hr_operand item = hr_operands_at(list, i);
    hr_dtype dtype = HR_INVALID;
    if (is_graph_value(item)) dtype = graph_dtype(item);
    if (item.kind == HR_OPERAND_LIST) dtype = list_dtype(item.list);
    if (dtype != HR_INVALID) return dtype;
  }
  return HR_INVALID;
}

bool hr_operand_is_in_graph(hr_operand x) {
  if (x.kind != HR_OPERAND_LIST) return is_graph_value(x);
  for (int32_t i = 0; i < x.list.count; ++i)
    if (hr_operand_is_in_graph(hr_operands_at(x.list, i))) return true;
  return false;
}

static bool is_list(hr_operand x) {
  return x.kind == HR_OPERAND_LIST || x.kind == HR_OPERAND_INTS || (x.kind == HR_OPERAND_VALUES && x.tensor->rank > 0);
}

/* The list with its tensors cast to a dtype. */
static hr_operand cast_list(hr_scope scope, hr_operands list, hr_dtype dtype) {
  hr_operand *items = hr_keep_bytes(scope, sizeof *items * (size_t)list.count);
  if (!items) return HR_NO_OPERAND;
  for (int32_t i = 0; i < list.count; ++i) {
    items[i] = hr_operands_at(list, i);
    if (items[i].kind == HR_OPERAND_LIST)
      items[i] = cast_list(scope, items[i].list, dtype);
    else if (is_graph_value(items[i]) && graph_dtype(items[i]) != dtype)
      items[i] = hr_operand_output(hr_cast(scope, graph_value(scope, items[i]), dtype));
  }
  return hr_operand_list((hr_operands){list.count, items, NULL});
}

/* Packs what holds tensors of the graph; HR_NO_OUTPUT for a list without. Opens the scope of each list in it, as
 * TensorFlow does even for those that become constants. */
static hr_output pack(hr_scope scope, hr_operand value, hr_dtype dtype, const char *name) {
  hr_scope s = hr_name_scope(scope, name);
  if (value.kind != HR_OPERAND_LIST || !hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_operands list = value.list;
  hr_output *items = calloc((size_t)list.count + 1, sizeof *items);
  if (!items) {
    hr_scope_fail(s, hr_error_out_of_memory(sizeof *items * (size_t)list.count, "a list"));
    return HR_NO_OUTPUT;
  }
  bool packs = false;
  char index[12];
  for (int32_t i = 0; i < list.count; ++i) {
    hr_operand item = hr_operands_at(list, i);
    snprintf(index, sizeof index, "%d", (int)i);
    if (is_graph_value(item)) {
      items[i] = graph_value(s, item);
      if (items[i].node && hr_output_base_dtype(items[i]) != dtype)
        hr_scope_fail(
            s, hr_type_error("Cannot convert a list containing a tensor of dtype '%s' to '%s' (Tensor is: '%s:%d')",
                             hr_dtype_python_name(hr_output_base_dtype(items[i])), hr_dtype_python_name(dtype),
                             hr_node_name(items[i].node), items[i].index));
    } else if (is_list(item)) {
      items[i] = pack(s, item, dtype, index);
    }
    packs = packs || items[i].node;
  }
  hr_output result = HR_NO_OUTPUT;
  if (packs) {
    for (int32_t i = 0; i < list.count; ++i) {
      snprintf(index, sizeof index, "%d", (int)i);
      if (!items[i].node) items[i] = hr_convert(s, hr_operands_at(list, i), dtype, index);
    }
    result = hr_pack(s, ((hr_outputs){list.count, items}), .name = hr_scope_name(s));
  }
  free(items);
  return result;
}

static hr_output convert_graph_value(hr_scope scope, hr_output x, hr_dtype dtype, const char *name) {
  const hr_rows *rows = hr_rows_of(x);
  if (rows) x = rows->to_tensor(scope, rows, name);
  if (dtype == HR_INVALID || !x.node || hr_output_base_dtype(x) == dtype) return x;
  const char *item = hr_tensor_python_item(scope, x);
  return hr_refuse(scope, "Tensor conversion requested dtype %s for Tensor with dtype %s: %s",
                   hr_dtype_python_name(dtype), hr_dtype_python_name(hr_output_dtype(x)), item ? item : "");
}

hr_output hr_convert(hr_scope scope, hr_operand value, hr_dtype dtype, const char *name) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (is_graph_value(value)) return convert_graph_value(scope, graph_value(scope, value), dtype, name);
  if (hr_operand_is_in_graph(value)) {
    hr_dtype own = list_dtype(value.list);
    if (dtype == HR_INVALID) dtype = own;
    if (dtype != own) value = cast_list(scope, value.list, dtype);
    return hr_scope_ok(scope) ? pack(scope, value, dtype, name ? name : "packed") : HR_NO_OUTPUT;
  }
  hr_tensor tensor = {0};
  hr_status status = hr_value_tensor(dtype, value, &tensor);
  if (status) {
    hr_scope_fail(scope, status);
    return HR_NO_OUTPUT;
  }
  hr_output output = hr_constant(scope, &tensor, .name = name);
  hr_tensor_clear(&tensor);
  return output;
}

/* ---- known values ----------------------------------------------------------------------------------------------- */

bool hr_is_constant(hr_scope s, hr_output x) {
  hr_tensor value = {0};
  bool known = false;
  hr_status status = hr_constant_value(x, &known, &value);
  if (status) hr_scope_fail(s, status);
  if (known) hr_tensor_clear(&value);
  return known;
}

bool hr_static_ints(hr_scope scope, hr_output x, int capacity, int64_t *items, int *count) {
  bool known = false;
  hr_tensor value = {0};
  if (!hr_scope_ok(scope)) return false;
  hr_status status = hr_constant_value(x, &known, &value);
  if (status) {
    hr_scope_fail(scope, status);
    return false;
  }
  if (!known) return false;
  hr_dtype dtype = hr_tensor_dtype(&value);
  int64_t elements = value.elements;
  known = elements <= capacity && (dtype == HR_INT32 || dtype == HR_INT64);
  *count = known ? (int)elements : 0;
  for (int i = 0; i < *count; ++i) {
    items[i] =
        dtype == HR_INT32 ? ((const int32_t *)hr_tensor_data(&value))[i] : ((const int64_t *)hr_tensor_data(&value))[i];
  }
  hr_tensor_clear(&value);
  return known;
}
