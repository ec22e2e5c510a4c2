/* Sessions of a master: their tasks and devices, and the graph. */
#include "distributed/master.h"
#include "distributed/services.h"
#include "headrace/graph_io.h"
#include "proto/worker.pb-c.h"
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/device/device_name.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/session/options.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define SERVICE "/tensorflow.WorkerService/"

/* A task that does not answer is asked again; meanwhile the log says so. */
#define STATUS_TIMEOUT  INT64_C(10000)
#define SESSION_TIMEOUT INT64_C(60000)
#define DELETE_TIMEOUT  INT64_C(10000)

static hr_status out_of_memory(void) { return hr_error_out_of_memory(0, "a session"); }

/* ---- tasks ------------------------------------------------------------------------------------------------------- */

hr_status hr_task_is_named(const char *task, size_t count, char *const *filters, bool *out) {
  hr_device_name name, filter;
  *out = count == 0;
  HR_TRY(hr_device_name_parse(task, &name));
  for (size_t i = 0; i < count && !*out; ++i) {
    HR_TRY(hr_device_name_parse(filters[i], &filter));
    filter.type[0] = '\0';
    filter.id = -1;
    *out = hr_device_name_matches(&filter, &name);
  }
  return HR_SUCCESS;
}

static hr_status find_tasks(hr_master_session *session, const HrPb__ConfigProto *config) {
  hr_peers *peers = session->peers;
  const char *own = session->master->worker->name;
  session->tasks = HR_ARENA_ARRAY(&session->arena, hr_master_task, peers->count + 1);
  if (!session->tasks) return out_of_memory();
  session->own_task = -1;
  for (int32_t i = 0; i < peers->count; ++i) {
    hr_peer *peer = &peers->peers[i];
    bool is_own = strcmp(peer->name, own) == 0, is_named;
    HR_TRY(hr_task_is_named(peer->name, config->n_device_filters, config->device_filters, &is_named));
    if (!is_own && !is_named) continue;
    hr_master_task *task = &session->tasks[session->num_tasks];
    *task = (hr_master_task){.name = peer->name};
    if (is_own)
      session->own_task = session->num_tasks;
    else
      HR_TRY(hr_peer_channel(peers, peer, &task->channel));
    ++session->num_tasks;
  }
  if (session->own_task >= 0) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "The session's cluster has no task %s, at which it was opened", own);
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static hr_status add_device(hr_master_session *session, hr_device *device, int32_t task) {
  hr_device_set *set = &session->devices;
  if (set->count == HR_MAX_CLUSTER_DEVICES)
    return hr_error(HR_RESOURCE_EXHAUSTED, "A session has at most %d devices; leave some out with device_filters",
                    HR_MAX_CLUSTER_DEVICES);
  set->devices[set->count] = device;
  session->cut_devices[set->count++] = (hr_cut_device){device, task};
  return HR_SUCCESS;
}

/* A device of another task. Those of types for which nobody here has kernels are of no use. */
static hr_status add_remote_device(hr_master_session *session, const HrPb__DeviceAttributes *attributes, int32_t task) {
  bool is_cpu = strcmp(attributes->device_type, "CPU") == 0, is_gpu = strcmp(attributes->device_type, "GPU") == 0;
  if (!is_cpu && !is_gpu) return HR_SUCCESS;
  hr_device *device = hr_arena_zalloc(&session->arena, sizeof *device, _Alignof(hr_device));
  if (!device) return out_of_memory();
  device->type = is_cpu ? "CPU" : "GPU";
  device->preference = is_gpu;
  device->memory_limit = attributes->memory_limit;
  device->incarnation = attributes->incarnation;
  device->host_memory = is_cpu;
  int length = snprintf(device->name, sizeof device->name, "%s", attributes->name);
  if (length < 0 || (size_t)length >= sizeof device->name || !hr_peers_find(session->peers, device->name) ||
      strncmp(device->name, session->tasks[task].name, strlen(session->tasks[task].name)) != 0)
    return hr_error(HR_INTERNAL, "The task %s has a device called %s", session->tasks[task].name, attributes->name);
  return add_device(session, device, task);
}

