/* A connection of HTTP/2 (RFC 7540), with what gRPC does with it: each stream is a call, one message each way.
 *
 * Sending: what is to go stands in a batch of pieces; messages are cut into frames as the other side's windows let
 * them, a bounded number of bytes at a time, so that large messages do not hold up small ones. The thread that has
 * something to send writes it itself, unless another one is writing. Receiving: one thread at a time reads; the bytes
 * of a large message go from the socket to where they stay. What has come about is told (`events`) when nothing is left
 * to be read, with no lock held, and another thread may read on meanwhile.
 *
 * What comes in is hostile: whatever breaks the protocol ends the connection. */
#ifndef HR_DISTRIBUTED_HTTP2_CONNECTION_H
#define HR_DISTRIBUTED_HTTP2_CONNECTION_H

#include "distributed/client_life.h"
#include "distributed/http2/hpack.h"
#include "distributed/http2/loop.h"
#include "distributed/slices.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/uio.h>

typedef struct hr_h2 hr_h2;
typedef struct hr_h2_stream hr_h2_stream;

/* A message on its way out, with gRPC's five bytes in front; counted by its stream and by pieces of it in a batch. */
typedef struct hr_h2_message {
  int32_t references; /* the connection's lock guards all of it */
  bool is_abandoned;  /* the call has ended: its memory may be lent */
  hr_slices slices;
  int32_t at;    /* what is not in a frame yet: from here */
  size_t offset; /* in that slice */
  size_t left;
} hr_h2_message;

/* What happens to a stream. Each at most once, `HR_H2_LOST` last. */
typedef enum hr_h2_event {
  HR_H2_COMPLETE = 1, /* all of the other side's message is there, and its last headers */
  HR_H2_LOST = 2,     /* reset, out of time, or the connection is gone: why says `status` */
} hr_h2_event;

/* First member of a call. The connection's lock guards what is not the owner's. */
struct hr_h2_stream {
  hr_h2_stream *next; /* in the connection's table, which holds a reference of the owner's kind */
  hr_h2 *connection;  /* a reference; NULL before it has begun */
  uint32_t id;
  uint8_t events, told; /* of hr_h2_event: to be told, and told */
  bool is_listed;       /* among those with events, which hold a reference */
  hr_h2_stream *next_event;
  int64_t deadline; /* hr_monotonic_nanos(); INT64_MAX: none */
  hr_status status; /* of HR_H2_LOST; the owner takes it */
  /* In. */
  unsigned char prefix[5];
  uint8_t prefix_have;
  bool is_compressed, has_message, is_too_long, remote_ended;
  size_t length, have;
  int64_t window_used; /* since it was given back last */
  char *message;       /* the owner takes it (hr_h2_take_message) */
  hr_buffer *memory;   /* that it is in */
  /* Out. */
  hr_h2_message *out;
  hr_h2_stream *next_sender;
  bool is_sender, local_ended, ends_with_message;
  int64_t window;
  hr_text trailers; /* a block that follows on the message, not coded yet: name, NUL, value, NUL */
};

/* What the two kinds of ends do. All are called on the reading thread. */
typedef struct hr_h2_kind {
  bool is_server;
  /* A new stream, with a reference for the connection's table; lock held. NULL: memory is out, it is refused. */
  hr_h2_stream *(*accept)(hr_h2 *connection);
  /* A field of its headers; lock held. `is_last`: of those that end the stream. */
  void (*field)(hr_h2_stream *stream, hr_hpack_field field);
  void (*event)(hr_h2_stream *stream, hr_h2_event event); /* no lock held */
  void (*ref)(hr_h2_stream *stream);
  void (*unref)(hr_h2_stream *stream); /* the lock may be held */
  void (*closed)(hr_h2 *connection);   /* nothing new can begin here; once, no lock held */
  size_t (*max_message)(const hr_h2 *connection);
  /* Sends something that the other side answers, of a client to servers that do not like pings; lock held. */
  void (*ask)(hr_h2 *connection);
} hr_h2_kind;

