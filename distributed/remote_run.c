/* Steps of a session at a server: RunStep, callables and partial runs. */
#include "distributed/local_step.h"
#include "distributed/messages.h"
#include "distributed/remote_session.h"
#include "distributed/wire_status.h"
#include "proto/master.pb-c.h"
#include <stdlib.h>
#include <sys/random.h>

#define METHOD(name) "/tensorflow.MasterService/" name

/* ---- names ----------------------------------------------------------------------------------------------------- */

static hr_status no_memory(void) { return hr_error_out_of_memory(0, "a step at a server"); }

static hr_status check_graph(const hr_remote_session *session, const hr_node *node, const char *what) {
  if (node && hr_node_graph(node) == session->base.graph) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s %s is not an element of the session's graph", what,
                  node ? hr_node_name(node) : "(none)");
}

/* "name:0". */
static hr_status output_name(const hr_remote_session *session, hr_output output, const char *what, hr_arena *arena,
                             hr_view *out) {
  HR_TRY(check_graph(session, output.node, what));
  char *name = hr_arena_printf(arena, "%s:%d", hr_node_name(output.node), output.index);
  if (!name) return no_memory();
  *out = hr_view_of(name);
  return HR_SUCCESS;
}

static hr_status output_names(const hr_remote_session *session, int32_t count, const hr_output *outputs,
                              const char *what, hr_arena *arena, hr_views *out) {
  *out = (hr_views){count, HR_ARENA_ARRAY(arena, hr_view, count + 1)};
  if (!out->items) return no_memory();
  for (int32_t i = 0; i < count; ++i)
    HR_TRY(output_name(session, outputs[i], what, arena, &out->items[i]));
  return HR_SUCCESS;
}

static hr_status node_names(const hr_remote_session *session, int32_t count, hr_node *const *nodes, hr_arena *arena,
                            hr_views *out) {
  *out = (hr_views){count, HR_ARENA_ARRAY(arena, hr_view, count + 1)};
  if (!out->items) return no_memory();
  for (int32_t i = 0; i < count; ++i) {
    HR_TRY(check_graph(session, nodes[i], "Target"));
    out->items[i] = hr_view_of(hr_node_name(nodes[i]));
  }
  return HR_SUCCESS;
}

/* Every name once: a server answers a name once. */
static void drop_repeated(hr_views *names) {
  int32_t kept = 0;
  for (int32_t i = 0; i < names->count; ++i) {
    int32_t j = 0;
    while (j < kept && !hr_view_equal(names->items[j], names->items[i]))
      ++j;
    if (j == kept) names->items[kept++] = names->items[i];
  }
  names->count = kept;
}

/* ---- one step -------------------------------------------------------------------------------------------------- */

/* Field numbers of RunOptions. */
enum { OPTIONS_TRACE = 1, OPTIONS_TIMEOUT = 2, OPTIONS_POOL = 3, OPTIONS_GRAPHS = 5 };

static void write_options(const hr_run_options *options, hr_text *out) {
  if (options->trace_level) hr_wire_put_number(out, OPTIONS_TRACE, (uint64_t)options->trace_level);
  if (options->timeout_ms) hr_wire_put_number(out, OPTIONS_TIMEOUT, (uint64_t)options->timeout_ms);
  if (options->inter_op_thread_pool)
    hr_wire_put_number(out, OPTIONS_POOL, (uint64_t)(int64_t)options->inter_op_thread_pool);
  if (options->output_partition_graphs) hr_wire_put_number(out, OPTIONS_GRAPHS, 1);
}

/* A request that comes twice, because of a retry in between, has the same number: no two others have. */
static int64_t new_request_id(void) {
  uint64_t number = 0;
  (void)!getrandom(&number, sizeof number, 0);
  return (int64_t)(number >> 1) | 1;
}

