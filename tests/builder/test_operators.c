/* Operators, reductions and activations: the graphs that TensorFlow 1.15 builds from them. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static void arithmetic(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  hr_output i = hr_constant_array(s, HR_INT32, HR_SHAPE(3), ((const int32_t[]){7, -7, 3}), .name = "i");
  hr_plus(s, x, 1), hr_plus(s, 1, x), hr_minus(s, x, 1.5), hr_minus(s, 1.5, x), hr_times(s, x, 2), hr_times(s, 2, x);
  hr_truediv(s, x, 2), hr_truediv(s, 2, x), hr_floordiv(s, x, 2), hr_floordiv(s, 2, x);
  hr_modulo(s, x, 2), hr_modulo(s, 2, x), hr_power(s, x, 2), hr_power(s, 2, x), hr_neg(s, x), hr_abs(s, x);
  hr_binary(s, "Greater", x, 0), hr_binary(s, "GreaterEqual", x, 0), hr_binary(s, "Less", x, 0);
  hr_binary(s, "LessEqual", x, 0), hr_binary(s, "Equal", x, 1), hr_binary(s, "NotEqual", x, 1);
  hr_plus(s, i, 1), hr_truediv(s, i, 2), hr_floordiv(s, i, 2), hr_modulo(s, i, 3);
  hr_floordiv(s, hr_neg(s, i), 2), hr_truediv(s, i, 2), hr_binary(s, "TruncateDiv", i, 2);
  hr_binary(s, "TruncateMod", i, 2);
  hr_output a = hr_binary(s, "Greater", x, 0), b = hr_binary(s, "Less", x, 2);
  hr_logical_and(s, a, b);
  a = hr_binary(s, "Greater", x, 0), b = hr_binary(s, "Less", x, -1);
  hr_logical_or(s, a, b);
  hr_logical_not(s, hr_binary(s, "Greater", x, 0));
  a = hr_binary(s, "Greater", x, 0), b = hr_binary(s, "Less", x, 2);
  hr_and(s, a, b);
  hr_logical_not(s, hr_binary(s, "Greater", x, 0));
  a = hr_binary(s, "Greater", x, 0), b = hr_binary(s, "Greater", x, 1);
  hr_xor(s, a, b);
  hr_add(s, x, x), hr_sub(s, x, x), hr_mul(s, x, x), hr_truediv(s, x, 3.0), hr_square(s, x);
  hr_sqrt(s, hr_abs(s, x)), hr_round(s, x), hr_floor(s, x), hr_ceil(s, x), hr_sign(s, x);
  hr_tf_cast(s, x, HR_INT32, .name = "ToInt32"), hr_tf_cast(s, x, HR_DOUBLE, .name = "ToDouble");
  hr_tf_cast(s, x, HR_BOOL);
  assert_true(hr_output_equal(hr_tf_cast(s, x, HR_FLOAT), x));
  hr_tf_cast(s, hr_binary(s, "Greater", x, 0), HR_INT64), hr_reciprocal(s, x);
  hr_matrix_times(s, x, hr_constant_array(s, HR_FLOAT, HR_SHAPE(2, 1), ((const float[]){1, 2})));
  assert_true(hr_output_equal(hr_tf_add_n(s, HR_LIST(x)), x));
  hr_tf_add_n(s, HR_LIST(x, x)), hr_scalar_mul(s, 3.0, x);
  hr_times(s, hr_constant_f64(s, 2), 3), hr_plus(s, hr_constant_f64(s, 2), 1.0f), hr_plus(s, i, (int64_t)1);
  testing_graph_expect(&t, "operators.arithmetic");
}

static void reductions(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_output u = hr_placeholder(s, HR_FLOAT, .name = "u");
  hr_output b = hr_constant_array(s, HR_BOOL, HR_SHAPE(2, 2), ((const bool[]){true, false, true, true}), .name = "b");
  hr_output n = hr_constant_array(s, HR_INT32, HR_SHAPE(2, 2), ((const int32_t[]){1, 2, 3, 4}), .name = "n");
  static const char *const ops[] = {"Sum", "Mean", "Prod", "Max", "Min"};
#define REDUCE(op, x, ...) hr_reduce_with(s, (op), HR_OPERAND(x), &(hr_reduce_options){__VA_ARGS__})
  for (int i = 0; i < 5; ++i) {
    REDUCE(ops[i], x), REDUCE(ops[i], x, .axis = HR_AXIS(0)), REDUCE(ops[i], x, .axis = HR_AXES(0, 1));
    REDUCE(ops[i], x, .axis = HR_AXIS(-1), .keepdims = true), REDUCE(ops[i], u);
    REDUCE(ops[i], u, .axis = HR_AXIS(0)), REDUCE(ops[i], n), REDUCE(ops[i], n, .axis = HR_AXES());
  }
#undef REDUCE
  hr_reduce_all(s, b), hr_reduce_any(s, b, .axis = HR_AXIS(0)), hr_reduce_all(s, b, .axis = HR_AXIS(1));
  /* tf.count_nonzero and tf.norm of single pieces. */
  hr_scope count = hr_name_scope(s, "count_nonzero");
  hr_output zeros = hr_zeros(count, HR_SHAPE(), .name = "zeros");
  hr_reduce_sum(count, hr_tf_cast(count, hr_not_equal(count, x, zeros), HR_INT64));
  hr_reduce_logsumexp(s, x), hr_moments(s, x, HR_AXES(0));
  hr_scope norm = hr_name_scope(s, "norm");
  hr_output root = hr_sqrt(norm, hr_reduce_sum(norm, hr_times(norm, x, x), .keepdims = true));
  hr_tf_squeeze(norm, root);
  hr_reduce_sum(s, x, .axis = HR_AXES(1));
  testing_graph_expect(&t, "operators.reductions");
}

