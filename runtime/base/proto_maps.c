#include "runtime/base/proto_check.h"

#include <stdlib.h>
#include <string.h>

/* A map is a repeated message of a key and a value. */
static bool is_map_entry(const ProtobufCMessageDescriptor *descriptor) {
  size_t length = strlen(descriptor->name);
  return length > 5 && strcmp(descriptor->name + length - 5, "Entry") == 0 && descriptor->n_fields == 2 &&
         strcmp(descriptor->fields[0].name, "key") == 0 && strcmp(descriptor->fields[1].name, "value") == 0;
}

static int compare_entries(const void *a, const void *b) {
  const ProtobufCMessage *x = *(ProtobufCMessage *const *)a, *y = *(ProtobufCMessage *const *)b;
  const ProtobufCFieldDescriptor *key = &x->descriptor->fields[0];
  const void *x_key = (const char *)x + key->offset, *y_key = (const char *)y + key->offset;
  if (key->type == PROTOBUF_C_TYPE_STRING) return strcmp(*(char *const *)x_key, *(char *const *)y_key);
  uint32_t x_number = *(const uint32_t *)x_key, y_number = *(const uint32_t *)y_key;
  return (x_number > y_number) - (x_number < y_number);
}

static void sort_field(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  char *member = (char *)message + field->offset;
  uint32_t quantifier = *(const uint32_t *)(const void *)((char *)message + field->quantifier_offset);
  if (field->label != PROTOBUF_C_LABEL_REPEATED) {
    bool is_set = !(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) || quantifier == field->id;
    if (is_set && *(void **)(void *)member) hr_proto_sort_maps(*(void **)(void *)member);
    return;
  }
  size_t count = *(const size_t *)(const void *)((char *)message + field->quantifier_offset);
  ProtobufCMessage **items = *(ProtobufCMessage ***)(void *)member;
  for (size_t i = 0; i < count; ++i)
    hr_proto_sort_maps(items[i]);
  if (count > 1 && is_map_entry((const ProtobufCMessageDescriptor *)field->descriptor))
    qsort(items, count, sizeof *items, compare_entries);
}

void hr_proto_sort_maps(void *message) {
  const ProtobufCMessageDescriptor *descriptor = ((ProtobufCMessage *)message)->descriptor;
  for (unsigned i = 0; i < descriptor->n_fields; ++i)
    if (descriptor->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
      sort_field((ProtobufCMessage *)message, &descriptor->fields[i]);
}
