/* Constants, arrays and random tensors: the graphs that TensorFlow 1.15 builds from them (programs/operators.py,
 * programs/random_ops.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <complex.h>

#include "headrace/nn.h"
#include "headrace/ops.h"

/* An op called with Python values: they become Consts inside the op's scope. */
#define IN_SCOPE(name, op) HR_WITH (name, hr_name_scope(s, (op)))
#define SAME_NAME          .name = hr_scope_name(o)

static hr_output ints(hr_scope s, const char *name, hr_partial_shape shape, const int32_t *values) {
  return hr_constant_array(s, HR_INT32, shape, values, .name = name);
}
#define INTS(...) ((const int32_t[]){__VA_ARGS__})

static hr_tensor int_vector(int64_t count, const int32_t *values) {
  hr_tensor tensor;
  assert_null(hr_tensor_from(HR_INT32, 1, &count, values, &tensor));
  return tensor;
}

/* ---- constants ------------------------------------------------------------------------------------------------- */

static hr_output typed(hr_scope s, hr_operand value, hr_dtype dtype) { return hr_convert(s, value, dtype, NULL); }

static void plain_constants(hr_scope s) {
  hr_constant_i32(s, 1), hr_constant_f32(s, 1), hr_constant_bool(s, true), hr_constant_string(s, "text");
  hr_constant_string(s, "bytes\xff");
  ints(s, NULL, HR_SHAPE(3), INTS(1, 2, 3));
  hr_constant_array(s, HR_FLOAT, HR_SHAPE(1, 2), ((const float[]){1.5, 2.5}));
  typed(s, hr_operand_int((int64_t)1 << 40), HR_INVALID);
  hr_constant_array(s, HR_FLOAT, HR_SHAPE(0), &(float){0});
  ints(s, NULL, HR_SHAPE(2, 3), INTS(7, 7, 7, 7, 7, 7)), ints(s, NULL, HR_SHAPE(4), INTS(1, 2, 2, 2));
  hr_constant_array(s, HR_DOUBLE, HR_SHAPE(1), &(double){1});
  hr_constant_array(s, HR_COMPLEX128, HR_SHAPE(), &(double complex){1 + 2 * I});
  hr_constant_f32(s, 3), hr_constant_array(s, HR_INT64, HR_SHAPE(4), ((const int64_t[]){0, 1, 2, 3}));
  typed(s, hr_operand_float(1.5), HR_HALF), hr_constant_strings(s, 2, ((const char *[]){"a", "bc"}));
  typed(s, hr_operand_int(3), HR_UINT8), typed(s, hr_operand_int(-3), HR_INT16), hr_constant_i64(s, 3);
  typed(s, hr_operand_float(0.1), HR_BFLOAT16), hr_constant_array(s, HR_FLOAT, HR_SHAPE(0, 3), &(float){0});
  hr_constant_array(s, HR_BOOL, HR_SHAPE(2), ((const bool[]){true, false}));
  hr_constant_array(s, HR_DOUBLE, HR_SHAPE(2, 2), ((const double[]){9, 9, 9, 9}));
  hr_constant_array(s, HR_FLOAT, HR_SHAPE(3), ((const float[]){0, 0, 0}));
  hr_constant_array(s, HR_FLOAT, HR_SHAPE(4), ((const float[]){1, 2, 2, 2}));
}

static void sequence_mask(hr_scope scope) {
  hr_scope s = hr_name_scope(scope, "SequenceMask");
  hr_output lengths = ints(s, NULL, HR_SHAPE(2), INTS(1, 3)), limit = hr_constant_i32(s, 4);
  hr_output zero = hr_constant_i32(s, 0), one = hr_constant_i32(s, 1);
  hr_output columns = hr_range(s, zero, limit, one);
  hr_less(s, columns, hr_cast(s, hr_tf_expand_dims(s, lengths, -1), HR_INT32));
}

