#include "runtime/plan/node_set.h"
#include "runtime/plan/plan.h"
#include <stdlib.h>

typedef struct pruner {
  const hr_plan_request *request;
  hr_node_set needed, fed;
  hr_node **stack;
  int32_t depth, capacity;
} pruner;

static hr_status push(pruner *p, hr_node *node) {
  if (!hr_node_set_add(&p->needed, node->id)) return HR_SUCCESS;
  if (p->depth == p->capacity) {
    int32_t capacity = p->capacity ? 2 * p->capacity : 256;
    hr_node **stack = realloc(p->stack, sizeof *stack * (size_t)capacity);
    if (!stack) return hr_error_out_of_memory(sizeof *stack * (size_t)capacity, "the pruning stack");
    p->stack = stack;
    p->capacity = capacity;
  }
  p->stack[p->depth++] = node;
  return HR_SUCCESS;
}

static bool is_fed(const pruner *p, hr_output output) {
  if (!hr_node_set_has(&p->fed, output.node->id)) return false;
  for (int32_t i = 0; i < p->request->num_feeds; ++i) {
    if (hr_output_equal(p->request->feeds[i], output)) return true;
  }
  return false;
}

/* A fed placeholder has no effect to wait for; any other fed node that something waits for still runs. */
static bool is_fed_placeholder(const pruner *p, const hr_node *node) {
  return hr_node_set_has(&p->fed, node->id) && node->num_inputs == 0 && node->num_outputs == 1 &&
         (strcmp(node->op->name, "Placeholder") == 0 || strcmp(node->op->name, "PlaceholderV2") == 0);
}

static hr_status visit_all(pruner *p) {
  const hr_plan_request *request = p->request;
  for (int32_t i = 0; i < request->num_fetches; ++i) {
    if (!is_fed(p, request->fetches[i])) HR_TRY(push(p, request->fetches[i].node));
  }
  for (int32_t i = 0; i < request->num_targets; ++i)
    HR_TRY(push(p, request->targets[i]));
  while (p->depth > 0) {
    hr_node *node = p->stack[--p->depth];
    for (int32_t i = 0; i < node->num_inputs; ++i) {
      hr_output input = node->inputs[i];
      if (input.node && !is_fed(p, input)) HR_TRY(push(p, input.node));
    }
    for (int32_t i = 0; i < node->num_control_inputs && !request->ignore_controls; ++i) {
      hr_node *input = node->control_inputs[i];
      if (is_fed_placeholder(p, input)) continue;
      HR_TRY(push(p, input));
    }
  }
  return HR_SUCCESS;
}

hr_status hr_plan_prune(const hr_plan_request *request, hr_arena *arena, hr_node ***nodes, int32_t *count) {
  hr_arena scratch = {0};
  pruner p = {.request = request};
  int32_t limit = hr_graph_node_count(request->graph);
  hr_status status = HR_SUCCESS;
  if (!hr_node_set_init(&p.needed, &scratch, limit) || !hr_node_set_init(&p.fed, &scratch, limit)) {
    status = hr_error_out_of_memory((size_t)limit / 4, "the set of nodes to run");
    goto done;
  }
  for (int32_t i = 0; i < request->num_feeds; ++i)
    hr_node_set_add(&p.fed, request->feeds[i].node->id);
  HR_TRY_GOTO(status, visit_all(&p), done);

  *count = 0;
  for (int32_t i = 0; i < p.needed.words; ++i)
    *count += __builtin_popcountll(p.needed.bits[i]);
  *nodes = HR_ARENA_ARRAY(arena, hr_node *, *count + 1);
  if (!*nodes) {
    status = hr_error_out_of_memory(sizeof(hr_node *) * (size_t)*count, "a plan");
    goto done;
  }
  int32_t n = 0;
  for (int32_t i = 0; i < p.needed.words; ++i) {
    for (uint64_t word = p.needed.bits[i]; word; word &= word - 1)
      (*nodes)[n++] = hr_graph_node(request->graph, i * 64 + __builtin_ctzll(word));
  }
done:
  free(p.stack);
  hr_arena_free(&scratch);
  return status;
}
