#include "kernels_cpu/parsing/message_types.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/io/file.h"

#include "checkpoint_state.pb-c.h"
#include "config.pb-c.h"
#include "event.pb-c.h"
#include "example.pb-c.h"
#include "saved_model.pb-c.h"
#include "tensor_bundle.pb-c.h"
#include "tensorflow_server.pb-c.h"

#include <stdlib.h>

/* ---- types of fields --------------------------------------------------------------------------------------------- */

#define BIT(dtype) HR_TYPE_BIT(HR_##dtype)

static const struct {
  const char *name;
  uint64_t dtypes;
  uint8_t wire;
} kinds[] = {
    [HR_FIELD_DOUBLE] = {"double", BIT(DOUBLE), 1},
    [HR_FIELD_FLOAT] = {"float", BIT(FLOAT) | BIT(DOUBLE), 5},
    [HR_FIELD_INT64] = {"int64", BIT(INT64), 0},
    [HR_FIELD_UINT64] = {"uint64", BIT(UINT64), 0},
    [HR_FIELD_INT32] = {"int32", BIT(INT32) | BIT(INT64), 0},
    [HR_FIELD_FIXED64] = {"fixed64", BIT(UINT64), 1},
    [HR_FIELD_FIXED32] = {"fixed32", BIT(UINT32) | BIT(UINT64), 5},
    [HR_FIELD_BOOL] = {"bool", BIT(BOOL), 0},
    [HR_FIELD_STRING] = {"string", BIT(STRING), 2},
    [HR_FIELD_GROUP] = {"group", BIT(STRING), 3},
    [HR_FIELD_MESSAGE] = {"message", BIT(STRING), 2},
    [HR_FIELD_BYTES] = {"bytes", BIT(STRING), 2},
    [HR_FIELD_UINT32] = {"uint32", BIT(UINT32) | BIT(UINT64), 0},
    [HR_FIELD_ENUM] = {"enum", BIT(INT32), 0},
    [HR_FIELD_SFIXED32] = {"sfixed32", BIT(INT32) | BIT(INT64), 5},
    [HR_FIELD_SFIXED64] = {"sfixed64", BIT(INT64), 1},
    [HR_FIELD_SINT32] = {"sint32", BIT(INT32) | BIT(INT64), 0},
    [HR_FIELD_SINT64] = {"sint64", BIT(INT64), 0},
};

bool hr_field_fits(hr_field_type type, hr_dtype dtype) { return kinds[type].dtypes & HR_TYPE_BIT(dtype); }
const char *hr_field_type_name(hr_field_type type) { return kinds[type].name; }
int hr_field_wire(hr_field_type type) { return kinds[type].wire; }

/* ---- where types are said ---------------------------------------------------------------------------------------- */

hr_status hr_message_types_open(hr_view source, hr_message_types *out) {
  static const hr_view local = HR_VIEW("local://"), bytes = HR_VIEW("bytes://"), file = HR_VIEW("file://");
  *out = (hr_message_types){0};
  out->is_local = source.length == 0 || hr_view_equal(source, local);
  if (out->is_local) return HR_SUCCESS;
  if (hr_view_starts_with(source, bytes)) {
    out->length = source.length - bytes.length;
    out->set = malloc(out->length + 1);
    if (!out->set) return hr_error_out_of_memory(out->length, "a set of descriptors");
    memcpy(out->set, source.data + bytes.length, out->length);
    return HR_SUCCESS;
  }
  const char *path = source.data + (hr_view_starts_with(source, file) ? file.length : 0);
  hr_status cause = hr_file_read_all(path, SIZE_MAX / 2, &out->set, &out->length);
  if (!cause || hr_status_code(cause) == HR_RESOURCE_EXHAUSTED) return cause;
  hr_status status = hr_error(HR_INVALID_ARGUMENT, "descriptor_source is no serialized FileDescriptorSet: %s",
                              hr_status_message(cause));
  hr_status_free(cause);
  return status;
}

void hr_message_types_close(hr_message_types *types) {
  free(types->set);
  *types = (hr_message_types){0};
}

/* ---- those of this library --------------------------------------------------------------------------------------- */

enum { MOST_TYPES = 512 };

