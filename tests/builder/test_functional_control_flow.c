/* Conditionals and loops that are nodes of functions in a program's own graph: the graphs that TensorFlow 1.15 builds
 * from programs/functional_control_flow.py with control flow of version 2. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "branches.h"
#include "headrace/headrace.h"

static testing_graph functional_graph(values *v) {
  testing_graph t = testing_graph_new();
  hr_functional_control_flow(t.root, true);
  *v = (values){.x = hr_placeholder(t.root, HR_FLOAT, .shape = HR_SHAPE(), .name = "x")};
  return t;
}

/* ---- conditionals ------------------------------------------------------------------------------------------------ */

BRANCH(sine_of_square_times_y, hr_times(s, hr_sin(s, hr_times(s, V->x, V->x)), V->y))
BRANCH(x_plus_one, hr_plus(s, V->x, 1.0))
BRANCH(minus_x, hr_neg(s, V->x))
BRANCH(x_times_x, hr_times(s, V->x, V->x))
BRANCH(uniform, hr_tf_random_uniform(s, HR_SHAPE(2), .seed = 3))
BRANCH(two_zeros, hr_zeros(s, HR_SHAPE(2)))

static void square_and_one(void *argument, hr_scope s, hr_results *results) {
  const values *v = argument;
  hr_return(results, hr_times(s, v->x, v->x));
  hr_return(results, hr_constant_i32(s, 1));
}

static void exp_and_two(void *argument, hr_scope s, hr_results *results) {
  const values *v = argument;
  hr_return(results, hr_exp(s, v->x));
  hr_return(results, hr_constant_i32(s, 2));
}

static void inner_cond(void *argument, hr_scope s, hr_results *results) {
  const values *v = argument;
  hr_outputs inner = hr_cond(s, hr_binary(s, "Greater", v->x, 2.0), HR_BRANCH(x_times_x, argument),
                             HR_BRANCH(minus_x, argument), .name = "inner");
  if (hr_scope_ok(s)) hr_return(results, inner.items[0]);
}

static void nested_cond(void **state) {
  (void)state;
  values v;
  testing_graph t = functional_graph(&v);
  hr_scope s = t.root;
  HR_WITH (outer, hr_name_scope(s, "outer"))
    hr_cond(outer, hr_binary(outer, "Greater", v.x, 1.0), HR_BRANCH(inner_cond, &v), HR_BRANCH(x_plus_one, &v));
  hr_cond(s, hr_binary(s, "Greater", v.x, 1.0), HR_BRANCH(uniform, &v), HR_BRANCH(two_zeros, &v));
  testing_graph_expect(&t, "functional_control_flow.nested_cond");
}

