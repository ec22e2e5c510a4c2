/* Programs that train: the graphs that TensorFlow 1.15 builds from them. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/layers.h"
#include "headrace/losses.h"
#include "headrace/nn.h"
#include "headrace/saver.h"
#include "headrace/train.h"

/* The constants of programs/linreg.py, as the recorded graph has them. */
static hr_output recorded_constant(hr_scope s, const char *name, int64_t columns, const float *values) {
  return hr_constant_array(s, HR_FLOAT, HR_SHAPE(12, columns), values, .name = name);
}

typedef struct linear_model {
  hr_var *theta;
  hr_output error, mse;
} linear_model;

extern const float linreg_x[12 * 4], linreg_y[12];

static linear_model model(testing_graph *t) {
  hr_graph_set_seed(t->graph, true, 42);
  hr_scope s = t->root;
  hr_output x = recorded_constant(s, "X", 4, linreg_x);
  hr_output y = recorded_constant(s, "y", 1, linreg_y);
  hr_var *theta = hr_tf_variable(s,
                                 hr_tf_random_uniform(s, HR_SHAPE(4, 1), .minval = hr_operand_float(-1),
                                                      .maxval = hr_operand_float(1), .seed = 42),
                                 .name = "theta");
  hr_output predicted = hr_tf_matmul(s, x, theta, .name = "predictions");
  hr_output error = hr_minus(s, predicted, y);
  hr_output mse = hr_reduce_mean(s, hr_square(s, error), .name = "mse");
  return (linear_model){theta, error, mse};
}

static void minimized_by(hr_optimizer *optimizer, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  linear_model m = model(&t);
  assert_non_null(optimizer);
  hr_minimize(t.root, optimizer, m.mse);
  hr_global_variables_initializer(t.root);
  hr_optimizer_free(optimizer);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, recorded_case);
  testing_graph_expect(&t, recorded_case);
}

#define MINIMIZED_BY(name, ...)                                                                                        \
  static void name(void **state) {                                                                                     \
    (void)state;                                                                                                       \
    minimized_by(__VA_ARGS__, "linreg." #name);                                                                        \
  }
MINIMIZED_BY(gradient_descent, hr_gradient_descent_optimizer(0.1))
MINIMIZED_BY(momentum, hr_momentum_optimizer(0.1, 0.9))
MINIMIZED_BY(nesterov, hr_momentum_optimizer(0.1, 0.9, .use_nesterov = true))
MINIMIZED_BY(adam, hr_adam_optimizer(0.1))
MINIMIZED_BY(adagrad, hr_adagrad_optimizer(0.1))
MINIMIZED_BY(rmsprop, hr_rmsprop_optimizer(0.1, .momentum = 0.5))
MINIMIZED_BY(rmsprop_centered, hr_rmsprop_optimizer(0.1, .momentum = 0.5, .centered = true))
MINIMIZED_BY(adadelta, hr_adadelta_optimizer(1.0))
MINIMIZED_BY(ftrl, hr_ftrl_optimizer(0.1, .l1_regularization_strength = 0.01, .l2_regularization_strength = 0.02))
MINIMIZED_BY(ftrl_shrinkage, hr_ftrl_optimizer(0.1, .l2_shrinkage_regularization_strength = 0.05))
MINIMIZED_BY(proximal_gradient_descent, hr_proximal_gradient_descent_optimizer(0.1, .l1_regularization_strength = 0.01))
MINIMIZED_BY(proximal_adagrad, hr_proximal_adagrad_optimizer(0.1, .l1_regularization_strength = 0.01))

static void tf_gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  linear_model m = model(&t);
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(m.mse), HR_LIST(hr_var_ref(m.theta)), &gradient);
  hr_output step = hr_times(s, 0.1, gradient.value);
  hr_var_assign(s, m.theta, hr_minus(s, m.theta, step));
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "linreg.tf_gradients");
}

/* ---- networks -------------------------------------------------------------------------------------------------- */

