/* When each node of a plan is alive: see flow.h. */
#include "runtime/plan/flow.h"
#include "runtime/plan/node_set.h"
#include "runtime/plan/transfer.h"
#include <stdlib.h>
#include <string.h>

#define MAX_LITERALS 64 /* of one condition; more deeply nested branches are left to the dataflow executor */

/* A tensor that a Switch reads, and the predicate it is. */
typedef struct known_predicate {
  struct known_predicate *next;
  hr_output source;
  int32_t predicate;
} known_predicate;
#define KNOWN_LISTS 64

typedef struct finder {
  const hr_plan_request *request;
  hr_plan *plan;
  hr_plan_flow *flow;
  hr_arena scratch;
  hr_node_set members;
  int32_t *index_of; /* of the member by rank: its place in plan->nodes */
  known_predicate *known[KNOWN_LISTS];
  int32_t *table; /* of conditions, by hash: index + 1 */
  int32_t table_mask;
  int32_t condition_capacity, literal_capacity, choice_capacity;
} finder;

#define NEW_ARRAY(arena, pointer, count)                                                                               \
  do {                                                                                                                 \
    (pointer) = hr_arena_zalloc((arena), sizeof *(pointer) * ((size_t)(count) + 1), _Alignof(max_align_t));            \
    if (!(pointer)) return hr_error_out_of_memory(sizeof *(pointer) * (size_t)(count), "the conditions of a plan");    \
  } while (0)

/* ---- sets of literals, each kept once ---------------------------------------------------------------------------- */

static uint32_t hash_of(const int32_t *literals, int32_t count) {
  uint32_t hash = 2166136261u;
  for (int32_t i = 0; i < count; ++i)
    hash = (hash ^ (uint32_t)literals[i]) * 16777619u;
  return hash ^ hash >> 15;
}

static bool is_set(const hr_plan_flow *flow, int32_t condition, const int32_t *literals, int32_t count) {
  const hr_condition *c = &flow->conditions[condition];
  return c->count == count &&
         (count == 0 || memcmp(flow->literals + c->first, literals, sizeof *literals * (size_t)count) == 0);
}

static hr_status grow_table(finder *f) {
  int32_t size = f->table ? 2 * (f->table_mask + 1) : 64;
  int32_t *table;
  NEW_ARRAY(&f->scratch, table, size);
  f->table = table;
  f->table_mask = size - 1;
  for (int32_t c = 0; c < f->flow->num_conditions; ++c) {
    const hr_condition *condition = &f->flow->conditions[c];
    if (c == HR_NEVER) continue;
    const int32_t *literals = condition->count ? f->flow->literals + condition->first : NULL;
    uint32_t at = hash_of(literals, condition->count) & (uint32_t)f->table_mask;
    while (table[at])
      at = (at + 1) & (uint32_t)f->table_mask;
    table[at] = c + 1;
  }
  return HR_SUCCESS;
}

/* Doubles an array of the plan's arena. */
static hr_status grow(hr_arena *arena, void **array, int32_t *capacity, int32_t needed, size_t element) {
  if (needed <= *capacity) return HR_SUCCESS;
  int32_t larger = *capacity ? 2 * *capacity : 64;
  while (larger < needed)
    larger *= 2;
  void *copy = hr_arena_zalloc(arena, (size_t)larger * element, _Alignof(max_align_t));
  if (!copy) return hr_error_out_of_memory((size_t)larger * element, "the conditions of a plan");
  if (*capacity) memcpy(copy, *array, (size_t)*capacity * element);
  *array = copy;
  *capacity = larger;
  return HR_SUCCESS;
}

static hr_status append(finder *f, const int32_t *literals, int32_t count, int32_t *out) {
  hr_plan_flow *flow = f->flow;
  HR_TRY(grow(&f->plan->arena, (void **)&flow->conditions, &f->condition_capacity, flow->num_conditions + 1,
              sizeof *flow->conditions));
  HR_TRY(grow(&f->plan->arena, (void **)&flow->literals, &f->literal_capacity, flow->num_literals + count,
              sizeof *flow->literals));
  if (count) memcpy(flow->literals + flow->num_literals, literals, sizeof *literals * (size_t)count);
  flow->conditions[flow->num_conditions] = (hr_condition){flow->num_literals, count};
  flow->num_literals += count;
  *out = flow->num_conditions++;
  return HR_SUCCESS;
}

