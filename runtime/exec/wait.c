#include "runtime/exec/wait.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/exec/poll.h"
#include <pthread.h>

enum { PENDING, ANSWERED, SLEEPING };

/* Stands on the waiting thread's stack: whoever answers touches it last under the lock, or not at all. */
typedef struct waiter {
  _Atomic int state;
  hr_status status;
  pthread_mutex_t lock; /* these two are made when the thread goes to sleep */
  pthread_cond_t answered;
} waiter;

static void answer(void *argument, hr_status status) {
  waiter *w = argument;
  int state = PENDING;
  w->status = status;
  if (atomic_compare_exchange_strong(&w->state, &state, ANSWERED)) return;
  pthread_mutex_lock(&w->lock);
  atomic_store(&w->state, ANSWERED);
  pthread_cond_signal(&w->answered);
  pthread_mutex_unlock(&w->lock);
}

/* Lock held. The hook is called, or the step is cancelled: the kernel will answer soon. */
static void attend(waiter *w, hr_step *step) {
  pthread_mutex_unlock(&w->lock);
  hr_status status = hr_step_check(step);
  if (status) hr_cancellation_cancel(&step->cancellation, HR_CANCELLED);
  hr_status_free(status); /* the run says it in the end */
  pthread_mutex_lock(&w->lock);
}

static __attribute__((noinline)) void sleep_until_answered(waiter *w, hr_step *step) {
  pthread_mutex_init(&w->lock, NULL);
  hr_condition_init(&w->answered);
  int state = PENDING;
  if (atomic_compare_exchange_strong(&w->state, &state, SLEEPING)) {
    bool is_caller = hr_poll_is_caller(step), told = false;
    pthread_mutex_lock(&w->lock);
    while (atomic_load(&w->state) != ANSWERED) {
      if (!told && hr_cancellation_word(&step->cancellation)) {
        attend(w, step);
        told = hr_cancellation_reason(&step->cancellation) != HR_OK;
      } else if (is_caller) {
        hr_condition_wait_until(&w->answered, &w->lock, hr_monotonic_nanos() + HR_POLL_NANOS);
      } else {
        pthread_cond_wait(&w->answered, &w->lock);
      }
    }
    pthread_mutex_unlock(&w->lock);
  }
  pthread_cond_destroy(&w->answered);
  pthread_mutex_destroy(&w->lock);
}

hr_status hr_compute_waiting(hr_kernel_context *context) {
  waiter w;
  atomic_init(&w.state, PENDING);
  context->node->kernel->compute_async(context, answer, &w);
  if (atomic_load(&w.state) != ANSWERED) sleep_until_answered(&w, context->step);
  return w.status;
}
