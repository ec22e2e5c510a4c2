/* The walk with branches and loops: the instructions of a plan (runtime/plan/flow.h), one after the other, on the
 * calling thread. What is dead is not looked at: a branch that is not taken costs a jump and the release of what it
 * would have read. */
#include "runtime/exec/lanes.h"
#include "runtime/exec/trace.h"
#include "runtime/exec/walk.h"
#include "runtime/plan/flow.h"

static inline bool holds(const hr_step *step, const hr_plan_flow *flow, int32_t condition) {
  const hr_condition *c = &flow->conditions[condition];
  const int32_t *literal = flow->literals + c->first;
  for (int32_t i = 0; i < c->count; ++i)
    if (step->predicates[literal[i] >> 1] != (literal[i] & 1)) return false;
  return condition != HR_NEVER;
}

static hr_status release(hr_step *step, int32_t first, int32_t end) {
  if (__builtin_expect(step->lanes != NULL, 0)) return hr_lanes_release(step, first, end);
  hr_value *slots = step->slots - step->plan->num_constants;
  for (int32_t i = first; i < end; ++i) {
    hr_tensor *tensor = &slots[step->plan->releases[i]].tensor;
    if (tensor->buffer) hr_buffer_unref(tensor->buffer);
    tensor->buffer = NULL;
    tensor->data = NULL;
    tensor->dtype = HR_INVALID;
  }
  return HR_SUCCESS;
}

/* A node, traced where the run is. */
static hr_status run_node(hr_step *step, int32_t index) {
  const hr_plan_node *node = &step->plan->nodes[index];
  if (step->traces) hr_trace_node_start(step, index);
  hr_status status = hr_walk_compute(step, index);
  if (__builtin_expect(status != HR_SUCCESS, 0)) return hr_walk_failed(node, status);
  if (step->traces) hr_trace_node_end(step, index);
  return HR_SUCCESS;
}

/* What a Switch found out: a bool, or, with more than two outputs, a number. */
static inline void tell(hr_step *step, const hr_plan_flow *flow, int32_t index, bool is_bool, int32_t taken) {
  uint8_t *predicates = step->predicates + flow->nodes[index].predicate;
  if (is_bool) {
    *predicates = (uint8_t)taken;
  } else {
    int32_t last = step->plan->nodes[index].num_outputs - 1;
    for (int32_t i = 0; i <= last; ++i)
      predicates[i] = i == (taken < 0 || taken > last ? last : taken);
  }
}

static hr_status run_switch(hr_step *step, const hr_plan_flow *flow, int32_t index) {
  HR_TRY(run_node(step, index));
  const hr_tensor *which = hr_input(&step->contexts[index], 1);
  const void *data = hr_tensor_data(which);
  bool is_bool = hr_tensor_dtype(which) == HR_BOOL;
  tell(step, flow, index, is_bool, is_bool ? *(const bool *)data : *(const int32_t *)data);
  hr_walk_release(step, &step->plan->nodes[index]);
  return HR_SUCCESS;
}

/* The input that is alive; num_inputs for none. */
static int32_t find_alive(hr_step *step, const hr_plan_flow *flow, int32_t index) {
  const hr_plan_node *node = &step->plan->nodes[index];
  const int32_t *conditions = flow->choices + flow->nodes[index].choice;
  int32_t alive = 0;
  while (alive < node->num_inputs && !holds(step, flow, conditions[alive]))
    ++alive;
  if (flow->nodes[index].predicate >= 0) step->predicates[flow->nodes[index].predicate] = alive < node->num_inputs;
  return alive;
}

static hr_status run_merge(hr_step *step, const hr_plan_flow *flow, int32_t index) {
  const hr_plan_node *node = &step->plan->nodes[index];
  int32_t alive = find_alive(step, flow, index);
  if (alive < node->num_inputs) {
    step->contexts[index].alive_input = alive;
    HR_TRY(run_node(step, index));
  }
  hr_walk_release(step, node);
  return HR_SUCCESS;
}

/* The first iteration takes what enters, the others what comes back. */
static int32_t entering(const hr_step *step, const hr_plan_flow *flow, int32_t index) {
  const hr_plan_node *node = &step->plan->nodes[index];
  bool back_first = hr_control_of(node->node->inputs[0].node) == HR_CONTROL_NEXT_ITERATION;
  return step->comes_back[flow->nodes[index].loop] != back_first;
}

