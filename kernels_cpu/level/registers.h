/* Floats in a vector register, for loops that the compiler does not keep in registers by itself. */
#ifndef HR_KERNELS_CPU_LEVEL_REGISTERS_H
#define HR_KERNELS_CPU_LEVEL_REGISTERS_H

#include "kernels_cpu/level/floats.h"
#include <string.h>

typedef floats vector;
typedef words mask;
enum { LANES = HR_VECTOR_BYTES / sizeof(float) };

static inline vector load(const float *from) {
  vector v;
  memcpy(&v, from, sizeof v);
  return v;
}

static inline void store(float *to, vector v) { memcpy(to, &v, sizeof v); }

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

static inline float sum_of_lanes(vector v) {
  float lanes[LANES];
  memcpy(lanes, &v, sizeof lanes);
  for (int w = LANES / 2; w > 0; w /= 2)
    for (int i = 0; i < w; ++i)
      lanes[i] += lanes[i + w];
  return lanes[0];
}

#endif
