/* The parts that deep nets are trained with: schedules, normalisation, averages, sampled losses, sparse tensors: the
 * graphs that TensorFlow 1.15 builds (programs/schedules.py, batch_norm_layers.py, and so on). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/batch_norm.h"
#include "headrace/candidates.h"
#include "headrace/control_flow.h"
#include "headrace/moving_averages.h"
#include "headrace/normalization.h"
#include "headrace/ops.h"
#include "headrace/saver.h"
#include "headrace/schedules.h"
#include "headrace/sparse.h"
#include "headrace/train.h"

static testing_graph begin_seeded(int64_t seed) {
  testing_graph t = testing_graph_new();
  if (seed) hr_graph_set_seed(t.graph, true, seed);
  return t;
}

static void end(testing_graph *t, const char *recorded_case) {
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

static void train(hr_scope s, hr_optimizer *optimizer, hr_output loss) {
  assert_non_null(optimizer);
  hr_minimize(s, optimizer, loss);
  hr_optimizer_free(optimizer);
}

/* The gradients of ys by the trainable variables, the x (if any) before or after them. */
static void differentiate(const testing_graph *t, hr_outputs ys, hr_output first) {
  hr_vars vars;
  assert_null(hr_collection_vars(t->graph, HR_TRAINABLE_VARIABLES, NULL, &vars));
  hr_output xs[24];
  hr_gradient gradients[24];
  int32_t count = 0;
  if (first.node) xs[count++] = first;
  for (int32_t i = 0; i < vars.count; ++i)
    xs[count++] = hr_var_ref(vars.items[i]);
  free((void *)vars.items);
  if (count) hr_gradients(t->root, ys, ((hr_outputs){count, xs}), gradients);
}

/* ---- schedules ------------------------------------------------------------------------------------------------- */

/* A program of one schedule or several of a step that is fed. */
#define SCHEDULES(dtype, recorded_case, ...)                                                                           \
  do {                                                                                                                 \
    testing_graph t = begin_seeded(0);                                                                                 \
    hr_scope s = t.root;                                                                                               \
    hr_output step = hr_placeholder(s, dtype, .shape = HR_SHAPE(), .name = "step");                                    \
    __VA_ARGS__;                                                                                                       \
    end(&t, "schedules." recorded_case);                                                                               \
  } while (0)

static void schedules(void **state) {
  (void)state;
  SCHEDULES(HR_INT32, "cycle",
            hr_polynomial_decay(s, 0.1, step, 10, .end_learning_rate = hr_operand_float(0.01),
                                .power = hr_operand_float(0.5), .cycle = true);
            hr_polynomial_decay(s, 0.1, step, 10, .end_learning_rate = hr_operand_float(0.01), .cycle = true,
                                .name = "again"));
  SCHEDULES(HR_INT32, "staircases", hr_exponential_decay(s, 0.1, step, 4, 0.5, .staircase = true);
            hr_natural_exp_decay(s, 0.1, step, 4, 0.5, .staircase = true);
            hr_inverse_time_decay(s, 0.1, step, 4, 0.5, .staircase = true, .name = "inverse");
            hr_output rate = hr_constant_f32(s, 0.1f), base = hr_constant_f32(s, 0.5f);
            hr_exponential_decay(s, rate, step, 4, base));
  SCHEDULES(HR_INT64, "long_steps", hr_exponential_decay(s, 0.1, step, 4, 0.5); hr_polynomial_decay(
                s, 0.1, step, 10, .end_learning_rate = hr_operand_float(0.01), .power = hr_operand_float(2));
            hr_polynomial_decay(s, 0.1, step, 10, .cycle = true); hr_cosine_decay(s, 0.1, step, 10, .alpha = 0.2);
            hr_cosine_decay_restarts(s, 0.1, step, 4));
  SCHEDULES(HR_INT32, "restarts", hr_cosine_decay_restarts(s, 0.1, step, 4);
            hr_cosine_decay_restarts(s, 0.1, step, 4, .t_mul = hr_operand_float(1), .m_mul = hr_operand_float(0.9),
                                     .alpha = hr_operand_float(0.1));
            hr_cosine_decay_restarts(s, 0.1, step, 3, .t_mul = hr_operand_float(1.5), .m_mul = hr_operand_float(0.5),
                                     .name = "shorter"));
  SCHEDULES(HR_INT32, "linear_cosine", hr_linear_cosine_decay(s, 0.1, step, 10);
            hr_linear_cosine_decay(s, 0.1, step, 10, .num_periods = hr_operand_float(1.5),
                                   .alpha = hr_operand_float(0.1), .beta = hr_operand_float(0.01), .name = "longer"));
  SCHEDULES(HR_INT32, "noisy", hr_noisy_linear_cosine_decay(s, 0.1, step, 10, .initial_variance = hr_operand_float(0));
            hr_noisy_linear_cosine_decay(s, 0.1, step, 10, .initial_variance = hr_operand_float(0),
                                         .variance_decay = hr_operand_float(0.5), .num_periods = hr_operand_float(1.5),
                                         .alpha = hr_operand_float(0.1), .beta = hr_operand_float(0.01),
                                         .name = "longer"));
  SCHEDULES(HR_INT32, "piecewise", hr_piecewise_constant(s, step, HR_OPERANDS(4, 10), HR_OPERANDS(0.1, 0.01, 0.001));
            hr_piecewise_constant(s, step, HR_OPERANDS(9), HR_OPERANDS(1.0, 0.5), .name = "two");
            hr_output x = hr_tf_cast(s, step, HR_FLOAT);
            hr_piecewise_constant(s, x, HR_OPERANDS(0.5, 4.5, 9.5), HR_OPERANDS(3, 2, 1, 0)));
}

