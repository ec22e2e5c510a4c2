/* Layers in their forms (programs/layer_forms.py, and what programs/dropout_layers.py trains and chooses): the graphs
 * that TensorFlow 1.15 builds. */
#include "branches.h"
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define L HR_OPERANDS

static hr_output features(hr_scope s) { return hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 6), .name = "x"); }

static void expect_layers(testing_graph *t, const char *recorded_case) {
  hr_global_variables_initializer(t->root);
  testing_graph_expect(t, recorded_case);
}

static hr_output hundredth(const hr_regularizer *self, hr_scope s, hr_operand y) {
  (void)self;
  return hr_times(s, hr_reduce_sum(s, y), 0.01);
}

static void dense(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 1);
  hr_scope s = t.root;
  hr_output x = features(s);
  hr_dense(s, x, 3), hr_dense(s, x, 3, .activation = hr_relu_activation);
  hr_dense(s, x, 2, .name = "named", .use_bias = false);
  hr_dense(s, x, 2, .name = "named", .use_bias = false, .reuse = HR_REUSE_TRUE);
  hr_dense(s, x, 2, .activation = hr_tanh_activation);
  hr_dense(s, x, 2, .kernel_initializer = hr_ones_initializer(), .bias_initializer = hr_constant_initializer(0.5));
  hr_dense(s, x, 1, .kernel_regularizer = hr_l1_regularizer(0.1), .bias_regularizer = hr_l2_regularizer(0.1),
           .activity_regularizer = {.call = hundredth});
  hr_dense(s, hr_tf_reshape(s, x, HR_SHAPE(-1, 2, 3)), 4, .name = "cube"), hr_dense(s, x, 2, .trainable = false);
  hr_dense(s, x, 2), hr_dense(s, hr_tf_cast(s, x, HR_DOUBLE), 2, .name = "double");
  expect_layers(&t, "layer_forms.dense");
}

static void objects(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 1);
  hr_scope s = t.root;
  hr_output x = features(s);
  hr_dense(s, x, 3, .activation = hr_sigmoid_activation, .name = "mine", .kernel_regularizer = hr_l2_regularizer(1.0));
  /* The same layer again works in its own scope. */
  hr_output twice = hr_times(s, x, 2.0);
  HR_WITH (mine, hr_name_scope(s, "mine/"))
    hr_dense_call(mine, twice, hr_shared_variable(s, 0), .bias = hr_operand_variable(hr_shared_variable(s, 1)),
                  .activation = hr_sigmoid_activation);
  HR_WITH (scope, hr_variable_scope(s, "scope"))
    hr_dense(scope, x, 2);
  hr_flatten(s, hr_tf_reshape(s, x, HR_SHAPE(-1, 3, 2)));
  hr_dropout_layer(s, x, .seed = 3, .training = hr_operand_bool(true));
  HR_WITH (drop, hr_name_scope(s, "dropout/"))
    hr_dropout_call(drop, x, 0.5, .seed = 3), hr_dropout_call(drop, x, 0.5, .seed = 3);
  hr_layer_penalty(s, "kernel", hr_l2_regularizer(1.0), hr_shared_variable(s, 0)); /* layer.losses */
  expect_layers(&t, "layer_forms.objects");
}

/* A layer of the program's own: its variable in its scope, and what its `call` does in the name scope of the call. */
static hr_output scaled(hr_scope root, hr_output x, const char *name, const char *default_name) {
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (s, hr_variable_scope(root, name, .default_name = default_name)) {
    hr_var *scale = hr_get_variable(s, "scale", .shape = HR_SHAPE(6), .initializer = hr_ones_initializer());
    y = hr_times(s, x, scale);
  }
  return y;
}

static void own(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output x = features(t.root);
  scaled(t.root, scaled(t.root, x, "scaled", NULL), NULL, "scaled");
  expect_layers(&t, "layer_forms.own");
}

