#include "kernels_cpu/random_state.h"
#include "kernels_cpu/arguments.h"
#include "runtime/resource/resource_manager.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>

typedef struct random_state {
  hr_resource resource;
  hr_philox start;
  _Atomic uint64_t used; /* blocks */
} random_state;

static void random_free(hr_resource *resource) { free(resource); }
static const hr_resource_type random_type = {.name = "RandomGenerator", .destroy = random_free};

static hr_status make_random(void *seeds_argument, hr_resource **out) {
  const int64_t *seeds = seeds_argument;
  random_state *random = malloc(sizeof *random);
  if (!random) return hr_error_out_of_memory(sizeof *random, "a random generator");
  hr_resource_init(&random->resource, &random_type);
  random->start = hr_philox_seeded((uint64_t)seeds[0], (uint64_t)seeds[1]);
  atomic_init(&random->used, 0);
  *out = &random->resource;
  return HR_SUCCESS;
}

hr_status hr_random_create(const hr_kernel_construction *c, void **state) {
  int64_t seeds[2];
  HR_TRY(hr_construction_int(c, "seed", &seeds[0]));
  HR_TRY(hr_construction_int(c, "seed2", &seeds[1]));
  if (seeds[0] == 0 && seeds[1] == 0 && getrandom(seeds, sizeof seeds, 0) != sizeof seeds)
    return hr_error(HR_INTERNAL, "The system has no random numbers to seed a generator with");
  hr_resource *resource;
  HR_TRY(hr_resource_of_private_node(c, &random_type, make_random, seeds, &resource));
  *state = resource;
  return HR_SUCCESS;
}

void hr_random_destroy(void *state) { hr_resource_unref(state); }

hr_philox hr_random_take(void *state, uint64_t blocks) {
  random_state *random = state;
  hr_philox generator = random->start;
  hr_philox_skip(&generator, atomic_fetch_add_explicit(&random->used, blocks, memory_order_relaxed));
  return generator;
}

/* The key and the upper counter are a block of numbers drawn with the seed: seeds that differ in one bit have nothing
 * else in common. */
hr_status hr_random_from_seed(const hr_tensor *seed, hr_philox *out) {
  if (seed->rank != 1 || seed->dims[0] != 2)
    return hr_error(HR_INVALID_ARGUMENT, "seed must have shape [2], not %s", HR_TENSOR_SHAPE_TEXT(seed));
  uint64_t low = (uint64_t)hr_index_at(seed, 0), high = (uint64_t)hr_index_at(seed, 1);
  hr_philox scrambler = {.counter = {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high, (uint32_t)(high >> 32)},
                         .key = {0x3ec8f720, 0x02461e29}};
  uint32_t mixed[4];
  hr_philox_block(&scrambler, mixed);
  *out = (hr_philox){.counter = {0, 0, mixed[2], mixed[3]}, .key = {mixed[0], mixed[1]}};
  return HR_SUCCESS;
}
