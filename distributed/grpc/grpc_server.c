/* Servers: methods, their calls, and how they end. */
#include "distributed/grpc/grpc_parts.h"
#include "distributed/loopback.h"
#include "distributed/notice.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include <grpc/grpc_security.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_POLLING_THREADS 4
#define WAITING_CALLS       4    /* of each method, that gRPC may fill without asking */
#define MAX_STATUS_BYTES    3072 /* of an error's text: headers are limited */

typedef struct method {
  hr_rpc_method public;
  void *registered;
} method;

typedef enum server_state { NEW, STARTED, STOPPING, STOPPED } server_state;

struct hr_rpc_server {
  const hr_transport *transport; /* first */
  grpc_server *server;
  hr_served_queue served;
  hr_grpc_clients clients;
  hr_workers *workers;
  int32_t port, generation;
  size_t max_message;
  pthread_t threads[MAX_POLLING_THREADS];
  int32_t num_threads;
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t changed;
  server_state state;
  int32_t calls;  /* that have come in and are not over */
  bool shut_down; /* gRPC says that nothing comes any more */
  hr_op_tag shutdown_tag;
  int32_t num_methods;
  method methods[];
};

struct hr_rpc {
  const hr_transport *transport; /* first */
  hr_op_tag requested;
  hr_op_tag closed;
  hr_op_tag sent;
  hr_task task;
  void (*run)(void *argument); /* of the task, where a handler goes on elsewhere */
  void *run_argument;
  _Atomic int32_t references; /* the client's end, and the answer */
  hr_rpc_server *server;
  const method *method; /* NULL: one that nobody knows */
  grpc_call *call;
  grpc_metadata_array metadata;
  grpc_call_details details; /* of an unknown method */
  grpc_byte_buffer *payload;
  gpr_timespec deadline;
  hr_slices request;
  int close_flag;         /* gRPC's: the client did not wait for the answer */
  hr_notice gone;         /* the client */
  hr_client_life *client; /* a reference, once somebody has asked */
};

/* ---- the life of a call ---------------------------------------------------------------------------------------- */

static void free_rpc(hr_rpc *rpc) {
  hr_slices_clear(&rpc->request);
  if (rpc->payload) grpc_byte_buffer_destroy(rpc->payload);
  if (rpc->call) grpc_call_unref(rpc->call);
  grpc_metadata_array_destroy(&rpc->metadata);
  grpc_call_details_destroy(&rpc->details);
  hr_notice_clear(&rpc->gone);
  hr_client_life_unref(rpc->client);
  free(rpc);
}

static void unref_rpc(hr_rpc *rpc) {
  if (atomic_fetch_sub(&rpc->references, 1) != 1) return;
  hr_rpc_server *server = rpc->server;
  free_rpc(rpc);
  pthread_mutex_lock(&server->lock);
  --server->calls;
  pthread_cond_broadcast(&server->changed);
  pthread_mutex_unlock(&server->lock);
}

/* The client has its answer, or has gone. */
static void complete_closed(hr_op_tag *tag, bool ok) {
  hr_rpc *rpc = (hr_rpc *)((char *)tag - offsetof(hr_rpc, closed));
  if (!ok || rpc->close_flag) hr_notice_give(&rpc->gone);
  unref_rpc(rpc);
}

static void complete_sent(hr_op_tag *tag, bool ok) {
  (void)ok;
  unref_rpc((hr_rpc *)((char *)tag - offsetof(hr_rpc, sent)));
}

static void handle(hr_task *task) {
  hr_rpc *rpc = (hr_rpc *)((char *)task - offsetof(hr_rpc, task));
  rpc->method->public.handler(rpc->method->public.service, rpc);
}

static void refuse_unknown(hr_rpc *rpc) {
  char *path = grpc_slice_to_c_string(rpc->details.method);
  char text[256];
  snprintf(text, sizeof text, "This server has no method %s", path);
  gpr_free(path);
  hr_grpc_rpc_reply(rpc, hr_host->error(HR_UNIMPLEMENTED, text), &(hr_slices){0});
}

