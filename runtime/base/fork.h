/* Forks of the process: threads do not survive one. */
#ifndef HR_RUNTIME_BASE_FORK_H
#define HR_RUNTIME_BASE_FORK_H

#include <stdatomic.h>

/* Counted on the child's side, once somebody watches. */
extern _Atomic unsigned hr_fork_count;
void hr_watch_forks(void);

static inline unsigned hr_fork_generation(void) { return atomic_load_explicit(&hr_fork_count, memory_order_relaxed); }

#endif
