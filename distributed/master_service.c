/* The master service: TensorFlow's methods, answered by a master. */
#include "distributed/services.h"
#include "distributed/wire_status.h"
#include "proto/master.pb-c.h"
#include "runtime/session/options.h"
#include <stddef.h>
#include <stdlib.h>

/* ---- sessions ---------------------------------------------------------------------------------------------------- */

static const hr_message_type create_type =
    HR_MESSAGE_TYPE("CreateSessionRequest", hr_session_request, HR_FIELD(hr_session_request, 1, BYTES, graph),
                    HR_FIELD(hr_session_request, 2, BYTES, config));

static void cancel_opening(void *argument) { hr_cancellation_cancel(argument, HR_CANCELLED); }

static void create_session(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  hr_session_request request;
  hr_master_session *session = NULL;
  hr_cancellation cancellation;
  hr_cancellation_init(&cancellation);
  HrPb__CreateSessionResponse response;
  hr_pb__create_session_response__init(&response);
  hr_status status = hr_message_read(&create_type, hr_rpc_request(rpc), NULL, &arena, &request);
  if (!status && !hr_rpc_on_cancel(rpc, cancel_opening, &cancellation))
    status = hr_error(HR_CANCELLED, "The client has gone");
  hr_master_close_forgotten(service);
  if (!status) status = hr_master_open(service, &request, hr_rpc_client(rpc), &cancellation, &session);
  if (!status && hr_rpc_is_cancelled(rpc)) hr_master_close(session); /* nobody will */
  if (!status) response.session_handle = session->handle;
  hr_rpc_reply_proto(rpc, status, &response);
  if (session) hr_master_session_unref(session);
  hr_cancellation_clear(&cancellation);
  hr_arena_free(&arena);
}

typedef struct extend_request {
  hr_view handle, graph;
  int64_t version;
} extend_request;
static const hr_message_type extend_type =
    HR_MESSAGE_TYPE("ExtendSessionRequest", extend_request, HR_FIELD(extend_request, 1, BYTES, handle),
                    HR_FIELD(extend_request, 2, BYTES, graph), HR_FIELD(extend_request, 3, INT64, version));

static void extend_session(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  extend_request request;
  hr_master_session *session = NULL;
  HrPb__ExtendSessionResponse response;
  hr_pb__extend_session_response__init(&response);
  hr_status status = hr_message_read(&extend_type, hr_rpc_request(rpc), NULL, &arena, &request);
  if (!status) status = hr_master_find(service, request.handle, hr_rpc_client(rpc), &session);
  if (!status) status = hr_master_extend(session, request.graph, request.version);
  if (!status) response.new_graph_version = request.version + 1;
  hr_rpc_reply_proto(rpc, status, &response);
  if (session) hr_master_session_unref(session);
  hr_arena_free(&arena);
}

static void close_session(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__CloseSessionRequest *request;
  hr_master_session *session = NULL;
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__close_session_request__descriptor, &arena, &request);
  if (!status) status = hr_master_find(service, hr_view_of(request->session_handle), hr_rpc_client(rpc), &session);
  if (!status) hr_master_close(session);
  hr_rpc_reply(rpc, status, NULL);
  if (session) hr_master_session_unref(session);
  hr_arena_free(&arena);
}

static void reset(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__ResetRequest *request;
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__reset_request__descriptor, &arena, &request);
  if (!status)
    status = hr_master_reset(service, request->n_container, request->container, request->n_device_filters,
                             request->device_filters);
  hr_rpc_reply(rpc, status, NULL);
  hr_arena_free(&arena);
}

static void list_devices(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  hr_master *master = service;
  HrPb__ListDevicesRequest *request;
  hr_master_session *session = NULL;
  HrPb__ListDevicesResponse response;
  hr_pb__list_devices_response__init(&response);
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__list_devices_request__descriptor, &arena, &request);
  if (!status && request->session_handle[0])
    status = hr_master_find(master, hr_view_of(request->session_handle), hr_rpc_client(rpc), &session);
  if (!status)
    status = hr_device_attributes(session ? &session->devices : &master->worker->devices, &arena,
                                  &response.n_local_device, &response.local_device);
  hr_rpc_reply_proto(rpc, status, &response);
  if (session) hr_master_session_unref(session);
  hr_arena_free(&arena);
}

