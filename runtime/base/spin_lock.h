/* A lock for a few instructions: whoever finds it taken gives the processor away and looks again. */
#ifndef HR_RUNTIME_BASE_SPIN_LOCK_H
#define HR_RUNTIME_BASE_SPIN_LOCK_H

#include <sched.h>
#include <stdatomic.h>

typedef struct hr_spin_lock {
  atomic_flag taken; /* a zeroed one is free */
} hr_spin_lock;

static inline void hr_spin_lock_take(hr_spin_lock *lock) {
  while (atomic_flag_test_and_set_explicit(&lock->taken, memory_order_acquire))
    sched_yield();
}
static inline void hr_spin_lock_give(hr_spin_lock *lock) {
  atomic_flag_clear_explicit(&lock->taken, memory_order_release);
}

#endif
