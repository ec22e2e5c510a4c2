/* What the expressions of loops.h are made of: small functions of scalars that inline into loops and into the kernels'
 * scalar paths alike. Integers wrap: whatever includes this is compiled with -fwrapv. */
#ifndef HR_KERNELS_CPU_LEVEL_EXPRESSIONS_H
#define HR_KERNELS_CPU_LEVEL_EXPRESSIONS_H

#include "kernels_cpu/special_functions.h"

#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* TensorFlow's order of comparison: the first operand stays where neither is greater, so a NaN in it does, too. */
#define HR_MAX(x, y) ((y) > (x) ? (y) : (x))
#define HR_MIN(x, y) ((y) < (x) ? (y) : (x))

#define HR_SQRT(x) _Generic((x), float : sqrtf, double : sqrt, float _Complex : csqrtf, double _Complex : csqrt)(x)
#define HR_CONJ(x)                                                                                                     \
  _Generic((x), float : hr_same_f32, double : hr_same_f64, float _Complex : conjf, double _Complex : conj)(x)
#define HR_ABS(x)                                                                                                      \
  _Generic((x), float                                                                                                  \
           : fabsf, double                                                                                             \
           : fabs, int8_t                                                                                              \
           : hr_abs_i8, int16_t                                                                                        \
           : hr_abs_i16, int32_t                                                                                       \
           : hr_abs_i32, int64_t                                                                                       \
           : hr_abs_i64)(x)
#define HR_FLOOR(x) _Generic((x), float : floorf, double : floor)(x)
#define HR_CEIL(x)  _Generic((x), float : ceilf, double : ceil)(x)
#define HR_RINT(x)  _Generic((x), float : rintf, double : rint, int32_t : hr_same_i32, int64_t : hr_same_i64)(x)
#define HR_SIGN(x)                                                                                                     \
  _Generic((x), float _Complex                                                                                         \
           : hr_sign_c64, double _Complex                                                                              \
           : hr_sign_c128, float                                                                                       \
           : hr_sign_f32, double                                                                                       \
           : hr_sign_f64, int32_t                                                                                      \
           : hr_sign_i32, int64_t                                                                                      \
           : hr_sign_i64)(x)
#define HR_IS_INF(x)    _Generic((x), float : hr_is_inf_f32, double : hr_is_inf_f64)(x)
#define HR_IS_FINITE(x) _Generic((x), float : hr_is_finite_f32, double : hr_is_finite_f64)(x)

/* Quotient and remainder of integers; the caller has made sure that y is not 0. */
#define HR_INT_DIV(x, y)                                                                                               \
  _Generic((x), int8_t                                                                                                 \
           : hr_div_i8, int16_t                                                                                        \
           : hr_div_i16, int32_t                                                                                       \
           : hr_div_i32, int64_t                                                                                       \
           : hr_div_i64, uint8_t                                                                                       \
           : hr_div_u8, uint16_t                                                                                       \
           : hr_div_u16)(x, y)
#define HR_FLOOR_DIV(x, y)                                                                                             \
  _Generic((x), int8_t                                                                                                 \
           : hr_floor_div_i8, int16_t                                                                                  \
           : hr_floor_div_i16, int32_t                                                                                 \
           : hr_floor_div_i32, int64_t                                                                                 \
           : hr_floor_div_i64, uint8_t                                                                                 \
           : hr_div_u8, uint16_t                                                                                       \
           : hr_div_u16, float                                                                                         \
           : hr_floor_div_f32, double                                                                                  \
           : hr_floor_div_f64)(x, y)
#define HR_INT_MOD(x, y)   _Generic((x), int32_t : hr_mod_i32, int64_t : hr_mod_i64)(x, y)
#define HR_FLOOR_MOD(x, y) _Generic((x), int32_t : hr_floor_mod_i32, int64_t : hr_floor_mod_i64)(x, y)
#define HR_INT_POW(x, y)   _Generic((x), int32_t : hr_pow_i32, int64_t : hr_pow_i64)(x, y)

/* Shifts by less than 0 or more than the width minus 1 count as these limits. */
#define HR_SHIFT(x, y) ((y) < 0 ? 0 : (uint64_t)(y) > 8 * sizeof(x) - 1 ? (int)(8 * sizeof(x) - 1) : (int)(y))

/* HR_COMPLEX_MATH(exp, x) is cexpf or cexp. */
#define HR_COMPLEX_MATH(name, x) _Generic((x), float _Complex : c##name##f, double _Complex : c##name)(x)
#define HR_COMPLEX_POW(x, y)     _Generic((x), float _Complex : cpowf, double _Complex : cpow)(x, y)
#define HR_COMPLEX_EXPM1(x)      _Generic((x), float _Complex : hr_expm1_c64, double _Complex : hr_expm1_c128)(x)
#define HR_COMPLEX_LOG1P(x)      _Generic((x), float _Complex : hr_log1p_c64, double _Complex : hr_log1p_c128)(x)
#define HR_NEXT_AFTER(x, y)      _Generic((x), float : nextafterf, double : nextafter)(x, y)

