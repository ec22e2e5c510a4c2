#include "kernels_cpu/image/bmp.h"

#include <inttypes.h>
#include <string.h>

/* As many as TensorFlow takes. */
#define MOST_PIXELS ((INT64_C(1) << 28) - 2)

/* Where the header has what, and how much of it must be there. */
enum { PIXELS_AT = 10, WIDTH_AT = 18, HEIGHT_AT = 22, BITS_AT = 28, HEADER_BYTES = 32 };

static int32_t number_at(hr_view bytes, int at) {
  const unsigned char *b = (const unsigned char *)bytes.data + at;
  return (int32_t)((uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
}

/* Blue comes first in the file. */
static void copy_row(uint8_t *to, const uint8_t *from, int64_t width, int channels) {
  if (channels == 1) {
    memcpy(to, from, (size_t)width);
    return;
  }
  for (int64_t i = 0; i < width; ++i, to += channels, from += channels) {
    to[0] = from[2], to[1] = from[1], to[2] = from[0];
    if (channels == 4) to[3] = from[3];
  }
}

hr_status hr_bmp_decode(hr_view bytes, int channels, const hr_picture_target *target) {
  if (bytes.length < HEADER_BYTES)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Incomplete bmp content, requires at least %d bytes to find the header size, width, height, and "
                    "bpp, got %zu bytes",
                    HEADER_BYTES, bytes.length);
  /* The number of bits is followed by the kind of compression, which must be 0. */
  int64_t start = number_at(bytes, PIXELS_AT), height = number_at(bytes, HEIGHT_AT), bits = number_at(bytes, BITS_AT);
  hr_picture picture = {1, height < 0 ? -height : height, number_at(bytes, WIDTH_AT), (int)(bits / 8)};
  if (channels && channels != picture.channels)
    return hr_error(HR_INVALID_ARGUMENT, "channels attribute %d does not match bits per pixel from file %d", channels,
                    picture.channels);
  if (picture.channels != 1 && picture.channels != 3 && picture.channels != 4)
    return hr_error(HR_INVALID_ARGUMENT, "Number of channels must be 1, 3 or 4, was %d", picture.channels);
  if (picture.width <= 0) return hr_error(HR_INVALID_ARGUMENT, "Width must be positive");
  if (height == 0) return hr_error(HR_INVALID_ARGUMENT, "Height must be nonzero");
  if (picture.height > MOST_PIXELS / picture.width)
    return hr_error(HR_INVALID_ARGUMENT, "Total possible pixel bytes must be less than 2^30");
  int64_t row = (picture.channels * picture.width + 3) / 4 * 4; /* rows are padded to 4 bytes */
  int64_t needed = start + (picture.height - 1) * row + picture.channels * picture.width;
  if (start < 0 || needed > (int64_t)bytes.length)
    return hr_error(HR_INVALID_ARGUMENT, "Incomplete bmp content, requires at least %" PRId64 " bytes, got %zu bytes",
                    needed, bytes.length);
  void *pixels;
  HR_TRY(target->make(target->argument, &picture, &pixels));
  for (int64_t y = 0; y < picture.height; ++y) {
    int64_t from = height < 0 ? y : picture.height - 1 - y; /* a negative height: the top row comes first */
    copy_row((uint8_t *)pixels + y * picture.width * picture.channels, (const uint8_t *)bytes.data + start + from * row,
             picture.width, picture.channels);
  }
  return HR_SUCCESS;
}
