#include "distributed/http2/connection.h"
#include "distributed/keep_alive.h"
#include "runtime/base/clock.h"
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SILENT_SECONDS 30 /* of a machine: the system's own look at connections */

static int64_t keepalive_nanos(void) { return hr_keepalive_ms() * 1000000; }

/* ---- streams ----------------------------------------------------------------------------------------------------- */

static hr_h2_stream **list_of(hr_h2 *c, uint32_t id) { return &c->streams[id / 2 % HR_H2_LISTS]; }

hr_h2_stream *hr_h2_find(hr_h2 *c, uint32_t id) {
  hr_h2_stream *stream = *list_of(c, id);
  while (stream && stream->id != id)
    stream = stream->next;
  return stream;
}

void hr_h2_enter(hr_h2 *c, hr_h2_stream *stream) {
  hr_h2_stream **list = list_of(c, stream->id);
  stream->next = *list;
  *list = stream;
  int64_t now = hr_monotonic_nanos();
  if (++c->num_streams == 1) c->last_read = now;
  hr_loop_tick_at(c->loop, stream->deadline < now + keepalive_nanos() ? stream->deadline : now + keepalive_nanos());
}

void hr_h2_leave(hr_h2_stream *stream) {
  hr_h2 *c = stream->connection;
  hr_h2_stream **link = list_of(c, stream->id);
  while (*link && *link != stream)
    link = &(*link)->next;
  if (!*link) return;
  *link = stream->next;
  --c->num_streams;
  hr_h2_stops_sending(stream);
  c->kind->unref(stream);
}