/* ---- RunStep ----------------------------------------------------------------------------------------------------- */

typedef struct run_step_call {
  hr_master_step step; /* first */
  hr_master *master;
  hr_rpc *rpc;
  hr_arena arena;
  hr_run_step_request request;
  hr_names_request wanted;
  hr_partial_call partial;
} run_step_call;

static void reply(run_step_call *call, hr_status status, hr_run_step_response *response) {
  hr_slices bytes = {0};
  if (!status) status = hr_message_write(&hr_run_step_response_type, response, NULL, &bytes);
  status = hr_status_for_wire(status);
  if (status && call->request.store_errors_in_response_body) {
    hr_run_step_response error = {.status_code = hr_status_code(status),
                                  .status_error_message = hr_view_of(hr_status_message(status))};
    hr_status written = hr_message_write(&hr_run_step_response_type, &error, NULL, &bytes);
    hr_status_free(status);
    status = written;
  }
  hr_rpc_reply(call->rpc, status, status ? NULL : &bytes);
}

static void drop(hr_master_step *step) {
  run_step_call *call = (run_step_call *)step;
  if (step->session) hr_master_session_unref(step->session);
  hr_master_plan_unref(step->plan);
  hr_message_clear(&hr_run_step_request_type, &call->request);
  hr_arena_free(&call->arena);
  free(call);
}

static void run_done(hr_master_step *step, hr_status status, hr_text *metadata) {
  run_step_call *call = (run_step_call *)step;
  int32_t count = call->request.fetch.count;
  hr_run_step_response response = {0};
  response.tensor.items = HR_ARENA_ARRAY(&call->arena, hr_named_tensor, count + 1);
  if (!status && !response.tensor.items) status = hr_error_out_of_memory(0, "the answer to RunStep");
  for (int32_t i = 0; i < count && !status; ++i)
    response.tensor.items[response.tensor.count++] = (hr_named_tensor){call->request.fetch.items[i], step->values[i]};
  response.metadata = (hr_view){metadata->data, metadata->length};
  reply(call, status, &response);
  for (int32_t i = 0; step->values && i < count; ++i)
    hr_tensor_clear(&step->values[i]);
}

static hr_status read_options(hr_view bytes, hr_run_options *out) {
  return bytes.length > 0 ? hr_run_options_parse(bytes.data, bytes.length, out) : HR_SUCCESS;
}

/* Reads the request; `*wanted` in the call's arena. */
static hr_status read_run(run_step_call *call, hr_names_request *wanted) {
  hr_run_step_request *request = &call->request;
  hr_master_step *step = &call->step;
  HR_TRY(hr_message_read(&hr_run_step_request_type, hr_rpc_request(call->rpc), NULL, &call->arena, request));
  HR_TRY(hr_master_find(call->master, request->session_handle, hr_rpc_client(call->rpc), &step->session));
  HR_TRY(read_options(request->options, &step->options));
  int32_t feeds = request->feed.count, fetches = request->fetch.count;
  hr_view *names = HR_ARENA_ARRAY(&call->arena, hr_view, feeds + 1);
  step->feeds = HR_ARENA_ARRAY(&call->arena, hr_tensor, feeds + 1);
  step->values = hr_arena_zalloc(&call->arena, sizeof(hr_tensor) * ((size_t)fetches + 1), _Alignof(hr_tensor));
  if (!names || !step->feeds || !step->values) return hr_error_out_of_memory(0, "a step");
  for (int32_t i = 0; i < feeds; ++i) {
    names[i] = request->feed.items[i].name;
    step->feeds[i] = request->feed.items[i].value;
  }
  *wanted = (hr_names_request){.num_feeds = feeds,
                               .num_fetches = fetches,
                               .num_targets = request->target.count,
                               .feeds = names,
                               .fetches = request->fetch.items,
                               .targets = request->target.items};
  return HR_SUCCESS;
}