static hr_status copy_metadata(hr_view bytes, hr_owned_bytes *out) {
  out->data = malloc(bytes.length + 1);
  if (!out->data) return no_memory();
  memcpy(out->data, bytes.data ? bytes.data : "", bytes.length);
  out->length = bytes.length;
  return HR_SUCCESS;
}

/* Moves the value of each fetch out of the answer; a fetch that is there twice gets a copy of its own. */
static hr_status take_values(const hr_remote_session *session, hr_run_step_response *response, int32_t fetch_count,
                             const hr_output *fetches, const hr_views *names, hr_tensor *values) {
  hr_status status = HR_SUCCESS;
  int32_t done = 0;
  for (; done < fetch_count && !status; ++done) {
    int32_t earlier = 0;
    while (earlier < done && !hr_output_equal(fetches[earlier], fetches[done]))
      ++earlier;
    if (earlier < done) {
      status = hr_tensor_clone(hr_cpu_allocator(), &values[earlier], &values[done]);
      continue;
    }
    hr_view name = names->items[done];
    int32_t at = 0;
    while (at < response->tensor.count && (!hr_view_equal(response->tensor.items[at].name, name) ||
                                           !hr_tensor_is_valid(&response->tensor.items[at].value)))
      ++at;
    if (at == response->tensor.count) {
      status = hr_error(HR_INTERNAL, "The server at %s did not answer the fetch %.*s",
                        hr_channel_address(session->channel), (int)name.length, name.data);
      continue;
    }
    values[done] = response->tensor.items[at].value;
    response->tensor.items[at].value = (hr_tensor){0};
  }
  if (!status) return HR_SUCCESS;
  for (int32_t i = 0; i < done - 1; ++i)
    hr_tensor_clear(&values[i]);
  return status;
}

/* What stands behind an answer until it has been looked at. */
typedef struct answer {
  hr_run_step_response response;
  hr_slices received;
  hr_text metadata;
} answer;

/* Feeds are lent to calls without a deadline. Others must end in time, even if the server's machine has stopped reading
 * and the transport does not let go of the bytes: they take copies. */
static hr_loans *lend(const hr_call_options *call, hr_loans *loans) { return call->timeout_ms > 0 ? NULL : loans; }

/* By a message to the server. */
static hr_status run_there(const hr_remote_session *session, const hr_run_options *options,
                           const hr_run_step_request *request, hr_arena *arena, answer *out) {
  hr_call_options call = {.timeout_ms = options && options->timeout_ms > 0 ? options->timeout_ms : session->timeout_ms};
  hr_loans loans = {0};
  hr_slices sent;
  HR_TRY(hr_message_write(&hr_run_step_request_type, request, lend(&call, &loans), &sent));
  hr_status status = hr_channel_call(session->channel, METHOD("RunStep"), &sent, &call, NULL, &out->received);
  hr_loans_wait(&loans); /* the feeds are the caller's again */
  HR_TRY(status);
  HR_TRY(hr_message_read(&hr_run_step_response_type, &out->received, NULL, arena, &out->response));
  return hr_status_from_wire(out->response.status_code, out->response.status_error_message, session->base.graph);
}

/* By a call, where the server is one of this process. */
static hr_status run_here(const hr_remote_session *session, const hr_run_options *options,
                          const hr_run_step_request *request, hr_arena *arena, answer *out, bool *found) {
  int32_t count = request->fetch.count;
  hr_run_options own = {.timeout_ms = session->timeout_ms};
  if (options) own = *options;
  hr_named_tensor *items = HR_ARENA_ARRAY(arena, hr_named_tensor, count + 1);
  hr_tensor *values = HR_ARENA_ARRAY(arena, hr_tensor, count + 1);
  if (!items || !values) return no_memory();
  HR_TRY(hr_local_step(hr_channel_address(session->channel), request, &own, values, &out->metadata, found));
  if (!*found) return HR_SUCCESS;
  for (int32_t i = 0; i < count; ++i)
    items[i] = (hr_named_tensor){request->fetch.items[i], values[i]};
  out->response.tensor = (hr_named_tensors){count, items};
  out->response.metadata = (hr_view){out->metadata.data, out->metadata.length};
  return HR_SUCCESS;
}

