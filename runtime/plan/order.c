/* The order in which a plan's nodes run. */
#include "runtime/plan/flow.h"
#include "runtime/plan/node_set.h"
#include <stdlib.h>
#include <string.h>

#define MAX_NESTING 200 /* of loops: they are ordered recursively */

typedef struct ordering {
  const hr_plan_request *request;
  hr_arena *arena, *scratch;
  hr_node **nodes; /* by rising id */
  int32_t count;
  hr_node_set members;
  int32_t *first_consumer, *consumers; /* of node i: consumers[first_consumer[i]...first_consumer[i + 1]) */
  int32_t *pending;
  int32_t *frame; /* of node i: the loop it runs in, -1 */
  hr_plan_loop *loops;
  int32_t num_loops, loop_capacity;
  int32_t *target;       /* of an Enter: the loop it leads into */
  int32_t *loop_pending; /* of a loop: the Enter nodes it waits for */
  int32_t *topological;  /* an order that does not keep loops together */
  int32_t *first_of_frame, *by_frame;
  int32_t *result;
  int32_t num_results;
} ordering;

#define NEW_ARRAY(o, pointer, length)                                                                                  \
  do {                                                                                                                 \
    (pointer) = hr_arena_zalloc((o)->scratch, sizeof *(pointer) * ((size_t)(length) + 1), _Alignof(max_align_t));      \
    if (!(pointer)) return hr_error_out_of_memory(sizeof *(pointer) * (size_t)(length), "the order of a plan");        \
  } while (0)

bool hr_is_loop_merge(const hr_node *node) {
  if (hr_control_of(node) != HR_CONTROL_MERGE) return false;
  for (int32_t i = 0; i < node->num_inputs; ++i)
    if (node->inputs[i].node && hr_control_of(node->inputs[i].node) == HR_CONTROL_NEXT_ITERATION) return true;
  return false;
}

static bool is_fed(const hr_plan_request *request, hr_output output) {
  for (int32_t i = 0; i < request->num_feeds; ++i)
    if (hr_output_equal(request->feeds[i], output)) return true;
  return false;
}

/* The producer of an edge: an index, or -1 where it is fed, pruned, or not connected. */
static int32_t producer_of(const ordering *o, const hr_node *node, int32_t edge) {
  if (edge >= node->num_inputs)
    return hr_node_set_index(&o->members, node->control_inputs[edge - node->num_inputs]->id);
  hr_output input = node->inputs[edge];
  if (!input.node || is_fed(o->request, input)) return -1;
  return hr_node_set_index(&o->members, input.node->id);
}
static int32_t edges_of(const hr_node *node) { return node->num_inputs + node->num_control_inputs; }

/* From the end of an iteration to the beginning of the next. */
static bool is_back_edge(const ordering *o, int32_t from, const hr_node *to) {
  return hr_control_of(o->nodes[from]) == HR_CONTROL_NEXT_ITERATION && hr_control_of(to) == HR_CONTROL_MERGE;
}

/* Constants belong to every loop. */
static bool is_constant(const hr_node *node) {
  return node->num_control_inputs == 0 && strcmp(node->op->name, "Const") == 0;
}

