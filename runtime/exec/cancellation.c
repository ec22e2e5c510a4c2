#include "runtime/exec/cancellation.h"

void hr_cancellation_init(hr_cancellation *c) {
  atomic_init(&c->word, HR_OK);
  pthread_mutex_init(&c->lock, NULL);
  pthread_cond_init(&c->finished, NULL);
  c->watches = c->running = NULL;
}

void hr_cancellation_clear(hr_cancellation *c) {
  pthread_mutex_destroy(&c->lock);
  pthread_cond_destroy(&c->finished);
}

static void unlink_watch(hr_cancellation *c, hr_cancel_watch *watch) {
  if (watch->previous)
    watch->previous->next = watch->next;
  else
    c->watches = watch->next;
  if (watch->next) watch->next->previous = watch->previous;
  watch->next = watch->previous = watch; /* marks it as not in the list */
}

void hr_cancellation_cancel(hr_cancellation *c, hr_code reason) {
  pthread_mutex_lock(&c->lock);
  if (hr_cancellation_reason(c) == HR_OK) {
    atomic_fetch_or(&c->word, (int32_t)reason);
    c->runner = pthread_self();
    while (c->watches) {
      hr_cancel_watch *watch = c->running = c->watches;
      unlink_watch(c, watch);
      pthread_mutex_unlock(&c->lock);
      watch->cancel(watch);
      pthread_mutex_lock(&c->lock);
      c->running = NULL;
      pthread_cond_broadcast(&c->finished);
    }
  }
  pthread_mutex_unlock(&c->lock);
}

bool hr_cancellation_watch(hr_cancellation *c, hr_cancel_watch *watch) {
  pthread_mutex_lock(&c->lock);
  bool may = hr_cancellation_reason(c) == HR_OK;
  if (may) {
    watch->previous = NULL;
    watch->next = c->watches;
    if (watch->next) watch->next->previous = watch;
    c->watches = watch;
  }
  pthread_mutex_unlock(&c->lock);
  return may;
}

void hr_cancellation_unwatch(hr_cancellation *c, hr_cancel_watch *watch) {
  pthread_mutex_lock(&c->lock);
  if (watch->next != watch) unlink_watch(c, watch);
  while (c->running == watch && !pthread_equal(c->runner, pthread_self()))
    pthread_cond_wait(&c->finished, &c->lock);
  pthread_mutex_unlock(&c->lock);
}

hr_status hr_cancellation_error(hr_code reason) {
  if (reason == HR_DEADLINE_EXCEEDED) return hr_error(reason, "Timed out waiting for notification");
  return hr_error(HR_CANCELLED, "Run call was cancelled");
}
