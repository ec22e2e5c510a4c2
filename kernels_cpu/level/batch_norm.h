/* The passes of batch normalisation over matrices of floats, in which a row is a place in the batch and a column a
 * channel; compiled once per instruction level like the loops of loops.h. */
#ifndef HR_KERNELS_CPU_LEVEL_BATCH_NORM_H
#define HR_KERNELS_CPU_LEVEL_BATCH_NORM_H

#include <stdint.h>

/* `columns` columns of a matrix whose rows are `stride` floats apart. What there is one of for each column is dense. */
typedef struct hr_batch_norm_loops {
  /* The mean of each column, and the sum of its squared distances from it; rows > 0. */
  void (*moments)(float *mean, float *squares, const float *x, int64_t rows, int64_t columns, int64_t stride);
  /* Sums of dy, and of dy (x - mean). */
  void (*gradient_sums)(float *sum, float *product, const float *dy, const float *x, const float *mean, int64_t rows,
                        int64_t columns, int64_t stride);
  /* A dense row: y = (x - mean) factor + offset. */
  void (*normalize)(float *y, const float *x, const float *mean, const float *factor, const float *offset,
                    int64_t columns);
  /* A dense row: dx = (dy - mean_dy - (x - mean) slope) factor. */
  void (*gradient)(float *dx, const float *dy, const float *x, const float *mean, const float *mean_dy,
                   const float *slope, const float *factor, int64_t columns);
} hr_batch_norm_loops;

/* Moments of two sets of rows make those of both: mean and squares of `count` rows take in those of `more` others. */
static inline void hr_merge_moments(float *mean, float *squares, float count, float other_mean, float other_squares,
                                    float more) {
  float distance = other_mean - *mean, part = more / (count + more);
  *mean += distance * part;
  *squares += other_squares + distance * distance * (count * part);
}

#endif
