/* Lanes: how a walk uses the streams of devices.
 *
 * The thread that walks gives the nodes of other lanes to their streams, in the order of the plan, and goes on. A
 * stream thus walks the plan, too, as far as its own nodes go: a slot is of one lane, and values are made, read and
 * given up there in that order, so that the walk need not wait. It waits where a value comes from another lane (a
 * transfer), where a predicate is found out there, and at the end.
 *
 * A transfer hands its value over in a transit, which holds one at a time. All waits are for what was given before, so
 * that none lasts for ever. */
#ifndef HR_RUNTIME_EXEC_LANES_H
#define HR_RUNTIME_EXEC_LANES_H

#include "runtime/exec/step.h"

typedef struct hr_lane {
  hr_step *step;
  int32_t index;
  int64_t given; /* pieces of work; the walk's */
  int64_t done;  /* guarded by the lock, like the next */
  int32_t taken; /* what the last Switch read */
} hr_lane;

typedef struct hr_transit {
  hr_tensor tensor; /* in host memory */
  bool is_full;
} hr_transit;

/* Of a step whose plan has more than one lane. */
typedef struct hr_lanes {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  hr_lane *lanes;
  hr_transit *transits; /* guarded by the lock, like the next */
  hr_status status;     /* the first error */
  _Atomic bool failed;  /* what is still in the streams is passed over */
} hr_lanes;

HR_MUST_USE hr_status hr_lanes_new(hr_step *step, hr_lanes **out);
void hr_lanes_free(hr_lanes *lanes);

/* Runs a kernel on its device; on the thread of its lane. */
static inline hr_status hr_device_compute(const hr_plan_node *node, hr_kernel_context *ctx) {
  hr_device *device = node->device;
  return node->lane && device->compute ? device->compute(device, node->kernel, ctx) : node->kernel->compute(ctx);
}

/* Gives a node to its lane; `alive` is the input that a Merge passes on. */
HR_MUST_USE hr_status hr_lane_give(hr_step *step, int32_t index, int32_t alive);
/* Gives a Switch to its lane and waits for what it reads. */
HR_MUST_USE hr_status hr_lane_ask(hr_step *step, int32_t index, int32_t *taken);
/* Gives up the values of plan->releases[first...end), each in its lane. */
HR_MUST_USE hr_status hr_lanes_release(hr_step *step, int32_t first, int32_t end);
/* Waits until all lanes are through. Answers their first error, else `status`, with which the walk ended. */
HR_MUST_USE hr_status hr_lanes_finish(hr_step *step, hr_status status);
/* Runs a node, dereferences included, on its lane or here, and waits for it: outside of a walk. */
HR_MUST_USE hr_status hr_run_now(hr_step *step, const hr_plan_node *node, hr_kernel_context *ctx);

/* Hands a tensor over (moved) once the transit is empty. Cancelled where the run has failed. */
HR_MUST_USE hr_status hr_transit_put(hr_step *step, int32_t transit, hr_tensor *tensor);
/* Takes it out once it is there; `*tensor` is overwritten. */
HR_MUST_USE hr_status hr_transit_take(hr_step *step, int32_t transit, hr_tensor *tensor);

#endif
