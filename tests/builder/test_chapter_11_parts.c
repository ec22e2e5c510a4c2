/* Initialisers, activations, clipping and penalties one by one (programs/chapter_11_parts.py): the graphs that
 * TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static void expect(testing_graph *t, const char *recorded_case) {
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

/* ---- initialisers ---------------------------------------------------------------------------------------------- */

/* The next variable: "v0", "v1", ... */
static void make(const testing_graph *t, hr_initializer initializer, hr_partial_shape shape) {
  char name[16];
  snprintf(name, sizeof name, "v%d", (int)hr_collection_count(t->graph, HR_GLOBAL_VARIABLES));
  hr_get_variable(t->root, name, .shape = shape, .initializer = initializer);
}

static void initializers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  const hr_fan_mode modes[] = {HR_FAN_IN, HR_FAN_OUT, HR_FAN_AVG};
  const hr_distribution distributions[] = {HR_TRUNCATED_NORMAL, HR_UNIFORM, HR_TRUNCATED_NORMAL, HR_UNTRUNCATED_NORMAL};
  const hr_partial_shape matrix = HR_SHAPE(3, 4), shapes[] = {HR_SHAPE(3), matrix, HR_SHAPE(2, 2, 3, 4)};
  for (int mode = 0; mode < 3; ++mode) {
    for (int uniform = 1; uniform >= 0; --uniform)
      for (int i = 0; i < 3; ++i)
        make(&t, hr_contrib_variance_scaling_initializer(1.5, modes[mode], uniform, 3), shapes[i]);
    for (int i = 0; i < 4; ++i)
      make(&t, hr_variance_scaling_initializer(2, modes[mode], distributions[i], 2), matrix);
  }
  make(&t, hr_he_normal_initializer(HR_NO_SEED), matrix);
  make(&t, hr_he_uniform_initializer(HR_NO_SEED), matrix);
  make(&t, hr_lecun_normal_initializer(HR_NO_SEED), matrix);
  make(&t, hr_lecun_uniform_initializer(HR_NO_SEED), matrix);
  make(&t, hr_glorot_normal_initializer(HR_NO_SEED), matrix);
  make(&t, hr_glorot_uniform_initializer(HR_NO_SEED), matrix);
  make(&t, hr_xavier_initializer(true, HR_NO_SEED), matrix);
  make(&t, hr_xavier_initializer(false, 1), matrix);
  make(&t, hr_xavier_initializer(true, HR_NO_SEED), HR_SHAPE(3, 3, 2, 4));
  make(&t, hr_orthogonal_initializer(0.5, HR_NO_SEED), HR_SHAPE(2, 3, 4));
  make(&t, hr_uniform_unit_scaling_initializer(1.43, HR_NO_SEED), matrix);
  hr_tensor numbers;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 2}, (float[]){1, 2, 3, 4}, &numbers));
  make(&t, hr_constant_initializer(&numbers), HR_SHAPE(2, 2));
  hr_initialize(t.root, hr_contrib_variance_scaling_initializer(2, HR_FAN_IN, false, 1), matrix, HR_FLOAT);
  hr_initialize(t.root, hr_xavier_initializer(true, HR_NO_SEED), HR_SHAPE(2, 2), HR_DOUBLE);
  hr_global_variables_initializer(t.root);
  hr_tensor_clear(&numbers);
  expect(&t, "chapter_11_parts.initializers");
}

/* ---- activations ----------------------------------------------------------------------------------------------- */

static void slope(hr_scope s, hr_output y, hr_output x) {
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &gradient);
}

/* The activation, its slope, and another one of that name. */
#define ACTIVATION(function, label)                                                                                    \
  slope(s, function(s, x), x);                                                                                         \
  function(s, x, .name = "named_" label)

