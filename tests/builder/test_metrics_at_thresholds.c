/* Metrics at thresholds, areas, confusion matrices, and metrics of unknown ranks (programs/threshold_metrics.py and
 * metrics_of_confusion.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L  HR_OPERANDS
#define IN HR_INTS
/* A constant and its operand. */
#define C(x) hr_operand_output(hr_constant(s, x))

/* Metrics of labels and predictions and a list of thresholds. */
#define AT_THRESHOLDS(metric, labels, predictions, thresholds, ...)                                                    \
  hr_metrics_##metric##_at_thresholds_with(s, HR_OPERAND(labels), HR_OPERAND(predictions), thresholds,                 \
                                           &(hr_metric_options){__VA_ARGS__})
#define AT_POINT(metric, labels, predictions, share, ...)                                                              \
  HR_CALL_OP_(hr_curve_point_options,                                                                                  \
              hr_metrics_##metric##_with(s, HR_OPERAND(labels), HR_OPERAND(predictions), share, &hr_options_),         \
              HR_CURVE_POINT_DEFAULTS, ##__VA_ARGS__)

static void expect_metrics(testing_graph *t, const char *recorded_case) {
  hr_local_variables_initializer(t->root);
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

/* ---- programs/threshold_metrics.py ----------------------------------------------------------------------------- */

static void of_batches(void **state) {
  (void)state;
  static const char *const names[] = {
      "auc",         "auc_few",    "auc_minoring",   "auc_majoring",    "auc_interpolated", "auc_thresholds",
      "precision",   "recall",     "true_positives", "false_positives", "true_negatives",   "false_negatives",
      "sensitivity", "specificity"};
  for (int i = 0; i < (int)(sizeof names / sizeof *names); ++i) {
    testing_graph t = testing_graph_new();
    hr_scope s = t.root;
    hr_output y = hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(-1), .name = "labels");
    hr_output p = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "predictions");
    switch (i) {
    case 0: hr_metrics_auc(s, y, p); break;
    case 1: hr_metrics_auc(s, y, p, .num_thresholds = 5); break;
    case 2: hr_metrics_auc(s, y, p, .num_thresholds = 5, .curve = HR_PR, .summation = HR_MINORING); break;
    case 3: hr_metrics_auc(s, y, p, .num_thresholds = 5, .summation = HR_MAJORING); break;
    case 4: hr_metrics_auc(s, y, p, .num_thresholds = 6, .curve = HR_PR, .summation = HR_CAREFUL_INTERPOLATION); break;
    case 5: hr_metrics_auc(s, y, p, .thresholds = HR_FLOATS(0.5f, 0.25f)); break;
    case 6: AT_THRESHOLDS(precision, y, p, HR_FLOATS(0.25f, 0.5f)); break;
    case 7: AT_THRESHOLDS(recall, y, p, HR_FLOATS(0.25f, 0.5f)); break;
    case 8: AT_THRESHOLDS(true_positives, y, p, HR_FLOATS(0.4f)); break;
    case 9: AT_THRESHOLDS(false_positives, y, p, HR_FLOATS(0.4f, 0.15f)); break;
    case 10: AT_THRESHOLDS(true_negatives, y, p, HR_FLOATS(0.4f)); break;
    case 11: AT_THRESHOLDS(false_negatives, y, p, HR_FLOATS(0.4f)); break;
    case 12: AT_POINT(sensitivity_at_specificity, y, p, 0.5, .num_thresholds = 5); break;
    default: AT_POINT(specificity_at_sensitivity, y, p, 0.6, .num_thresholds = 7); break;
    }
    char recorded[80];
    snprintf(recorded, sizeof recorded, "threshold_metrics.%s", names[i]);
    expect_metrics(&t, recorded);
  }
}