static void stepwise(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_var *step = hr_create_global_step(s);
  hr_output rate = hr_piecewise_constant(s, step, HR_OPERANDS(2, 4), HR_OPERANDS(0.5, 0.25, 0.125), .name = "rate");
  hr_piecewise_constant(s, 3, HR_OPERANDS(2, 4), HR_OPERANDS(0.5, 0.25, 0.125), .name = "fixed");
  hr_var *w = hr_tf_variable(s, HR_OPERANDS(1.0, 2.0), .name = "w");
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(rate);
  hr_minimize(s, optimizer, hr_reduce_sum(s, hr_square(s, hr_var_value(w))), .global_step = step);
  hr_optimizer_free(optimizer);
  hr_global_variables_initializer(s);
  end(&t, "schedules.stepwise");
}

static void schedule_mistakes(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_output step = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "step");
  hr_piecewise_constant(s, step, HR_OPERANDS(1, 2), HR_OPERANDS(0.1, 0.2));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "boundaries (2)", "values (2)", NULL);
  hr_piecewise_constant(s, step, HR_OPERANDS(1.5), HR_OPERANDS(0.1, 0.2));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "same dtype as x", NULL);
  hr_piecewise_constant(s, step, HR_OPERANDS(1), HR_OPERANDS(0.1, 2));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "all with the same dtype", NULL);
  testing_graph_free(&t);
}

/* ---- batch normalisation --------------------------------------------------------------------------------------- */

/* The loss of programs/batch_norm_layers.py and its gradients. */
static void end_normalized(testing_graph *t, hr_output x, hr_output y, int count, const char *recorded_case) {
  hr_scope s = t->root;
  float weights[48];
  for (int i = 0; i < count; ++i)
    weights[i] = i + 1 == count ? 2 : (float)(i * (3.0 / (count - 1)) - 1);
  hr_partial_shape shape = *hr_output_shape(x);
  shape.dims[0] = count == 18 ? 6 : 4;
  hr_output factors = hr_constant_array(s, HR_FLOAT, shape, weights);
  hr_output loss = hr_reduce_sum(s, hr_times(s, hr_square(s, y), factors), .name = "loss");
  differentiate(t, HR_LIST(loss), x);
  hr_global_variables_initializer(s);
  end(t, recorded_case);
}

#define ROWS     HR_SHAPE(-1, 3), 18
#define PICTURES HR_SHAPE(-1, 2, 2, 3), 48
#define FIRST    HR_SHAPE(-1, 3, 2, 2), 48

#define NORMALIZED(recorded_case, kind, call)                                                                          \
  do {                                                                                                                 \
    testing_graph t = begin_seeded(0);                                                                                 \
    hr_scope s = t.root;                                                                                               \
    struct {                                                                                                           \
      hr_partial_shape shape;                                                                                          \
      int count;                                                                                                       \
    } data = {kind};                                                                                                   \
    hr_output x = hr_placeholder(s, HR_FLOAT, .shape = data.shape, .name = "x");                                       \
    end_normalized(&t, x, call, data.count, "batch_norm_layers." recorded_case);                                       \
  } while (0)
#define FLAG hr_operand_output(hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(), .name = "training"))

