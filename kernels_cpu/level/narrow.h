/* A matrix of few columns, kept by columns, times a vector: one loop for each side the vector may stand on. */
#ifndef HR_KERNELS_CPU_LEVEL_NARROW_H
#define HR_KERNELS_CPU_LEVEL_NARROW_H

#include <stdint.h>

typedef struct hr_narrow_loops {
  /* y[i] = sum over j of columns[j * stride + i] * x[j], in the order of j; i < n. */
  void (*times_vector)(float *y, const float *columns, int64_t stride, int64_t count, const float *x, int64_t n);
  /* sums[j] += sum over i of columns[j * stride + i] * g[i]; i < n. */
  void (*vector_times)(float *sums, const float *columns, int64_t stride, int64_t count, const float *g, int64_t n);
} hr_narrow_loops;

#endif