/* A type by its name, among those that `type` consists of. `seen` are those that were looked at. */
static const ProtobufCMessageDescriptor *find_linked(const ProtobufCMessageDescriptor *type, hr_view name,
                                                     const ProtobufCMessageDescriptor **seen, int *count) {
  if (hr_view_equal(hr_view_of(type->name), name)) return type;
  for (int i = 0; i < *count; ++i)
    if (seen[i] == type) return NULL;
  if (*count == MOST_TYPES) return NULL;
  seen[(*count)++] = type;
  for (unsigned i = 0; i < type->n_fields; ++i) {
    if (type->fields[i].type != PROTOBUF_C_TYPE_MESSAGE) continue;
    const ProtobufCMessageDescriptor *found = find_linked(type->fields[i].descriptor, name, seen, count);
    if (found) return found;
  }
  return NULL;
}

static const ProtobufCMessageDescriptor *linked_type(hr_view name) {
  static const ProtobufCMessageDescriptor *const roots[] = {&hr_pb__example__descriptor,
                                                            &hr_pb__sequence_example__descriptor,
                                                            &hr_pb__event__descriptor,
                                                            &hr_pb__saved_model__descriptor,
                                                            &hr_pb__server_def__descriptor,
                                                            &hr_pb__run_metadata__descriptor,
                                                            &hr_pb__run_options__descriptor,
                                                            &hr_pb__bundle_header_proto__descriptor,
                                                            &hr_pb__bundle_entry_proto__descriptor,
                                                            &hr_pb__checkpoint_state__descriptor};
  const ProtobufCMessageDescriptor *seen[MOST_TYPES], *found = NULL;
  int count = 0;
  for (size_t i = 0; i < sizeof roots / sizeof *roots && !found; ++i)
    found = find_linked(roots[i], name, seen, &count);
  return found;
}

static hr_field_type type_of_linked(ProtobufCType type) {
  static const uint8_t types[] = {
      [PROTOBUF_C_TYPE_INT32] = HR_FIELD_INT32,       [PROTOBUF_C_TYPE_SINT32] = HR_FIELD_SINT32,
      [PROTOBUF_C_TYPE_SFIXED32] = HR_FIELD_SFIXED32, [PROTOBUF_C_TYPE_INT64] = HR_FIELD_INT64,
      [PROTOBUF_C_TYPE_SINT64] = HR_FIELD_SINT64,     [PROTOBUF_C_TYPE_SFIXED64] = HR_FIELD_SFIXED64,
      [PROTOBUF_C_TYPE_UINT32] = HR_FIELD_UINT32,     [PROTOBUF_C_TYPE_FIXED32] = HR_FIELD_FIXED32,
      [PROTOBUF_C_TYPE_UINT64] = HR_FIELD_UINT64,     [PROTOBUF_C_TYPE_FIXED64] = HR_FIELD_FIXED64,
      [PROTOBUF_C_TYPE_FLOAT] = HR_FIELD_FLOAT,       [PROTOBUF_C_TYPE_DOUBLE] = HR_FIELD_DOUBLE,
      [PROTOBUF_C_TYPE_BOOL] = HR_FIELD_BOOL,         [PROTOBUF_C_TYPE_ENUM] = HR_FIELD_ENUM,
      [PROTOBUF_C_TYPE_STRING] = HR_FIELD_STRING,     [PROTOBUF_C_TYPE_BYTES] = HR_FIELD_BYTES,
      [PROTOBUF_C_TYPE_MESSAGE] = HR_FIELD_MESSAGE};
  return (hr_field_type)types[type];
}

/* TensorFlow's messages have no defaults but zero. */
static void read_linked(const ProtobufCMessageDescriptor *type, hr_message_field *fields) {
  for (unsigned i = 0; i < type->n_fields; ++i) {
    const ProtobufCFieldDescriptor *f = &type->fields[i];
    const ProtobufCMessageDescriptor *inner = f->type == PROTOBUF_C_TYPE_MESSAGE ? f->descriptor : NULL;
    fields[i] = (hr_message_field){.name = hr_view_of(f->name),
                                   .type_name = hr_view_of(inner ? inner->name : NULL),
                                   .number = f->id,
                                   .type = type_of_linked(f->type),
                                   .is_repeated = f->label == PROTOBUF_C_LABEL_REPEATED,
                                   .is_packed = f->flags & PROTOBUF_C_FIELD_FLAG_PACKED};
  }
}

/* ---- those of a FileDescriptorSet -------------------------------------------------------------------------------- */

