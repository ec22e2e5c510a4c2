/* A server of gRPC methods: bytes come in, a handler answers bytes.
 *
 * Whatever comes in is answered with an error or not at all: bytes that are no HTTP/2, methods that nobody knows
 * (Unimplemented), messages over the limit (ResourceExhausted). */
#ifndef HR_DISTRIBUTED_RPC_SERVER_H
#define HR_DISTRIBUTED_RPC_SERVER_H

#include "distributed/client_life.h"
#include "distributed/slices.h"
#include "distributed/tls.h"
#include "runtime/base/proto_check.h"

typedef struct hr_rpc_server hr_rpc_server;
typedef struct hr_rpc hr_rpc; /* one call that is to be answered */

/* Answers exactly once with hr_rpc_reply, now or later, from any thread. */
typedef void (*hr_rpc_handler)(void *service, hr_rpc *rpc);

typedef struct hr_rpc_method {
  const char *path; /* "/tensorflow.MasterService/RunStep" */
  hr_rpc_handler handler;
  void *service;
  bool quick; /* runs on the thread that reads sockets: it neither waits nor computes for long (over some 500 us).
                 Others get a thread of their own, which they may hold as long as they like. */
} hr_rpc_method;

typedef struct hr_rpc_server_options {
  const char *host;   /* the server's own name or address; NULL or "": none. A loopback one: only this machine's
                         programs can reach the server. Otherwise all addresses, with a warning where there is no TLS */
  int32_t port;       /* 0: a free one is chosen */
  const hr_tls *tls;  /* NULL: none */
  size_t max_message; /* bytes of a request; 0: 2 GiB - 1 */
  int32_t method_count;
  const hr_rpc_method *methods; /* copied, but for the paths' texts */
} hr_rpc_server_options;

/* Has its port, but answers nothing before it is started. Unknown where the port is taken, InvalidArgument for
 * certificates that are none, Unimplemented for TLS where there is no gRPC library. */
HR_MUST_USE hr_status hr_rpc_server_new(const hr_rpc_server_options *options, hr_rpc_server **out);
int32_t hr_rpc_server_port(const hr_rpc_server *server);
HR_MUST_USE hr_status hr_rpc_server_start(hr_rpc_server *server);
/* Takes no more calls. Calls under way have `grace_ms` to end; then they are cancelled (the clients hear Cancelled or
 * Unavailable, the handlers' notices run). Returns when every call was answered; the handlers must see to it that
 * cancelled ones are. Later calls do nothing. Not from a handler. */
void hr_rpc_server_stop(hr_rpc_server *server, int64_t grace_ms);
/* Stops, with no grace, and frees. NULL is allowed. */
void hr_rpc_server_free(hr_rpc_server *server);

/* ---- in a handler ---------------------------------------------------------------------------------------------- */

/* Lives as long as the rpc. May be moved out of there, to outlive it. */
hr_slices *hr_rpc_request(hr_rpc *rpc);
/* Checks and unpacks the request; the struct lives in the arena. */
#define hr_rpc_request_proto(rpc, descriptor, arena, message)                                                          \
  hr_rpc_request_proto_into((rpc), (descriptor), (arena), HR_PROTO_OUT(message))
HR_MUST_USE hr_status hr_rpc_request_proto_into(hr_rpc *rpc, const ProtobufCMessageDescriptor *descriptor,
                                                hr_arena *arena, void *message);
/* Goes on with run(argument) on a thread of its own, which it may hold as long as it likes: for handlers of quick
 * methods that find more to do than is quick. Once a call. */
void hr_rpc_elsewhere(hr_rpc *rpc, void (*run)(void *argument), void *argument);
/* Milliseconds to the client's deadline, at least 0; INT64_MAX without one. */
int64_t hr_rpc_time_left_ms(const hr_rpc *rpc);

/* `notify(argument)` runs at most once, on a thread of the transport, when the client cancels, vanishes, or its
 * deadline passes. False where that has happened already: it does not run. One notice a call. Never runs, and is not
 * running, once hr_rpc_reply has returned; a notice that replies itself is fine. Do not reply with a lock held that
 * `notify` takes. */
HR_MUST_USE bool hr_rpc_on_cancel(hr_rpc *rpc, void (*notify)(void *argument), void *argument);
bool hr_rpc_is_cancelled(const hr_rpc *rpc);
/* The client's, borrowed from the rpc; NULL: nobody knows, as memory is out. Before the reply. */
hr_client_life *hr_rpc_client(hr_rpc *rpc);

/* Ends the rpc. Takes over `status` and `*response` (may be NULL: an empty message). An error's text goes to the
 * client, up to 3 KiB of it. */
void hr_rpc_reply(hr_rpc *rpc, hr_status status, hr_slices *response);
/* The same with a protobuf-c struct. */
void hr_rpc_reply_proto(hr_rpc *rpc, hr_status status, const void *proto);

#endif
