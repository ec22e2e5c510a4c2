/* The direct session: runs graphs in this process. */
#ifndef HR_RUNTIME_SESSION_DIRECT_SESSION_H
#define HR_RUNTIME_SESSION_DIRECT_SESSION_H

#include "runtime/resource/resource_manager.h"
#include "runtime/session/plan_cache.h"
#include "runtime/session/session_kind.h"
#include "runtime/session/timer.h"

typedef enum hr_closing { HR_NOT_CLOSED = 0, HR_CLOSED, HR_CLOSED_BY_RESET } hr_closing;

typedef struct hr_direct_session hr_direct_session;
struct hr_direct_session {
  hr_session base;
  hr_direct_session *next, *previous; /* of the process's sessions: sessions.c */
  hr_session_options options;
  hr_device_set devices;
  hr_placer *placer;
  hr_resource_manager *resources;
  hr_plan_cache cache;
  _Atomic int closed;         /* an hr_closing */
  _Atomic int32_t references; /* the owner's and those of callables and partial runs */
  pthread_mutex_t lock;       /* guards what follows */
  hr_prepared *partial;       /* prepared runs of open partial runs, which no signature finds */
  bool cleared;               /* state was dropped */
};

/* The list of sessions that are neither closed nor gone. */
void hr_sessions_add(hr_direct_session *session);
void hr_sessions_remove(hr_direct_session *session);

hr_direct_session *hr_session_ref(hr_direct_session *session);
void hr_session_unref(hr_direct_session *session);
/* Cancels what runs, waits for it, and drops all state. */
void hr_session_end(hr_direct_session *session, hr_closing why);
/* FailedPrecondition on a closed session, Cancelled on one that was reset. */
HR_MUST_USE hr_status hr_session_check_open(const hr_direct_session *session);

/* The prepared run of a signature, made if need be. */
HR_MUST_USE hr_status hr_session_prepare(hr_direct_session *session, const hr_signature *signature, hr_prepared **out);
/* The request of a signature; `feeds` (scratch for num_feeds outputs) must live as long as it. */
hr_plan_request hr_session_request(hr_direct_session *session, const hr_signature *signature, hr_output *feeds);

/* Runs it; the value of feed i stands `feed_stride` bytes behind that of feed i - 1. For the rest see
 * hr_session_run_with. */
HR_MUST_USE hr_status hr_session_run_prepared(hr_direct_session *session, hr_prepared *prepared,
                                              const hr_run_options *options, const hr_tensor *const *feeds,
                                              size_t feed_stride, hr_tensor *values, hr_owned_bytes *metadata);

/* The session's part of a callable and of a partial run, and tf.Session.reset: for the table of the kind. */
HR_MUST_USE hr_status hr_direct_callable_new(hr_session *session, int32_t feed_count, const hr_output *feeds,
                                             int32_t fetch_count, const hr_output *fetches, int32_t target_count,
                                             hr_node *const *targets, const hr_run_options *options, hr_callable **out);
HR_MUST_USE hr_status hr_direct_callable_run(hr_callable *callable, const hr_run_options *options,
                                             const hr_tensor *const *feeds, hr_tensor *values,
                                             hr_owned_bytes *metadata);
void hr_direct_callable_free(hr_callable *callable);
HR_MUST_USE hr_status hr_direct_partial_run_new(hr_session *session, int32_t feed_count, const hr_output *feeds,
                                                int32_t fetch_count, const hr_output *fetches, int32_t target_count,
                                                hr_node *const *targets, hr_partial_run **out);
HR_MUST_USE hr_status hr_direct_partial_run_step(hr_partial_run *run, int32_t feed_count, const hr_feed *feeds,
                                                 int32_t fetch_count, const hr_output *fetches, hr_tensor *values);
void hr_direct_partial_run_free(hr_partial_run *run);
HR_MUST_USE hr_status hr_direct_reset(const char *target, int32_t container_count, const char *const *containers);

/* A step for a run, or an error on a closed session. */
HR_MUST_USE hr_status hr_session_begin(hr_direct_session *session, hr_prepared *prepared, hr_step **out);

#endif
