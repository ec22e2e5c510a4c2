/* What is refused uses up its names, and what it made before stays (programs/refused_calls.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "builder/builder.h"
#include "headrace/headrace.h"

#define L HR_OPERANDS

typedef struct inputs {
  testing_graph graph;
  hr_scope s;
  hr_output a, b, n;
} inputs;

static inputs begin(void) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  return (inputs){t, s, hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, 3), .name = "a"),
                  hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(4, 5), .name = "b"),
                  hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(2, 3), .name = "n")};
}

/* The call before has been refused. */
static void refused(const inputs *in) {
  hr_status status = hr_builder_status(in->graph.builder);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
}
#define REFUSED(call) ((void)(call), refused(&in))

static hr_output segments(hr_scope s, const char *op, hr_operand data, hr_operands ids) {
  hr_operand operands[] = {data, hr_operand_list(ids), HR_OPERAND(3)};
  hr_node *node = hr_call_op(s, op, NULL, 3, operands, 0, NULL);
  return node ? hr_node_output(node, 0) : HR_NO_OUTPUT;
}

static void maths(void **state) {
  (void)state;
  inputs in = begin();
  hr_scope s = in.s;
  hr_output a = in.a, b = in.b, n = in.n;
  hr_tensor ones;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 2}, (float[]){1, 1, 1, 1}, &ones));
  REFUSED(hr_tf_matmul(s, a, a));
  REFUSED(hr_tf_matmul(s, a, hr_operand_tensor(&ones)));
  REFUSED(hr_tf_matmul(s, a, n));
  REFUSED(hr_plus(s, a, b));
  REFUSED(hr_plus(s, a, "x"));
  REFUSED(hr_times(s, n, 1.5));
  REFUSED(hr_minus(s, 1.5, n));
  REFUSED(hr_truediv(s, n, a));
  REFUSED(hr_reduce_sum(s, a, .axis = HR_AXIS(5)));
  REFUSED(hr_reduce_mean(s, L(L(1.0), L(2.0)), .axis = HR_AXIS(3)));
  REFUSED(hr_tf_add_n(s, L(a, b)));
  REFUSED(hr_tf_add_n(s, L(a, L(1))));
  REFUSED(hr_argmax(s, a, .axis = HR_AXIS(3)));
  REFUSED(hr_tensordot(s, a, b, 1));
  REFUSED(hr_einsum(s, "ij,jk->ik", L(a, b)));
  REFUSED(hr_clip_by_norm(s, a, b));
  REFUSED(segments(s, "UnsortedSegmentSum", HR_OPERAND(a), L(0, 1, 2)));
  REFUSED(segments(s, "UnsortedSegmentMax", HR_OPERAND(L(1.0)), L(0, 1)));
  hr_tensor_clear(&ones);
  hr_output good[13];
  int k = 0;
  good[k++] = hr_tf_matmul(s, a, a, .transpose_b = true);
  good[k++] = hr_plus(s, a, 1);
  good[k++] = hr_times(s, n, 2);
  good[k++] = hr_minus(s, 2, n);
  good[k++] = hr_truediv(s, n, n);
  good[k++] = hr_reduce_sum(s, a, .axis = HR_AXIS(1));
  good[k++] = hr_reduce_mean(s, a, .axis = HR_AXIS(1));
  good[k++] = hr_tf_add_n(s, L(a, a));
  good[k++] = hr_argmax(s, a, .axis = HR_AXIS(1));
  good[k++] = hr_tensordot(s, a, a, L(L(1), L(1)));
  good[k++] = hr_clip_by_norm(s, a, 1.0);
  good[k++] = segments(s, "UnsortedSegmentSum", HR_OPERAND(a), L(0, 1));
  good[k++] = hr_constant_i32(s, 1);
  for (int i = 0; i < k; ++i)
    hr_identity(s, good[i]);
  testing_graph_expect(&in.graph, "refused_calls.maths");
}

