/* Python's operators with all that may stand at either side (programs/operator_forms.py): the graphs that TensorFlow
 * 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <complex.h>

#include "headrace/headrace.h"

#define L             HR_OPERANDS
#define IN            HR_INTS
#define OF(...)       CALL_OP(s, __VA_ARGS__)
#define EACH(i, list) for (size_t i = 0; i < sizeof(list) / sizeof *(list); ++i)

static const bool yes = true, no = false;

/* An array of the program's NumPy. */
static hr_tensor array(hr_dtype dtype, hr_partial_shape shape, const void *data) {
  hr_tensor value;
  assert_null(hr_tensor_from(dtype, shape.rank, shape.dims, data, &value));
  return value;
}

/* An operator, or a comparison with what Python makes of it when its sides are exchanged. */
typedef struct binary {
  hr_operator operator_;
  const char *comparison, *mirrored;
} binary;
#define ARITHMETIC(name)                                                                                               \
  { HR_OPERATOR_##name, NULL, NULL }
static const binary add = ARITHMETIC(PLUS), sub = ARITHMETIC(MINUS), mul = ARITHMETIC(TIMES),
                    truediv = ARITHMETIC(TRUEDIV), floordiv = ARITHMETIC(FLOORDIV), mod = ARITHMETIC(MOD),
                    power = ARITHMETIC(POWER), lt = {0, "Less", "Greater"}, le = {0, "LessEqual", "GreaterEqual"},
                    gt = {0, "Greater", "Less"}, ge = {0, "GreaterEqual", "LessEqual"};

static bool is_value(hr_operand x) { return x.kind != HR_OPERAND_OUTPUT && x.kind != HR_OPERAND_VARIABLE; }

/* x OP y, as Python calls it: a value on the left of a comparison goes to the right. */
static void apply(hr_scope s, binary op, hr_operand x, hr_operand y) {
  if (!op.comparison)
    hr_operate(s, op.operator_, x, y, NULL);
  else if (is_value(x))
    hr_binary_with(s, op.mirrored, y, x, NULL);
  else
    hr_binary_with(s, op.comparison, x, y, NULL);
}

static void both_sides(hr_scope s, hr_operand x, hr_operands others, binary op) {
  for (int i = 0; i < others.count; ++i) {
    apply(s, op, x, others.items[i]);
    apply(s, op, others.items[i], x);
  }
}

static hr_output floats(hr_scope s) { return hr_constant(s, L(L(1.0, -2.0), L(3.5, 4.0)), .name = "x"); }

static void of_floats(void **state) {
  (void)state;
  const binary all[] = {add, sub, mul, truediv, floordiv, mod, power, lt, le, gt, ge};
  const binary few[] = {add, sub, mul, truediv, power, lt};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = floats(s);
  hr_var *v = hr_tf_variable(s, L(2.0, 3.0), .name = "v");
  hr_output two = hr_constant(s, 2.0);
  hr_operands others = L(2, 1.5, L(1.0, 2.0), L(3.0, 4.0), L(IN(1, 2)), two, v), fewer = L(2, 0.5, L(1.0, 2.0));
  EACH(i, all) both_sides(s, HR_OPERAND(x), others, all[i]);
  EACH(i, few) both_sides(s, HR_OPERAND(v), fewer, few[i]);
  hr_neg(s, x), hr_minus(s, 1, x), hr_tf_abs(s, x), OF("Neg", NULL, L(v)), hr_tf_abs(s, v), hr_times(s, v, v);
  hr_plus(s, v, v), hr_truediv(s, x, v), hr_truediv(s, v, x), hr_times(s, 3, x);
  testing_graph_expect(&t, "operator_forms.float");
}

static void of_arrays(void **state) {
  (void)state;
  const binary all[] = {add, sub, mul, truediv, power, lt, ge};
  hr_tensor row = array(HR_FLOAT, HR_SHAPE(2), (float[]){1, 2}),
            pair = array(HR_DOUBLE, HR_SHAPE(1, 2), (double[]){2, 3});
  hr_tensor two = array(HR_FLOAT, HR_SHAPE(), &(float){2}), wide = array(HR_DOUBLE, HR_SHAPE(), &(double){2});
  hr_tensor three = array(HR_DOUBLE, HR_SHAPE(), &(double){3}), small = array(HR_INT32, HR_SHAPE(), &(int32_t){2});
  hr_tensor longs = array(HR_INT64, HR_SHAPE(2), (int64_t[]){1, 2}), large = array(HR_INT64, HR_SHAPE(), &(int64_t){3});
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = floats(s), d = hr_constant(s, L(1.0, 2.0), .dtype = HR_DOUBLE, .name = "d");
  hr_output i = hr_constant(s, IN(4, 5), .name = "i");
  hr_operands pairs = L(&row, x, x, &pair, &two, x, x, &wide), more = L(&three, d, i, &small, &longs, i, i, &large);
  EACH(k, all) {
    for (int n = 0; n < 8; n += 2)
      apply(s, all[k], pairs.items[n], pairs.items[n + 1]);
    for (int n = 0; n < 8; n += 2)
      apply(s, all[k], more.items[n], more.items[n + 1]);
  }
  hr_tensor *const values[] = {&row, &pair, &two, &wide, &three, &small, &longs, &large};
  EACH(k, values) hr_tensor_clear(values[k]);
  testing_graph_expect(&t, "operator_forms.array");
}

static void of_integers(void **state) {
  (void)state;
  static const struct {
    hr_dtype dtype;
    const char *name;
  } dtypes[] = {{HR_INT32, "int32"}, {HR_INT64, "int64"}, {HR_UINT8, "uint8"}, {HR_INT16, "int16"}, {HR_INT8, "int8"}};
  testing_graph t = testing_graph_new();
  EACH(i, dtypes) HR_WITH (s, hr_name_scope(t.root, dtypes[i].name)) {
    hr_output x = hr_constant(s, IN(7, 3, 100), .dtype = dtypes[i].dtype, .name = "x");
    hr_plus(s, x, 1), hr_times(s, 2, x), hr_minus(s, x, x), hr_truediv(s, x, 2), hr_truediv(s, 7, x);
    hr_floordiv(s, x, 2), hr_floordiv(s, 7, x), hr_binary(s, "Greater", x, 3), hr_binary(s, "LessEqual", x, 5);
    hr_binary(s, "Less", x, IN(1, 9, 9));
  }
  hr_scope s = t.root;
  hr_output x = hr_constant(s, IN(7, -7, 6), .name = "signed");
  hr_floordiv(s, x, 2), hr_floordiv(s, x, -2), hr_modulo(s, x, 3), hr_modulo(s, x, -3), hr_modulo(s, 3, x);
  hr_modulo(s, hr_constant(s, IN(5), .dtype = HR_INT64), 3), hr_floordiv(s, 20, x), hr_modulo(s, 20, x), hr_neg(s, x);
  hr_tf_abs(s, x), hr_power(s, x, 2), hr_power(s, 2, hr_constant(s, IN(1, 3)));
  OF("TruncateDiv", NULL, L(x, 2)), OF("TruncateMod", NULL, L(x, 3)), hr_tf_div(s, x, 2), OF("FloorMod", NULL, L(x, 3));
  OF("FloorDiv", NULL, L(x, 2)), hr_times(s, x, x), hr_minus(s, x, 1), hr_minus(s, hr_neg(s, x), 1);
  testing_graph_expect(&t, "operator_forms.integer");
}

static void of_bools(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = hr_constant(s, L(yes, no, yes), .name = "a"), b = hr_constant(s, L(yes, yes, no), .name = "b");
  hr_tensor given = array(HR_BOOL, HR_SHAPE(3), (bool[]){true, false, true});
  hr_and(s, a, b), hr_or(s, a, b), hr_xor(s, a, b), hr_logical_not(s, a), hr_and(s, a, yes), hr_or(s, no, b);
  hr_xor(s, yes, a), hr_and(s, a, L(yes, no, no)), hr_or(s, L(yes, yes, yes), b), hr_and(s, &given, b);
  hr_logical_xor(s, a, b), OF("Equal", NULL, L(a, b)), OF("NotEqual", NULL, L(a, b)), OF("LogicalAnd", NULL, L(a, yes));
  hr_reduce_any(s, hr_and(s, a, b));
  hr_output first = hr_tf_cast(s, a, HR_INT32);
  hr_plus(s, first, hr_tf_cast(s, b, HR_INT32));
  hr_tensor_clear(&given);
  testing_graph_expect(&t, "operator_forms.bool");
}

static void of_complex_numbers(void **state) {
  (void)state;
  hr_tensor i = array(HR_COMPLEX128, HR_SHAPE(), &(double complex){1 * I});
  hr_tensor sum = array(HR_COMPLEX128, HR_SHAPE(), &(double complex){1 + 1 * I});
  hr_tensor other = array(HR_COMPLEX128, HR_SHAPE(), &(double complex){1 + 2 * I});
  hr_tensor list = array(HR_COMPLEX128, HR_SHAPE(2), (double complex[]){1, 2 * I});
  hr_tensor given = array(HR_COMPLEX128, HR_SHAPE(2), (double complex[]){1 * I, 2});
  hr_tensor one = array(HR_COMPLEX128, HR_SHAPE(1), &(double complex){1 + 2 * I});
  hr_tensor two = array(HR_COMPLEX128, HR_SHAPE(2), (double complex[]){1 + 2 * I, 3 - 1 * I});
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output z = hr_constant(s, hr_operand_values(&two), .name = "z");
  hr_output w = hr_constant(s, hr_operand_values(&one), .dtype = HR_COMPLEX64, .name = "w");
  hr_plus(s, z, 1), hr_times(s, 2, z), hr_minus(s, z, hr_operand_values(&i)), hr_minus(s, hr_operand_values(&i), z);
  hr_times(s, z, z), hr_truediv(s, z, 2), hr_truediv(s, 2, z), hr_neg(s, z), hr_tf_abs(s, z), hr_power(s, z, 2);
  hr_plus(s, w, 1), hr_times(s, w, hr_operand_values(&sum)), hr_truediv(s, w, w);
  hr_plus(s, z, hr_operand_values(&list)), hr_plus(s, &given, z), hr_tf_real(s, z), hr_tf_imag(s, z), hr_tf_conj(s, z);
  hr_tf_angle(s, z), hr_tf_complex(s, 1.0, 2.0), hr_binary(s, "Equal", z, hr_operand_values(&other)), hr_tf_abs(s, w);
  hr_times(s, hr_tf_cast(s, L(1.0), HR_COMPLEX64), w);
  hr_tensor *const values[] = {&i, &sum, &other, &list, &given, &one, &two};
  EACH(k, values) hr_tensor_clear(values[k]);
  testing_graph_expect(&t, "operator_forms.complex");
}

static void of_strings(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L("a", "b"), .name = "s");
  hr_plus(s, x, "!"), hr_plus(s, "?", x), hr_plus(s, x, x), hr_plus(s, x, L("x", "y"));
  OF("Add", NULL, L(x, "\xff")), OF("Equal", NULL, L(x, "a")), OF("NotEqual", NULL, L(x, L("a", "c")));
  hr_plus(s, L("u", "v"), x);
  testing_graph_expect(&t, "operator_forms.string");
}

