/* Callables: runs prepared once. */
#include "proto/config.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/session/direct_session.h"
#include "runtime/session/options.h"
#include <stdlib.h>

typedef struct direct_callable {
  hr_callable base;
  hr_direct_session *session;
  hr_prepared *prepared;
} direct_callable;

hr_status hr_direct_callable_new(hr_session *base, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                                 const hr_output *fetches, int32_t target_count, hr_node *const *targets,
                                 const hr_run_options *options, hr_callable **out) {
  hr_direct_session *session = (hr_direct_session *)base;
  hr_signature signature = {.num_feeds = feed_count,
                            .num_fetches = fetch_count,
                            .num_targets = target_count,
                            .feeds = feeds,
                            .feed_stride = sizeof *feeds,
                            .fetches = fetches,
                            .targets = targets};
  hr_prepared *prepared;
  HR_TRY(hr_session_check_open(session));
  HR_TRY(hr_session_prepare(session, &signature, &prepared));
  direct_callable *callable = malloc(sizeof *callable);
  if (!callable) return hr_error_out_of_memory(sizeof *callable, "a callable");
  *callable = (direct_callable){.base.kind = &hr_direct_kind, .session = hr_session_ref(session), .prepared = prepared};
  if (options) {
    callable->base.has_options = true;
    callable->base.options = *options;
  }
  *out = &callable->base;
  return HR_SUCCESS;
}

hr_status hr_direct_callable_run(hr_callable *base, const hr_run_options *options, const hr_tensor *const *feeds,
                                 hr_tensor *values, hr_owned_bytes *metadata) {
  direct_callable *callable = (direct_callable *)base;
  return hr_session_run_prepared(callable->session, callable->prepared, options, feeds, sizeof *feeds, values,
                                 metadata);
}

void hr_direct_callable_free(hr_callable *base) {
  hr_session_unref(((direct_callable *)base)->session);
  free(base);
}

/* ---- from CallableOptions -------------------------------------------------------------------------------------- */

/* What the names stand for. */
typedef struct request {
  hr_output *feeds, *fetches;
  hr_node **targets;
} request;

static hr_status find_outputs(const hr_graph *graph, size_t count, char *const *names, hr_output *out) {
  for (size_t i = 0; i < count; ++i)
    HR_TRY(hr_graph_output(graph, names[i], &out[i]));
  return HR_SUCCESS;
}

static hr_status find_all(const hr_graph *graph, const HrPb__CallableOptions *proto, request *r) {
  HR_TRY(find_outputs(graph, proto->n_feed, proto->feed, r->feeds));
  HR_TRY(find_outputs(graph, proto->n_fetch, proto->fetch, r->fetches));
  for (size_t i = 0; i < proto->n_target; ++i) {
    r->targets[i] = hr_graph_find(graph, proto->target[i]);
    if (!r->targets[i]) return hr_error(HR_NOT_FOUND, "No operation named '%s' in the graph", proto->target[i]);
  }
  return HR_SUCCESS;
}

static hr_status make(hr_session *session, hr_arena *arena, const HrPb__CallableOptions *proto, hr_callable **out) {
  if (proto->n_tensor_connection > 0)
    return hr_error(HR_UNIMPLEMENTED, "Callables that connect tensors (%s to %s) are not supported",
                    proto->tensor_connection[0]->from_tensor, proto->tensor_connection[0]->to_tensor);
  request r = {.feeds = HR_ARENA_ARRAY(arena, hr_output, proto->n_feed + 1),
               .fetches = HR_ARENA_ARRAY(arena, hr_output, proto->n_fetch + 1),
               .targets = HR_ARENA_ARRAY(arena, hr_node *, proto->n_target + 1)};
  if (!r.feeds || !r.fetches || !r.targets) return hr_error_out_of_memory(0, "a callable");
  HR_TRY(find_all(session->graph, proto, &r));
  hr_run_options options;
  if (proto->run_options) hr_run_options_read(proto->run_options, &options);
  return session->kind->callable_new(session, (int32_t)proto->n_feed, r.feeds, (int32_t)proto->n_fetch, r.fetches,
                                     (int32_t)proto->n_target, r.targets, proto->run_options ? &options : NULL, out);
}

hr_status hr_callable_from_options(hr_session *session, const void *callable_options_proto, size_t length,
                                   hr_callable **out) {
  hr_arena arena = {0};
  HrPb__CallableOptions *proto;
  *out = NULL;
  hr_status status =
      hr_proto_unpack(&hr_pb__callable_options__descriptor, &arena, callable_options_proto, length, NULL, &proto);
  if (!status) status = make(session, &arena, proto, out);
  hr_arena_free(&arena);
  return status;
}
