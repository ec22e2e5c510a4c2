/* The worker service: TensorFlow's methods, answered by a worker. */
#include "distributed/messages.h"
#include "distributed/partial_part.h"
#include "distributed/recv_tensors.h"
#include "distributed/services.h"
#include "distributed/wire_status.h"
#include "proto/worker.pb-c.h"
#include "runtime/base/clock.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/session/options.h"
#include <stddef.h>
#include <stdlib.h>

/* ---- small methods ----------------------------------------------------------------------------------------------- */

hr_status hr_device_attributes(const hr_device_set *devices, hr_arena *arena, size_t *count,
                               HrPb__DeviceAttributes ***out) {
  *count = (size_t)devices->count;
  *out = HR_ARENA_ARRAY(arena, HrPb__DeviceAttributes *, *count + 1);
  HrPb__DeviceAttributes *all = HR_ARENA_ARRAY(arena, HrPb__DeviceAttributes, *count + 1);
  HrPb__DeviceLocality *nowhere = HR_ARENA_NEW(arena, HrPb__DeviceLocality);
  if (!*out || !all || !nowhere) return hr_error_out_of_memory(0, "the attributes of devices");
  hr_pb__device_locality__init(nowhere);
  for (size_t i = 0; i < *count; ++i) {
    hr_device *device = devices->devices[i];
    hr_pb__device_attributes__init(&all[i]);
    all[i].name = device->name;
    all[i].device_type = (char *)(uintptr_t)device->type;
    all[i].memory_limit = device->memory_limit;
    all[i].incarnation = device->incarnation;
    all[i].physical_device_desc = device->description;
    all[i].locality = nowhere;
    (*out)[i] = &all[i];
  }
  return HR_SUCCESS;
}

/* Beside the devices the answer says, in a field that TensorFlow passes over, that it is ours. */
static void get_status(void *service, hr_rpc *rpc) {
  const hr_worker *worker = service;
  hr_arena arena = {0};
  HrPb__GetStatusResponse response;
  hr_pb__get_status_response__init(&response);
  hr_status status =
      hr_device_attributes(&worker->devices, &arena, &response.n_device_attributes, &response.device_attributes);
  hr_slices bytes = {0};
  if (!status) {
    hr_text mark = {0};
    hr_wire_put_number(&mark, HR_STATUS_MARK, 1);
    bytes = hr_slices_of_proto(&response);
    hr_slices_add_text(&bytes, &mark);
  }
  hr_rpc_reply(rpc, status, &bytes);
  hr_arena_free(&arena);
}

static void create_worker_session(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__CreateWorkerSessionRequest *request;
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__create_worker_session_request__descriptor, &arena, &request);
  if (!status)
    status =
        hr_worker_open_session(service, request->session_handle, request->server_def, request->isolate_session_state);
  hr_rpc_reply(rpc, status, NULL);
  hr_arena_free(&arena);
}

static void delete_worker_session(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__DeleteWorkerSessionRequest *request;
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__delete_worker_session_request__descriptor, &arena, &request);
  if (!status) status = hr_worker_close_session(service, hr_view_of(request->session_handle));
  hr_rpc_reply(rpc, status, NULL);
  hr_arena_free(&arena);
}

static void deregister_graph(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__DeregisterGraphRequest *request;
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__deregister_graph_request__descriptor, &arena, &request);
  if (!status) status = hr_worker_deregister(service, hr_view_of(request->graph_handle));
  hr_rpc_reply(rpc, status, NULL);
  hr_arena_free(&arena);
}

static void cleanup_graph(void *service, hr_rpc *rpc) {
  hr_worker *worker = service;
  hr_arena arena = {0};
  HrPb__CleanupGraphRequest *request;
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__cleanup_graph_request__descriptor, &arena, &request);
  if (!status) hr_worker_end_step(worker, request->step_id);
  hr_rpc_reply(rpc, status, NULL);
  hr_arena_free(&arena);
}

static void cleanup_all(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  HrPb__CleanupAllRequest *request;
  hr_status status = hr_rpc_request_proto(rpc, &hr_pb__cleanup_all_request__descriptor, &arena, &request);
  if (!status) hr_worker_reset(service, request->n_container, request->container);
  hr_rpc_reply(rpc, status, NULL);
  hr_arena_free(&arena);
}

