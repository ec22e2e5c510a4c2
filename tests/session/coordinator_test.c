/* Coordinators and queue runners: threads of the library that stop together. */
#include "fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- coordinators ----------------------------------------------------------------------------------------------- */

static hr_status count_up(hr_coordinator *c, void *argument) {
  _Atomic int *count = argument;
  if (atomic_fetch_add(count, 1) == 20) hr_coordinator_request_stop(c, HR_SUCCESS);
  return HR_SUCCESS;
}

static void test_loops_until_one_stops(void **state) {
  (void)state;
  _Atomic int count = 0;
  hr_coordinator *c = hr_coordinator_new();
  assert_non_null(c);
  assert_false(hr_coordinator_should_stop(c));
  assert_false(hr_coordinator_wait_for_stop(c, 0));
  assert_ok(hr_coordinator_loop(c, "busy", -1, count_up, (void *)&count));
  assert_ok(hr_coordinator_loop(c, "timed", 0.0001, count_up, (void *)&count));
  assert_true(hr_coordinator_wait_for_stop(c, -1));
  assert_ok(hr_coordinator_join(c));
  assert_true(hr_coordinator_joined(c) && count > 20);
  hr_coordinator_clear_stop(c);
  assert_false(hr_coordinator_joined(c) || hr_coordinator_should_stop(c));
  hr_coordinator_free(c);
}

static hr_status fail_with(hr_coordinator *c, void *argument) {
  (void)c;
  return hr_error(*(const hr_code *)argument, "lost");
}
static hr_status wait_for_stop(hr_coordinator *c, void *argument) {
  hr_coordinator_wait_for_stop(c, -1);
  atomic_store((_Atomic bool *)argument, true);
  return HR_SUCCESS;
}

/* The first error stops all; one that means a regular end is none. */
static void test_errors(void **state) {
  (void)state;
  hr_code lost = HR_DATA_LOSS, over = HR_OUT_OF_RANGE;
  _Atomic bool stopped = false;
  hr_coordinator *c = hr_coordinator_new();
  assert_ok(hr_coordinator_start(c, "waiting", wait_for_stop, (void *)&stopped));
  assert_ok(hr_coordinator_start(c, "failing", fail_with, &lost));
  assert_fails(hr_coordinator_join(c), HR_DATA_LOSS, "lost");
  assert_true(stopped);
  assert_fails(hr_coordinator_requested_error(c), HR_DATA_LOSS, "lost");
  hr_coordinator_clear_stop(c);
  assert_ok(hr_coordinator_start(c, "ending", fail_with, &over));
  assert_ok(hr_coordinator_join(c));
  hr_coordinator_free(c);
  c = hr_coordinator_new(.clean_stop_codes = HR_CODE_BIT(HR_DATA_LOSS));
  assert_ok(hr_coordinator_start(c, "ending", fail_with, &over));
  assert_fails(hr_coordinator_join(c), HR_OUT_OF_RANGE, "lost");
  hr_coordinator_free(c);
}

static hr_status wait_for_flag(hr_coordinator *c, void *argument) {
  (void)c;
  while (!atomic_load((_Atomic bool *)argument))
    usleep(500);
  return HR_SUCCESS;
}

static void test_grace_period(void **state) {
  (void)state;
  static _Atomic bool may_go;
  may_go = false;
  hr_coordinator *c = hr_coordinator_new();
  assert_ok(hr_coordinator_start(c, "stubborn", wait_for_flag, (void *)&may_go));
  hr_coordinator_request_stop(c, HR_SUCCESS);
  assert_fails(hr_coordinator_join(c, .stop_grace_period = 0.01), HR_DEADLINE_EXCEEDED, "stubborn");
  assert_ok(hr_coordinator_join(c, .stop_grace_period = 0.01, .ignore_live_threads = true));
  may_go = true;
  assert_ok(hr_coordinator_join(c));
  hr_coordinator_free(c);
}

/* ---- queue runners ---------------------------------------------------------------------------------------------- */

enum { LIMIT = 100 };

/* A queue that is filled with 0, 1, ... LIMIT - 1 by `threads` threads. */
typedef struct counter {
  fixture f;
  hr_tensor_queue *queue;
  hr_queue_runner *runner;
  hr_output taken;
  hr_node *put;
} counter;

static counter counter_new(int threads, int64_t capacity) {
  counter c = {.f = fixture_new()};
  hr_scope s = c.f.s;
  hr_output variable = hr_variable_v2(s, HR_SHAPE(), HR_INT32, .name = "counter");
  hr_node *init = hr_assign(s, variable, hr_constant_i32(s, 0)).node, *puts[8];
  c.queue = hr_fifo_queue(s, capacity, HR_TYPES(HR_INT32), .shapes = HR_SHAPES(HR_SHAPE()));
  c.put = hr_enqueue(s, c.queue, HR_OPERANDS(hr_count_up_to(s, variable, LIMIT)));
  for (int i = 0; i < threads; ++i)
    puts[i] = c.put;
  c.runner = hr_queue_runner_new(s, c.queue, threads, puts);
  hr_add_queue_runner(s, c.runner, NULL);
  c.taken = hr_dequeue(s, c.queue).items[0];
  assert_ok(hr_run_node(c.f.session, init));
  return c;
}

