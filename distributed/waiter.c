#include "distributed/waiter.h"
#include "distributed/http2/loop.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows, and all waiters */
static hr_loop *loop;
static hr_waiter *worker; /* the one that does the loop's work */

void hr_waiter_init(hr_waiter *waiter) {
  hr_condition_init(&waiter->changed);
  waiter->has_ended = waiter->looks = false;
}

void hr_waiter_clear(hr_waiter *waiter) { pthread_cond_destroy(&waiter->changed); }

void hr_waiter_end(hr_waiter *waiter) {
  pthread_mutex_lock(&lock);
  waiter->has_ended = true;
  if (waiter != worker)
    pthread_cond_signal(&waiter->changed);
  else if (waiter->looks)
    hr_loop_kick(loop);
  pthread_mutex_unlock(&lock);
}

void hr_waiter_kick_again(void) {
  pthread_mutex_lock(&lock);
  if (worker && worker->has_ended && worker->looks) hr_loop_kick(loop);
  pthread_mutex_unlock(&lock);
}

void hr_waiter_is_awake(void) {
  pthread_mutex_lock(&lock);
  worker->looks = false;
  pthread_mutex_unlock(&lock);
}

/* Lock held, but for while it works. */
static void work(hr_waiter *waiter, int64_t until) {
  worker = waiter;
  for (int64_t now = hr_monotonic_nanos(); !waiter->has_ended && now < until; now = hr_monotonic_nanos()) {
    waiter->looks = true;
    pthread_mutex_unlock(&lock);
    (void)hr_loop_work(loop, (until - now + 999999) / 1000000, true);
    pthread_mutex_lock(&lock);
  }
  worker = NULL;
  hr_loop_turn_away();
}

bool hr_waiter_wait(hr_waiter *waiter, int64_t milliseconds) {
  int64_t until = hr_monotonic_nanos() + milliseconds * 1000000;
  pthread_mutex_lock(&lock);
  while (!waiter->has_ended && hr_monotonic_nanos() < until) {
    if (loop && !worker)
      work(waiter, until);
    else
      hr_condition_wait_until(&waiter->changed, &lock, until);
  }
  bool ended = waiter->has_ended;
  pthread_mutex_unlock(&lock);
  return ended;
}

void hr_waiter_use_loop(hr_loop *clients) {
  pthread_mutex_lock(&lock);
  loop = clients;
  pthread_mutex_unlock(&lock);
}

void hr_waiter_before_fork(void) { pthread_mutex_lock(&lock); }
void hr_waiter_after_fork(void) { pthread_mutex_unlock(&lock); }

/* The threads of the loop, and whoever waited, are not there. */
void hr_waiter_after_fork_in_child(void) {
  loop = NULL;
  worker = NULL;
  pthread_mutex_unlock(&lock);
}
