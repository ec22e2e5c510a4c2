/* Steps of our client at our servers, all in one process. */
#include "proto/master.pb-c.h"
#include "tests/distributed/cluster_testing.h"
#include <pthread.h>

#define PS     "/job:ps/task:0"
#define WORKER "/job:worker/task:0"

static cluster both;
static int set_up(void **state) {
  (void)state;
  cluster_start(&both, 1, 1);
  return 0;
}
static int tear_down(void **state) {
  (void)state;
  cluster_stop(&both);
  return 0;
}

/* x on the ps, what is computed of it on the worker, from either master. */
static void run_over_two_tasks(const char *target, const char *name) {
  client c = client_new(target);
  hr_node *init;
  hr_output x = variable_on(&c, PS, name, 3, &init), sum, product;
  hr_output fed = hr_placeholder(c.s, HR_FLOAT, .name = "fed");
  HR_WITH (s, hr_device_scope(c.s, WORKER))
    product = hr_mul(s, x, fed);
  HR_WITH (s, hr_device_scope(c.s, PS))
    sum = hr_add(s, product, x);
  hr_node *add = hr_assign_add(c.s, x, sum).node;
  assert_ok(hr_run_node(c.session, init));
  assert_true(value_of(&c, x) == 3);
  hr_tensor two = hr_tensor_f32(2), values[2];
  const hr_feed feed = {fed, &two};
  const hr_output fetches[] = {product, sum};
  assert_ok(hr_session_run(c.session, 1, &feed, 2, fetches, values, 0, NULL));
  assert_true(*(float *)hr_tensor_data(&values[0]) == 6);
  assert_true(*(float *)hr_tensor_data(&values[1]) == 9);
  hr_tensor_clear(&values[0]);
  hr_tensor_clear(&values[1]);
  for (int i = 0; i < 3; ++i)
    assert_ok(hr_session_run(c.session, 1, &feed, 0, NULL, NULL, 1, &add));
  assert_true(value_of(&c, x) == 192); /* x + (2 x + x), three times */
  assert_fails(hr_session_run(c.session, 0, NULL, 1, &sum, values, 0, NULL), HR_INVALID_ARGUMENT,
               "You must feed a value for placeholder tensor 'fed'");
  client_free(&c);
}

static void test_two_tasks(void **state) {
  (void)state;
  run_over_two_tasks(hr_server_target(both.ps[0]), "at_ps");
  run_over_two_tasks(hr_server_target(both.workers[0]), "at_worker");
}

static void goes_on(void *argument, hr_scope s, hr_outputs v, hr_results *results) {
  (void)argument;
  hr_return(results, hr_less(s, v.items[0], hr_constant_i32(s, 3)));
}
/* The product in one task, the sum in the other. */
static void multiplies(void *argument, hr_scope s, hr_outputs v, hr_results *results) {
  hr_output *factor = argument, product;
  HR_WITH (there, hr_device_scope(s, WORKER))
    product = hr_mul(there, v.items[1], *factor);
  hr_return(results, hr_add(s, v.items[0], hr_constant_i32(s, 1)));
  hr_return(results, hr_add(s, product, v.items[1]));
}

static void test_loop_and_its_gradient(void **state) {
  (void)state;
  client c = client_new(hr_server_target(both.ps[0]));
  hr_output factor, result;
  hr_gradient gradient;
  HR_WITH (s, hr_device_scope(c.s, PS)) {
    factor = hr_constant_f32(s, 2);
    hr_operand start[] = {hr_operand_output(hr_constant_i32(s, 0)), hr_operand_output(hr_constant_f32(s, 1))};
    const hr_while_functions functions = {goes_on, multiplies, &factor};
    hr_outputs out = hr_while_loop_with(s, (hr_operands){2, start}, &functions, &(hr_while_options){HR_WHILE_DEFAULTS});
    assert_ok(hr_builder_status(c.builder));
    result = out.items[1];
    hr_gradients(s, HR_LIST(result), HR_LIST(factor), &gradient);
  }
  assert_true(value_of(&c, result) == 27); /* (1 + factor)^3 */
  for (int i = 0; i < 20; ++i)
    assert_true(value_of(&c, gradient.value) == 27);
  client_free(&c);
}

