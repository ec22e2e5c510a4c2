/* The transport that needs no other library: HTTP/2 over plain TCP, as gRPC speaks it. */
#ifndef HR_DISTRIBUTED_HTTP2_HTTP2_H
#define HR_DISTRIBUTED_HTTP2_HTTP2_H

#include "distributed/transport.h"

extern const hr_transport hr_http2_transport;

/* FailedPrecondition in a child of a process that has used the network: threads and what they hold are not there. */
HR_MUST_USE hr_status hr_http2_check_not_forked(void);
/* How many forks lie behind this process since then. */
int32_t hr_http2_generation(void);

/* Appends a field of headers. */
void hr_http2_add_field(hr_text *fields, const char *name, const char *value);

/* client.c */
hr_status hr_http2_channel_new(const char *address, const hr_tls *tls, hr_channel **out);
hr_channel *hr_http2_channel_ref(hr_channel *channel);
void hr_http2_channel_unref(hr_channel *channel);
const char *hr_http2_channel_address(const hr_channel *channel);
void hr_http2_channel_start(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                            hr_call_done done, void *argument, hr_call **call);
void hr_http2_call_cancel(hr_call *call);
void hr_http2_call_unref(hr_call *call);
/* connect.c: a connected socket, or -1 and the reason. */
int hr_http2_connect(const char *address, hr_text *why);

/* server.c */
hr_status hr_http2_server_new(const hr_rpc_server_options *options, hr_rpc_server **out);
int32_t hr_http2_server_port(const hr_rpc_server *server);
hr_status hr_http2_server_start(hr_rpc_server *server);
void hr_http2_server_stop(hr_rpc_server *server, int64_t grace_ms);
void hr_http2_server_free(hr_rpc_server *server);
/* listen.c: a listening socket, or -1; `*port` 0 is filled in. Of a loopback host only this machine's programs reach
 * it. */
int hr_http2_listen(const char *host, int32_t *port);

/* rpc.c */
hr_slices *hr_http2_rpc_request(hr_rpc *rpc);
void hr_http2_rpc_elsewhere(hr_rpc *rpc, void (*run)(void *argument), void *argument);
int64_t hr_http2_rpc_time_left_ms(const hr_rpc *rpc);
bool hr_http2_rpc_on_cancel(hr_rpc *rpc, void (*notify)(void *argument), void *argument);
bool hr_http2_rpc_is_cancelled(const hr_rpc *rpc);
hr_client_life *hr_http2_rpc_client(hr_rpc *rpc);
void hr_http2_rpc_reply(hr_rpc *rpc, hr_status status, hr_slices *response);

#endif
