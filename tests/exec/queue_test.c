/* Queues: who waits, who is served, and what closing and cancelling leave behind. */
#include "../session/fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- graphs ----------------------------------------------------------------------------------------------------- */

static hr_output fifo(hr_scope s, int64_t capacity) {
  return hr_fifo_queue_v2(s, HR_TYPES(HR_FLOAT), .shapes = HR_SHAPES(HR_SHAPE()), .capacity = capacity);
}
static hr_node *enqueue(hr_scope s, hr_output queue, hr_output value) {
  return hr_queue_enqueue_v2(s, queue, HR_LIST(value));
}
static hr_node *enqueue_many(hr_scope s, hr_output queue, int count, const float *values) {
  return hr_queue_enqueue_many_v2(s, queue, HR_LIST(hr_constant_array(s, HR_FLOAT, HR_SHAPE(count), values)));
}
static hr_output dequeue(hr_scope s, hr_output queue) {
  return hr_queue_dequeue_v2(s, queue, HR_TYPES(HR_FLOAT)).items[0];
}
static hr_output dequeue_many(hr_scope s, hr_output queue, int count) {
  return hr_queue_dequeue_many_v2(s, queue, hr_constant_i32(s, count), HR_TYPES(HR_FLOAT)).items[0];
}
static hr_output dequeue_up_to(hr_scope s, hr_output queue, int count) {
  return hr_queue_dequeue_up_to_v2(s, queue, hr_constant_i32(s, count), HR_TYPES(HR_FLOAT)).items[0];
}

/* ---- runs ------------------------------------------------------------------------------------------------------- */

static int32_t evaluate_i32(fixture *f, hr_output output) {
  hr_tensor value;
  assert_ok(hr_evaluate(f->session, output, &value));
  return *(int32_t *)hr_tensor_data(&value);
}

static void assert_values(fixture *f, hr_output output, int count, const float *wanted) {
  hr_tensor value;
  assert_ok(hr_evaluate(f->session, output, &value));
  assert_int_equal(value.elements, count);
  for (int i = 0; i < count; ++i)
    assert_true(((float *)hr_tensor_data(&value))[i] == wanted[i]);
  hr_tensor_clear(&value);
}

static hr_status run_until(fixture *f, hr_output fetch, int64_t milliseconds) {
  hr_tensor value = {0};
  hr_run_options options = {.timeout_ms = milliseconds};
  hr_status status = hr_session_run_with(f->session, &options, 0, NULL, 1, &fetch, &value, 0, NULL, NULL);
  hr_tensor_clear(&value);
  return status;
}

/* A run on a thread of its own. */
typedef struct runner {
  fixture *f;
  hr_output fetch; /* may have no node */
  hr_node *target; /* may be NULL */
  hr_tensor value;
  hr_status status;
  pthread_t thread;
  _Atomic bool done;
} runner;

static void *runner_main(void *argument) {
  runner *r = argument;
  r->status = hr_session_run(r->f->session, 0, NULL, r->fetch.node ? 1 : 0, &r->fetch, &r->value, r->target ? 1 : 0,
                             &r->target);
  r->done = true;
  return NULL;
}
static void start(runner *r) { assert_int_equal(pthread_create(&r->thread, NULL, runner_main, r), 0); }
static void finish(runner *r) { assert_int_equal(pthread_join(r->thread, NULL), 0); }

/* Runs `size` until it says so: what happens on another thread has come to that. */
static void await_size(fixture *f, hr_output size, int32_t wanted) {
  for (int i = 0; i < 20000 && evaluate_i32(f, size) != wanted; ++i)
    usleep(500);
  assert_int_equal(evaluate_i32(f, size), wanted);
}

/* ---- order ------------------------------------------------------------------------------------------------------ */

static void test_first_in_first_out(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 100), one = dequeue(f.s, queue), three = dequeue_many(f.s, queue, 3);
  hr_output size = hr_queue_size_v2(f.s, queue);
  hr_node *put = enqueue(f.s, queue, hr_constant_f32(f.s, 7));
  hr_node *put_many = enqueue_many(f.s, queue, 3, (float[]){1, 2, 3});
  assert_ok(hr_run_node(f.session, put));
  for (int i = 0; i < 10; ++i)
    assert_ok(hr_run_node(f.session, put_many));
  assert_int_equal(evaluate_i32(&f, size), 31);
  assert_true(evaluate_f32(&f, one) == 7);
  for (int i = 0; i < 10; ++i)
    assert_values(&f, three, 3, (float[]){1, 2, 3});
  assert_int_equal(evaluate_i32(&f, size), 0);
  fixture_free(&f);
}

