/* Where the fuzzers of image files put the pixels: memory of the size asked for, all of which is read afterwards. */
#ifndef HR_TESTS_FUZZ_IMAGE_FUZZ_H
#define HR_TESTS_FUZZ_IMAGE_FUZZ_H

#include "kernels_cpu/image/picture.h"

#include <stdlib.h>
#include <string.h>

typedef struct fuzz_picture {
  uint8_t *pixels;
  size_t bytes;
  size_t bytes_a_number;
} fuzz_picture;

/* Pictures above 16 MiB are refused, so that a run stays short. */
static inline hr_status fuzz_make(void *argument, const hr_picture *p, void **pixels) {
  fuzz_picture *picture = argument;
  picture->bytes =
      (size_t)p->frames * (size_t)p->height * (size_t)p->width * (size_t)p->channels * picture->bytes_a_number;
  if (picture->bytes > 1 << 24) return hr_error(HR_RESOURCE_EXHAUSTED, "a large picture");
  picture->pixels = calloc(1, picture->bytes);
  if (!picture->pixels) abort();
  *pixels = picture->pixels;
  return HR_SUCCESS;
}

static inline void fuzz_finish(fuzz_picture *picture, hr_status status) {
  volatile unsigned sum = 0;
  for (size_t i = 0; picture->pixels && i < picture->bytes; ++i)
    sum += picture->pixels[i];
  free(picture->pixels);
  hr_status_free(status);
}

#endif
