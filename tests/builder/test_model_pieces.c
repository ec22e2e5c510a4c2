/* What models are made of beside dense layers of matrices: sparse training, layers of more dimensions, initialisers of
 * linear algebra, tf.nn, clipping: the graphs that TensorFlow 1.15 builds (programs/model_pieces.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/layers.h"
#include "headrace/losses.h"
#include "headrace/ops.h"
#include "headrace/train.h"

/* The caller clears it. */
static hr_tensor tensor_of(hr_dtype dtype, int rank, const int64_t *dims, const void *data) {
  hr_tensor tensor;
  assert_null(hr_tensor_from(dtype, rank, dims, data, &tensor));
  return tensor;
}

static void sparse_training(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start = tensor_of(HR_FLOAT, 2, (int64_t[]){3, 2}, (float[]){1, 2, 3, 4, 5, 6});
  hr_var *table = hr_tf_variable(s, &start, .name = "table");
  hr_tensor_clear(&start);
  hr_output indices = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1), .name = "indices");
  hr_output loss = hr_reduce_sum(s, hr_square(s, hr_tf_gather(s, hr_var_value(table), indices)));
  hr_optimizer *optimizers[] = {
      hr_gradient_descent_optimizer(0.5),
      hr_momentum_optimizer(0.5, 0.9),
      hr_momentum_optimizer(0.5, 0.9, .use_nesterov = true),
      hr_adam_optimizer(0.5),
      hr_adagrad_optimizer(0.5),
      hr_rmsprop_optimizer(0.5, .momentum = 0.5),
      hr_rmsprop_optimizer(0.5, .centered = true),
      hr_adadelta_optimizer(1.0),
      hr_ftrl_optimizer(0.5, .l1_regularization_strength = 0.01),
      hr_ftrl_optimizer(0.5, .l2_shrinkage_regularization_strength = 0.05),
      hr_proximal_gradient_descent_optimizer(0.5, .l1_regularization_strength = 0.01),
      hr_proximal_adagrad_optimizer(0.5, .l1_regularization_strength = 0.01),
  };
  for (size_t i = 0; i < sizeof optimizers / sizeof *optimizers; ++i) {
    assert_non_null(optimizers[i]);
    hr_minimize(s, optimizers[i], loss);
    hr_optimizer_free(optimizers[i]);
  }
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "model_pieces.sparse_training");
  testing_graph_expect(&t, "model_pieces.sparse_training");
}

static void layers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2, 3), .name = "x");
  hr_output known = hr_constant_array(s, HR_FLOAT, HR_SHAPE(1, 2, 2), ((const float[]){1, 2, 3, 4}), .name = "known");
  hr_output dense = hr_dense(s, x, 4, .activation = hr_relu_activation);
  hr_dense(s, known, 3, .use_bias = false, .name = "static");
  hr_fully_connected(s, x, 2, .scope = "full");
  hr_flatten(s, x), hr_flatten(s, known);
  hr_dropout_layer(s, x, .rate = 0.25, .training = hr_operand_bool(true), .seed = 3),
      hr_dropout_layer(s, x, .rate = 0.25);
  hr_vars vars;
  assert_null(hr_collection_vars(t.graph, HR_TRAINABLE_VARIABLES, NULL, &vars));
  assert_true(vars.count >= 2);
  assert_int_equal(hr_output_shape(dense)->dims[1], 2);
  hr_gradient gradients[2];
  hr_gradients(s, HR_LIST(dense), HR_LIST(hr_var_ref(vars.items[0]), hr_var_ref(vars.items[1])), gradients);
  free((void *)vars.items);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "model_pieces.layers");
  testing_graph_expect(&t, "model_pieces.layers");
}

static void initializers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_get_variable(s, "tall", .shape = HR_SHAPE(4, 2), .initializer = hr_orthogonal_initializer(1, 5));
  hr_get_variable(s, "wide", .shape = HR_SHAPE(2, 4), .initializer = hr_orthogonal_initializer(2, 6));
  hr_get_variable(s, "identity", .shape = HR_SHAPE(2, 3), .initializer = hr_identity_initializer(3));
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "model_pieces.initializers");
}