static void run_cancelled(void *argument) { hr_master_cancel(argument, HR_CANCELLED); }

static void refuse(run_step_call *call, hr_status status) {
  reply(call, status, NULL);
  drop(&call->step);
}

static void start_run(run_step_call *call) {
  hr_rpc *rpc = call->rpc;
  hr_master_step_begin(&call->step);
  if (!hr_rpc_on_cancel(rpc, run_cancelled, &call->step)) hr_master_cancel(&call->step, HR_CANCELLED);
  hr_master_run(&call->step);
}

static void partial_done(hr_partial_call *partial, hr_status status) {
  run_step_call *call = (run_step_call *)((char *)partial - offsetof(run_step_call, partial));
  hr_run_step_response response = {0};
  int32_t count = partial->num_fetches;
  response.tensor.items = HR_ARENA_ARRAY(&call->arena, hr_named_tensor, count + 1);
  if (!status && !response.tensor.items) status = hr_error_out_of_memory(0, "the answer to RunStep");
  for (int32_t i = 0; i < count && !status; ++i)
    response.tensor.items[response.tensor.count++] = (hr_named_tensor){partial->fetch_names[i], partial->values[i]};
  reply(call, status, &response);
  for (int32_t i = 0; i < count; ++i)
    hr_tensor_clear(&partial->values[i]);
  hr_partial_call_clear(partial);
  drop(&call->step);
}

static void partial_cancelled(void *argument) { hr_master_partial_cancel(argument); }

static void run_partially(run_step_call *call) {
  int64_t left = hr_rpc_time_left_ms(call->rpc);
  call->partial = (hr_partial_call){.session = call->step.session,
                                    .num_feeds = call->wanted.num_feeds,
                                    .num_fetches = call->wanted.num_fetches,
                                    .feed_names = call->wanted.feeds,
                                    .fetch_names = call->wanted.fetches,
                                    .feeds = call->step.feeds,
                                    .values = call->step.values,
                                    .timeout_ms = left == INT64_MAX ? 0 : left + 1,
                                    .done = partial_done};
  hr_master_partial_begin(&call->partial);
  if (!hr_rpc_on_cancel(call->rpc, partial_cancelled, &call->partial)) hr_master_partial_cancel(&call->partial);
  hr_master_partial_run(&call->partial, call->request.partial_run_handle);
}

/* With a plan that may still have to be made. */
static void plan_and_run(void *argument) {
  run_step_call *call = argument;
  if (call->request.partial_run_handle.length > 0) {
    run_partially(call);
    return;
  }
  hr_status status =
      call->step.plan ? HR_SUCCESS : hr_master_prepare(call->step.session, &call->wanted, &call->step.plan);
  if (status)
    refuse(call, status);
  else
    start_run(call);
}

static void run_large(void *argument) {
  run_step_call *call = argument;
  hr_status status = read_run(call, &call->wanted);
  if (status)
    refuse(call, status);
  else
    plan_and_run(call);
}

/* What is small and known to be quick runs on the thread that has read it. */
static void run_small(run_step_call *call) {
  hr_status status = read_run(call, &call->wanted);
  if (status) {
    refuse(call, status);
    return;
  }
  if (call->request.partial_run_handle.length == 0) call->step.plan = hr_master_try(call->step.session, &call->wanted);
  if (call->step.plan && hr_master_plan_is_quick(call->step.plan))
    start_run(call);
  else
    hr_rpc_elsewhere(call->rpc, plan_and_run, call);
}

static void run_step(void *service, hr_rpc *rpc) {
  run_step_call *call = calloc(1, sizeof *call);
  if (!call) {
    hr_rpc_reply(rpc, hr_error_out_of_memory(sizeof *call, "a call of RunStep"), NULL);
    return;
  }
  call->master = service;
  call->rpc = rpc;
  call->step.done = run_done;
  call->step.drop = drop;
  if (hr_rpc_request(rpc)->bytes <= HR_QUICK_BYTES)
    run_small(call);
  else
    hr_rpc_elsewhere(rpc, run_large, call);
}