static void layers_batch_normalization(void **state) {
  (void)state;
  hr_operand yes = hr_operand_bool(true);
  NORMALIZED("layers_training", ROWS, hr_batch_normalization_layer(s, x, .training = yes, .momentum = 0.9));
  NORMALIZED("layers_inference", ROWS,
             hr_batch_normalization_layer(s, x, .momentum = 0.9, .name = "bn", .center = false));
  NORMALIZED("layers_flag", ROWS, hr_batch_normalization_layer(s, x, .training = FLAG, .momentum = 0.9));
  NORMALIZED("layers_pictures", PICTURES,
             hr_batch_normalization_layer(s, x, .training = yes, .momentum = 0.9, .scale = false));
  NORMALIZED("layers_not_trainable", ROWS,
             hr_batch_normalization_layer(s, x, .training = FLAG, .momentum = 0.9, .trainable = false));
  NORMALIZED("layers_pictures_flag", PICTURES, hr_batch_normalization_layer(s, x, .training = FLAG, .momentum = 0.9));
  NORMALIZED("layers_pictures_inference", PICTURES,
             hr_batch_normalization_layer(s, x, .momentum = 0.9, .center = false));
  NORMALIZED("layers_composed_pictures", PICTURES,
             hr_batch_normalization_layer(s, x, .training = yes, .momentum = 0.9, .not_fused = true,
                                          .gamma_regularizer = hr_l2_regularizer(0.1),
                                          .beta_initializer = hr_constant_initializer(0.3)));
  NORMALIZED("layers_axis", FIRST,
             hr_batch_normalization_layer(s, x, .training = yes, .momentum = 0.9, .axis = 1, .not_fused = true));
  NORMALIZED("layers_two_axes", PICTURES,
             hr_batch_normalization_layer(s, x, .training = FLAG, .momentum = 0.9, .axes = HR_INTS(1, 3)));
}

#define OWN_PARAMETERS                                                                                                 \
  .beta_initializer = hr_constant_initializer(0.3), .gamma_initializer = hr_constant_initializer(2.0),                 \
  .moving_mean_initializer = hr_constant_initializer(0.5),                                                             \
  .moving_variance_initializer = hr_constant_initializer(1.5), .gamma_regularizer = hr_l2_regularizer(0.1)

static hr_output weighted_norm(hr_scope s, hr_output x) {
  hr_operand training = FLAG;
  const float weights[] = {1, 0, 2, 1, 0.5, 1};
  hr_output of_examples = hr_constant_array(s, HR_FLOAT, HR_SHAPE(6), weights, .name = "weights");
  return hr_batch_norm(s, x, .is_training = training, .weights = hr_operand_output(of_examples), .in_place = true,
                       .moving_mean_initializer = hr_ones_initializer());
}

static void contrib_batch_norm(void **state) {
  (void)state;
  hr_operand no = hr_operand_bool(false);
  NORMALIZED("contrib_default", ROWS, hr_batch_norm(s, x, .decay = 0.9));
  NORMALIZED("contrib_inference", ROWS,
             hr_batch_norm(s, x, .decay = 0.9, .is_training = no, .scale = true, .trainable = false));
  NORMALIZED("contrib_flag", ROWS, hr_batch_norm(s, x, .decay = 0.9, .is_training = FLAG, .scope = "bn"));
  NORMALIZED("contrib_flag_not_at_first", ROWS, hr_batch_norm(s, x, .decay = 0.9, .is_training = FLAG));
  NORMALIZED("contrib_in_place", ROWS, hr_batch_norm(s, x, .decay = 0.9, .in_place = true, .scale = true));
  NORMALIZED("contrib_in_place_flag", ROWS, hr_batch_norm(s, x, .decay = 0.9, .in_place = true, .is_training = FLAG));
  NORMALIZED("contrib_composed", ROWS,
             hr_batch_norm(s, x, .decay = 0.9, .not_fused = true, .activation = hr_relu_activation));
  NORMALIZED("contrib_composed_flag", ROWS,
             hr_batch_norm(s, x, .decay = 0.9, .not_fused = true, .scale = true, .is_training = FLAG));
  NORMALIZED("contrib_composed_in_place", ROWS, hr_batch_norm(s, x, .decay = 0.9, .not_fused = true, .in_place = true));
  NORMALIZED("contrib_composed_in_place_flag", ROWS,
             hr_batch_norm(s, x, .decay = 0.9, .not_fused = true, .in_place = true, .is_training = FLAG));
  NORMALIZED("contrib_pictures", PICTURES, hr_batch_norm(s, x, .decay = 0.9));
  NORMALIZED("contrib_pictures_in_place_flag", PICTURES,
             hr_batch_norm(s, x, .decay = 0.9, .in_place = true, .center = false, .is_training = FLAG));
  NORMALIZED("contrib_debiased", ROWS, hr_batch_norm(s, x, .decay = 0.9, .zero_debias = true));
  NORMALIZED("contrib_debiased_composed_flag", ROWS,
             hr_batch_norm(s, x, .decay = 0.9, .zero_debias = true, .not_fused = true, .is_training = FLAG));
  NORMALIZED("contrib_not_trainable", ROWS,
             hr_batch_norm(s, x, .decay = 0.9, .not_fused = true, .trainable = false, .is_training = FLAG));
  NORMALIZED("contrib_own_parameters", ROWS, hr_batch_norm(s, x, .decay = 0.9, .scale = true, OWN_PARAMETERS));
  NORMALIZED("contrib_own_parameters_composed", ROWS,
             hr_batch_norm(s, x, .decay = 0.9, .scale = true, .not_fused = true, OWN_PARAMETERS));
  NORMALIZED("contrib_weights", ROWS, weighted_norm(s, x));
  NORMALIZED("contrib_channels_first", FIRST,
             hr_batch_norm(s, x, .decay = 0.9, .nchw = true, .not_fused = true, .in_place = true, .scale = true,
                           .is_training = FLAG));
}

