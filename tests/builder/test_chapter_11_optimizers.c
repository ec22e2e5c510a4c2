/* The optimizers of chapter 11 on one variable, and two Adams that share its powers
 * (programs/chapter_11_optimizers.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/ops.h"
#include "headrace/train.h"

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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_variable), cmocka_unit_test(two_of_a_kind)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