static void constants(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  plain_constants(s);
  hr_zeros(s, HR_SHAPE(2, 3)), hr_zeros(s, HR_SHAPE(2), .dtype = HR_INT32),
      hr_zeros(s, HR_SHAPE(2), .dtype = HR_STRING);
  hr_ones(s, HR_SHAPE(2)), hr_ones(s, HR_SHAPE(), .dtype = HR_INT64);
  hr_at(s, hr_zeros(s, HR_SHAPE(40, 40)), HR_INDEX(0));
  hr_tf_fill(s, HR_SHAPE(2, 2), 3.0), hr_zeros(s, ints(s, NULL, HR_SHAPE(2), INTS(2, 2)));
  IN_SCOPE(o, "ones_like") { hr_tf_ones_like(o, ints(o, "tensor", HR_SHAPE(2), INTS(1, 2)), SAME_NAME); }
  IN_SCOPE(o, "zeros_like") {
    hr_output one = hr_constant_array(o, HR_FLOAT, HR_SHAPE(1), &(float){1}, .name = "tensor");
    hr_tf_zeros_like(o, one, .dtype = HR_INT32, SAME_NAME);
  }
  hr_tf_range(s, 0, 5, 1), hr_tf_range(s, 2, 8, 3), hr_tf_range(s, 0.0, 1.0, 0.25), hr_linspace(s, 0.0, 1.0, 5);
  hr_tensor places;
  assert_null(hr_tensor_from(HR_INT64, 1, (int64_t[]){2}, (int64_t[]){0, 2}, &places));
  hr_tf_one_hot(s, &places, 3);
  hr_tensor_clear(&places);
  assert_null(hr_tensor_from(HR_INT64, 1, (int64_t[]){2}, (int64_t[]){1, 0}, &places));
  hr_operand on = hr_operand_int(5), off = hr_operand_int(-5);
  hr_tf_one_hot(s, &places, 2, .on_value = on, .off_value = off, .axis = 0);
  hr_tensor_clear(&places);
  hr_output two = hr_constant_f32(s, 2);
  hr_convert(s, HR_OPERAND(HR_OPERANDS(1.0, two)), HR_INVALID, NULL);
  ints(s, "shape_as_tensor", HR_SHAPE(2), INTS(2, 3));
  sequence_mask(s);
  testing_graph_expect(&t, "operators.constants");
}

/* ---- arrays ---------------------------------------------------------------------------------------------------- */

static void reshaping(hr_scope s, hr_output x, hr_output u, hr_output c) {
  hr_tf_shape(s, x), hr_tf_shape(s, c), hr_tf_size(s, x), hr_tf_size(s, c), hr_tf_rank(s, u), hr_tf_rank(s, c);
  hr_tf_shape(s, x, .out_type = HR_INT64);
  hr_tf_reshape(s, x, HR_SHAPE(-1)), hr_tf_reshape(s, x, HR_SHAPE(3, -1)), hr_tf_reshape(s, x, hr_tf_shape(s, c));
  hr_tf_transpose(s, x), hr_tf_transpose(s, u), hr_tf_transpose(s, c, .perm = HR_AXES(1, 0));
  hr_tf_expand_dims(s, x, 0), hr_tf_expand_dims(s, x, -1), hr_tf_squeeze(s, hr_tf_expand_dims(s, x, 0));
}

static void joining(hr_scope s, hr_output x, hr_output c) {
  hr_tf_concat(s, HR_LIST(x, c), 0), hr_tf_concat(s, HR_LIST(x, c), -1), hr_tf_concat(s, HR_LIST(x), 0);
  hr_stack(s, HR_LIST(x, c)), hr_stack(s, HR_LIST(x, c), .axis = 2);
  hr_tf_split(s, c, 3, .axis = HR_AXIS(1)), hr_tf_split(s, c, HR_INTS(1, 2), .axis = HR_AXIS(1)), hr_unstack(s, c),
      hr_tf_tile(s, x, HR_SHAPE(1, 2));
  IN_SCOPE(o, "Pad") { hr_pad(o, c, ints(o, "paddings", HR_SHAPE(2, 2), INTS(1, 1, 0, 2)), SAME_NAME); }
  IN_SCOPE(o, "PadV2") {
    hr_output paddings = ints(o, "paddings", HR_SHAPE(2, 2), INTS(1, 1, 0, 2));
    hr_pad_v2(o, c, paddings, hr_constant_f32(o, 7, .name = "constant_values"), SAME_NAME);
  }
  IN_SCOPE(o, "ReverseV2") { hr_reverse_v2(o, c, ints(o, "axis", HR_SHAPE(2), INTS(0, -1)), SAME_NAME); }
}

