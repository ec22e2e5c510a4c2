/* Channels: calls to another process's services, as gRPC makes them (transport.h).
 *
 * A channel connects when it is first needed, and again when the connection is lost. Errors have the codes and texts of
 * the service that was called; Unavailable where it cannot be reached, Unimplemented for TLS where there is no gRPC
 * library, FailedPrecondition in a child of a fork of a process that had used the network. */
#ifndef HR_DISTRIBUTED_CHANNEL_H
#define HR_DISTRIBUTED_CHANNEL_H

#include "distributed/slices.h"
#include "distributed/tls.h"
#include "runtime/base/proto_check.h"
#include "runtime/exec/cancellation.h"

typedef struct hr_channel hr_channel;
typedef struct hr_call hr_call;

/* To "host:port". `tls` (copied) may be NULL: no TLS. Connects nowhere yet. */
HR_MUST_USE hr_status hr_channel_new(const char *address, const hr_tls *tls, hr_channel **out);
hr_channel *hr_channel_ref(hr_channel *channel);
/* Calls under way go on. NULL is allowed. */
void hr_channel_unref(hr_channel *channel);
const char *hr_channel_address(const hr_channel *channel);

/* A zeroed struct, or NULL, means the defaults. */
typedef struct hr_call_options {
  int64_t timeout_ms;  /* DeadlineExceeded after that; 0: no deadline */
  bool wait_for_ready; /* waits for a server that cannot be reached yet, instead of Unavailable */
} hr_call_options;

/* The end of a call; called exactly once, on a thread of the transport, which it must not hold up, and perhaps before
 * hr_channel_start returns. Owns `status`. `*response` (empty on an error) goes when it returns, unless it was moved
 * out of there. */
typedef void (*hr_call_done)(void *argument, hr_status status, hr_slices *response);

/* Calls `method` ("/tensorflow.WorkerService/RecvTensor", which outlives the call); takes over `*request`. `*call` (may
 * be NULL: not wanted) is the caller's to cancel and let go of. */
void hr_channel_start(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                      hr_call_done done, void *argument, hr_call **call);
/* It ends with Cancelled soon, unless it has ended. Any thread, any number of times. */
void hr_call_cancel(hr_call *call);
/* The call goes on. NULL is allowed. */
void hr_call_unref(hr_call *call);

/* Calls and waits. The thread's poll hook (hr_set_poll) runs meanwhile; its error ends the call and is what this
 * returns. `cancellation` may be NULL; where it is cancelled the call ends with the reason's error. `*response`
 * (overwritten) is the caller's to clear. */
HR_MUST_USE hr_status hr_channel_call(hr_channel *channel, const char *method, hr_slices *request,
                                      const hr_call_options *options, hr_cancellation *cancellation,
                                      hr_slices *response);

/* The same with messages that protobuf-c packs and unpacks: `*response` (the address of a pointer to the struct of
 * `descriptor`) lives in the arena. */
#define hr_channel_call_proto(channel, method, request, options, cancellation, descriptor, arena, response)            \
  hr_channel_call_proto_into((channel), (method), (request), (options), (cancellation), (descriptor), (arena),         \
                             HR_PROTO_OUT(response))
HR_MUST_USE hr_status hr_channel_call_proto_into(hr_channel *channel, const char *method, const void *request,
                                                 const hr_call_options *options, hr_cancellation *cancellation,
                                                 const ProtobufCMessageDescriptor *descriptor, hr_arena *arena,
                                                 void *response);

#endif
