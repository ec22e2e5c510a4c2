/* Condition variables that wait for a time of the monotonic clock, which nobody sets. */
#ifndef HR_RUNTIME_BASE_CONDITION_H
#define HR_RUNTIME_BASE_CONDITION_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

static inline void hr_condition_init(pthread_cond_t *condition) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(condition, &attributes);
  pthread_condattr_destroy(&attributes);
}

/* Waits until the condition is signalled or hr_monotonic_nanos() reaches `deadline`. */
static inline void hr_condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline) {
  struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
  pthread_cond_timedwait(condition, lock, &until);
}

#endif
