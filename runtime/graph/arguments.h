/* Which argument of the op an input or output of a node belongs to. */
#ifndef HR_RUNTIME_GRAPH_ARGUMENTS_H
#define HR_RUNTIME_GRAPH_ARGUMENTS_H

#include "runtime/graph/node.h"

typedef struct hr_input_walk {
  const hr_node *node;
  int32_t argument, left; /* the argument of the input before, and how many more of it follow */
} hr_input_walk;

/* Before the first input. */
static inline hr_input_walk hr_input_walk_of(const hr_node *node) {
  return (hr_input_walk){.node = node, .argument = -1};
}

/* How many inputs or outputs an argument has. */
static inline int32_t hr_argument_length(const hr_node *node, const hr_arg_def *argument) {
  if (argument->number_attr >= 0) return (int32_t)node->attrs[argument->number_attr].i;
  if (argument->type_list_attr >= 0) return node->attrs[argument->type_list_attr].count;
  return 1;
}

/* The argument of the next input; there must be one. */
static inline const hr_arg_def *hr_next_input(hr_input_walk *walk) {
  while (walk->left == 0)
    walk->left = hr_argument_length(walk->node, &walk->node->op->inputs[++walk->argument]);
  --walk->left;
  return &walk->node->op->inputs[walk->argument];
}

/* The argument of an output. */
static inline const hr_arg_def *hr_argument_of_output(const hr_node *node, int32_t index) {
  int argument = 0;
  while (index >= hr_argument_length(node, &node->op->outputs[argument]))
    index -= hr_argument_length(node, &node->op->outputs[argument++]);
  return &node->op->outputs[argument];
}

#endif
