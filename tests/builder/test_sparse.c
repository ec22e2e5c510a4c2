/* Sparse tensors: the graphs that TensorFlow 1.15 builds from them (programs/sparse_functions.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/arrays.h"
#include "headrace/gradients.h"
#include "headrace/ops.h"
#include "headrace/sparse.h"

/* Of placeholders of unknown sizes. */
static hr_sparse_tensor fed(hr_scope s, const char *name, int rank, hr_dtype dtype) {
  char names[3][32];
  snprintf(names[0], sizeof names[0], "%s_indices", name);
  snprintf(names[1], sizeof names[1], "%s_values", name);
  snprintf(names[2], sizeof names[2], "%s_shape", name);
  hr_output indices = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(-1, rank), .name = names[0]);
  hr_output values = hr_placeholder(s, dtype, .shape = HR_SHAPE(-1), .name = names[1]);
  hr_output shape = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(rank), .name = names[2]);
  return hr_make_sparse_tensor(s, indices, values, shape);
}

static hr_sparse_tensor known(hr_scope s, int64_t count, int64_t rank, const int64_t *indices, hr_operand values,
                              const int64_t *shape) {
  hr_tensor places;
  assert_null(hr_tensor_from(HR_INT64, 2, (const int64_t[]){count, rank}, indices, &places));
  hr_sparse_tensor x =
      hr_make_sparse_tensor_of(s, hr_operand_tensor(&places), values, hr_operand_ints((hr_ints){(int32_t)rank, shape}));
  hr_tensor_clear(&places);
  return x;
}
#define KNOWN(s, count, rank, values, shape, ...)                                                                      \
  known((s), (count), (rank), (const int64_t[]){__VA_ARGS__}, HR_OPERAND(values), (const int64_t[]){shape})
#define SIZES(...) __VA_ARGS__
#define PLACES     0, 1, 1, 0, 1, 2, 3, 0

static void pieces(hr_scope s) {
  hr_sparse_tensor a = fed(s, "a", 2, HR_FLOAT);
  hr_sparse_tensor words = KNOWN(s, 4, 2, HR_OPERANDS("a", "b", "c", "d"), SIZES(5, 3), PLACES);
  assert_int_equal(hr_tf_sparse_split(s, a, 2, 0).count, 6);
  hr_tf_sparse_split(s, words, 3, 1, .name = "columns");
  hr_tf_sparse_split(s, a, 1, 1);
}

static void joins(hr_scope s) {
  hr_sparse_tensor a = fed(s, "a", 2, HR_FLOAT), b = fed(s, "b", 2, HR_FLOAT);
  hr_sparse_tensor c = KNOWN(s, 2, 2, HR_OPERANDS(5.0, 6.0), SIZES(3, 4), 0, 0, 2, 1);
  hr_sparse_tensor first = KNOWN(s, 1, 2, HR_OPERANDS("a"), SIZES(2, 1), 0, 0);
  hr_sparse_tensor second = KNOWN(s, 1, 2, HR_OPERANDS("b"), SIZES(2, 3), 1, 2);
  const hr_sparse_tensor both[] = {a, b}, uneven[] = {a, c}, words[] = {first, second};
  hr_tf_sparse_concat(s, 0, ((hr_sparse_tensors){2, both}));
  hr_tf_sparse_concat(s, -1, ((hr_sparse_tensors){2, both}), .name = "wide");
  hr_tf_sparse_concat(s, 1, ((hr_sparse_tensors){2, uneven}), .expand_nonconcat_dim = true);
  hr_tf_sparse_concat(s, 1, ((hr_sparse_tensors){2, words}));
  hr_tf_sparse_concat(s, 0, ((hr_sparse_tensors){1, both}));
  hr_tf_sparse_concat(s, 0, ((hr_sparse_tensors){2, words}), .expand_nonconcat_dim = true, .name = "low");
}

