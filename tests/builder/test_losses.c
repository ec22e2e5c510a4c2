/* tf.losses and the cross entropies: the graphs that TensorFlow 1.15 builds from them. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/gradients.h"
#include "headrace/layers.h"
#include "headrace/losses.h"
#include "headrace/nn.h"

typedef hr_output (*loss_function)(hr_scope scope, hr_operand labels, hr_operand predictions,
                                   const hr_loss_options *options);

static hr_output matrix(hr_scope s, int64_t rows, int64_t columns, const float *values) {
  return hr_constant_array(s, HR_FLOAT, HR_SHAPE(rows, columns), values);
}

static void total_and_gradient(testing_graph *t, hr_output x, const char *recorded_case) {
  hr_output total = hr_get_total_loss(t->root, true, NULL);
  hr_gradient gradient;
  hr_gradients(t->root, HR_LIST(total), HR_LIST(x), &gradient);
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

/* A loss of static shapes: bare, weighted by rows, by a number, and through each reduction. `squeezes`: one weight a
 * row, for losses without the class axis. */
static void static_case(loss_function function, bool squeezes, double smoothing, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output labels = matrix(s, 2, 3, (const float[]){0, 1, 0, 1, 0, 1});
  hr_output predictions = matrix(s, 2, 3, (const float[]){0.1f, 0.9f, 0.4f, 0.6f, 0.2f, 0.7f});
  hr_output weights = matrix(s, 2, 1, (const float[]){1, 0.5f});
  static const hr_reduction reductions[] = {HR_REDUCTION_SUM, HR_REDUCTION_MEAN, HR_REDUCTION_SUM_OVER_BATCH_SIZE,
                                            HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS, HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS};
  hr_operand a = hr_operand_output(labels), b = hr_operand_output(predictions);
  for (int i = 0; i < 8; ++i) {
    hr_loss_options o = {.epsilon = 1e-7, .delta = 1, .label_smoothing = smoothing};
    if (i == 2) o.weights = hr_operand_float(0.5);
    if (i == 1 || i > 2)
      o.weights = hr_operand_output(squeezes ? hr_tf_squeeze(s, weights, .axis = HR_AXES(1)) : weights);
    if (i == 1) o.scope = "weighted";
    if (i > 2) o.reduction = reductions[i - 3];
    function(s, a, b, &o);
  }
  total_and_gradient(&t, predictions, recorded_case);
}

/* The same where only the run knows how many rows there are, and with constants in between. */
static void fed_case(loss_function function, bool squeezes, double smoothing, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output predictions = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "predictions");
  hr_output labels = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "labels");
  static const hr_reduction reductions[] = {HR_REDUCTION_SUM, HR_REDUCTION_MEAN, HR_REDUCTION_SUM_OVER_BATCH_SIZE,
                                            HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS, HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS};
  for (int i = 0; i < 10; ++i) {
    hr_operand a = hr_operand_output(labels), b = hr_operand_output(predictions);
    hr_loss_options o = {.epsilon = 1e-7, .delta = 1, .label_smoothing = smoothing};
    if (i == 1) {
      a = hr_operand_output(matrix(s, 2, 3, (const float[]){0, 1, 0, 1, 0, 1}));
      b = hr_operand_output(matrix(s, 2, 3, (const float[]){0.1f, 0.9f, 0.4f, 0.6f, 0.2f, 0.7f}));
      o.scope = "fixed";
    } else if (i == 3) {
      o.weights = hr_operand_float(0.5);
    } else if (i == 9) {
      o.reduction = HR_REDUCTION_NONE;
      o.loss_collection = "";
    } else if (i > 0) {
      hr_output weights = matrix(s, 2, 1, (const float[]){1, 0.5f});
      o.weights = hr_operand_output(squeezes ? hr_tf_squeeze(s, weights, .axis = HR_AXES(1)) : weights);
      if (i == 2) o.scope = "weighted";
      if (i > 3) o.reduction = reductions[i - 4];
    }
    function(s, a, b, &o);
  }
  total_and_gradient(&t, predictions, recorded_case);
}

