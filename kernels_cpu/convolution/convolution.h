/* Convolutions of images and volumes with the channels last, and their gradients.
 *
 *   x       [batch, in..., channels]
 *   filter  [window..., channels, filters]
 *   y       [batch, out..., filters]
 *
 * Results do not depend on the number of threads. */
#ifndef HR_KERNELS_CPU_CONVOLUTION_CONVOLUTION_H
#define HR_KERNELS_CPU_CONVOLUTION_CONVOLUTION_H

#include "kernels_cpu/convolution/window.h"

/* The three, of which one is computed from the other two: y, or the gradient of x or of the filter (then y is the
 * gradient of y). */
typedef enum hr_convolution_part { HR_CONVOLUTION_Y, HR_CONVOLUTION_X, HR_CONVOLUTION_FILTER } hr_convolution_part;
enum { HR_CONVOLUTION_PARTS = 3 };

typedef struct hr_convolution {
  hr_dtype dtype; /* float, double, half; int32 by patches, for y */
  int64_t batch, channels, filters;
  hr_window_axis axes[HR_WINDOW_AXES];
  void *data[HR_CONVOLUTION_PARTS];
} hr_convolution;

/* Compiled code for the shapes that a kernel has met: one for each kernel and session. */
typedef struct hr_convolution_cache hr_convolution_cache;
HR_MUST_USE hr_status hr_convolution_cache_new(hr_convolution_cache **out);
void hr_convolution_cache_free(hr_convolution_cache *cache);

/* Writes the part. ResourceExhausted for scratch memory. */
HR_MUST_USE hr_status hr_convolve(hr_kernel_context *ctx, hr_convolution_cache *cache, const hr_convolution *c,
                                  hr_convolution_part part);

/* ---- the ways, which hr_convolve chooses between ---------------------------------------------------------------- */

/* By matrix products of patches: all shapes; floats and doubles, and integers, which wrap. */
HR_MUST_USE hr_status hr_convolve_patches(hr_kernel_context *ctx, const hr_convolution *c, hr_convolution_part part);
/* By Winograd's tiles: floats, windows of 3 x 3 that move by one pixel. `*done` false where the shape does not suit, or
 * where a result is not finite; what was written does not count then. */
HR_MUST_USE hr_status hr_convolve_tiles(hr_kernel_context *ctx, const hr_convolution *c, hr_convolution_part part,
                                        bool *done);
/* The gradient of images with few channels, floats and doubles of all shapes. */
HR_MUST_USE hr_status hr_convolve_few_channels(hr_kernel_context *ctx, const hr_convolution *c);
/* By tables of pointers to what windows see: floats, y and the gradient of x. `*done` false where the shape does not
 * suit; nothing was written then. */
HR_MUST_USE hr_status hr_convolve_indirectly(hr_kernel_context *ctx, const hr_convolution *c, hr_convolution_part part,
                                             bool *done);
/* By oneDNN, floats only. `*done` false where it has no code for the shape; nothing was written then. */
HR_MUST_USE hr_status hr_convolve_blocks(hr_kernel_context *ctx, hr_convolution_cache *cache, const hr_convolution *c,
                                         hr_convolution_part part, bool *done);

#endif
