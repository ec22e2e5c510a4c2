/* Functions of the host as nodes: what is built, what comes back, what is refused, and how long they live. */
#include "fixture.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* A host function, told what to do. */
typedef struct host {
  int calls;
  int32_t given;   /* how many values it says it has */
  hr_dtype dtype;  /* of the sum */
  hr_code failure; /* HR_OK: none */
  _Atomic int destroyed;
} host;

/* Sum and difference of two scalars. */
static hr_status combine(void *argument, int32_t input_count, const hr_tensor *const *inputs, int32_t output_count,
                         hr_tensor *outputs, int32_t *given) {
  host *h = argument;
  ++h->calls;
  assert_int_equal(input_count, 2);
  float x = *(const float *)hr_tensor_data(inputs[0]), y = *(const float *)hr_tensor_data(inputs[1]);
  hr_tensor sum = h->dtype == HR_FLOAT ? hr_tensor_f32(x + y) : hr_tensor_i32((int32_t)(x + y));
  *given = h->given;
  if (output_count > 0) outputs[0] = sum;
  if (h->failure) return hr_error(h->failure, "ValueError: bad");
  if (output_count > 1) outputs[1] = hr_tensor_f32(x - y);
  return HR_SUCCESS;
}

static void destroy_host(void *argument) { ++((host *)argument)->destroyed; }

static hr_node *combining(hr_scope s, host *h, const char *name) {
  hr_outputs inputs = HR_LIST(hr_constant_f32(s, 5), hr_constant_f32(s, 3));
  return hr_tf_py_func(s, combine, h, destroy_host, inputs, HR_TYPES(HR_FLOAT, HR_FLOAT), .name = name);
}

static const char *token_of(const hr_node *node) { return hr_node_attr(node, "token")->s; }

static hr_status run_both(fixture *f, hr_node *node, hr_tensor *values) {
  hr_output fetches[] = {hr_node_output(node, 0), hr_node_output(node, 1)};
  return hr_session_run(f->session, 0, NULL, 2, fetches, values, 0, NULL);
}

static void test_calls_the_function(void **state) {
  (void)state;
  fixture f = fixture_new();
  host h = {.given = 2, .dtype = HR_FLOAT};
  hr_node *node = combining(f.s, &h, NULL), *second = combining(f.s, &h, "second");
  assert_string_equal(hr_node_name(node), "PyFunc");
  assert_string_equal(hr_node_op(node), "PyFunc");
  assert_int_equal(hr_output_shape(hr_node_output(node, 0))->rank, HR_UNKNOWN_RANK);
  assert_int_equal(strncmp(token_of(node), "pyfunc_", 7), 0);
  assert_int_equal(atoi(token_of(second) + 7), atoi(token_of(node) + 7) + 1);
  hr_tensor values[2];
  for (int i = 0; i < 3; ++i) {
    assert_ok(run_both(&f, node, values));
    assert_true(*(float *)hr_tensor_data(&values[0]) == 8 && *(float *)hr_tensor_data(&values[1]) == 2);
  }
  assert_int_equal(h.calls, 3);
  assert_int_equal(h.destroyed, 0);
  fixture_free(&f);
  assert_int_equal(h.destroyed, 2);
}

/* Values become constants inside the node's name, as for any op. */
static void test_plain_values(void **state) {
  (void)state;
  fixture f = fixture_new();
  host h = {.given = 2, .dtype = HR_FLOAT};
  hr_node *node =
      hr_tf_py_func(f.s, combine, &h, NULL, HR_OPERANDS(hr_constant_f32(f.s, 5), 3.0), HR_TYPES(HR_FLOAT, HR_FLOAT));
  hr_tensor values[2];
  assert_ok(run_both(&f, node, values));
  assert_true(*(float *)hr_tensor_data(&values[0]) == 8);
  assert_string_equal(hr_node_name(hr_node_input(node, 1).node), "PyFunc/input_1");
  fixture_free(&f);
}

static void test_without_outputs(void **state) {
  (void)state;
  fixture f = fixture_new();
  host h = {.given = 0, .dtype = HR_FLOAT};
  hr_outputs inputs = HR_LIST(hr_constant_f32(f.s, 5), hr_constant_f32(f.s, 3));
  hr_node *node = hr_tf_py_func(f.s, combine, &h, NULL, inputs, (hr_types){0}, .stateless = true);
  assert_string_equal(hr_node_op(node), "PyFuncStateless");
  assert_ok(hr_run_node(f.session, node));
  assert_int_equal(h.calls, 1);
  fixture_free(&f);
}

