/* The programs of chapter 10 (programs/chapter_10.py, and mnist.py's networks): the graphs that TensorFlow 1.15 builds.
 */
#include "graph_compare.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static void expect(testing_graph *t, const char *recorded_case) {
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

/* 1 where z reaches what is needed, else 0. */
static hr_output active(hr_scope s, hr_output z, double needed) {
  return hr_tf_cast(s, hr_binary(s, "GreaterEqual", z, needed), HR_FLOAT);
}

/* 2 a + 2 b */
static hr_output twice_both(hr_scope s, hr_output a, hr_output b) {
  hr_output doubled = hr_times(s, 2, a);
  return hr_plus(s, doubled, hr_times(s, 2, b));
}

static void logic(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(4, 2), ((float[]){0, 0, 0, 1, 1, 0, 1, 1}), .name = "X");
  hr_output a = hr_at(s, x, HR_ALL, HR_INDEX(0)), b = hr_at(s, x, HR_ALL, HR_INDEX(1));
  active(s, hr_plus(s, a, b), 2);
  active(s, twice_both(s, a, b), 2);
  hr_output only_a = active(s, hr_minus(s, hr_times(s, 2, a), b), 2);
  active(s, hr_minus(s, 2.0, a), 2);
  hr_output first = hr_times(s, 2, only_a);
  hr_output only_b = active(s, hr_minus(s, hr_times(s, 2, b), a), 2);
  active(s, hr_plus(s, first, hr_times(s, 2, only_b)), 2);
  hr_operands each = HR_OPERANDS(1.0, 1.0), low = HR_OPERANDS(-1.0), high = HR_OPERANDS(1.0);
  hr_output sums = hr_tf_matmul(s, x, HR_OPERANDS(each, each));
  hr_output hidden = active(s, hr_plus(s, sums, HR_OPERANDS(-1.5, -0.5)), 0);
  active(s, hr_minus(s, hr_tf_matmul(s, hidden, HR_OPERANDS(low, high)), 0.5), 0);
  hr_sign(s, hr_minus(s, a, 0.5));
  expect(&t, "chapter_10.logic");
}

static void perceptron_rule(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(1, 3), .name = "x");
  hr_output target = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(1, 2), .name = "target");
  hr_var *w = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(3, 2)), .name = "w");
  hr_output output = active(s, hr_tf_matmul(s, x, w), 0);
  hr_output error = hr_times(s, 0.1, hr_minus(s, target, output));
  hr_var_assign_add(s, w, hr_tf_matmul(s, x, error, .transpose_a = true));
  hr_global_variables_initializer(s);
  expect(&t, "chapter_10.perceptron_rule");
}

static hr_output uniform(hr_scope s, hr_partial_shape shape, int64_t seed) {
  return hr_tf_random_uniform(s, shape, .minval = hr_operand_float(-1), .maxval = hr_operand_float(1), .seed = seed);
}

static hr_output relu_of(hr_scope s, hr_output x, hr_var *w, hr_var *b) {
  return hr_relu(s, hr_plus(s, hr_tf_matmul(s, x, w), b));
}

static void shapes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 1);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 10), .name = "X");
  hr_var *wh = hr_tf_variable(s, uniform(s, HR_SHAPE(10, 50), HR_NO_SEED), .name = "Wh");
  hr_var *bh = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(50)), .name = "bh");
  hr_var *wo = hr_tf_variable(s, uniform(s, HR_SHAPE(50, 3), HR_NO_SEED), .name = "Wo");
  hr_var *bo = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(3)), .name = "bo");
  hr_output y = relu_of(s, relu_of(s, x, wh, bh), wo, bo);
  expect_ok(t.builder);
  assert_true(hr_partial_shape_equal(hr_output_shape(y), &HR_SHAPE(-1, 3)));
  hr_global_variables_initializer(s);
  expect(&t, "chapter_10.shapes");
}

static void curves(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output z = hr_linspace(s, -5.0, 5.0, 11, .name = "z"), smooth[4];
  smooth[0] = hr_sigmoid(s, z);
  smooth[1] = hr_tanh(s, z);
  smooth[2] = hr_relu(s, z);
  smooth[3] = hr_minus(s, hr_times(s, 2.0, hr_sigmoid(s, hr_times(s, 2.0, z))), 1);
  hr_gradient slope;
  for (int i = 0; i < 4; ++i)
    hr_gradients(s, HR_LIST(smooth[i]), HR_LIST(z), &slope);
  hr_sign(s, z);
  hr_gradients(s, HR_LIST(active(s, z, 0)), HR_LIST(z), &slope);
  expect_ok(t.builder);
  assert_false(hr_gradient_exists(slope));
  expect(&t, "chapter_10.curves");
}

static void logistic_regression(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_output x = hr_placeholder(t.root, HR_FLOAT, .shape = HR_SHAPE(40, 3), .name = "X");
  hr_output y = hr_placeholder(t.root, HR_FLOAT, .shape = HR_SHAPE(40, 1), .name = "y"), proba = HR_NO_OUTPUT;
  HR_WITH (outer, hr_name_scope(t.root, "logistic_regression")) {
    HR_WITH (s, hr_name_scope(outer, "model")) {
      hr_var *theta = hr_tf_variable(s, uniform(s, HR_SHAPE(3, 1), 42), .name = "theta");
      proba = hr_sigmoid(s, hr_tf_matmul(s, x, theta, .name = "logits"));
    }
    HR_WITH (s, hr_name_scope(outer, "train")) {
      hr_output loss = hr_log_loss(s, y, proba, .scope = "loss");
      hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.5);
      assert_non_null(optimizer);
      hr_minimize(s, optimizer, loss);
      hr_optimizer_free(optimizer);
      hr_summary_scalar(s, "log_loss", loss);
    }
    HR_WITH (s, hr_name_scope(outer, "init"))
      hr_global_variables_initializer(s);
    HR_WITH (s, hr_name_scope(outer, "save"))
      hr_saver_free(hr_saver_new(s));
  }
  expect(&t, "chapter_10.logistic_regression");
}

