/* Conditionals and loops: the graphs that TensorFlow 1.15 builds from programs/control_flow.py and programs/loops.py.
 */
#include "branches.h"
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static hr_output floats(hr_scope s, hr_partial_shape shape, const float *numbers, const char *name) {
  return hr_constant_array(s, HR_FLOAT, shape, numbers, .name = name);
}

BRANCH(x_itself, V->x)
BRANCH(y_itself, V->y)

/* ---- conditionals ---------------------------------------------------------------------------------------------- */

BRANCH(x_plus_y, hr_add(s, V->x, V->y))
BRANCH(x_twice, hr_binary(s, "Mul", V->x, 2.0))
BRANCH(x_kept, hr_identity(s, V->x, .name = "kept"))
BRANCH(zeros_like_y, hr_tf_zeros_like(s, V->y))
BRANCH(number_one, 1)
BRANCH(number_two, 2)
BRANCH(y_plus_one, hr_plus(s, V->y, 1.0))
static void x_and_y(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  const values *V = argument;
  BOTH(V->x, V->y);
}
static void y_and_x(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  const values *V = argument;
  BOTH(V->y, V->x);
}

static void branches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.x = floats(s, HR_SHAPE(2), (const float[]){1, 2}, "x");
  v.y = floats(s, HR_SHAPE(2), (const float[]){3, 4}, "y");
  hr_output one = hr_only(hr_cond(s, v.p, HR_BRANCH(x_plus_y, &v), HR_BRANCH(x_twice, &v)));
  hr_outputs two = hr_cond(s, v.p, HR_BRANCH(x_and_y, &v), HR_BRANCH(y_and_x, &v), .name = "swap");
  hr_cond(s, v.p, HR_BRANCH(x_kept, &v), HR_BRANCH(zeros_like_y, &v), .name = "outer/inner");
  hr_output number = hr_only(hr_cond(s, v.p, HR_BRANCH(number_one, &v), HR_BRANCH(number_two, &v)));
  hr_cond(s, v.p, HR_BRANCH(x_itself, &v), HR_BRANCH(y_plus_one, &v));
  hr_cond(s, v.p, HR_BRANCH(x_itself, &v), HR_BRANCH(y_itself, &v));
  expect_ok(t.builder);
  assert_int_equal(two.count, 2);
  assert_true(hr_partial_shape_equal(hr_output_shape(one), &HR_SHAPE(2)));
  assert_int_equal(hr_output_dtype(number), HR_INT32);
  /* What is in a branch is not fetched or fed; what comes out of it is. */
  assert_true(hr_node_is_fetchable(one.node));
  hr_node *inside = hr_graph_find(t.graph, "cond/Add"), *switched = hr_graph_find(t.graph, "cond/Switch");
  assert_non_null(inside);
  assert_false(hr_node_is_fetchable(inside));
  assert_false(hr_node_is_fetchable(switched));
  testing_graph_expect(&t, "control_flow.branches");
}

static void in_true(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  hr_output a = hr_constant_i32(s, 1, .name = "a"), b, c, d, free;
  hr_node *e;
  HR_WITH (after, hr_control_dependencies(s, 1, &a.node)) {
    b = hr_constant_i32(after, 2, .name = "b");
  }
  HR_WITH (after, hr_control_dependencies(s, 1, &V->before)) {
    c = hr_constant_i32(after, 4, .name = "c");
    d = hr_binary(after, "Add", V->x, 1, .name = "d");
  }
  hr_node *both[] = {V->before, b.node};
  HR_WITH (after, hr_control_dependencies(s, 2, both)) {
    e = hr_no_op(after, .name = "e");
  }
  HR_WITH (none, hr_control_dependencies(s, 0, NULL)) {
    free = hr_constant_i32(none, 5, .name = "free");
  }
  HR_WITH (after, hr_control_dependencies(s, 1, &e)) {
    hr_return(results, hr_tf_add_n(after, HR_LIST(a, b, c, d, free), .name = "sum"));
  }
}
BRANCH(seven, hr_tf_fill(s, HR_SHAPE(), 7))
BRANCH(x_squared, hr_square(s, V->x))
BRANCH(x_negative, hr_neg(s, V->x, .name = "minus"))