/* ---- normalising each example, dropout ------------------------------------------------------------------------- */

/* The loss of programs/normalization_layers.py and its gradients. */
static void end_examples(testing_graph *t, hr_output x, hr_outputs ys, const char *recorded_case) {
  hr_scope s = t->root;
  hr_output sums[16];
  hr_gradient unused;
  for (int32_t i = 0; i < ys.count; ++i)
    sums[i] = hr_reduce_sum(s, hr_plus(s, hr_square(s, ys.items[i]), ys.items[i]));
  hr_output loss = hr_tf_add_n(s, ((hr_outputs){ys.count, sums}));
  differentiate(t, HR_LIST(loss), HR_NO_OUTPUT);
  hr_gradients(s, ys, HR_LIST(x), &unused);
  hr_global_variables_initializer(s);
  end(t, recorded_case);
}

static void layer_norm(void **state) {
  (void)state;
  testing_graph t = begin_seeded(42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 6), .name = "x");
  hr_output hidden =
      hr_fully_connected(s, x, 4, .activation = hr_elu_activation, .normalizer = hr_layer_norm_normalizer(NULL));
  hr_output plain = hr_layer_norm(s, hidden, .center = false, .scale = false);
  hr_output named =
      hr_layer_norm(s, x, .scale = false, .activation = hr_relu_activation, .scope = "named", .trainable = false);
  hr_vars beta;
  assert_null(hr_collection_vars(t.graph, HR_GLOBAL_VARIABLES, "named/beta", &beta));
  hr_add_var_to_collection(s, "mine", beta.items[0]);
  free((void *)beta.items);
  hr_add_output_to_collection(s, "out", named);
  hr_output again = hr_layer_norm(s, x, .scale = false, .scope = "named", .reuse = HR_REUSE_TRUE);
  end_examples(&t, x, HR_LIST(hidden, plain, named, again), "normalization_layers.layer_norm");
}

static void instance_norm(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2, 3, 4), .name = "x");
  hr_output one = hr_layer_norm(s, x), two = hr_layer_norm(s, x, .begin_norm_axis = 2);
  hr_output three = hr_layer_norm(s, x, .begin_norm_axis = -2, .begin_params_axis = 1);
  hr_output four = hr_instance_norm(s, x);
  hr_output five =
      hr_instance_norm(s, x, .center = false, .epsilon = 0.1, .activation = hr_relu_activation, .scope = "in");
  hr_output six = hr_instance_norm(s, x, .scale = false, .nchw = true), seven = hr_instance_norm(s, x, .nchw = true);
  hr_output eight = hr_instance_norm(s, x, .scale = false, .center = false);
  hr_output nine = hr_instance_norm(s, x, .gamma_initializer = hr_constant_initializer(2.0));
  end_examples(&t, x, HR_LIST(one, two, three, four, five, six, seven, eight, nine), "normalization_layers.pictures");
}

