/* Streams: order, waiting for room, calls, forks. */
#include "tests/session/fixture.h"

#include "runtime/base/heap.h"
#include "runtime/device/stream.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 5 * HR_STREAM_CAPACITY };

typedef struct record {
  int32_t count;
  int32_t indices[MANY], details[MANY];
  pthread_t thread;
} record;

static void note(void *argument, int32_t index, int32_t detail) {
  record *r = argument;
  r->indices[r->count] = index;
  r->details[r->count++] = detail;
  r->thread = pthread_self();
}

/* More than there is room for: the giver waits, and everything is done in order, on another thread. */
static void test_order(void **state) {
  (void)state;
  static record r;
  hr_stream *stream;
  assert_ok(hr_stream_new(&stream));
  for (int32_t i = 0; i < MANY; ++i)
    assert_ok(hr_stream_submit(stream, &(hr_stream_work){note, &r, i, -i}));
  hr_stream_free(stream); /* waits */
  assert_int_equal(r.count, MANY);
  for (int32_t i = 0; i < MANY; ++i)
    assert_true(r.indices[i] == i && r.details[i] == -i);
  assert_false(pthread_equal(r.thread, pthread_self()));
}

static void see(void *argument) { *(int32_t *)argument += 1; }

static void test_call_comes_in_its_turn(void **state) {
  (void)state;
  static record r;
  hr_stream *stream;
  int32_t seen = 0;
  assert_ok(hr_stream_new(&stream));
  for (int32_t i = 0; i < 100; ++i)
    assert_ok(hr_stream_submit(stream, &(hr_stream_work){note, &r, i, 0}));
  assert_ok(hr_stream_call(stream, see, &seen));
  assert_int_equal(seen, 1);
  assert_int_equal(r.count, 100);
  hr_stream_free(stream);
}

static void test_unused_stream_ends(void **state) {
  (void)state;
  hr_stream *stream;
  assert_ok(hr_stream_new(&stream));
  hr_stream_free(stream);
  hr_stream_free(NULL);
}

static void wait_for(void *argument, int32_t index, int32_t detail) {
  (void)index, (void)detail;
  while (!atomic_load((_Atomic bool *)argument))
    usleep(100);
}

/* What the parent's stream is doing does not concern the child, whose own thread begins with nothing. */
static void test_fork(void **state) {
  (void)state;
  if (HR_THREAD_SANITIZER) skip(); /* it does not follow several threads into a child */
  static record r;
  static _Atomic bool go_on;
  hr_stream *stream;
  assert_ok(hr_stream_new(&stream));
  assert_ok(hr_stream_submit(stream, &(hr_stream_work){.run = wait_for, .argument = &go_on}));
  assert_ok(hr_stream_submit(stream, &(hr_stream_work){note, &r, 7, 0}));
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    int32_t seen = 0;
    hr_status status = hr_stream_call(stream, see, &seen);
    hr_stream_free(stream);
    _exit(status == HR_SUCCESS && seen == 1 && r.count == 0 ? 0 : 1);
  }
  int result;
  assert_int_equal(waitpid(child, &result, 0), child);
  assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  atomic_store(&go_on, true);
  hr_stream_free(stream);
  assert_int_equal(r.count, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_call_comes_in_its_turn),
                                     cmocka_unit_test(test_unused_stream_ends), cmocka_unit_test(test_fork)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
