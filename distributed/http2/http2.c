#include "distributed/http2/http2.h"
#include "distributed/waiter.h"
#include <pthread.h>
#include <stdatomic.h>

const hr_transport hr_http2_transport = {
    .version = HR_TRANSPORT_VERSION,
    .channel_new = hr_http2_channel_new,
    .channel_ref = hr_http2_channel_ref,
    .channel_unref = hr_http2_channel_unref,
    .channel_address = hr_http2_channel_address,
    .channel_start = hr_http2_channel_start,
    .call_cancel = hr_http2_call_cancel,
    .call_unref = hr_http2_call_unref,
    .server_new = hr_http2_server_new,
    .server_port = hr_http2_server_port,
    .server_start = hr_http2_server_start,
    .server_stop = hr_http2_server_stop,
    .server_free = hr_http2_server_free,
    .rpc_request = hr_http2_rpc_request,
    .rpc_elsewhere = hr_http2_rpc_elsewhere,
    .rpc_time_left_ms = hr_http2_rpc_time_left_ms,
    .rpc_on_cancel = hr_http2_rpc_on_cancel,
    .rpc_is_cancelled = hr_http2_rpc_is_cancelled,
    .rpc_client = hr_http2_rpc_client,
    .rpc_reply = hr_http2_rpc_reply,
};

static _Atomic int32_t forks;
static void after_fork_in_child(void) {
  atomic_fetch_add(&forks, 1);
  hr_waiter_after_fork_in_child();
}
static void watch_forks(void) {
  (void)pthread_atfork(hr_waiter_before_fork, hr_waiter_after_fork, after_fork_in_child);
}

int32_t hr_http2_generation(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch_forks);
  return atomic_load_explicit(&forks, memory_order_relaxed);
}

hr_status hr_http2_check_not_forked(void) {
  if (hr_http2_generation() == 0) return HR_SUCCESS;
  return hr_error(HR_FAILED_PRECONDITION,
                  "This process was forked from one that uses gRPC, so it cannot use gRPC itself: fork before the "
                  "first session or server, or start a new program");
}

void hr_http2_add_field(hr_text *fields, const char *name, const char *value) {
  hr_text_add(fields, name, strlen(name) + 1);
  hr_text_add(fields, value, strlen(value) + 1);
}
