#include "kernels_cpu/random_state.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>

typedef struct random_state {
  hr_philox start;
  _Atomic uint64_t used; /* blocks */
} random_state;

hr_status hr_random_create(const hr_kernel_construction *c, void **state) {
  int64_t seeds[2];
  HR_TRY(hr_construction_int(c, "seed", &seeds[0]));
  HR_TRY(hr_construction_int(c, "seed2", &seeds[1]));
  if (seeds[0] == 0 && seeds[1] == 0 && getrandom(seeds, sizeof seeds, 0) != sizeof seeds)
    return hr_error(HR_INTERNAL, "The system has no random numbers to seed a generator with");
  random_state *random = malloc(sizeof *random);
  if (!random) return hr_error_out_of_memory(sizeof *random, "a random generator");
  random->start = hr_philox_seeded((uint64_t)seeds[0], (uint64_t)seeds[1]);
  atomic_init(&random->used, 0);
  *state = random;
  return HR_SUCCESS;
}

void hr_random_destroy(void *state) { free(state); }

hr_philox hr_random_reserve(hr_kernel_context *ctx, uint64_t blocks) {
  random_state *random = ctx->state;
  hr_philox generator = random->start;
  hr_philox_skip(&generator, atomic_fetch_add_explicit(&random->used, blocks, memory_order_relaxed));
  return generator;
}