/* A piece of a batch. */
typedef struct hr_h2_piece {
  const char *data; /* NULL: `offset` in the batch's own bytes */
  size_t offset, length;
  hr_h2_message *message; /* whose bytes they are */
} hr_h2_piece;

typedef struct hr_h2_batch {
  hr_text bytes; /* heads of frames, and all that is small */
  hr_h2_piece *pieces;
  int32_t count, capacity, next; /* the first that is not written */
  bool failed;
} hr_h2_batch;

#define HR_H2_LISTS 64

struct hr_h2 {
  hr_watched watched; /* first */
  const hr_h2_kind *kind;
  void *owner; /* of the kind: the channel, the server */
  hr_loop *loop;
  int fd;
  _Atomic int32_t references;
  hr_client_life *client;                   /* of a server's */
  pthread_mutex_t lock;                     /* guards what follows, but for what a note says */
  bool is_closed, told_closed, is_draining; /* no new streams */
  hr_status why;                            /* it was closed */
  hr_h2_stream *streams[HR_H2_LISTS];
  int32_t num_streams;
  uint32_t next_id, last_id;
  hr_h2_stream *first_event, *last_event;
  int64_t last_read, ping_sent; /* hr_monotonic_nanos(); 0: none is under way */
  bool likes_pings;             /* the other side is one of ours */
  /* Out. */
  bool is_writing; /* a thread is: `batch` is its own */
  bool is_blocked; /* the socket is full */
  hr_h2_batch queue, batch;
  hr_h2_stream *first_sender, *last_sender;
  int64_t window, initial_window;
  size_t max_frame;
  hr_hpack_encoder encoder;
  /* In. */
  bool reads_to_end;            /* the other side has sent its last byte */
  bool is_reading, reads_again; /* a thread is: what follows is its own */
  char *in;
  size_t in_at, in_have;
  bool has_preface, in_frame, in_headers; /* a frame's head was read; a block of headers has begun */
  uint8_t type, flags, block_flags;
  uint32_t frame_id, block_id;
  size_t frame_left, pad_left;
  int64_t window_used;
  hr_h2_stream *filling; /* whose message the frame is part of; a reference */
  hr_text block;
  hr_hpack_decoder decoder;
};

/* ---- connections (connection.c) ---------------------------------------------------------------------------------- */

/* Over a connected socket, which it closes in the end. Watched by the loop from then on. ResourceExhausted: the socket
 * is closed. */
HR_MUST_USE hr_status hr_h2_new(const hr_h2_kind *kind, void *owner, hr_loop *loop, int fd, hr_h2 **out);
hr_h2 *hr_h2_ref(hr_h2 *connection);
void hr_h2_unref(hr_h2 *connection);
/* Ends all streams with a copy of `why` (taken over); no lock held. */
void hr_h2_close(hr_h2 *connection, hr_status why);
/* Lock held: the same, but what is to be told waits for hr_h2_tell. */
void hr_h2_fail(hr_h2 *connection, hr_status why);
/* Asks to be told of what may be read, unless a thread reads, and written, where the socket is full; lock held. */
void hr_h2_watch(hr_h2 *connection);
/* Tells what has come about; no lock held. */
void hr_h2_tell(hr_h2 *connection);
/* Lock held. */
void hr_h2_note(hr_h2_stream *stream, hr_h2_event event);
/* Gives up a reference, without the lock held: with the next hr_h2_tell. */
void hr_h2_let_go(hr_h2_stream *stream);
hr_h2_stream *hr_h2_find(hr_h2 *connection, uint32_t id);
void hr_h2_enter(hr_h2 *connection, hr_h2_stream *stream);
/* Takes it out of the table where both sides have ended; it is told of its events all the same. */
void hr_h2_leave_if_over(hr_h2_stream *stream);
void hr_h2_leave(hr_h2_stream *stream);

/* ---- calls (connection.c) ---------------------------------------------------------------------------------------- */

/* A client's: fields as in `trailers` of a stream; takes over the message. False: the connection takes no more, nothing
 * was taken over. */
