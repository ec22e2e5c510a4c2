/* Time: wall clock, monotonic clock, and what a thread has computed. */
#ifndef HR_RUNTIME_BASE_CLOCK_H
#define HR_RUNTIME_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t hr_now_micros(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
static inline int64_t hr_monotonic_nanos(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
static inline int64_t hr_thread_nanos(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

#endif
