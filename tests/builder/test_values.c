/* Functions called with plain values in place of tensors: the graphs that TensorFlow 1.15 builds (programs/values.py).
 */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

/* Short names for lists. */
#define L  HR_OPERANDS
#define IN HR_INTS

static hr_tensor tensor_of(hr_dtype dtype, hr_partial_shape shape, const void *data) {
  hr_tensor tensor;
  assert_null(hr_tensor_from(dtype, shape.rank, shape.dims, data, &tensor));
  return tensor;
}

static void constants(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output two = hr_constant(s, 2);
  hr_constant(s, IN(1, 2), .shape = HR_SHAPE(2, 3)), hr_constant(s, 7.0, .shape = HR_SHAPE(2), .name = "sevens");
  hr_constant(s, L(IN(1, 2), IN(3, 4)), .dtype = HR_DOUBLE, .shape = HR_SHAPE(4));
  hr_tensor halves = tensor_of(HR_DOUBLE, HR_SHAPE(2), (const double[]){1.5, 2.5});
  hr_constant(s, &halves, .dtype = HR_INT32), hr_constant(s, L("a"), .shape = HR_SHAPE(2));
  hr_tensor none = tensor_of(HR_DOUBLE, HR_SHAPE(0), &(double){0});
  hr_constant(s, hr_operand_values(&none), .shape = HR_SHAPE(0, 3));
  hr_tf_zeros_like(s, IN(1, 2)), hr_tf_zeros_like(s, IN(1, 2), .dtype = HR_FLOAT), hr_tf_ones_like(s, 3.0);
  hr_tf_zeros_like(s, L("a"));
  hr_zeros(s, L(2, two)), hr_ones(s, L(two, 2, 3), .dtype = HR_INT32), hr_zeros(s, L(2, 3, two), .name = "z");
  hr_zeros(s, two), hr_zeros(s, hr_operand_int(3)), hr_zeros(s, HR_SHAPE(1000), .dtype = HR_STRING);
  hr_ones(s, HR_SHAPE(2), .dtype = HR_BOOL), hr_zeros(s, hr_placeholder(s, HR_INT32, .name = "p"));
  hr_tf_fill(s, L(2, two), 1.0), hr_tf_fill(s, HR_SHAPE(2, 3), 1);
  hr_tf_shape(s, IN(1, 2)), hr_tf_size(s, IN(1, 2)), hr_tf_rank(s, IN(1, 2));
  hr_tf_shape(s, L(IN(1)), .out_type = HR_INT64);
  hr_tf_range(s, 3, HR_NO_OPERAND, HR_NO_OPERAND), hr_tf_range(s, 3, HR_NO_OPERAND, HR_NO_OPERAND, .dtype = HR_FLOAT);
  hr_tf_range(s, 3, HR_NO_OPERAND, 2), hr_tf_range(s, two, HR_NO_OPERAND, 1), hr_tf_range(s, 1, two, 1, .name = "r");
  hr_linspace(s, 0.0, 1.0, 3), hr_linspace(s, hr_constant(s, 0.0), 1.0, two);
  hr_eye(s, 2, .columns = 2), hr_eye(s, 2, .batch_shape = HR_AXES(3)), hr_eye(s, two),
      hr_eye(s, 2, .columns_tensor = HR_OPERAND(two), .dtype = HR_INT32);
  hr_eye(s, 2, .batch_shape = hr_operand_output(hr_constant(s, IN(3))), .columns = 3);
  hr_eye(s, 3, .columns = 2, .batch_shape = HR_AXES(2, 1));
  hr_tf_cast(s, IN(1, 2), HR_FLOAT), hr_tf_cast(s, L(1.5), HR_FLOAT);
  hr_tensor wide = tensor_of(HR_INT64, HR_SHAPE(2), (const int64_t[]){1, 2});
  hr_tf_cast(s, &wide, HR_FLOAT);
  hr_tensor_clear(&halves), hr_tensor_clear(&none), hr_tensor_clear(&wide);
  testing_graph_expect(&t, "values.constants");
}

