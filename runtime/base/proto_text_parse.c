#include "runtime/base/proto_text.h"

#include "runtime/base/proto_field.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#define MAX_DEPTH  100
#define MAX_NUMBER 64 /* characters; no number needs more */

typedef struct parser {
  const char *at, *end, *start;
  hr_arena *arena;
} parser;

/* ---- tokens ------------------------------------------------------------------------------------------------------ */

static HR_PRINTF(2, 3) hr_status syntax_error(const parser *p, const char *format, ...) {
  size_t line = 1, column = 1;
  for (const char *c = p->start; c < p->at; ++c) {
    column = *c == '\n' ? 1 : column + 1;
    line += *c == '\n';
  }
  va_list arguments;
  va_start(arguments, format);
  hr_status status = hr_error_v(HR_INVALID_ARGUMENT, format, arguments);
  va_end(arguments);
  return hr_status_prefix(status, "%zu:%zu : ", line, column);
}

static void skip_space(parser *p) {
  while (p->at < p->end) {
    if (*p->at == '#') {
      while (p->at < p->end && *p->at != '\n')
        ++p->at;
    } else if (isspace((unsigned char)*p->at)) {
      ++p->at;
    } else {
      return;
    }
  }
}
static bool next_is(parser *p, char c) {
  skip_space(p);
  return p->at < p->end && *p->at == c;
}
static bool take(parser *p, char c) {
  if (!next_is(p, c)) return false;
  ++p->at;
  return true;
}

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }
static bool is_literal(char c) { return is_name(c) || c == '.' || c == '+' || c == '-'; }
static hr_view take_while(parser *p, bool (*belongs)(char)) {
  skip_space(p);
  const char *start = p->at;
  while (p->at < p->end && belongs(*p->at))
    ++p->at;
  return (hr_view){start, (size_t)(p->at - start)};
}