static void forms(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_constant(s, IN(1, 0, 1, 0), .name = "labels");
  hr_output predictions = hr_constant(s, L(L(0.9), L(0.4), L(0.3), L(0.6)), .name = "predictions");
  hr_operand weights = hr_operand_output(hr_constant(s, L(1.0, 2.0, 0.5, 1.0), .name = "weights"));
  const hr_strings values = HR_STRINGS("values"), updates = HR_STRINGS("updates");
  hr_metrics_auc(s, labels, predictions, .weights = weights, .num_thresholds = 4, .name = "mine",
                 .metrics_collections = &values, .updates_collections = &updates);
  AT_THRESHOLDS(precision, labels, predictions, HR_FLOATS(0.5f), .weights = HR_OPERAND(2.0));
  AT_THRESHOLDS(recall, labels, predictions, HR_FLOATS(0.25f, 0.5f));
  AT_THRESHOLDS(true_negatives, labels, predictions, HR_FLOATS(0.5f), .weights = weights);
  AT_POINT(sensitivity_at_specificity, labels, predictions, 1.5);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "1.5", NULL);
  AT_POINT(specificity_at_sensitivity, labels, predictions, -0.5);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "-0.5", NULL);
  expect_metrics(&t, "threshold_metrics.forms");
}

/* ---- programs/metrics_of_confusion.py -------------------------------------------------------------------------- */

static void at_thresholds(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output y = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "labels");
  hr_output p = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "predictions");
  hr_output known = hr_constant(s, L(IN(1, 0), IN(0, 1)), .name = "known");
  hr_output guessed = hr_constant(s, L(L(0.75, 0.5), L(0.25, 1.0)), .name = "guessed");
  const hr_strings told = HR_STRINGS("m"), counted = HR_STRINGS("u");
  AT_THRESHOLDS(true_positives, y, p, HR_FLOATS(0.3f, 0.7f));
  AT_THRESHOLDS(false_positives, y, p, HR_FLOATS(0.5f), .weights = HR_OPERAND(2.0));
  AT_THRESHOLDS(true_negatives, y, p, HR_FLOATS(0.0f, 0.5f, 1.0f), .name = "quiet");
  AT_THRESHOLDS(false_negatives, y, p, HR_FLOATS(0.3f, 0.7f), .metrics_collections = &told,
                .updates_collections = &counted);
  hr_output distance = hr_tf_abs(s, hr_minus(s, y, 0.5));
  AT_THRESHOLDS(precision, y, p, HR_FLOATS(0.3f, 0.7f), .weights = HR_OPERAND(distance));
  AT_THRESHOLDS(recall, y, p, HR_FLOATS(0.3f, 0.7f));
  AT_THRESHOLDS(precision, known, guessed, HR_FLOATS(0.5f), .weights = HR_OPERAND(L(L(1.0), L(2.0))));
  AT_THRESHOLDS(true_positives, known, guessed, HR_FLOATS(0.5f), .weights = HR_OPERAND(L(L(1.0, 0.0), L(2.0, 3.0))));
  expect_metrics(&t, "metrics_of_confusion.at_thresholds");
}

#define LABELS  L(1.0, 0.0, 1.0, 0.0, 1.0, 1.0)
#define GUESSES L(0.9, 0.2, 0.4, 0.6, 0.55, 0.1)

static void areas(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output y = hr_constant(s, LABELS, .name = "labels"), p = hr_constant(s, GUESSES, .name = "predictions");
  static const hr_auc_summation methods[] = {HR_TRAPEZOIDAL, HR_CAREFUL_INTERPOLATION, HR_MINORING, HR_MAJORING};
  static const char *const names[] = {"roc_trapezoidal", "roc_careful_interpolation", "roc_minoring", "roc_majoring",
                                      "pr_trapezoidal",  "pr_careful_interpolation",  "pr_minoring",  "pr_majoring"};
  hr_metrics_auc(s, y, p, .num_thresholds = 7);
  for (int i = 0; i < 8; ++i)
    hr_metrics_auc(s, y, p, .num_thresholds = 6, .curve = i < 4 ? HR_ROC : HR_PR, .summation = methods[i % 4],
                   .name = names[i]);
  hr_metrics_auc(s, hr_binary(s, "Greater", y, 0.5), p, .weights = HR_OPERAND(L(1.0, 2.0, 1.0, 0.0, 1.0, 3.0)),
                 .thresholds = HR_FLOATS(0.7f, 0.25f, 0.5f));
  hr_metrics_auc(s, y, p);
  expect_metrics(&t, "metrics_of_confusion.areas");
}

