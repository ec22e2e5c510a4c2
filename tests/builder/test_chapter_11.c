/* The techniques for training deep nets, as programs (programs/chapter_11_book.py): the graphs that TensorFlow 1.15
 * builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/batch_norm.h"
#include "headrace/linalg.h"
#include "headrace/ops.h"
#include "headrace/saver.h"
#include "headrace/schedules.h"
#include "headrace/train.h"

enum { N_INPUTS = 6, N_HIDDEN1 = 5, N_HIDDEN2 = 4, N_OUTPUTS = 3 };

/* A program's graph, with the placeholders of instances and classes. */
typedef struct program {
  testing_graph t;
  hr_scope s;
  hr_output x, y;
} program;

static program begin(void) {
  program p = {.t = testing_graph_new()};
  hr_graph_set_seed(p.t.graph, true, 42);
  p.s = p.t.root;
  p.x = hr_placeholder(p.s, HR_FLOAT, .shape = HR_SHAPE(-1, N_INPUTS), .name = "X");
  p.y = hr_placeholder(p.s, HR_INT64, .name = "y");
  return p;
}

static void end(program *p, const char *recorded_case) {
  expect_ok(p->t.builder);
  expect_recorded_collections(p->t.graph, recorded_case);
  testing_graph_expect(&p->t, recorded_case);
}

static hr_output dnn(const program *p, hr_output x) {
  hr_output logits = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(p->s, "dnn")) {
    hr_output hidden1 = hr_fully_connected(s, x, N_HIDDEN1, .scope = "hidden1");
    hr_output hidden2 = hr_fully_connected(s, hidden1, N_HIDDEN2, .scope = "hidden2");
    logits = hr_fully_connected(s, hidden2, N_OUTPUTS, .activation = {0}, .scope = "outputs");
  }
  return logits;
}

static hr_output loss_of(const program *p, hr_output logits) {
  hr_output loss = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(p->s, "loss")) {
    hr_output xentropy = hr_tf_sparse_softmax_cross_entropy_with_logits(s, p->y, logits);
    loss = hr_reduce_mean(s, xentropy, .name = "loss");
  }
  return loss;
}

static hr_output accuracy_of(const program *p, hr_output logits) {
  hr_output accuracy = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(p->s, "eval")) {
    hr_output correct = hr_tf_in_top_k(s, logits, p->y, 1);
    accuracy = hr_reduce_mean(s, hr_tf_cast(s, correct, HR_FLOAT));
  }
  return accuracy;
}

static void train(hr_scope s, hr_optimizer *optimizer, hr_output loss) {
  assert_non_null(optimizer);
  hr_minimize(s, optimizer, loss);
  hr_optimizer_free(optimizer);
}

/* ---- initialisation and activations ---------------------------------------------------------------------------- */

static hr_output leaky_relu(void *name, hr_scope s, hr_output z) {
  return hr_maximum(s, hr_times(s, 0.01, z), z, .name = name);
}

static void he_initialization(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 784), .name = "X");
  hr_initializer he = hr_contrib_variance_scaling_initializer(2, HR_FAN_IN, false, HR_NO_SEED);
  hr_initializer average = hr_contrib_variance_scaling_initializer(2, HR_FAN_AVG, false, HR_NO_SEED);
  hr_output hidden1 = hr_fully_connected(s, x, 300, .weights_initializer = he, .scope = "h1");
  hr_output hidden2 =
      hr_fully_connected(s, hidden1, 100, .weights_initializer = average, .activation = hr_elu_activation);
  hr_output hidden3 = hr_fully_connected(s, hidden2, 100, .activation = {leaky_relu, NULL}, .scope = "hidden1");
  hr_fully_connected(s, hidden3, 10, .activation = {0}, .scope = "outputs");
  hr_output z = hr_constant_array(s, HR_FLOAT, HR_SHAPE(5), ((const float[]){-2, -1, -0.5, 0, 1}));
  hr_elu(s, z), leaky_relu(NULL, s, z), leaky_relu("leaky", s, z);
  hr_global_variables_initializer(s);
  hr_vars vars;
  assert_null(hr_collection_vars(t.graph, HR_TRAINABLE_VARIABLES, ".*weights", &vars));
  for (int32_t i = 0; i < vars.count; ++i) {
    hr_var *w = vars.items[i];
    hr_reduce_max(s, w), hr_reduce_min(s, w), hr_reduce_mean(s, w), hr_norm(s, w);
  }
  free((void *)vars.items);
  expect_ok(t.builder);
  testing_graph_expect(&t, "chapter_11_book.he_initialization");
}