static void maxout(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 6), .name = "x");
  hr_output pictures = hr_tf_reshape(s, x, HR_SHAPE(-1, 1, 2, 3), .name = "pictures");
  hr_output one = hr_maxout(s, x, 2), two = hr_maxout(s, x, 3, .scope = "three");
  hr_output three = hr_maxout(s, pictures, 1, .axis = 2), four = hr_maxout(s, hr_tf_reshape(s, x, HR_SHAPE(3, 6)), 2);
  end_examples(&t, x, HR_LIST(one, two, three, four), "normalization_layers.maxout");
}

static hr_output with_default(hr_scope s, hr_operand value, const char *name) {
  hr_output result = HR_NO_OUTPUT;
  HR_WITH (named, hr_name_scope(s, name)) {
    hr_output input = hr_convert(named, value, HR_INVALID, "input");
    result = hr_placeholder_with_default(named, input, HR_SHAPE(), .name = hr_scope_name(named));
  }
  return result;
}

static void alpha_dropout(void **state) {
  (void)state;
  testing_graph t = begin_seeded(42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 6), .name = "x");
  hr_output known = hr_tf_reshape(s, x, HR_SHAPE(3, 6));
  hr_output keep = with_default(s, hr_operand_float(0.5), "keep");
  hr_alpha_dropout(s, x, 0.8);
  hr_alpha_dropout(s, known, keep, .noise_shape = HR_DIMS(HR_SHAPE(3, 1)), .seed = 3, .name = "rows");
  hr_alpha_dropout(s, known, 0.3);
  assert_ptr_equal(hr_alpha_dropout(s, x, 1.0, .name = "all").node, x.node);
  hr_alpha_dropout(s, hr_tf_cast(s, x, HR_DOUBLE), 0.25, .seed = 1);
  end(&t, "normalization_layers.alpha_dropout");
}

static void dropout(void **state) {
  (void)state;
  testing_graph t = begin_seeded(42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 6), .name = "x");
  hr_operand training = hr_operand_output(with_default(s, hr_operand_bool(false), "training"));
  hr_output rate = with_default(s, hr_operand_float(0.25), "rate");
  hr_dropout_layer(s, x, .rate = 0.4, .training = training);
  hr_dropout_layer(s, x, .rate_tensor = hr_operand_output(rate), .training = training, .name = "tensor_rate");
  hr_dropout_layer(s, x, .noise_shape = HR_DIMS(HR_SHAPE(-1, 1)), .seed = 3, .training = training);
  hr_contrib_dropout(s, x, 0.5, .is_training = training);
  hr_contrib_dropout(s, x, 0.8, .is_training = training, .scope = "drop", .seed = 5);
  hr_dropout_layer(s, x, .rate = 0.5, .training = training, .name = "object");
  hr_dropout_layer(s, x, .rate = 0.4, .training = hr_operand_output(hr_constant_bool(s, true)));
  hr_dropout_layer(s, x, .rate = 0.4, .training = hr_operand_output(hr_constant_bool(s, false)));
  hr_dropout_layer(s, x, .rate = 0.4, .training = hr_operand_int(1));
  end(&t, "dropout_layers.by_flag");
}

/* ---- moving averages ------------------------------------------------------------------------------------------- */

static void assigned(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x");
  hr_var *a = hr_tf_variable(s, HR_OPERANDS(1.0, 2.0), .name = "a");
  hr_var *b = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(2)), .name = "b");
  HR_WITH (inside, hr_variable_scope(s, "scope")) {
    hr_var *c = hr_get_variable(inside, "c", .shape = HR_SHAPE(2), .initializer = hr_zeros_initializer());
    hr_assign_moving_average(inside, a, x, 0.9, .zero_debias = false);
    hr_assign_moving_average(inside, b, x, hr_constant_f32(inside, 0.8f), .name = "debiased");
    hr_assign_moving_average(inside, b, hr_times(inside, x, 2.0), 0.7);
    hr_assign_moving_average(inside, c, x, 0.5);
  }
  hr_global_variables_initializer(s);
  end(&t, "moving_averages.assigned");
}

static void of_tensors(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  hr_output fixed = hr_reduce_mean(s, x, .axis = HR_AXIS(0), .name = "fixed");
  hr_output rows = hr_reduce_sum(s, x, .axis = HR_AXIS(1), .name = "rows");
  hr_output loss = hr_reduce_mean(s, hr_square(s, x), .name = "loss");
  hr_averages *plain = hr_averages_new(s, 0.5, .name = "plain");
  hr_averages *debiased = hr_averages_new(s, hr_constant_f32(s, 0.5f, .name = "half"), .zero_debias = true);
  assert_true(plain && debiased);
  hr_averages_apply(s, plain, HR_LIST(loss, fixed)), hr_averages_apply(s, debiased, HR_LIST(loss));
  hr_averages_apply(s, plain, HR_LIST(loss)), hr_averages_apply(s, plain, HR_LIST(rows));
  assert_string_equal(hr_var_name(hr_average_of(plain, hr_operand_output(loss))), "loss/plain");
  assert_null(hr_average_of(plain, hr_operand_output(x)));
  assert_string_equal(hr_average_name(s, plain, hr_operand_output(x)), "x/plain");
  end(&t, "moving_averages.of_tensors");
}