static hr_output neuron_layer(hr_scope scope, hr_output x, int64_t neurons, const char *name, bool relu) {
  hr_scope s = hr_name_scope(scope, name);
  int64_t inputs = hr_output_shape(x)->dims[1];
  hr_output start = hr_tf_truncated_normal(s, HR_SHAPE(inputs, neurons), .stddev = 2 / __builtin_sqrt((double)inputs));
  hr_var *w = hr_tf_variable(s, start, .name = "weights");
  hr_var *b = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(neurons)), .name = "biases");
  hr_output z = hr_plus(s, hr_tf_matmul(s, x, w), b);
  return relu ? hr_relu(s, z) : z;
}
static hr_output with_neuron_layer(hr_scope s, hr_output x) {
  hr_output hidden1 = neuron_layer(s, x, 6, "hidden1", true);
  hr_output hidden2 = neuron_layer(s, hidden1, 5, "hidden2", true);
  return neuron_layer(s, hidden2, 3, "output", false);
}
static hr_output with_dense(hr_scope s, hr_output x) {
  hr_output hidden1 = hr_dense(s, x, 6, .name = "hidden1", .activation = hr_relu_activation);
  hr_output hidden2 = hr_dense(s, hidden1, 5, .name = "hidden2", .activation = hr_relu_activation);
  return hr_dense(s, hidden2, 3, .name = "outputs");
}
static hr_output with_dense_options(hr_scope s, hr_output x) {
  hr_initializer he = hr_variance_scaling_initializer(1, HR_FAN_IN, HR_TRUNCATED_NORMAL, HR_NO_SEED);
  hr_output hidden1 =
      hr_dense(s, x, 6, .activation = hr_elu_activation, .kernel_initializer = he,
               .bias_initializer = hr_constant_initializer(0.1), .kernel_regularizer = hr_l1_regularizer(0.01));
  hr_output hidden2 = hr_dense(s, hidden1, 5, .activation = hr_tanh_activation, .use_bias = false);
  return hr_dense(s, hidden2, 3);
}
static hr_output with_fully_connected(hr_scope s, hr_output x) {
  hr_output hidden1 = hr_fully_connected(s, x, 6, .scope = "hidden1");
  hr_output hidden2 = hr_fully_connected(s, hidden1, 5, .scope = "hidden2");
  return hr_fully_connected(s, hidden2, 3, .scope = "outputs", .activation = {0});
}

static void network(hr_output (*layers)(hr_scope, hr_output), const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 8), .name = "X");
  hr_output y = hr_placeholder(s, HR_INT64, .name = "y");
  hr_output logits = layers(hr_name_scope(s, "dnn"), x);
  hr_scope in_loss = hr_name_scope(s, "loss");
  hr_output xentropy = hr_tf_sparse_softmax_cross_entropy_with_logits(in_loss, y, logits);
  hr_output loss = hr_reduce_mean(in_loss, xentropy, .name = "loss");
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  hr_minimize(hr_name_scope(s, "train"), optimizer, loss);
  hr_optimizer_free(optimizer);
  hr_scope in_eval = hr_name_scope(s, "eval");
  hr_output correct = hr_tf_in_top_k(in_eval, logits, y, 1);
  hr_reduce_mean(in_eval, hr_tf_cast(in_eval, correct, HR_FLOAT));
  hr_global_variables_initializer(s);
  hr_saver_free(hr_saver_new(s));
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, recorded_case);
  testing_graph_expect(&t, recorded_case);
}
static void mlp_neuron_layer(void **state) {
  (void)state;
  network(with_neuron_layer, "mlp.neuron_layer");
}
static void mlp_dense(void **state) {
  (void)state;
  network(with_dense, "mlp.dense");
}
static void mlp_dense_options(void **state) {
  (void)state;
  network(with_dense_options, "mlp.dense_options");
}
static void mlp_fully_connected(void **state) {
  (void)state;
  network(with_fully_connected, "mlp.fully_connected");
}

