/* Elementwise kernels against formulas: all dtypes, many shapes, one and several threads, results in place. */
#include "headrace/scope.h"
#include "tests/kernels/tester.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

static const hr_dtype real_types[] = {HR_FLOAT, HR_DOUBLE, HR_HALF,  HR_BFLOAT16, HR_INT8,
                                      HR_INT16, HR_INT32,  HR_INT64, HR_UINT8,    HR_UINT16};
enum { NUM_REAL_TYPES = sizeof real_types / sizeof *real_types };

/* ---- broadcasting ---------------------------------------------------------------------------------------------- */

/* Small numbers, exact in every type, and their sums and products, too. */
static int64_t small_left(int64_t i) { return 6 + i % 6; }
static int64_t small_right(int64_t i) { return 1 + i * 7 % 5; }

typedef struct shape_pair {
  int x_rank, y_rank;
  int64_t x[6], y[6];
} shape_pair;

static const shape_pair shape_pairs[] = {
    {0, 0, {0}, {0}},
    {1, 1, {1}, {1}},
    {1, 1, {67}, {67}},
    {0, 1, {0}, {67}},
    {2, 1, {5, 67}, {67}},
    {2, 2, {5, 67}, {5, 1}},
    {2, 2, {67, 1}, {1, 5}},
    {3, 2, {4, 3, 9}, {3, 1}},
    {4, 3, {2, 1, 5, 1}, {3, 1, 6}},
    {6, 6, {2, 1, 3, 1, 2, 5}, {1, 4, 1, 2, 1, 5}},
    {2, 1, {0, 3}, {1}},
    {3, 3, {2, 0, 1}, {1, 1, 8}},
    {2, 1, {400, 301}, {301}},
    {2, 2, {400, 1}, {1, 301}},
    {3, 3, {60, 1, 50}, {1, 40, 1}},
};
enum { NUM_SHAPE_PAIRS = sizeof shape_pairs / sizeof *shape_pairs };

/* Place of an operand's element for the result's element i. */
static int64_t operand_place(const hr_tensor *result, const hr_tensor *operand, int64_t i) {
  int64_t place = 0, stride = 1;
  for (int axis = result->rank - 1, k = operand->rank - 1; k >= 0; --axis, --k) {
    int64_t index = i % result->dims[axis];
    i /= result->dims[axis];
    if (operand->dims[k] != 1) place += index * stride;
    stride *= operand->dims[k];
  }
  return place;
}

static double add(double x, double y) { return x + y; }
static double sub(double x, double y) { return x - y; }
static double mul(double x, double y) { return x * y; }
static double less(double x, double y) { return x < y; }
static double equal(double x, double y) { return x == y; }

static void check_pair(const char *op, double (*formula)(double, double), hr_dtype dtype, const shape_pair *shapes,
                       int threads) {
  hr_tensor inputs[2] = {tester_integers(dtype, shapes->x_rank, shapes->x, small_left),
                         tester_integers(dtype, shapes->y_rank, shapes->y, small_right)};
  hr_tensor out = tester_run_threads(threads, op, 2, inputs, 0, NULL);
  for (int64_t i = 0; i < out.elements; ++i) {
    double x = tester_number(&inputs[0], operand_place(&out, &inputs[0], i));
    double y = tester_number(&inputs[1], operand_place(&out, &inputs[1], i));
    tester_assert_near(&out, i, formula(x, y), 0, 0);
  }
  hr_tensor_clear(&out);
  hr_tensor_clear(&inputs[0]);
  hr_tensor_clear(&inputs[1]);
}

static void test_broadcasting(void **state) {
  (void)state;
  for (int t = 0; t < NUM_REAL_TYPES; ++t) {
    for (int s = 0; s < NUM_SHAPE_PAIRS; ++s) {
      if (real_types[t] != HR_UINT16) check_pair("Add", add, real_types[t], &shape_pairs[s], 1);
      check_pair("Sub", sub, real_types[t], &shape_pairs[s], 1);
      check_pair("Mul", mul, real_types[t], &shape_pairs[s], 1);
      if (real_types[t] == HR_UINT16) continue;
      check_pair("Less", less, real_types[t], &shape_pairs[s], 1);
      check_pair("Equal", equal, real_types[t], &shape_pairs[s], 1);
    }
  }
  for (int s = 0; s < NUM_SHAPE_PAIRS; ++s)
    check_pair("Sub", sub, HR_FLOAT, &shape_pairs[s], 4);
}

