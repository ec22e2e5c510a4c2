/* Reading ahead, for other datasets: iterators that a thread of their own goes through. */
#ifndef HR_KERNELS_CPU_DATA_PREFETCH_H
#define HR_KERNELS_CPU_DATA_PREFETCH_H

#include "runtime/data/dataset.h"

/* What is told whenever one of several iterators has an element more, or its end. */
typedef struct hr_prefetch_listener {
  pthread_mutex_t lock;
  pthread_cond_t told; /* hr_condition_init */
} hr_prefetch_listener;

/* The elements of `input`, of which up to `buffer_size` are read ahead. */
HR_MUST_USE hr_status hr_prefetched(hr_dataset *input, int64_t buffer_size, hr_dataset **out);

/* Of an iterator over such a dataset that nothing was asked of yet: begins to read. `listener` (NULL: none) outlives
 * it. ResourceExhausted where there is no thread left. */
HR_MUST_USE hr_status hr_prefetch_begin(hr_iterator *iterator, hr_prefetch_listener *listener);
/* Whether an element, an error or the end can be had at once. */
bool hr_prefetch_is_filled(const hr_iterator *iterator);

#endif
