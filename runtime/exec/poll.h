/* The host's hook during long runs: hr_set_poll in headrace/session.h.
 *
 * A thread with a hook notes which run it is in: two stores a run. A ticker thread, which sleeps while no such thread
 * runs anything, looks every HR_POLL_NANOS, and where it finds the run it saw before it raises HR_ATTENTION in the
 * run's cancellation word. The calling thread comes across that at its next look and calls the hook. */
#ifndef HR_RUNTIME_EXEC_POLL_H
#define HR_RUNTIME_EXEC_POLL_H

#include "headrace/session.h"
#include "runtime/exec/step.h"

#define HR_POLL_NANOS 50000000

/* A thread that has, or had, a hook. */
typedef struct hr_poller {
  struct hr_poller *next;
  hr_poll poll; /* the thread's own; NULL: none now */
  void *argument;
  _Atomic(hr_cancellation *) running; /* the run under way on the thread, the innermost where one calls another */
  _Atomic uint64_t runs;              /* begun so far: tells one run from the next */
  uint64_t seen;                      /* runs when the ticker last looked; the ticker's */
} hr_poller;

extern _Thread_local hr_poller *hr_this_poller;
/* False while the ticker may be asleep. */
extern _Atomic bool hr_ticker_awake;
void hr_ticker_wake(void);

/* The calling thread begins a run; answers the run it is in already, for hr_poll_leave. */
static inline hr_cancellation *hr_poll_enter(hr_cancellation *run) {
  hr_poller *self = hr_this_poller;
  if (__builtin_expect(self == NULL, 1)) return NULL;
  hr_cancellation *outer = atomic_load_explicit(&self->running, memory_order_relaxed);
  uint64_t runs = atomic_load_explicit(&self->runs, memory_order_relaxed);
  atomic_store_explicit(&self->running, run, memory_order_release);
  atomic_store_explicit(&self->runs, runs + 1, memory_order_release);
  if (__builtin_expect(!atomic_load_explicit(&hr_ticker_awake, memory_order_relaxed), 0)) hr_ticker_wake();
  return outer;
}
static inline void hr_poll_leave(hr_cancellation *outer) {
  hr_poller *self = hr_this_poller;
  if (__builtin_expect(self != NULL, 0)) atomic_store_explicit(&self->running, outer, memory_order_release);
}

/* Calls the calling thread's hook, if it has one, and returns its error: for waits that no step is part of. */
static inline HR_MUST_USE hr_status hr_poll_now(void) {
  hr_poller *self = hr_this_poller;
  return self && self->poll ? self->poll(self->argument) : HR_SUCCESS;
}

/* The calling thread has a hook and is the one that called this run. */
bool hr_poll_is_caller(const hr_step *step);
/* Takes the attention back and calls the hook of the calling thread, if this is its run. An error of the hook stands in
 * step->interrupt and cancels the run. Call without locks held, on the thread that called the run. */
void hr_poll_attend(hr_step *step);
/* Before a step's memory goes: the ticker is not looking at it any more. */
void hr_poll_forget(void);

#endif
