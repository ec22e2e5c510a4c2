/* Counted buffers and the CPU allocator. */
#include "headrace/tensor.h"
#include "runtime/base/heap.h"
#include "runtime/base/large_blocks.h"

/* The header stands in the 64 bytes before the data, so that both come from one allocation. */
#define HEADER_BYTES HR_ALIGNMENT
_Static_assert(sizeof(hr_buffer) <= HEADER_BYTES, "the data must start on the next cache line");

static _Atomic uint64_t cpu_calls;

static hr_buffer *cpu_allocate(hr_allocator *self, size_t bytes) {
  atomic_fetch_add_explicit(&cpu_calls, 1, memory_order_relaxed);
  if (bytes > PTRDIFF_MAX - HEADER_BYTES) return NULL;
  hr_buffer *buffer = bytes >= HR_LARGE_BLOCK ? hr_large_block_new(HEADER_BYTES + bytes, HR_ALIGNMENT)
                                              : hr_heap_allocate(HEADER_BYTES + bytes, HR_ALIGNMENT);
  if (!buffer) return NULL;
  *buffer = (hr_buffer){.references = 1, .data = (char *)buffer + HEADER_BYTES, .bytes = bytes, .allocator = self};
  return buffer;
}

static void cpu_release(hr_allocator *self, hr_buffer *buffer) {
  (void)self;
  if (buffer->bytes >= HR_LARGE_BLOCK)
    hr_large_block_free(buffer, HEADER_BYTES + buffer->bytes);
  else
    hr_heap_free(buffer);
}

hr_allocator *hr_cpu_allocator(void) {
  static hr_allocator allocator = {.allocate = cpu_allocate, .release = cpu_release, .name = "cpu"};
  return &allocator;
}

uint64_t hr_cpu_allocator_calls(void) { return atomic_load_explicit(&cpu_calls, memory_order_relaxed); }

hr_buffer *hr_buffer_wrap(void *data, size_t bytes, void (*free_data)(void *, size_t, void *), void *argument) {
  hr_buffer *buffer = hr_heap_allocate(sizeof *buffer, _Alignof(hr_buffer));
  if (!buffer) return NULL;
  *buffer = (hr_buffer){.references = 1, .data = data, .bytes = bytes, .free_data = free_data, .argument = argument};
  return buffer;
}

void hr_buffer_destroy(hr_buffer *buffer) {
  if (buffer->free_data) buffer->free_data(buffer->data, buffer->bytes, buffer->argument);
  if (buffer->allocator)
    buffer->allocator->release(buffer->allocator, buffer);
  else
    hr_heap_free(buffer);
}