static void constants_and_controls(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.x = hr_constant_i32(s, 3, .name = "x");
  v.before = hr_no_op(s, .name = "before");
  HR_WITH (after, hr_control_dependencies(s, 1, &v.before)) {
    hr_cond(after, v.p, HR_BRANCH(in_true, &v), HR_BRANCH(seven, &v));
  }
  hr_scope placed = hr_device_scope(hr_name_scope(s, "block"), "/cpu:0");
  hr_cond(placed, v.p, HR_BRANCH(x_squared, &v), HR_BRANCH(x_itself, &v));
  hr_scope beside = hr_colocate_with(s, v.x.node, false);
  hr_cond(beside, v.p, HR_BRANCH(x_negative, &v), HR_BRANCH(x_squared, &v));
  testing_graph_expect(&t, "control_flow.constants_and_controls");
}

BRANCH(x_scaled_by_two, hr_times(s, V->x, 2.0))
BRANCH(x_scaled_by_three, hr_times(s, V->x, 3.0))
BRANCH(v_plus_x, hr_plus(s, V->v, V->x))
BRANCH(v_itself, V->v)
BRANCH(v_read, hr_var_read(s, V->v))
BRANCH(inner_of_two, hr_only(hr_cond(s, V->q, HR_BRANCH(x_scaled_by_two, argument), HR_BRANCH(v_plus_x, argument))))
BRANCH(inner_of_three, hr_only(hr_cond(s, V->q, HR_BRANCH(x_scaled_by_three, argument), HR_BRANCH(v_plus_x, argument))))
BRANCH(x_or_v, hr_only(hr_cond(s, V->q, HR_BRANCH(x_itself, argument), HR_BRANCH(v_itself, argument))))
BRANCH(v_or_x, hr_only(hr_cond(s, V->q, HR_BRANCH(v_read, argument), HR_BRANCH(x_itself, argument))))
BRANCH(x_is_positive, hr_only(hr_cond(s, hr_binary(s, "Greater", V->x, 0.0), HR_BRANCH(v_itself, argument),
                                      HR_BRANCH(x_itself, argument))))
static void local_and_sum(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  BOTH(V->y, hr_plus(s, V->y, V->x));
}
static void with_local(void *argument, hr_scope s, hr_results *results) {
  values local = *(const values *)argument;
  local.y = hr_square(s, local.x, .name = "local");
  hr_outputs both = hr_cond(s, local.q, HR_BRANCH(local_and_sum, &local), HR_BRANCH(x_and_y, &local));
  if (both.count == 2) hr_return(results, hr_minus(s, both.items[0], both.items[1]));
}

static void nested(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.q = condition(s, "q");
  v.x = hr_constant_f32(s, 2, .name = "x");
  v.v = hr_tf_variable(s, 3.0, .name = "v");
  hr_cond(s, v.p, HR_BRANCH(inner_of_two, &v), HR_BRANCH(inner_of_three, &v));
  hr_cond(s, v.p, HR_BRANCH(with_local, &v), HR_BRANCH(x_itself, &v));
  hr_cond(s, v.p, HR_BRANCH(x_or_v, &v), HR_BRANCH(v_or_x, &v));
  hr_cond(s, hr_binary(s, "Less", v.x, v.v), HR_BRANCH(x_is_positive, &v), HR_BRANCH(x_itself, &v));
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "control_flow.nested");
}

#define TEXT(name, text) BRANCH(name, hr_constant(s, text))
TEXT(negative, "negative")
TEXT(zero, "zero")
TEXT(small, "small")
TEXT(large, "large")
TEXT(positive, "positive")
TEXT(other, "other")
static void n_and_minus_n(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  BOTH(V->n, hr_neg(s, V->n));
}
static void n_twice(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  const values *V = argument;
  BOTH(V->n, V->n);
}
BRANCH(n_plus_one, hr_plus(s, V->n, 1))

