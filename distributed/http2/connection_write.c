/* What goes out: frames, and the pieces of messages in them. */
#include "distributed/http2/connection.h"
#include "runtime/base/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Of a message, before others have their turn; and in a batch, before the socket has to take it. */
#define FRAME_BYTES ((size_t)512 << 10)
#define BATCH_BYTES ((size_t)1 << 20)
#define MAX_PIECES  64 /* in one system call */

/* ---- batches ----------------------------------------------------------------------------------------------------- */

static void add_piece(hr_h2_batch *batch, hr_h2_piece piece) {
  if (batch->count == batch->capacity) {
    int32_t capacity = batch->capacity ? 2 * batch->capacity : 16;
    hr_h2_piece *pieces = realloc(batch->pieces, sizeof *pieces * (size_t)capacity);
    if (!pieces) {
      batch->failed = true;
      return;
    }
    batch->pieces = pieces;
    batch->capacity = capacity;
  }
  if (piece.message) ++piece.message->references;
  batch->pieces[batch->count++] = piece;
}

/* The bytes from `offset` on are new. */
static void add_own(hr_h2_batch *batch, size_t offset) {
  hr_h2_piece *last = batch->count > 0 ? &batch->pieces[batch->count - 1] : NULL;
  batch->failed |= batch->bytes.failed;
  if (last && !last->data && last->offset + last->length == offset)
    last->length = batch->bytes.length - last->offset;
  else
    add_piece(batch, (hr_h2_piece){.offset = offset, .length = batch->bytes.length - offset});
}

static void add_head(hr_h2_batch *batch, size_t length, uint8_t type, uint8_t flags, uint32_t id) {
  char head[HR_H2_HEAD] = {(char)(length >> 16), (char)(length >> 8), (char)length, (char)type, (char)flags};
  hr_h2_write32(head + 5, id);
  hr_text_add(&batch->bytes, head, sizeof head);
}

static void add_frame(hr_h2_batch *batch, uint8_t type, uint8_t flags, uint32_t id, hr_view payload) {
  size_t offset = batch->bytes.length;
  add_head(batch, payload.length, type, flags, id);
  hr_text_add(&batch->bytes, payload.data ? payload.data : "", payload.length);
  add_own(batch, offset);
}

static void reset(hr_h2_batch *batch) {
  for (int32_t i = batch->next; i < batch->count; ++i)
    if (batch->pieces[i].message) hr_h2_message_unref(batch->pieces[i].message);
  batch->count = batch->next = 0;
  batch->bytes.length = 0;
  enum { KEPT = 64 << 10 };
  if (batch->bytes.capacity > KEPT) hr_text_free(&batch->bytes);
}

