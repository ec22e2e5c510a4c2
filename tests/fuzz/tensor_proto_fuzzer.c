/* A TensorProto that reads is written in a form that reads as the same tensor. */
#include "runtime/tensor/tensor_proto.h"
#include <stdlib.h>

/* Refuses what would only test the machine's memory. */
static hr_buffer *allocate_little(hr_allocator *self, size_t bytes) {
  (void)self;
  return bytes > (size_t)64 << 20 ? NULL : hr_cpu_allocator()->allocate(hr_cpu_allocator(), bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  hr_allocator allocator = {.allocate = allocate_little, .name = "little"};
  hr_tensor tensor, again;
  hr_status status = hr_tensor_from_proto((hr_view){(const char *)bytes, length}, &allocator, &tensor);
  if (status) {
    hr_status_free(status);
    return 0;
  }
  hr_text text = {0};
  if (hr_tensor_to_proto(&tensor, &text) || text.failed) abort();
  if (hr_tensor_from_proto((hr_view){text.data, text.length}, &allocator, &again)) abort();
  if (!hr_tensor_equal(&tensor, &again)) abort();
  hr_tensor_clear(&tensor);
  hr_tensor_clear(&again);
  hr_text_free(&text);
  return 0;
}
