/* WAV files: all samples are where the reader says. */
#include "kernels_cpu/audio/wav.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  hr_wav wav;
  hr_view samples;
  hr_status status = hr_wav_decode((hr_view){(const char *)data, size}, &wav, &samples);
  if (!status) {
    int64_t count = wav.frames * wav.channels;
    if (count < 0 || (uint64_t)count * 2 > samples.length) abort();
    volatile float sum = 0;
    for (int64_t i = 0; i < count; ++i)
      sum += hr_wav_sample(samples, i);
  }
  hr_status_free(status);
  return 0;
}
