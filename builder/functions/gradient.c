#include "builder/functions/gradient.h"

#include "builder/builder.h"
#include "builder/functions/while_gradient.h"
#include "builder/gradient_rows.h"
#include "runtime/graph/attr.h"
#include "runtime/graph/function_call.h"

/* The function that a node calls as it is; NULL for other nodes. `*is_known` false where the library lacks it. */
static const char *called_function(const hr_node *node) {
  if (node->op->flags & HR_OP_FUNCTION) return node->op->name;
  bool is_plain =
      strcmp(node->op->name, "PartitionedCall") == 0 || strcmp(node->op->name, "StatefulPartitionedCall") == 0;
  return is_plain ? hr_node_attr(node, "f")->func->name : NULL;
}

/* The function with all attributes of the call, as TensorFlow hands it to SymbolicGradient. */
static const hr_function_attr *function_value(hr_scope scope, const hr_node *node) {
  int32_t count = node->op->num_attrs;
  const hr_extra_attr *extras = atomic_load_explicit(&((hr_node *)(uintptr_t)node)->extra_attrs, memory_order_acquire);
  for (const hr_extra_attr *extra = extras; extra; extra = extra->next)
    ++count;
  hr_function_attr *value = hr_keep_bytes(scope, sizeof *value);
  const char **names = hr_keep_bytes(scope, sizeof *names * ((size_t)count + 1));
  hr_attr_value *values = hr_keep_bytes(scope, sizeof *values * ((size_t)count + 1));
  if (!value || !names || !values) return NULL;
  count = 0;
  for (int i = 0; i < node->op->num_attrs; ++i) {
    names[count] = node->op->attrs[i].name;
    values[count++] = node->attrs[i];
  }
  for (const hr_extra_attr *extra = extras; extra; extra = extra->next) {
    names[count] = extra->name;
    values[count++] = extra->value;
  }
  *value = (hr_function_attr){called_function(node), count, names, values};
  return value;
}

static hr_status symbolic_gradient(hr_gradient_context *c) {
  const hr_node *node = c->node;
  int32_t count = node->num_inputs + node->num_outputs;
  hr_output *inputs = hr_keep_bytes(c->scope, sizeof *inputs * ((size_t)count + 1));
  hr_dtype *types = hr_keep_bytes(c->scope, sizeof *types * ((size_t)node->num_inputs + 1));
  const hr_function_attr *function = function_value(c->scope, node);
  if (!inputs || !types || !function) return HR_SUCCESS;
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    inputs[i] = node->inputs[i];
    types[i] = hr_output_base_dtype(inputs[i]);
  }
  for (int32_t i = 0; i < node->num_outputs; ++i)
    inputs[node->num_inputs + i] = hr_gradient_as_argument(c->scope, c->outputs[i]);
  hr_outputs gradients =
      hr_symbolic_gradient(c->scope, ((hr_outputs){count, inputs}), ((hr_types){node->num_inputs, types}), function);
  for (int32_t i = 0; i < gradients.count; ++i)
    c->inputs[i] = hr_dense_gradient(gradients.items[i]);
  return HR_SUCCESS;
}

/* A While node that is a program's loop; those made by hand have no gradient. */
static bool is_loop(const hr_node *node) {
  if (strcmp(node->op->name, "While") != 0 && strcmp(node->op->name, "StatelessWhile") != 0) return false;
  const hr_attr_value *lowered = hr_node_attr(node, "_lower_using_switch_merge");
  return lowered && lowered->kind == HR_ATTR_BOOL && lowered->b;
}

bool hr_call_gradient_rule(const hr_node *node, hr_gradient_rule *rule) {
  if (is_loop(node)) {
    *rule = (hr_gradient_rule){hr_differentiate_while, NULL};
    return true;
  }
  const char *name = called_function(node);
  if (!name) return false;
  const hr_function *function = hr_function_find(node->graph, hr_view_of(name));
  *rule = (hr_gradient_rule){symbolic_gradient, NULL};
  if (function && function->gradient) *rule = (hr_gradient_rule){function->gradient, function->gradient_argument};
  return true;
}

bool hr_has_symbolic_gradient(const hr_gradient_rule *rule) { return rule->function == symbolic_gradient; }
