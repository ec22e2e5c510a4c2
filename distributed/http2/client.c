/* Channels and their calls. */
#include "distributed/handler_threads.h"
#include "distributed/http2/connection.h"
#include "distributed/http2/http2.h"
#include "runtime/base/clock.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Between attempts to connect for calls that wait until the server is there. */
#define FIRST_PAUSE_MS 200
#define LAST_PAUSE_MS  1000

struct hr_channel {
  const hr_transport *transport; /* first */
  hr_watched watched;            /* for the time of calls that wait for the connection */
  _Atomic int32_t references;    /* the owners' and those of calls under way */
  _Atomic int32_t holds; /* of all of the former together, of the connection, the loop and the connecting thread */
  hr_loop *loop;
  int32_t generation;
  pthread_mutex_t lock; /* guards what follows */
  hr_h2 *connection;    /* a reference; NULL: none */
  bool is_connecting;
  hr_call *waiting, **end_of_waiting;
  char address[];
};

struct hr_call {
  const hr_transport *transport; /* first */
  hr_h2_stream stream;
  _Atomic int32_t references;
  hr_channel *channel; /* a reference */
  hr_call *next;       /* that waits for the connection */
  hr_slices request;   /* until it has begun */
  const char *method;
  bool waits_for_server;
  bool has_begun, is_cancelled; /* the channel's lock guards them */
  hr_call_done done;
  void *argument;
  int32_t http_status, code; /* of the answer's headers; -1: none */
  hr_text details;
};

#define CONTAINER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))
#define CALL_OF(stream)                  CONTAINER(stream, hr_call, stream)

/* ---- the lives of channels and calls ----------------------------------------------------------------------------- */

static void release(hr_channel *channel) {
  if (atomic_fetch_sub(&channel->holds, 1) != 1) return;
  pthread_mutex_destroy(&channel->lock);
  free(channel);
}

static void hold(hr_channel *channel) { atomic_fetch_add(&channel->holds, 1); }

hr_channel *hr_http2_channel_ref(hr_channel *channel) {
  atomic_fetch_add_explicit(&channel->references, 1, memory_order_relaxed);
  return channel;
}

void hr_http2_channel_unref(hr_channel *channel) {
  if (atomic_fetch_sub(&channel->references, 1) != 1 || channel->generation != hr_http2_generation()) return;
  pthread_mutex_lock(&channel->lock);
  hr_h2 *connection = channel->connection;
  channel->connection = NULL;
  pthread_mutex_unlock(&channel->lock);
  if (connection) hr_h2_close(connection, hr_error(HR_CANCELLED, "The channel is gone"));
  hr_h2_unref(connection);
  hr_loop_remove(channel->loop, &channel->watched, -1);
  release(channel);
}

const char *hr_http2_channel_address(const hr_channel *channel) { return channel->address; }

void hr_http2_call_unref(hr_call *call) {
  if (atomic_fetch_sub(&call->references, 1) != 1) return;
  hr_slices_clear(&call->request);
  hr_h2_forget_message(&call->stream);
  hr_status_free(call->stream.status);
  hr_text_free(&call->details);
  hr_h2_unref(call->stream.connection);
  hr_http2_channel_unref(call->channel);
  free(call);
}

static void ref_stream(hr_h2_stream *stream) {
  atomic_fetch_add_explicit(&CALL_OF(stream)->references, 1, memory_order_relaxed);
}
static void unref_stream(hr_h2_stream *stream) { hr_http2_call_unref(CALL_OF(stream)); }

/* ---- the answer -------------------------------------------------------------------------------------------------- */

/* "%20" and the like are bytes. */
static void add_decoded(hr_text *out, hr_view text) {
  for (size_t i = 0; i < text.length; ++i) {
    unsigned byte;
    char digits[3] = {0};
    if (text.data[i] == '%' && i + 2 < text.length) memcpy(digits, text.data + i + 1, 2);
    if (digits[0] && sscanf(digits, "%2x", &byte) == 1 && strspn(digits, "0123456789abcdefABCDEF") == 2) {
      hr_text_add(out, &(char){(char)byte}, 1);
      i += 2;
    } else {
      hr_text_add(out, text.data + i, 1);
    }
  }
}