/* ---- callables --------------------------------------------------------------------------------------------------- */

static hr_view *views_of(hr_arena *arena, size_t count, char *const *texts) {
  hr_view *views = HR_ARENA_ARRAY(arena, hr_view, count + 1);
  for (size_t i = 0; views && i < count; ++i)
    views[i] = hr_view_of(texts[i]);
  return views;
}

static hr_status make(hr_master_session *session, const HrPb__CallableOptions *options, hr_arena *arena,
                      int64_t *handle) {
  if (options->n_tensor_connection > 0)
    return hr_error(HR_UNIMPLEMENTED, "Callables that connect tensors (%s to %s) are not supported",
                    options->tensor_connection[0]->from_tensor, options->tensor_connection[0]->to_tensor);
  const hr_names_request wanted = {.num_feeds = (int32_t)options->n_feed,
                                   .num_fetches = (int32_t)options->n_fetch,
                                   .num_targets = (int32_t)options->n_target,
                                   .feeds = views_of(arena, options->n_feed, options->feed),
                                   .fetches = views_of(arena, options->n_fetch, options->fetch),
                                   .targets = views_of(arena, options->n_target, options->target)};
  if (!wanted.feeds || !wanted.fetches || !wanted.targets) return hr_error_out_of_memory(0, "a callable");
  hr_run_options run_options = {0};
  if (options->run_options) hr_run_options_read(options->run_options, &run_options);
  return hr_master_make_callable(session, &wanted, &run_options, handle);
}

static void make_callable(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__MakeCallableRequest *request;
  hr_master_session *session = NULL;
  HrPb__MakeCallableResponse response;
  hr_pb__make_callable_response__init(&response);
  HrPb__CallableOptions none;
  hr_pb__callable_options__init(&none);
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__make_callable_request__descriptor, &arena, &request);
  if (!status) status = hr_master_find(service, hr_view_of(request->session_handle), hr_rpc_client(rpc), &session);
  if (!status) status = make(session, request->options ? request->options : &none, &arena, &response.handle);
  hr_rpc_reply_proto(rpc, status, &response);
  if (session) hr_master_session_unref(session);
  hr_arena_free(&arena);
}

static void release_callable(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__ReleaseCallableRequest *request;
  hr_master_session *session = NULL;
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__release_callable_request__descriptor, &arena, &request);
  if (!status) status = hr_master_find(service, hr_view_of(request->session_handle), hr_rpc_client(rpc), &session);
  if (!status) hr_master_release_callable(session, request->handle);
  hr_rpc_reply(rpc, status, NULL);
  if (session) hr_master_session_unref(session);
  hr_arena_free(&arena);
}

typedef struct run_callable_call {
  hr_master_step step; /* first */
  hr_rpc *rpc;
  hr_arena arena;
  hr_run_callable_request request;
} run_callable_call;

static void drop_callable_run(hr_master_step *step) {
  run_callable_call *call = (run_callable_call *)step;
  if (step->session) hr_master_session_unref(step->session);
  hr_master_plan_unref(step->plan);
  hr_message_clear(&hr_run_callable_request_type, &call->request);
  hr_arena_free(&call->arena);
  free(call);
}

static void callable_done(hr_master_step *step, hr_status status, hr_text *metadata) {
  run_callable_call *call = (run_callable_call *)step;
  hr_run_callable_response response = {.fetch = {step->plan->num_fetches, step->values},
                                       .metadata = {metadata->data, metadata->length}};
  hr_slices bytes = {0};
  if (!status) status = hr_message_write(&hr_run_callable_response_type, &response, NULL, &bytes);
  hr_rpc_reply(call->rpc, status, status ? NULL : &bytes);
  for (int32_t i = 0; i < step->plan->num_fetches; ++i)
    hr_tensor_clear(&step->values[i]);
}