void hr_h2_leave_if_over(hr_h2_stream *stream) {
  if (stream->remote_ended && stream->local_ended) hr_h2_leave(stream);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* Takes over a reference. */
static void list(hr_h2_stream *stream) {
  hr_h2 *c = stream->connection;
  stream->is_listed = true;
  stream->next_event = NULL;
  if (c->last_event)
    c->last_event->next_event = stream;
  else
    c->first_event = stream;
  c->last_event = stream;
}

void hr_h2_note(hr_h2_stream *stream, hr_h2_event event) {
  const hr_h2_kind *kind = stream->connection->kind;
  if (stream->events & event || (stream->events && !kind->is_server)) return;
  stream->events |= (uint8_t)event;
  if (stream->is_listed) return;
  kind->ref(stream);
  list(stream);
}

void hr_h2_let_go(hr_h2_stream *stream) {
  if (stream->is_listed)
    stream->connection->kind->unref(stream); /* not the last one */
  else
    list(stream);
}

static void tell_of(hr_h2 *c, hr_h2_stream *stream) {
  uint8_t news = stream->events & (uint8_t)~stream->told;
  stream->told = stream->events;
  pthread_mutex_unlock(&c->lock);
  hr_loop_turn_away();
  if (news & HR_H2_COMPLETE) c->kind->event(stream, HR_H2_COMPLETE);
  if (news & HR_H2_LOST) c->kind->event(stream, HR_H2_LOST);
  c->kind->unref(stream);
  pthread_mutex_lock(&c->lock);
}

void hr_h2_tell(hr_h2 *c) {
  pthread_mutex_lock(&c->lock);
  bool closed = c->is_closed && !c->told_closed;
  c->told_closed |= closed;
  while (c->first_event) {
    hr_h2_stream *stream = c->first_event;
    c->first_event = stream->next_event;
    if (!c->first_event) c->last_event = NULL;
    stream->is_listed = false;
    tell_of(c, stream);
  }
  pthread_mutex_unlock(&c->lock);
  if (!closed) return;
  hr_h2_ref(c);
  hr_loop_remove(c->loop, &c->watched, c->fd);
  c->kind->closed(c);
  hr_h2_unref(c);
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

void hr_h2_fail(hr_h2 *c, hr_status why) {
  if (c->is_closed) {
    hr_status_free(why);
    return;
  }
  c->is_closed = true;
  c->why = why;
  hr_client_life_end(c->client);
  for (int list = 0; list < HR_H2_LISTS; ++list) {
    while (c->streams[list]) {
      hr_h2_stream *stream = c->streams[list];
      if (!(stream->events & HR_H2_LOST)) {
        stream->status = hr_status_copy(why);
        hr_h2_note(stream, HR_H2_LOST);
      }
      hr_h2_leave(stream);
    }
  }
  if (!c->is_writing) hr_h2_batch_clear(&c->batch);
  if (!c->is_reading) hr_h2_end_reading(c);
  (void)shutdown(c->fd, SHUT_RDWR);
}

void hr_h2_close(hr_h2 *c, hr_status why) {
  pthread_mutex_lock(&c->lock);
  hr_h2_fail(c, why);
  pthread_mutex_unlock(&c->lock);
  hr_h2_tell(c);
}

hr_h2 *hr_h2_ref(hr_h2 *c) {
  atomic_fetch_add_explicit(&c->references, 1, memory_order_relaxed);
  return c;
}

void hr_h2_unref(hr_h2 *c) {
  if (!c || atomic_fetch_sub(&c->references, 1) != 1) return;
  hr_h2_forget_input(c);
  hr_h2_batch_clear(&c->batch);
  hr_h2_batch_clear(&c->queue);
  hr_hpack_encoder_clear(&c->encoder);
  hr_status_free(c->why);
  hr_client_life_unref(c->client);
  close(c->fd);
  pthread_mutex_destroy(&c->lock);
  free(c);
}

/* ---- in the loop ------------------------------------------------------------------------------------------------- */

void hr_h2_watch(hr_h2 *c) {
  uint32_t events = (c->is_reading ? 0 : EPOLLIN | EPOLLRDHUP) | (c->is_blocked ? (uint32_t)EPOLLOUT : 0);
  if (events && !c->is_closed) hr_loop_again(c->loop, &c->watched, c->fd, events);
}

static void ready(hr_watched *watched, uint32_t events) {
  hr_h2 *c = (hr_h2 *)watched;
  pthread_mutex_lock(&c->lock);
  c->reads_to_end |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (events & EPOLLOUT) c->is_blocked = false;
  bool reads = (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (!reads) hr_h2_watch(c);
  pthread_mutex_unlock(&c->lock);
  if (reads) hr_h2_read(c);
  hr_h2_flush(c);
  hr_h2_tell(c);
}

/* Streams that are out of time; when the next one will be. Lock held. */
static int64_t end_late_streams(hr_h2 *c, int64_t now) {
  int64_t next = INT64_MAX;
  for (int list = 0; list < HR_H2_LISTS; ++list) {
    for (hr_h2_stream *s = c->streams[list], *after; s; s = after) {
      after = s->next;
      if (s->deadline <= now) {
        hr_h2_put_number(c, HR_H2_RST_STREAM, s->id, HR_H2_CANCEL);
        hr_status_free(s->status);
        s->status = hr_error(HR_DEADLINE_EXCEEDED, "Deadline Exceeded");
        hr_h2_note(s, HR_H2_LOST);
        hr_h2_leave(s);
      } else if (s->deadline < next) {
        next = s->deadline;
      }
    }
  }
  hr_h2_rescue(c);
  return next;
}

/* Whether the other side is still there, asked where it has been silent; when to look next. Lock held. */
static int64_t keep_alive(hr_h2 *c, int64_t now) {
  if (c->num_streams == 0 || c->is_closed) return INT64_MAX;
  if (c->ping_sent) {
    if (now < c->ping_sent + keepalive_nanos()) return c->ping_sent + keepalive_nanos();
    hr_h2_fail(c,
               hr_error(HR_UNAVAILABLE,
                        "keepalive watchdog timeout: the other side does not answer; it has been silent for %d seconds",
                        (int)((now - c->last_read) / 1000000000)));
    return INT64_MAX;
  }
  int64_t at = c->last_read + keepalive_nanos();
  if (now < at) return at;
  c->ping_sent = now;
  if (c->likes_pings || c->kind->is_server)
    hr_h2_put_frame(c, HR_H2_PING, 0, 0, HR_VIEW("headrace"));
  else /* gRPC's servers take more than two pings for an attack */
    c->kind->ask(c);
  return now + keepalive_nanos();
}

static int64_t tick(hr_watched *watched, int64_t now) {
  hr_h2 *c = (hr_h2 *)watched;
  pthread_mutex_lock(&c->lock);
  int64_t late = end_late_streams(c, now), silent = keep_alive(c, now);
  pthread_mutex_unlock(&c->lock);
  hr_h2_flush(c);
  hr_h2_tell(c);
  return late < silent ? late : silent;
}

static void ref_watched(hr_watched *watched) { hr_h2_ref((hr_h2 *)watched); }
static void unref_watched(hr_watched *watched) { hr_h2_unref((hr_h2 *)watched); }

/* ---- the beginning ----------------------------------------------------------------------------------------------- */

static void set(int fd, int level, int option, int value) { (void)setsockopt(fd, level, option, &value, sizeof value); }

static void set_socket(int fd) {
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, SILENT_SECONDS);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, SILENT_SECONDS / 3);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 1000 * SILENT_SECONDS);
}

