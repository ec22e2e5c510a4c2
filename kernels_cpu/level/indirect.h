/* A product of matrices, the first of which is a table of pointers to pieces of its rows: convolutions are one, without
 * copies of what their windows see.
 *
 * M. Dukhan, "The indirect convolution algorithm", 2019. */
#ifndef HR_KERNELS_CPU_LEVEL_INDIRECT_H
#define HR_KERNELS_CPU_LEVEL_INDIRECT_H

#include <stdbool.h>
#include <stdint.h>

/* Row r of a tile is out[r][column] = sum over pieces p and terms t of rows[p * height + r][t] * b[p][t][column].
 * Every element is one sum, in that order. */
typedef struct hr_indirect_product {
  const float *const *rows; /* [tiles][pieces][height] */
  const float *b;           /* [panels][pieces][terms][width]: the last one filled up with any numbers */
  float *const *out;        /* [tiles][height] */
  int64_t tiles, pieces, terms, columns;
  bool is_streamed; /* past the caches; rows of `out` are aligned to 64 bytes, and hr_streamed_done is the caller's */
} hr_indirect_product;

typedef struct hr_indirect_loops {
  int height, width; /* rows of a tile, columns of a panel */
  void (*multiply)(const hr_indirect_product *product);
} hr_indirect_loops;

#endif
