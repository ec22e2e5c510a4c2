/* What a server and its calls know of each other. */
#ifndef HR_DISTRIBUTED_HTTP2_SERVER_PARTS_H
#define HR_DISTRIBUTED_HTTP2_SERVER_PARTS_H

#include "distributed/handler_threads.h"
#include "distributed/http2/connection.h"
#include "distributed/http2/http2.h"

struct hr_rpc_server {
  const hr_transport *transport; /* first */
  hr_watched watched;            /* the listening socket */
  _Atomic int32_t references;    /* the owner's, and that of the loop */
  hr_loop *loop;
  hr_workers *workers;
  int listener;
  int32_t port, generation;
  size_t max_message;
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t changed;
  enum { HR_SERVER_NEW, HR_SERVER_STARTED, HR_SERVER_STOPPING, HR_SERVER_STOPPED } state;
  int32_t calls; /* that have come in and are not over */
  int32_t open;  /* connections that are not over */
  int32_t num_connections, room;
  hr_h2 **connections;
  int32_t num_methods;
  hr_rpc_method methods[];
};

/* A server's side of connections; the owner is the server (rpc.c). */
extern const hr_h2_kind hr_http2_server_kind;
/* The connection is over (server.c). */
void hr_http2_server_forget(hr_h2 *connection);
/* A call is over. */
void hr_http2_server_ended(hr_rpc_server *server);

#endif
