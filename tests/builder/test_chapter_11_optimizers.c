/* The optimizers of chapter 11 on one variable and in a regression, and two Adams that share its powers
 * (programs/chapter_11_optimizers.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static void expect(testing_graph *t, const char *recorded_case) {
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

/* Moves a variable by a gradient that is fed. Frees the optimizer. */
static void check(hr_optimizer *optimizer, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_var *v = hr_tf_variable(t.root, 1.0, .name = "v");
  hr_gradient gradient = hr_dense_gradient(hr_placeholder(t.root, HR_FLOAT, .shape = HR_SHAPE(), .name = "gradient"));
  assert_non_null(optimizer);
  hr_apply_gradients(t.root, optimizer, HR_VARS(v), &gradient);
  hr_global_variables_initializer(t.root);
  hr_optimizer_free(optimizer);
  expect(&t, recorded_case);
}

static void one_variable(void **state) {
  (void)state;
  check(hr_momentum_optimizer(0.1, 0.9), "chapter_11_optimizers.check_momentum");
  check(hr_momentum_optimizer(0.1, 0.9, .use_nesterov = true), "chapter_11_optimizers.check_nesterov");
  check(hr_adagrad_optimizer(0.1), "chapter_11_optimizers.check_adagrad");
  check(hr_rmsprop_optimizer(0.1, .momentum = 0.9, .decay = 0.9, .epsilon = 1e-10),
        "chapter_11_optimizers.check_rmsprop");
  check(hr_adam_optimizer(0.1), "chapter_11_optimizers.check_adam");
  check(hr_ftrl_optimizer(0.1), "chapter_11_optimizers.check_ftrl");
  check(hr_ftrl_optimizer(0.1, .l1_regularization_strength = 0.01), "chapter_11_optimizers.check_ftrl_l1");
  check(hr_ftrl_optimizer(0.1, .l1_regularization_strength = 5.0), "chapter_11_optimizers.check_ftrl_zero");
}

static hr_optimizer *nesterov(hr_var *step) {
  (void)step;
  return hr_momentum_optimizer(0.1, 0.9, .use_locking = true, .use_nesterov = true);
}
static hr_optimizer *centered(hr_var *step) {
  (void)step;
  return hr_rmsprop_optimizer(0.1, .decay = 0.9, .momentum = 0.5, .centered = true);
}
static hr_optimizer *ftrl(hr_var *step) {
  (void)step;
  return hr_ftrl_optimizer(0.1, .learning_rate_power = -0.7, .initial_accumulator_value = 0.2,
                           .l1_regularization_strength = 0.01, .l2_regularization_strength = 0.1, .accum_name = "acc",
                           .linear_name = "lin");
}
static hr_optimizer *shrinkage(hr_var *step) {
  (void)step;
  return hr_ftrl_optimizer(0.1, .l1_regularization_strength = 0.01, .l2_shrinkage_regularization_strength = 0.2);
}
static hr_optimizer *proximal_descent(hr_var *step) {
  (void)step;
  return hr_proximal_gradient_descent_optimizer(0.1, .l1_regularization_strength = 0.01,
                                                .l2_regularization_strength = 0.1, .use_locking = true);
}
static hr_optimizer *proximal_adagrad(hr_var *step) {
  (void)step;
  return hr_proximal_adagrad_optimizer(0.1, .initial_accumulator_value = 0.3, .l1_regularization_strength = 0.01,
                                       .l2_regularization_strength = 0.1);
}
static hr_optimizer *adagrad_da(hr_var *step) {
  return hr_adagrad_da_optimizer(0.1, step, .initial_accumulator_value = 0.2, .l1_regularization_strength = 0.01);
}

/* A small regression: dense gradients, and sparse ones of gathered rows. */
static void wide(hr_optimizer *(*make)(hr_var *step), const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = recorded_data(s, recorded_case, "x"), y = recorded_data(s, recorded_case, "y");
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){6, 1}, (float[]){0.3f, -0.2f, 0.1f, 0, 0.5f, -0.4f}, &start));
  hr_initializer known = hr_constant_initializer(hr_operand_tensor(&start)), half = hr_constant_initializer(0.5);
  hr_var *w = hr_get_variable(s, "w", .shape = HR_SHAPE(6, 1), .initializer = known);
  hr_var *table = hr_get_variable(s, "table", .shape = HR_SHAPE(4, 2), .initializer = half);
  hr_tensor_clear(&start);
  hr_output ids = hr_constant(s, HR_INTS(1, 3, 1));
  hr_output rows = hr_embedding_lookup(s, HR_OPERANDS(table), ids);
  hr_output miss = hr_square(s, hr_minus(s, hr_tf_matmul(s, x, w), y));
  hr_output mean = hr_reduce_mean(s, miss);
  hr_output off = hr_reduce_sum(s, hr_square(s, hr_minus(s, rows, 0.1)));
  hr_output loss = hr_plus(s, mean, off);
  hr_var *step = hr_get_or_create_global_step(s);
  hr_optimizer *optimizer = make(step);
  assert_non_null(optimizer);
  hr_minimize(s, optimizer, loss, .global_step = step);
  hr_global_variables_initializer(s);
  hr_optimizer_free(optimizer);
  expect(&t, recorded_case);
}

