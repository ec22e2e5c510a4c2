/* The wire format of protocol buffers: walked by hr_proto_check, and read and written by hand for the few messages
 * whose bytes must be exact or that are too hot to unpack. Also the little-endian numbers of file formats. */
#ifndef HR_RUNTIME_BASE_WIRE_H
#define HR_RUNTIME_BASE_WIRE_H

#include "runtime/base/text.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t hr_read_u32(const void *bytes) {
  const uint8_t *b = bytes;
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
 * end too early; the cursor's place is then undefined. */
typedef struct hr_wire {
  const uint8_t *at, *end;
} hr_wire;

static inline hr_wire hr_wire_of_view(hr_view bytes) {
  const uint8_t *start = (const uint8_t *)bytes.data;
  return (hr_wire){start, bytes.length ? start + bytes.length : start};
}
static inline bool hr_wire_done(const hr_wire *wire) { return wire->at == wire->end; }
static inline size_t hr_wire_left(const hr_wire *wire) { return (size_t)(wire->end - wire->at); }

/* Up to 64 bits. */
bool hr_wire_varint(hr_wire *wire, uint64_t *value);
bool hr_wire_fixed32(hr_wire *wire, uint32_t *value);
bool hr_wire_fixed64(hr_wire *wire, uint64_t *value);
/* A length and as many bytes; the view is into the cursor's bytes. */
bool hr_wire_bytes(hr_wire *wire, hr_view *value);
/* A field's number (1 to 2^29 - 1) and type; groups are refused. */
bool hr_wire_tag(hr_wire *wire, uint32_t *number, hr_wire_type *type);
/* Passes over a value of `type`. */
bool hr_wire_skip(hr_wire *wire, hr_wire_type type);

/* ---- writing --------------------------------------------------------------------------------------------------- */

#define HR_WIRE_VARINT_MAX 10

/* Writes at most HR_WIRE_VARINT_MAX bytes; returns how many. */
size_t hr_wire_encode_varint(uint8_t *bytes, uint64_t value);
void hr_wire_put_varint(hr_text *out, uint64_t value);

/* Whole fields with their tags, also where the value is the default. */
void hr_wire_put_number(hr_text *out, uint32_t field, uint64_t value);
void hr_wire_put_fixed32(hr_text *out, uint32_t field, uint32_t value);
void hr_wire_put_double(hr_text *out, uint32_t field, double value);
void hr_wire_put_bytes(hr_text *out, uint32_t field, hr_view bytes);

#endif