static void test_by_reference(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = hr_ref_fifo_queue(f.s, HR_TYPES(HR_FLOAT), .capacity = 10);
  hr_node *put = hr_ref_queue_enqueue(f.s, queue, HR_LIST(hr_constant_f32(f.s, 3)));
  hr_output taken = hr_ref_queue_dequeue(f.s, queue, HR_TYPES(HR_FLOAT)).items[0];
  hr_output handle = fifo(f.s, 10), as_reference = hr_fake_queue(f.s, handle);
  hr_node *put_behind = enqueue(f.s, handle, hr_constant_f32(f.s, 4));
  hr_output taken_behind = hr_ref_queue_dequeue(f.s, as_reference, HR_TYPES(HR_FLOAT)).items[0];
  assert_ok(hr_run_node(f.session, put));
  assert_true(evaluate_f32(&f, taken) == 3);
  assert_ok(hr_run_node(f.session, put_behind));
  assert_true(evaluate_f32(&f, taken_behind) == 4);
  fixture_free(&f);
}

/* Nodes that want another queue than the one their name stands for. */
static void test_shared_by_name(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output a = hr_fifo_queue_v2(f.s, HR_TYPES(HR_FLOAT), .capacity = 3, .shared_name = "q");
  hr_output b = hr_fifo_queue_v2(f.s, HR_TYPES(HR_FLOAT), .capacity = 3, .shared_name = "q");
  hr_output other = hr_fifo_queue_v2(f.s, HR_TYPES(HR_FLOAT), .capacity = 4, .shared_name = "q");
  hr_output types = hr_fifo_queue_v2(f.s, HR_TYPES(HR_INT32), .capacity = 3, .shared_name = "q");
  hr_output kind = hr_random_shuffle_queue_v2(f.s, HR_TYPES(HR_FLOAT), .capacity = 3, .shared_name = "q");
  assert_ok(hr_run_node(f.session, enqueue(f.s, a, hr_constant_f32(f.s, 1))));
  assert_true(evaluate_f32(&f, dequeue(f.s, b)) == 1);
  hr_tensor value;
  assert_fails(hr_evaluate(f.session, hr_queue_size_v2(f.s, other), &value), HR_INVALID_ARGUMENT, "has capacity 3");
  assert_fails(hr_evaluate(f.session, hr_queue_size_v2(f.s, types), &value), HR_INVALID_ARGUMENT, "types float but");
  assert_fails(hr_evaluate(f.session, hr_queue_size_v2(f.s, kind), &value), HR_INVALID_ARGUMENT,
               "Expected FIFOQueue, found RandomShuffleQueue");
  fixture_free(&f);
}

/* ---- waiting ---------------------------------------------------------------------------------------------------- */

static void test_dequeue_waits(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 10), size = hr_queue_size_v2(f.s, queue);
  hr_node *put = enqueue(f.s, queue, hr_constant_f32(f.s, 5));
  runner r = {.f = &f, .fetch = dequeue_many(f.s, queue, 3)};
  start(&r);
  for (int i = 0; i < 3; ++i) {
    assert_false(r.done);
    assert_ok(hr_run_node(f.session, put));
  }
  finish(&r);
  assert_ok(r.status);
  assert_int_equal(r.value.elements, 3);
  hr_tensor_clear(&r.value);
  assert_int_equal(evaluate_i32(&f, size), 0);
  fixture_free(&f);
}

static void test_enqueue_waits(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 2), size = hr_queue_size_v2(f.s, queue), one = dequeue(f.s, queue);
  runner r = {.f = &f, .target = enqueue_many(f.s, queue, 5, (float[]){1, 2, 3, 4, 5})};
  start(&r);
  await_size(&f, size, 2);
  for (int i = 1; i <= 5; ++i)
    assert_true(evaluate_f32(&f, one) == (float)i);
  finish(&r);
  assert_ok(r.status);
  fixture_free(&f);
}

/* What waits and what lets it go on, in one run. */
static void test_both_in_one_run(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 1), five = dequeue_many(f.s, queue, 5), value = hr_reduce_sum(f.s, five);
  hr_node *put = enqueue_many(f.s, queue, 5, (float[]){1, 2, 3, 4, 5});
  for (int i = 0; i < 100; ++i) {
    hr_tensor sum;
    assert_ok(hr_session_run(f.session, 0, NULL, 1, &value, &sum, 1, &put));
    assert_true(*(float *)hr_tensor_data(&sum) == 15);
  }
  fixture_free(&f);
}