/* Numbers of fields in descriptor.proto. */
enum { SET_FILE = 1 };
enum { FILE_PACKAGE = 2, FILE_MESSAGE = 4, FILE_ENUM = 5 };
enum { MESSAGE_FIELD = 2, MESSAGE_NESTED = 3, MESSAGE_ENUM = 4 };
enum { FIELD_NUMBER = 3, FIELD_LABEL = 4, FIELD_TYPE = 5, FIELD_TYPE_NAME = 6, FIELD_DEFAULT = 7, FIELD_OPTIONS = 8 };
enum { OPTION_PACKED = 2, ENUM_VALUE = 2, ENUM_VALUE_NUMBER = 2, NAME = 1, REQUIRED = 2, REPEATED = 3 };

/* The next field of a description: its number, and its bytes or number. False at the end, and where it is malformed. */
static bool next_part(hr_wire *wire, uint32_t *field, hr_view *bytes, uint64_t *number) {
  hr_wire_type type;
  *bytes = (hr_view){0};
  if (hr_wire_done(wire) || !hr_wire_tag(wire, field, &type)) return false;
  if (type == HR_WIRE_BYTES) return hr_wire_bytes(wire, bytes);
  return type == HR_WIRE_VARINT ? hr_wire_varint(wire, number) : hr_wire_skip(wire, type);
}

/* The last part with this number. */
static hr_view part(hr_view of, uint32_t wanted) {
  hr_wire wire = hr_wire_of_view(of);
  hr_view bytes, found = {0};
  uint32_t field;
  uint64_t number;
  while (next_part(&wire, &field, &bytes, &number))
    if (field == wanted) found = bytes;
  return found;
}

/* Takes `name` and a dot, or all that is left, from the front of `path`. */
static bool take_name(hr_view *path, hr_view name) {
  if (name.length == 0 || !hr_view_starts_with(*path, name)) return false;
  size_t length = name.length + (path->length > name.length);
  if (path->length > name.length && path->data[name.length] != '.') return false;
  *path = (hr_view){path->data + length, path->length - length};
  return true;
}

/* The message or enum that `path` leads to in a file or message, whose own messages are parts `messages`. */
static bool find_inside(hr_view in, hr_view path, bool is_enum, hr_view *out) {
  for (bool is_file = true;; is_file = false) {
    uint32_t messages = is_file ? FILE_MESSAGE : MESSAGE_NESTED, enums = is_file ? FILE_ENUM : MESSAGE_ENUM, field;
    hr_wire wire = hr_wire_of_view(in);
    hr_view bytes, rest = path;
    uint64_t number;
    bool has_entered = false;
    while (!has_entered && next_part(&wire, &field, &bytes, &number)) {
      rest = path;
      if (field != messages && !(field == enums && is_enum)) continue;
      if (!take_name(&rest, part(bytes, NAME))) continue;
      if (rest.length == 0 && (field == enums) == is_enum) {
        *out = bytes;
        return true;
      }
      has_entered = field == messages && rest.length > 0;
    }
    if (!has_entered) return false;
    in = bytes;
    path = rest;
  }
}

static bool find_in_set(const hr_message_types *types, hr_view path, bool is_enum, hr_view *out) {
  hr_wire wire = hr_wire_of(types->set, types->length);
  hr_view file;
  uint32_t field;
  uint64_t number;
  while (next_part(&wire, &field, &file, &number)) {
    if (field != SET_FILE) continue;
    hr_view rest = path, package = part(file, FILE_PACKAGE);
    if (package.length > 0 && !take_name(&rest, package)) continue;
    if (find_inside(file, rest, is_enum, out)) return true;
  }
  return false;
}

/* The number of an enum's value with this name; of its first one where there is no name. */
static int64_t enum_number(const hr_message_types *types, hr_view type_name, hr_view name) {
  hr_view type, value;
  if (type_name.length == 0 || type_name.data[0] != '.') return 0;
  if (!find_in_set(types, (hr_view){type_name.data + 1, type_name.length - 1}, true, &type)) return 0;
  hr_wire wire = hr_wire_of_view(type);
  uint32_t field;
  uint64_t number = 0;
  while (next_part(&wire, &field, &value, &number)) {
    if (field != ENUM_VALUE || (name.length > 0 && !hr_view_equal(part(value, NAME), name))) continue;
    hr_wire inside = hr_wire_of_view(value);
    hr_view unused;
    int64_t found = 0;
    while (next_part(&inside, &field, &unused, &number))
      if (field == ENUM_VALUE_NUMBER) found = (int32_t)number;
    return found;
  }
  return 0;
}