static void refuse_long(hr_rpc *rpc) {
  char text[128];
  snprintf(text, sizeof text, "The call's message has %zu bytes; the most is %zu", rpc->request.bytes,
           rpc->server->max_message);
  hr_grpc_rpc_reply(rpc, hr_host->error(HR_RESOURCE_EXHAUSTED, text), &(hr_slices){0});
}

static void await_call(hr_rpc_server *server, const method *of);

/* A call has come in, or the server is closing. */
static void complete_requested(hr_op_tag *tag, bool ok) {
  hr_rpc *rpc = (hr_rpc *)((char *)tag - offsetof(hr_rpc, requested));
  hr_rpc_server *server = rpc->server;
  pthread_mutex_lock(&server->lock);
  bool open = server->state == STARTED;
  if (ok) ++server->calls;
  pthread_mutex_unlock(&server->lock);
  if (open) await_call(server, rpc->method);
  if (!ok) {
    free_rpc(rpc);
    return;
  }
  atomic_init(&rpc->references, 2);
  grpc_op close = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER, .data.recv_close_on_server.cancelled = &rpc->close_flag};
  if (grpc_call_start_batch(rpc->call, &close, 1, &rpc->closed, NULL) != GRPC_CALL_OK) unref_rpc(rpc);
  if (!rpc->method) {
    refuse_unknown(rpc);
    return;
  }
  if (!rpc->payload) { /* closed without one */
    hr_grpc_rpc_reply(rpc, hr_host->error(HR_INVALID_ARGUMENT, "The call has no message"), &(hr_slices){0});
    return;
  }
  rpc->request = hr_from_byte_buffer(rpc->payload);
  rpc->payload = NULL;
  if (rpc->request.failed) {
    hr_grpc_rpc_reply(rpc, hr_host->error(HR_INVALID_ARGUMENT, "The call's message cannot be read"), &(hr_slices){0});
    return;
  }
  if (rpc->request.bytes > server->max_message) {
    refuse_long(rpc);
    return;
  }
  if (rpc->method->public.quick)
    handle(&rpc->task);
  else
    hr_workers_run(server->workers, &rpc->task);
}

/* Gives gRPC a place for the next call of a method (NULL: of the unknown ones). */
static void await_call(hr_rpc_server *server, const method *of) {
  hr_rpc *rpc = calloc(1, sizeof *rpc);
  if (!rpc) return; /* fewer calls can wait from now on */
  rpc->transport = &hr_grpc_table;
  rpc->server = server;
  rpc->method = of;
  rpc->requested.complete = complete_requested;
  rpc->closed.complete = complete_closed;
  rpc->sent.complete = complete_sent;
  rpc->task.run = handle;
  rpc->deadline = gpr_inf_future(GPR_CLOCK_MONOTONIC);
  grpc_metadata_array_init(&rpc->metadata);
  grpc_call_details_init(&rpc->details);
  hr_notice_init(&rpc->gone);
  grpc_completion_queue *queue = server->served.queue;
  grpc_call_error error =
      of ? grpc_server_request_registered_call(server->server, of->registered, &rpc->call, &rpc->deadline,
                                               &rpc->metadata, &rpc->payload, queue, queue, &rpc->requested)
         : grpc_server_request_call(server->server, &rpc->call, &rpc->details, &rpc->metadata, queue, queue,
                                    &rpc->requested);
  if (error != GRPC_CALL_OK) free_rpc(rpc);
}

/* ---- in a handler ---------------------------------------------------------------------------------------------- */

hr_slices *hr_grpc_rpc_request(hr_rpc *rpc) { return &rpc->request; }

static void run_elsewhere(hr_task *task) {
  hr_rpc *rpc = (hr_rpc *)((char *)task - offsetof(hr_rpc, task));
  rpc->run(rpc->run_argument);
}

