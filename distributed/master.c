#include "distributed/master.h"
#include "runtime/base/log.h"
#include <stdlib.h>

hr_status hr_master_new(hr_worker *worker, hr_peers *peers, hr_view config, hr_master **out) {
  hr_master *master = calloc(1, sizeof *master);
  char *copy = malloc(config.length + 1);
  if (!master || !copy) {
    free(master);
    free(copy);
    return hr_error_out_of_memory(sizeof *master, "a master");
  }
  if (config.length) memcpy(copy, config.data, config.length);
  master->config = (hr_view){copy, config.length};
  master->worker = worker;
  master->peers = hr_peers_ref(peers);
  pthread_mutex_init(&master->lock, NULL);
  pthread_cond_init(&master->changed, NULL);
  *out = master;
  return HR_SUCCESS;
}

void hr_master_hold(hr_master *master) {
  pthread_mutex_lock(&master->lock);
  ++master->busy;
  pthread_mutex_unlock(&master->lock);
}

void hr_master_release(hr_master *master) {
  pthread_mutex_lock(&master->lock);
  if (--master->busy == 0) pthread_cond_broadcast(&master->changed);
  pthread_mutex_unlock(&master->lock);
}

static hr_master_session *any_session(hr_master *master) {
  pthread_mutex_lock(&master->lock);
  hr_master_session *session = master->sessions;
  if (session) atomic_fetch_add(&session->references, 1);
  pthread_mutex_unlock(&master->lock);
  return session;
}

static void close_all(hr_master *master) {
  for (hr_master_session *session = any_session(master); session; session = any_session(master)) {
    hr_master_close(session);
    hr_master_session_unref(session);
  }
}

void hr_master_stop(hr_master *master) {
  pthread_mutex_lock(&master->lock);
  master->stopped = true;
  pthread_mutex_unlock(&master->lock);
  close_all(master);
}

void hr_master_free(hr_master *master) {
  if (!master) return;
  pthread_mutex_lock(&master->lock);
  while (master->busy > 0)
    pthread_cond_wait(&master->changed, &master->lock);
  pthread_mutex_unlock(&master->lock);
  hr_peers_unref(master->peers);
  pthread_mutex_destroy(&master->lock);
  pthread_cond_destroy(&master->changed);
  free((char *)(uintptr_t)master->config.data);
  free(master);
}

hr_status hr_master_find(hr_master *master, hr_view handle, hr_client_life *client, hr_master_session **out) {
  pthread_mutex_lock(&master->lock);
  hr_master_session *session = master->sessions;
  while (session && !hr_view_equal(hr_view_of(session->handle), handle))
    session = session->next;
  if (session) atomic_fetch_add(&session->references, 1);
  if (session && session->client != client) {
    hr_client_life_unref(session->client);
    session->client = hr_client_life_ref(client);
  }
  pthread_mutex_unlock(&master->lock);
  *out = session;
  if (session) return HR_SUCCESS;
  return hr_error(HR_ABORTED, "Session %.*s is not found.", (int)(handle.length < 100 ? handle.length : 100),
                  handle.data ? handle.data : "");
}

/* ---- sessions that nobody closes --------------------------------------------------------------------------------- */

static int64_t grace_nanos(void) {
  enum { GRACE_MS = 60000 };
  const char *wanted = getenv("HEADRACE_SESSION_GRACE_MS");
  long long milliseconds = wanted ? atoll(wanted) : 0;
  return (milliseconds > 0 && milliseconds < INT32_MAX ? milliseconds : GRACE_MS) * INT64_C(1000000);
}

/* With a reference; NULL for none. */
static hr_master_session *forgotten_session(hr_master *master) {
  int64_t grace = grace_nanos();
  pthread_mutex_lock(&master->lock);
  hr_master_session *session = master->sessions;
  while (session && hr_client_life_gone_for(session->client) < grace)
    session = session->next;
  if (session) atomic_fetch_add(&session->references, 1);
  pthread_mutex_unlock(&master->lock);
  return session;
}

void hr_master_close_forgotten(hr_master *master) {
  for (hr_master_session *session = forgotten_session(master); session; session = forgotten_session(master)) {
    HR_LOG(HR_LOG_INFO, "The client of session %s has gone without closing it", session->handle);
    hr_master_close(session);
    hr_master_session_unref(session);
  }
}

/* ---- reset ------------------------------------------------------------------------------------------------------- */

#define RESET_TIMEOUT_MS 10000 /* of one task */

static hr_status reset_there(hr_peers *peers, hr_peer *peer, size_t count, char *const *containers) {
  enum { CONTAINER = 1 };
  hr_channel *channel;
  HR_TRY(hr_peer_channel(peers, peer, &channel));
  hr_text text = {0};
  for (size_t i = 0; i < count; ++i)
    hr_wire_put_bytes(&text, CONTAINER, hr_view_of(containers[i]));
  hr_slices request = {0}, response = {0};
  hr_slices_add_text(&request, &text);
  hr_status status = hr_channel_call(channel, "/tensorflow.WorkerService/CleanupAll", &request,
                                     &(hr_call_options){.timeout_ms = RESET_TIMEOUT_MS}, NULL, &response);
  hr_slices_clear(&response);
  return hr_status_prefix(status, "From %s:\n", peer->name);
}

hr_status hr_master_reset(hr_master *master, size_t count, char *const *containers, size_t num_filters,
                          char *const *filters) {
  close_all(master);
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < master->peers->count; ++i) {
    hr_peer *peer = &master->peers->peers[i];
    bool is_named;
    HR_TRY(hr_task_is_named(peer->name, num_filters, filters, &is_named));
    if (!is_named) continue;
    if (strcmp(peer->name, master->worker->name) == 0)
      hr_worker_reset(master->worker, count, containers);
    else
      hr_status_keep_first(&status, reset_there(master->peers, peer, count, containers));
  }
  return status;
}
