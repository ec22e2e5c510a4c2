/* WAV files of 16 bits a sample (Microsoft, "Multimedia Programming Interface and Data Specifications", 1991). */
#ifndef HR_KERNELS_CPU_AUDIO_WAV_H
#define HR_KERNELS_CPU_AUDIO_WAV_H

#include "headrace/status.h"
#include "runtime/base/text.h"

#include <stdint.h>

/* What a file holds: `frames` times `channels` samples. */
typedef struct hr_wav {
  uint32_t rate; /* frames a second */
  int64_t channels, frames;
} hr_wav;

/* Appends a file of these samples, 1 the largest; frames come one after the other. InvalidArgument for sizes that no
 * file holds. */
HR_MUST_USE hr_status hr_wav_encode(hr_text *out, const hr_wav *wav, const float *samples);

/* Reads what a file says about its samples, and where they are: `*data`, two bytes each, all of them inside of `bytes`.
 * InvalidArgument for other files. */
HR_MUST_USE hr_status hr_wav_decode(hr_view bytes, hr_wav *out, hr_view *data);

/* Sample `i` of them. */
static inline float hr_wav_sample(hr_view data, int64_t i) {
  const unsigned char *at = (const unsigned char *)data.data + 2 * i;
  return (float)(int16_t)(uint16_t)(at[0] | at[1] << 8) / 32768.0f;
}

#endif
