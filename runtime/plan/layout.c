/* Layout: numbers values, then gives each a slot.
 *
 * Values are numbered densely: constants first, then feeds, then the outputs of the nodes in order. In a walked plan
 * the order is fixed, so a slot is used again once its value's last reader is through, and a chain of a thousand nodes
 * runs in two slots that stay in the first-level cache. In a dataflow plan, and where all values are kept, every value
 * has its own slot.
 *
 * In a loop the order is that of one iteration. What goes from one iteration to the next, or is there in all of them,
 * has a slot that nothing else in the loop uses. */
#include "runtime/graph/arguments.h"
#include "runtime/plan/rewrite.h"
#include "runtime/plan/transfer.h"
#include <stdlib.h>

typedef struct slot_stack {
  int32_t *slots, count;
} slot_stack;

typedef struct layout {
  const hr_plan_request *request;
  hr_plan *plan;
  hr_arena scratch;
  hr_node_set running, constant, fed; /* node ids */
  int32_t *position;                  /* of a running node by its rank among the ids: index; NULL: the same */
  int32_t *first_value;               /* of the outputs of plan->nodes[i] */
  int32_t *last_reader;               /* of a value: index into plan->nodes, -1 for none */
  int32_t *slot_of;                   /* of a value */
  bool *kept;                         /* of a value: lives to the end of the run */
  int32_t num_values, first_feed, first_output;
  bool reuse;
  slot_stack *free_slots; /* by lane */
  int32_t num_entering;   /* Enter nodes whose value every iteration has */
  int32_t *entering, *loop_entered;
} layout;

#define NEW_ARRAY(arena, pointer, count)                                                                               \
  do {                                                                                                                 \
    (pointer) = hr_arena_zalloc((arena), sizeof *(pointer) * ((size_t)(count) + 1), _Alignof(max_align_t));            \
    if (!(pointer)) return hr_error_out_of_memory(sizeof *(pointer) * (size_t)(count), "the layout of a plan");        \
  } while (0)

static int32_t constant_first_slot(const layout *l, int32_t id) {
  return l->plan->constant_nodes[hr_node_set_index(&l->constant, id)].first_slot;
}

/* The place of a node in plan->nodes; -1 for one that is not there. */
static int32_t running_index(const layout *l, int32_t id) {
  int32_t rank = hr_node_set_index(&l->running, id);
  return rank < 0 || !l->position ? rank : l->position[rank];
}

/* The value of an output; -1 where nothing in the plan makes it (an open input of a Merge). */
static int32_t value_of(const layout *l, hr_output output) {
  output = hr_follow_alias(l->plan, output);
  int32_t id = output.node->id;
  if (hr_node_set_has(&l->fed, id)) {
    for (int32_t i = 0; i < l->plan->num_feeds; ++i) {
      if (hr_output_equal(l->request->feeds[i], output)) return l->first_feed + i;
    }
  }
  if (hr_node_set_has(&l->constant, id)) return constant_first_slot(l, id) + output.index;
  int32_t index = running_index(l, id);
  return index < 0 ? -1 : l->first_value[index] + output.index;
}

static bool value_is_fed(const layout *l, int32_t value) { return value >= l->first_feed && value < l->first_output; }

/* A fed value is always a tensor, whatever the output was. */
static bool value_is_ref(const layout *l, hr_output output, int32_t value) {
  return !value_is_fed(l, value) && hr_dtype_is_ref(hr_node_output_dtype(output.node, output.index));
}

