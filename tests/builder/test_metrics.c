/* Metrics: the graphs that TensorFlow 1.15 builds (programs/metrics.py, metrics_at_k.py and streamed_metrics.py), and
 * mistakes. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L  HR_OPERANDS
#define IN HR_INTS
/* A constant and its operand. */
#define C(x) hr_operand_output(hr_constant(s, x))

static void means(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "x");
  const hr_strings told = HR_STRINGS("told"), counted = HR_STRINGS("counted", "all");
  hr_metrics_mean(s, x);
  hr_metrics_mean(s, x, .weights = HR_OPERAND(2.0), .metrics_collections = &told, .updates_collections = &counted,
                  .name = "avg");
  hr_metrics_mean_tensor(s, IN(1, 2), .weights = C(L(1.0, 0.0)));
  hr_metrics_mean_tensor(s, C(L(L(1.0, 2.0))), .name = "table");
  hr_metrics_percentage_below(s, x, 0.5);
  HR_WITH (outer, hr_name_scope(s, "outer")) {
    hr_metrics_mean(outer, x);
  }
  hr_local_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "metrics.means");
  testing_graph_expect(&t, "metrics.means");
}

static void errors(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "labels");
  hr_output predictions = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "predictions");
  hr_output weights = hr_constant(s, L(1.0, 2.0)), a, b;
  const hr_strings told = HR_STRINGS("told"), counted = HR_STRINGS("counted");
  hr_metrics_accuracy(s, labels, predictions);
  hr_metrics_accuracy(s, IN(1, 0), IN(1, 1), .weights = HR_OPERAND(L(1.0, 0.5)));
  a = hr_constant(s, L(1.0, 2.0)), b = hr_constant(s, IN(1, 3));
  hr_metrics_accuracy(s, a, b, .name = "mixed");
  hr_metrics_mean_squared_error(s, labels, predictions), hr_metrics_mean_squared_error(s, L(1.0, 2.0), L(2.0, 4.0));
  a = hr_constant(s, L(1.0, 2.0)), b = hr_constant(s, L(2.0, 4.0));
  hr_metrics_root_mean_squared_error(s, a, b, .weights = HR_OPERAND(weights), .metrics_collections = &told,
                                     .updates_collections = &counted);
  hr_metrics_mean_absolute_error(s, labels, predictions);
  a = hr_constant(s, L(1.0, 2.0)), b = hr_constant(s, L(2.0, 4.0));
  hr_metrics_mean_relative_error(s, a, b, L(0.0, 2.0));
  a = hr_constant(s, L(L(0.6, 0.8))), b = hr_constant(s, L(L(1.0, 0.0)));
  hr_metrics_mean_cosine_distance(s, a, b, 1, .name = "angle");
  a = hr_constant(s, IN(0, 1, 1)), b = hr_constant(s, IN(0, 1, 0));
  hr_metrics_mean_per_class_accuracy(s, a, b, 2);
  a = hr_constant(s, L(IN(0, 1))), b = hr_constant(s, L(IN(1, 1)));
  hr_metrics_mean_per_class_accuracy(s, a, b, 2, .weights = C(L(IN(1, 2))));
  hr_local_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "metrics.errors");
  testing_graph_expect(&t, "metrics.errors");
}

static void counts(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(-1), .name = "labels");
  hr_output predictions = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1), .name = "predictions");
  const hr_strings told = HR_STRINGS("told"), counted = HR_STRINGS("counted");
  hr_metrics_true_positives(s, labels, predictions);
  hr_metrics_true_negatives(s, labels, predictions, .weights = HR_OPERAND(2.0));
  hr_metrics_false_positives(s, IN(1, 0), IN(1, 1), .weights = C(L(1.0, 3.0)), .metrics_collections = &told);
  hr_metrics_false_negatives(s, labels, predictions, .name = "missed");
  hr_metrics_precision(s, labels, predictions), hr_metrics_recall(s, labels, predictions, .weights = HR_OPERAND(2));
  hr_metrics_precision(s, IN(0, 0), IN(0, 0), .updates_collections = &counted, .name = "none");
  hr_local_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "metrics.counts");
  testing_graph_expect(&t, "metrics.counts");
}

