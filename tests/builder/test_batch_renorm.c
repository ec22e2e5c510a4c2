/* What batch normalisation of tf.layers can do besides: renormalising, batches in parts, adjustments. The graphs that
 * TensorFlow 1.15 builds (programs/batch_renorm.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/batch_norm.h"
#include "headrace/ops.h"
#include "headrace/train.h"

/* What the inputs are like: their shape for one batch, of which the program knows all but the first size. */
typedef struct inputs {
  hr_partial_shape batch;
  hr_dtype dtype;
} inputs;
static const inputs rows = {{2, {6, 3}}, HR_FLOAT}, pictures = {{4, {4, 2, 2, 3}}, HR_FLOAT},
                    channels_first = {{4, {4, 3, 2, 2}}, HR_FLOAT};

/* The loss that the programs train. */
static hr_output loss_of(hr_scope s, hr_output y, inputs of) {
  double weights[48];
  int count = 1;
  for (int i = 0; i < of.batch.rank; ++i)
    count *= (int)of.batch.dims[i];
  assert_true(count <= 48);
  for (int i = 0; i < count; ++i)
    weights[i] = i + 1 == count ? 2 : i * (3.0 / (count - 1)) - 1;
  float narrow[48];
  for (int i = 0; i < count; ++i)
    narrow[i] = (float)weights[i];
  for (int i = 0; i < count; ++i)
    weights[i] = narrow[i];
  hr_output factors = of.dtype == HR_DOUBLE ? hr_constant_array(s, HR_DOUBLE, of.batch, weights)
                                            : hr_constant_array(s, HR_FLOAT, of.batch, narrow);
  return hr_reduce_sum(s, hr_times(s, hr_square(s, y), factors), .name = "loss");
}

/* Training waits for the updates of the averages; then the gradient of the inputs. */
static void train(testing_graph *t, hr_output x, hr_output loss) {
  hr_node *updates[2];
  int32_t count = hr_collection_count(t->graph, HR_UPDATE_OPS);
  assert_true(count <= 2);
  for (int32_t i = 0; i < count; ++i)
    updates[i] = hr_collection_item(t->graph, HR_UPDATE_OPS, i)->node;
  HR_WITH (s, hr_control_dependencies(t->root, count, updates)) {
    hr_vars vars;
    assert_null(hr_collection_vars(t->graph, HR_TRAINABLE_VARIABLES, NULL, &vars));
    if (vars.count) {
      hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
      assert_non_null(optimizer);
      hr_minimize(s, optimizer, loss);
      hr_optimizer_free(optimizer);
    } else {
      hr_no_op(s);
    }
    free((void *)vars.items);
  }
  hr_gradient gradient;
  hr_gradients(t->root, HR_LIST(loss), HR_LIST(x), &gradient);
  hr_global_variables_initializer(t->root);
}

