/* Floats in a vector register, for loops that the compiler does not keep in registers by itself. */
#ifndef HR_KERNELS_CPU_LEVEL_REGISTERS_H
#define HR_KERNELS_CPU_LEVEL_REGISTERS_H

#include "kernels_cpu/level/level.h"
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

typedef float vector __attribute__((vector_size(HR_VECTOR_BYTES)));
typedef int32_t mask __attribute__((vector_size(HR_VECTOR_BYTES)));
enum { LANES = HR_VECTOR_BYTES / sizeof(float) };

static inline vector load(const float *from) {
  vector v;
  memcpy(&v, from, sizeof v);
  return v;
}

static inline void store(float *to, vector v) { memcpy(to, &v, sizeof v); }

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* The first `count` floats of a vector; zeros behind them. */
static ALWAYS_INLINE vector load_some(const float *from, int64_t count) {
  vector v = {0};
  if (count >= LANES) return load(from);
  memcpy(&v, from, sizeof *from * (size_t)count);
  return v;
}
static ALWAYS_INLINE void store_some(float *to, vector v, int64_t count) {
  if (count >= LANES)
    store(to, v);
  else
    memcpy(to, &v, sizeof *to * (size_t)count);
}

/* x * y + z, rounded once where the machine has that. */
static inline vector multiply_add(vector x, vector y, vector z) {
#if defined(__AVX512F__)
  return (vector)_mm512_fmadd_ps((__m512)x, (__m512)y, (__m512)z);
#elif defined(__FMA__)
  return (vector)_mm256_fmadd_ps((__m256)x, (__m256)y, (__m256)z);
#else
  return x * y + z;
#endif
}

static inline float sum_of_lanes(vector v) {
  float lanes[LANES];
  memcpy(lanes, &v, sizeof lanes);
  for (int w = LANES / 2; w > 0; w /= 2)
    for (int i = 0; i < w; ++i)
      lanes[i] += lanes[i + w];
  return lanes[0];
}

#endif