static int32_t number_of(hr_view text) {
  int32_t number = text.length > 0 ? 0 : -1;
  for (size_t i = 0; i < text.length; ++i) {
    if (text.data[i] < '0' || text.data[i] > '9' || number > 100000) return -1;
    number = 10 * number + (text.data[i] - '0');
  }
  return number;
}

static void take_field(hr_h2_stream *stream, hr_hpack_field field) {
  hr_call *call = CALL_OF(stream);
  if (hr_view_equal(field.name, HR_VIEW(":status"))) call->http_status = number_of(field.value);
  if (hr_view_equal(field.name, HR_VIEW("grpc-status"))) call->code = number_of(field.value);
  if (hr_view_equal(field.name, HR_VIEW("grpc-message")) && call->details.length == 0)
    add_decoded(&call->details, field.value);
}

/* Of an answer that something other than gRPC has given. */
static hr_status status_of_http(int32_t http) {
  hr_code code = http == 401                                                ? HR_UNAUTHENTICATED
                 : http == 403                                              ? HR_PERMISSION_DENIED
                 : http == 404                                              ? HR_UNIMPLEMENTED
                 : http == 429 || http == 502 || http == 503 || http == 504 ? HR_UNAVAILABLE
                                                                            : HR_UNKNOWN;
  if (http == 200) return hr_error(HR_INTERNAL, "The server answered a call without a status");
  return hr_error(code, "The server answered a call with HTTP status %d", http);
}

static hr_status answer_of(hr_call *call, hr_slices *response) {
  hr_h2_stream *stream = &call->stream;
  if (call->code < 0) return status_of_http(call->http_status);
  if (call->code > 0)
    return hr_error(call->code <= HR_UNAUTHENTICATED ? (hr_code)call->code : HR_UNKNOWN, "%s",
                    call->details.data ? call->details.data : "");
  if (stream->is_too_long)
    return hr_error(HR_RESOURCE_EXHAUSTED, "The answer to a call has %zu bytes; the most is %zu", stream->length,
                    hr_message_limit());
  if (!stream->has_message || stream->have < stream->length)
    return hr_error(HR_INTERNAL, "The server answered a call without a message");
  return hr_h2_take_message(stream, response);
}

static void end(hr_call *call, hr_status status, hr_slices *response) {
  if (hr_status_code(status) == HR_UNAVAILABLE) status = hr_status_prefix(status, "%s: ", call->channel->address);
  call->done(call->argument, status, response);
  hr_slices_clear(response);
  hr_http2_call_unref(call);
}

static void take_event(hr_h2_stream *stream, hr_h2_event event) {
  hr_call *call = CALL_OF(stream);
  hr_slices response = {0};
  hr_status status;
  if (event == HR_H2_COMPLETE) {
    status = answer_of(call, &response);
  } else {
    status = stream->status;
    stream->status = HR_SUCCESS;
  }
  end(call, status, &response);
}

static void connection_closed(hr_h2 *connection) {
  hr_channel *channel = connection->owner;
  pthread_mutex_lock(&channel->lock);
  bool is_ours = channel->connection == connection;
  if (is_ours) channel->connection = NULL;
  pthread_mutex_unlock(&channel->lock);
  if (is_ours) hr_h2_unref(connection);
  release(channel);
}

static size_t max_message(const hr_h2 *connection) {
  (void)connection;
  return hr_message_limit();
}

/* What each call begins with. */
static void add_head(const hr_channel *channel, const char *method, hr_text *fields) {
  hr_http2_add_field(fields, ":method", "POST");
  hr_http2_add_field(fields, ":scheme", "http");
  hr_http2_add_field(fields, ":path", method);
  hr_http2_add_field(fields, ":authority", channel->address);
  hr_http2_add_field(fields, "te", "trailers");
  hr_http2_add_field(fields, "content-type", "application/grpc");
  hr_http2_add_field(fields, "user-agent", "headrace");
}