/* ---- defaults ---------------------------------------------------------------------------------------------------- */

static hr_status malformed(hr_view name, const char *what) {
  return hr_error(HR_INVALID_ARGUMENT, "Problem loading the descriptor of field %.*s: %s", (int)name.length, name.data,
                  what);
}

/* A byte that stands behind a backslash; `*at` is behind it then. */
static char escaped_byte(hr_view text, size_t *at) {
  static const char letters[] = "abfnrtv", bytes[] = "\a\b\f\n\r\t\v";
  char c = text.data[(*at)++];
  const char *letter = strchr(letters, c);
  if (c && letter) return bytes[letter - letters];
  if (c < '0' || c > '7') return c;
  int byte = c - '0';
  for (int i = 0; i < 2 && *at < text.length && text.data[*at] >= '0' && text.data[*at] <= '7'; ++i)
    byte = byte * 8 + text.data[(*at)++] - '0';
  return (char)byte;
}

/* Text as it is, bytes with C's escapes. */
static hr_status default_text(hr_view text, bool is_escaped, hr_field_default *out) {
  out->text = malloc(text.length + 1);
  if (!out->text) return hr_error_out_of_memory(text.length, "a default");
  for (size_t i = 0; i < text.length;) {
    char c = text.data[i++];
    out->text[out->length++] = is_escaped && c == '\\' && i < text.length ? escaped_byte(text, &i) : c;
  }
  return HR_SUCCESS;
}

hr_status hr_field_default_of(const hr_message_types *types, const hr_message_field *field, hr_field_default *out) {
  char number[64], *end = number;
  hr_view text = field->default_value;
  *out = (hr_field_default){0};
  switch (field->type) {
  case HR_FIELD_STRING:
  case HR_FIELD_BYTES: return text.length ? default_text(text, field->type == HR_FIELD_BYTES, out) : HR_SUCCESS;
  case HR_FIELD_GROUP:
  case HR_FIELD_MESSAGE: return HR_SUCCESS;
  case HR_FIELD_ENUM:
    if (!types->is_local) out->integer = enum_number(types, field->type_name, text);
    return HR_SUCCESS;
  case HR_FIELD_BOOL: out->integer = hr_view_equal(text, HR_VIEW("true")); return HR_SUCCESS;
  default: break;
  }
  if (text.length == 0) return HR_SUCCESS;
  if (text.length >= sizeof number) return malformed(field->name, "its default is no number");
  memcpy(number, text.data, text.length);
  number[text.length] = '\0';
  if (field->type == HR_FIELD_DOUBLE || field->type == HR_FIELD_FLOAT)
    out->real = strtod(number, &end);
  else if (number[0] == '-')
    out->integer = strtoll(number, &end, 10);
  else
    out->integer = (int64_t)strtoull(number, &end, 10);
  return *end == '\0' ? HR_SUCCESS : malformed(field->name, "its default is no number");
}

/* ---- fields ----------------------------------------------------------------------------------------------------- */

static bool is_packed(hr_view options) {
  hr_wire wire = hr_wire_of_view(options);
  hr_view bytes;
  uint32_t field;
  uint64_t number;
  bool packed = false;
  while (next_part(&wire, &field, &bytes, &number))
    if (field == OPTION_PACKED) packed = number != 0;
  return packed;
}

static hr_status read_field(hr_view description, hr_message_field *out) {
  hr_wire wire = hr_wire_of_view(description);
  hr_view bytes;
  uint32_t field;
  uint64_t number = 0, type = 0;
  *out = (hr_message_field){.name = part(description, NAME)};
  while (next_part(&wire, &field, &bytes, &number))
    switch (field) {
    case FIELD_NUMBER: out->number = (uint32_t)number; break;
    case FIELD_LABEL:
      out->is_repeated = number == REPEATED;
      out->is_required = number == REQUIRED;
      break;
    case FIELD_TYPE: type = number; break;
    case FIELD_TYPE_NAME: out->type_name = bytes; break;
    case FIELD_DEFAULT: out->default_value = bytes; break;
    case FIELD_OPTIONS: out->is_packed = is_packed(bytes); break;
    default: break;
    }
  if (!hr_wire_done(&wire)) return malformed(out->name, "it is cut off");
  if (out->number < 1 || out->number >= 1u << 29) return malformed(out->name, "it has no number");
  if (type < HR_FIELD_DOUBLE || type > HR_FIELD_SINT64) return malformed(out->name, "it has no type");
  out->type = (hr_field_type)type;
  out->is_packed &= hr_field_wire(out->type) != HR_WIRE_BYTES && out->type != HR_FIELD_GROUP;
  return HR_SUCCESS;
}

