/* The hot loops: one line an op here makes its loop for every element type, compiled once per instruction level and
 * picked when the library is loaded.
 *
 * Arrays are dense, need no alignment, and an output may be the very array of an input. */
#ifndef HR_KERNELS_CPU_LEVEL_LOOPS_H
#define HR_KERNELS_CPU_LEVEL_LOOPS_H

#include "kernels_cpu/level/batch_norm.h"
#include "kernels_cpu/level/chain.h"
#include "kernels_cpu/level/image.h"
#include "kernels_cpu/level/indirect.h"
#include "kernels_cpu/level/narrow.h"
#include "kernels_cpu/level/skipping.h"
#include "kernels_cpu/level/softmax.h"
#include "kernels_cpu/level/types.h"
#include "kernels_cpu/level/updates.h"
#include "kernels_cpu/level/windows.h"
#include "kernels_cpu/level/winograd.h"
#include "runtime/base/philox.h"

/* ---- shapes of loops ------------------------------------------------------------------------------------------- */

/* Which operand of a binary loop is one element for all of the row. */
typedef enum hr_operands { HR_BOTH_ROWS, HR_LEFT_SCALAR, HR_RIGHT_SCALAR } hr_operands;

typedef void hr_unary_loop(void *y, const void *x, int64_t n);
typedef void hr_binary_loop(void *z, const void *x, const void *y, int64_t n, hr_operands operands);
/* z[i] = f(x[i], y[i], parameter); y is not read by functions of x alone. */
typedef void hr_parametric_loop(void *z, const void *x, const void *y, int64_t n, double parameter);

/* Folds rows of elements into accumulators of the same type, which hold a valid value (the identity) before. */
typedef struct hr_reduce_loops {
  void (*row)(void *accumulator, const void *x, int64_t n);
  /* accumulators[j] takes in x[i * stride + j] for all i < rows, j < columns; stride in elements. */
  void (*columns)(void *accumulators, const void *x, int64_t rows, int64_t columns, int64_t stride);
  void (*identity)(void *accumulators, int64_t n);
} hr_reduce_loops;

/* ---- lists: types, op, expression ------------------------------------------------------------------------------ */

/* Functions of x, x and result of the same type. */
#define HR_UNARY_LIST(X)                                                                                               \
  HR_FLOATING(X, Neg, -x)                                                                                              \
  HR_INTS(X, Neg, -x)                                                                                                  \
  HR_COMPLEX(X, Neg, -x)                                                                                               \
  HR_FLOATING(X, Abs, HR_ABS(x))                                                                                       \
  HR_SIGNED(X, Abs, HR_ABS(x))                                                                                         \
  HR_FLOATING(X, Sign, HR_SIGN(x))                                                                                     \
  HR_INTS(X, Sign, HR_SIGN(x))                                                                                         \
  HR_COMPLEX(X, Sign, HR_SIGN(x))                                                                                      \
  HR_FLOATING(X, Square, x *x)                                                                                         \
  HR_INTS(X, Square, x *x)                                                                                             \
  HR_COMPLEX(X, Square, x *x)                                                                                          \
  HR_FLOATING(X, Sqrt, HR_SQRT(x))                                                                                     \
  HR_COMPLEX(X, Sqrt, HR_SQRT(x))                                                                                      \
  HR_FLOATING(X, Rsqrt, 1 / HR_SQRT(x))                                                                                \
  HR_COMPLEX(X, Rsqrt, 1 / HR_SQRT(x))                                                                                 \
  HR_FLOATING(X, Reciprocal, 1 / x)                                                                                    \
  HR_COMPLEX(X, Reciprocal, 1 / x)                                                                                     \
  HR_FLOATING(X, Floor, HR_FLOOR(x))                                                                                   \
  HR_FLOATING(X, Ceil, HR_CEIL(x))                                                                                     \
  HR_FLOATING(X, Rint, HR_RINT(x))                                                                                     \
  HR_INTS(X, Rint, HR_RINT(x))                                                                                         \
  HR_REAL(X, Relu, 0 > x ? 0 : x)                                                                                      \
  HR_REAL(X, Relu6, 0 > x ? 0 : 6 < x ? 6 : x)                                                                         \
  HR_FLOATING(X, Softsign, x / (1 + HR_ABS(x)))                                                                        \
  HR_FLOATING(X, Digamma, HR_DIGAMMA(x))                                                                               \
  HR_ALL_INTEGERS(X, Invert, ~x)                                                                                       \
  HR_COMPLEX(X, Conj, HR_CONJ(x))                                                                                      \
  HR_COMPLEX(X, Exp, HR_COMPLEX_MATH(exp, x))                                                                          \
  HR_COMPLEX(X, Expm1, HR_COMPLEX_EXPM1(x))                                                                            \
  HR_COMPLEX(X, Log, HR_COMPLEX_MATH(log, x))                                                                          \
  HR_COMPLEX(X, Log1p, HR_COMPLEX_LOG1P(x))                                                                            \
  HR_COMPLEX(X, Sin, HR_COMPLEX_MATH(sin, x))                                                                          \
  HR_COMPLEX(X, Cos, HR_COMPLEX_MATH(cos, x))                                                                          \
  HR_COMPLEX(X, Tan, HR_COMPLEX_MATH(tan, x))                                                                          \
  HR_COMPLEX(X, Sinh, HR_COMPLEX_MATH(sinh, x))                                                                        \
  HR_COMPLEX(X, Cosh, HR_COMPLEX_MATH(cosh, x))                                                                        \
  HR_COMPLEX(X, Tanh, HR_COMPLEX_MATH(tanh, x))                                                                        \
  HR_COMPLEX(X, Asinh, HR_COMPLEX_MATH(asinh, x))                                                                      \
  HR_COMPLEX(X, Acosh, HR_COMPLEX_MATH(acosh, x))                                                                      \
  HR_COMPLEX(X, Atanh, HR_COMPLEX_MATH(atanh, x))                                                                      \
  HR_COMPLEX(X, Sigmoid, 1 / (1 + HR_COMPLEX_MATH(exp, -x)))                                                           \
  HR_FLOATING(X, BesselI0e, hr_bessel_i0e((double)x))                                                                  \
  HR_FLOATING(X, BesselI1e, hr_bessel_i1e((double)x))

