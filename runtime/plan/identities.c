/* Identity nodes that only pass a value on. */
#include "runtime/plan/rewrite.h"
#include <string.h>

/* Not where the value goes into another memory of the device. */
static bool stays_in_place(const hr_plan_node *n) { return !(n->fixed_inputs & 1); }

/* Control edges wait for the Identity itself: it says which branch was taken. */
static hr_status find_control_sources(hr_rewriting *r, hr_node_set *sources) {
  if (!hr_node_set_init(sources, &r->scratch, hr_graph_node_count(r->request->graph)))
    return hr_error_out_of_memory(0, "the rewriting of a plan");
  for (int32_t i = 0; i < r->plan->num_nodes; ++i) {
    const hr_node *node = r->plan->nodes[i].node;
    for (int32_t c = 0; c < node->num_control_inputs; ++c)
      hr_node_set_add(sources, node->control_inputs[c]->id);
  }
  return HR_SUCCESS;
}

hr_status hr_remove_identities(hr_rewriting *r) {
  hr_node_set sources;
  HR_TRY(find_control_sources(r, &sources));
  for (int32_t i = 0; i < r->plan->num_nodes; ++i) {
    const hr_node *node = r->plan->nodes[i].node;
    if (strcmp(node->op->name, "Identity") != 0 || node->num_control_inputs > 0 || !hr_is_replaceable(r, i) ||
        !stays_in_place(&r->plan->nodes[i]) || hr_node_set_has(&sources, node->id))
      continue;
    hr_output input = hr_follow_alias(r->plan, node->inputs[0]);
    /* What comes round a loop or enters it has rules of its own (layout.c). */
    hr_control_flow control = hr_control_of(input.node);
    if (control == HR_CONTROL_NEXT_ITERATION || control == HR_CONTROL_ENTER) continue;
    hr_leave_out(r, i, input.node, input.index);
  }
  return HR_SUCCESS;
}