#define LOSS_CASE(name, function, squeezes, smoothing)                                                                 \
  static void name(void **state) {                                                                                     \
    (void)state;                                                                                                       \
    static_case(function, squeezes, smoothing, "losses." #name "_static");                                             \
    fed_case(function, squeezes, smoothing, "losses." #name);                                                          \
  }
LOSS_CASE(mean_squared_error, hr_mean_squared_error_with, false, 0)
LOSS_CASE(absolute_difference, hr_absolute_difference_with, false, 0)
LOSS_CASE(log_loss, hr_log_loss_with, false, 0)
LOSS_CASE(huber_loss, hr_huber_loss_with, false, 0)
LOSS_CASE(hinge_loss, hr_hinge_loss_with, false, 0)
LOSS_CASE(sigmoid_cross_entropy, hr_sigmoid_cross_entropy_with, false, 0)
LOSS_CASE(softmax_cross_entropy, hr_softmax_cross_entropy_with, true, 0.1)

static void sparse_softmax_cross_entropy(void **state) {
  (void)state;
  /* np.random.RandomState(5).randn(3, 4) */
  static const float values[] = {0x1.c3d1240000000p-2f,  -0x1.52cfa00000000p-2f, 0x1.3723820000000p+1f,
                                 -0x1.0224700000000p-2f, 0x1.c0f6400000000p-4f,  0x1.951d7c0000000p+0f,
                                 -0x1.d186e80000000p-1f, -0x1.2eeb000000000p-1f, 0x1.80361e0000000p-3f,
                                 -0x1.51c96e0000000p-2f, -0x1.3159060000000p+0f, -0x1.a3964c0000000p-3f};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output logits = matrix(s, 3, 4, values);
  hr_tensor labels, weights;
  assert_null(hr_tensor_from(HR_INT32, 1, (const int64_t[]){3}, (const int32_t[]){0, 3, 1}, &labels));
  assert_null(hr_tensor_from(HR_FLOAT, 1, (const int64_t[]){3}, (const float[]){1, 0, 2}, &weights));
  hr_sparse_softmax_cross_entropy(s, &labels, logits);
  hr_sparse_softmax_cross_entropy(s, &labels, logits, .weights = hr_operand_tensor(&weights));
  hr_tensor_clear(&labels);
  hr_tensor_clear(&weights);
  total_and_gradient(&t, logits, "losses.sparse_softmax_cross_entropy_static");
}

static void classes_when_run(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output logits = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "logits");
  hr_output labels = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1), .name = "labels");
  hr_output columns = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(-1, 1), .name = "columns");
  hr_operands weights = HR_OPERANDS(1.0, 0.0, 2.0);
  hr_sparse_softmax_cross_entropy(s, labels, logits);
  hr_sparse_softmax_cross_entropy(s, columns, logits, .scope = "column");
  hr_sparse_softmax_cross_entropy(s, labels, logits, .weights = hr_operand_list(weights));
  total_and_gradient(&t, logits, "losses.sparse_softmax_cross_entropy");
}

static void classes_of_unknown_ranks(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output logits = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "logits");
  hr_output labels = hr_placeholder(s, HR_INT32, .name = "labels");
  hr_output known = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1), .name = "known");
  hr_operand weights = hr_operand_output(hr_placeholder(s, HR_FLOAT, .name = "weights"));
  hr_operand column = hr_operand_output(hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "column"));
  hr_sparse_softmax_cross_entropy(s, labels, logits);
  hr_sparse_softmax_cross_entropy(s, labels, logits, .weights = weights, .scope = "weighted");
  hr_sparse_softmax_cross_entropy(s, labels, logits, .weights = column, .scope = "by_column");
  hr_sparse_softmax_cross_entropy(s, known, logits, .weights = weights, .scope = "known");
  total_and_gradient(&t, logits, "losses.sparse_softmax_cross_entropy_of_unknown_ranks");
}

