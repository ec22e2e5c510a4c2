/* Gradient functions that a program registers, and nodes that use another one than their op's. Names as TensorFlow 1.15
 * gives them for the same program. */
#include "../session/fixture.h"

static int factor = 2;

/* dy times the number that was registered with it. */
static hr_status scaled(hr_gradient_context *c) {
  hr_output by = hr_constant_f32(c->scope, (float)*(int *)c->argument, .name = "mul/x");
  c->inputs[0] = hr_dense_gradient(hr_mul(c->scope, by, c->outputs[0].value, .name = "mul"));
  return HR_SUCCESS;
}

static hr_status failing(hr_gradient_context *c) {
  return hr_error(HR_INVALID_ARGUMENT, "no derivative today for %s", hr_node_name(c->node));
}

static void register_functions(void) {
  assert_ok(hr_register_gradient("Scaled", scaled, &factor));
  assert_ok(hr_register_gradient("Failing", failing, NULL));
  assert_ok(hr_register_gradient("Stopped", NULL, NULL));
}

static void test_names_are_taken_once(void **state) {
  (void)state;
  register_functions();
  assert_fails(hr_register_gradient("Scaled", scaled, NULL), HR_ALREADY_EXISTS, "'Scaled'");
  assert_fails(hr_register_gradient("Relu", scaled, NULL), HR_ALREADY_EXISTS, "'Relu'");
  assert_fails(hr_register_gradient("Shape", scaled, NULL), HR_ALREADY_EXISTS, "'Shape'"); /* not differentiable */
}

static const char *override_of(hr_output output) {
  const hr_attr_value *attr = hr_node_attr(output.node, "_gradient_op_type");
  return attr ? attr->s : "";
}

static void test_override_by_op(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_constant_f32(f.s, 3, .name = "x"), a, c, d, e, i;
  HR_WITH (outer, hr_gradient_override(hr_gradient_override(f.s, "Relu", "Scaled"), "Identity", "Relu")) {
    a = hr_relu(outer, x, .name = "a");
    HR_WITH (inner, hr_gradient_override(outer, "Relu", "Nothing"))
      c = hr_relu(inner, a, .name = "c");
    d = hr_relu(outer, a, .name = "d");
    i = hr_identity(outer, d, .name = "i");
    HR_WITH (inner, hr_gradient_override(outer, "Relu", NULL))
      e = hr_relu(inner, i, .name = "e");
  }
  assert_string_equal(override_of(x), "");
  assert_string_equal(override_of(a), "Scaled");
  assert_string_equal(override_of(c), "Nothing");
  assert_string_equal(override_of(d), "Scaled");
  assert_string_equal(override_of(i), "Relu");
  assert_string_equal(override_of(e), "");
  hr_gradient gradient;
  hr_gradients(f.s, HR_LIST(e), HR_LIST(x), &gradient);
  assert_string_equal(hr_node_name(gradient.value.node), "gradients/a_grad/mul");
  static const char *const nodes[] = {"gradients/e_grad/ReluGrad", "gradients/i_grad/ReluGrad", "gradients/d_grad/mul",
                                      "gradients/a_grad/mul/x"};
  for (size_t n = 0; n < sizeof nodes / sizeof *nodes; ++n)
    assert_non_null(hr_graph_find(f.graph, nodes[n]));
  assert_true(evaluate_f32(&f, gradient.value) == 4);
  hr_gradients(f.s, HR_LIST(c), HR_LIST(x), &gradient);
  assert_fails(hr_builder_status(f.builder), HR_NOT_FOUND, "No gradient defined for operation 'c' (op type: Relu)");
  fixture_free(&f);
}

static void test_stop_and_failure(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_constant_f32(f.s, 3, .name = "x"), stopped, broken;
  HR_WITH (s, hr_gradient_override(f.s, "Exp", "Stopped"))
    stopped = hr_exp(s, x);
  HR_WITH (s, hr_gradient_override(f.s, "Exp", "Failing"))
    broken = hr_exp(s, x, .name = "broken");
  hr_gradient gradient;
  hr_gradients(f.s, HR_LIST(stopped), HR_LIST(x), &gradient);
  assert_false(hr_gradient_exists(gradient));
  assert_ok(hr_builder_status(f.builder));
  hr_gradients(f.s, HR_LIST(broken), HR_LIST(x), &gradient);
  assert_fails(hr_builder_status(f.builder), HR_INVALID_ARGUMENT, "no derivative today for broken");
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_are_taken_once), cmocka_unit_test(test_override_by_op),
                                     cmocka_unit_test(test_stop_and_failure)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
