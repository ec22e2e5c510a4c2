#include "distributed/client_life.h"
#include "runtime/base/clock.h"
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

struct hr_client_life {
  _Atomic int32_t references;
  _Atomic int64_t ended; /* hr_monotonic_nanos(); 0: not yet */
};

hr_client_life *hr_client_life_new(void) {
  hr_client_life *life = calloc(1, sizeof *life);
  if (life) atomic_init(&life->references, 1);
  return life;
}

hr_client_life *hr_client_life_ref(hr_client_life *life) {
  if (life) atomic_fetch_add_explicit(&life->references, 1, memory_order_relaxed);
  return life;
}

void hr_client_life_unref(hr_client_life *life) {
  if (life && atomic_fetch_sub(&life->references, 1) == 1) free(life);
}

void hr_client_life_end(hr_client_life *life) {
  if (life) atomic_store(&life->ended, hr_monotonic_nanos());
}

int64_t hr_client_life_gone_for(const hr_client_life *life) {
  int64_t ended = life ? atomic_load(&life->ended) : 0;
  return ended ? hr_monotonic_nanos() - ended : 0;
}