void hr_grpc_rpc_elsewhere(hr_rpc *rpc, void (*run)(void *argument), void *argument) {
  rpc->task.run = run_elsewhere;
  rpc->run = run;
  rpc->run_argument = argument;
  hr_workers_run(rpc->server->workers, &rpc->task);
}

int64_t hr_grpc_rpc_time_left_ms(const hr_rpc *rpc) {
  gpr_timespec infinite = gpr_inf_future(rpc->deadline.clock_type);
  if (gpr_time_cmp(rpc->deadline, infinite) == 0) return INT64_MAX;
  int64_t left = gpr_time_to_millis(gpr_time_sub(rpc->deadline, gpr_now(rpc->deadline.clock_type)));
  return left > 0 ? left : 0;
}

bool hr_grpc_rpc_on_cancel(hr_rpc *rpc, void (*notify)(void *argument), void *argument) {
  return hr_notice_want(&rpc->gone, notify, argument);
}

bool hr_grpc_rpc_is_cancelled(const hr_rpc *rpc) { return hr_notice_is_given(&((hr_rpc *)(uintptr_t)rpc)->gone); }

hr_client_life *hr_grpc_rpc_client(hr_rpc *rpc) {
  if (!rpc->client) rpc->client = hr_grpc_clients_find(&rpc->server->clients, rpc->call);
  return rpc->client;
}

static grpc_slice error_details(const char *text) {
  size_t length = strlen(text);
  if (length <= MAX_STATUS_BYTES) return grpc_slice_from_copied_string(text);
  static const char cut[] = " ... [cut short]";
  size_t kept = MAX_STATUS_BYTES - (sizeof cut - 1);
  while (kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80) /* not inside of a character */
    --kept;
  grpc_slice slice = grpc_slice_malloc(kept + sizeof cut - 1);
  memcpy(GRPC_SLICE_START_PTR(slice), text, kept);
  memcpy(GRPC_SLICE_START_PTR(slice) + kept, cut, sizeof cut - 1);
  return slice;
}

void hr_grpc_rpc_reply(hr_rpc *rpc, hr_status status, hr_slices *response) {
  hr_notice_end(&rpc->gone);
  hr_slices_clear(&rpc->request);
  grpc_slice details = error_details(hr_host->message(status));
  grpc_byte_buffer *message = NULL;
  grpc_op ops[3] = {
      {.op = GRPC_OP_SEND_INITIAL_METADATA},
      {.op = GRPC_OP_SEND_STATUS_FROM_SERVER,
       .data.send_status_from_server = {.status = (grpc_status_code)hr_host->code(status), .status_details = &details}},
  };
  size_t num_ops = 2;
  if (!status) {
    message = hr_to_byte_buffer(response);
    ops[num_ops++] = (grpc_op){.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = message};
  } else {
    hr_slices_clear(response);
  }
  if (grpc_call_start_batch(rpc->call, ops, num_ops, &rpc->sent, NULL) != GRPC_CALL_OK) unref_rpc(rpc);
  if (message) grpc_byte_buffer_destroy(message);
  grpc_slice_unref(details);
  hr_host->free_status(status);
}

/* ---- addresses ------------------------------------------------------------------------------------------------- */

static int bind_one(hr_rpc_server *server, const char *host, int32_t port, grpc_server_credentials *credentials) {
  char address[320];
  snprintf(address, sizeof address, "%s:%d", host, port);
  return grpc_server_add_http2_port(server->server, address, credentials);
}

/* The port, 0 where it could not be had. */
static int32_t bind_all(hr_rpc_server *server, const hr_rpc_server_options *options,
                        grpc_server_credentials *credentials) {
  const char *host = options->host ? options->host : "";
  if (!hr_is_loopback(host)) return bind_one(server, "[::]", options->port, credentials);
  if (strncmp(host, "127.", 4) == 0) return bind_one(server, host, options->port, credentials);
  if (strchr(host, ':')) return bind_one(server, "[::1]", options->port, credentials);
  return bind_one(server, "127.0.0.1", options->port, credentials);
}

