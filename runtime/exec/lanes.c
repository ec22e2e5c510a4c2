#include "runtime/exec/lanes.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/exec/poll.h"
#include "runtime/exec/trace.h"
#include "runtime/exec/walk.h"
#include "runtime/plan/flow.h"
#include <stdlib.h>

hr_status hr_lanes_new(hr_step *step, hr_lanes **out) {
  const hr_plan *plan = step->plan;
  hr_lanes *lanes = calloc(1, sizeof *lanes);
  if (lanes) {
    lanes->lanes = calloc((size_t)plan->num_lanes, sizeof *lanes->lanes);
    lanes->transits = calloc((size_t)plan->num_transits + 1, sizeof *lanes->transits);
  }
  if (!lanes || !lanes->lanes || !lanes->transits) {
    if (lanes) {
      free(lanes->lanes);
      free(lanes->transits);
    }
    free(lanes);
    return hr_error_out_of_memory(sizeof *lanes, "the lanes of a step");
  }
  pthread_mutex_init(&lanes->lock, NULL);
  hr_condition_init(&lanes->changed);
  for (int32_t i = 0; i < plan->num_lanes; ++i)
    lanes->lanes[i] = (hr_lane){.step = step, .index = i};
  *out = lanes;
  return HR_SUCCESS;
}