/* A call of nothing, whose answer, that there is no such method, goes to a stream that nobody knows. */
static void ask(hr_h2 *connection) {
  if (connection->next_id >= INT32_MAX) return;
  hr_text fields = {0};
  add_head(connection->owner, "/headrace.Nothing/AreYouThere", &fields);
  hr_h2_put_headers(connection, connection->next_id, &fields, true);
  connection->next_id += 2;
  hr_text_free(&fields);
}

static const hr_h2_kind client_kind = {.field = take_field,
                                       .event = take_event,
                                       .ref = ref_stream,
                                       .unref = unref_stream,
                                       .closed = connection_closed,
                                       .max_message = max_message,
                                       .ask = ask};

/* ---- beginning --------------------------------------------------------------------------------------------------- */

static void add_timeout(hr_text *fields, int64_t deadline) {
  if (deadline == INT64_MAX) return;
  int64_t left = (deadline - hr_monotonic_nanos() + 999999) / 1000000;
  char text[24];
  if (left < 1) left = 1;
  if (left < 100000000)
    snprintf(text, sizeof text, "%lldm", (long long)left);
  else
    snprintf(text, sizeof text, "%lldS", (long long)(left / 1000 < 99999999 ? left / 1000 : 99999999));
  hr_http2_add_field(fields, "grpc-timeout", text);
}

/* False: the connection takes no more calls. */
static bool begin(hr_call *call, hr_h2 *connection) {
  hr_channel *channel = call->channel;
  hr_text fields = {0};
  add_head(channel, call->method, &fields);
  add_timeout(&fields, call->stream.deadline);
  atomic_fetch_add(&call->references, 1); /* it may end meanwhile */
  bool begun = hr_h2_begin(connection, &call->stream, &fields, &call->request);
  hr_text_free(&fields);
  pthread_mutex_lock(&channel->lock);
  call->has_begun = begun;
  bool is_cancelled = begun && call->is_cancelled;
  pthread_mutex_unlock(&channel->lock);
  if (is_cancelled) hr_h2_abandon(&call->stream, hr_error(HR_CANCELLED, "The call was cancelled"));
  hr_http2_call_unref(call);
  return begun;
}

/* Lock held. */
static void add_waiting(hr_channel *channel, hr_call *call) {
  call->next = NULL;
  *channel->end_of_waiting = call;
  channel->end_of_waiting = &call->next;
}

/* All that wait; lock held. */
static hr_call *take_waiting(hr_channel *channel) {
  hr_call *list = channel->waiting;
  channel->waiting = NULL;
  channel->end_of_waiting = &channel->waiting;
  return list;
}

/* Ends those for which it is time; the others wait on. When to look next. */
static int64_t tick(hr_watched *watched, int64_t now) {
  hr_channel *channel = CONTAINER(watched, hr_channel, watched);
  hr_call *ended = NULL, **end_of_ended = &ended;
  int64_t next_time = INT64_MAX;
  pthread_mutex_lock(&channel->lock);
  hr_call *list = take_waiting(channel);
  while (list) {
    hr_call *call = list;
    list = call->next;
    if (call->is_cancelled || call->stream.deadline <= now) {
      call->next = NULL;
      *end_of_ended = call;
      end_of_ended = &call->next;
    } else {
      if (call->stream.deadline < next_time) next_time = call->stream.deadline;
      add_waiting(channel, call);
    }
  }
  pthread_mutex_unlock(&channel->lock);
  while (ended) {
    hr_call *call = ended;
    ended = call->next;
    hr_slices none = {0};
    end(call,
        call->is_cancelled ? hr_error(HR_CANCELLED, "The call was cancelled")
                           : hr_error(HR_DEADLINE_EXCEEDED, "Deadline Exceeded: %s was not reached", channel->address),
        &none);
  }
  return next_time;
}

/* ---- connecting -------------------------------------------------------------------------------------------------- */