static void cond_gradients(void **state) {
  (void)state;
  values v;
  testing_graph t = functional_graph(&v);
  hr_scope s = t.root;
  v.y = hr_constant_f32(s, 3, .name = "w");
  hr_output y = hr_only(
      hr_cond(s, hr_binary(s, "Greater", v.x, 1.0), HR_BRANCH(sine_of_square_times_y, &v), HR_BRANCH(x_plus_one, &v)));
  hr_outputs pair =
      hr_cond(s, hr_binary(s, "Greater", v.x, 1.0), HR_BRANCH(square_and_one, &v), HR_BRANCH(exp_and_two, &v));
  expect_ok(t.builder);
  hr_gradient first[2], out;
  hr_gradients(s, HR_LIST(y), HR_LIST(v.x, v.y), first);
  hr_gradients(s, HR_LIST(y), HR_LIST(v.x), &out);
  hr_gradients(s, HR_LIST(first[0].value), HR_LIST(v.x), &out);
  hr_gradient two = hr_dense_gradient(hr_constant_f32(s, 2));
  hr_gradients(s, HR_LIST(pair.items[0]), HR_LIST(v.x), &out, .grad_ys = &two);
  testing_graph_expect(&t, "functional_control_flow.cond_gradients");
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

LOOP(below_three, hr_return(results, hr_binary(s, "Less", i, 3));)
LOOP(below_four, hr_return(results, hr_binary(s, "Less", i, 4));)
LOOP(times_x_and_y, hr_output next = hr_plus(s, i, 1); BOTH(next, hr_times(s, hr_times(s, a, V->x), V->y));)
LOOP(sine_times_x, hr_output next = hr_plus(s, i, 1); BOTH(next, hr_times(s, hr_sin(s, a), V->x));)

static void pair_of_two(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  (void)argument;
  hr_output i = variables.items[0], a = variables.items[1], b = variables.items[2];
  hr_return(results, hr_plus(s, i, 1));
  hr_return(results, hr_times(s, a, hr_sin(s, b)));
  hr_return(results, hr_plus(s, b, hr_times(s, a, a)));
}

static void loop_gradients(void **state) {
  (void)state;
  values v;
  testing_graph t = functional_graph(&v);
  hr_scope s = t.root;
  v.y = hr_constant_f32(s, 1.5f, .name = "w");
  hr_output zero = hr_constant_i32(s, 0);
  hr_outputs powers = hr_while_loop(s, HR_LIST(zero, v.x), FUNCTIONS(below_three, times_x_and_y));
  hr_output first = hr_constant_i32(s, 0), half = hr_constant_f32(s, 0.5f);
  hr_outputs pair = hr_while_loop(s, HR_LIST(first, v.x, half), FUNCTIONS(below_four, pair_of_two), .name = "pair",
                                  .maximum_iterations = hr_operand_int(3));
  expect_ok(t.builder);
  hr_gradient out[2];
  hr_gradients(s, HR_LIST(powers.items[1]), HR_LIST(v.x, v.y), out);
  hr_gradients(s, HR_LIST(pair.items[1], pair.items[2]), HR_LIST(v.x), out);
  testing_graph_expect(&t, "functional_control_flow.loop_gradients");
}

static void second_loop_gradients(void **state) {
  (void)state;
  values v;
  testing_graph t = functional_graph(&v);
  hr_scope s = t.root;
  hr_output zero = hr_constant_i32(s, 0);
  hr_outputs y = hr_while_loop(s, HR_LIST(zero, v.x), FUNCTIONS(below_three, sine_times_x));
  expect_ok(t.builder);
  hr_gradient first, second;
  hr_gradients(s, HR_LIST(y.items[1]), HR_LIST(v.x), &first);
  hr_gradients(s, HR_LIST(first.value), HR_LIST(v.x), &second);
  testing_graph_expect(&t, "functional_control_flow.second_loop_gradients");
}

/* ---- the switch -------------------------------------------------------------------------------------------------- */

static bool has_op(const hr_graph *graph, const char *op) {
  for (int32_t i = 0; i < hr_graph_node_count(graph); ++i)
    if (strcmp(hr_node_op(hr_graph_node(graph, i)), op) == 0) return true;
  return false;
}

/* Off at first, of each graph for itself; what was built before stays. */
static void switched(void **state) {
  (void)state;
  testing_graph t = testing_graph_new(), other = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_f32(s, 2)};
  hr_output p = condition(s, "p");
  assert_false(hr_has_functional_control_flow(s));
  hr_cond(s, p, HR_BRANCH(minus_x, &v), HR_BRANCH(x_plus_one, &v));
  assert_true(has_op(t.graph, "Merge"));
  assert_false(has_op(t.graph, "StatelessIf"));
  hr_functional_control_flow(s, true);
  assert_true(hr_has_functional_control_flow(s));
  assert_false(hr_has_functional_control_flow(other.root));
  int32_t before = hr_graph_node_count(t.graph);
  hr_outputs y = hr_cond(s, p, HR_BRANCH(minus_x, &v), HR_BRANCH(x_plus_one, &v));
  expect_ok(t.builder);
  assert_int_equal(hr_graph_node_count(t.graph), before + 2);
  assert_string_equal(hr_node_op(y.items[0].node), "Identity");
  assert_true(has_op(t.graph, "StatelessIf"));
  hr_functional_control_flow(s, false);
  hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_three, sine_times_x));
  expect_ok(t.builder);
  assert_true(has_op(t.graph, "Enter"));
  assert_false(has_op(t.graph, "While"));
  testing_graph_free(&t);
  testing_graph_free(&other);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nested_cond),           cmocka_unit_test(cond_gradients), cmocka_unit_test(loop_gradients),
      cmocka_unit_test(second_loop_gradients), cmocka_unit_test(switched),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
