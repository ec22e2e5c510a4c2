/* Arena: bump allocation of things that die together (a graph's nodes, a plan's arrays). Not thread-safe. */
#ifndef HR_RUNTIME_BASE_ARENA_H
#define HR_RUNTIME_BASE_ARENA_H

#include "headrace/status.h"
#include <stddef.h>
#include <stdint.h>

typedef struct hr_arena_block hr_arena_block;

/* A zeroed struct is an empty arena. */
typedef struct hr_arena {
  hr_arena_block *blocks; /* newest first */
  char *next, *end;       /* free part of the newest block */
  size_t reserved;        /* bytes in all blocks */
} hr_arena;

/* Slow path: a fresh block. */
void *hr_arena_grow(hr_arena *arena, size_t bytes, size_t alignment);

/* Uninitialised memory; NULL when memory is out. alignment: a power of two. */
static inline void *hr_arena_allocate(hr_arena *arena, size_t bytes, size_t alignment) {
  uintptr_t start = ((uintptr_t)arena->next + alignment - 1) & ~(uintptr_t)(alignment - 1);
  uintptr_t end = (uintptr_t)arena->end;
  if (__builtin_expect(arena->next == NULL || start > end || bytes > end - start, 0)) /* no sum: it might wrap */
    return hr_arena_grow(arena, bytes, alignment);
  arena->next = (char *)(start + bytes);
  return (void *)start;
}
#define HR_ARENA_NEW(arena, type) ((type *)hr_arena_allocate((arena), sizeof(type), _Alignof(type)))
#define HR_ARENA_ARRAY(arena, type, count)                                                                             \
  ((type *)hr_arena_allocate((arena), sizeof(type) * (size_t)(count), _Alignof(type)))

/* Zeroed memory. */
void *hr_arena_zalloc(hr_arena *arena, size_t bytes, size_t alignment);

/* A NUL-terminated copy; NULL when memory is out. */
char *hr_arena_copy_string(hr_arena *arena, const char *text, size_t length);
/* printf into the arena. */
char *hr_arena_printf(hr_arena *arena, const char *format, ...) HR_PRINTF(2, 3);

/* Frees everything; the arena is empty again and usable. */
void hr_arena_free(hr_arena *arena);

#endif