static void choosing(hr_scope s, hr_output x, hr_output u, hr_output c) {
  hr_tensor twice = int_vector(2, INTS(1, 1)), mask;
  hr_tf_gather(s, c, &twice), hr_tf_gather(s, c, 0, .axis = HR_AXIS(1));
  hr_tensor_clear(&twice);
  assert_null(hr_tensor_from(HR_BOOL, 1, (int64_t[]){2}, (bool[]){true, false}, &mask));
  hr_boolean_mask(s, c, &mask);
  hr_tensor_clear(&mask);
  hr_where(s, hr_binary(s, "Greater", c, 2.0));
  hr_output greater = hr_binary(s, "Greater", c, 2.0);
  hr_tf_where(s, greater, c, hr_neg(s, c)), hr_tf_fill(s, hr_tf_shape(s, x), 2.0);
  hr_tf_zeros_like(s, x), hr_tf_ones_like(s, x), hr_tf_zeros_like(s, u), hr_zeros(s, hr_tf_shape(s, x));
  IN_SCOPE(o, "Unique") { hr_unique(o, ints(o, "x", HR_SHAPE(4), INTS(3, 1, 3, 2)), SAME_NAME); }
}

static void slicing(hr_scope s, hr_output x, hr_output c) {
  hr_at(s, x, HR_INDEX(0)), hr_at(s, x, HR_ALL, HR_INDEX(1)), hr_at(s, x, HR_INDEX(-1), HR_ELLIPSIS);
  hr_at(s, x, HR_NEW_AXIS), hr_at(s, x, HR_SLICE(0, 1), HR_SLICE_STEP(HR_OPEN, HR_OPEN, 2));
  hr_at(s, x, HR_SLICE_STEP(HR_OPEN, HR_OPEN, -1)), hr_at(s, c, HR_ALL, HR_SLICE(1, 3));
  hr_at(s, c, HR_INDEX(hr_constant_i32(s, 1))), hr_at(s, c, HR_INDEX(1), HR_INDEX(2));
  IN_SCOPE(o, "Slice") {
    hr_output begin = ints(o, "begin", HR_SHAPE(2), INTS(0, 1));
    hr_slice(o, x, begin, ints(o, "size", HR_SHAPE(2), INTS(-1, 2)), SAME_NAME);
  }
  IN_SCOPE(o, "StridedSlice") {
    hr_output begin = ints(o, "begin", HR_SHAPE(2), INTS(0, 0)), end = ints(o, "end", HR_SHAPE(2), INTS(2, 3));
    hr_strided_slice(o, c, begin, end, ints(o, "strides", HR_SHAPE(2), INTS(1, 2)), SAME_NAME);
  }
}

static void arrays(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_output u = hr_placeholder(s, HR_FLOAT, .name = "u");
  hr_output c = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2, 3), ((const float[]){1, 2, 3, 4, 5, 6}), .name = "c");
  reshaping(s, x, u, c);
  joining(s, x, c);
  choosing(s, x, u, c);
  slicing(s, x, c);
  hr_identity(s, x), hr_stop_gradient(s, x);
  IN_SCOPE(o, "InvertPermutation") { hr_invert_permutation(o, ints(o, "x", HR_SHAPE(3), INTS(2, 0, 1)), SAME_NAME); }
  IN_SCOPE(o, "Cumsum") { hr_cumsum(o, c, hr_constant_i32(o, 1, .name = "axis"), SAME_NAME); }
  hr_argmax(s, c, .axis = HR_AXIS(1));
  hr_tensor targets = int_vector(2, INTS(0, 2));
  hr_tf_in_top_k(s, c, &targets, 1);
  hr_tensor_clear(&targets);
  testing_graph_expect(&t, "operators.arrays");
}

/* ---- random tensors -------------------------------------------------------------------------------------------- */

static void multinomial(hr_scope s, int64_t rows, const float *chances, int64_t size, int64_t seed, hr_dtype dtype) {
  hr_output logits;
  IN_SCOPE(o, "Log") {
    logits = hr_log(o, hr_constant_array(o, HR_FLOAT, HR_SHAPE(rows, 3), chances, .name = "x"), SAME_NAME);
  }
  hr_scope outer = hr_name_scope(s, "multinomial"), o = hr_name_scope(outer, "Multinomial");
  int64_t seed1, seed2;
  hr_scope_seeds(s, seed, &seed1, &seed2);
  hr_output count = hr_constant_i32(o, (int32_t)size, .name = "num_samples");
  hr_multinomial(o, logits, count, .seed = seed1, .seed2 = seed2, .output_dtype = dtype, SAME_NAME);
}

#define FROM_TO(low, high) .minval = hr_operand_int(low), .maxval = hr_operand_int(high)