/* A constant of int64. */
#define LONGS(...) hr_constant(s, L(__VA_ARGS__), .dtype = HR_INT64)

static hr_output scores(hr_scope s) {
  return hr_constant(s, L(L(0.1, 0.2, 0.3, 0.4), L(0.4, 0.3, 0.2, 0.1), L(0.3, 0.1, 0.4, 0.2)), .name = "scores");
}

static void precision_at_k(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_constant(s, L(IN(0, 2), IN(1, 3), IN(0, 2)), .dtype = HR_INT64, .name = "labels");
  hr_operand weights = hr_operand_output(hr_constant(s, L(1.0, 2.0, 0.5), .name = "weights"));
  const hr_strings told = HR_STRINGS("told"), counted = HR_STRINGS("counted");
  hr_metrics_precision_at_k(s, HR_DENSE(labels), scores(s), 2);
  hr_metrics_precision_at_k(s, HR_DENSE(labels), scores(s), 2, .class_id = HR_OPERAND(2), .metrics_collections = &told);
  hr_metrics_precision_at_k(s, HR_DENSE(labels), scores(s), 3, .weights = weights, .updates_collections = &counted);
  hr_metrics_precision_at_k(s, HR_DENSE(labels), scores(s), 1, .class_id = HR_OPERAND(0), .weights = weights,
                            .name = "first");
  hr_output column = LONGS(3, 1, 1);
  hr_metrics_precision_at_k(s, HR_DENSE(column), scores(s), 1);
  hr_local_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "metrics_at_k.precision");
  testing_graph_expect(&t, "metrics_at_k.precision");
}

static void average_precision(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_constant(s, L(IN(0, 2), IN(1, 3), IN(9, 2)), .dtype = HR_INT64, .name = "labels");
  const hr_strings told = HR_STRINGS("told"), counted = HR_STRINGS("counted");
  hr_metrics_average_precision_at_k(s, HR_DENSE(labels), scores(s), 2);
  hr_output x = scores(s);
  hr_metrics_average_precision_at_k(s, HR_DENSE(labels), x, 4, .weights = C(L(1.0, 0.0, 3.0)), .name = "weighted");
  hr_output column = LONGS(3, 1, 2);
  hr_metrics_average_precision_at_k(s, HR_DENSE(column), scores(s), 1, .metrics_collections = &told,
                                    .updates_collections = &counted);
  hr_local_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "metrics_at_k.average_precision");
  testing_graph_expect(&t, "metrics_at_k.average_precision");
}

static void sparse_labels(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output classes = LONGS(3, 1, 7);
  hr_sparse_tensor labels = hr_make_sparse_tensor(s, L(IN(0, 0), IN(0, 1), IN(2, 0)), classes, IN(3, 2));
  hr_scope in_rows = hr_name_scope(s, "rows");
  hr_sparse_tensor rows;
  rows.dense_shape = hr_placeholder(in_rows, HR_INT64, .shape = HR_SHAPE(-1), .name = "shape");
  rows.values = hr_placeholder(in_rows, HR_INT64, .shape = HR_SHAPE(-1), .name = "values");
  rows.indices = hr_placeholder(in_rows, HR_INT64, .shape = HR_SHAPE(-1, -1), .name = "indices");
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "x");
  hr_metrics_precision_at_k(s, HR_SPARSE(labels), scores(s), 2);
  hr_metrics_recall_at_k(s, HR_SPARSE(labels), scores(s), 2, .class_id = HR_OPERAND(1));
  hr_metrics_recall_at_k(s, HR_SPARSE(rows), x, 3);
  hr_metrics_average_precision_at_k(s, HR_SPARSE(labels), scores(s), 3);
  hr_metrics_average_precision_at_k(s, HR_SPARSE(labels), scores(s), 1);
  hr_local_variables_initializer(s);
  expect_ok(t.builder);
  testing_graph_expect(&t, "metrics_at_k.sparse_labels");
}