/* Runs the request, with what all of them have in common, and waits for the values. */
static hr_status run_step(hr_remote_session *session, const hr_run_options *options, hr_run_step_request *request,
                          int32_t fetch_count, const hr_output *fetches, hr_tensor *values, hr_arena *arena,
                          hr_owned_bytes *metadata) {
  hr_text written = {0};
  if (options) write_options(options, &written);
  request->session_handle = hr_view_of(session->handle);
  request->options = (hr_view){written.data, written.length};
  request->store_errors_in_response_body = true; /* statuses cut long texts */
  request->request_id = new_request_id();
  hr_views names;
  hr_status status = output_names(session, fetch_count, fetches, "Fetch", arena, &names);
  if (!status) {
    request->fetch = names;
    request->fetch.items = HR_ARENA_ARRAY(arena, hr_view, fetch_count + 1);
    if (!request->fetch.items) status = no_memory();
  }
  if (!status) {
    memcpy(request->fetch.items, names.items, sizeof *names.items * (size_t)fetch_count);
    drop_repeated(&request->fetch);
  }
  answer answer = {0};
  bool is_here = false;
  if (!status && request->partial_run_handle.length == 0)
    status = run_here(session, options, request, arena, &answer, &is_here);
  if (!status && !is_here) status = run_there(session, options, request, arena, &answer);
  if (!status && metadata) status = copy_metadata(answer.response.metadata, metadata);
  if (!status) status = take_values(session, &answer.response, fetch_count, fetches, &names, values);
  if (status && metadata) {
    free(metadata->data);
    *metadata = (hr_owned_bytes){0};
  }
  hr_message_clear(&hr_run_step_response_type, &answer.response);
  hr_slices_clear(&answer.received);
  hr_text_free(&answer.metadata);
  hr_text_free(&written);
  return hr_status_find_node(status, session->base.graph);
}

/* The request's feeds, whose tensors are the caller's. */
static hr_status set_feeds(const hr_remote_session *session, int32_t count, const hr_feed *feeds, hr_arena *arena,
                           hr_run_step_request *request) {
  request->feed = (hr_named_tensors){count, HR_ARENA_ARRAY(arena, hr_named_tensor, count + 1)};
  if (!request->feed.items) return no_memory();
  for (int32_t i = 0; i < count; ++i) {
    HR_TRY(output_name(session, feeds[i].output, "Feed", arena, &request->feed.items[i].name));
    request->feed.items[i].value = *feeds[i].value;
  }
  return HR_SUCCESS;
}

hr_status hr_remote_run(hr_session *base, const hr_run_options *options, int32_t feed_count, const hr_feed *feeds,
                        int32_t fetch_count, const hr_output *fetches, hr_tensor *values, int32_t target_count,
                        hr_node *const *targets, hr_owned_bytes *metadata) {
  hr_remote_session *session = (hr_remote_session *)base;
  HR_TRY(hr_remote_session_prepare(session));
  hr_arena arena = {0};
  hr_run_step_request request = {0};
  hr_status status = set_feeds(session, feed_count, feeds, &arena, &request);
  if (!status) status = node_names(session, target_count, targets, &arena, &request.target);
  if (!status) status = run_step(session, options, &request, fetch_count, fetches, values, &arena, metadata);
  hr_arena_free(&arena);
  return status;
}

/* ---- callables ------------------------------------------------------------------------------------------------- */

typedef struct remote_callable {
  hr_callable base;
  hr_remote_session *session;
  int64_t handle; /* the server's number for it */
  int32_t num_feeds, num_fetches, num_targets;
  hr_output *feeds, *fetches; /* for runs with options of their own, which RunCallable has no place for */
  hr_node **targets;
  hr_arena arena;
} remote_callable;

