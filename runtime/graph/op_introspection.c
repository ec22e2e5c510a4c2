/* What bindings may know of ops. */
#include "runtime/graph/function_library.h"
#include <string.h>

const hr_op_def *hr_op_def_find(const char *name) { return hr_op_find(name, strlen(name)); }
const hr_op_def *hr_graph_op_def(const hr_graph *graph, const char *name) {
  return hr_graph_find_op(graph, name, strlen(name));
}
const char *hr_op_def_name(const hr_op_def *op) { return op->name; }
bool hr_op_def_is_stateful(const hr_op_def *op) { return op->flags & HR_OP_STATEFUL; }

static const char *argument(const hr_arg_def *arguments, int count, int32_t index, bool *is_list) {
  if (index < 0 || index >= count) return NULL;
  if (is_list) *is_list = arguments[index].number_attr >= 0 || arguments[index].type_list_attr >= 0;
  return arguments[index].name;
}

const char *hr_op_def_input(const hr_op_def *op, int32_t index, bool *is_list) {
  return argument(op->inputs, op->num_inputs, index, is_list);
}

const char *hr_op_def_output(const hr_op_def *op, int32_t index, bool *is_list) {
  return argument(op->outputs, op->num_outputs, index, is_list);
}

const char *hr_op_def_attr(const hr_op_def *op, int32_t index, hr_attr_kind *kind, bool *is_list) {
  if (index < 0 || index >= op->num_attrs) return NULL;
  *kind = (hr_attr_kind)op->attrs[index].kind;
  *is_list = op->attrs[index].is_list;
  return op->attrs[index].name;
}

bool hr_op_def_find_attr(const hr_op_def *op, const char *name, hr_attr_kind *kind, bool *is_list) {
  return hr_op_def_attr(op, hr_op_attr_index(op, name, strlen(name)), kind, is_list) != NULL;
}

void hr_node_output_range(const hr_node *node, int32_t argument, int32_t *first, int32_t *count) {
  *first = 0;
  for (int32_t i = 0;; ++i) {
    const hr_arg_def *def = &node->op->outputs[i];
    *count = def->number_attr >= 0      ? (int32_t)node->attrs[def->number_attr].i
             : def->type_list_attr >= 0 ? node->attrs[def->type_list_attr].count
                                        : 1;
    if (i == argument) return;
    *first += *count;
  }
}