static void activations(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  ACTIVATION(hr_elu, "elu");
  ACTIVATION(hr_relu, "relu");
  ACTIVATION(hr_relu6, "relu6");
  ACTIVATION(hr_selu, "selu");
  ACTIVATION(hr_softplus, "softplus");
  ACTIVATION(hr_softsign, "softsign");
  ACTIVATION(hr_sigmoid, "sigmoid");
  ACTIVATION(hr_tanh, "tanh");
  ACTIVATION(hr_tf_leaky_relu, "leaky_relu");
  ACTIVATION(hr_crelu, "crelu");
  ACTIVATION(hr_tf_softmax, "softmax");
  ACTIVATION(hr_tf_log_softmax, "log_softmax");
  ACTIVATION(hr_log_sigmoid, "log_sigmoid");
  hr_tf_leaky_relu(s, x, .alpha = 0.01);
  hr_tf_leaky_relu(s, hr_constant(s, HR_INTS(-1, 2)));
  hr_relu(s, hr_constant(s, HR_INTS(-1, 2)));
  hr_tf_softmax(s, x, .axis = 0);
  expect(&t, "chapter_11_parts.activations");
}

/* ---- clipping -------------------------------------------------------------------------------------------------- */

static void clipping(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  hr_output c = hr_constant_array(s, HR_FLOAT, HR_SHAPE(3, 2), ((float[]){3, 4, 0, 0, 0.3f, -0.4f}), .name = "c");
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 2}, (float[]){3, 4}, &start));
  hr_var *v = hr_tf_variable(s, &start, .name = "v");
  hr_tensor_clear(&start);
  hr_gradient rows = {c, hr_constant(s, HR_INTS(1, 2, 4)), HR_NO_OUTPUT};
  hr_output by_value = hr_tf_clip_by_value(s, x, -1.0, 1.0);
  hr_output low = hr_constant(s, HR_OPERANDS(-1.0, 0.0)), high = hr_constant(s, 3.0);
  hr_output named = hr_tf_clip_by_value(s, x, low, high, .name = "c_v");
  hr_tf_clip_by_value(s, rows.value, -1.0, 1.0);
  hr_clip_by_norm(s, c, 2.0);
  hr_clip_by_norm(s, c, 2.0, .axes = HR_AXIS(0));
  hr_clip_by_norm(s, c, 2.0, .axes = HR_AXIS(1));
  hr_clip_by_norm(s, c, 2.0, .axes = HR_AXES(0, 1));
  hr_clip_by_norm(s, c, 2.0, .axes = HR_AXES(-1));
  hr_clip_by_norm(s, rows.value, 2.0);
  hr_output by_tensor = hr_clip_by_norm(s, x, hr_constant(s, 2.0), .name = "by_tensor");
  hr_clip_by_norm(s, v, 1.0, .axes = HR_AXIS(1));
  hr_clip_by_average_norm(s, c, 1.0);
  hr_output by_average = hr_clip_by_average_norm(s, x, 0.1, .name = "w");
  slope(s, by_value, x);
  slope(s, named, x);
  slope(s, by_tensor, x);
  slope(s, by_average, x);
  slope(s, hr_clip_by_norm(s, x, 1.0, .axes = HR_AXIS(1)), x);
  hr_output one_row = hr_constant(s, HR_OPERANDS(HR_OPERANDS(4.0)));
  hr_constant(s, HR_INTS(0));
  hr_global_norm(s, HR_OPERANDS(c, HR_NO_OPERAND, one_row));
  hr_output clipped[4];
  hr_clip_by_global_norm(s, HR_OPERANDS(c, HR_NO_OPERAND, rows.value, x), 2.5, clipped);
  assert_null(clipped[1].node);
  hr_clip_by_global_norm(s, HR_OPERANDS(c, x), 2.5, clipped, .use_norm = HR_OPERAND(hr_constant(s, 10.0)),
                         .name = "used");
  hr_clip_by_global_norm(s, HR_LIST(hr_constant(s, HR_OPERANDS(INFINITY, 1.0))), 2.5, clipped);
  hr_global_variables_initializer(s);
  hr_global_norm(s, HR_OPERANDS(HR_NO_OPERAND));
  expect(&t, "chapter_11_parts.clipping");
}

/* ---- penalties ------------------------------------------------------------------------------------------------- */

static hr_output sum_of(const hr_regularizer *self, hr_scope s, hr_operand x) {
  (void)self;
  return hr_reduce_sum(s, x);
}

