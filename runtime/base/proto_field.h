/* How protobuf-c lays out a field in its message struct. */
#ifndef HR_RUNTIME_BASE_PROTO_FIELD_H
#define HR_RUNTIME_BASE_PROTO_FIELD_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <string.h>

/* Bytes of one element: a pointer for strings and messages. */
static inline size_t hr_proto_element_size(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
  case PROTOBUF_C_TYPE_ENUM: return 4;
  case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
  case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
  default: return 8;
  }
}

static inline void *hr_proto_value(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  return (char *)message + field->offset;
}
/* The element count of a repeated field. */
static inline size_t *hr_proto_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  return (size_t *)((char *)message + field->quantifier_offset);
}
/* Which member of the field's oneof is set: its number, 0 for none. */
static inline uint32_t *hr_proto_oneof_case(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  return (uint32_t *)((char *)message + field->quantifier_offset);
}
static inline bool hr_proto_in_oneof(const ProtobufCFieldDescriptor *field) {
  return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* Presence of a single field as proto3 has it: a scalar that is zero and in no oneof is not there. */
static inline bool hr_proto_is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  if (hr_proto_in_oneof(field)) return *hr_proto_oneof_case(message, field) == field->id;
  const void *value = hr_proto_value(message, field);
  if (field->type == PROTOBUF_C_TYPE_STRING) return *(const char *const *)value && **(const char *const *)value;
  if (field->type == PROTOBUF_C_TYPE_BYTES) return ((const ProtobufCBinaryData *)value)->len > 0;
  static const char zero[16];
  return memcmp(value, zero, hr_proto_element_size(field->type)) != 0;
}

#endif
