/* Sessions of any kind. */
#include "headrace/session.h"
#include "runtime/session/session_kind.h"
#include <stdatomic.h>
#include <string.h>

static _Atomic(const hr_session_kind *) remote_kind; /* there is one beside the direct one */

void hr_register_session_kind(const hr_session_kind *kind) { atomic_store(&remote_kind, kind); }

/* NotFound for a target without a kind. */
static hr_status find_kind(const char *target, const hr_session_kind **out) {
  *out = &hr_direct_kind;
  if (!target || !target[0]) return HR_SUCCESS;
  *out = atomic_load(&remote_kind);
  if (*out && strncmp(target, (*out)->prefix, strlen((*out)->prefix)) == 0) return HR_SUCCESS;
  return hr_error(HR_NOT_FOUND, "No session factory registered for the given session options: {target: \"%s\"}",
                  target);
}

hr_status hr_session_new(hr_graph *graph, const hr_session_options *options, hr_session **out) {
  *out = NULL;
  if (!graph) return hr_error(HR_INVALID_ARGUMENT, "a session needs a graph");
  const hr_session_kind *kind;
  HR_TRY(find_kind(options ? options->target : NULL, &kind));
  return kind->create(graph, options, out);
}

hr_graph *hr_session_graph(const hr_session *session) { return session->graph; }
hr_status hr_session_close(hr_session *session) { return session->kind->close(session); }

void hr_session_free(hr_session *session) {
  if (!session) return;
  hr_status_free(hr_session_close(session));
  session->kind->free(session);
}

hr_status hr_session_reset(const char *target, int32_t container_count, const char *const *containers) {
  const hr_session_kind *kind;
  HR_TRY(find_kind(target, &kind));
  return kind->reset(target, container_count, containers);
}

hr_status hr_session_update_devices(hr_session *session) { return session->kind->update_devices(session); }
int32_t hr_session_device_count(const hr_session *session) { return session->kind->device_count(session); }
hr_device_info hr_session_device(const hr_session *session, int32_t index) {
  return session->kind->device(session, index);
}

/* ---- running --------------------------------------------------------------------------------------------------- */

hr_status hr_session_run_with(hr_session *session, const hr_run_options *options, int32_t feed_count,
                              const hr_feed *feeds, int32_t fetch_count, const hr_output *fetches, hr_tensor *values,
                              int32_t target_count, hr_node *const *targets, hr_owned_bytes *metadata) {
  if (metadata) *metadata = (hr_owned_bytes){0};
  return session->kind->run(session, options, feed_count, feeds, fetch_count, fetches, values, target_count, targets,
                            metadata);
}

hr_status hr_session_run(hr_session *session, int32_t feed_count, const hr_feed *feeds, int32_t fetch_count,
                         const hr_output *fetches, hr_tensor *values, int32_t target_count, hr_node *const *targets) {
  return session->kind->run(session, NULL, feed_count, feeds, fetch_count, fetches, values, target_count, targets,
                            NULL);
}

hr_status hr_callable_new(hr_session *session, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                          const hr_output *fetches, int32_t target_count, hr_node *const *targets, hr_callable **out) {
  *out = NULL;
  return session->kind->callable_new(session, feed_count, feeds, fetch_count, fetches, target_count, targets, NULL,
                                     out);
}

hr_status hr_callable_run_with(hr_callable *callable, const hr_run_options *options, const hr_tensor *const *feeds,
                               hr_tensor *values, hr_owned_bytes *metadata) {
  if (!options && callable->has_options) options = &callable->options;
  if (metadata) *metadata = (hr_owned_bytes){0};
  return callable->kind->callable_run(callable, options, feeds, values, metadata);
}

hr_status hr_callable_run(hr_callable *callable, const hr_tensor *const *feeds, hr_tensor *values) {
  return hr_callable_run_with(callable, NULL, feeds, values, NULL);
}

void hr_callable_free(hr_callable *callable) {
  if (callable) callable->kind->callable_free(callable);
}

hr_status hr_partial_run_new(hr_session *session, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                             const hr_output *fetches, int32_t target_count, hr_node *const *targets,
                             hr_partial_run **out) {
  *out = NULL;
  return session->kind->partial_run_new(session, feed_count, feeds, fetch_count, fetches, target_count, targets, out);
}

hr_status hr_partial_run_step(hr_partial_run *run, int32_t feed_count, const hr_feed *feeds, int32_t fetch_count,
                              const hr_output *fetches, hr_tensor *values) {
  return run->kind->partial_run_step(run, feed_count, feeds, fetch_count, fetches, values);
}

void hr_partial_run_free(hr_partial_run *run) {
  if (run) run->kind->partial_run_free(run);
}