static void end(testing_graph *t, const char *recorded_case) {
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

/* A program: `call` makes the layer of x in s, where FLAG is the placeholder by which each run chooses. */
#define TRAINED(recorded_case, of, call)                                                                               \
  do {                                                                                                                 \
    testing_graph t = testing_graph_new();                                                                             \
    hr_scope s = t.root;                                                                                               \
    hr_partial_shape shape = (of).batch;                                                                               \
    shape.dims[0] = -1;                                                                                                \
    hr_output x = hr_placeholder(s, (of).dtype, .shape = shape, .name = "x");                                          \
    hr_output y = call;                                                                                                \
    train(&t, x, loss_of(s, y, (of)));                                                                                 \
    end(&t, "batch_renorm." recorded_case);                                                                            \
  } while (0)
#define FLAG       .training = hr_operand_output(hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(), .name = "training"))
#define YES        .training = hr_operand_bool(true)
#define NO         .training = hr_operand_bool(false)
#define LAYER(...) hr_batch_normalization_layer(s, x, .momentum = 0.9, __VA_ARGS__)
#define CLIPPED                                                                                                        \
  .renorm = true, .rmin = hr_operand_float(0.5), .rmax = hr_operand_float(1.5), .dmax = hr_operand_float(0.25)

static hr_output in_resources(hr_scope root, hr_output x, bool known) {
  hr_output y = HR_NO_OUTPUT;
  hr_operand training = hr_operand_bool(true);
  if (!known) training = hr_operand_output(hr_placeholder(root, HR_BOOL, .shape = HR_SHAPE(), .name = "training"));
  HR_WITH (s, hr_variable_scope(root, "here", .use_resource = HR_RESOURCE_TRUE))
    y = LAYER(.training = training, .renorm = true, .renorm_momentum = 0.8);
  return y;
}

static void renormalized(void **state) {
  (void)state;
  TRAINED("training", rows, LAYER(YES, .renorm = true));
  TRAINED("inference", rows, LAYER(NO, .renorm = true));
  TRAINED("flag", rows, LAYER(FLAG, .renorm = true));
  TRAINED("flag_not_at_first", rows, LAYER(FLAG, .renorm = true, .name = "bn"));
  TRAINED("clipped", rows, LAYER(YES, CLIPPED, .renorm_momentum = 0.7));
  TRAINED("clipped_flag", rows, LAYER(FLAG, CLIPPED));
  TRAINED("rmax_alone", rows, LAYER(YES, .renorm = true, .rmax = hr_operand_float(1.1)));
  TRAINED("plain", rows, LAYER(FLAG, .renorm = true, .center = false, .scale = false));
  TRAINED("scaled", rows, LAYER(YES, .renorm = true, .center = false));
  TRAINED("centered", rows, LAYER(YES, .renorm = true, .scale = false));
  TRAINED("own_averages", rows,
          LAYER(YES, .renorm = true, .moving_mean_initializer = hr_constant_initializer(0.5),
                .moving_variance_initializer = hr_constant_initializer(4.0)));
  TRAINED("not_trainable", rows, LAYER(FLAG, .renorm = true, .trainable = false));
}

static void renormalized_shapes(void **state) {
  (void)state;
  TRAINED("pictures", pictures, LAYER(FLAG, .renorm = true));
  TRAINED("axis", channels_first, LAYER(FLAG, .renorm = true, .axis = 1));
  TRAINED("two_axes", pictures, LAYER(FLAG, .renorm = true, .axes = HR_INTS(1, 3)));
  TRAINED("resource", rows, in_resources(s, x, false));
  TRAINED("resource_training", rows, in_resources(s, x, true));
}

static void virtual_batches(void **state) {
  (void)state;
  const inputs doubles = {rows.batch, HR_DOUBLE};
  TRAINED("ghosts", rows, LAYER(YES, .virtual_batch_size = 3));
  TRAINED("ghosts_inference", rows, LAYER(NO, .virtual_batch_size = 3));
  TRAINED("ghosts_flag", rows, LAYER(FLAG, .virtual_batch_size = 3));
  TRAINED("ghosts_doubles", doubles, LAYER(FLAG, .virtual_batch_size = 3));
  TRAINED("ghosts_pictures", pictures, LAYER(FLAG, .virtual_batch_size = 2, .scale = false));
  TRAINED("ghosts_axis", channels_first, LAYER(YES, .virtual_batch_size = 2, .axis = 1));
  TRAINED("ghosts_two_axes", pictures, LAYER(YES, .virtual_batch_size = 2, .axes = HR_INTS(1, 2)));
  TRAINED("ghosts_renorm", rows, LAYER(FLAG, .virtual_batch_size = 3, .renorm = true));
}

/* Each example scaled and moved by as much as its place in the batch says. */
static hr_adjusted by_place(void *argument, hr_scope s, hr_output shape) {
  (void)argument;
  hr_output range = hr_tf_range(s, 0, hr_at(s, shape, HR_INDEX(0)), 1);
  hr_output first = hr_tf_cast(s, range, HR_FLOAT);
  hr_output places = hr_truediv(s, first, hr_tf_cast(s, hr_at(s, shape, HR_INDEX(0)), HR_FLOAT));
  hr_output batch = hr_at(s, shape, HR_SLICE(HR_OPEN, 1)), others = hr_at(s, shape, HR_SLICE(1, HR_OPEN));
  hr_output size = hr_tf_concat(s, HR_OPERANDS(batch, hr_tf_ones_like(s, others)), 0);
  hr_output scale = hr_reshape(s, hr_plus(s, places, 0.75), size);
  hr_output offset = hr_reshape(s, hr_minus(s, places, 0.5), size);
  return (hr_adjusted){hr_operand_output(scale), hr_operand_output(offset)};
}
#define BY_PLACE .adjustment = {by_place, NULL}

static void adjusted(void **state) {
  (void)state;
  TRAINED("adjusted", rows, LAYER(YES, BY_PLACE));
  TRAINED("adjusted_inference", rows, LAYER(NO, BY_PLACE));
  TRAINED("adjusted_flag", rows, LAYER(FLAG, BY_PLACE));
  TRAINED("adjusted_plain", rows, LAYER(FLAG, BY_PLACE, .center = false, .scale = false));
  TRAINED("adjusted_pictures", pictures, LAYER(FLAG, BY_PLACE, .scale = false));
  TRAINED("adjusted_axis", channels_first, LAYER(YES, BY_PLACE, .axis = 1));
  TRAINED("adjusted_renorm", rows, LAYER(FLAG, BY_PLACE, CLIPPED));
}

#define CONTRIB(...) hr_batch_norm(s, x, .decay = 0.9, __VA_ARGS__)
#define IS_TRAINING                                                                                                    \
  .is_training = hr_operand_output(hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(), .name = "training"))