static void dense_training_flags(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 8), .name = "X");
  hr_output y = hr_placeholder(s, HR_INT64, .name = "y");
  hr_output hidden1 = hr_dense(s, x, 6, .name = "hidden1", .activation = hr_relu_activation, .trainable = false);
  hr_output stopped = hr_stop_gradient(s, hidden1);
  hr_output hidden2 = hr_dense(s, stopped, 5, .name = "hidden2", .activation = hr_sigmoid_activation);
  hr_output logits = hr_dense(s, hidden2, 3, .name = "outputs");
  hr_output loss = hr_reduce_mean(s, hr_tf_sparse_softmax_cross_entropy_with_logits(s, y, logits));
  hr_var *step = hr_get_or_create_global_step(s);
  hr_vars vars;
  assert_null(hr_collection_vars(t.graph, HR_TRAINABLE_VARIABLES, "outputs", &vars));
  assert_int_equal(vars.count, 2);
  hr_optimizer *optimizer = hr_adam_optimizer(0.01, .name = "Fit");
  hr_minimize(s, optimizer, loss, .global_step = step, .vars = &vars);
  free((void *)vars.items);
  hr_optimizer_free(optimizer);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "mlp.dense_training_flags");
  testing_graph_expect(&t, "mlp.dense_training_flags");
}

/* ---- slots and mistakes ---------------------------------------------------------------------------------------- */

static void slots(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  linear_model m = model(&t);
  hr_optimizer *optimizer = hr_rmsprop_optimizer(0.1, .centered = true);
  hr_minimize(t.root, optimizer, m.mse);
  expect_ok(t.builder);
  assert_string_equal(hr_optimizer_slot_name(optimizer, 0), "mg");
  assert_string_equal(hr_optimizer_slot_name(optimizer, 1), "momentum");
  assert_string_equal(hr_optimizer_slot_name(optimizer, 2), "rms");
  assert_null(hr_optimizer_slot_name(optimizer, 3));
  assert_string_equal(hr_var_name(hr_optimizer_slot(optimizer, "mg", m.theta)), "theta/RMSProp_1");
  assert_null(hr_optimizer_slot(optimizer, "other", m.theta));
  hr_optimizer_free(optimizer);
  testing_graph_free(&t);
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  hr_output loss = hr_constant_f32(s, 1);
  assert_null(hr_minimize(s, optimizer, loss));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "No variables to optimize", NULL);
  hr_tf_variable(s, 0.0, .name = "lonely");
  assert_null(hr_minimize(s, optimizer, loss));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "No gradients provided for any variable", "lonely", "Const", NULL);
  assert_null(hr_minimize(s, optimizer, hr_constant_i32(s, 1)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Invalid type tf.int32", NULL);
  assert_null(hr_apply_gradients(s, optimizer, (hr_vars){0}, NULL));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "No variables provided", NULL);
  hr_optimizer_free(optimizer);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradient_descent),
      cmocka_unit_test(momentum),
      cmocka_unit_test(nesterov),
      cmocka_unit_test(adam),
      cmocka_unit_test(adagrad),
      cmocka_unit_test(rmsprop),
      cmocka_unit_test(rmsprop_centered),
      cmocka_unit_test(adadelta),
      cmocka_unit_test(ftrl),
      cmocka_unit_test(ftrl_shrinkage),
      cmocka_unit_test(proximal_gradient_descent),
      cmocka_unit_test(proximal_adagrad),
      cmocka_unit_test(tf_gradients),
      cmocka_unit_test(mlp_neuron_layer),
      cmocka_unit_test(mlp_dense),
      cmocka_unit_test(mlp_dense_options),
      cmocka_unit_test(mlp_fully_connected),
      cmocka_unit_test(dense_training_flags),
      cmocka_unit_test(slots),
      cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests_name("training", tests, NULL, NULL);
}
