/* A batch of serialised Example messages, parsed. */
#ifndef HR_KERNELS_CPU_PARSING_EXAMPLE_BATCH_H
#define HR_KERNELS_CPU_PARSING_EXAMPLE_BATCH_H

#include "kernels_cpu/parsing/feature_plan.h"
#include "runtime/device/thread_pool.h"

typedef struct hr_example_batch {
  const hr_feature_plan *plan;
  const hr_feature_keys *keys;      /* of the sparse features, then of the dense ones */
  const hr_tensor *serialized;      /* a vector of strings */
  const hr_tensor *names;           /* what errors call the examples: as many, or none */
  const hr_tensor *const *defaults; /* of the dense features */
  /* A kernel's context, whose outputs are filled in and whose threads work. Or NULL: a pool (NULL: none), and room for
   * the tensors, empty; after an error some of them may be there. */
  hr_kernel_context *ctx;
  hr_thread_pool *pool;
  hr_tensor *outputs; /* indices of all sparse features, their values, their shapes, the dense features */
} hr_example_batch;

/* InvalidArgument for bytes that are no Example, features of other types or numbers, required ones that are missing,
 * and defaults that do not fit. */
HR_MUST_USE hr_status hr_example_batch_parse(const hr_example_batch *batch);

#endif
