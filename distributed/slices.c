/* Lists of slices; compiled into libheadrace_grpc too. */
#include "distributed/slices.h"
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>

size_t hr_message_limit(void) {
  static _Atomic size_t known;
  size_t limit = atomic_load_explicit(&known, memory_order_relaxed);
  if (limit > 0) return limit;
  const char *wanted = getenv("HEADRACE_MAX_MESSAGE_BYTES");
  long long bytes = wanted ? atoll(wanted) : 0;
  limit = bytes > 0 && bytes < INT_MAX ? (size_t)bytes : INT_MAX;
  atomic_store_explicit(&known, limit, memory_order_relaxed);
  return limit;
}

static void release_slice(const hr_slice *slice) {
  if (slice->release) slice->release(slice->owner);
}

void hr_slices_add(hr_slices *message, hr_slice slice) {
  if (message->count == message->capacity) {
    int32_t capacity = message->capacity ? 2 * message->capacity : 4;
    hr_slice *slices = realloc(message->slices, sizeof *slices * (size_t)capacity);
    if (!slices) {
      message->failed = true;
      release_slice(&slice);
      return;
    }
    message->slices = slices;
    message->capacity = capacity;
  }
  message->slices[message->count++] = slice;
  message->bytes += slice.length;
}

void hr_slices_append(hr_slices *message, hr_slices *part) {
  message->failed |= part->failed;
  for (int32_t i = 0; i < part->count; ++i)
    hr_slices_add(message, part->slices[i]);
  free(part->slices);
  *part = (hr_slices){0};
}

void hr_slices_clear(hr_slices *message) {
  for (int32_t i = 0; i < message->count; ++i)
    release_slice(&message->slices[i]);
  if (message->release) message->release(message->owner);
  free(message->slices);
  *message = (hr_slices){0};
}