/* Step stats come with the answers of RunGraph; there is nothing to switch on. */
static void logging(void *service, hr_rpc *rpc) {
  (void)service;
  hr_rpc_reply(rpc, HR_SUCCESS, NULL);
}

static void mark_recv_finished(void *service, hr_rpc *rpc) {
  (void)service;
  hr_rpc_reply(rpc, HR_SUCCESS, NULL);
}

static void tracing(void *service, hr_rpc *rpc) {
  (void)service;
  hr_rpc_reply(rpc, hr_error(HR_UNIMPLEMENTED, "This worker does not trace itself"), NULL);
}

static void no_collectives(void *service, hr_rpc *rpc) {
  const hr_worker *worker = service;
  hr_rpc_reply(rpc, hr_error(HR_UNIMPLEMENTED, "The worker %s has no collective ops", worker->name), NULL);
}

/* ---- RegisterGraph ----------------------------------------------------------------------------------------------- */

typedef struct register_request {
  hr_view session_handle, graph_def, graph_options;
  bool session_called;
} register_request;

static const hr_message_type register_type = HR_MESSAGE_TYPE(
    "RegisterGraphRequest", register_request, HR_FIELD(register_request, 1, BYTES, session_handle),
    HR_FIELD(register_request, 2, BYTES, graph_def), HR_FIELD(register_request, 4, BYTES, graph_options),
    HR_FIELD(register_request, 6, BOOL, session_called));

static hr_status read_rewrites(hr_view options, hr_arena *arena, uint32_t *out) {
  HrPb__GraphOptions *proto;
  HR_TRY(hr_proto_unpack(&hr_pb__graph_options__descriptor, arena, options.data, options.length, NULL, &proto));
  *out = hr_rewrites_off(proto);
  return HR_SUCCESS;
}

static hr_status register_it(hr_worker *worker, hr_rpc *rpc, hr_arena *arena, hr_part **out) {
  register_request request;
  HR_TRY(hr_message_read(&register_type, hr_rpc_request(rpc), hr_cpu_allocator(), arena, &request));
  uint32_t rewrites_off;
  HR_TRY(read_rewrites(request.graph_options, arena, &rewrites_off));
  hr_worker_session *session;
  if (request.session_called || request.session_handle.length == 0)
    HR_TRY(hr_worker_find_session(worker, request.session_handle, &session));
  else
    HR_TRY(hr_worker_implicit_session(worker, request.session_handle, &session));
  hr_status status = hr_worker_register_def(worker, session, request.graph_def, rewrites_off, out);
  hr_worker_session_unref(session);
  return status;
}

static void register_graph(void *service, hr_rpc *rpc) {
  hr_arena arena = {0};
  hr_part *part = NULL;
  hr_status status = register_it(service, rpc, &arena, &part);
  HrPb__RegisterGraphResponse response;
  hr_pb__register_graph_response__init(&response);
  if (!status) response.graph_handle = part->handle;
  hr_rpc_reply_proto(rpc, status, &response);
  hr_part_unref(part);
  hr_arena_free(&arena);
}

/* ---- RunGraph ---------------------------------------------------------------------------------------------------- */

typedef struct run_graph_call {
  hr_part_run run; /* first */
  hr_worker *worker;
  hr_rpc *rpc;
  hr_arena arena;
  hr_run_graph_request request;
  hr_exchange exchange; /* of a partial run */
} run_graph_call;

hr_status hr_metadata_part(hr_view metadata, hr_arena *arena, hr_metadata_parts *out) {
  enum { STEP_STATS = 1, PARTITION_GRAPHS = 3 };
  *out = (hr_metadata_parts){0};
  for (int pass = 0; pass < 2; ++pass) {
    hr_wire wire = hr_wire_of_view(metadata);
    uint32_t number;
    hr_wire_type type;
    int32_t graphs = 0;
    while (!hr_wire_done(&wire)) {
      hr_view bytes;
      if (!hr_wire_tag(&wire, &number, &type) || type != HR_WIRE_BYTES || !hr_wire_bytes(&wire, &bytes))
        return hr_error(HR_INTERNAL, "The metadata of a run are no RunMetadata");
      if (number == STEP_STATS) out->step_stats = bytes;
      if (number == PARTITION_GRAPHS && out->graphs) out->graphs[graphs] = bytes;
      graphs += number == PARTITION_GRAPHS;
    }
    out->num_graphs = graphs;
    if (!out->graphs) out->graphs = HR_ARENA_ARRAY(arena, hr_view, graphs + 1);
    if (!out->graphs) return hr_error_out_of_memory(0, "the metadata of a run");
  }
  return HR_SUCCESS;
}