static void every_op(hr_scope s, int64_t size, int64_t seed) {
  hr_partial_shape shape = HR_SHAPE(size);
  hr_tf_random_uniform(s, shape, .seed = seed);
  hr_tf_random_uniform(s, shape, .dtype = HR_DOUBLE, .seed = seed, FROM_TO(-1, 1));
  hr_tf_random_uniform(s, shape, .dtype = HR_INT32, .seed = seed, FROM_TO(-5, 1000));
  hr_tf_random_uniform(s, shape, .dtype = HR_INT64, .seed = seed, FROM_TO(-((int64_t)1 << 40), (int64_t)1 << 50));
  hr_tf_random_uniform(s, shape, .dtype = HR_HALF, .seed = seed);
  hr_random_normal(s, shape, .mean = 1, .stddev = 3, .seed = seed);
  hr_random_normal(s, shape, .dtype = HR_DOUBLE, .seed = seed);
  hr_tf_truncated_normal(s, shape, .seed = seed), hr_tf_truncated_normal(s, shape, .dtype = HR_DOUBLE, .seed = seed);
  hr_tf_random_shuffle(s, hr_tf_range(s, 0, size, 1), .seed = seed);
  static const float chances[] = {0.1f, 0.2f, 0.7f, 0.5f, 0.25f, 0.25f};
  multinomial(s, 2, chances, size, seed, HR_INT64);
  multinomial(s, 1, chances, size, seed, HR_INT32);
  hr_dropout(s, hr_ones(s, shape), 0.3, .seed = seed);
}

/* Every op with each of the op seeds, under a graph seed or none. */
static void random_case(int64_t graph_seed, int count, const int64_t *seeds, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, graph_seed != HR_NO_SEED, graph_seed == HR_NO_SEED ? 0 : graph_seed);
  for (int i = 0; i < count; ++i)
    every_op(t.root, 7, seeds[i]);
  testing_graph_expect(&t, recorded_case);
}

static void seeds(void **state) {
  (void)state;
  random_case(HR_NO_SEED, 2, (const int64_t[]){42, 0}, "random_ops.op_seed_only");
  random_case(42, 1, (const int64_t[]){HR_NO_SEED}, "random_ops.graph_seed_only");
  random_case(0, 2, (const int64_t[]){0, HR_NO_SEED}, "random_ops.zero_seeds");
  random_case(INT32_MAX, 1, (const int64_t[]){INT32_MAX - 1}, "random_ops.large_seeds");
}

static void sizes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 12345);
  static const struct {
    const char *scope;
    int64_t size;
  } rows[] = {{"size_1", 1}, {"size_7", 7}, {"size_1000", 1000}, {"size_5000", 5000}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i)
    every_op(hr_name_scope(t.root, rows[i].scope), rows[i].size, 42);
  testing_graph_expect(&t, "random_ops.sizes");
}

static void shuffles(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 1);
  hr_scope s = t.root;
  IN_SCOPE(o, "RandomShuffle") {
    hr_output rows = ints(o, "value", HR_SHAPE(4, 2), INTS(1, 2, 3, 4, 5, 6, 7, 8));
    hr_tf_random_shuffle(o, rows, .seed = 3, SAME_NAME);
  }
  hr_tf_random_shuffle(s, hr_tf_reshape(s, hr_tf_range(s, 0.0, 24.0, 1.0), HR_SHAPE(6, 2, 2)), .seed = 3);
  hr_tf_random_shuffle(s, hr_constant_strings(s, 5, ((const char *[]){"a", "b", "c", "d", "e"})), .seed = 3);
  hr_tf_random_shuffle(s, hr_zeros(s, HR_SHAPE(0, 3)), .seed = 3);
  IN_SCOPE(o, "RandomShuffle") {
    hr_tf_random_shuffle(o, hr_constant_i32(o, 5, .name = "value"), .seed = 3, SAME_NAME);
  }
  hr_tf_random_uniform(s, HR_SHAPE(), .seed = 3), hr_tf_random_uniform(s, HR_SHAPE(0), .seed = 3);
  hr_tf_random_uniform(s, HR_SHAPE(2, 3, 4), .seed = 3);
  hr_tf_random_uniform(s, hr_tf_shape(s, hr_zeros(s, HR_SHAPE(2, 3))), .seed = 3);
  testing_graph_expect(&t, "random_ops.shuffles");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constants), cmocka_unit_test(arrays),   cmocka_unit_test(seeds),
      cmocka_unit_test(sizes),     cmocka_unit_test(shuffles),
  };
  return cmocka_run_group_tests_name("arrays", tests, NULL, NULL);
}