static void arrays(void **state) {
  (void)state;
  inputs in = begin();
  hr_scope s = in.s;
  hr_output a = in.a, b = in.b, n = in.n;
  REFUSED(hr_tf_reshape(s, a, HR_SHAPE(4)));
  REFUSED(hr_tf_concat(s, L(a, b), 0));
  REFUSED(hr_tf_concat(s, L(a, n), 0));
  REFUSED(hr_tf_concat(s, L(a, L(L(1, 2, 3)), n), 0));
  REFUSED(hr_stack(s, L(a, b)));
  REFUSED(hr_tf_split(s, a, 2, .axis = HR_AXIS(1)));
  REFUSED(hr_tf_transpose(s, a, .perm = HR_OPERAND(L(0, 1, 2))));
  REFUSED(hr_tf_gather(s, a, 1.5));
  REFUSED(hr_tf_gather(s, a, L(L(0), L(0.5))));
  REFUSED(hr_tf_gather_nd(s, a, L(L(0, 0, 0))));
  REFUSED(hr_at(s, a, HR_INDEX(0), HR_INDEX(0), HR_INDEX(0)));
  REFUSED(hr_at(s, a, HR_INDEX(5)));
  REFUSED(hr_tf_tile(s, a, HR_SHAPE(1)));
  REFUSED(hr_tf_tile(s, L(L(1, 2)), HR_SHAPE(1)));
  REFUSED(hr_call_one(s, "Pad", NULL, L(a, L(L(1, 1))), HR_NO_ATTRS));
  REFUSED(hr_tf_one_hot(s, L(1.5), 3));
  REFUSED(hr_tf_expand_dims(s, L(1), 5));
  REFUSED(hr_tf_squeeze(s, a, .axis = HR_AXIS(0)));
  REFUSED(hr_tf_where(s, hr_binary(s, "Greater", a, 0), a, b));
  REFUSED(hr_tf_where(s, L((bool)true, (bool)false), L(1, 2, 3), L(1)));
  REFUSED(hr_zeros(s, HR_SHAPE(-1)));
  REFUSED(hr_eye(s, -1));
  REFUSED(hr_tf_fill(s, HR_SHAPE(2, 2), L(1, 2)));
  REFUSED(hr_tf_fill(s, HR_SHAPE(2, -1), 1));
  REFUSED(hr_call_one(s, "StringJoin", NULL, L(L(1, 2)), HR_NO_ATTRS));
  REFUSED(
      hr_call_one(s, "DynamicPartition", NULL, L(L(1, 2), L(0)), HR_ATTRS({"num_partitions", HR_ATTR_INT_VALUE(2)})));
  REFUSED(hr_call_one(s, "Slice", NULL, L(a, L(0), L(1, 1)), HR_NO_ATTRS));
  REFUSED(hr_boolean_mask(s, a, hr_constant(s, L((bool)true))));
  REFUSED(hr_constant(s, 1.5, .dtype = HR_INT32));
  hr_output good[18];
  int k = 0;
  good[k++] = hr_tf_reshape(s, a, HR_SHAPE(6));
  good[k++] = hr_tf_concat(s, L(a, a), 1);
  good[k++] = hr_stack(s, L(a, a));
  good[k++] = hr_tf_split(s, a, 3, .axis = HR_AXIS(1)).items[0];
  good[k++] = hr_tf_transpose(s, a, .perm = HR_OPERAND(L(1, 0)));
  good[k++] = hr_tf_gather(s, a, 1);
  good[k++] = hr_tf_gather_nd(s, a, L(L(0, 0)));
  good[k++] = hr_at(s, a, HR_INDEX(0), HR_INDEX(0));
  good[k++] = hr_tf_tile(s, a, HR_SHAPE(1, 2));
  good[k++] = hr_call_one(s, "Pad", NULL, L(a, L(L(1, 1), L(0, 0))), HR_NO_ATTRS);
  good[k++] = hr_tf_one_hot(s, L(1), 3);
  good[k++] = hr_tf_expand_dims(s, L(1), 0);
  good[k++] = hr_tf_where(s, hr_binary(s, "Greater", a, 0), a, a);
  good[k++] = hr_zeros(s, HR_SHAPE(2));
  good[k++] = hr_eye(s, 2);
  good[k++] = hr_tf_fill(s, HR_SHAPE(2), 1);
  good[k++] = hr_call_one(s, "StringJoin", NULL, L(L("a", "b")), HR_NO_ATTRS);
  good[k++] = hr_constant_i32(s, 1);
  for (int i = 0; i < k; ++i)
    hr_identity(s, good[i]);
  testing_graph_expect(&in.graph, "refused_calls.arrays");
}

/* None is refused where it would become a tensor, in the scope of the call: names as in refused_calls.nothing. */
static void nothing(void **state) {
  (void)state;
  inputs in = begin();
  hr_scope s = in.s;
  hr_operand none = hr_operand_none();
  REFUSED(hr_plus(s, in.a, none));
  REFUSED(hr_tf_matmul(s, in.a, none));
  REFUSED(hr_stack(s, L(in.a, none)));
  REFUSED(hr_summary_scalar(s, "s", none));
  REFUSED(hr_call_one(s, "AddN", NULL, L(L(in.a, none)), HR_NO_ATTRS));
  REFUSED(hr_convert(s, none, HR_FLOAT, NULL));
  assert_string_equal(hr_plus(s, in.a, 1).node->name, "add_1");
  assert_string_equal(hr_tf_matmul(s, in.a, in.a, .transpose_b = true).node->name, "MatMul_1");
  assert_string_equal(hr_stack(s, L(in.a, in.a)).node->name, "stack_2");
  assert_string_equal(hr_summary_scalar(s, "s", 1.0).node->name, "s_1");
  assert_true(hr_scope_ok(s));
  testing_graph_free(&in.graph);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(maths), cmocka_unit_test(arrays), cmocka_unit_test(nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
