#include "runtime/exec/poll.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include <stdlib.h>

/* Looks without a run before the ticker goes to sleep. Waking it costs a system call, which a program that runs
 * something now and then should not pay each time. */
#define HR_IDLE_TICKS 20

_Thread_local hr_poller *hr_this_poller;
_Atomic bool hr_ticker_awake;

static pthread_mutex_t ticker_lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static pthread_cond_t ticker_woken;
static hr_poller *pollers;
static bool ticker_exists;
static pthread_key_t poller_key; /* its destructor ends a thread's poller */
static int key_error;
static pthread_once_t poll_once = PTHREAD_ONCE_INIT;

/* ---- the ticker ------------------------------------------------------------------------------------------------ */

/* Raises the attention of runs that last since the look before; true where anything runs or ran. Lock held, which keeps
 * the steps alive (hr_poll_forget). */
static bool look(void) {
  bool active = false;
  for (hr_poller *p = pollers; p; p = p->next) {
    uint64_t runs = atomic_load_explicit(&p->runs, memory_order_acquire);
    hr_cancellation *running = atomic_load_explicit(&p->running, memory_order_acquire);
    active |= running || runs != p->seen;
    /* A run that has ended meanwhile may have left its step to another: that one calls its hook early, once. */
    if (running && runs == p->seen) atomic_fetch_or(&running->word, HR_ATTENTION);
    p->seen = runs;
  }
  return active;
}

static void *ticker_main(void *unused) {
  (void)unused;
  int idle = 0;
  pthread_mutex_lock(&ticker_lock);
  for (;;) {
    if (look()) {
      idle = 0;
      atomic_store(&hr_ticker_awake, true);
    } else if (++idle == HR_IDLE_TICKS) {
      /* One more look later: a run that began before it could see this is seen by then. */
      atomic_store(&hr_ticker_awake, false);
    } else if (idle > HR_IDLE_TICKS) {
      while (!atomic_load(&hr_ticker_awake))
        pthread_cond_wait(&ticker_woken, &ticker_lock);
      idle = 0;
    }
    int64_t next = hr_monotonic_nanos() + HR_POLL_NANOS;
    while (hr_monotonic_nanos() < next)
      hr_condition_wait_until(&ticker_woken, &ticker_lock, next);
  }
  return NULL;
}

void hr_ticker_wake(void) {
  pthread_mutex_lock(&ticker_lock);
  pthread_t thread;
  if (!ticker_exists && pthread_create(&thread, NULL, ticker_main, NULL) == 0) {
    pthread_detach(thread);
    ticker_exists = true;
  }
  atomic_store(&hr_ticker_awake, ticker_exists); /* without one the next run tries again */
  pthread_cond_signal(&ticker_woken);
  pthread_mutex_unlock(&ticker_lock);
}

/* ---- pollers --------------------------------------------------------------------------------------------------- */

static void end_poller(void *argument) {
  hr_poller *self = argument;
  pthread_mutex_lock(&ticker_lock);
  for (hr_poller **link = &pollers; *link; link = &(*link)->next) {
    if (*link != self) continue;
    *link = self->next;
    break;
  }
  pthread_mutex_unlock(&ticker_lock);
  hr_this_poller = NULL;
  free(self);
}

static void before_fork(void) { pthread_mutex_lock(&ticker_lock); }
static void after_fork(void) { pthread_mutex_unlock(&ticker_lock); }
/* The child has one thread: the ticker is gone, and so are those whose runs it would take for endless ones. */
static void after_fork_in_child(void) {
  while (pollers) {
    hr_poller *poller = pollers;
    pollers = poller->next;
    if (poller != hr_this_poller) free(poller);
  }
  pollers = hr_this_poller;
  if (pollers) pollers->next = NULL;
  ticker_exists = false;
  atomic_store(&hr_ticker_awake, false);
  hr_condition_init(&ticker_woken);
  pthread_mutex_unlock(&ticker_lock);
}

static void prepare_polling(void) {
  hr_condition_init(&ticker_woken);
  key_error = pthread_key_create(&poller_key, end_poller);
  (void)pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

static hr_status new_poller(void) {
  pthread_once(&poll_once, prepare_polling);
  hr_poller *self = calloc(1, sizeof *self);
  if (!self || key_error || pthread_setspecific(poller_key, self) != 0) {
    free(self);
    return hr_error_out_of_memory(sizeof *self, "a poll function");
  }
  pthread_mutex_lock(&ticker_lock);
  self->next = pollers;
  pollers = self;
  pthread_mutex_unlock(&ticker_lock);
  hr_this_poller = self;
  return HR_SUCCESS;
}

hr_status hr_set_poll(hr_poll poll, void *argument) {
  if (!hr_this_poller && !poll) return HR_SUCCESS;
  if (!hr_this_poller) HR_TRY(new_poller());
  hr_this_poller->poll = poll;
  hr_this_poller->argument = argument;
  return HR_SUCCESS;
}

bool hr_poll_is_caller(const hr_step *step) {
  const hr_poller *self = hr_this_poller;
  return self && self->poll && atomic_load_explicit(&self->running, memory_order_relaxed) == &step->cancellation;
}

void hr_poll_attend(hr_step *step) {
  atomic_fetch_and(&step->cancellation.word, ~HR_ATTENTION);
  if (!hr_poll_is_caller(step) || step->interrupt) return;
  step->interrupt = hr_this_poller->poll(hr_this_poller->argument);
  if (step->interrupt) hr_cancellation_cancel(&step->cancellation, HR_CANCELLED);
}

void hr_poll_forget(void) {
  pthread_mutex_lock(&ticker_lock);
  pthread_mutex_unlock(&ticker_lock);
}
