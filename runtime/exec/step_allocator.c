#include "runtime/exec/step_allocator.h"
#include "runtime/base/heap.h"
#include <string.h>

/* Classes: 64 bytes steps up to 512, then eight to each power of two. */
static unsigned class_of(size_t bytes, size_t *rounded) {
  if (bytes <= 512) {
    unsigned index = bytes == 0 ? 0 : (unsigned)((bytes - 1) / 64);
    *rounded = (size_t)(index + 1) * 64;
    return index;
  }
  unsigned log = 63 - (unsigned)__builtin_clzll(bytes - 1); /* 2^log < bytes <= 2^(log + 1) */
  size_t step = (size_t)1 << (log - 3);
  size_t index = (bytes - 1) >> (log - 3); /* 8..15 */
  *rounded = (index + 1) * step;
  return 8 + (log - 9) * 8 + (unsigned)(index - 8);
}

static hr_buffer *step_allocate(hr_allocator *self, size_t bytes) {
  hr_step_allocator *a = (hr_step_allocator *)self;
  if (bytes > SIZE_MAX / 4) return NULL;
  size_t rounded;
  unsigned index = class_of(bytes, &rounded);
  hr_spin_lock_take(&a->lock);
  a->used[index / 64] |= UINT64_C(1) << (index % 64);
  hr_buffer *buffer = a->free_buffers[index];
  if (buffer) {
    a->free_buffers[index] = buffer->argument;
    hr_spin_lock_give(&a->lock);
    __atomic_store_n(&buffer->references, 1, __ATOMIC_RELAXED);
    buffer->bytes = bytes;
    buffer->free_data = NULL;
    buffer->argument = NULL;
    hr_heap_permit(buffer->data, bytes);
    return buffer;
  }
  a->missed = true;
  hr_spin_lock_give(&a->lock);
  buffer = a->source->allocate(a->source, rounded);
  if (!buffer) return NULL;
  buffer->allocator = self;
  buffer->bytes = bytes;
  hr_heap_forbid((char *)buffer->data + bytes, rounded - bytes);
  return buffer;
}

static void step_release(hr_allocator *self, hr_buffer *buffer) {
  hr_step_allocator *a = (hr_step_allocator *)self;
  size_t rounded;
  unsigned index = class_of(buffer->bytes, &rounded);
  hr_heap_forbid(buffer->data, rounded);
  hr_spin_lock_take(&a->lock);
  buffer->argument = a->free_buffers[index];
  a->free_buffers[index] = buffer;
  a->held[index / 64] |= UINT64_C(1) << (index % 64);
  hr_spin_lock_give(&a->lock);
}

void hr_step_allocator_init(hr_step_allocator *a, hr_allocator *source) {
  memset(a, 0, sizeof *a);
  a->base = (hr_allocator){.allocate = step_allocate, .release = step_release, .name = source->name};
  a->source = source;
}

void hr_step_allocator_detach(hr_step_allocator *a, hr_buffer *buffer) {
  if (buffer->allocator == &a->base) buffer->allocator = a->source;
}

static void free_class(hr_step_allocator *a, unsigned index) {
  while (a->free_buffers[index]) {
    hr_buffer *buffer = a->free_buffers[index];
    a->free_buffers[index] = buffer->argument;
    buffer->allocator = a->source;
    a->source->release(a->source, buffer);
  }
}

void hr_step_allocator_clear(hr_step_allocator *a) {
  for (unsigned i = 0; i < HR_SIZE_CLASSES; ++i)
    free_class(a, i);
}

void hr_step_allocator_end_step(hr_step_allocator *a) {
  if (__builtin_expect(a->missed, 0)) {
    for (unsigned word = 0; word < HR_SIZE_CLASSES / 64; ++word) {
      uint64_t idle = a->held[word] & ~a->used[word];
      a->held[word] &= a->used[word];
      for (; idle; idle &= idle - 1)
        free_class(a, 64 * word + (unsigned)__builtin_ctzll(idle));
    }
    a->missed = false;
  }
  memset(a->used, 0, sizeof a->used);
}
