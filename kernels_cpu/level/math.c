/* Loops of transcendental functions, vector by vector. SLEEF supplies the functions, at most 1 ulp from the exact value
 * (1.5 for erfc); where SLEEF has no code for the machine, a vector is one element and libm supplies them. */
#include "kernels_cpu/level/level.h"
#include <string.h>

#if defined(__AVX512F__)
#define SHAPED_F32(name, ulp) Sleef_##name##f16_##ulp##avx512f
#define SHAPED_F64(name, ulp) Sleef_##name##d8_##ulp##avx512f
#elif defined(__AVX2__)
#define SHAPED_F32(name, ulp) Sleef_##name##f8_##ulp##avx2
#define SHAPED_F64(name, ulp) Sleef_##name##d4_##ulp##avx2
#elif defined(__SSE4_1__)
#define SHAPED_F32(name, ulp) Sleef_##name##f4_##ulp##sse4
#define SHAPED_F64(name, ulp) Sleef_##name##d2_##ulp##sse4
#endif

#ifdef SHAPED_F32
#include <sleef.h>
typedef float vector_f32 __attribute__((vector_size(HR_VECTOR_BYTES)));
typedef double vector_f64 __attribute__((vector_size(HR_VECTOR_BYTES)));
typedef int32_t mask_f32 __attribute__((vector_size(HR_VECTOR_BYTES)));
typedef int64_t mask_f64 __attribute__((vector_size(HR_VECTOR_BYTES)));
#define V_CALL(x, name, ulp) _Generic((x), vector_f32 : SHAPED_F32(name, ulp), vector_f64 : SHAPED_F64(name, ulp))
/* The yes where the comparison holds; both are computed. */
#define V_SELECT(condition, yes, no) ((vector)(((mask)(yes) & (condition)) | ((mask)(no) & ~(condition))))
#else
typedef float vector_f32;
typedef double vector_f64;
typedef int32_t mask_f32;
typedef int64_t mask_f64;
#define V_CALL(x, name, ulp)         _Generic((x), float : name##f, double : name)
#define V_SELECT(condition, yes, no) ((condition) ? (yes) : (no))
#endif

#define V_EXP(x)      ((vector)V_CALL(x, exp, u10)(x))
#define V_EXPM1(x)    ((vector)V_CALL(x, expm1, u10)(x))
#define V_LOG(x)      ((vector)V_CALL(x, log, u10)(x))
#define V_LOG1P(x)    ((vector)V_CALL(x, log1p, u10)(x))
#define V_SIN(x)      ((vector)V_CALL(x, sin, u10)(x))
#define V_COS(x)      ((vector)V_CALL(x, cos, u10)(x))
#define V_TAN(x)      ((vector)V_CALL(x, tan, u10)(x))
#define V_SINH(x)     ((vector)V_CALL(x, sinh, u10)(x))
#define V_COSH(x)     ((vector)V_CALL(x, cosh, u10)(x))
#define V_TANH(x)     ((vector)V_CALL(x, tanh, u10)(x))
#define V_ASIN(x)     ((vector)V_CALL(x, asin, u10)(x))
#define V_ACOS(x)     ((vector)V_CALL(x, acos, u10)(x))
#define V_ATAN(x)     ((vector)V_CALL(x, atan, u10)(x))
#define V_ASINH(x)    ((vector)V_CALL(x, asinh, u10)(x))
#define V_ACOSH(x)    ((vector)V_CALL(x, acosh, u10)(x))
#define V_ATANH(x)    ((vector)V_CALL(x, atanh, u10)(x))
#define V_ERF(x)      ((vector)V_CALL(x, erf, u10)(x))
#define V_ERFC(x)     ((vector)V_CALL(x, erfc, u15)(x))
#define V_LGAMMA(x)   ((vector)V_CALL(x, lgamma, u10)(x))
#define V_POW(x, y)   ((vector)V_CALL(x, pow, u10)(x, y))
#define V_ATAN2(x, y) ((vector)V_CALL(x, atan2, u10)(x, y))

