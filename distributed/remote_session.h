/* Sessions at a server: the client of TensorFlow's master service. */
#ifndef HR_DISTRIBUTED_REMOTE_SESSION_H
#define HR_DISTRIBUTED_REMOTE_SESSION_H

#include "distributed/channel.h"
#include "runtime/session/session_kind.h"
#include <pthread.h>

#define HR_GRPC_PREFIX "grpc://"

/* The devices that a server named at one time. */
typedef struct hr_device_list hr_device_list;
struct hr_device_list {
  hr_device_list *older; /* texts live as long as the session */
  hr_arena arena;
  int32_t count;
  hr_device_info *devices;
};

typedef struct hr_remote_session {
  hr_session base;
  _Atomic int32_t references; /* the owner's, and those of callables and partial runs */
  hr_channel *channel;
  hr_text config;           /* a ConfigProto */
  int64_t timeout_ms;       /* of every call that has none of its own; 0: none */
  unsigned fork_generation; /* of the process that made it */
  _Atomic bool closed;
  pthread_mutex_t lock; /* guards what follows, also while the server makes or extends the session */
  char *handle;         /* NULL until the server has made the session */
  int64_t graph_version;
  int32_t sent_nodes; /* nodes of the graph that the server has */
  hr_device_list *devices;
} hr_remote_session;

void hr_remote_session_unref(hr_remote_session *session);

/* FailedPrecondition on a closed session, and in a child of the process that made it. */
HR_MUST_USE hr_status hr_remote_session_check_open(const hr_remote_session *session);

/* Sees to it that the server has a session with all nodes of the graph. Errors as above. */
HR_MUST_USE hr_status hr_remote_session_prepare(hr_remote_session *session);

/* Running: for the table of the kind. */
HR_MUST_USE hr_status hr_remote_run(hr_session *session, const hr_run_options *options, int32_t feed_count,
                                    const hr_feed *feeds, int32_t fetch_count, const hr_output *fetches,
                                    hr_tensor *values, int32_t target_count, hr_node *const *targets,
                                    hr_owned_bytes *metadata);
HR_MUST_USE hr_status hr_remote_callable_new(hr_session *session, int32_t feed_count, const hr_output *feeds,
                                             int32_t fetch_count, const hr_output *fetches, int32_t target_count,
                                             hr_node *const *targets, const hr_run_options *options, hr_callable **out);
HR_MUST_USE hr_status hr_remote_callable_run(hr_callable *callable, const hr_run_options *options,
                                             const hr_tensor *const *feeds, hr_tensor *values,
                                             hr_owned_bytes *metadata);
void hr_remote_callable_free(hr_callable *callable);
HR_MUST_USE hr_status hr_remote_partial_run_new(hr_session *session, int32_t feed_count, const hr_output *feeds,
                                                int32_t fetch_count, const hr_output *fetches, int32_t target_count,
                                                hr_node *const *targets, hr_partial_run **out);
HR_MUST_USE hr_status hr_remote_partial_run_step(hr_partial_run *run, int32_t feed_count, const hr_feed *feeds,
                                                 int32_t fetch_count, const hr_output *fetches, hr_tensor *values);
void hr_remote_partial_run_free(hr_partial_run *run);

/* The kind, for servers that open sessions of their own. */
extern const hr_session_kind hr_remote_kind;

#endif
