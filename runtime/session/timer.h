/* Deadlines: one thread of the process cancels runs whose time is up. It starts at the first deadline. */
#ifndef HR_RUNTIME_SESSION_TIMER_H
#define HR_RUNTIME_SESSION_TIMER_H

#include "runtime/exec/cancellation.h"

typedef struct hr_timer {
  struct hr_timer *next;
  int64_t deadline; /* nanoseconds of the monotonic clock */
  hr_cancellation *cancellation;
} hr_timer;

/* After `milliseconds` cancels with HR_DEADLINE_EXCEEDED. The timer is the caller's until hr_timer_stop. */
HR_MUST_USE hr_status hr_timer_start(hr_timer *timer, int64_t milliseconds, hr_cancellation *cancellation);
/* After this the timer does not fire any more. */
void hr_timer_stop(hr_timer *timer);

#endif
