/* Functions: the graphs that TensorFlow 1.15 builds from programs/functions.py and programs/functional_ops.py, what is
 * refused, and what libraries that nobody would write come to. */
#include "graph_compare.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define F HR_FLOAT

static hr_output vector(hr_scope s, const char *name) {
  return hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){1, 2}), .name = name);
}

/* ---- the programs ------------------------------------------------------------------------------------------------ */

static void sum_and_shape(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_add(s, x.items[0], hr_times(s, 2.0, x.items[1]), .name = "Sum/of"));
  hr_return(results, hr_tf_shape(s, x.items[0]));
}

static void results(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = vector(s, "x");
  const hr_defined *f =
      hr_define(s, "sum_and_shape", HR_TYPES(F, F), sum_and_shape, NULL, .argument_names = HR_STRINGS("x", "y"),
                .doc = "A sum, and a shape.", .hashed_name = true);
  hr_outputs total = hr_call(s, f, HR_OPERANDS(x, 3.0));
  hr_call(s, f, HR_OPERANDS(x, x), .name = "named");
  hr_reduce_sum(s, total.items[0]);
  testing_graph_expect(&t, "functions.results");
}

static void square(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, x.items[0], x.items[0]));
}

static void fourth(void *defined, hr_scope s, hr_outputs x, hr_results *results) {
  const hr_defined *squared = defined;
  hr_output once = hr_only(hr_call(s, squared, x));
  hr_return(results, hr_plus(s, hr_only(hr_call(s, squared, HR_LIST(once))), 1.0));
}

static const hr_defined *define_square(hr_scope s) {
  return hr_define(s, "square", HR_TYPES(F), square, NULL, .argument_names = HR_STRINGS("x"), .hashed_name = true);
}

static void nested(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  const hr_defined *squared = define_square(s);
  const hr_defined *f = hr_define(s, "fourth", HR_TYPES(F), fourth, (void *)squared, .argument_names = HR_STRINGS("x"),
                                  .hashed_name = true);
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (outer, hr_name_scope(s, "outer")) {
    y = hr_only(hr_call(outer, f, HR_OPERANDS(2.0)));
  }
  hr_call(s, squared, HR_LIST(y), .name = "again");
  testing_graph_expect(&t, "functions.nested");
}

typedef struct outside {
  hr_output a;
  hr_var *r;
} outside;

static void scaled(void *argument, hr_scope s, hr_outputs x, hr_results *results) {
  const outside *o = argument;
  hr_var *v = NULL;
  HR_WITH (scope, hr_variable_scope(s, "scope", .reuse = HR_REUSE_TRUE)) {
    v = hr_get_variable(scope, "v", .shape = HR_SHAPE(2));
  }
  hr_var *w = hr_get_variable(s, "w", .shape = HR_SHAPE(2), .initializer = hr_ones_initializer());
  hr_output row = hr_tf_reshape(s, hr_times(s, x.items[0], o->a), HR_OPERANDS(1, 2));
  hr_output column = hr_tf_reshape(s, hr_plus(s, v, hr_times(s, w, o->r)), HR_OPERANDS(2, 1));
  hr_return(results, hr_tf_matmul(s, row, column));
  hr_return(results, o->a);
}

static void captured(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  outside o = {.a = vector(s, "a")};
  HR_WITH (scope, hr_variable_scope(s, "scope")) {
    hr_output first = hr_constant_array(scope, F, HR_SHAPE(2), ((const float[]){5, 6}));
    hr_get_variable(scope, "v", .value = HR_OPERAND(first), .use_resource = HR_RESOURCE_TRUE);
  }
  o.r = hr_tf_variable(s, 3.0, .name = "r");
  hr_outputs y = {0, NULL};
  const hr_defined *f = NULL;
  HR_WITH (outer, hr_name_scope(s, "outer")) { /* Defun builds the body at the first call */
    f = hr_define(outer, "scaled", HR_TYPES(F), scaled, &o, .argument_names = HR_STRINGS("x"), .hashed_name = true);
    y = hr_call(outer, f, HR_OPERANDS(2.0));
  }
  hr_call(s, f, HR_OPERANDS(3.0), .name = "again");
  hr_gradient d[2];
  hr_gradients(s, HR_LIST(y.items[0]), HR_LIST(o.a, hr_var_value(o.r)), d);
  hr_global_variables_initializer(s);
  assert_int_equal(hr_defined_captured(f).count, 4);
  testing_graph_expect(&t, "functions.captured");
}

