/* Loops over rows of images, compiled once per instruction level like the loops of loops.h. Rows are dense, a pixel's
 * channels side by side; arrays of one call do not overlap unless said. */
#ifndef HR_KERNELS_CPU_LEVEL_IMAGE_H
#define HR_KERNELS_CPU_LEVEL_IMAGE_H

#include <stdint.h>

/* The most elements that one element of a resized row is made of. */
#define HR_MAX_TAPS 4

/* What each element of a resized row is made of: elements index[k][i] of the input row, with weight[k][i]. */
typedef struct hr_taps {
  int count;
  int32_t *index[HR_MAX_TAPS];
  float *weight[HR_MAX_TAPS];
} hr_taps;

/* A pixel of a shrunk row covers pixels first..last of the input row; those between count in full. */
typedef struct hr_span {
  int64_t first, last;
  float first_share, last_share;
} hr_span;

/* Pixels of three channels: n of them from `in` to `out`, which may be one array. */
typedef void hr_color_loop(void *out, const void *in, int64_t n, float amount);

typedef struct hr_image_table {
  /* out[i] = a + (b - a) * weight[1][i] of two taps a, b. */
  void (*interpolate)(float *out, const float *row, const hr_taps *taps, int64_t n);
  /* out[i] = a[i] + (b[i] - a[i]) * weight; `a` may be `b`. */
  void (*blend)(float *out, const float *a, const float *b, float weight, int64_t n);
  /* Sums of four taps, and of four rows, each times its weight, in their order. */
  void (*convolve)(float *out, const float *row, const hr_taps *taps, int64_t n);
  void (*combine)(float *out, const float *const rows[4], const float weights[4], int64_t n);
  /* Sums of spans of pixels, n of them; what lies beyond the row of `pixels` is its last pixel. */
  void (*shrink)(float *out, const float *row, int64_t pixels, const hr_span *spans, int64_t n, int64_t channels);
  /* sum[i] += x[i] * weight; x[i] * weight. */
  void (*add_scaled)(float *sum, const float *x, float weight, int64_t n);
  void (*scale)(float *x, float weight, int64_t n);
  /* x[i] = (in[i] - mean[i % channels]) * factor + mean[i % channels], `pixels` of them. */
  void (*contrast)(float *out, const float *in, const float *mean, float factor, int64_t pixels, int64_t channels);
  hr_color_loop *rgb_to_hsv_f32, *rgb_to_hsv_f64, *hsv_to_rgb_f32, *hsv_to_rgb_f64; /* no amount */
  hr_color_loop *turn_hue, *scale_saturation;                                       /* floats */
} hr_image_table;

#endif