static void arrays(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output zero = hr_constant(s, 0), u = hr_placeholder(s, HR_FLOAT, .name = "u");
  hr_var *v = hr_tf_variable(s, L(IN(1, 2)), .name = "v");
  hr_tf_transpose(s, L(IN(1, 2))), hr_tf_transpose(s, L(IN(1, 2)), .perm = HR_AXES(1, 0));
  hr_tf_transpose(s, L(IN(1, 2)), .perm = hr_operand_output(hr_constant(s, IN(1, 0)))), hr_tf_transpose(s, 3);
  hr_tf_transpose(s, v), hr_tf_reshape(s, IN(1, 2), HR_SHAPE(2, 1));
  hr_tf_reshape(s, IN(1, 2), L(hr_plus(s, zero, 2), -1), .name = "r"), hr_tf_reshape(s, v, HR_SHAPE(-1));
  hr_tf_expand_dims(s, IN(1, 2), 0), hr_tf_expand_dims(s, v, zero), hr_tf_squeeze(s, L(IN(1, 2)));
  hr_tf_squeeze(s, L(IN(1, 2)), .axis = HR_AXIS(0));
  hr_tf_tile(s, IN(1, 2), HR_SHAPE(2)), hr_tf_tile(s, IN(1, 2), L(hr_plus(s, zero, 1)));
  hr_tf_concat(s, L(IN(1), IN(2)), 0), hr_tf_concat(s, L(IN(1, 2)), 0);
  hr_tf_concat(s, L(IN(1), hr_constant(s, IN(2))), zero), hr_tf_concat(s, L(v), zero);
  hr_tf_concat(s, L(v, L(IN(3, 4))), -1, .name = "c");
  hr_stack(s, L(1, 2)), hr_stack(s, L(zero, 2)), hr_stack(s, L(IN(1), IN(2)), .axis = 1), hr_stack(s, L(v, v));
  hr_stack(s, L(1.0), .name = "s"), hr_stack(s, L(zero, 5), .axis = -1), hr_stack(s, ((hr_operands){0}));
  hr_unstack(s, L(IN(1, 2), IN(3, 4))), hr_unstack(s, L(IN(1, 2), IN(3, 4)), .axis = 1);
  hr_unstack(s, L(IN(1, 2), IN(3, 4)), .num = 2);
  hr_tf_split(s, IN(1, 2, 3, 4), 2), hr_tf_split(s, IN(1, 2, 3, 4), IN(1, 3));
  hr_tf_split(s, IN(1, 2, 3, 4), hr_constant(s, IN(1, 3)));
  hr_tf_split(s, u, hr_placeholder(s, HR_INT32, .name = "sizes"), .num = 2, .axis = HR_OPERAND(zero), .name = "parts");
  hr_tf_split(s, L(IN(1, 2)), 2, .axis = HR_AXIS(1));
  hr_tf_gather(s, IN(1, 2, 3), IN(0, 1)), hr_tf_gather(s, L(IN(1, 2, 3)), IN(0), .axis = HR_OPERAND(zero));
  hr_tf_gather(s, L(IN(1)), L(IN(0)), .axis = HR_AXIS(1), .batch_dims = 1), hr_tf_gather(s, v, 0);
  hr_tf_gather(s, IN(1), L(0, zero));
  hr_tf_one_hot(s, IN(1, 2), 3), hr_tf_one_hot(s, zero, 3, .on_value = HR_OPERAND(5), .off_value = HR_OPERAND(0));
  hr_tf_one_hot(s, IN(1), 3, .dtype = HR_INT32);
  hr_tf_one_hot(s, IN(1), 3, .off_value = hr_operand_output(hr_constant(s, 1.0)));
  hr_tf_one_hot(s, IN(1), 2, .on_value = HR_OPERAND("a"), .off_value = HR_OPERAND("b"), .axis = 0);
  hr_tf_where(s, L((bool)true, (bool)false), IN(1, 2), IN(3, 4));
  hr_where_v2(s, L((bool)true, (bool)false), IN(1, 2), 3);
  hr_boolean_mask(s, IN(1, 2, 3), L((bool)true, (bool)false, (bool)true));
  hr_boolean_mask(s, L(IN(1, 2), IN(3, 4)), L((bool)true, (bool)false), .axis = 1);
  hr_at(s, v, HR_INDEX(0)), hr_at(s, v, HR_INDEX(0), HR_SLICE(1, HR_OPEN)), hr_at(s, u, HR_INDEX(zero));
  hr_at(s, hr_constant(s, IN(1, 2)), HR_SLICE(zero, HR_OPEN));
  testing_graph_expect(&t, "values.arrays");
}

