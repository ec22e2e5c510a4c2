#include "distributed/remote_session.h"
#include "distributed/wire_status.h"
#include "headrace/graph_io.h"
#include "proto/master.pb-c.h"
#include "runtime/base/fork.h"
#include "runtime/graph/graphdef_export.h"
#include <stdlib.h>

#define METHOD(name) "/tensorflow.MasterService/" name

/* A server that is asked to end things has this long where the session has no timeout: its client wants to go. */
#define CLOSE_TIMEOUT_MS 10000
#define RESET_TIMEOUT_MS 60000 /* the server asks all others */

static hr_call_options call_options(const hr_remote_session *session) {
  return (hr_call_options){.timeout_ms = session->timeout_ms};
}

/* ---- the session ----------------------------------------------------------------------------------------------- */

/* A ConfigProto of the options that are not zero. */
static void write_config(const hr_session_options *options, hr_text *out) {
  if (options->config_length > 0) {
    hr_text_add(out, options->config, options->config_length);
    return;
  }
  HrPb__ConfigProto config = HR_PB__CONFIG_PROTO__INIT;
  config.allow_soft_placement = options->allow_soft_placement;
  config.log_device_placement = options->log_device_placement;
  config.operation_timeout_in_ms = options->operation_timeout_ms;
  hr_proto_pack(&config, out);
}

/* "host:port"; the host may have colons of its own. */
static bool is_address(const char *text) {
  const char *colon = strrchr(text, ':');
  size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
  return colon && colon > text && digits > 0 && digits <= 5 && !colon[1 + digits] && atoi(colon + 1) <= 65535;
}

static hr_status open_channel(const char *target, hr_channel **out) {
  const char *address = target + sizeof HR_GRPC_PREFIX - 1;
  if (!is_address(address))
    return hr_error(HR_INVALID_ARGUMENT, "Could not interpret \"%s\" as a host-port pair.", address);
  hr_tls *tls;
  HR_TRY(hr_tls_from_environment(&tls));
  hr_status status = hr_channel_new(address, tls, out);
  hr_tls_free(tls);
  return status;
}

static hr_status create(hr_graph *graph, const hr_session_options *options, hr_session **out) {
  hr_channel *channel;
  HR_TRY(open_channel(options->target, &channel));
  hr_remote_session *session = calloc(1, sizeof *session);
  if (!session) {
    hr_channel_unref(channel);
    return hr_error_out_of_memory(sizeof *session, "a session");
  }
  session->base = (hr_session){.kind = &hr_remote_kind, .graph = hr_graph_ref(graph)};
  atomic_init(&session->references, 1);
  session->channel = channel;
  session->timeout_ms = options->operation_timeout_ms;
  pthread_mutex_init(&session->lock, NULL);
  hr_watch_forks();
  session->fork_generation = hr_fork_generation();
  write_config(options, &session->config);
  if (session->config.failed) {
    hr_remote_session_unref(session);
    return hr_error_out_of_memory(options->config_length, "a session");
  }
  *out = &session->base;
  return HR_SUCCESS;
}

void hr_remote_session_unref(hr_remote_session *session) {
  if (atomic_fetch_sub(&session->references, 1) != 1) return;
  while (session->devices) {
    hr_device_list *list = session->devices;
    session->devices = list->older;
    hr_arena_free(&list->arena);
    free(list);
  }
  hr_channel_unref(session->channel);
  hr_graph_unref(session->base.graph);
  hr_text_free(&session->config);
  free(session->handle);
  pthread_mutex_destroy(&session->lock);
  free(session);
}

static void free_session(hr_session *session) { hr_remote_session_unref((hr_remote_session *)session); }

static hr_status close_session(hr_session *base) {
  hr_remote_session *session = (hr_remote_session *)base;
  if (atomic_exchange(&session->closed, true)) return HR_SUCCESS;
  if (session->fork_generation != hr_fork_generation()) return HR_SUCCESS; /* it is the parent's */
  pthread_mutex_lock(&session->lock);                                      /* the server may be making it right now */
  char *handle = session->handle;
  pthread_mutex_unlock(&session->lock);
  if (!handle) return HR_SUCCESS;
  HrPb__CloseSessionRequest request = HR_PB__CLOSE_SESSION_REQUEST__INIT;
  request.session_handle = handle;
  hr_call_options options = call_options(session);
  if (options.timeout_ms <= 0) options.timeout_ms = CLOSE_TIMEOUT_MS;
  hr_arena arena = {0};
  HrPb__CloseSessionResponse *response;
  hr_status status = hr_channel_call_proto(session->channel, METHOD("CloseSession"), &request, &options, NULL,
                                           &hr_pb__close_session_response__descriptor, &arena, &response);
  hr_arena_free(&arena);
  if (hr_status_code(status) != HR_UNAVAILABLE) return status; /* a server that is gone has no session */
  hr_status_free(status);
  return HR_SUCCESS;
}