static void cases(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.n = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "x")};
  hr_case sizes[] = {{hr_binary(s, "Less", v.n, 0), HR_BRANCH(negative, &v)},
                     {HR_NO_OUTPUT, HR_BRANCH(zero, &v)},
                     {HR_NO_OUTPUT, HR_BRANCH(small, &v)}};
  sizes[1].predicate = hr_binary(s, "Equal", v.n, 0);
  sizes[2].predicate = hr_binary(s, "Less", v.n, 10);
  hr_case_of(s, 3, sizes, .otherwise = HR_BRANCH(large, &v));
  hr_case_of(s, 2, sizes, .otherwise = HR_BRANCH(positive, &v), .exclusive = true, .name = "exclusive");
  hr_case pairs[] = {{hr_binary(s, "Less", v.n, 0), HR_BRANCH(n_and_minus_n, &v)},
                     {HR_NO_OUTPUT, HR_BRANCH(n_twice, &v)}};
  pairs[1].predicate = hr_binary(s, "GreaterEqual", v.n, 0);
  assert_int_equal(hr_case_of(s, 2, pairs).count, 2);
  hr_case_of(s, 2, sizes, .otherwise = HR_BRANCH(other, &v), .name = "ordered");
  hr_case single = {hr_binary(s, "Less", v.n, 100), HR_BRANCH(n_plus_one, &v)};
  hr_case_of(s, 1, &single, .name = "single");
  testing_graph_expect(&t, "control_flow.cases");
}

static void assertions(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "x");
  hr_node *checks[2];
  checks[0] = hr_tf_assert(s, hr_reduce_all(s, hr_binary(s, "Greater", x, 0.0)), HR_OPERANDS(x), .name = "positive");
  hr_output fits = hr_binary(s, "Less", hr_tf_size(s, x), 4), size = hr_tf_size(s, x);
  checks[1] = hr_tf_assert(s, fits, HR_OPERANDS("long", size, x), .summarize = 5);
  HR_WITH (checked, hr_control_dependencies(s, 2, checks)) {
    hr_sqrt(checked, x);
  }
  testing_graph_expect(&t, "control_flow.assertions");
}

/* ---- loops ----------------------------------------------------------------------------------------------------- */

LOOP(below_ten, hr_return(results, hr_binary(s, "Less", i, 10));)
LOOP(below_five, hr_return(results, hr_binary(s, "Less", i, 5));)
LOOP(below_three, hr_return(results, hr_binary(s, "Less", i, 3));)
LOOP(below_two, hr_return(results, hr_binary(s, "Less", i, 2));)
LOOP(below_hundred, hr_return(results, hr_binary(s, "Less", i, 100));)
LOOP(below_n, hr_return(results, hr_binary(s, "Less", i, V->n));)
LOOP(never, hr_return(results, (bool)false);)
LOOP(always, hr_return(results, (bool)true);)
LOOP(added, hr_return(results, hr_binary(s, "Add", i, 1));)
LOOP(counted, hr_return(results, hr_plus(s, i, 1));)
LOOP(doubled, BOTH(hr_plus(s, i, 1), hr_times(s, a, 2.0));)
LOOP(kept, BOTH(i, a);)
LOOP(grown, BOTH(hr_plus(s, i, 1), hr_tf_concat(s, HR_LIST(a, a), 0));)
LOOP(deeper, BOTH(hr_plus(s, i, 1), hr_tf_expand_dims(s, a, HR_AXIS(0)));)
LOOP(plus_x, BOTH(hr_plus(s, i, 1), hr_plus(s, a, V->x));)
LOOP(concatenated, hr_return(results, hr_tf_concat(s, HR_LIST(a, a), 0));)

static void plain(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.n = hr_constant_i32(s, 0, .name = "i")};
  hr_output one = hr_only(hr_while_loop(s, HR_LIST(v.n), FUNCTIONS(below_ten, added)));
  hr_while_loop(s, HR_OPERANDS(0, 1.0), FUNCTIONS(below_five, doubled), .name = "double");
  hr_while_loop(s, HR_LIST(v.n), FUNCTIONS(below_three, counted));
  hr_while_loop(s, HR_LIST(v.n, hr_ones(s, HR_SHAPE(2))), FUNCTIONS(never, kept), .parallel_iterations = 1);
  hr_while_loop(s, HR_LIST(v.n), FUNCTIONS(below_three, counted), .back_prop = false, .swap_memory = true);
  expect_ok(t.builder);
  assert_string_equal(hr_node_name(one.node), "while/Exit");
  assert_true(hr_node_is_fetchable(one.node));
  assert_false(hr_node_is_fetchable(hr_graph_find(t.graph, "while/Add")));
  testing_graph_expect(&t, "loops.plain");
}