/* ---- batch normalisation --------------------------------------------------------------------------------------- */

static void batch_normalization(bool scaled, const char *recorded_case) {
  program p = begin();
  hr_output is_training = hr_placeholder(p.s, HR_BOOL, .shape = HR_SHAPE(), .name = "is_training");
  hr_batch_norm_options norm = {HR_BATCH_NORM_DEFAULTS};
  norm.is_training = hr_operand_output(is_training);
  norm.decay = 0.99;
  norm.in_place = true;
  norm.scale = scaled;
  hr_fully_connected_options layer = {HR_FULLY_CONNECTED_DEFAULTS};
  layer.normalizer = hr_batch_norm_normalizer(&norm);
  if (scaled) {
    layer.activation = hr_elu_activation;
    layer.weights_initializer = hr_contrib_variance_scaling_initializer(2, HR_FAN_IN, false, HR_NO_SEED);
  } else
    layer.scope = "hidden1";
  hr_output hidden1 = hr_fully_connected_with(p.s, hr_operand_output(p.x), N_HIDDEN1, &layer);
  if (!scaled) layer.scope = "hidden2";
  hr_output hidden2 = hr_fully_connected_with(p.s, hr_operand_output(hidden1), N_HIDDEN2, &layer);
  layer.scope = "outputs";
  layer.activation = (hr_activation){0};
  hr_output logits = hr_fully_connected_with(p.s, hr_operand_output(hidden2), N_OUTPUTS, &layer);
  hr_output loss = loss_of(&p, logits);
  HR_WITH (s, hr_name_scope(p.s, "train")) {
    train(s, hr_gradient_descent_optimizer(0.1), loss);
  }
  accuracy_of(&p, logits);
  hr_global_variables_initializer(p.s);
  end(&p, recorded_case);
}

static void batch_norm(void **state) {
  (void)state;
  batch_normalization(false, "chapter_11_book.batch_norm");
  batch_normalization(false, "chapter_11_book.batch_norm_in_scope");
}
static void scaled_elu(void **state) {
  (void)state;
  batch_normalization(true, "chapter_11_book.scaled_elu");
}

/* ---- optimizers ------------------------------------------------------------------------------------------------ */

static void gradient_clipping(void **state) {
  (void)state;
  program p = begin();
  hr_output loss = loss_of(&p, dnn(&p, p.x));
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(1.0);
  hr_vars vars;
  assert_null(hr_collection_vars(p.t.graph, HR_TRAINABLE_VARIABLES, NULL, &vars));
  hr_gradient gradients[6];
  assert_int_equal(vars.count, 6);
  HR_WITH (s, hr_name_scope(p.s, "train")) {
    hr_compute_gradients(s, optimizer, loss, vars, gradients);
    for (int32_t i = 0; i < vars.count; ++i)
      gradients[i] = hr_dense_gradient(hr_tf_clip_by_value(s, gradients[i].value, -0.01, 0.01));
    hr_apply_gradients(s, optimizer, vars, gradients);
  }
  hr_optimizer_free(optimizer);
  free((void *)vars.items);
  hr_global_variables_initializer(p.s);
  end(&p, "chapter_11_book.gradient_clipping");
}

static void optimized(hr_optimizer *optimizer, const char *recorded_case) {
  program p = begin();
  hr_output loss = loss_of(&p, dnn(&p, p.x));
  HR_WITH (s, hr_name_scope(p.s, "train")) {
    train(s, optimizer, loss);
  }
  hr_global_variables_initializer(p.s);
  end(&p, recorded_case);
}

static void optimizers(void **state) {
  (void)state;
  optimized(hr_momentum_optimizer(0.1, 0.9), "chapter_11_book.momentum");
  optimized(hr_momentum_optimizer(0.1, 0.9, .use_nesterov = true), "chapter_11_book.nesterov");
  optimized(hr_adagrad_optimizer(0.1), "chapter_11_book.adagrad");
  optimized(hr_rmsprop_optimizer(0.01, .momentum = 0.9, .decay = 0.9, .epsilon = 1e-10), "chapter_11_book.rmsprop");
  optimized(hr_adam_optimizer(0.01), "chapter_11_book.adam");
  optimized(hr_ftrl_optimizer(0.1, .l1_regularization_strength = 0.01), "chapter_11_book.ftrl");
}

