/* Optimizers beyond the linear regression of test_training.c, and rates that change with the step. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/headrace.h"

/* problem() of programs/optimizers.py. */
typedef struct two_variables {
  hr_var *w, *b;
  hr_output loss;
} two_variables;

static two_variables problem(hr_scope s) {
  static const float inputs[] = {1, 2, 3, -1, 0.5F, 0.25F};
  hr_operands start = HR_OPERANDS(HR_OPERANDS(1.0), HR_OPERANDS(-2.0));
  hr_operands wanted = HR_OPERANDS(HR_OPERANDS(1.0), HR_OPERANDS(2.0), HR_OPERANDS(3.0));
  hr_var *w = hr_tf_variable(s, start, .name = "w");
  hr_var *b = hr_tf_variable(s, 0.5, .name = "b");
  hr_output x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(3, 2), inputs, .name = "x");
  hr_output error = hr_minus(s, hr_plus(s, hr_tf_matmul(s, x, w), b), wanted);
  hr_output loss = hr_reduce_mean(s, hr_square(s, error), .name = "loss");
  return (two_variables){w, b, loss};
}

static void adagrad_da(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  two_variables v = problem(t.root);
  hr_strings keys = HR_STRINGS(HR_GLOBAL_VARIABLES, HR_GLOBAL_STEP);
  hr_var *step = hr_get_variable(t.root, "global_step", .shape = HR_SHAPE(), .dtype = HR_INT64,
                                 .initializer = hr_zeros_initializer(), .trainable = false, .collections = &keys);
  hr_optimizer *optimizer = hr_adagrad_da_optimizer(0.1, step, .l2_regularization_strength = 0.01);
  hr_minimize(t.root, optimizer, v.loss);
  hr_global_variables_initializer(t.root);
  assert_string_equal(hr_var_name(hr_optimizer_variable(optimizer, 0)), "w/AdagradDA");
  assert_string_equal(hr_var_name(hr_optimizer_variable(optimizer, 3)), "b/AdagradDA_1");
  assert_null(hr_optimizer_variable(optimizer, 4));
  hr_optimizer_free(optimizer);
  expect_ok(t.builder);
  testing_graph_expect(&t, "optimizers.adagrad_da");
}

static void fed_rates(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  two_variables v = problem(s);
  hr_scope named = hr_name_scope(s, "rate");
  hr_output rate = hr_placeholder_with_default(named, hr_convert(named, hr_operand_float(0.1), HR_FLOAT, "input"),
                                               HR_SHAPE(), .name = hr_scope_name(named));
  hr_var *step = hr_tf_variable(s, 0, .trainable = false, .name = "global_step");
  hr_output first = hr_exponential_decay(s, 0.1, step, 10, 0.96);
  hr_exponential_decay(s, 0.1, step, 2, 0.5, .staircase = true);
  hr_polynomial_decay(s, 0.1, step, 5, .end_learning_rate = hr_operand_float(0.01), .power = hr_operand_float(2));
  hr_natural_exp_decay(s, 0.1, step, 2, 0.5);
  hr_inverse_time_decay(s, 0.1, step, 2, 0.5);
  hr_cosine_decay(s, 0.1, step, 6);
  hr_vars only_w = HR_VARS(v.w);
  hr_optimizer *descent = hr_gradient_descent_optimizer(rate);
  hr_minimize(s, descent, v.loss, .vars = &only_w, .global_step = step);
  hr_optimizer *momentum = hr_momentum_optimizer(first, hr_convert(s, hr_operand_float(0.9), HR_FLOAT, NULL));
  hr_minimize(s, momentum, v.loss, .vars = &only_w, .global_step = step);
  hr_global_variables_initializer(s);
  hr_optimizer_free(descent);
  hr_optimizer_free(momentum);
  expect_ok(t.builder);
  testing_graph_expect(&t, "optimizers.fed_rates");
}

/* Hyperparameters and names that are given later; tensors of hyperparameters. */
static void settings(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  two_variables v = problem(t.root);
  hr_optimizer *optimizer = hr_ftrl_optimizer(0.1);
  assert_true(hr_optimizer_set(optimizer, "learning_rate", hr_operand_float(0.25)));
  assert_false(hr_optimizer_set(optimizer, "momentum", hr_operand_float(0.25)));
  assert_true(hr_optimizer_name_slot(optimizer, "linear", "MyLinear"));
  assert_false(hr_optimizer_name_slot(optimizer, "rms", "x"));
  assert_null(hr_optimizer_prepared(optimizer, "learning_rate").node);
  hr_minimize(t.root, optimizer, v.loss);
  expect_ok(t.builder);
  assert_string_equal(hr_node_name(hr_optimizer_prepared(optimizer, "learning_rate").node), "Ftrl/learning_rate");
  assert_string_equal(hr_var_name(hr_optimizer_slot(optimizer, "linear", v.w)), "w/MyLinear");
  assert_string_equal(hr_var_name(hr_optimizer_slot(optimizer, "accum", v.w)), "w/Ftrl");
  hr_optimizer_free(optimizer);
  testing_graph_free(&t);
}

static hr_output at_most_one(hr_optimizer *optimizer, hr_scope scope, hr_var *var) {
  (void)optimizer;
  return strcmp(hr_var_name(var), "w") == 0 ? hr_binary(scope, "Minimum", var, 1.0) : HR_NO_OUTPUT;
}

/* A variable with a constraint is set to what that makes of it, after its update; the names are TensorFlow's. */
static void constraint(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  two_variables v = problem(t.root);
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  hr_optimizer_table(optimizer)->constrain = at_most_one;
  hr_node *train = hr_minimize(t.root, optimizer, v.loss);
  hr_optimizer_free(optimizer);
  expect_ok(t.builder);
  assert_int_equal(hr_node_control_input_count(train), 2);
  assert_string_equal(hr_node_name(hr_node_control_input(train, 0)), "GradientDescent/update_w/Assign");
  assert_string_equal(hr_node_name(hr_node_control_input(train, 1)), "GradientDescent/update_b/ApplyGradientDescent");
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(adagrad_da), cmocka_unit_test(fed_rates),
                                     cmocka_unit_test(settings), cmocka_unit_test(constraint)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