/* Variables stay when the session that made them has gone, until their container is emptied. */
static void test_state_outlives_sessions(void **state) {
  (void)state;
  hr_node *init;
  client first = client_new(hr_server_target(both.ps[0]));
  hr_output x = variable_on(&first, PS, "kept", 5, &init);
  assert_ok(hr_run_node(first.session, init));
  client second = client_new(hr_server_target(both.workers[0]));
  hr_output y = variable_on(&second, PS, "kept", 7, &init);
  assert_true(value_of(&second, y) == 5);
  assert_true(value_of(&first, x) == 5);
  client_free(&first);
  assert_true(value_of(&second, y) == 5);
  assert_ok(hr_session_reset(hr_server_target(both.workers[0]), 0, NULL));
  hr_tensor value;
  assert_fails(hr_evaluate(second.session, y, &value), HR_ABORTED, "");
  client_free(&second);
  client third = client_new(hr_server_target(both.ps[0]));
  hr_output z = variable_on(&third, PS, "kept", 9, &init);
  assert_fails(hr_evaluate(third.session, z, &value), HR_FAILED_PRECONDITION, "kept");
  client_free(&third);
}

typedef struct other_steps {
  client *c;
  hr_output output;
  _Atomic bool over;
  hr_status status;
} other_steps;

static void *run_other_steps(void *argument) {
  other_steps *o = argument;
  while (!o->over && !o->status) {
    hr_tensor value;
    o->status = hr_evaluate(o->c->session, o->output, &value);
    hr_tensor_clear(&value);
  }
  return NULL;
}

/* The other task is told of a step's part while steps of another thread end, perhaps on the thread that waits for it.
 */
static void test_steps_end_while_others_are_made(void **state) {
  (void)state;
  enum { STEPS = 50 };
  client c = client_new(hr_server_target(both.ps[0]));
  hr_output made[STEPS], known;
  HR_WITH (s, hr_device_scope(c.s, WORKER)) {
    known = hr_neg(s, hr_constant_f32(s, 3));
    for (int i = 0; i < STEPS; ++i)
      made[i] = hr_neg(s, hr_constant_f32(s, (float)i));
  }
  assert_true(value_of(&c, known) == -3);
  other_steps others = {.c = &c, .output = known};
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, run_other_steps, &others), 0);
  for (int i = 0; i < STEPS; ++i)
    assert_true(value_of(&c, made[i]) == (float)-i);
  others.over = true;
  pthread_join(thread, NULL);
  assert_ok(others.status);
  client_free(&c);
}

/* ---- time limits ------------------------------------------------------------------------------------------------- */

static hr_session *session_with_limit(hr_graph *graph, const char *target, int64_t milliseconds) {
  hr_session *session;
  assert_ok(
      hr_session_new(graph, &(hr_session_options){.target = target, .operation_timeout_ms = milliseconds}, &session));
  return session;
}

/* A session whose time is short, and a partial run that it has time enough to set up. */
static hr_partial_run *hasty_run(hr_graph *graph, const char *target, hr_output *fed, hr_output *sum,
                                 hr_session **session) {
  hr_partial_run *run;
  for (int64_t limit = 300;; limit *= 4) {
    *session = session_with_limit(graph, target, limit);
    hr_status status = hr_partial_run_new(*session, 1, fed, 1, sum, 0, NULL, &run);
    if (!status) return run;
    assert_true(limit < 20000);
    assert_fails(status, HR_DEADLINE_EXCEEDED, "");
    hr_session_free(*session);
  }
}

/* A partial run whose call comes to nothing ends everywhere: what it waited for is there for others. It waits for two
 * elements of a queue with priorities, which leaves the first one there, and lets nobody go before it. */
static void partial_run_ends_in_time(const char *target) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope s = hr_builder_root(builder);
  hr_output fed = hr_placeholder(s, HR_FLOAT, .name = "fed"), taken, two_taken, sum, sum_of_two;
  hr_node *put;
  HR_WITH (ps, hr_device_scope(s, PS)) {
    hr_tensor_queue *queue =
        hr_priority_queue(ps, 3, HR_TYPES(HR_FLOAT), .shapes = HR_SHAPES(HR_SHAPE()), .shared_name = "few");
    taken = hr_dequeue(ps, queue).items[1];
    two_taken = hr_dequeue_many(ps, queue, 2).items[1];
    put = hr_enqueue(ps, queue, HR_OPERANDS(hr_constant_i64(ps, 0), fed));
  }
  HR_WITH (worker, hr_device_scope(s, WORKER)) {
    sum = hr_add(worker, taken, fed);
    sum_of_two = hr_add(worker, two_taken, fed);
  }
  assert_ok(hr_builder_status(builder));
  hr_tensor two = hr_tensor_f32(2), value;
  const hr_feed feed = {fed, &two};
  hr_session *hasty, *patient = session_with_limit(graph, target, 100000);
  assert_ok(hr_session_run(patient, 1, &feed, 0, NULL, NULL, 1, &put));
  hr_partial_run *run = hasty_run(graph, target, &fed, &sum_of_two, &hasty);
  assert_fails(hr_partial_run_step(run, 1, &feed, 1, &sum_of_two, &value), HR_DEADLINE_EXCEEDED, "");
  hr_status status;
  while (hr_status_code(status = hr_partial_run_step(run, 0, NULL, 1, &sum_of_two, &value)) == HR_DEADLINE_EXCEEDED)
    hr_status_free(status); /* a busy machine has not said it yet */
  assert_fails(status, HR_INVALID_ARGUMENT, "Must run PartialRunSetup");
  hr_partial_run_free(run);
  assert_ok(hr_session_run(patient, 1, &feed, 1, &sum, &value, 0, NULL));
  assert_true(*(float *)hr_tensor_data(&value) == 4);
  hr_tensor_clear(&value);
  assert_fails(hr_session_run(hasty, 1, &feed, 1, &sum, &value, 0, NULL), HR_DEADLINE_EXCEEDED, "Operation timed out.");
  hr_session_free(hasty);
  hr_session_free(patient);
  hr_builder_free(builder);
  hr_graph_unref(graph);
}