static hr_status connect(ordering *o) {
  NEW_ARRAY(o, o->first_consumer, o->count + 1);
  NEW_ARRAY(o, o->pending, o->count);
  int32_t edges = 0;
  for (int32_t i = 0; i < o->count; ++i)
    for (int32_t e = 0; e < edges_of(o->nodes[i]); ++e) {
      int32_t producer = producer_of(o, o->nodes[i], e);
      if (producer < 0 || is_back_edge(o, producer, o->nodes[i])) continue;
      ++o->first_consumer[producer + 1];
      ++o->pending[i];
      ++edges;
    }
  for (int32_t i = 0; i < o->count; ++i)
    o->first_consumer[i + 1] += o->first_consumer[i];
  NEW_ARRAY(o, o->consumers, edges);
  int32_t *next;
  NEW_ARRAY(o, next, o->count);
  memcpy(next, o->first_consumer, sizeof *next * (size_t)o->count);
  for (int32_t i = 0; i < o->count; ++i)
    for (int32_t e = 0; e < edges_of(o->nodes[i]); ++e) {
      int32_t producer = producer_of(o, o->nodes[i], e);
      if (producer >= 0 && !is_back_edge(o, producer, o->nodes[i])) o->consumers[next[producer]++] = i;
    }
  return HR_SUCCESS;
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

/* The loop of that name inside `parent`, a new one if need be. */
static hr_status find_loop(ordering *o, const char *name, int32_t parent, int32_t *out) {
  for (int32_t i = o->num_loops - 1; i >= 0; --i)
    if (o->loops[i].parent == parent && strcmp(o->loops[i].name, name) == 0) {
      *out = i;
      return HR_SUCCESS;
    }
  int32_t depth = 0;
  for (int32_t l = parent; l >= 0; l = o->loops[l].parent)
    if (++depth >= MAX_NESTING)
      return hr_error(HR_UNIMPLEMENTED, "Loops are nested more than %d deep at %s", MAX_NESTING, name);
  if (o->num_loops == o->loop_capacity) {
    int32_t capacity = o->loop_capacity ? 2 * o->loop_capacity : 8;
    hr_plan_loop *loops = realloc(o->loops, sizeof *loops * (size_t)capacity);
    if (!loops) return hr_error_out_of_memory(sizeof *loops * (size_t)capacity, "the loops of a plan");
    o->loops = loops;
    o->loop_capacity = capacity;
  }
  *out = o->num_loops;
  o->loops[o->num_loops++] = (hr_plan_loop){.name = name, .parent = parent};
  return HR_SUCCESS;
}

/* The loop in which readers of node `i` run. */
static int32_t frame_of_outputs(const ordering *o, int32_t i) {
  switch (hr_control_of(o->nodes[i])) {
  case HR_CONTROL_ENTER: return o->target[i];
  case HR_CONTROL_EXIT: return o->loops[o->frame[i]].parent;
  default: return o->frame[i];
  }
}

/* A node runs in the loop that its inputs come from. */
static hr_status find_frame(ordering *o, int32_t i) {
  const hr_node *node = o->nodes[i];
  int32_t frame = -1;
  const hr_node *decider = NULL;
  for (int32_t e = 0; e < edges_of(node); ++e) {
    int32_t producer = producer_of(o, node, e);
    if (producer < 0 || is_back_edge(o, producer, node) || is_constant(o->nodes[producer])) continue;
    int32_t other = frame_of_outputs(o, producer);
    if (decider && other != frame)
      return hr_error(HR_INVALID_ARGUMENT,
                      "The node '%s' has inputs from different frames. The input '%s' is in frame '%s'. The input '%s' "
                      "is in frame '%s'.",
                      node->name, decider->name, frame < 0 ? "" : o->loops[frame].name, o->nodes[producer]->name,
                      other < 0 ? "" : o->loops[other].name);
    frame = other;
    decider = o->nodes[producer];
  }
  o->frame[i] = frame;
  if (hr_control_of(node) == HR_CONTROL_ENTER)
    return find_loop(o, hr_node_attr(node, "frame_name")->s, frame, &o->target[i]);
  if (hr_control_of(node) == HR_CONTROL_EXIT && frame < 0)
    return hr_error(HR_INVALID_ARGUMENT, "The node '%s' leaves a loop, and is in none", node->name);
  return HR_SUCCESS;
}

static hr_status find_frames(ordering *o) {
  NEW_ARRAY(o, o->frame, o->count);
  NEW_ARRAY(o, o->target, o->count);
  int32_t *pending, head = 0, tail = 0;
  NEW_ARRAY(o, o->topological, o->count);
  NEW_ARRAY(o, pending, o->count);
  memcpy(pending, o->pending, sizeof *pending * (size_t)o->count);
  for (int32_t i = 0; i < o->count; ++i)
    if (pending[i] == 0) o->topological[tail++] = i;
  while (head < tail) {
    int32_t i = o->topological[head++];
    HR_TRY(find_frame(o, i));
    for (int32_t c = o->first_consumer[i]; c < o->first_consumer[i + 1]; ++c)
      if (--pending[o->consumers[c]] == 0) o->topological[tail++] = o->consumers[c];
  }
  if (tail == o->count) return HR_SUCCESS;
  int32_t waiting = 0;
  while (pending[waiting] == 0)
    ++waiting;
  return hr_error(HR_INVALID_ARGUMENT, "%d nodes of the graph wait for each other in a cycle, %s among them",
                  o->count - tail, o->nodes[waiting]->name);
}

/* ---- the order --------------------------------------------------------------------------------------------------- */

/* What stands directly in a loop, or in none: nodes, and from o->count on the loops inside. Those that are ready, the
 * smallest key first. */
typedef struct heap {
  int32_t *items;
  int32_t count;
} heap;

/* What begins an iteration comes first, the rest as it was made. */
static int32_t key_of(const ordering *o, int32_t item) {
  if (item >= o->count) return o->loops[item - o->count].begin;
  return hr_is_loop_merge(o->nodes[item]) ? item - o->count : item;
}

static void heap_push(const ordering *o, heap *h, int32_t item) {
  int32_t at = h->count++;
  for (int32_t up; at > 0 && key_of(o, h->items[up = (at - 1) / 2]) > key_of(o, item); at = up)
    h->items[at] = h->items[up];
  h->items[at] = item;
}

static int32_t heap_pop(const ordering *o, heap *h) {
  int32_t top = h->items[0], last = h->items[--h->count], at = 0;
  for (int32_t down = 1; down < h->count; down = 2 * at + 1) {
    if (down + 1 < h->count && key_of(o, h->items[down + 1]) < key_of(o, h->items[down])) ++down;
    if (key_of(o, h->items[down]) >= key_of(o, last)) break;
    h->items[at] = h->items[down];
    at = down;
  }
  h->items[at] = last;
  return top;
}

/* Does the edge from `producer` hold back a node of the same loop? What enters the loop is there before it begins. */
static bool holds_back(const ordering *o, int32_t producer, int32_t consumer) {
  if (producer < 0 || is_back_edge(o, producer, o->nodes[consumer])) return false;
  return hr_control_of(o->nodes[producer]) != HR_CONTROL_ENTER && frame_of_outputs(o, producer) == o->frame[consumer];
}

/* Sorts the nodes by the loop they run in: those of loop l, or of none (-1), from by_frame[first_of_frame[l + 1]]. */
static hr_status sort_by_frame(ordering *o) {
  NEW_ARRAY(o, o->first_of_frame, o->num_loops + 2);
  NEW_ARRAY(o, o->by_frame, o->count);
  for (int32_t l = 0; l < o->num_loops; ++l)
    o->loops[l].begin = INT32_MAX;
  for (int32_t i = 0; i < o->count; ++i) {
    ++o->first_of_frame[o->frame[i] + 2];
    for (int32_t l = o->frame[i]; l >= 0 && o->loops[l].begin == INT32_MAX; l = o->loops[l].parent)
      o->loops[l].begin = i;
  }
  for (int32_t l = 0; l <= o->num_loops; ++l)
    o->first_of_frame[l + 1] += o->first_of_frame[l];
  int32_t *next;
  NEW_ARRAY(o, next, o->num_loops + 1);
  memcpy(next, o->first_of_frame, sizeof *next * ((size_t)o->num_loops + 1));
  for (int32_t i = 0; i < o->count; ++i)
    o->by_frame[next[o->frame[i] + 1]++] = i;
  return HR_SUCCESS;
}

static void count_what_holds_back(ordering *o) {
  for (int32_t i = 0; i < o->count; ++i) {
    o->pending[i] = 0;
    for (int32_t e = 0; e < edges_of(o->nodes[i]); ++e)
      o->pending[i] += holds_back(o, producer_of(o, o->nodes[i], e), i);
    if (hr_control_of(o->nodes[i]) == HR_CONTROL_ENTER) ++o->loop_pending[o->target[i]];
  }
}

/* The consumers of a node that is through, or that the loop it leaves has ended. */
static void release_consumers(ordering *o, int32_t i, heap *ready) {
  for (int32_t c = o->first_consumer[i]; c < o->first_consumer[i + 1]; ++c) {
    int32_t consumer = o->consumers[c];
    if (holds_back(o, i, consumer) && --o->pending[consumer] == 0) heap_push(o, ready, consumer);
  }
}

/* Appends what stands in `frame`; a loop inside, as a block, once all that enters it is there. */
static hr_status order_frame(ordering *o, int32_t frame) {
  const int32_t *members = o->by_frame + o->first_of_frame[frame + 1];
  int32_t count = o->first_of_frame[frame + 2] - o->first_of_frame[frame + 1];
  heap ready = {0};
  NEW_ARRAY(o, ready.items, count + o->num_loops);
  for (int32_t m = 0; m < count; ++m)
    if (o->pending[members[m]] == 0) heap_push(o, &ready, members[m]);
  while (ready.count > 0) {
    int32_t item = heap_pop(o, &ready);
    if (item < o->count) {
      o->result[o->num_results++] = item;
      hr_control_flow control = hr_control_of(o->nodes[item]);
      if (control == HR_CONTROL_ENTER) {
        int32_t loop = o->target[item];
        if (--o->loop_pending[loop] == 0) heap_push(o, &ready, o->count + loop);
      } else if (control != HR_CONTROL_EXIT) {
        release_consumers(o, item, &ready);
      }
      continue;
    }
    int32_t loop = item - o->count;
    HR_TRY(order_frame(o, loop));
    for (int32_t m = o->first_of_frame[loop + 1]; m < o->first_of_frame[loop + 2]; ++m)
      if (hr_control_of(o->nodes[o->by_frame[m]]) == HR_CONTROL_EXIT) release_consumers(o, o->by_frame[m], &ready);
  }
  return HR_SUCCESS;
}

/* True where a node was made before one that it needs: imports and loops do that. */
static bool is_disordered(const ordering *o) {
  for (int32_t i = 0; i < o->count; ++i)
    for (int32_t e = 0; e < edges_of(o->nodes[i]); ++e)
      if (producer_of(o, o->nodes[i], e) >= i) return true;
  return false;
}

static bool has_control_flow(const ordering *o) {
  for (int32_t i = 0; i < o->count; ++i)
    if (hr_control_of(o->nodes[i]) != HR_CONTROL_NONE && !hr_is_edge_end(o->nodes[i])) return true;
  return false;
}

/* Puts the nodes where `result` says, with the loop of each. */
static hr_status rearrange(ordering *o, hr_node **nodes, int32_t **loop_of) {
  hr_node **old;
  NEW_ARRAY(o, old, o->count);
  NEW_ARRAY(o, *loop_of, o->count);
  memcpy(old, nodes, sizeof *old * (size_t)o->count);
  for (int32_t i = 0; i < o->count; ++i) {
    nodes[i] = old[o->result[i]];
    (*loop_of)[i] = o->frame[o->result[i]];
  }
  return HR_SUCCESS;
}

static hr_status order(ordering *o, hr_node **nodes, hr_plan_flow **flow, int32_t **loop_of) {
  int32_t limit = hr_graph_node_count(o->request->graph);
  if (!hr_node_set_init(&o->members, o->scratch, limit))
    return hr_error_out_of_memory((size_t)limit / 8, "the order of a plan");
  for (int32_t i = 0; i < o->count; ++i)
    hr_node_set_add(&o->members, o->nodes[i]->id);
  if (hr_node_set_rank(&o->members, o->scratch) < 0)
    return hr_error_out_of_memory((size_t)limit / 16, "the order of a plan");
  bool controlled = has_control_flow(o);
  if (!controlled && !is_disordered(o)) return HR_SUCCESS;
  HR_TRY(connect(o));
  HR_TRY(find_frames(o));
  HR_TRY(sort_by_frame(o));
  NEW_ARRAY(o, o->result, o->count);
  NEW_ARRAY(o, o->loop_pending, o->num_loops);
  count_what_holds_back(o);
  HR_TRY(order_frame(o, -1));
  bool is_nested = o->num_results == o->count;
  if (!is_nested) memcpy(o->result, o->topological, sizeof *o->result * (size_t)o->count);
  HR_TRY(rearrange(o, nodes, loop_of));
  *flow = hr_arena_zalloc(o->arena, sizeof **flow, _Alignof(hr_plan_flow));
  if (!*flow) return hr_error_out_of_memory(sizeof **flow, "the control flow of a plan");
  (*flow)->is_controlled = controlled;
  (*flow)->is_walkable = is_nested;
  (*flow)->num_loops = o->num_loops;
  (*flow)->loops = HR_ARENA_ARRAY(o->arena, hr_plan_loop, o->num_loops + 1);
  if (!(*flow)->loops) return hr_error_out_of_memory(sizeof(hr_plan_loop) * (size_t)o->num_loops, "a plan");
  if (o->num_loops) memcpy((*flow)->loops, o->loops, sizeof(hr_plan_loop) * (size_t)o->num_loops);
  return HR_SUCCESS;
}

hr_status hr_plan_order(const hr_plan_request *request, hr_arena *arena, hr_arena *scratch, hr_node **nodes,
                        int32_t count, hr_plan_flow **flow, int32_t **loop_of) {
  ordering o = {.request = request, .arena = arena, .scratch = scratch, .nodes = nodes, .count = count};
  *flow = NULL;
  *loop_of = NULL;
  hr_status status = order(&o, nodes, flow, loop_of);
  free(o.loops);
  return status;
}