static void recall_at_k(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_constant(s, L(IN(0, 2), IN(1, 3), IN(0, 2)), .dtype = HR_INT64, .name = "labels");
  hr_tensor classes;
  assert_null(hr_tensor_from(HR_INT64, 1, (int64_t[]){3}, (int64_t[]){3, 1, 1}, &classes));
  hr_metrics_recall_at_k(s, HR_DENSE(labels), scores(s), 2);
  hr_metrics_recall_at_k(s, HR_DENSE(labels), scores(s), 2, .class_id = HR_OPERAND(1));
  hr_operands chances = L(L(0.1, 0.9), L(0.2, 0.3), L(0.5, 0.1));
  hr_metrics_recall_at_k(s, HR_DENSE(&classes), chances, 1, .weights = HR_OPERAND(2.0));
  hr_tensor_clear(&classes);
  hr_local_variables_initializer(s);
  testing_graph_expect(&t, "metrics_at_k.recall");
}

static void at_k_of_runs(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = hr_placeholder(s, HR_INT64, .name = "labels"), x = hr_placeholder(s, HR_FLOAT, .name = "x");
  hr_output table = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(-1, -1), .name = "table");
  hr_output rows = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "rows");
  hr_metrics_precision_at_k(s, HR_DENSE(labels), x, 2);
  hr_metrics_recall_at_k(s, HR_DENSE(labels), x, 1, .class_id = HR_OPERAND(1), .weights = HR_OPERAND(0.5));
  hr_metrics_average_precision_at_k(s, HR_DENSE(table), rows, 2);
  hr_local_variables_initializer(s);
  testing_graph_expect(&t, "metrics_at_k.unknown_shapes");
}

static void at_top_k(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_operands classes = L(L(IN(0, 2), IN(1, 3)), L(IN(1, 1), IN(2, 0))), of_best = L(L(IN(0), IN(1)), L(IN(3), IN(2)));
  hr_output labels = hr_constant(s, classes, .dtype = HR_INT64, .name = "labels");
  hr_output best = hr_constant(s, of_best, .dtype = HR_INT64, .name = "best");
  hr_output narrow = hr_constant(s, of_best, .dtype = HR_INT32, .name = "narrow");
  hr_metrics_precision_at_top_k(s, HR_DENSE(labels), best);
  hr_metrics_precision_at_top_k(s, HR_DENSE(labels), narrow, .k = HR_OPERAND(1), .class_id = HR_OPERAND(2));
  hr_metrics_recall_at_top_k(s, HR_DENSE(labels), best, .k = HR_OPERAND(1),
                             .weights = HR_OPERAND(L(L(1.0, 2.0), L(0.0, 3.0))), .name = "found");
  hr_metrics_recall_at_top_k(s, HR_DENSE(labels), best, .class_id = HR_OPERAND(1));
  /* Older names of the functions. */
  hr_output one = hr_constant(s, L(IN(1)), .dtype = HR_INT64);
  hr_metrics_precision_at_k(s, HR_DENSE(one), L(L(0.5, 1.0)), 1);
  one = hr_constant(s, L(IN(1)), .dtype = HR_INT64);
  hr_metrics_average_precision_at_k(s, HR_DENSE(one), L(L(0.5, 1.0)), 2);
  hr_local_variables_initializer(s);
  testing_graph_expect(&t, "metrics_at_k.top_k");
}

static void mistakes_at_k(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = scores(s), any = hr_placeholder(s, HR_FLOAT), labels = LONGS(1, 2, 3);
  hr_metrics_precision_at_k(s, HR_DENSE(L(IN(1), IN(2), IN(3))), x, 1);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Types don't match", "int64", "int32", NULL);
  hr_metrics_recall_at_k(s, HR_DENSE(C(L(L(L(1.0))))), x, 1);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[1,1,1]", "[3,1]", NULL);
  hr_metrics_average_precision_at_k(s, HR_DENSE(labels), x, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Invalid k=0", NULL);
  hr_metrics_average_precision_at_k(s, HR_DENSE(labels), any, 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "rank", NULL);
  hr_metrics_precision_at_k(s, HR_DENSE(labels), x, 1, .class_id = HR_OPERAND(any));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "class_id must be a number", NULL);
  hr_metrics_precision_at_top_k(s, HR_DENSE(labels), x, .k = HR_OPERAND("two"));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "k must be a number", NULL);
  hr_metrics_precision_at_k(s, HR_DENSE(labels), x, 9);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "9", "4", NULL);
  testing_graph_free(&t);
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output three = hr_constant(s, L(1.0, 2.0, 3.0)), any = hr_placeholder(s, HR_FLOAT);
  hr_metrics_accuracy(s, three, L(1.0, 2.0));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[2]", "[3]", "incompatible", NULL);
  hr_metrics_mean(s, three, .weights = HR_OPERAND(L(1.0, 2.0)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[2]", "[3]", "weights can not be broadcast to values", NULL);
  hr_metrics_recall(s, L(L(true)), L(L(true)), .weights = C(L(L(L(L(1.0))))));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "rank in (0, 2)", "rank 4", NULL);
  /* What only a run can tell is not a mistake. */
  hr_metrics_mean_squared_error(s, any, any);
  hr_metrics_mean(s, any, .weights = HR_OPERAND(any));
  hr_confusion_matrix(s, any, three, .num_classes = HR_OPERAND(4));
  assert_true(hr_scope_ok(s));
  hr_confusion_matrix(s, L(0, 1), L(0, -1));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "`predictions` contains negative values", NULL);
  hr_confusion_matrix(s, L(L(0, 1)), L(L(0, 1)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "must have rank 1, not 2", NULL);
  hr_metrics_mean_iou(s, L(0, 1), L(0, 1, 2), 3);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "2", "3", NULL);
  testing_graph_free(&t);
}

