/* Whole programs as a book reader writes them: training with a saver and summaries, collections, clipped gradients,
 * gathered rows. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/layers.h"
#include "headrace/losses.h"
#include "headrace/ops.h"
#include "headrace/saver.h"
#include "headrace/summary.h"
#include "headrace/train.h"

/* programs/flagship.py has the features of programs/linreg.py and a target of its own. */
extern const float linreg_x[12 * 4];
static const float flagship_y[12] = {-0x1.3447cp+0f,  0x1.764408p+0f,  0x1.c4231ep+0f, -0x1.5151d6p-2f,
                                     0x1.ae7496p-1f,  -0x1.709cb6p-3f, 0x1.22d902p-1f, -0x1.8173ep-1f,
                                     -0x1.b555b8p+0f, -0x1.cd97ep+0f,  0x1.885118p-2f, 0x1.1fb132p+1f};

static void train(hr_scope s, hr_optimizer *optimizer, hr_output loss, hr_vars *vars, hr_var *step) {
  assert_non_null(optimizer);
  hr_minimize(s, optimizer, loss, .vars = vars, .global_step = step);
  hr_optimizer_free(optimizer);
}

static void flagship(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(12, 4), linreg_x, .name = "X");
  hr_output y = hr_constant_array(s, HR_FLOAT, HR_SHAPE(12, 1), flagship_y, .name = "y");
  hr_output start = hr_tf_random_uniform(s, HR_SHAPE(4, 1), .minval = hr_operand_float(-1),
                                         .maxval = hr_operand_float(1), .seed = 42);
  hr_var *theta = hr_tf_variable(s, start, .name = "theta");
  hr_output error = hr_minus(s, hr_tf_matmul(s, x, theta, .name = "predictions"), y);
  hr_output mse = hr_reduce_mean(s, hr_square(s, error), .name = "mse");
  train(s, hr_gradient_descent_optimizer(0.01), mse, NULL, NULL);
  hr_global_variables_initializer(s);
  hr_saver_free(hr_saver_new(s));
  hr_summary_scalar(s, "MSE", mse);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "flagship");
  testing_graph_expect(&t, "flagship");
}

static void expect_names(hr_graph *graph, const char *filter, const char *fact) {
  hr_vars vars;
  assert_null(hr_collection_vars(graph, HR_GLOBAL_VARIABLES, filter, &vars));
  hr_text names = {0};
  for (int32_t i = 0; i < vars.count; ++i)
    hr_text_printf(&names, "%s%s:0", i ? " " : "", hr_var_name(vars.items[i]));
  free((void *)vars.items);
  char *have = hr_text_take(&names), *want = recorded_fact("collections", fact);
  assert_string_equal(have, want);
  free(have);
  free(want);
}

static void collections(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "x"), h;
  HR_WITH (net, hr_variable_scope(s, "net")) {
    h = hr_dense(net, x, 3, .kernel_regularizer = hr_l2_regularizer(0.1));
    hr_get_variable(net, "local", .shape = HR_SHAPE(2), .collections = &HR_STRINGS(HR_LOCAL_VARIABLES));
    hr_get_variable(net, "both", .shape = HR_SHAPE(2), .collections = &HR_STRINGS("mine", HR_GLOBAL_VARIABLES));
  }
  hr_var *v = hr_tf_variable(s, 1.0, .name = "other/v", .trainable = false);
  hr_mean_squared_error(s, hr_tf_zeros_like(s, h), h);
  hr_output loss = hr_get_total_loss(s, true, NULL);
  train(s, hr_gradient_descent_optimizer(0.1), loss, NULL, hr_create_global_step(s));
  hr_summary_scalar(s, "loss", loss);
  hr_add_var_to_collection(s, "things", v);
  hr_add_output_to_collection(s, "things", h);
  hr_add_node_to_collection(s, "things", loss.node);
  hr_add_node_to_collection(s, "others", loss.node);
  hr_saver_free(hr_saver_new(s));
  hr_global_variables_initializer(s);
  hr_local_variables_initializer(s);
  hr_no_op(s, .name = "init_all_tables");
  hr_report_uninitialized_variables(s);
  expect_ok(t.builder);
  expect_names(t.graph, "net/dense", "scoped");
  expect_names(t.graph, ".*ker", "pattern");
  expect_recorded_collections(t.graph, "collections");
  testing_graph_expect(&t, "collections");
}

