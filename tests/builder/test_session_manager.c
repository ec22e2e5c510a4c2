/* How sessions come up: initialised, restored, not ready after all, waited for. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "headrace/headrace.h"

typedef struct model {
  testing_graph t;
  hr_var *step;
  hr_node *count;
  hr_session_manager_options options;
  char folder[64];
} model;

static model model_new(void) {
  model m = {.t = testing_graph_new()};
  hr_scope s = m.t.root;
  m.step = hr_create_global_step(s);
  m.count = hr_var_assign_add(s, m.step, 1).node;
  hr_strings local = HR_STRINGS(HR_LOCAL_VARIABLES);
  hr_tf_variable(s, 3.0, .name = "local", .collections = &local, .trainable = false);
  m.options = (hr_session_manager_options){.init_op = hr_scaffold_init_op(s),
                                           .ready_op = hr_scaffold_ready_op(s),
                                           .ready_for_local_init_op = hr_scaffold_ready_for_local_init_op(s),
                                           .local_init_op = hr_scaffold_local_init_op(s),
                                           .saver = hr_saver_new(s)};
  expect_ok(m.t.builder);
  strcpy(m.folder, "/tmp/headrace_session_manager_XXXXXX");
  assert_non_null(mkdtemp(m.folder));
  return m;
}
static void model_free(model *m) {
  char command[128];
  snprintf(command, sizeof command, "rm -r %s", m->folder);
  assert_int_equal(system(command), 0);
  hr_saver_free(m->options.saver);
  testing_graph_free(&m->t);
}

static void expect_status(hr_status status, hr_code code, const char *fact) {
  assert_int_equal(hr_status_code(status), code);
  if (!strstr(hr_status_message(status), fact)) fail_msg("%s does not say %s", hr_status_message(status), fact);
  hr_status_free(status);
}

static int64_t step_of(const model *m, hr_session *session) {
  hr_tensor value;
  assert_null(hr_evaluate(session, hr_var_value(m->step), &value));
  return *(int64_t *)hr_tensor_data(&value);
}

static void initialised_and_restored(void **state) {
  (void)state;
  model m = model_new();
  hr_session *session;
  bool restored;
  m.options.checkpoint_dir = m.folder;
  assert_null(hr_prepare_session(m.t.graph, &m.options, &session, &restored));
  assert_false(restored);
  for (int i = 0; i < 3; ++i)
    assert_null(hr_run_node(session, m.count));
  char path[96];
  snprintf(path, sizeof path, "%s/model", m.folder);
  assert_null(hr_saver_save(m.options.saver, session, path, NULL));
  hr_session_free(session);
  assert_null(hr_prepare_session(m.t.graph, &m.options, &session, &restored));
  assert_true(restored);
  assert_int_equal(step_of(&m, session), 3);
  hr_session_free(session);
  model_free(&m);
}

static void not_ready(void **state) {
  (void)state;
  model m = model_new();
  hr_session *session;
  m.options.init_op = hr_no_op(m.t.root);
  expect_status(hr_prepare_session(m.t.graph, &m.options, &session, NULL), HR_FAILED_PRECONDITION, "global_step");
  assert_null(session);
  m.options.init_op = m.options.local_init_op = NULL;
  expect_status(hr_prepare_session(m.t.graph, &m.options, &session, NULL), HR_FAILED_PRECONDITION, "no init_op");
  m.options.max_wait_seconds = 0.3;
  expect_status(hr_wait_for_session(m.t.graph, &m.options, &session), HR_DEADLINE_EXCEEDED, "global_step, local");
  m.options.ready_op = hr_constant_f32(m.t.root, 1);
  expect_status(hr_wait_for_session(m.t.graph, &m.options, &session), HR_INVALID_ARGUMENT, "vector of names");
  m.options.ready_op = HR_NO_OUTPUT;
  assert_null(hr_wait_for_session(m.t.graph, &m.options, &session));
  hr_session_free(session);
  model_free(&m);
}

static void lost(void **state) {
  (void)state;
  static const hr_code codes[] = {HR_ABORTED, HR_UNAVAILABLE, HR_OUT_OF_RANGE};
  for (int i = 0; i < 3; ++i) {
    hr_status status = hr_error(codes[i], "x");
    assert_int_equal(hr_session_was_lost(status), i < 2);
    hr_status_free(status);
  }
  assert_false(hr_session_was_lost(HR_SUCCESS));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(initialised_and_restored), cmocka_unit_test(not_ready),
                                     cmocka_unit_test(lost)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