/* What does not need a node that waits runs meanwhile, whatever was made first. */
static void test_others_run_meanwhile(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_node *init;
  hr_output queue = fifo(f.s, 2), taken = dequeue(f.s, queue), other = hr_add(f.s, dequeue(f.s, queue), taken);
  hr_output v = variable_f32(f.s, "v", 0, &init);
  hr_node *count = hr_assign_add(f.s, v, hr_constant_f32(f.s, 1)).node;
  hr_node *put = enqueue(f.s, queue, hr_constant_f32(f.s, 7));
  assert_ok(hr_run_node(f.session, init));
  for (int i = 0; i < 2; ++i) { /* one that waits, and two */
    runner r = {.f = &f, .fetch = i ? other : taken, .target = count};
    start(&r);
    while (evaluate_f32(&f, v) != (float)(i + 1))
      usleep(500);
    for (int k = 0; k <= i; ++k) {
      assert_false(r.done);
      assert_ok(hr_run_node(f.session, put));
    }
    finish(&r);
    assert_ok(r.status);
    assert_true(*(float *)hr_tensor_data(&r.value) == (float)(7 * (i + 1)));
  }
  assert_ok(hr_run_node(f.session, put));
  hr_tensor value; /* and one that does not wait */
  assert_ok(hr_session_run(f.session, 0, NULL, 1, &taken, &value, 1, &count));
  assert_true(*(float *)hr_tensor_data(&value) == 7);
  assert_true(evaluate_f32(&f, v) == 3);
  fixture_free(&f);
}

/* From queue to queue in one run: each wait comes after the one before. */
static void test_waits_in_a_row(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output first = fifo(f.s, 5), second = fifo(f.s, 1), x = hr_placeholder(f.s, HR_FLOAT);
  hr_node *put = enqueue(f.s, first, x);
  runner move = {.f = &f, .target = enqueue(f.s, second, hr_square(f.s, dequeue(f.s, first)))};
  hr_output last = dequeue(f.s, second);
  for (int i = 0; i < 50; ++i) {
    hr_tensor value = hr_tensor_f32((float)i);
    move.done = false;
    start(&move);
    assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &value}, 0, NULL, NULL, 1, &put));
    assert_true(evaluate_f32(&f, last) == (float)(i * i));
    finish(&move);
    assert_ok(move.status);
  }
  fixture_free(&f);
}

/* A thousand nodes wait at once, and nobody else notices. */
static void test_a_thousand_wait(void **state) {
  (void)state;
  enum { COUNT = 1000 };
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 10), taken[COUNT], x = hr_constant_f32(f.s, 2), y = hr_square(f.s, x);
  for (int i = 0; i < COUNT; ++i)
    taken[i] = dequeue(f.s, queue);
  hr_node *put = enqueue(f.s, queue, hr_constant_f32(f.s, 1));
  hr_outputs all = {.count = COUNT, .items = taken};
  runner r = {.f = &f, .fetch = hr_add_n(f.s, all)};
  start(&r);
  for (int i = 0; i < COUNT; ++i) {
    assert_false(r.done);
    assert_ok(hr_run_node(f.session, put));
    assert_true(evaluate_f32(&f, y) == 4);
  }
  finish(&r);
  assert_ok(r.status);
  assert_true(*(float *)hr_tensor_data(&r.value) == COUNT);
  fixture_free(&f);
}

/* ---- closing ---------------------------------------------------------------------------------------------------- */

static void test_close(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 10), many = dequeue_many(f.s, queue, 3), up_to = dequeue_up_to(f.s, queue, 3);
  hr_output is_closed = hr_queue_is_closed_v2(f.s, queue), size = hr_queue_size_v2(f.s, queue);
  hr_node *put = enqueue_many(f.s, queue, 2, (float[]){1, 2}), *close = hr_queue_close_v2(f.s, queue);
  hr_tensor value;
  assert_ok(hr_run_node(f.session, put));
  assert_ok(hr_evaluate(f.session, is_closed, &value));
  assert_false(*(bool *)hr_tensor_data(&value));
  assert_ok(hr_run_node(f.session, close));
  assert_ok(hr_evaluate(f.session, is_closed, &value));
  assert_true(*(bool *)hr_tensor_data(&value));
  assert_fails(hr_run_node(f.session, close), HR_CANCELLED, "is already closed");
  assert_fails(hr_run_node(f.session, put), HR_CANCELLED, "is closed");
  assert_fails(hr_evaluate(f.session, many, &value), HR_OUT_OF_RANGE,
               "is closed and has insufficient elements (requested 3, current size 2)");
  assert_int_equal(evaluate_i32(&f, size), 2);
  assert_values(&f, up_to, 2, (float[]){1, 2});
  assert_fails(hr_evaluate(f.session, up_to, &value), HR_OUT_OF_RANGE, "(requested 3, current size 0)");
  fixture_free(&f);
}

