#include "runtime/base/large_blocks.h"

#include "runtime/base/heap.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_KEPT = 64 };
#define LARGEST_SHARE 16 /* of the machine's memory */

typedef struct kept_block {
  void *memory;
  size_t bytes;
} kept_block;

static struct {
  atomic_flag taken; /* who finds it so does without: in a child of fork, nobody may be left to give it back */
  int count;
  size_t bytes;
  kept_block blocks[MOST_KEPT]; /* the oldest first */
} kept;

static bool take_kept(void) { return !atomic_flag_test_and_set_explicit(&kept.taken, memory_order_acquire); }
static void give_kept(void) { atomic_flag_clear_explicit(&kept.taken, memory_order_release); }

/* Advice on the whole pages of a block: no matter whether it is taken. */
static void advise(void *block, size_t bytes, int advice) {
  static const uintptr_t page = 4096;
  uintptr_t begin = ((uintptr_t)block + page - 1) & ~(page - 1), end = ((uintptr_t)block + bytes) & ~(page - 1);
  if (end > begin) (void)madvise((void *)begin, end - begin, advice);
}

static size_t largest_sum(void) {
  static _Atomic size_t sum;
  if (sum == 0) {
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    sum = pages > 0 && page > 0 ? (size_t)pages / LARGEST_SHARE * (size_t)page : 1;
  }
  return sum;
}

/* Sanitizers watch every block, from its allocation on. */
static bool are_kept(void) { return !HR_ADDRESS_SANITIZER && !HR_THREAD_SANITIZER; }

static kept_block remove_at(int index) {
  kept_block block = kept.blocks[index];
  kept.bytes -= block.bytes;
  --kept.count;
  for (int i = index; i < kept.count; ++i)
    kept.blocks[i] = kept.blocks[i + 1];
  return block;
}

void *hr_large_block_new(size_t bytes, size_t alignment) {
  void *memory = NULL;
  if (take_kept()) {
    for (int i = kept.count - 1; i >= 0 && !memory; --i) /* the youngest: perhaps still in a cache */
      if (kept.blocks[i].bytes >= bytes && kept.blocks[i].bytes - bytes <= bytes / 8 &&
          ((uintptr_t)kept.blocks[i].memory & (alignment - 1)) == 0)
        memory = remove_at(i).memory;
    give_kept();
  }
  if (memory) return memory;
  memory = hr_heap_allocate(bytes, alignment);
#ifdef MADV_HUGEPAGE
  if (memory) advise(memory, bytes, MADV_HUGEPAGE); /* far fewer pages have to be faulted in */
#endif
  return memory;
}

/* Keeps the block and returns NULL, or returns an older one that is in its way. */
static void *keep(void *block, size_t bytes) {
  if (kept.count == MOST_KEPT || kept.bytes + bytes > largest_sum()) return remove_at(0).memory;
  kept.blocks[kept.count++] = (kept_block){block, bytes};
  kept.bytes += bytes;
  return NULL;
}

void hr_large_block_free(void *block, size_t bytes) {
  if (are_kept() && bytes <= largest_sum()) {
#ifdef MADV_FREE
    advise(block, bytes, MADV_FREE);
#endif
    while (block && take_kept()) {
      void *older = keep(block, bytes);
      give_kept();
      if (!older) block = NULL;
      hr_heap_free(older);
    }
  }
  hr_heap_free(block);
}
