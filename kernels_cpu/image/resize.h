/* What the kernels that resize images share: their arguments, where an output pixel lies in the input, and rows of
 * numbers, part after part, on the pool. Images are [batch, height, width, channels].
 */
#ifndef HR_KERNELS_CPU_IMAGE_RESIZE_H
#define HR_KERNELS_CPU_IMAGE_RESIZE_H

#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/loops.h"

/* Types of images that the resizing ops take. */
#define HR_IMAGE_TYPES                                                                                                 \
  (HR_TYPE_BIT(HR_INT8) | HR_TYPE_BIT(HR_UINT8) | HR_TYPE_BIT(HR_INT16) | HR_TYPE_BIT(HR_UINT16) |                     \
   HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64) | HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_FLOAT) |                      \
   HR_TYPE_BIT(HR_DOUBLE))

/* One direction: an output of `out` pixels stands for `in` pixels. */
typedef struct hr_resize_axis {
  int64_t in, out;
  float scale; /* input pixels an output pixel */
} hr_resize_axis;

typedef struct hr_resize {
  int64_t batch, channels;
  hr_resize_axis y, x;
  bool align_corners;      /* the corner pixels of input and output have one place */
  bool half_pixel_centers; /* a pixel's place is its middle, not its corner */
} hr_resize;

/* Reads images (input 0), the size (input 1) and the attributes, and makes output 0. InvalidArgument for images that
 * are not 4-D or are empty, and sizes that are not two numbers above 0. */
HR_MUST_USE hr_status hr_resize_begin(hr_kernel_context *ctx, hr_resize *r, hr_tensor **out);

/* For gradients: `in` is the original height and width, `out` those of the gradient, the 4-D input 0. */
HR_MUST_USE hr_status hr_resize_of_gradient(hr_kernel_context *ctx, int64_t height, int64_t width, hr_resize *r);

/* The place of an output pixel in the input. */
static inline float hr_resize_place(const hr_resize *r, const hr_resize_axis *axis, int64_t i) {
  return r->half_pixel_centers ? ((float)i + 0.5f) * axis->scale - 0.5f : (float)i * axis->scale;
}

static inline int64_t hr_clip_pixel(int64_t i, int64_t pixels) { return i < 0 ? 0 : i >= pixels ? pixels - 1 : i; }

/* ---- taps ------------------------------------------------------------------------------------------------------ */

/* What the outputs of one axis are made of, `n` of them, in memory of the step. */
typedef struct hr_axis_taps {
  hr_taps taps;
  int64_t n;
  hr_tensor memory;
} hr_axis_taps;

/* Writes the pixels and weights of output pixel `i`. */
typedef void hr_tap_function(const hr_resize *r, const hr_resize_axis *axis, int64_t i, int64_t pixels[HR_MAX_TAPS],
                             float weights[HR_MAX_TAPS]);

/* Taps of each output pixel, or (`channels` > 1) of each of its channels, among the elements of a row. InvalidArgument
 * for rows of 2^31 elements. Clear `out->memory` afterwards. */
HR_MUST_USE hr_status hr_make_taps(hr_kernel_context *ctx, const hr_resize *r, const hr_resize_axis *axis,
                                   int64_t channels, int count, hr_tap_function *tap, hr_axis_taps *out);

/* The two pixels around a place: their weights are 1 - t and t. */
hr_tap_function hr_linear_taps;

/* ---- rows ------------------------------------------------------------------------------------------------------ */

/* Input rows as floats. */
typedef struct hr_rows {
  const char *data;
  hr_dtype dtype;
  int64_t length; /* elements */
} hr_rows;
hr_rows hr_image_rows(const hr_tensor *images);

/* Row `index` of all images: the images' own memory, or converted into `scratch` where they are no floats. */
const float *hr_float_row(const hr_rows *rows, int64_t index, float *scratch);

/* A stretch of output rows, of all images one after the other, with memory of its own. */
typedef struct hr_row_part {
  void *argument;
  int64_t begin, end;
  float *scratch;
} hr_row_part;
/* Runs `body` over all rows, in parts, with so many floats of scratch memory each. */
HR_MUST_USE hr_status hr_for_row_parts(hr_kernel_context *ctx, int64_t rows, double row_nanos, int64_t scratch,
                                       void (*body)(const hr_row_part *part), void *argument);

/* ---- gradients ------------------------------------------------------------------------------------------------- */

/* Output 0 [batch, height, width, channels] sums up what each gradient pixel gives to the pixels it was made of: input
 * 0 times both weights, in order of the gradient's pixels. The products are floats, or of the output's type (`wide`).
 */
HR_MUST_USE hr_status hr_resize_gradient(hr_kernel_context *ctx, int taps, hr_tap_function *tap, bool wide);

#endif