static void evaluated(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_var *w = hr_tf_variable(s, HR_OPERANDS(1.0, -1.0), .name = "w");
  hr_var *b = hr_tf_variable(s, 0.5, .name = "b", .trainable = false);
  hr_output error = hr_square(s, hr_minus(s, w, HR_OPERANDS(3.0, 2.0)));
  hr_output loss = hr_plus(s, hr_reduce_sum(s, error), b);
  hr_var *step = hr_create_global_step(s);
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.25);
  hr_node *trained = hr_minimize(s, optimizer, loss, .global_step = step);
  hr_optimizer_free(optimizer);
  hr_averages *averages = hr_averages_new(s, 0.9, .num_updates = hr_operand_variable(step));
  HR_WITH (after, hr_control_dependencies(s, 1, (hr_node *[]){trained})) {
    hr_averages_apply(after, averages, HR_NO_OPERANDS);
  }
  hr_averages_to_restore all, some;
  assert_null(hr_averages_variables_to_restore(s, averages, (hr_vars){0}, &all));
  assert_null(hr_averages_variables_to_restore(s, averages, (hr_vars){2, (hr_var *[]){w, b}}, &some));
  assert_int_equal(all.count, 3);
  hr_saver_free(hr_saver_new(s));
  hr_saver_free(hr_saver_new(s, .vars = &(hr_vars){all.count, all.vars}, .names = all.names));
  free((void *)all.names), free(all.vars), free((void *)some.names), free(some.vars);
  hr_global_variables_initializer(s);
  end(&t, "moving_averages.evaluated");
}

/* ---- sampled losses -------------------------------------------------------------------------------------------- */

static void samplers(void **state) {
  (void)state;
  testing_graph t = begin_seeded(42);
  hr_scope s = t.root;
  const int64_t pairs[] = {1, 2, 7, 3, 0, 0, 1, 9}, four[] = {9, 1, 4, 0}, two[] = {9, 1};
  hr_output y = hr_constant_array(s, HR_INT64, HR_SHAPE(4, 2), pairs, .name = "y");
  static const float words[] = {1, 5, 2, 2, 0.5, 9, 1, 1, 1, 3};
  const hr_floats unigrams = {10, words};
  hr_tf_uniform_candidate_sampler(s, y, 2, 5, true, 10);
  hr_tf_uniform_candidate_sampler(s, y, 2, 20, false, 10, .seed = 3);
  hr_tf_log_uniform_candidate_sampler(s, y, 2, 5, true, 10, .seed = 7, .name = "zipf");
  hr_tf_log_uniform_candidate_sampler(s, y, 2, 5, false, 10);
  hr_tf_learned_unigram_candidate_sampler(s, y, 2, 4, true, 10, .seed = 1);
  hr_tf_fixed_unigram_candidate_sampler(s, y, 2, 4, false, 10, .distortion = 0.75, .seed = 5, .unigrams = unigrams);
  hr_tf_fixed_unigram_candidate_sampler(s, y, 2, 4, true, 12, .num_reserved_ids = 2, .unigrams = unigrams);
  hr_tf_fixed_unigram_candidate_sampler(s, y, 2, 2, true, 5, .num_shards = 2, .shard = 1, .unigrams = unigrams);
  hr_tf_all_candidate_sampler(s, y, 2, 6, true);
  hr_tf_compute_accidental_hits(s, y, hr_constant_array(s, HR_INT64, HR_SHAPE(4), four), 2);
  hr_tf_compute_accidental_hits(s, y, hr_constant_array(s, HR_INT64, HR_SHAPE(2), two), 2, .seed = 3, .name = "hits");
  end(&t, "candidates.samplers");
}

