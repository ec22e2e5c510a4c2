/* Finds the transport, and hands calls over to it. */
#include "distributed/http2/http2.h"
#include "distributed/loopback.h"
#include "distributed/waiter.h"
#include "distributed/wire_status.h"
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/exec/poll.h"
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>

#define LIBRARY "libheadrace_grpc.so"

static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER; /* held while the library is looked for */
static _Atomic(const hr_transport *) loaded;

/* ---- what the library may call --------------------------------------------------------------------------------- */

static hr_status host_error(hr_code code, const char *message) { return hr_error(code, "%s", message); }
static void host_log(int level, const char *file, int line, const char *message) {
  hr_log_write((hr_log_level)level, file, line, "%s", message);
}

static const hr_transport_host host = {.error = host_error,
                                       .code = hr_status_code,
                                       .message = hr_status_message,
                                       .free_status = hr_status_free,
                                       .log = host_log};

/* ---- loading --------------------------------------------------------------------------------------------------- */

/* Beside the file that this code is in: the core library, or a program that it is linked into. */
static void *open_beside_us(hr_text *tried) {
  Dl_info us;
  if (!dladdr(&loaded, &us) || !us.dli_fname) return NULL;
  const char *slash = strrchr(us.dli_fname, '/');
  if (!slash) return NULL;
  hr_text path = {0};
  hr_text_add(&path, us.dli_fname, (size_t)(slash - us.dli_fname) + 1);
  hr_text_add_string(&path, LIBRARY);
  void *library = path.failed ? NULL : dlopen(path.data, RTLD_NOW | RTLD_LOCAL);
  if (!library && !path.failed) hr_text_printf(tried, "%s; ", dlerror());
  hr_text_free(&path);
  return library;
}

static void *open_library(hr_text *tried) {
  const char *path = getenv("HEADRACE_GRPC_LIBRARY");
  void *library = path && path[0] ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  if (path && path[0] && !library) hr_text_printf(tried, "%s; ", dlerror());
  if (!library) library = open_beside_us(tried);
  if (!library) library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (!library) hr_text_add_string(tried, dlerror());
  return library;
}

static hr_status load(const hr_transport **out) {
  hr_text tried = {0};
  hr_status status = HR_SUCCESS;
  void *library = open_library(&tried);
  hr_transport_entry entry = NULL;
  if (library) *(void **)&entry = dlsym(library, "headrace_transport");
  *out = entry ? entry(&host) : NULL;
  if (!library)
    status = hr_error(HR_UNIMPLEMENTED,
                      "Servers and sessions with TLS need " LIBRARY
                      ", which is built where gRPC's C library is installed (on Debian: libgrpc-dev): %s",
                      tried.data ? tried.data : "");
  else if (!*out || (*out)->version != HR_TRANSPORT_VERSION)
    status = hr_error(HR_UNIMPLEMENTED, LIBRARY " belongs to another version of Headrace");
  hr_text_free(&tried);
  return status;
}

static hr_status load_once(const hr_transport **out) {
  *out = atomic_load_explicit(&loaded, memory_order_acquire);
  if (__builtin_expect(*out != NULL, 1)) return HR_SUCCESS;
  pthread_mutex_lock(&load_lock);
  *out = atomic_load(&loaded);
  hr_status status = *out ? HR_SUCCESS : load(out);
  if (!status) atomic_store_explicit(&loaded, *out, memory_order_release);
  pthread_mutex_unlock(&load_lock);
  return status;
}

hr_status hr_transport_for(const hr_tls *tls, const hr_transport **out) {
  const char *wanted = getenv("HEADRACE_TRANSPORT");
  if (tls || (wanted && strcmp(wanted, "grpc") == 0)) return load_once(out);
  *out = &hr_http2_transport;
  return HR_SUCCESS;
}

/* The one that made a channel, a call, a server or an rpc. */
static const hr_transport *of(const void *object) { return *(const hr_transport *const *)object; }

