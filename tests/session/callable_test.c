/* Callables with options and metadata, and those that a CallableOptions message describes. */
#include "fixture.h"
#include "proto/config.pb-c.h"
#include "runtime/base/proto_check.h"
#include <stdlib.h>

/* A graph with names to ask for. */
static hr_output build(fixture *f) {
  hr_output x = hr_placeholder(f->s, HR_FLOAT, .shape = HR_SHAPE(), .name = "x");
  (void)hr_recv(f->s, HR_FLOAT, "never", "/cpu:0", 1, "/cpu:0", .name = "wait");
  return hr_square(f->s, x, .name = "y");
}

static hr_status from_message(fixture *f, const HrPb__CallableOptions *message, hr_callable **out) {
  hr_text bytes = {0};
  hr_proto_pack(message, &bytes);
  hr_status status = hr_callable_from_options(f->session, bytes.data, bytes.length, out);
  hr_text_free(&bytes);
  return status;
}

static void test_options_and_metadata(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output y = build(&f), x = hr_node_output(hr_graph_find(f.graph, "x"), 0);
  hr_callable *callable;
  hr_tensor in = hr_tensor_f32(3), value;
  const hr_tensor *feeds[] = {&in};
  hr_owned_bytes bytes;
  assert_ok(hr_callable_new(f.session, 1, &x, 1, &y, 0, NULL, &callable));
  assert_ok(hr_callable_run_with(callable, &(hr_run_options){.trace_level = HR_FULL_TRACE}, feeds, &value, &bytes));
  assert_true(*(float *)hr_tensor_data(&value) == 9);
  HrPb__RunMetadata *metadata = hr_pb__run_metadata__unpack(NULL, bytes.length, (const uint8_t *)bytes.data);
  assert_non_null(metadata);
  assert_string_equal(metadata->step_stats->dev_stats[0]->node_stats[0]->node_name, "y");
  hr_pb__run_metadata__free_unpacked(metadata, NULL);
  free(bytes.data);
  assert_fails(hr_callable_run_with(callable, &(hr_run_options){.inter_op_thread_pool = 4}, feeds, &value, &bytes),
               HR_INVALID_ARGUMENT, "Invalid inter_op_thread_pool: 4");
  assert_null(bytes.data);
  hr_callable_free(callable);
  fixture_free(&f);
}

static void test_from_message(void **state) {
  (void)state;
  fixture f = fixture_new();
  (void)build(&f);
  char *x[] = {(char[]){"x:0"}}, *y[] = {(char[]){"y:0"}}, *wait[] = {(char[]){"wait"}}, *none[] = {(char[]){"none"}};
  HrPb__CallableOptions message = HR_PB__CALLABLE_OPTIONS__INIT;
  HrPb__RunOptions run = HR_PB__RUN_OPTIONS__INIT;
  hr_callable *callable;
  hr_tensor in = hr_tensor_f32(3), value;
  message.n_feed = message.n_fetch = 1;
  message.feed = x;
  message.fetch = y;
  assert_ok(from_message(&f, &message, &callable));
  assert_ok(hr_callable_run(callable, (const hr_tensor *[]){&in}, &value));
  assert_true(*(float *)hr_tensor_data(&value) == 9);
  hr_callable_free(callable);

  message.n_target = 1;
  message.target = wait;
  run.timeout_in_ms = 30;
  message.run_options = &run;
  assert_ok(from_message(&f, &message, &callable));
  assert_fails(hr_callable_run(callable, (const hr_tensor *[]){&in}, &value), HR_DEADLINE_EXCEEDED, "");
  hr_callable_free(callable);

  message.target = none;
  assert_fails(from_message(&f, &message, &callable), HR_NOT_FOUND, "'none'");
  message.n_target = 0;
  message.fetch = none;
  assert_fails(from_message(&f, &message, &callable), HR_NOT_FOUND, "none");
  HrPb__TensorConnection connection = HR_PB__TENSOR_CONNECTION__INIT, *connections[] = {&connection};
  connection.from_tensor = y[0];
  connection.to_tensor = x[0];
  message.n_tensor_connection = 1;
  message.tensor_connection = connections;
  assert_fails(from_message(&f, &message, &callable), HR_UNIMPLEMENTED, "y:0 to x:0");
  assert_fails(hr_callable_from_options(f.session, "\xff\xff\xff", 3, &callable), HR_INVALID_ARGUMENT,
               "CallableOptions");
  assert_null(callable);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_options_and_metadata), cmocka_unit_test(test_from_message)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
