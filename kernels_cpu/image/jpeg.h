/* JPEG images, by libjpeg-turbo. */
#ifndef HR_KERNELS_CPU_IMAGE_JPEG_H
#define HR_KERNELS_CPU_IMAGE_JPEG_H

#include "kernels_cpu/image/picture.h"
#include "runtime/base/text.h"

typedef struct hr_jpeg_reading {
  int channels; /* 0: those of the file, at most 3 */
  int ratio;    /* 1, 2, 4, 8: how much smaller the picture gets */
  bool fancy_upscaling, recover_truncated;
  float acceptable_fraction; /* of the rows that must be there; the others become black */
  bool accurate;             /* the slow cosine transform; the fast one is the reference's default */
  bool crop;
  int32_t crop_y, crop_x, crop_height, crop_width;
} hr_jpeg_reading;

/* Reads an image. InvalidArgument for bytes that are no JPEG file, or end too early, and a crop window outside. */
HR_MUST_USE hr_status hr_jpeg_decode(hr_view bytes, const hr_jpeg_reading *options, const hr_picture_target *target);

/* Reads the header. */
HR_MUST_USE hr_status hr_jpeg_shape(hr_view bytes, hr_picture *out);

typedef struct hr_jpeg_writing {
  int quality; /* 0 to 100; other numbers count as the nearest */
  bool progressive, optimize_size, chroma_downsampling;
  int density_unit; /* 1: inches, 2: centimetres */
  int x_density, y_density;
  hr_view xmp_metadata;
} hr_jpeg_writing;

/* Appends the file of an image of 1 channel (gray) or 3 (RGB) to `out`. Internal for what JPEG cannot hold,
 * ResourceExhausted. */
HR_MUST_USE hr_status hr_jpeg_encode(const uint8_t *pixels, int64_t width, int64_t height, int channels,
                                     const hr_jpeg_writing *options, hr_text *out);

#endif