/* A batch that was begun when its queue was closed goes back. */
static void test_close_restores(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 10), size = hr_queue_size_v2(f.s, queue), two = dequeue_many(f.s, queue, 2);
  hr_node *put = enqueue_many(f.s, queue, 2, (float[]){1, 2}), *close = hr_queue_close_v2(f.s, queue);
  runner r = {.f = &f, .fetch = dequeue_many(f.s, queue, 3)};
  assert_ok(hr_run_node(f.session, put));
  start(&r);
  await_size(&f, size, 0);
  assert_ok(hr_run_node(f.session, close));
  finish(&r);
  assert_fails(r.status, HR_OUT_OF_RANGE, "(requested 1, current size 0)");
  assert_values(&f, two, 2, (float[]){1, 2});
  fixture_free(&f);
}

/* Closing comes after the enqueues that wait. */
static void test_close_behind_enqueues(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 1), size = hr_queue_size_v2(f.s, queue), two = dequeue_many(f.s, queue, 2);
  hr_output one = dequeue(f.s, queue);
  runner put = {.f = &f, .target = enqueue_many(f.s, queue, 3, (float[]){1, 2, 3})};
  runner close = {.f = &f, .target = hr_queue_close_v2(f.s, queue)};
  start(&put);
  await_size(&f, size, 1);
  start(&close);
  usleep(20000);
  assert_false(close.done);
  assert_values(&f, two, 2, (float[]){1, 2});
  finish(&put);
  finish(&close);
  assert_ok(put.status);
  assert_ok(close.status);
  assert_true(evaluate_f32(&f, one) == 3);
  hr_tensor value;
  assert_fails(hr_evaluate(f.session, one, &value), HR_OUT_OF_RANGE, "is closed");
  fixture_free(&f);
}

static void test_close_cancels_enqueues(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 1), size = hr_queue_size_v2(f.s, queue), one = dequeue(f.s, queue);
  runner put = {.f = &f, .target = enqueue_many(f.s, queue, 3, (float[]){1, 2, 3})};
  hr_node *close = hr_queue_close_v2(f.s, queue, .cancel_pending_enqueues = true);
  start(&put);
  await_size(&f, size, 1);
  assert_ok(hr_run_node(f.session, close));
  finish(&put);
  assert_fails(put.status, HR_CANCELLED, "Enqueue operation was cancelled");
  assert_true(evaluate_f32(&f, one) == 1);
  assert_ok(hr_run_node(f.session, close));
  fixture_free(&f);
}

/* ---- cancelling ------------------------------------------------------------------------------------------------- */

static void test_deadlines(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 1), size = hr_queue_size_v2(f.s, queue), one = dequeue(f.s, queue);
  hr_node *put = enqueue(f.s, queue, hr_constant_f32(f.s, 1));
  assert_fails(run_until(&f, one, 10), HR_DEADLINE_EXCEEDED, "Timed out");
  assert_ok(hr_run_node(f.session, put)); /* nobody is served who has gone */
  assert_int_equal(evaluate_i32(&f, size), 1);
  hr_run_options options = {.timeout_ms = 10};
  assert_fails(hr_session_run_with(f.session, &options, 0, NULL, 0, NULL, NULL, 1, &put, NULL), HR_DEADLINE_EXCEEDED,
               "Timed out");
  assert_true(evaluate_f32(&f, one) == 1);
  assert_int_equal(evaluate_i32(&f, size), 0);
  fixture_free(&f);
}

static void test_session_close(void **state) {
  (void)state;
  enum { COUNT = 20 };
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 1);
  runner r[COUNT];
  for (int i = 0; i < COUNT; ++i) {
    r[i] = (runner){.f = &f, .fetch = dequeue(f.s, queue)};
    start(&r[i]);
  }
  usleep(20000);
  assert_ok(hr_session_close(f.session));
  for (int i = 0; i < COUNT; ++i) {
    finish(&r[i]);
    assert_non_null(r[i].status); /* Cancelled; one that had not begun finds the session closed */
    hr_status_free(r[i].status);
  }
  fixture_free(&f);
}