static inline float hr_same_f32(float x) { return x; }
static inline double hr_same_f64(double x) { return x; }
static inline int32_t hr_same_i32(int32_t x) { return x; }
static inline int64_t hr_same_i64(int64_t x) { return x; }
static inline bool hr_is_inf_f32(float x) { return fabsf(x) == INFINITY; }
static inline bool hr_is_inf_f64(double x) { return fabs(x) == (double)INFINITY; }
static inline bool hr_is_finite_f32(float x) { return fabsf(x) < INFINITY; }
static inline bool hr_is_finite_f64(double x) { return fabs(x) < (double)INFINITY; }
static inline float _Complex hr_sign_c64(float _Complex x) { return x == 0 ? 0 : x / cabsf(x); }
static inline double _Complex hr_sign_c128(double _Complex x) { return x == 0 ? 0 : x / cabs(x); }
static inline float hr_floor_div_f32(float x, float y) { return floorf(x / y); }
static inline double hr_floor_div_f64(double x, double y) { return floor(x / y); }

/* e^(a + ib) - 1 and log(1 + a + ib), exact near 0. */
static inline double _Complex hr_expm1_c128(double _Complex x) {
  double a = creal(x), b = cimag(x), s = sin(b / 2);
  return __builtin_complex(expm1(a) * cos(b) - 2 * s * s, exp(a) * sin(b));
}
static inline double _Complex hr_log1p_c128(double _Complex x) {
  double a = creal(x), b = cimag(x);
  return __builtin_complex(0.5 * log1p(2 * a + a * a + b * b), atan2(b, 1 + a));
}
static inline float _Complex hr_expm1_c64(float _Complex x) { return (float _Complex)hr_expm1_c128(x); }
static inline float _Complex hr_log1p_c64(float _Complex x) { return (float _Complex)hr_log1p_c128(x); }

#define HR_DIGAMMA(x) _Generic((x), float : (float)hr_digamma((double)(x)), double : hr_digamma((double)(x)))
/* Logarithmic derivative of the gamma function: reflection below 0, recurrence up to 10, then the asymptotic series
 * (Abramowitz and Stegun, 6.3.7, 6.3.5, 6.3.18). */
static inline double hr_digamma(double x) {
  double sum = 0;
  if (x <= 0) {
    if (x == floor(x)) return NAN;
    sum = -M_PI / tan(M_PI * (x - floor(x)));
    x = 1 - x;
  }
  for (; x < 10; ++x)
    sum -= 1 / x;
  double s = 1 / (x * x);
  double series =
      s *
      (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (5.0 / 660 - s * (691.0 / 32760 - s / 12))))));
  return sum + log(x) - 0.5 / x - series;
}

#define HR_SIGN_FUNCTION(name, type)                                                                                   \
  static inline type hr_sign_##name(type x) { return (type)((x > 0) - (x < 0)); }
HR_SIGN_FUNCTION(f32, float)
HR_SIGN_FUNCTION(f64, double)
HR_SIGN_FUNCTION(i32, int32_t)
HR_SIGN_FUNCTION(i64, int64_t)

/* -1 has a case of its own: INT_MIN / -1 wraps to INT_MIN, where the processor would trap. */
#define HR_SIGNED_DIVISION(name, type)                                                                                 \
  static inline type hr_abs_##name(type x) { return (type)(x < 0 ? -x : x); }                                          \
  static inline type hr_div_##name(type x, type y) { return (type)(y == -1 ? -x : x / y); }                            \
  static inline type hr_mod_##name(type x, type y) { return (type)(y == -1 ? 0 : x % y); }                             \
  static inline type hr_floor_div_##name(type x, type y) {                                                             \
    type quotient = hr_div_##name(x, y);                                                                               \
    return (type)(quotient - (hr_mod_##name(x, y) != 0 && (x < 0) != (y < 0)));                                        \
  }                                                                                                                    \
  static inline type hr_floor_mod_##name(type x, type y) {                                                             \
    type remainder = hr_mod_##name(x, y);                                                                              \
    return (type)(remainder != 0 && (x < 0) != (y < 0) ? remainder + y : remainder);                                   \
  }
HR_SIGNED_DIVISION(i8, int8_t)
HR_SIGNED_DIVISION(i16, int16_t)
HR_SIGNED_DIVISION(i32, int32_t)
HR_SIGNED_DIVISION(i64, int64_t)
static inline uint8_t hr_div_u8(uint8_t x, uint8_t y) { return (uint8_t)(x / y); }
static inline uint16_t hr_div_u16(uint16_t x, uint16_t y) { return (uint16_t)(x / y); }

#define HR_INT_POWER(name, type, bits)                                                                                 \
  static inline type hr_pow_##name(type x, type y) {                                                                   \
    bits base = (bits)x, power = 1;                                                                                    \
    for (bits exponent = (bits)y; exponent; exponent >>= 1, base *= base)                                              \
      if (exponent & 1) power *= base;                                                                                 \
    return (type)power;                                                                                                \
  }
HR_INT_POWER(i32, int32_t, uint32_t)
HR_INT_POWER(i64, int64_t, uint64_t)

#endif