/* Those of a description, into `fields` where that is there. */
static hr_status read_fields(hr_view message, hr_message_field *fields, int32_t *count) {
  hr_wire wire = hr_wire_of_view(message);
  hr_view description;
  uint32_t field;
  uint64_t number;
  *count = 0;
  while (next_part(&wire, &field, &description, &number)) {
    if (field != MESSAGE_FIELD) continue;
    if (fields) HR_TRY(read_field(description, &fields[*count]));
    ++*count;
  }
  return HR_SUCCESS;
}

hr_status hr_message_fields(const hr_message_types *types, hr_view message_type, hr_message_field **out,
                            int32_t *count) {
  const ProtobufCMessageDescriptor *linked = types->is_local ? linked_type(message_type) : NULL;
  hr_view message;
  if (!linked && (types->is_local || !find_in_set(types, message_type, false, &message)))
    return hr_error(HR_INVALID_ARGUMENT, "No descriptor found for message type %.*s", (int)message_type.length,
                    message_type.data);
  if (linked)
    *count = (int32_t)linked->n_fields;
  else
    HR_TRY(read_fields(message, NULL, count));
  *out = malloc(((size_t)*count + 1) * sizeof **out);
  if (!*out) return hr_error_out_of_memory((size_t)*count * sizeof **out, "fields of a message");
  if (linked) read_linked(linked, *out);
  hr_status status = linked ? HR_SUCCESS : read_fields(message, *out, count);
  if (!status) return HR_SUCCESS;
  free(*out);
  *out = NULL;
  return status;
}

hr_status hr_message_field_find(hr_view message_type, const hr_message_field *fields, int32_t count, hr_view name,
                                hr_message_field *out) {
  for (int32_t i = 0; i < count; ++i)
    if (hr_view_equal(fields[i].name, name)) {
      *out = fields[i];
      return HR_SUCCESS;
    }
  return hr_error(HR_INVALID_ARGUMENT, "Unknown field: %.*s in message type %.*s", (int)name.length, name.data,
                  (int)message_type.length, message_type.data);
}

static int by_number(const void *a, const void *b) {
  const hr_message_field *x = a, *y = b;
  if (x->number != y->number) return x->number < y->number ? -1 : 1;
  return x->place - y->place;
}