static void reductions(hr_scope s) {
  hr_sparse_tensor a = fed(s, "a", 2, HR_FLOAT);
  hr_output numbers = hr_constant_array(s, HR_INT64, HR_SHAPE(4), ((const int64_t[]){1, 2, 3, 4}));
  hr_sparse_tensor x = KNOWN(s, 4, 2, numbers, SIZES(5, 3), PLACES);
  hr_output sums[3];
  sums[0] = hr_tf_sparse_reduce_sum(s, a);
  sums[1] = hr_tf_sparse_reduce_sum(s, a, .axis = HR_AXIS(1));
  sums[2] = hr_tf_sparse_reduce_sum(s, a, .axis = HR_AXES(0), .keepdims = true);
  hr_tf_sparse_reduce_sum(s, x, .axis = HR_AXIS(-1), .keepdims = true);
  hr_tf_sparse_reduce_max(s, a, .axis = HR_AXIS(0));
  hr_tf_sparse_reduce_max(s, x, .axis = HR_AXES(0, 1));
  hr_tf_sparse_reduce_max(s, x, .axis = HR_AXIS(-1), .keepdims = true);
  hr_tf_sparse_reduce_sum_sparse(s, a, .axis = HR_AXIS(1));
  hr_tf_sparse_reduce_sum_sparse(s, x, .keepdims = true);
  hr_tf_sparse_reduce_max_sparse(s, a, .axis = HR_AXIS(0));
  hr_tf_sparse_reduce_max_sparse(s, x, .axis = HR_AXES(1));
  for (int i = 0; i < 3; ++i)
    sums[i] = hr_square(s, sums[i]);
  hr_gradient slope;
  hr_gradients(s, ((hr_outputs){3, sums}), ((hr_outputs){1, &a.values}), &slope);
}

static void softmax(hr_scope s) {
  hr_sparse_tensor a = fed(s, "a", 2, HR_FLOAT), deep = fed(s, "deep", 3, HR_DOUBLE);
  hr_output ys[2], xs[2] = {a.values, deep.values};
  ys[0] = hr_tf_sparse_softmax(s, a).values;
  ys[1] = hr_tf_sparse_softmax(s, deep, .name = "each").values;
  for (int i = 0; i < 2; ++i)
    ys[i] = hr_at(s, hr_square(s, ys[i]), HR_INDEX(0));
  hr_gradient slopes[2];
  hr_gradients(s, ((hr_outputs){2, ys}), ((hr_outputs){2, xs}), slopes);
}

static void extremes(hr_scope s) {
  hr_sparse_tensor a = fed(s, "a", 2, HR_FLOAT), b = fed(s, "b", 2, HR_FLOAT);
  hr_sparse_maximum(s, a, b);
  hr_sparse_minimum(s, a, b);
  hr_sparse_minimum(s, b, a, .name = "low");
  hr_sparse_maximum(s, b, a, .name = "high");
  hr_sparse_tensor whole = KNOWN(s, 2, 1, HR_OPERANDS(1, -2), SIZES(3), 0, 2);
  hr_sparse_maximum(s, whole, whole);
  hr_sparse_tensor other = KNOWN(s, 1, 1, HR_OPERANDS(5), SIZES(3), 1);
  hr_sparse_minimum(s, whole, other);
}

static void expect(void (*build)(hr_scope s), const char *recorded_case) {
  testing_graph t = testing_graph_new();
  build(t.root);
  testing_graph_expect(&t, recorded_case);
}

static void sparse_functions(void **state) {
  (void)state;
  expect(pieces, "sparse_functions.pieces");
  expect(joins, "sparse_functions.joins");
  expect(reductions, "sparse_functions.reductions");
  expect(softmax, "sparse_functions.softmax");
  expect(extremes, "sparse_functions.extremes");
}

/* What is known to be wrong is refused while the graph is built. */
static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_sparse_tensor x = KNOWN(s, 1, 2, HR_OPERANDS(1), SIZES(5, 3), 0, 0);
  hr_sparse_tensor other = KNOWN(s, 1, 2, HR_OPERANDS(1), SIZES(5, 4), 0, 0);
  hr_tf_sparse_add(s, x, other);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[5,3]", "[5,4]", NULL);
  const int64_t small[] = {5, 2};
  hr_sparse_reset_shape(s, x, .new_shape = hr_operand_ints((hr_ints){2, small}));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "new_shape", NULL);
  hr_tf_sparse_transpose(s, x, .perm = HR_AXES(0, 2));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "permutation", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sparse_functions), cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
