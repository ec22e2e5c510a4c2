#include "distributed/handler_threads.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include <signal.h>
#include <stdlib.h>

#define MAX_THREADS 512
#define IDLE_NANOS  INT64_C(5000000000)

struct hr_workers {
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t work, gone;
  hr_task *first, *last;
  int32_t waiting; /* tasks */
  int32_t threads, idle;
  bool ending;
};

hr_workers *hr_workers_new(void) {
  hr_workers *w = calloc(1, sizeof *w);
  if (!w) return NULL;
  pthread_mutex_init(&w->lock, NULL);
  hr_condition_init(&w->work);
  hr_condition_init(&w->gone);
  return w;
}

/* Waits for a task; NULL when it is time to go. Lock held. */
static hr_task *next_task(hr_workers *w) {
  int64_t until = hr_monotonic_nanos() + IDLE_NANOS;
  ++w->idle;
  while (!w->first && !w->ending && hr_monotonic_nanos() < until)
    hr_condition_wait_until(&w->work, &w->lock, until);
  --w->idle;
  hr_task *task = w->first;
  if (!task) return NULL;
  w->first = task->next;
  --w->waiting;
  return task;
}

static void *work(void *argument) {
  hr_workers *w = argument;
  pthread_mutex_lock(&w->lock);
  for (hr_task *task = next_task(w); task; task = next_task(w)) {
    pthread_mutex_unlock(&w->lock);
    task->run(task);
    pthread_mutex_lock(&w->lock);
  }
  --w->threads;
  pthread_cond_broadcast(&w->gone);
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

void hr_workers_run(hr_workers *w, hr_task *task) {
  task->next = NULL;
  pthread_mutex_lock(&w->lock);
  if (w->first)
    w->last->next = task;
  else
    w->first = task;
  w->last = task;
  ++w->waiting;
  bool alone = false;
  if (w->waiting > w->idle && w->threads < MAX_THREADS) {
    pthread_t thread;
    if (hr_start_thread(&thread, work, w)) {
      pthread_detach(thread);
      ++w->threads;
    }
    alone = w->threads == 0;
  }
  if (alone) { /* no thread is to be had: better late than never */
    w->first = NULL;
    w->waiting = 0;
  }
  pthread_cond_signal(&w->work);
  pthread_mutex_unlock(&w->lock);
  if (alone) task->run(task);
}

void hr_workers_free(hr_workers *w) {
  if (!w) return;
  pthread_mutex_lock(&w->lock);
  w->ending = true;
  pthread_cond_broadcast(&w->work);
  while (w->threads > 0)
    pthread_cond_wait(&w->gone, &w->lock);
  pthread_mutex_unlock(&w->lock);
  pthread_mutex_destroy(&w->lock);
  pthread_cond_destroy(&w->work);
  pthread_cond_destroy(&w->gone);
  free(w);
}

bool hr_start_thread(pthread_t *thread, void *(*body)(void *), void *argument) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  bool started = pthread_create(thread, NULL, body, argument) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}
