/* BMP files. */
#include "image_fuzz.h"
#include "kernels_cpu/image/bmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_picture picture = {.bytes_a_number = 1};
  fuzz_finish(&picture,
              hr_bmp_decode((hr_view){(const char *)data, size}, 0, &(hr_picture_target){fuzz_make, &picture}));
  return 0;
}