static void put_setting(hr_text *text, uint16_t id, uint32_t value) {
  char bytes[6] = {(char)(id >> 8), (char)id};
  hr_h2_write32(bytes + 2, value);
  hr_text_add(text, bytes, sizeof bytes);
}

/* What both sides say first. */
static void greet(hr_h2 *c) {
  enum { ENABLE_PUSH = 2, INITIAL_WINDOW = 4, MAX_FRAME = 5 };
  hr_text settings = {0};
  if (!c->kind->is_server) put_setting(&settings, ENABLE_PUSH, 0);
  put_setting(&settings, INITIAL_WINDOW, INT32_MAX);
  put_setting(&settings, MAX_FRAME, HR_H2_MAX_FRAME);
  put_setting(&settings, HR_H2_LIKES_PINGS, 1);
  hr_h2_put_frame(c, HR_H2_SETTINGS, 0, 0, (hr_view){settings.data, settings.length});
  hr_h2_put_number(c, HR_H2_WINDOW_UPDATE, 0, INT32_MAX - 65535);
  hr_text_free(&settings);
}

static void put_preface(hr_h2 *c) {
  hr_text_add(&c->queue.bytes, HR_H2_PREFACE, sizeof HR_H2_PREFACE - 1);
  c->queue.pieces = malloc(16 * sizeof *c->queue.pieces);
  c->queue.failed = !c->queue.pieces;
  if (c->queue.failed) return;
  c->queue.capacity = 16;
  c->queue.count = 1;
  c->queue.pieces[0] = (hr_h2_piece){.length = sizeof HR_H2_PREFACE - 1};
}

