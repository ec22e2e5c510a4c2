/* Channels and calls. */
#include "distributed/grpc/grpc_parts.h"
#include <grpc/grpc_security.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hr_channel {
  const hr_transport *transport; /* first */
  _Atomic int32_t references;    /* the owners' and those of calls under way */
  grpc_channel *channel;
  int32_t generation;
  int32_t calls;               /* under way; queue_lock guards this and what follows */
  hr_channel *next, *previous; /* of those with calls */
  char address[];
};

struct hr_call {
  const hr_transport *transport; /* first */
  hr_op_tag tag;
  _Atomic int32_t references; /* the caller's, and one until the call has ended */
  hr_channel *channel;
  grpc_call *call;
  bool is_counted; /* among the channel's */
  hr_call_done done;
  void *argument;
  grpc_metadata_array initial, trailing;
  grpc_byte_buffer *response;
  grpc_status_code code;
  grpc_slice details;
};

/* ---- channels -------------------------------------------------------------------------------------------------- */

static grpc_channel_credentials *credentials_of(const hr_tls *tls) {
  if (!tls) return grpc_insecure_credentials_create();
  grpc_ssl_pem_key_cert_pair own = {.private_key = tls->key, .cert_chain = tls->certificate};
  return grpc_ssl_credentials_create(tls->ca, tls->certificate ? &own : NULL, NULL, NULL);
}

static grpc_arg number(const char *key, int value) {
  return (grpc_arg){.type = GRPC_ARG_INTEGER, .key = (char *)(uintptr_t)key, .value.integer = value};
}

static grpc_channel *connect(const char *target, grpc_channel_credentials *credentials, const hr_tls *tls) {
  grpc_arg list[] = {
      number(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, -1),
      number(GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, -1),
      number(GRPC_ARG_ENABLE_RETRIES, 0),
      number(GRPC_ARG_MINIMAL_STACK, 1), /* of filters, none of which are needed but the one for deadlines */
      number(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1),
      number(GRPC_ARG_ENABLE_CHANNELZ, 0),
      number(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, MAX_FRAME),
      number(GRPC_ARG_KEEPALIVE_TIME_MS, (int)hr_keepalive_ms()), /* finds machines that are gone or frozen */
      number(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, (int)hr_keepalive_ms()),
      number(GRPC_ARG_ENABLE_HTTP_PROXY, 0),
      number(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1), /* a connection of its own: its end is the client's */
      number(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2 * (int)hr_keepalive_ms()), /* that it takes at most to connect */
      number(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200),
      number(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000),
      {.type = GRPC_ARG_STRING, .key = (char *)(uintptr_t)GRPC_SSL_TARGET_NAME_OVERRIDE_ARG},
  };
  grpc_channel_args arguments = {sizeof list / sizeof *list, list};
  if (tls && tls->server_name)
    list[arguments.num_args - 1].value.string = tls->server_name;
  else
    --arguments.num_args;
  return grpc_channel_create(target, credentials, &arguments);
}

hr_status hr_grpc_channel_new(const char *address, const hr_tls *tls, hr_channel **out) {
  HR_TRY(hr_check_not_forked());
  size_t length = strlen(address) + 1;
  hr_channel *channel = calloc(1, sizeof *channel + length);
  char *target = malloc(length + sizeof "dns:///");
  if (!channel || !target) {
    free(channel);
    free(target);
    return hr_host->error(HR_RESOURCE_EXHAUSTED, "memory is out for a channel");
  }
  stpcpy(stpcpy(target, "dns:///"), address);
  channel->transport = &hr_grpc_table;
  memcpy(channel->address, address, length);
  atomic_init(&channel->references, 1);
  channel->generation = hr_grpc_generation();
  grpc_channel_credentials *credentials = credentials_of(tls);
  channel->channel = credentials ? connect(target, credentials, tls) : NULL;
  if (credentials) grpc_channel_credentials_release(credentials);
  free(target);
  if (!channel->channel) {
    free(channel);
    return hr_host->error(HR_INVALID_ARGUMENT, "The certificates for TLS cannot be used");
  }
  *out = channel;
  return HR_SUCCESS;
}

hr_channel *hr_grpc_channel_ref(hr_channel *channel) {
  atomic_fetch_add_explicit(&channel->references, 1, memory_order_relaxed);
  return channel;
}

void hr_grpc_channel_unref(hr_channel *channel) {
  if (atomic_fetch_sub(&channel->references, 1) != 1) return;
  if (channel->generation == hr_grpc_generation()) grpc_channel_destroy(channel->channel);
  free(channel);
}