static void of_outside(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  const values *V = argument;
  hr_output i = variables.items[0], y = variables.items[1], scale, bias;
  hr_output step = hr_constant_i32(s, 1, .name = "step");
  HR_WITH (after, hr_control_dependencies(s, 2, ((hr_node *const[]){V->before, y.node}))) {
    scale = hr_constant_f32(after, 0.5f, .name = "scale");
    bias = hr_identity(after, hr_var_value(V->v), .name = "bias");
  }
  hr_output both = hr_times(s, hr_tf_matmul(s, y, V->w), scale);
  both = hr_plus(s, both, bias);
  both = hr_plus(s, both, hr_reduce_sum(s, V->x));
  hr_output free = hr_add(s, V->n, V->n, .name = "free");
  hr_return(results, hr_plus(s, i, step));
  hr_return(results, hr_plus(s, both, hr_tf_cast(s, free, HR_FLOAT)));
}
LOOP(below_four, hr_return(results, hr_binary(s, "Less", i, 4));)
LOOP(with_group, {
  hr_output assigned = hr_var_assign_add(s, V->v, 1.0);
  hr_group(s, assigned.node);
  hr_return(results, hr_plus(s, i, 1));
})
LOOP(with_effect, {
  hr_return(results, hr_plus(s, i, 1));
  hr_output more = hr_plus(s, hr_times(s, a, 0.5), 2.0);
  hr_return(results, hr_plus(s, hr_var_assign_add(s, V->v, more), a));
})

static void outside(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.n = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "n")};
  v.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  v.w = hr_tf_variable(s, HR_OPERANDS(HR_OPERANDS(1.0, 0.5), HR_OPERANDS(0.25, 2.0)), .name = "w");
  v.v = hr_tf_variable(s, 0.0, .name = "v");
  v.before = hr_no_op(s, .name = "before");
  hr_outputs result = {0, NULL};
  HR_WITH (after, hr_control_dependencies(s, 1, &v.before)) {
    hr_output first = hr_constant_i32(after, 0);
    result = hr_while_loop(after, HR_LIST(first, v.x), FUNCTIONS(below_n, of_outside), .name = "outside");
  }
  hr_while_loop(s, HR_OPERANDS(0), FUNCTIONS(below_four, with_group), .name = "counted");
  hr_while_loop(s, HR_OPERANDS(0, 0.0), FUNCTIONS(below_four, with_effect), .name = "effect");
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  assert_true(hr_partial_shape_equal(hr_output_shape(result.items[1]), &HR_SHAPE(-1, 2)));
  testing_graph_expect(&t, "loops.outside");
}

static void invariants(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output i = hr_constant_i32(s, 0), m = hr_ones(s, HR_SHAPE(2, 2));
  values v = {.n = i};
  const hr_partial_shape rows[] = {HR_SHAPE(), HR_SHAPE(-1, 2)}, any[] = {HR_SHAPE(), HR_SHAPE_UNKNOWN};
  hr_outputs result =
      hr_while_loop(s, HR_LIST(i, m), FUNCTIONS(below_three, grown), .shape_invariants = ((hr_shapes){2, rows}));
  hr_while_loop(s, HR_LIST(i, m), FUNCTIONS(below_two, deeper), .shape_invariants = ((hr_shapes){2, any}));
  v.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_two, plus_x));
  expect_ok(t.builder);
  assert_true(hr_partial_shape_equal(hr_output_shape(result.items[1]), &HR_SHAPE(-1, 2)));
  testing_graph_expect(&t, "loops.invariants");
}

