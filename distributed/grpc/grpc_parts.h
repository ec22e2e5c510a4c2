/* What the files of libheadrace_grpc share. */
#ifndef HR_DISTRIBUTED_GRPC_PARTS_H
#define HR_DISTRIBUTED_GRPC_PARTS_H

#include "distributed/handler_threads.h"
#include "distributed/keep_alive.h"
#include "distributed/transport.h"
#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

/* The core's functions, from when the library was loaded. */
extern const hr_transport_host *hr_host;

/* Large messages in few pieces: the most that HTTP/2 allows. */
#define MAX_FRAME 16777215

/* ---- completion ------------------------------------------------------------------------------------------------ */

/* What stands in a completion queue as a tag. */
typedef struct hr_op_tag {
  void (*complete)(struct hr_op_tag *self, bool ok);
} hr_op_tag;

/* A queue, and what is to be done about every hr_keepalive_ms on one of its threads. */
typedef struct hr_served_queue {
  grpc_completion_queue *queue;
  void (*tick)(void *argument);
  void *argument;
  _Atomic int64_t next_tick; /* hr_monotonic_nanos() */
} hr_served_queue;

/* Completes what comes through the queue (hr_served_queue) until it is shut down: the body of threads. */
void *hr_serve_queue(void *served);

/* Counts the forks that lie behind this process: what gRPC has made in an earlier one is dead. */
int32_t hr_grpc_generation(void);
/* FailedPrecondition in a child of a process that has loaded gRPC, whose threads and sockets the child does not have.
 */
HR_MUST_USE hr_status hr_check_not_forked(void);

/* ---- messages -------------------------------------------------------------------------------------------------- */

/* Takes over the message. */
grpc_byte_buffer *hr_to_byte_buffer(hr_slices *message);
/* Takes over the buffer (NULL: an empty message). */
hr_slices hr_from_byte_buffer(grpc_byte_buffer *buffer);

/* ---- clients (grpc_clients.c) ---------------------------------------------------------------------------------- */

typedef struct hr_grpc_client hr_grpc_client;

/* Those of a server that somebody asked for. */
typedef struct hr_grpc_clients {
  pthread_mutex_t lock; /* guards the list */
  hr_grpc_client *first;
} hr_grpc_clients;

void hr_grpc_clients_init(hr_grpc_clients *clients);
/* All of them are gone. */
void hr_grpc_clients_clear(hr_grpc_clients *clients);
/* The one that a call comes from, with a reference; NULL: memory is out. */
hr_client_life *hr_grpc_clients_find(hr_grpc_clients *clients, grpc_call *call);
/* Ends the lives of those whose connections are over. */
void hr_grpc_clients_look(hr_grpc_clients *clients);

/* ---- the table's functions ------------------------------------------------------------------------------------- */

extern const hr_transport hr_grpc_table;

hr_status hr_grpc_channel_new(const char *address, const hr_tls *tls, hr_channel **out);
hr_channel *hr_grpc_channel_ref(hr_channel *channel);
void hr_grpc_channel_unref(hr_channel *channel);
const char *hr_grpc_channel_address(const hr_channel *channel);
void hr_grpc_channel_start(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                           hr_call_done done, void *argument, hr_call **call);
void hr_grpc_call_cancel(hr_call *call);
void hr_grpc_call_unref(hr_call *call);

hr_status hr_grpc_server_new(const hr_rpc_server_options *options, hr_rpc_server **out);
int32_t hr_grpc_server_port(const hr_rpc_server *server);
hr_status hr_grpc_server_start(hr_rpc_server *server);
void hr_grpc_server_stop(hr_rpc_server *server, int64_t grace_ms);
void hr_grpc_server_free(hr_rpc_server *server);
hr_slices *hr_grpc_rpc_request(hr_rpc *rpc);
void hr_grpc_rpc_elsewhere(hr_rpc *rpc, void (*run)(void *argument), void *argument);
int64_t hr_grpc_rpc_time_left_ms(const hr_rpc *rpc);
bool hr_grpc_rpc_on_cancel(hr_rpc *rpc, void (*notify)(void *argument), void *argument);
bool hr_grpc_rpc_is_cancelled(const hr_rpc *rpc);
hr_client_life *hr_grpc_rpc_client(hr_rpc *rpc);
void hr_grpc_rpc_reply(hr_rpc *rpc, hr_status status, hr_slices *response);

#endif
