#include "runtime/data/state.h"
#include "runtime/base/wire.h"
#include "runtime/tensor/tensor_proto.h"

void hr_state_put_int(hr_state_writer *writer, int64_t value) { hr_wire_put_varint(&writer->bytes, (uint64_t)value); }

void hr_state_put_bytes(hr_state_writer *writer, const void *data, size_t length) {
  hr_wire_put_varint(&writer->bytes, length);
  hr_text_add(&writer->bytes, data, length);
}

hr_status hr_state_put_tensor(hr_state_writer *writer, const hr_tensor *tensor) {
  hr_text proto = {0};
  hr_status status = hr_tensor_to_proto(tensor, &proto);
  if (!status && proto.failed) status = hr_error_out_of_memory(hr_tensor_bytes(tensor), "the state of an iterator");
  if (!status) hr_state_put_bytes(writer, proto.data, proto.length);
  hr_text_free(&proto);
  return status;
}

hr_status hr_state_put_element(hr_state_writer *writer, const hr_tensor *element, int32_t width) {
  for (int32_t i = 0; i < width; ++i)
    HR_TRY(hr_state_put_tensor(writer, &element[i]));
  return HR_SUCCESS;
}

static hr_status damaged(void) { return hr_error(HR_DATA_LOSS, "The state of an iterator is damaged"); }

hr_status hr_state_get_int(hr_state_reader *reader, int64_t *value) {
  hr_wire wire = hr_wire_of(reader->at, reader->left);
  uint64_t number;
  if (!hr_wire_varint(&wire, &number)) return damaged();
  reader->at = (const char *)wire.at;
  reader->left = hr_wire_left(&wire);
  *value = (int64_t)number;
  return HR_SUCCESS;
}

hr_status hr_state_get_int_in(hr_state_reader *reader, int64_t least, int64_t most, int64_t *value) {
  HR_TRY(hr_state_get_int(reader, value));
  return *value >= least && *value <= most ? HR_SUCCESS : damaged();
}

hr_status hr_state_get_flag(hr_state_reader *reader, bool *value) {
  int64_t number;
  HR_TRY(hr_state_get_int_in(reader, 0, 1, &number));
  *value = number == 1;
  return HR_SUCCESS;
}

hr_status hr_state_get_bytes(hr_state_reader *reader, const char **data, size_t *length) {
  int64_t count;
  HR_TRY(hr_state_get_int(reader, &count));
  if (count < 0 || (uint64_t)count > reader->left) return damaged();
  *data = reader->at;
  *length = (size_t)count;
  reader->at += count;
  reader->left -= (size_t)count;
  return HR_SUCCESS;
}

hr_status hr_state_get_tensor(hr_state_reader *reader, hr_tensor *out) {
  const char *data;
  size_t length;
  *out = (hr_tensor){0};
  HR_TRY(hr_state_get_bytes(reader, &data, &length));
  return hr_tensor_from_proto((hr_view){data, length}, hr_cpu_allocator(), out);
}

hr_status hr_state_get_element(hr_state_reader *reader, const hr_dtype *dtypes, int32_t width, hr_tensor *element) {
  for (int32_t i = 0; i < width; ++i) {
    hr_status status = hr_state_get_tensor(reader, &element[i]);
    if (!status && hr_tensor_dtype(&element[i]) != dtypes[i]) {
      hr_tensor_clear(&element[i]);
      status = damaged();
    }
    if (!status) continue;
    while (i-- > 0)
      hr_tensor_clear(&element[i]);
    return status;
  }
  return HR_SUCCESS;
}