static void limited(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.n = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(), .name = "n")};
  hr_output zero = hr_constant_i32(s, 0);
  hr_while_loop(s, HR_LIST(zero), FUNCTIONS(below_hundred, counted), .maximum_iterations = HR_OPERAND(7));
  zero = hr_constant_i32(s, 0);
  hr_output one = hr_constant_f32(s, 1);
  hr_while_loop(s, HR_LIST(zero, one), FUNCTIONS(below_three, doubled), .maximum_iterations = HR_OPERAND(v.n),
                .name = "two");
  const hr_partial_shape any = HR_SHAPE(-1);
  hr_while_loop(s, HR_LIST(hr_zeros(s, HR_SHAPE(1))), FUNCTIONS(always, concatenated),
                .maximum_iterations = HR_OPERAND(3), .shape_invariants = ((hr_shapes){1, &any}), .name = "shaped");
  zero = hr_constant_i32(s, 0);
  hr_while_loop(s, HR_LIST(zero), FUNCTIONS(below_hundred, counted), .maximum_iterations = HR_OPERAND(4));
  testing_graph_expect(&t, "loops.limited");
}

LOOP(up_to_i, hr_return(results, hr_binary(s, "Less", i, hr_plus(s, V->y, 1)));)
LOOP(plus_scaled_x, {
  hr_return(results, hr_plus(s, i, 1));
  hr_return(results, hr_plus(s, a, hr_times(s, V->x, hr_tf_cast(s, i, HR_FLOAT))));
})
LOOP(plus_zero, {
  hr_output next = hr_plus(s, i, 1);
  hr_return(results, hr_plus(s, next, hr_times(s, V->y, 0)));
})
LOOP(outer_loop, {
  values v = *V; /* the outer counter is the inner loops' y */
  v.y = i;
  hr_output local = hr_square(s, a, .name = "local");
  hr_output zero = hr_constant_i32(s, 0);
  hr_outputs first = hr_while_loop(s, HR_LIST(zero, local), FUNCTIONS(up_to_i, plus_scaled_x));
  if (!hr_scope_ok(s)) return;
  hr_outputs k = hr_while_loop(s, HR_LIST(first.items[0]), FUNCTIONS(below_n, plus_zero), .name = "again");
  hr_return(results, hr_plus(s, i, 1));
  hr_output sum = hr_plus(s, 1.0, hr_reduce_sum(s, local));
  hr_output quotient = hr_truediv(s, first.items[1], sum);
  hr_return(results, hr_plus(s, quotient, hr_tf_cast(s, hr_only(k), HR_FLOAT)));
})

static void nested_loops(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x")};
  v.n = hr_constant_i32(s, 3, .name = "n");
  hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_n, outer_loop), .name = "outer");
  testing_graph_expect(&t, "loops.nested");
}

/* ---- mistakes -------------------------------------------------------------------------------------------------- */

BRANCH(a_text, "text")
static void nothing(void *argument, hr_scope s, hr_results *results) {
  (void)argument;
  (void)s;
  (void)results;
}
LOOP(of_text, BOTH(hr_plus(s, i, 1), "text");)
LOOP(alone, hr_return(results, i);)

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.x = hr_constant_f32(s, 1);
  hr_branch one = HR_BRANCH(x_itself, &v);
  assert_int_equal(hr_cond(s, v.p, one, HR_BRANCH(a_text, &v)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "same type", NULL);
  assert_int_equal(hr_cond(s, v.p, one, HR_BRANCH(nothing, &v)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "", NULL);
  assert_int_equal(hr_cond(s, (bool)true, one, one).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "pred", NULL);
  assert_int_equal(hr_case_of(s, 0, NULL).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "case", NULL);
  assert_int_equal(hr_while_loop(s, ((hr_operands){0}), FUNCTIONS(always, counted)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "variables", NULL);
  assert_int_equal(hr_while_loop(s, HR_OPERANDS(0, 1.0), FUNCTIONS(always, of_text)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "", NULL);
  assert_int_equal(hr_while_loop(s, HR_OPERANDS(0, 1.0), FUNCTIONS(always, alone)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "", NULL);
  assert_int_equal(hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(always, deeper)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "shape", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(branches),   cmocka_unit_test(constants_and_controls),
      cmocka_unit_test(nested),     cmocka_unit_test(cases),
      cmocka_unit_test(assertions), cmocka_unit_test(plain),
      cmocka_unit_test(outside),    cmocka_unit_test(invariants),
      cmocka_unit_test(limited),    cmocka_unit_test(nested_loops),
      cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests_name("control flow", tests, NULL, NULL);
}