static void contrib(void **state) {
  (void)state;
  TRAINED("contrib", rows, CONTRIB(.renorm = true));
  TRAINED("contrib_inference", rows, CONTRIB(.renorm = true, .is_training = hr_operand_bool(false)));
  TRAINED("contrib_flag", rows, CONTRIB(IS_TRAINING, CLIPPED, .scale = true, .renorm_decay = 0.8, .scope = "bn"));
  TRAINED("contrib_pictures", pictures,
          CONTRIB(IS_TRAINING, .renorm = true, .scale = true, .activation = hr_relu_activation));
  TRAINED("contrib_first", channels_first, CONTRIB(IS_TRAINING, .renorm = true, .nchw = true));
  TRAINED("contrib_adjusted", rows, CONTRIB(IS_TRAINING, BY_PLACE));
  TRAINED("contrib_adjusted_pictures", pictures, CONTRIB(BY_PLACE, .scale = true));
}

static hr_adjusted nothing(void *argument, hr_scope s, hr_output shape) {
  (void)argument, (void)s, (void)shape;
  return (hr_adjusted){HR_NO_OPERAND, HR_NO_OPERAND};
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(6, 3), .name = "x");
  hr_output open = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, -1), .name = "open");
  LAYER(.virtual_batch_size = -1);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "virtual batch size", NULL);
  LAYER(.virtual_batch_size = 2, BY_PLACE);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "virtual batch size", "adjustments", NULL);
  LAYER(.virtual_batch_size = 2, .axis = 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "axis 0", NULL);
  LAYER(.axes = HR_INTS(1, 2));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "axis 2", NULL);
  LAYER(.virtual_batch_size = 4);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "divisible by 12 but is 18", NULL);
  LAYER(YES, .adjustment = {nothing, NULL});
  expect_error(t.builder, HR_INVALID_ARGUMENT, "adjustment", NULL);
  hr_batch_norm(s, x, .renorm = true, .in_place = true);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "renorm", "in place", NULL);
  hr_batch_normalization_layer(s, open, .renorm = true);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "axis -1", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(renormalized),    cmocka_unit_test(renormalized_shapes),
      cmocka_unit_test(virtual_batches), cmocka_unit_test(adjusted),
      cmocka_unit_test(contrib),         cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