/* The devices of a task that is not there yet are waited for. */
static hr_status ask_devices(hr_master_session *session, int32_t task, hr_cancellation *cancellation, hr_arena *arena,
                             HrPb__GetStatusResponse **out) {
  HrPb__GetStatusRequest request;
  hr_pb__get_status_request__init(&request);
  const hr_master_task *t = &session->tasks[task];
  const hr_call_options options = {.timeout_ms = STATUS_TIMEOUT, .wait_for_ready = true};
  for (;;) {
    hr_status status = hr_channel_call_proto(t->channel, SERVICE "GetStatus", &request, &options, cancellation,
                                             &hr_pb__get_status_response__descriptor, arena, out);
    hr_code code = hr_status_code(status);
    bool is_over = hr_cancellation_reason(cancellation) != HR_OK;
    if (is_over || (code != HR_DEADLINE_EXCEEDED && code != HR_UNAVAILABLE))
      return hr_status_prefix(status, "From %s:\n", t->name);
    hr_status_free(status);
    HR_LOG(HR_LOG_WARNING, "CreateSession still waiting for response from worker: %s", t->name);
    pthread_mutex_lock(&session->master->lock);
    bool stopped = session->master->stopped;
    pthread_mutex_unlock(&session->master->lock);
    if (stopped) return hr_error(HR_ABORTED, "The server is stopped");
  }
}

static hr_status find_devices(hr_master_session *session, hr_cancellation *cancellation) {
  session->cut_devices = HR_ARENA_ARRAY(&session->arena, hr_cut_device, HR_MAX_CLUSTER_DEVICES);
  if (!session->cut_devices) return out_of_memory();
  const hr_device_set *own = &session->master->worker->devices;
  for (int32_t t = 0; t < session->num_tasks; ++t) {
    if (t == session->own_task) {
      for (int32_t i = 0; i < own->count; ++i)
        HR_TRY(add_device(session, own->devices[i], t));
      continue;
    }
    hr_arena arena = {0};
    HrPb__GetStatusResponse *answer;
    hr_status status = ask_devices(session, t, cancellation, &arena, &answer);
    for (unsigned i = 0; !status && i < answer->base.n_unknown_fields; ++i)
      session->tasks[t].is_ours |= answer->base.unknown_fields[i].tag == HR_STATUS_MARK;
    for (size_t i = 0; !status && i < answer->n_device_attributes; ++i)
      status = add_remote_device(session, answer->device_attributes[i], t);
    hr_arena_free(&arena);
    HR_TRY(status);
  }
  return HR_SUCCESS;
}

/* ---- sessions with the workers ----------------------------------------------------------------------------------- */

/* The cluster of a session that brings its own, as a task is told of it. */
static void fill_server(const hr_peer *peer, HrPb__ClusterDef *cluster, HrPb__ServerDef *out) {
  hr_pb__server_def__init(out);
  out->cluster = cluster;
  out->job_name = peer->job;
  out->task_index = peer->task;
  out->protocol = "grpc";
}

static hr_status open_there(hr_master_session *session, const hr_master_task *task, HrPb__ClusterDef *cluster) {
  HrPb__CreateWorkerSessionRequest request;
  hr_pb__create_worker_session_request__init(&request);
  request.session_handle = session->handle;
  request.isolate_session_state = session->is_isolated;
  HrPb__ServerDef server;
  if (cluster) {
    fill_server(hr_peers_find(session->peers, task->name), cluster, &server);
    request.server_def = &server;
  }
  hr_arena arena = {0};
  HrPb__CreateWorkerSessionResponse *answer;
  const hr_call_options options = {.timeout_ms = SESSION_TIMEOUT};
  hr_status status = hr_channel_call_proto(task->channel, SERVICE "CreateWorkerSession", &request, &options, NULL,
                                           &hr_pb__create_worker_session_response__descriptor, &arena, &answer);
  hr_arena_free(&arena);
  return hr_status_prefix(status, "From %s:\n", task->name);
}

static hr_status open_at_workers(hr_master_session *session, HrPb__ClusterDef *cluster) {
  hr_worker *worker = session->master->worker;
  HrPb__ServerDef server;
  if (cluster) fill_server(hr_peers_find(session->peers, worker->name), cluster, &server);
  HR_TRY(hr_worker_open_session(worker, session->handle, cluster ? &server : NULL, session->is_isolated));
  HR_TRY(hr_worker_find_session(worker, hr_view_of(session->handle), &session->worker_session));
  for (int32_t t = 0; t < session->num_tasks; ++t)
    if (session->tasks[t].channel) HR_TRY(open_there(session, &session->tasks[t], cluster));
  return HR_SUCCESS;
}

