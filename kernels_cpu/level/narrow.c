/* A matrix of few columns times a vector: see narrow.h. */
#include "kernels_cpu/level/registers.h"

/* Vectors of rows at once. */
enum { TALL = 8, WIDE = 4, GROUP = 3 };

static void times_vector(float *y, const float *columns, int64_t stride, int64_t count, const float *x, int64_t n) {
  int64_t i = 0;
  vector zero = {0};
  for (; i + TALL * LANES <= n; i += TALL * LANES) {
    vector sums[TALL];
#pragma GCC unroll 8
    for (int v = 0; v < TALL; ++v)
      sums[v] = zero;
    for (int64_t j = 0; j < count; ++j) {
      const float *column = columns + j * stride + i;
      vector factor = x[j] - zero;
#pragma GCC unroll 8
      for (int v = 0; v < TALL; ++v)
        sums[v] = multiply_add(factor, load(column + v * LANES), sums[v]);
    }
#pragma GCC unroll 8
    for (int v = 0; v < TALL; ++v)
      store(y + i + v * LANES, sums[v]);
  }
  for (; i < n; ++i) {
    float sum = 0;
    for (int64_t j = 0; j < count; ++j)
      sum += columns[j * stride + i] * x[j];
    y[i] = sum;
  }
}

/* A group of columns, so that what multiplies them is read once. */
static inline __attribute__((always_inline)) void times_group(int group, float *sums, const float *columns,
                                                              int64_t stride, const float *g, int64_t n) {
  vector zero = {0}, partial[GROUP][WIDE];
#pragma GCC unroll 3
  for (int j = 0; j < group; ++j)
#pragma GCC unroll 4
    for (int v = 0; v < WIDE; ++v)
      partial[j][v] = zero;
  int64_t i = 0;
  for (; i + WIDE * LANES <= n; i += WIDE * LANES) {
#pragma GCC unroll 4
    for (int v = 0; v < WIDE; ++v) {
      vector factor = load(g + i + v * LANES);
#pragma GCC unroll 3
      for (int j = 0; j < group; ++j)
        partial[j][v] = multiply_add(factor, load(columns + j * stride + i + v * LANES), partial[j][v]);
    }
  }
  for (int j = 0; j < group; ++j) {
    float rest = 0;
    for (int64_t k = i; k < n; ++k)
      rest += columns[j * stride + k] * g[k];
    vector all = (partial[j][0] + partial[j][1]) + (partial[j][2] + partial[j][3]);
    sums[j] += sum_of_lanes(all) + rest;
  }
}

static void vector_times(float *sums, const float *columns, int64_t stride, int64_t count, const float *g, int64_t n) {
  int64_t j = 0;
  for (; j + GROUP <= count; j += GROUP)
    times_group(GROUP, sums + j, columns + j * stride, stride, g, n);
  for (; j < count; ++j)
    times_group(1, sums + j, columns + j * stride, stride, g, n);
}

extern const hr_narrow_loops HR_LEVELED(narrow);
const hr_narrow_loops HR_LEVELED(narrow) = {times_vector, vector_times};
