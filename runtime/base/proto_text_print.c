#include "runtime/base/proto_text.h"

#include "runtime/base/proto_field.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void print_message(const ProtobufCMessage *message, int indent, hr_text *out);

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* Python's repr: the fewest digits that read back equal, always with a point or an exponent. */
static void print_double(double value, hr_text *out) {
  if (isnan(value)) {
    hr_text_add_string(out, "nan");
    return;
  }
  if (isinf(value)) {
    hr_text_add_string(out, value < 0 ? "-inf" : "inf");
    return;
  }
  char digits[40];
  int precision = 0;
  do
    snprintf(digits, sizeof digits, "%.*e", precision, value);
  while (strtod(digits, NULL) != value && ++precision < 17);
  int exponent = atoi(strchr(digits, 'e') + 1);
  if (exponent < -4 || exponent >= 16)
    hr_text_add_string(out, digits);
  else if (precision > exponent)
    hr_text_printf(out, "%.*f", precision - exponent, value);
  else
    hr_text_printf(out, "%.1f", value);
}

static void print_float(float value, hr_text *out) {
  double shortest = value;
  char digits[40];
  for (int precision = 6; precision < 9 && isfinite(value); ++precision) {
    snprintf(digits, sizeof digits, "%.*g", precision, (double)value);
    shortest = strtod(digits, NULL);
    if ((float)shortest == value) break;
    snprintf(digits, sizeof digits, "%.9g", (double)value);
    shortest = strtod(digits, NULL);
  }
  print_double(shortest, out);
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

static void print_string(const char *bytes, size_t length, hr_text *out) {
  hr_text_add(out, "\"", 1);
  hr_text_add_escaped(out, bytes, length);
  hr_text_add(out, "\"", 1);
}

static void print_scalar(const ProtobufCFieldDescriptor *field, const void *value, hr_text *out) {
  switch (field->type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32: hr_text_printf(out, "%d", *(const int32_t *)value); break;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64: hr_text_printf(out, "%lld", (long long)*(const int64_t *)value); break;
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32: hr_text_printf(out, "%u", *(const uint32_t *)value); break;
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64: hr_text_printf(out, "%llu", (unsigned long long)*(const uint64_t *)value); break;
  case PROTOBUF_C_TYPE_FLOAT: print_float(*(const float *)value, out); break;
  case PROTOBUF_C_TYPE_DOUBLE: print_double(*(const double *)value, out); break;
  case PROTOBUF_C_TYPE_BOOL: hr_text_add_string(out, *(const protobuf_c_boolean *)value ? "true" : "false"); break;
  case PROTOBUF_C_TYPE_STRING: {
    const char *string = *(const char *const *)value;
    print_string(string, strlen(string), out);
    break;
  }
  case PROTOBUF_C_TYPE_BYTES: {
    const ProtobufCBinaryData *bytes = (const ProtobufCBinaryData *)value;
    print_string((const char *)bytes->data, bytes->len, out);
    break;
  }
  case PROTOBUF_C_TYPE_ENUM: {
    int number = *(const int *)value;
    const ProtobufCEnumValue *known =
        protobuf_c_enum_descriptor_get_value((const ProtobufCEnumDescriptor *)field->descriptor, number);
    if (known)
      hr_text_add_string(out, known->name);
    else
      hr_text_printf(out, "%d", number);
    break;
  }
  case PROTOBUF_C_TYPE_MESSAGE: break; /* print_value's */
  }
}

static void print_value(const ProtobufCFieldDescriptor *field, const void *value, int indent, hr_text *out) {
  hr_text_printf(out, "%*s%s", indent, "", field->name);
  if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
    hr_text_add_string(out, " {\n");
    print_message(*(const ProtobufCMessage *const *)value, indent + 2, out);
    hr_text_printf(out, "%*s}\n", indent, "");
  } else {
    hr_text_add_string(out, ": ");
    print_scalar(field, value, out);
    hr_text_add(out, "\n", 1);
  }
}

/* ---- maps: entries are messages with a key and a value, printed by key ---------------------------------------------
 */

static bool is_map(const ProtobufCFieldDescriptor *field) {
  if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->label != PROTOBUF_C_LABEL_REPEATED) return false;
  const ProtobufCMessageDescriptor *entry = (const ProtobufCMessageDescriptor *)field->descriptor;
  size_t length = strlen(entry->short_name);
  return entry->n_fields == 2 && length > 5 && strcmp(entry->short_name + length - 5, "Entry") == 0 &&
         strcmp(entry->fields[0].name, "key") == 0 && strcmp(entry->fields[1].name, "value") == 0;
}

static int compare_entries(const void *a, const void *b) {
  const ProtobufCMessage *x = *(const ProtobufCMessage *const *)a, *y = *(const ProtobufCMessage *const *)b;
  const ProtobufCFieldDescriptor *key = &x->descriptor->fields[0];
  const void *kx = (const char *)x + key->offset, *ky = (const char *)y + key->offset;
  if (key->type == PROTOBUF_C_TYPE_STRING) return strcmp(*(const char *const *)kx, *(const char *const *)ky);
  int64_t ix = hr_proto_element_size(key->type) == 8 ? *(const int64_t *)kx : *(const int32_t *)kx;
  int64_t iy = hr_proto_element_size(key->type) == 8 ? *(const int64_t *)ky : *(const int32_t *)ky;
  return (ix > iy) - (ix < iy);
}

static void print_map(const ProtobufCFieldDescriptor *field, const void *entries, size_t count, int indent,
                      hr_text *out) {
  if (count == 0) return;
  const void **sorted = (const void **)malloc(count * sizeof *sorted);
  if (!sorted) {
    out->failed = true;
    return;
  }
  memcpy(sorted, entries, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_entries);
  for (size_t i = 0; i < count; ++i)
    print_value(field, &sorted[i], indent, out);
  free(sorted);
}

static void print_message(const ProtobufCMessage *message, int indent, hr_text *out) {
  for (unsigned i = 0; i < message->descriptor->n_fields; ++i) {
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
    const char *value = (const char *)hr_proto_value(message, field);
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      size_t count = *hr_proto_count(message, field);
      const char *elements = *(const char *const *)value;
      if (is_map(field)) {
        print_map(field, elements, count, indent, out);
      } else {
        for (size_t e = 0; e < count; ++e)
          print_value(field, elements + e * hr_proto_element_size(field->type), indent, out);
      }
    } else if (hr_proto_is_set(message, field)) {
      print_value(field, value, indent, out);
    }
  }
}

void hr_proto_print(const void *message, hr_text *out) { print_message((const ProtobufCMessage *)message, 0, out); }