static void regressions(void **state) {
  (void)state;
  wide(nesterov, "chapter_11_optimizers.nesterov");
  wide(centered, "chapter_11_optimizers.centered");
  wide(ftrl, "chapter_11_optimizers.ftrl");
  wide(shrinkage, "chapter_11_optimizers.ftrl_shrinkage");
  wide(proximal_descent, "chapter_11_optimizers.proximal_descent");
  wide(proximal_adagrad, "chapter_11_optimizers.proximal_adagrad");
  wide(adagrad_da, "chapter_11_optimizers.adagrad_da");
}

/* Strong penalties. */
static void sparse_model(void **state) {
  (void)state;
  const char *recorded_case = "chapter_11_optimizers.sparse_model";
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = recorded_data(s, recorded_case, "x"), y = recorded_data(s, recorded_case, "y");
  hr_optimizer *kinds[] = {hr_ftrl_optimizer(0.5, .l1_regularization_strength = 1.0),
                           hr_proximal_gradient_descent_optimizer(0.1, .l1_regularization_strength = 0.5),
                           hr_proximal_adagrad_optimizer(0.5, .l1_regularization_strength = 0.2)};
  hr_var *weights[3];
  hr_node *trains[3];
  for (int i = 0; i < 3; ++i) {
    const char *names[] = {"w0", "w1", "w2"};
    assert_non_null(kinds[i]);
    weights[i] = hr_tf_variable(s, hr_tf_fill(s, HR_SHAPE(8, 1), 0.1), .name = names[i]);
  }
  for (int i = 0; i < 3; ++i) {
    hr_vars only = HR_VARS(weights[i]);
    hr_output miss = hr_square(s, hr_minus(s, hr_tf_matmul(s, x, weights[i]), y));
    trains[i] = hr_minimize(s, kinds[i], hr_reduce_mean(s, miss), .vars = &only);
  }
  for (int i = 0; i < 3; ++i) {
    hr_output is_zero = hr_binary(s, "Equal", weights[i], 0.0);
    hr_reduce_sum(s, hr_tf_cast(s, is_zero, HR_INT32));
    hr_optimizer_free(kinds[i]);
  }
  hr_group(s, trains[0], trains[1], trains[2]);
  hr_global_variables_initializer(s);
  expect(&t, recorded_case);
}

static void two_of_a_kind(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, -2}, &start));
  hr_var *w = hr_tf_variable(s, &start, .name = "w");
  hr_tensor_clear(&start);
  hr_var *b = hr_tf_variable(s, 0.5, .name = "b");
  hr_output of_w = hr_reduce_sum(s, hr_square(s, hr_var_value(w)));
  hr_output loss = hr_plus(s, of_w, hr_square(s, hr_var_value(b)));
  hr_optimizer *adam = hr_adam_optimizer(0.1), *other = hr_adam_optimizer(0.01, .name = "Adam2");
  assert_non_null(adam);
  assert_non_null(other);
  hr_vars only_w = HR_VARS(w), only_b = HR_VARS(b);
  hr_minimize(s, adam, loss, .vars = &only_w);
  hr_minimize(s, adam, loss, .vars = &only_b);
  hr_minimize(s, other, loss, .vars = &only_b, .name = "train_b");
  hr_global_variables_initializer(s);
  hr_optimizer_free(adam);
  hr_optimizer_free(other);
  expect(&t, "chapter_11_optimizers.two_of_a_kind");
}

/* Hyperparameters that are functions stand in the function that prepares them. */
static void ask_for_rates(hr_optimizer *optimizer, hr_scope s) {
  assert_true(hr_optimizer_set(optimizer, "learning_rate", hr_operand_float(0.1)));
  assert_true(hr_optimizer_set(optimizer, "epsilon", hr_operand_float(1e-4)));
  ((const hr_optimizer_functions *)hr_optimizer_table(optimizer)->argument)->prepare(optimizer, s);
}

/* Values only: the powers of beta begin with what the functions give. */
static void functions_of_adam(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start, values[5];
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &start));
  hr_var *v = hr_tf_variable(s, &start);
  hr_tensor_clear(&start);
  hr_optimizer *adam = hr_adam_optimizer(HR_NO_OPERAND, .beta1 = 0.8, .beta2 = 0.9);
  assert_non_null(adam);
  hr_optimizer_functions native = *hr_optimizer_table(adam);
  hr_optimizer_table(adam)->prepare = ask_for_rates;
  hr_optimizer_table(adam)->argument = &native;
  hr_output tripled = hr_times(s, 3.0, v);
  hr_node *train = hr_minimize(s, adam, hr_times(s, tripled, v)), *init = hr_global_variables_initializer(s);
  expect_ok(t.builder);
  hr_optimizer_free(adam);
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  for (int i = 0; i < 4; ++i)
    assert_null(hr_session_run(session, 0, NULL, 0, NULL, NULL, 1, i ? &train : &init));
  hr_vars vars;
  hr_output fetches[5];
  assert_null(hr_collection_vars(t.graph, HR_GLOBAL_VARIABLES, NULL, &vars));
  assert_int_equal(vars.count, 5);
  for (int i = 0; i < 5; ++i)
    fetches[i] = hr_var_value(vars.items[i]);
  free((void *)vars.items);
  assert_null(hr_session_run(session, 0, NULL, 5, fetches, values, 0, NULL));
  expect_recorded_numbers("chapter_11_optimizers.functions_of_adam", "variables", 5, values);
  for (int i = 0; i < 5; ++i)
    hr_tensor_clear(&values[i]);
  hr_session_free(session);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_variable), cmocka_unit_test(regressions),
                                     cmocka_unit_test(sparse_model), cmocka_unit_test(two_of_a_kind),
                                     cmocka_unit_test(functions_of_adam)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