void hr_h2_batch_clear(hr_h2_batch *batch) {
  reset(batch);
  free(batch->pieces);
  hr_text_free(&batch->bytes);
  *batch = (hr_h2_batch){0};
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

void hr_h2_put_frame(hr_h2 *connection, uint8_t type, uint8_t flags, uint32_t id, hr_view payload) {
  add_frame(&connection->queue, type, flags, id, payload);
}

void hr_h2_put_number(hr_h2 *connection, uint8_t type, uint32_t id, uint32_t number) {
  char bytes[4];
  hr_h2_write32(bytes, number);
  hr_h2_put_frame(connection, type, 0, id, (hr_view){bytes, sizeof bytes});
}

/* What is not the same in other calls. */
static bool is_usual(hr_view name) {
  return !hr_view_equal(name, HR_VIEW("grpc-timeout")) && !hr_view_equal(name, HR_VIEW("grpc-message"));
}

static void add_headers(hr_h2 *c, hr_h2_batch *batch, uint32_t id, const hr_text *fields, bool ends) {
  hr_text block = {0};
  for (size_t at = 0; at < fields->length;) {
    hr_view name = hr_view_of(fields->data + at);
    hr_view value = hr_view_of(fields->data + at + name.length + 1);
    hr_hpack_encode(&c->encoder, &block, name, value, is_usual(name));
    at += name.length + value.length + 2;
  }
  batch->failed |= block.failed || fields->failed;
  uint8_t type = HR_H2_HEADERS, flags = ends ? HR_H2_END_STREAM : 0;
  size_t at = 0;
  do { /* nearly always one */
    size_t length = block.length - at < c->max_frame ? block.length - at : c->max_frame;
    bool is_last = at + length == block.length;
    add_frame(batch, type, flags | (is_last ? HR_H2_END_HEADERS : 0), id, (hr_view){block.data + at, length});
    at += length;
    type = HR_H2_CONTINUATION;
    flags = 0;
  } while (at < block.length);
  hr_text_free(&block);
}

void hr_h2_put_headers(hr_h2 *connection, uint32_t id, const hr_text *fields, bool ends) {
  add_headers(connection, &connection->queue, id, fields, ends);
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

hr_h2_message *hr_h2_message_new(hr_slices *slices) {
  hr_h2_message *message = malloc(sizeof *message);
  if (!message) {
    hr_slices_clear(slices);
    return NULL;
  }
  *message = (hr_h2_message){.references = 1, .slices = *slices, .left = slices->bytes};
  *slices = (hr_slices){0};
  return message;
}

void hr_h2_message_unref(hr_h2_message *message) {
  if (!message || --message->references > 0) return;
  hr_slices_clear(&message->slices);
  free(message);
}

/* The next `length` bytes. */
static void add_content(hr_h2_batch *batch, hr_h2_message *message, size_t length) {
  enum { SMALL = 2048 }; /* is better copied than a piece of its own */
  message->left -= length;
  while (length > 0) {
    const hr_slice *slice = &message->slices.slices[message->at];
    size_t left = slice->length - message->offset, taken = left < length ? left : length;
    const char *data = (const char *)slice->data + message->offset;
    if (taken > SMALL) {
      add_piece(batch, (hr_h2_piece){.data = data, .length = taken, .message = message});
    } else if (taken > 0) {
      size_t offset = batch->bytes.length;
      hr_text_add(&batch->bytes, data, taken);
      add_own(batch, offset);
    }
    message->offset += taken;
    length -= taken;
    if (message->offset < slice->length) continue;
    message->offset = 0;
    ++message->at;
  }
}

/* ---- streams that send ------------------------------------------------------------------------------------------- */

void hr_h2_sends(hr_h2_stream *stream) {
  hr_h2 *c = stream->connection;
  if (stream->is_sender) return;
  stream->is_sender = true;
  stream->next_sender = NULL;
  if (c->last_sender)
    c->last_sender->next_sender = stream;
  else
    c->first_sender = stream;
  c->last_sender = stream;
}

void hr_h2_stops_sending(hr_h2_stream *stream) {
  hr_h2 *c = stream->connection;
  if (stream->is_sender) {
    hr_h2_stream *before = NULL;
    hr_h2_stream **link = &c->first_sender;
    while (*link != stream) {
      before = *link;
      link = &before->next_sender;
    }
    *link = stream->next_sender;
    if (c->last_sender == stream) c->last_sender = before;
    stream->is_sender = false;
  }
  if (!stream->out) return;
  stream->out->is_abandoned = stream->out->left > 0 || stream->out->is_abandoned;
  hr_h2_message_unref(stream->out);
  stream->out = NULL;
}

/* The last of a stream is in the batch. */
static void end_stream(hr_h2_stream *stream) {
  hr_h2 *c = stream->connection;
  stream->local_ended = true;
  hr_h2_message_unref(stream->out);
  stream->out = NULL;
  if (c->kind->is_server && !stream->remote_ended) { /* the answer did not need all of the question */
    hr_h2_put_number(c, HR_H2_RST_STREAM, stream->id, HR_H2_NO_ERROR);
    hr_h2_leave(stream);
  } else {
    hr_h2_leave_if_over(stream);
  }
}

/* A frame of the first stream in the line, which goes to the end of it where more is left. How many bytes. */
static size_t add_frame_of(hr_h2 *c, hr_h2_stream *stream) {
  hr_h2_message *message = stream->out;
  size_t length = message->left < FRAME_BYTES ? message->left : FRAME_BYTES;
  if (length > c->max_frame) length = c->max_frame;
  int64_t window = stream->window < c->window ? stream->window : c->window;
  if (window <= 0) return 0;
  if ((int64_t)length > window) length = (size_t)window;
  bool is_last = length == message->left;
  size_t offset = c->batch.bytes.length;
  add_head(&c->batch, length, HR_H2_DATA, is_last && stream->ends_with_message ? HR_H2_END_STREAM : 0, stream->id);
  add_own(&c->batch, offset);
  add_content(&c->batch, message, length);
  stream->window -= (int64_t)length;
  c->window -= (int64_t)length;
  if (!is_last) return length;
  if (!stream->ends_with_message) add_headers(c, &c->batch, stream->id, &stream->trailers, true);
  end_stream(stream);
  return length;
}

static void fill(hr_h2 *c) {
  reset(&c->batch);
  hr_h2_batch empty = c->batch;
  c->batch = c->queue;
  c->queue = empty;
  size_t bytes = 0;
  hr_h2_stream *stuck = NULL; /* the first that could send nothing: one round without more is the end */
  while (c->first_sender && c->first_sender != stuck && bytes < BATCH_BYTES) {
    hr_h2_stream *stream = c->first_sender;
    c->first_sender = stream->next_sender;
    if (!c->first_sender) c->last_sender = NULL;
    stream->is_sender = false;
    c->kind->ref(stream); /* it may leave */
    size_t sent = add_frame_of(c, stream);
    if (stream->out) hr_h2_sends(stream);
    if (sent > 0)
      stuck = NULL;
    else if (!stuck)
      stuck = stream;
    bytes += sent;
    c->kind->unref(stream);
  }
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

void hr_h2_rescue(hr_h2 *c) {
  if (c->is_writing) return;
  for (int32_t i = c->batch.next; i < c->batch.count; ++i) {
    hr_h2_piece *piece = &c->batch.pieces[i];
    if (!piece->message || !piece->message->is_abandoned) continue;
    size_t offset = c->batch.bytes.length;
    hr_text_add(&c->batch.bytes, piece->data, piece->length);
    if (c->batch.bytes.failed) {
      c->batch.failed = true;
      return;
    }
    hr_h2_message_unref(piece->message);
    *piece = (hr_h2_piece){.offset = offset, .length = piece->length};
  }
}

static ssize_t write_some(hr_h2 *c) {
  struct iovec pieces[MAX_PIECES];
  struct msghdr message = {.msg_iov = pieces};
  for (int32_t i = c->batch.next; i < c->batch.count && message.msg_iovlen < MAX_PIECES; ++i) {
    const hr_h2_piece *piece = &c->batch.pieces[i];
    const char *data = piece->data ? piece->data : c->batch.bytes.data + piece->offset;
    pieces[message.msg_iovlen++] = (struct iovec){(void *)(uintptr_t)data, piece->length};
  }
  ssize_t written;
  do
    written = sendmsg(c->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (written < 0 && errno == EINTR);
  return written;
}

static void advance(hr_h2 *c, size_t written) {
  while (written > 0) {
    hr_h2_piece *piece = &c->batch.pieces[c->batch.next];
    size_t taken = piece->length < written ? piece->length : written;
    if (piece->data)
      piece->data += taken;
    else
      piece->offset += taken;
    piece->length -= taken;
    written -= taken;
    if (piece->length > 0) return;
    if (piece->message) hr_h2_message_unref(piece->message);
    ++c->batch.next;
  }
}

/* Nothing more can be written: whoever reads finds the end. */
static void give_up(hr_h2 *c) {
  reset(&c->batch);
  reset(&c->queue);
  (void)shutdown(c->fd, SHUT_RDWR);
}

void hr_h2_flush(hr_h2 *c) {
  pthread_mutex_lock(&c->lock);
  bool writes = !c->is_writing && !c->is_blocked && !c->is_closed;
  c->is_writing |= writes;
  while (writes) {
    if (c->batch.next == c->batch.count) fill(c);
    if (c->batch.failed || c->queue.failed) {
      give_up(c);
      break;
    }
    if (c->batch.count == 0) break;
    pthread_mutex_unlock(&c->lock);
    ssize_t written = write_some(c);
    int error = errno;
    pthread_mutex_lock(&c->lock);
    if (written > 0) {
      advance(c, (size_t)written);
      if (c->ping_sent) c->ping_sent = hr_monotonic_nanos(); /* somebody takes it: the ping may be behind it */
    } else if (error != EAGAIN && error != EWOULDBLOCK) {
      give_up(c);
      break;
    } else {
      c->is_blocked = true;
      hr_h2_watch(c);
      break;
    }
    if (c->is_closed) {
      give_up(c);
      break;
    }
  }
  if (writes) {
    c->is_writing = false;
    hr_h2_rescue(c);
  }
  pthread_mutex_unlock(&c->lock);
}