/* ---- channels -------------------------------------------------------------------------------------------------- */

hr_status hr_channel_new(const char *address, const hr_tls *tls, hr_channel **out) {
  const hr_transport *t;
  *out = NULL;
  HR_TRY(hr_transport_for(tls, &t));
  return t->channel_new(address, tls, out);
}
hr_channel *hr_channel_ref(hr_channel *channel) { return of(channel)->channel_ref(channel); }
void hr_channel_unref(hr_channel *channel) {
  if (channel) of(channel)->channel_unref(channel);
}
const char *hr_channel_address(const hr_channel *channel) { return of(channel)->channel_address(channel); }

void hr_channel_start(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                      hr_call_done done, void *argument, hr_call **call) {
  of(channel)->channel_start(channel, method, request, options, done, argument, call);
}
void hr_call_cancel(hr_call *call) { of(call)->call_cancel(call); }
void hr_call_unref(hr_call *call) {
  if (call) of(call)->call_unref(call);
}

typedef struct call_watch {
  hr_cancel_watch watch;
  hr_call *call;
} call_watch;

static void cancel_call(hr_cancel_watch *watch) { hr_call_cancel(((call_watch *)watch)->call); }

#define PATIENCE_NANOS INT64_C(10000000000)

typedef struct waited_call {
  hr_waiter waiter;
  hr_status status;
  hr_slices *response;
} waited_call;

static void call_ended(void *argument, hr_status status, hr_slices *response) {
  waited_call *waited = argument;
  waited->status = status;
  *waited->response = *response;
  *response = (hr_slices){0};
  hr_waiter_end(&waited->waiter);
}

/* Waits for the end, calling the thread's hook; the hook's error. */
static hr_status wait_for_end(waited_call *waited, hr_call *call, const char *missing) {
  hr_status interrupt = HR_SUCCESS;
  int64_t next_word = missing ? hr_monotonic_nanos() + PATIENCE_NANOS : INT64_MAX;
  while (!hr_waiter_wait(&waited->waiter, HR_POLL_NANOS / 1000000)) {
    if (next_word != INT64_MAX && hr_monotonic_nanos() > next_word) {
      HR_LOG(HR_LOG_INFO, "Still waiting for the server at %s", missing);
      next_word += PATIENCE_NANOS;
    }
    if (interrupt) continue;
    interrupt = hr_poll_now();
    if (interrupt && call) hr_call_cancel(call);
  }
  return interrupt;
}

hr_status hr_channel_call(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                          hr_cancellation *cancellation, hr_slices *response) {
  *response = (hr_slices){0};
  waited_call waited = {.response = response};
  hr_call *call;
  hr_waiter_init(&waited.waiter);
  hr_channel_start(channel, method, request, options, call_ended, &waited, &call);
  call_watch watch = {.watch.cancel = cancel_call, .call = call};
  bool watching = call && cancellation && hr_cancellation_watch(cancellation, &watch.watch);
  if (call && cancellation && !watching) hr_call_cancel(call);
  hr_status interrupt =
      wait_for_end(&waited, call, options && options->wait_for_ready ? hr_channel_address(channel) : NULL);
  if (watching) hr_cancellation_unwatch(cancellation, &watch.watch);
  hr_call_unref(call);
  hr_waiter_clear(&waited.waiter);
  hr_status status = waited.status;
  if (!interrupt && status && cancellation && hr_cancellation_reason(cancellation) != HR_OK)
    interrupt = hr_cancellation_error(hr_cancellation_reason(cancellation));
  if (!interrupt) return status;
  hr_status_free(status);
  hr_slices_clear(response);
  return interrupt;
}