hr_status hr_h2_new(const hr_h2_kind *kind, void *owner, hr_loop *loop, int fd, hr_h2 **out) {
  *out = NULL;
  hr_h2 *c = calloc(1, sizeof *c);
  if (!c) {
    close(fd);
    return hr_error_out_of_memory(sizeof *c, "a connection");
  }
  set_socket(fd);
  *c = (hr_h2){.watched = {.ready = ready, .tick = tick, .ref = ref_watched, .unref = unref_watched},
               .kind = kind,
               .owner = owner,
               .loop = loop,
               .fd = fd,
               .next_id = 1,
               .window = 65535,
               .initial_window = 65535,
               .max_frame = 16384,
               .has_preface = !kind->is_server,
               .client = kind->is_server ? hr_client_life_new() : NULL,
               .last_read = hr_monotonic_nanos()};
  atomic_init(&c->references, 1);
  pthread_mutex_init(&c->lock, NULL);
  hr_hpack_encoder_init(&c->encoder);
  hr_status status = hr_h2_open_input(c);
  if (!status && !kind->is_server) put_preface(c);
  if (!status) greet(c);
  if (!status && !hr_loop_add(loop, &c->watched, fd))
    status = hr_error(HR_RESOURCE_EXHAUSTED, "A connection cannot be watched");
  if (status) {
    hr_h2_unref(c);
    return status;
  }
  *out = c;
  return HR_SUCCESS;
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

/* With gRPC's five bytes in front. */
static hr_h2_message *frame_message(hr_slices *message) {
  hr_text prefix = {0};
  char bytes[5] = {0};
  hr_h2_write32(bytes + 1, (uint32_t)message->bytes);
  hr_text_add(&prefix, bytes, sizeof bytes);
  hr_slices framed = {.release = message->release, .owner = message->owner};
  hr_slices_add_text(&framed, &prefix);
  message->release = NULL;
  hr_slices_append(&framed, message);
  if (framed.failed) {
    hr_slices_clear(&framed);
    return NULL;
  }
  return hr_h2_message_new(&framed);
}

bool hr_h2_begin(hr_h2 *c, hr_h2_stream *stream, const hr_text *fields, hr_slices *message) {
  pthread_mutex_lock(&c->lock);
  bool may = !c->is_closed && !c->is_draining && c->next_id < INT32_MAX;
  if (may) {
    stream->connection = hr_h2_ref(c);
    stream->id = c->next_id;
    c->next_id += 2;
    stream->window = c->initial_window;
    stream->ends_with_message = true;
    stream->out = frame_message(message);
    hr_h2_put_headers(c, stream->id, fields, false);
    c->kind->ref(stream);
    hr_h2_enter(c, stream);
    if (stream->out) {
      hr_h2_sends(stream);
    } else {
      stream->status = hr_error_out_of_memory(0, "a call");
      hr_h2_put_number(c, HR_H2_RST_STREAM, stream->id, HR_H2_CANCEL);
      hr_h2_note(stream, HR_H2_LOST);
      hr_h2_leave(stream);
      hr_loop_tick_at(c->loop, 1);
    }
  }
  pthread_mutex_unlock(&c->lock);
  if (may) hr_h2_flush(c);
  return may;
}

void hr_h2_answer(hr_h2_stream *stream, const hr_text *fields, hr_slices *message, hr_text *trailers) {
  hr_h2 *c = stream->connection;
  pthread_mutex_lock(&c->lock);
  bool may = !c->is_closed && !(stream->events & HR_H2_LOST);
  if (may) {
    stream->out = message ? frame_message(message) : NULL;
    stream->trailers = *trailers;
    *trailers = (hr_text){0};
    if (stream->out) {
      hr_h2_put_headers(c, stream->id, fields, false);
      hr_h2_sends(stream);
    } else {
      if (fields) hr_h2_put_headers(c, stream->id, fields, false);
      hr_h2_put_headers(c, stream->id, &stream->trailers, true);
      stream->local_ended = true;
      if (!stream->remote_ended) {
        hr_h2_put_number(c, HR_H2_RST_STREAM, stream->id, HR_H2_NO_ERROR);
        hr_h2_leave(stream);
      }
      hr_h2_leave_if_over(stream);
    }
  }
  pthread_mutex_unlock(&c->lock);
  hr_text_free(trailers);
  if (message) hr_slices_clear(message);
  if (may) hr_h2_flush(c);
}

/* It is told in the loop: whoever calls this may hold what the call's end needs. */
void hr_h2_abandon(hr_h2_stream *stream, hr_status why) {
  hr_h2 *c = stream->connection;
  pthread_mutex_lock(&c->lock);
  bool may = hr_h2_find(c, stream->id) == stream && !stream->events;
  if (may) {
    hr_status_free(stream->status);
    stream->status = why;
    hr_h2_put_number(c, HR_H2_RST_STREAM, stream->id, HR_H2_CANCEL);
    hr_h2_note(stream, HR_H2_LOST);
    hr_h2_leave(stream);
    hr_h2_rescue(c);
  }
  pthread_mutex_unlock(&c->lock);
  if (!may) {
    hr_status_free(why);
    return;
  }
  hr_h2_flush(c);
  hr_loop_tick_at(c->loop, 1);
}
