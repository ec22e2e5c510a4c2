/* PNG images, by libpng. */
#ifndef HR_KERNELS_CPU_PNG_H
#define HR_KERNELS_CPU_PNG_H

#include "headrace/status.h"
#include "runtime/base/text.h"

/* Appends the file of an image of 8 bits a channel to `out`: 1 channel is gray, 3 are RGB, 2 and 4 have alpha in
 * addition. InvalidArgument for what PNG cannot hold (an empty image, sides of 2^31), ResourceExhausted. */
HR_MUST_USE hr_status hr_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, hr_text *out);

#endif