/* The condition of these literals, which rise. */
static hr_status intern(finder *f, const int32_t *literals, int32_t count, int32_t *out) {
  for (int32_t i = 1; i < count; ++i)
    if (literals[i] == (literals[i - 1] ^ 1)) {
      *out = HR_NEVER;
      return HR_SUCCESS;
    }
  if (!f->table || 2 * f->flow->num_conditions >= f->table_mask) HR_TRY(grow_table(f));
  uint32_t at = hash_of(literals, count) & (uint32_t)f->table_mask;
  for (; f->table[at]; at = (at + 1) & (uint32_t)f->table_mask)
    if (is_set(f->flow, f->table[at] - 1, literals, count)) {
      *out = f->table[at] - 1;
      return HR_SUCCESS;
    }
  HR_TRY(append(f, literals, count, out));
  f->table[at] = *out + 1;
  return HR_SUCCESS;
}

/* Both: `*into` and `other`. */
static hr_status conjoin(finder *f, int32_t *into, int32_t other) {
  if (*into == other || other == HR_ALWAYS || *into == HR_NEVER) return HR_SUCCESS;
  if (*into == HR_ALWAYS || other == HR_NEVER) {
    *into = other;
    return HR_SUCCESS;
  }
  const hr_condition a = f->flow->conditions[*into], b = f->flow->conditions[other];
  const int32_t *x = f->flow->literals + a.first, *y = f->flow->literals + b.first;
  int32_t both[2 * MAX_LITERALS], count = 0;
  for (int32_t i = 0, j = 0; i < a.count || j < b.count;) {
    if (j == b.count || (i < a.count && x[i] <= y[j])) {
      if (j < b.count && x[i] == y[j]) ++j;
      both[count++] = x[i++];
    } else {
      both[count++] = y[j++];
    }
  }
  if (count > MAX_LITERALS) {
    f->flow->is_walkable = false;
    return HR_SUCCESS;
  }
  return intern(f, both, count, into);
}

static hr_status conjoin_literal(finder *f, int32_t *into, int32_t literal) {
  int32_t condition;
  HR_TRY(intern(f, &literal, 1, &condition));
  return conjoin(f, into, condition);
}

/* What the conditions a and b have in common; `*opposite` says whether all that parts them is one predicate, which is
 * true in one and false in the other. */
