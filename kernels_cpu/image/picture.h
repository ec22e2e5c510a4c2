/* Pictures in memory, as the readers of image files make them. */
#ifndef HR_KERNELS_CPU_IMAGE_PICTURE_H
#define HR_KERNELS_CPU_IMAGE_PICTURE_H

#include "headrace/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Rows of pixels, the top first, of several frames one after the other; the channels of a pixel side by side, 8 or 16
 * bits each. */
typedef struct hr_picture {
  int64_t frames, height, width;
  int channels;
} hr_picture;

/* Pixels times channels that a file may have. */
#define HR_PICTURE_LIMIT (INT64_C(1) << 29)

/* False for a picture of more than that, or of nothing. */
bool hr_picture_fits(const hr_picture *picture);

/* Makes the memory for a picture, when its size is known. It is the maker's, also where reading fails later. */
typedef struct hr_picture_target {
  hr_status (*make)(void *argument, const hr_picture *picture, void **pixels);
  void *argument;
} hr_picture_target;

#endif