/* ---- transcendental functions ---------------------------------------------------------------------------------- */

typedef struct function {
  const char *op;
  double (*formula)(double);
  double low, high;
  bool ends_in_a_difference; /* exp(x) - 1, as TensorFlow computes it: as exact as its terms */
} function;

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double softplus(double x) { return log1p(exp(x)); }
static double elu(double x) { return x < 0 ? expm1(x) : x; }
static double rsqrt_of(double x) { return 1 / sqrt(x); }

static const function functions[] = {
    {"Exp", exp, -80, 80},          {"Expm1", expm1, -5, 5},         {"Log", log, 1e-6, 1e6},
    {"Log1p", log1p, -0.9, 100},    {"Sin", sin, -100, 100},         {"Cos", cos, -100, 100},
    {"Tan", tan, -1.5, 1.5},        {"Sinh", sinh, -10, 10},         {"Cosh", cosh, -10, 10},
    {"Tanh", tanh, -10, 10},        {"Asin", asin, -1, 1},           {"Acos", acos, -1, 1},
    {"Atan", atan, -50, 50},        {"Asinh", asinh, -50, 50},       {"Acosh", acosh, 1, 50},
    {"Atanh", atanh, -0.99, 0.99},  {"Sigmoid", sigmoid, -40, 40},   {"Erf", erf, -4, 4},
    {"Erfc", erfc, -4, 8},          {"Lgamma", lgamma, 0.1, 50},     {"Sqrt", sqrt, 0, 1e6},
    {"Rsqrt", rsqrt_of, 1e-6, 1e6}, {"Softplus", softplus, -50, 30}, {"Elu", elu, -30, 10, true},
};
enum { NUM_FUNCTIONS = sizeof functions / sizeof *functions };

static void check_function(const function *f, int64_t n) {
  float *singles = malloc((size_t)n * sizeof *singles);
  double *doubles = malloc((size_t)n * sizeof *doubles);
  assert_true(singles && doubles);
  for (int64_t i = 0; i < n; ++i) {
    doubles[i] = f->low + (f->high - f->low) * ((double)i + 0.5) / (double)n;
    singles[i] = (float)doubles[i];
  }
  hr_tensor x32 = tester_tensor(HR_FLOAT, 1, &n, singles), x64 = tester_tensor(HR_DOUBLE, 1, &n, doubles);
  hr_tensor y32 = tester_run(f->op, 1, &x32, 0, NULL), y64 = tester_run(f->op, 1, &x64, 0, NULL);
  for (int64_t i = 0; i < n; ++i) {
    double smallest = f->ends_in_a_difference ? 1 : 0;
    tester_assert_near(&y32, i, f->formula((double)singles[i]), 4e-7, smallest * FLT_EPSILON + 1e-38);
    tester_assert_near(&y64, i, f->formula(doubles[i]), 2e-15, smallest * DBL_EPSILON + 2e-16);
  }
  free(singles);
  free(doubles);
  hr_tensor_clear(&x32);
  hr_tensor_clear(&x64);
  hr_tensor_clear(&y32);
  hr_tensor_clear(&y64);
}

static void test_functions(void **state) {
  (void)state;
  for (int i = 0; i < NUM_FUNCTIONS; ++i) {
    for (int64_t n = 1; n < 40; n += 7)
      check_function(&functions[i], n);
    check_function(&functions[i], 20000);
  }
}

/* Known values (Abramowitz and Stegun, table 6.1), the reflection formula, and the poles. */
static void test_digamma(void **state) {
  (void)state;
  hr_tensor x = TESTER_VECTOR(HR_DOUBLE, ((double[]){1, 0.5, 10, -0.5, 1e-3, 100}));
  hr_tensor y = tester_run("Digamma", 1, &x, 0, NULL);
  static const double expected[] = {-0.57721566490153286, -1.9635100260214235, 2.2517525890667211,
                                    0.036489973978576520, -1000.5755719318103, 4.6001618527380874};
  for (int i = 0; i < 6; ++i)
    tester_assert_near(&y, i, expected[i], 1e-13, 0);
  hr_tensor_clear(&x);
  hr_tensor_clear(&y);
}

/* ---- integers and conversions ---------------------------------------------------------------------------------- */