/* ---- the graph ------------------------------------------------------------------------------------------------- */

/* Creates or extends: both requests are the graph's new nodes and a few small fields, which are written by hand because
 * a graph may be large. */
enum {
  CREATE_GRAPH = 1,
  CREATE_CONFIG = 2,
  CREATE_TARGET = 3,
  EXTEND_HANDLE = 1,
  EXTEND_GRAPH = 2,
  EXTEND_VERSION = 3
};

static hr_status put_graph(const hr_remote_session *session, uint32_t field, int32_t *count, hr_text *request) {
  hr_text graph_def = {0};
  *count = hr_graph_node_count(session->base.graph);
  hr_export_options options = {.from_node = session->sent_nodes};
  hr_status status = hr_graph_to_proto(session->base.graph, &options, &graph_def);
  if (!status) hr_wire_put_bytes(request, field, (hr_view){graph_def.data, graph_def.length});
  request->failed |= graph_def.failed;
  hr_text_free(&graph_def);
  return status;
}

/* Sends the request and unpacks the answer. Frees the text. */
static hr_status call_with_text(const hr_remote_session *session, const char *method, bool wait_for_ready,
                                hr_text *text, const ProtobufCMessageDescriptor *descriptor, hr_arena *arena,
                                void *response) {
  hr_slices request = {0}, received;
  hr_slices_add_text(&request, text);
  hr_call_options options = {.timeout_ms = session->timeout_ms, .wait_for_ready = wait_for_ready};
  HR_TRY(hr_channel_call(session->channel, method, &request, &options, NULL, &received));
  hr_view bytes;
  hr_status status = hr_slices_view(&received, arena, &bytes);
  hr_proto_limits limits = {.malformed = HR_INTERNAL};
  if (!status) status = hr_proto_unpack_into(descriptor, arena, bytes.data, bytes.length, &limits, response);
  hr_slices_clear(&received);
  return status;
}

/* Waits for a server that is not there yet, so that the processes of a cluster may start in any order. Lock held. */
static hr_status create_at_server(hr_remote_session *session, hr_arena *arena) {
  hr_text text = {0};
  int32_t count;
  hr_status status = put_graph(session, CREATE_GRAPH, &count, &text);
  if (status) {
    hr_text_free(&text);
    return status;
  }
  hr_wire_put_bytes(&text, CREATE_CONFIG, (hr_view){session->config.data, session->config.length});
  hr_wire_put_bytes(&text, CREATE_TARGET, hr_view_of(hr_channel_address(session->channel)));
  HrPb__CreateSessionResponse *response;
  HR_TRY(call_with_text(session, METHOD("CreateSession"), true, &text, &hr_pb__create_session_response__descriptor,
                        arena, &response));
  session->handle = strdup(response->session_handle);
  if (!session->handle) return hr_error_out_of_memory(0, "a session");
  session->graph_version = response->graph_version;
  session->sent_nodes = count;
  return HR_SUCCESS;
}

/* Lock held. */
static hr_status extend_at_server(hr_remote_session *session, hr_arena *arena) {
  hr_text text = {0};
  int32_t count;
  hr_wire_put_bytes(&text, EXTEND_HANDLE, hr_view_of(session->handle));
  hr_status status = put_graph(session, EXTEND_GRAPH, &count, &text);
  if (status) {
    hr_text_free(&text);
    return status;
  }
  hr_wire_put_number(&text, EXTEND_VERSION, (uint64_t)session->graph_version);
  HrPb__ExtendSessionResponse *response;
  HR_TRY(call_with_text(session, METHOD("ExtendSession"), false, &text, &hr_pb__extend_session_response__descriptor,
                        arena, &response));
  session->graph_version = response->new_graph_version;
  session->sent_nodes = count;
  return HR_SUCCESS;
}

hr_status hr_remote_session_check_open(const hr_remote_session *session) {
  if (atomic_load(&((hr_remote_session *)(uintptr_t)session)->closed))
    return hr_error(HR_FAILED_PRECONDITION, "Attempted to use a closed Session.");
  if (session->fork_generation == hr_fork_generation()) return HR_SUCCESS;
  return hr_error(HR_FAILED_PRECONDITION,
                  "The process has forked since this session was made at %s: its connection is "
                  "the parent's",
                  hr_channel_address(session->channel));
}

