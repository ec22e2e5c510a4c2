/* Training by several workers: replica devices and synchronous updates, against TensorFlow's graphs. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/headrace.h"

/* ---- devices --------------------------------------------------------------------------------------------------- */

static const char *device(hr_output x) { return hr_node_device(x.node); }
static const char *device_of(hr_var *v) { return device(hr_var_ref(v)); }

static void variables_by_turns(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = hr_replica_devices(t.root, .ps_tasks = 2);
  for (int i = 0; i < 5; ++i) {
    char want[40];
    snprintf(want, sizeof want, "/job:ps/task:%d", i % 2);
    assert_string_equal(device_of(hr_tf_variable(s, 0.0, .name = "v")), want);
  }
  assert_string_equal(device(hr_constant_f32(s, 1)), "/job:worker");
  hr_scope card = hr_device_scope(s, "/gpu:1"), task = hr_device_scope(card, "/task:1");
  assert_string_equal(device(hr_constant_f32(card, 1)), "/job:worker/device:GPU:1");
  assert_string_equal(device(hr_constant_f32(task, 1)), "/job:worker/task:1/device:GPU:1");
  assert_string_equal(device_of(hr_tf_variable(card, 0.0, .name = "v")), "/job:ps/task:1/device:GPU:1");
  hr_scope local = hr_device_scope(s, "/job:worker/task:2");
  assert_string_equal(device_of(hr_tf_variable(local, 0.0, .name = "v")), "/job:worker/task:2");
  expect_ok(t.builder);
  testing_graph_free(&t);
}

static int32_t last(void *argument, const hr_node *node) {
  (void)node;
  return *(int32_t *)argument;
}

static void other_strategies(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope greedy = hr_replica_devices(t.root, .ps_tasks = 2, .load = hr_byte_size_load);
  static const int sizes[] = {10, 2, 3, 4, 9};
  static const char *const want[] = {"/job:ps/task:0", "/job:ps/task:1", "/job:ps/task:1", "/job:ps/task:1",
                                     "/job:ps/task:1"};
  for (int i = 0; i < 5; ++i)
    assert_string_equal(
        device_of(hr_get_variable(greedy, hr_unique_name(t.root, "g", true), .shape = HR_SHAPE(sizes[i]))), want[i]);
  int32_t task = 3;
  hr_scope chosen = hr_replica_devices(t.root, .ps_tasks = 4, .ps_device = "/job:servers/cpu:0", .worker_device = NULL,
                                       .ps_ops = HR_STRINGS("Const"), .strategy = last, .argument = &task);
  assert_string_equal(device(hr_constant_f32(chosen, 1)), "/job:servers/task:3/device:CPU:0");
  assert_string_equal(device(hr_identity(chosen, hr_constant_f32(t.root, 1))), "");
  hr_scope kept = hr_device_scope(hr_replica_devices(t.root, .ps_tasks = 1, .merge_devices = false), "/cpu:0");
  assert_string_equal(device_of(hr_tf_variable(kept, 0.0)), "/device:CPU:0");
  hr_scope none = hr_replica_devices(t.root);
  assert_string_equal(device_of(hr_tf_variable(none, 0.0)), "");
  expect_ok(t.builder);
  hr_replica_devices(t.root, .ps_tasks = 1, .ps_device = "/nonsense:1:2:3");
  expect_error(t.builder, HR_INVALID_ARGUMENT, "nonsense", NULL);
  testing_graph_free(&t);
}

/* ---- synchronous training -------------------------------------------------------------------------------------- */

static void rows_together(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  float start[8];
  for (int i = 0; i < 8; ++i)
    start[i] = (float)i;
  hr_tensor values;
  assert_null(hr_tensor_borrow(HR_FLOAT, 2, (int64_t[]){4, 2}, start, &values));
  hr_var *step = hr_tf_variable(s, 0, .name = "step", .trainable = false);
  hr_var *table = hr_tf_variable(s, &values, .name = "table"), *other = hr_tf_variable(s, 1.0, .name = "other");
  hr_tensor_clear(&values);
  hr_output rows = hr_tf_gather(s, table, hr_operand_ints((hr_ints){3, (int64_t[]){1, 3, 1}}));
  hr_output loss = hr_reduce_sum(s, hr_square(s, rows));
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.5);
  hr_var *items[] = {table, other};
  hr_vars vars = {2, items};
  hr_gradient gradients[2];
  hr_compute_gradients(s, optimizer, loss, vars, gradients);
  hr_sync_replicas sync = hr_sync_replicas_apply(s, optimizer, 1, vars, gradients, step);
  expect_ok(t.builder);
  assert_string_equal(hr_node_name(sync.train_op.node), "Assign_1");
  assert_string_equal(hr_node_name(sync.sync_op), "sync_token_q_EnqueueMany");
  assert_string_equal(hr_node_name(sync.chief_init_op), "sync_replicas/group_deps");
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  hr_optimizer_free(optimizer);
  testing_graph_expect(&t, "sync_replicas.sparse");
}

/* Three workers with threads of their own, of which two are waited for, and the chief's runner: all of it in C. */
typedef struct worker {
  hr_session *session;
  hr_output train_op, step;
} worker;

static hr_status work(hr_coordinator *coordinator, void *argument) {
  const worker *w = argument;
  const hr_output fetches[] = {w->train_op, w->step};
  while (!hr_coordinator_should_stop(coordinator)) {
    hr_tensor fetched[2];
    HR_TRY(hr_session_run(w->session, 0, NULL, 2, fetches, fetched, 0, NULL));
    int64_t step = *(int64_t *)hr_tensor_data(&fetched[1]);
    hr_tensor_clear(&fetched[0]);
    hr_tensor_clear(&fetched[1]);
    if (step >= 10) hr_coordinator_request_stop(coordinator, HR_SUCCESS);
  }
  return HR_SUCCESS;
}