/* A value that the part has sent to the client, which is there already. */
typedef struct taken_value {
  hr_receiver receiver;
  hr_status status;
  hr_tensor *value;
  bool came, is_dead;
} taken_value;

static void take_value(hr_receiver *self, hr_status status, hr_tensor *tensor, bool is_dead) {
  taken_value *taken = (taken_value *)self;
  taken->status = status;
  taken->came = true;
  taken->is_dead = is_dead;
  if (!status) *taken->value = *tensor;
}

static hr_status take_output(hr_rendezvous *rendezvous, const char *key, hr_tensor *out) {
  taken_value taken = {.receiver.receive = take_value, .value = out};
  hr_rendezvous_receive(rendezvous, key, &taken.receiver);
  if (!taken.came && hr_rendezvous_forget(rendezvous, &taken.receiver))
    return hr_error(HR_INVALID_ARGUMENT, "The part of the graph has sent nothing under the key %s", key);
  if (taken.status) return taken.status;
  if (taken.is_dead) return hr_error(HR_INVALID_ARGUMENT, "The tensor returned for %s was not valid.", key);
  return HR_SUCCESS;
}

static hr_status take_outputs(run_graph_call *call, hr_run_graph_response *response) {
  int32_t count = call->request.recv_key.count;
  hr_named_tensor *items =
      hr_arena_zalloc(&call->arena, sizeof *items * ((size_t)count + 1), _Alignof(hr_named_tensor));
  if (!items) return hr_error_out_of_memory(0, "the answer to RunGraph");
  response->recv.items = items;
  for (int32_t i = 0; i < count; ++i) {
    hr_view key = call->request.recv_key.items[i];
    const char *text = hr_arena_copy_string(&call->arena, key.data, key.length);
    if (!text) return hr_error_out_of_memory(key.length, "a rendezvous key");
    items[i].name = key;
    HR_TRY(take_output(&call->run.place->rendezvous, text, &items[i].value));
    ++response->recv.count;
  }
  return HR_SUCCESS;
}

static hr_status add_metadata(run_graph_call *call, hr_owned_bytes *bytes, hr_run_graph_response *response) {
  const hr_run_options *options = &call->run.options;
  if (options->trace_level == HR_NO_TRACE && !options->output_partition_graphs) return HR_SUCCESS;
  HR_TRY(hr_part_run_metadata(&call->run, bytes));
  hr_metadata_parts parts;
  HR_TRY(hr_metadata_part((hr_view){bytes->data, bytes->length}, &call->arena, &parts));
  response->step_stats = parts.step_stats;
  if (options->output_partition_graphs) response->partition_graph = (hr_views){parts.num_graphs, parts.graphs};
  return HR_SUCCESS;
}

static void end_call(run_graph_call *call) {
  if (call->run.place) hr_meeting_place_unref(call->run.place);
  hr_part_unref(call->run.part);
  hr_message_clear(&hr_run_graph_request_type, &call->request);
  hr_arena_free(&call->arena);
  free(call);
}

/* Answers; errors within the message where the master wants them there. */
static void reply(run_graph_call *call, hr_status status, hr_run_graph_response *response) {
  hr_slices bytes = {0};
  if (!status) status = hr_message_write(&hr_run_graph_response_type, response, NULL, &bytes);
  status = hr_status_for_wire(status);
  if (status && call->request.store_errors_in_response_body) {
    hr_run_graph_response error = {.status_code = hr_status_code(status),
                                   .status_error_message = hr_view_of(hr_status_message(status))};
    hr_status written = hr_message_write(&hr_run_graph_response_type, &error, NULL, &bytes);
    hr_status_free(status);
    status = written;
  }
  hr_rpc_reply(call->rpc, status, status ? NULL : &bytes);
}

