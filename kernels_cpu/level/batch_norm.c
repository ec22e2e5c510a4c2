/* Passes of batch normalisation. Columns are taken a strip at a time, whose accumulators stay in registers. */
#include "kernels_cpu/level/batch_norm.h"
#include "kernels_cpu/level/level.h"

/* Rows whose strip stays in the first cache from pass to pass; blocks also keep the rounding error of sums small. */
enum { BLOCK_ROWS = 64 };
enum { WIDE = 4 * HR_VECTOR_BYTES / sizeof(float), NARROW = HR_VECTOR_BYTES / sizeof(float) };

#define STRIP static inline __attribute__((always_inline)) void

/* ---- moments --------------------------------------------------------------------------------------------------- */

/* A block of `rows` rows below `above` others, which mean and squares tell of. */
STRIP strip_moments(float *mean, float *squares, const float *x, int64_t above, int64_t rows, int width,
                    int64_t stride) {
  float sum[WIDE], center[WIDE], square[WIDE];
  for (int k = 0; k < width; ++k)
    sum[k] = square[k] = 0;
  for (int64_t r = 0; r < rows; ++r)
    for (int k = 0; k < width; ++k)
      sum[k] += x[r * stride + k];
  for (int k = 0; k < width; ++k)
    center[k] = sum[k] / (float)rows;
  for (int64_t r = 0; r < rows; ++r)
    for (int k = 0; k < width; ++k) {
      float distance = x[r * stride + k] - center[k];
      square[k] += distance * distance;
    }
  for (int k = 0; k < width; ++k) {
    if (above > 0) {
      hr_merge_moments(&mean[k], &squares[k], (float)above, center[k], square[k], (float)rows);
    } else {
      mean[k] = center[k];
      squares[k] = square[k];
    }
  }
}

static void moments(float *mean, float *squares, const float *x, int64_t rows, int64_t columns, int64_t stride) {
  for (int64_t start = 0; start < rows; start += BLOCK_ROWS) {
    const float *block = x + start * stride;
    int64_t n = rows - start < BLOCK_ROWS ? rows - start : BLOCK_ROWS, k = 0;
    for (; k + WIDE <= columns; k += WIDE)
      strip_moments(mean + k, squares + k, block + k, start, n, WIDE, stride);
    for (; k + NARROW <= columns; k += NARROW)
      strip_moments(mean + k, squares + k, block + k, start, n, NARROW, stride);
    if (k < columns) strip_moments(mean + k, squares + k, block + k, start, n, (int)(columns - k), stride);
  }
}

/* ---- sums of the gradient -------------------------------------------------------------------------------------- */

STRIP strip_sums(float *sum, float *product, const float *dy, const float *x, const float *mean, int64_t rows,
                 int width, int64_t stride) {
  float a[WIDE], b[WIDE];
  for (int k = 0; k < width; ++k)
    a[k] = b[k] = 0;
  for (int64_t r = 0; r < rows; ++r)
    for (int k = 0; k < width; ++k) {
      a[k] += dy[r * stride + k];
      b[k] += dy[r * stride + k] * (x[r * stride + k] - mean[k]);
    }
  for (int k = 0; k < width; ++k) {
    sum[k] += a[k];
    product[k] += b[k];
  }
}

static void gradient_sums(float *sum, float *product, const float *dy, const float *x, const float *mean, int64_t rows,
                          int64_t columns, int64_t stride) {
  for (int64_t k = 0; k < columns; ++k)
    sum[k] = product[k] = 0;
  for (int64_t start = 0; start < rows; start += BLOCK_ROWS) {
    const float *gradients = dy + start * stride, *block = x + start * stride;
    int64_t n = rows - start < BLOCK_ROWS ? rows - start : BLOCK_ROWS, k = 0;
    enum { HALF_WIDE = WIDE / 2 }; /* two sums and the mean share the registers */
    for (; k + HALF_WIDE <= columns; k += HALF_WIDE)
      strip_sums(sum + k, product + k, gradients + k, block + k, mean + k, n, HALF_WIDE, stride);
    for (; k + NARROW <= columns; k += NARROW)
      strip_sums(sum + k, product + k, gradients + k, block + k, mean + k, n, NARROW, stride);
    if (k < columns)
      strip_sums(sum + k, product + k, gradients + k, block + k, mean + k, n, (int)(columns - k), stride);
  }
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static void normalize(float *y, const float *x, const float *mean, const float *factor, const float *offset,
                      int64_t columns) {
  HR_INDEPENDENT for (int64_t k = 0; k < columns; ++k) y[k] = (x[k] - mean[k]) * factor[k] + offset[k];
}

static void gradient(float *dx, const float *dy, const float *x, const float *mean, const float *mean_dy,
                     const float *slope, const float *factor, int64_t columns) {
  HR_INDEPENDENT for (int64_t k = 0; k < columns; ++k) dx[k] =
      (dy[k] - mean_dy[k] - (x[k] - mean[k]) * slope[k]) * factor[k];
}

extern const hr_batch_norm_loops HR_LEVELED(batch_norm);
const hr_batch_norm_loops HR_LEVELED(batch_norm) = {moments, gradient_sums, normalize, gradient};
