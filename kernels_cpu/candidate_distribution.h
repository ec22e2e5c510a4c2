/* The distributions that candidate samplers draw class numbers from, as TensorFlow draws them. A distribution is a
 * resource of the session, so that what it learns is shared by all runs. */
#ifndef HR_KERNELS_CPU_CANDIDATE_DISTRIBUTION_H
#define HR_KERNELS_CPU_CANDIDATE_DISTRIBUTION_H

#include "headrace/kernel.h"
#include "runtime/base/philox.h"
#include "runtime/tensor/resource.h"
#include <pthread.h>

/* A generator's numbers one by one. */
typedef struct hr_number_stream {
  hr_philox generator;
  uint32_t numbers[4];
  int used; /* of the four; 4 at first */
} hr_number_stream;
static inline hr_number_stream hr_number_stream_of(hr_philox generator) {
  return (hr_number_stream){.generator = generator, .used = 4};
}

typedef struct hr_candidate_distribution hr_candidate_distribution;
struct hr_candidate_distribution {
  hr_resource resource;
  pthread_mutex_t lock; /* held while drawing and learning */
  int64_t range;        /* classes are 0 to range - 1 */
  int64_t possible;     /* how many classes may be drawn */
  int64_t (*draw)(const hr_candidate_distribution *d, hr_number_stream *numbers);
  float (*probability)(const hr_candidate_distribution *d, int64_t value);
  double log_range; /* log uniform: log(range + 1) */
  float *weights;   /* fixed: of each class; `total` their sum */
  float total;
  struct hr_alias *aliases; /* Walker's table */
  int32_t *counts, *tree;   /* learned: of each class, and sums of them; `sum` that of all */
  int32_t sum;
};

/* Makers for hr_resource_of_node; the argument is the construction, whose node has the op's attributes. */
extern const hr_resource_type hr_candidate_distribution_type;
hr_status hr_make_uniform_candidates(void *construction, hr_resource **out);
hr_status hr_make_log_uniform_candidates(void *construction, hr_resource **out);
hr_status hr_make_learned_candidates(void *construction, hr_resource **out);
hr_status hr_make_fixed_candidates(void *construction, hr_resource **out);

/* Counts values in, where the distribution learns. InvalidArgument for one that is no class. Lock held. */
HR_MUST_USE hr_status hr_candidates_learn(hr_candidate_distribution *d, int64_t count, const int64_t *values);

#endif
