/* A matrix of few columns times a vector: see narrow.h. Blocks of elements stay in vector registers. */
#include "kernels_cpu/level/level.h"

#define LANES (2 * HR_VECTOR_BYTES) /* eight vectors of floats */

static void times_vector(float *y, const float *columns, int64_t stride, int64_t count, const float *x, int64_t n) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    float sums[LANES] = {0};
    for (int64_t j = 0; j < count; ++j) {
      const float *column = columns + j * stride + i, factor = x[j];
      HR_INDEPENDENT for (int t = 0; t < LANES; ++t) sums[t] += column[t] * factor;
    }
    HR_INDEPENDENT for (int t = 0; t < LANES; ++t) y[i + t] = sums[t];
  }
  for (; i < n; ++i) {
    float sum = 0;
    for (int64_t j = 0; j < count; ++j)
      sum += columns[j * stride + i] * x[j];
    y[i] = sum;
  }
}

static void vector_times(float *sums, const float *columns, int64_t stride, int64_t count, const float *g, int64_t n) {
  for (int64_t j = 0; j < count; ++j) {
    const float *column = columns + j * stride;
    float lanes[LANES] = {0}, sum = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
      HR_INDEPENDENT for (int t = 0; t < LANES; ++t) lanes[t] += column[i + t] * g[i + t];
    for (; i < n; ++i)
      sum += column[i] * g[i];
    for (int t = 0; t < LANES; ++t)
      sum += lanes[t];
    sums[j] += sum;
  }
}

extern const hr_narrow_loops HR_LEVELED(narrow);
const hr_narrow_loops HR_LEVELED(narrow) = {times_vector, vector_times};
