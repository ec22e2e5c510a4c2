/* Walks the inputs of a node with the argument of the op that each belongs to. */
#ifndef HR_RUNTIME_GRAPH_INPUT_WALK_H
#define HR_RUNTIME_GRAPH_INPUT_WALK_H

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

#endif