static void schedule(void **state) {
  (void)state;
  program p = begin();
  hr_output loss = loss_of(&p, dnn(&p, p.x));
  hr_var *step = hr_tf_variable(p.s, 0, .trainable = false);
  hr_output rate = hr_exponential_decay(p.s, 0.1, step, 10000, 0.1);
  hr_optimizer *optimizer = hr_momentum_optimizer(rate, 0.9);
  hr_minimize(p.s, optimizer, loss, .global_step = step);
  hr_optimizer_free(optimizer);
  hr_global_variables_initializer(p.s);
  end(&p, "chapter_11_book.schedule");
}

/* ---- regularisation -------------------------------------------------------------------------------------------- */

/* The loss and all penalties of the graph. */
static hr_output with_penalties(const program *p, hr_output base, const char *name) {
  hr_operand items[8] = {hr_operand_output(base)};
  int32_t count = hr_collection_count(p->t.graph, HR_REGULARIZATION_LOSSES);
  for (int32_t i = 0; i < count; ++i)
    items[i + 1] = hr_operand_output(hr_collection_item(p->t.graph, HR_REGULARIZATION_LOSSES, i)->output);
  return hr_tf_add_n(p->s, ((hr_operands){count + 1, items, NULL}), .name = name);
}

static void l1_in_scope(void **state) {
  (void)state;
  program p = begin();
  hr_scope s = p.s;
  hr_regularizer l1 = hr_l1_regularizer(0.01);
  hr_output hidden1 = hr_fully_connected(s, p.x, N_HIDDEN1, .weights_regularizer = l1, .scope = "hidden1");
  hr_output hidden2 = hr_fully_connected(s, hidden1, N_HIDDEN2, .weights_regularizer = l1, .scope = "hidden2");
  hr_output logits =
      hr_fully_connected(s, hidden2, N_OUTPUTS, .activation = {0}, .weights_regularizer = l1, .scope = "out");
  hr_output loss = with_penalties(&p, loss_of(&p, logits), "loss");
  train(s, hr_gradient_descent_optimizer(0.5), loss);
  hr_vars vars;
  assert_null(hr_collection_vars(p.t.graph, HR_TRAINABLE_VARIABLES, ".*weights", &vars));
  for (int32_t i = 0; i < vars.count; ++i) { /* the nearly zero ones become it */
    hr_var *w = vars.items[i];
    hr_output small = hr_binary(s, "Less", hr_tf_abs(s, w), 0.1);
    hr_var_assign(s, w, hr_tf_where(s, small, hr_tf_zeros_like(s, w), w));
  }
  hr_output zeros[3];
  for (int32_t i = 0; i < vars.count; ++i)
    zeros[i] = hr_reduce_sum(s, hr_tf_cast(s, hr_binary(s, "Equal", vars.items[i], 0.0), HR_INT32));
  hr_tf_add_n(s, ((hr_outputs){3, zeros}));
  free((void *)vars.items);
  hr_global_variables_initializer(s);
  end(&p, "chapter_11_book.l1_in_scope");
}

static void l1_by_hand(void **state) {
  (void)state;
  program p = begin();
  hr_scope s = p.s;
  hr_output hidden1 = hr_fully_connected(s, p.x, N_HIDDEN1, .scope = "hidden1");
  hr_output logits = hr_fully_connected(s, hidden1, N_OUTPUTS, .activation = {0}, .scope = "out");
  hr_var *weights1 = NULL, *weights2 = NULL;
  HR_WITH (root, hr_variable_scope(s, "", .reuse = HR_REUSE_TRUE)) {
    weights1 = hr_get_variable(root, "hidden1/weights");
    weights2 = hr_get_variable(root, "out/weights");
  }
  hr_output xentropy = hr_tf_sparse_softmax_cross_entropy_with_logits(s, p.y, logits);
  hr_output base = hr_reduce_mean(s, xentropy, .name = "avg_xentropy");
  hr_output sum1 = hr_reduce_sum(s, hr_tf_abs(s, weights1));
  hr_output sums = hr_plus(s, sum1, hr_reduce_sum(s, hr_tf_abs(s, weights2)));
  hr_output loss = hr_add(s, base, hr_times(s, 0.001, sums), .name = "loss");
  train(s, hr_adagrad_optimizer(0.1), loss);
  hr_global_variables_initializer(s);
  end(&p, "chapter_11_book.l1_by_hand");
}