static void exp_and_product(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, hr_exp(s, x.items[0]), x.items[1]));
  hr_return(results, hr_times(s, x.items[0], x.items[1]));
  hr_return(results, hr_tf_cast(s, x.items[0], HR_INT32));
}

static void sum_of_two(void *pair, hr_scope s, hr_outputs x, hr_results *results) {
  hr_outputs y = hr_call(s, (const hr_defined *)pair, HR_OPERANDS(x.items[0], x.items[0]));
  if (y.count == 3) hr_return(results, hr_plus(s, y.items[0], y.items[1]));
}

static void gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  const hr_defined *pair = hr_define(s, "pair", HR_TYPES(F, F), exp_and_product, NULL,
                                     .argument_names = HR_STRINGS("x", "y"), .hashed_name = true);
  const hr_defined *outer = hr_define(s, "outer", HR_TYPES(F), sum_of_two, (void *)pair,
                                      .argument_names = HR_STRINGS("x"), .hashed_name = true);
  hr_output x = hr_constant_f32(s, 1.5f, .name = "x");
  hr_outputs y = hr_call(s, outer, HR_LIST(x));
  hr_gradient d;
  hr_gradients(s, y, HR_LIST(x), &d);
  y = hr_call(s, pair, HR_OPERANDS(x, x));
  hr_gradients(s, HR_LIST(y.items[0]), HR_LIST(x), &d);
  testing_graph_expect(&t, "functions.gradients");
}

static void tenfold(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, hr_times(s, 10.0, x.items[0]), x.items[1]));
}

static void cube(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, hr_times(s, x.items[0], x.items[0]), x.items[0]));
}

static hr_status sevenfold(hr_gradient_context *c) {
  hr_output dy = hr_gradient_to_tensor(c->scope, c->outputs[0], NULL);
  hr_output product = hr_times(c->scope, hr_times(c->scope, 7.0, dy), hr_node_input(c->node, 0));
  c->inputs[0] = hr_dense_gradient(product);
  return HR_SUCCESS;
}

static void own_gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_strings x_name = HR_STRINGS("x");
  const hr_defined *gradient = hr_define(s, "tenfold", HR_TYPES(F, F), tenfold, NULL,
                                         .argument_names = HR_STRINGS("x", "dy"), .hashed_name = true);
  char name[64]; /* Defun names a function after its gradient, too */
  snprintf(name, sizeof name, "square_%s", hr_defined_name(gradient));
  const hr_defined *squared = hr_define(s, name, HR_TYPES(F), square, NULL, .argument_names = x_name,
                                        .hashed_name = true, .gradient = gradient);
  const hr_defined *cubed = hr_define(s, "cube", HR_TYPES(F), cube, NULL, .argument_names = x_name, .hashed_name = true,
                                      .gradient_function = sevenfold);
  hr_output x = hr_constant_f32(s, 3.0f, .name = "x");
  hr_call(s, squared, HR_LIST(x));
  hr_call(s, cubed, HR_LIST(x));
  hr_gradient d;
  hr_gradients(s, hr_call(s, squared, HR_LIST(x)), HR_LIST(x), &d);
  hr_gradients(s, hr_call(s, cubed, HR_LIST(x)), HR_LIST(x), &d);
  testing_graph_expect(&t, "functions.own_gradients");
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* Runs by both executors; they must agree. */
static void expect_values(testing_graph *t, int32_t feeds, const hr_feed *feed, int32_t count, const hr_output *outputs,
                          const double *expected) {
  expect_ok(t->builder);
  for (int dataflow = 0; dataflow < 2; ++dataflow) {
    hr_session_options options = {.dataflow = dataflow};
    hr_session *session = NULL;
    hr_tensor values[8] = {{0}};
    hr_status status = hr_session_new(t->graph, &options, &session);
    if (!status) status = hr_session_run(session, feeds, feed, count, outputs, values, 0, NULL);
    if (status) print_error("%s\n", hr_status_message(status));
    assert_null(status);
    for (int32_t i = 0; i < count; ++i) {
      assert_int_equal(hr_tensor_dtype(&values[i]), F);
      float value = *(const float *)hr_tensor_data(&values[i]);
      if (fabs(value - expected[i]) > 1e-5 * fabs(expected[i]))
        fail_msg("value %d is %g, not %g", (int)i, (double)value, expected[i]);
      hr_tensor_clear(&values[i]);
    }
    hr_session_free(session);
  }
}

