#include "runtime/plan/unobserved.h"
#include <string.h>

static bool is_product(const hr_node *node) {
  return strcmp(node->op->name, "MatMul") == 0 || strcmp(node->op->name, "BatchMatMulV2") == 0;
}

/* Stateful ops whose state is another node's to change. */
static bool only_holds(const hr_node *node) {
  static const char *const ops[] = {"VariableV2", "Variable", "VarHandleOp", "ReadVariableOp"};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; ++i)
    if (strcmp(node->op->name, ops[i]) == 0) return true;
  return false;
}

/* What Merge and CheckNumerics and the like do is more than their value, too. */
static bool has_effect(const hr_node *node) {
  if ((node->op->flags & HR_OP_STATEFUL) && !only_holds(node)) return true;
  for (int i = 0; i < node->op->num_inputs; ++i)
    if (node->op->inputs[i].is_ref) return true; /* Assign and its like, which TensorFlow does not call stateful */
  static const char *const more[] = {"CheckNumerics", "EnsureShape", "Merge", "NextIteration", "Enter", "Switch"};
  for (size_t i = 0; i < sizeof more / sizeof *more; ++i)
    if (strcmp(node->op->name, more[i]) == 0) return true;
  return false;
}

static bool waits_for_effect(const hr_unobserved *u, const hr_node *node) {
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    const hr_node *input = node->inputs[i].node;
    if (!input || input->id >= node->id || hr_node_set_has(&u->effects, input->id)) return true;
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    const hr_node *input = node->control_inputs[i];
    if (input->id >= node->id || hr_node_set_has(&u->effects, input->id)) return true;
  }
  return false;
}

/* In the order of creation, which edges follow but for those of loops. */
static void find_effects(hr_unobserved *u) {
  int32_t count = hr_graph_node_count(u->graph);
  u->failed = !hr_node_set_init(&u->effects, u->arena, count);
  for (int32_t i = 0; i < count && !u->failed; ++i) {
    const hr_node *node = hr_graph_node(u->graph, i);
    if (has_effect(node) || waits_for_effect(u, node)) hr_node_set_add(&u->effects, i);
  }
}

bool hr_is_unobserved(hr_unobserved *u, const hr_node *node) {
  if (!is_product(node) || u->failed) return false;
  if (!u->effects.bits) find_effects(u);
  return !u->failed && node->id < 64 * u->effects.words && !hr_node_set_has(&u->effects, node->id);
}
