/* Where random kernels have their numbers from. The generator of a random node is a resource of the session, so that
 * every run takes the next stretch of its numbers, whatever else it fetches, as in TensorFlow. */
#ifndef HR_KERNELS_CPU_RANDOM_STATE_H
#define HR_KERNELS_CPU_RANDOM_STATE_H

#include "headrace/kernel.h"
#include "runtime/base/philox.h"

/* create and destroy of kernels with the attributes seed and seed2: two zeros stand for seeds from the system. */
HR_MUST_USE hr_status hr_random_create(const hr_kernel_construction *c, void **state);
void hr_random_destroy(void *state);

/* The generator at the next `blocks` blocks of four numbers, which are the caller's from now on. Any thread. `state` is
 * what hr_random_create made; the second function is for kernels that have no other state. */
hr_philox hr_random_take(void *state, uint64_t blocks);
static inline hr_philox hr_random_reserve(hr_kernel_context *ctx, uint64_t blocks) {
  return hr_random_take(ctx->state, blocks);
}

/* The generator that a stateless op's seed, a vector of two integers, stands for. InvalidArgument for another shape. */
HR_MUST_USE hr_status hr_random_from_seed(const hr_tensor *seed, hr_philox *out);

#endif
