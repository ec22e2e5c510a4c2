/* tf.train.Coordinator: threads that stop together. */
#include "headrace/coordinator.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/base/text.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A thread from its start until it is joined. */
typedef struct coordinated {
  struct coordinated *next;
  hr_coordinator *coordinator; /* a reference */
  char *name;
  hr_thread_function function;
  void *argument;
  bool loops;
  double interval;
} coordinated;

struct hr_coordinator {
  _Atomic int32_t references; /* the maker's, and one a thread */
  uint32_t clean_stop_codes;
  _Atomic bool stops; /* written under the lock */
  _Atomic bool joined;
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t changed;
  hr_status reason;
  coordinated *threads; /* that run */
};

hr_coordinator *hr_coordinator_new_with(const hr_coordinator_options *options) {
  hr_coordinator *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->references = 1;
  c->clean_stop_codes = options ? options->clean_stop_codes : HR_CODE_BIT(HR_OUT_OF_RANGE);
  pthread_mutex_init(&c->lock, NULL);
  hr_condition_init(&c->changed);
  return c;
}

void hr_coordinator_free(hr_coordinator *c) {
  if (!c || atomic_fetch_sub(&c->references, 1) != 1) return;
  hr_status_free(c->reason);
  pthread_cond_destroy(&c->changed);
  pthread_mutex_destroy(&c->lock);
  free(c);
}

/* ---- stopping --------------------------------------------------------------------------------------------------- */

bool hr_coordinator_should_stop(const hr_coordinator *c) { return atomic_load(&c->stops); }
bool hr_coordinator_joined(const hr_coordinator *c) { return atomic_load(&c->joined); }

void hr_coordinator_request_stop(hr_coordinator *c, hr_status reason) {
  if (reason && (c->clean_stop_codes & HR_CODE_BIT(hr_status_code(reason)))) {
    hr_status_free(reason);
    reason = HR_SUCCESS;
  }
  pthread_mutex_lock(&c->lock);
  if (c->stops || c->joined) {
    hr_status_free(reason);
  } else {
    c->reason = reason;
    atomic_store(&c->stops, true);
    pthread_cond_broadcast(&c->changed);
  }
  pthread_mutex_unlock(&c->lock);
}

void hr_coordinator_clear_stop(hr_coordinator *c) {
  pthread_mutex_lock(&c->lock);
  hr_status_free(c->reason);
  c->reason = HR_SUCCESS;
  atomic_store(&c->stops, false);
  atomic_store(&c->joined, false);
  pthread_mutex_unlock(&c->lock);
}

/* The time so many seconds from now; what is beyond a century is not waited for either. */
static int64_t deadline_after(double seconds) {
  static const double most = 3e9;
  return hr_monotonic_nanos() + (int64_t)(1e9 * (seconds < 0 ? 0 : seconds < most ? seconds : most));
}

/* Lock held. */
static bool wait_until(hr_coordinator *c, int64_t deadline) {
  while (!c->stops && hr_monotonic_nanos() < deadline)
    hr_condition_wait_until(&c->changed, &c->lock, deadline);
  return c->stops;
}

bool hr_coordinator_wait_for_stop(hr_coordinator *c, double seconds) {
  pthread_mutex_lock(&c->lock);
  while (seconds < 0 && !c->stops)
    pthread_cond_wait(&c->changed, &c->lock);
  bool stops = wait_until(c, deadline_after(seconds));
  pthread_mutex_unlock(&c->lock);
  return stops;
}

hr_status hr_coordinator_requested_error(hr_coordinator *c) {
  pthread_mutex_lock(&c->lock);
  hr_status reason = hr_status_copy(c->reason);
  pthread_mutex_unlock(&c->lock);
  return reason;
}

/* ---- threads ---------------------------------------------------------------------------------------------------- */

