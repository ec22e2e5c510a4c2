/* What both forms of the walk do with a node. */
#ifndef HR_RUNTIME_EXEC_WALK_H
#define HR_RUNTIME_EXEC_WALK_H

#include "runtime/exec/step.h"
#include "runtime/exec/wait.h"
#include "runtime/plan/transfer.h"

/* Gives up the values that nobody needs after the node. */
static inline void hr_walk_release(hr_step *step, const hr_plan_node *node) {
  const int32_t *release = step->plan->releases + node->first_release;
  hr_value *slots = step->slots - step->plan->num_constants;
  for (int32_t i = 0; i < node->num_releases; ++i) {
    hr_tensor *tensor = &slots[release[i]].tensor;
    if (tensor->buffer) hr_buffer_unref(tensor->buffer);
    tensor->buffer = NULL;
    tensor->data = NULL;
    tensor->dtype = HR_INVALID;
  }
}

/* Runs the node's kernel on the calling thread. */
static inline hr_status hr_walk_compute(hr_step *step, int32_t index) {
  const hr_plan_node *node = &step->plan->nodes[index];
  if (node->num_dereferences) HR_TRY(hr_step_dereference(step, node));
  if (__builtin_expect(!node->kernel->compute, 0)) return hr_compute_waiting(&step->contexts[index]);
  return node->kernel->compute(&step->contexts[index]);
}

/* Runs the node on the calling thread. */
static inline hr_status hr_walk_node(hr_step *step, int32_t index) {
  HR_TRY(hr_walk_compute(step, index));
  hr_walk_release(step, &step->plan->nodes[index]);
  return HR_SUCCESS;
}

/* Who sends a value away is no node of the program's: the one that made the value is named. */
static inline hr_status hr_walk_failed(const hr_plan_node *node, hr_status status) {
  const hr_node *at = node->node;
  if (strcmp(at->op->name, "_Send") == 0 && at->inputs[0].node) at = at->inputs[0].node;
  return hr_status_at_node(status, at->name, hr_shown_op(at), at->where);
}

#endif