/* What waits goes on its way; false where the connection was lost at once. */
static bool begin_waiting(hr_channel *channel, hr_h2 *connection) {
  pthread_mutex_lock(&channel->lock);
  channel->connection = hr_h2_ref(connection);
  hr_call *list = take_waiting(channel);
  channel->is_connecting = false;
  pthread_mutex_unlock(&channel->lock);
  bool good = true;
  while (list) {
    hr_call *call = list;
    list = call->next;
    if (good) good = begin(call, connection);
    if (good) continue;
    pthread_mutex_lock(&channel->lock);
    add_waiting(channel, call);
    channel->is_connecting = true;
    pthread_mutex_unlock(&channel->lock);
  }
  return good;
}

/* Those that do not want to wait for a server end. Whether others are left. */
static bool fail_waiting(hr_channel *channel, hr_status why) {
  hr_call *failed = NULL;
  pthread_mutex_lock(&channel->lock);
  hr_call *list = take_waiting(channel);
  while (list) {
    hr_call *call = list;
    list = call->next;
    if (call->waits_for_server) {
      add_waiting(channel, call);
    } else {
      call->next = failed;
      failed = call;
    }
  }
  bool left = channel->is_connecting = channel->waiting != NULL;
  pthread_mutex_unlock(&channel->lock);
  while (failed) {
    hr_call *call = failed;
    failed = call->next;
    hr_slices none = {0};
    end(call, hr_status_copy(why), &none);
  }
  hr_status_free(why);
  return left;
}

static hr_status open_connection(hr_channel *channel, hr_h2 **out) {
  hr_text why = {0};
  hr_status status = HR_SUCCESS;
  int fd = hr_http2_connect(channel->address, &why);
  if (fd < 0)
    status = hr_error(HR_UNAVAILABLE, "failed to connect: %s", why.data ? why.data : "");
  else
    hold(channel);
  hr_text_free(&why);
  if (status) return status;
  status = hr_h2_new(&client_kind, channel, channel->loop, fd, out);
  if (status) release(channel);
  return status;
}

static void *connect_it(void *argument) {
  hr_channel *channel = argument;
  int64_t pause = FIRST_PAUSE_MS;
  for (;;) {
    hr_h2 *connection;
    hr_status status = open_connection(channel, &connection);
    if (!status) {
      bool good = begin_waiting(channel, connection);
      bool is_wanted = atomic_load(&channel->references) > 0;
      if (!is_wanted) { /* nobody will end it */
        pthread_mutex_lock(&channel->lock);
        bool is_ours = channel->connection == connection;
        if (is_ours) channel->connection = NULL;
        pthread_mutex_unlock(&channel->lock);
        hr_h2_close(connection, hr_error(HR_CANCELLED, "The channel is gone"));
        if (is_ours) hr_h2_unref(connection);
      }
      hr_h2_unref(connection);
      if (good) break;
      status = hr_error(HR_UNAVAILABLE, "The connection was lost at once");
    }
    if (!fail_waiting(channel, status)) break;
    nanosleep(&(struct timespec){pause / 1000, pause % 1000 * 1000000}, NULL);
    pause = 2 * pause < LAST_PAUSE_MS ? 2 * pause : LAST_PAUSE_MS;
  }
  release(channel);
  return NULL;
}