hr_status hr_remote_session_prepare(hr_remote_session *session) {
  HR_TRY(hr_remote_session_check_open(session));
  hr_arena arena = {0};
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&session->lock);
  if (!session->handle)
    status = create_at_server(session, &arena);
  else if (hr_graph_node_count(session->base.graph) > session->sent_nodes)
    status = extend_at_server(session, &arena);
  pthread_mutex_unlock(&session->lock);
  hr_arena_free(&arena);
  return hr_status_find_node(status, session->base.graph);
}

/* ---- devices --------------------------------------------------------------------------------------------------- */

static void copy_devices(hr_device_list *list, size_t count, HrPb__DeviceAttributes *const *from) {
  for (size_t i = 0; i < count; ++i)
    list->devices[list->count++] = (hr_device_info){.name = from[i]->name,
                                                    .type = from[i]->device_type,
                                                    .description = from[i]->physical_device_desc,
                                                    .memory_limit = from[i]->memory_limit,
                                                    .incarnation = from[i]->incarnation};
}

static hr_status fill_devices(hr_remote_session *session, hr_device_list *list) {
  HrPb__ListDevicesRequest request = HR_PB__LIST_DEVICES_REQUEST__INIT;
  request.session_handle = session->handle;
  hr_call_options options = call_options(session);
  HrPb__ListDevicesResponse *response;
  HR_TRY(hr_channel_call_proto(session->channel, METHOD("ListDevices"), &request, &options, NULL,
                               &hr_pb__list_devices_response__descriptor, &list->arena, &response));
  size_t count = response->n_local_device + response->n_remote_device;
  list->devices = HR_ARENA_ARRAY(&list->arena, hr_device_info, count + 1);
  if (!list->devices) return hr_error_out_of_memory(sizeof *list->devices * count, "a list of devices");
  copy_devices(list, response->n_local_device, response->local_device); /* their texts are the arena's */
  copy_devices(list, response->n_remote_device, response->remote_device);
  return HR_SUCCESS;
}

static hr_status update_devices(hr_session *base) {
  hr_remote_session *session = (hr_remote_session *)base;
  HR_TRY(hr_remote_session_prepare(session));
  hr_device_list *list = calloc(1, sizeof *list);
  if (!list) return hr_error_out_of_memory(sizeof *list, "a list of devices");
  hr_status status = fill_devices(session, list);
  if (status) {
    hr_arena_free(&list->arena);
    free(list);
    return status;
  }
  pthread_mutex_lock(&session->lock);
  list->older = session->devices;
  session->devices = list;
  pthread_mutex_unlock(&session->lock);
  return HR_SUCCESS;
}

static const hr_device_list *present_devices(const hr_session *base) {
  hr_remote_session *session = (hr_remote_session *)(uintptr_t)base;
  pthread_mutex_lock(&session->lock);
  const hr_device_list *list = session->devices;
  pthread_mutex_unlock(&session->lock);
  return list;
}

static int32_t device_count(const hr_session *session) {
  const hr_device_list *list = present_devices(session);
  return list ? list->count : 0;
}

static hr_device_info device_info(const hr_session *session, int32_t index) {
  return present_devices(session)->devices[index];
}

/* ---- the kind -------------------------------------------------------------------------------------------------- */

static hr_status reset(const char *target, int32_t container_count, const char *const *containers) {
  hr_channel *channel;
  HR_TRY(open_channel(target, &channel));
  HrPb__ResetRequest request = HR_PB__RESET_REQUEST__INIT;
  request.n_container = (size_t)container_count;
  request.container = (char **)(uintptr_t)containers;
  hr_arena arena = {0};
  HrPb__ResetResponse *response;
  hr_call_options options = {.timeout_ms = RESET_TIMEOUT_MS};
  hr_status status = hr_channel_call_proto(channel, METHOD("Reset"), &request, &options, NULL,
                                           &hr_pb__reset_response__descriptor, &arena, &response);
  hr_arena_free(&arena);
  hr_channel_unref(channel);
  return status;
}

const hr_session_kind hr_remote_kind = {.prefix = HR_GRPC_PREFIX,
                                        .create = create,
                                        .close = close_session,
                                        .free = free_session,
                                        .reset = reset,
                                        .update_devices = update_devices,
                                        .device_count = device_count,
                                        .device = device_info,
                                        .run = hr_remote_run,
                                        .callable_new = hr_remote_callable_new,
                                        .callable_run = hr_remote_callable_run,
                                        .callable_free = hr_remote_callable_free,
                                        .partial_run_new = hr_remote_partial_run_new,
                                        .partial_run_step = hr_remote_partial_run_step,
                                        .partial_run_free = hr_remote_partial_run_free};

__attribute__((constructor)) static void offer_kind(void) { hr_register_session_kind(&hr_remote_kind); }
