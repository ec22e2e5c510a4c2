/* The deep nets of the companion notebooks and exercises, with layers of tf.layers (programs/chapter_11_notebook.py,
 * and two of chapter_11_book.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/batch_norm.h"
#include "headrace/control_flow.h"
#include "headrace/graph_io.h"
#include "headrace/linalg.h"
#include "headrace/ops.h"
#include "headrace/saver.h"
#include "headrace/train.h"

enum { N_INPUTS = 6, N_OUTPUTS = 3 };

static testing_graph begin(void) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  return t;
}

static void end(testing_graph *t, const char *recorded_case) {
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

static hr_output instances(hr_scope s) {
  return hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, N_INPUTS), .name = "X");
}
static hr_output classes(hr_scope s, hr_dtype dtype) { return hr_placeholder(s, dtype, .name = "y"); }

static hr_output loss_of(hr_scope outside, hr_output logits, hr_output y) {
  hr_output loss = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(outside, "loss")) {
    hr_output xentropy = hr_tf_sparse_softmax_cross_entropy_with_logits(s, y, logits);
    loss = hr_reduce_mean(s, xentropy, .name = "loss");
  }
  return loss;
}

static hr_output accuracy_of(hr_scope outside, hr_output logits, hr_output y) {
  hr_output accuracy = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(outside, "eval")) {
    hr_output correct = hr_tf_in_top_k(s, logits, y, 1);
    accuracy = hr_reduce_mean(s, hr_tf_cast(s, correct, HR_FLOAT), .name = "accuracy");
  }
  return accuracy;
}

static void minimize(hr_scope s, hr_optimizer *optimizer, hr_output loss, const hr_vars *vars) {
  assert_non_null(optimizer);
  hr_minimize(s, optimizer, loss, .vars = vars);
  hr_optimizer_free(optimizer);
}

static hr_vars trainable(const testing_graph *t, const char *filter) {
  hr_vars vars;
  assert_null(hr_collection_vars(t->graph, HR_TRAINABLE_VARIABLES, filter, &vars));
  return vars;
}

/* tf.placeholder_with_default(False, shape=(), name="training") */
static hr_operand training_flag(hr_scope s) {
  hr_output flag = HR_NO_OUTPUT;
  HR_WITH (named, hr_name_scope(s, "training"))
    flag = hr_placeholder_with_default(named, hr_constant_bool(named, false, .name = "input"), HR_SHAPE(),
                                       .name = hr_scope_name(named));
  return hr_operand_output(flag);
}

static hr_initializer he(void) {
  return hr_variance_scaling_initializer(1, HR_FAN_IN, HR_TRUNCATED_NORMAL, HR_NO_SEED);
}

/* ---- activations of one's own ---------------------------------------------------------------------------------- */

static hr_output own_selu(void *argument, hr_scope s, hr_output z) {
  (void)argument;
  const double scale = 1.0507009873554804934193349852946, alpha = 1.6732632423543772848170429916717;
  hr_output positive = hr_binary(s, "GreaterEqual", z, 0.0);
  return hr_times(s, scale, hr_tf_where(s, positive, z, hr_times(s, alpha, hr_elu(s, z))));
}

static hr_output leaky_relu(void *argument, hr_scope s, hr_output z) {
  (void)argument;
  return hr_maximum(s, hr_times(s, 0.01, z), z);
}

static void selu(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope root = t.root;
  hr_output x = instances(root), y = classes(root, HR_INT32), logits = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(root, "dnn")) {
    hr_output hidden1 = hr_dense(s, x, 5, .activation = {own_selu, NULL}, .name = "hidden1");
    hr_output hidden2 = hr_dense(s, hidden1, 4, .activation = {leaky_relu, NULL}, .name = "hidden2");
    hr_output hidden3 =
        hr_dense(s, hidden2, 4, .activation = hr_selu_activation, .name = "hidden3", .kernel_initializer = he());
    logits = hr_dense(s, hidden3, N_OUTPUTS, .name = "outputs");
  }
  hr_output loss = loss_of(root, logits, y);
  HR_WITH (s, hr_name_scope(root, "train"))
    minimize(s, hr_gradient_descent_optimizer(0.1), loss, NULL);
  hr_global_variables_initializer(root);
  end(&t, "chapter_11_notebook.selu");
}

