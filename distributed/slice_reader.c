/* Reading bytes in pieces. */
#include "distributed/slices.h"

hr_slice_reader hr_slice_reader_of(const hr_slices *message) {
  if (message->count == 0) return (hr_slice_reader){.wire = hr_wire_of(NULL, 0)};
  const hr_slice *first = message->slices;
  return (hr_slice_reader){
      .slice = first + 1, .wire = hr_wire_of(first->data, first->length), .beyond = message->bytes - first->length};
}

/* Goes to the next slice that has bytes, once the present one has none left; false at the end. */
static bool next_slice(hr_slice_reader *r) {
  while (hr_wire_done(&r->wire)) {
    if (r->beyond == 0) return false;
    size_t length = r->slice->length < r->beyond ? r->slice->length : r->beyond;
    r->wire = hr_wire_of(r->slice->data, length);
    r->beyond -= length;
    ++r->slice;
  }
  return true;
}

static bool read_byte(hr_slice_reader *r, uint8_t *byte) {
  if (!next_slice(r)) return false;
  *byte = *r->wire.at++;
  return true;
}

bool hr_slice_reader_varint(hr_slice_reader *r, uint64_t *value) {
  if (__builtin_expect(hr_wire_left(&r->wire) >= HR_WIRE_VARINT_MAX || r->beyond == 0, 1))
    return hr_wire_varint(&r->wire, value);
  uint64_t result = 0;
  uint8_t byte;
  for (unsigned shift = 0; shift < 70 && read_byte(r, &byte); shift += 7) {
    result |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

hr_buffer *hr_slice_reader_buffer(const hr_slice_reader *r, size_t length, void **data) {
  if (!r->slice || hr_wire_left(&r->wire) < length) return NULL;
  *data = (void *)(uintptr_t)r->wire.at;
  return hr_slice_buffer(r->slice - 1);
}

bool hr_slice_reader_copy(hr_slice_reader *r, void *to, size_t length) {
  if (length > hr_slice_reader_left(r)) return false;
  for (char *at = to; length > 0;) {
    if (!next_slice(r)) return false;
    size_t part = hr_wire_left(&r->wire) < length ? hr_wire_left(&r->wire) : length;
    memcpy(at, r->wire.at, part);
    at += part;
    r->wire.at += part;
    length -= part;
  }
  return true;
}

bool hr_slice_reader_fixed64(hr_slice_reader *r, uint64_t *value) {
  uint8_t bytes[8];
  if (!hr_slice_reader_copy(r, bytes, sizeof bytes)) return false;
  *value = hr_read_u64(bytes);
  return true;
}

bool hr_slice_reader_tag(hr_slice_reader *r, uint32_t *number, hr_wire_type *type) {
  uint64_t tag;
  if (!hr_slice_reader_varint(r, &tag) || tag < 8 || tag > UINT32_MAX) return false;
  *number = (uint32_t)(tag >> 3);
  *type = (hr_wire_type)(tag & 7);
  return *type <= HR_WIRE_BYTES || *type == HR_WIRE_32BIT;
}

static bool pass_over(hr_slice_reader *r, uint64_t length) {
  if (length > hr_slice_reader_left(r)) return false;
  while (length > 0) {
    if (!next_slice(r)) return false;
    size_t part = hr_wire_left(&r->wire) < length ? hr_wire_left(&r->wire) : (size_t)length;
    r->wire.at += part;
    length -= part;
  }
  return true;
}

bool hr_slice_reader_skip(hr_slice_reader *r, hr_wire_type type) {
  uint64_t value;
  switch (type) {
  case HR_WIRE_VARINT: return hr_slice_reader_varint(r, &value);
  case HR_WIRE_64BIT: return pass_over(r, 8);
  case HR_WIRE_BYTES: return hr_slice_reader_varint(r, &value) && pass_over(r, value);
  case HR_WIRE_32BIT: return pass_over(r, 4);
  }
  return false;
}

bool hr_slice_reader_message(hr_slice_reader *r, hr_slice_reader *inner) {
  uint64_t length;
  if (!hr_slice_reader_varint(r, &length) || length > hr_slice_reader_left(r)) return false;
  *inner = *r;
  size_t here = hr_wire_left(&r->wire);
  if (length <= here) {
    inner->wire.end = inner->wire.at + length;
    inner->beyond = 0;
  } else {
    inner->beyond = (size_t)length - here;
  }
  return pass_over(r, length);
}

bool hr_slice_reader_rest(hr_slice_reader *r, hr_arena *arena, hr_view *value) {
  size_t length = hr_slice_reader_left(r);
  if (length == 0) {
    *value = (hr_view){"", 0};
    return true;
  }
  if (next_slice(r) && r->beyond == 0) {
    *value = (hr_view){(const char *)r->wire.at, length};
    r->wire.at += length;
    return true;
  }
  char *bytes = hr_arena_allocate(arena, length, 1);
  *value = (hr_view){bytes, bytes ? length : 0};
  return bytes && hr_slice_reader_copy(r, bytes, length);
}

bool hr_slice_reader_bytes(hr_slice_reader *r, hr_arena *arena, hr_view *value) {
  hr_slice_reader inner;
  return hr_slice_reader_message(r, &inner) && hr_slice_reader_rest(&inner, arena, value);
}

hr_status hr_slices_view(const hr_slices *message, hr_arena *arena, hr_view *out) {
  hr_slice_reader reader = hr_slice_reader_of(message);
  if (hr_slice_reader_rest(&reader, arena, out)) return HR_SUCCESS;
  return hr_error_out_of_memory(message->bytes, "a message");
}
