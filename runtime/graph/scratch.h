/* A growing array of scratch memory; a zeroed struct is empty. The caller knows the items' type. */
#ifndef HR_RUNTIME_GRAPH_SCRATCH_H
#define HR_RUNTIME_GRAPH_SCRATCH_H

#include "headrace/status.h"
#include <stdlib.h>
#include <string.h>

typedef struct hr_scratch {
  void *items;
  size_t count, capacity;
} hr_scratch;

static inline HR_MUST_USE hr_status hr_scratch_push(hr_scratch *list, const void *item, size_t size) {
  if (__builtin_expect(list->count == list->capacity, 0)) {
    size_t capacity = list->capacity ? list->capacity * 2 : 32;
    void *items = realloc(list->items, capacity * size);
    if (!items) return hr_error_out_of_memory(capacity * size, "scratch memory");
    list->items = items;
    list->capacity = capacity;
  }
  memcpy((char *)list->items + list->count++ * size, item, size);
  return HR_SUCCESS;
}
/* Appends a variable. */
#define HR_PUSH(list, variable)          hr_scratch_push((list), &(variable), sizeof(variable))
#define HR_SCRATCH_AT(list, type, index) (((type *)(list)->items)[index])

static inline void hr_scratch_free(hr_scratch *list) {
  free(list->items);
  *list = (hr_scratch){0};
}

#endif