/* A node fails while another one waits. */
static void test_error_beside_a_wait(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output one = dequeue(f.s, fifo(f.s, 1)), v = hr_variable_v2(f.s, HR_SHAPE(), HR_FLOAT);
  hr_output sum = hr_add(f.s, one, hr_neg(f.s, v));
  hr_tensor value;
  assert_fails(hr_evaluate(f.session, sum, &value), HR_FAILED_PRECONDITION, "uninitialized");
  fixture_free(&f);
}

/* ---- many at once ----------------------------------------------------------------------------------------------- */

/* What goes in comes out, once, whoever puts, takes, gives up or closes meanwhile. A run whose time is up may have
 * taken an element all the same, which is lost then. */
typedef struct crowd {
  fixture *f;
  hr_node *put;
  hr_output x, taken;
  int first, count;
  _Atomic int64_t *sum, *taken_count, *late_count;
} crowd;

static void *put_main(void *argument) {
  crowd *c = argument;
  for (int i = 0; i < c->count; ++i) {
    hr_tensor value = hr_tensor_f32((float)(c->first + i));
    assert_null(hr_session_run(c->f->session, 1, &(hr_feed){c->x, &value}, 0, NULL, NULL, 1, &c->put));
  }
  return NULL;
}

static void *take_main(void *argument) {
  crowd *c = argument;
  hr_run_options hasty = {.timeout_ms = 1};
  for (int i = 0;; ++i) {
    hr_tensor value;
    hr_status status =
        hr_session_run_with(c->f->session, i % 3 ? NULL : &hasty, 0, NULL, 1, &c->taken, &value, 0, NULL, NULL);
    if (!status) {
      const float *number = hr_tensor_data(&value);
      atomic_fetch_add(c->sum, (int64_t)*number);
      atomic_fetch_add(c->taken_count, 1);
      continue;
    }
    hr_code code = hr_status_code(status);
    hr_status_free(status);
    if (code == HR_OUT_OF_RANGE) return NULL;
    assert_int_equal(code, HR_DEADLINE_EXCEEDED);
    atomic_fetch_add(c->late_count, 1);
  }
}

static void test_a_crowd(void **state) {
  (void)state;
  enum { THREADS = 4, COUNT = 300 };
  fixture f = fixture_new();
  hr_output queue = fifo(f.s, 3), x = hr_placeholder(f.s, HR_FLOAT);
  _Atomic int64_t sum = 0, taken_count = 0, late_count = 0;
  crowd base = {.f = &f,
                .put = enqueue(f.s, queue, x),
                .x = x,
                .taken = dequeue(f.s, queue),
                .count = COUNT,
                .sum = &sum,
                .taken_count = &taken_count,
                .late_count = &late_count};
  hr_node *close = hr_queue_close_v2(f.s, queue);
  pthread_t putters[THREADS], takers[THREADS];
  crowd each[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    each[i] = base;
    each[i].first = i * COUNT;
    pthread_create(&putters[i], NULL, put_main, &each[i]);
    pthread_create(&takers[i], NULL, take_main, &each[i]);
  }
  for (int i = 0; i < THREADS; ++i)
    pthread_join(putters[i], NULL);
  assert_ok(hr_run_node(f.session, close));
  for (int i = 0; i < THREADS; ++i)
    pthread_join(takers[i], NULL);
  int64_t total = THREADS * COUNT;
  assert_true(taken_count <= total && taken_count + late_count >= total);
  if (taken_count == total) assert_int_equal(sum, total * (total - 1) / 2);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_in_first_out),
                                     cmocka_unit_test(test_by_reference),
                                     cmocka_unit_test(test_shared_by_name),
                                     cmocka_unit_test(test_dequeue_waits),
                                     cmocka_unit_test(test_enqueue_waits),
                                     cmocka_unit_test(test_both_in_one_run),
                                     cmocka_unit_test(test_a_thousand_wait),
                                     cmocka_unit_test(test_close),
                                     cmocka_unit_test(test_close_restores),
                                     cmocka_unit_test(test_close_behind_enqueues),
                                     cmocka_unit_test(test_close_cancels_enqueues),
                                     cmocka_unit_test(test_deadlines),
                                     cmocka_unit_test(test_session_close),
                                     cmocka_unit_test(test_error_beside_a_wait),
                                     cmocka_unit_test(test_others_run_meanwhile),
                                     cmocka_unit_test(test_waits_in_a_row),
                                     cmocka_unit_test(test_a_crowd)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
