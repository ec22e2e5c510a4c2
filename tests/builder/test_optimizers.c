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

/* Frees the optimizer. */
static void trained(hr_optimizer *optimizer, const hr_minimize_options *options, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  two_variables v = problem(t.root);
  assert_non_null(optimizer);
  hr_minimize_with(t.root, optimizer, v.loss, options);
  hr_optimizer_free(optimizer);
  hr_global_variables_initializer(t.root);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, recorded_case);
  testing_graph_expect(&t, recorded_case);
}

static void kinds(void **state) {
  (void)state;
  const hr_minimize_options named = {
      .name = "train_op", .gate_gradients = HR_GATE_NONE, .colocate_gradients_with_ops = true};
  trained(hr_gradient_descent_optimizer(0.1), NULL, "optimizers.gradient_descent");
  trained(hr_momentum_optimizer(0.1, 0.9), NULL, "optimizers.momentum");
  trained(hr_adam_optimizer(0.1, .beta1 = 0.8, .beta2 = 0.99, .epsilon = 1e-4), NULL, "optimizers.adam");
  trained(hr_adagrad_optimizer(0.1, .initial_accumulator_value = 0.2), NULL, "optimizers.adagrad");
  trained(hr_adadelta_optimizer(1.0, .rho = 0.9), NULL, "optimizers.adadelta");
  trained(hr_rmsprop_optimizer(0.1, .decay = 0.8), NULL, "optimizers.rmsprop");
  trained(hr_ftrl_optimizer(0.1, .learning_rate_power = -0.5), NULL, "optimizers.ftrl");
  trained(hr_adam_optimizer(0.001, .name = "Chosen"), &named, "optimizers.named");
}

/* Gradients that are changed, lists of variables, and a step that is counted. */
static void pieces(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  two_variables v = problem(s);
  hr_var *step = hr_get_or_create_global_step(s);
  hr_vars only_w = HR_VARS(v.w), only_b = HR_VARS(v.b), both = HR_VARS(v.w, v.b);
  hr_gradient gradients[2];
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1, .use_locking = true, .name = "Descent");
  assert_non_null(optimizer);
  hr_compute_gradients(s, optimizer, v.loss, only_w, gradients);
  hr_compute_gradients(s, optimizer, v.loss, both, gradients, .aggregation = HR_AGGREGATION_ADD_N);
  for (int i = 0; i < 2; ++i)
    gradients[i] = hr_dense_gradient(hr_times(s, gradients[i].value, 0.5));
  hr_apply_gradients(s, optimizer, both, gradients, .global_step = step, .name = "halved");
  hr_minimize(s, optimizer, v.loss, .global_step = step, .vars = &only_b, .name = "only_b");
  hr_minimize(s, optimizer, v.loss, .vars = &only_w, .grad_loss = hr_constant(s, 2.0));
  gradients[0] = HR_NO_GRADIENT;
  gradients[1] = hr_dense_gradient(hr_constant(s, 1.0));
  hr_apply_gradients(s, optimizer, both, gradients);
  hr_optimizer_free(optimizer);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "optimizers.pieces");
  testing_graph_expect(&t, "optimizers.pieces");
}

static void several(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  two_variables v = problem(t.root);
  hr_vars only_w = HR_VARS(v.w), both = HR_VARS(v.w, v.b);
  hr_optimizer *optimizers[] = {hr_adam_optimizer(0.1), hr_adam_optimizer(0.01),
                                hr_momentum_optimizer(0.1, 0.9, .name = "mine")};
  hr_minimize(t.root, optimizers[0], v.loss, .vars = &only_w);
  hr_minimize(t.root, optimizers[1], v.loss, .vars = &both);
  HR_WITH (named, hr_name_scope(t.root, "train"))
    HR_WITH (s, hr_variable_scope(named, "slots"))
      hr_minimize(s, optimizers[2], v.loss);
  for (int i = 0; i < 3; ++i)
    hr_optimizer_free(optimizers[i]);
  hr_global_variables_initializer(t.root);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "optimizers.several");
  testing_graph_expect(&t, "optimizers.several");
}

/* Layers that stay as they are, and gradients clipped together. */
static void by_scopes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = recorded_data(s, "optimizers.by_scopes", "x");
  hr_output hidden = hr_dense(s, x, 5, .activation = hr_relu_activation, .name = "hidden1");
  hr_output logits = hr_dense(s, hidden, 3, .name = "outputs"), classes = hr_constant(s, HR_INTS(0, 1, 2, 0, 1, 2));
  hr_output entropy = hr_tf_sparse_softmax_cross_entropy_with_logits(s, classes, logits);
  hr_output loss = hr_reduce_mean(s, entropy, .name = "loss");
  hr_vars upper;
  assert_null(hr_collection_vars(t.graph, HR_TRAINABLE_VARIABLES, "outputs", &upper));
  assert_int_equal(upper.count, 2);
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.5);
  assert_non_null(optimizer);
  hr_gradient gradients[2];
  hr_output clipped[2];
  hr_compute_gradients(s, optimizer, loss, upper, gradients);
  hr_clip_by_global_norm(s, HR_LIST(gradients[0].value, gradients[1].value), 0.1, clipped);
  for (int i = 0; i < 2; ++i)
    gradients[i] = hr_dense_gradient(clipped[i]);
  hr_apply_gradients(s, optimizer, upper, gradients);
  hr_optimizer_free(optimizer);
  free((void *)upper.items);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "optimizers.by_scopes");
  testing_graph_expect(&t, "optimizers.by_scopes");
}

/* By the signs of gradients alone, as a program's own optimizer does. */
static void signs(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  two_variables v = problem(s);
  hr_vars both = HR_VARS(v.w, v.b);
  hr_gradient gradients[2];
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  assert_non_null(optimizer);
  hr_compute_gradients(s, optimizer, v.loss, both, gradients);
  for (int i = 0; i < 2; ++i)
    gradients[i] = hr_dense_gradient(hr_sign(s, gradients[i].value));
  hr_apply_gradients(s, optimizer, both, gradients);
  hr_optimizer_free(optimizer);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "optimizers.subclass");
}

static void averages(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  two_variables v = problem(s);
  hr_var *step = hr_tf_variable(s, 0, .trainable = false, .name = "step");
  hr_averages *kept = hr_averages_new(s, 0.9, .num_updates = hr_operand_variable(step));
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  assert_non_null(optimizer);
  hr_node *train = hr_minimize(s, optimizer, v.loss, .global_step = step);
  hr_optimizer_free(optimizer);
  HR_WITH (after, hr_control_dependencies(s, 1, &train))
    hr_averages_apply(after, kept, HR_OPERANDS(v.w, v.b));
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "optimizers.averages");
  testing_graph_expect(&t, "optimizers.averages");
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
  const struct CMUnitTest tests[] = {cmocka_unit_test(kinds),      cmocka_unit_test(pieces),
                                     cmocka_unit_test(several),    cmocka_unit_test(by_scopes),
                                     cmocka_unit_test(averages),   cmocka_unit_test(signs),
                                     cmocka_unit_test(adagrad_da), cmocka_unit_test(fed_rates),
                                     cmocka_unit_test(settings),   cmocka_unit_test(constraint)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