static void test_run_to_the_end(void **state) {
  (void)state;
  counter c = counter_new(3, 5);
  hr_coordinator *coordinator = hr_coordinator_new();
  assert_ok(hr_start_queue_runners(c.f.session, coordinator));
  assert_ok(hr_start_queue_runners(c.f.session, coordinator)); /* they run already */
  int64_t count = 0, sum = 0;
  for (;;) {
    hr_tensor value;
    hr_status status = hr_evaluate(c.f.session, c.taken, &value);
    if (status) {
      assert_int_equal(hr_status_code(status), HR_OUT_OF_RANGE);
      hr_coordinator_request_stop(coordinator, status);
      break;
    }
    ++count;
    sum += *(int32_t *)hr_tensor_data(&value);
  }
  assert_ok(hr_coordinator_join(coordinator));
  assert_int_equal(count, LIMIT);
  assert_int_equal(sum, LIMIT * (LIMIT - 1) / 2);
  hr_coordinator_free(coordinator);
  fixture_free(&c.f);
}

/* A stop ends threads that wait at a full queue. */
static void test_stop(void **state) {
  (void)state;
  counter c = counter_new(4, 2);
  hr_coordinator *coordinator =
      hr_coordinator_new(.clean_stop_codes = HR_CODE_BIT(HR_OUT_OF_RANGE) | HR_CODE_BIT(HR_CANCELLED));
  assert_ok(hr_queue_runner_start(c.runner, c.f.session, coordinator));
  hr_tensor value;
  assert_ok(hr_evaluate(c.f.session, c.taken, &value));
  hr_coordinator_request_stop(coordinator, HR_SUCCESS);
  assert_ok(hr_coordinator_join(coordinator, .stop_grace_period = 20));
  hr_coordinator_free(coordinator);
  fixture_free(&c.f);
}

/* Closing the session ends them, too. */
static void test_session_close(void **state) {
  (void)state;
  counter c = counter_new(4, 2);
  hr_coordinator *coordinator = hr_coordinator_new();
  assert_ok(hr_queue_runner_start(c.runner, c.f.session, coordinator));
  assert_ok(hr_session_close(c.f.session));
  hr_status status = hr_coordinator_join(coordinator, .stop_grace_period = 20);
  assert_true(hr_status_code(status) == HR_CANCELLED || hr_status_code(status) == HR_FAILED_PRECONDITION);
  hr_status_free(status);
  hr_coordinator_free(coordinator);
  fixture_free(&c.f);
}

static void test_error_of_an_op(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_tensor_queue *queue = hr_fifo_queue(f.s, 5, HR_TYPES(HR_FLOAT));
  hr_output x = hr_variable_v2(f.s, HR_SHAPE(), HR_FLOAT, .name = "x");
  hr_node *put = hr_enqueue(f.s, queue, HR_OPERANDS(x));
  hr_queue_runner *runner = hr_queue_runner_new(f.s, queue, 1, &put);
  hr_coordinator *coordinator = hr_coordinator_new();
  assert_ok(hr_queue_runner_start(runner, f.session, coordinator));
  assert_fails(hr_coordinator_join(coordinator, .stop_grace_period = 20), HR_FAILED_PRECONDITION, "uninitialized");
  hr_coordinator_free(coordinator);
  fixture_free(&f);
}

static void test_to_proto_and_back(void **state) {
  (void)state;
  counter c = counter_new(2, 2);
  hr_queue_runner *again;
  char *bytes;
  size_t length;
  assert_ok(hr_queue_runner_to_proto(c.runner, &bytes, &length));
  assert_ok(hr_queue_runner_from_proto(c.f.graph, bytes, length, "", &again));
  assert_string_equal(hr_queue_runner_name(again), "fifo_queue");
  assert_int_equal(hr_queue_runner_count(again), 2);
  assert_ptr_equal(hr_queue_runner_enqueue_op(again, 1), c.put);
  assert_ptr_equal(hr_queue_runner_cancel_op(again), hr_queue_runner_cancel_op(c.runner));
  assert_int_equal(hr_queue_runner_closed_codes(again), HR_CODE_BIT(HR_OUT_OF_RANGE));
  assert_fails(hr_queue_runner_from_proto(c.f.graph, bytes, length, "scope/", &again), HR_NOT_FOUND,
               "scope/fifo_queue");
  for (size_t cut = 1; cut < length; ++cut) { /* no bytes lead anywhere else */
    hr_status status = hr_queue_runner_from_proto(c.f.graph, bytes, length - cut, "", &again);
    if (status) hr_status_free(status);
  }
  free(bytes);
  fixture_free(&c.f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_loops_until_one_stops),
                                     cmocka_unit_test(test_errors),
                                     cmocka_unit_test(test_grace_period),
                                     cmocka_unit_test(test_run_to_the_end),
                                     cmocka_unit_test(test_stop),
                                     cmocka_unit_test(test_session_close),
                                     cmocka_unit_test(test_error_of_an_op),
                                     cmocka_unit_test(test_to_proto_and_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
