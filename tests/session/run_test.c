/* Runs: fetches, feeds, targets, state, growth. */
#include "fixture.h"

static void test_evaluates_what_is_needed(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output w = hr_constant_f32(f.s, 3), x = hr_add(f.s, w, hr_constant_f32(f.s, 2));
  hr_output y = hr_add(f.s, x, hr_constant_f32(f.s, 5)), z = hr_mul(f.s, x, hr_constant_f32(f.s, 3));
  hr_tensor values[2];
  assert_ok(hr_session_run(f.session, 0, NULL, 2, (hr_output[]){y, z}, values, 0, NULL));
  assert_true(*(float *)hr_tensor_data(&values[0]) == 10 && *(float *)hr_tensor_data(&values[1]) == 15);
  fixture_free(&f);
}

static void test_feeds_replace_any_output(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(), .name = "x");
  hr_output inner = hr_neg(f.s, x), outer = hr_square(f.s, inner);
  hr_tensor three = hr_tensor_f32(3), value;
  /* The fed node's own input is not needed: x has no value here. */
  assert_ok(hr_session_run(f.session, 1, &(hr_feed){inner, &three}, 1, &outer, &value, 0, NULL));
  assert_true(*(float *)hr_tensor_data(&value) == 9);
  /* A fed output can be fetched, and comes back as a copy. */
  assert_ok(hr_session_run(f.session, 1, &(hr_feed){inner, &three}, 1, &inner, &value, 0, NULL));
  assert_true(*(float *)hr_tensor_data(&value) == 3);
  fixture_free(&f);
}

static void test_fed_memory_is_left_alone(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(-1));
  hr_output y = hr_neg(f.s, hr_identity(f.s, hr_square(f.s, hr_identity(f.s, x))));
  float memory[4] = {1, 2, 3, 4};
  hr_tensor in, out;
  assert_ok(hr_tensor_borrow(HR_FLOAT, 1, (int64_t[]){4}, memory, &in));
  for (int i = 0; i < 3; ++i) {
    assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &in}, 1, &y, &out, 0, NULL));
    for (int k = 0; k < 4; ++k)
      assert_true(((float *)hr_tensor_data(&out))[k] == -(float)((k + 1) * (k + 1)));
    hr_tensor_clear(&out);
  }
  assert_memory_equal(memory, ((float[]){1, 2, 3, 4}), sizeof memory);
  hr_tensor_clear(&in);
  fixture_free(&f);
}

static void test_variables_live_in_their_session(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_node *init;
  hr_output v = variable_f32(f.s, "v", 1, &init), read = hr_identity(f.s, v);
  hr_output add = hr_assign_add(f.s, v, hr_constant_f32(f.s, 1));
  assert_ok(hr_run_node(f.session, init));
  assert_ok(hr_run_node(f.session, add.node));
  assert_true(evaluate_f32(&f, read) == 2 && evaluate_f32(&f, v) == 2);
  hr_session *other;
  hr_tensor value;
  assert_ok(hr_session_new(f.graph, NULL, &other));
  assert_fails(hr_evaluate(other, read, &value), HR_FAILED_PRECONDITION, "Attempting to use uninitialized value v");
  hr_session_free(other);
  fixture_free(&f);
}

static void test_fetched_values_are_independent(void **state) {
  (void)state;
  fixture f = fixture_new();
  float ones[3] = {1, 1, 1};
  hr_output v = hr_variable_v2(f.s, HR_SHAPE(3), HR_FLOAT, .name = "v"), read = hr_identity(f.s, v);
  hr_output constant = hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(3), ones);
  hr_node *init = hr_assign(f.s, v, constant).node;
  hr_output add = hr_assign_add(f.s, v, constant);
  hr_tensor before, twice[2];
  assert_ok(hr_run_node(f.session, init));
  assert_ok(hr_evaluate(f.session, read, &before));
  assert_ok(hr_run_node(f.session, add.node));
  assert_true(((float *)hr_tensor_data(&before))[0] == 1); /* not the variable's own memory */
  hr_tensor_clear(&before);
  assert_ok(hr_session_run(f.session, 0, NULL, 2, (hr_output[]){constant, constant}, twice, 0, NULL));
  ((float *)hr_tensor_data(&twice[0]))[0] = 7;
  assert_true(((float *)hr_tensor_data(&twice[1]))[0] == 1);
  hr_tensor_clear(&twice[0]);
  hr_tensor_clear(&twice[1]);
  assert_ok(hr_evaluate(f.session, constant, &before)); /* and the graph's constant is what it was */
  assert_true(((float *)hr_tensor_data(&before))[0] == 1);
  hr_tensor_clear(&before);
  fixture_free(&f);
}