static hr_status run_entry(hr_step *step, const hr_plan_flow *flow, int32_t index) {
  step->contexts[index].alive_input = entering(step, flow, index);
  HR_TRY(run_node(step, index));
  hr_walk_release(step, &step->plan->nodes[index]);
  return HR_SUCCESS;
}

/* ---- on other lanes ---------------------------------------------------------------------------------------------- */

static hr_status queue_nodes(hr_step *step, int32_t first, int32_t end) {
  for (int32_t i = first; i < end; ++i) {
    HR_TRY(hr_lane_give(step, i, 0));
    HR_TRY(hr_step_check(step));
  }
  return HR_SUCCESS;
}

static hr_status queue_switch(hr_step *step, const hr_plan_flow *flow, const hr_instruction *in) {
  if (!in->waits) return hr_lane_give(step, in->first, 0);
  int32_t taken;
  HR_TRY(hr_lane_ask(step, in->first, &taken));
  bool is_bool = hr_output_dtype(step->plan->nodes[in->first].node->inputs[1]) == HR_BOOL;
  tell(step, flow, in->first, is_bool, taken);
  return HR_SUCCESS;
}

static hr_status queue_merge(hr_step *step, const hr_plan_flow *flow, int32_t index) {
  const hr_plan_node *node = &step->plan->nodes[index];
  int32_t alive = find_alive(step, flow, index);
  if (alive < node->num_inputs) return hr_lane_give(step, index, alive);
  return release(step, node->first_release, node->first_release + node->num_releases);
}

/* ---- the walk ---------------------------------------------------------------------------------------------------- */

static hr_status run_nodes(hr_step *step, int32_t first, int32_t end) {
  for (int32_t i = first; i < end; ++i) {
    HR_TRY(run_node(step, i));
    hr_walk_release(step, &step->plan->nodes[i]);
    HR_TRY(hr_step_check(step));
  }
  return HR_SUCCESS;
}

/* References that nothing wrote are told from those of the run before. */
static void forget_references(hr_step *step) {
  const hr_plan *plan = step->plan;
  for (int32_t i = 0; i < plan->num_fetches; ++i)
    if (plan->fetches[i].is_ref && plan->fetches[i].slot >= plan->num_constants)
      hr_step_slot(step, plan->fetches[i].slot)->ref = NULL;
}

hr_status hr_run_program(hr_step *step) {
  const hr_plan_flow *flow = step->plan->flow;
  const hr_instruction *code = flow->instructions;
  forget_references(step);
  for (int32_t at = 0; at < flow->num_instructions;) {
    const hr_instruction *in = &code[at++];
    switch (in->kind) {
    case HR_RUN: HR_TRY(run_nodes(step, in->first, in->end)); break;
    case HR_SWITCH: HR_TRY(run_switch(step, flow, in->first)); break;
    case HR_MERGE: HR_TRY(run_merge(step, flow, in->first)); break;
    case HR_ENTRY: HR_TRY(run_entry(step, flow, in->first)); break;
    case HR_QUEUE: HR_TRY(queue_nodes(step, in->first, in->end)); break;
    case HR_QUEUE_SWITCH: HR_TRY(queue_switch(step, flow, in)); break;
    case HR_QUEUE_MERGE: HR_TRY(queue_merge(step, flow, in->first)); break;
    case HR_QUEUE_ENTRY: HR_TRY(hr_lane_give(step, in->first, entering(step, flow, in->first))); break;
    case HR_WHEN:
      if (holds(step, flow, in->condition)) break;
      HR_TRY(release(step, in->release, in->end_release));
      at = in->target;
      break;
    case HR_LOOP: step->comes_back[in->first] = false; break;
    case HR_AGAIN:
      HR_TRY(hr_step_check(step));
      if (holds(step, flow, in->condition)) {
        step->comes_back[in->first] = true;
        at = in->target;
      } else {
        const hr_plan_loop *loop = &flow->loops[in->first];
        HR_TRY(release(step, loop->first_release, loop->first_release + loop->num_releases));
      }
      break;
    }
  }
  return HR_SUCCESS;
}
