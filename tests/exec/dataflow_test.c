/* The dataflow executor: asynchronous nodes among others. */
#include "../session/fixture.h"

#define END "/job:localhost/replica:0/task:0/device:CPU:0"

static void test_send_meets_recv(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT);
  hr_output received = hr_recv(f.s, HR_FLOAT, "edge", END, 1, END), y = hr_square(f.s, received);
  hr_node *send = hr_send(f.s, hr_neg(f.s, x), "edge", END, 1, END);
  for (int i = 0; i < 20; ++i) { /* the same step again and again */
    hr_tensor in = hr_tensor_f32((float)i), value;
    assert_ok(hr_session_run(f.session, 1, &(hr_feed){x, &in}, 1, &y, &value, 1, &send));
    assert_true(*(float *)hr_tensor_data(&value) == (float)(i * i));
  }
  fixture_free(&f);
}

/* A wide graph behind one Recv: all of it runs, values are given up as soon as their last reader is through. */
static void test_wide_graph(void **state) {
  (void)state;
  fixture f = fixture_new();
  float data[100];
  for (int i = 0; i < 100; ++i)
    data[i] = (float)i;
  hr_output x = hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(100), data);
  hr_node *send = hr_send(f.s, x, "edge", END, 1, END);
  hr_output received = hr_recv(f.s, HR_FLOAT, "edge", END, 1, END), sum = received;
  for (int i = 0; i < 300; ++i)
    sum = hr_add(f.s, sum, hr_neg(f.s, hr_neg(f.s, received)));
  for (int round = 0; round < 3; ++round) {
    hr_tensor value;
    assert_ok(hr_session_run(f.session, 0, NULL, 1, &sum, &value, 1, &send));
    for (int i = 0; i < 100; ++i)
      assert_true(((float *)hr_tensor_data(&value))[i] == 301 * (float)i);
    hr_tensor_clear(&value);
  }
  fixture_free(&f);
}

static void test_control_edges_and_variables(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_node *init, *send;
  hr_output v = variable_f32(f.s, "v", 5, &init), read;
  hr_output add = hr_assign_add(f.s, v, hr_recv(f.s, HR_FLOAT, "edge", END, 1, END));
  HR_WITH (s, hr_control_dependencies(f.s, HR_NODES(add.node))) {
    read = hr_identity(s, v);
  }
  send = hr_send(f.s, hr_constant_f32(f.s, 2), "edge", END, 1, END);
  hr_tensor value;
  assert_ok(hr_run_node(f.session, init));
  assert_ok(hr_session_run(f.session, 0, NULL, 1, &read, &value, 1, &send));
  assert_true(*(float *)hr_tensor_data(&value) == 7);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_send_meets_recv), cmocka_unit_test(test_wide_graph),
                                     cmocka_unit_test(test_control_edges_and_variables)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