static void dropout(void **state) {
  (void)state;
  program p = begin();
  hr_scope s = p.s;
  hr_output is_training = hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(), .name = "is_training");
  hr_operand flag = hr_operand_output(is_training);
  hr_output x_drop = hr_contrib_dropout(s, p.x, 0.5, .is_training = flag);
  hr_output hidden1 = hr_fully_connected(s, x_drop, N_HIDDEN1, .scope = "hidden1");
  hr_output hidden1_drop = hr_contrib_dropout(s, hidden1, 0.5, .is_training = flag);
  hr_output hidden2 = hr_fully_connected(s, hidden1_drop, N_HIDDEN2, .scope = "hidden2");
  hr_output hidden2_drop = hr_contrib_dropout(s, hidden2, 0.5, .is_training = flag);
  hr_output logits = hr_fully_connected(s, hidden2_drop, N_OUTPUTS, .activation = {0}, .scope = "outputs");
  train(s, hr_gradient_descent_optimizer(0.1), loss_of(&p, logits));
  hr_global_variables_initializer(s);
  end(&p, "chapter_11_book.dropout");
}

static void max_norm(void **state) {
  (void)state;
  program p = begin();
  hr_scope s = p.s;
  train(s, hr_momentum_optimizer(0.5, 0.9), loss_of(&p, dnn(&p, p.x)));
  hr_var *weights = NULL;
  HR_WITH (again, hr_variable_scope(s, "hidden1", .reuse = HR_REUSE_TRUE)) {
    weights = hr_get_variable(again, "weights");
  }
  HR_WITH (root, hr_variable_scope(s, "", .reuse = HR_REUSE_TRUE)) {
    assert_ptr_equal(hr_get_variable(root, "hidden1/weights"), weights);
    assert_ptr_not_equal(hr_get_variable(root, "hidden2/weights"), weights);
  }
  hr_var_assign(s, weights, hr_clip_by_norm(s, weights, 1.0, .axes = HR_AXIS(1)));
  hr_norm(s, weights, .axis = HR_AXIS(1));
  hr_global_variables_initializer(s);
  end(&p, "chapter_11_book.max_norm");
}

/* A regulariser without a loss: what keeps the norms down waits in a collection. */
static hr_output keep_norms_down(const hr_regularizer *self, hr_scope s, hr_operand weights) {
  hr_output clipped = hr_clip_by_norm(s, weights, *(double *)self->argument, .axes = HR_AXIS(1));
  hr_output clip = hr_var_assign(s, weights.variable, clipped, .name = "max_norm");
  hr_add_output_to_collection(s, "max_norm", clip);
  return HR_NO_OUTPUT;
}

static void max_norm_regularizer(void **state) {
  (void)state;
  program p = begin();
  hr_scope s = p.s;
  double threshold = 0.5;
  hr_regularizer max_norm = {.call = keep_norms_down, .argument = &threshold};
  hr_output hidden1 = hr_fully_connected(s, p.x, N_HIDDEN1, .weights_regularizer = max_norm, .scope = "hidden1");
  hr_output hidden2 = hr_fully_connected(s, hidden1, N_HIDDEN2, .weights_regularizer = max_norm, .scope = "hidden2");
  hr_output logits = hr_fully_connected(s, hidden2, N_OUTPUTS, .activation = {0}, .scope = "outputs");
  train(s, hr_momentum_optimizer(0.5, 0.9), loss_of(&p, logits));
  assert_int_equal(hr_collection_count(p.t.graph, "max_norm"), 2);
  assert_int_equal(hr_collection_count(p.t.graph, HR_REGULARIZATION_LOSSES), 0);
  hr_global_variables_initializer(s);
  end(&p, "chapter_11_book.max_norm_regularizer");
}

/* ---- reusing layers -------------------------------------------------------------------------------------------- */

