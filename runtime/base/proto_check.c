#include "runtime/base/proto_check.h"

#include "runtime/base/proto_field.h"
#include "runtime/base/wire.h"

#define DEFAULT_DEPTH  100
#define DEFAULT_MEMORY ((size_t)1 << 31)
/* What protobuf-c keeps for each field it has seen while it unpacks a message; its tables double as they grow. */
#define SCRATCH_PER_FIELD ((size_t)128)

typedef struct checker {
  const uint8_t *start;
  hr_proto_limits limits;
  size_t memory; /* what unpacking has allocated so far, as an upper bound */
} checker;

static hr_status malformed(const checker *c, const ProtobufCMessageDescriptor *descriptor, const uint8_t *at,
                           const char *problem) {
  return hr_error(c->limits.malformed, "Malformed %s: %s at byte offset %zu", descriptor->name, problem,
                  (size_t)(at - c->start));
}

static hr_status charge(checker *c, const ProtobufCMessageDescriptor *descriptor, size_t bytes) {
  if (bytes <= c->limits.max_memory - c->memory) {
    c->memory += bytes;
    return HR_SUCCESS;
  }
  return hr_error(HR_RESOURCE_EXHAUSTED, "Reading a %s would take more than the %zu bytes allowed", descriptor->name,
                  c->limits.max_memory);
}

static hr_wire_type wire_type_of(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_FLOAT: return HR_WIRE_32BIT;
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_DOUBLE: return HR_WIRE_64BIT;
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE: return HR_WIRE_BYTES;
  default: return HR_WIRE_VARINT;
  }
}

/* A packed list: only whole elements, and only bools of one byte (protobuf-c takes no others). */
static hr_status check_packed(checker *c, const ProtobufCMessageDescriptor *descriptor,
                              const ProtobufCFieldDescriptor *field, hr_view bytes) {
  const uint8_t *at = (const uint8_t *)bytes.data;
  size_t count = 0;
  hr_wire_type type = wire_type_of(field->type);
  if (type == HR_WIRE_VARINT) {
    hr_wire list = hr_wire_of_view(bytes);
    for (uint64_t value; !hr_wire_done(&list); ++count) {
      const uint8_t *element = list.at;
      if (!hr_wire_varint(&list, &value) ||
          (field->type == PROTOBUF_C_TYPE_BOOL && (value > 1 || list.at - element > 1)))
        return malformed(c, descriptor, element, "bad element of a packed list");
    }
  } else {
    size_t size = type == HR_WIRE_32BIT ? 4 : 8;
    if (bytes.length % size) return malformed(c, descriptor, at, "packed list with part of an element");
    count = bytes.length / size;
  }
  return charge(c, descriptor, count * hr_proto_element_size(field->type));
}

static hr_status check_message(checker *c, const ProtobufCMessageDescriptor *descriptor, hr_view bytes, int depth);

static hr_status check_bytes(checker *c, const ProtobufCMessageDescriptor *descriptor,
                             const ProtobufCFieldDescriptor *field, hr_view bytes, int depth) {
  if (field->type == PROTOBUF_C_TYPE_MESSAGE)
    return check_message(c, (const ProtobufCMessageDescriptor *)field->descriptor, bytes, depth + 1);
  if (field->type == PROTOBUF_C_TYPE_STRING && memchr(bytes.data, 0, bytes.length))
    return malformed(c, descriptor, (const uint8_t *)bytes.data, "string with a NUL inside");
  return charge(c, descriptor, bytes.length + 1);
}