static void dropout_flatten(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 7);
  hr_scope s = t.root;
  hr_tensor ones;
  assert_null(hr_tensor_from(HR_DOUBLE, 2, (int64_t[]){2, 5}, (double[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, &ones));
  const hr_partial_shape scalar = HR_SHAPE(), matrix = HR_SHAPE(2, 5);
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2, 3), .name = "x");
  hr_output training =
      CALL_OP(s, "PlaceholderWithDefault", "training", L((bool)false), {"shape", HR_ATTR_SHAPE_VALUE(&scalar)});
  hr_flatten(s, x);
  hr_flatten(s, CALL_OP(s, "PlaceholderWithDefault", NULL, L(&ones), {"shape", HR_ATTR_SHAPE_VALUE(&matrix)}));
  hr_operand yes = hr_operand_bool(true);
  hr_dropout_layer(s, x, .rate = 0.25, .training = yes, .seed = 1);
  hr_dropout_layer(s, x, .training = hr_operand_bool(false), .name = "off");
  hr_dropout_layer(s, x, .noise_shape = HR_DIMS(HR_SHAPE(2, 1, 3)), .training = yes);
  hr_dropout(s, x, 1 - 0.8, .seed = 2), hr_dropout(s, x, 0.4), hr_dropout(s, x, 0), hr_contrib_dropout(s, x, 0.5);
  HR_WITH (flat, hr_name_scope(s, "Flatten"))
    hr_flatten(flat, x);
  hr_tf_cast(s, training, HR_INT32);
  hr_tensor_clear(&ones);
  testing_graph_expect(&t, "layer_forms.dropout_flatten");
}

static void fully_connected(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 1);
  hr_scope s = t.root;
  hr_output x = features(s);
  const hr_activation none = {NULL, NULL};
  HR_WITH (dnn, hr_name_scope(s, "dnn")) {
    hr_output first = hr_fully_connected(dnn, x, 5, .scope = "hidden1");
    hr_output second = hr_fully_connected(dnn, first, 4, .scope = "hidden2", .activation = hr_elu_activation);
    hr_fully_connected(dnn, second, 3, .scope = "outputs", .activation = none);
  }
  hr_fully_connected(s, x, 2), hr_fully_connected(s, x, 2, .use_bias = false);
  hr_fully_connected(s, x, 2, .weights_initializer = hr_ones_initializer(),
                     .weights_regularizer = hr_l2_regularizer(0.1), .biases_regularizer = hr_l1_regularizer(0.1),
                     .scope = "regular");
  hr_fully_connected(s, x, 2, .scope = "regular", .reuse = HR_REUSE_TRUE);
  hr_fully_connected(s, x, 2, .trainable = false);
  hr_fully_connected(s, hr_tf_reshape(s, x, HR_SHAPE(-1, 2, 3)), 2), hr_fully_connected(s, x, 2, .activation = none);
  hr_fully_connected(s, x, 2);
  HR_WITH (stacked, hr_variable_scope(s, "stacked")) {
    hr_output first = hr_fully_connected(stacked, x, 3, .scope = "stacked_1");
    hr_fully_connected(stacked, first, 2, .scope = "stacked_2");
  }
  expect_layers(&t, "layer_forms.fully_connected");
}

static void regularizers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output start = hr_constant(s, L(L(1.0, -2.0), L(3.0, 0.5)));
  hr_var *w = hr_get_variable(s, "w", .value = HR_OPERAND(start));
  const hr_regularizer l1 = hr_l1_regularizer(0.1), l2 = hr_l2_regularizer(0.1);
  const hr_regularizer all[] = {l1,
                                l2,
                                hr_l1_l2_regularizer(0.1, 0.2),
                                hr_l1_regularizer(0.0),
                                hr_sum_regularizer(HR_REGULARIZERS(l1, hr_l2_regularizer(0.3))),
                                hr_l2_regularizer(0.1, .name = "mine"),
                                hr_keras_regularizer(0.1, 0),
                                hr_keras_regularizer(0, 0.1)};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
    hr_regularize(s, all[i], w);
  hr_apply_regularization(s, l1, L(w));
  hr_get_variable(s, "u", .shape = HR_SHAPE(2), .initializer = hr_ones_initializer(), .regularizer = l2);
  hr_add_loss(s, hr_constant(s, 1.0, .name = "mine"));
  hr_get_regularization_loss(s, NULL), hr_get_total_loss(s, true, NULL), hr_get_total_loss(s, false, "bare");
  hr_l2_loss(s, hr_var_value(w));
  expect_layers(&t, "layer_forms.regularizers");
}