static void activations(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_tensor three, two;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (const int64_t[]){3}, (const float[]){1, 2, 3}, &three));
  assert_null(hr_tensor_from(HR_FLOAT, 1, (const int64_t[]){2}, (const float[]){1, 2}, &two));
  hr_relu(s, x), hr_relu6(s, x), hr_elu(s, x), hr_selu(s, x), hr_crelu(s, x), hr_leaky_relu(s, x), hr_softplus(s, x);
  hr_softsign(s, x), hr_sigmoid(s, x), hr_sigmoid(s, x), hr_tanh(s, x), hr_tanh(s, x), hr_tf_softmax(s, x);
  hr_tf_log_softmax(s, x);
  /* tf.nn.swish, a product with a gradient of its own. */
  hr_output swish = hr_times(s, x, hr_sigmoid(s, x));
  hr_identity(s, swish);
  const hr_attr_value gradient = HR_ATTR_STRING_VALUE("CustomGradient-684");
  HR_WITH (own, hr_attr_scope(s, "_gradient_op_type", &gradient))
    hr_identity_n(own, HR_LIST(swish, x));
  hr_log_sigmoid(s, x), hr_tf_bias_add(s, x, &three);
  hr_xw_plus_b(s, x, hr_ones(s, HR_SHAPE(3, 2)), &two), hr_relu_layer(s, x, hr_ones(s, HR_SHAPE(3, 2)), &two);
  hr_tensor_clear(&three);
  hr_tensor_clear(&two);
  testing_graph_expect(&t, "operators.activations");
}

#define L       HR_OPERANDS
#define IN      HR_INTS
#define OF(...) CALL_OP(s, __VA_ARGS__)

static void more_arrays(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output c = hr_constant(s, L(L(1.0, 2.0, 3.0), L(4.0, 5.0, 6.0)), .name = "c");
  hr_eye(s, 3), hr_eye(s, 2, .columns = 3, .batch_shape = HR_AXES(2)), OF("Diag", NULL, L(L(1.0, 2.0)));
  hr_tf_gather_nd(s, c, L(IN(0, 1), IN(1, 2)));
  OF("MirrorPad", NULL, L(c, L(IN(1, 1), IN(0, 2))), {"mode", HR_ATTR_STRING_VALUE("REFLECT")});
  OF("MirrorPad", NULL, L(c, L(IN(1, 1), IN(0, 2))), {"mode", HR_ATTR_STRING_VALUE("SYMMETRIC")});
  OF("CheckNumerics", NULL, L(c), {"message", HR_ATTR_STRING_VALUE("bad")}), OF("MatrixBandPart", NULL, L(c, 0, -1));
  OF("DiagPart", NULL, L(hr_at(s, c, HR_ALL, HR_SLICE(HR_OPEN, 2)))), hr_meshgrid(s, L(IN(1, 2), IN(3, 4, 5)));
  OF("Roll", NULL, L(c, 1, 1)), OF("Cumprod", NULL, L(c, 1));
  hr_argmin(s, c, .axis = HR_AXIS(0), .output_type = HR_INT32), hr_tf_top_k(s, c, 2), hr_tf_top_k(s, c, 2);
  hr_searchsorted(s, IN(1, 3, 5), IN(2, 5)), hr_tf_bincount(s, IN(1, 1, 3));
  testing_graph_expect(&t, "operators.more_arrays");
}

static void strings(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L("a", "b"));
  OF("StringJoin", NULL, L(L(x, "-", x))), OF("AsString", NULL, L(IN(1, 2)));
  OF("AsString", NULL, L(L(1.5)), {"precision", HR_ATTR_INT_VALUE(2)}), OF("StringToNumber", NULL, L(L("1.5", "-2")));
  OF("StringLength", NULL, L(x)), hr_tf_reduce_join(s, x), OF("Equal", NULL, L(x, "a"));
  testing_graph_expect(&t, "operators.strings");
}

static void zero_fraction(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_zero_fraction(t.root, L(L(1.0, -2.0, 0.0), L(0.0, 3.0, -1.0)));
  testing_graph_expect(&t, "operators.zero_fraction");
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output i = hr_constant_i32(s, 7), f = hr_constant_f32(s, 7), text = hr_constant_string(s, "7");
  hr_plus(s, i, 1.5);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "float32", "int32", "AddV2", NULL);
  hr_truediv(s, i, f);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "same dtype", "int32", "float", NULL);
  hr_truediv(s, text, text);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "string", NULL);
  hr_binary(s, "Nonsense", i, i);
  expect_error(t.builder, HR_NOT_FOUND, "Nonsense", NULL);
  hr_convert(s, hr_operand_float(1.5), HR_UINT8, NULL);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "1.5", "uint8", NULL);
  hr_dropout(s, f, 1.5);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "rate", "1.5", NULL);
  hr_dropout(s, i, 0.5);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "floating point", "int32", NULL);
  hr_tf_random_uniform(s, HR_SHAPE(2), .dtype = HR_INT32);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "maxval", "int32", NULL);
  hr_tf_softmax(s, hr_zeros(s, HR_SHAPE(2, 3)), .axis = 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Dimension (2)", NULL);
  hr_unstack(s, hr_placeholder(s, HR_FLOAT));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Cannot infer num", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arithmetic),  cmocka_unit_test(reductions), cmocka_unit_test(activations),
      cmocka_unit_test(more_arrays), cmocka_unit_test(strings),    cmocka_unit_test(zero_fraction),
      cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests_name("operators", tests, NULL, NULL);
}
