/* Loops as the dataflow executor sees them: what each iteration needs memory for. */
#include "runtime/plan/flow.h"

#define NEW_ARRAY(arena, pointer, count)                                                                               \
  do {                                                                                                                 \
    (pointer) = hr_arena_zalloc((arena), sizeof *(pointer) * ((size_t)(count) + 1), _Alignof(max_align_t));            \
    if (!(pointer)) return hr_error_out_of_memory(sizeof *(pointer) * (size_t)(count), "the loops of a plan");         \
  } while (0)

/* The loop in which the outputs of node i are read. */
static int32_t frame_of_outputs(const hr_plan *plan, int32_t i) {
  const hr_plan_flow *flow = plan->flow;
  switch (hr_control_of(plan->nodes[i].node)) {
  case HR_CONTROL_ENTER: return hr_loop_entered(flow, flow->nodes[i].loop, plan->nodes[i].node);
  case HR_CONTROL_EXIT: return flow->loops[flow->nodes[i].loop].parent;
  default: return flow->nodes[i].loop;
  }
}

static void number_slot(hr_plan_flow *flow, int32_t slot, int32_t loop) {
  flow->slot_loop[slot] = loop;
  flow->local_slot[slot] = loop < 0 ? slot : flow->loops[loop].num_slots++;
}

hr_status hr_plan_part_frames(hr_plan *plan) {
  hr_plan_flow *flow = plan->flow;
  NEW_ARRAY(&plan->arena, flow->members, plan->num_nodes);
  NEW_ARRAY(&plan->arena, flow->local_node, plan->num_nodes);
  NEW_ARRAY(&plan->arena, flow->slot_loop, plan->num_slots);
  NEW_ARRAY(&plan->arena, flow->local_slot, plan->num_slots);
  for (int32_t s = 0; s < plan->num_slots; ++s)
    number_slot(flow, s, -1);
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    const hr_plan_node *node = &plan->nodes[i];
    int32_t loop = flow->nodes[i].loop, outside = frame_of_outputs(plan, i);
    flow->local_node[i] = loop < 0 ? i : flow->loops[loop].num_nodes++;
    for (int32_t k = 0; k < node->num_outputs; ++k)
      number_slot(flow, node->first_slot + k, outside);
    for (int32_t d = 0; d < node->num_dereferences; ++d)
      number_slot(flow, plan->dereferences[node->first_dereference + d].to, loop);
    if (hr_control_of(node->node) != HR_CONTROL_ENTER || outside < 0) continue;
    ++flow->loops[outside].num_enters;
    flow->loops[outside].parallel_iterations = (int32_t)hr_node_attr(node->node, "parallel_iterations")->i;
  }
  int32_t next = 0;
  for (int32_t l = 0; l < flow->num_loops; ++l) {
    flow->loops[l].first_member = next;
    next += flow->loops[l].num_nodes;
  }
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    int32_t loop = flow->nodes[i].loop;
    if (loop >= 0) flow->members[flow->loops[loop].first_member + flow->local_node[i]] = i;
  }
  return HR_SUCCESS;
}
