/* Sessions of masters with a worker. */
#include "distributed/worker.h"
#include <stdlib.h>

/* Lock held. */
static hr_worker_session **link_to(hr_worker *worker, hr_view handle) {
  hr_worker_session **link = &worker->sessions;
  while (*link && !hr_view_equal(hr_view_of((*link)->handle), handle))
    link = &(*link)->next;
  return link;
}

static hr_status new_session(hr_worker *worker, const char *handle, const HrPb__ServerDef *server, bool is_isolated,
                             hr_worker_session **out) {
  size_t length = strlen(handle) + 1;
  hr_worker_session *session = calloc(1, sizeof *session + length);
  if (!session) return hr_error_out_of_memory(sizeof *session, "a session");
  memcpy(session->handle, handle, length);
  session->worker = worker;
  atomic_init(&session->references, 1);
  hr_status status = HR_SUCCESS;
  if (server && server->cluster && server->cluster->n_job > 0)
    status = hr_peers_new(server->cluster, worker->tls, &session->peers);
  else
    session->peers = hr_peers_ref(worker->peers);
  if (!status)
    session->resources =
        is_isolated ? hr_resource_manager_new("localhost") : hr_resource_manager_ref(worker->resources);
  if (length > 1 && !is_isolated) session->private_resources = hr_resource_manager_new("localhost");
  if (!status && (!session->resources || (length > 1 && !is_isolated && !session->private_resources)))
    status = hr_error_out_of_memory(0, "the containers of a session");
  if (status) hr_worker_session_unref(session);
  *out = session;
  return status;
}

hr_status hr_worker_open_session(hr_worker *worker, const char *handle, const HrPb__ServerDef *server,
                                 bool is_isolated) {
  hr_worker_session *session;
  HR_TRY(new_session(worker, handle, server, is_isolated, &session));
  pthread_mutex_lock(&worker->lock);
  bool is_new = *link_to(worker, hr_view_of(handle)) == NULL;
  if (is_new) {
    session->next = worker->sessions;
    worker->sessions = session;
  }
  pthread_mutex_unlock(&worker->lock);
  if (is_new) return HR_SUCCESS;
  hr_worker_session_unref(session);
  return hr_error(HR_ALREADY_EXISTS, "The worker %s has a session %s already", worker->name, handle);
}

static hr_status not_found(const hr_worker *worker, hr_view handle) {
  return hr_error(HR_ABORTED, "Session handle is not found: %.*s. Possibly this worker (\"%s\") just restarted.",
                  (int)(handle.length < 100 ? handle.length : 100), handle.data ? handle.data : "", worker->name);
}

hr_status hr_worker_find_session(hr_worker *worker, hr_view handle, hr_worker_session **out) {
  pthread_mutex_lock(&worker->lock);
  hr_worker_session *session = *out = *link_to(worker, handle);
  if (session) atomic_fetch_add(&session->references, 1);
  pthread_mutex_unlock(&worker->lock);
  return session ? HR_SUCCESS : not_found(worker, handle);
}

hr_status hr_worker_implicit_session(hr_worker *worker, hr_view handle, hr_worker_session **out) {
  hr_worker_session *session;
  char *text = strndup(handle.data, handle.length);
  if (!text) return hr_error_out_of_memory(handle.length, "a session");
  hr_status status = new_session(worker, text, NULL, false, &session);
  free(text);
  HR_TRY(status);
  pthread_mutex_lock(&worker->lock);
  hr_worker_session *there = *link_to(worker, handle);
  if (there) {
    atomic_fetch_add(&there->references, 1);
  } else {
    session->is_implicit = true;
    session->next = worker->sessions;
    worker->sessions = session;
  }
  pthread_mutex_unlock(&worker->lock);
  *out = there ? there : session;
  if (there) hr_worker_session_unref(session);
  return HR_SUCCESS;
}

/* Whether the reference was the last one. The list has none to an implicit session, which leaves it then. */
static bool give_back(hr_worker_session *session) {
  if (!session->is_implicit) return atomic_fetch_sub(&session->references, 1) == 1;
  hr_worker *worker = session->worker;
  pthread_mutex_lock(&worker->lock);
  bool is_last = atomic_fetch_sub(&session->references, 1) == 1;
  hr_worker_session **link = &worker->sessions;
  while (is_last && *link && *link != session)
    link = &(*link)->next;
  if (is_last && *link) *link = session->next;
  pthread_mutex_unlock(&worker->lock);
  return is_last;
}

void hr_worker_session_unref(hr_worker_session *session) {
  if (!give_back(session)) return;
  hr_resource_manager_unref(session->private_resources);
  hr_resource_manager_unref(session->resources);
  hr_peers_unref(session->peers);
  free(session);
}

hr_status hr_worker_close_session(hr_worker *worker, hr_view handle) {
  hr_worker_session *session = NULL;
  pthread_mutex_lock(&worker->lock);
  hr_worker_session **link = link_to(worker, handle);
  if (handle.length > 0 && *link && !(*link)->is_implicit) {
    session = *link;
    *link = session->next;
  }
  pthread_mutex_unlock(&worker->lock);
  if (!session) return not_found(worker, handle);
  hr_worker_forget_parts(worker, session);
  hr_worker_session_unref(session);
  return HR_SUCCESS;
}