/* Functions of truth values, of one and of two. */
#define HR_LOGICAL_UNARY_LIST(X)  HR_BOOLS(X, LogicalNot, !x)
#define HR_LOGICAL_BINARY_LIST(X) HR_BOOLS(X, LogicalAnd, x &y) HR_BOOLS(X, LogicalOr, x | y)

/* Functions of x that say yes or no. */
#define HR_PREDICATE_LIST(X)                                                                                           \
  HR_FLOATING(X, IsNan, x != x)                                                                                        \
  HR_FLOATING(X, IsInf, HR_IS_INF(x))                                                                                  \
  HR_FLOATING(X, IsFinite, HR_IS_FINITE(x))

/* Transcendental functions of one float or double: x and the result are vectors (see vector_math.h). */
#define HR_MATH_LIST(X)                                                                                                \
  HR_FLOATING(X, Exp, V_EXP(x))                                                                                        \
  HR_FLOATING(X, Expm1, V_EXPM1(x))                                                                                    \
  HR_FLOATING(X, Log, V_LOG(x))                                                                                        \
  HR_FLOATING(X, Log1p, V_LOG1P(x))                                                                                    \
  HR_FLOATING(X, Sin, V_SIN(x))                                                                                        \
  HR_FLOATING(X, Cos, V_COS(x))                                                                                        \
  HR_FLOATING(X, Tan, V_TAN(x))                                                                                        \
  HR_FLOATING(X, Sinh, V_SINH(x))                                                                                      \
  HR_FLOATING(X, Cosh, V_COSH(x))                                                                                      \
  HR_FLOATING(X, Tanh, V_TANH(x))                                                                                      \
  HR_FLOATING(X, Asin, V_ASIN(x))                                                                                      \
  HR_FLOATING(X, Acos, V_ACOS(x))                                                                                      \
  HR_FLOATING(X, Atan, V_ATAN(x))                                                                                      \
  HR_FLOATING(X, Asinh, V_ASINH(x))                                                                                    \
  HR_FLOATING(X, Acosh, V_ACOSH(x))                                                                                    \
  HR_FLOATING(X, Atanh, V_ATANH(x))                                                                                    \
  HR_FLOATING(X, Sigmoid, 1 / (1 + V_EXP(-x)))                                                                         \
  HR_FLOATING(X, Erf, V_ERF(x))                                                                                        \
  HR_FLOATING(X, Erfc, V_ERFC(x))                                                                                      \
  HR_FLOATING(X, Lgamma, V_LGAMMA(x))                                                                                  \
  HR_FLOATING(X, Softplus, V_SELECT(x > SOFTPLUS_LINEAR, x, V_LOG1P(V_EXP(x))))                                        \
  HR_FLOATING(X, Elu, V_SELECT(x < 0, V_EXP(x) - 1, x))                                                                \
  HR_FLOATING(X, Selu, V_SELECT(x < 0, SELU_SCALE_ALPHA * (V_EXP(x) - 1), SELU_SCALE * x))