static void early_stopping(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope root = t.root;
  hr_output x = hr_placeholder(root, HR_FLOAT, .shape = HR_SHAPE(-1, 5), .name = "X");
  hr_output y = hr_placeholder(root, HR_INT64, .name = "y"), logits = HR_NO_OUTPUT, loss = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(root, "dnn")) {
    hr_output hidden1 = hr_dense(s, x, 8, .name = "hidden1", .activation = hr_relu_activation);
    hr_output hidden2 = hr_dense(s, hidden1, 4, .name = "hidden2", .activation = hr_relu_activation);
    logits = hr_dense(s, hidden2, 3, .name = "outputs");
  }
  HR_WITH (s, hr_name_scope(root, "loss")) {
    hr_output entropy = hr_tf_sparse_softmax_cross_entropy_with_logits(s, y, logits);
    loss = hr_reduce_mean(s, entropy, .name = "loss");
    hr_summary_scalar(s, "log_loss", loss);
  }
  HR_WITH (s, hr_name_scope(root, "train")) {
    hr_optimizer *optimizer = hr_adagrad_optimizer(0.5);
    assert_non_null(optimizer);
    hr_minimize(s, optimizer, loss);
    hr_optimizer_free(optimizer);
  }
  HR_WITH (s, hr_name_scope(root, "eval")) {
    hr_output correct = hr_tf_in_top_k(s, logits, y, 1);
    hr_summary_scalar(s, "accuracy", hr_reduce_mean(s, hr_tf_cast(s, correct, HR_FLOAT)));
  }
  hr_global_variables_initializer(root);
  hr_saver_free(hr_saver_new(root));
  expect(&t, "chapter_10.early_stopping");
}

/* ---- the network of three layers ------------------------------------------------------------------------------- */

static hr_output neurons(hr_scope outer, hr_output x, int64_t units, const char *name, bool is_hidden) {
  hr_output z = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(outer, name)) {
    int64_t inputs = hr_output_shape(x)->dims[1];
    hr_output start = hr_tf_truncated_normal(s, HR_SHAPE(inputs, units), .stddev = 2 / sqrt((double)inputs));
    hr_var *w = hr_tf_variable(s, start, .name = "weights");
    hr_var *b = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(units)), .name = "biases");
    z = hr_plus(s, hr_tf_matmul(s, x, w), b);
    if (is_hidden) z = hr_relu(s, z);
  }
  return z;
}
static hr_output contrib_layer(hr_scope s, hr_output x, int64_t units, const char *name, bool is_hidden) {
  hr_activation activation = is_hidden ? hr_relu_activation : (hr_activation){0};
  return hr_fully_connected(s, x, units, .activation = activation, .scope = name);
}
static hr_output dense_layer(hr_scope s, hr_output x, int64_t units, const char *name, bool is_hidden) {
  hr_activation activation = is_hidden ? hr_relu_activation : (hr_activation){0};
  return hr_dense(s, x, units, .activation = activation, .name = name);
}

static void classify(hr_output (*layer)(hr_scope s, hr_output x, int64_t units, const char *name, bool is_hidden),
                     const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope root = t.root;
  hr_output x = hr_placeholder(root, HR_FLOAT, .shape = HR_SHAPE(-1, 28 * 28), .name = "X");
  hr_output y = hr_placeholder(root, HR_INT64, .name = "y"), logits = HR_NO_OUTPUT, loss = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(root, "dnn")) {
    hr_output hidden1 = layer(s, x, 30, "hidden1", true);
    hr_output hidden2 = layer(s, hidden1, 10, "hidden2", true);
    logits = layer(s, hidden2, 10, "outputs", false);
  }
  HR_WITH (s, hr_name_scope(root, "loss"))
    loss = hr_reduce_mean(s, hr_tf_sparse_softmax_cross_entropy_with_logits(s, y, logits), .name = "loss");
  HR_WITH (s, hr_name_scope(root, "train")) {
    hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.05);
    assert_non_null(optimizer);
    hr_minimize(s, optimizer, loss);
    hr_optimizer_free(optimizer);
  }
  HR_WITH (s, hr_name_scope(root, "eval"))
    hr_reduce_mean(s, hr_tf_cast(s, hr_tf_in_top_k(s, logits, y, 1), HR_FLOAT));
  hr_global_variables_initializer(root);
  hr_saver_free(hr_saver_new(root));
  expect(&t, recorded_case);
}

static void digits(void **state) {
  (void)state;
  classify(neurons, "mnist.neuron_layer");
  classify(contrib_layer, "mnist.fully_connected");
  classify(dense_layer, "mnist.dense");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(logic),  cmocka_unit_test(perceptron_rule),     cmocka_unit_test(shapes),
      cmocka_unit_test(curves), cmocka_unit_test(logistic_regression), cmocka_unit_test(early_stopping),
      cmocka_unit_test(digits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
