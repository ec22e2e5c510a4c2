/* Kinds of sessions, by the prefix of their targets: those of this process, and those that a server runs. What the
 * functions do stands in headrace/session.h. */
#ifndef HR_RUNTIME_SESSION_SESSION_KIND_H
#define HR_RUNTIME_SESSION_SESSION_KIND_H

#include "headrace/session.h"

typedef struct hr_session_kind hr_session_kind;

/* The heads of what a kind makes. */
struct hr_session {
  const hr_session_kind *kind;
  hr_graph *graph; /* referenced by the kind */
};
struct hr_callable {
  const hr_session_kind *kind;
  bool has_options;
  hr_run_options options; /* of every run that has none of its own */
};
struct hr_partial_run {
  const hr_session_kind *kind;
};

struct hr_session_kind {
  const char *prefix; /* of targets: "grpc://" */
  hr_status (*create)(hr_graph *graph, const hr_session_options *options, hr_session **out);
  hr_status (*close)(hr_session *session);
  void (*free)(hr_session *session); /* of one that was closed */
  hr_status (*reset)(const char *target, int32_t container_count, const char *const *containers);
  hr_status (*update_devices)(hr_session *session);
  int32_t (*device_count)(const hr_session *session);
  hr_device_info (*device)(const hr_session *session, int32_t index);
  hr_status (*run)(hr_session *session, const hr_run_options *options, int32_t feed_count, const hr_feed *feeds,
                   int32_t fetch_count, const hr_output *fetches, hr_tensor *values, int32_t target_count,
                   hr_node *const *targets, hr_owned_bytes *metadata);
  /* `options` (may be NULL) are those of its runs, which the head holds too. */
  hr_status (*callable_new)(hr_session *session, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                            const hr_output *fetches, int32_t target_count, hr_node *const *targets,
                            const hr_run_options *options, hr_callable **out);
  hr_status (*callable_run)(hr_callable *callable, const hr_run_options *options, const hr_tensor *const *feeds,
                            hr_tensor *values, hr_owned_bytes *metadata);
  void (*callable_free)(hr_callable *callable);
  hr_status (*partial_run_new)(hr_session *session, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                               const hr_output *fetches, int32_t target_count, hr_node *const *targets,
                               hr_partial_run **out);
  hr_status (*partial_run_step)(hr_partial_run *run, int32_t feed_count, const hr_feed *feeds, int32_t fetch_count,
                                const hr_output *fetches, hr_tensor *values);
  void (*partial_run_free)(hr_partial_run *run);
};

/* The kind of this process's own sessions. */
extern const hr_session_kind hr_direct_kind;

/* Higher rooms offer another kind; its table must live for ever. */
void hr_register_session_kind(const hr_session_kind *kind);

#endif
