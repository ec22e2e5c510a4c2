#include "distributed/keep_alive.h"
#include <stdatomic.h>
#include <stdlib.h>

#define KEEPALIVE_MS 10000

int64_t hr_keepalive_ms(void) {
  static _Atomic int64_t known;
  int64_t milliseconds = atomic_load_explicit(&known, memory_order_relaxed);
  if (milliseconds > 0) return milliseconds;
  const char *wanted = getenv("HEADRACE_KEEPALIVE_MS");
  milliseconds = wanted ? atoll(wanted) : 0;
  if (milliseconds <= 0 || milliseconds > INT32_MAX) milliseconds = KEEPALIVE_MS;
  atomic_store_explicit(&known, milliseconds, memory_order_relaxed);
  return milliseconds;
}