/* A slope that is trained. */
static hr_output trained_slope(hr_scope s, hr_output z) {
  hr_partial_shape units = HR_SHAPE(hr_output_shape(z)->dims[1]);
  hr_var *alpha = hr_get_variable(s, "alpha", .shape = units, .initializer = hr_constant_initializer(0.25));
  hr_output above = hr_binary(s, "Maximum", z, 0.0);
  return hr_plus(s, above, hr_times(s, alpha, hr_binary(s, "Minimum", z, 0.0)));
}

/* A slope that is random while training. */
static void random_slopes(void *z, hr_scope s, hr_results *results) {
  hr_return(results, hr_tf_random_uniform(s, hr_tf_shape(s, *(hr_output *)z), .minval = hr_operand_float(0.125),
                                          .maxval = hr_operand_float(0.375)));
}
static void fixed_slopes(void *z, hr_scope s, hr_results *results) {
  hr_return(results, hr_tf_fill(s, hr_tf_shape(s, *(hr_output *)z), 0.25));
}

static void prelu(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope root = t.root;
  hr_output x = instances(root), y = classes(root, HR_INT32), hidden1 = HR_NO_OUTPUT, hidden2 = HR_NO_OUTPUT;
  hr_operand training = training_flag(root);
  HR_WITH (s, hr_variable_scope(root, "first"))
    hidden1 = trained_slope(s, hr_dense(s, x, 5));
  HR_WITH (s, hr_variable_scope(root, "second")) {
    hr_output z = hr_dense(s, hidden1, 4);
    hr_output alpha = hr_only(hr_cond(s, training, HR_BRANCH(random_slopes, &z), HR_BRANCH(fixed_slopes, &z)));
    hidden2 = hr_maximum(s, z, hr_times(s, alpha, z));
  }
  hr_output loss = loss_of(root, hr_dense(root, hidden2, N_OUTPUTS), y);
  minimize(root, hr_gradient_descent_optimizer(0.1), loss, NULL);
  hr_global_variables_initializer(root);
  end(&t, "chapter_11_notebook.prelu");
}

/* ---- batch normalisation --------------------------------------------------------------------------------------- */

static void batch_normalization(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope root = t.root;
  hr_output x = instances(root), y = classes(root, HR_INT32), logits = HR_NO_OUTPUT;
  hr_operand training = training_flag(root);
  static const char *const names[] = {"hidden1", "hidden2", "outputs"};
  const int64_t units[] = {5, 4, N_OUTPUTS};
  HR_WITH (s, hr_name_scope(root, "dnn")) {
    hr_output layer = x;
    for (int i = 0; i < 3; ++i) {
      if (i > 0) layer = hr_elu(s, logits);
      layer = hr_dense(s, layer, units[i], .kernel_initializer = he(), .name = names[i]);
      logits = hr_batch_normalization_layer(s, layer, .training = training, .momentum = 0.9);
    }
  }
  hr_output loss = loss_of(root, logits, y);
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  HR_WITH (s, hr_name_scope(root, "train"))
    hr_minimize(s, optimizer, loss);
  hr_node *updates[6];
  assert_int_equal(hr_collection_count(t.graph, HR_UPDATE_OPS), 6);
  for (int i = 0; i < 6; ++i) {
    const hr_item *item = hr_collection_item(t.graph, HR_UPDATE_OPS, i);
    updates[i] = item->kind == HR_ITEM_OUTPUT ? item->output.node : item->node;
  }
  HR_WITH (s, hr_name_scope(root, "again"))
    HR_WITH (after, hr_control_dependencies(s, 6, updates))
      hr_minimize(after, optimizer, loss);
  hr_optimizer_free(optimizer);
  accuracy_of(root, logits, y);
  hr_global_variables_initializer(root);
  end(&t, "chapter_11_notebook.batch_normalization");
}

