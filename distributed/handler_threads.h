/* Threads for handlers that may take long: as many as there are tasks, up to a limit; idle ones stay for a while.
 * Compiled into libheadrace_grpc too. */
#ifndef HR_DISTRIBUTED_HANDLER_THREADS_H
#define HR_DISTRIBUTED_HANDLER_THREADS_H

#include <pthread.h>
#include <stdbool.h>

typedef struct hr_workers hr_workers;
typedef struct hr_task {
  struct hr_task *next;
  void (*run)(struct hr_task *self);
} hr_task;

/* NULL: memory is out. */
hr_workers *hr_workers_new(void);
void hr_workers_run(hr_workers *workers, hr_task *task);
/* There must be no tasks any more; waits until the threads are gone. */
void hr_workers_free(hr_workers *workers);

/* A thread that leaves signals to the program's own. False where there is none to be had. */
bool hr_start_thread(pthread_t *thread, void *(*body)(void *), void *argument);

#endif