/* A number, NUL-terminated in `text`; InvalidArgument for none. */
static hr_status take_number(parser *p, char text[MAX_NUMBER]) {
  hr_view word = take_while(p, is_literal);
  if (word.length == 0 || word.length >= MAX_NUMBER) {
    p->at = word.data;
    return syntax_error(p, "Expected a number");
  }
  memcpy(text, word.data, word.length);
  text[word.length] = '\0';
  return HR_SUCCESS;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = (char)(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte behind a backslash; p->at is behind the backslash. */
static hr_status take_escape(parser *p, char *byte) {
  static const char letters[] = "abfnrtv\\'\"?", bytes[] = "\a\b\f\n\r\t\v\\'\"?";
  char c = p->at < p->end ? *p->at : '\0';
  const char *letter = c ? strchr(letters, c) : NULL;
  if (letter) {
    ++p->at;
    *byte = bytes[letter - letters];
    return HR_SUCCESS;
  }
  int value = 0, digits = 0;
  if (c == 'x' || c == 'X') {
    ++p->at;
    for (; digits < 2 && p->at < p->end && hex_digit(*p->at) >= 0; ++digits)
      value = value * 16 + hex_digit(*p->at++);
  } else {
    for (; digits < 3 && p->at < p->end && *p->at >= '0' && *p->at <= '7'; ++digits)
      value = value * 8 + *p->at++ - '0';
  }
  if (digits == 0) return syntax_error(p, "Invalid escape sequence in a string");
  *byte = (char)value;
  return HR_SUCCESS;
}

/* One or more string literals, joined, in the arena with a NUL behind. */
static hr_status take_string(parser *p, ProtobufCBinaryData *out) {
  skip_space(p);
  size_t bound = 1; /* a literal never gets longer by unescaping */
  const char *first = p->at;
  if (!next_is(p, '"') && !next_is(p, '\'')) return syntax_error(p, "Expected a string");
  while (next_is(p, '"') || next_is(p, '\'')) {
    char quote = *p->at++;
    while (p->at < p->end && *p->at != quote && *p->at != '\n') {
      if (*p->at == '\\' && p->at + 1 < p->end) ++p->at;
      ++p->at;
      ++bound;
    }
    if (p->at >= p->end || *p->at != quote) return syntax_error(p, "String is not closed");
    ++p->at;
  }
  uint8_t *bytes = HR_ARENA_ARRAY(p->arena, uint8_t, bound);
  if (!bytes) return hr_error_out_of_memory(bound, "text");
  const char *last = p->at;
  size_t length = 0;
  p->at = first;
  while (p->at < last && (next_is(p, '"') || next_is(p, '\''))) {
    char quote = *p->at++;
    while (*p->at != quote) {
      char byte = *p->at++;
      if (byte == '\\') HR_TRY(take_escape(p, &byte));
      bytes[length++] = (uint8_t)byte;
    }
    ++p->at;
  }
  bytes[length] = 0;
  *out = (ProtobufCBinaryData){length, bytes};
  return HR_SUCCESS;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static hr_status parse_signed(parser *p, int64_t low, int64_t high, int64_t *out) {
  char text[MAX_NUMBER], *end;
  HR_TRY(take_number(p, text));
  errno = 0;
  long long value = strtoll(text, &end, 0);
  if (*end || errno || value < low || value > high) return syntax_error(p, "Bad integer %s", text);
  *out = value;
  return HR_SUCCESS;
}

static hr_status parse_unsigned(parser *p, uint64_t high, uint64_t *out) {
  char text[MAX_NUMBER], *end;
  HR_TRY(take_number(p, text));
  errno = 0;
  unsigned long long value = strtoull(text, &end, 0);
  if (*end || errno || *text == '-' || value > high) return syntax_error(p, "Bad unsigned integer %s", text);
  *out = value;
  return HR_SUCCESS;
}

static hr_status parse_real(parser *p, double *out) {
  char text[MAX_NUMBER], *end;
  HR_TRY(take_number(p, text));
  double value = strtod(text, &end); /* takes inf, infinity and nan in any case */
  if (end > text && (*end == 'f' || *end == 'F')) ++end;
  if (*end || strpbrk(text, "xX")) return syntax_error(p, "Bad number %s", text);
  *out = value;
  return HR_SUCCESS;
}

static hr_status parse_bool(parser *p, protobuf_c_boolean *out) {
  hr_view word = take_while(p, is_literal);
  static const char *const spellings[] = {"false", "False", "f", "0", "true", "True", "t", "1"};
  for (int i = 0; i < 8; ++i) {
    if (hr_view_equal(word, hr_view_of(spellings[i]))) {
      *out = i >= 4;
      return HR_SUCCESS;
    }
  }
  p->at = word.data;
  return syntax_error(p, "Expected true or false");
}

static hr_status parse_enum(parser *p, const ProtobufCEnumDescriptor *descriptor, int *out) {
  skip_space(p);
  if (p->at < p->end && (isdigit((unsigned char)*p->at) || *p->at == '-')) {
    int64_t number = 0;
    HR_TRY(parse_signed(p, INT32_MIN, INT32_MAX, &number));
    *out = (int)number;
    return HR_SUCCESS;
  }
  hr_view word = take_while(p, is_name);
  for (unsigned i = 0; i < descriptor->n_value_names; ++i) {
    if (hr_view_equal(word, hr_view_of(descriptor->values_by_name[i].name))) {
      *out = descriptor->values[descriptor->values_by_name[i].index].value;
      return HR_SUCCESS;
    }
  }
  p->at = word.data;
  return syntax_error(p, "Enum type %s has no value named %.*s", descriptor->name, (int)word.length, word.data);
}

static hr_status parse_body(parser *p, ProtobufCMessage *message, char closing, int depth);

static hr_status parse_submessage(parser *p, const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **message,
                                  int depth) {
  char closing = take(p, '{') ? '}' : take(p, '<') ? '>' : '\0';
  if (!closing) return syntax_error(p, "Expected { or <");
  if (depth >= MAX_DEPTH) return syntax_error(p, "Messages are nested more than %d deep", MAX_DEPTH);
  if (!*message) {
    *message = (ProtobufCMessage *)hr_arena_allocate(p->arena, descriptor->sizeof_message, _Alignof(max_align_t));
    if (!*message) return hr_error_out_of_memory(descriptor->sizeof_message, descriptor->name);
    protobuf_c_message_init(descriptor, *message);
  }
  return parse_body(p, *message, closing, depth + 1);
}

static hr_status parse_value(parser *p, const ProtobufCFieldDescriptor *field, void *value, int depth) {
  int64_t number = 0;
  uint64_t natural = 0;
  double real = 0;
  switch (field->type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
    HR_TRY(parse_signed(p, INT32_MIN, INT32_MAX, &number));
    *(int32_t *)value = (int32_t)number;
    return HR_SUCCESS;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64: return parse_signed(p, INT64_MIN, INT64_MAX, (int64_t *)value);
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
    HR_TRY(parse_unsigned(p, UINT32_MAX, &natural));
    *(uint32_t *)value = (uint32_t)natural;
    return HR_SUCCESS;
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64: return parse_unsigned(p, UINT64_MAX, (uint64_t *)value);
  case PROTOBUF_C_TYPE_FLOAT:
    HR_TRY(parse_real(p, &real));
    *(float *)value = (float)real;
    return HR_SUCCESS;
  case PROTOBUF_C_TYPE_DOUBLE: return parse_real(p, (double *)value);
  case PROTOBUF_C_TYPE_BOOL: return parse_bool(p, (protobuf_c_boolean *)value);
  case PROTOBUF_C_TYPE_ENUM: return parse_enum(p, (const ProtobufCEnumDescriptor *)field->descriptor, (int *)value);
  case PROTOBUF_C_TYPE_BYTES: return take_string(p, (ProtobufCBinaryData *)value);
  case PROTOBUF_C_TYPE_STRING: {
    ProtobufCBinaryData bytes;
    HR_TRY(take_string(p, &bytes));
    if (memchr(bytes.data, 0, bytes.len)) return syntax_error(p, "String with a NUL inside");
    *(char **)value = (char *)bytes.data;
    return HR_SUCCESS;
  }
  case PROTOBUF_C_TYPE_MESSAGE:
    return parse_submessage(p, (const ProtobufCMessageDescriptor *)field->descriptor, (ProtobufCMessage **)value,
                            depth);
  }
  return hr_error(HR_INTERNAL, "Field %s has an unknown type", field->name);
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

/* Room for one more element, zeroed. Arrays double, so their capacity is the next power of two. */
static hr_status append_element(parser *p, const ProtobufCFieldDescriptor *field, ProtobufCMessage *message,
                                void **out) {
  size_t *count = hr_proto_count(message, field), size = hr_proto_element_size(field->type);
  char **elements = (char **)hr_proto_value(message, field);
  if ((*count & (*count - 1)) == 0) {
    size_t bytes = size * (*count ? *count * 2 : 1);
    char *grown = (char *)hr_arena_allocate(p->arena, bytes, _Alignof(max_align_t));
    if (!grown) return hr_error_out_of_memory(bytes, "a repeated field");
    if (*count) memcpy(grown, *elements, *count * size);
    *elements = grown;
  }
  *out = *elements + *count * size;
  memset(*out, 0, size);
  ++*count;
  return HR_SUCCESS;
}

static hr_status parse_repeated(parser *p, const ProtobufCFieldDescriptor *field, ProtobufCMessage *message,
                                int depth) {
  void *element;
  if (!take(p, '[')) {
    HR_TRY(append_element(p, field, message, &element));
    return parse_value(p, field, element, depth);
  }
  if (take(p, ']')) return HR_SUCCESS;
  do {
    HR_TRY(append_element(p, field, message, &element));
    HR_TRY(parse_value(p, field, element, depth));
  } while (take(p, ','));
  return take(p, ']') ? HR_SUCCESS : syntax_error(p, "Expected ] or ,");
}

static hr_status parse_single(parser *p, const ProtobufCFieldDescriptor *field, ProtobufCMessage *message, int depth) {
  if (hr_proto_is_set(message, field))
    return syntax_error(p, "Message type %s should not have multiple \"%s\" fields", message->descriptor->name,
                        field->name);
  if (hr_proto_in_oneof(field)) {
    uint32_t *which = hr_proto_oneof_case(message, field);
    if (*which) return syntax_error(p, "Field \"%s\" is specified beside another member of its oneof", field->name);
    memset(hr_proto_value(message, field), 0, hr_proto_element_size(field->type));
    *which = field->id;
  }
  return parse_value(p, field, hr_proto_value(message, field), depth);
}

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *descriptor, hr_view name) {
  for (unsigned i = 0; i < descriptor->n_fields; ++i) {
    if (hr_view_equal(name, hr_view_of(descriptor->fields[i].name))) return &descriptor->fields[i];
  }
  return NULL;
}

/* Fields up to `closing`, or to the end of the text for NUL. */
static hr_status parse_body(parser *p, ProtobufCMessage *message, char closing, int depth) {
  for (;;) {
    skip_space(p);
    if (closing && take(p, closing)) return HR_SUCCESS;
    if (p->at == p->end) return closing ? syntax_error(p, "Expected %c", closing) : HR_SUCCESS;
    hr_view name = take_while(p, is_name);
    if (name.length == 0) return syntax_error(p, "Expected a field name");
    const ProtobufCFieldDescriptor *field = find_field(message->descriptor, name);
    if (!field) {
      p->at = name.data;
      return syntax_error(p, "Message type \"%s\" has no field named \"%.*s\"", message->descriptor->name,
                          (int)(name.length < 200 ? name.length : 200), name.data);
    }
    if (!take(p, ':') && field->type != PROTOBUF_C_TYPE_MESSAGE) return syntax_error(p, "Expected :");
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    HR_TRY(repeated ? parse_repeated(p, field, message, depth) : parse_single(p, field, message, depth));
    if (!take(p, ',')) take(p, ';');
  }
}

hr_status hr_proto_parse_into(const ProtobufCMessageDescriptor *descriptor, hr_arena *arena, const char *text,
                              size_t length, void *message) {
  parser p = {text, text + length, text, arena};
  ProtobufCMessage *parsed =
      (ProtobufCMessage *)hr_arena_allocate(arena, descriptor->sizeof_message, _Alignof(max_align_t));
  if (!parsed) return hr_error_out_of_memory(descriptor->sizeof_message, descriptor->name);
  protobuf_c_message_init(descriptor, parsed);
  HR_TRY(parse_body(&p, parsed, '\0', 0));
  *(ProtobufCMessage **)message = parsed;
  return HR_SUCCESS;
}
