/* Runs of a part of a graph. */
#include "distributed/worker.h"
#include "distributed/worker_internal.h"
#include "runtime/base/clock.h"
#include <stdlib.h>

/* What comes for a step is in its memory, which goes with its part. */
static void let_go_of_part(void *part) { hr_part_unref(part); }

static hr_status set_up(hr_part_run *run) {
  const hr_plan *plan = run->prepared->plan;
  run->values = calloc((size_t)plan->num_fetches + 1, sizeof *run->values);
  if (!run->values) return hr_error_out_of_memory(sizeof *run->values * (size_t)plan->num_fetches, "fetched values");
  if (run->place) {
    run->step->rendezvous = &run->place->rendezvous;
    atomic_fetch_add(&run->part->references, 1);
    hr_step_allocator_stop_planning(&run->step->allocator); /* what comes in comes in any order */
    hr_meeting_place_set_memory(run->place, &run->step->allocator.base, run->part, let_go_of_part);
  }
  if (run->options.trace_level != HR_NO_TRACE) HR_TRY(hr_trace_begin(run->step));
  for (int32_t i = 0; i < plan->num_feeds; ++i)
    HR_TRY(hr_step_feed(run->step, i, run->feeds[i]));
  return HR_SUCCESS;
}

hr_status hr_part_run_begin(hr_part_run *run) {
  HR_TRY(hr_part_prepare(run->part, &run->prepared));
  HR_TRY(hr_prepared_take(run->prepared, &run->step));
  hr_status status = set_up(run);
  if (status) hr_part_run_end(run);
  return status;
}

static hr_status fetch_all(hr_part_run *run) {
  for (int32_t i = 0; i < run->step->plan->num_fetches; ++i)
    HR_TRY(hr_step_fetch(run->step, i, &run->values[i]));
  return HR_SUCCESS;
}

static void ended(void *argument, hr_status status) {
  hr_part_run *run = argument;
  if (run->place) hr_meeting_place_flush(&run->place->rendezvous);
  if (!status) status = fetch_all(run);
  for (int32_t i = 0; status && i < run->step->plan->num_fetches; ++i)
    hr_tensor_clear(&run->values[i]);
  run->done(run, status, run->values);
}

/* Of computing, on a thread that reads sockets: a message of a megabyte, which it sends itself, takes as long. */
#define QUICK_NANOS 500000

bool hr_part_is_quick(const hr_part *part) {
  int64_t nanos = atomic_load_explicit(&part->nanos, memory_order_relaxed);
  return nanos > 0 && nanos < QUICK_NANOS;
}

/* Long starts are remembered for a while. */
static void note_time(hr_part *part, int64_t nanos) {
  int64_t known = atomic_load_explicit(&part->nanos, memory_order_relaxed);
  int64_t faded = known - known / 8;
  atomic_store_explicit(&part->nanos, nanos > faded ? nanos : faded, memory_order_relaxed);
}

void hr_part_run_start(hr_part_run *run) {
  hr_part *part = run->part; /* the run may be gone when it has started */
  atomic_fetch_add(&part->references, 1);
  int64_t before = hr_thread_nanos(); /* not what others of the machine took from it */
  hr_step_start(run->step, ended, run);
  note_time(part, hr_thread_nanos() - before);
  hr_part_unref(part);
}

void hr_part_run_cancel(hr_part_run *run, hr_code reason) { hr_cancellation_cancel(&run->step->cancellation, reason); }

hr_status hr_part_run_metadata(hr_part_run *run, hr_owned_bytes *out) {
  hr_plan_request as_built = run->part->request;
  as_built.rewrites_off = HR_REWRITE_ALL;
  return hr_run_metadata_write(run->step, &run->options, &as_built, out);
}

void hr_part_run_end(hr_part_run *run) {
  hr_step *step = run->step;
  if (step->traces) hr_trace_end(step);
  step->rendezvous = &step->own_rendezvous;
  hr_step_finish(step);
  hr_prepared_give_back(run->prepared, step);
  free(run->values);
  run->step = NULL;
  run->values = NULL;
}