static void start_connecting(hr_channel *channel) {
  pthread_t thread;
  hold(channel);
  if (hr_start_thread(&thread, connect_it, channel)) {
    pthread_detach(thread);
    return;
  }
  (void)fail_waiting(channel, hr_error(HR_RESOURCE_EXHAUSTED, "no thread can be started for a connection"));
  release(channel);
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static void begin_or_wait(hr_channel *channel, hr_call *call) {
  pthread_mutex_lock(&channel->lock);
  hr_h2 *connection = channel->connection ? hr_h2_ref(channel->connection) : NULL;
  pthread_mutex_unlock(&channel->lock);
  bool begun = connection && begin(call, connection);
  if (!begun) {
    int64_t deadline = call->stream.deadline; /* the call may end as soon as others see it */
    pthread_mutex_lock(&channel->lock);
    hr_h2 *lost = channel->connection == connection ? connection : NULL;
    if (lost) channel->connection = NULL;
    bool connects = !channel->is_connecting;
    channel->is_connecting = true;
    add_waiting(channel, call);
    hold(channel);
    pthread_mutex_unlock(&channel->lock);
    hr_h2_unref(lost);
    if (connects) start_connecting(channel);
    hr_loop_tick_at(channel->loop, deadline);
    release(channel);
  }
  hr_h2_unref(connection);
}

static hr_status new_call(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                          hr_call **out) {
  HR_TRY(hr_http2_check_not_forked());
  if (request->failed) return hr_error_out_of_memory(request->bytes, "a call");
  hr_call *call = calloc(1, sizeof *call);
  if (!call) return hr_error_out_of_memory(sizeof *call, "a call");
  *call = (hr_call){.transport = &hr_http2_transport,
                    .channel = hr_http2_channel_ref(channel),
                    .request = *request,
                    .method = method,
                    .waits_for_server = options && options->wait_for_ready,
                    .http_status = -1,
                    .code = -1,
                    .stream.deadline = INT64_MAX};
  if (options && options->timeout_ms > 0 && options->timeout_ms < INT64_MAX / 2000000)
    call->stream.deadline = hr_monotonic_nanos() + options->timeout_ms * 1000000;
  *request = (hr_slices){0};
  *out = call;
  return HR_SUCCESS;
}

void hr_http2_channel_start(hr_channel *channel, const char *method, hr_slices *request, const hr_call_options *options,
                            hr_call_done done, void *argument, hr_call **out) {
  hr_call *call;
  if (out) *out = NULL;
  hr_status status = new_call(channel, method, request, options, &call);
  if (status) {
    hr_slices_clear(request);
    done(argument, status, &(hr_slices){0});
    return;
  }
  call->done = done;
  call->argument = argument;
  atomic_init(&call->references, out ? 2 : 1);
  if (out) *out = call; /* before it can end */
  begin_or_wait(channel, call);
}

void hr_http2_call_cancel(hr_call *call) {
  hr_channel *channel = call->channel;
  pthread_mutex_lock(&channel->lock);
  call->is_cancelled = true;
  bool begun = call->has_begun;
  pthread_mutex_unlock(&channel->lock);
  if (begun)
    hr_h2_abandon(&call->stream, hr_error(HR_CANCELLED, "The call was cancelled"));
  else
    hr_loop_tick_at(channel->loop, 1);
}

/* ---- channels ---------------------------------------------------------------------------------------------------- */

static void ref_watched(hr_watched *watched) { hold(CONTAINER(watched, hr_channel, watched)); }
static void unref_watched(hr_watched *watched) { release(CONTAINER(watched, hr_channel, watched)); }

hr_status hr_http2_channel_new(const char *address, const hr_tls *tls, hr_channel **out) {
  (void)tls;
  *out = NULL;
  HR_TRY(hr_http2_check_not_forked());
  hr_loop *loop;
  HR_TRY(hr_loop_of_clients(&loop));
  size_t length = strlen(address) + 1;
  hr_channel *channel = calloc(1, sizeof *channel + length);
  if (!channel) return hr_error_out_of_memory(sizeof *channel + length, "a channel");
  channel->transport = &hr_http2_transport;
  channel->watched = (hr_watched){.tick = tick, .ref = ref_watched, .unref = unref_watched};
  channel->loop = loop;
  channel->generation = hr_http2_generation();
  channel->end_of_waiting = &channel->waiting;
  memcpy(channel->address, address, length);
  atomic_init(&channel->references, 1);
  atomic_init(&channel->holds, 1);
  pthread_mutex_init(&channel->lock, NULL);
  if (!hr_loop_add(loop, &channel->watched, -1)) {
    release(channel);
    return hr_error_out_of_memory(0, "a channel");
  }
  *out = channel;
  return HR_SUCCESS;
}