static void check_int32(const char *op, int32_t x, int32_t y, int32_t expected) {
  /* As scalars and as rows: the two ways are different code. */
  hr_tensor scalars[2] = {hr_tensor_i32(x), hr_tensor_i32(y)};
  hr_tensor rows[2] = {TESTER_VECTOR(HR_INT32, ((int32_t[]){x, x, x})),
                       TESTER_VECTOR(HR_INT32, ((int32_t[]){y, y, y}))};
  hr_tensor scalar = tester_run(op, 2, scalars, 0, NULL), row = tester_run(op, 2, rows, 0, NULL);
  tester_assert_near(&scalar, 0, expected, 0, 0);
  for (int i = 0; i < 3; ++i)
    tester_assert_near(&row, i, expected, 0, 0);
  hr_tensor_clear(&scalar);
  hr_tensor_clear(&row);
  hr_tensor_clear(&rows[0]);
  hr_tensor_clear(&rows[1]);
}

static void test_integers(void **state) {
  (void)state;
  check_int32("Add", INT32_MAX, 1, INT32_MIN);
  check_int32("Mul", 65536, 65537, 65536);
  check_int32("TruncateDiv", INT32_MIN, -1, INT32_MIN);
  check_int32("FloorDiv", INT32_MIN, -1, INT32_MIN);
  check_int32("FloorMod", INT32_MIN, -1, 0);
  check_int32("TruncateMod", INT32_MIN, -1, 0);
  check_int32("FloorDiv", INT32_MAX, -7, -306783379);
  check_int32("FloorDiv", -7, 2, -4);
  check_int32("TruncateDiv", -7, 2, -3);
  check_int32("FloorMod", -7, 3, 2);
  check_int32("FloorMod", 7, -3, -2);
  check_int32("TruncateMod", -7, 3, -1);
  check_int32("Pow", 3, 5, 243);
  check_int32("LeftShift", 1, 40, INT32_MIN);
  check_int32("RightShift", -8, 1, -4);
  check_int32("BitwiseXor", 12, 10, 6);
  static const char *const divisions[] = {"Div", "FloorDiv", "FloorMod", "TruncateDiv", "TruncateMod", "Mod"};
  for (int i = 0; i < 6; ++i) {
    hr_tensor scalars[2] = {hr_tensor_i32(7), hr_tensor_i32(0)};
    assert_int_equal(tester_code(divisions[i], 2, scalars, 0, NULL), HR_INVALID_ARGUMENT);
  }
  hr_tensor negative_power[2] = {hr_tensor_i32(7), hr_tensor_i32(-1)};
  assert_int_equal(tester_code("Pow", 2, negative_power, 0, NULL), HR_INVALID_ARGUMENT);
}

static void test_casts_out_of_range(void **state) {
  (void)state;
  hr_tensor x = TESTER_VECTOR(HR_DOUBLE, ((double[]){1e10, -1e10, NAN, INFINITY, 300, -2147483648.5, 2147483647.9}));
  static const double expected_i32[] = {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, 300, INT32_MIN, INT32_MAX};
  static const double expected_i8[] = {0, 0, 0, 0, 44, 0, -1};
  const hr_named_attr to_i32 = {"DstT", HR_ATTR_TYPE_VALUE(HR_INT32)}, to_i8 = {"DstT", HR_ATTR_TYPE_VALUE(HR_INT8)};
  hr_tensor i32 = tester_run("Cast", 1, &x, 1, &to_i32), i8 = tester_run("Cast", 1, &x, 1, &to_i8);
  for (int i = 0; i < 7; ++i) {
    tester_assert_near(&i32, i, expected_i32[i], 0, 0);
    tester_assert_near(&i8, i, expected_i8[i], 0, 0);
  }
  hr_tensor_clear(&x);
  hr_tensor_clear(&i32);
  hr_tensor_clear(&i8);
}

static int64_t zero_to_hundred(int64_t i) { return i % 101; }

static void test_casts(void **state) {
  (void)state;
  int64_t n = 700;
  for (int from = 0; from < NUM_REAL_TYPES; ++from) {
    hr_tensor x = tester_integers(real_types[from], 1, &n, zero_to_hundred);
    for (int to = 0; to < NUM_REAL_TYPES; ++to) {
      const hr_named_attr attr = {"DstT", HR_ATTR_TYPE_VALUE(real_types[to])};
      hr_tensor y = tester_run("Cast", 1, &x, 1, &attr);
      assert_int_equal(hr_tensor_dtype(&y), real_types[to]);
      for (int64_t i = 0; i < n; ++i)
        tester_assert_near(&y, i, (double)(i % 101), 0, 0);
      hr_tensor_clear(&y);
    }
    hr_tensor_clear(&x);
  }
  hr_tensor text;
  assert_null(hr_tensor_string("7", 1, &text));
  const hr_named_attr attr = {"DstT", HR_ATTR_TYPE_VALUE(HR_FLOAT)};
  assert_int_equal(tester_code("Cast", 1, &text, 1, &attr), HR_UNIMPLEMENTED);
  hr_tensor_clear(&text);
}

