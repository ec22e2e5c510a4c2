/* Resource variables from C: the graphs of programs/resource_variables.py. How they are read and written stands in
 * test_resource_reads.c. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static hr_var *matrix(hr_scope s) {
  return hr_tf_variable(s, HR_OPERANDS(HR_OPERANDS(1.0, 2.0), HR_OPERANDS(3.0, 4.0)), .name = "v",
                        .use_resource = HR_RESOURCE_TRUE);
}

/* ---- optimizers ------------------------------------------------------------------------------------------------ */

static hr_optimizer *gradient_descent(hr_var *step) { return (void)step, hr_gradient_descent_optimizer(0.1); }
static hr_optimizer *momentum(hr_var *step) {
  return (void)step, hr_momentum_optimizer(0.1, 0.9, .use_nesterov = true);
}
static hr_optimizer *adam(hr_var *step) { return (void)step, hr_adam_optimizer(0.1); }
static hr_optimizer *adagrad(hr_var *step) { return (void)step, hr_adagrad_optimizer(0.1); }
static hr_optimizer *rmsprop(hr_var *step) { return (void)step, hr_rmsprop_optimizer(0.1, .momentum = 0.5); }
static hr_optimizer *centered(hr_var *step) { return (void)step, hr_rmsprop_optimizer(0.1, .centered = true); }
static hr_optimizer *adadelta(hr_var *step) { return (void)step, hr_adadelta_optimizer(0.1); }
static hr_optimizer *ftrl(hr_var *step) {
  return (void)step, hr_ftrl_optimizer(0.1, .l1_regularization_strength = 0.01);
}
static hr_optimizer *ftrl_v2(hr_var *step) {
  return (void)step, hr_ftrl_optimizer(0.1, .l2_shrinkage_regularization_strength = 0.1);
}
static hr_optimizer *proximal_gradient_descent(hr_var *step) {
  return (void)step, hr_proximal_gradient_descent_optimizer(0.1, .l1_regularization_strength = 0.01,
                                                            .l2_regularization_strength = 0.01);
}
static hr_optimizer *proximal_adagrad(hr_var *step) {
  return (void)step, hr_proximal_adagrad_optimizer(0.1, .l1_regularization_strength = 0.01);
}
static hr_optimizer *adagrad_da(hr_var *step) { return hr_adagrad_da_optimizer(0.1, step); }

static void expect_training(const char *name, hr_optimizer *(*make)(hr_var *step), bool sparse) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = matrix(s);
  hr_var *w = hr_get_variable(s, "w", .shape = HR_SHAPE(2, 1), .initializer = hr_ones_initializer(),
                              .use_resource = HR_RESOURCE_TRUE);
  hr_var *step = hr_get_or_create_global_step(s);
  hr_var *count = hr_tf_variable(s, 0, .name = "count", .trainable = false, .use_resource = HR_RESOURCE_TRUE);
  hr_operand x = hr_operand_variable(v);
  if (sparse) x = hr_operand_output(hr_tf_gather(s, v, HR_OPERANDS(1, 0, 1)));
  hr_output loss = hr_reduce_mean(s, hr_square(s, hr_minus(s, hr_tf_matmul(s, x, w), 1.0)));
  hr_optimizer *optimizer = make(step);
  hr_minimize(s, optimizer, loss, .global_step = count);
  hr_global_variables_initializer(s);
  hr_optimizer_free(optimizer);
  expect_ok(t.builder);
  char recorded[80];
  snprintf(recorded, sizeof recorded, "resource_variables.%s%s", sparse ? "sparse_" : "", name);
  testing_graph_expect(&t, recorded);
}

static void optimizers(void **state) {
  (void)state;
  static const struct {
    const char *name;
    hr_optimizer *(*make)(hr_var *step);
  } all[] = {{"gradient_descent", gradient_descent},
             {"momentum", momentum},
             {"adam", adam},
             {"adagrad", adagrad},
             {"rmsprop", rmsprop},
             {"centered_rmsprop", centered},
             {"adadelta", adadelta},
             {"ftrl", ftrl},
             {"ftrl_v2", ftrl_v2},
             {"proximal_gradient_descent", proximal_gradient_descent},
             {"proximal_adagrad", proximal_adagrad},
             {"adagrad_da", adagrad_da}};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) {
    expect_training(all[i].name, all[i].make, false);
    expect_training(all[i].name, all[i].make, true);
  }
}

static hr_output within(hr_optimizer *optimizer, hr_scope s, hr_var *v) {
  (void)optimizer;
  return hr_tf_clip_by_value(s, v, 0.0, 3.5);
}

static void constrained(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output sum = hr_reduce_sum(t.root, matrix(t.root));
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  hr_optimizer_table(optimizer)->constrain = within;
  hr_minimize(t.root, optimizer, sum);
  hr_global_variables_initializer(t.root);
  hr_optimizer_free(optimizer);
  testing_graph_expect(&t, "resource_variables.constrained");
}

/* ---- the rest -------------------------------------------------------------------------------------------------- */

static void parts(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = hr_get_variable(s, "v", .shape = HR_SHAPE(5, 2), .initializer = hr_ones_initializer(),
                              .partitioner = hr_fixed_size_partitioner(2, 0), .use_resource = HR_RESOURCE_TRUE);
  hr_var *one = hr_get_variable(s, "one", .shape = HR_SHAPE(2), .initializer = hr_zeros_initializer(),
                                .partitioner = hr_fixed_size_partitioner(1, 0), .use_resource = HR_RESOURCE_TRUE);
  hr_vars tables = hr_var_parts(v);
  assert_int_equal(tables.count, 2);
  assert_true(hr_var_is_resource(tables.items[0]));
  hr_embedding_lookup(s, HR_OPERANDS(tables.items[0], tables.items[1]), HR_OPERANDS(0, 3, 4));
  hr_identity(s, hr_var_tensor(s, v));
  hr_identity(s, hr_var_tensor(s, one));
  hr_saver *saver = hr_saver_new(s);
  hr_global_variables_initializer(s);
  hr_saver_free(saver);
  expect_ok(t.builder);
  testing_graph_expect(&t, "resource_variables.parts");
}

