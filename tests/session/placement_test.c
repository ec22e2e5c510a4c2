/* Device strings at run: what fits, what does not, soft placement. */
#include "fixture.h"
#include "runtime/graph/node.h"
#include <stdio.h>
#include <unistd.h>

static hr_output on_device(fixture *f, const char *device) {
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (s, hr_device_scope(f->s, device)) {
    y = hr_neg(s, hr_constant_f32(s, -1), .name = "placed");
  }
  return y;
}

static void test_cpu_in_all_spellings(void **state) {
  (void)state;
  const char *spellings[] = {"/cpu:0", "/device:CPU:0", "/job:localhost/replica:0/task:0/cpu:0", "/job:localhost", ""};
  for (size_t i = 0; i < sizeof spellings / sizeof *spellings; ++i) {
    fixture f = fixture_new();
    assert_true(evaluate_f32(&f, on_device(&f, spellings[i])) == 1);
    fixture_free(&f);
  }
}

static void test_missing_device(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_tensor value;
  hr_status status = hr_evaluate(f.session, on_device(&f, "/gpu:0"), &value);
  assert_fails(status, HR_INVALID_ARGUMENT, "was explicitly assigned to /device:GPU:0");
  fixture_free(&f);
}

static void test_soft_placement(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_session *soft;
  hr_session_options options = {.allow_soft_placement = true};
  hr_tensor value;
  assert_ok(hr_session_new(f.graph, &options, &soft));
  assert_ok(hr_evaluate(soft, on_device(&f, "/gpu:0"), &value));
  assert_true(*(float *)hr_tensor_data(&value) == 1);
  hr_session_free(soft);
  fixture_free(&f);
}

static hr_session *two_cpus(fixture *f, bool soft) {
  hr_session *session;
  hr_session_options options = {.cpu_devices = 2, .allow_soft_placement = soft};
  assert_ok(hr_session_new(f->graph, &options, &session));
  return session;
}

static void colocate(hr_output x, int32_t count, const hr_bytes *classes) {
  assert_ok(hr_node_set_extra_attr(
      x.node, "_class", &(hr_attr_value){.kind = HR_ATTR_STRING, .is_list = true, .count = count, .strings = classes}));
}

/* The error names the nodes, and what each of their groups asks for. */
static void test_colocated_apart(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output a = on_device(&f, "/cpu:0"), b = on_device(&f, "/cpu:1"), both = hr_add(f.s, a, b, .name = "both");
  const hr_bytes classes[] = {{"loc:@placed", 11}, {"loc:@placed_1", 13}};
  colocate(both, 2, classes);
  hr_session *session = two_cpus(&f, false);
  hr_tensor value;
  hr_status status = hr_evaluate(session, both, &value);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  const char *facts[] = {"Cannot colocate nodes both and placed_1",
                         "incompatible ids",
                         "'/device:CPU:0'",
                         "'/device:CPU:1'",
                         "placed (Neg): CPU /device:CPU:0",
                         "placed_1 (Neg): CPU /device:CPU:1"};
  for (size_t i = 0; i < sizeof facts / sizeof *facts; ++i)
    assert_non_null(strstr(hr_status_message(status), facts[i]));
  assert_string_equal(hr_status_node(status), "both");
  hr_status_free(status);
  assert_fails(hr_evaluate(session, hr_neg(f.s, a), &value), HR_INVALID_ARGUMENT, "Cannot colocate");
  hr_session_free(session);

  session = two_cpus(&f, true); /* what they do not agree about is dropped */
  assert_ok(hr_evaluate(session, both, &value));
  assert_true(*(float *)hr_tensor_data(&value) == 2);
  hr_session_free(session);
  fixture_free(&f);
}

/* A node that cannot have its device fails all runs, once it is there, but for callables made before. */
static void test_misplaced_and_not_run(void **state) {
  (void)state;
  for (int cpus = 1; cpus <= 2; ++cpus) {
    fixture f = fixture_new();
    hr_session_options options = {.cpu_devices = cpus};
    hr_session *session;
    assert_ok(hr_session_new(f.graph, &options, &session));
    hr_output x = on_device(&f, "/cpu:0");
    hr_tensor value;
    hr_callable *callable;
    assert_ok(hr_evaluate(session, x, &value));
    assert_ok(hr_callable_new(session, 0, NULL, 1, &x, 0, NULL, &callable));
    hr_output lost = on_device(&f, "/job:nowhere");
    for (int i = 0; i < 2; ++i) {
      assert_fails(hr_evaluate(session, lost, &value), HR_INVALID_ARGUMENT, "/job:nowhere");
      assert_fails(hr_evaluate(session, x, &value), HR_INVALID_ARGUMENT, "/job:nowhere");
      assert_fails(hr_evaluate(session, hr_neg(f.s, x), &value), HR_INVALID_ARGUMENT, "/job:nowhere");
      assert_ok(hr_callable_run(callable, NULL, &value));
    }
    hr_callable_free(callable);
    hr_session_free(session);
    fixture_free(&f);
  }
}