static hr_status prepare_callable(hr_master *master, run_callable_call *call) {
  hr_run_callable_request *request = &call->request;
  hr_master_step *step = &call->step;
  HR_TRY(hr_message_read(&hr_run_callable_request_type, hr_rpc_request(call->rpc), NULL, &call->arena, request));
  HR_TRY(hr_master_find(master, request->session_handle, hr_rpc_client(call->rpc), &step->session));
  HR_TRY(hr_master_find_callable(step->session, request->handle, &step->plan, &step->options));
  if (request->feed.count != step->plan->num_feeds)
    return hr_error(HR_INVALID_ARGUMENT, "The callable has %d feeds, but %d were given", step->plan->num_feeds,
                    request->feed.count);
  step->feeds = request->feed.items;
  step->values =
      hr_arena_zalloc(&call->arena, sizeof(hr_tensor) * ((size_t)step->plan->num_fetches + 1), _Alignof(hr_tensor));
  return step->values ? HR_SUCCESS : hr_error_out_of_memory(0, "a step");
}

static void run_callable(void *service, hr_rpc *rpc) {
  run_callable_call *call = calloc(1, sizeof *call);
  if (!call) {
    hr_rpc_reply(rpc, hr_error_out_of_memory(sizeof *call, "a call of RunCallable"), NULL);
    return;
  }
  call->rpc = rpc;
  call->step.done = callable_done;
  call->step.drop = drop_callable_run;
  hr_status status = prepare_callable(service, call);
  if (status) {
    hr_rpc_reply(rpc, status, NULL);
    drop_callable_run(&call->step);
    return;
  }
  hr_master_step_begin(&call->step);
  if (!hr_rpc_on_cancel(rpc, run_cancelled, &call->step)) hr_master_cancel(&call->step, HR_CANCELLED);
  hr_master_run(&call->step);
}

/* ---- partial runs ------------------------------------------------------------------------------------------------ */

static void partial_run_setup(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__PartialRunSetupRequest *request;
  hr_master_session *session = NULL;
  HrPb__PartialRunSetupResponse response;
  hr_pb__partial_run_setup_response__init(&response);
  char handle[HR_PARTIAL_HANDLE_BYTES] = "";
  hr_names_request wanted = {0};
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__partial_run_setup_request__descriptor, &arena, &request);
  if (!status) {
    wanted = (hr_names_request){.num_feeds = (int32_t)request->n_feed,
                                .num_fetches = (int32_t)request->n_fetch,
                                .num_targets = (int32_t)request->n_target,
                                .feeds = views_of(&arena, request->n_feed, request->feed),
                                .fetches = views_of(&arena, request->n_fetch, request->fetch),
                                .targets = views_of(&arena, request->n_target, request->target)};
    if (!wanted.feeds || !wanted.fetches || !wanted.targets) status = hr_error_out_of_memory(0, "a partial run");
  }
  if (!status) status = hr_master_find(service, hr_view_of(request->session_handle), hr_rpc_client(rpc), &session);
  if (!status) status = hr_master_partial_new(session, &wanted, handle);
  response.partial_run_handle = handle;
  hr_rpc_reply_proto(rpc, status, &response);
  if (session) hr_master_session_unref(session);
  hr_arena_free(&arena);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

#define METHOD(name, handler_, quick_) HR_METHOD("MasterService", name, handler_, quick_)

static const hr_rpc_method methods[] = {
    METHOD("CreateSession", create_session, false),
    METHOD("ExtendSession", extend_session, false),
    METHOD("PartialRunSetup", partial_run_setup, false),
    METHOD("RunStep", run_step, true),
    METHOD("CloseSession", close_session, false),
    METHOD("ListDevices", list_devices, false),
    METHOD("Reset", reset, false),
    METHOD("MakeCallable", make_callable, false),
    METHOD("RunCallable", run_callable, false),
    METHOD("ReleaseCallable", release_callable, false),
};
const hr_service hr_master_service = {sizeof methods / sizeof *methods, methods};
