/* Functions of numbers (programs/math_functions.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "headrace/headrace.h"

#define L       HR_OPERANDS
#define IN      HR_INTS
#define OF(...) CALL_OP(s, __VA_ARGS__)

static void unary(void **state) {
  (void)state;
  static const char *const of_x[] = {"Abs",   "Neg",        "Sign",  "Square", "Exp",     "Sin",  "Cos",   "Tan",
                                     "Asin",  "Acos",       "Atan",  "Sinh",   "Cosh",    "Tanh", "Asinh", "Atanh",
                                     "Floor", "Ceil",       "Round", "Rint",   "Sigmoid", "Erf",  "Erfc",  "Expm1",
                                     "Log1p", "Reciprocal", "IsNan", "IsInf",  "IsFinite"};
  static const char *const more_of_x[] = {"Softplus", "Softsign", "BesselI0e", "BesselI1e", "L2Loss"};
  static const char *const of_more[] = {"Log", "Sqrt", "Rsqrt", "Lgamma", "Digamma", "Acosh"};
  static const char *const of_p[] = {"Abs",   "Neg",      "Exp",    "Log",   "Sqrt",  "Square", "Sin",
                                     "Tanh",  "Sigmoid",  "Sign",   "Floor", "Ceil",  "Rsqrt",  "Reciprocal",
                                     "IsNan", "IsFinite", "Lgamma", "Erf",   "Log1p", "Round"};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(0.5, -0.25, 0.75), .name = "x"), p = hr_constant(s, L(0.5, 1.5, 3.0), .name = "p");
  for (size_t i = 0; i < sizeof of_x / sizeof *of_x; ++i)
    OF(of_x[i], NULL, L(x));
  hr_log_sigmoid(s, x);
  for (size_t i = 0; i < sizeof more_of_x / sizeof *more_of_x; ++i)
    OF(more_of_x[i], NULL, L(x));
  hr_output more = hr_plus(s, p, 1.0);
  for (size_t i = 0; i < sizeof of_more / sizeof *of_more; ++i)
    OF(of_more[i], NULL, L(more));
  for (size_t i = 0; i < sizeof of_p / sizeof *of_p; ++i)
    OF(of_p[i], NULL, L(p));
  hr_exp(s, x, .name = "named"), hr_neg(s, x), hr_identity(s, x);
  assert_ptr_equal(hr_tf_real(s, x).node, x.node);
  testing_graph_expect(&t, "math_functions.unary");
}

static void expect_pairs(hr_scope s, size_t count, const char *const *ops, hr_output x, hr_output y) {
  for (size_t i = 0; i < count; ++i)
    OF(ops[i], NULL, L(x, y));
}
#define PAIRS(x, y, ...)                                                                                               \
  expect_pairs(s, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *[]){__VA_ARGS__}, x, y)

static void binary(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(0.5, -0.25, 2.0), .name = "x"), y = hr_constant(s, L(2.0, 3.0, -1.0), .name = "y");
  hr_output p = hr_constant(s, L(0.5, 1.5, 3.0), .name = "p");
  hr_output i = hr_constant(s, IN(7, -7, 12), .name = "i"), j = hr_constant(s, IN(2, 2, 5), .name = "j");
  PAIRS(x, y, "Add", "Sub", "Mul");
  hr_truediv(s, x, y), hr_tf_div(s, x, y), hr_tf_truediv(s, x, y), OF("RealDiv", NULL, L(x, y));
  hr_floordiv(s, x, y);
  PAIRS(x, y, "FloorDiv", "FloorMod", "FloorMod", "Maximum", "Minimum", "SquaredDifference", "Atan2");
  OF("DivNoNan", "div_no_nan", L(x, y)), OF("DivNoNan", "div_no_nan", L(x, y));
  PAIRS(x, y, "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "Xdivy", "Add", "Sub", "Mul",
        "Maximum", "Less");
  PAIRS(p, p, "Pow", "Pow", "Igamma", "Igammac", "Xlogy");
  PAIRS(i, j, "Add", "Sub", "Mul");
  hr_tf_truediv(s, i, j), hr_floordiv(s, i, j);
  PAIRS(i, j, "TruncateDiv", "FloorMod", "TruncateMod", "Maximum", "Equal", "BitwiseAnd", "BitwiseOr", "BitwiseXor",
        "LeftShift");
  OF("Add", NULL, L(x, 1)), OF("Mul", NULL, L(2.0, x)), OF("Maximum", NULL, L(x, 0.0)), OF("Pow", NULL, L(x, 2));
  OF("Sub", NULL, L(L(1.0, 2.0, 3.0), x));
  hr_scalar_mul(s, 2, x), hr_tf_add_n(s, HR_LIST(x, y, p)), hr_accumulate_n(s, HR_LIST(x, y, p));
  hr_tf_clip_by_value(s, x, -0.1, 0.1), hr_clip_by_norm(s, x, 1.0), hr_clip_by_average_norm(s, x, 0.1);
  OF("Cross", NULL, L(x, y)), hr_tensordot(s, x, y, 1);
  hr_clip_by_norm(s, hr_tf_reshape(s, x, HR_SHAPE(1, 3)), 1.0, .axes = HR_AXES(1));
  hr_global_norm(s, HR_LIST(x, y));
  testing_graph_expect(&t, "math_functions.binary");
}

static hr_output logsumexp(hr_scope s, hr_operand x, const hr_reduce_options *o) {
  return hr_reduce_logsumexp_with(s, x, o);
}
static hr_output deviation(hr_scope s, hr_operand x, const hr_reduce_options *o) { return hr_reduce_std_with(s, x, o); }
static hr_output variance(hr_scope s, hr_operand x, const hr_reduce_options *o) {
  return hr_reduce_variance_with(s, x, o);
}

static void reductions(void **state) {
  (void)state;
  static const struct {
    const char *op;
    hr_output (*function)(hr_scope s, hr_operand x, const hr_reduce_options *o);
  } all[] = {{"Sum", NULL},     {"Mean", NULL},    {"Max", NULL},    {"Min", NULL},          {"Prod", NULL},
             {NULL, logsumexp}, {NULL, deviation}, {NULL, variance}, {"EuclideanNorm", NULL}};
  const hr_reduce_options forms[] = {{.keepdims = false},     {.axis = HR_AXIS(0)},
                                     {.axis = HR_AXIS(1)},    {.axis = HR_AXIS(-1), .keepdims = true},
                                     {.axis = HR_AXES(0, 1)}, {.axis = HR_AXIS(0)}};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(L(1.0, -2.0, 3.0), L(4.0, 5.0, -6.0)), .name = "x");
  hr_output b = hr_constant(s, L(L((bool)true, (bool)false), L((bool)true, (bool)true)), .name = "b");
  hr_output i = hr_constant(s, L(IN(3, 1), IN(2, 2)), .name = "i");
  hr_output p = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "p");
  for (size_t r = 0; r < sizeof all / sizeof *all; ++r)
    for (int f = 0; f < 6; ++f) {
      hr_operand of = HR_OPERAND(f < 5 ? x : p);
      if (all[r].op)
        hr_reduce_with(s, all[r].op, of, &forms[f]);
      else
        all[r].function(s, of, &forms[f]);
    }
  hr_reduce_sum(s, x, .keepdims = true), hr_reduce_sum(s, i), hr_reduce_mean(s, i);
  hr_reduce_max(s, i, .axis = HR_AXIS(1)), hr_reduce_all(s, b), hr_reduce_any(s, b, .axis = HR_AXIS(1));
  hr_reduce_all(s, b, .axis = HR_AXIS(0), .keepdims = true), hr_argmax(s, x, .axis = HR_AXIS(1)), hr_argmin(s, x);
  hr_argmax(s, x, .axis = HR_AXIS(0), .output_type = HR_INT32), hr_argmax(s, x, .axis = HR_AXIS(1));
  const hr_attr_value yes = HR_ATTR_BOOL_VALUE(true);
  OF("Cumsum", NULL, L(x, 0)), OF("Cumsum", NULL, L(x, 1), {"exclusive", yes}, {"reverse", yes});
  OF("Cumprod", NULL, L(x, 1)), hr_count_nonzero(s, x);
  hr_count_nonzero(s, i, .axis = HR_AXIS(0), .dtype = HR_INT32);
  hr_norm(s, x), hr_norm(s, x, .ord = 1, .axis = HR_AXIS(1)), hr_norm(s, x, .ord = INFINITY);
  hr_norm(s, x, .axis = HR_AXIS(0), .keepdims = true);
  hr_output axis = hr_constant(s, 0);
  hr_reduce_sum(s, x, .axis = HR_OPERAND(axis)), hr_reduce_mean(s, x, .name = "named");
  hr_reduce_sum(s, x, .axis = HR_AXIS(1)), hr_reduce_max(s, x, .axis = HR_AXES(0));
  hr_moments(s, x, HR_AXES(0, 1)), hr_moments(s, x, HR_AXES(0), .keep_dims = true);
  hr_tf_bincount(s, IN(1, 1, 3)), hr_reduce_sum(s, L(IN(1, 2)));
  testing_graph_expect(&t, "math_functions.reductions");
}

/* ---- linear algebra ---------------------------------------------------------------------------------------------- */

