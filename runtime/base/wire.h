/* The wire format of protocol buffers: walked by hr_proto_check, and read and written by hand for the few messages
 * whose bytes must be exact or that are too hot to unpack. Also the little-endian numbers of file formats. */
#ifndef HR_RUNTIME_BASE_WIRE_H
#define HR_RUNTIME_BASE_WIRE_H

#include "runtime/base/text.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t hr_read_u32(const void *bytes) {
  const uint8_t *b = (const uint8_t *)bytes;
  return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}
static inline uint64_t hr_read_u64(const void *bytes) {
  return (uint64_t)hr_read_u32((const uint8_t *)bytes + 4) << 32 | hr_read_u32(bytes);
}
static inline void hr_write_u32(void *bytes, uint32_t value) {
  for (int i = 0; i < 4; ++i)
    ((uint8_t *)bytes)[i] = (uint8_t)(value >> 8 * i);
}
static inline void hr_write_u64(void *bytes, uint64_t value) {
  for (int i = 0; i < 8; ++i)
    ((uint8_t *)bytes)[i] = (uint8_t)(value >> 8 * i);
}

typedef enum hr_wire_type { HR_WIRE_VARINT = 0, HR_WIRE_64BIT = 1, HR_WIRE_BYTES = 2, HR_WIRE_32BIT = 5 } hr_wire_type;

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* A cursor over bytes, which it never leaves. Every function that reads answers false where the bytes are malformed or
 * end too early; the cursor's place is then undefined. Inline: importing a graph reads some fifty fields a node. */
typedef struct hr_wire {
  const uint8_t *at, *end;
} hr_wire;

static inline hr_wire hr_wire_of(const void *bytes, size_t length) {
  const uint8_t *start = (const uint8_t *)bytes;
  return (hr_wire){start, length ? start + length : start};
}
static inline hr_wire hr_wire_of_view(hr_view bytes) { return hr_wire_of(bytes.data, bytes.length); }
static inline bool hr_wire_done(const hr_wire *wire) { return wire->at == wire->end; }
static inline size_t hr_wire_left(const hr_wire *wire) { return (size_t)(wire->end - wire->at); }

/* Up to ten bytes; bits beyond 64 are dropped, as protobuf does. */
static inline bool hr_wire_varint(hr_wire *wire, uint64_t *value) {
  if (__builtin_expect(wire->at < wire->end && *wire->at < 0x80, 1)) {
    *value = *wire->at++;
    return true;
  }
  uint64_t result = 0;
  for (unsigned shift = 0; shift < 70 && wire->at < wire->end; shift += 7) {
    uint8_t byte = *wire->at++;
    result |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

static inline bool hr_wire_fixed32(hr_wire *wire, uint32_t *value) {
  if (hr_wire_left(wire) < 4) return false;
  *value = hr_read_u32(wire->at);
  wire->at += 4;
  return true;
}
static inline bool hr_wire_fixed64(hr_wire *wire, uint64_t *value) {
  if (hr_wire_left(wire) < 8) return false;
  *value = hr_read_u64(wire->at);
  wire->at += 8;
  return true;
}

/* A length and as many bytes; the view is into the cursor's bytes. */
static inline bool hr_wire_bytes(hr_wire *wire, hr_view *value) {
  uint64_t length;
  if (!hr_wire_varint(wire, &length) || length > hr_wire_left(wire)) return false;
  *value = (hr_view){(const char *)wire->at, (size_t)length};
  wire->at += length;
  return true;
}

/* A field's number (1 to 2^29 - 1) and type; groups are refused. */
static inline bool hr_wire_tag(hr_wire *wire, uint32_t *number, hr_wire_type *type) {
  uint64_t tag;
  if (!hr_wire_varint(wire, &tag) || tag < 8 || tag > UINT32_MAX) return false;
  *number = (uint32_t)(tag >> 3);
  *type = (hr_wire_type)(tag & 7);
  return *type <= HR_WIRE_BYTES || *type == HR_WIRE_32BIT;
}

/* Passes over a value of `type`. */
static inline bool hr_wire_skip(hr_wire *wire, hr_wire_type type) {
  uint32_t word;
  uint64_t number;
  hr_view bytes;
  switch (type) {
  case HR_WIRE_VARINT: return hr_wire_varint(wire, &number);
  case HR_WIRE_64BIT: return hr_wire_fixed64(wire, &number);
  case HR_WIRE_BYTES: return hr_wire_bytes(wire, &bytes);
  case HR_WIRE_32BIT: return hr_wire_fixed32(wire, &word);
  }
  return false;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

#define HR_WIRE_VARINT_MAX 10

static inline size_t hr_wire_varint_size(uint64_t value) { return 1 + (size_t)(63 - __builtin_clzll(value | 1)) / 7; }

/* Writes at most HR_WIRE_VARINT_MAX bytes; returns how many. */
size_t hr_wire_encode_varint(uint8_t *bytes, uint64_t value);
void hr_wire_put_varint(hr_text *out, uint64_t value);
void hr_wire_put_tag(hr_text *out, uint32_t field, hr_wire_type type);

/* Whole fields with their tags, also where the value is the default. */
void hr_wire_put_number(hr_text *out, uint32_t field, uint64_t value);
void hr_wire_put_fixed32(hr_text *out, uint32_t field, uint32_t value);
void hr_wire_put_float(hr_text *out, uint32_t field, float value);
void hr_wire_put_double(hr_text *out, uint32_t field, double value);
void hr_wire_put_bytes(hr_text *out, uint32_t field, hr_view bytes);

/* A message inside a message: what is written between begin and end becomes `field`. begin's answer goes to end. */
size_t hr_wire_begin(hr_text *out, uint32_t field);
void hr_wire_end(hr_text *out, size_t begin);

#endif