const char *hr_grpc_channel_address(const hr_channel *channel) { return channel->address; }

/* ---- calls ----------------------------------------------------------------------------------------------------- */

static void unref_call(hr_call *call) {
  if (atomic_fetch_sub(&call->references, 1) != 1) return;
  grpc_call_unref(call->call);
  grpc_metadata_array_destroy(&call->initial);
  grpc_metadata_array_destroy(&call->trailing);
  if (call->response) grpc_byte_buffer_destroy(call->response);
  grpc_slice_unref(call->details);
  hr_grpc_channel_unref(call->channel);
  free(call);
}

void hr_grpc_call_cancel(hr_call *call) { (void)grpc_call_cancel(call->call, NULL); }
void hr_grpc_call_unref(hr_call *call) { unref_call(call); }

static hr_status out_of_memory(void) { return hr_host->error(HR_RESOURCE_EXHAUSTED, "memory is out for a call"); }

/* What gRPC says of a connection that went away while nothing was under way on it. */
static const char removed[] = "Stream removed";

static hr_status status_of(const hr_call *call) {
  if (call->code == GRPC_STATUS_OK) {
    if (call->response) return HR_SUCCESS;
    return hr_host->error(HR_INTERNAL, "The server answered a call without a message");
  }
  hr_code code = (unsigned)call->code <= HR_UNAUTHENTICATED ? (hr_code)call->code : HR_UNKNOWN;
  char *details = grpc_slice_to_c_string(call->details);
  if (code == HR_UNKNOWN && strcmp(details, removed) == 0) code = HR_UNAVAILABLE;
  char *named;
  if (code != HR_UNAVAILABLE || asprintf(&named, "%s: %s", call->channel->address, details) < 0) named = NULL;
  hr_status status = hr_host->error(code, named ? named : details);
  free(named);
  gpr_free(details);
  return status;
}

static hr_slices take_response(hr_call *call) {
  hr_slices response = hr_from_byte_buffer(call->response);
  call->response = NULL;
  return response;
}

/* The end of a call, with its answer; the response is empty on an error. */
static hr_status outcome(hr_call *call, hr_slices *response) {
  hr_status status = status_of(call);
  *response = status ? (hr_slices){0} : take_response(call);
  if (!response->failed) return status;
  hr_slices_clear(response);
  return out_of_memory();
}

/* Puts the call on its way. */
static hr_status start(hr_call *call, hr_slices *request, bool wait_for_ready) {
  grpc_metadata_array_init(&call->initial);
  grpc_metadata_array_init(&call->trailing);
  call->details = grpc_empty_slice();
  grpc_byte_buffer *message = hr_to_byte_buffer(request);
  grpc_op ops[6] = {
      {.op = GRPC_OP_SEND_INITIAL_METADATA, .flags = wait_for_ready ? GRPC_INITIAL_METADATA_WAIT_FOR_READY : 0},
      {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = message},
      {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
      {.op = GRPC_OP_RECV_INITIAL_METADATA, .data.recv_initial_metadata.recv_initial_metadata = &call->initial},
      {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->response},
      {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
       .data.recv_status_on_client = {.trailing_metadata = &call->trailing,
                                      .status = &call->code,
                                      .status_details = &call->details}},
  };
  grpc_call_error error = grpc_call_start_batch(call->call, ops, 6, &call->tag, NULL);
  grpc_byte_buffer_destroy(message);
  return error == GRPC_CALL_OK ? HR_SUCCESS : hr_host->error(HR_INTERNAL, grpc_call_error_to_string(error));
}

static hr_status new_call(hr_channel *channel, grpc_completion_queue *queue, const char *method,
                          const hr_call_options *options, hr_call **out) {
  hr_call *call = calloc(1, sizeof *call);
  if (!call) return out_of_memory();
  gpr_timespec deadline = gpr_inf_future(GPR_CLOCK_MONOTONIC);
  if (options && options->timeout_ms > 0)
    deadline = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(options->timeout_ms, GPR_TIMESPAN));
  grpc_slice path = grpc_slice_from_copied_string(method);
  call->call =
      grpc_channel_create_call(channel->channel, NULL, GRPC_PROPAGATE_DEFAULTS, queue, path, NULL, deadline, NULL);
  grpc_slice_unref(path);
  call->transport = &hr_grpc_table;
  call->channel = hr_grpc_channel_ref(channel);
  *out = call;
  return HR_SUCCESS;
}

#define QUEUE_THREADS 2

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static grpc_completion_queue *shared_queue;
static hr_channel *busy_channels;

