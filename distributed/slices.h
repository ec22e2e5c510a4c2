/* Messages in pieces, so that the bytes of a tensor go from its buffer to the socket, and from the socket to a buffer,
 * without a copy in between. */
#ifndef HR_DISTRIBUTED_SLICES_H
#define HR_DISTRIBUTED_SLICES_H

#include "headrace/tensor.h"
#include "runtime/base/arena.h"
#include "runtime/base/wire.h"

/* A piece of memory with an owner. */
typedef struct hr_slice {
  const void *data;
  size_t length;
  void (*release)(void *owner); /* called once, on any thread; NULL: the bytes outlive the message */
  void *owner;
} hr_slice;

/* A message: the bytes of its slices, one after the other. A zeroed struct is the empty message. */
typedef struct hr_slices {
  hr_slice *slices;
  int32_t count, capacity;
  size_t bytes;                 /* in all slices */
  bool failed;                  /* memory was out, and the message is not whole: check once, at the end */
  void (*release)(void *owner); /* of the whole, called after those of the slices; may be NULL */
  void *owner;
} hr_slices;

/* The most bytes that a message may have: 2 GiB - 1, as protocol buffers have it, or HEADRACE_MAX_MESSAGE_BYTES where
 * that is less. */
size_t hr_message_limit(void);

/* Takes over the slice, also where it fails. */
void hr_slices_add(hr_slices *message, hr_slice slice);
/* Takes over the text's bytes; the text is empty afterwards. A text that failed makes the message fail. */
void hr_slices_add_text(hr_slices *message, hr_text *text);
/* Bytes inside of the buffer, which the message references until it is gone. */
void hr_slices_add_buffer(hr_slices *message, hr_buffer *buffer, const void *data, size_t length);
/* The counted buffer that a slice of a message keeps; NULL: it has none. */
hr_buffer *hr_slice_buffer(const hr_slice *slice);
/* Puts all pieces of `part` behind those of the message; `part` must have no owner as a whole, and is empty then. */
void hr_slices_append(hr_slices *message, hr_slices *part);
/* Releases everything; the message is empty and usable. */
void hr_slices_clear(hr_slices *message);
/* A message of one packed protobuf-c struct. */
hr_slices hr_slices_of_proto(const void *proto);

/* All bytes in one place: those of the only slice, or a copy in the arena. */
HR_MUST_USE hr_status hr_slices_view(const hr_slices *message, hr_arena *arena, hr_view *out);

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* A cursor over a message, which it never leaves: hr_wire for bytes in pieces. Functions answer false where the bytes
 * are malformed or end too early; the cursor's place is then undefined. */
typedef struct hr_slice_reader {
  const hr_slice *slice; /* the one behind `wire` */
  hr_wire wire;          /* what is left of the present slice */
  size_t beyond;         /* bytes behind it that belong to what is read */
} hr_slice_reader;

hr_slice_reader hr_slice_reader_of(const hr_slices *message);
static inline size_t hr_slice_reader_left(const hr_slice_reader *r) { return hr_wire_left(&r->wire) + r->beyond; }
static inline bool hr_slice_reader_done(const hr_slice_reader *r) { return hr_slice_reader_left(r) == 0; }
bool hr_slice_reader_varint(hr_slice_reader *r, uint64_t *value);
bool hr_slice_reader_fixed64(hr_slice_reader *r, uint64_t *value);
bool hr_slice_reader_tag(hr_slice_reader *r, uint32_t *number, hr_wire_type *type);
bool hr_slice_reader_skip(hr_slice_reader *r, hr_wire_type type);
/* A length and a cursor over as many bytes, which `r` passes over. */
bool hr_slice_reader_message(hr_slice_reader *r, hr_slice_reader *inner);
/* The buffer that the next `length` bytes are in, all of them, which begin at `*data`; NULL where they are in none.
 * Takes no reference, and does not pass over them. */
hr_buffer *hr_slice_reader_buffer(const hr_slice_reader *r, size_t length, void **data);
/* The next `length` bytes, copied. */
bool hr_slice_reader_copy(hr_slice_reader *r, void *to, size_t length);
/* A length and as many bytes in one place: inside of the message, or copied to the arena. NULL data: memory is out. */
bool hr_slice_reader_bytes(hr_slice_reader *r, hr_arena *arena, hr_view *value);
/* All that is left, in one place, as above. */
bool hr_slice_reader_rest(hr_slice_reader *r, hr_arena *arena, hr_view *value);

#endif