static hr_status intersect(finder *f, int32_t a, int32_t b, int32_t *out, bool *opposite) {
  *opposite = false;
  if (a == b || b == HR_NEVER) return *out = a, HR_SUCCESS;
  if (a == HR_NEVER) return *out = b, HR_SUCCESS;
  const hr_condition p = f->flow->conditions[a], q = f->flow->conditions[b];
  const int32_t *x = f->flow->literals + p.first, *y = f->flow->literals + q.first;
  int32_t common[MAX_LITERALS], count = 0, only[2] = {0, 0}, rest = 0;
  for (int32_t i = 0, j = 0; i < p.count || j < q.count;) {
    if (i < p.count && j < q.count && x[i] == y[j]) {
      common[count++] = x[i++];
      ++j;
      continue;
    }
    int32_t literal = j == q.count || (i < p.count && x[i] < y[j]) ? x[i++] : y[j++];
    if (rest < 2) only[rest] = literal;
    ++rest;
  }
  *opposite = rest == 2 && only[0] == (only[1] ^ 1);
  return intern(f, common, count, out);
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

static bool is_fed(const finder *f, hr_output output) {
  for (int32_t i = 0; i < f->request->num_feeds; ++i)
    if (hr_output_equal(f->request->feeds[i], output)) return true;
  return false;
}

/* Place in plan->nodes; -1 for what is fed, constant or pruned. */
static int32_t index_of(const finder *f, const hr_node *node) {
  int32_t rank = hr_node_set_index(&f->members, node->id);
  return rank < 0 ? -1 : f->index_of[rank];
}

/* When the output is alive, for readers in the loop that it goes to. */
static hr_status condition_of(finder *f, hr_output output, int32_t *out) {
  *out = HR_ALWAYS;
  if (!output.node || is_fed(f, output)) return HR_SUCCESS;
  int32_t index = index_of(f, output.node);
  if (index < 0) return HR_SUCCESS;
  const hr_flow_node *node = &f->flow->nodes[index];
  switch (hr_control_of(output.node)) {
  case HR_CONTROL_ENTER: return HR_SUCCESS; /* the loop runs where all that enters it is alive */
  case HR_CONTROL_EXIT: *out = f->flow->loops[node->loop].entry; return HR_SUCCESS;
  case HR_CONTROL_SWITCH:
    *out = node->condition;
    if (output.node->num_outputs == 2 && strcmp(output.node->op->name, "_SwitchN") != 0)
      return conjoin_literal(f, out, 2 * node->predicate + output.index);
    return conjoin_literal(f, out, 2 * (node->predicate + output.index) + 1);
  case HR_CONTROL_MERGE:
    *out = node->condition;
    return node->predicate < 0 ? HR_SUCCESS : conjoin_literal(f, out, 2 * node->predicate + 1);
  default: *out = node->condition; return HR_SUCCESS;
  }
}

/* A control edge from a Switch waits for it, whichever way it goes. */
static hr_status control_condition_of(finder *f, const hr_node *node, int32_t *out) {
  *out = HR_ALWAYS;
  int32_t index = index_of(f, node);
  if (index < 0) return HR_SUCCESS;
  if (node->num_outputs > 0 && hr_control_of(node) != HR_CONTROL_SWITCH)
    return condition_of(f, (hr_output){(hr_node *)(uintptr_t)node, 0}, out);
  *out = f->flow->nodes[index].condition;
  return HR_SUCCESS;
}

static bool passes_on(const hr_node *node) {
  return strcmp(node->op->name, "Identity") == 0 || hr_is_send(node) || hr_is_recv(node);
}

/* What a predicate comes from, through nodes that only pass it on. */
static hr_output source_of(const finder *f, hr_output predicate) {
  while (predicate.node && passes_on(predicate.node) && !is_fed(f, predicate) &&
         !hr_dtype_is_ref(hr_output_dtype(predicate.node->inputs[0])))
    predicate = predicate.node->inputs[0];
  return predicate;
}

/* The predicate of a Switch: the same for all that read the same tensor in the same loop. */
static hr_status set_predicate(finder *f, int32_t index) {
  const hr_node *node = f->plan->nodes[index].node;
  hr_flow_node *flow = &f->flow->nodes[index];
  if (strcmp(node->op->name, "_SwitchN") == 0) {
    flow->predicate = f->flow->num_predicates;
    f->flow->num_predicates += node->num_outputs;
    return HR_SUCCESS;
  }
  hr_output source = source_of(f, node->inputs[1]);
  if (hr_dtype_is_ref(hr_output_dtype(source))) { /* a variable, which may change between two readers */
    flow->predicate = f->flow->num_predicates++;
    return HR_SUCCESS;
  }
  for (known_predicate *k = f->known[(uint32_t)source.node->id % KNOWN_LISTS]; k; k = k->next)
    if (hr_output_equal(k->source, source)) {
      flow->predicate = k->predicate;
      return HR_SUCCESS;
    }
  known_predicate *known = HR_ARENA_NEW(&f->scratch, known_predicate);
  if (!known) return hr_error_out_of_memory(sizeof *known, "the conditions of a plan");
  known_predicate **list = &f->known[(uint32_t)source.node->id % KNOWN_LISTS];
  *known = (known_predicate){*list, source, f->flow->num_predicates++};
  *list = known;
  flow->predicate = known->predicate;
  return HR_SUCCESS;
}

/* A Merge runs where any of its inputs is alive. */
static hr_status merge_condition(finder *f, int32_t index) {
  const hr_node *node = f->plan->nodes[index].node;
  hr_flow_node *flow = &f->flow->nodes[index];
  if (hr_is_loop_merge(node)) return HR_SUCCESS;
  bool is_certain = true;
  flow->choice = f->flow->num_choices;
  HR_TRY(grow(&f->plan->arena, (void **)&f->flow->choices, &f->choice_capacity, flow->choice + node->num_inputs,
              sizeof *f->flow->choices));
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    int32_t *choice = &f->flow->choices[f->flow->num_choices++];
    HR_TRY(condition_of(f, node->inputs[i], choice));
    if (i == 0) flow->condition = *choice;
    if (*choice == flow->condition) continue;
    bool opposite;
    HR_TRY(intersect(f, flow->condition, *choice, &flow->condition, &opposite));
    is_certain = opposite && node->num_inputs == 2;
  }
  if (!is_certain) flow->predicate = f->flow->num_predicates++;
  return HR_SUCCESS;
}

static hr_status node_condition(finder *f, int32_t index) {
  const hr_node *node = f->plan->nodes[index].node;
  hr_flow_node *flow = &f->flow->nodes[index];
  hr_control_flow control = hr_control_of(node);
  if (control == HR_CONTROL_TRIGGER) return HR_SUCCESS;
  if (control == HR_CONTROL_MERGE) return merge_condition(f, index);
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    int32_t other;
    HR_TRY(condition_of(f, node->inputs[i], &other));
    HR_TRY(conjoin(f, &flow->condition, other));
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    int32_t other;
    HR_TRY(control_condition_of(f, node->control_inputs[i], &other));
    HR_TRY(conjoin(f, &flow->condition, other));
  }
  return control == HR_CONTROL_SWITCH ? set_predicate(f, index) : HR_SUCCESS;
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