static void of_matrices(void **state) {
  (void)state;
  hr_tensor given = array(HR_FLOAT, HR_SHAPE(2, 2), (float[]){1, 2, 3, 4});
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "a");
  hr_var *v = hr_tf_variable(s, L(L(1.0), L(2.0)), .name = "v");
  hr_output b = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2, 2, 2), ((float[]){0, 1, 2, 3, 4, 5, 6, 7}), .name = "b");
  hr_matrix_times(s, a, v), hr_matrix_times(s, a, &given), hr_matrix_times(s, &given, v);
  hr_matrix_times(s, a, L(L(1.0), L(1.0))), hr_matrix_times(s, L(L(1.0, 2.0)), v), hr_matrix_times(s, b, b);
  hr_matrix_times(s, b, hr_tf_transpose(s, b, .perm = HR_AXES(0, 2, 1)));
  hr_tensor_clear(&given);
  testing_graph_expect(&t, "operator_forms.matrix");
}

static void broadcasting(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output column = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "column");
  hr_output row = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(1, -1), .name = "row");
  hr_output cube = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, -1, 3), .name = "cube");
  hr_output unknown = hr_placeholder(s, HR_FLOAT, .name = "unknown");
  hr_output scalar = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(), .name = "scalar");
  hr_plus(s, column, row), hr_times(s, column, L(1.0, 2.0, 3.0)), hr_minus(s, cube, row), hr_truediv(s, cube, column);
  hr_plus(s, unknown, column), hr_times(s, scalar, cube), hr_minus(s, scalar, unknown);
  OF("Maximum", NULL, L(cube, scalar)), OF("Pow", NULL, L(column, row)), hr_plus(s, cube, hr_zeros(s, HR_SHAPE(3)));
  hr_plus(s, column, hr_ones(s, HR_SHAPE(4, 1))), hr_binary(s, "Greater", row, 0.0);
  hr_output first = hr_tf_shape(s, column);
  OF("BroadcastArgs", NULL, L(first, hr_tf_shape(s, row)));
  testing_graph_expect(&t, "operator_forms.broadcasting");
}

