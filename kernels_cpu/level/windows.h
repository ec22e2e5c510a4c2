/* Loops over what windows see: rows of channels, floats, one for each tap. Sums stay in registers from tap to tap. */
#ifndef HR_KERNELS_CPU_LEVEL_WINDOWS_H
#define HR_KERNELS_CPU_LEVEL_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct hr_window_loops {
  /* out[w * out_step + c] = the sum over taps, in order, of a[tap][w * a_step + c] * b[tap][c], for each of `windows`.
   */
  void (*sum_taps)(float *out, int64_t out_step, const float *const *a, int64_t a_step, const float *const *b,
                   int64_t windows, int64_t taps, int64_t channels);
  /* out[c] += the sum over rows, in order, of a[row * a_step + c] * b[row * b_step + c]. */
  void (*sum_rows)(float *out, const float *a, int64_t a_step, const float *b, int64_t b_step, int64_t rows,
                   int64_t channels);
  /* For each w of `windows` in order: out[tap][w * x_step + c] += y[w * channels + c] for the first tap that has the
   * largest x[tap][w * x_step + c], where it is one of the taps [first, last). `anew`: out is written as if it had been
   * zero. At least one tap. */
  void (*add_to_largest)(float *const *out, const float *const *x, int64_t x_step, const float *y, int64_t windows,
                         int64_t taps, int64_t first, int64_t last, bool anew, int64_t channels);
} hr_window_loops;

#endif
