/* tf.nn (programs/nn_functions.py): the graphs that TensorFlow 1.15 builds. Cross entropies have more tests in
 * test_losses.c. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L       HR_OPERANDS
#define IN      HR_INTS
#define OF(...) CALL_OP(s, __VA_ARGS__)
#define LOGITS  L(L(2.0, -1.0, 0.5), L(0.0, 3.0, -2.0))

static void slopes(hr_scope s, int count, const hr_output *y, hr_output x) {
  for (int i = 0; i < count; ++i) {
    hr_gradient gradient;
    hr_gradients(s, HR_LIST(y[i]), HR_LIST(x), &gradient);
  }
}

static void activations(void **state) {
  (void)state;
  static const char *const ops[] = {"Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign", "Sigmoid", "Tanh"};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(L(-2.0, -0.5, 0.0), L(0.5, 2.0, 7.0)), .name = "x"), y[12];
  for (int i = 0; i < 8; ++i)
    y[i] = OF(ops[i], NULL, L(x));
  y[8] = hr_tf_softmax(s, x), y[9] = hr_tf_log_softmax(s, x), y[10] = hr_crelu(s, x), y[11] = hr_tf_leaky_relu(s, x);
  hr_sigmoid(s, x), hr_tanh(s, x), hr_tf_log_softmax(s, x), hr_softplus(s, x), hr_log_sigmoid(s, x);
  hr_relu(s, x, .name = "named"), hr_tf_leaky_relu(s, x, .alpha = 0.1);
  hr_tf_leaky_relu(s, x, .alpha = 0.3, .name = "leaky"), hr_tf_softmax(s, x, .axis = 0), hr_tf_softmax(s, x);
  hr_tf_log_softmax(s, x, .axis = 0), hr_crelu(s, x, .axis = 0);
  hr_output small = hr_times(s, 0.01, x);
  OF("Maximum", NULL, L(small, x)), hr_relu(s, x), hr_tanh(s, x), hr_tf_softmax(s, L(1.0, 2.0));
  OF("Relu", NULL, L(IN(-1, 2))), hr_contrib_softmax(s, x);
  hr_tf_cast(s, hr_binary(s, "GreaterEqual", x, 0), HR_FLOAT, .name = "heaviside");
  slopes(s, 12, y, x);
  testing_graph_expect(&t, "nn_functions.activations");
}

static void entropies(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output logits = hr_constant(s, LOGITS, .name = "logits"), y[6];
  hr_output labels = hr_constant(s, IN(0, 1), .dtype = HR_INT64, .name = "labels");
  hr_output one_hot = hr_constant(s, L(L(1.0, 0.0, 0.0), L(0.2, 0.5, 0.3)), .name = "one_hot");
  hr_output unknown = hr_placeholder(s, HR_INT64, .name = "y");
  hr_output extreme = hr_constant(s, L(L(1e4, -1e4), L(0.0, 500.0)), .name = "extreme");
  y[0] = hr_tf_sparse_softmax_cross_entropy_with_logits(s, labels, logits);
  y[1] = hr_tf_sparse_softmax_cross_entropy_with_logits(s, IN(2, 2), logits, .name = "named");
  y[2] = hr_tf_sparse_softmax_cross_entropy_with_logits(s, unknown, logits);
  hr_output row = hr_constant(s, L(IN(0, 1)));
  hr_tf_sparse_softmax_cross_entropy_with_logits(s, row, L(LOGITS));
  hr_tf_sparse_softmax_cross_entropy_with_logits(s, IN(1, 0), extreme);
  y[3] = hr_tf_softmax_cross_entropy_with_logits(s, one_hot, logits);
  y[4] = hr_softmax_cross_entropy_with_logits_v2(s, one_hot, logits);
  y[5] = hr_softmax_cross_entropy_with_logits_v2(s, one_hot, logits, .axis = 0, .name = "columns");
  hr_tf_softmax_cross_entropy_with_logits(s, one_hot, logits);
  hr_sigmoid_cross_entropy_with_logits(s, one_hot, logits);
  hr_weighted_cross_entropy_with_logits(s, one_hot, logits, 2.0);
  hr_log_poisson_loss(s, L(1.0, 2.0), L(0.5, 0.1));
  slopes(s, 6, y, logits);
  testing_graph_expect(&t, "nn_functions.entropies");
}

static void evaluation(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output logits = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "logits");
  hr_output y = hr_placeholder(s, HR_INT64, .name = "y");
  hr_output correct = hr_tf_in_top_k(s, logits, y, 1);
  hr_reduce_mean(s, hr_tf_cast(s, correct, HR_FLOAT)), hr_tf_in_top_k(s, logits, y, 2, .name = "top2");
  hr_output narrow = hr_tf_cast(s, y, HR_INT32);
  hr_tf_in_top_k(s, logits, narrow, 1), hr_tf_top_k(s, logits, 1), hr_tf_top_k(s, logits, 1, .unsorted = true);
  hr_l2_normalize(s, logits, 1), hr_l2_normalize(s, logits, 0, .epsilon = 1e-3), hr_l2_loss(s, logits);
  hr_argmax(s, logits, .axis = HR_AXIS(1)), hr_moments(s, logits, HR_AXES(0));
  hr_weighted_moments(s, logits, HR_AXES(0), 1.0);
  testing_graph_expect(&t, "nn_functions.evaluation");
}

static void layers_by_hand(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor ones;
  assert_null(hr_tensor_from(HR_DOUBLE, 2, (int64_t[]){3, 2}, (double[]){1, 1, 1, 1, 1, 1}, &ones));
  hr_output x = hr_constant(s, LOGITS, .name = "x");
  hr_var *w = hr_tf_variable(s, &ones, .dtype = HR_FLOAT, .name = "w"),
         *b = hr_tf_variable(s, L(0.5, -0.5), .name = "b");
  hr_var *table = hr_tf_variable(s, L(L(1.0, 2.0), L(3.0, 4.0), L(5.0, 6.0)), .name = "table");
  hr_tensor_clear(&ones);
  hr_moments_outputs m = hr_moments(s, x, HR_AXES(0));
  hr_xw_plus_b(s, x, w, b), hr_relu_layer(s, x, w, b), hr_tf_bias_add(s, hr_tf_matmul(s, x, w), b);
  hr_tf_bias_add(s, hr_tf_matmul(s, x, w), b, .data_format = "NHWC", .name = "named");
  hr_embedding_lookup(s, L(table), IN(2, 0)), hr_embedding_lookup(s, L(table, table), IN(1, 4));
  hr_plus(s, hr_tf_matmul(s, x, w), b);
  hr_batch_normalization(s, x, m.mean, m.variance, 1e-3, .offset = HR_OPERAND(0.0), .scale = HR_OPERAND(1.0));
  hr_output centred = hr_minus(s, x, m.mean);
  hr_truediv(s, centred, hr_sqrt(s, m.variance)), hr_dropout(s, x, 0);
  hr_embedding_lookup(s, L(table), L(IN(0, 1)), .max_norm = HR_OPERAND(1.0));
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "nn_functions.layers_by_hand");
}

static void loss_functions(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output y = hr_constant(s, L(L(1.0, 0.0, 2.0), L(0.0, 1.0, 1.0)), .name = "y");
  hr_output p = hr_constant(s, L(L(0.5, 0.25, 1.0), L(0.1, 0.9, 0.4)), .name = "p");
  hr_output first = hr_mean_squared_error(s, y, p), second = hr_mean_squared_error(s, y, p, .weights = HR_OPERAND(2.0));
  hr_mean_squared_error(s, y, p, .weights = HR_OPERAND(L(L(1.0), L(0.0))));
  hr_absolute_difference(s, y, p, .scope = "named"), hr_huber_loss(s, y, p, .delta = 0.5), hr_log_loss(s, y, p);
  hr_log_loss(s, y, p, .epsilon = 1e-3, .scope = "loss"), hr_hinge_loss(s, y, p);
  hr_sigmoid_cross_entropy(s, y, p, .label_smoothing = 0.1), hr_softmax_cross_entropy(s, y, p);
  hr_softmax_cross_entropy(s, y, p, .weights = HR_OPERAND(L(1.0, 0.5)), .label_smoothing = 0.2);
  hr_sparse_softmax_cross_entropy(s, IN(0, 2), p);
  hr_sparse_softmax_cross_entropy(s, hr_constant(s, L(IN(1), IN(1))), p), hr_cosine_distance(s, y, p, 1);
  hr_mean_pairwise_squared_error(s, y, p);
  hr_output distance = hr_square(s, hr_minus(s, y, p));
  hr_compute_weighted_loss(s, distance, .weights = HR_OPERAND(0.5));
  hr_compute_weighted_loss(s, y, .loss_collection = "mine"), hr_mean_squared_error(s, y, p, .loss_collection = "");
  static const hr_reduction reductions[] = {HR_REDUCTION_NONE,
                                            HR_REDUCTION_SUM,
                                            HR_REDUCTION_MEAN,
                                            HR_REDUCTION_SUM_OVER_BATCH_SIZE,
                                            HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS,
                                            HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS};
  for (int i = 0; i < 6; ++i)
    hr_mean_squared_error(s, y, p, .weights = HR_OPERAND(0.5), .reduction = reductions[i], .loss_collection = "");
  hr_add_loss(s, hr_times(s, first, 2.0));
  const hr_item mine = {.kind = HR_ITEM_OUTPUT, .output = second};
  assert_null(hr_collection_add(t.graph, "mine", &mine));
  hr_get_total_loss(s, true, NULL), hr_get_total_loss(s, false, "bare");
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "nn_functions.loss_functions");
  testing_graph_expect(&t, "nn_functions.loss_functions");
}

/* Logits whose softmax cannot be built. */
static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_contrib_softmax(s, L(1.0, 2.0));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "rank of shape must be at least 2 not: 1", NULL);
  hr_contrib_softmax(s, hr_placeholder(s, HR_FLOAT));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "dims of shape must be known", NULL);
  hr_contrib_softmax(s, hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, -1)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "last dimension must be known", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(activations),    cmocka_unit_test(entropies),
                                     cmocka_unit_test(evaluation),     cmocka_unit_test(layers_by_hand),
                                     cmocka_unit_test(loss_functions), cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