/* ---- results in place ------------------------------------------------------------------------------------------ */

static hr_output add_placeholder(hr_scope scope) {
  hr_node_builder *n = hr_node_begin(scope, "Placeholder", NULL);
  hr_node_set_type(n, "dtype", HR_FLOAT);
  return (hr_output){hr_node_finish(n), 0};
}

/* op(-x, y), or op(y, -x): nobody else needs -x, so the result may take its memory. */
static void check_in_place(const char *op, double (*formula)(double, double), bool swapped, const shape_pair *shapes) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope scope = hr_builder_root(builder);
  hr_output x = add_placeholder(scope), y = add_placeholder(scope);
  hr_node_builder *n = hr_node_begin(scope, "Neg", NULL);
  hr_node_add_input(n, x);
  hr_output negative = {hr_node_finish(n), 0};
  n = hr_node_begin(scope, op, NULL);
  hr_node_add_input(n, swapped ? y : negative);
  hr_node_add_input(n, swapped ? negative : y);
  hr_output result = {hr_node_finish(n), 0};
  assert_null(hr_builder_status(builder));

  hr_tensor x_value = tester_integers(HR_FLOAT, shapes->x_rank, shapes->x, small_left);
  hr_tensor y_value = tester_integers(HR_FLOAT, shapes->y_rank, shapes->y, small_right), out;
  hr_session *session;
  assert_null(hr_session_new(graph, NULL, &session));
  const hr_feed feeds[] = {{x, &x_value}, {y, &y_value}};
  assert_null(hr_session_run(session, 2, feeds, 1, &result, &out, 0, NULL));
  for (int64_t i = 0; i < out.elements; ++i) {
    double left = -tester_number(&x_value, operand_place(&out, &x_value, i));
    double right = tester_number(&y_value, operand_place(&out, &y_value, i));
    tester_assert_near(&out, i, swapped ? formula(right, left) : formula(left, right), 0, 0);
  }
  /* What was fed is as it was. */
  for (int64_t i = 0; i < x_value.elements; ++i)
    tester_assert_near(&x_value, i, (double)small_left(i), 0, 0);
  for (int64_t i = 0; i < y_value.elements; ++i)
    tester_assert_near(&y_value, i, (double)small_right(i), 0, 0);
  hr_tensor_clear(&out);
  hr_tensor_clear(&x_value);
  hr_tensor_clear(&y_value);
  hr_session_free(session);
  hr_builder_free(builder);
  hr_graph_unref(graph);
}

static void test_in_place(void **state) {
  (void)state;
  for (int s = 0; s < NUM_SHAPE_PAIRS; ++s) {
    for (int swapped = 0; swapped < 2; ++swapped) {
      check_in_place("Sub", sub, swapped, &shape_pairs[s]);
      check_in_place("Mul", mul, swapped, &shape_pairs[s]);
      check_in_place("Maximum", fmax, swapped, &shape_pairs[s]);
      check_in_place("Less", less, swapped, &shape_pairs[s]);
    }
  }
}

static void test_refusals(void **state) {
  (void)state;
  hr_tensor pair[2] = {TESTER_VECTOR(HR_FLOAT, ((float[]){1, 2})), TESTER_VECTOR(HR_FLOAT, ((float[]){1, 2, 3}))};
  static const char *const ops[] = {"Add", "Less", "Pow", "SigmoidGrad", "ReluGrad", "AddN", "ApproximateEqual"};
  const hr_named_attr two = {"N", HR_ATTR_INT_VALUE(2)};
  for (int i = 0; i < 7; ++i)
    assert_int_equal(tester_code(ops[i], 2, pair, i == 5, &two), HR_INVALID_ARGUMENT);
  hr_tensor_clear(&pair[0]);
  hr_tensor_clear(&pair[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_broadcasting), cmocka_unit_test(test_functions), cmocka_unit_test(test_digamma),
      cmocka_unit_test(test_integers),     cmocka_unit_test(test_casts),     cmocka_unit_test(test_casts_out_of_range),
      cmocka_unit_test(test_in_place),     cmocka_unit_test(test_refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
