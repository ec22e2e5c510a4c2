/* JPEG files: their size, whole and cropped. */
#include "image_fuzz.h"
#include "kernels_cpu/image/jpeg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const hr_jpeg_reading readings[] = {
      {.ratio = 1, .fancy_upscaling = true, .acceptable_fraction = 1},
      {.channels = 1, .ratio = 2, .acceptable_fraction = 0.1f, .accurate = true},
      {.channels = 3, .ratio = 1, .recover_truncated = true},
      {.ratio = 1, .crop = true, .crop_y = 3, .crop_x = 5, .crop_height = 7, .crop_width = 9},
      {.ratio = 4, .fancy_upscaling = true, .recover_truncated = true, .crop = true, .crop_height = 1, .crop_width = 2},
  };
  hr_view bytes = {(const char *)data, size};
  hr_picture shape;
  hr_status_free(hr_jpeg_shape(bytes, &shape));
  for (size_t i = 0; i < sizeof readings / sizeof *readings; ++i) {
    fuzz_picture picture = {.bytes_a_number = 1};
    hr_picture_target target = {fuzz_make, &picture};
    fuzz_finish(&picture, hr_jpeg_decode(bytes, &readings[i], &target));
  }
  return 0;
}
