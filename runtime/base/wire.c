#include "runtime/base/wire.h"

/* ---- reading --------------------------------------------------------------------------------------------------- */

bool hr_wire_varint(hr_wire *wire, uint64_t *value) {
  uint64_t result = 0;
  for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
    uint8_t byte = *wire->at++;
    if (shift == 63 && byte > 1) return false; /* more than 64 bits */
    result |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

bool hr_wire_fixed32(hr_wire *wire, uint32_t *value) {
  if (hr_wire_left(wire) < 4) return false;
  *value = hr_read_u32(wire->at);
  wire->at += 4;
  return true;
}

bool hr_wire_fixed64(hr_wire *wire, uint64_t *value) {
  if (hr_wire_left(wire) < 8) return false;
  *value = hr_read_u64(wire->at);
  wire->at += 8;
  return true;
}

bool hr_wire_bytes(hr_wire *wire, hr_view *value) {
  uint64_t length;
  if (!hr_wire_varint(wire, &length) || length > hr_wire_left(wire)) return false;
  *value = (hr_view){(const char *)wire->at, (size_t)length};
  wire->at += length;
  return true;
}

bool hr_wire_tag(hr_wire *wire, uint32_t *number, hr_wire_type *type) {
  uint64_t tag;
  if (!hr_wire_varint(wire, &tag) || tag > UINT32_MAX) return false;
  *number = (uint32_t)(tag >> 3);
  *type = (hr_wire_type)(tag & 7);
  return *number > 0 &&
         (*type == HR_WIRE_VARINT || *type == HR_WIRE_64BIT || *type == HR_WIRE_BYTES || *type == HR_WIRE_32BIT);
}

bool hr_wire_skip(hr_wire *wire, hr_wire_type type) {
  uint32_t word;
  uint64_t number;
  hr_view bytes;
  switch (type) {
  case HR_WIRE_VARINT: return hr_wire_varint(wire, &number);
  case HR_WIRE_64BIT: return hr_wire_fixed64(wire, &number);
  case HR_WIRE_BYTES: return hr_wire_bytes(wire, &bytes);
  case HR_WIRE_32BIT: return hr_wire_fixed32(wire, &word);
  default: return false;
  }
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

size_t hr_wire_encode_varint(uint8_t *bytes, uint64_t value) {
  size_t length = 0;
  for (; value >= 0x80; value >>= 7)
    bytes[length++] = (uint8_t)(value | 0x80);
  bytes[length++] = (uint8_t)value;
  return length;
}

void hr_wire_put_varint(hr_text *out, uint64_t value) {
  uint8_t bytes[HR_WIRE_VARINT_MAX];
  hr_text_add(out, (const char *)bytes, hr_wire_encode_varint(bytes, value));
}

static void put_tag(hr_text *out, uint32_t field, hr_wire_type type) {
  hr_wire_put_varint(out, (uint64_t)field << 3 | type);
}

void hr_wire_put_number(hr_text *out, uint32_t field, uint64_t value) {
  put_tag(out, field, HR_WIRE_VARINT);
  hr_wire_put_varint(out, value);
}

void hr_wire_put_fixed32(hr_text *out, uint32_t field, uint32_t value) {
  char bytes[4];
  hr_write_u32(bytes, value);
  put_tag(out, field, HR_WIRE_32BIT);
  hr_text_add(out, bytes, sizeof bytes);
}

void hr_wire_put_double(hr_text *out, uint32_t field, double value) {
  char bytes[8];
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  hr_write_u64(bytes, bits);
  put_tag(out, field, HR_WIRE_64BIT);
  hr_text_add(out, bytes, sizeof bytes);
}

void hr_wire_put_bytes(hr_text *out, uint32_t field, hr_view bytes) {
  put_tag(out, field, HR_WIRE_BYTES);
  hr_wire_put_varint(out, bytes.length);
  hr_text_add(out, bytes.data, bytes.length);
}