/* The call begins or ends: a channel with calls is in the list. */
static void count(hr_channel *channel, int32_t change) {
  pthread_mutex_lock(&queue_lock);
  int32_t before = channel->calls;
  channel->calls += change;
  if (before == 0) {
    channel->previous = NULL;
    channel->next = busy_channels;
    if (channel->next) channel->next->previous = channel;
    busy_channels = channel;
  } else if (channel->calls == 0) {
    if (channel->previous)
      channel->previous->next = channel->next;
    else
      busy_channels = channel->next;
    if (channel->next) channel->next->previous = channel->previous;
  }
  pthread_mutex_unlock(&queue_lock);
}

static void ask_all(void *unused);

/* The process's queue, with its threads. */
static hr_status get_shared_queue(grpc_completion_queue **out) {
  pthread_mutex_lock(&queue_lock);
  if (!shared_queue) {
    static hr_served_queue served = {.tick = ask_all};
    grpc_completion_queue *queue = served.queue = grpc_completion_queue_create_for_next(NULL);
    int started = 0;
    for (int i = 0; i < QUEUE_THREADS; ++i) {
      pthread_t thread;
      if (!hr_start_thread(&thread, hr_serve_queue, &served)) continue;
      pthread_detach(thread);
      ++started;
    }
    if (started) shared_queue = queue;
  }
  *out = shared_queue;
  pthread_mutex_unlock(&queue_lock);
  return *out ? HR_SUCCESS : hr_host->error(HR_RESOURCE_EXHAUSTED, "no thread can be started for calls");
}

static void complete_call(hr_op_tag *tag, bool ok) {
  (void)ok; /* a batch that receives the status always succeeds */
  hr_call *call = (hr_call *)((char *)tag - offsetof(hr_call, tag));
  hr_slices response;
  hr_status status = outcome(call, &response);
  if (call->is_counted) count(call->channel, -1);
  call->done(call->argument, status, &response);
  hr_slices_clear(&response);
  unref_call(call);
}

static hr_status start_shared(hr_channel *channel, const char *method, hr_slices *request,
                              const hr_call_options *options, bool is_counted, hr_call_done done, void *argument,
                              hr_call **out) {
  HR_TRY(hr_check_not_forked());
  if (request->failed) return out_of_memory();
  grpc_completion_queue *queue;
  HR_TRY(get_shared_queue(&queue));
  hr_call *call = NULL;
  HR_TRY(new_call(channel, queue, method, options, &call));
  call->tag.complete = complete_call;
  call->done = done;
  call->argument = argument;
  call->is_counted = is_counted;
  atomic_init(&call->references, out ? 2 : 1);
  if (out) *out = call; /* before it can end */
  if (is_counted) count(channel, 1);
  hr_status status = start(call, request, options && options->wait_for_ready);
  if (!status) return HR_SUCCESS;
  if (is_counted) count(channel, -1);
  unref_call(call);
  if (out) unref_call(call);
  if (out) *out = NULL;
  return status;
}

void hr_grpc_channel_start(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                           hr_call_done done, void *argument, hr_call **call) {
  if (call) *call = NULL;
  hr_status status = start_shared(channel, method, request, options, true, done, argument, call);
  if (!status) return;
  hr_slices_clear(request);
  hr_slices none = {0};
  done(argument, status, &none);
}

/* ---- silence --------------------------------------------------------------------------------------------------- */

static void forget(void *unused, hr_status status, hr_slices *response) {
  (void)unused;
  (void)response;
  hr_host->free_status(status);
}

/* A call of nothing, which is answered that there is no such method. gRPC tries a connection with pings, but with no
 * more than two while it sends nothing else, and servers take those for an attack while they answer nothing. */
static void ask(hr_channel *channel) {
  hr_slices nothing = {0};
  hr_call_options options = {.timeout_ms = 2 * hr_keepalive_ms()};
  hr_status status =
      start_shared(channel, "/headrace.Nothing/AreYouThere", &nothing, &options, false, forget, NULL, NULL);
  if (status) hr_host->free_status(status);
}

/* Of all channels that have calls under way. */
static void ask_all(void *unused) {
  enum { AT_ONCE = 64 };
  (void)unused;
  hr_channel *channels[AT_ONCE];
  int32_t found = 0;
  pthread_mutex_lock(&queue_lock);
  for (hr_channel *c = busy_channels; c && found < AT_ONCE; c = c->next)
    channels[found++] = hr_grpc_channel_ref(c);
  pthread_mutex_unlock(&queue_lock);
  for (int32_t i = 0; i < found; ++i) {
    ask(channels[i]);
    hr_grpc_channel_unref(channels[i]);
  }
}