/* Functions of x and y, operands and result of the same type. */
#define HR_BINARY_LIST(X)                                                                                              \
  HR_NUMBERS(X, Add, x + y)                                                                                            \
  HR_NUMBERS(X, Sub, x - y)                                                                                            \
  HR_NUMBERS(X, Mul, x *y)                                                                                             \
  HR_FLOATING(X, RealDiv, x / y)                                                                                       \
  HR_COMPLEX(X, RealDiv, x / y)                                                                                        \
  HR_FLOATING(X, MulNoNan, y == 0 ? 0 : x * y)                                                                         \
  HR_COMPLEX(X, MulNoNan, y == 0 ? 0 : x * y)                                                                          \
  HR_FLOATING(X, DivNoNan, y == 0 ? 0 : x / y)                                                                         \
  HR_COMPLEX(X, DivNoNan, y == 0 ? 0 : x / y)                                                                          \
  HR_FLOATING(X, Xdivy, x == 0 ? 0 : x / y)                                                                            \
  HR_COMPLEX(X, Xdivy, x == 0 ? 0 : x / y)                                                                             \
  HR_REAL(X, Maximum, HR_MAX(x, y))                                                                                    \
  HR_REAL(X, Minimum, HR_MIN(x, y))                                                                                    \
  HR_COMPLEX(X, Pow, HR_COMPLEX_POW(x, y))                                                                             \
  HR_COMPLEX(X, Xlogy, x == 0 ? 0 : x * HR_COMPLEX_MATH(log, y))                                                       \
  HR_FLOATS(X, NextAfter, HR_NEXT_AFTER(x, y))                                                                         \
  HR_FLOATS(X, Igamma, hr_igamma((double)x, (double)y))                                                                \
  HR_FLOATS(X, Igammac, hr_igammac((double)x, (double)y))                                                              \
  HR_FLOATS(X, IgammaGradA, hr_igamma_gradient((double)x, (double)y))                                                  \
  HR_FLOATS(X, RandomGammaGrad, hr_gamma_sample_gradient((double)x, (double)y))                                        \
  HR_FLOATS(X, Zeta, hr_zeta((double)x, (double)y))                                                                    \
  HR_FLOATS(X, Polygamma, hr_polygamma((double)x, (double)y))                                                          \
  HR_FLOATING(X, SquaredDifference, (x - y) * (x - y))                                                                 \
  HR_INTS(X, SquaredDifference, (x - y) * (x - y))                                                                     \
  HR_COMPLEX(X, SquaredDifference, (x - y) * HR_CONJ(x - y))                                                           \
  HR_FLOATING(X, FloorDiv, HR_FLOOR_DIV(x, y))                                                                         \
  HR_ALL_INTEGERS(X, BitwiseAnd, x &y)                                                                                 \
  HR_ALL_INTEGERS(X, BitwiseOr, x | y)                                                                                 \
  HR_ALL_INTEGERS(X, BitwiseXor, x ^ y)                                                                                \
  HR_ALL_INTEGERS(X, LeftShift, x << HR_SHIFT(x, y))                                                                   \
  HR_ALL_INTEGERS(X, RightShift, x >> HR_SHIFT(x, y))

/* The same where y must be checked first: no 0 for divisions, nothing below 0 for Pow. */
#define HR_CHECKED_LIST(X)                                                                                             \
  HR_INTEGERS(X, TruncateDiv, HR_INT_DIV(x, y))                                                                        \
  HR_INTEGERS(X, FloorDiv, HR_FLOOR_DIV(x, y))                                                                         \
  HR_INTS(X, TruncateMod, HR_INT_MOD(x, y))                                                                            \
  HR_INTS(X, FloorMod, HR_FLOOR_MOD(x, y))                                                                             \
  HR_INTS(X, Pow, HR_INT_POW(x, y))

/* Transcendental functions of two floats or doubles, as vectors. */
#define HR_BINARY_MATH_LIST(X)                                                                                         \
  HR_FLOATING(X, Pow, V_POW(x, y))                                                                                     \
  HR_FLOATING(X, Atan2, V_ATAN2(x, y))                                                                                 \
  HR_FLOATING(X, Xlogy, V_SELECT(x == 0, x * 0, x * V_LOG(y)))                                                         \
  HR_FLOATING(X, TruncateMod, V_FMOD(x, y))                                                                            \
  HR_FLOATING(X, FloorMod, V_FLOOR_MOD(x, y))

