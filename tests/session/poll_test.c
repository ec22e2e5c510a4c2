/* The host's hook during long runs: when it is called, on which thread, and that its error ends the run as it is. */
#include "fixture.h"
#include "runtime/base/clock.h"
#include "runtime/exec/poll.h"
#include <pthread.h>
#include <unistd.h>

/* ---- kernels that take their time ------------------------------------------------------------------------------ */

enum { NODE_MICROS = 5000, NODES = 60, UNITS = 80, UNIT_MICROS = 4000 };

static hr_status slow(hr_kernel_context *ctx) {
  usleep(NODE_MICROS);
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Digamma", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .priority = 9, .compute = slow);

static void sleep_range(void *unused, int64_t begin, int64_t end) {
  (void)unused;
  usleep((useconds_t)(end - begin) * UNIT_MICROS);
}
static hr_status long_loop(hr_kernel_context *ctx) {
  hr_parallel_for(ctx, UNITS, 1000.0 * UNIT_MICROS, sleep_range, NULL);
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Lgamma", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .priority = 9, .compute = long_loop);

static hr_status long_update(hr_kernel_context *ctx) {
  hr_variable *variable = hr_input_ref(ctx, 0);
  hr_variable_lock(variable);
  hr_parallel_for(ctx, UNITS, 1000.0 * UNIT_MICROS, sleep_range, NULL);
  hr_variable_unlock(variable);
  hr_output_set_ref(ctx, 0, variable);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "AssignSub", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .priority = 9, .compute = long_update);

static hr_output chain(hr_scope s, hr_output x) {
  for (int i = 0; i < NODES; ++i)
    x = hr_digamma(s, x);
  return x;
}

/* ---- hooks ----------------------------------------------------------------------------------------------------- */

typedef struct host {
  pthread_t thread;
  int calls, fail_at; /* fail_at 0: never */
  hr_status failure;  /* what it failed with */
  fixture *f;
  hr_output fetch; /* run by run_inside */
} host;

static hr_status count(void *argument) {
  host *h = argument;
  assert_true(pthread_equal(h->thread, pthread_self()));
  if (++h->calls != h->fail_at) return HR_SUCCESS;
  return h->failure = hr_error(HR_UNKNOWN, "KeyboardInterrupt");
}

static hr_status run_inside(void *argument) {
  host *h = argument;
  ++h->calls;
  evaluate_f32(h->f, h->fetch);
  return HR_SUCCESS;
}

static host host_new(int fail_at) { return (host){.thread = pthread_self(), .fail_at = fail_at}; }

/* The run ended with the hook's own status. */
static void assert_interrupted(hr_status status, host *h) {
  assert_non_null(status);
  assert_ptr_equal(status, h->failure);
  assert_string_equal(hr_status_message(status), "KeyboardInterrupt");
  hr_status_free(status);
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

static void test_called_every_now_and_then(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE()), slow = chain(f.s, x), quick = hr_neg(f.s, x);
  hr_tensor in = hr_tensor_f32(3), value;
  host h = host_new(0);
  assert_ok(hr_set_poll(count, &h));
  assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &in}, 1, &slow, &value, 0, NULL));
  assert_true(*(float *)hr_tensor_data(&value) == 3);
  assert_in_range(h.calls, 1, 1000); /* 4 or 5 where nothing else keeps the machine busy */
  h.calls = 0;
  int64_t start = hr_monotonic_nanos();
  for (int i = 0; i < 20000; ++i)
    assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &in}, 1, &quick, &value, 0, NULL));
  /* Only runs that the system interrupts for long. */
  assert_in_range(h.calls, 0, (hr_monotonic_nanos() - start) / HR_POLL_NANOS + 2);
  assert_ok(hr_set_poll(NULL, NULL));
  h.calls = 0;
  assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &in}, 1, &slow, &value, 0, NULL));
  assert_int_equal(h.calls, 0);
  fixture_free(&f);
}

static void test_ends_a_walk(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE()), y = chain(f.s, chain(f.s, chain(f.s, x)));
  hr_tensor in = hr_tensor_f32(3), value;
  for (int round = 1; round < 4; ++round) { /* the ticker sleeps and wakes in between */
    host h = host_new(round);
    assert_ok(hr_set_poll(count, &h));
    assert_interrupted(hr_session_run(f.session, 1, &(hr_feed){x, &in}, 1, &y, &value, 0, NULL), &h);
    assert_int_equal(h.calls, round);
    assert_true(evaluate_f32(&f, hr_neg(f.s, hr_constant_f32(f.s, 1))) == -1);
    if (round == 2) usleep(1300000);
  }
  assert_ok(hr_set_poll(NULL, NULL));
  fixture_free(&f);
}