static void test_partial_run_ends_in_time(void **state) {
  (void)state;
  partial_run_ends_in_time(hr_server_target(both.ps[0]));
  partial_run_ends_in_time(hr_server_target(both.workers[0]));
}

/* ---- clients that go without a word ------------------------------------------------------------------------------ */

/* A session of a client that speaks by hand, as its connection alone can end. */
static hr_channel *open_by_hand(const char *target, hr_arena *arena, const char **handle) {
  hr_channel *channel;
  HrPb__CreateSessionRequest request;
  HrPb__CreateSessionResponse *response;
  hr_pb__create_session_request__init(&request);
  assert_ok(hr_channel_new(target + strlen("grpc://"), NULL, &channel));
  assert_ok(hr_channel_call_proto(channel, "/tensorflow.MasterService/CreateSession", &request, NULL, NULL,
                                  &hr_pb__create_session_response__descriptor, arena, &response));
  *handle = response->session_handle;
  return channel;
}

static hr_status list_devices_of(hr_channel *channel, const char *handle, hr_arena *arena) {
  HrPb__ListDevicesRequest request;
  HrPb__ListDevicesResponse *response;
  hr_pb__list_devices_request__init(&request);
  request.session_handle = (char *)(uintptr_t)handle;
  return hr_channel_call_proto(channel, "/tensorflow.MasterService/ListDevices", &request, NULL, NULL,
                               &hr_pb__list_devices_response__descriptor, arena, &response);
}

/* Whether it is closed in the end, as others open sessions; it may take a moment until its client is known to be gone.
 */
static bool is_closed(const char *target, const char *handle, hr_arena *arena) {
  for (int i = 0; i < 6000; ++i) {
    const char *another;
    usleep(10000);
    hr_channel_unref(open_by_hand(target, arena, &another));
    hr_channel *asks;
    assert_ok(hr_channel_new(target + strlen("grpc://"), NULL, &asks));
    hr_status status = list_devices_of(asks, handle, arena);
    hr_channel_unref(asks);
    if (!status) continue; /* who asks has it now, and goes */
    assert_fails(status, HR_ABORTED, "is not found");
    return true;
  }
  return false;
}

/* Its session goes, and no other one: neither one whose client idles, nor one that is used over another connection. */
static void test_session_of_a_client_that_is_gone(void **state) {
  (void)state;
  const char *target = hr_server_target(both.ps[0]), *idle, *lost, *adopted;
  hr_arena arena = {0};
  setenv("HEADRACE_SESSION_GRACE_MS", "1", 1);
  hr_channel *stays = open_by_hand(target, &arena, &idle);
  hr_channel *moves = open_by_hand(target, &arena, &adopted);
  assert_ok(list_devices_of(stays, adopted, &arena));
  hr_channel_unref(moves);
  hr_channel_unref(open_by_hand(target, &arena, &lost));
  assert_true(is_closed(target, lost, &arena));
  assert_ok(list_devices_of(stays, idle, &arena));
  assert_ok(list_devices_of(stays, adopted, &arena));
  unsetenv("HEADRACE_SESSION_GRACE_MS");
  hr_channel_unref(stays);
  hr_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_two_tasks),
      cmocka_unit_test(test_loop_and_its_gradient),
      cmocka_unit_test(test_steps_end_while_others_are_made),
      cmocka_unit_test(test_state_outlives_sessions),
      cmocka_unit_test(test_partial_run_ends_in_time),
      cmocka_unit_test(test_session_of_a_client_that_is_gone),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