static void less_than_three(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_less(s, x.items[0], hr_constant_i32(s, 3)));
}

static void times_last(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_plus(s, x.items[0], 1));
  hr_return(results, hr_times(s, x.items[1], x.items[2]));
  hr_return(results, x.items[2]);
}

typedef struct loop {
  const hr_defined *condition, *body;
} loop;

/* x ^ 3, by a loop of functions. */
static void power(void *argument, hr_scope s, hr_outputs x, hr_results *results) {
  const loop *l = argument;
  hr_output zero = hr_constant_i32(s, 0), one = hr_constant_f32(s, 1);
  hr_outputs last = hr_functional_while(s, HR_LIST(zero, one, x.items[0]), hr_defined_value(s, l->condition),
                                        hr_defined_value(s, l->body));
  if (last.count == 3) hr_return(results, last.items[1]);
}

static void sine_or_power(void *argument, hr_scope s, hr_outputs x, hr_results *results) {
  const hr_function_attr *const *branches = argument;
  hr_return(results,
            hr_functional_if(s, x.items[1], HR_LIST(x.items[0]), HR_TYPES(F), branches[0], branches[1]).items[0]);
}

static void sine(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
  (void)unused;
  hr_return(results, hr_sin(s, x.items[0]));
}

/* TensorFlow cannot differentiate loops and conditionals in functions that are called; here they are loops and
 * conditionals like others: d x^3 = 3 x^2, d sin x = cos x. Loops in branches of a node it refuses, as the loop's own
 * node, and so do we. */
static void gradients_of_loops_and_branches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  loop l = {hr_define(s, "few", HR_TYPES(HR_INT32, F, F), less_than_three, NULL),
            hr_define(s, "step", HR_TYPES(HR_INT32, F, F), times_last, NULL)};
  const hr_defined *cubed = hr_define(s, "power", HR_TYPES(F), power, &l);
  const hr_defined *sine_of = hr_define(s, "sine", HR_TYPES(F), sine, NULL);
  hr_output x = hr_constant_f32(s, 1.5f), flag = hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE());
  hr_output y = hr_only(hr_call(s, cubed, HR_LIST(x)));
  const hr_function_attr *branches[] = {hr_defined_value(s, cubed), hr_defined_value(s, sine_of)};
  const hr_defined *either = hr_define(s, "either", HR_TYPES(F, HR_BOOL), sine_or_power, branches);
  hr_output z = hr_only(hr_call(s, either, HR_LIST(x, flag)));
  hr_gradient dy, dz;
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &dy);
  hr_gradients(s, HR_LIST(z), HR_LIST(x), &dz);
  const hr_output outputs[] = {y, dy.value, z, dz.value};
  bool flags[] = {false, true};
  for (int i = 0; i < 2; ++i) {
    hr_tensor value;
    assert_null(hr_tensor_from(HR_BOOL, 0, NULL, &flags[i], &value));
    hr_feed feed = {flag, &value};
    const double expected[] = {3.375, 6.75, i ? 3.375 : sin(1.5), i ? 6.75 : cos(1.5)};
    expect_values(&t, 1, &feed, 4, outputs, expected);
    hr_tensor_clear(&value);
  }
  hr_output w = hr_only(hr_functional_if(s, flag, HR_LIST(x), HR_TYPES(F), branches[0], branches[1]));
  hr_gradients(s, HR_LIST(w), HR_LIST(x), &dz);
  expect_error(t.builder, HR_NOT_FOUND, "No gradient defined for operation 'While'", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(results),   cmocka_unit_test(nested),        cmocka_unit_test(captured),
      cmocka_unit_test(gradients), cmocka_unit_test(own_gradients), cmocka_unit_test(gradients_of_loops_and_branches),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
