/* Memory that runs out when a test says so. The linker puts these functions in place of the C library's in the objects
 * of a test (failing_memory_args in meson.build); tensors' memory is reached through the heap's table. */
#ifndef HR_TESTS_GRAPH_FAILING_MEMORY_H
#define HR_TESTS_GRAPH_FAILING_MEMORY_H

#include <stdbool.h>

/* After `count` more allocations one fails, and with `for_good` all that follow. */
void memory_fails_after(long count, bool for_good);
/* Back to normal; answers whether an allocation failed. */
bool memory_recovers(void);

#endif