static void run_ended(hr_part_run *run, hr_status status, hr_tensor *values) {
  (void)values;
  run_graph_call *call = (run_graph_call *)run;
  if (status && run->place) { /* others wait for what does not come */
    hr_status derived = hr_derived(hr_status_for_wire(hr_status_copy(status)));
    hr_meeting_place_abort(run->place, derived);
    hr_status_free(derived);
  }
  hr_run_graph_response response = {0};
  hr_owned_bytes metadata = {0};
  if (!status) status = take_outputs(call, &response);
  if (!status) status = add_metadata(call, &metadata, &response);
  reply(call, status, &response);
  hr_message_clear(&hr_run_graph_response_type, &response);
  free(metadata.data);
  hr_part_run_end(run);
  end_call(call);
}

static void run_cancelled(void *argument) { hr_part_run_cancel(argument, HR_CANCELLED); }

static hr_status read_options(run_graph_call *call) {
  HrPb__ExecutorOpts *options;
  hr_view bytes = call->request.exec_opts;
  HR_TRY(hr_proto_unpack(&hr_pb__executor_opts__descriptor, &call->arena, bytes.data, bytes.length, NULL, &options));
  if (options->record_timeline) call->run.options.trace_level = HR_FULL_TRACE;
  call->run.options.output_partition_graphs = options->record_partition_graphs;
  return HR_SUCCESS;
}

static hr_status send_inputs(run_graph_call *call) {
  for (int32_t i = 0; i < call->request.send.count; ++i) {
    hr_named_tensor *input = &call->request.send.items[i];
    const char *key = hr_arena_copy_string(&call->arena, input->name.data, input->name.length);
    if (!key) return hr_error_out_of_memory(input->name.length, "a rendezvous key");
    HR_TRY(hr_rendezvous_send(&call->run.place->rendezvous, key, &input->value, false));
  }
  return HR_SUCCESS;
}

static hr_status prepare_run(run_graph_call *call) {
  hr_worker *worker = call->worker;
  const hr_run_graph_request *request = &call->request;
  HR_TRY(hr_message_read(&hr_run_graph_request_type, hr_rpc_request(call->rpc), hr_cpu_allocator(), &call->arena,
                         &call->request));
  if (request->create_worker_session_called) {
    hr_worker_session *session;
    HR_TRY(hr_worker_find_session(worker, request->session_handle, &session));
    hr_worker_session_unref(session);
  }
  HR_TRY(read_options(call));
  HR_TRY(hr_worker_find_part(worker, request->graph_handle, &call->run.part));
  if (request->is_partial) return HR_SUCCESS;
  HR_TRY(hr_meeting_place_find(&worker->meetings, request->step_id, &call->run.place));
  hr_meeting_place_set_peers(call->run.place, call->run.part->session->peers);
  hr_meeting_place_set_time_left(call->run.place, hr_rpc_time_left_ms(call->rpc));
  HR_TRY(send_inputs(call));
  call->run.done = run_ended;
  return hr_part_run_begin(&call->run);
}

static const char **texts_of(hr_arena *arena, int32_t count, const hr_view *views) {
  const char **texts = HR_ARENA_ARRAY(arena, const char *, count + 1);
  for (int32_t i = 0; texts && i < count; ++i) {
    texts[i] = hr_arena_copy_string(arena, views[i].data, views[i].length);
    if (!texts[i]) return NULL;
  }
  return texts;
}

static void exchange_done(hr_exchange *exchange, hr_status status) {
  run_graph_call *call = (run_graph_call *)((char *)exchange - offsetof(run_graph_call, exchange));
  hr_run_graph_response response = {0};
  int32_t count = exchange->num_outputs;
  response.recv.items = HR_ARENA_ARRAY(&call->arena, hr_named_tensor, count + 1);
  if (!status && !response.recv.items) status = hr_error_out_of_memory(0, "the answer to RunGraph");
  for (int32_t i = 0; i < count && !status; ++i)
    response.recv.items[response.recv.count++] =
        (hr_named_tensor){call->request.recv_key.items[i], exchange->outputs[i]};
  reply(call, status, &response);
  for (int32_t i = 0; i < count; ++i)
    hr_tensor_clear(&exchange->outputs[i]);
  end_call(call);
}

/* The master has gone, or its patience is over: so is the run. The call may be gone before this returns. */
static void partial_cancelled(void *argument) {
  run_graph_call *call = argument;
  hr_worker_end_step(call->worker, call->request.step_id);
}