/* Two chains of long nodes, which the walk divides between two threads once it knows their costs. */
static void test_ends_a_scheduled_walk(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_session *session;
  hr_session_options options = {
      .intra_op_threads = 2, .inter_op_threads = 2, .use_per_session_threads = true, .rewrites_off = HR_REWRITE_ALL};
  assert_ok(hr_session_new(f.graph, &options, &session));
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE()), left = x, right = hr_neg(f.s, x);
  for (int i = 0; i < 12; ++i) {
    left = hr_digamma(f.s, left);
    right = hr_digamma(f.s, right);
  }
  hr_output y = hr_add(f.s, left, right);
  hr_tensor in = hr_tensor_f32(3), value;
  hr_feed feed = {x, &in};
  for (int i = 0; i < 5; ++i) {
    assert_ok(hr_session_run(session, 1, &feed, 1, &y, &value, 0, NULL));
    assert_true(*(float *)hr_tensor_data(&value) == 0);
  }
  int interrupted = 0;
  for (int i = 0; i < 20 && !interrupted; ++i) {
    host h = host_new(1);
    assert_ok(hr_set_poll(count, &h));
    hr_status status = hr_session_run(session, 1, &feed, 1, &y, &value, 0, NULL);
    if (status) assert_interrupted(status, &h);
    interrupted += status != HR_SUCCESS;
  }
  assert_int_equal(interrupted, 1);
  assert_ok(hr_set_poll(NULL, NULL));
  assert_ok(hr_session_run(session, 1, &feed, 1, &y, &value, 0, NULL));
  hr_session_free(session);
  fixture_free(&f);
}

static void test_ends_a_wait(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output wait = hr_recv(f.s, HR_FLOAT, "never", "/cpu:0", 1, "/cpu:0");
  hr_tensor value;
  for (int round = 1; round < 3; ++round) {
    host h = host_new(round);
    assert_ok(hr_set_poll(count, &h));
    assert_interrupted(hr_evaluate(f.session, wait, &value), &h);
  }
  assert_ok(hr_set_poll(NULL, NULL));
  fixture_free(&f);
}

static void test_called_within_a_loop(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output y = hr_lgamma(f.s, hr_constant_f32(f.s, 1));
  for (int threads = 1; threads <= 2; ++threads) {
    hr_session *session;
    hr_session_options options = {
        .intra_op_threads = threads, .use_per_session_threads = true, .rewrites_off = HR_REWRITE_ALL};
    hr_tensor value;
    host h = host_new(0);
    assert_ok(hr_session_new(f.graph, &options, &session));
    assert_ok(hr_set_poll(count, &h));
    assert_ok(hr_evaluate(session, y, &value));
    assert_in_range(h.calls, 1, 1000);
    h = host_new(1);
    assert_interrupted(hr_evaluate(session, y, &value), &h);
    hr_session_free(session);
  }
  assert_ok(hr_set_poll(NULL, NULL));
  fixture_free(&f);
}

static void test_ends_a_partial_run(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE()), y = chain(f.s, x);
  hr_partial_run *run;
  hr_tensor in = hr_tensor_f32(3), value;
  host h = host_new(1);
  assert_ok(hr_set_poll(count, &h));
  assert_ok(hr_partial_run_new(f.session, 1, &x, 1, &y, 0, NULL, &run));
  assert_interrupted(hr_partial_run_step(run, 1, &(hr_feed){x, &in}, 1, &y, &value), &h);
  hr_partial_run_free(run);
  assert_ok(hr_set_poll(NULL, NULL));
  fixture_free(&f);
}

/* The hook reads the variable that a long node works on, and then runs a graph of its own within the run. */
static void test_hook_runs_sessions(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_node *init;
  hr_output v = variable_f32(f.s, "v", 5, &init);
  hr_output update = hr_assign_sub(f.s, v, hr_constant_f32(f.s, 1));
  host h = host_new(0);
  h.f = &f;
  h.fetch = hr_identity(f.s, v);
  hr_tensor value;
  assert_ok(hr_run_node(f.session, init));
  assert_ok(hr_set_poll(run_inside, &h));
  assert_ok(hr_evaluate(f.session, update, &value));
  assert_true(*(float *)hr_tensor_data(&value) == 5);
  h.calls = 0;
  hr_output slow = chain(f.s, hr_constant_f32(f.s, 2));
  assert_true(evaluate_f32(&f, slow) == 2);
  assert_in_range(h.calls, 1, 1000);
  assert_ok(hr_set_poll(NULL, NULL));
  fixture_free(&f);
}

/* Threads with a hook and threads without run one session: each hook ends its own thread's run and no other. */
typedef struct runner {
  pthread_t thread;
  fixture *f;
  hr_output y;
  bool polls;
} runner;

static void *run_thread(void *argument) {
  runner *r = argument;
  hr_tensor value;
  for (int i = 0; i < 3; ++i) {
    host h = host_new(1);
    if (r->polls) assert_ok(hr_set_poll(count, &h));
    hr_status status = hr_evaluate(r->f->session, r->y, &value);
    if (r->polls)
      assert_interrupted(status, &h);
    else
      assert_ok(status);
  }
  return NULL;
}

static void test_many_threads(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output y = chain(f.s, chain(f.s, hr_constant_f32(f.s, 2)));
  runner runners[6];
  for (int i = 0; i < 6; ++i) {
    runners[i] = (runner){.f = &f, .y = y, .polls = i % 2};
    assert_int_equal(pthread_create(&runners[i].thread, NULL, run_thread, &runners[i]), 0);
  }
  for (int i = 0; i < 6; ++i)
    pthread_join(runners[i].thread, NULL);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_called_every_now_and_then), cmocka_unit_test(test_ends_a_walk),
      cmocka_unit_test(test_ends_a_scheduled_walk),     cmocka_unit_test(test_ends_a_wait),
      cmocka_unit_test(test_called_within_a_loop),      cmocka_unit_test(test_ends_a_partial_run),
      cmocka_unit_test(test_hook_runs_sessions),        cmocka_unit_test(test_many_threads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