void hr_lanes_free(hr_lanes *lanes) {
  if (!lanes) return;
  pthread_mutex_destroy(&lanes->lock);
  pthread_cond_destroy(&lanes->changed);
  free(lanes->lanes);
  free(lanes->transits);
  free(lanes);
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

/* Until something changes, or it is time to look at the run's cancellation; on the thread that called the run the
 * host's hook is served. Lock held, given back meanwhile. */
static void wait_for_change(hr_step *step, hr_lanes *lanes) {
  hr_condition_wait_until(&lanes->changed, &lanes->lock, hr_monotonic_nanos() + HR_POLL_NANOS);
  if (!hr_cancellation_word(&step->cancellation) || !hr_poll_is_caller(step)) return;
  pthread_mutex_unlock(&lanes->lock);
  hr_poll_attend(step);
  pthread_mutex_lock(&lanes->lock);
}

static bool has_ended(const hr_step *step) {
  return atomic_load(&step->lanes->failed) || hr_cancellation_reason(&step->cancellation) != HR_OK;
}

/* The first error ends the run: who waits is told. What others then say is its consequence. Takes over `status`. */
static void fail(hr_step *step, hr_status status) {
  hr_lanes *lanes = step->lanes;
  pthread_mutex_lock(&lanes->lock);
  if (atomic_exchange(&lanes->failed, true))
    hr_status_free(status);
  else
    lanes->status = status;
  pthread_cond_broadcast(&lanes->changed);
  pthread_mutex_unlock(&lanes->lock);
  hr_cancellation_cancel(&step->cancellation, HR_CANCELLED);
}

static hr_status why_ended(const hr_step *step) {
  hr_code reason = hr_cancellation_reason(&step->cancellation);
  return hr_cancellation_error(reason ? reason : HR_CANCELLED);
}

/* ---- on the lanes' threads --------------------------------------------------------------------------------------- */

static void is_done(hr_lane *lane) {
  hr_lanes *lanes = lane->step->lanes;
  pthread_mutex_lock(&lanes->lock);
  ++lane->done;
  pthread_cond_broadcast(&lanes->changed);
  pthread_mutex_unlock(&lanes->lock);
}

static int32_t value_of(const hr_tensor *which) {
  if (hr_tensor_dtype(which) == HR_BOOL) return *(const bool *)hr_tensor_data(which);
  return *(const int32_t *)hr_tensor_data(which);
}

static hr_status compute(hr_step *step, const hr_plan_node *node, hr_kernel_context *ctx) {
  if (node->num_dereferences) HR_TRY(hr_step_dereference(step, node));
  return hr_device_compute(node, ctx);
}

static hr_status run_node(hr_lane *lane, int32_t index) {
  hr_step *step = lane->step;
  const hr_plan_node *node = &step->plan->nodes[index];
  if (step->traces) hr_trace_node_start(step, index);
  hr_status status = compute(step, node, &step->contexts[index]);
  if (status) return hr_walk_failed(node, status);
  if (hr_control_of(node->node) == HR_CONTROL_SWITCH) lane->taken = value_of(hr_input(&step->contexts[index], 1));
  if (step->traces) hr_trace_node_end(step, index);
  hr_walk_release(step, node);
  return HR_SUCCESS;
}

static void run_given_node(void *argument, int32_t index, int32_t alive) {
  hr_lane *lane = argument;
  if (has_ended(lane->step)) {
    atomic_store(&lane->step->lanes->failed, true); /* the walk may be through already */
  } else {
    lane->step->contexts[index].alive_input = alive;
    hr_status status = run_node(lane, index);
    if (status) fail(lane->step, status);
  }
  is_done(lane);
}

static void release_own(hr_lane *lane, int32_t first, int32_t end) {
  const hr_plan *plan = lane->step->plan;
  for (int32_t i = first; i < end; ++i) {
    int32_t slot = plan->releases[i];
    if (plan->slot_lanes[slot] == lane->index) hr_tensor_clear(&hr_step_slot(lane->step, slot)->tensor);
  }
}

static void run_release(void *argument, int32_t first, int32_t end) {
  release_own(argument, first, end);
  is_done(argument);
}

/* ---- on the walk's ----------------------------------------------------------------------------------------------- */

static hr_status give(hr_step *step, int32_t lane, void (*run)(void *, int32_t, int32_t), int32_t index,
                      int32_t detail) {
  hr_lane *to = &step->lanes->lanes[lane];
  HR_TRY(hr_stream_submit(step->plan->lanes[lane]->stream, &(hr_stream_work){run, to, index, detail}));
  ++to->given;
  return HR_SUCCESS;
}

hr_status hr_lane_give(hr_step *step, int32_t index, int32_t alive) {
  return give(step, step->plan->nodes[index].lane, run_given_node, index, alive);
}

static void wait_for_lane(hr_step *step, hr_lane *lane) {
  hr_lanes *lanes = step->lanes;
  pthread_mutex_lock(&lanes->lock);
  while (lane->done < lane->given)
    wait_for_change(step, lanes);
  pthread_mutex_unlock(&lanes->lock);
}

hr_status hr_lane_ask(hr_step *step, int32_t index, int32_t *taken) {
  hr_lane *lane = &step->lanes->lanes[step->plan->nodes[index].lane];
  HR_TRY(hr_lane_give(step, index, 0));
  wait_for_lane(step, lane);
  if (has_ended(step)) return why_ended(step);
  *taken = lane->taken;
  return HR_SUCCESS;
}

hr_status hr_lanes_release(hr_step *step, int32_t first, int32_t end) {
  const hr_plan *plan = step->plan;
  uint64_t seen = 0; /* HR_MAX_DEVICES lanes at most */
  for (int32_t i = first; i < end; ++i) {
    int32_t lane = plan->slot_lanes[plan->releases[i]];
    if (seen >> lane & 1) continue;
    seen |= UINT64_C(1) << lane;
    if (lane == 0)
      release_own(&step->lanes->lanes[0], first, end);
    else
      HR_TRY(give(step, lane, run_release, first, end));
  }
  return HR_SUCCESS;
}

static void empty_transits(hr_step *step) {
  for (int32_t i = 0; i < step->plan->num_transits; ++i) {
    hr_transit *transit = &step->lanes->transits[i];
    if (transit->is_full) hr_tensor_clear(&transit->tensor);
    transit->is_full = false;
  }
}

hr_status hr_lanes_finish(hr_step *step, hr_status status) {
  hr_lanes *lanes = step->lanes;
  if (status) {
    atomic_store(&lanes->failed, true);
    pthread_mutex_lock(&lanes->lock);
    pthread_cond_broadcast(&lanes->changed);
    pthread_mutex_unlock(&lanes->lock);
  }
  for (int32_t i = 1; i < step->plan->num_lanes; ++i)
    wait_for_lane(step, &lanes->lanes[i]);
  empty_transits(step);
  hr_status first = lanes->status;
  lanes->status = HR_SUCCESS;
  if (atomic_exchange(&lanes->failed, false) && !status && !first) status = why_ended(step);
  if (!first) return status;
  hr_status_free(status);
  return first;
}

typedef struct awaited_node {
  hr_step *step;
  const hr_plan_node *node;
  hr_kernel_context *ctx;
  hr_status status;
} awaited_node;

static void compute_awaited(void *argument) {
  awaited_node *awaited = argument;
  awaited->status = compute(awaited->step, awaited->node, awaited->ctx);
}

hr_status hr_run_now(hr_step *step, const hr_plan_node *node, hr_kernel_context *ctx) {
  awaited_node awaited = {step, node, ctx, HR_SUCCESS};
  if (node->lane)
    HR_TRY(hr_stream_call(node->device->stream, compute_awaited, &awaited));
  else
    compute_awaited(&awaited);
  return awaited.status;
}

/* ---- between lanes ----------------------------------------------------------------------------------------------- */

hr_status hr_transit_put(hr_step *step, int32_t index, hr_tensor *tensor) {
  hr_lanes *lanes = step->lanes;
  hr_transit *transit = &lanes->transits[index];
  pthread_mutex_lock(&lanes->lock);
  while (transit->is_full && !has_ended(step))
    wait_for_change(step, lanes);
  bool may = !transit->is_full;
  if (may) {
    transit->tensor = *tensor;
    transit->is_full = true;
    *tensor = (hr_tensor){0};
    pthread_cond_broadcast(&lanes->changed);
  }
  pthread_mutex_unlock(&lanes->lock);
  return may ? HR_SUCCESS : why_ended(step);
}

hr_status hr_transit_take(hr_step *step, int32_t index, hr_tensor *tensor) {
  hr_lanes *lanes = step->lanes;
  hr_transit *transit = &lanes->transits[index];
  pthread_mutex_lock(&lanes->lock);
  while (!transit->is_full && !has_ended(step))
    wait_for_change(step, lanes);
  bool may = transit->is_full;
  if (may) {
    *tensor = transit->tensor;
    transit->is_full = false;
    pthread_cond_broadcast(&lanes->changed);
  }
  pthread_mutex_unlock(&lanes->lock);
  return may ? HR_SUCCESS : why_ended(step);
}