bool hr_h2_begin(hr_h2 *connection, hr_h2_stream *stream, const hr_text *fields, hr_slices *message);
/* A server's: headers, the message, where there is one, and trailers (taken over). Nothing where the stream is gone. */
void hr_h2_answer(hr_h2_stream *stream, const hr_text *fields, hr_slices *message, hr_text *trailers);
/* Resets it, unless it is over, with HR_H2_LOST (`why` taken over) to be told, on this thread. */
void hr_h2_abandon(hr_h2_stream *stream, hr_status why);
/* What has come, unpacked where it was compressed; after HR_H2_COMPLETE, once. InvalidArgument for compressed bytes
 * that are none, ResourceExhausted for more than the kind's limit. */
HR_MUST_USE hr_status hr_h2_take_message(hr_h2_stream *stream, hr_slices *out);

/* ---- the two directions ------------------------------------------------------------------------------------------ */

/* connection_write.c */
void hr_h2_put_frame(hr_h2 *connection, uint8_t type, uint8_t flags, uint32_t id, hr_view payload); /* lock held */
void hr_h2_put_headers(hr_h2 *connection, uint32_t id, const hr_text *fields, bool ends);           /* lock held */
void hr_h2_put_number(hr_h2 *connection, uint8_t type, uint32_t id, uint32_t number);               /* lock held */
/* Takes over the message; lock held. */
hr_h2_message *hr_h2_message_new(hr_slices *message);
void hr_h2_message_unref(hr_h2_message *message);
void hr_h2_sends(hr_h2_stream *stream);         /* it has something to send; lock held */
void hr_h2_stops_sending(hr_h2_stream *stream); /* lock held */
/* What of an abandoned message stands in the batch is copied, unless a thread is writing: then it does so itself. */
void hr_h2_rescue(hr_h2 *connection); /* lock held */
/* Writes what there is, as far as the socket takes it; no lock held. */
void hr_h2_flush(hr_h2 *connection);
void hr_h2_batch_clear(hr_h2_batch *batch);

/* connection_read.c */
void hr_h2_read(hr_h2 *connection); /* all that is there; no lock held */
/* No thread reads, and none will: the stream that a frame was for is let go. Lock held. */
void hr_h2_end_reading(hr_h2 *connection);
HR_MUST_USE hr_status hr_h2_open_input(hr_h2 *connection);
void hr_h2_forget_input(hr_h2 *connection);

/* incoming.c: memory for the stream's message, of which the first bytes are known; none where memory is out. */
void hr_h2_message_memory(hr_h2_stream *stream, const char *first, size_t count);
void hr_h2_forget_message(hr_h2_stream *stream);

/* ---- frames ------------------------------------------------------------------------------------------------------ */

enum {
  HR_H2_DATA,
  HR_H2_HEADERS,
  HR_H2_PRIORITY,
  HR_H2_RST_STREAM,
  HR_H2_SETTINGS,
  HR_H2_PUSH_PROMISE,
  HR_H2_PING,
  HR_H2_GOAWAY,
  HR_H2_WINDOW_UPDATE,
  HR_H2_CONTINUATION
};
enum { HR_H2_END_STREAM = 1, HR_H2_ACK = 1, HR_H2_END_HEADERS = 4, HR_H2_PADDED = 8, HR_H2_WITH_PRIORITY = 32 };
enum {
  HR_H2_NO_ERROR = 0,
  HR_H2_PROTOCOL_ERROR = 1,
  HR_H2_INTERNAL_ERROR = 2,
  HR_H2_REFUSED = 7,
  HR_H2_CANCEL = 8,
  HR_H2_CALM = 11,
  HR_H2_SECURITY = 12
};

#define HR_H2_HEAD      9
#define HR_H2_PREFACE   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define HR_H2_MAX_FRAME (4 << 20) /* that we take */
/* A setting of our own, which others pass over: that pings are welcome at any time. */
#define HR_H2_LIKES_PINGS 0xf1a7

static inline uint32_t hr_h2_read32(const char *bytes) {
  const unsigned char *b = (const unsigned char *)bytes;
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
static inline void hr_h2_write32(char *bytes, uint32_t value) {
  for (int i = 0; i < 4; ++i)
    bytes[i] = (char)(value >> (24 - 8 * i));
}

#endif
