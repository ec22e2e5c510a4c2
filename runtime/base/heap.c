#include "runtime/base/heap.h"

#if !HR_ADDRESS_SANITIZER && !HR_THREAD_SANITIZER
#include <dlfcn.h>
#include <stdlib.h>

static void *allocate_plainly(size_t bytes, size_t alignment) {
  void *memory;
  return posix_memalign(&memory, alignment, bytes) == 0 ? memory : NULL;
}

hr_heap_functions hr_heap = {allocate_plainly, free};

/* Before any other constructor: memory must go back to where it came from.
 *
 * Debian's libmimalloc defines malloc, free and C++'s operators as well. Were it a dependency of this library, a host
 * that loads us late, as Python does, would have libstdc++ allocate with one and free with the other. So it is opened
 * for us alone.
 */
__attribute__((constructor(101))) static void open_mimalloc(void) {
  void *library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  void *allocate = dlsym(library, "mi_malloc_aligned"), *release = dlsym(library, "mi_free");
  if (!allocate || !release) return;
  /* ISO C has no cast from an object's address to a function's; POSIX does. */
  hr_heap = (hr_heap_functions){*(void *(**)(size_t, size_t)) & allocate, *(void (**)(void *)) & release};
}
#endif