/* With place_pruned_graph what nothing runs may ask for anything; what has no kernel may always stand there. */
static void test_only_what_runs(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output lost = on_device(&f, "/job:nowhere"), x = on_device(&f, "/cpu:0");
  hr_session_options options = {.place_pruned_graph = true};
  hr_session *pruned, *whole;
  assert_ok(hr_session_new(f.graph, &options, &pruned));
  hr_tensor value;
  for (int i = 0; i < 2; ++i) {
    assert_ok(hr_evaluate(pruned, x, &value));
    assert_fails(hr_evaluate(pruned, lost, &value), HR_INVALID_ARGUMENT, "/job:nowhere");
  }
  hr_session_free(pruned);
  fixture_free(&f);
  f = fixture_new();
  x = on_device(&f, "/cpu:0");
  hr_output none = hr_tan(f.s, hr_constant_i32(f.s, 1));
  assert_ok(hr_session_new(f.graph, NULL, &whole));
  for (int i = 0; i < 2; ++i) {
    assert_ok(hr_evaluate(whole, x, &value));
    assert_fails(hr_evaluate(whole, none, &value), HR_INVALID_ARGUMENT, "No OpKernel");
  }
  hr_session_free(whole);
  fixture_free(&f);
}

/* What stdout gets while `body` runs. */
static void capture(void (*body)(fixture *f), fixture *f, char *text, size_t size) {
  FILE *file = tmpfile();
  assert_non_null(file);
  fflush(stdout);
  int saved = dup(STDOUT_FILENO);
  assert_true(saved >= 0 && dup2(fileno(file), STDOUT_FILENO) >= 0);
  body(f);
  fflush(stdout);
  assert_true(dup2(saved, STDOUT_FILENO) >= 0);
  close(saved);
  rewind(file);
  size_t length = fread(text, 1, size - 1, file);
  text[length] = '\0';
  fclose(file);
}

static void run_logged(fixture *f) {
  hr_session *session;
  hr_session_options options = {.log_device_placement = true};
  assert_ok(hr_session_new(f->graph, &options, &session));
  hr_tensor value;
  assert_ok(hr_run_node(session, hr_graph_find(f->graph, "a/Assign")));
  printf("then\n");
  assert_ok(hr_evaluate(session, hr_node_output(hr_graph_find(f->graph, "c"), 0), &value));
  assert_ok(hr_evaluate(session, hr_node_output(hr_graph_find(f->graph, "b"), 0), &value));
  hr_neg(f->s, hr_node_output(hr_graph_find(f->graph, "c"), 0), .name = "later");
  printf("last\n");
  assert_ok(hr_evaluate(session, hr_node_output(hr_graph_find(f->graph, "later"), 0), &value));
  hr_session_free(session);
}

/* All nodes of the graph, once, in TensorFlow's order: those without inputs come last. */
static void test_log(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_var *a = hr_tf_variable(f.s, 3.0f, .name = "a");
  hr_output b = HR_NO_OUTPUT;
  HR_WITH (s, hr_device_scope(f.s, "/cpu:0"))
    b = hr_constant_f32(s, 4, .name = "b");
  hr_mul(f.s, hr_var_value(a), b, .name = "c");
  char text[2000];
  capture(run_logged, &f, text, sizeof text);
  assert_string_equal(text, "Device mapping: no known devices.\n"
                            "a: (VariableV2): /job:localhost/replica:0/task:0/device:CPU:0\n"
                            "a/Assign: (Assign): /job:localhost/replica:0/task:0/device:CPU:0\n"
                            "a/read: (Identity): /job:localhost/replica:0/task:0/device:CPU:0\n"
                            "c: (Mul): /job:localhost/replica:0/task:0/device:CPU:0\n"
                            "a/initial_value: (Const): /job:localhost/replica:0/task:0/device:CPU:0\n"
                            "b: (Const): /job:localhost/replica:0/task:0/device:CPU:0\n"
                            "then\nlast\n"
                            "later: (Neg): /job:localhost/replica:0/task:0/device:CPU:0\n");
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cpu_in_all_spellings),
                                     cmocka_unit_test(test_missing_device),
                                     cmocka_unit_test(test_soft_placement),
                                     cmocka_unit_test(test_colocated_apart),
                                     cmocka_unit_test(test_misplaced_and_not_run),
                                     cmocka_unit_test(test_only_what_runs),
                                     cmocka_unit_test(test_log)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
