/* Stacks: what is pushed comes back as it was, in reverse; mistakes are found; nothing outlives the step. */
#include "../session/fixture.h"

static hr_output after(hr_scope s, hr_node *first, hr_output (*make)(hr_scope s, hr_output handle), hr_output handle) {
  hr_output made = HR_NO_OUTPUT;
  HR_WITH (inside, hr_control_dependencies(s, HR_NODES(first))) {
    made = make(inside, handle);
  }
  return made;
}
static hr_output pop_f32(hr_scope s, hr_output handle) { return hr_stack_pop_v2(s, handle, HR_FLOAT); }
static hr_output ref_pop_f32(hr_scope s, hr_output handle) { return hr_ref_stack_pop(s, handle, HR_FLOAT); }

static hr_output new_stack(fixture *f, int max_size) {
  return hr_stack_v2(f->s, hr_constant_i32(f->s, max_size), HR_FLOAT, .stack_name = "numbers");
}

/* Enough of them that the stack grows, scalars and vectors mixed. */
static void test_last_in_first_out(void **state) {
  (void)state;
  enum { COUNT = 100 };
  fixture f = fixture_new();
  hr_output handle = new_stack(&f, -1), x = hr_placeholder(f.s, HR_FLOAT), popped[COUNT];
  hr_node *last = NULL;
  for (int i = 0; i < COUNT; ++i) {
    hr_output element = hr_times(f.s, x, (float)(i + 1));
    HR_WITH (s, hr_control_dependencies(f.s, last ? 1 : 0, &last)) {
      last = hr_stack_push_v2(s, handle, element).node;
    }
  }
  for (int i = 0; i < COUNT; ++i) {
    popped[i] = after(f.s, last, pop_f32, handle);
    last = popped[i].node;
  }
  float vector[] = {1, 2, 3};
  const int64_t three = 3;
  for (int run = 0; run < 3; ++run) {
    hr_tensor in = hr_tensor_f32(1), out[COUNT];
    if (run == 1) assert_ok(hr_tensor_from(HR_FLOAT, 1, &three, vector, &in));
    assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &in}, COUNT, popped, out, 0, NULL));
    for (int i = 0; i < COUNT; ++i) {
      assert_int_equal(out[i].elements, in.elements);
      for (int64_t j = 0; j < in.elements; ++j)
        assert_true(((float *)hr_tensor_data(&out[i]))[j] == (float)((COUNT - i) * (j + 1)));
      hr_tensor_clear(&out[i]);
    }
    hr_tensor_clear(&in);
  }
  fixture_free(&f);
}

/* A variable is updated in place: what was pushed before must not notice. Nor may a feed be kept by address alone. */
static void test_pushed_values_do_not_change(void **state) {
  (void)state;
  fixture f = fixture_new();
  float ones[] = {1, 1, 1};
  hr_output start = hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(3), ones);
  hr_output v = hr_variable_v2(f.s, HR_SHAPE(3), HR_FLOAT), handle = new_stack(&f, -1), added = HR_NO_OUTPUT, popped;
  hr_node *init = hr_assign(f.s, v, start).node, *push = hr_stack_push_v2(f.s, handle, v).node;
  HR_WITH (s, hr_control_dependencies(f.s, HR_NODES(push))) {
    added = hr_assign_add(s, v, start);
  }
  popped = after(f.s, added.node, pop_f32, handle);
  assert_ok(hr_run_node(f.session, init));
  for (int run = 0; run < 2; ++run) {
    hr_tensor value;
    assert_ok(hr_evaluate(f.session, popped, &value));
    for (int i = 0; i < 3; ++i)
      assert_true(((float *)hr_tensor_data(&value))[i] == (float)(run + 1));
    hr_tensor_clear(&value);
  }
  fixture_free(&f);
}

