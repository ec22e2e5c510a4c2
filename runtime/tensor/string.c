/* The element of a string tensor. */
#include "headrace/tensor.h"
#include "runtime/base/heap.h"

#include <string.h>

#define ON_HEAP 255

hr_status hr_string_set(hr_string *s, const void *bytes, size_t length) {
  hr_string fresh = {0};
  if (length <= HR_STRING_INLINE) {
    if (length) memcpy(fresh.small, bytes, length);
    fresh.tag = (uint8_t)length;
  } else {
    char *copy = length < PTRDIFF_MAX ? hr_heap_allocate(length, sizeof(void *)) : NULL;
    if (!copy) return hr_error_out_of_memory(length, "a string");
    memcpy(copy, bytes, length);
    fresh.heap.data = copy;
    fresh.heap.length = length;
    fresh.tag = ON_HEAP;
  }
  hr_string_clear(s); /* last: `bytes` may be part of the old contents */
  *s = fresh;
  return HR_SUCCESS;
}

void hr_string_clear(hr_string *s) {
  if (s->tag == ON_HEAP) hr_heap_free(s->heap.data);
  *s = (hr_string){0};
}
