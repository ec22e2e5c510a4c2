#include "runtime/plan/rewrite.h"

#define NEW_ARRAY(arena, pointer, count)                                                                               \
  do {                                                                                                                 \
    (pointer) = hr_arena_zalloc((arena), sizeof *(pointer) * ((size_t)(count) + 1), _Alignof(max_align_t));            \
    if (!(pointer)) return hr_error_out_of_memory(sizeof *(pointer) * (size_t)(count), "the rewriting of a plan");     \
  } while (0)

bool hr_is_fed(const hr_plan_request *request, const hr_node *node) {
  for (int32_t i = 0; i < request->num_feeds; ++i)
    if (request->feeds[i].node == node) return true;
  return false;
}

bool hr_is_pure(const hr_rewriting *r, int32_t place) {
  const hr_plan_node *n = &r->plan->nodes[place];
  const hr_node *node = n->node;
  if (r->removed[place] || (node->op->flags & HR_OP_STATEFUL) || hr_control_of(node) != HR_CONTROL_NONE ||
      n->kernel->compute_async)
    return false;
  for (int32_t k = 0; k < node->num_outputs; ++k)
    if (hr_dtype_is_ref(hr_node_output_dtype(node, k))) return false;
  for (int32_t i = 0; i < node->num_inputs; ++i) /* when a variable is read is nobody's to change */
    if (hr_dtype_is_ref(hr_output_dtype(node->inputs[i]))) return false;
  return node->num_outputs > 0;
}

bool hr_is_replaceable(const hr_rewriting *r, int32_t place) {
  return hr_is_pure(r, place) && !hr_node_set_has(&r->wanted, r->plan->nodes[place].node->id);
}

void hr_leave_out(hr_rewriting *r, int32_t place, const hr_node *node, int32_t index) {
  const hr_node *old = r->plan->nodes[place].node;
  r->plan->aliases[old->id] = (hr_alias){node, index};
  r->removed[place] = true;
}

static hr_status prepare(hr_rewriting *r) {
  hr_plan *plan = r->plan;
  int32_t limit = hr_graph_node_count(r->request->graph);
  if (!hr_node_set_init(&r->wanted, &r->scratch, limit) || !hr_node_set_init(&r->members, &r->scratch, limit))
    return hr_error_out_of_memory((size_t)limit / 4, "the rewriting of a plan");
  /* The request's, which are the nodes of the plan's own graph where it has one. */
  for (int32_t i = 0; i < r->request->num_feeds; ++i)
    hr_node_set_add(&r->wanted, r->request->feeds[i].node->id);
  for (int32_t i = 0; i < r->request->num_fetches; ++i)
    hr_node_set_add(&r->wanted, r->request->fetches[i].node->id);
  for (int32_t i = 0; i < r->request->num_targets; ++i)
    hr_node_set_add(&r->wanted, r->request->targets[i]->id);
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    hr_node_set_add(&r->members, plan->nodes[i].node->id);
  if (hr_node_set_rank(&r->members, &r->scratch) < 0)
    return hr_error_out_of_memory((size_t)limit / 16, "the rewriting of a plan");
  NEW_ARRAY(&r->scratch, r->index_of, plan->num_nodes);
  NEW_ARRAY(&r->scratch, r->removed, plan->num_nodes);
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    r->index_of[hr_node_set_index(&r->members, plan->nodes[i].node->id)] = i;
  NEW_ARRAY(&plan->arena, plan->aliases, limit);
  return HR_SUCCESS;
}

/* Closes the gaps. */
static void compact(hr_rewriting *r) {
  hr_plan *plan = r->plan;
  int32_t count = 0;
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    hr_plan_node *n = &plan->nodes[i];
    if (r->removed[i] && n->state && n->kernel->destroy) n->kernel->destroy(n->state);
    if (r->removed[i]) continue;
    memcpy(&plan->nodes[count], &plan->nodes[i], sizeof plan->nodes[count]);
    if (plan->flow) plan->flow->nodes[count] = plan->flow->nodes[i];
    ++count;
  }
  if (count == plan->num_nodes) plan->aliases = NULL;
  plan->num_nodes = count;
}

static hr_status run_passes(hr_rewriting *r) {
  uint32_t off = r->request->rewrites_off;
  if (!(off & HR_REWRITE_UNOBSERVED)) HR_TRY(hr_remove_unobserved(r));
  if (!(off & HR_REWRITE_DUPLICATES)) HR_TRY(hr_remove_duplicates(r));
  if (!(off & HR_REWRITE_IDENTITIES)) HR_TRY(hr_remove_identities(r));
  if (!(off & HR_REWRITE_FUSION)) HR_TRY(hr_fuse_elementwise(r));
  if (!(off & HR_REWRITE_FUSION)) HR_TRY(hr_fuse_updates(r));
  return HR_SUCCESS;
}

hr_status hr_plan_rewrite(const hr_plan_request *request, hr_plan *plan) {
  uint32_t passes = HR_REWRITE_ALL & ~(uint32_t)(HR_REWRITE_CONSTANTS | HR_REWRITE_MEMORY);
  if ((request->rewrites_off & passes) == passes || request->keep_values) return HR_SUCCESS;
  hr_rewriting r = {.request = request, .plan = plan};
  hr_status status = prepare(&r);
  if (!status) status = run_passes(&r);
  if (!status) compact(&r);
  hr_arena_free(&r.scratch);
  return status;
}
