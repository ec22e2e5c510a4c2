/* Training over servers in C: the chief prepares, a worker waits, both train, and a chief that comes again goes on. */
#include "tests/distributed/cluster_testing.h"

typedef struct trainer {
  hr_graph *graph;
  hr_builder *builder;
  hr_session_options session;
  hr_session_manager_options manager;
  hr_var *step;
  hr_node *train;
} trainer;

static trainer trainer_new(const cluster *c, int task) {
  trainer t = {.graph = hr_graph_new()};
  char device[40];
  snprintf(device, sizeof device, "/job:worker/task:%d", task);
  t.builder = hr_builder_new(t.graph);
  hr_scope s = hr_replica_devices(hr_builder_root(t.builder), .ps_tasks = c->num_ps, .worker_device = device);
  t.step = hr_create_global_step(s);
  hr_var *w = hr_tf_variable(s, 1.0, .name = "w");
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.125);
  t.train = hr_minimize(s, optimizer, hr_square(s, hr_var_value(w)), .global_step = t.step);
  hr_optimizer_free(optimizer);
  t.manager.init_op = hr_scaffold_init_op(s);
  t.manager.ready_op = hr_scaffold_ready_op(s);
  t.manager.saver = hr_saver_new(s);
  assert_ok(hr_builder_status(t.builder));
  t.session = (hr_session_options){.target = hr_server_target(c->workers[task]), .operation_timeout_ms = 100000};
  return t;
}
static void trainer_free(trainer *t) {
  hr_saver_free(t->manager.saver);
  hr_builder_free(t->builder);
  hr_graph_unref(t->graph);
}

static int64_t train(trainer *t, hr_session *session, int runs) {
  for (int i = 0; i < runs; ++i)
    assert_ok(hr_run_node(session, t->train));
  hr_tensor step;
  assert_ok(hr_evaluate(session, hr_var_value(t->step), &step));
  return *(int64_t *)hr_tensor_data(&step);
}

static void the_chief_prepares_and_a_worker_waits(void **state) {
  (void)state;
  cluster c;
  cluster_start(&c, 1, 2);
  trainer chief = trainer_new(&c, 0), worker = trainer_new(&c, 1);
  chief.manager.session = &chief.session;
  worker.manager.session = &worker.session;
  worker.manager.max_wait_seconds = 0.3;
  hr_session *first, *second;
  hr_status status = hr_wait_for_session(worker.graph, &worker.manager, &second);
  assert_int_equal(hr_status_code(status), HR_DEADLINE_EXCEEDED);
  hr_status_free(status);
  bool restored;
  assert_ok(hr_prepare_session(chief.graph, &chief.manager, &first, &restored));
  assert_false(restored);
  assert_int_equal(train(&chief, first, 3), 3);
  worker.manager.max_wait_seconds = 100;
  assert_ok(hr_wait_for_session(worker.graph, &worker.manager, &second));
  assert_int_equal(train(&worker, second, 2), 5); /* the variables are shared */
  char folder[] = "/tmp/headrace_training_XXXXXX", path[64], command[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/model", folder);
  assert_ok(hr_saver_save(chief.manager.saver, first, path, NULL));
  assert_int_equal(train(&chief, first, 2), 7);
  hr_session_free(first);
  chief.manager.checkpoint_dir = folder;
  assert_ok(hr_prepare_session(chief.graph, &chief.manager, &first, &restored));
  assert_true(restored);
  assert_int_equal(train(&chief, first, 1), 6);
  snprintf(command, sizeof command, "rm -r %s", folder);
  assert_int_equal(system(command), 0);
  hr_session_free(second);
  hr_session_free(first);
  trainer_free(&worker);
  trainer_free(&chief);
  cluster_stop(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_chief_prepares_and_a_worker_waits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
