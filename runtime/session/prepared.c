#include "runtime/session/prepared.h"
#include <stdlib.h>
#include <unistd.h>

hr_status hr_prepared_new(const hr_plan_request *request, hr_prepared **out) {
  hr_prepared *prepared = calloc(1, sizeof *prepared);
  if (!prepared) return hr_error_out_of_memory(sizeof *prepared, "a prepared run");
  pthread_mutex_init(&prepared->lock, NULL);
  hr_status status = hr_plan_new(request, &prepared->plan);
  if (!status) status = hr_plan_run_constants(prepared->plan);
  if (status && prepared->plan && prepared->plan->has_folded) {
    /* Perhaps no run ever comes to what failed: each may find out for itself. */
    hr_status_free(status);
    hr_plan_free(prepared->plan);
    prepared->plan = NULL;
    hr_plan_request as_asked = *request;
    as_asked.rewrites_off |= HR_REWRITE_CONSTANTS;
    status = hr_plan_new(&as_asked, &prepared->plan);
    if (!status) status = hr_plan_run_constants(prepared->plan);
  }
  if (status) {
    hr_prepared_free(prepared);
    return status;
  }
  *out = prepared;
  return HR_SUCCESS;
}

void hr_prepared_free(hr_prepared *prepared) {
  for (int32_t i = 0; i < prepared->num_steps; ++i)
    hr_step_free(prepared->steps[i]);
  free(prepared->steps);
  hr_plan_free(prepared->plan);
  pthread_mutex_destroy(&prepared->lock);
  free(prepared);
}

/* Where a thread looks first, so that threads do not meet. */
static unsigned home_slot(void) {
  static _Atomic unsigned next_home;
  static _Thread_local unsigned home; /* plus one; 0 until the thread has one */
  if (__builtin_expect(home == 0, 0)) home = atomic_fetch_add(&next_home, 1) % HR_IDLE_STEPS + 1;
  return home - 1;
}

static hr_status add_step(hr_prepared *prepared, hr_step **out) {
  HR_TRY(hr_step_new(prepared->plan, out));
  (*out)->busy = true;
  pthread_mutex_lock(&prepared->lock);
  hr_status status = HR_SUCCESS;
  if (prepared->num_steps == prepared->capacity) {
    int32_t capacity = prepared->capacity ? 2 * prepared->capacity : 4;
    hr_step **steps = realloc(prepared->steps, sizeof *steps * (size_t)capacity);
    if (steps) {
      prepared->steps = steps;
      prepared->capacity = capacity;
    } else {
      status = hr_error_out_of_memory(sizeof *steps * (size_t)capacity, "the steps of a session");
    }
  }
  if (!status) prepared->steps[prepared->num_steps++] = *out;
  pthread_mutex_unlock(&prepared->lock);
  if (status) hr_step_free(*out);
  return status;
}

static void remove_step(hr_prepared *prepared, hr_step *step) {
  pthread_mutex_lock(&prepared->lock);
  for (int32_t i = 0; i < prepared->num_steps; ++i) {
    if (prepared->steps[i] == step) prepared->steps[i] = prepared->steps[--prepared->num_steps];
  }
  pthread_mutex_unlock(&prepared->lock);
  hr_step_free(step);
}

hr_status hr_prepared_take(hr_prepared *prepared, hr_step **out) {
  unsigned home = home_slot();
  for (unsigned i = 0; i < HR_IDLE_STEPS; ++i) {
    _Atomic(hr_step *) *slot = &prepared->idle[(home + i) % HR_IDLE_STEPS];
    if (!atomic_load_explicit(slot, memory_order_relaxed)) continue;
    hr_step *step = atomic_exchange_explicit(slot, NULL, memory_order_acquire);
    if (!step) continue;
    hr_cancellation_reset(&step->cancellation);
    atomic_store(&step->busy, true); /* in one order with a session's closing flag, which the caller reads next */
    *out = step;
    return HR_SUCCESS;
  }
  return add_step(prepared, out);
}

void hr_prepared_give_back(hr_prepared *prepared, hr_step *step) {
  unsigned home = home_slot();
  for (unsigned i = 0; i < HR_IDLE_STEPS; ++i) {
    _Atomic(hr_step *) *slot = &prepared->idle[(home + i) % HR_IDLE_STEPS];
    hr_step *none = NULL;
    if (atomic_load_explicit(slot, memory_order_relaxed)) continue;
    atomic_store_explicit(&step->busy, false, memory_order_release);
    if (atomic_compare_exchange_strong_explicit(slot, &none, step, memory_order_release, memory_order_relaxed)) return;
  }
  remove_step(prepared, step); /* more threads at once than are worth keeping steps for */
}

bool hr_prepared_cancel(hr_prepared *prepared) {
  bool any = false;
  pthread_mutex_lock(&prepared->lock);
  for (int32_t i = 0; i < prepared->num_steps; ++i) {
    if (!atomic_load(&prepared->steps[i]->busy)) continue;
    any = true;
    hr_cancellation_cancel(&prepared->steps[i]->cancellation, HR_CANCELLED);
  }
  pthread_mutex_unlock(&prepared->lock);
  return any;
}

void hr_prepared_stop(hr_prepared *prepared) {
  while (hr_prepared_cancel(prepared))
    usleep(50);
}