/* The remainder that has the sign of x, exact for any quotient: libm's, element by element. */
#define REMAINDER(type, fmod)                                                                                          \
  static vector_##type remainder_##type(vector_##type x, vector_##type y) {                                            \
    enum { LANES = sizeof(vector_##type) / sizeof(HR_TYPE_##type) };                                                   \
    HR_TYPE_##type xs[LANES], ys[LANES];                                                                               \
    memcpy(xs, &x, sizeof x);                                                                                          \
    memcpy(ys, &y, sizeof y);                                                                                          \
    for (int i = 0; i < LANES; ++i)                                                                                    \
      xs[i] = fmod(xs[i], ys[i]);                                                                                      \
    memcpy(&x, xs, sizeof x);                                                                                          \
    return x;                                                                                                          \
  }
REMAINDER(f32, fmodf)
REMAINDER(f64, fmod)
#define V_FMOD(x, y) _Generic((x), vector_f32 : remainder_f32, vector_f64 : remainder_f64)(x, y)
/* The remainder that has the sign of y. */
#define V_FLOOR_MOD(x, y) V_FLOOR_REMAINDER(V_FMOD(x, y), y)
#define V_FLOOR_REMAINDER(remainder, y)                                                                                \
  V_SELECT(((remainder) != 0) & (((remainder) < 0) != (y < 0)), (remainder) + y, (remainder))

/* From here on softplus(x) is x to the last bit: TensorFlow's limit. */
#define SOFTPLUS_LINEAR (sizeof(scalar) == 4 ? (scalar)13.942385 : (scalar)34.043653)
/* Klambauer et al., "Self-normalizing neural networks", 2017. */
#define SELU_SCALE       (scalar)1.0507009873554804934193349852946
#define SELU_SCALE_ALPHA (scalar)1.7580993408473768599402175208123

/* What an expression finds: its vectors x and y, the types vector, mask and scalar. */
#define TYPES(type)                                                                                                    \
  typedef HR_TYPE_##type scalar;                                                                                       \
  typedef vector_##type vector;                                                                                        \
  typedef mask_##type mask;                                                                                            \
  enum { LANES = sizeof(vector) / sizeof(scalar) };                                                                    \
  (void)sizeof(mask);

/* The last vector of a row is padded with ones, for which every function is cheap. */
#define UNARY_NATIVE(type, op, ...)                                                                                    \
  static inline vector_##type op##_of_##type(vector_##type x) {                                                        \
    TYPES(type)                                                                                                        \
    return (vector)(__VA_ARGS__);                                                                                      \
  }                                                                                                                    \
  void HR_LEVELED(op##_##type)(void *y_, const void *x_, int64_t n) {                                                  \
    TYPES(type)                                                                                                        \
    const scalar *xs = x_;                                                                                             \
    scalar *ys = y_;                                                                                                   \
    vector x;                                                                                                          \
    int64_t i = 0;                                                                                                     \
    for (; i + LANES <= n; i += LANES) {                                                                               \
      memcpy(&x, xs + i, sizeof x);                                                                                    \
      x = op##_of_##type(x);                                                                                           \
      memcpy(ys + i, &x, sizeof x);                                                                                    \
    }                                                                                                                  \
    if (i == n) return;                                                                                                \
    scalar rest[LANES];                                                                                                \
    for (int k = 0; k < LANES; ++k)                                                                                    \
      rest[k] = i + k < n ? xs[i + k] : 1;                                                                             \
    memcpy(&x, rest, sizeof x);                                                                                        \
    x = op##_of_##type(x);                                                                                             \
    memcpy(rest, &x, sizeof x);                                                                                        \
    for (int k = 0; i + k < n; ++k)                                                                                    \
      ys[i + k] = rest[k];                                                                                             \
  }
#define UNARY_HALF(...)
#define UNARY(type, ...) HR_BY_KIND(UNARY_, type)(type, __VA_ARGS__)

/* A scalar operand advances by 0 elements: it fills its vector once. */
#define BINARY_NATIVE(type, op, ...)                                                                                   \
  static inline vector_##type op##_of_##type(vector_##type x, vector_##type y) {                                       \
    TYPES(type)                                                                                                        \
    return (vector)(__VA_ARGS__);                                                                                      \
  }                                                                                                                    \
  void HR_LEVELED(op##_##type)(void *z_, const void *x_, const void *y_, int64_t n, hr_operands operands) {            \
    TYPES(type)                                                                                                        \
    const scalar *xs = x_, *ys = y_;                                                                                   \
    scalar *zs = z_;                                                                                                   \
    bool x_fixed = operands == HR_LEFT_SCALAR, y_fixed = operands == HR_RIGHT_SCALAR;                                  \
    scalar x_rest[LANES], y_rest[LANES];                                                                               \
    for (int k = 0; k < LANES; ++k)                                                                                    \
      x_rest[k] = x_fixed ? *xs : 1;                                                                                   \
    for (int k = 0; k < LANES; ++k)                                                                                    \
      y_rest[k] = y_fixed ? *ys : 1;                                                                                   \
    vector x, y;                                                                                                       \
    memcpy(&x, x_rest, sizeof x);                                                                                      \
    memcpy(&y, y_rest, sizeof y);                                                                                      \
    int64_t i = 0;                                                                                                     \
    for (; i + LANES <= n; i += LANES) {                                                                               \
      if (!x_fixed) memcpy(&x, xs + i, sizeof x);                                                                      \
      if (!y_fixed) memcpy(&y, ys + i, sizeof y);                                                                      \
      vector z = op##_of_##type(x, y);                                                                                 \
      memcpy(zs + i, &z, sizeof z);                                                                                    \
    }                                                                                                                  \
    if (i == n) return;                                                                                                \
    for (int k = 0; i + k < n && !x_fixed; ++k)                                                                        \
      x_rest[k] = xs[i + k];                                                                                           \
    for (int k = 0; i + k < n && !y_fixed; ++k)                                                                        \
      y_rest[k] = ys[i + k];                                                                                           \
    memcpy(&x, x_rest, sizeof x);                                                                                      \
    memcpy(&y, y_rest, sizeof y);                                                                                      \
    x = op##_of_##type(x, y);                                                                                          \
    memcpy(x_rest, &x, sizeof x);                                                                                      \
    for (int k = 0; i + k < n; ++k)                                                                                    \
      zs[i + k] = x_rest[k];                                                                                           \
  }
#define BINARY_HALF(...)
#define BINARY(type, ...) HR_BY_KIND(BINARY_, type)(type, __VA_ARGS__)

HR_MATH_LIST(UNARY)
HR_BINARY_MATH_LIST(BINARY)
HR_FEATURE_GRADIENT_MATH_LIST(BINARY)
