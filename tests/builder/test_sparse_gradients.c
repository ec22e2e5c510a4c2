/* Sparse gradients that come to ops which want dense ones (programs/sparse_gradients.py): the graphs that
 * TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L       HR_OPERANDS
#define IN      HR_INTS
#define OF(...) CALL_OP(s, __VA_ARGS__)

/* What functions read beside x. */
typedef struct values {
  hr_output x, row, other, square;
} values;

/* A function of x, in a scope of its name; `op` where it is one op. */
typedef struct function {
  const char *name, *op;
  hr_output (*call)(hr_scope s, const values *v);
} function;

/* The gradient of some rows of its result. */
static void differentiate(hr_scope s, function f, const values *v) {
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (inside, hr_name_scope(s, f.name))
    y = f.op ? CALL_OP(inside, f.op, NULL, L(v->x)) : f.call(inside, v);
  char rows_name[40], gradients_name[40];
  snprintf(rows_name, sizeof rows_name, "%s_rows", f.name);
  snprintf(gradients_name, sizeof gradients_name, "%s_gradients", f.name);
  hr_output rows = hr_tf_gather(s, y, IN(1, 2, 1), .name = rows_name);
  hr_gradient gradient = HR_NO_GRADIENT;
  hr_gradients(s, HR_LIST(rows), HR_LIST(v->x), &gradient, .name = gradients_name);
  if (hr_gradient_exists(gradient)) hr_gradient_to_tensor(s, gradient, NULL);
}

static hr_output matrix(hr_scope s) {
  return hr_constant(s, L(L(0.1, 0.2, 0.3), L(0.4, 0.5, 0.6), L(0.7, 0.8, 0.9), L(0.35, 0.25, 0.15)), .name = "x");
}
#define ALL(list)                                                                                                      \
  for (size_t i = 0; i < sizeof(list) / sizeof *(list); ++i)                                                           \
    differentiate(s, (list)[i], &v);
#define FUNCTION(name, expression)                                                                                     \
  static hr_output name(hr_scope s, const values *v) { return (void)v, expression; }

FUNCTION(leaky, hr_tf_leaky_relu(s, v->x))
FUNCTION(there_and_back, hr_tf_cast(s, hr_tf_cast(s, v->x, HR_DOUBLE), HR_FLOAT))

static void elementwise(void **state) {
  (void)state;
  static const function functions[] = {{"tanh", "Tanh", NULL},
                                       {"sigmoid", "Sigmoid", NULL},
                                       {"exp", "Exp", NULL},
                                       {"log", "Log", NULL},
                                       {"sqrt", "Sqrt", NULL},
                                       {"rsqrt", "Rsqrt", NULL},
                                       {"square", "Square", NULL},
                                       {"negative", "Neg", NULL},
                                       {"abs", "Abs", NULL},
                                       {"sin", "Sin", NULL},
                                       {"cos", "Cos", NULL},
                                       {"tan", "Tan", NULL},
                                       {"asin", "Asin", NULL},
                                       {"acos", "Acos", NULL},
                                       {"atan", "Atan", NULL},
                                       {"erf", "Erf", NULL},
                                       {"reciprocal", "Reciprocal", NULL},
                                       {"log1p", "Log1p", NULL},
                                       {"expm1", "Expm1", NULL},
                                       {"sinh", "Sinh", NULL},
                                       {"cosh", "Cosh", NULL},
                                       {"asinh", "Asinh", NULL},
                                       {"lgamma", "Lgamma", NULL},
                                       {"identity", "Identity", NULL},
                                       {"relu", "Relu", NULL},
                                       {"relu6", "Relu6", NULL},
                                       {"elu", "Elu", NULL},
                                       {"softplus", "Softplus", NULL},
                                       {"softsign", "Softsign", NULL},
                                       {"leaky", NULL, leaky},
                                       {"selu", "Selu", NULL},
                                       {"cast", NULL, there_and_back}};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = matrix(s)};
  ALL(functions)
  testing_graph_expect(&t, "sparse_gradients.elementwise");
}

FUNCTION(add, hr_plus(s, v->x, v->row))
FUNCTION(add_same, hr_plus(s, v->x, v->other))
FUNCTION(sub, hr_minus(s, v->row, v->x))
FUNCTION(sub_same, hr_minus(s, v->x, v->other))
FUNCTION(mul, hr_times(s, v->x, v->row))
FUNCTION(mul_same, hr_times(s, v->other, v->x))
FUNCTION(divided, hr_truediv(s, v->x, v->row))
FUNCTION(divide_by, hr_truediv(s, v->row, v->x))
FUNCTION(power, OF("Pow", NULL, L(v->x, 2.0)))
FUNCTION(maximum, OF("Maximum", NULL, L(v->x, v->row)))
FUNCTION(minimum, OF("Minimum", NULL, L(v->x, 0.4)))
FUNCTION(difference, OF("SquaredDifference", NULL, L(v->x, v->row)))
FUNCTION(no_nan, OF("DivNoNan", "div_no_nan", L(v->x, v->row)))
FUNCTION(matmul, hr_tf_matmul(s, v->x, v->square))
FUNCTION(matmul_b, hr_tf_matmul(s, v->x, v->square, .transpose_b = true))
FUNCTION(arctangent, OF("Atan2", NULL, L(v->x, v->other)))
FUNCTION(clipped, hr_tf_clip_by_value(s, v->x, 0.3, 0.6))