static void products(hr_scope s, hr_output a, hr_output x, hr_output c, hr_output z, hr_output p) {
  hr_tensor eye;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 2}, (float[]){1, 0, 0, 1}, &eye));
  hr_tf_matmul(s, a, x), hr_tf_matmul(s, x, a, .transpose_a = true), hr_tf_matmul(s, x, x, .transpose_b = true);
  hr_tf_matmul(s, x, x, .transpose_b = true, .name = "positional"), hr_tf_matmul(s, x, x, .transpose_a = true);
  hr_tf_matmul(s, c, c), hr_tf_matmul(s, c, c, .transpose_b = true), hr_tf_matmul(s, z, z, .adjoint_a = true);
  hr_tf_matmul(s, p, a), hr_tf_matmul(s, z, z, .adjoint_b = true), hr_tf_matmul(s, a, L(L(1.0), L(2.0)));
  hr_tf_matmul(s, &eye, a), hr_tf_matmul(s, L(IN(1, 2)), L(IN(3), IN(4))), hr_tf_matmul(s, a, a);
  hr_matvec(s, a, L(1.0, 2.0)), hr_tensordot(s, x, a, L(IN(0), IN(0))), hr_tensordot(s, a, a, 2);
  hr_tf_matmul(s, a, a);
  hr_tensor_clear(&eye);
}

