/* GIF images, by giflib. */
#ifndef HR_KERNELS_CPU_IMAGE_GIF_H
#define HR_KERNELS_CPU_IMAGE_GIF_H

#include "kernels_cpu/image/picture.h"
#include "runtime/base/text.h"

/* Reads all frames, as RGB. A frame that does not fill the picture leaves the rest as it was before; the first one must
 * fill it. InvalidArgument for bytes that are no GIF file, or hold no image. */
HR_MUST_USE hr_status hr_gif_decode(hr_view bytes, const hr_picture_target *target);

/* How many frames there are. */
HR_MUST_USE hr_status hr_gif_frames(hr_view bytes, int64_t *frames);

#endif