void hr_message_fields_sort(void *fields, int32_t count, size_t size) {
  if (count > 0) qsort(fields, (size_t)count, size, by_number);
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

enum { DEEPEST = 100 };

bool hr_message_tag(hr_wire *wire, uint32_t *number, int *type) {
  uint64_t tag;
  if (!hr_wire_varint(wire, &tag)) return false;
  *number = (uint32_t)tag >> 3;
  *type = (int)(tag & 7);
  return true;
}

bool hr_message_skip(hr_wire *wire, uint32_t number, int type, hr_view *inside) {
  uint32_t open[DEEPEST], next;
  int depth = 0;
  if (number == 0 || type == HR_END_GROUP || type > HR_WIRE_32BIT) return false;
  if (type == HR_WIRE_BYTES) return hr_wire_bytes(wire, inside);
  if (type != HR_START_GROUP) return hr_wire_skip(wire, (hr_wire_type)type);
  open[depth++] = number;
  const uint8_t *start = wire->at;
  while (depth > 0) {
    const uint8_t *tag = wire->at;
    if (!hr_message_tag(wire, &next, &type) || next == 0) return false;
    if (type == HR_START_GROUP) {
      if (depth == DEEPEST) return false;
      open[depth++] = next;
    } else if (type == HR_END_GROUP) {
      if (open[--depth] != next) return false;
      *inside = (hr_view){(const char *)start, (size_t)(tag - start)};
    } else if (type > HR_WIRE_32BIT || !hr_wire_skip(wire, (hr_wire_type)type)) {
      return false;
    }
  }
  return true;
}

/* The types that a check has met. */
typedef struct known_type {
  struct known_type *next;
  hr_view name;
  hr_message_field *fields;
  int32_t count;
} known_type;

typedef struct check {
  const hr_message_types *types;
  known_type *known;
} check;

static hr_status know_type(check *c, hr_view name, const known_type **out) {
  for (known_type *k = c->known; k; k = k->next)
    if (hr_view_equal(k->name, name)) {
      *out = k;
      return HR_SUCCESS;
    }
  known_type *k = malloc(sizeof *k);
  if (!k) return hr_error_out_of_memory(sizeof *k, "a message type");
  hr_status status = hr_message_fields(c->types, name, &k->fields, &k->count);
  if (status) {
    free(k);
    return status;
  }
  k->name = name;
  k->next = c->known;
  c->known = k;
  *out = k;
  return HR_SUCCESS;
}

static hr_status no_message(hr_view type) {
  return hr_error(HR_DATA_LOSS, "Unable to parse binary protobuf: it is no %.*s", (int)type.length, type.data);
}

static hr_status check_at(check *c, hr_view type, hr_view message, int depth);

/* What stands in a field: a message, or packed values. */
static hr_status check_inside(check *c, hr_view of, const hr_message_field *f, int type, hr_view inside, int depth) {
  int wanted = hr_field_wire(f->type);
  if (f->type == HR_FIELD_MESSAGE || f->type == HR_FIELD_GROUP) {
    hr_view name = f->type_name;
    if (name.length > 0 && name.data[0] == '.') name = (hr_view){name.data + 1, name.length - 1};
    return type == wanted ? check_at(c, name, inside, depth + 1) : HR_SUCCESS;
  }
  hr_wire values = hr_wire_of_view(inside);
  bool is_good = true;
  if (type == HR_WIRE_BYTES && wanted != HR_WIRE_BYTES)
    while (is_good && !hr_wire_done(&values))
      is_good = hr_wire_skip(&values, (hr_wire_type)wanted);
  return is_good ? HR_SUCCESS : no_message(of);
}

static hr_status check_fields(check *c, const known_type *type, bool *seen, hr_view message, int depth) {
  hr_wire wire = hr_wire_of_view(message);
  while (!hr_wire_done(&wire)) {
    uint32_t number;
    int kind;
    hr_view inside = {0};
    if (!hr_message_tag(&wire, &number, &kind) || !hr_message_skip(&wire, number, kind, &inside))
      return no_message(type->name);
    for (int32_t i = 0; i < type->count; ++i) {
      if (type->fields[i].number != number) continue;
      seen[i] |= kind == hr_field_wire(type->fields[i].type);
      HR_TRY(check_inside(c, type->name, &type->fields[i], kind, inside, depth));
    }
  }
  for (int32_t i = 0; i < type->count; ++i)
    if (type->fields[i].is_required && !seen[i])
      return hr_error(HR_DATA_LOSS, "Unable to parse binary protobuf: a %.*s lacks its field %.*s",
                      (int)type->name.length, type->name.data, (int)type->fields[i].name.length,
                      type->fields[i].name.data);
  return HR_SUCCESS;
}

static hr_status check_at(check *c, hr_view type, hr_view message, int depth) {
  const known_type *known;
  if (depth == DEEPEST) return no_message(type);
  HR_TRY(know_type(c, type, &known));
  bool *seen = calloc((size_t)known->count + 1, sizeof *seen);
  if (!seen) return hr_error_out_of_memory((size_t)known->count, "fields of a message");
  hr_status status = check_fields(c, known, seen, message, depth);
  free(seen);
  return status;
}

hr_status hr_message_check(const hr_message_types *types, hr_view message_type, hr_view message) {
  check c = {types, NULL};
  hr_status status = check_at(&c, message_type, message, 0);
  for (known_type *next; c.known; c.known = next) {
    next = c.known->next;
    free(c.known->fields);
    free(c.known);
  }
  return status;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

hr_status hr_message_of_text(const hr_message_types *types, hr_view message_type, hr_view text, hr_text *out) {
  const ProtobufCMessageDescriptor *linked = types->is_local ? linked_type(message_type) : NULL;
  if (!linked)
    return hr_error(HR_UNIMPLEMENTED, "Text is read for messages of descriptor_source local:// only, not for %.*s",
                    (int)message_type.length, message_type.data);
  hr_status cause = hr_text_to_bytes(linked, text.data, text.length, out);
  if (hr_status_code(cause) != HR_INVALID_ARGUMENT) return cause;
  hr_status status = hr_error(HR_DATA_LOSS, "Unable to parse text protobuf: %s", hr_status_message(cause));
  hr_status_free(cause);
  return status;
}