static char **c_strings(const hr_views *views, hr_arena *arena) {
  char **strings = HR_ARENA_ARRAY(arena, char *, views->count + 1);
  for (int32_t i = 0; strings && i < views->count; ++i)
    strings[i] = (char *)(uintptr_t)views->items[i].data;
  return strings;
}

static hr_status make_callable(remote_callable *c, const hr_run_options *options, hr_arena *arena) {
  hr_views feeds, fetches, targets;
  HR_TRY(output_names(c->session, c->num_feeds, c->feeds, "Feed", arena, &feeds));
  HR_TRY(output_names(c->session, c->num_fetches, c->fetches, "Fetch", arena, &fetches));
  HR_TRY(node_names(c->session, c->num_targets, c->targets, arena, &targets));
  HrPb__RunOptions run = HR_PB__RUN_OPTIONS__INIT;
  HrPb__CallableOptions callable = HR_PB__CALLABLE_OPTIONS__INIT;
  callable.n_feed = (size_t)feeds.count;
  callable.n_fetch = (size_t)fetches.count;
  callable.n_target = (size_t)targets.count;
  callable.feed = c_strings(&feeds, arena);
  callable.fetch = c_strings(&fetches, arena);
  callable.target = c_strings(&targets, arena);
  if (!callable.feed || !callable.fetch || !callable.target) return no_memory();
  if (options) {
    run.trace_level = (HrPb__RunOptions__TraceLevel)options->trace_level;
    run.timeout_in_ms = options->timeout_ms;
    run.inter_op_thread_pool = options->inter_op_thread_pool;
    run.output_partition_graphs = options->output_partition_graphs;
  }
  callable.run_options = &run;
  HrPb__MakeCallableRequest request = HR_PB__MAKE_CALLABLE_REQUEST__INIT;
  request.session_handle = c->session->handle;
  request.options = &callable;
  request.request_id = new_request_id();
  hr_call_options call = {.timeout_ms = c->session->timeout_ms};
  HrPb__MakeCallableResponse *response;
  HR_TRY(hr_channel_call_proto(c->session->channel, METHOD("MakeCallable"), &request, &call, NULL,
                               &hr_pb__make_callable_response__descriptor, arena, &response));
  c->handle = response->handle;
  return HR_SUCCESS;
}

static void free_callable(remote_callable *c) {
  hr_remote_session_unref(c->session);
  hr_arena_free(&c->arena);
  free(c);
}

hr_status hr_remote_callable_new(hr_session *base, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                                 const hr_output *fetches, int32_t target_count, hr_node *const *targets,
                                 const hr_run_options *options, hr_callable **out) {
  hr_remote_session *session = (hr_remote_session *)base;
  HR_TRY(hr_remote_session_prepare(session));
  remote_callable *c = calloc(1, sizeof *c);
  if (!c) return no_memory();
  atomic_fetch_add(&session->references, 1);
  c->base.kind = &hr_remote_kind;
  c->session = session;
  c->num_feeds = feed_count;
  c->num_fetches = fetch_count;
  c->num_targets = target_count;
  c->feeds = HR_ARENA_ARRAY(&c->arena, hr_output, feed_count + 1);
  c->fetches = HR_ARENA_ARRAY(&c->arena, hr_output, fetch_count + 1);
  c->targets = HR_ARENA_ARRAY(&c->arena, hr_node *, target_count + 1);
  hr_status status = c->feeds && c->fetches && c->targets ? HR_SUCCESS : no_memory();
  if (!status) {
    if (feed_count) memcpy(c->feeds, feeds, sizeof *feeds * (size_t)feed_count);
    if (fetch_count) memcpy(c->fetches, fetches, sizeof *fetches * (size_t)fetch_count);
    if (target_count) memcpy(c->targets, targets, sizeof *targets * (size_t)target_count);
    if (options) {
      c->base.has_options = true;
      c->base.options = *options;
    }
    hr_arena arena = {0};
    status = make_callable(c, options, &arena);
    hr_arena_free(&arena);
  }
  if (status) {
    free_callable(c);
    return hr_status_find_node(status, session->base.graph);
  }
  *out = &c->base;
  return HR_SUCCESS;
}

