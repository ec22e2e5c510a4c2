/* What comes in: bytes to frames, frames to headers and messages. */
#include "distributed/http2/connection.h"
#include "runtime/base/clock.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define IN_BYTES     ((size_t)64 << 10)
#define PIECE_BYTES  ((size_t)16 << 10) /* at a time: of a large message they are copied */
#define DIRECT_BYTES ((size_t)16 << 10) /* of a message, that are worth going where they stay */
#define BLOCK_BYTES  ((size_t)64 << 10) /* of headers */
#define QUEUE_BYTES  ((size_t)4 << 20)  /* of answers that nobody takes */

/* Of what has come, before the other side is told that it may send as much again. */
#define CONNECTION_CREDIT (INT64_C(1) << 24)
#define STREAM_CREDIT     (INT64_C(1) << 29)

static void broken(hr_h2 *c, const char *what) {
  hr_h2_fail(c, hr_error(HR_UNAVAILABLE, "The other side of a connection does not speak HTTP/2: %s", what));
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* The stream cannot go on; the connection can. */
static void give_up_stream(hr_h2_stream *stream, uint32_t code, hr_status why) {
  hr_h2 *c = stream->connection;
  hr_h2_put_number(c, HR_H2_RST_STREAM, stream->id, code);
  hr_status_free(stream->status);
  stream->status = why;
  hr_h2_note(stream, HR_H2_LOST);
  hr_h2_leave(stream);
}

static void begin_message(hr_h2_stream *stream, const char *first, size_t count) {
  stream->is_compressed = stream->prefix[0] == 1;
  stream->length = hr_h2_read32((const char *)stream->prefix + 1);
  stream->has_message = true;
  stream->is_too_long = stream->length > stream->connection->kind->max_message(stream->connection);
  if (stream->length == 0 || stream->is_too_long) return;
  hr_h2_message_memory(stream, first, count);
  if (!stream->message)
    give_up_stream(stream, HR_H2_CALM,
                   hr_error(HR_RESOURCE_EXHAUSTED, "There is no memory for a message of %zu bytes", stream->length));
}

static void take_data(hr_h2_stream *stream, const char *bytes, size_t count) {
  while (count > 0 && stream->prefix_have < sizeof stream->prefix) {
    stream->prefix[stream->prefix_have++] = (unsigned char)*bytes++;
    --count;
    if (stream->prefix_have == sizeof stream->prefix) begin_message(stream, bytes, count);
  }
  if (count == 0 || stream->events & HR_H2_LOST) return;
  if (count > stream->length - stream->have) {
    give_up_stream(stream, HR_H2_PROTOCOL_ERROR, hr_error(HR_INTERNAL, "A call has more than one message"));
    return;
  }
  if (stream->message) memcpy(stream->message + stream->have, bytes, count);
  stream->have += count;
}

static void remote_ends(hr_h2_stream *stream) {
  if (stream->remote_ended) return;
  bool is_whole = stream->prefix_have == (stream->has_message ? sizeof stream->prefix : 0) &&
                  stream->have == (stream->has_message ? stream->length : 0);
  stream->remote_ended = true;
  if (!is_whole && stream->connection->kind->is_server) {
    give_up_stream(stream, HR_H2_PROTOCOL_ERROR, hr_error(HR_INTERNAL, "A call ended in the middle of its message"));
    return;
  }
  hr_h2_note(stream, HR_H2_COMPLETE);
  if (!stream->local_ended && !stream->connection->kind->is_server) { /* the answer did not need all of the question */
    hr_h2_put_number(stream->connection, HR_H2_RST_STREAM, stream->id, HR_H2_CANCEL);
    hr_h2_leave(stream);
    return;
  }
  hr_h2_leave_if_over(stream);
}

/* ---- windows ----------------------------------------------------------------------------------------------------- */

static void use_window(hr_h2 *c, size_t bytes) {
  c->window_used += (int64_t)bytes;
  if (c->window_used >= CONNECTION_CREDIT) {
    hr_h2_put_number(c, HR_H2_WINDOW_UPDATE, 0, (uint32_t)c->window_used);
    c->window_used = 0;
  }
  hr_h2_stream *stream = c->filling;
  if (!stream) return;
  stream->window_used += (int64_t)bytes;
  if (stream->window_used < STREAM_CREDIT) return;
  hr_h2_put_number(c, HR_H2_WINDOW_UPDATE, stream->id, (uint32_t)stream->window_used);
  stream->window_used = 0;
}

static void grow_window(hr_h2 *c, uint32_t id, hr_view payload) {
  uint32_t more = payload.length == 4 ? hr_h2_read32(payload.data) & INT32_MAX : 0;
  hr_h2_stream *stream = id ? hr_h2_find(c, id) : NULL;
  int64_t *window = id ? (stream ? &stream->window : NULL) : &c->window;
  if (more == 0 || (window && *window + more > INT32_MAX))
    broken(c, "a window");
  else if (window)
    *window += more;
}

static void set_initial_window(hr_h2 *c, uint32_t value) {
  int64_t more = (int64_t)value - c->initial_window;
  c->initial_window = value;
  for (int list = 0; list < HR_H2_LISTS; ++list)
    for (hr_h2_stream *s = c->streams[list]; s; s = s->next)
      s->window += more;
}

static void take_settings(hr_h2 *c, hr_view payload) {
  enum { TABLE_SIZE = 1, INITIAL_WINDOW = 4, MAX_FRAME = 5 };
  if (payload.length % 6 != 0) broken(c, "settings");
  for (size_t at = 0; at + 6 <= payload.length; at += 6) {
    uint32_t id = hr_h2_read32(payload.data + at) >> 16, value = hr_h2_read32(payload.data + at + 2);
    if ((id == INITIAL_WINDOW && value > INT32_MAX) || (id == MAX_FRAME && (value < 16384 || value >= 1 << 24))) {
      broken(c, "settings");
      return;
    }
    if (id == TABLE_SIZE) hr_hpack_encoder_limit(&c->encoder, value);
    if (id == INITIAL_WINDOW) set_initial_window(c, value);
    if (id == MAX_FRAME) c->max_frame = value;
    if (id == HR_H2_LIKES_PINGS) c->likes_pings = true;
  }
  hr_h2_put_frame(c, HR_H2_SETTINGS, HR_H2_ACK, 0, (hr_view){0});
}

/* ---- the ends of streams ----------------------------------------------------------------------------------------- */

static hr_code code_of(uint32_t error) {
  switch (error) {
  case HR_H2_REFUSED: return HR_UNAVAILABLE;
  case HR_H2_CANCEL: return HR_CANCELLED;
  case HR_H2_CALM: return HR_RESOURCE_EXHAUSTED;
  case HR_H2_SECURITY: return HR_PERMISSION_DENIED;
  default: return HR_INTERNAL;
  }
}

static void take_reset(hr_h2 *c, uint32_t id, hr_view payload) {
  if (payload.length != 4 || id == 0) {
    broken(c, "a reset");
    return;
  }
  hr_h2_stream *stream = hr_h2_find(c, id);
  if (!stream) return;
  uint32_t error = hr_h2_read32(payload.data);
  hr_status_free(stream->status);
  stream->status = hr_error(code_of(error), "The other side has ended the call (HTTP/2 error %u)", error);
  hr_h2_note(stream, HR_H2_LOST);
  hr_h2_leave(stream);
}

/* The other side takes no more calls; those up to the last one it knows go on. */
static void take_goaway(hr_h2 *c, hr_view payload) {
  if (payload.length < 8) {
    broken(c, "a farewell");
    return;
  }
  uint32_t last = hr_h2_read32(payload.data) & INT32_MAX;
  c->is_draining = true;
  for (int list = 0; list < HR_H2_LISTS && !c->kind->is_server; ++list) {
    for (hr_h2_stream *s = c->streams[list], *next; s; s = next) {
      next = s->next;
      if (s->id <= last) continue;
      hr_status_free(s->status);
      s->status = hr_error(HR_UNAVAILABLE, "The server takes no more calls");
      hr_h2_note(s, HR_H2_LOST);
      hr_h2_leave(s);
    }
  }
}

/* ---- headers ----------------------------------------------------------------------------------------------------- */

typedef struct field_target {
  hr_h2 *connection;
  hr_h2_stream *stream;
} field_target;

static void take_field(void *argument, hr_hpack_field field) {
  field_target *target = argument;
  if (target->stream) target->connection->kind->field(target->stream, field);
}

static hr_h2_stream *accept_stream(hr_h2 *c, uint32_t id) {
  if (id % 2 == 0 || id <= c->last_id) {
    if (id % 2 == 0) broken(c, "a stream's number");
    return NULL; /* one that is over */
  }
  c->last_id = id;
  hr_h2_stream *stream = c->is_draining ? NULL : c->kind->accept(c);
  if (!stream) {
    hr_h2_put_number(c, HR_H2_RST_STREAM, id, HR_H2_REFUSED);
    return NULL;
  }
  stream->id = id;
  stream->connection = hr_h2_ref(c);
  stream->window = c->initial_window;
  hr_h2_enter(c, stream);
  return stream;
}

static void end_block(hr_h2 *c) {
  uint32_t id = c->block_id;
  c->in_headers = false;
  hr_h2_stream *stream = hr_h2_find(c, id);
  if (!stream && c->kind->is_server) stream = accept_stream(c, id);
  if (c->is_closed) return;
  field_target target = {c, stream};
  bool good = hr_hpack_decode(&c->decoder, (hr_view){c->block.data, c->block.length}, take_field, &target);
  c->block.length = 0;
  if (!good)
    broken(c, "headers");
  else if (stream && c->block_flags & HR_H2_END_STREAM)
    remote_ends(stream);
}

/* Cuts off what stands around the payload. */
static bool unpad(uint8_t flags, hr_view *payload) {
  size_t padding = 0;
  if (flags & HR_H2_PADDED) {
    if (payload->length == 0) return false;
    padding = (unsigned char)*payload->data++;
    --payload->length;
  }
  size_t before = flags & HR_H2_WITH_PRIORITY ? 5 : 0;
  if (payload->length < padding + before) return false;
  payload->data += before;
  payload->length -= padding + before;
  return true;
}

static void take_headers(hr_h2 *c, bool is_first, hr_view payload) {
  if (c->frame_id == 0 || (is_first && !unpad(c->flags, &payload)) || (!is_first && !c->in_headers)) {
    broken(c, "headers");
    return;
  }
  if (is_first) {
    c->in_headers = true;
    c->block_id = c->frame_id;
    c->block_flags = c->flags;
    c->block.length = 0;
  }
  hr_text_add(&c->block, payload.data ? payload.data : "", payload.length);
  if (c->block.failed || c->block.length > BLOCK_BYTES)
    broken(c, "headers that are too long");
  else if (c->flags & HR_H2_END_HEADERS)
    end_block(c);
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

static void take_ping(hr_h2 *c, hr_view payload) {
  if (payload.length != 8)
    broken(c, "a ping");
  else if (!(c->flags & HR_H2_ACK))
    hr_h2_put_frame(c, HR_H2_PING, HR_H2_ACK, 0, payload);
}

static void take_frame(hr_h2 *c, hr_view payload) {
  switch (c->type) {
  case HR_H2_HEADERS: take_headers(c, true, payload); break;
  case HR_H2_CONTINUATION: take_headers(c, false, payload); break;
  case HR_H2_RST_STREAM: take_reset(c, c->frame_id, payload); break;
  case HR_H2_SETTINGS:
    if (!(c->flags & HR_H2_ACK)) take_settings(c, payload);
    break;
  case HR_H2_PING: take_ping(c, payload); break;
  case HR_H2_GOAWAY: take_goaway(c, payload); break;
  case HR_H2_WINDOW_UPDATE: grow_window(c, c->frame_id, payload); break;
  case HR_H2_PUSH_PROMISE: broken(c, "a promise"); break;
  default: break;
  }
  if (c->queue.bytes.length > QUEUE_BYTES) broken(c, "questions without end");
}

/* The head of a frame. */
static void begin_frame(hr_h2 *c, const char *head) {
  c->frame_left = hr_h2_read32(head) >> 8;
  c->type = (uint8_t)head[3];
  c->flags = (uint8_t)head[4];
  c->frame_id = hr_h2_read32(head + 5) & INT32_MAX;
  c->in_frame = true;
  c->pad_left = 0;
  bool is_data = c->type == HR_H2_DATA;
  if (c->frame_left > (is_data ? HR_H2_MAX_FRAME : IN_BYTES / 2))
    broken(c, "a frame is too long");
  else if (c->in_headers && (c->type != HR_H2_CONTINUATION || c->frame_id != c->block_id))
    broken(c, "a frame among headers");
  else if (is_data && (c->frame_id == 0 || (c->flags & HR_H2_PADDED && c->frame_left == 0)))
    broken(c, "a frame without a stream");
  if (c->is_closed || !is_data) return;
  hr_h2_stream *stream = hr_h2_find(c, c->frame_id);
  if (stream && !stream->remote_ended) {
    c->kind->ref(stream);
    c->filling = stream;
  }
  use_window(c, c->frame_left);
}

static void end_data(hr_h2 *c) {
  hr_h2_stream *stream = c->filling;
  c->in_frame = false;
  c->filling = NULL;
  if (!stream) return;
  if (c->flags & HR_H2_END_STREAM && !(stream->events & HR_H2_LOST)) remote_ends(stream);
  hr_h2_let_go(stream);
}

/* Bytes of a DATA frame that are in the buffer. */
static void take_data_bytes(hr_h2 *c) {
  size_t count = c->in_have - c->in_at < c->frame_left ? c->in_have - c->in_at : c->frame_left;
  const char *bytes = c->in + c->in_at;
  c->in_at += count;
  if (c->flags & HR_H2_PADDED && count > 0) { /* its length comes first */
    c->pad_left = (unsigned char)*bytes++;
    --count;
    --c->frame_left;
    c->flags &= (uint8_t)~HR_H2_PADDED;
    if (c->pad_left > c->frame_left) {
      broken(c, "padding");
      return;
    }
  }
  size_t content = c->frame_left - c->pad_left, taken = count < content ? count : content;
  c->frame_left -= count;
  if (count > taken) c->pad_left -= count - taken;
  if (c->filling && taken > 0 && !(c->filling->events & HR_H2_LOST)) take_data(c->filling, bytes, taken);
  if (c->frame_left == 0) end_data(c);
}

/* What is in the buffer, as far as it makes frames. */
static void take_all(hr_h2 *c) {
  while (!c->is_closed) {
    size_t left = c->in_have - c->in_at;
    const char *bytes = c->in + c->in_at;
    if (!c->has_preface) {
      size_t length = sizeof HR_H2_PREFACE - 1;
      if (memcmp(bytes, HR_H2_PREFACE, left < length ? left : length) != 0) broken(c, "its first bytes");
      if (left < length) return;
      c->has_preface = true;
      c->in_at += length;
    } else if (!c->in_frame) {
      if (left < HR_H2_HEAD) return;
      c->in_at += HR_H2_HEAD;
      begin_frame(c, bytes);
      if (!c->is_closed && c->type == HR_H2_DATA && c->frame_left == 0) end_data(c);
    } else if (c->type == HR_H2_DATA) {
      if (left == 0) return;
      take_data_bytes(c);
    } else {
      if (left < c->frame_left) return;
      c->in_at += c->frame_left;
      c->in_frame = false;
      take_frame(c, (hr_view){bytes, c->frame_left});
    }
  }
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* How many of the frame's bytes may go straight to their message. */
static size_t direct_bytes(const hr_h2 *c) {
  const hr_h2_stream *stream = c->filling;
  if (!c->in_frame || c->type != HR_H2_DATA || !stream || !stream->message || c->flags & HR_H2_PADDED) return 0;
  if (c->in_at < c->in_have) return 0;
  size_t frame = c->frame_left - c->pad_left, message = stream->length - stream->have;
  size_t direct = frame < message ? frame : message;
  return direct >= DIRECT_BYTES ? direct : 0;
}

/* -1: nothing is there; 0: it has ended. `*is_all`: less came than there was room for. Only the reading thread. */
static ssize_t receive(hr_h2 *c, size_t direct, bool *is_all) {
  if (c->in_at == c->in_have) c->in_at = c->in_have = 0;
  if (c->in_at > IN_BYTES / 2) {
    memmove(c->in, c->in + c->in_at, c->in_have - c->in_at);
    c->in_have -= c->in_at;
    c->in_at = 0;
  }
  struct iovec places[2];
  struct msghdr message = {.msg_iov = places};
  if (direct > 0) places[message.msg_iovlen++] = (struct iovec){c->filling->message + c->filling->have, direct};
  size_t room = IN_BYTES - c->in_have < PIECE_BYTES ? IN_BYTES - c->in_have : PIECE_BYTES;
  places[message.msg_iovlen++] = (struct iovec){c->in + c->in_have, room};
  ssize_t got;
  do
    got = recvmsg(c->fd, &message, MSG_DONTWAIT);
  while (got < 0 && errno == EINTR);
  if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
  *is_all = (size_t)got < direct + room;
  return got;
}

static void take_received(hr_h2 *c, size_t direct, size_t got) {
  size_t placed = got < direct ? got : direct;
  if (placed > 0) {
    c->filling->have += placed;
    c->frame_left -= placed;
    got -= placed;
    if (c->frame_left == 0) end_data(c);
  }
  c->in_have += got;
  c->last_read = hr_monotonic_nanos();
  c->ping_sent = 0;
  take_all(c);
}

/* The reading thread, until nothing is left. Lock held but for while it receives. */
static void read_on(hr_h2 *c) {
  bool is_all = false;
  while (!c->is_closed) {
    if (is_all && !c->reads_to_end && !c->reads_again) return;
    if (is_all) is_all = c->reads_again = false;
    size_t direct = direct_bytes(c);
    pthread_mutex_unlock(&c->lock);
    ssize_t got = receive(c, direct, &is_all);
    pthread_mutex_lock(&c->lock);
    if (got > 0) {
      take_received(c, direct, (size_t)got);
    } else if (got == 0) {
      hr_h2_fail(c, hr_error(HR_UNAVAILABLE, "The connection was closed by the other side"));
    } else if (!c->reads_again) {
      return;
    } else {
      c->reads_again = false;
    }
  }
}

void hr_h2_read(hr_h2 *c) {
  pthread_mutex_lock(&c->lock);
  bool reads = !c->is_reading;
  c->reads_again = !reads;
  if (reads) {
    c->is_reading = true;
    read_on(c);
    c->is_reading = false;
    if (c->is_closed) hr_h2_end_reading(c);
    hr_h2_watch(c);
  }
  pthread_mutex_unlock(&c->lock);
}

void hr_h2_end_reading(hr_h2 *c) {
  if (c->filling) hr_h2_let_go(c->filling);
  c->filling = NULL;
}

void hr_h2_forget_input(hr_h2 *c) {
  free(c->in);
  hr_text_free(&c->block);
  hr_hpack_decoder_clear(&c->decoder);
}

hr_status hr_h2_open_input(hr_h2 *c) {
  c->in = malloc(IN_BYTES);
  hr_hpack_decoder_init(&c->decoder);
  return c->in ? HR_SUCCESS : hr_error_out_of_memory(IN_BYTES, "a connection");
}