static hr_status loop(const coordinated *t) {
  hr_coordinator *c = t->coordinator;
  if (t->interval < 0) {
    while (!hr_coordinator_should_stop(c))
      HR_TRY(t->function(c, t->argument));
    return HR_SUCCESS;
  }
  int64_t next = hr_monotonic_nanos();
  for (;;) {
    pthread_mutex_lock(&c->lock);
    bool stops = wait_until(c, next);
    pthread_mutex_unlock(&c->lock);
    if (stops) return HR_SUCCESS;
    next += (int64_t)(1e9 * t->interval);
    HR_TRY(t->function(c, t->argument));
  }
}

static void forget(coordinated *t) {
  hr_coordinator *c = t->coordinator;
  pthread_mutex_lock(&c->lock);
  coordinated **link = &c->threads;
  while (*link != t)
    link = &(*link)->next;
  *link = t->next;
  pthread_cond_broadcast(&c->changed);
  pthread_mutex_unlock(&c->lock);
  free(t->name);
  free(t);
  hr_coordinator_free(c);
}

static void *thread_main(void *argument) {
  coordinated *t = argument;
  hr_status status = t->loops ? loop(t) : t->function(t->coordinator, t->argument);
  if (status) hr_coordinator_request_stop(t->coordinator, status);
  forget(t);
  return NULL;
}

static hr_status start(hr_coordinator *c, const coordinated *wanted) {
  coordinated *t = malloc(sizeof *t);
  char *name = strdup(wanted->name ? wanted->name : "a thread");
  if (!t || !name) {
    free(t);
    free(name);
    return hr_error_out_of_memory(sizeof *t, "a thread");
  }
  *t = *wanted;
  t->name = name;
  t->coordinator = c;
  atomic_fetch_add(&c->references, 1);
  pthread_mutex_lock(&c->lock);
  t->next = c->threads;
  c->threads = t;
  pthread_mutex_unlock(&c->lock);
  pthread_t thread;
  int error = pthread_create(&thread, NULL, thread_main, t);
  if (!error) {
    pthread_detach(thread);
    return HR_SUCCESS;
  }
  hr_status status = hr_error(HR_RESOURCE_EXHAUSTED, "cannot start %s: %s", name, strerror(error));
  forget(t);
  return status;
}

hr_status hr_coordinator_start(hr_coordinator *c, const char *name, hr_thread_function function, void *argument) {
  return start(c, &(coordinated){.name = (char *)(uintptr_t)name, .function = function, .argument = argument});
}

hr_status hr_coordinator_loop(hr_coordinator *c, const char *name, double interval, hr_thread_function function,
                              void *argument) {
  return start(c, &(coordinated){.name = (char *)(uintptr_t)name,
                                 .function = function,
                                 .argument = argument,
                                 .loops = true,
                                 .interval = interval});
}

/* ---- joining ---------------------------------------------------------------------------------------------------- */

/* Lock held. */
static hr_status still_running(const hr_coordinator *c) {
  hr_text names = {0};
  for (const coordinated *t = c->threads; t; t = t->next)
    hr_text_printf(&names, " %s", t->name);
  hr_status status =
      hr_error(HR_DEADLINE_EXCEEDED, "Coordinator stopped with threads still running:%s", names.data ? names.data : "");
  hr_text_free(&names);
  return status;
}

hr_status hr_coordinator_join_with(hr_coordinator *c, const hr_coordinator_join_options *options) {
  hr_coordinator_join_options o = {.stop_grace_period = 120};
  if (options) o = *options;
  pthread_mutex_lock(&c->lock);
  while (c->threads && !c->stops)
    pthread_cond_wait(&c->changed, &c->lock);
  int64_t deadline = deadline_after(o.stop_grace_period);
  while (c->threads && hr_monotonic_nanos() < deadline)
    hr_condition_wait_until(&c->changed, &c->lock, deadline);
  atomic_store(&c->joined, true);
  hr_status status = hr_status_copy(c->reason);
  if (!status && c->threads && !o.ignore_live_threads) status = still_running(c);
  pthread_mutex_unlock(&c->lock);
  return status;
}
