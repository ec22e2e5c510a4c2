/* Calls that a server answers. */
#include "distributed/http2/server_parts.h"
#include "distributed/notice.h"
#include "runtime/base/clock.h"
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_STATUS_BYTES 3072 /* of an error's text: headers are limited */
/* The client ends a call at its deadline itself, and says why; we only do where it does not. */
#define DEADLINE_GRACE_NANOS INT64_C(500000000)

struct hr_rpc {
  const hr_transport *transport; /* first */
  hr_h2_stream stream;
  hr_task task;
  void (*run)(void *argument); /* of the task, where a handler goes on elsewhere */
  void *run_argument;
  _Atomic int32_t references; /* the connection's, and the answer */
  hr_rpc_server *server;
  const hr_rpc_method *method; /* NULL: one that nobody knows */
  char path[120];              /* of that one */
  int64_t deadline;
  hr_slices request;
  hr_notice gone; /* the client */
};

#define RPC_OF(stream_) ((hr_rpc *)((char *)(stream_)-offsetof(hr_rpc, stream)))

/* ---- the life of a call ------------------------------------------------------------------------------------------ */

static hr_h2_stream *accept_rpc(hr_h2 *connection) {
  hr_rpc_server *server = connection->owner;
  hr_rpc *rpc = calloc(1, sizeof *rpc);
  if (!rpc) return NULL;
  rpc->transport = &hr_http2_transport;
  rpc->server = server;
  rpc->deadline = rpc->stream.deadline = INT64_MAX;
  atomic_init(&rpc->references, 1);
  hr_notice_init(&rpc->gone);
  pthread_mutex_lock(&server->lock);
  ++server->calls;
  pthread_mutex_unlock(&server->lock);
  return &rpc->stream;
}

static void unref_rpc(hr_rpc *rpc) {
  if (atomic_fetch_sub(&rpc->references, 1) != 1) return;
  hr_rpc_server *server = rpc->server;
  hr_slices_clear(&rpc->request);
  hr_h2_forget_message(&rpc->stream);
  hr_status_free(rpc->stream.status);
  hr_text_free(&rpc->stream.trailers);
  hr_h2_unref(rpc->stream.connection);
  hr_notice_clear(&rpc->gone);
  free(rpc);
  hr_http2_server_ended(server);
}

static void ref_stream(hr_h2_stream *stream) {
  atomic_fetch_add_explicit(&RPC_OF(stream)->references, 1, memory_order_relaxed);
}
static void unref_stream(hr_h2_stream *stream) { unref_rpc(RPC_OF(stream)); }

/* ---- what comes in ----------------------------------------------------------------------------------------------- */

/* "100m": up to eight digits and a unit. INT64_MAX for what is no time. */
static int64_t nanos_of(hr_view text) {
  int64_t number = 0;
  if (text.length < 2 || text.length > 9) return INT64_MAX;
  for (size_t i = 0; i + 1 < text.length; ++i) {
    if (!isdigit((unsigned char)text.data[i])) return INT64_MAX;
    number = 10 * number + (text.data[i] - '0');
  }
  switch (text.data[text.length - 1]) {
  case 'H': return number > 1000000 ? INT64_MAX : number * INT64_C(3600000000000);
  case 'M': return number * INT64_C(60000000000);
  case 'S': return number * 1000000000;
  case 'm': return number * 1000000;
  case 'u': return number * 1000;
  case 'n': return number;
  default: return INT64_MAX;
  }
}

static void take_field(hr_h2_stream *stream, hr_hpack_field field) {
  hr_rpc *rpc = RPC_OF(stream);
  hr_rpc_server *server = rpc->server;
  if (hr_view_equal(field.name, HR_VIEW(":path"))) {
    for (int32_t i = 0; i < server->num_methods && !rpc->method; ++i)
      if (hr_view_equal(field.value, hr_view_of(server->methods[i].path))) rpc->method = &server->methods[i];
    snprintf(rpc->path, sizeof rpc->path, "%.*s", (int)field.value.length, field.value.data);
  } else if (hr_view_equal(field.name, HR_VIEW("grpc-timeout"))) {
    int64_t nanos = nanos_of(field.value), now = hr_monotonic_nanos();
    if (nanos > INT64_MAX / 2 - now) return;
    rpc->deadline = now + nanos;
    stream->deadline = rpc->deadline + DEADLINE_GRACE_NANOS;
    hr_loop_tick_at(stream->connection->loop, stream->deadline);
  }
}

static void handle(hr_task *task) {
  hr_rpc *rpc = (hr_rpc *)((char *)task - offsetof(hr_rpc, task));
  rpc->method->handler(rpc->method->service, rpc);
}