static void pieces(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_output c = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2, 3), ((const float[]){3, 4, 0, 0, 5, 12}), .name = "c");
  hr_output rate;
  HR_WITH (named, hr_name_scope(s, "rate")) {
    rate = hr_placeholder_with_default(named, hr_constant_f32(named, 0.5f, .name = "input"), HR_SHAPE(),
                                       .name = hr_scope_name(named));
  }
  hr_moments(s, x, HR_AXES(0)), hr_moments(s, c, HR_AXES(1), .keep_dims = true, .name = "kept");
  hr_output clipped[3];
  hr_clip_by_global_norm(s, HR_LIST(c, HR_NO_OUTPUT, x), 2.0, clipped);
  hr_clip_by_global_norm(s, HR_LIST(c), 2.0, clipped, .name = "named");
  hr_tf_top_k(s, x, 2), hr_tf_top_k(s, c, 1, .unsorted = true, .name = "unsorted");
  hr_tensor targets = tensor_of(HR_INT32, 1, (int64_t[]){2}, (int32_t[]){1, 0});
  hr_tf_in_top_k(s, x, &targets, 2, .name = "hits");
  hr_tensor_clear(&targets);
  hr_l2_normalize(s, x, HR_AXIS(1)), hr_l2_normalize(s, c, HR_AXES(0, 1), .epsilon = 0.5, .name = "unit");
  hr_dropout(s, x, 0.25, .seed = 7), hr_dropout(s, x, rate, .seed = 8, .name = "by_tensor");
  hr_output noise = hr_constant_array(s, HR_INT32, HR_SHAPE(2), ((const int32_t[]){2, 1}), .name = "noise");
  hr_dropout(s, c, 0.5, .noise_shape = hr_dims_from_output(noise), .seed = 9);
  hr_tf_clip_by_value(s, x, -1.0, 1.0), hr_tf_clip_by_value(s, c, 1, 4, .name = "between");
  hr_clip_by_norm(s, x, 2.0), hr_clip_by_norm(s, c, 2.0, .name = "short");
  hr_global_norm(s, HR_LIST(c, x)), hr_global_norm(s, HR_LIST(c), .name = "length");
  testing_graph_expect(&t, "model_pieces.pieces");
}

static void unknown_losses(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_output y = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "y");
  hr_output classes = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(-1), .name = "classes");
  hr_mean_squared_error(s, y, x), hr_absolute_difference(s, y, x), hr_log_loss(s, y, x), hr_huber_loss(s, y, x);
  hr_hinge_loss(s, y, x), hr_sigmoid_cross_entropy(s, y, x), hr_softmax_cross_entropy(s, y, x);
  hr_sparse_softmax_cross_entropy(s, classes, x), hr_cosine_distance(s, y, x, 1);
  static const hr_reduction reductions[] = {HR_REDUCTION_NONE, HR_REDUCTION_SUM, HR_REDUCTION_MEAN,
                                            HR_REDUCTION_SUM_OVER_BATCH_SIZE, HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS};
  for (size_t i = 0; i < sizeof reductions / sizeof *reductions; ++i)
    hr_mean_squared_error(s, y, x, .weights = hr_operand_float(0.5), .reduction = reductions[i], .loss_collection = "");
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(hr_get_total_loss(s, true, NULL)), HR_LIST(x), &gradient);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "model_pieces.unknown_losses");
  testing_graph_expect(&t, "model_pieces.unknown_losses");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sparse_training), cmocka_unit_test(layers),         cmocka_unit_test(initializers),
      cmocka_unit_test(pieces),          cmocka_unit_test(unknown_losses),
  };
  return cmocka_run_group_tests_name("model pieces", tests, NULL, NULL);
}
