/* Functions of arrays (programs/array_functions.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L       HR_OPERANDS
#define IN      HR_INTS
#define OF(...) CALL_OP(s, __VA_ARGS__)

static const bool yes = true, no = false;

static hr_tensor ones_of(hr_dtype dtype, hr_partial_shape shape) {
  hr_tensor value;
  double elements[24];
  for (int i = 0; i < 24; ++i)
    elements[i] = 1;
  assert_int_equal(dtype, HR_DOUBLE);
  assert_null(hr_tensor_from(dtype, shape.rank, shape.dims, elements, &value));
  return value;
}

static void shaping(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor numbers, cube = ones_of(HR_DOUBLE, HR_SHAPE(2, 3, 4));
  assert_null(hr_tensor_from(HR_INT64, 2, (int64_t[]){2, 3}, (int64_t[]){0, 1, 2, 3, 4, 5}, &numbers));
  hr_output x = hr_constant(s, &numbers, .name = "x");
  hr_output p = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "p");
  hr_operands column = L(L(L(1), L(2)));
  hr_tf_reshape(s, x, HR_SHAPE(3, 2)), hr_tf_reshape(s, x, HR_SHAPE(-1)), hr_tf_reshape(s, p, HR_SHAPE(-1, 1, 3));
  hr_tf_reshape(s, x, hr_constant(s, IN(6))), hr_tf_reshape(s, 5, HR_SHAPE());
  hr_tf_expand_dims(s, x, 1), hr_tf_expand_dims(s, x, -1), hr_tf_expand_dims(s, p, 0), hr_tf_squeeze(s, column);
  hr_tf_squeeze(s, column, .axis = HR_AXIS(0)), hr_tf_squeeze(s, hr_ones(s, HR_SHAPE(1, 2, 1)), .axis = HR_AXES(2));
  hr_tf_transpose(s, x), hr_tf_transpose(s, x, .perm = HR_AXES(1, 0));
  hr_tf_transpose(s, &cube, .perm = HR_AXES(2, 0, 1)), hr_tf_transpose(s, p), hr_tf_tile(s, x, HR_SHAPE(1, 2));
  hr_tf_tile(s, p, HR_SHAPE(2, 1)), OF("BroadcastTo", NULL, L(IN(1, 2, 3), IN(2, 3)));
  OF("Pad", NULL, L(x, L(IN(1, 0), IN(0, 2))));
  OF("MirrorPad", NULL, L(x, L(IN(1, 1), IN(1, 1))), {"mode", HR_ATTR_STRING_VALUE("REFLECT")});
  OF("MirrorPad", NULL, L(x, L(IN(1, 1), IN(1, 1))), {"mode", HR_ATTR_STRING_VALUE("SYMMETRIC")});
  OF("PadV2", NULL, L(x, L(IN(0, 1), IN(0, 0)), 9)), OF("ReverseV2", NULL, L(x, IN(0)));
  OF("ReverseV2", NULL, L(x, IN(1)));
  OF("ReverseSequence", NULL, L(x, IN(2, 3)), {"seq_dim", HR_ATTR_INT_VALUE(1)}, {"batch_dim", HR_ATTR_INT_VALUE(0)});
  OF("Roll", NULL, L(x, 1, 1)), hr_tf_shape(s, x), hr_tf_shape(s, p);
  hr_tf_shape(s, x, .out_type = HR_INT64, .name = "long"), hr_tf_size(s, p), hr_tf_rank(s, p);
  hr_shape_n(s, HR_LIST(x, x)), hr_identity(s, x), hr_ensure_shape(s, p, HR_SHAPE(1, 3)), hr_identity(s, p);
  hr_meshgrid(s, L(IN(1, 2), IN(3, 4, 5))), hr_meshgrid(s, L(IN(1, 2), IN(3, 4, 5)), .matrix_indexing = true);
  hr_tensor_clear(&numbers), hr_tensor_clear(&cube);
  testing_graph_expect(&t, "array_functions.shaping");
}

static void joining(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(IN(1, 2), IN(3, 4)), .name = "x");
  hr_output p = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1, 2), .name = "p");
  hr_tf_concat(s, HR_LIST(x, x), 0), hr_tf_concat(s, HR_LIST(x, x), 1), hr_tf_concat(s, HR_LIST(x, x, x), -1);
  hr_tf_concat(s, HR_LIST(x, p), 0), hr_tf_concat(s, HR_LIST(x), 0), hr_tf_concat(s, L(IN(1, 2), IN(3)), 0);
  hr_stack(s, HR_LIST(x, x)), hr_stack(s, L(1, 2, 3)), hr_stack(s, HR_LIST(x, x), .axis = -1);
  hr_stack(s, HR_LIST(p, x)), hr_stack(s, L(hr_constant(s, 1.0), 2.0)), hr_tf_split(s, x, 2);
  hr_tf_split(s, x, IN(1, 1), .axis = HR_AXIS(1)), hr_tf_split(s, p, 2, .axis = HR_AXIS(1)), hr_unstack(s, x);
  hr_unstack(s, x, .axis = 1), hr_unstack(s, p, .num = 2, .axis = 1);
  hr_output both[2];
  hr_tuple_with(s, hr_operands_outputs(HR_LIST(x, p)), 0, NULL, both, NULL);
  OF("DynamicStitch", NULL, L(L(IN(0, 2), IN(1)), L(IN(1, 2), IN(3))));
  OF("DynamicPartition", NULL, L(IN(1, 2, 3), IN(0, 1, 0)), {"num_partitions", HR_ATTR_INT_VALUE(2)});
  hr_boolean_mask(s, x, L(yes, no));
  hr_tf_concat(s, L(hr_zeros(s, HR_SHAPE(0, 2), .dtype = HR_INT32), x), 0);
  testing_graph_expect(&t, "array_functions.joining");
}

static void parallel_stacks(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x");
  hr_parallel_stack(s, L(x, L(1.0, 2.0), hr_constant(s, L(3.0, 4.0)))), hr_parallel_stack(s, L(1, 2), .name = "mine");
  hr_parallel_stack(s, L(hr_constant(s, L(L("a"))), L(L("b")))), hr_parallel_stack(s, L(x));
  testing_graph_expect(&t, "array_functions.parallel_stacks");
}

static void sets(hr_scope s, hr_output x) {
  hr_tf_top_k(s, x, 2), OF("Unique", NULL, L(IN(4, 4, 1, 7, 1))), OF("UniqueWithCounts", NULL, L(IN(4, 4, 1)));
  OF("ListDiff", NULL, L(IN(1, 2, 3, 4), IN(2, 4)));
}

static void gathered(hr_scope s, hr_output x, hr_output i) {
  hr_tf_gather(s, x, IN(1, 0)), hr_tf_gather(s, x, i), hr_tf_gather(s, x, IN(0, 2), .axis = HR_AXIS(1));
  hr_tf_gather(s, x, 1), hr_tf_gather_nd(s, x, L(IN(0, 1), IN(1, 2))), hr_tf_gather(s, x, L(IN(0, 1)));
  hr_batch_gather(s, x, L(IN(0), IN(2))), hr_where(s, hr_binary(s, "Greater", x, 2.0));
  hr_output greater = hr_binary(s, "Greater", x, 2.0);
  hr_tf_where(s, greater, x, hr_neg(s, x));
  hr_tf_where(s, L(yes, no), x, hr_tf_zeros_like(s, x));
}

static void choosing(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(L(1.0, 5.0, 3.0), L(4.0, 2.0, 6.0)), .name = "x");
  hr_output i = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1), .name = "i");
  sets(s, x);
  gathered(s, x, i);
  OF("Slice", NULL, L(x, IN(0, 1), IN(2, 2))), OF("Slice", NULL, L(x, IN(1, 0), IN(-1, -1)));
  OF("StridedSlice", NULL, L(x, IN(0, 0), IN(2, 3), IN(1, 2))), hr_tf_one_hot(s, IN(0, 2), 3);
  hr_tf_one_hot(s, i, 4, .axis = 0);
  hr_tf_one_hot(s, IN(1), 2, .on_value = HR_OPERAND(yes), .off_value = HR_OPERAND(no));
  hr_tf_one_hot(s, L(IN(0, 1)), 2, .dtype = HR_INT32), OF("ScatterNd", NULL, L(L(IN(1), IN(3)), L(9.0, 8.0), IN(5)));
  hr_sequence_mask(s, IN(1, 3, 2)), hr_sequence_mask(s, IN(1, 2), .maxlen = HR_OPERAND(3), .dtype = HR_FLOAT);
  hr_argsort(s, x), hr_sort(s, L(3.0, 1.0, 2.0)), hr_sort(s, x, .descending = true), hr_sort(s, IN(2, 1));
  hr_tf_in_top_k(s, x, IN(1, 0), 1), hr_tf_in_top_k(s, x, IN(1, 0), 2), OF("InvertPermutation", NULL, L(IN(2, 0, 1)));
  hr_searchsorted(s, L(1.0, 3.0), L(2.0)), hr_embedding_lookup(s, L(x), IN(1, 1));
  OF("TensorScatterUpdate", NULL, L(IN(1, 2, 3), L(IN(1)), IN(9))), hr_tf_top_k(s, x, 1);
  OF("SparseToDense", NULL, L(IN(0, 2), IN(4), 1, 0)), hr_argmax(s, x, .axis = HR_AXIS(1));
  OF("UnravelIndex", NULL, L(5, IN(2, 3)));
  testing_graph_expect(&t, "array_functions.choosing");
}

static void zeros_and_ones(hr_scope s, hr_output p, hr_output n) {
  hr_zeros(s, HR_SHAPE(3)), hr_zeros(s, HR_SHAPE(2, 2), .dtype = HR_INT32), hr_zeros(s, HR_SHAPE());
  hr_zeros(s, L(n, 2)), hr_zeros(s, hr_operand_int(3)), hr_zeros(s, HR_SHAPE(2), .dtype = HR_BOOL);
  hr_ones(s, HR_SHAPE(2)), hr_ones(s, HR_SHAPE(), .dtype = HR_INT64), hr_ones(s, hr_tf_shape(s, p));
  hr_tf_zeros_like(s, p), hr_tf_ones_like(s, p), hr_tf_zeros_like(s, IN(1, 2), .dtype = HR_DOUBLE);
  hr_tf_ones_like(s, L(yes)), hr_tf_zeros_like(s, L("a"));
  OF("ZerosLike", "zeros_like", L(p)); /* optimize=False */
}

