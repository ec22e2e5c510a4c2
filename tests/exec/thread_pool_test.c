/* Loops cover every unit once; tasks run; nested and concurrent use; after a fork. */
#include "../session/fixture.h"
#include "runtime/base/heap.h"
#include "runtime/device/thread_pool.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNITS = HR_THREAD_SANITIZER ? 5000 : 100000 };

/* The pool is rebuilt after a fork, which the thread sanitizer refuses to watch unless it is asked to. */
HR_API const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "die_after_fork=0"; }

static void count_units(void *argument, int64_t begin, int64_t end) {
  _Atomic uint8_t *counts = argument;
  for (int64_t i = begin; i < end; ++i)
    atomic_fetch_add(&counts[i], 1);
}

static void check_units(hr_thread_pool *pool, int units, double unit_nanos) {
  static _Thread_local _Atomic uint8_t counts[UNITS];
  memset((void *)counts, 0, sizeof counts);
  hr_thread_pool_for(pool, units, unit_nanos, count_units, counts);
  for (int i = 0; i < UNITS; ++i)
    assert_int_equal(counts[i], i < units);
}

static void check_loop(hr_thread_pool *pool) { check_units(pool, UNITS, 1000); }

static void test_loops(void **state) {
  (void)state;
  hr_thread_pool *pool;
  for (int threads = 1; threads <= 4; ++threads) {
    assert_ok(hr_thread_pool_new(threads, &pool));
    for (int i = 0; i < 50; ++i)
      check_loop(pool);
    hr_thread_pool_free(pool);
  }
  check_loop(NULL);
}

/* However the units go into chunks and regions. */
static void test_few_units(void **state) {
  (void)state;
  hr_thread_pool *pool;
  for (int threads = 2; threads <= 40; threads += 19) {
    assert_ok(hr_thread_pool_new(threads, &pool));
    for (int units = 1; units <= 100; ++units)
      check_units(pool, units, units % 2 ? 1e6 : 3000);
    hr_thread_pool_free(pool);
  }
}

static void *loop_thread(void *pool) {
  for (int i = 0; i < 50; ++i)
    check_loop(pool);
  return NULL;
}

static void test_many_callers(void **state) {
  (void)state;
  hr_thread_pool *pool;
  pthread_t threads[4];
  assert_ok(hr_thread_pool_new(3, &pool));
  for (int i = 0; i < 4; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, loop_thread, pool), 0);
  for (int i = 0; i < 4; ++i)
    pthread_join(threads[i], NULL);
  hr_thread_pool_free(pool);
}

typedef struct counting_task {
  hr_task task;
  _Atomic int *count;
} counting_task;

static void count_task(hr_task *self) { atomic_fetch_add(((counting_task *)self)->count, 1); }

static void test_tasks(void **state) {
  (void)state;
  for (int threads = 1; threads <= 3; ++threads) {
    hr_thread_pool *pool;
    counting_task tasks[200];
    _Atomic int count = 0;
    assert_ok(hr_thread_pool_new(threads, &pool));
    for (int i = 0; i < 200; ++i) {
      tasks[i] = (counting_task){.task.run = count_task, .count = &count};
      hr_thread_pool_submit(pool, &tasks[i].task);
    }
    hr_thread_pool_free(pool); /* waits for them */
    assert_int_equal(count, 200);
  }
}

static void test_after_fork(void **state) {
  (void)state;
  hr_thread_pool *pool;
  assert_ok(hr_thread_pool_new(2, &pool));
  check_loop(pool);
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 10; ++i)
      check_loop(pool);
    _exit(0);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  check_loop(pool);
  hr_thread_pool_free(pool);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_loops), cmocka_unit_test(test_few_units),
                                     cmocka_unit_test(test_many_callers), cmocka_unit_test(test_tasks),
                                     cmocka_unit_test(test_after_fork)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
