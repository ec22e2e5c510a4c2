/* The memory of simulated cards: limits, who holds it, and that the host cannot reach it. */
#include "tests/session/fixture.h"

#include "runtime/exec/step.h"
#include "runtime/resource/resource_manager.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a fixture's own session opens would decide about the cards. */
static fixture fixture_without_cards(void) {
  setenv("CUDA_VISIBLE_DEVICES", "", 1);
  fixture f = fixture_new();
  unsetenv("CUDA_VISIBLE_DEVICES");
  return f;
}

/* A session on one card: each test has its own, as a card's limit is what its first session says. */
static hr_session *session_on(fixture *f, const char *card, hr_session_options options) {
  hr_session *session;
  options.rewrites_off = HR_REWRITE_ALL;
  snprintf(options.visible_gpus, sizeof options.visible_gpus, "%s", card);
  assert_ok(hr_session_new(f->graph, &options, &session));
  assert_int_equal(hr_session_device_count(session), 2);
  return session;
}

static hr_output filled(hr_scope s, int64_t rows, int64_t columns, const char *name) {
  int32_t dims[] = {(int32_t)rows, (int32_t)columns};
  return hr_fill(s, hr_constant_array(s, HR_INT32, HR_SHAPE(2), dims), hr_constant_f32(s, 1), .name = name);
}

static void test_share(void **state) {
  (void)state;
  fixture f = fixture_without_cards();
  hr_session *session = session_on(&f, "1", (hr_session_options){.gpu_memory_fraction = 0.25});
  assert_int_equal(hr_session_device(session, 1).memory_limit, 256 << 10);
  hr_tensor value;
  hr_output small =
      hr_sum(f.s, filled(f.s, 100, 100, "small"), hr_constant_array(f.s, HR_INT32, HR_SHAPE(2), ((int32_t[]){0, 1})));
  hr_output large = filled(f.s, 400, 400, "large");
  assert_ok(hr_evaluate(session, small, &value));
  assert_true(*(float *)hr_tensor_data(&value) == 10000);
  assert_fails(hr_evaluate(session, large, &value), HR_RESOURCE_EXHAUSTED, "[400,400]");
  assert_ok(hr_evaluate(session, small, &value)); /* the session goes on */
  hr_session_free(session);
  session = session_on(&f, "1", (hr_session_options){.gpu_memory_fraction = 1}); /* comes too late */
  assert_int_equal(hr_session_device(session, 1).memory_limit, 256 << 10);
  hr_session_free(session);
  fixture_free(&f);
}

/* Positions of facts in a text, which must come in this order. */
static void assert_in_order(const char *text, int count, const char *const *facts) {
  const char *at = text;
  for (int i = 0; i < count; ++i) {
    at = strstr(at, facts[i]);
    if (!at) fail_msg("'%s' is not where it should be in: %s", facts[i], text);
  }
}

/* What does not fit is told with what is there, the largest first. */
static void test_table(void **state) {
  (void)state;
  fixture f = fixture_without_cards();
  hr_var *weights = NULL, *offsets = NULL;
  HR_WITH (s, hr_device_scope(f.s, "/gpu:0")) {
    weights = hr_tf_variable(s, filled(s, 256, 512, "start"), .name = "weights");
    offsets = hr_tf_variable(s, filled(s, 1, 1000, "zeros"), .name = "offsets");
  }
  hr_session *session = session_on(&f, "2", (hr_session_options){0});
  assert_ok(hr_run_node(session, hr_var_initializer(weights)));
  assert_ok(hr_run_node(session, hr_var_initializer(offsets)));
  hr_output twice = hr_mul(f.s, hr_var_value(weights), hr_constant_f32(f.s, 2), .name = "twice");
  hr_output more = hr_mul(f.s, twice, hr_constant_f32(f.s, 3), .name = "more");
  hr_output sum = hr_add(f.s, twice, more, .name = "sum");
  hr_tensor value;
  hr_status status = hr_evaluate(session, sum, &value);
  assert_int_equal(hr_status_code(status), HR_RESOURCE_EXHAUSTED);
  const char *facts[] = {"OOM when allocating tensor with shape[256,512] and type float by allocator GPU_2_sim",
                         "/device:GPU:0", "of 1048576 bytes are in use", "524288  float[256,512] of weights",
                         "4096  float[1,1000] of offsets"};
  assert_in_order(hr_status_message(status), 5, facts);
  assert_string_equal(hr_status_node(status), "twice");
  hr_status_free(status);
  assert_ok(hr_evaluate(session, hr_reduce_sum(f.s, hr_var_value(offsets)), &value));
  assert_true(*(float *)hr_tensor_data(&value) == 1000);
  hr_session_free(session);
  fixture_free(&f);
}