static void workers_train(void **state) {
  (void)state;
  enum { WORKERS = 3 };
  testing_graph t = testing_graph_new();
  hr_var *step = hr_create_global_step(t.root), *w = hr_tf_variable(t.root, 1.0, .name = "w");
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.125);
  hr_sync_replicas sync[WORKERS];
  for (int i = 0; i < WORKERS; ++i) {
    HR_WITH (s, hr_name_scope(t.root, "replica")) {
      hr_gradient gradient;
      hr_vars vars = {1, &w};
      hr_compute_gradients(s, optimizer, hr_square(s, hr_var_value(w)), vars, &gradient);
      sync[i] = hr_sync_replicas_apply(s, optimizer, 2, vars, &gradient, step, .total_num_replicas = WORKERS);
    }
  }
  hr_node *tokens = hr_sync_replicas_init_tokens(t.root, &sync[0], -1);
  hr_node *init = hr_global_variables_initializer(t.root);
  hr_optimizer_free(optimizer);
  expect_ok(t.builder);
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  assert_null(hr_run_node(session, init));
  for (int i = 0; i < WORKERS; ++i)
    assert_null(hr_run_node(session, i ? sync[i].local_step_init_op.node : sync[0].chief_init_op));
  assert_null(hr_run_node(session, tokens));
  hr_coordinator *coordinator = hr_coordinator_new();
  worker workers[WORKERS];
  assert_null(hr_queue_runner_start(sync[0].runner, session, coordinator));
  for (int i = 0; i < WORKERS; ++i) {
    workers[i] = (worker){session, sync[i].train_op, hr_var_value(step)};
    assert_null(hr_coordinator_start(coordinator, "worker", work, &workers[i]));
  }
  assert_true(hr_coordinator_wait_for_stop(coordinator, 60));
  assert_null(hr_session_close(session)); /* ends who waits for a token */
  hr_status status = hr_coordinator_join(coordinator, .stop_grace_period = 30);
  hr_status_free(status); /* runs that were cut off say so */
  hr_coordinator_free(coordinator);
  hr_session_free(session);
  testing_graph_free(&t);
}

typedef struct averaged {
  hr_var *var;
  hr_averages *averages;
} averaged;

/* The node that runs after each update: a moving average of the variable. */
static hr_node *average_of(void *argument, hr_scope scope) {
  averaged *a = argument;
  a->averages = hr_averages_new(scope, 0.5);
  return hr_averages_apply(scope, a->averages, HR_OPERANDS(a->var));
}

/* The chief's node updates, hands out tokens, and averages: in this order. */
static void averages_follow_updates(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_var *step = hr_create_global_step(t.root), *w = hr_tf_variable(t.root, 8.0, .name = "w");
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(1);
  averaged a = {.var = w};
  hr_gradient gradient = hr_dense_gradient(hr_constant_f32(t.root, 4));
  hr_sync_replicas sync = hr_sync_replicas_apply(t.root, optimizer, 1, ((hr_vars){1, &w}), &gradient, step,
                                                 .average = average_of, .argument = &a);
  expect_ok(t.builder);
  hr_var *mean = hr_average_of(a.averages, hr_operand_variable(w));
  assert_non_null(mean);
  hr_node *tokens = hr_sync_replicas_init_tokens(t.root, &sync, 1), *init = hr_global_variables_initializer(t.root);
  expect_ok(t.builder);
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  hr_node *const first[] = {init, sync.chief_init_op, tokens, sync.train_op.node, sync.sync_op};
  for (size_t i = 0; i < sizeof first / sizeof *first; ++i)
    assert_null(hr_run_node(session, first[i]));
  const hr_output fetches[] = {hr_var_value(w), hr_var_value(mean)};
  hr_tensor values[2];
  assert_null(hr_session_run(session, 0, NULL, 2, fetches, values, 0, NULL));
  assert_true(*(const float *)hr_tensor_data(&values[0]) == 4);
  assert_true(*(const float *)hr_tensor_data(&values[1]) == 6); /* between 8 and 4 */
  hr_optimizer_free(optimizer);
  hr_session_free(session);
  testing_graph_free(&t);
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.5);
  hr_var *v = hr_tf_variable(t.root, 1.0, .name = "v"), *step = hr_create_global_step(t.root);
  hr_gradient gradient = hr_dense_gradient(hr_constant_f32(t.root, 1));
  assert_null(hr_sync_replicas_apply(t.root, optimizer, 1, ((hr_vars){0, NULL}), NULL, step).runner);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "at least one variable", NULL);
  assert_null(hr_sync_replicas_apply(t.root, optimizer, 1, ((hr_vars){1, &v}), &gradient, NULL).runner);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Global step", NULL);
  hr_sync_replicas sync =
      hr_sync_replicas_apply(t.root, optimizer, 3, ((hr_vars){1, &v}), &gradient, step, .total_num_replicas = 1);
  expect_ok(t.builder);
  assert_null(hr_sync_replicas_init_tokens(t.root, &sync, 1));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "1 (given)", "2 (needed)", NULL);
  hr_optimizer_free(optimizer);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(variables_by_turns), cmocka_unit_test(other_strategies),        cmocka_unit_test(rows_together),
      cmocka_unit_test(workers_train),      cmocka_unit_test(averages_follow_updates), cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