/* A run whose options differ from the callable's. */
static hr_status run_with_options(remote_callable *c, const hr_run_options *options, const hr_tensor *const *feeds,
                                  hr_tensor *values, hr_owned_bytes *metadata) {
  hr_feed *pairs = malloc(sizeof *pairs * ((size_t)c->num_feeds + 1));
  if (!pairs) return no_memory();
  for (int32_t i = 0; i < c->num_feeds; ++i)
    pairs[i] = (hr_feed){c->feeds[i], feeds[i]};
  hr_status status = hr_remote_run(&c->session->base, options, c->num_feeds, pairs, c->num_fetches, c->fetches, values,
                                   c->num_targets, c->targets, metadata);
  free(pairs);
  return status;
}

hr_status hr_remote_callable_run(hr_callable *base, const hr_run_options *options, const hr_tensor *const *feeds,
                                 hr_tensor *values, hr_owned_bytes *metadata) {
  remote_callable *c = (remote_callable *)base;
  hr_remote_session *session = c->session;
  HR_TRY(hr_remote_session_check_open(session));
  bool own_options = options && options != &base->options;
  if (own_options || metadata) return run_with_options(c, options, feeds, values, metadata);
  hr_arena arena = {0};
  hr_run_callable_request request = {.session_handle = hr_view_of(session->handle),
                                     .handle = c->handle,
                                     .request_id = new_request_id(),
                                     .feed = {c->num_feeds, HR_ARENA_ARRAY(&arena, hr_tensor, c->num_feeds + 1)}};
  hr_status status = request.feed.items ? HR_SUCCESS : no_memory();
  for (int32_t i = 0; i < c->num_feeds && !status; ++i)
    request.feed.items[i] = *feeds[i];
  hr_call_options call = {.timeout_ms = options && options->timeout_ms > 0 ? options->timeout_ms : session->timeout_ms};
  hr_loans loans = {0};
  hr_slices sent, received = {0};
  if (!status) status = hr_message_write(&hr_run_callable_request_type, &request, lend(&call, &loans), &sent);
  if (!status) status = hr_channel_call(session->channel, METHOD("RunCallable"), &sent, &call, NULL, &received);
  hr_loans_wait(&loans);
  hr_run_callable_response response = {0};
  if (!status) status = hr_message_read(&hr_run_callable_response_type, &received, NULL, &arena, &response);
  if (!status && response.fetch.count != c->num_fetches)
    status = hr_error(HR_INTERNAL, "The server at %s answered %d fetches instead of %d",
                      hr_channel_address(session->channel), response.fetch.count, c->num_fetches);
  for (int32_t i = 0; i < c->num_fetches && !status; ++i) {
    values[i] = response.fetch.items[i];
    response.fetch.items[i] = (hr_tensor){0};
  }
  hr_message_clear(&hr_run_callable_response_type, &response);
  hr_slices_clear(&received);
  hr_arena_free(&arena);
  return hr_status_find_node(status, session->base.graph);
}

static void forget_answer(void *unused, hr_status status, hr_slices *response) {
  (void)unused;
  (void)response;
  hr_status_free(status);
}

void hr_remote_callable_free(hr_callable *base) {
  remote_callable *c = (remote_callable *)base;
  hr_status closed = hr_remote_session_check_open(c->session);
  if (!closed) {
    HrPb__ReleaseCallableRequest request = HR_PB__RELEASE_CALLABLE_REQUEST__INIT;
    request.session_handle = c->session->handle;
    request.handle = c->handle;
    hr_slices message = hr_slices_of_proto(&request);
    hr_call_options soon = {.timeout_ms = 10000};
    hr_channel_start(c->session->channel, METHOD("ReleaseCallable"), &message, &soon, forget_answer, NULL, NULL);
  }
  hr_status_free(closed);
  free_callable(c);
}