/* ELU, He, batch normalisation and dropout by one placeholder. */
static void dnn(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope root = t.root;
  hr_output x = instances(root), y = classes(root, HR_INT32), layer = x;
  hr_operand training = training_flag(root);
  static const char *const names[] = {"hidden1", "hidden2", "hidden3"};
  static const char *const outputs[] = {"hidden1_out", "hidden2_out", "hidden3_out"};
  HR_WITH (s, hr_variable_scope(root, NULL, .default_name = "dnn"))
    for (int i = 0; i < 3; ++i) {
      layer = hr_dropout_layer(s, layer, .rate = 0.25, .training = training);
      layer = hr_dense(s, layer, 4, .kernel_initializer = he(), .name = names[i]);
      layer = hr_batch_normalization_layer(s, layer, .momentum = 0.9, .training = training);
      layer = hr_elu(s, layer, .name = outputs[i]);
    }
  hr_output logits = hr_dense(root, layer, N_OUTPUTS, .kernel_initializer = he(), .name = "logits");
  hr_tf_softmax(root, logits, .name = "Y_proba");
  hr_output xentropy = hr_tf_sparse_softmax_cross_entropy_with_logits(root, y, logits);
  hr_output loss = hr_reduce_mean(root, xentropy, .name = "loss");
  hr_optimizer *optimizer = hr_adam_optimizer(0.01);
  assert_non_null(optimizer);
  hr_minimize(root, optimizer, loss, .name = "training_op");
  hr_optimizer_free(optimizer);
  hr_output correct = hr_tf_in_top_k(root, logits, y, 1);
  hr_reduce_mean(root, hr_tf_cast(root, correct, HR_FLOAT), .name = "accuracy");
  hr_global_variables_initializer(root);
  hr_saver_free(hr_saver_new(root));
  end(&t, "chapter_11_notebook.dnn");
}

/* ---- reusing layers -------------------------------------------------------------------------------------------- */

static void stopped_gradient(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope root = t.root;
  hr_output x = instances(root), y = classes(root, HR_INT32), logits = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(root, "dnn")) {
    hr_output hidden1 = hr_dense(s, x, 5, .activation = hr_relu_activation, .name = "hidden1");
    hr_output hidden2 = hr_dense(s, hidden1, 4, .activation = hr_relu_activation, .name = "hidden2");
    hr_output frozen = hr_stop_gradient(s, hidden2);
    hr_output hidden3 = hr_dense(s, frozen, 4, .activation = hr_relu_activation, .name = "hidden3");
    logits = hr_dense(s, hidden3, N_OUTPUTS, .name = "outputs");
  }
  hr_output loss = loss_of(root, logits, y);
  HR_WITH (s, hr_name_scope(root, "train"))
    minimize(s, hr_gradient_descent_optimizer(0.1), loss, NULL);
  hr_global_variables_initializer(root);
  end(&t, "chapter_11_notebook.stopped_gradient");
}

static void cached(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope s = t.root;
  hr_output x = instances(s), y = classes(s, HR_INT64);
  hr_output hidden1 = hr_fully_connected(s, x, 5, .scope = "hidden1");
  hr_output hidden2 = hr_fully_connected(s, hidden1, 4, .scope = "hidden2");
  hr_output hidden3 = hr_fully_connected(s, hidden2, 4, .scope = "hidden3");
  hr_output logits = hr_fully_connected(s, hidden3, N_OUTPUTS, .activation = {0}, .scope = "outputs");
  hr_output loss = loss_of(s, logits, y);
  hr_vars trained = trainable(&t, "hidden[34]|outputs");
  minimize(s, hr_gradient_descent_optimizer(0.1), loss, &trained);
  free((void *)trained.items);
  hr_global_variables_initializer(s);
  end(&t, "chapter_11_book.cached");
}