static hr_status number_values(layout *l) {
  hr_plan *plan = l->plan;
  int32_t limit = hr_graph_node_count(l->request->graph);
  if (!hr_node_set_init(&l->running, &l->scratch, limit) || !hr_node_set_init(&l->constant, &l->scratch, limit) ||
      !hr_node_set_init(&l->fed, &l->scratch, limit))
    return hr_error_out_of_memory((size_t)limit / 2, "the layout of a plan");
  int32_t next = 0, inputs = 0, constant_inputs = 0;
  for (int32_t i = 0; i < plan->num_constant_nodes; ++i) {
    plan->constant_nodes[i].first_slot = next;
    next += plan->constant_nodes[i].num_outputs;
    plan->constant_nodes[i].first_input = constant_inputs;
    constant_inputs += plan->constant_nodes[i].num_inputs;
    hr_node_set_add(&l->constant, plan->constant_nodes[i].node->id);
  }
  plan->num_constants = next;
  l->first_feed = next;
  next += plan->num_feeds;
  l->first_output = next;
  for (int32_t i = 0; i < plan->num_feeds; ++i)
    hr_node_set_add(&l->fed, l->request->feeds[i].node->id);
  NEW_ARRAY(&l->scratch, l->first_value, plan->num_nodes);
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    l->first_value[i] = next;
    next += plan->nodes[i].num_outputs;
    inputs += plan->nodes[i].num_inputs;
    hr_node_set_add(&l->running, plan->nodes[i].node->id);
  }
  l->num_values = next;
  plan->num_inputs = inputs;
  if (hr_node_set_rank(&l->running, &l->scratch) < 0 || hr_node_set_rank(&l->constant, &l->scratch) < 0)
    return hr_error_out_of_memory((size_t)limit / 16, "the layout of a plan");
  if (plan->flow) {
    NEW_ARRAY(&l->scratch, l->position, plan->num_nodes);
    for (int32_t i = 0; i < plan->num_nodes; ++i)
      l->position[hr_node_set_index(&l->running, plan->nodes[i].node->id)] = i;
  }
  NEW_ARRAY(&plan->arena, plan->constant_input_slots, constant_inputs);
  NEW_ARRAY(&l->scratch, l->last_reader, l->num_values);
  NEW_ARRAY(&l->scratch, l->slot_of, l->num_values);
  NEW_ARRAY(&l->scratch, l->kept, l->num_values);
  NEW_ARRAY(&l->scratch, l->free_slots, plan->num_lanes);
  for (int32_t lane = 0; lane < plan->num_lanes; ++lane)
    NEW_ARRAY(&l->scratch, l->free_slots[lane].slots, l->num_values + inputs);
  if (plan->num_lanes > 1) NEW_ARRAY(&plan->arena, plan->slot_lanes, l->num_values + inputs);
  NEW_ARRAY(&plan->arena, plan->input_slots, inputs);
  NEW_ARRAY(&plan->arena, plan->dereferences, inputs);
  NEW_ARRAY(&plan->arena, plan->releases, l->num_values + inputs);
  NEW_ARRAY(&plan->arena, plan->slot_kinds, l->num_values + inputs);
  return HR_SUCCESS;
}

/* What comes from another lane of the walk comes through a transit: who sends it need not keep it, and who receives it
 * does not look at the sender's slot. */
static bool read_by_transit(layout *l, hr_plan_node *recv) {
  hr_plan *plan = l->plan;
  if (plan->num_lanes == 1 || plan->is_dataflow || !hr_is_recv(recv->node)) return false;
  hr_plan_node *send = &plan->nodes[running_index(l, recv->node->inputs[0].node->id)];
  if (send->lane == recv->lane) return false;
  send->transit = recv->transit = plan->num_transits++;
  return true;
}

/* Who reads a value last. Fetched values are kept. */
static hr_status find_last_readers(layout *l) {
  hr_plan *plan = l->plan;
  for (int32_t v = 0; v < l->num_values; ++v)
    l->last_reader[v] = -1;
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    const hr_node *node = plan->nodes[i].node;
    if (read_by_transit(l, &plan->nodes[i])) continue;
    for (int32_t j = 0; j < node->num_inputs; ++j) {
      if (!node->inputs[j].node)
        return hr_error(HR_INVALID_ARGUMENT, "Input %d of node %s is not connected", j, node->name);
      int32_t value = value_of(l, node->inputs[j]);
      if (value < 0) return hr_error(HR_INTERNAL, "Input %d of node %s was pruned", j, node->name);
      l->last_reader[value] = i;
    }
  }
  for (int32_t i = 0; i < plan->num_fetches; ++i)
    l->kept[value_of(l, l->request->fetches[i])] = true;
  return HR_SUCCESS;
}

/* New slots of a lane. */
static int32_t add_slots(layout *l, int32_t lane, int32_t count) {
  int32_t first = l->plan->num_slots;
  l->plan->num_slots += count;
  if (lane) memset(l->plan->slot_lanes + first, lane, (size_t)count);
  return first;
}

/* Slots for `count` values. Only slots of tensors are used again, for single tensors: a slot's kind never changes. */
static int32_t take_slots(layout *l, int32_t lane, int32_t count, bool single_tensor) {
  slot_stack *stack = &l->free_slots[lane];
  if (l->reuse && single_tensor && stack->count > 0) return stack->slots[--stack->count];
  return add_slots(l, lane, count);
}