static void total_with_regularization(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output out = hr_dense(s, matrix(s, 1, 2, (const float[]){1, 2}), 2, .kernel_regularizer = hr_l2_regularizer(0.1));
  hr_tensor labels;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (const int64_t[]){1, 2}, (const float[]){0, 1}, &labels));
  hr_mean_squared_error(s, &labels, out);
  hr_tensor_clear(&labels);
  hr_add_loss(s, hr_constant_f32(s, 3));
  hr_get_total_loss(s, true, NULL);
  hr_get_regularization_loss(s, NULL);
  hr_get_total_loss(s, false, "bare");
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "losses.total_with_regularization");
  testing_graph_expect(&t, "losses.total_with_regularization");
}

static void cross_entropies(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output logits = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "logits");
  hr_output labels = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "labels");
  hr_output classes = hr_placeholder(s, HR_INT64, .name = "classes");
  hr_output fixed = matrix(s, 2, 4, (const float[]){1, 2, 3, 4, 0, 0, -1, 5});
  hr_output f[12];
  f[0] = hr_tf_softmax_cross_entropy_with_logits(s, labels, logits);
  f[1] = hr_softmax_cross_entropy_with_logits_v2(s, labels, logits);
  f[2] = hr_sigmoid_cross_entropy_with_logits(s, labels, logits);
  f[3] = hr_weighted_cross_entropy_with_logits(s, labels, logits, 2.0);
  f[4] = hr_tf_sparse_softmax_cross_entropy_with_logits(s, classes, logits);
  hr_tensor value;
  assert_null(hr_tensor_from(HR_INT32, 1, (const int64_t[]){2}, (const int32_t[]){1, 3}, &value));
  f[5] = hr_tf_sparse_softmax_cross_entropy_with_logits(s, &value, fixed);
  hr_tensor_clear(&value);
  assert_null(
      hr_tensor_from(HR_FLOAT, 2, (const int64_t[]){2, 4}, (const float[]){0, 1, 0, 0, .5f, .5f, 0, 0}, &value));
  f[6] = hr_softmax_cross_entropy_with_logits_v2(s, &value, fixed);
  hr_tensor_clear(&value);
  f[7] = hr_tf_softmax(s, logits);
  f[8] = hr_tf_log_softmax(s, logits);
  f[9] = hr_tf_softmax(s, hr_tf_reshape(s, logits, HR_SHAPE(2, 2, -1)), .axis = 1);
  hr_output hits = hr_tf_in_top_k(s, logits, classes, 1);
  f[10] = hr_reduce_mean(s, hr_tf_cast(s, hits, HR_FLOAT));
  f[11] = hr_l2_loss(s, logits);
  static const int differentiated[] = {0, 1, 2, 3, 4, 7, 8, 9};
  for (int i = 0; i < 8; ++i) {
    hr_gradient gradient;
    hr_gradients(s, HR_LIST(f[differentiated[i]]), HR_LIST(logits), &gradient);
  }
  testing_graph_expect(&t, "losses.cross_entropies");
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = matrix(s, 1, 2, (const float[]){1, 2}), b = matrix(s, 1, 1, (const float[]){1});
  hr_mean_squared_error(s, a, b);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[1,2]", "[1,1]", "incompatible", NULL);
  hr_output c = matrix(s, 1, 3, (const float[]){1, 2, 3});
  hr_mean_squared_error(s, a, a, .weights = hr_operand_output(c));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "can not be broadcast", "dim 1", NULL);
  hr_output labels = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(2, 2));
  hr_tf_sparse_softmax_cross_entropy_with_logits(s, labels, a);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Rank mismatch", "received 2", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mean_squared_error),
      cmocka_unit_test(absolute_difference),
      cmocka_unit_test(log_loss),
      cmocka_unit_test(huber_loss),
      cmocka_unit_test(hinge_loss),
      cmocka_unit_test(sigmoid_cross_entropy),
      cmocka_unit_test(softmax_cross_entropy),
      cmocka_unit_test(sparse_softmax_cross_entropy),
      cmocka_unit_test(classes_when_run),
      cmocka_unit_test(classes_of_unknown_ranks),
      cmocka_unit_test(total_with_regularization),
      cmocka_unit_test(cross_entropies),
      cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests_name("losses", tests, NULL, NULL);
}