/* Comparisons: bool from two of a kind. */
#define HR_COMPARISON_LIST(X)                                                                                          \
  HR_NUMBERS(X, Equal, x == y)                                                                                         \
  HR_BOOLS(X, Equal, x == y)                                                                                           \
  HR_NUMBERS(X, NotEqual, x != y)                                                                                      \
  HR_BOOLS(X, NotEqual, x != y)                                                                                        \
  HR_REAL(X, Less, x < y)                                                                                              \
  HR_REAL(X, LessEqual, x <= y)                                                                                        \
  HR_REAL(X, Greater, x > y)                                                                                           \
  HR_REAL(X, GreaterEqual, x >= y)

/* Gradients of functions of one tensor: both operands have its shape. g is what flows back, v the function's input or
 * output, in TensorFlow's order of evaluation. The first group takes (v, g), the second (g, v). */
#define HR_VALUE_GRADIENT_LIST(X)                                                                                      \
  HR_FLOATING(X, SigmoidGrad, y *x *(1 - x))                                                                           \
  HR_COMPLEX(X, SigmoidGrad, y *x *(1 - x))                                                                            \
  HR_FLOATING(X, TanhGrad, y *(1 - x * x))                                                                             \
  HR_COMPLEX(X, TanhGrad, y *(1 - x * x))                                                                              \
  HR_FLOATING(X, SqrtGrad, y / x / 2)                                                                                  \
  HR_COMPLEX(X, SqrtGrad, y / HR_CONJ(x) / 2)                                                                          \
  HR_FLOATING(X, RsqrtGrad, y == 0 ? 0 : (x * y) * (x * x) / -2)                                                       \
  HR_COMPLEX(X, RsqrtGrad, y == 0 ? 0 : (HR_CONJ(x) * y) * (HR_CONJ(x) * HR_CONJ(x)) / -2)                             \
  HR_FLOATING(X, ReciprocalGrad, y == 0 ? 0 : x * -x * y)                                                              \
  HR_COMPLEX(X, ReciprocalGrad, y == 0 ? 0 : HR_CONJ(x) * -HR_CONJ(x) * y)
#define HR_FEATURE_GRADIENT_LIST(X)                                                                                    \
  HR_REAL(X, ReluGrad, x *(y > 0))                                                                                     \
  HR_REAL(X, Relu6Grad, x *((y > 0) & (y < 6)))                                                                        \
  HR_FLOATING(X, EluGrad, y < 0 ? (y + 1) * x : x)                                                                     \
  HR_FLOATING(X, SoftsignGrad, x / ((1 + HR_ABS(y)) * (1 + HR_ABS(y))))
#define HR_FEATURE_GRADIENT_MATH_LIST(X)                                                                               \
  HR_FLOATING(X, SeluGrad, V_SELECT(y < 0, x * (y + SELU_SCALE_ALPHA), x * SELU_SCALE))                                \
  HR_FLOATING(X, SoftplusGrad, x / (V_EXP(-y) + 1))

/* Functions with a number p from an attribute, of the operands' type. */
#define HR_PARAMETRIC_LIST(X)                                                                                          \
  HR_FLOATING(X, LeakyRelu, HR_MAX(x, x *p))                                                                           \
  HR_FLOATING(X, LeakyReluGrad, y > 0 ? x : x * p)

/* The same with a truth value for a result. */
#define HR_PARAMETRIC_PREDICATE_LIST(X) HR_FLOATING(X, ApproximateEqual, HR_ABS(x - y) < p)

/* Folds: op, identity, term of an element x, combination of an accumulator a with a term (or another accumulator) x.
 * A NaN is passed over by Max and Min, as in TensorFlow. */
#define HR_REDUCE_LIST(X)                                                                                              \
  HR_NUMBERS(X, Sum, 0, x, a + x)                                                                                      \
  HR_NUMBERS(X, Prod, 1, x, a *x)                                                                                      \
  HR_REAL(X, SumOfSquares, 0, x *x, a + x)                                                                             \
  HR_COMPLEX(X, SumOfSquares, 0, x *HR_CONJ(x), a + x)                                                                 \
  HR_REAL(X, Max, HR_LOWEST, x, HR_MAX(a, x))                                                                          \
  HR_REAL(X, Min, HR_HIGHEST, x, HR_MIN(a, x))                                                                         \
  HR_BOOLS(X, All, 1, x, a &x)                                                                                         \
  HR_BOOLS(X, Any, 0, x, a | x)

/* ---- the table ------------------------------------------------------------------------------------------------- */