static void filled(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output p = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "p");
  const hr_partial_shape scalar = HR_SHAPE();
  hr_output n = OF("PlaceholderWithDefault", "n", L(2), {"shape", HR_ATTR_SHAPE_VALUE(&scalar)});
  hr_tensor none;
  assert_null(hr_tensor_from(HR_DOUBLE, 1, (int64_t[]){0}, &(double){0}, &none));
  zeros_and_ones(s, p, n);
  hr_tf_fill(s, HR_SHAPE(2, 2), 7), hr_tf_fill(s, L(n), 1.5), hr_constant(s, 1.0, .shape = HR_SHAPE(2, 2));
  hr_constant(s, hr_operand_values(&none), .shape = HR_SHAPE(0, 2));
  hr_constant(s, IN(1, 2, 3, 4, 5, 6), .dtype = HR_INT64, .shape = HR_SHAPE(2, 3), .name = "named");
  hr_tf_range(s, 3, HR_NO_OPERAND, HR_NO_OPERAND), hr_tf_range(s, 1, 4, 1), hr_tf_range(s, 10, 0, -3);
  hr_tf_range(s, n, HR_NO_OPERAND, HR_NO_OPERAND), hr_tf_range(s, 0.0, 1.0, 0.5);
  hr_tf_range(s, 5, HR_NO_OPERAND, HR_NO_OPERAND, .dtype = HR_INT64), hr_tf_range(s, 2, 5, 1);
  hr_linspace(s, 0.0, 1.0, 3), hr_linspace(s, 1.0, 2.0, 2, .name = "space"), hr_eye(s, 2);
  hr_zeros(s, HR_SHAPE(2)), hr_constant(s, 2.0, .shape = HR_SHAPE(2)), hr_tf_ones_like(s, p, .dtype = HR_INT32);
  hr_tensor_clear(&none);
  testing_graph_expect(&t, "array_functions.filled");
}

