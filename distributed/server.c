/* Servers: a master and a worker on one port. */
#include "headrace/server.h"
#include "distributed/local_step.h"
#include "distributed/services.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/base/log.h"
#include "runtime/exec/poll.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define STOP_GRACE_MS 2000

struct hr_server {
  hr_tls *tls;
  hr_peers *peers;
  hr_worker *worker;
  hr_master *master;
  hr_rpc_server *rpc;
  char target[64];
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t changed;
  bool started, stopped;
};

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* gRPC reads large messages into pieces from malloc, and gives them all back at once. glibc would return them to the
 * system each time, and a training step would spend its time on page faults. A process with a server keeps some freed
 * memory for the next step, unless its environment says otherwise. */
static void keep_memory(void) {
#ifdef __GLIBC__
  if (getenv("MALLOC_TRIM_THRESHOLD_") || getenv("GLIBC_TUNABLES")) return;
  (void)mallopt(M_MMAP_THRESHOLD, 64 << 20);
  (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

/* As TensorFlow has it: of an unknown job Internal, of an unknown task InvalidArgument. */
static hr_status no_such_task(const HrPb__ServerDef *def) {
  for (size_t i = 0; def->cluster && i < def->cluster->n_job; ++i) {
    if (strcmp(def->cluster->job[i]->name, def->job_name) == 0)
      return hr_error(HR_INVALID_ARGUMENT, "Task %d was not defined in job \"%s\"", def->task_index, def->job_name);
  }
  return hr_error(HR_INTERNAL, "Job \"%s\" was not defined in cluster", def->job_name);
}

/* "host:port" of the task; the host is "" where there is none. */
static hr_status find_address(const HrPb__ServerDef *def, const hr_peers *peers, hr_arena *arena, char **host,
                              int32_t *port) {
  char *name = hr_arena_printf(arena, "/job:%s/replica:0/task:%d", def->job_name, def->task_index);
  if (!name) return hr_error_out_of_memory(0, "a server");
  const hr_peer *own = hr_peers_find(peers, name);
  if (!own) return no_such_task(def);
  *host = hr_arena_copy_string(arena, own->address, strlen(own->address));
  if (!*host) return hr_error_out_of_memory(0, "a server");
  char *colon = strrchr(*host, ':'), *end = NULL;
  long number = colon ? strtol(colon + 1, &end, 10) : -1;
  if (!colon || !colon[1] || *end || number < 0 || number > 65535)
    return hr_error(HR_INVALID_ARGUMENT, "Could not parse port for local server from \"%s\".", own->address);
  *colon = '\0';
  *port = (int32_t)number;
  return HR_SUCCESS;
}

static hr_status load_tls(const hr_server_options *options, hr_tls **out) {
  if (options && (options->tls_ca || options->tls_certificate || options->tls_key))
    return hr_tls_load(options->tls_ca, options->tls_certificate, options->tls_key, out);
  return hr_tls_from_environment(out);
}

static hr_status make_services(hr_server *server, const HrPb__ServerDef *def) {
  hr_text config = {0}, task = {0};
  if (def->default_session_config) hr_proto_pack(def->default_session_config, &config);
  hr_text_printf(&task, "/job:%s/replica:0/task:%d", def->job_name, def->task_index);
  hr_session_options options;
  hr_status status = config.failed || task.failed ? hr_error_out_of_memory(0, "a server")
                                                  : hr_session_options_parse(config.data, config.length, &options);
  if (!status) status = hr_worker_new(task.data, &options, server->peers, server->tls, &server->worker);
  if (!status)
    status = hr_master_new(server->worker, server->peers, (hr_view){config.data, config.length}, &server->master);
  hr_text_free(&config);
  hr_text_free(&task);
  return status;
}

static void add_methods(const hr_service *service, void *object, hr_rpc_method *out) {
  for (int32_t i = 0; i < service->count; ++i) {
    out[i] = service->methods[i];
    out[i].service = object;
  }
}

static hr_status listen_at(hr_server *server, const char *host, int32_t port, hr_arena *arena) {
  int32_t count = hr_worker_service.count + hr_master_service.count;
  hr_rpc_method *methods = HR_ARENA_ARRAY(arena, hr_rpc_method, count);
  if (!methods) return hr_error_out_of_memory(0, "a server");
  add_methods(&hr_worker_service, server->worker, methods);
  add_methods(&hr_master_service, server->master, methods + hr_worker_service.count);
  HR_TRY(hr_rpc_server_new(
      &(hr_rpc_server_options){
          .host = host, .port = port, .tls = server->tls, .method_count = count, .methods = methods},
      &server->rpc));
  snprintf(server->target, sizeof server->target, "grpc://localhost:%d", hr_rpc_server_port(server->rpc));
  return HR_SUCCESS;
}

static hr_status set_up(hr_server *server, const HrPb__ServerDef *def, const hr_server_options *options,
                        hr_arena *arena) {
  char *host;
  int32_t port;
  if (def->protocol[0] && strcmp(def->protocol, "grpc") != 0)
    return hr_error(HR_NOT_FOUND, "No server factory registered for the given ServerDef: protocol \"%s\"",
                    def->protocol);
  HR_TRY(load_tls(options, &server->tls));
  HR_TRY(hr_peers_new(def->cluster, server->tls, &server->peers));
  keep_memory();
  HR_TRY(find_address(def, server->peers, arena, &host, &port));
  HR_TRY(make_services(server, def));
  return listen_at(server, host, port, arena);
}

hr_status hr_server_new(const void *server_def, size_t length, const hr_server_options *options, hr_server **out) {
  hr_arena arena = {0};
  HrPb__ServerDef *def;
  *out = NULL;
  hr_status status = hr_proto_unpack(&hr_pb__server_def__descriptor, &arena, server_def, length, NULL, &def);
  hr_server *server = status ? NULL : calloc(1, sizeof *server);
  if (!status && !server) status = hr_error_out_of_memory(sizeof *server, "a server");
  if (server) {
    pthread_mutex_init(&server->lock, NULL);
    hr_condition_init(&server->changed);
  }
  if (!status) status = set_up(server, def, options, &arena);
  hr_arena_free(&arena);
  if (status) {
    hr_server_free(server);
    return status;
  }
  *out = server;
  return HR_SUCCESS;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

hr_status hr_server_start(hr_server *server) {
  pthread_mutex_lock(&server->lock);
  hr_status status = server->stopped ? hr_error(HR_FAILED_PRECONDITION, "The server was stopped") : HR_SUCCESS;
  bool may = !status && !server->started;
  server->started |= may;
  pthread_mutex_unlock(&server->lock);
  if (!may) return status;
  HR_TRY(hr_rpc_server_start(server->rpc));
  hr_local_master_add(hr_rpc_server_port(server->rpc), server->master);
  HR_LOG(HR_LOG_INFO, "Started server with target: %s", server->target);
  return HR_SUCCESS;
}

hr_status hr_server_stop(hr_server *server) {
  pthread_mutex_lock(&server->lock);
  bool may = !server->stopped;
  server->stopped = true;
  pthread_mutex_unlock(&server->lock);
  if (!may) return HR_SUCCESS;
  hr_local_master_remove(server->master);
  if (server->master) hr_master_stop(server->master);
  if (server->worker) hr_worker_stop(server->worker);
  if (server->rpc) hr_rpc_server_stop(server->rpc, STOP_GRACE_MS);
  pthread_mutex_lock(&server->lock);
  pthread_cond_broadcast(&server->changed);
  pthread_mutex_unlock(&server->lock);
  return HR_SUCCESS;
}

hr_status hr_server_join(hr_server *server) {
  hr_status status = HR_SUCCESS;
  hr_cancellation none;
  hr_cancellation_init(&none);
  pthread_mutex_lock(&server->lock);
  while (!server->stopped && !status) {
    hr_condition_wait_until(&server->changed, &server->lock, hr_monotonic_nanos() + HR_POLL_NANOS);
    pthread_mutex_unlock(&server->lock);
    status = hr_poll_now();
    pthread_mutex_lock(&server->lock);
  }
  pthread_mutex_unlock(&server->lock);
  hr_cancellation_clear(&none);
  return status;
}

void hr_server_free(hr_server *server) {
  if (!server) return;
  hr_status_free(hr_server_stop(server));
  hr_rpc_server_free(server->rpc);
  hr_master_free(server->master);
  hr_worker_free(server->worker);
  hr_peers_unref(server->peers);
  hr_tls_free(server->tls);
  pthread_mutex_destroy(&server->lock);
  pthread_cond_destroy(&server->changed);
  free(server);
}

const char *hr_server_target(const hr_server *server) { return server->target; }
int32_t hr_server_port(const hr_server *server) { return hr_rpc_server_port(server->rpc); }
