/* Tensors that are too large for a message: refused where they would be sent, by name, and the session goes on. The
 * limit is lowered. */
#include "tests/distributed/cluster_testing.h"

static void assert_refused(const char *target) {
  client c = client_new(target);
  hr_output large, small, moved, fine;
  HR_WITH (ps, hr_device_scope(c.s, "/job:ps/task:0")) {
    large = hr_ones(ps, HR_SHAPE(20000), .name = "large");
    small = hr_reduce_sum(ps, large);
  }
  HR_WITH (worker, hr_device_scope(c.s, "/job:worker/task:0")) {
    moved = hr_neg(worker, large);
    fine = hr_neg(worker, small);
  }
  hr_tensor value;
  hr_status status = hr_evaluate(c.session, moved, &value);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  static const char *const wanted[] = {"large", "float", "[20000]", "80000 bytes", "65536", "tf.split"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; ++i)
    if (!strstr(hr_status_message(status), wanted[i])) fail_msg("%s: %s", wanted[i], hr_status_message(status));
  hr_status_free(status);
  assert_true(value_of(&c, fine) == -20000.0f);
  client_free(&c);
}

/* With either task as the master. */
static void test_refused(void **state) {
  (void)state;
  cluster both;
  cluster_start(&both, 1, 1);
  assert_refused(hr_server_target(both.ps[0]));
  assert_refused(hr_server_target(both.workers[0]));
  cluster_stop(&both);
}

/* What comes in is refused by its length alone. */
static void echo(void *length, hr_rpc *rpc) {
  hr_text text = {0};
  for (size_t i = 0; i < *(size_t *)length; ++i)
    hr_text_add(&text, "x", 1);
  hr_slices answer = {0};
  hr_slices_add_text(&answer, &text);
  hr_rpc_reply(rpc, HR_SUCCESS, &answer);
}

static void test_received(void **state) {
  (void)state;
  static size_t length = 70000;
  const hr_rpc_method method = {"/test/Long", echo, &length, true};
  hr_rpc_server *server;
  hr_channel *channel;
  char address[64], *answer;
  assert_ok(
      hr_rpc_server_new(&(hr_rpc_server_options){.host = "localhost", .method_count = 1, .methods = &method}, &server));
  assert_ok(hr_rpc_server_start(server));
  snprintf(address, sizeof address, "localhost:%d", hr_rpc_server_port(server));
  assert_ok(hr_channel_new(address, NULL, &channel));
  assert_fails(ask(channel, "/test/Long", "x", 10000, &answer), HR_RESOURCE_EXHAUSTED,
               "70000 bytes; the most is 65536");
  char *text = calloc(1, 80001);
  memset(text, 'x', 80000);
  assert_fails(ask(channel, "/test/Long", text, 10000, &answer), HR_RESOURCE_EXHAUSTED,
               "80000 bytes; the most is 65536");
  free(text);
  length = 10;
  assert_ok(ask(channel, "/test/Long", "x", 10000, &answer));
  free(answer);
  hr_channel_unref(channel);
  hr_rpc_server_free(server);
}

int main(void) {
  setenv("HEADRACE_MAX_MESSAGE_BYTES", "65536", 1);
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_refused), cmocka_unit_test(test_received)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