/* Some inputs of a run that others have begun, or will go on with. */
static void run_partially(void *argument) {
  run_graph_call *call = argument;
  const hr_run_graph_request *request = &call->request;
  hr_exchange *exchange = &call->exchange;
  int32_t inputs = request->send.count, outputs = request->recv_key.count;
  hr_view *names = HR_ARENA_ARRAY(&call->arena, hr_view, inputs + 1);
  exchange->inputs = HR_ARENA_ARRAY(&call->arena, hr_tensor, inputs + 1);
  exchange->outputs = hr_arena_zalloc(&call->arena, sizeof(hr_tensor) * ((size_t)outputs + 1), _Alignof(hr_tensor));
  for (int32_t i = 0; names && exchange->inputs && i < inputs; ++i) {
    names[i] = request->send.items[i].name;
    exchange->inputs[i] = request->send.items[i].value;
    request->send.items[i].value = (hr_tensor){0};
  }
  exchange->num_inputs = names && exchange->inputs ? inputs : 0;
  exchange->num_outputs = outputs;
  exchange->input_keys = names ? texts_of(&call->arena, inputs, names) : NULL;
  exchange->output_keys = texts_of(&call->arena, outputs, request->recv_key.items);
  exchange->is_last = request->is_last_partial_run;
  exchange->done = exchange_done;
  if (!exchange->input_keys || !exchange->output_keys || !exchange->inputs || !exchange->outputs) {
    reply(call, hr_error_out_of_memory(0, "a partial run"), NULL);
    end_call(call);
    return;
  }
  if (!hr_rpc_on_cancel(call->rpc, partial_cancelled, call)) partial_cancelled(call);
  hr_exchange_start(call->worker, call->run.part, request->step_id, exchange);
}

static void start_run(void *argument) { hr_part_run_start(argument); }

static void run_prepared(run_graph_call *call, bool is_elsewhere) {
  hr_status status = prepare_run(call);
  if (status) {
    reply(call, status, NULL);
    end_call(call);
    return;
  }
  if (call->request.is_partial) {
    if (is_elsewhere)
      run_partially(call);
    else
      hr_rpc_elsewhere(call->rpc, run_partially, call);
    return;
  }
  if (!hr_rpc_on_cancel(call->rpc, run_cancelled, &call->run)) hr_part_run_cancel(&call->run, HR_CANCELLED);
  if (is_elsewhere || hr_part_is_quick(call->run.part))
    hr_part_run_start(&call->run);
  else
    hr_rpc_elsewhere(call->rpc, start_run, &call->run);
}

static void run_elsewhere(void *argument) { run_prepared(argument, true); }

static void run_graph(void *service, hr_rpc *rpc) {
  run_graph_call *call = calloc(1, sizeof *call);
  if (!call) {
    hr_rpc_reply(rpc, hr_error_out_of_memory(sizeof *call, "a call of RunGraph"), NULL);
    return;
  }
  call->worker = service;
  call->rpc = rpc;
  if (hr_rpc_request(rpc)->bytes <= HR_QUICK_BYTES)
    run_prepared(call, false);
  else
    hr_rpc_elsewhere(rpc, run_elsewhere, call);
}

/* ---- RecvTensor -------------------------------------------------------------------------------------------------- */

typedef struct recv_tensor_call {
  hr_receiver receiver;       /* first */
  _Atomic int32_t references; /* the handler's and the answer's */
  _Atomic bool is_cancelled;
  hr_worker *worker;
  hr_rpc *rpc;
  hr_meeting_place *place;
  const char *key;
  hr_arena arena;
} recv_tensor_call;

static void unref_recv(recv_tensor_call *call) {
  if (atomic_fetch_sub(&call->references, 1) != 1) return;
  hr_meeting_place *place = call->place;
  hr_arena_free(&call->arena);
  free(call);
  if (place) hr_meeting_place_unref(place);
}

static void end_recv(recv_tensor_call *call, hr_status status, hr_slices *response) {
  hr_rpc_reply(call->rpc, status, response);
  unref_recv(call);
}

static void send_tensor(hr_receiver *self, hr_status status, hr_tensor *tensor, bool is_dead) {
  recv_tensor_call *call = (recv_tensor_call *)self;
  hr_slices bytes = {0};
  if (!status) {
    hr_recv_tensor_response response = {
        .is_dead = is_dead, .send_start_micros = hr_now_micros(), .tensor = is_dead ? (hr_tensor){0} : *tensor};
    status =
        hr_status_prefix(hr_message_write(&hr_recv_tensor_response_type, &response, NULL, &bytes), "%s: ", call->key);
    hr_tensor_clear(tensor);
  }
  end_recv(call, status, &bytes);
}