static void test_mistakes(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_tensor value;
  hr_output one = hr_constant_f32(f.s, 1), full = new_stack(&f, 1), open = new_stack(&f, -1);
  hr_node *first = hr_stack_push_v2(f.s, full, one).node, *second = NULL;
  HR_WITH (s, hr_control_dependencies(f.s, HR_NODES(first))) {
    second = hr_stack_push_v2(s, full, one).node;
  }
  assert_fails(hr_run_node(f.session, second), HR_INVALID_ARGUMENT, "overflowed its max_size (1)");
  assert_fails(hr_run_node(f.session, hr_stack_push_v2(f.s, open, hr_constant_i32(f.s, 1)).node), HR_INVALID_ARGUMENT,
               "must have elements of type float, but got int32");
  assert_fails(hr_evaluate(f.session, pop_f32(f.s, open), &value), HR_INVALID_ARGUMENT, "is empty when calling Pop()");
  hr_node *closed = hr_stack_close_v2(f.s, open);
  assert_fails(hr_evaluate(f.session, after(f.s, closed, pop_f32, open), &value), HR_INVALID_ARGUMENT,
               "has already been closed");
  hr_output vector = hr_stack_v2(f.s, hr_constant_array(f.s, HR_INT32, HR_SHAPE(2), ((int32_t[]){1, 2})), HR_FLOAT);
  assert_fails(hr_run_node(f.session, vector.node), HR_INVALID_ARGUMENT, "scalar, but had shape: [2]");
  hr_output other = hr_placeholder(f.s, HR_RESOURCE);
  hr_tensor handle = {0};
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_RESOURCE, &(hr_shape){0}, &handle));
  hr_output from_other = hr_stack_pop_v2(f.s, other, HR_FLOAT);
  assert_fails(hr_session_run(f.session, 1, &(hr_feed){other, &handle}, 1, &from_other, &value, 0, NULL),
               HR_INVALID_ARGUMENT, "this one is empty");
  hr_tensor_clear(&handle);
  fixture_free(&f);
}

/* A handle that was fetched leads to nothing but a closed stack. */
static void test_ends_with_the_step(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output handle = new_stack(&f, -1), fed = hr_placeholder(f.s, HR_RESOURCE), popped = pop_f32(f.s, fed);
  hr_output pushed = hr_stack_push_v2(f.s, handle, hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(2), ((float[]){1, 2})));
  hr_tensor kept, value;
  assert_ok(hr_session_run(f.session, 0, NULL, 1, &handle, &kept, 1, &pushed.node));
  assert_fails(hr_session_run(f.session, 1, &(hr_feed){fed, &kept}, 1, &popped, &value, 0, NULL), HR_INVALID_ARGUMENT,
               "has already been closed");
  hr_tensor_clear(&kept);
  fixture_free(&f);
}

static void test_old_graphs(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output handle = hr_ref_stack(f.s, HR_FLOAT, .stack_name = "old");
  hr_output pushed = hr_ref_stack_push(f.s, handle, hr_constant_f32(f.s, 3));
  hr_output popped = after(f.s, pushed.node, ref_pop_f32, handle), names = hr_identity(f.s, handle);
  hr_node *closed = NULL;
  HR_WITH (s, hr_control_dependencies(f.s, HR_NODES(popped.node))) {
    closed = hr_ref_stack_close(s, handle);
  }
  hr_tensor value[2], again;
  hr_output fetches[] = {popped, names};
  assert_ok(hr_session_run(f.session, 0, NULL, 2, fetches, value, 1, &closed));
  assert_true(*(float *)hr_tensor_data(&value[0]) == 3);
  const hr_string *strings = hr_tensor_data(&value[1]);
  assert_int_equal(value[1].elements, 2);
  assert_memory_equal(hr_string_data(&strings[0]), "_stacks", 7);
  assert_memory_equal(hr_string_data(&strings[1]), "old_", 4);
  hr_tensor_clear(&value[1]);
  assert_fails(hr_evaluate(f.session, after(f.s, closed, ref_pop_f32, handle), &again), HR_INVALID_ARGUMENT,
               "has already been closed");
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_last_in_first_out), cmocka_unit_test(test_pushed_values_do_not_change),
      cmocka_unit_test(test_mistakes), cmocka_unit_test(test_ends_with_the_step), cmocka_unit_test(test_old_graphs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