/* tf.train.exponential_decay with staircase: start * base ^ floor(step / steps). */
static hr_output decayed(hr_scope scope, float start, hr_var *step, int32_t steps, float base) {
  hr_scope s = hr_name_scope(scope, "ExponentialDecay");
  hr_output initial = hr_constant_f32(s, start, .name = "initial_learning_rate");
  hr_scope cast = hr_name_scope(s, "Cast");
  hr_output every = hr_cast(cast, hr_constant_i32(cast, steps, .name = "x"), HR_FLOAT, .name = hr_scope_name(cast));
  cast = hr_name_scope(s, "Cast_1");
  hr_output rate = hr_constant_f32(cast, base, .name = "x");
  hr_output times = hr_floor(s, hr_truediv(s, hr_tf_cast(s, step, HR_FLOAT), every));
  return hr_mul(s, initial, hr_pow(s, rate, times), .name = hr_scope_name(s));
}

static void clipped_training(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 2}, (float[]){3, -4, 0.5, 12}, &start));
  hr_var *v = hr_tf_variable(s, &start, .name = "v");
  hr_tensor_clear(&start);
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &start));
  hr_var *w = hr_tf_variable(s, &start, .name = "w");
  hr_tensor_clear(&start);
  hr_output column = hr_tf_reshape(s, hr_var_value(w), HR_SHAPE(2, 1));
  hr_output loss = hr_reduce_sum(s, hr_power(s, hr_tf_matmul(s, v, column), 2), .name = "loss");
  hr_var *step = hr_tf_variable(s, 0, .trainable = false, .name = "global_step");
  hr_optimizer *optimizer = hr_momentum_optimizer(decayed(s, 0.01f, step, 2, 0.5f), 0.9);
  assert_non_null(optimizer);
  hr_vars vars = HR_VARS(v, w);
  hr_gradient gradients[2], capped[2];
  hr_compute_gradients(s, optimizer, loss, vars, gradients);
  for (int i = 0; i < 2; ++i)
    capped[i] = hr_dense_gradient(hr_tf_clip_by_value(s, gradients[i].value, -1.0, 1.0));
  for (int i = 0; i < 2; ++i)
    hr_clip_by_norm(s, gradients[i].value, 2.0);
  hr_output clipped[2];
  hr_clip_by_global_norm(s, HR_LIST(gradients[0].value, gradients[1].value), 5.0, clipped);
  hr_apply_gradients(s, optimizer, vars, capped, .global_step = step);
  hr_optimizer_free(optimizer);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "gradients.clipped_training");
  testing_graph_expect(&t, "gradients.clipped_training");
}

static void indexed_slices(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){4, 2}, (float[]){1, 2, 3, 4, 5, 6, 7, 8}, &start));
  hr_var *table = hr_tf_variable(s, &start, .name = "table");
  hr_tensor_clear(&start);
  hr_output indices = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1), .name = "indices");
  hr_output rows = hr_tf_gather(s, hr_var_value(table), indices), looked_up;
  HR_WITH (lookup, hr_name_scope(s, "embedding_lookup")) {
    HR_WITH (beside, hr_colocate_with(lookup, hr_var_ref(table).node, false)) {
      looked_up =
          hr_identity(lookup, hr_tf_gather(beside, hr_var_value(table), indices, .name = hr_scope_name(lookup)));
    }
  }
  hr_outputs xs = HR_LIST(hr_var_ref(table));
  hr_gradient sparse, gradient;
  hr_gradients(s, HR_LIST(hr_times(s, rows, rows)), xs, &sparse, .name = "sparse");
  hr_output loss = hr_reduce_sum(s, hr_times(s, rows, looked_up));
  hr_gradients(s, HR_LIST(hr_plus(s, loss, hr_reduce_sum(s, looked_up))), xs, &gradient, .name = "summed");
  hr_gradient_to_tensor(s, sparse, NULL);
  loss = hr_reduce_sum(s, rows);
  loss = hr_plus(s, loss, hr_reduce_sum(s, hr_times(s, table, table)));
  hr_gradients(s, HR_LIST(loss), xs, &gradient, .name = "mixed");
  hr_gradients(s, HR_LIST(hr_tf_gather(s, hr_var_value(table), indices, .axis = HR_AXIS(1))), xs, &gradient,
               .name = "columns");
  hr_output pairs = hr_constant_array(s, HR_INT32, HR_SHAPE(2, 2), ((const int32_t[]){0, 1, 2, 3}));
  hr_gradients(s, HR_LIST(hr_tf_gather(s, hr_var_value(table), pairs)), xs, &gradient, .name = "nested");
  hr_optimizer *optimizers[] = {hr_gradient_descent_optimizer(0.5), hr_momentum_optimizer(0.5, 0.9),
                                hr_adam_optimizer(0.5), hr_adagrad_optimizer(0.5)};
  for (int i = 0; i < 4; ++i)
    train(s, optimizers[i], hr_reduce_sum(s, hr_square(s, rows)), &HR_VARS(table), NULL);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "gradients.indexed_slices");
  testing_graph_expect(&t, "gradients.indexed_slices");
}