static void test_refuses_what_was_not_declared(void **state) {
  (void)state;
  fixture f = fixture_new();
  host h = {.given = 1, .dtype = HR_FLOAT};
  hr_node *node = combining(f.s, &h, NULL);
  hr_tensor values[2];
  char text[128];
  snprintf(text, sizeof text, "%s returns 1 values, but expects to see 2 values.", token_of(node));
  assert_fails(run_both(&f, node, values), HR_INVALID_ARGUMENT, text);
  h.given = 3;
  assert_fails(run_both(&f, node, values), HR_INVALID_ARGUMENT, "returns 3 values, but expects to see 2 values.");
  h.given = 2;
  h.dtype = HR_INT32;
  snprintf(text, sizeof text, "0-th value returned by %s is int32, but expects float", token_of(node));
  assert_fails(run_both(&f, node, values), HR_INVALID_ARGUMENT, text);
  h.dtype = HR_FLOAT;
  h.failure = HR_OUT_OF_RANGE;
  assert_fails(run_both(&f, node, values), HR_OUT_OF_RANGE, "ValueError: bad\n\t [[node PyFunc (PyFunc)");
  h.failure = HR_OK;
  assert_ok(run_both(&f, node, values));
  fixture_free(&f);
}

/* A node with another graph's token runs as long as the function is registered; a session keeps what it has found. */
static void test_lives_with_its_graph(void **state) {
  (void)state;
  host h = {.given = 2, .dtype = HR_FLOAT};
  fixture first = fixture_new(), second = fixture_new();
  const char *token = token_of(combining(first.s, &h, NULL));
  hr_node_builder *n = hr_node_begin(second.s, "PyFunc", "other");
  hr_node_add_input_list(n, HR_LIST(hr_constant_f32(second.s, 1), hr_constant_f32(second.s, 2)));
  hr_node_set_string(n, "token", token);
  hr_dtype types[] = {HR_FLOAT, HR_FLOAT};
  hr_node_set_attr(n, "Tout",
                   &(hr_attr_value){.kind = HR_ATTR_TYPE, .is_list = true, .count = 2, .types = (int32_t *)types});
  hr_node *node = hr_node_finish(n);
  hr_tensor values[2];
  assert_ok(run_both(&second, node, values));
  fixture_free(&first);
  assert_int_equal(h.destroyed, 0);
  assert_ok(run_both(&second, node, values));
  hr_session_free(second.session);
  assert_int_equal(h.destroyed, 1);
  assert_ok(hr_session_new(second.graph, NULL, &second.session));
  assert_fails(run_both(&second, node, values), HR_INVALID_ARGUMENT, "is not found");
  fixture_free(&second);
}

/* After an error of the builder nothing is built, and the argument is not lost. */
static void test_after_an_error(void **state) {
  (void)state;
  fixture f = fixture_new();
  host h = {0};
  hr_scope_fail(f.s, hr_error(HR_INVALID_ARGUMENT, "an earlier error"));
  assert_null(combining(f.s, &h, NULL));
  assert_int_equal(h.destroyed, 1);
  assert_fails(hr_builder_status(f.builder), HR_INVALID_ARGUMENT, "an earlier error");
  fixture_free(&f);
}

/* Building asks for the value of a shape that such a function gives: it is not called. */
static void test_not_called_while_building(void **state) {
  (void)state;
  fixture f = fixture_new();
  host h = {.given = 1, .dtype = HR_INT32};
  hr_outputs inputs = HR_LIST(hr_constant_f32(f.s, 5), hr_constant_f32(f.s, 3));
  hr_node *node = hr_tf_py_func(f.s, combine, &h, NULL, inputs, HR_TYPES(HR_INT32), .stateless = true, .name = "eight");
  hr_output eight = hr_reshape(f.s, hr_node_output(node, 0), hr_constant_array(f.s, HR_INT32, HR_SHAPE(1), &(int){1}));
  hr_output ones = hr_fill(f.s, eight, hr_constant_f32(f.s, 1));
  assert_int_equal(h.calls, 0);
  hr_tensor value;
  assert_ok(hr_evaluate(f.session, ones, &value));
  assert_int_equal(value.elements, 8);
  hr_tensor_clear(&value);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_calls_the_function),       cmocka_unit_test(test_plain_values),
      cmocka_unit_test(test_without_outputs),          cmocka_unit_test(test_refuses_what_was_not_declared),
      cmocka_unit_test(test_lives_with_its_graph),     cmocka_unit_test(test_after_an_error),
      cmocka_unit_test(test_not_called_while_building)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