static void convert(hr_scope s, hr_operand value, hr_dtype dtype) { hr_convert(s, value, dtype, NULL); }
static void convert_array(hr_scope s, hr_dtype dtype, hr_partial_shape shape, const void *data) {
  hr_tensor value = array(dtype, shape, data);
  convert(s, hr_operand_tensor(&value), HR_INVALID);
  hr_tensor_clear(&value);
}

static void untyped(hr_scope s, hr_output one, hr_var *v) {
  hr_tensor i = array(HR_COMPLEX128, HR_SHAPE(), &(double complex){1 * I}),
            none = array(HR_DOUBLE, HR_SHAPE(0), &(double){0});
  const hr_operand plain[] = {HR_OPERAND(1),        HR_OPERAND(1.5),       HR_OPERAND(yes),
                              HR_OPERAND("s"),      HR_OPERAND("b"),       hr_operand_values(&i),
                              HR_OPERAND(IN(1, 2)), HR_OPERAND(L(1.0, 2)), HR_OPERAND(L(L(yes)))};
  EACH(k, plain) convert(s, plain[k], HR_INVALID);
  convert_array(s, HR_FLOAT, HR_SHAPE(), &(float){1}), convert_array(s, HR_INT8, HR_SHAPE(), &(int8_t){1});
  convert_array(s, HR_INT64, HR_SHAPE(3), (int64_t[]){0, 1, 2}),
      convert_array(s, HR_DOUBLE, HR_SHAPE(1, 2), (double[]){1, 1});
  const hr_operand mixed[] = {HR_OPERAND(L("a")),    HR_OPERAND(L(one, 2.0)), HR_OPERAND(L(L(one, one), L(1.0, 2.0))),
                              HR_OPERAND(IN(1, 2)),  HR_OPERAND(one),         HR_OPERAND(v),
                              HR_OPERAND(L(v, one)), hr_operand_values(&none)};
  EACH(k, mixed) convert(s, mixed[k], HR_INVALID);
  hr_convert(s, HR_OPERAND(IN(1, 2)), HR_INT32, "shape_as_tensor");
  hr_convert(s, HR_AXES(), HR_INT32, "shape_as_tensor"), hr_convert(s, HR_OPERAND(4), HR_INT32, "shape_as_tensor");
  convert_array(s, HR_INT64, HR_SHAPE(0), &(int64_t){0}), convert(s, HR_OPERAND(L(1.0)), HR_INVALID);
  convert_array(s, HR_BOOL, HR_SHAPE(), &(bool){true}), convert(s, HR_OPERAND(1.0), HR_HALF);
  convert(s, HR_OPERAND(IN(1, 2)), HR_INVALID), convert(s, HR_OPERAND(L("a", "b")), HR_INVALID);
  hr_tensor_clear(&i), hr_tensor_clear(&none);
}

