/* The straight walk: nodes in creation order on the calling thread. Everything was decided when the plan was made; a node
 * costs its kernel's call, the release of what it read last, and a look at the cancel flag. */
#include "runtime/base/clock.h"
#include "runtime/exec/step.h"

static inline void release_values(hr_step *step, const hr_plan_node *node) {
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

static inline hr_status run_node(hr_step *step, int32_t index) {
  const hr_plan_node *node = &step->plan->nodes[index];
  if (node->num_dereferences) HR_TRY(hr_step_dereference(step, node));
  HR_TRY(node->kernel->compute(&step->contexts[index]));
  release_values(step, node);
  return HR_SUCCESS;
}

static hr_status failed(const hr_plan_node *node, hr_status status) {
  return hr_status_at_node(status, node->node->name, node->node->op->name, node->node->where);
}

static hr_status walk_traced(hr_step *step) {
  for (int32_t i = 0; i < step->plan->num_nodes; ++i) {
    hr_code reason = hr_cancellation_reason(&step->cancellation);
    if (reason) return hr_cancellation_error(reason);
    hr_node_trace *trace = &step->traces[i];
    *trace = (hr_node_trace){.node = &step->plan->nodes[i], .start = hr_monotonic_nanos()};
    hr_status status = run_node(step, i);
    trace->end = hr_monotonic_nanos();
    if (status) return failed(&step->plan->nodes[i], status);
  }
  return HR_SUCCESS;
}

hr_status hr_walk(hr_step *step) {
  if (__builtin_expect(step->traces != NULL, 0)) return walk_traced(step);
  const hr_plan *plan = step->plan;
  const int32_t count = plan->num_nodes;
  for (int32_t i = 0; i < count; ++i) {
    hr_status status = run_node(step, i);
    if (__builtin_expect(status != HR_SUCCESS, 0)) return failed(&plan->nodes[i], status);
    hr_code reason = hr_cancellation_reason(&step->cancellation);
    if (__builtin_expect(reason != HR_OK, 0)) return hr_cancellation_error(reason);
  }
  return HR_SUCCESS;
}
