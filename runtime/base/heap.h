/* Memory of tensors: mimalloc, except under a sanitizer, which sees accesses out of bounds, leaks and the order between
 * threads only through the plain functions that it watches.
 */
#ifndef HR_RUNTIME_BASE_HEAP_H
#define HR_RUNTIME_BASE_HEAP_H

#include <stddef.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define HR_ADDRESS_SANITIZER 1
#include <sanitizer/asan_interface.h>
#else
#define HR_ADDRESS_SANITIZER 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define HR_THREAD_SANITIZER 1
#else
#define HR_THREAD_SANITIZER 0
#endif

#if HR_ADDRESS_SANITIZER || HR_THREAD_SANITIZER
#include <stdlib.h>
/* `alignment` is a power of two, at least sizeof(void *). NULL when memory is out. */
static inline void *hr_heap_allocate(size_t bytes, size_t alignment) {
  void *memory;
  return posix_memalign(&memory, alignment, bytes) == 0 ? memory : NULL;
}
static inline void hr_heap_free(void *memory) { free(memory); }
#else
/* mimalloc's functions, or the C library's where mimalloc is not installed. */
typedef struct hr_heap_functions {
  void *(*allocate)(size_t bytes, size_t alignment);
  void (*free)(void *memory);
} hr_heap_functions;
extern hr_heap_functions hr_heap;

static inline void *hr_heap_allocate(size_t bytes, size_t alignment) { return hr_heap.allocate(bytes, alignment); }
static inline void hr_heap_free(void *memory) { hr_heap.free(memory); }
#endif

/* Says to the address sanitizer, where there is one, that nobody may (or that everybody may) touch bytes of memory that
 * is kept for later. */
static inline void hr_heap_forbid(const void *memory, size_t bytes) {
#if HR_ADDRESS_SANITIZER
  ASAN_POISON_MEMORY_REGION(memory, bytes);
#else
  (void)memory, (void)bytes;
#endif
}
static inline void hr_heap_permit(const void *memory, size_t bytes) {
#if HR_ADDRESS_SANITIZER
  ASAN_UNPOISON_MEMORY_REGION(memory, bytes);
#else
  (void)memory, (void)bytes;
#endif
}

#endif
