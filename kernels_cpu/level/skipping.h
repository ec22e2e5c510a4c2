/* Products that leave out terms whose first factor is zero. */
#ifndef HR_KERNELS_CPU_LEVEL_SKIPPING_H
#define HR_KERNELS_CPU_LEVEL_SKIPPING_H

#include <stdbool.h>
#include <stdint.h>

/* At most so many rows and terms of a product at once. */
enum { HR_SKIPPING_ROWS = 128, HR_SKIPPING_TERMS = 64 };

/* What of each row is not zero, in order: the factors, and which terms they belong to. */
typedef struct hr_nonzeros {
  int32_t count[HR_SKIPPING_ROWS];
  float factors[HR_SKIPPING_ROWS][HR_SKIPPING_TERMS + 16]; /* whole vectors are written, behind the last one too */
  int32_t terms[HR_SKIPPING_ROWS][HR_SKIPPING_TERMS + 16];
} hr_nonzeros;

typedef struct hr_skipping_loops {
  /* Collects a[row * row_stride + term * term_stride], one of the strides being 1, for rows x terms of them. */
  void (*collect)(hr_nonzeros *out, const float *a, int64_t row_stride, int64_t term_stride, int64_t rows,
                  int64_t terms);
  /* c[row][j] (+)= the sum over its nonzeros, in order, of factor * b[term][j]; j < columns, which are at least
   * HR_VECTOR_BYTES / 4. Rows of b and of c lie `stride` apart. False, and c is unfinished, where b is not finite. */
  bool (*multiply)(const hr_nonzeros *nonzeros, int64_t rows, const float *b, int64_t terms, float *c, int64_t stride,
                   int64_t columns, bool adds);
} hr_skipping_loops;

#endif