static bool contradicts(const hr_plan_flow *flow, int32_t a, int32_t b) {
  if (a == HR_NEVER || b == HR_NEVER) return true;
  const hr_condition p = flow->conditions[a], q = flow->conditions[b];
  for (int32_t i = 0; i < p.count; ++i)
    for (int32_t j = 0; j < q.count; ++j)
      if (flow->literals[p.first + i] == (flow->literals[q.first + j] ^ 1)) return true;
  return false;
}

int32_t hr_loop_entered(const hr_plan_flow *flow, int32_t parent, const hr_node *enter) {
  const char *name = hr_node_attr(enter, "frame_name")->s;
  for (int32_t l = 0; l < flow->num_loops; ++l)
    if (flow->loops[l].parent == parent && strcmp(flow->loops[l].name, name) == 0) return l;
  return -1;
}

/* Another iteration follows where all NextIteration nodes are alive, and nothing leaves the loop before the last. */
static void check_loop(hr_plan *plan, int32_t loop) {
  hr_plan_flow *flow = plan->flow;
  hr_plan_loop *l = &flow->loops[loop];
  l->repeat = HR_NEVER;
  bool repeats = false;
  for (int32_t i = l->begin; i < l->end; ++i) {
    if (flow->nodes[i].loop != loop || hr_control_of(plan->nodes[i].node) != HR_CONTROL_NEXT_ITERATION) continue;
    if (repeats && l->repeat != flow->nodes[i].condition) flow->is_walkable = false;
    l->repeat = flow->nodes[i].condition;
    repeats = true;
  }
  for (int32_t i = l->begin; i < l->end; ++i) {
    const hr_node *node = plan->nodes[i].node;
    if (flow->nodes[i].loop != loop) continue;
    if (hr_control_of(node) == HR_CONTROL_EXIT && repeats && !contradicts(flow, l->repeat, flow->nodes[i].condition))
      flow->is_walkable = false;
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      const hr_node *input = node->inputs[k].node;
      if (!input || hr_is_loop_merge(node)) continue;
      if (hr_control_of(input) == HR_CONTROL_NEXT_ITERATION) flow->is_walkable = false;
      /* only the first iteration has it */
      if (hr_control_of(input) == HR_CONTROL_ENTER && !hr_enters_every_iteration(input) && repeats)
        flow->is_walkable = false;
    }
    if (hr_is_loop_merge(node) && node->num_inputs != 2) flow->is_walkable = false;
  }
}

static hr_status prepare(finder *f) {
  hr_plan *plan = f->plan;
  int32_t limit = hr_graph_node_count(f->request->graph), first;
  if (!hr_node_set_init(&f->members, &f->scratch, limit))
    return hr_error_out_of_memory((size_t)limit / 8, "the conditions of a plan");
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    hr_node_set_add(&f->members, plan->nodes[i].node->id);
  if (hr_node_set_rank(&f->members, &f->scratch) < 0)
    return hr_error_out_of_memory((size_t)limit / 16, "the conditions of a plan");
  NEW_ARRAY(&f->scratch, f->index_of, plan->num_nodes);
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    f->index_of[hr_node_set_index(&f->members, plan->nodes[i].node->id)] = i;
    f->flow->nodes[i].predicate = -1;
  }
  HR_TRY(append(f, NULL, 0, &first)); /* HR_ALWAYS */
  return append(f, NULL, 0, &first);  /* HR_NEVER */
}

static hr_status find(finder *f) {
  hr_plan *plan = f->plan;
  HR_TRY(prepare(f));
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    const hr_node *node = plan->nodes[i].node;
    HR_TRY(node_condition(f, i));
    if (hr_control_of(node) != HR_CONTROL_ENTER) continue;
    int32_t loop = hr_loop_entered(f->flow, f->flow->nodes[i].loop, node);
    if (loop >= 0) HR_TRY(conjoin(f, &f->flow->loops[loop].entry, f->flow->nodes[i].condition));
  }
  for (int32_t l = 0; l < f->flow->num_loops; ++l)
    check_loop(plan, l);
  return HR_SUCCESS;
}

hr_status hr_plan_find_conditions(const hr_plan_request *request, hr_plan *plan) {
  if (!plan->flow->is_walkable) return HR_SUCCESS; /* the nodes do not stand as this wants them */
  finder f = {.request = request, .plan = plan, .flow = plan->flow};
  hr_status status = find(&f);
  hr_arena_free(&f.scratch);
  return status;
}