static void tradeoffs(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output y = hr_constant(s, LABELS, .name = "labels"), p = hr_constant(s, GUESSES, .name = "predictions");
  AT_POINT(sensitivity_at_specificity, y, p, 0.5, .num_thresholds = 9);
  AT_POINT(sensitivity_at_specificity, y, p, 0.9, .weights = HR_OPERAND(0.5), .num_thresholds = 4, .name = "named");
  AT_POINT(specificity_at_sensitivity, y, p, 0.7, .num_thresholds = 9);
  AT_POINT(specificity_at_sensitivity, y, p, 0.2, .weights = HR_OPERAND(L(1.0, 0.0, 2.0, 1.0, 1.0, 1.0)));
  expect_metrics(&t, "metrics_of_confusion.tradeoffs");
}

static void confusion(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1), .name = "labels");
  hr_output predictions = hr_placeholder(s, HR_INT64, .name = "predictions");
  hr_output known = hr_constant(s, IN(0, 1, 2, 1), .name = "known");
  hr_output guessed = hr_constant(s, L(IN(0), IN(2), IN(2), IN(1)), .name = "guessed");
  hr_confusion_matrix(s, labels, predictions);
  hr_confusion_matrix(s, labels, predictions, .num_classes = HR_OPERAND(4));
  hr_confusion_matrix(s, known, guessed, .dtype = HR_FLOAT, .weights = HR_OPERAND(L(0.5, 1.0, 2.0, 3.0)));
  hr_confusion_matrix(s, known, known, .num_classes = C(3), .name = "named", .dtype = HR_INT64);
  hr_confusion_matrix(s, known, guessed, .num_classes = HR_OPERAND(3));
  testing_graph_expect(&t, "metrics_of_confusion.confusion");
}

static void overlaps(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_constant(s, L(IN(0, 1), IN(2, 1)), .name = "labels");
  hr_output predictions = hr_constant(s, L(IN(0, 2), IN(2, 1)), .dtype = HR_INT64, .name = "predictions");
  const hr_strings told = HR_STRINGS("m"), counted = HR_STRINGS("u");
  hr_metrics_mean_iou(s, labels, predictions, 3);
  hr_metrics_mean_iou(s, labels, predictions, 5, .weights = C(L(L(1.0, 0.5), L(2.0, 0.0))), .name = "weighed");
  hr_output row = hr_at(s, labels, HR_INDEX(0));
  hr_metrics_mean_iou(s, row, hr_at(s, predictions, HR_INDEX(0)), 3, .metrics_collections = &told,
                      .updates_collections = &counted);
  expect_metrics(&t, "metrics_of_confusion.overlaps");
}

static void ranks_of_runs(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_placeholder(s, HR_FLOAT, .name = "labels");
  hr_output predictions = hr_placeholder(s, HR_FLOAT, .name = "predictions");
  hr_operand weights = hr_operand_output(hr_placeholder(s, HR_FLOAT, .name = "weights"));
  hr_operand row = hr_operand_output(hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, -1), .name = "row"));
  hr_metrics_mean_squared_error(s, labels, predictions, .weights = weights);
  hr_metrics_accuracy(s, labels, predictions, .weights = row);
  hr_metrics_true_positives(s, labels, predictions, .weights = weights);
  hr_metrics_recall(s, labels, predictions);
  expect_metrics(&t, "metrics_of_confusion.ranks_of_runs");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(of_batches),    cmocka_unit_test(forms),
                                     cmocka_unit_test(at_thresholds), cmocka_unit_test(areas),
                                     cmocka_unit_test(tradeoffs),     cmocka_unit_test(confusion),
                                     cmocka_unit_test(overlaps),      cmocka_unit_test(ranks_of_runs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