/* The network of four layers whose gradients are clipped; its fourth layer. */
static hr_output deep(const testing_graph *t, hr_output x, hr_output y) {
  static const char *const names[] = {"hidden1", "hidden2", "hidden3", "hidden4"};
  const int64_t units[] = {5, 4, 4, 4};
  hr_output hidden = x, logits = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(t->root, "dnn")) {
    for (int i = 0; i < 4; ++i)
      hidden = hr_dense(s, hidden, units[i], .activation = hr_relu_activation, .name = names[i]);
    logits = hr_dense(s, hidden, N_OUTPUTS, .name = "outputs");
  }
  hr_output loss = loss_of(t->root, logits, y);
  accuracy_of(t->root, logits, y);
  HR_WITH (s, hr_name_scope(t->root, "train")) {
    hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
    hr_vars vars = trainable(t, NULL);
    hr_gradient gradients[10];
    assert_int_equal(vars.count, 10);
    hr_compute_gradients(s, optimizer, loss, vars, gradients);
    for (int i = 0; i < vars.count; ++i)
      gradients[i] = hr_dense_gradient(hr_tf_clip_by_value(s, gradients[i].value, -1.0, 1.0));
    hr_apply_gradients(s, optimizer, vars, gradients);
    hr_optimizer_free(optimizer);
    free((void *)vars.items);
  }
  return hidden;
}

static void new_softmax(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope s = t.root;
  hr_output x = instances(s), y = classes(s, HR_INT32);
  hr_output logits = hr_dense(s, deep(&t, x, y), 2, .kernel_initializer = he(), .name = "new_logits");
  hr_output labels = hr_tf_cast(s, hr_binary(s, "Equal", y, 0), HR_INT32);
  hr_output loss = hr_reduce_mean(s, hr_tf_sparse_softmax_cross_entropy_with_logits(s, labels, logits));
  hr_vars top = trainable(&t, "new_logits"), unfrozen = trainable(&t, "hidden[34]|new_logits");
  minimize(s, hr_adam_optimizer(0.01, .name = "Adam2"), loss, &top);
  minimize(s, hr_adam_optimizer(0.01, .name = "Adam3"), loss, &unfrozen);
  minimize(s, hr_adam_optimizer(0.01, .name = "Adam4"), loss, NULL);
  free((void *)top.items);
  free((void *)unfrozen.items);
  hr_global_variables_initializer(s);
  end(&t, "chapter_11_notebook.new_softmax");
}

/* ---- a graph from a file --------------------------------------------------------------------------------------- */

/* A new graph with what the MetaGraph of the deep network says. */
static testing_graph import_deep(void) {
  testing_graph original = begin();
  hr_scope s = original.root;
  hr_output x = instances(s), y = classes(s, HR_INT32);
  deep(&original, x, y);
  hr_add_output_to_collection(s, "my_important_ops", x);
  hr_add_output_to_collection(s, "my_important_ops", y);
  hr_add_output_to_collection(s, "my_important_ops", (hr_output){hr_graph_find(original.graph, "eval/accuracy"), 0});
  hr_add_node_to_collection(s, "my_important_ops", hr_graph_find(original.graph, "train/GradientDescent"));
  hr_saver_free(hr_saver_new(s));
  hr_global_variables_initializer(s);
  expect_ok(original.builder);
  hr_owned_bytes meta_graph;
  assert_null(hr_meta_graph_export(original.graph, NULL, &meta_graph));
  testing_graph_free(&original);
  testing_graph t = testing_graph_new();
  assert_null(hr_meta_graph_import(t.root, meta_graph.data, meta_graph.length, NULL));
  free(meta_graph.data);
  return t;
}

static void imported(void **state) {
  (void)state;
  testing_graph t = import_deep();
  end(&t, "chapter_11_notebook.imported");
}

