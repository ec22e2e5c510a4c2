/* Descriptions of messages, and messages by them: two bytes say how long a FileDescriptorSet is; a message of its type
 * "t.M" follows. */
#include "kernels_cpu/parsing/message_types.h"
#include "runtime/session/single_op.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char type[] = "t.M";

static hr_dtype dtype_of(hr_field_type field) {
  hr_dtype dtype = HR_FLOAT;
  while (!hr_field_fits(field, dtype))
    ++dtype;
  return dtype;
}

/* All fields of the type, out of the message and into one again. */
static void decode(hr_bytes source, hr_view message, int32_t count, const hr_message_field *fields) {
  hr_bytes *names = malloc(sizeof *names * (size_t)count);
  int32_t *types = malloc(sizeof *types * (size_t)count), given = 0;
  hr_tensor *out = calloc((size_t)count + 1, sizeof *out), in, again = {0};
  for (int32_t i = 0; i < count; ++i) {
    names[i] = (hr_bytes){fields[i].name.data, fields[i].name.length};
    types[i] = dtype_of(fields[i].type);
  }
  const hr_attr_value name = {.kind = HR_ATTR_STRING, .count = 3, .s = type},
                      where = {.kind = HR_ATTR_STRING, .count = (int32_t)source.length, .s = source.data},
                      all = {.kind = HR_ATTR_STRING, .is_list = true, .count = count, .strings = names},
                      dtypes = {.kind = HR_ATTR_TYPE, .is_list = true, .count = count, .types = types};
  const hr_named_attr
      attrs[] = {{"message_type", name}, {"descriptor_source", where}, {"field_names", all}, {"output_types", dtypes}},
      back[] = {{"message_type", name}, {"descriptor_source", where}, {"field_names", all}, {"Tinput_types", dtypes}};
  hr_status status = hr_tensor_string(message.data, message.length, &in);
  hr_single_op op = {.op = "DecodeProtoV2", .num_inputs = 1, .inputs = &in, .num_attrs = 4, .attrs = attrs};
  if (!status) status = hr_run_single_op(&op, count + 1, out, &given, NULL);
  if (!status && count > 0) {
    op = (hr_single_op){.op = "EncodeProto", .num_inputs = count + 1, .inputs = out, .num_attrs = 4, .attrs = back};
    int32_t one;
    hr_status_free(hr_run_single_op(&op, 1, &again, &one, NULL));
    hr_tensor_clear(&again);
  }
  for (int32_t i = 0; i < given && !status; ++i)
    hr_tensor_clear(&out[i]);
  hr_status_free(status);
  hr_tensor_clear(&in);
  free(names);
  free(types);
  free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char prefix[] = "bytes://";
  const size_t prefix_length = sizeof prefix - 1;
  if (size < 2) return 0;
  size_t set = data[0] | (size_t)data[1] << 8;
  data += 2;
  size -= 2;
  if (set > size) set = size;
  char *source = malloc(prefix_length + set + 1);
  memcpy(source, prefix, prefix_length);
  memcpy(source + prefix_length, data, set);
  source[prefix_length + set] = '\0';
  hr_view message = {(const char *)data + set, size - set};
  hr_message_types types;
  hr_message_field *fields = NULL;
  int32_t count = 0;
  hr_status status = hr_message_types_open((hr_view){source, prefix_length + set}, &types);
  if (!status) status = hr_message_fields(&types, hr_view_of(type), &fields, &count);
  if (!status) {
    hr_status_free(hr_message_check(&types, hr_view_of(type), message));
    if (count <= 64) decode((hr_bytes){source, prefix_length + set}, message, count, fields);
  }
  hr_status_free(status);
  free(fields);
  hr_message_types_close(&types);
  free(source);
  return 0;
}
