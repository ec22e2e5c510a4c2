/* A message with tensors reads the same whole and in pieces, and what was read can be written and read again. The first
 * byte says which message, the second how large the pieces are. */
#include "distributed/messages.h"
#include <stdlib.h>

/* Refuses what would only test the machine's memory. */
static hr_buffer *allocate_little(hr_allocator *self, size_t bytes) {
  (void)self;
  return bytes > (size_t)64 << 20 ? NULL : hr_cpu_allocator()->allocate(hr_cpu_allocator(), bytes);
}

static const hr_message_type *const types[] = {
    &hr_recv_tensor_request_type,  &hr_recv_tensor_response_type,  &hr_run_graph_request_type,
    &hr_run_graph_response_type,   &hr_run_step_request_type,      &hr_run_step_response_type,
    &hr_run_callable_request_type, &hr_run_callable_response_type,
};

/* Reads, and writes what was read to `out` (empty on an error). */
static bool read_and_write(const hr_message_type *type, const hr_slices *bytes, hr_slices *out) {
  hr_allocator allocator = {.allocate = allocate_little, .name = "little"};
  hr_arena arena = {0};
  void *message = calloc(1, type->size);
  hr_status status = hr_message_read(type, bytes, &allocator, &arena, message);
  bool good = !status;
  *out = (hr_slices){0};
  if (good) {
    hr_slices written;
    if (hr_message_write(type, message, NULL, &written)) abort();
    hr_view flat;
    if (hr_slices_view(&written, &arena, &flat)) abort();
    hr_text text = {0};
    hr_text_add(&text, flat.data, flat.length);
    hr_slices_add_text(out, &text);
    hr_slices_clear(&written);
    hr_message_clear(type, message);
  }
  hr_status_free(status);
  hr_arena_free(&arena);
  free(message);
  return good;
}

static bool same(const hr_slices *a, const hr_slices *b) {
  return a->bytes == b->bytes && (a->bytes == 0 || memcmp(a->slices[0].data, b->slices[0].data, a->bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  if (length < 2) return 0;
  const hr_message_type *type = types[bytes[0] % (sizeof types / sizeof *types)];
  size_t piece = 1 + bytes[1];
  bytes += 2;
  length -= 2;
  hr_slices whole = {0}, pieces = {0}, first, second, third;
  hr_slices_add(&whole, (hr_slice){bytes, length, NULL, NULL});
  for (size_t at = 0; at < length; at += piece)
    hr_slices_add(&pieces, (hr_slice){bytes + at, length - at < piece ? length - at : piece, NULL, NULL});
  bool good = read_and_write(type, &whole, &first);
  if (read_and_write(type, &pieces, &second) != good || !same(&first, &second)) abort();
  if (good && (!read_and_write(type, &first, &third) || !same(&first, &third))) abort();
  if (good) hr_slices_clear(&third);
  hr_slices_clear(&first);
  hr_slices_clear(&second);
  hr_slices_clear(&whole);
  hr_slices_clear(&pieces);
  return 0;
}
