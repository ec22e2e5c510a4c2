/* Conversions between all pairs of numeric types. Where a float is too large for the integer, the result is what
 * x86-64's conversion to 32 (or 64) bits gives, the lowest number, cut to the target's width: as in TensorFlow. */
#include "kernels_cpu/level/level.h"
#if defined(__F16C__)
#include <immintrin.h>
#endif

static inline int32_t f32_to_i32(float x) { return x >= -0x1p31f && x < 0x1p31f ? (int32_t)x : INT32_MIN; }
static inline int32_t f64_to_i32(double x) { return x > -0x1p31 - 1 && x < 0x1p31 ? (int32_t)x : INT32_MIN; }
static inline int64_t f32_to_i64(float x) { return x >= -0x1p63f && x < 0x1p63f ? (int64_t)x : INT64_MIN; }
static inline int64_t f64_to_i64(double x) { return x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN; }
static inline uint64_t f32_to_u64(float x) {
  return x < 0x1p63f ? (uint64_t)f32_to_i64(x) : (uint64_t)f32_to_i64(x - 0x1p63f) ^ UINT64_C(1) << 63;
}
static inline uint64_t f64_to_u64(double x) {
  return x < 0x1p63 ? (uint64_t)f64_to_i64(x) : (uint64_t)f64_to_i64(x - 0x1p63) ^ UINT64_C(1) << 63;
}
static inline int64_t integer(int64_t x) { return x; }

#define TO_32(x)   _Generic((x), float : f32_to_i32, double : f64_to_i32, default : integer)(x)
#define TO_64(x)   _Generic((x), float : f32_to_i64, double : f64_to_i64, default : integer)(x)
#define TO_u64(x)  (uint64_t) _Generic((x), float : f32_to_u64, double : f64_to_u64, default : integer)(x)
#define TO_i8(x)   (int8_t) TO_32(x)
#define TO_u8(x)   (uint8_t) TO_32(x)
#define TO_i16(x)  (int16_t) TO_32(x)
#define TO_u16(x)  (uint16_t) TO_32(x)
#define TO_i32(x)  (int32_t) TO_32(x)
#define TO_u32(x)  (uint32_t) TO_64(x)
#define TO_i64(x)  TO_64(x)
#define TO_f32(x)  (float)(x)
#define TO_f64(x)  (double)(x)
#define TO_b8(x)   ((x) != 0)
#define TO_c64(x)  (float _Complex)(x)
#define TO_c128(x) (double _Complex)(x)

#define CAST(to, from)                                                                                                 \
  static void cast_##from##_##to(void *y_, const void *x_, int64_t n) {                                                \
    HR_TYPE_##to *y = y_;                                                                                              \
    const HR_TYPE_##from *x = x_;                                                                                      \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) y[i] = TO_##to(x[i]);                                               \
  }
/* The real part of a complex number goes into a real one. */
#define CAST_PART(to, from, part)                                                                                      \
  static void cast_##from##_##to(void *y_, const void *x_, int64_t n) {                                                \
    HR_TYPE_##to *y = y_;                                                                                              \
    const HR_TYPE_##from *x = x_;                                                                                      \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) y[i] = TO_##to(part(x[i]));                                         \
  }

#define REAL_TARGETS(X, ...)                                                                                           \
  X(f32, __VA_ARGS__)                                                                                                  \
  X(f64, __VA_ARGS__)                                                                                                  \
  X(i8, __VA_ARGS__)                                                                                                   \
  X(i16, __VA_ARGS__)                                                                                                  \
  X(i32, __VA_ARGS__)                                                                                                  \
  X(i64, __VA_ARGS__) X(u8, __VA_ARGS__) X(u16, __VA_ARGS__) X(u32, __VA_ARGS__) X(u64, __VA_ARGS__)                   \
      X(b8, __VA_ARGS__)
#define COMPLEX_TARGETS(X, ...)   X(c64, __VA_ARGS__) X(c128, __VA_ARGS__)
#define REAL_SOURCES_BUT_FLOAT(X) X(f64) X(i8) X(i16) X(i32) X(i64) X(u8) X(u16) X(u32) X(u64) X(b8)

#define FROM_REAL(from) REAL_TARGETS(CAST, from) COMPLEX_TARGETS(CAST, from)
FROM_REAL(f32)
REAL_SOURCES_BUT_FLOAT(FROM_REAL)
REAL_TARGETS(CAST_PART, c64, crealf)
REAL_TARGETS(CAST_PART, c128, creal)
COMPLEX_TARGETS(CAST, c64)
COMPLEX_TARGETS(CAST, c128)

static void cast_f16_f32(void *y_, const void *x_, int64_t n) {
  float *y = y_;
  const hr_half *x = x_;
  int64_t i = 0;
#if defined(__F16C__)
  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(x + i))));
#endif
  for (; i < n; ++i)
    y[i] = hr_half_to_float(x[i]);
}

static void cast_f32_f16(void *y_, const void *x_, int64_t n) {
  hr_half *y = y_;
  const float *x = x_;
  int64_t i = 0;
#if defined(__F16C__)
  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128((__m128i *)(y + i), _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT));
#endif
  for (; i < n; ++i)
    y[i] = hr_half_from_float(x[i]);
}

static void cast_b16_f32(void *y_, const void *x_, int64_t n) {
  uint32_t *y = y_; /* the bits of floats */
  const hr_bfloat16 *x = x_;
  HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) y[i] = (uint32_t)x[i].bits << 16;
}

static void cast_f32_b16(void *y_, const void *x_, int64_t n) {
  hr_bfloat16 *y = y_;
  const uint32_t *x = x_; /* the bits of floats */
  HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {
    bool is_nan = (x[i] & 0x7fffffff) > 0x7f800000;
    uint32_t rounded = (x[i] + 0x7fff + (x[i] >> 16 & 1)) >> 16;
    y[i].bits = (uint16_t)(is_nan ? 0x7fc0 : rounded);
  }
}

#define ENTRY(to, from, ...) [HR_DTYPE_##to] = cast_##from##_##to,
#define ENTRIES(from)        [HR_DTYPE_##from] = {REAL_TARGETS(ENTRY, from) COMPLEX_TARGETS(ENTRY, from)},
#define FLOAT_ENTRIES        [HR_FLOAT] = {REAL_TARGETS(ENTRY, f32) COMPLEX_TARGETS(ENTRY, f32) HR_HALVES(ENTRY, f32)},
hr_unary_loop *const HR_LEVELED(casts)[HR_DTYPE_COUNT][HR_DTYPE_COUNT] = {
    FLOAT_ENTRIES REAL_SOURCES_BUT_FLOAT(ENTRIES) ENTRIES(c64) ENTRIES(c128)[HR_HALF] = {ENTRY(f32, f16)},
    [HR_BFLOAT16] = {ENTRY(f32, b16)},
};