static void solutions(hr_scope s, hr_output a, hr_output c) {
  hr_operands column = L(L(1.0), L(2.0));
  OF("MatrixInverse", NULL, L(a)), OF("MatrixInverse", NULL, L(a));
  OF("MatrixDeterminant", NULL, L(a)), OF("MatrixDeterminant", NULL, L(a));
  OF("Cholesky", NULL, L(a)), OF("Cholesky", NULL, L(a)), OF("MatrixSolve", NULL, L(a, column));
  OF("MatrixSolve", NULL, L(a, column), {"adjoint", HR_ATTR_BOOL_VALUE(true)});
  OF("MatrixTriangularSolve", NULL, L(a, column));
  hr_cholesky_solve(s, OF("Cholesky", NULL, L(a)), column), hr_matrix_transpose(s, c);
}

static void matrices(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = hr_constant(s, L(L(4.0, 1.0), L(1.0, 3.0)), .name = "a");
  hr_output x = hr_constant(s, L(L(1.0, 2.0, 3.0), L(4.0, 5.0, 6.0)), .name = "x");
  hr_output c =
      hr_constant_array(s, HR_FLOAT, HR_SHAPE(3, 2, 2), ((float[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}), .name = "c");
  hr_output z = recorded_data(s, "math_functions.matrices", "z");
  hr_output p = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "p");
  products(s, a, x, c, z, p);
  solutions(s, a, c);
  hr_matrix_transpose(s, x), hr_trace(s, a), hr_trace(s, c);
  hr_eye(s, 2), hr_eye(s, 2, .columns = 3, .dtype = HR_DOUBLE), hr_eye(s, 2, .batch_shape = HR_AXES(2)), hr_eye(s, 3);
  OF("Diag", NULL, L(L(1.0, 2.0))), OF("DiagPart", NULL, L(a)), OF("MatrixDiag", "diag", L(x));
  OF("MatrixDiag", "diag", L(L(1.0, 2.0))), OF("MatrixDiagPart", "diag_part", L(c));
  OF("MatrixSetDiag", "set_diag", L(a, L(9.0, 9.0))), OF("MatrixBandPart", NULL, L(a, 0, -1));
  hr_l2_normalize(s, x, 1);
  const hr_attr_value no = HR_ATTR_BOOL_VALUE(false);
  OF("SelfAdjointEigV2", NULL, L(a), {"compute_v", no}), OF("SelfAdjointEigV2", NULL, L(a), {"compute_v", no});
  OF("Svd", NULL, L(a), {"compute_uv", no}), hr_norm(s, x), hr_logdet(s, a), hr_lstsq(s, x, L(L(1.0), L(2.0)));
  OF("Diag", NULL, L(L(1.0, 2.0))), hr_tf_transpose(s, a), hr_adjoint(s, z);
  OF("MatrixInverse", NULL, L(hr_tf_cast(s, a, HR_DOUBLE)));
  hr_tf_matmul(s, hr_tf_transpose(s, x), x), OF("MatrixInverse", NULL, L(hr_plus(s, c, hr_eye(s, 2))));
  testing_graph_expect(&t, "math_functions.matrices");
}