static void math(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output zero = hr_constant(s, 0);
  hr_var *v = hr_tf_variable(s, L(1.0, 2.0), .name = "v");
  hr_reduce_sum(s, IN(1, 2)), hr_reduce_sum(s, L(IN(1, 2), IN(3, 4)), .axis = HR_AXIS(1));
  hr_reduce_sum(s, L(1.0, 2.0), .axis = HR_OPERAND(zero)), hr_reduce_sum(s, v),
      hr_reduce_mean(s, L(1, 2.0), .name = "m");
  hr_reduce_max(s, v, .axis = HR_OPERAND(L(0, zero))), hr_reduce_all(s, L((bool)true));
  hr_reduce_logsumexp(s, L(1.0, 2.0));
  hr_reduce_logsumexp(s, L(L(1.0, 2.0)), .axis = HR_AXIS(1), .keepdims = true, .name = "l");
  hr_reduce_euclidean_norm(s, L(3.0, 4.0), .axis = HR_AXIS(0));
  hr_argmax(s, IN(1, 2)), hr_argmin(s, L(IN(1, 2)), .axis = HR_AXIS(1));
  hr_argmax(s, v, .axis = HR_OPERAND(zero), .output_type = HR_INT32);
  hr_tf_add_n(s, L(v, L(1.0, 2.0))), hr_tf_add_n(s, L(L(1.0))), hr_tf_add_n(s, L(v), .name = "alone");
  hr_scalar_mul(s, 2.0, v);
  hr_scalar_mul(s, 2, hr_constant(s, L(1.0)));
  hr_tf_clip_by_value(s, IN(1, 2, 3), 1, 2), hr_clip_by_norm(s, L(1.0, 2.0), 1.0);
  hr_clip_by_norm(s, L(L(1.0, 2.0)), 1.0, .axes = HR_AXES(1)), hr_clip_by_average_norm(s, L(1.0, 2.0), 1.0);
  hr_global_norm(s, L(hr_constant(s, L(1.0)), HR_NO_OPERAND, L(2.0)));
  hr_output clipped[2];
  hr_clip_by_global_norm(s, L(L(1.0, 2.0), HR_NO_OPERAND), 1.0, clipped);
  hr_output single = hr_constant(s, L(1.0)), norm = hr_constant(s, 2.0);
  hr_clip_by_global_norm(s, L(single), 1.0, clipped, .use_norm = HR_OPERAND(norm), .name = "known");
  hr_tf_random_uniform(s, L(2, hr_plus(s, zero, 3)));
  hr_tf_random_uniform(s, HR_SHAPE(2), .minval = HR_OPERAND(zero), .maxval = HR_OPERAND(10), .dtype = HR_INT32);
  hr_output mean = hr_constant(s, 1.0);
  hr_random_normal(s, HR_SHAPE(2), .mean_tensor = HR_OPERAND(mean), .stddev_tensor = HR_OPERAND(L(1.0, 2.0)));
  hr_tf_random_shuffle(s, IN(1, 2, 3), .seed = 3);
  hr_tensordot(s, L(L(1.0, 2.0)), L(L(3.0), L(4.0)), 1);
  hr_tensordot(s, L(L(1.0, 2.0)), L(L(3.0), L(4.0)), L(IN(1), IN(0)), .name = "t");
  hr_output a = hr_zeros(s, HR_SHAPE(2, 3, 4)), b = hr_ones(s, HR_SHAPE(4, 3));
  hr_tensordot(s, a, b, L(IN(1, 2), IN(1, 0))), hr_tensordot(s, v, v, 0);
  a = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "rows"), b = hr_ones(s, HR_SHAPE(3, 2));
  hr_tensordot(s, a, b, IN(1, 0));
  a = hr_placeholder(s, HR_FLOAT, .name = "any"), b = hr_ones(s, HR_SHAPE(3, 2));
  hr_tensordot(s, a, b, 1);
  a = hr_zeros(s, HR_SHAPE(2, 3)), b = hr_ones(s, HR_SHAPE(3, 2));
  hr_tensordot(s, a, b, hr_constant(s, L(IN(1), IN(0))));
  testing_graph_expect(&t, "values.math");
}