static void new_layer_on_imported(void **state) {
  (void)state;
  testing_graph t = import_deep();
  hr_scope root = t.root;
  hr_graph_set_seed(t.graph, true, 42);
  hr_output y = {hr_graph_find(t.graph, "y"), 0}, hidden3 = {hr_graph_find(t.graph, "dnn/hidden3/Relu"), 0};
  hr_output hidden4 = hr_dense(root, hidden3, 4, .activation = hr_relu_activation, .name = "new_hidden4");
  hr_output logits = hr_dense(root, hidden4, N_OUTPUTS, .name = "new_outputs"), loss = HR_NO_OUTPUT;
  HR_WITH (s, hr_name_scope(root, "new_loss")) {
    hr_output xentropy = hr_tf_sparse_softmax_cross_entropy_with_logits(s, y, logits);
    loss = hr_reduce_mean(s, xentropy, .name = "loss");
  }
  HR_WITH (s, hr_name_scope(root, "new_eval")) {
    hr_output correct = hr_tf_in_top_k(s, logits, y, 1);
    hr_reduce_mean(s, hr_tf_cast(s, correct, HR_FLOAT), .name = "accuracy");
  }
  HR_WITH (s, hr_name_scope(root, "new_train"))
    minimize(s, hr_adam_optimizer(0.01, .name = "Adam2"), loss, NULL);
  hr_global_variables_initializer(root);
  hr_saver_free(hr_saver_new(root));
  end(&t, "chapter_11_notebook.new_layer_on_imported");
}

static void initial_values_fed(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "X");
  hr_dense(s, x, 3, .activation = hr_relu_activation, .name = "hidden1");
  hr_global_variables_initializer(s);
  end(&t, "chapter_11_notebook.initial_values_fed");
}

/* ---- two towers ------------------------------------------------------------------------------------------------ */

static hr_output tower(hr_scope outside, hr_output x, const char *name) {
  HR_WITH (s, hr_variable_scope(outside, name, .default_name = "dnn")) {
    x = hr_elu(s, hr_dense(s, x, 4, .kernel_initializer = he(), .name = "hidden1"), .name = "hidden1_out");
    x = hr_elu(s, hr_dense(s, x, 4, .kernel_initializer = he(), .name = "hidden2"), .name = "hidden2_out");
  }
  return x;
}

static void pairs(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2, N_INPUTS), .name = "X");
  hr_outputs both = hr_unstack(s, x, .axis = 1);
  assert_int_equal(both.count, 2);
  hr_output y = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1, 1));
  hr_output first = tower(s, both.items[0], "DNN_A"), second = tower(s, both.items[1], "DNN_B");
  hr_output joined = hr_tf_concat(s, HR_OPERANDS(first, second), 1);
  hr_output hidden = hr_dense(s, joined, 10, .activation = hr_elu_activation, .kernel_initializer = he());
  hr_output logits = hr_dense(s, hidden, 1, .kernel_initializer = he());
  hr_sigmoid(s, logits);
  hr_output same = hr_tf_cast(s, hr_binary(s, "GreaterEqual", logits, 0), HR_INT32);
  hr_output xentropy = hr_sigmoid_cross_entropy_with_logits(s, hr_tf_cast(s, y, HR_FLOAT), logits);
  minimize(s, hr_momentum_optimizer(0.01, 0.95, .use_nesterov = true), hr_reduce_mean(s, xentropy), NULL);
  hr_reduce_mean(s, hr_tf_cast(s, hr_binary(s, "Equal", same, y), HR_FLOAT));
  hr_vars reused = trainable(&t, "DNN_A");
  hr_saver_free(hr_saver_new(s, .vars = &reused));
  free((void *)reused.items);
  hr_global_variables_initializer(s);
  end(&t, "chapter_11_notebook.pairs");
}

/* ---- unsupervised, and other losses ---------------------------------------------------------------------------- */

/* Ones with the probabilities p. */
static hr_output sample(hr_scope s, hr_output p) {
  hr_output draws = hr_tf_random_uniform(s, hr_tf_shape(s, p));
  return hr_tf_cast(s, hr_binary(s, "Less", draws, p), HR_FLOAT);
}
static hr_output activated(hr_scope s, hr_output product, hr_var *bias) {
  return sample(s, hr_sigmoid(s, hr_truediv(s, hr_plus(s, product, bias), 1.0)));
}
static hr_node *moved(hr_scope s, hr_var *bias, hr_output before, hr_output after) {
  hr_output mean = hr_reduce_mean(s, hr_minus(s, before, after), .axis = HR_AXIS(0));
  return hr_var_assign_add(s, bias, hr_times(s, 0.1, mean)).node;
}