static void pairs(void **state) {
  (void)state;
  static const function functions[] = {{"add", NULL, add},           {"add_same", NULL, add_same},
                                       {"sub", NULL, sub},           {"sub_same", NULL, sub_same},
                                       {"mul", NULL, mul},           {"mul_same", NULL, mul_same},
                                       {"div", NULL, divided},       {"divide_by", NULL, divide_by},
                                       {"pow", NULL, power},         {"maximum", NULL, maximum},
                                       {"minimum", NULL, minimum},   {"difference", NULL, difference},
                                       {"no_nan", NULL, no_nan},     {"matmul", NULL, matmul},
                                       {"matmul_b", NULL, matmul_b}, {"atan2", NULL, arctangent},
                                       {"clip", NULL, clipped}};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_operands same = L(0.5, 0.2, 0.3);
  values v = {.row = hr_constant(s, L(0.5, 1.5, 2.5), .name = "row")};
  v.other = hr_constant(s, L(same, same, same, same), .name = "other");
  v.square = hr_constant(s, L(L(1.0, 2.0, 3.0), L(4.0, 5.0, 6.0), L(7.0, 8.0, 9.0)), .name = "square");
  v.x = matrix(s);
  ALL(functions)
  testing_graph_expect(&t, "sparse_gradients.pairs");
}

FUNCTION(reshaped, hr_tf_reshape(s, hr_tf_reshape(s, v->x, HR_SHAPE(12)), HR_SHAPE(4, 3)))
FUNCTION(transposed, hr_tf_transpose(s, hr_tf_transpose(s, v->x)))
FUNCTION(padded, OF("Pad", NULL, L(v->x, L(IN(0, 1), IN(0, 0)))))
FUNCTION(sliced, OF("Slice", NULL, L(v->x, IN(0, 0), IN(3, 3))))
FUNCTION(strided, hr_at(s, v->x, HR_SLICE(0, 3)))
FUNCTION(squeezed, hr_tf_squeeze(s, hr_tf_expand_dims(s, v->x, 0), .axis = HR_AXES(0)))
static hr_output stacked(hr_scope s, const values *v) {
  hr_output rows[3];
  for (int i = 0; i < 3; ++i)
    rows[i] = hr_at(s, v->x, HR_INDEX(i));
  return hr_stack(s, ((hr_outputs){3, rows}));
}
static hr_output first_part(hr_scope s, const values *v) {
  hr_outputs parts = hr_tf_split(s, v->x, IN(3, 1));
  return parts.count ? parts.items[0] : HR_NO_OUTPUT;
}
FUNCTION(reversed, OF("ReverseV2", NULL, L(v->x, IN(0))))
FUNCTION(rolled, OF("Roll", NULL, L(v->x, 1, 0)))
FUNCTION(gathered, hr_tf_gather(s, v->x, IN(2, 1, 0)))
FUNCTION(added, hr_tf_add_n(s, HR_LIST(v->x, v->x)))
FUNCTION(tiled, hr_tf_tile(s, v->x, HR_SHAPE(2, 1)))

static void shapes(void **state) {
  (void)state;
  static const function functions[] = {
      {"reshape", NULL, reshaped}, {"transpose", NULL, transposed}, {"pad", NULL, padded},
      {"slice", NULL, sliced},     {"strided", NULL, strided},      {"squeeze", NULL, squeezed},
      {"stack", NULL, stacked},    {"split", NULL, first_part},     {"reverse", NULL, reversed},
      {"roll", NULL, rolled},      {"gather", NULL, gathered},      {"add_n", NULL, added},
      {"tile", NULL, tiled}};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = matrix(s)};
  ALL(functions)
  testing_graph_expect(&t, "sparse_gradients.shapes");
}

#define ONE .axis = HR_AXIS(1)
FUNCTION(sum, hr_reduce_sum(s, v->x, ONE))
FUNCTION(sum_kept, hr_reduce_sum(s, v->x, ONE, .keepdims = true))
FUNCTION(mean, hr_reduce_mean(s, v->x, ONE))
FUNCTION(largest, hr_reduce_max(s, v->x, ONE))
FUNCTION(product, hr_reduce_prod(s, v->x, ONE))
FUNCTION(cumsum, OF("Cumsum", NULL, L(v->x, 0)))
FUNCTION(softmax, hr_tf_softmax(s, v->x))
FUNCTION(log_softmax, hr_tf_log_softmax(s, v->x))
FUNCTION(segments, OF("SegmentSum", NULL, L(v->x, IN(0, 1, 2, 2))))
FUNCTION(unsorted, OF("UnsortedSegmentSum", NULL, L(v->x, IN(2, 0, 1, 1), 3)))
static hr_output chosen(hr_scope s, const values *v) {
  hr_output above = hr_binary(s, "Greater", v->x, 0.4);
  return hr_tf_where(s, above, v->x, hr_neg(s, v->x));
}
FUNCTION(biased, hr_tf_bias_add(s, v->x, v->row))
FUNCTION(l2, hr_l2_normalize(s, v->x, 1))

static void reductions(void **state) {
  (void)state;
  static const function functions[] = {{"sum", NULL, sum},
                                       {"sum_kept", NULL, sum_kept},
                                       {"mean", NULL, mean},
                                       {"max", NULL, largest},
                                       {"prod", NULL, product},
                                       {"cumsum", NULL, cumsum},
                                       {"softmax", NULL, softmax},
                                       {"log_softmax", NULL, log_softmax},
                                       {"segments", NULL, segments},
                                       {"unsorted", NULL, unsorted},
                                       {"where", NULL, chosen},
                                       {"bias", NULL, biased},
                                       {"l2", NULL, l2}};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.row = hr_constant(s, L(0.5, 1.5, 2.5), .name = "row")};
  v.x = matrix(s);
  ALL(functions)
  testing_graph_expect(&t, "sparse_gradients.reductions");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(elementwise), cmocka_unit_test(pairs), cmocka_unit_test(shapes),
                                     cmocka_unit_test(reductions)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
