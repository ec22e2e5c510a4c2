/* Cancellation of a run: a word that every node's end looks at, and the waits that must be ended. */
#ifndef HR_RUNTIME_EXEC_CANCELLATION_H
#define HR_RUNTIME_EXEC_CANCELLATION_H

#include "headrace/kernel.h"
#include <pthread.h>
#include <stdatomic.h>

/* In the word beside the reason: the host's hook wants to be called (poll.h). */
#define HR_ATTENTION 0x100

typedef struct hr_cancellation {
  _Atomic int32_t word; /* why the run shall stop (an hr_code, HR_OK while it may go on), and HR_ATTENTION */
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t finished;
  hr_cancel_watch *watches;
  hr_cancel_watch *running; /* whose callback runs now */
  pthread_t runner;
} hr_cancellation;

void hr_cancellation_init(hr_cancellation *c);
void hr_cancellation_clear(hr_cancellation *c);
/* 0 while there is nothing to see to. */
static inline int32_t hr_cancellation_word(const hr_cancellation *c) {
  return atomic_load_explicit(&c->word, memory_order_relaxed);
}
static inline hr_code hr_cancellation_reason(const hr_cancellation *c) {
  return (hr_code)(hr_cancellation_word(c) & ~HR_ATTENTION);
}
/* Cancels with HR_CANCELLED or HR_DEADLINE_EXCEEDED (the first reason stays) and runs what was registered. */
void hr_cancellation_cancel(hr_cancellation *c, hr_code reason);
/* Ready for another run. */
static inline void hr_cancellation_reset(hr_cancellation *c) {
  atomic_store_explicit(&c->word, HR_OK, memory_order_relaxed);
}
bool hr_cancellation_watch(hr_cancellation *c, hr_cancel_watch *watch);
void hr_cancellation_unwatch(hr_cancellation *c, hr_cancel_watch *watch);
/* The error of a run that was told to stop. */
HR_MUST_USE hr_status hr_cancellation_error(hr_code reason);

#endif