static void deleted(void *argument, hr_status status, hr_slices *response) {
  (void)response;
  hr_status_free(status);
  hr_master_release(argument);
}

static void close_at_workers(hr_master_session *session) {
  hr_master *master = session->master;
  if (session->worker_session) hr_status_free(hr_worker_close_session(master->worker, hr_view_of(session->handle)));
  for (int32_t t = 0; t < session->num_tasks; ++t) {
    if (!session->tasks[t].channel) continue;
    HrPb__DeleteWorkerSessionRequest request;
    hr_pb__delete_worker_session_request__init(&request);
    request.session_handle = session->handle;
    hr_slices bytes = hr_slices_of_proto(&request);
    hr_master_hold(master);
    hr_channel_start(session->tasks[t].channel, SERVICE "DeleteWorkerSession", &bytes,
                     &(hr_call_options){.timeout_ms = DELETE_TIMEOUT}, deleted, master, NULL);
  }
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* The bytes of the field graph_options. */
static hr_status keep_graph_options(hr_master_session *session, hr_view config) {
  enum { GRAPH_OPTIONS = 10 };
  hr_wire wire = hr_wire_of_view(config);
  uint32_t number;
  hr_wire_type type;
  while (!hr_wire_done(&wire)) {
    hr_view bytes;
    if (!hr_wire_tag(&wire, &number, &type)) return hr_error(HR_INVALID_ARGUMENT, "A ConfigProto is malformed");
    if (number == GRAPH_OPTIONS && type == HR_WIRE_BYTES) {
      if (!hr_wire_bytes(&wire, &bytes)) return hr_error(HR_INVALID_ARGUMENT, "A ConfigProto is malformed");
      const char *copy = hr_arena_copy_string(&session->arena, bytes.data, bytes.length);
      if (!copy) return out_of_memory();
      session->graph_options = (hr_view){copy, bytes.length};
    } else if (!hr_wire_skip(&wire, type)) {
      return hr_error(HR_INVALID_ARGUMENT, "A ConfigProto is malformed");
    }
  }
  return HR_SUCCESS;
}

static hr_status set_up(hr_master_session *session, const hr_session_request *request, hr_cancellation *cancellation,
                        hr_arena *arena) {
  hr_master *master = session->master;
  hr_view bytes = request->config.length > 0 ? request->config : master->config;
  HrPb__ConfigProto *config;
  HR_TRY(hr_proto_unpack(&hr_pb__config_proto__descriptor, arena, bytes.data, bytes.length, NULL, &config));
  HR_TRY(hr_session_options_parse(bytes.data, bytes.length, &session->options));
  HR_TRY(keep_graph_options(session, bytes));
  session->rewrites_off = session->options.rewrites_off;
  session->is_isolated = config->isolate_session_state;
  session->sends_bfloat16 = config->graph_options && config->graph_options->enable_bfloat16_sendrecv;
  HrPb__ClusterDef *cluster = config->cluster_def && config->cluster_def->n_job > 0 ? config->cluster_def : NULL;
  if (cluster)
    HR_TRY(hr_peers_new(cluster, master->worker->tls, &session->peers));
  else
    session->peers = hr_peers_ref(master->peers);
  HR_TRY(find_tasks(session, config));
  HR_TRY(find_devices(session, cancellation));
  session->graph = hr_graph_new();
  session->builder = session->graph ? hr_builder_new(session->graph) : NULL;
  if (!session->builder) return out_of_memory();
  hr_placer_options rules = {.soft = session->options.allow_soft_placement,
                             .log = session->options.log_device_placement,
                             .only_needed = session->options.place_pruned_graph};
  HR_TRY(hr_placer_new(session->graph, &session->devices, rules, &session->placer));
  if (request->graph.length > 0) HR_TRY(hr_master_extend(session, request->graph, 0));
  session->version = 0;
  return open_at_workers(session, cluster);
}

static void name_session(hr_master_session *session) {
  uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
    number = (uint64_t)hr_monotonic_nanos() ^ (uintptr_t)session;
  snprintf(session->handle, sizeof session->handle, "%016llx", (unsigned long long)number);
}

hr_status hr_master_open(hr_master *master, const hr_session_request *request, hr_client_life *client,
                         hr_cancellation *cancellation, hr_master_session **out) {
  hr_master_session *session = calloc(1, sizeof *session);
  if (!session) return out_of_memory();
  atomic_init(&session->references, 1);
  pthread_mutex_init(&session->building, NULL);
  pthread_mutex_init(&session->lock, NULL);
  session->master = master;
  session->client = hr_client_life_ref(client);
  name_session(session);
  hr_arena arena = {0};
  hr_status status = set_up(session, request, cancellation, &arena);
  hr_arena_free(&arena);
  pthread_mutex_lock(&master->lock);
  if (!status && master->stopped) status = hr_error(HR_ABORTED, "The server is stopped");
  if (!status) {
    atomic_fetch_add(&session->references, 1);
    session->next = master->sessions;
    master->sessions = session;
  }
  pthread_mutex_unlock(&master->lock);
  if (status) {
    if (session->worker_session) close_at_workers(session);
    hr_master_session_unref(session);
    return status;
  }
  *out = session;
  return HR_SUCCESS;
}

void hr_master_session_unref(hr_master_session *session) {
  if (atomic_fetch_sub(&session->references, 1) != 1) return;
  hr_client_life_unref(session->client);
  if (session->worker_session) hr_worker_session_unref(session->worker_session);
  hr_placer_free(session->placer);
  hr_builder_free(session->builder);
  hr_graph_unref(session->graph);
  hr_peers_unref(session->peers);
  pthread_mutex_destroy(&session->lock);
  pthread_mutex_destroy(&session->building);
  hr_arena_free(&session->arena);
  free(session);
}

/* ---- the graph --------------------------------------------------------------------------------------------------- */

/* Inputs of the new nodes that older ones make. */
typedef struct outside_inputs {
  int32_t count, capacity;
  const char **names;
  hr_output *outputs;
} outside_inputs;

static hr_status add_outside(outside_inputs *inputs, hr_arena *arena, const char *name, hr_output output) {
  if (inputs->count == inputs->capacity) {
    int32_t capacity = 2 * inputs->capacity + 16;
    const char **names = HR_ARENA_ARRAY(arena, const char *, capacity);
    hr_output *outputs = HR_ARENA_ARRAY(arena, hr_output, capacity);
    if (!names || !outputs) return out_of_memory();
    if (inputs->count > 0) {
      memcpy(names, inputs->names, sizeof *names * (size_t)inputs->count);
      memcpy(outputs, inputs->outputs, sizeof *outputs * (size_t)inputs->count);
    }
    inputs->names = names;
    inputs->outputs = outputs;
    inputs->capacity = capacity;
  }
  inputs->names[inputs->count] = name;
  inputs->outputs[inputs->count++] = output;
  return HR_SUCCESS;
}

/* An input that names a node of the session's graph; one of the new nodes has no such name. */
static hr_status note_input(const hr_graph *graph, hr_view text, hr_arena *arena, outside_inputs *inputs) {
  const char *name = hr_arena_copy_string(arena, text.data, text.length);
  if (!name) return out_of_memory();
  bool is_control = name[0] == '^';
  char *node_name = hr_arena_copy_string(arena, text.data + is_control, text.length - is_control);
  if (!node_name) return out_of_memory();
  char *colon = strrchr(node_name, ':');
  if (colon) *colon = '\0';
  hr_node *node = hr_graph_find(graph, node_name);
  int32_t index = colon ? atoi(colon + 1) : 0;
  if (!node) return HR_SUCCESS;
  for (int32_t i = inputs->count - 1; i >= 0 && i > inputs->count - 16; --i)
    if (strcmp(inputs->names[i], name) == 0) return HR_SUCCESS;
  if (!is_control && (index < 0 || index >= node->num_outputs)) return HR_SUCCESS; /* import says what is wrong */
  return add_outside(inputs, arena, name, (hr_output){node, is_control ? 0 : index});
}

static hr_status malformed(void) { return hr_error(HR_INVALID_ARGUMENT, "The GraphDef of a session is malformed"); }

static hr_status look_at_node(const hr_graph *graph, hr_view bytes, hr_arena *arena, outside_inputs *inputs) {
  enum { NAME = 1, INPUT = 3 };
  hr_wire wire = hr_wire_of_view(bytes);
  uint32_t number;
  hr_wire_type type;
  hr_view text;
  while (!hr_wire_done(&wire)) {
    if (!hr_wire_tag(&wire, &number, &type)) return malformed();
    if ((number != NAME && number != INPUT) || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return malformed();
      continue;
    }
    if (!hr_wire_bytes(&wire, &text)) return malformed();
    if (number == INPUT) HR_TRY(note_input(graph, text, arena, inputs));
    if (number == NAME && hr_names_find(&graph->names, text))
      return hr_error(HR_INVALID_ARGUMENT,
                      "GraphDef argument to Extend includes node '%.*s', which was created by a previous call to "
                      "Create or Extend in this session.",
                      (int)text.length, text.data);
  }
  return HR_SUCCESS;
}

/* What the new nodes read of those that are there. */
static hr_status find_outside(const hr_graph *graph, hr_view bytes, hr_arena *arena, outside_inputs *inputs) {
  enum { NODE = 1 };
  if (hr_graph_node_count(graph) == 0) return HR_SUCCESS;
  hr_wire wire = hr_wire_of_view(bytes);
  uint32_t number;
  hr_wire_type type;
  hr_view node;
  while (!hr_wire_done(&wire)) {
    if (!hr_wire_tag(&wire, &number, &type)) return malformed();
    if (number != NODE || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return malformed();
      continue;
    }
    if (!hr_wire_bytes(&wire, &node)) return malformed();
    HR_TRY(look_at_node(graph, node, arena, inputs));
  }
  return HR_SUCCESS;
}

/* Lock held. */
static hr_status extend(hr_master_session *session, hr_view graph, int64_t version) {
  if (session->closed) return hr_error(HR_ABORTED, "Session %s is not found.", session->handle);
  if (version != session->version)
    return hr_error(HR_ABORTED, "Current version is %lld but caller expected %lld", (long long)session->version,
                    (long long)version);
  hr_arena arena = {0};
  outside_inputs inputs = {0};
  hr_status status = find_outside(session->graph, graph, &arena, &inputs);
  if (!status)
    status = hr_graph_import(hr_builder_root(session->builder), graph.data, graph.length,
                             &(hr_import_options){.name = "",
                                                  .verbatim = true,
                                                  .num_inputs = inputs.count,
                                                  .input_names = inputs.names,
                                                  .inputs = inputs.outputs});
  hr_arena_free(&arena);
  if (!status) ++session->version;
  return status;
}

hr_status hr_master_extend(hr_master_session *session, hr_view graph, int64_t version) {
  pthread_mutex_lock(&session->building);
  hr_status status = extend(session, graph, version);
  pthread_mutex_unlock(&session->building);
  return status;
}

/* ---- closing ----------------------------------------------------------------------------------------------------- */

/* Takes the session out of the master's list; false where another thread did. */
static bool leave_master(hr_master_session *session) {
  hr_master *master = session->master;
  bool found = false;
  pthread_mutex_lock(&master->lock);
  for (hr_master_session **link = &master->sessions; *link && !found; link = &(*link)->next) {
    if (*link != session) continue;
    *link = session->next;
    found = true;
    break;
  }
  pthread_mutex_unlock(&master->lock);
  return found;
}

/* A step that runs, with a reference of its own; NULL where none does. */
static hr_master_step *running_step(hr_master_session *session) {
  pthread_mutex_lock(&session->lock);
  hr_master_step *step = session->steps;
  while (step && step->cancelled)
    step = step->next;
  if (step) atomic_fetch_add(&step->references, 1);
  pthread_mutex_unlock(&session->lock);
  return step;
}

static void forget_plans(hr_master_session *session) {
  pthread_mutex_lock(&session->building); /* none is being made when the workers are told */
  pthread_mutex_lock(&session->lock);
  session->closed = true;
  for (int i = 0; i < HR_PLAN_LISTS; ++i)
    while (session->plans[i]) {
      hr_master_plan *plan = session->plans[i];
      session->plans[i] = plan->next;
      hr_master_plan_unref(plan);
    }
  hr_master_callable *callables = session->callables;
  session->callables = NULL;
  pthread_mutex_unlock(&session->lock);
  pthread_mutex_unlock(&session->building);
  while (callables) {
    hr_master_callable *callable = callables;
    callables = callable->next;
    hr_master_plan_unref(callable->plan);
    free(callable);
  }
}

void hr_master_close(hr_master_session *session) {
  if (!leave_master(session)) return;
  forget_plans(session);
  for (hr_master_step *step = running_step(session); step; step = running_step(session)) {
    hr_master_cancel(step, HR_CANCELLED);
    hr_master_step_unref(step);
  }
  hr_master_end_partials(session);
  close_at_workers(session);
  hr_master_session_unref(session);
}