/* A large value goes into a variable without a copy, where nobody else has it or what the variable held. */
static void test_large_values_are_taken_over(void **state) {
  (void)state;
  enum { ELEMENTS = 3 << 19 };
  fixture f = fixture_new();
  hr_output v = hr_variable_v2(f.s, HR_SHAPE(ELEMENTS), HR_FLOAT);
  hr_output dims = hr_constant_array(f.s, HR_INT32, HR_SHAPE(1), (int32_t[]){ELEMENTS});
  hr_node *init = hr_assign(f.s, v, hr_fill(f.s, dims, hr_constant_f32(f.s, 3))).node;
  hr_output before = hr_identity(f.s, v), doubled = hr_add(f.s, before, before);
  hr_node *twice = hr_assign(f.s, v, doubled).node;
  hr_output read = hr_identity(f.s, v);
  hr_node *shared = hr_assign(f.s, v, hr_identity(f.s, hr_neg(f.s, read))).node;
  assert_ok(hr_builder_status(f.builder));
  assert_ok(hr_run_node(f.session, init));
  float expected = 3;
  hr_tensor kept;
  assert_ok(hr_evaluate(f.session, read, &kept));
  for (int i = 0; i < 8; ++i) {
    assert_ok(hr_run_node(f.session, i % 3 == 2 ? shared : twice));
    expected *= i % 3 == 2 ? -1 : 2;
    hr_tensor now;
    assert_ok(hr_evaluate(f.session, read, &now));
    const float *values = hr_tensor_data(&now), *first = hr_tensor_data(&kept);
    for (int k = 0; k < ELEMENTS; k += 4093) {
      assert_true(values[k] == expected);
      assert_true(first[k] == 3);
    }
    hr_tensor_clear(&now);
  }
  hr_tensor_clear(&kept);
  fixture_free(&f);
}

static void test_control_inputs_order(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_node *init;
  hr_output v = variable_f32(f.s, "v", 1, &init), add = hr_assign_add(f.s, v, hr_constant_f32(f.s, 10)), after;
  HR_WITH (s, hr_control_dependencies(f.s, HR_NODES(add.node))) {
    after = hr_identity(s, v);
  }
  assert_ok(hr_run_node(f.session, init));
  assert_true(evaluate_f32(&f, after) == 11);
  fixture_free(&f);
}

static void test_graph_grows_under_a_session(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_constant_f32(f.s, 1);
  for (int i = 0; i < 100; ++i) {
    assert_true(evaluate_f32(&f, x) == 1 + (float)i);
    x = hr_add(f.s, x, hr_constant_f32(f.s, 1));
  }
  fixture_free(&f);
}

static void test_callable_looks_nothing_up(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT), y = hr_placeholder(f.s, HR_FLOAT), sum = hr_add(f.s, x, y);
  hr_callable *callable;
  assert_ok(hr_callable_new(f.session, 2, (hr_output[]){x, y}, 1, &sum, 0, NULL, &callable));
  for (int i = 0; i < 10; ++i) {
    hr_tensor a = hr_tensor_f32((float)i), b = hr_tensor_f32(2), value;
    assert_ok(hr_callable_run(callable, (const hr_tensor *[]){&a, &b}, &value));
    assert_true(*(float *)hr_tensor_data(&value) == (float)i + 2);
  }
  hr_callable_free(callable);
  fixture_free(&f);
}

static void test_many_signatures(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output outputs[200];
  for (int i = 0; i < 200; ++i)
    outputs[i] = hr_neg(f.s, hr_constant_f32(f.s, (float)i));
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i)
      assert_true(evaluate_f32(&f, outputs[i]) == -(float)i);
  }
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_evaluates_what_is_needed),       cmocka_unit_test(test_feeds_replace_any_output),
      cmocka_unit_test(test_fed_memory_is_left_alone),       cmocka_unit_test(test_variables_live_in_their_session),
      cmocka_unit_test(test_fetched_values_are_independent), cmocka_unit_test(test_large_values_are_taken_over),
      cmocka_unit_test(test_control_inputs_order),           cmocka_unit_test(test_graph_grows_under_a_session),
      cmocka_unit_test(test_callable_looks_nothing_up),      cmocka_unit_test(test_many_signatures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
