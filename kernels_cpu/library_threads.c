#include "kernels_cpu/library_threads.h"

#include <cblas.h>
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int inside;       /* tasks of ours; under lock */
static int host_threads; /* the process's own setting while inside > 0; under lock */

void hr_openblas_enter(void) {
  pthread_mutex_lock(&lock);
  if (inside++ == 0) {
    host_threads = openblas_get_num_threads();
    if (host_threads != 1) openblas_set_num_threads(1);
  }
  pthread_mutex_unlock(&lock);
}

void hr_openblas_leave(void) {
  pthread_mutex_lock(&lock);
  if (--inside == 0 && host_threads != 1) openblas_set_num_threads(host_threads);
  pthread_mutex_unlock(&lock);
}