static void states(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = hr_tf_variable(s, L(L(1.0, 2.0), L(3.0, 4.0), L(5.0, 6.0)), .name = "v");
  hr_var *n = hr_tf_variable(s, IN(1, 2, 3, 4), .name = "n");
  OF("ScatterUpdate", NULL, L(v, IN(0), L(L(9.0, 9.0))));
  OF("ScatterAdd", NULL, L(v, IN(1, 1), L(L(1.0, 1.0), L(2.0, 2.0)))),
      OF("ScatterSub", NULL, L(v, IN(2), L(L(1.0, 1.0))));
  OF("ScatterMul", NULL, L(v, IN(0), L(L(2.0, 2.0)))), OF("ScatterDiv", NULL, L(v, IN(0), L(L(3.0, 3.0))));
  OF("ScatterMax", NULL, L(v, IN(0), L(L(7.0, 1.0)))), OF("ScatterMin", NULL, L(v, IN(0), L(L(0.0, 5.0))));
  /* Elements are updated one after the other, unless the program does not want it. */
  const hr_attr_value locking = HR_ATTR_BOOL_VALUE(true);
  OF("ScatterNdUpdate", NULL, L(n, L(IN(1), IN(3)), IN(20, 40)), {"use_locking", locking});
  OF("ScatterNdAdd", NULL, L(n, L(IN(0)), IN(5))), OF("ScatterNdSub", NULL, L(n, L(IN(0)), IN(1)));
  hr_var_assign(s, n, IN(4, 3, 2, 1)), hr_var_assign_add(s, n, IN(1, 1, 1, 1)), hr_var_assign_sub(s, n, IN(1, 0, 1, 0));
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "array_functions.states");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(shaping),         cmocka_unit_test(joining),
                                     cmocka_unit_test(parallel_stacks), cmocka_unit_test(choosing),
                                     cmocka_unit_test(filled),          cmocka_unit_test(states)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