/* ---- partial runs ---------------------------------------------------------------------------------------------- */

typedef struct remote_partial_run {
  hr_partial_run base;
  hr_remote_session *session;
  hr_arena arena;
  hr_view handle; /* the server's name for it */
} remote_partial_run;

static hr_status set_up(remote_partial_run *run, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                        const hr_output *fetches, int32_t target_count, hr_node *const *targets) {
  hr_arena *arena = &run->arena;
  hr_views fed, fetched, targeted;
  HR_TRY(output_names(run->session, feed_count, feeds, "Feed", arena, &fed));
  HR_TRY(output_names(run->session, fetch_count, fetches, "Fetch", arena, &fetched));
  HR_TRY(node_names(run->session, target_count, targets, arena, &targeted));
  drop_repeated(&fetched);
  HrPb__PartialRunSetupRequest request = HR_PB__PARTIAL_RUN_SETUP_REQUEST__INIT;
  request.session_handle = run->session->handle;
  request.n_feed = (size_t)fed.count;
  request.n_fetch = (size_t)fetched.count;
  request.n_target = (size_t)targeted.count;
  request.feed = c_strings(&fed, arena);
  request.fetch = c_strings(&fetched, arena);
  request.target = c_strings(&targeted, arena);
  request.request_id = new_request_id();
  if (!request.feed || !request.fetch || !request.target) return no_memory();
  hr_call_options call = {.timeout_ms = run->session->timeout_ms};
  HrPb__PartialRunSetupResponse *response;
  HR_TRY(hr_channel_call_proto(run->session->channel, METHOD("PartialRunSetup"), &request, &call, NULL,
                               &hr_pb__partial_run_setup_response__descriptor, arena, &response));
  run->handle = hr_view_of(response->partial_run_handle);
  return HR_SUCCESS;
}

hr_status hr_remote_partial_run_new(hr_session *base, int32_t feed_count, const hr_output *feeds, int32_t fetch_count,
                                    const hr_output *fetches, int32_t target_count, hr_node *const *targets,
                                    hr_partial_run **out) {
  hr_remote_session *session = (hr_remote_session *)base;
  HR_TRY(hr_remote_session_prepare(session));
  remote_partial_run *run = calloc(1, sizeof *run);
  if (!run) return no_memory();
  atomic_fetch_add(&session->references, 1);
  run->base.kind = &hr_remote_kind;
  run->session = session;
  hr_status status = set_up(run, feed_count, feeds, fetch_count, fetches, target_count, targets);
  if (status) {
    hr_remote_partial_run_free(&run->base);
    return hr_status_find_node(status, session->base.graph);
  }
  *out = &run->base;
  return HR_SUCCESS;
}

hr_status hr_remote_partial_run_step(hr_partial_run *base, int32_t feed_count, const hr_feed *feeds,
                                     int32_t fetch_count, const hr_output *fetches, hr_tensor *values) {
  remote_partial_run *run = (remote_partial_run *)base;
  HR_TRY(hr_remote_session_check_open(run->session));
  hr_arena arena = {0};
  hr_run_step_request request = {.partial_run_handle = run->handle};
  hr_status status = set_feeds(run->session, feed_count, feeds, &arena, &request);
  if (!status) status = run_step(run->session, NULL, &request, fetch_count, fetches, values, &arena, NULL);
  hr_arena_free(&arena);
  return status;
}

/* The server's part ends with its last fetch, or with the session. */
void hr_remote_partial_run_free(hr_partial_run *base) {
  remote_partial_run *run = (remote_partial_run *)base;
  hr_remote_session_unref(run->session);
  hr_arena_free(&run->arena);
  free(run);
}