static void forget_recv(recv_tensor_call *call) {
  if (hr_rendezvous_forget(&call->place->rendezvous, &call->receiver))
    end_recv(call, hr_error(HR_CANCELLED, "The call of RecvTensor was cancelled"), NULL);
}

static void recv_cancelled(void *argument) {
  recv_tensor_call *call = argument;
  atomic_store(&call->is_cancelled, true);
  forget_recv(call);
}

hr_status hr_worker_check_sender(const hr_worker *worker, const char *key) {
  const char *end = strchr(key, ';');
  size_t length = end ? (size_t)(end - key) : 0;
  const hr_device *device = NULL;
  for (int32_t i = 0; i < worker->devices.count; ++i) {
    const hr_device *d = worker->devices.devices[i];
    if (strlen(d->name) == length && memcmp(d->name, key, length) == 0) device = d;
  }
  if (!device) return hr_error(HR_INVALID_ARGUMENT, "The key %s of a tensor names no device of %s", key, worker->name);
  uint64_t expected = strtoull(end + 1, NULL, 16);
  if (expected == device->incarnation) return HR_SUCCESS;
  return hr_error(HR_ABORTED,
                  "RecvTensor expects a different device incarnation: %llu vs. %llu. Your worker job (\"%s\") was "
                  "probably restarted. Check your worker job for the reason why it was restarted.",
                  (unsigned long long)expected, (unsigned long long)device->incarnation, worker->name);
}

static hr_status prepare_recv(recv_tensor_call *call) {
  hr_recv_tensor_request request;
  HR_TRY(hr_message_read(&hr_recv_tensor_request_type, hr_rpc_request(call->rpc), hr_cpu_allocator(), &call->arena,
                         &request));
  call->key = hr_arena_copy_string(&call->arena, request.rendezvous_key.data, request.rendezvous_key.length);
  if (!call->key) return hr_error_out_of_memory(request.rendezvous_key.length, "a rendezvous key");
  HR_TRY(hr_worker_check_sender(call->worker, call->key));
  return hr_meeting_place_find(&call->worker->meetings, request.step_id, &call->place);
}

static void recv_tensor(void *service, hr_rpc *rpc) {
  recv_tensor_call *call = calloc(1, sizeof *call);
  if (!call) {
    hr_rpc_reply(rpc, hr_error_out_of_memory(sizeof *call, "a call of RecvTensor"), NULL);
    return;
  }
  call->worker = service;
  call->rpc = rpc;
  call->receiver.receive = send_tensor;
  atomic_init(&call->references, 2);
  hr_status status = prepare_recv(call);
  if (status) {
    end_recv(call, status, NULL);
  } else {
    if (!hr_rpc_on_cancel(rpc, recv_cancelled, call)) atomic_store(&call->is_cancelled, true);
    hr_rendezvous_receive(&call->place->rendezvous, call->key, &call->receiver);
    if (atomic_load(&call->is_cancelled)) forget_recv(call); /* it came before anybody waited */
  }
  unref_recv(call);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

#define METHOD(name, handler_, quick_) HR_METHOD("WorkerService", name, handler_, quick_)

static const hr_rpc_method methods[] = {
    METHOD("GetStatus", get_status, true),
    METHOD("CreateWorkerSession", create_worker_session, false),
    METHOD("DeleteWorkerSession", delete_worker_session, false),
    METHOD("RegisterGraph", register_graph, false),
    METHOD("DeregisterGraph", deregister_graph, false),
    METHOD("RunGraph", run_graph, true),
    METHOD("CleanupGraph", cleanup_graph, true),
    METHOD("CleanupAll", cleanup_all, false),
    METHOD("RecvTensor", recv_tensor, true),
    METHOD("RecvBuf", no_collectives, true),
    METHOD("Logging", logging, true),
    METHOD("Tracing", tracing, true),
    METHOD("CompleteGroup", no_collectives, true),
    METHOD("CompleteInstance", no_collectives, true),
    METHOD("GetStepSequence", no_collectives, true),
    METHOD("MarkRecvFinished", mark_recv_finished, true),
    {.path = HR_RECV_TENSORS, .handler = hr_recv_tensors, .quick = true},
};
const hr_service hr_worker_service = {sizeof methods / sizeof *methods, methods};
