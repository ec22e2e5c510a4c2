/* GIF files. */
#include "image_fuzz.h"
#include "kernels_cpu/image/gif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  hr_view bytes = {(const char *)data, size};
  int64_t frames;
  hr_status_free(hr_gif_frames(bytes, &frames));
  fuzz_picture picture = {.bytes_a_number = 1};
  fuzz_finish(&picture, hr_gif_decode(bytes, &(hr_picture_target){fuzz_make, &picture}));
  return 0;
}