static void word_vectors(void **state) {
  (void)state;
  testing_graph t = begin_seeded(42);
  hr_scope s = t.root;
  hr_output inputs = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1), .name = "inputs");
  hr_output labels = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1, 1), .name = "labels");
  hr_output start = hr_tf_random_uniform(s, HR_SHAPE(10, 4), .minval = hr_operand_float(-1),
                                         .maxval = hr_operand_float(1), .seed = 1);
  hr_var *embeddings = hr_tf_variable(s, start, .name = "embeddings");
  hr_output embed = hr_embedding_lookup(s, HR_OPERANDS(embeddings), inputs);
  start = hr_tf_truncated_normal(s, HR_SHAPE(10, 4), .stddev = 0.5, .seed = 2);
  hr_var *weights = hr_tf_variable(s, start, .name = "weights");
  hr_var *biases = hr_tf_variable(s, hr_zeros(s, HR_SHAPE(10)), .name = "biases");
  hr_operands w = HR_OPERANDS(weights), b = HR_OPERANDS(biases);
  hr_output loss = hr_reduce_mean(s, hr_nce_loss(s, w, b, labels, embed, 5, 10), .name = "loss");
  train(s, hr_momentum_optimizer(0.1, 0.9), loss);
  loss = hr_reduce_mean(s, hr_sampled_softmax_loss(s, w, b, labels, embed, 5, 10), .name = "softmax");
  train(s, hr_gradient_descent_optimizer(0.1), loss);
  hr_output squares = hr_square(s, hr_var_value(embeddings));
  hr_output norm = hr_sqrt(s, hr_reduce_sum(s, squares, .axis = HR_AXIS(1), .keepdims = true));
  hr_output unit = hr_truediv(s, embeddings, norm);
  hr_tf_matmul(s, unit, hr_truediv(s, embeddings, norm), .transpose_b = true);
  hr_global_variables_initializer(s);
  end(&t, "candidates.word_vectors");
}

/* ---- sparse tensors -------------------------------------------------------------------------------------------- */

static hr_sparse_tensor fed(hr_scope s, hr_dtype dtype, int64_t rank) {
  hr_output indices = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(-1, rank), .name = "indices");
  hr_output values = hr_placeholder(s, dtype, .shape = HR_SHAPE(-1), .name = "values");
  hr_output shape = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(rank), .name = "shape");
  return hr_make_sparse_tensor(s, indices, values, shape);
}

static void sparse_functions(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_sparse_tensor x = fed(s, HR_FLOAT, 2);
  hr_sparse_tensor ordered = hr_tf_sparse_reorder(s, x);
  hr_sparse_tensor reshaped = hr_tf_sparse_reshape(s, ordered, HR_OPERANDS(3, -1), .name = "reshaped");
  const int64_t sizes[] = {1, 5, 3};
  hr_tf_sparse_reshape(s, reshaped, hr_constant_array(s, HR_INT64, HR_SHAPE(3), sizes));
  hr_output large = hr_binary(s, "Greater", ordered.values, 1.5);
  hr_sparse_tensor kept = hr_sparse_retain(s, ordered, hr_operand_output(large));
  hr_filled_rows filled = hr_tf_sparse_fill_empty_rows(s, x, 9.0);
  hr_output seven = hr_constant_f32(s, 7, .name = "seven");
  hr_tf_sparse_fill_empty_rows(s, x, seven, .name = "named");
  hr_sparse_tensor_to_dense(s, ordered);
  hr_sparse_tensor_to_dense(s, reshaped, .default_value = hr_operand_float(-1), .name = "dense");
  hr_sparse_tensor_to_dense(s, x, .any_order = true);
  const hr_output of[] = {ordered.values, kept.values, filled.values};
  hr_output sums[3];
  for (int i = 0; i < 3; ++i)
    sums[i] = hr_reduce_sum(s, hr_square(s, of[i]));
  hr_gradient unused;
  hr_output loss = hr_tf_add_n(s, ((hr_outputs){3, sums}));
  hr_gradients(s, HR_LIST(loss), HR_LIST(x.values), &unused);
  end(&t, "sparse_tensors.functions");
}

