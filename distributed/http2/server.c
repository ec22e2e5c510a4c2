/* Servers: who connects, and how they end. */
#include "distributed/http2/server_parts.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/base/log.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_THREADS 4

/* ---- connections ------------------------------------------------------------------------------------------------- */

/* False where the server takes no more. */
static bool remember(hr_rpc_server *server, hr_h2 *connection) {
  pthread_mutex_lock(&server->lock);
  bool may = server->state == HR_SERVER_STARTED;
  if (may && server->num_connections == server->room) {
    int32_t room = server->room ? 2 * server->room : 8;
    hr_h2 **all = realloc(server->connections, sizeof *all * (size_t)room);
    may = all != NULL;
    if (may) {
      server->connections = all;
      server->room = room;
    }
  }
  if (may) server->connections[server->num_connections++] = hr_h2_ref(connection);
  pthread_mutex_unlock(&server->lock);
  return may;
}

static void drop(hr_rpc_server *server, hr_h2 *connection) {
  bool known = false;
  pthread_mutex_lock(&server->lock);
  for (int32_t i = 0; i < server->num_connections && !known; ++i) {
    known = server->connections[i] == connection;
    if (known) server->connections[i] = server->connections[--server->num_connections];
  }
  pthread_mutex_unlock(&server->lock);
  if (known) hr_h2_unref(connection);
}

static void count(hr_rpc_server *server, int32_t *number, int32_t change) {
  pthread_mutex_lock(&server->lock);
  *number += change;
  pthread_cond_broadcast(&server->changed);
  pthread_mutex_unlock(&server->lock);
}

void hr_http2_server_forget(hr_h2 *connection) {
  hr_rpc_server *server = connection->owner;
  drop(server, connection);
  count(server, &server->open, -1);
}

void hr_http2_server_ended(hr_rpc_server *server) { count(server, &server->calls, -1); }

static void take_connection(hr_rpc_server *server, int fd) {
  hr_h2 *connection;
  count(server, &server->open, 1); /* until it is forgotten */
  hr_status status = hr_h2_new(&hr_http2_server_kind, server, server->loop, fd, &connection);
  if (status) {
    HR_LOG(HR_LOG_WARNING, "A connection is refused: %s", hr_status_message(status));
    hr_status_free(status);
    count(server, &server->open, -1);
    return;
  }
  if (!remember(server, connection)) hr_h2_close(connection, hr_error(HR_UNAVAILABLE, "The server takes no calls"));
  hr_h2_flush(connection); /* the greeting */
  pthread_mutex_lock(&connection->lock);
  bool is_closed = connection->is_closed;
  pthread_mutex_unlock(&connection->lock);
  if (is_closed) drop(server, connection);
  hr_h2_unref(connection);
}

static void ready(hr_watched *watched, uint32_t events) {
  (void)events;
  hr_rpc_server *server = (hr_rpc_server *)((char *)watched - offsetof(hr_rpc_server, watched));
  for (;;) {
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
      take_connection(server, fd);
    else if (errno != EINTR && errno != ECONNABORTED)
      break;
  }
  if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
    hr_loop_tick_at(server->loop, hr_monotonic_nanos() + 1000000000); /* again when some have gone */
  else
    hr_loop_again(server->loop, watched, server->listener, EPOLLIN);
}

static int64_t tick(hr_watched *watched, int64_t now) {
  (void)now;
  ready(watched, 0);
  return INT64_MAX;
}

/* ---- the life of a server ---------------------------------------------------------------------------------------- */

static void unref_server(hr_watched *watched) {
  hr_rpc_server *server = (hr_rpc_server *)((char *)watched - offsetof(hr_rpc_server, watched));
  if (atomic_fetch_sub(&server->references, 1) != 1) return;
  hr_workers_free(server->workers);
  if (server->listener >= 0) close(server->listener);
  free(server->connections);
  pthread_mutex_destroy(&server->lock);
  pthread_cond_destroy(&server->changed);
  free(server);
}

static void ref_server(hr_watched *watched) {
  atomic_fetch_add(&((hr_rpc_server *)((char *)watched - offsetof(hr_rpc_server, watched)))->references, 1);
}

/* Few: threads that wait for the same sockets wake each other for every call. */
static int32_t polling_threads(void) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN) / 4;
  return cores < 1 ? 1 : cores < MAX_THREADS ? (int32_t)cores : MAX_THREADS;
}

