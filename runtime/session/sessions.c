/* The sessions of the process, and tf.Session.reset, which ends them all. */
#include "runtime/session/direct_session.h"

static pthread_mutex_t sessions_lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows and the sessions' links */
static hr_direct_session *sessions;

void hr_sessions_add(hr_direct_session *session) {
  pthread_mutex_lock(&sessions_lock);
  session->previous = NULL;
  session->next = sessions;
  if (session->next) session->next->previous = session;
  sessions = session;
  pthread_mutex_unlock(&sessions_lock);
}

/* Lock held. */
static void unlink_session(hr_direct_session *session) {
  if (session->previous)
    session->previous->next = session->next;
  else if (sessions == session)
    sessions = session->next;
  if (session->next) session->next->previous = session->previous;
  session->next = session->previous = NULL;
}

void hr_sessions_remove(hr_direct_session *session) {
  pthread_mutex_lock(&sessions_lock);
  unlink_session(session);
  pthread_mutex_unlock(&sessions_lock);
}

/* Takes a session out of the list, with a reference; NULL when it is empty. */
static hr_direct_session *take_session(void) {
  pthread_mutex_lock(&sessions_lock);
  hr_direct_session *session = sessions;
  if (session) {
    unlink_session(session);
    hr_session_ref(session);
  }
  pthread_mutex_unlock(&sessions_lock);
  return session;
}

hr_status hr_direct_reset(const char *target, int32_t container_count, const char *const *containers) {
  (void)target;
  (void)container_count; /* a session that ends keeps nothing in any container */
  (void)containers;
  for (hr_direct_session *session = take_session(); session; session = take_session()) {
    hr_session_end(session, HR_CLOSED_BY_RESET);
    hr_session_unref(session);
  }
  return HR_SUCCESS;
}
