/* BMP images. */
#ifndef HR_KERNELS_CPU_IMAGE_BMP_H
#define HR_KERNELS_CPU_IMAGE_BMP_H

#include "kernels_cpu/image/picture.h"
#include "runtime/base/text.h"

/* Reads an image of 8, 24 or 32 bits a pixel; `channels` 0, or as many as the file has. Palettes are not looked at, as
 * in TensorFlow. InvalidArgument for other files. */
HR_MUST_USE hr_status hr_bmp_decode(hr_view bytes, int channels, const hr_picture_target *target);

#endif
