#include "failing_memory.h"

#include "runtime/base/heap.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
void *__real_reallocarray(void *memory, size_t count, size_t bytes);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t length);
int __real_posix_memalign(void **memory, size_t alignment, size_t bytes);

static _Atomic long until_failure = -1; /* allocations that still succeed; negative: all do */
static _Atomic bool fails_for_good, failed;

static bool fails(void) {
  if (until_failure < 0) return false;
  if (until_failure > 0) {
    --until_failure;
    return false;
  }
  if (!fails_for_good) until_failure = -1;
  failed = true;
  return true;
}

void *__wrap_malloc(size_t bytes) { return fails() ? NULL : __real_malloc(bytes); }
void *__wrap_calloc(size_t count, size_t bytes) { return fails() ? NULL : __real_calloc(count, bytes); }
void *__wrap_realloc(void *memory, size_t bytes) { return fails() ? NULL : __real_realloc(memory, bytes); }
void *__wrap_reallocarray(void *memory, size_t count, size_t bytes) {
  return fails() ? NULL : __real_reallocarray(memory, count, bytes);
}
char *__wrap_strdup(const char *text) { return fails() ? NULL : __real_strdup(text); }
char *__wrap_strndup(const char *text, size_t length) { return fails() ? NULL : __real_strndup(text, length); }
int __wrap_posix_memalign(void **memory, size_t alignment, size_t bytes) {
  return fails() ? ENOMEM : __real_posix_memalign(memory, alignment, bytes);
}

#if !HR_ADDRESS_SANITIZER && !HR_THREAD_SANITIZER
static void *(*allocate)(size_t bytes, size_t alignment);
static void *allocate_or_fail(size_t bytes, size_t alignment) { return fails() ? NULL : allocate(bytes, alignment); }
static void wrap_heap(void) {
  if (allocate) return;
  allocate = hr_heap.allocate;
  hr_heap.allocate = allocate_or_fail;
}
#else
static void wrap_heap(void) {} /* it calls posix_memalign */
#endif

void memory_fails_after(long count, bool for_good) {
  wrap_heap();
  failed = false;
  fails_for_good = for_good;
  until_failure = count;
}

bool memory_recovers(void) {
  until_failure = -1;
  return failed;
}