static grpc_server_credentials *credentials_of(const hr_tls *tls) {
  if (!tls) return grpc_insecure_server_credentials_create();
  if (!tls->certificate) return NULL;
  grpc_ssl_pem_key_cert_pair own = {.private_key = tls->key, .cert_chain = tls->certificate};
  return grpc_ssl_server_credentials_create_ex(tls->ca, &own, 1,
                                               tls->ca ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                       : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
                                               NULL);
}

/* ---- the life of a server -------------------------------------------------------------------------------------- */

static grpc_arg number(const char *key, int value) {
  return (grpc_arg){.type = GRPC_ARG_INTEGER, .key = (char *)(uintptr_t)key, .value.integer = value};
}

static grpc_server *create(void) {
  grpc_arg list[] = {
      number(GRPC_ARG_MINIMAL_STACK, 1), /* of filters; what is needed of the others follows */
      number(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1),
      number(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 1),
      number(GRPC_ARG_ENABLE_CHANNELZ, 1), /* says which connections there are */
      number(GRPC_ARG_ALLOW_REUSEPORT, 0),
      number(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, MAX_FRAME),
      number(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0),                 /* our clients try their connections now and then */
      number(GRPC_ARG_KEEPALIVE_TIME_MS, (int)hr_keepalive_ms()), /* finds clients that are gone or frozen */
      number(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, (int)hr_keepalive_ms()),
      number(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1),
  };
  grpc_channel_args arguments = {sizeof list / sizeof *list, list};
  return grpc_server_create(&arguments, NULL);
}

static void look_for_clients(void *argument) { hr_grpc_clients_look(&((hr_rpc_server *)argument)->clients); }

static void complete_shutdown(hr_op_tag *tag, bool ok) {
  (void)ok;
  hr_rpc_server *server = (hr_rpc_server *)((char *)tag - offsetof(hr_rpc_server, shutdown_tag));
  pthread_mutex_lock(&server->lock);
  server->shut_down = true;
  pthread_cond_broadcast(&server->changed);
  pthread_mutex_unlock(&server->lock);
}

/* Few: threads that wait for the same sockets wake each other for every call. */
static int32_t polling_threads(void) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN) / 4;
  return cores < 1 ? 1 : cores < MAX_POLLING_THREADS ? (int32_t)cores : MAX_POLLING_THREADS;
}

static bool start_threads(hr_rpc_server *server) {
  while (server->num_threads < polling_threads() &&
         hr_start_thread(&server->threads[server->num_threads], hr_serve_queue, &server->served))
    ++server->num_threads;
  return server->num_threads > 0;
}

hr_status hr_grpc_server_new(const hr_rpc_server_options *options, hr_rpc_server **out) {
  *out = NULL;
  HR_TRY(hr_check_not_forked());
  grpc_server_credentials *credentials = credentials_of(options->tls);
  if (!credentials) return hr_host->error(HR_INVALID_ARGUMENT, "A server with TLS needs a certificate and its key");
  hr_rpc_server *server = calloc(1, sizeof *server + sizeof *server->methods * (size_t)options->method_count);
  if (server) server->workers = hr_workers_new();
  if (!server || !server->workers) {
    free(server);
    grpc_server_credentials_release(credentials);
    return hr_host->error(HR_RESOURCE_EXHAUSTED, "memory is out for a server");
  }
  server->transport = &hr_grpc_table;
  pthread_mutex_init(&server->lock, NULL);
  hr_condition_init(&server->changed);
  server->generation = hr_grpc_generation();
  server->shutdown_tag.complete = complete_shutdown;
  server->server = create();
  server->max_message = options->max_message ? options->max_message : hr_message_limit();
  hr_grpc_clients_init(&server->clients);
  server->served.queue = grpc_completion_queue_create_for_next(NULL);
  server->served.tick = look_for_clients;
  server->served.argument = server;
  grpc_server_register_completion_queue(server->server, server->served.queue, NULL);
  server->num_methods = options->method_count;
  for (int32_t i = 0; i < options->method_count; ++i) {
    server->methods[i] = (method){.public = options->methods[i]};
    server->methods[i].registered = grpc_server_register_method(server->server, options->methods[i].path, NULL,
                                                                GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, 0);
  }
  server->port = bind_all(server, options, credentials);
  grpc_server_credentials_release(credentials);
  hr_status status = HR_SUCCESS;
  if (server->port <= 0) {
    char text[128];
    snprintf(text, sizeof text, "Could not start gRPC server: port %d cannot be had", options->port);
    status = hr_host->error(HR_UNKNOWN, text);
  } else if (!start_threads(server)) {
    status = hr_host->error(HR_RESOURCE_EXHAUSTED, "no thread can be started for a server");
  }
  if (status) {
    hr_grpc_server_free(server);
    return status;
  }
  *out = server;
  return HR_SUCCESS;
}

