/* Thread pool: owns the cores of a device. Splits loops (intra-op) and runs closures (inter-op) on the same workers, so
 * that the two never fight over cores.
 *
 * A loop is split by its caller, who works along and waits only for workers that have really started; a pool whose
 * workers are all busy therefore costs a loop nothing. A thread begins in the same part of every loop, and finds in its
 * cache what the loop before has left there; it goes on with what others have not done. Idle workers spin for a short
 * while before they sleep, which keeps the splits of a running training step below a microsecond. After a fork the
 * child's pool makes new workers.
 */
#ifndef HR_RUNTIME_DEVICE_THREAD_POOL_H
#define HR_RUNTIME_DEVICE_THREAD_POOL_H

#include "headrace/status.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct hr_thread_pool hr_thread_pool;

/* A pool for `threads` (>= 1) threads at once, the caller of a loop included: threads - 1 workers are started at first
 * use. ResourceExhausted. */
HR_MUST_USE hr_status hr_thread_pool_new(int threads, hr_thread_pool **out);
/* Waits for closures that run or wait; NULL is allowed. */
void hr_thread_pool_free(hr_thread_pool *pool);
int hr_thread_pool_threads(const hr_thread_pool *pool);

/* See hr_parallel_for in headrace/kernel.h. `pool` may be NULL: all on the calling thread. True where the loop was
 * offered to workers. */
bool hr_thread_pool_for(hr_thread_pool *pool, int64_t total, double unit_nanos,
                        void (*body)(void *argument, int64_t begin, int64_t end), void *argument);

/* A closure; `link` is the pool's while it waits. The memory is the caller's and must live until run returns. */
typedef struct hr_task {
  struct hr_task *link;
  void (*run)(struct hr_task *self);
} hr_task;

/* Runs the task on a worker, or at once on the calling thread where the pool has none. */
void hr_thread_pool_submit(hr_thread_pool *pool, hr_task *task);
/* True where no worker had come to the task: it will not run, and its memory is the caller's again. */
bool hr_thread_pool_withdraw(hr_thread_pool *pool, hr_task *task);
/* Workers that are waiting for something to do: a hint. */
int hr_thread_pool_idle(const hr_thread_pool *pool);
/* Workers that spin go to sleep: their cores are wanted for something else. `pool` may be NULL. */
void hr_thread_pool_rest(hr_thread_pool *pool);

/* The number of cores this process may use. */
int hr_core_count(void);

#endif