static void free_slot(layout *l, int32_t lane, int32_t slot) {
  slot_stack *stack = &l->free_slots[lane];
  if (l->reuse) stack->slots[stack->count++] = slot;
}

static void release_slot(layout *l, hr_plan_node *plan_node, int32_t slot, bool is_free) {
  l->plan->releases[l->plan->num_releases++] = slot;
  ++plan_node->num_releases;
  if (is_free) free_slot(l, plan_node->lane, slot);
}

static bool is_control(const layout *l, int32_t index, hr_control_flow control) {
  return l->plan->flow && hr_control_of(l->plan->nodes[index].node) == control;
}

/* Finds the Enter nodes whose value every iteration has; nothing inside the loop may take it over. */
static hr_status keep_entering(layout *l) {
  hr_plan *plan = l->plan;
  if (!plan->flow || plan->is_dataflow) return HR_SUCCESS;
  NEW_ARRAY(&l->scratch, l->entering, plan->num_nodes);
  NEW_ARRAY(&l->scratch, l->loop_entered, plan->num_nodes);
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    if (!is_control(l, i, HR_CONTROL_ENTER) || !hr_enters_every_iteration(plan->nodes[i].node)) continue;
    l->entering[l->num_entering] = i;
    l->loop_entered[l->num_entering++] = hr_loop_entered(plan->flow, plan->flow->nodes[i].loop, plan->nodes[i].node);
    l->kept[l->first_value[i]] = true;
  }
  return HR_SUCCESS;
}

/* Gives what comes back its slots: it is read before it is made. */
static void reserve_slots(layout *l) {
  for (int32_t i = 0; l->plan->flow && i < l->plan->num_nodes; ++i) {
    if (!is_control(l, i, HR_CONTROL_NEXT_ITERATION)) continue;
    int32_t slot = l->slot_of[l->first_value[i]] = add_slots(l, l->plan->nodes[i].lane, 1);
    l->plan->slot_kinds[slot] =
        hr_dtype_is_ref(hr_node_output_dtype(l->plan->nodes[i].node, 0)) ? HR_SLOT_REF : HR_SLOT_TENSOR;
  }
}

/* The loops that end with node `index`, inner ones first: what every iteration had. */
static void end_loops(layout *l, int32_t index) {
  hr_plan *plan = l->plan;
  if (!plan->flow || plan->is_dataflow) return;
  for (int32_t loop = plan->flow->nodes[index].loop; loop >= 0; loop = plan->flow->loops[loop].parent) {
    hr_plan_loop *end = &plan->flow->loops[loop];
    if (end->end != index + 1) return;
    end->first_release = plan->num_releases;
    for (int32_t e = 0; e < l->num_entering; ++e) {
      int32_t enter = l->entering[e];
      if (l->loop_entered[e] != loop) continue;
      int32_t slot = l->slot_of[l->first_value[enter]];
      if (plan->slot_kinds[slot] != HR_SLOT_TENSOR) continue;
      plan->releases[plan->num_releases++] = slot;
      free_slot(l, plan->nodes[enter].lane, slot);
    }
    end->num_releases = plan->num_releases - end->first_release;
  }
}