static void reuse_layers(void **state) {
  (void)state;
  program p = begin();
  hr_scope s = p.s;
  hr_graph_set_seed(p.t.graph, true, 43);
  hr_output hidden = p.x;
  const int64_t units[] = {5, 4, 4, 4};
  static const char *const names[] = {"hidden1", "hidden2", "hidden3", "hidden4"};
  for (int i = 0; i < 4; ++i)
    hidden = hr_fully_connected(s, hidden, units[i], .scope = names[i]);
  hr_output loss = loss_of(&p, hr_fully_connected(s, hidden, N_OUTPUTS, .activation = {0}, .scope = "outputs"));
  hr_vars trained, reused;
  assert_null(hr_collection_vars(p.t.graph, HR_TRAINABLE_VARIABLES, "hidden[34]|outputs", &trained));
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  hr_minimize(s, optimizer, loss, .vars = &trained);
  hr_optimizer_free(optimizer);
  hr_global_variables_initializer(s);
  assert_null(hr_collection_vars(p.t.graph, HR_TRAINABLE_VARIABLES, "hidden[123]", &reused));
  assert_int_equal(reused.count, 6);
  hr_saver_free(hr_saver_new(s, .vars = &reused));
  hr_saver_free(hr_saver_new(s));
  free((void *)trained.items);
  free((void *)reused.items);
  end(&p, "chapter_11_book.reuse_layers");
}

static void other_framework(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "X");
  hr_fully_connected(s, x, 3, .scope = "hidden1");
  hr_var *weights = NULL, *biases = NULL;
  HR_WITH (root, hr_variable_scope(s, "", .reuse = HR_REUSE_TRUE)) {
    weights = hr_get_variable(root, "hidden1/weights");
    biases = hr_get_variable(root, "hidden1/biases");
  }
  hr_output original_weights = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, 3));
  hr_output original_biases = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(3));
  hr_var_assign(s, weights, original_weights), hr_var_assign(s, biases, original_biases);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  testing_graph_expect(&t, "chapter_11_book.other_framework");
}

/* ---- all together ---------------------------------------------------------------------------------------------- */

static void default_configuration(void **state) {
  (void)state;
  program p = begin();
  hr_scope s = p.s;
  hr_output is_training = HR_NO_OUTPUT;
  HR_WITH (named, hr_name_scope(s, "is_training")) {
    is_training = hr_placeholder_with_default(named, hr_constant_bool(named, false, .name = "input"), HR_SHAPE(),
                                              .name = hr_scope_name(named));
  }
  hr_operand flag = hr_operand_output(is_training);
  hr_var *step = hr_create_global_step(s);
  hr_batch_norm_options norm = {HR_BATCH_NORM_DEFAULTS};
  norm.is_training = flag;
  norm.decay = 0.9;
  norm.in_place = norm.scale = true;
  hr_fully_connected_options layer = {HR_FULLY_CONNECTED_DEFAULTS, .normalizer = hr_batch_norm_normalizer(&norm),
                                      .weights_initializer =
                                          hr_contrib_variance_scaling_initializer(2, HR_FAN_IN, false, HR_NO_SEED),
                                      .weights_regularizer = hr_l2_regularizer(0.001)};
  layer.activation = hr_elu_activation;
  layer.scope = "hidden1";
  hr_output hidden1 = hr_fully_connected_with(s, hr_operand_output(p.x), N_HIDDEN1, &layer);
  hidden1 = hr_contrib_dropout(s, hidden1, 0.8, .is_training = flag);
  layer.scope = "hidden2";
  hr_output hidden2 = hr_fully_connected_with(s, hr_operand_output(hidden1), N_HIDDEN2, &layer);
  hidden2 = hr_contrib_dropout(s, hidden2, 0.8, .is_training = flag);
  layer.scope = "outputs";
  layer.activation = (hr_activation){0};
  hr_output logits = hr_fully_connected_with(s, hr_operand_output(hidden2), N_OUTPUTS, &layer);
  hr_output loss = with_penalties(&p, loss_of(&p, logits), NULL);
  hr_output rate = hr_exponential_decay(s, 0.01, step, 10, 0.5);
  hr_optimizer *optimizer = hr_adam_optimizer(rate);
  hr_minimize(s, optimizer, loss, .global_step = step);
  hr_optimizer_free(optimizer);
  accuracy_of(&p, logits);
  hr_global_variables_initializer(s);
  end(&p, "chapter_11_book.default_configuration");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(he_initialization),
      cmocka_unit_test(batch_norm),
      cmocka_unit_test(scaled_elu),
      cmocka_unit_test(gradient_clipping),
      cmocka_unit_test(optimizers),
      cmocka_unit_test(schedule),
      cmocka_unit_test(l1_by_hand),
      cmocka_unit_test(l1_in_scope),
      cmocka_unit_test(dropout),
      cmocka_unit_test(max_norm),
      cmocka_unit_test(max_norm_regularizer),
      cmocka_unit_test(reuse_layers),
      cmocka_unit_test(other_framework),
      cmocka_unit_test(default_configuration),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
