#include "runtime/base/fork.h"
#include <pthread.h>

_Atomic unsigned hr_fork_count;

static void on_fork_in_child(void) { atomic_fetch_add(&hr_fork_count, 1); }
static void watch(void) { (void)pthread_atfork(NULL, NULL, on_fork_in_child); }

void hr_watch_forks(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch);
}