/* Slots of a node's outputs, its inputs and the dereferenced copies among them, and what is released after it. */
static hr_status lay_out_node(layout *l, int32_t index, int32_t *next_input, int32_t *next_dereference) {
  hr_plan *plan = l->plan;
  hr_plan_node *plan_node = &plan->nodes[index];
  const hr_node *node = plan_node->node;
  bool allow_uninitialized = node->op->flags & HR_OP_ALLOWS_UNINITIALIZED_INPUT;
  plan_node->first_input = *next_input;
  plan_node->first_dereference = *next_dereference;
  plan_node->first_release = plan->num_releases;
  bool single_tensor = plan_node->num_outputs == 1 && !hr_dtype_is_ref(hr_node_output_dtype(node, 0));
  plan_node->first_slot = is_control(l, index, HR_CONTROL_NEXT_ITERATION)
                              ? l->slot_of[l->first_value[index]]
                              : take_slots(l, plan_node->lane, plan_node->num_outputs, single_tensor);
  for (int32_t k = 0; k < plan_node->num_outputs; ++k) {
    l->slot_of[l->first_value[index] + k] = plan_node->first_slot + k;
    plan->slot_kinds[plan_node->first_slot + k] =
        hr_dtype_is_ref(hr_node_output_dtype(node, k)) ? HR_SLOT_REF : HR_SLOT_TENSOR;
  }
  hr_input_walk walk = hr_input_walk_of(node);
  for (int32_t j = 0; j < node->num_inputs; ++j) {
    int32_t value = value_of(l, node->inputs[j]);
    int32_t slot = value < l->first_feed ? value : l->slot_of[value];
    bool wants_ref = hr_next_input(&walk)->is_ref, has_ref = value_is_ref(l, node->inputs[j], value);
    if (wants_ref && !has_ref)
      return hr_error(HR_INVALID_ARGUMENT, "Input %d of node %s needs a variable, but %s:%d is fed with a value", j,
                      node->name, node->inputs[j].node->name, node->inputs[j].index);
    if (has_ref && !wants_ref) {
      int32_t copy = take_slots(l, plan_node->lane, 1, true);
      plan->slot_kinds[copy] = HR_SLOT_TENSOR;
      plan->dereferences[(*next_dereference)++] =
          (hr_dereference){.from = slot,
                           .to = copy,
                           .merged = is_control(l, index, HR_CONTROL_MERGE) ? j : -1,
                           .allow_uninitialized = allow_uninitialized};
      slot = copy;
    }
    if (plan_node->transit >= 0 && hr_is_recv(node)) slot = plan_node->first_slot; /* it does not look there */
    plan->input_slots[(*next_input)++] = slot;
  }
  plan_node->num_dereferences = *next_dereference - plan_node->first_dereference;
  for (int32_t d = plan_node->first_dereference; d < *next_dereference; ++d)
    release_slot(l, plan_node, plan->dereferences[d].to, true);

  for (int32_t j = 0; j < node->num_inputs; ++j) {
    int32_t value = value_of(l, node->inputs[j]);
    if (value < l->first_output || l->kept[value] || l->last_reader[value] != index) continue;
    l->last_reader[value] = -2; /* released: once, however many inputs read it */
    int32_t readers = 0;
    for (int32_t other = j; other < node->num_inputs; ++other)
      readers += value_of(l, node->inputs[other]) == value;
    if (plan->slot_kinds[l->slot_of[value]] != HR_SLOT_TENSOR) continue;
    if (readers == 1 && j < 64) plan_node->forwardable |= (UINT64_C(1) << j) & ~plan_node->fixed_inputs;
    /* what comes back needs its slot again at the end of the iteration */
    release_slot(l, plan_node, l->slot_of[value],
                 hr_control_of(hr_follow_alias(plan, node->inputs[j]).node) != HR_CONTROL_NEXT_ITERATION);
  }
  for (int32_t k = 0; k < plan_node->num_outputs; ++k) { /* outputs that nobody reads */
    int32_t value = l->first_value[index] + k;
    if (l->last_reader[value] != -1 || l->kept[value] || plan->slot_kinds[l->slot_of[value]] != HR_SLOT_TENSOR)
      continue;
    release_slot(l, plan_node, l->slot_of[value], true);
  }
  end_loops(l, index);
  return HR_SUCCESS;
}

static hr_status assign_slots(layout *l) {
  hr_plan *plan = l->plan;
  plan->num_slots = plan->num_constants;
  for (int32_t i = 0; i < plan->num_constant_nodes; ++i) {
    const hr_node *node = plan->constant_nodes[i].node;
    for (int32_t j = 0; j < node->num_inputs; ++j)
      plan->constant_input_slots[plan->constant_nodes[i].first_input + j] = value_of(l, node->inputs[j]);
    for (int32_t k = 0; k < node->num_outputs; ++k)
      plan->slot_kinds[plan->constant_nodes[i].first_slot + k] =
          hr_dtype_is_ref(hr_node_output_dtype(node, k)) ? HR_SLOT_REF : HR_SLOT_TENSOR;
  }
  for (int32_t i = 0; i < plan->num_feeds; ++i) {
    plan->feeds[i].source = l->request->feeds[i];
    plan->feeds[i].slot = plan->num_slots;
    l->slot_of[l->first_feed + i] = plan->num_slots++;
  }
  reserve_slots(l);
  int32_t next_input = 0, next_dereference = 0;
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    HR_TRY(lay_out_node(l, i, &next_input, &next_dereference));
  for (int32_t i = 0; i < plan->num_fetches; ++i) {
    hr_plan_fetch *fetch = &plan->fetches[i];
    fetch->source = l->request->fetches[i];
    int32_t value = value_of(l, fetch->source);
    fetch->slot = value < l->first_feed ? value : l->slot_of[value];
    fetch->is_ref = value_is_ref(l, fetch->source, value);
    fetch->is_last = value >= l->first_output && !l->request->keep_values;
    for (int32_t j = 0; j < i; ++j) {
      if (plan->fetches[j].slot == fetch->slot) plan->fetches[j].is_last = false;
    }
  }
  return HR_SUCCESS;
}

