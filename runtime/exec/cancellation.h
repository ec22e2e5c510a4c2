/* Cancellation of a run: a flag that every node's end polls, and the waits that must be ended. */
#ifndef HR_RUNTIME_EXEC_CANCELLATION_H
#define HR_RUNTIME_EXEC_CANCELLATION_H

#include "headrace/kernel.h"
#include <pthread.h>
#include <stdatomic.h>

typedef struct hr_cancellation {
  _Atomic int32_t reason; /* an hr_code; HR_OK while the run may go on */
  pthread_mutex_t lock;   /* guards what follows */
  pthread_cond_t finished;
  hr_cancel_watch *watches;
  hr_cancel_watch *running; /* whose callback runs now */
  pthread_t runner;
} hr_cancellation;

void hr_cancellation_init(hr_cancellation *c);
void hr_cancellation_clear(hr_cancellation *c);
static inline hr_code hr_cancellation_reason(const hr_cancellation *c) {
  return (hr_code)atomic_load_explicit(&c->reason, memory_order_relaxed);
}
/* Cancels with HR_CANCELLED or HR_DEADLINE_EXCEEDED (the first reason stays) and runs what was registered. */
void hr_cancellation_cancel(hr_cancellation *c, hr_code reason);
/* Ready for another run. */
static inline void hr_cancellation_reset(hr_cancellation *c) {
  atomic_store_explicit(&c->reason, HR_OK, memory_order_relaxed);
}
bool hr_cancellation_watch(hr_cancellation *c, hr_cancel_watch *watch);
void hr_cancellation_unwatch(hr_cancellation *c, hr_cancel_watch *watch);
/* The error of a run that was told to stop. */
HR_MUST_USE hr_status hr_cancellation_error(hr_code reason);

#endif
