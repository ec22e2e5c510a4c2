/* Products of matrices and of windows, and elementwise nodes that cannot fail, that nobody reads. A step of training
 * makes the gradient of every input of an operation before any of them is used (TensorFlow's tuple/group_deps), that of
 * the data included, which costs as much as the layer itself. */
#include "runtime/plan/rewrite.h"
#include "runtime/plan/transfer.h"
#include <string.h>

/* What has one operand has no shapes that do not fit. */
static bool is_worth_it(const hr_plan_node *n) {
  static const char *const products[] = {"MatMul", "BatchMatMulV2", "Conv2DBackpropInput", "Conv2DBackpropFilter"};
  for (size_t i = 0; i < sizeof products / sizeof *products; ++i)
    if (strcmp(n->node->op->name, products[i]) == 0) return true;
  return (n->kernel->flags & HR_KERNEL_ELEMENTWISE) && n->num_inputs == 1;
}

/* A control edge from a node that may be dead says so to those that wait for it. */
static bool is_always_alive(const hr_plan *plan, int32_t place) {
  return !plan->flow || !plan->flow->is_controlled ||
         (plan->flow->nodes[place].loop < 0 && plan->flow->nodes[place].condition == HR_ALWAYS);
}

/* Has it no effect but its value? That goes for what is brought from another device, too. */
static bool may_go(const hr_rewriting *r, int32_t place) {
  const hr_node *node = r->plan->nodes[place].node;
  bool is_transfer = hr_is_send(node) || hr_is_recv(node);
  return is_transfer ? !r->removed[place] && !hr_node_set_has(&r->wanted, node->id) : hr_is_replaceable(r, place);
}

/* Takes the node at `place` out, and what it alone read and that has no effect but its value. */
static void take_out(hr_rewriting *r, int32_t place, int32_t *readers, int32_t *waiters) {
  const hr_node *node = r->plan->nodes[place].node;
  r->removed[place] = true;
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    int32_t input = hr_place_of(r, hr_follow_alias(r->plan, node->inputs[i]).node);
    if (input < 0 || --readers[input] > 0 || waiters[input] > 0 || r->plan->nodes[input].num_inputs == 0 ||
        !may_go(r, input))
      continue;
    take_out(r, input, readers, waiters);
  }
}

hr_status hr_remove_unobserved(hr_rewriting *r) {
  const hr_plan *plan = r->plan;
  int32_t *readers = hr_arena_zalloc(&r->scratch, sizeof *readers * ((size_t)plan->num_nodes + 1), _Alignof(int32_t));
  int32_t *waiters = hr_arena_zalloc(&r->scratch, sizeof *waiters * ((size_t)plan->num_nodes + 1), _Alignof(int32_t));
  if (!readers || !waiters) return hr_error_out_of_memory(sizeof *readers * (size_t)plan->num_nodes, "a plan");
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    const hr_node *node = plan->nodes[i].node;
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      int32_t input = hr_place_of(r, node->inputs[k].node);
      if (input >= 0) ++readers[input];
    }
    for (int32_t k = 0; k < node->num_control_inputs; ++k) {
      int32_t input = hr_place_of(r, node->control_inputs[k]);
      if (input >= 0) ++waiters[input];
    }
  }
  for (int32_t i = plan->num_nodes - 1; i >= 0; --i)
    if (is_worth_it(&plan->nodes[i]) && readers[i] == 0 && is_always_alive(plan, i) && hr_is_replaceable(r, i))
      take_out(r, i, readers, waiters);
  return HR_SUCCESS;
}