static void sparse_embeddings(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_operand parts[3];
  hr_initializer uniform = hr_random_uniform_initializer(0.0, 1.0, 1);
  hr_var *table = hr_get_variable(s, "table", .shape = HR_SHAPE(6, 2), .initializer = uniform);
  static const char *const names[] = {"part_0", "part_1", "part_2"};
  for (int i = 0; i < 3; ++i) {
    uniform = hr_random_uniform_initializer(0.0, 1.0, i + 1);
    parts[i] = hr_operand_variable(hr_get_variable(s, names[i], .shape = HR_SHAPE(2, 2), .initializer = uniform));
  }
  const hr_operands whole = HR_OPERANDS(table), cut = {3, parts, NULL};
  hr_sparse_tensor ids = fed(s, HR_INT64, 2);
  hr_output weights = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "weights");
  hr_make_sparse_tensor(s, ids.indices, weights, ids.dense_shape);
  hr_output ys[] = {
      hr_embedding_lookup_sparse(s, whole, ids),
      hr_embedding_lookup_sparse(s, whole, ids, .combiner = HR_COMBINER_SQRTN, .name = "roots"),
      hr_embedding_lookup_sparse(s, cut, ids, .combiner = HR_COMBINER_SUM, .div_strategy = true),
      hr_embedding_lookup_sparse(s, whole, ids, .weights = weights),
      hr_embedding_lookup_sparse(s, cut, ids, .weights = weights, .combiner = HR_COMBINER_SQRTN),
      hr_embedding_lookup_sparse(s, whole, ids, .weights = weights, .combiner = HR_COMBINER_SUM, .name = "sums"),
      hr_embedding_lookup_sparse(s, whole, ids, .max_norm = hr_operand_float(0.5)),
  };
  hr_output sums[7];
  for (int i = 0; i < 7; ++i)
    sums[i] = hr_reduce_sum(s, hr_square(s, ys[i]));
  train(s, hr_adagrad_optimizer(0.1), hr_tf_add_n(s, ((hr_outputs){7, sums})));
  hr_global_variables_initializer(s);
  end(&t, "sparse_tensors.embeddings");
}

static void safe_embeddings(void **state) {
  (void)state;
  testing_graph t = begin_seeded(0);
  hr_scope s = t.root;
  hr_operand parts[2];
  hr_initializer uniform = hr_random_uniform_initializer(0.0, 1.0, 1);
  hr_var *table = hr_get_variable(s, "table", .shape = HR_SHAPE(6, 2), .initializer = uniform);
  static const char *const names[] = {"part_0", "part_1"};
  for (int i = 0; i < 2; ++i) {
    uniform = hr_random_uniform_initializer(0.0, 1.0, i + 1);
    parts[i] = hr_operand_variable(hr_get_variable(s, names[i], .shape = HR_SHAPE(3, 2), .initializer = uniform));
  }
  const hr_operands whole = HR_OPERANDS(table), cut = {2, parts, NULL};
  hr_sparse_tensor ids = fed(s, HR_INT64, 2), deep = fed(s, HR_INT64, 3);
  hr_output weights = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "weights");
  hr_make_sparse_tensor(s, ids.indices, weights, ids.dense_shape);
  hr_output first = hr_safe_embedding_lookup_sparse(s, whole, ids, .div_strategy = true);
  hr_safe_embedding_lookup_sparse(s, whole, ids, .weights = weights, .default_id = hr_operand_int(3),
                                  .div_strategy = true);
  hr_safe_embedding_lookup_sparse(s, cut, ids, .weights = weights, .combiner = HR_COMBINER_SUM, .div_strategy = true);
  hr_safe_embedding_lookup_sparse(s, cut, ids, .combiner = HR_COMBINER_SQRTN, .name = "named");
  hr_safe_embedding_lookup_sparse(s, whole, ids, .weights = weights, .combiner = HR_COMBINER_SQRTN,
                                  .div_strategy = true, .max_norm = hr_operand_float(0.5));
  hr_safe_embedding_lookup_sparse(s, whole, deep, .combiner = HR_COMBINER_SUM, .div_strategy = true);
  hr_gradient unused;
  hr_gradients(s, HR_LIST(first), HR_LIST(hr_var_ref(table)), &unused);
  hr_global_variables_initializer(s);
  end(&t, "sparse_tensors.safe_embeddings");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(schedules),          cmocka_unit_test(stepwise),
      cmocka_unit_test(schedule_mistakes),  cmocka_unit_test(layers_batch_normalization),
      cmocka_unit_test(contrib_batch_norm), cmocka_unit_test(layer_norm),
      cmocka_unit_test(instance_norm),      cmocka_unit_test(maxout),
      cmocka_unit_test(alpha_dropout),      cmocka_unit_test(dropout),
      cmocka_unit_test(assigned),           cmocka_unit_test(of_tensors),
      cmocka_unit_test(evaluated),          cmocka_unit_test(samplers),
      cmocka_unit_test(word_vectors),       cmocka_unit_test(sparse_functions),
      cmocka_unit_test(sparse_embeddings),  cmocka_unit_test(safe_embeddings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