/* Thousands of times what there is, taken and given back, with growth. */
static void test_memory_is_used_again(void **state) {
  (void)state;
  fixture f = fixture_without_cards();
  hr_session *session = session_on(&f, "3", (hr_session_options){.gpu_allow_growth = true});
  hr_output x = filled(f.s, 200, 200, "x");
  for (int i = 0; i < 8; ++i)
    x = hr_tanh(f.s, hr_add(f.s, x, hr_sinh(f.s, x)));
  hr_output sum = hr_reduce_sum(f.s, x);
  for (int run = 0; run < 300; ++run) {
    hr_tensor value;
    assert_ok(hr_evaluate(session, sum, &value));
  }
  hr_session_free(session);
  fixture_free(&f);
}

/* A plan with a constant in a card's memory; its address, as the plan has it. */
typedef struct constant_plan {
  hr_device_set devices;
  hr_resource_manager *resources;
  hr_placer *placer;
  hr_plan *plan;
  const volatile float *address;
} constant_plan;

static constant_plan constant_plan_new(fixture *f) {
  constant_plan p = {0};
  hr_session_options options = {.visible_gpus = "0"};
  hr_output x = hr_neg(f->s, hr_constant_array(f->s, HR_FLOAT, HR_SHAPE(3), ((float[]){1, 2, 3})));
  assert_ok(hr_device_set_init(&p.devices, &options));
  assert_ok(hr_placer_new(f->graph, &p.devices, (hr_placer_options){0}, &p.placer));
  p.resources = hr_resource_manager_new("localhost");
  hr_plan_request request = {.graph = f->graph,
                             .devices = &p.devices,
                             .placer = p.placer,
                             .resources = p.resources,
                             .rewrites_off = HR_REWRITE_ALL,
                             .num_fetches = 1,
                             .fetches = &x};
  assert_ok(hr_plan_new(&request, &p.plan));
  assert_ok(hr_plan_run_constants(p.plan));
  assert_int_equal(p.plan->num_constant_nodes, 1);
  assert_string_equal(p.plan->constant_nodes[0].device->type, "GPU");
  p.address = hr_tensor_data(&p.plan->constants[0].tensor);
  return p;
}

static void test_host_cannot_reach_it(void **state) {
  (void)state;
  fixture f = fixture_without_cards();
  constant_plan p = constant_plan_new(&f);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    _exit(p.address[0] == 1 ? 0 : 1);
  }
  int result;
  assert_int_equal(waitpid(child, &result, 0), child);
  assert_true(WIFSIGNALED(result) || WEXITSTATUS(result) > 1); /* a sanitizer ends it otherwise */
  hr_plan_free(p.plan);
  hr_placer_free(p.placer);
  hr_resource_manager_unref(p.resources);
  hr_device_set_clear(&p.devices);
  fixture_free(&f);
}

static void test_sizes(void **state) {
  (void)state;
  fixture f = fixture_without_cards();
  hr_session *session;
  hr_session_options options = {.visible_gpus = "4"};
  const char *bad[] = {"much", "-5M", "5X", "5MM", "0"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    setenv("HEADRACE_SIM_GPU_MEMORY", bad[i], 1);
    assert_fails(hr_session_new(f.graph, &options, &session), HR_INVALID_ARGUMENT, bad[i]);
  }
  setenv("HEADRACE_SIM_GPU_MEMORY", "1.5G", 1);
  assert_ok(hr_session_new(f.graph, &options, &session));
  assert_int_equal(hr_session_device(session, 1).memory_limit, INT64_C(3) << 29);
  hr_session_free(session);
  fixture_free(&f);
}

int main(void) {
  setenv("HEADRACE_MIN_LOG_LEVEL", "1", 0);
  setenv("HEADRACE_SIM_GPUS", "5", 1);
  setenv("HEADRACE_SIM_GPU_MEMORY", "1M", 1);
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_share), cmocka_unit_test(test_table),
                                     cmocka_unit_test(test_memory_is_used_again),
                                     cmocka_unit_test(test_host_cannot_reach_it), cmocka_unit_test(test_sizes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
