#include "runtime/exec/frames.h"
#include "runtime/base/condition.h"
#include "runtime/base/wire.h"
#include <stdlib.h>
#include <string.h>

/* ---- places ------------------------------------------------------------------------------------------------------ */

hr_value *hr_iteration_slot(hr_dataflow *run, hr_iteration *iteration, int32_t slot) {
  if (!iteration->loop || run->step->plan->flow->slot_loop[slot] < 0) return hr_step_slot(run->step, slot);
  return &iteration->slots[run->step->plan->flow->local_slot[slot]];
}

static hr_node_run *node_of(const hr_dataflow *run, hr_iteration *iteration, int32_t index) {
  return &iteration->nodes[iteration->loop ? run->step->plan->flow->local_node[index] : index];
}

/* The count of a slot's readers; NULL where it lives longer than the iteration. */
static int32_t *readers_of(const hr_dataflow *run, hr_iteration *iteration, int32_t slot) {
  const hr_plan *plan = run->step->plan;
  if (slot < plan->num_constants || (iteration->loop && plan->flow->slot_loop[slot] < 0)) return NULL;
  return &iteration->readers[iteration->loop ? plan->flow->local_slot[slot] : slot];
}

hr_kernel_context *hr_node_context(hr_dataflow *run, const hr_node_run *node) {
  hr_iteration *iteration = node->iteration;
  if (!iteration->loop) return &run->step->contexts[node->index];
  return &iteration->contexts[run->step->plan->flow->local_node[node->index]];
}

static const hr_plan_node *plan_node(const hr_dataflow *run, const hr_node_run *node) {
  return &run->step->plan->nodes[node->index];
}

/* ---- the queue --------------------------------------------------------------------------------------------------- */

static void make_ready(hr_dataflow *run, hr_node_run *node) {
  ++node->iteration->outstanding;
  node->next = NULL;
  if (run->first_ready)
    run->last_ready->next = node;
  else
    run->first_ready = node;
  run->last_ready = node;
}

