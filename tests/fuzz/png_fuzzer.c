/* PNG files, as bytes and as 16-bit numbers. */
#include "image_fuzz.h"
#include "kernels_cpu/image/png.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int channels[] = {0, 1, 3, 4};
  for (int i = 0; i < 8; ++i) {
    fuzz_picture picture = {.bytes_a_number = i < 4 ? 1 : 2};
    hr_picture_target target = {fuzz_make, &picture};
    fuzz_finish(&picture, hr_png_decode((hr_view){(const char *)data, size}, channels[i % 4], i < 4 ? 8 : 16, &target));
  }
  return 0;
}
