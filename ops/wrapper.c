#include "ops/wrapper.h"
#include <stdlib.h>

/* Inputs that fit on the stack; more are rare (AddN of many gradients, SaveV2 of many variables). */
#define STACK_INPUTS 64

hr_node *hr_add_grouped_node(hr_scope scope, const hr_op_def *op, const char *name, const hr_outputs *groups,
                             const hr_attr_value *attrs) {
  int32_t counts[UINT8_MAX];
  int64_t total = 0;
  for (int i = 0; i < op->num_inputs; ++i) {
    counts[i] = groups[i].count;
    if (counts[i] < 0) {
      hr_scope_fail(scope, hr_error(HR_INVALID_ARGUMENT, "Input '%s' of '%s' Op has %d tensors", op->inputs[i].name,
                                    op->name, counts[i]));
      return NULL;
    }
    total += counts[i];
  }
  if (total > INT32_MAX) {
    hr_scope_fail(scope, hr_error(HR_INVALID_ARGUMENT, "'%s' Op with %lld inputs", op->name, (long long)total));
    return NULL;
  }
  hr_output stack[STACK_INPUTS];
  hr_output *inputs = total <= STACK_INPUTS ? stack : malloc((size_t)total * sizeof *inputs);
  if (!inputs) {
    hr_scope_fail(scope, hr_error_out_of_memory((unsigned long long)total * sizeof *inputs, "inputs of a node"));
    return NULL;
  }
  int32_t filled = 0;
  for (int i = 0; i < op->num_inputs; ++i) {
    for (int32_t j = 0; j < counts[i]; ++j)
      inputs[filled++] = groups[i].items[j];
  }
  const hr_node_args args = {
      .name = name, .inputs = inputs, .num_inputs = filled, .arg_counts = counts, .attrs = attrs};
  hr_node *node = hr_add_node(scope, op, &args);
  if (inputs != stack) free(inputs);
  return node;
}

hr_outputs hr_wrapped_outputs(hr_scope scope, hr_node *node, int argument) {
  if (!node) return (hr_outputs){0, NULL};
  int32_t first, count;
  hr_node_output_range(node, argument, &first, &count);
  hr_output *items = HR_ARENA_ARRAY(hr_graph_arena(node->graph), hr_output, count);
  if (!items) {
    hr_scope_fail(scope, hr_error_out_of_memory((unsigned long long)count * sizeof *items, "outputs of a node"));
    return (hr_outputs){0, NULL};
  }
  for (int32_t i = 0; i < count; ++i)
    items[i] = (hr_output){node, first + i};
  return (hr_outputs){count, items};
}

hr_output hr_wrapped_argument(hr_node *node, int argument) {
  if (!node) return HR_NO_OUTPUT;
  int32_t first, count;
  hr_node_output_range(node, argument, &first, &count);
  return (hr_output){node, first};
}

hr_attr_value hr_strings_value(hr_scope scope, hr_strings strings) {
  size_t count = strings.count > 0 ? (size_t)strings.count : 0;
  hr_bytes *items = HR_ARENA_ARRAY(hr_graph_arena(hr_scope_graph(scope)), hr_bytes, count);
  if (!items) {
    hr_scope_fail(scope, hr_error_out_of_memory(count * sizeof *items, "a list of strings"));
    return (hr_attr_value){0};
  }
  for (size_t i = 0; i < count; ++i)
    items[i] = (hr_bytes){strings.items[i], strlen(strings.items[i])};
  return (hr_attr_value){.kind = HR_ATTR_STRING, .is_list = true, .count = (int32_t)count, .strings = items};
}
