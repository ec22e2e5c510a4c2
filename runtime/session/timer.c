#include "runtime/session/timer.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include <errno.h>
#include <string.h>

static pthread_mutex_t timer_lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static pthread_cond_t timer_changed;
static hr_timer *timers; /* by rising deadline */
static hr_timer *firing; /* whose cancellation runs now */
static bool thread_runs;
static pthread_once_t timer_once = PTHREAD_ONCE_INIT;

static void before_fork(void) { pthread_mutex_lock(&timer_lock); }
static void after_fork(void) { pthread_mutex_unlock(&timer_lock); }
/* The child has neither the thread nor the runs of other threads. */
static void after_fork_in_child(void) {
  thread_runs = false;
  timers = firing = NULL;
  hr_condition_init(&timer_changed);
  pthread_mutex_unlock(&timer_lock);
}

static void timer_init(void) {
  hr_condition_init(&timer_changed);
  (void)pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

static void *timer_main(void *unused) {
  (void)unused;
  pthread_mutex_lock(&timer_lock);
  for (;;) {
    if (!timers) {
      pthread_cond_wait(&timer_changed, &timer_lock);
    } else if (timers->deadline > hr_monotonic_nanos()) {
      hr_condition_wait_until(&timer_changed, &timer_lock, timers->deadline);
    } else {
      firing = timers;
      timers = timers->next;
      pthread_mutex_unlock(&timer_lock);
      hr_cancellation_cancel(firing->cancellation, HR_DEADLINE_EXCEEDED);
      pthread_mutex_lock(&timer_lock);
      firing = NULL;
      pthread_cond_broadcast(&timer_changed);
    }
  }
  return NULL;
}

/* Lock held. */
static hr_status ensure_thread(void) {
  if (thread_runs) return HR_SUCCESS;
  pthread_t thread;
  int error = pthread_create(&thread, NULL, timer_main, NULL);
  if (error) return hr_error(HR_RESOURCE_EXHAUSTED, "cannot start the timer thread: %s", strerror(error));
  pthread_detach(thread);
  thread_runs = true;
  return HR_SUCCESS;
}

hr_status hr_timer_start(hr_timer *timer, int64_t milliseconds, hr_cancellation *cancellation) {
  pthread_once(&timer_once, timer_init);
  int64_t now = hr_monotonic_nanos();
  timer->deadline = milliseconds < (INT64_MAX - now) / 1000000 ? now + milliseconds * 1000000 : INT64_MAX;
  timer->cancellation = cancellation;
  pthread_mutex_lock(&timer_lock);
  hr_status status = ensure_thread();
  if (!status) {
    hr_timer **link = &timers;
    while (*link && (*link)->deadline <= timer->deadline)
      link = &(*link)->next;
    timer->next = *link;
    *link = timer;
    pthread_cond_broadcast(&timer_changed);
  }
  pthread_mutex_unlock(&timer_lock);
  return status;
}

void hr_timer_stop(hr_timer *timer) {
  pthread_mutex_lock(&timer_lock);
  for (hr_timer **link = &timers; *link; link = &(*link)->next) {
    if (*link != timer) continue;
    *link = timer->next;
    break;
  }
  while (firing == timer)
    pthread_cond_wait(&timer_changed, &timer_lock);
  pthread_mutex_unlock(&timer_lock);
}
