/* The library's entry, and its threads. */
#include "distributed/grpc/grpc_parts.h"
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include <grpc/support/log.h>

const hr_transport_host *hr_host;

const hr_transport hr_grpc_table = {
    .version = HR_TRANSPORT_VERSION,
    .channel_new = hr_grpc_channel_new,
    .channel_ref = hr_grpc_channel_ref,
    .channel_unref = hr_grpc_channel_unref,
    .channel_address = hr_grpc_channel_address,
    .channel_start = hr_grpc_channel_start,
    .call_cancel = hr_grpc_call_cancel,
    .call_unref = hr_grpc_call_unref,
    .server_new = hr_grpc_server_new,
    .server_port = hr_grpc_server_port,
    .server_start = hr_grpc_server_start,
    .server_stop = hr_grpc_server_stop,
    .server_free = hr_grpc_server_free,
    .rpc_request = hr_grpc_rpc_request,
    .rpc_elsewhere = hr_grpc_rpc_elsewhere,
    .rpc_time_left_ms = hr_grpc_rpc_time_left_ms,
    .rpc_on_cancel = hr_grpc_rpc_on_cancel,
    .rpc_is_cancelled = hr_grpc_rpc_is_cancelled,
    .rpc_client = hr_grpc_rpc_client,
    .rpc_reply = hr_grpc_rpc_reply,
};

static _Atomic int32_t fork_generation;

static void after_fork_in_child(void) { atomic_fetch_add(&fork_generation, 1); }

hr_status hr_check_not_forked(void) {
  if (hr_grpc_generation() == 0) return HR_SUCCESS;
  return hr_host->error(
      HR_FAILED_PRECONDITION,
      "This process was forked from one that uses gRPC, so it cannot use gRPC itself: fork before the "
      "first session or server, or start a new program");
}

int32_t hr_grpc_generation(void) { return atomic_load_explicit(&fork_generation, memory_order_relaxed); }

/* What gRPC has to say goes where our own log lines go; GRPC_VERBOSITY says how much that is. */
static void log_line(gpr_log_func_args *line) {
  int level = line->severity == GPR_LOG_SEVERITY_ERROR ? HR_LOG_WARNING : HR_LOG_INFO; /* errors are statuses here */
  hr_host->log(level, line->file, line->line, line->message);
}

/* gRPC stays initialised until the process ends: its threads may be under way at any time. */
HR_API const hr_transport *headrace_transport(const hr_transport_host *host);
const hr_transport *headrace_transport(const hr_transport_host *host) {
  hr_host = host;
  gpr_set_log_function(log_line);
  grpc_init();
  (void)pthread_atfork(NULL, NULL, after_fork_in_child);
  return &hr_grpc_table;
}

/* Nanoseconds to the next tick. */
static int64_t tick_where_due(hr_served_queue *served) {
  int64_t period = hr_keepalive_ms() * 1000000, now = hr_monotonic_nanos();
  int64_t next = atomic_load(&served->next_tick);
  if (next > now) return next - now;
  bool is_mine = atomic_compare_exchange_strong(&served->next_tick, &next, now + period);
  if (is_mine && next) served->tick(served->argument); /* not at the beginning */
  return period;
}

void *hr_serve_queue(void *argument) {
  hr_served_queue *served = argument;
  for (;;) {
    gpr_timespec left = gpr_time_from_nanos(tick_where_due(served), GPR_TIMESPAN);
    grpc_event event =
        grpc_completion_queue_next(served->queue, gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), left), NULL);
    if (event.type == GRPC_QUEUE_SHUTDOWN) return NULL;
    if (event.type == GRPC_OP_COMPLETE) ((hr_op_tag *)event.tag)->complete(event.tag, event.success != 0);
  }
}