hr_status hr_channel_call_proto_into(hr_channel *channel, const char *method, const void *request,
                                     const hr_call_options *options, hr_cancellation *cancellation,
                                     const ProtobufCMessageDescriptor *descriptor, hr_arena *arena, void *response) {
  hr_slices sent = hr_slices_of_proto(request), received;
  HR_TRY(hr_channel_call(channel, method, &sent, options, cancellation, &received));
  hr_view bytes;
  hr_status status = hr_slices_view(&received, arena, &bytes);
  hr_proto_limits limits = {.malformed = HR_INTERNAL};
  if (!status) status = hr_proto_unpack_into(descriptor, arena, bytes.data, bytes.length, &limits, response);
  hr_slices_clear(&received);
  return hr_status_prefix(status, "The answer to %s: ", method);
}

/* ---- servers --------------------------------------------------------------------------------------------------- */

hr_status hr_rpc_server_new(const hr_rpc_server_options *options, hr_rpc_server **out) {
  const hr_transport *t;
  *out = NULL;
  HR_TRY(hr_transport_for(options->tls, &t));
  HR_TRY(t->server_new(options, out));
  if (!options->tls && !hr_is_loopback(options->host ? options->host : ""))
    HR_LOG(HR_LOG_WARNING,
           "The server on port %d can be reached from other machines and has no TLS: whoever reaches it can run "
           "programs here. Set HEADRACE_TLS_CERT, HEADRACE_TLS_KEY and HEADRACE_TLS_CA",
           t->server_port(*out));
  return HR_SUCCESS;
}
int32_t hr_rpc_server_port(const hr_rpc_server *server) { return of(server)->server_port(server); }
hr_status hr_rpc_server_start(hr_rpc_server *server) { return of(server)->server_start(server); }
void hr_rpc_server_stop(hr_rpc_server *server, int64_t grace_ms) { of(server)->server_stop(server, grace_ms); }
void hr_rpc_server_free(hr_rpc_server *server) {
  if (server) of(server)->server_free(server);
}

hr_slices *hr_rpc_request(hr_rpc *rpc) { return of(rpc)->rpc_request(rpc); }
int64_t hr_rpc_time_left_ms(const hr_rpc *rpc) { return of(rpc)->rpc_time_left_ms(rpc); }
bool hr_rpc_on_cancel(hr_rpc *rpc, void (*notify)(void *argument), void *argument) {
  return of(rpc)->rpc_on_cancel(rpc, notify, argument);
}
void hr_rpc_elsewhere(hr_rpc *rpc, void (*run)(void *argument), void *argument) {
  of(rpc)->rpc_elsewhere(rpc, run, argument);
}
bool hr_rpc_is_cancelled(const hr_rpc *rpc) { return of(rpc)->rpc_is_cancelled(rpc); }
hr_client_life *hr_rpc_client(hr_rpc *rpc) { return of(rpc)->rpc_client(rpc); }
void hr_rpc_reply(hr_rpc *rpc, hr_status status, hr_slices *response) {
  hr_slices none = {0};
  if (!response) response = &none;
  if (!status && response->failed) status = hr_error_out_of_memory(response->bytes, "an answer");
  if (hr_status_node(status)) {
    hr_text text = {0};
    hr_status_to_wire(status, &text);
    hr_status marked = hr_error(hr_status_code(status), "%s", text.data ? text.data : "");
    hr_text_free(&text);
    hr_status_free(status);
    status = marked;
  }
  of(rpc)->rpc_reply(rpc, status, response);
}

hr_status hr_rpc_request_proto_into(hr_rpc *rpc, const ProtobufCMessageDescriptor *descriptor, hr_arena *arena,
                                    void *message) {
  hr_view bytes;
  HR_TRY(hr_slices_view(hr_rpc_request(rpc), arena, &bytes));
  return hr_proto_unpack_into(descriptor, arena, bytes.data, bytes.length, NULL, message);
}

void hr_rpc_reply_proto(hr_rpc *rpc, hr_status status, const void *proto) {
  hr_slices response = {0};
  if (!status) response = hr_slices_of_proto(proto);
  hr_rpc_reply(rpc, status, &response);
}