/* ---- segments, casts, a regression ------------------------------------------------------------------------------- */

static void segments(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(L(1.0, 2.0), L(3.0, 4.0), L(5.0, 6.0)), .name = "x");
  hr_output ids = hr_constant(s, IN(0, 0, 1), .name = "ids");
  PAIRS(x, ids, "SegmentSum", "SegmentMean", "SegmentMax", "SegmentMin", "SegmentProd", "SegmentSum");
  OF("UnsortedSegmentSum", NULL, L(x, IN(2, 0, 2), 3)), OF("UnsortedSegmentMax", NULL, L(x, IN(2, 0, 2), 3));
  hr_unsorted_segment_mean(s, x, IN(2, 0, 2), 3), hr_unsorted_segment_sqrt_n(s, x, IN(2, 0, 2), 3);
  OF("UnsortedSegmentProd", NULL, L(x, IN(2, 0, 2), 3));
  OF("SparseSegmentSum", NULL, L(x, IN(0, 2), IN(0, 0))), OF("SparseSegmentMean", NULL, L(x, IN(0, 2), IN(0, 0)));
  OF("SparseSegmentSqrtN", NULL, L(x, IN(1, 2), IN(0, 0)));
  OF("HistogramFixedWidth", "histogram_fixed_width", L(L(0.1, 0.9, 0.2), L(0.0, 1.0), 2));
  testing_graph_expect(&t, "math_functions.segments");
}

static void casts(void **state) {
  (void)state;
  static const struct {
    hr_dtype dtype;
    const char *name;
  } all[] = {{HR_FLOAT, "ToFloat"},
             {HR_DOUBLE, "ToDouble"},
             {HR_INT32, "ToInt32"},
             {HR_INT64, "ToInt64"},
             {HR_BFLOAT16, "ToBFloat16"},
             {HR_COMPLEX64, "ToComplex64"},
             {HR_COMPLEX128, "ToComplex128"},
             {HR_HALF, NULL},
             {HR_FLOAT, NULL},
             {HR_DOUBLE, NULL},
             {HR_INT32, NULL},
             {HR_INT64, NULL},
             {HR_INT8, NULL},
             {HR_BOOL, NULL},
             {HR_COMPLEX64, NULL},
             {HR_INT16, NULL}};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(1.5, -2.5, 0.0), .name = "x");
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
    hr_tf_cast(s, x, all[i].dtype, .name = all[i].name);
  hr_tf_cast(s, hr_operand_bool(true), HR_FLOAT), hr_tf_cast(s, IN(1, 2), HR_FLOAT), hr_tf_cast(s, x, HR_INT32);
  hr_tf_cast(s, hr_constant(s, 3.9), HR_INT32, .name = "named"), hr_saturate_cast(s, x, HR_UINT8);
  OF("Bitcast", NULL, L(x), {"type", HR_ATTR_TYPE_VALUE(HR_INT32)}), OF("AsString", NULL, L(x));
  testing_graph_expect(&t, "math_functions.casts");
}

static void logistic(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output X = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "X");
  hr_output y = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "y");
  hr_output start =
      hr_tf_random_uniform(s, HR_SHAPE(3, 1), .minval = HR_OPERAND(-1.0), .maxval = HR_OPERAND(1.0), .seed = 42);
  hr_var *theta = hr_tf_variable(s, start, .name = "theta");
  hr_output logits = hr_tf_matmul(s, X, theta, .name = "logits");
  hr_truediv(s, 1, hr_plus(s, 1, hr_exp(s, hr_neg(s, logits))));
  hr_output chance = hr_sigmoid(s, logits);
  hr_output hits = hr_times(s, y, hr_log(s, hr_plus(s, chance, 1e-7)));
  hr_output others = hr_minus(s, 1, y);
  hr_output misses = hr_times(s, others, hr_log(s, hr_plus(s, hr_minus(s, 1, chance), 1e-7)));
  hr_output loss = hr_neg(s, hr_reduce_mean(s, hr_plus(s, hits, misses)));
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.01);
  hr_minimize(s, optimizer, loss);
  hr_global_variables_initializer(s);
  hr_optimizer_free(optimizer);
  testing_graph_expect(&t, "math_functions.logistic");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(unary),    cmocka_unit_test(binary), cmocka_unit_test(reductions),
                                     cmocka_unit_test(matrices), cmocka_unit_test(casts),  cmocka_unit_test(segments),
                                     cmocka_unit_test(logistic)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