static hr_status check_request(hr_rpc *rpc) {
  hr_h2_stream *stream = &rpc->stream;
  if (!rpc->method) return hr_error(HR_UNIMPLEMENTED, "This server has no method %s", rpc->path);
  if (stream->is_too_long)
    return hr_error(HR_RESOURCE_EXHAUSTED, "The call's message has %zu bytes; the most is %zu", stream->length,
                    rpc->server->max_message);
  if (!stream->has_message) return hr_error(HR_INVALID_ARGUMENT, "The call has no message");
  return hr_h2_take_message(stream, &rpc->request);
}

static void take_call(hr_rpc *rpc) {
  atomic_fetch_add(&rpc->references, 1); /* until it is answered */
  hr_status status = check_request(rpc);
  if (status) {
    hr_http2_rpc_reply(rpc, status, &(hr_slices){0});
    return;
  }
  rpc->task.run = handle;
  if (rpc->method->quick)
    handle(&rpc->task);
  else
    hr_workers_run(rpc->server->workers, &rpc->task);
}

static void take_event(hr_h2_stream *stream, hr_h2_event event) {
  if (event == HR_H2_COMPLETE)
    take_call(RPC_OF(stream));
  else
    hr_notice_give(&RPC_OF(stream)->gone);
}

static size_t max_message(const hr_h2 *connection) { return ((const hr_rpc_server *)connection->owner)->max_message; }

const hr_h2_kind hr_http2_server_kind = {.is_server = true,
                                         .accept = accept_rpc,
                                         .field = take_field,
                                         .event = take_event,
                                         .ref = ref_stream,
                                         .unref = unref_stream,
                                         .closed = hr_http2_server_forget,
                                         .max_message = max_message};

/* ---- in a handler ------------------------------------------------------------------------------------------------ */

hr_slices *hr_http2_rpc_request(hr_rpc *rpc) { return &rpc->request; }

static void run_elsewhere(hr_task *task) {
  hr_rpc *rpc = (hr_rpc *)((char *)task - offsetof(hr_rpc, task));
  rpc->run(rpc->run_argument);
}

void hr_http2_rpc_elsewhere(hr_rpc *rpc, void (*run)(void *argument), void *argument) {
  rpc->task.run = run_elsewhere;
  rpc->run = run;
  rpc->run_argument = argument;
  hr_workers_run(rpc->server->workers, &rpc->task);
}

int64_t hr_http2_rpc_time_left_ms(const hr_rpc *rpc) {
  if (rpc->deadline == INT64_MAX) return INT64_MAX;
  int64_t left = (rpc->deadline - hr_monotonic_nanos()) / 1000000;
  return left > 0 ? left : 0;
}

bool hr_http2_rpc_on_cancel(hr_rpc *rpc, void (*notify)(void *argument), void *argument) {
  return hr_notice_want(&rpc->gone, notify, argument);
}

bool hr_http2_rpc_is_cancelled(const hr_rpc *rpc) { return hr_notice_is_given(&((hr_rpc *)(uintptr_t)rpc)->gone); }

hr_client_life *hr_http2_rpc_client(hr_rpc *rpc) { return rpc->stream.connection->client; }

/* An error's text as a field: at most so many bytes of it, those that are not plain as "%20". */
static void add_details(hr_text *fields, const char *text) {
  static const char cut[] = " ... [cut short]";
  size_t length = strlen(text), kept = length;
  if (length > MAX_STATUS_BYTES) {
    kept = MAX_STATUS_BYTES - (sizeof cut - 1);
    while (kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80) /* not inside of a character */
      --kept;
  }
  hr_text_add(fields, "grpc-message", sizeof "grpc-message");
  for (size_t i = 0; i < kept; ++i) {
    unsigned char byte = (unsigned char)text[i];
    if (byte < ' ' || byte > '~' || byte == '%')
      hr_text_printf(fields, "%%%02X", byte);
    else
      hr_text_add(fields, text + i, 1);
  }
  if (kept < length) hr_text_add_string(fields, cut);
  hr_text_add(fields, "", 1);
}

void hr_http2_rpc_reply(hr_rpc *rpc, hr_status status, hr_slices *response) {
  hr_notice_end(&rpc->gone);
  hr_slices_clear(&rpc->request);
  hr_text headers = {0}, trailers = {0}, *last = status ? &headers : &trailers; /* an error has one block alone */
  char code[8];
  snprintf(code, sizeof code, "%d", (int)hr_status_code(status));
  hr_http2_add_field(&headers, ":status", "200");
  hr_http2_add_field(&headers, "content-type", "application/grpc");
  hr_http2_add_field(last, "grpc-status", code);
  if (status) add_details(last, hr_status_message(status));
  if (status) hr_slices_clear(response);
  hr_h2_answer(&rpc->stream, status ? NULL : &headers, status ? NULL : response, last);
  hr_text_free(&headers);
  hr_status_free(status);
  unref_rpc(rpc);
}