/* ---- programs/streamed_metrics.py ----------------------------------------------------------------------------- */

typedef hr_metric (*pair_metric)(hr_scope scope, hr_operand labels, hr_operand predictions,
                                 const hr_metric_options *options);

static hr_metric mean_of_predictions(hr_scope s, hr_operand labels, hr_operand predictions,
                                     const hr_metric_options *options) {
  (void)labels;
  return hr_metrics_mean_with(s, predictions, options);
}

static void streamed(void **state) {
  (void)state;
  static const struct {
    const char *recorded;
    pair_metric metric;
    bool weighted;
    const char *name;
  } cases[] = {{"accuracy", hr_metrics_accuracy_with, false, NULL},
               {"weighted_accuracy", hr_metrics_accuracy_with, true, "weighted"},
               {"mean", mean_of_predictions, false, NULL},
               {"weighted_mean", mean_of_predictions, true, NULL},
               {"precision", hr_metrics_precision_with, false, NULL},
               {"recall", hr_metrics_recall_with, false, NULL},
               {"squared_error", hr_metrics_mean_squared_error_with, false, NULL},
               {"root_squared_error", hr_metrics_root_mean_squared_error_with, false, NULL},
               {"absolute_error", hr_metrics_mean_absolute_error_with, false, NULL},
               {"true_positives", hr_metrics_true_positives_with, false, NULL},
               {"false_positives", hr_metrics_false_positives_with, false, NULL},
               {"false_negatives", hr_metrics_false_negatives_with, false, NULL},
               {"collections", mean_of_predictions, false, "kept"}};
  const hr_strings values = HR_STRINGS("values"), updates = HR_STRINGS("updates");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    testing_graph t = testing_graph_new();
    hr_scope s = t.root;
    hr_output labels = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(4), .name = "labels");
    hr_output predictions = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(4), .name = "predictions");
    bool collected = strcmp(cases[i].recorded, "collections") == 0;
    hr_metric_options options = {.name = cases[i].name};
    if (cases[i].weighted) options.weights = C(L(1.0, 2.0, 0.0, 1.0));
    if (collected) options.metrics_collections = &values, options.updates_collections = &updates;
    cases[i].metric(s, HR_OPERAND(labels), HR_OPERAND(predictions), &options);
    hr_local_variables_initializer(s);
    expect_ok(t.builder);
    char recorded[80];
    snprintf(recorded, sizeof recorded, "streamed_metrics.%s", cases[i].recorded);
    expect_recorded_collections(t.graph, recorded);
    testing_graph_expect(&t, recorded);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(means),         cmocka_unit_test(errors),         cmocka_unit_test(counts),
      cmocka_unit_test(mistakes),      cmocka_unit_test(precision_at_k), cmocka_unit_test(average_precision),
      cmocka_unit_test(sparse_labels), cmocka_unit_test(mistakes_at_k),  cmocka_unit_test(streamed),
      cmocka_unit_test(recall_at_k),   cmocka_unit_test(at_k_of_runs),   cmocka_unit_test(at_top_k)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
