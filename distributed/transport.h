/* What carries calls: one of two transports, which speak the same on the wire.
 *
 * Plain connections go through our own HTTP/2 (http2/). Those with TLS go through gRPC's library, which is the only
 * thing that libheadrace_grpc is linked with: it is loaded when a program first asks for TLS, or sets
 * HEADRACE_TRANSPORT=grpc. The library's one symbol, headrace_transport, gives this table. What a transport makes
 * (channels, calls, servers, rpcs) has a pointer to its table as the first member.
 *
 * channel.h and rpc_server.h say what the functions do; those in channel.h and rpc_server.h that are not here stand on
 * these. */
#ifndef HR_DISTRIBUTED_TRANSPORT_H
#define HR_DISTRIBUTED_TRANSPORT_H

#include "distributed/channel.h"
#include "distributed/rpc_server.h"

#define HR_TRANSPORT_VERSION 4

/* What the library needs of the core. */
typedef struct hr_transport_host {
  hr_status (*error)(hr_code code, const char *message);
  hr_code (*code)(hr_status status);
  const char *(*message)(hr_status status);
  void (*free_status)(hr_status status);
  void (*log)(int level, const char *file, int line, const char *message); /* hr_log_level */
} hr_transport_host;

typedef struct hr_transport {
  int32_t version;
  hr_status (*channel_new)(const char *address, const hr_tls *tls, hr_channel **out);
  hr_channel *(*channel_ref)(hr_channel *channel);
  void (*channel_unref)(hr_channel *channel);
  const char *(*channel_address)(const hr_channel *channel);
  void (*channel_start)(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                        hr_call_done done, void *argument, hr_call **call);
  void (*call_cancel)(hr_call *call);
  void (*call_unref)(hr_call *call);

  hr_status (*server_new)(const hr_rpc_server_options *options, hr_rpc_server **out);
  int32_t (*server_port)(const hr_rpc_server *server);
  hr_status (*server_start)(hr_rpc_server *server);
  void (*server_stop)(hr_rpc_server *server, int64_t grace_ms);
  void (*server_free)(hr_rpc_server *server);
  hr_slices *(*rpc_request)(hr_rpc *rpc);
  void (*rpc_elsewhere)(hr_rpc *rpc, void (*run)(void *argument), void *argument);
  int64_t (*rpc_time_left_ms)(const hr_rpc *rpc);
  bool (*rpc_on_cancel)(hr_rpc *rpc, void (*notify)(void *argument), void *argument);
  bool (*rpc_is_cancelled)(const hr_rpc *rpc);
  hr_client_life *(*rpc_client)(hr_rpc *rpc);
  void (*rpc_reply)(hr_rpc *rpc, hr_status status, hr_slices *response);
} hr_transport;

typedef const hr_transport *(*hr_transport_entry)(const hr_transport_host *host);

/* The one for connections with `tls` (NULL: plain ones). Loads the library, once, where that is needed: Unimplemented
 * where it is not there, with what was tried. */
HR_MUST_USE hr_status hr_transport_for(const hr_tls *tls, const hr_transport **out);

#endif
