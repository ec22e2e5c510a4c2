/* Windows that move over images of floats, each channel by itself, line by line: depthwise convolutions and means. Sums
 * stay in registers, and along a line windows see the same taps.
 *
 *   y[o, c] = sum over taps, in order, of x[position of tap, c] * factors[tap * factor_step + c] */
#ifndef HR_KERNELS_CPU_CONVOLUTION_LINES_H
#define HR_KERNELS_CPU_CONVOLUTION_LINES_H

#include "kernels_cpu/convolution/window.h"

typedef struct hr_lines {
  int64_t batch, channels;
  hr_window_axis rows, columns;
  const float *factors;
  int64_t factor_step; /* the channels; 0 where all taps have the same factors */
  const float *from;
  float *to;
  bool is_mean; /* forward sums are divided by the number of taps that are inside */
} hr_lines;

/* Whether these windows can go by lines: of images, small, not dilated. */
bool hr_lines_suit(const hr_window_axis axes[HR_WINDOW_AXES]);

/* From x to y. Results do not depend on the number of threads, here and below. */
void hr_lines_forward(hr_kernel_context *ctx, const hr_lines *l);
/* From the gradient of y to that of x. */
void hr_lines_by_input(hr_kernel_context *ctx, const hr_lines *l);

#endif