hr_status hr_http2_server_new(const hr_rpc_server_options *options, hr_rpc_server **out) {
  *out = NULL;
  HR_TRY(hr_http2_check_not_forked());
  hr_rpc_server *server = calloc(1, sizeof *server + sizeof *server->methods * (size_t)options->method_count);
  if (!server) return hr_error_out_of_memory(sizeof *server, "a server");
  server->transport = &hr_http2_transport;
  server->watched = (hr_watched){.ready = ready, .tick = tick, .ref = ref_server, .unref = unref_server};
  atomic_init(&server->references, 1);
  pthread_mutex_init(&server->lock, NULL);
  hr_condition_init(&server->changed);
  server->generation = hr_http2_generation();
  server->max_message = options->max_message ? options->max_message : hr_message_limit();
  server->num_methods = options->method_count;
  if (options->method_count > 0)
    memcpy(server->methods, options->methods, sizeof *options->methods * (size_t)options->method_count);
  server->port = options->port;
  server->listener = hr_http2_listen(options->host ? options->host : "", &server->port);
  hr_status status = HR_SUCCESS;
  if (server->listener < 0)
    status = hr_error(HR_UNKNOWN, "Could not start gRPC server: port %d cannot be had", options->port);
  if (!status) server->workers = hr_workers_new();
  if (!status && !server->workers) status = hr_error_out_of_memory(0, "a server");
  if (!status) status = hr_loop_new(polling_threads(), &server->loop);
  if (status) {
    unref_server(&server->watched);
    return status;
  }
  *out = server;
  return HR_SUCCESS;
}

int32_t hr_http2_server_port(const hr_rpc_server *server) { return server->port; }

hr_status hr_http2_server_start(hr_rpc_server *server) {
  pthread_mutex_lock(&server->lock);
  int before = server->state;
  if (before == HR_SERVER_NEW) server->state = HR_SERVER_STARTED;
  pthread_mutex_unlock(&server->lock);
  if (before == HR_SERVER_STARTED) return HR_SUCCESS;
  if (before != HR_SERVER_NEW) return hr_error(HR_FAILED_PRECONDITION, "The server was stopped");
  if (hr_loop_add(server->loop, &server->watched, server->listener)) return HR_SUCCESS;
  return hr_error(HR_RESOURCE_EXHAUSTED, "The server's socket cannot be watched");
}

/* Calls `each` for every connection. */
static void for_all(hr_rpc_server *server, void (*each)(hr_h2 *connection)) {
  pthread_mutex_lock(&server->lock);
  int32_t count = server->num_connections;
  hr_h2 **all = calloc((size_t)count + 1, sizeof *all);
  for (int32_t i = 0; all && i < count; ++i)
    all[i] = hr_h2_ref(server->connections[i]);
  pthread_mutex_unlock(&server->lock);
  for (int32_t i = 0; all && i < count; ++i) {
    each(all[i]);
    hr_h2_unref(all[i]);
  }
  free(all);
}

/* No new calls. */
static void say_farewell(hr_h2 *connection) {
  pthread_mutex_lock(&connection->lock);
  char payload[8];
  hr_h2_write32(payload, connection->last_id);
  hr_h2_write32(payload + 4, HR_H2_NO_ERROR);
  connection->is_draining = true;
  hr_h2_put_frame(connection, HR_H2_GOAWAY, 0, 0, (hr_view){payload, sizeof payload});
  pthread_mutex_unlock(&connection->lock);
  hr_h2_flush(connection);
}

static void hang_up(hr_h2 *connection) { hr_h2_close(connection, hr_error(HR_CANCELLED, "The server has stopped")); }

void hr_http2_server_stop(hr_rpc_server *server, int64_t grace_ms) {
  pthread_mutex_lock(&server->lock);
  int before = server->state;
  if (before < HR_SERVER_STOPPING) server->state = HR_SERVER_STOPPING;
  while (before == HR_SERVER_STOPPING && server->state != HR_SERVER_STOPPED) /* another thread stops it */
    pthread_cond_wait(&server->changed, &server->lock);
  pthread_mutex_unlock(&server->lock);
  if (before >= HR_SERVER_STOPPING || server->generation != hr_http2_generation()) return;
  if (before == HR_SERVER_STARTED) hr_loop_remove(server->loop, &server->watched, server->listener);
  (void)shutdown(server->listener, SHUT_RDWR); /* nobody else gets in */
  for_all(server, say_farewell);
  int64_t until = hr_monotonic_nanos() + grace_ms * 1000000;
  pthread_mutex_lock(&server->lock);
  while (server->calls > 0 && hr_monotonic_nanos() < until)
    hr_condition_wait_until(&server->changed, &server->lock, until);
  pthread_mutex_unlock(&server->lock);
  for_all(server, hang_up);
  pthread_mutex_lock(&server->lock);
  while (server->calls > 0 || server->open > 0)
    pthread_cond_wait(&server->changed, &server->lock);
  server->state = HR_SERVER_STOPPED;
  pthread_cond_broadcast(&server->changed);
  pthread_mutex_unlock(&server->lock);
}

/* In a child of a fork nothing can be ended: it stays. */
void hr_http2_server_free(hr_rpc_server *server) {
  if (server->generation != hr_http2_generation()) return;
  hr_http2_server_stop(server, 0);
  hr_loop_free(server->loop);
  unref_server(&server->watched);
}
