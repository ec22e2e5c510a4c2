/* Asynchronous nodes in a walk. Where each of them needs the one before, there is nothing else to do while one waits,
 * so that the walk may wait with it: provided that all that does not need it comes before. Otherwise nodes that wait
 * stand side by side, one may be what another waits for, and the plan goes through the dataflow executor. */
#include "runtime/plan/flow.h"
#include "runtime/plan/kernel_registry.h"
#include <string.h>

/* Nodes by how many waits they need. */
typedef struct waiting {
  const hr_plan_request *request;
  int32_t *place; /* by node id; -1: not in the plan */
  int32_t *level; /* by place: the waits before it, itself included */
  int32_t num_waits;
} waiting;

static bool is_fed(const hr_plan_request *request, hr_output output) {
  for (int32_t i = 0; i < request->num_feeds; ++i)
    if (hr_output_equal(request->feeds[i], output)) return true;
  return false;
}

static int32_t level_of(const waiting *w, const hr_node *node) {
  int32_t place = w->place[node->id];
  return place < 0 ? 0 : w->level[place];
}

/* The waits behind which the node stands. */
static int32_t waits_before(const waiting *w, const hr_node *node) {
  int32_t level = 0;
  for (int32_t i = 0; i < node->num_inputs + node->num_control_inputs; ++i) {
    bool is_control = i >= node->num_inputs;
    const hr_node *from = is_control ? node->control_inputs[i - node->num_inputs] : node->inputs[i].node;
    if (!from || (!is_control && is_fed(w->request, node->inputs[i]))) continue;
    int32_t of_input = level_of(w, from);
    if (of_input > level) level = of_input;
  }
  return level;
}

/* False where a node waits that does not need the one which waits before. What another task sends is never waited for:
 * that may need what this walk would send later. */
static bool find_levels(waiting *w, hr_node **nodes, int32_t count, const char *device_type) {
  for (int32_t i = 0; i < count; ++i) {
    const hr_kernel_def *kernel;
    hr_status status = hr_kernel_find(nodes[i], device_type, &kernel);
    hr_status_free(status); /* told when the kernels are made */
    if (status) return false;
    w->level[i] = waits_before(w, nodes[i]);
    w->place[nodes[i]->id] = i;
    if (!kernel->compute_async) continue;
    if (hr_is_edge_end(nodes[i]) || w->level[i] != w->num_waits) return false;
    w->level[i] = ++w->num_waits;
  }
  return w->num_waits > 0;
}

/* By level, and as they were within one. */
static hr_status sort(const waiting *w, hr_arena *scratch, hr_node **nodes, int32_t count) {
  hr_node **old = HR_ARENA_ARRAY(scratch, hr_node *, count + 1);
  int32_t *next = hr_arena_zalloc(scratch, sizeof *next * ((size_t)w->num_waits + 2), _Alignof(int32_t));
  if (!old || !next) return hr_error_out_of_memory(sizeof *old * (size_t)count, "the order of a plan");
  memcpy(old, nodes, sizeof *old * (size_t)count);
  for (int32_t i = 0; i < count; ++i)
    ++next[w->level[i] + 1];
  for (int32_t l = 0; l < w->num_waits; ++l)
    next[l + 1] += next[l];
  for (int32_t i = 0; i < count; ++i)
    nodes[next[w->level[i]]++] = old[i];
  return HR_SUCCESS;
}

hr_status hr_plan_order_waits(const hr_plan_request *request, hr_arena *arena, hr_arena *scratch, hr_node **nodes,
                              int32_t count, hr_plan_flow **flow, int32_t **loop_of) {
  if (*flow && ((*flow)->is_controlled || !(*flow)->is_walkable)) return HR_SUCCESS;
  size_t limit = (size_t)hr_graph_node_count(request->graph) + 1;
  waiting w = {.request = request};
  w.place = HR_ARENA_ARRAY(scratch, int32_t, limit);
  w.level = hr_arena_zalloc(scratch, sizeof *w.level * ((size_t)count + 1), _Alignof(int32_t));
  if (!w.place || !w.level) return hr_error_out_of_memory(limit * sizeof *w.place, "the order of a plan");
  memset(w.place, -1, sizeof *w.place * limit);
  if (!find_levels(&w, nodes, count, request->devices->devices[0]->type)) return HR_SUCCESS;
  HR_TRY(sort(&w, scratch, nodes, count));
  if (!*flow) {
    *flow = hr_arena_zalloc(arena, sizeof **flow, _Alignof(hr_plan_flow));
    *loop_of = HR_ARENA_ARRAY(scratch, int32_t, count + 1);
    if (!*flow || !*loop_of) return hr_error_out_of_memory(sizeof **flow, "the order of a plan");
    memset(*loop_of, -1, sizeof **loop_of * (size_t)count);
    (*flow)->is_walkable = true;
  }
  (*flow)->waits_in_order = true;
  return HR_SUCCESS;
}
