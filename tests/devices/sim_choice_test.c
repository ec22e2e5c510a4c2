/* Which simulated cards a session has, by the environment and its options, and what is placed on them. */
#include "tests/session/fixture.h"

#include <stdio.h>
#include <stdlib.h>

static void unset_all(void) {
  unsetenv("HEADRACE_SIM_GPUS");
  unsetenv("CUDA_VISIBLE_DEVICES");
}

/* The names and cards of a session's GPUs: "GPU:0=2 GPU:1=0". Which card it is tells its memory. */
static const char *gpus(fixture *f, const hr_session_options *options) {
  static char text[400];
  hr_session *session;
  text[0] = '\0';
  assert_ok(hr_session_new(f->graph, options, &session));
  for (int32_t i = 0; i < hr_session_device_count(session); ++i) {
    hr_device_info info = hr_session_device(session, i);
    if (strcmp(info.type, "GPU") != 0) continue;
    const char *bus = strstr(info.description, "pci bus id: 0000:");
    assert_non_null(bus);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s=%ld", text[0] ? " " : "", strstr(info.name, "GPU:"),
             strtol(bus + strlen("pci bus id: 0000:"), NULL, 16));
    assert_true(info.incarnation != 0 && info.memory_limit > 0);
  }
  hr_session_free(session);
  return text;
}

static void test_only_where_asked_for(void **state) {
  (void)state;
  unset_all();
  fixture f = fixture_new();
  assert_string_equal(gpus(&f, NULL), "");
  setenv("HEADRACE_SIM_GPUS", "0", 1);
  assert_string_equal(gpus(&f, NULL), "");
  setenv("HEADRACE_SIM_GPUS", "three", 1);
  assert_string_equal(gpus(&f, NULL), "");
  setenv("HEADRACE_SIM_GPUS", "3", 1);
  assert_string_equal(gpus(&f, NULL), "GPU:0=0 GPU:1=1 GPU:2=2");
  fixture_free(&f);
}

static void test_visible_devices(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"0,1", "GPU:0=0 GPU:1=1"}, {"3,2", "GPU:0=3 GPU:1=2"}, {"", ""},         {"-1", ""},
      {"1,9,0", "GPU:0=1"},       {"2,x,0", "GPU:0=2"},       {"nonsense", ""}, {"3", "GPU:0=3"},
  };
  fixture f = fixture_new();
  setenv("HEADRACE_SIM_GPUS", "4", 1);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    setenv("CUDA_VISIBLE_DEVICES", cases[i][0], 1);
    assert_string_equal(gpus(&f, NULL), cases[i][1]);
  }
  unset_all();
  fixture_free(&f);
}

/* The list of the options counts what the environment left. */
static void test_options(void **state) {
  (void)state;
  fixture f = fixture_new();
  setenv("HEADRACE_SIM_GPUS", "4", 1);
  assert_string_equal(gpus(&f, &(hr_session_options){.visible_gpus = "2,0"}), "GPU:0=2 GPU:1=0");
  assert_string_equal(gpus(&f, &(hr_session_options){.gpu_devices = 1}), "GPU:0=0");
  assert_string_equal(gpus(&f, &(hr_session_options){.gpu_devices = 9}), "GPU:0=0 GPU:1=1 GPU:2=2 GPU:3=3");
  assert_string_equal(gpus(&f, &(hr_session_options){.gpu_devices = -1}), "");
  setenv("CUDA_VISIBLE_DEVICES", "3,1", 1);
  assert_string_equal(gpus(&f, &(hr_session_options){.visible_gpus = "1"}), "GPU:0=1");
  static const char *const wrong[][2] = {{"2", "invalid GPU id '2' but visible device count is 2"},
                                         {"0,0", "duplicate entry"},
                                         {"1;0", "Could not parse"},
                                         {"-1", "invalid GPU id '-1'"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
    hr_session_options options = {0};
    hr_session *session;
    snprintf(options.visible_gpus, sizeof options.visible_gpus, "%s", wrong[i][0]);
    assert_fails(hr_session_new(f.graph, &options, &session), HR_INVALID_ARGUMENT, wrong[i][1]);
  }
  unset_all();
  fixture_free(&f);
}

static hr_session *session_of(fixture *f, bool soft) {
  hr_session *session;
  hr_session_options options = {.allow_soft_placement = soft};
  assert_ok(hr_session_new(f->graph, &options, &session));
  return session;
}

/* The example of the books: an integer variable has no kernel there. */
static void test_kernels_decide(void **state) {
  (void)state;
  setenv("HEADRACE_SIM_GPUS", "1", 1);
  fixture f = fixture_new();
  hr_var *i = NULL;
  HR_WITH (s, hr_device_scope(f.s, "/gpu:0"))
    i = hr_tf_variable(s, 3, .name = "i");
  hr_session *session = session_of(&f, false);
  hr_tensor value;
  hr_status status = hr_run_node(session, hr_var_initializer(i));
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  static const char *const facts[] = {"Cannot assign a device for operation i",
                                      "Could not satisfy explicit device specification '/device:GPU:0'",
                                      "no supported kernel for GPU devices",
                                      "i (VariableV2): CPU /device:GPU:0",
                                      "Registered kernels:",
                                      "device='GPU'; dtype in [DT_FLOAT"};
  for (size_t k = 0; k < sizeof facts / sizeof *facts; ++k)
    if (!strstr(hr_status_message(status), facts[k]))
      fail_msg("'%s' is not in: %s", facts[k], hr_status_message(status));
  hr_status_free(status);
  assert_fails(hr_evaluate(session, hr_neg(f.s, hr_constant_f32(f.s, 1)), &value), HR_INVALID_ARGUMENT, facts[0]);
  hr_session_free(session);

  session = session_of(&f, true);
  assert_ok(hr_run_node(session, hr_var_initializer(i)));
  assert_ok(hr_evaluate(session, hr_var_value(i), &value));
  assert_int_equal(*(int32_t *)hr_tensor_data(&value), 3);
  hr_session_free(session);
  unset_all();
  fixture_free(&f);
}

int main(void) {
  setenv("HEADRACE_MIN_LOG_LEVEL", "1", 0);
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_only_where_asked_for),
                                     cmocka_unit_test(test_visible_devices), cmocka_unit_test(test_options),
                                     cmocka_unit_test(test_kernels_decide)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