static hr_status check_message(checker *c, const ProtobufCMessageDescriptor *descriptor, hr_view bytes, int depth) {
  hr_wire wire = hr_wire_of_view(bytes);
  if (depth > c->limits.max_depth) return malformed(c, descriptor, wire.at, "messages nested too deeply");
  HR_TRY(charge(c, descriptor, descriptor->sizeof_message));
  uint64_t seen = 0; /* single messages, by index */
  while (!hr_wire_done(&wire)) {
    const uint8_t *at = wire.at;
    uint32_t number;
    hr_wire_type type;
    if (!hr_wire_tag(&wire, &number, &type) || wire.at - at > 5) return malformed(c, descriptor, at, "bad field tag");
    const uint8_t *value = wire.at;
    if (!hr_wire_skip(&wire, type)) return malformed(c, descriptor, value, "field that runs past the end");
    HR_TRY(charge(c, descriptor, SCRATCH_PER_FIELD));

    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(descriptor, number);
    if (!field) {
      HR_TRY(charge(c, descriptor, sizeof(ProtobufCMessageUnknownField) + (size_t)(wire.at - value)));
      continue;
    }
    hr_wire inside = {value, wire.at};
    hr_view contents = {0};
    if (type == HR_WIRE_BYTES) {
      if (!hr_wire_bytes(&inside, &contents) || (const uint8_t *)contents.data - value > 5 ||
          contents.length > INT32_MAX)
        return malformed(c, descriptor, value, "bad length");
    }
    if (type == HR_WIRE_BYTES && wire_type_of(field->type) != HR_WIRE_BYTES &&
        field->label == PROTOBUF_C_LABEL_REPEATED) {
      HR_TRY(check_packed(c, descriptor, field, contents));
      continue;
    }
    if (type != wire_type_of(field->type)) return malformed(c, descriptor, at, "field of another wire type");
    if (type == HR_WIRE_BYTES) HR_TRY(check_bytes(c, descriptor, field, contents, depth));
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      HR_TRY(charge(c, descriptor, hr_proto_element_size(field->type)));
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
      uint64_t bit = (uint64_t)1 << ((field - descriptor->fields) & 63); /* no message has more fields */
      if (seen & bit) return malformed(c, descriptor, at, "message that comes twice");
      seen |= bit;
    }
  }
  return HR_SUCCESS;
}

static hr_proto_limits with_defaults(const hr_proto_limits *limits) {
  hr_proto_limits all = limits ? *limits : (hr_proto_limits){0};
  if (all.max_depth == 0) all.max_depth = DEFAULT_DEPTH;
  if (all.max_memory == 0) all.max_memory = DEFAULT_MEMORY;
  if (all.malformed == HR_OK) all.malformed = HR_INVALID_ARGUMENT;
  return all;
}

hr_status hr_proto_check(const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t length,
                         const hr_proto_limits *limits) {
  checker c = {.start = (const uint8_t *)bytes, .limits = with_defaults(limits)};
  return check_message(&c, descriptor, (hr_view){(const char *)bytes, length}, 1);
}

static void *allocate_in_arena(void *arena, size_t size) {
  return hr_arena_allocate((hr_arena *)arena, size, _Alignof(max_align_t));
}
static void free_in_arena(void *arena, void *pointer) {
  (void)arena;
  (void)pointer;
}

hr_status hr_proto_unpack_into(const ProtobufCMessageDescriptor *descriptor, hr_arena *arena, const void *bytes,
                               size_t length, const hr_proto_limits *limits, void *message) {
  HR_TRY(hr_proto_check(descriptor, bytes, length, limits));
  ProtobufCAllocator allocator = {allocate_in_arena, free_in_arena, arena};
  static const uint8_t nothing[1];
  ProtobufCMessage *unpacked =
      protobuf_c_message_unpack(descriptor, &allocator, length, length ? (const uint8_t *)bytes : nothing);
  if (!unpacked) return hr_error_out_of_memory(length, descriptor->name);
  *(ProtobufCMessage **)message = unpacked;
  return HR_SUCCESS;
}

typedef struct text_buffer {
  ProtobufCBuffer base;
  hr_text *out;
} text_buffer;

static void append(ProtobufCBuffer *buffer, size_t length, const uint8_t *bytes) {
  hr_text_add(((text_buffer *)buffer)->out, (const char *)bytes, length);
}

void hr_proto_pack(const void *message, hr_text *out) {
  text_buffer buffer = {{append}, out};
  protobuf_c_message_pack_to_buffer((const ProtobufCMessage *)message, &buffer.base);
}