/* A field for each loop; the half types have no loops of their own. */
#define HR_UNARY_FIELD_NATIVE(type, op, ...) hr_unary_loop *op##_##type;
#define HR_UNARY_FIELD_HALF(...)
#define HR_UNARY_FIELD(type, ...)             HR_BY_KIND(HR_UNARY_FIELD_, type)(type, __VA_ARGS__)
#define HR_BINARY_FIELD_NATIVE(type, op, ...) hr_binary_loop *op##_##type;
#define HR_BINARY_FIELD_HALF(...)
#define HR_BINARY_FIELD(type, ...)                HR_BY_KIND(HR_BINARY_FIELD_, type)(type, __VA_ARGS__)
#define HR_PARAMETRIC_FIELD_NATIVE(type, op, ...) hr_parametric_loop *op##_##type;
#define HR_PARAMETRIC_FIELD_HALF(...)
#define HR_PARAMETRIC_FIELD(type, ...)        HR_BY_KIND(HR_PARAMETRIC_FIELD_, type)(type, __VA_ARGS__)
#define HR_REDUCE_FIELD_NATIVE(type, op, ...) hr_reduce_loops op##_##type;
#define HR_REDUCE_FIELD_HALF(...)
#define HR_REDUCE_FIELD(type, ...) HR_BY_KIND(HR_REDUCE_FIELD_, type)(type, __VA_ARGS__)

typedef struct hr_loop_table {
  const char *level; /* "v4" */
  HR_UNARY_LIST(HR_UNARY_FIELD)
  HR_LOGICAL_UNARY_LIST(HR_UNARY_FIELD)
  HR_PREDICATE_LIST(HR_UNARY_FIELD)
  HR_MATH_LIST(HR_UNARY_FIELD)
  HR_BINARY_LIST(HR_BINARY_FIELD)
  HR_LOGICAL_BINARY_LIST(HR_BINARY_FIELD)
  HR_CHECKED_LIST(HR_BINARY_FIELD)
  HR_BINARY_MATH_LIST(HR_BINARY_FIELD)
  HR_COMPARISON_LIST(HR_BINARY_FIELD)
  HR_VALUE_GRADIENT_LIST(HR_BINARY_FIELD)
  HR_FEATURE_GRADIENT_LIST(HR_BINARY_FIELD)
  HR_FEATURE_GRADIENT_MATH_LIST(HR_BINARY_FIELD)
  HR_PARAMETRIC_LIST(HR_PARAMETRIC_FIELD)
  HR_PARAMETRIC_PREDICATE_LIST(HR_PARAMETRIC_FIELD)
  HR_REDUCE_LIST(HR_REDUCE_FIELD)
  /* cast[from][to], by hr_dtype: NULL for what is no number, and for half and bfloat16 with any type but float. */
  hr_unary_loop *const (*cast)[HR_DTYPE_COUNT];
  /* z[i] = condition[i] ? x[i] : y[i] of elements of 1, 2, 4, 8, 16 bytes, by the logarithm of the size. */
  void (*select[5])(void *z, const bool *condition, const void *x, const void *y, int64_t n);
  /* Uniform numbers in [0, 1) of whole Philox blocks, 4 floats or 2 doubles each, from the block that `generator`
   * stands at. */
  void (*uniform_f32)(float *out, const hr_philox *generator, int64_t blocks);
  void (*uniform_f64)(double *out, const hr_philox *generator, int64_t blocks);
  /* Normal ones; 4 a block, bit for bit those of random_normal.h. */
  void (*normal_f32)(float *out, const hr_philox *generator, int64_t blocks);
  /* low + remainders by `range`, which is not 0; 4 a block. */
  void (*uniform_i32)(int32_t *out, const hr_philox *generator, int64_t blocks, int32_t low, uint32_t range);
  const hr_update_table *updates; /* of the training ops */
  const hr_batch_norm_loops *batch_norm;
  const hr_narrow_loops *narrow;
  const hr_chain_loops *chains; /* of whole chains of these operations, on floats */
  const hr_softmax_loops *softmax;
  const hr_skipping_loops *skipping; /* of products with many zeros */
  const hr_indirect_loops *indirect;
  const hr_winograd_loops *winograd; /* of convolutions with windows of 3 x 3 */
  const hr_window_loops *windows;    /* of depthwise convolutions and pooling */
  const hr_image_table *images;
} hr_loop_table;

/* The table of the level that this machine runs best; HEADRACE_CPU_LEVEL=2 or 3 asks for a lower one. */
extern const hr_loop_table *hr_loops;

#endif