static hr_output sum_of_sizes(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  (void)self;
  hr_node *sizes = hr_call_op(scope, "Abs", NULL, 1, &weights, 0, NULL);
  return sizes ? hr_reduce_sum(scope, hr_node_output(sizes, 0)) : HR_NO_OUTPUT;
}

static void scopes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_var *a = NULL;
  const hr_regularizer own = {.call = sum_of_sizes};
  HR_WITH (s, hr_variable_scope(t.root, "s", .use_resource = HR_RESOURCE_TRUE)) {
    a = hr_get_variable(s, "a", .shape = HR_SHAPE(1));
    HR_WITH (inner, hr_variable_scope(s, "inner")) {
      assert_int_equal(hr_var_scope_use_resource(hr_get_variable_scope(inner)), HR_RESOURCE_TRUE);
      hr_get_variable(inner, "a", .shape = HR_SHAPE(1));
      hr_tf_variable(inner, 1.0);
    }
    HR_WITH (references, hr_variable_scope(s, "by_reference", .use_resource = HR_RESOURCE_FALSE)) {
      assert_false(hr_var_is_resource(hr_get_variable(references, "a", .shape = HR_SHAPE(1))));
    }
    hr_get_variable(s, "r", .shape = HR_SHAPE(1), .use_resource = HR_RESOURCE_FALSE,
                    .regularizer = hr_l2_regularizer(0.1));
    hr_get_variable(s, "l2", .shape = HR_SHAPE(1), .regularizer = hr_l2_regularizer(0.1));
    hr_get_variable(s, "l1", .shape = HR_SHAPE(1), .regularizer = hr_l1_regularizer(0.1));
    hr_get_variable(s, "own", .shape = HR_SHAPE(1), .regularizer = own);
  }
  HR_WITH (again, hr_variable_scope(t.root, "s", .reuse = HR_REUSE_TRUE)) {
    assert_ptr_equal(hr_get_variable(again, "a", .shape = HR_SHAPE(1)), a);
  }
  hr_resource_by_default(t.root, true);
  assert_true(hr_wants_resource(t.root, HR_RESOURCE_DEFAULT));
  hr_tf_variable(t.root, 1.0, .name = "by_default");
  hr_get_variable(t.root, "also", .shape = HR_SHAPE(2));
  hr_tf_variable(t.root, 1.0, .name = "not_this", .use_resource = HR_RESOURCE_FALSE);
  hr_resource_by_default(t.root, false);
  hr_tf_variable(t.root, 1.0, .name = "by_reference_again");
  HR_WITH (set, hr_variable_scope(t.root, "set")) {
    hr_var_scope_set_use_resource(hr_get_variable_scope(set), HR_RESOURCE_TRUE);
    hr_get_variable(set, "v", .shape = HR_SHAPE(1));
  }
  expect_ok(t.builder);
  testing_graph_expect(&t, "resource_variables.scopes");
}

/* The value after an update, and what is refused. */
static void assignments(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = matrix(s);
  assert_int_equal(hr_var_dtype(v), HR_FLOAT);
  assert_int_equal(hr_output_dtype(hr_var_ref(v)), HR_RESOURCE);
  hr_output added = hr_var_assign_add(s, v, HR_OPERANDS(HR_OPERANDS(1.0, 1.0), HR_OPERANDS(1.0, 1.0)));
  hr_node *scattered =
      hr_update_resource(s, "ResourceScatterAdd", v, HR_OPERANDS(HR_OPERANDS(0)), HR_OPERANDS(HR_OPERANDS(5.0, 6.0)));
  hr_var *later = hr_var_after(s, v, scattered);
  assert_true(hr_var_is_later(later));
  assert_ptr_equal(hr_var_node(later), scattered);
  hr_output slice = hr_at(s, hr_var_tensor(s, v), HR_INDEX(1));
  hr_node *part = hr_assign_slice(s, v, slice, HR_OPERANDS(-1.0, -2.0));
  hr_node *init = hr_global_variables_initializer(s);
  expect_ok(t.builder);
  hr_session *session = NULL;
  assert_null(hr_session_new(t.graph, NULL, &session));
  assert_null(hr_run_node(session, init));
  hr_tensor value;
  assert_null(hr_evaluate(session, added, &value));
  assert_memory_equal(hr_tensor_data(&value), ((float[]){2, 3, 4, 5}), hr_tensor_bytes(&value));
  hr_tensor_clear(&value);
  assert_null(hr_evaluate(session, hr_var_value(later), &value));
  assert_memory_equal(hr_tensor_data(&value), ((float[]){7, 9, 4, 5}), hr_tensor_bytes(&value));
  hr_tensor_clear(&value);
  assert_null(hr_run_node(session, part));
  assert_null(hr_evaluate(session, hr_var_element(v), &value));
  assert_memory_equal(hr_tensor_data(&value), ((float[]){7, 9, -1, -2}), hr_tensor_bytes(&value));
  hr_tensor_clear(&value);
  hr_session_free(session);
  hr_var_assign(s, v, HR_OPERANDS(1.0, 2.0));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[2,2]", "[2]", "incompatible", NULL);
  hr_assign_slice(s, v, hr_var_value(v), 1.0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "slices of variables", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(optimizers), cmocka_unit_test(constrained),
                                     cmocka_unit_test(parts), cmocka_unit_test(scopes), cmocka_unit_test(assignments)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