static void collected(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 1);
  hr_output x = features(t.root);
  for (int again = 0; again < 2; ++again)
    HR_WITH (s, hr_variable_scope(t.root, "net", .reuse = again ? HR_REUSE_TRUE : HR_REUSE_NONE)) {
      hr_output hidden = hr_dense(s, x, 3, .activation = hr_relu_activation, .name = "hidden");
      hr_dense(s, hidden, 2, .name = "out");
    }
  HR_WITH (s, hr_variable_scope(t.root, "auto", .reuse = HR_REUSE_AUTO)) {
    hr_dense(s, x, 2, .name = "a"), hr_dense(s, x, 2, .name = "a"), hr_dense(s, x, 2);
  }
  HR_WITH (s, hr_name_scope(t.root, "names"))
    hr_dense(s, x, 2, .name = "named_in_scope"), hr_dense(s, x, 2);
  expect_layers(&t, "layer_forms.collected");
}

/* ---- programs/dropout_layers.py ---------------------------------------------------------------------------------- */

BRANCH(x_plus_y, hr_plus(s, V->x, V->y))
BRANCH(x_minus_y, hr_minus(s, V->x, V->y))
BRANCH(x_times_y, hr_times(s, V->x, V->y))
BRANCH(x_over_y, hr_truediv(s, V->x, V->y))
BRANCH(y_plus_one, hr_plus(s, V->y, 1.0))
BRANCH(x_seven_times, hr_times(s, V->x, 7.0))

static void smart(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "flag")};
  v.x = hr_constant(s, 2.0, .name = "x"), v.y = hr_constant(s, 3.0, .name = "y");
  hr_smart_cond(s, hr_operand_bool(true), HR_BRANCH(x_plus_y, &v), HR_BRANCH(x_minus_y, &v));
  hr_smart_cond(s, hr_constant(s, (bool)false), HR_BRANCH(x_plus_y, &v), HR_BRANCH(x_minus_y, &v));
  hr_smart_cond(s, v.p, HR_BRANCH(x_times_y, &v), HR_BRANCH(x_over_y, &v), .name = "chosen");
  /* smart_case: the first that is known to be true; none but the last where all are known to be false. */
  hr_constant(s, (bool)false);
  HR_WITH (chosen, hr_name_scope(s, "smart_case"))
    hr_smart_cond(chosen, hr_operand_bool(true), HR_BRANCH(y_plus_one, &v), HR_BRANCH(x_times_y, &v));
  hr_constant(s, (bool)false);
  HR_WITH (chosen, hr_name_scope(s, "smart_case"))
    hr_smart_cond(chosen, hr_operand_bool(false), HR_BRANCH(x_plus_y, &v), HR_BRANCH(x_seven_times, &v));
  testing_graph_expect(&t, "dropout_layers.smart");
}

static void trained(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 1);
  hr_scope s = t.root;
  hr_output x = features(s);
  hr_operand training = hr_operand_output(condition(s, "is_training"));
  hr_output dropped = hr_contrib_dropout(s, x, 0.5, .is_training = training);
  hr_output hidden = hr_fully_connected(s, dropped, 5, .scope = "hidden1");
  dropped = hr_contrib_dropout(s, hidden, 0.5, .is_training = training);
  hr_output logits = hr_fully_connected(s, dropped, 3, .activation = {NULL, NULL}, .scope = "outputs");
  hr_output entropy = hr_tf_sparse_softmax_cross_entropy_with_logits(s, HR_INTS(0, 1, 2, 0), logits);
  hr_optimizer *optimizer = hr_momentum_optimizer(0.1, 0.9);
  hr_minimize(s, optimizer, hr_reduce_mean(s, entropy, .name = "loss"));
  hr_optimizer_free(optimizer);
  expect_layers(&t, "dropout_layers.trained");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dense),           cmocka_unit_test(objects),         cmocka_unit_test(own),
      cmocka_unit_test(dropout_flatten), cmocka_unit_test(fully_connected), cmocka_unit_test(regularizers),
      cmocka_unit_test(collected),       cmocka_unit_test(smart),           cmocka_unit_test(trained)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
