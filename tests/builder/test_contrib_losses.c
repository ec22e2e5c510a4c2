/* tf.contrib.losses (programs/contrib_losses.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

typedef hr_output (*loss_function)(hr_scope scope, hr_operand predictions, hr_operand labels,
                                   const hr_contrib_loss_options *options);

/* tf.constant of the value that a constant of the program has. */
static hr_output data(hr_scope s, const char *recorded_case, const char *name) {
  hr_tensor value = recorded_array(recorded_case, name);
  hr_output constant = hr_constant(s, &value);
  hr_tensor_clear(&value);
  return constant;
}

static hr_output cosine(hr_scope s, hr_operand predictions, hr_operand labels, const hr_contrib_loss_options *options) {
  return hr_contrib_cosine_distance_with(s, predictions, labels, 1, options);
}

/* Losses of fed predictions with their gradients; constants for weights come first. */
static void of_predictions(void **state) {
  (void)state;
  static const struct {
    const char *name;
    loss_function loss;
    bool weighted;
    hr_contrib_loss_options options;
  } cases[] = {
      {"absolute", hr_contrib_absolute_difference_with, false, {.scope = NULL}},
      {"squared", hr_contrib_mean_squared_error_with, true, {.scope = NULL}},
      {"squared_matrix", hr_contrib_mean_squared_error_with, true, {.scope = NULL}},
      {"squared_elements", hr_contrib_mean_squared_error_with, true, {.scope = "mine"}},
      {"log", hr_contrib_log_loss_with, false, {.epsilon = 1e-3, .weights = {HR_OPERAND_FLOAT, {.f = 0.5}}}},
      {"cosine", cosine, true, {.scope = NULL}},
      {"hinge", hr_contrib_hinge_loss_with, false, {.scope = NULL}},
      {"sigmoid", hr_contrib_sigmoid_cross_entropy_with, false, {.label_smoothing = 0.2}},
      {"softmax", hr_contrib_softmax_cross_entropy_with, true, {.label_smoothing = 0.1}},
      {"sparse", hr_contrib_sparse_softmax_cross_entropy_with, true, {.scope = NULL}},
      {"pairwise", hr_contrib_mean_pairwise_squared_error_with, false, {.scope = NULL}},
      {"pairwise_weighted", hr_contrib_mean_pairwise_squared_error_with, true, {.scope = NULL}},
  };
  static const char *const names[] = {"Const", "Const_1", "Const_2"};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    char recorded[80];
    snprintf(recorded, sizeof recorded, "contrib_losses.%s", cases[i].name);
    testing_graph t = testing_graph_new();
    hr_scope s = t.root;
    hr_contrib_loss_options options = cases[i].options;
    if (cases[i].weighted) options.weights = hr_operand_output(data(s, recorded, "Const"));
    hr_output predictions = data(s, recorded, names[cases[i].weighted]);
    hr_output labels = data(s, recorded, names[1 + cases[i].weighted]);
    hr_output loss = cases[i].loss(s, HR_OPERAND(predictions), HR_OPERAND(labels), &options);
    hr_gradient gradient;
    hr_gradients(s, HR_LIST(loss), HR_LIST(predictions), &gradient);
    expect_ok(t.builder);
    expect_recorded_collections(t.graph, recorded);
    testing_graph_expect(&t, recorded);
  }
}

static void integers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output predictions = hr_constant(s, HR_OPERANDS(HR_INTS(1, 2)));
  hr_output labels = hr_constant(s, HR_OPERANDS(HR_INTS(3, 5)));
  hr_contrib_absolute_difference(s, predictions, labels, .weights = HR_OPERAND(2.0));
  testing_graph_expect(&t, "contrib_losses.integers");
}

static void weighted(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output losses = hr_constant(s, HR_OPERANDS(HR_INTS(1, 2), HR_INTS(3, 5)));
  hr_output weights = hr_constant(s, HR_INTS(0, 1));
  hr_contrib_compute_weighted_loss(s, losses, .weights = HR_OPERAND(weights));
  testing_graph_expect(&t, "contrib_losses.weighted");
}

static void total(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output predictions = data(s, "contrib_losses.total", "Const"), labels = data(s, "contrib_losses.total", "Const_1");
  hr_contrib_mean_squared_error(s, predictions, labels, .scope = "mine");
  hr_add_loss(s, hr_constant(s, 3.0));
  const hr_item penalty = {.kind = HR_ITEM_OUTPUT, .output = hr_constant(s, 0.25, .name = "penalty")};
  assert_null(hr_collection_add(t.graph, HR_REGULARIZATION_LOSSES, &penalty));
  hr_get_total_loss(s, true, NULL);
  hr_get_total_loss(s, false, "few");
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "contrib_losses.total");
  testing_graph_expect(&t, "contrib_losses.total");
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new(), other = testing_graph_new();
  hr_scope s = t.root;
  hr_output p = data(s, "contrib_losses.mistakes", "Const"), y = data(s, "contrib_losses.mistakes", "Const_1");
  hr_operand unknown = hr_operand_output(hr_placeholder(other.root, HR_FLOAT));
  hr_contrib_compute_weighted_loss(other.root, unknown);
  expect_error(other.builder, HR_INVALID_ARGUMENT, "rank", NULL);
  hr_contrib_compute_weighted_loss(other.root, HR_OPERANDS(1.0, 2.0), .weights = unknown);
  expect_error(other.builder, HR_INVALID_ARGUMENT, "rank", NULL);
  testing_graph_free(&other);
  hr_contrib_absolute_difference(s, p, hr_at(s, y, HR_ALL, HR_SLICE(HR_OPEN, 2)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[4,3]", "[4,2]", NULL);
  testing_graph_expect(&t, "contrib_losses.mistakes");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(of_predictions), cmocka_unit_test(integers),
                                     cmocka_unit_test(weighted), cmocka_unit_test(total), cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
