/* The straight walk: nodes in creation order on the calling thread. Everything was decided when the plan was made; a
 * node costs its kernel's call, the release of what it read last, and a look at a word. */
#include "runtime/exec/walk.h"
#include "runtime/base/clock.h"
#include "runtime/exec/offload.h"
#include "runtime/exec/trace.h"

static hr_status walk_traced(hr_step *step) {
  for (int32_t i = 0; i < step->plan->num_nodes; ++i) {
    HR_TRY(hr_step_check(step));
    const hr_plan_node *node = &step->plan->nodes[i];
    hr_trace_node_start(step, i);
    hr_status status = hr_walk_compute(step, i);
    if (status) return hr_walk_failed(node, status);
    hr_trace_node_end(step, i);
    hr_walk_release(step, node);
  }
  return HR_SUCCESS;
}

/* Keeps the least time a node took: what it costs when nothing disturbs it. */
static hr_status walk_timed(hr_step *step) {
  hr_plan *plan = step->plan;
  int64_t before = hr_monotonic_nanos();
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    hr_plan_node *node = &plan->nodes[i];
    step->split = false;
    hr_status status = hr_walk_node(step, i);
    if (status) return hr_walk_failed(node, status);
    int64_t after = hr_monotonic_nanos(), known = atomic_load_explicit(&node->nanos, memory_order_relaxed);
    if (known == 0 || after - before < known) atomic_store_explicit(&node->nanos, after - before, memory_order_relaxed);
    if (step->split) node->splits = true;
    before = after;
    HR_TRY(hr_step_check(step));
  }
  return HR_SUCCESS;
}

/* The first runs of a plan that may offload: warm-up, then timing, then the decision. */
static hr_status walk_learning(hr_step *step) {
  hr_plan *plan = step->plan;
  hr_status status = walk_timed(step);
  if (status || atomic_fetch_add(&plan->runs, 1) != HR_TIMED_RUNS) return status; /* one thread decides, once */
  hr_schedule *schedule;
  status = hr_schedule_make(plan, &schedule);
  if (!status && schedule->count > 0) atomic_store_explicit(&plan->schedule, schedule, memory_order_release);
  return status;
}

hr_status hr_walk(hr_step *step) {
  hr_plan *plan = step->plan;
  if (__builtin_expect(step->traces != NULL, 0)) return walk_traced(step);
  if (__builtin_expect(plan->may_offload && !step->alone, 0)) {
    const hr_schedule *schedule = atomic_load_explicit(&plan->schedule, memory_order_acquire);
    if (schedule) {
      hr_step_allocator_stop_planning(&step->allocator); /* tasks ask for memory in any order */
      return hr_walk_scheduled(step, schedule);
    }
    if (atomic_load_explicit(&plan->runs, memory_order_relaxed) <= HR_TIMED_RUNS) return walk_learning(step);
  }
  const int32_t count = plan->num_nodes;
  for (int32_t i = 0; i < count; ++i) {
    hr_status status = hr_walk_node(step, i);
    if (__builtin_expect(status != HR_SUCCESS, 0)) return hr_walk_failed(&plan->nodes[i], status);
    HR_TRY(hr_step_check(step));
  }
  return HR_SUCCESS;
}