static void gating(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_tensor two;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &two));
  hr_tensor three;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){1}, (float[]){3}, &three));
  static const struct {
    const char *scope;
    hr_gate gate;
  } gates[] = {{"gate_0", HR_GATE_NONE}, {"gate_1", HR_GATE_OP}, {"gate_2", HR_GATE_GRAPH}};
  for (int i = 0; i < 3; ++i) {
    hr_scope s = hr_name_scope(t.root, gates[i].scope);
    hr_var *v = hr_tf_variable(s, &two, .name = "v"), *w = hr_tf_variable(s, &three, .name = "w");
    hr_output loss = hr_reduce_sum(s, hr_times(s, v, w));
    hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
    assert_non_null(optimizer);
    hr_gradient gradients[2];
    hr_compute_gradients(s, optimizer, loss, HR_VARS(v, w), gradients, .gate_gradients = gates[i].gate);
    hr_optimizer_free(optimizer);
  }
  hr_tensor_clear(&two);
  hr_tensor_clear(&three);
  hr_global_variables_initializer(t.root);
  testing_graph_expect(&t, "gradients.gating");
}

static void batches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "X");
  hr_output y = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "y");
  hr_output start =
      hr_tf_random_uniform(s, HR_SHAPE(4, 1), .minval = hr_operand_float(-1), .maxval = hr_operand_float(1));
  hr_var *theta = hr_tf_variable(s, start, .name = "theta");
  hr_output error = hr_minus(s, hr_tf_matmul(s, x, theta, .name = "predictions"), y);
  hr_output mse = hr_reduce_mean(s, hr_square(s, error), .name = "mse");
  train(s, hr_gradient_descent_optimizer(0.1), mse, NULL, NULL);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "linreg.placeholders");
}

static void variables(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start, row;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &start));
  hr_var *v = hr_tf_variable(s, &start, .name = "v"), *n = hr_tf_variable(s, 0, .trainable = false, .name = "n");
  hr_tensor_clear(&start);
  hr_var_assign(s, v, hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "p"));
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){10, 10}, &row));
  hr_var_assign_add(s, v, &row);
  hr_tensor_clear(&row);
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 0.5}, &row));
  hr_var_assign_sub(s, v, &row);
  hr_tensor_clear(&row);
  hr_var_assign_add(s, n, 1);
  hr_var *any = hr_tf_variable(s, 0.0, .validate_shape = false, .name = "any_shape");
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 3}, (float[]){1, 2, 3}, &row));
  hr_var_assign_with(s, any, hr_operand_tensor(&row), false, NULL);
  hr_tensor_clear(&row);
  hr_var_is_initialized(s, v);
  /* tf.assert_variables_initialized: a Rank beside the variable, which no folding replaces. */
  HR_WITH (beside, hr_colocate_with(s, hr_var_ref(n).node, false)) {
    hr_rank(beside, hr_var_value(n));
  }
  hr_var_read(s, v);
  hr_global_variables_initializer(s);
  hr_variables_initializer(s, HR_VARS(v, n), .name = "some");
  hr_plus(s, v, 1.0);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "variables.state");
  testing_graph_expect(&t, "variables.state");
}

static void flat_relus(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "X");
  hr_var *w1 = hr_tf_variable(s, hr_random_normal(s, HR_SHAPE(3, 1), .seed = 1), .name = "weights1");
  hr_var *w2 = hr_tf_variable(s, hr_random_normal(s, HR_SHAPE(3, 1), .seed = 2), .name = "weights2");
  hr_var *b1 = hr_tf_variable(s, 0.0, .name = "bias1"), *b2 = hr_tf_variable(s, 0.0, .name = "bias2");
  hr_output z1 = hr_binary(s, "Add", hr_tf_matmul(s, x, w1), b1, .name = "z1");
  hr_output z2 = hr_binary(s, "Add", hr_tf_matmul(s, x, w2), b2, .name = "z2");
  hr_output relu1 = hr_binary(s, "Maximum", z1, 0.0, .name = "relu1");
  hr_binary(s, "Maximum", z1, 0.0, .name = "relu2");
  hr_add(s, relu1, hr_binary(s, "Maximum", z2, 0.0), .name = "output");
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "name_scopes.flat_relus");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flagship),       cmocka_unit_test(collections), cmocka_unit_test(clipped_training),
      cmocka_unit_test(indexed_slices), cmocka_unit_test(gating),      cmocka_unit_test(batches),
      cmocka_unit_test(variables),      cmocka_unit_test(flat_relus),
  };
  return cmocka_run_group_tests_name("programs", tests, NULL, NULL);
}