hr_node_run *hr_take_ready(hr_dataflow *run) {
  hr_node_run *node = run->first_ready;
  run->first_ready = node->next;
  return node;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

uint64_t hr_find_forwardable(hr_dataflow *run, const hr_node_run *node) {
  const hr_plan *plan = run->step->plan;
  const hr_plan_node *n = plan_node(run, node);
  uint64_t bits = 0;
  for (int32_t i = 0; i < n->num_inputs && i < 64; ++i) {
    int32_t slot = plan->input_slots[n->first_input + i];
    const int32_t *readers = readers_of(run, node->iteration, slot);
    if (readers && *readers == 1 && plan->slot_kinds[slot] == HR_SLOT_TENSOR) bits |= UINT64_C(1) << i;
  }
  return bits;
}

/* Gives up what the node read, and what it made and nobody reads. */
static void release_values(hr_dataflow *run, const hr_node_run *node) {
  const hr_plan *plan = run->step->plan;
  const hr_plan_node *n = plan_node(run, node);
  for (int32_t i = 0; i < n->num_inputs; ++i) {
    int32_t slot = plan->input_slots[n->first_input + i];
    int32_t *readers = readers_of(run, node->iteration, slot);
    if (readers && *readers > 0 && --*readers == 0 && plan->slot_kinds[slot] == HR_SLOT_TENSOR)
      hr_tensor_clear(&hr_iteration_slot(run, node->iteration, slot)->tensor);
  }
  hr_control_flow control = hr_control_of(n->node);
  if (control == HR_CONTROL_ENTER || control == HR_CONTROL_EXIT || control == HR_CONTROL_NEXT_ITERATION) return;
  for (int32_t k = 0; k < n->num_outputs; ++k) {
    int32_t slot = n->first_slot + k;
    const int32_t *readers = readers_of(run, node->iteration, slot);
    if (readers && *readers == 0 && plan->slot_kinds[slot] == HR_SLOT_TENSOR)
      hr_tensor_clear(&hr_iteration_slot(run, node->iteration, slot)->tensor);
  }
}

static void clear_value(hr_value *value, bool is_ref) {
  if (is_ref)
    value->ref = NULL;
  else
    hr_tensor_clear(&value->tensor);
}

static void copy_value(const hr_value *from, bool is_ref, hr_value *to) {
  if (is_ref)
    to->ref = from->ref;
  else
    hr_tensor_copy(&from->tensor, &to->tensor);
}

/* ---- iterations -------------------------------------------------------------------------------------------------- */

static void free_iteration(hr_iteration *iteration) {
  free(iteration->slots);
  free(iteration->inputs);
  free(iteration->contexts);
  free(iteration->nodes);
  free(iteration->readers);
  free(iteration);
}

/* Points the contexts of an iteration at its values, once. */
static void connect(hr_dataflow *run, hr_iteration *iteration, const hr_plan_loop *loop) {
  const hr_plan *plan = run->step->plan;
  const hr_value **next = iteration->inputs;
  for (int32_t m = 0; m < loop->num_nodes; ++m) {
    const hr_plan_node *n = &plan->nodes[plan->flow->members[loop->first_member + m]];
    iteration->contexts[m] =
        (hr_kernel_context){.inputs = next, .state = n->state, .node = n, .step = run->step, .iteration = iteration};
    for (int32_t i = 0; i < n->num_inputs; ++i)
      *next++ = hr_iteration_slot(run, iteration, plan->input_slots[n->first_input + i]);
    hr_control_flow control = hr_control_of(n->node);
    if (control != HR_CONTROL_ENTER && control != HR_CONTROL_EXIT && control != HR_CONTROL_NEXT_ITERATION)
      iteration->contexts[m].outputs = hr_iteration_slot(run, iteration, n->first_slot);
  }
}

static hr_status new_iteration(hr_dataflow *run, hr_loop_run *owner, hr_iteration **out) {
  const hr_plan *plan = run->step->plan;
  const hr_plan_loop *loop = &plan->flow->loops[owner->loop];
  size_t inputs = 1;
  for (int32_t m = 0; m < loop->num_nodes; ++m)
    inputs += (size_t)plan->nodes[plan->flow->members[loop->first_member + m]].num_inputs;
  size_t nodes = (size_t)loop->num_nodes + 1, slots = (size_t)loop->num_slots + 1;
  hr_iteration *iteration = calloc(1, sizeof *iteration);
  if (iteration) {
    iteration->slots = calloc(slots, sizeof *iteration->slots);
    iteration->inputs = calloc(inputs, sizeof *iteration->inputs);
    iteration->contexts = calloc(nodes, sizeof *iteration->contexts);
    iteration->nodes = calloc(nodes, sizeof *iteration->nodes);
    iteration->readers = calloc(slots, sizeof *iteration->readers);
  }
  if (!iteration || !iteration->slots || !iteration->inputs || !iteration->contexts || !iteration->nodes ||
      !iteration->readers) {
    if (iteration) free_iteration(iteration);
    return hr_error_out_of_memory(slots * sizeof *iteration->slots, "an iteration of a loop");
  }
  iteration->run = run;
  iteration->loop = owner;
  connect(run, iteration, loop);
  *out = iteration;
  return HR_SUCCESS;
}

/* What a node waits for before it runs: of a Merge one value, or all dead. */
static int32_t initial_pending(const hr_plan_node *n) {
  if (hr_control_of(n->node) != HR_CONTROL_MERGE) return n->pending;
  return 1 + n->node->num_control_inputs;
}

static void reset_node(hr_node_run *node, hr_iteration *iteration, int32_t index, const hr_plan_node *n) {
  *node = (hr_node_run){.iteration = iteration, .index = index, .pending = initial_pending(n)};
}

static void reset_iteration(hr_dataflow *run, hr_iteration *iteration) {
  const hr_plan *plan = run->step->plan;
  const hr_plan_flow *flow = plan->flow;
  const hr_plan_loop *loop = &flow->loops[iteration->loop->loop];
  for (int32_t m = 0; m < loop->num_nodes; ++m) {
    int32_t index = flow->members[loop->first_member + m];
    reset_node(&iteration->nodes[m], iteration, index, &plan->nodes[index]);
  }
  for (int32_t s = plan->num_constants; s < plan->num_slots; ++s)
    if (flow->slot_loop[s] == iteration->loop->loop) iteration->readers[flow->local_slot[s]] = plan->slot_readers[s];
}

static void clear_iteration(hr_dataflow *run, hr_iteration *iteration) {
  const hr_plan *plan = run->step->plan;
  for (int32_t s = plan->num_constants; s < plan->num_slots; ++s)
    if (plan->flow->slot_loop[s] == iteration->loop->loop)
      clear_value(&iteration->slots[plan->flow->local_slot[s]], plan->slot_kinds[s] == HR_SLOT_REF);
}

/* ---- handing on -------------------------------------------------------------------------------------------------- */

/* Whether an input is a constant of the plan, which nobody tells of. */
static bool is_constant_input(const hr_plan *plan, const hr_plan_node *n, int32_t input) {
  return plan->input_slots[n->first_input + input] < plan->num_constants;
}

/* How many values may come to a Merge: to one that begins iterations, first those that enter, later those that come
 * back. */
static int32_t expected_values(const hr_plan *plan, const hr_node_run *node, const hr_plan_node *n) {
  int32_t back = 0, constant = 0;
  for (int32_t i = 0; i < n->node->num_inputs; ++i) {
    back += hr_control_of(n->node->inputs[i].node) == HR_CONTROL_NEXT_ITERATION;
    constant += is_constant_input(plan, n, i);
  }
  return node->iteration->number > 0 && back > 0 ? back : n->node->num_inputs - back - constant;
}

/* All that could come to a Merge is dead: so is the Merge, where it has no constant. */
static void serve_constant(hr_dataflow *run, hr_node_run *node, const hr_plan_node *n) {
  const hr_plan *plan = run->step->plan;
  int32_t input = 0;
  while (input < n->num_inputs && !is_constant_input(plan, n, input))
    ++input;
  node->is_served = input < n->num_inputs;
  node->is_dead = !node->is_served;
  if (node->is_served) hr_node_context(run, node)->alive_input = input;
}

/* Tells a consumer that a value is there, or dead. */
static void deliver(hr_dataflow *run, hr_iteration *iteration, const hr_plan_edge *edge, bool is_dead) {
  hr_node_run *node = node_of(run, iteration, edge->consumer);
  const hr_plan_node *n = plan_node(run, node);
  switch (hr_control_of(n->node)) {
  case HR_CONTROL_TRIGGER: break;
  case HR_CONTROL_MERGE:
    if (edge->input < 0) break;
    if (node->is_served || node->is_dead) return;
    if (is_dead) {
      if (++node->dead_inputs < expected_values(run->step->plan, node, n)) return;
      serve_constant(run, node, n);
    } else {
      node->is_served = true;
      hr_node_context(run, node)->alive_input = edge->input;
    }
    break;
  default: node->is_dead |= is_dead;
  }
  if (--node->pending == 0) make_ready(run, node);
}

/* Gives the value of a node that leads elsewhere to iteration `to`, and tells its readers there. `value` is moved. */
static void hand_over(hr_dataflow *run, hr_iteration *to, int32_t index, hr_value *value, bool is_dead) {
  const hr_plan *plan = run->step->plan;
  const hr_plan_node *n = &plan->nodes[index];
  bool is_ref = plan->slot_kinds[n->first_slot] == HR_SLOT_REF;
  const int32_t *readers = readers_of(run, to, n->first_slot);
  if (!is_dead) {
    hr_value *slot = hr_iteration_slot(run, to, n->first_slot);
    if (readers && *readers == 0) {
      clear_value(value, is_ref);
    } else {
      clear_value(slot, is_ref);
      *slot = *value;
    }
  }
  for (int32_t e = 0; e < n->num_edges; ++e)
    deliver(run, to, &plan->edges[n->first_edge + e], is_dead);
}

/* The value a node passes on: moved out where nobody else reads it. */
static hr_value take_input(hr_dataflow *run, const hr_node_run *node) {
  const hr_plan *plan = run->step->plan;
  int32_t slot = plan->input_slots[plan_node(run, node)->first_input];
  hr_value *from = hr_iteration_slot(run, node->iteration, slot), value;
  bool is_ref = plan->slot_kinds[slot] == HR_SLOT_REF;
  const int32_t *readers = readers_of(run, node->iteration, slot);
  if (!is_ref && readers && *readers == 1) {
    value = *from;
    from->tensor = (hr_tensor){0};
  } else {
    copy_value(from, is_ref, &value);
  }
  return value;
}

static hr_status keep_value(hr_waiting_value **list, int32_t index, hr_value *value, bool is_ref, bool is_dead) {
  hr_waiting_value *waiting = calloc(1, sizeof *waiting);
  if (!waiting) {
    if (!is_dead) clear_value(value, is_ref);
    return hr_error_out_of_memory(sizeof *waiting, "a value that waits for an iteration");
  }
  *waiting = (hr_waiting_value){.node = index, .is_dead = is_dead, .is_ref = is_ref};
  if (!is_dead) waiting->value = *value;
  while (*list)
    list = &(*list)->next;
  *list = waiting;
  return HR_SUCCESS;
}

static void free_waiting(hr_waiting_value *list) {
  while (list) {
    hr_waiting_value *next = list->next;
    if (!list->is_dead) clear_value(&list->value, list->is_ref);
    free(list);
    list = next;
  }
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

static void free_loop(hr_dataflow *run, hr_loop_run *loop) {
  while (loop->first) {
    hr_iteration *iteration = loop->first;
    loop->first = iteration->next;
    clear_iteration(run, iteration);
    free_iteration(iteration);
  }
  free_waiting(loop->entered);
  free_waiting(loop->waiting);
  if (loop->previous)
    loop->previous->next = loop->next;
  else
    run->loops = loop->next;
  if (loop->next) loop->next->previous = loop->previous;
  free(loop->has_left);
  free(loop->frame_name);
  free(loop);
}

/* Begins the next iteration: with what every iteration has, and what waited for it. */
static hr_status begin_iteration(hr_dataflow *run, hr_loop_run *loop) {
  hr_iteration *iteration = run->spare_iterations[loop->loop];
  if (iteration)
    run->spare_iterations[loop->loop] = iteration->next;
  else
    HR_TRY(new_iteration(run, loop, &iteration));
  iteration->loop = loop;
  iteration->number = loop->next_number++;
  iteration->outstanding = 0;
  iteration->next = NULL;
  iteration->previous = loop->last;
  if (loop->last)
    loop->last->next = iteration;
  else
    loop->first = iteration;
  loop->last = iteration;
  ++loop->num_iterations;
  reset_iteration(run, iteration);
  for (hr_waiting_value *w = loop->entered; w; w = w->next) {
    hr_value value;
    if (!w->is_dead) copy_value(&w->value, w->is_ref, &value);
    hand_over(run, iteration, w->node, &value, w->is_dead);
  }
  hr_waiting_value *waiting = loop->waiting;
  loop->waiting = NULL;
  for (hr_waiting_value *w = waiting; w; w = w->next) {
    hand_over(run, iteration, w->node, &w->value, w->is_dead);
    w->is_dead = true; /* handed over: nothing is left to clear */
  }
  free_waiting(waiting);
  return HR_SUCCESS;
}

/* MurmurHash64A, with which TensorFlow numbers the runs of loops. */
static uint64_t hash64(const char *text, size_t length) {
  const uint64_t m = UINT64_C(0xc6a4a7935bd1e995);
  uint64_t hash = UINT64_C(0xDECAFCAFFE) ^ (length * m);
  for (; length >= 8; text += 8, length -= 8) {
    uint64_t word = hr_read_u64(text) * m;
    hash = (hash ^ ((word ^ word >> 47) * m)) * m;
  }
  for (size_t i = 0; i < length; ++i)
    hash ^= (uint64_t)(unsigned char)text[i] << 8 * i;
  if (length > 0) hash *= m;
  hash = (hash ^ hash >> 47) * m;
  return hash ^ hash >> 47;
}

/* A loop's name is that of the one outside, the iteration there, and its own; only Send and Recv want to know it. */
static const char *frame_name(hr_loop_run *loop, const hr_plan *plan) {
  if (loop->frame_name) return loop->frame_name;
  hr_loop_run *outer = loop->parent->loop;
  const char *outer_name = outer ? frame_name(outer, plan) : "";
  hr_text name = {0};
  if (outer_name)
    hr_text_printf(&name, "%s;%lld;%s", outer_name, (long long)loop->parent->number,
                   plan->flow->loops[loop->loop].name);
  loop->frame_name = outer_name ? hr_text_take(&name) : NULL;
  if (loop->frame_name) loop->frame_id = hash64(loop->frame_name, strlen(loop->frame_name));
  return loop->frame_name;
}

uint64_t hr_frame_id(const hr_iteration *iteration) {
  hr_dataflow *run = iteration->run;
  pthread_mutex_lock(&run->lock);
  uint64_t id = frame_name(iteration->loop, run->step->plan) ? iteration->loop->frame_id : 0;
  pthread_mutex_unlock(&run->lock);
  return id;
}

/* The run of the loop that `index`, an Enter in `parent`, leads into; a new one where it is the first to. */
static hr_status find_loop(hr_dataflow *run, hr_iteration *parent, int32_t index, hr_loop_run **out) {
  const hr_plan *plan = run->step->plan;
  int32_t number = hr_loop_entered(plan->flow, plan->flow->nodes[index].loop, plan->nodes[index].node);
  for (hr_loop_run *loop = run->loops; loop; loop = loop->next)
    if (loop->loop == number && loop->parent == parent) {
      *out = loop;
      return HR_SUCCESS;
    }
  const hr_plan_loop *l = &plan->flow->loops[number];
  hr_loop_run *loop = calloc(1, sizeof *loop);
  bool *has_left = calloc((size_t)l->num_nodes + 1, sizeof *has_left);
  if (!loop || !has_left) {
    free(loop);
    free(has_left);
    return hr_error_out_of_memory(sizeof *loop, "a loop");
  }
  *loop = (hr_loop_run){.loop = number, .parent = parent, .enters_to_come = l->num_enters, .has_left = has_left};
  loop->next = run->loops;
  if (run->loops) run->loops->previous = loop;
  run->loops = loop;
  ++parent->outstanding;
  hr_status status = begin_iteration(run, loop);
  if (status) return status; /* hr_dataflow_end frees it */
  *out = loop;
  return HR_SUCCESS;
}

static hr_status enter(hr_dataflow *run, hr_node_run *node) {
  hr_loop_run *loop;
  HR_TRY(find_loop(run, node->iteration, node->index, &loop));
  const hr_plan_node *n = plan_node(run, node);
  bool is_ref = run->step->plan->slot_kinds[n->first_slot] == HR_SLOT_REF;
  hr_value value = {0};
  if (!node->is_dead) value = take_input(run, node);
  --loop->enters_to_come;
  if (!hr_enters_every_iteration(n->node)) {
    hand_over(run, loop->first, node->index, &value, node->is_dead);
    return HR_SUCCESS;
  }
  for (hr_iteration *i = loop->first; i; i = i->next) {
    hr_value copy = {0};
    if (!node->is_dead) copy_value(&value, is_ref, &copy);
    hand_over(run, i, node->index, &copy, node->is_dead);
  }
  return keep_value(&loop->entered, node->index, &value, is_ref, node->is_dead);
}

/* Where what comes back is dead, no iteration follows. */
static hr_status come_back(hr_dataflow *run, hr_node_run *node) {
  if (node->is_dead) return HR_SUCCESS;
  const hr_plan *plan = run->step->plan;
  hr_loop_run *loop = node->iteration->loop;
  hr_value value = take_input(run, node);
  if (node->iteration->next) {
    hand_over(run, node->iteration->next, node->index, &value, false);
    return HR_SUCCESS;
  }
  bool is_ref = plan->slot_kinds[plan_node(run, node)->first_slot] == HR_SLOT_REF;
  HR_TRY(keep_value(&loop->waiting, node->index, &value, is_ref, false));
  int32_t most = plan->flow->loops[loop->loop].parallel_iterations;
  return loop->num_iterations < most ? begin_iteration(run, loop) : HR_SUCCESS;
}

static void leave(hr_dataflow *run, hr_node_run *node) {
  hr_loop_run *loop = node->iteration->loop;
  bool *has_left = &loop->has_left[run->step->plan->flow->local_node[node->index]];
  if (node->is_dead || *has_left) return; /* told when the loop ends */
  *has_left = true;
  hr_value value = take_input(run, node);
  hand_over(run, loop->parent, node->index, &value, false);
}

/* A loop is through: what never left it is dead outside. */
static void end_loop(hr_dataflow *run, hr_loop_run *loop) {
  const hr_plan *plan = run->step->plan;
  const hr_plan_loop *l = &plan->flow->loops[loop->loop];
  for (int32_t m = 0; m < l->num_nodes; ++m) {
    int32_t index = plan->flow->members[l->first_member + m];
    if (hr_control_of(plan->nodes[index].node) != HR_CONTROL_EXIT || loop->has_left[m]) continue;
    hr_value none = {0};
    hand_over(run, loop->parent, index, &none, true);
  }
  free_loop(run, loop);
}

/* Ends iterations in which nothing happens any more, the oldest first, and the loops they were the last of. */
static hr_status settle(hr_dataflow *run, hr_iteration *iteration) {
  while (iteration->loop) {
    hr_loop_run *loop = iteration->loop;
    while (loop->first && loop->first->outstanding == 0 && loop->enters_to_come == 0) {
      hr_iteration *done = loop->first;
      clear_iteration(run, done);
      loop->first = done->next;
      if (loop->first)
        loop->first->previous = NULL;
      else
        loop->last = NULL;
      done->next = run->spare_iterations[loop->loop];
      run->spare_iterations[loop->loop] = done;
      --loop->num_iterations;
      if (loop->waiting) HR_TRY(begin_iteration(run, loop));
    }
    if (loop->first) return HR_SUCCESS;
    iteration = loop->parent;
    end_loop(run, loop);
    --iteration->outstanding;
  }
  return HR_SUCCESS;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* The output that a Switch has chosen. */
static int32_t chosen_output(hr_dataflow *run, const hr_node_run *node) {
  const hr_tensor *which = hr_input(hr_node_context(run, node), 1);
  if (hr_tensor_dtype(which) == HR_BOOL) return *(const bool *)hr_tensor_data(which);
  int32_t chosen = *(const int32_t *)hr_tensor_data(which), last = plan_node(run, node)->num_outputs - 1;
  return chosen < 0 || chosen > last ? last : chosen;
}

hr_status hr_node_finished(hr_dataflow *run, hr_node_run *node) {
  const hr_plan *plan = run->step->plan;
  const hr_plan_node *n = plan_node(run, node);
  hr_iteration *iteration = node->iteration;
  hr_status status = HR_SUCCESS;
  switch (hr_control_of(n->node)) {
  case HR_CONTROL_ENTER: status = enter(run, node); break;
  case HR_CONTROL_NEXT_ITERATION: status = come_back(run, node); break;
  case HR_CONTROL_EXIT: leave(run, node); break;
  default: {
    bool is_switch = hr_control_of(n->node) == HR_CONTROL_SWITCH && !node->is_dead;
    int32_t chosen = is_switch ? chosen_output(run, node) : -1;
    for (int32_t e = 0; e < n->num_edges; ++e) {
      const hr_plan_edge *edge = &plan->edges[n->first_edge + e];
      deliver(run, iteration, edge, node->is_dead || (is_switch && edge->output >= 0 && edge->output != chosen));
    }
  }
  }
  release_values(run, node);
  --iteration->outstanding;
  if (!iteration->loop) ++run->finished;
  return status ? status : settle(run, iteration);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

hr_status hr_dataflow_new(hr_step *step, hr_dataflow **out) {
  const hr_plan *plan = step->plan;
  size_t loops = plan->flow ? (size_t)plan->flow->num_loops : 0;
  hr_dataflow *run = calloc(1, sizeof *run);
  if (run) {
    run->step = step;
    run->root.run = run;
    run->root.nodes = calloc((size_t)plan->num_nodes + 1, sizeof *run->root.nodes);
    run->root.readers = calloc((size_t)plan->num_slots + 1, sizeof *run->root.readers);
    run->spare_iterations = calloc(loops + 1, sizeof *run->spare_iterations);
  }
  if (!run || !run->root.nodes || !run->root.readers || !run->spare_iterations) {
    if (run) {
      free(run->root.nodes);
      free(run->root.readers);
      free(run->spare_iterations);
    }
    free(run);
    return hr_error_out_of_memory((size_t)plan->num_nodes * sizeof(hr_node_run), "a dataflow step");
  }
  pthread_mutex_init(&run->lock, NULL);
  hr_condition_init(&run->changed);
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    run->num_root_nodes += !plan->flow || plan->flow->nodes[i].loop < 0;
  *out = run;
  return HR_SUCCESS;
}

void hr_dataflow_free(hr_step *step) {
  hr_dataflow *run = step->dataflow;
  if (!run) return;
  int32_t loops = step->plan->flow ? step->plan->flow->num_loops : 0;
  for (int32_t l = 0; l < loops; ++l)
    while (run->spare_iterations[l]) {
      hr_iteration *next = run->spare_iterations[l]->next;
      free_iteration(run->spare_iterations[l]);
      run->spare_iterations[l] = next;
    }
  pthread_mutex_destroy(&run->lock);
  pthread_cond_destroy(&run->changed);
  free(run->root.nodes);
  free(run->root.readers);
  free(run->spare_iterations);
  free(run);
  step->dataflow = NULL;
}

void hr_dataflow_begin(hr_dataflow *run) {
  const hr_plan *plan = run->step->plan;
  run->first_ready = run->last_ready = NULL;
  run->under_way = run->finished = run->root.outstanding = 0;
  run->status = HR_SUCCESS;
  run->is_stopped = run->is_driven = run->has_asked = false;
  for (int32_t s = 0; s < plan->num_slots; ++s)
    run->root.readers[s] = plan->slot_readers[s];
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    reset_node(&run->root.nodes[i], &run->root, i, &plan->nodes[i]);
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    if ((!plan->flow || plan->flow->nodes[i].loop < 0) && run->root.nodes[i].pending == 0)
      make_ready(run, &run->root.nodes[i]);
}

void hr_dataflow_end(hr_dataflow *run) {
  while (run->loops)
    free_loop(run, run->loops);
}