static void conversions(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor ones = array(HR_DOUBLE, HR_SHAPE(2), (double[]){1, 1});
  hr_var *v = hr_tf_variable(s, 1.0, .name = "v");
  hr_output one = hr_constant(s, 1.0), both[2];
  untyped(s, one, v);
  convert(s, HR_OPERAND(1), HR_FLOAT), hr_convert(s, HR_OPERAND(IN(1, 2)), HR_INT64, "named");
  convert(s, HR_OPERAND(&ones), HR_FLOAT), convert(s, HR_OPERAND(2), HR_DOUBLE),
      convert(s, HR_OPERAND(2.5), HR_INVALID);
  assert_ptr_equal(hr_convert(s, HR_OPERAND(one), HR_FLOAT, NULL).node, one.node);
  convert(s, HR_OPERAND(L(1.0)), HR_INVALID), hr_constant(s, 1.0), hr_constant(s, 1, .dtype = HR_DOUBLE);
  hr_constant(s, IN(1, 2), .dtype = HR_INT16), hr_constant(s, yes, .dtype = HR_BOOL),
      hr_constant(s, 2, .dtype = HR_FLOAT);
  hr_tuple_with(s, L(one, hr_var_value(v)), 0, NULL, both, &(hr_op_options){"pair"});
  hr_tensor_clear(&ones);
  testing_graph_expect(&t, "operator_forms.conversions");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(of_floats),   cmocka_unit_test(of_arrays),    cmocka_unit_test(of_integers),
      cmocka_unit_test(of_bools),    cmocka_unit_test(of_strings),   cmocka_unit_test(of_complex_numbers),
      cmocka_unit_test(of_matrices), cmocka_unit_test(broadcasting), cmocka_unit_test(conversions)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
