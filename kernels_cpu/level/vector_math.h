/* Transcendental functions of vectors. Exponentials and hyperbolic tangents of floats are our own (floats.h). SLEEF
 * supplies the others: at most 1 ulp from the exact value (1.5 for erfc), and 3.5 for the logarithm, sine and cosine of
 * floats, which take about twice as long otherwise.
 * Where SLEEF has no code for the machine, a vector is one element and libm supplies them. */
#ifndef HR_KERNELS_CPU_LEVEL_VECTOR_MATH_H
#define HR_KERNELS_CPU_LEVEL_VECTOR_MATH_H

#include "kernels_cpu/level/floats.h"
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
#define V_QUICK(x, name)     _Generic((x), vector_f32 : SHAPED_F32(name, u35), vector_f64 : SHAPED_F64(name, u10))
#define V_OWN(x, name)       _Generic((x), vector_f32 : name##_of_floats, vector_f64 : SHAPED_F64(name, u10))
/* The yes where the comparison holds; both are computed. */
#define V_SELECT(condition, yes, no) ((vector)(((mask)(yes) & (condition)) | ((mask)(no) & ~(condition))))
#else
typedef float vector_f32;
typedef double vector_f64;
typedef int32_t mask_f32;
typedef int64_t mask_f64;
#define V_CALL(x, name, ulp)         _Generic((x), float : name##f, double : name)
#define V_QUICK(x, name)             V_CALL(x, name, u10)
#define V_OWN(x, name)               V_CALL(x, name, u10)
#define V_SELECT(condition, yes, no) ((condition) ? (yes) : (no))
#endif

#define V_EXP(x)      ((vector)V_OWN(x, exp)(x))
#define V_EXPM1(x)    ((vector)V_CALL(x, expm1, u10)(x))
#define V_LOG(x)      ((vector)V_QUICK(x, log)(x))
#define V_LOG1P(x)    ((vector)V_CALL(x, log1p, u10)(x))
#define V_SIN(x)      ((vector)V_QUICK(x, sin)(x))
#define V_COS(x)      ((vector)V_QUICK(x, cos)(x))
#define V_TAN(x)      ((vector)V_CALL(x, tan, u10)(x))
#define V_SINH(x)     ((vector)V_CALL(x, sinh, u10)(x))
#define V_COSH(x)     ((vector)V_CALL(x, cosh, u10)(x))
#define V_TANH(x)     ((vector)V_OWN(x, tanh)(x))
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

/* What an expression finds: its vectors x and y, the types vector, mask and scalar. */
#define V_TYPES(type)                                                                                                  \
  typedef HR_TYPE_##type scalar;                                                                                       \
  typedef vector_##type vector;                                                                                        \
  typedef mask_##type mask;                                                                                            \
  enum { LANES = sizeof(vector) / sizeof(scalar) };                                                                    \
  (void)sizeof(mask);

#endif
