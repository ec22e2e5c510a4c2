#include "runtime/base/wire.h"

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

void hr_wire_put_tag(hr_text *out, uint32_t field, hr_wire_type type) {
  hr_wire_put_varint(out, (uint64_t)field << 3 | type);
}

void hr_wire_put_number(hr_text *out, uint32_t field, uint64_t value) {
  hr_wire_put_tag(out, field, HR_WIRE_VARINT);
  hr_wire_put_varint(out, value);
}

void hr_wire_put_fixed32(hr_text *out, uint32_t field, uint32_t value) {
  char bytes[4];
  hr_write_u32(bytes, value);
  hr_wire_put_tag(out, field, HR_WIRE_32BIT);
  hr_text_add(out, bytes, sizeof bytes);
}

void hr_wire_put_float(hr_text *out, uint32_t field, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  hr_wire_put_fixed32(out, field, bits);
}

void hr_wire_put_double(hr_text *out, uint32_t field, double value) {
  char bytes[8];
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  hr_write_u64(bytes, bits);
  hr_wire_put_tag(out, field, HR_WIRE_64BIT);
  hr_text_add(out, bytes, sizeof bytes);
}

void hr_wire_put_bytes(hr_text *out, uint32_t field, hr_view bytes) {
  hr_wire_put_tag(out, field, HR_WIRE_BYTES);
  hr_wire_put_varint(out, bytes.length);
  hr_text_add(out, bytes.data, bytes.length);
}

size_t hr_wire_begin(hr_text *out, uint32_t field) {
  hr_wire_put_tag(out, field, HR_WIRE_BYTES);
  hr_text_add(out, "", 1); /* most lengths take one byte; hr_wire_end makes room for longer ones */
  return out->length;
}

void hr_wire_end(hr_text *out, size_t begin) {
  if (out->failed) return;
  uint64_t length = out->length - begin;
  uint8_t prefix[HR_WIRE_VARINT_MAX] = {0};
  size_t bytes = hr_wire_encode_varint(prefix, length);
  hr_text_add(out, (const char *)prefix, bytes - 1);
  if (out->failed) return;
  memmove(out->data + begin + bytes - 1, out->data + begin, (size_t)length);
  memcpy(out->data + begin - 1, prefix, bytes);
}