int32_t hr_grpc_server_port(const hr_rpc_server *server) { return server->port; }

hr_status hr_grpc_server_start(hr_rpc_server *server) {
  pthread_mutex_lock(&server->lock);
  server_state before = server->state;
  if (before == NEW) server->state = STARTED;
  pthread_mutex_unlock(&server->lock);
  if (before == STARTED) return HR_SUCCESS;
  if (before != NEW) return hr_host->error(HR_FAILED_PRECONDITION, "The server was stopped");
  grpc_server_start(server->server);
  for (int i = 0; i < WAITING_CALLS; ++i) {
    for (int32_t m = 0; m < server->num_methods; ++m)
      await_call(server, &server->methods[m]);
    await_call(server, NULL);
  }
  return HR_SUCCESS;
}

/* Lock held. */
static void wait_until_idle(hr_rpc_server *server, int64_t milliseconds) {
  int64_t until = hr_monotonic_nanos() + milliseconds * 1000000;
  while ((server->calls > 0 || !server->shut_down) && hr_monotonic_nanos() < until)
    hr_condition_wait_until(&server->changed, &server->lock, until);
}

void hr_grpc_server_stop(hr_rpc_server *server, int64_t grace_ms) {
  pthread_mutex_lock(&server->lock);
  server_state before = server->state;
  if (before < STOPPING) server->state = STOPPING;
  while (before == STOPPING && server->state != STOPPED) /* another thread stops it */
    pthread_cond_wait(&server->changed, &server->lock);
  pthread_mutex_unlock(&server->lock);
  if (before >= STOPPING || server->generation != hr_grpc_generation()) return;
  grpc_server_shutdown_and_notify(server->server, server->served.queue, &server->shutdown_tag);
  pthread_mutex_lock(&server->lock);
  if (grace_ms > 0 && server->num_threads > 0) wait_until_idle(server, grace_ms);
  pthread_mutex_unlock(&server->lock);
  grpc_server_cancel_all_calls(server->server);
  if (server->num_threads == 0) (void)start_threads(server);
  pthread_mutex_lock(&server->lock);
  while (server->calls > 0 || !server->shut_down)
    pthread_cond_wait(&server->changed, &server->lock);
  server->state = STOPPED;
  pthread_cond_broadcast(&server->changed);
  pthread_mutex_unlock(&server->lock);
}

/* In a child of a fork nothing of gRPC's can be ended: it stays. */
void hr_grpc_server_free(hr_rpc_server *server) {
  if (server->generation != hr_grpc_generation()) return;
  hr_grpc_server_stop(server, 0);
  grpc_completion_queue_shutdown(server->served.queue);
  for (int32_t i = 0; i < server->num_threads; ++i)
    pthread_join(server->threads[i], NULL);
  hr_workers_free(server->workers);
  grpc_server_destroy(server->server);
  grpc_completion_queue_destroy(server->served.queue);
  hr_grpc_clients_clear(&server->clients);
  pthread_mutex_destroy(&server->lock);
  pthread_cond_destroy(&server->changed);
  free(server);
}
