/* PNG images, by libpng. */
#ifndef HR_KERNELS_CPU_IMAGE_PNG_H
#define HR_KERNELS_CPU_IMAGE_PNG_H

#include "kernels_cpu/image/picture.h"
#include "runtime/base/text.h"

/* Appends the file of an image of `bits` (8, or 16 in the machine's byte order) a channel to `out`: 1 channel is gray,
 * 3 are RGB, 2 and 4 have alpha in addition. `compression`: zlib's level, -1 for its default. InvalidArgument for what
 * PNG cannot hold (an empty image, sides of 2^31), ResourceExhausted. */
HR_MUST_USE hr_status hr_png_encode(const void *pixels, uint32_t width, uint32_t height, int channels, int bits,
                                    int compression, hr_text *out);

/* Reads an image; `channels` 0 takes those of the file, others are converted to. InvalidArgument for bytes that are no
 * PNG file. */
HR_MUST_USE hr_status hr_png_decode(hr_view bytes, int channels, int bits, const hr_picture_target *target);

#endif