static void regularizers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 3}, (float[]){-2, -1, 0, 1, 2, 3}, &start));
  hr_var *w = hr_tf_variable(s, &start, .name = "w");
  hr_tensor_clear(&start);
  hr_output scale = hr_constant(s, 0.1, .name = "scale");
  const hr_regularizer none = {0}, l1 = hr_l1_regularizer(0.1), l2 = hr_l2_regularizer(0.2);
  const hr_regularizer all[] = {l1,
                                hr_l2_regularizer(0.1, .name = "scope"),
                                hr_l1_l2_regularizer(1, 1),
                                hr_l1_l2_regularizer(0.1, 0.2, .name = "both"),
                                hr_l1_l2_regularizer(0, 0.2),
                                hr_l1_l2_regularizer(0.3, 0),
                                hr_l1_regularizer(scale),
                                hr_l2_regularizer(scale, .name = "tensor"),
                                hr_l1_l2_regularizer(scale, 0.3),
                                hr_keras_regularizer(0.1, 0),
                                hr_keras_regularizer(0, 0.1),
                                hr_sum_regularizer(HR_REGULARIZERS(l1, none, l2)),
                                hr_sum_regularizer(HR_REGULARIZERS(l1), .name = "alone")};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
    assert_non_null(hr_regularize(s, all[i], w).node);
  assert_null(hr_regularize(s, hr_l1_regularizer(0), w).node);
  assert_null(hr_sum_regularizer(HR_REGULARIZERS(none)).call);
  assert_null(hr_regularize(s, hr_sum_regularizer(HR_REGULARIZERS(hr_l2_regularizer(0))), w).node);
  hr_apply_regularization(s, hr_l2_regularizer(0.1), HR_OPERANDS(w, hr_times(s, w, 2.0)));
  hr_add_var_to_collection(s, HR_WEIGHTS, w);
  hr_apply_regularization(s, hr_l1_regularizer(0), HR_NO_OPERANDS);
  HR_WITH (scope, hr_variable_scope(s, "scope", .regularizer = hr_l2_regularizer(0.3))) {
    hr_get_variable(scope, "v", .shape = HR_SHAPE(2, 2), .initializer = hr_ones_initializer());
    hr_get_variable(scope, "free", .shape = HR_SHAPE(2, 2), .regularizer = hr_no_regularizer);
  }
  HR_WITH (scope, hr_variable_scope(s, "scope", .reuse = HR_REUSE_TRUE))
    hr_get_variable(scope, "v", .shape = HR_SHAPE(2, 2));
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_fully_connected(s, x, 2, .weights_regularizer = l1, .biases_regularizer = l2);
  hr_dense(s, x, 2, .kernel_regularizer = hr_l2_regularizer(0.1), .activity_regularizer = {.call = sum_of});
  hr_get_regularization_loss(s, NULL);
  assert_true(hr_collection_count(t.graph, HR_REGULARIZATION_LOSSES) > 1);
  hr_output losses[2];
  for (int i = 0; i < 2; ++i)
    losses[i] = hr_collection_item(t.graph, HR_REGULARIZATION_LOSSES, i)->output;
  hr_scale_regularization_loss(s, hr_stack(s, HR_LIST(losses[0], losses[1])));
  hr_global_variables_initializer(s);
  expect(&t, "chapter_11_parts.regularizers");
}

/* What is refused. */
static void no_penalties(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_apply_regularization(s, hr_l1_regularizer(0.1), HR_NO_OPERANDS);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "No weights to regularize.", NULL);
  hr_regularize(s, hr_l1_regularizer(-1), hr_constant(s, 1.0));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Setting a scale less than 0 on a regularizer: -1", NULL);
  hr_apply_regularization(s, hr_l1_regularizer(hr_constant(s, HR_OPERANDS(0.1, 0.2))), HR_OPERANDS(1.0));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "instead of a Tensor with rank 1", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(initializers), cmocka_unit_test(activations),
                                     cmocka_unit_test(clipping), cmocka_unit_test(regularizers),
                                     cmocka_unit_test(no_penalties)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
