#include "distributed/local_step.h"
#include "distributed/master.h"
#include "distributed/waiter.h"
#include "runtime/exec/poll.h"
#include <stdlib.h>

/* ---- the masters of this process --------------------------------------------------------------------------------- */

#define MAX_MASTERS 64 /* those beyond are reached like any others */

static pthread_mutex_t masters_lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static struct {
  int32_t port;
  hr_master *master;
} masters[MAX_MASTERS];
static _Atomic int32_t num_masters;

void hr_local_master_add(int32_t port, hr_master *master) {
  pthread_mutex_lock(&masters_lock);
  if (num_masters < MAX_MASTERS) {
    masters[num_masters].port = port;
    masters[num_masters].master = master;
    ++num_masters;
  }
  pthread_mutex_unlock(&masters_lock);
}

void hr_local_master_remove(const hr_master *master) {
  pthread_mutex_lock(&masters_lock);
  for (int32_t i = 0; i < num_masters; ++i)
    if (masters[i].master == master) masters[i--] = masters[--num_masters];
  pthread_mutex_unlock(&masters_lock);
}

/* The port of a loopback address; -1 for others. */
static int32_t local_port(const char *address) {
  static const char *const hosts[] = {"localhost:", "127.0.0.1:", "[::1]:"};
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; ++i)
    if (strncmp(address, hosts[i], strlen(hosts[i])) == 0) return atoi(address + strlen(hosts[i]));
  return -1;
}

/* Held (hr_master_hold); NULL for none. */
static hr_master *find_master(const char *address) {
  if (num_masters == 0) return NULL;
  int32_t port = local_port(address);
  hr_master *found = NULL;
  pthread_mutex_lock(&masters_lock);
  for (int32_t i = 0; i < num_masters && !found; ++i)
    if (masters[i].port == port) found = masters[i].master;
  if (found) hr_master_hold(found);
  pthread_mutex_unlock(&masters_lock);
  return found;
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

typedef struct local_step {
  hr_master_step step; /* first */
  hr_text *metadata;
  hr_status status;
  hr_waiter over;
} local_step;

static void local_done(hr_master_step *step, hr_status status, hr_text *metadata) {
  local_step *local = (local_step *)step;
  local->status = status;
  *local->metadata = *metadata;
  *metadata = (hr_text){0};
}

static void local_drop(hr_master_step *step) {
  local_step *local = (local_step *)step;
  hr_master_session_unref(step->session);
  hr_master_plan_unref(step->plan);
  hr_waiter_end(&local->over);
}

/* Until the step is over; the hook's error ends it. */
static hr_status wait_for_end(local_step *local) {
  hr_status interrupt = HR_SUCCESS;
  while (!hr_waiter_wait(&local->over, HR_POLL_NANOS / 1000000)) {
    if (interrupt) continue;
    interrupt = hr_poll_now();
    if (interrupt) hr_master_cancel(&local->step, HR_CANCELLED);
  }
  return interrupt;
}

static hr_status prepare(local_step *local, hr_master *master, const hr_run_step_request *request, hr_arena *arena) {
  hr_master_step *step = &local->step;
  int32_t feeds = request->feed.count;
  hr_view *names = HR_ARENA_ARRAY(arena, hr_view, feeds + 1);
  step->feeds = HR_ARENA_ARRAY(arena, hr_tensor, feeds + 1);
  if (!names || !step->feeds) return hr_error_out_of_memory(0, "a step");
  for (int32_t i = 0; i < feeds; ++i) {
    names[i] = request->feed.items[i].name;
    step->feeds[i] = request->feed.items[i].value;
  }
  const hr_names_request wanted = {.num_feeds = feeds,
                                   .num_fetches = request->fetch.count,
                                   .num_targets = request->target.count,
                                   .feeds = names,
                                   .fetches = request->fetch.items,
                                   .targets = request->target.items};
  HR_TRY(hr_master_find(master, request->session_handle, NULL, &step->session));
  return hr_master_prepare(step->session, &wanted, &step->plan);
}

static hr_status run(local_step *local, int32_t num_fetches) {
  hr_master_step_begin(&local->step);
  hr_master_run(&local->step);
  hr_status interrupt = wait_for_end(local);
  if (!interrupt) return local->status;
  for (int32_t i = 0; !local->status && i < num_fetches; ++i)
    hr_tensor_clear(&local->step.values[i]);
  hr_status_free(local->status);
  return interrupt;
}

hr_status hr_local_step(const char *address, const hr_run_step_request *request, const hr_run_options *options,
                        hr_tensor *values, hr_text *metadata, bool *found) {
  hr_master *master = find_master(address);
  *found = master != NULL;
  if (!master) return HR_SUCCESS;
  hr_arena arena = {0};
  local_step local = {.step = {.values = values, .done = local_done, .drop = local_drop}, .metadata = metadata};
  if (options) local.step.options = *options;
  memset(values, 0, sizeof *values * (size_t)request->fetch.count);
  hr_waiter_init(&local.over);
  hr_status status = prepare(&local, master, request, &arena);
  if (!status) {
    status = run(&local, request->fetch.count);
  } else {
    if (local.step.session) hr_master_session_unref(local.step.session);
    hr_master_plan_unref(local.step.plan);
  }
  hr_waiter_clear(&local.over);
  hr_arena_free(&arena);
  hr_master_release(master);
  return status;
}
