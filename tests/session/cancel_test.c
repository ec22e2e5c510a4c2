/* Deadlines and closing, with a run that waits for a tensor nobody sends. */
#include "fixture.h"
#include "runtime/base/clock.h"
#include <pthread.h>
#include <unistd.h>

static hr_output endless(fixture *f) { return hr_recv(f->s, HR_FLOAT, "never", "/cpu:0", 1, "/cpu:0", .name = "wait"); }

static void test_timeout(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output wait = endless(&f), one = hr_constant_f32(f.s, 1);
  hr_tensor value;
  hr_run_options options = {.timeout_ms = 50};
  int64_t start = hr_monotonic_nanos();
  assert_fails(hr_session_run_with(f.session, &options, 0, NULL, 1, &wait, &value, 0, NULL, NULL), HR_DEADLINE_EXCEEDED,
               "Timed out");
  assert_in_range((hr_monotonic_nanos() - start) / 1000000, 45, 100000);
  assert_true(evaluate_f32(&f, one) == 1);
  fixture_free(&f);
}

static void test_session_timeout_and_quick_runs(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_session *session;
  enum { LIMIT = 30, RUNS = 100 };
  hr_session_options options = {.operation_timeout_ms = LIMIT};
  hr_output wait = endless(&f), one = hr_neg(f.s, hr_constant_f32(f.s, 1));
  hr_tensor value;
  assert_ok(hr_session_new(f.graph, &options, &session));
  int late = 0;
  for (int i = 0; i < RUNS; ++i) {
    int64_t start = hr_monotonic_nanos();
    hr_status status = hr_evaluate(session, one, &value);
    if (!status) continue;
    assert_fails(status, HR_DEADLINE_EXCEEDED, "");
    assert_true((hr_monotonic_nanos() - start) / 1000000 >= LIMIT - 1); /* the machine was busy with something else */
    ++late;
  }
  assert_true(late < RUNS);
  assert_fails(hr_evaluate(session, wait, &value), HR_DEADLINE_EXCEEDED, "");
  hr_session_free(session);
  fixture_free(&f);
}

typedef struct waiting_run {
  hr_session *session;
  hr_output output;
  hr_status status;
} waiting_run;

static void *run_waiting(void *argument) {
  waiting_run *w = argument;
  hr_tensor value;
  w->status = hr_evaluate(w->session, w->output, &value);
  return NULL;
}

static void test_close_cancels(void **state) {
  (void)state;
  for (int delay = 0; delay < 4; ++delay) {
    fixture f = fixture_new();
    waiting_run runs[3];
    pthread_t threads[3];
    hr_output wait = endless(&f);
    for (int i = 0; i < 3; ++i) {
      runs[i] = (waiting_run){.session = f.session, .output = wait};
      assert_int_equal(pthread_create(&threads[i], NULL, run_waiting, &runs[i]), 0);
    }
    usleep((useconds_t)delay * 5000);
    assert_ok(hr_session_close(f.session));
    for (int i = 0; i < 3; ++i) {
      pthread_join(threads[i], NULL);
      hr_code code = hr_status_code(runs[i].status);
      assert_true(code == HR_CANCELLED || code == HR_FAILED_PRECONDITION); /* or it came after the close */
      hr_status_free(runs[i].status);
    }
    fixture_free(&f);
  }
}

static void test_an_error_ends_the_wait(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output wait = endless(&f), x = hr_placeholder(f.s, HR_FLOAT, .name = "x");
  hr_tensor values[2];
  assert_fails(hr_session_run(f.session, 0, NULL, 2, (hr_output[]){wait, x}, values, 0, NULL), HR_INVALID_ARGUMENT,
               "'x'");
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_timeout), cmocka_unit_test(test_session_timeout_and_quick_runs),
      cmocka_unit_test(test_close_cancels), cmocka_unit_test(test_an_error_ends_the_wait)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
