#include "distributed/waiter.h"
#include "distributed/http2/loop.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows, and all waiters */
static hr_loop *loop;
static hr_waiter *worker; /* the one that does the loop's work */
static pthread_cond_t worker_is_busy = PTHREAD_COND_INITIALIZER;
static int32_t num_aside, num_polling; /* threads of the loop: that stand aside, that wait among the sockets */

/* One thread of the loop among the sockets is enough. Lock held. */
static void call_helper(void) {
  if (num_aside > 0 && num_polling == 0) pthread_cond_signal(&worker_is_busy);
}

void hr_waiter_init(hr_waiter *waiter) {
  hr_condition_init(&waiter->changed);
  waiter->has_ended = waiter->is_asleep = false;
}

void hr_waiter_clear(hr_waiter *waiter) { pthread_cond_destroy(&waiter->changed); }

void hr_waiter_end(hr_waiter *waiter) {
  pthread_mutex_lock(&lock);
  waiter->has_ended = true;
  if (waiter != worker)
    pthread_cond_signal(&waiter->changed);
  else if (waiter->is_asleep)
    hr_loop_kick(loop);
  pthread_mutex_unlock(&lock);
}

void hr_waiter_kick_again(void) {
  pthread_mutex_lock(&lock);
  if (worker && worker->has_ended && worker->is_asleep) hr_loop_kick(loop);
  pthread_mutex_unlock(&lock);
}

void hr_waiter_is_awake(void) {
  pthread_mutex_lock(&lock);
  worker->is_asleep = false;
  call_helper();
  pthread_mutex_unlock(&lock);
}

void hr_waiter_stand_aside(void) {
  pthread_mutex_lock(&lock);
  ++num_aside;
  while (worker && worker->is_asleep)
    pthread_cond_wait(&worker_is_busy, &lock);
  --num_aside;
  ++num_polling;
  pthread_mutex_unlock(&lock);
}

void hr_waiter_is_called(void) {
  pthread_mutex_lock(&lock);
  --num_polling;
  if (!worker || !worker->is_asleep) call_helper();
  pthread_mutex_unlock(&lock);
}

/* Lock held, but for while it works. */
static void work(hr_waiter *waiter, int64_t until) {
  worker = waiter;
  for (int64_t now = hr_monotonic_nanos(); !waiter->has_ended && now < until; now = hr_monotonic_nanos()) {
    waiter->is_asleep = true;
    pthread_mutex_unlock(&lock);
    hr_loop_work(loop, (until - now + 999999) / 1000000, true);
    pthread_mutex_lock(&lock);
  }
  worker = NULL;
  call_helper();
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
  num_aside = num_polling = 0;
  pthread_mutex_unlock(&lock);
}
