/* Bad input: each mistake gives TensorFlow's error and leaves the session usable. */
#include "fixture.h"

static void assert_usable(fixture *f) {
  hr_output one = hr_neg(f->s, hr_constant_f32(f->s, -1));
  assert_true(evaluate_f32(f, one) == 1);
}

static void test_unfed_placeholder(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "X"), y = hr_neg(f.s, x);
  hr_tensor value;
  hr_status status = hr_evaluate(f.session, y, &value);
  assert_string_equal(hr_status_node(status), "X");
  assert_fails(status, HR_INVALID_ARGUMENT,
               "You must feed a value for placeholder tensor 'X' with dtype float and shape [?,3]");
  assert_usable(&f);
  fixture_free(&f);
}

static void test_wrong_feeds(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "X"), y = hr_neg(f.s, x);
  hr_tensor wrong_shape, wrong_type = hr_tensor_i32(1), value;
  float data[2] = {0};
  assert_ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 2}, data, &wrong_shape));
  assert_fails(hr_session_run(f.session, 1, &(hr_feed){x, &wrong_shape}, 1, &y, &value, 0, NULL), HR_INVALID_ARGUMENT,
               "Cannot feed value of shape [1,2] for Tensor 'X:0', which has shape [?,3]");
  assert_fails(hr_session_run(f.session, 1, &(hr_feed){x, &wrong_type}, 1, &y, &value, 0, NULL), HR_INVALID_ARGUMENT,
               "type int32");
  assert_fails(hr_session_run(f.session, 2, (hr_feed[]){{x, &wrong_shape}, {x, &wrong_shape}}, 1, &y, &value, 0, NULL),
               HR_INVALID_ARGUMENT, "fed more than once");
  hr_tensor_clear(&wrong_shape);
  assert_usable(&f);
  fixture_free(&f);
}

static void test_another_graph(void **state) {
  (void)state;
  fixture f = fixture_new(), other = fixture_new();
  hr_output foreign = hr_constant_f32(other.s, 1, .name = "foreign");
  hr_tensor value;
  assert_fails(hr_evaluate(f.session, foreign, &value), HR_INVALID_ARGUMENT,
               "foreign:0 is not an element of this graph");
  assert_fails(hr_evaluate(f.session, HR_NO_OUTPUT, &value), HR_INVALID_ARGUMENT, "no output");
  assert_fails(hr_evaluate(f.session, (hr_output){foreign.node, 5}, &value), HR_INVALID_ARGUMENT, "foreign");
  assert_fails(hr_run_node(f.session, foreign.node), HR_INVALID_ARGUMENT, "foreign");
  assert_fails(hr_run_node(f.session, NULL), HR_INVALID_ARGUMENT, "Target");
  assert_usable(&f);
  fixture_free(&other);
  fixture_free(&f);
}

static void test_uninitialized_variable(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_node *init;
  hr_output v = variable_f32(f.s, "weights", 1, &init), twice = hr_mul(f.s, v, v);
  hr_tensor value;
  hr_status status = hr_evaluate(f.session, twice, &value);
  assert_string_equal(hr_status_node(status), twice.node ? hr_node_name(twice.node) : "");
  assert_fails(status, HR_FAILED_PRECONDITION, "Attempting to use uninitialized value weights");
  assert_fails(hr_evaluate(f.session, v, &value), HR_FAILED_PRECONDITION, "uninitialized value weights");
  assert_ok(hr_run_node(f.session, init));
  assert_true(evaluate_f32(&f, twice) == 1);
  fixture_free(&f);
}

static void test_closed_session(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_constant_f32(f.s, 1);
  hr_callable *callable;
  hr_tensor value;
  assert_ok(hr_callable_new(f.session, 0, NULL, 1, &x, 0, NULL, &callable));
  assert_ok(hr_callable_run(callable, NULL, &value));
  assert_ok(hr_session_close(f.session));
  assert_ok(hr_session_close(f.session));
  assert_fails(hr_evaluate(f.session, x, &value), HR_FAILED_PRECONDITION, "Attempted to use a closed Session");
  assert_fails(hr_callable_run(callable, NULL, &value), HR_FAILED_PRECONDITION, "closed Session");
  hr_callable_free(callable);
  fixture_free(&f);
}

static void test_missing_kernel(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_RESOURCE), y = hr_identity(f.s, x);
  hr_output z = hr_sin(f.s, hr_cast(f.s, hr_constant_f32(f.s, 1), HR_BFLOAT16), .name = "s");
  (void)y;
  hr_tensor value;
  hr_status status = hr_evaluate(f.session, z, &value);
  if (status) { /* where TensorFlow has no such kernel and neither have we */
    assert_string_equal(hr_status_node(status), "s");
    assert_fails(status, HR_INVALID_ARGUMENT, "No OpKernel was registered to support Op 'Sin'");
  } else {
    hr_tensor_clear(&value);
  }
  assert_usable(&f);
  fixture_free(&f);
}

static void test_kernel_errors_name_the_node(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT), y = hr_placeholder(f.s, HR_FLOAT);
  hr_output product = hr_matmul(f.s, x, y, .name = "product");
  hr_tensor a, b, value;
  float data[6] = {0};
  assert_ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 3}, data, &a));
  assert_ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 3}, data, &b));
  hr_status status = hr_session_run(f.session, 2, (hr_feed[]){{x, &a}, {y, &b}}, 1, &product, &value, 0, NULL);
  assert_string_equal(hr_status_node(status), "product");
  assert_fails(status, HR_INVALID_ARGUMENT, "[2,3]");
  hr_tensor_clear(&a);
  hr_tensor_clear(&b);
  assert_usable(&f);
  fixture_free(&f);
}

static void test_unknown_target(void **state) {
  (void)state;
  hr_graph *graph = hr_graph_new();
  hr_session *session;
  hr_session_options options = {.target = "quic://nowhere"};
  assert_fails(hr_session_new(graph, &options, &session), HR_NOT_FOUND, "quic://nowhere");
  assert_fails(hr_session_options_parse("\xff\xff\xff", 3, &options), HR_INVALID_ARGUMENT, "ConfigProto");
  hr_graph_unref(graph);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_unfed_placeholder),
      cmocka_unit_test(test_wrong_feeds),
      cmocka_unit_test(test_another_graph),
      cmocka_unit_test(test_uninitialized_variable),
      cmocka_unit_test(test_closed_session),
      cmocka_unit_test(test_missing_kernel),
      cmocka_unit_test(test_kernel_errors_name_the_node),
      cmocka_unit_test(test_unknown_target),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