/* Visits the index of each running node that `index` waits for. */
#define FOR_EACH_PRODUCER(l, index, producer)                                                                          \
  for (int32_t edge_ = 0, producer = -1;                                                                               \
       edge_ < (l)->plan->nodes[index].node->num_inputs + (l)->plan->nodes[index].node->num_control_inputs &&          \
       (producer = producer_at((l), (index), edge_), true);                                                            \
       ++edge_)                                                                                                        \
    if (producer >= 0)

static int32_t producer_at(const layout *l, int32_t index, int32_t edge) {
  const hr_node *node = l->plan->nodes[index].node;
  if (edge >= node->num_inputs)
    return running_index(l, hr_follow_node(l->plan, node->control_inputs[edge - node->num_inputs])->id);
  if (value_of(l, node->inputs[edge]) < l->first_output) return -1;
  return running_index(l, hr_follow_alias(l->plan, node->inputs[edge]).node->id);
}

/* Counts the readers of each slot: in a dataflow plan the last reader is known only while it runs. */
static hr_status count_readers(layout *l) {
  hr_plan *plan = l->plan;
  NEW_ARRAY(&plan->arena, plan->slot_readers, plan->num_slots);
  for (int32_t i = 0; i < plan->num_inputs; ++i)
    ++plan->slot_readers[plan->input_slots[i]];
  for (int32_t v = 0; v < l->num_values; ++v) {
    if (v < l->first_feed)
      plan->slot_readers[v] = -1;
    else if (l->kept[v] || v < l->first_output)
      plan->slot_readers[l->slot_of[v]] = -1;
  }
  return HR_SUCCESS;
}

/* Counts what each node waits for and lists who waits for it. */
static hr_status connect(layout *l) {
  hr_plan *plan = l->plan;
  int32_t edges = 0;
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    FOR_EACH_PRODUCER(l, i, producer) {
      ++plan->nodes[i].pending;
      ++plan->nodes[producer].num_edges;
      ++edges;
    }
  }
  NEW_ARRAY(&plan->arena, plan->edges, edges);
  int32_t next = 0;
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    plan->nodes[i].first_edge = next;
    next += plan->nodes[i].num_edges;
    plan->nodes[i].num_edges = 0;
  }
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    const hr_node *node = plan->nodes[i].node;
    FOR_EACH_PRODUCER(l, i, producer) {
      hr_plan_node *from = &plan->nodes[producer];
      bool is_data = edge_ < node->num_inputs;
      plan->edges[from->first_edge + from->num_edges++] =
          (hr_plan_edge){.consumer = i,
                         .output = is_data ? hr_follow_alias(plan, node->inputs[edge_]).index : -1,
                         .input = is_data ? edge_ : -1};
    }
  }
  return HR_SUCCESS;
}

hr_status hr_plan_layout(const hr_plan_request *request, hr_plan *plan) {
  layout l = {.request = request, .plan = plan, .reuse = !plan->is_dataflow && !request->keep_values};
  hr_status status = number_values(&l);
  if (!status) status = find_last_readers(&l);
  if (!status && request->keep_values) {
    for (int32_t v = 0; v < l.num_values; ++v)
      l.kept[v] = true;
  }
  if (!status) status = keep_entering(&l);
  if (!status) status = assign_slots(&l);
  if (!status && plan->is_dataflow) status = connect(&l);
  if (!status && plan->is_dataflow) status = count_readers(&l);
  if (!status && plan->is_dataflow && plan->flow) status = hr_plan_part_frames(plan);
  if (!status) {
    plan->constants =
        hr_arena_zalloc(&plan->arena, sizeof(hr_value) * ((size_t)plan->num_constants + 1), _Alignof(hr_value));
    if (!plan->constants) status = hr_error_out_of_memory(sizeof(hr_value) * (size_t)plan->num_constants, "a plan");
  }
  hr_arena_free(&l.scratch);
  return status;
}