static void margin(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope s = t.root;
  hr_output good = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "good");
  hr_output bad = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "bad");
  hr_output short_of = hr_plus(s, hr_minus(s, 1.0, good), bad);
  hr_output loss = hr_reduce_mean(s, hr_binary(s, "Maximum", 0.0, short_of), .name = "loss");
  hr_gradient slopes[2];
  hr_gradients(s, HR_LIST(loss), HR_LIST(good, bad), slopes);
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 6), .name = "x");
  hr_var *w = hr_tf_variable(s, hr_random_normal(s, HR_SHAPE(6, 3), .stddev = 0.1), .name = "W");
  hr_var *b_hidden = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(3)), .name = "b_hidden");
  hr_var *b_visible = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(6)), .name = "b_visible");
  hr_output h = activated(s, hr_tf_matmul(s, x, w), b_hidden);
  hr_output x_dot = activated(s, hr_tf_matmul(s, h, w, .transpose_b = true), b_visible);
  hr_output h_dot = activated(s, hr_tf_matmul(s, x_dot, w), b_hidden);
  hr_output size = hr_tf_cast(s, hr_at(s, hr_tf_shape(s, x), HR_INDEX(0)), HR_FLOAT);
  hr_output together = hr_tf_matmul(s, x, h, .transpose_a = true);
  hr_output apart = hr_tf_matmul(s, x_dot, h_dot, .transpose_a = true);
  hr_output step = hr_truediv(s, hr_minus(s, together, apart), size);
  hr_node *w_moved = hr_var_assign_add(s, w, hr_times(s, 0.1, step)).node;
  hr_node *hidden_moved = moved(s, b_hidden, h, h_dot), *visible_moved = moved(s, b_visible, x, x_dot);
  if (w_moved && hidden_moved && visible_moved) hr_group(s, w_moved, hidden_moved, visible_moved);
  hr_global_variables_initializer(s);
  end(&t, "chapter_11_notebook.margin");
}

/* ---- a rate that falls when the loss does not ------------------------------------------------------------------ */

static void early_stopping(void **state) {
  (void)state;
  testing_graph t = begin();
  hr_scope root = t.root;
  hr_output x = instances(root), y = classes(root, HR_INT64), logits = HR_NO_OUTPUT;
  hr_var *rate = hr_tf_variable(root, 0.5, .trainable = false, .name = "rate");
  hr_assign(root, hr_var_ref(rate), hr_truediv(root, rate, 10.0), .use_locking = false); /* as Variable.assign does */
  HR_WITH (s, hr_name_scope(root, "dnn")) {
    hr_output hidden1 = hr_fully_connected(s, x, 5, .scope = "hidden1");
    hr_output hidden2 = hr_fully_connected(s, hidden1, 4, .scope = "hidden2");
    logits = hr_fully_connected(s, hidden2, N_OUTPUTS, .activation = {0}, .scope = "outputs");
  }
  minimize(root, hr_momentum_optimizer(rate, 0.9), loss_of(root, logits, y), NULL);
  hr_global_variables_initializer(root);
  hr_saver_free(hr_saver_new(root));
  end(&t, "chapter_11_book.early_stopping");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(selu),
      cmocka_unit_test(prelu),
      cmocka_unit_test(batch_normalization),
      cmocka_unit_test(dnn),
      cmocka_unit_test(stopped_gradient),
      cmocka_unit_test(cached),
      cmocka_unit_test(new_softmax),
      cmocka_unit_test(imported),
      cmocka_unit_test(new_layer_on_imported),
      cmocka_unit_test(initial_values_fed),
      cmocka_unit_test(pairs),
      cmocka_unit_test(margin),
      cmocka_unit_test(early_stopping),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