static void nn(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  hr_tf_softmax(s, L(1.0, 2.0)), hr_tf_softmax(s, L(L(1.0, 2.0)), .axis = 0), hr_tf_log_softmax(s, L(L(1.0, 2.0)));
  hr_tf_bias_add(s, L(L(1.0, 2.0)), L(1.0, 2.0)), hr_tf_bias_add(s, x, IN(1, 2), .data_format = "NHWC");
  hr_dropout(s, L(1.0, 2.0), 0.5), hr_dropout(s, x, 0.5, .noise_shape = HR_DIMS(HR_SHAPE(1, 2)), .seed = 1);
  hr_dropout(s, L(L(1.0, 2.0)), hr_constant(s, 0.5), .noise_shape = HR_DIMS(HR_SHAPE(-1, 1)));
  hr_tf_sparse_softmax_cross_entropy_with_logits(s, IN(0), L(L(1.0, 2.0)));
  hr_softmax_cross_entropy_with_logits_v2(s, L(IN(0, 1)), L(L(1.0, 2.0)));
  hr_tf_softmax_cross_entropy_with_logits(s, L(L(0.0, 1)), L(L(1.0, 2.0)));
  hr_output labels = hr_constant(s, L(L(0.0, 1))), logits = hr_constant(s, L(L(1.0, 2.0)));
  hr_softmax_cross_entropy_with_logits_v2(s, labels, logits, .axis = 0);
  hr_sigmoid_cross_entropy_with_logits(s, L(1.0, 0.0), L(1.0, 2.0));
  hr_weighted_cross_entropy_with_logits(s, L(1.0, 0.0), L(1.0, 2.0), 3.0);
  hr_weighted_cross_entropy_with_logits(s, L(1.0, 0.0), L(1.0, 2.0), hr_constant(s, 3.0));
  hr_tf_in_top_k(s, L(L(1.0, 2.0)), IN(0), 1), hr_tf_top_k(s, L(1.0, 2.0), 1);
  hr_tf_top_k(s, x, hr_constant(s, 1), .unsorted = true);
  hr_l2_normalize(s, L(1.0, 2.0), HR_AXES(0), .epsilon = 1e-3), hr_l2_normalize(s, L(1.0, 2.0), HR_NO_OPERAND);
  hr_moments(s, x, HR_AXES(0), .keep_dims = true, .name = "m"), hr_moments(s, x, 0);
  hr_crelu(s, L(L(1.0, 2.0)), .axis = 0), hr_log_sigmoid(s, L(1.0)), hr_tf_leaky_relu(s, IN(1), .alpha = 0.1);
  hr_tf_leaky_relu(s, x);
  testing_graph_expect(&t, "values.nn");
}

static void models(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_mean_squared_error(s, IN(1, 2), L(3.0, 4.0));
  hr_mean_squared_error(s, IN(1, 2), L(3.0, 4.0), .weights = HR_OPERAND(L(1, 0.0)));
  hr_compute_weighted_loss(s, L(1.0, 2.0)), hr_compute_weighted_loss(s, IN(1, 2), .weights = HR_OPERAND(2));
  hr_softmax_cross_entropy(s, L(IN(1, 0)), L(L(1.0, 2.0))), hr_sparse_softmax_cross_entropy(s, IN(0), L(L(1.0, 2.0)));
  hr_sigmoid_cross_entropy(s, L(IN(1, 0)), L(L(1.0, 2.0)), .label_smoothing = 0.1);
  hr_cosine_distance(s, L(1.0, 0.0), L(1.0, 0.0), 0), hr_hinge_loss(s, IN(1, 0), L(1.0, 2.0));
  hr_log_loss(s, L(1.0, 0.0), L(0.5, 0.2)), hr_huber_loss(s, L(1.0, 0.0), L(0.5, 0.2));
  hr_summary_scalar(s, "a", 3.0), hr_summary_histogram(s, "h", L(1.0, 2.0));
  hr_summary_text(s, "t", hr_constant(s, L("a"))), hr_summary_image(s, "i", L(L(L(L(1.0)))), .max_outputs = 2);
  hr_summary_audio(s, "u", L(L(1.0)), 44100.0, .family = "f"), hr_summary_tensor(s, "t", L(1.0));
  hr_summary_merge(s, L("x"));
  hr_tensor row = tensor_of(HR_FLOAT, HR_SHAPE(1, 2), (const float[]){1, 2});
  hr_dense(s, &row, 2), hr_flatten(s, &row), hr_dropout_layer(s, &row, .rate = 0.5);
  hr_tensor_clear(&row);
  testing_graph_expect(&t, "values.models");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(constants), cmocka_unit_test(arrays), cmocka_unit_test(math),
                                     cmocka_unit_test(nn), cmocka_unit_test(models)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
