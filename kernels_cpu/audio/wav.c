#include "kernels_cpu/audio/wav.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Samples of 16 bits, 2 bytes each; what a file says about them before. */
enum { SAMPLE_BYTES = 2, HEADER_BYTES = 44, PCM = 1, FORMAT_BYTES = 16, LONG_FORMAT_BYTES = 18 };

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void put_u16(hr_text *out, uint32_t value) {
  hr_text_add(out, (const char[]){(char)(value & 0xff), (char)(value >> 8 & 0xff)}, 2);
}
static void put_u32(hr_text *out, uint32_t value) {
  put_u16(out, value & 0xffff);
  put_u16(out, value >> 16);
}

hr_status hr_wav_encode(hr_text *out, const hr_wav *wav, const float *samples) {
  if (wav->rate == 0) return hr_error(HR_INVALID_ARGUMENT, "sample_rate must be in (0, 2^32), got: 0");
  if (wav->channels <= 0 || wav->channels > UINT16_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "num_channels must be in (0, 2^16), got: %" PRId64, wav->channels);
  if (wav->frames <= 0) return hr_error(HR_INVALID_ARGUMENT, "num_frames must be positive.");
  uint64_t frame_bytes = (uint64_t)wav->channels * SAMPLE_BYTES;
  if ((uint64_t)wav->frames > (UINT32_MAX - HEADER_BYTES) / frame_bytes || wav->rate > UINT32_MAX / frame_bytes)
    return hr_error(HR_INVALID_ARGUMENT, "No WAV file holds %" PRId64 " frames of %" PRId64 " channels", wav->frames,
                    wav->channels);
  uint32_t bytes = (uint32_t)((uint64_t)wav->frames * frame_bytes);
  hr_text_add(out, "RIFF", 4);
  put_u32(out, bytes + HEADER_BYTES - 8);
  hr_text_add(out, "WAVEfmt ", 8);
  put_u32(out, FORMAT_BYTES);
  put_u16(out, PCM);
  put_u16(out, (uint32_t)wav->channels);
  put_u32(out, wav->rate);
  put_u32(out, wav->rate * (uint32_t)frame_bytes);
  put_u16(out, (uint32_t)frame_bytes);
  put_u16(out, 8 * SAMPLE_BYTES);
  hr_text_add(out, "data", 4);
  put_u32(out, bytes);
  for (int64_t i = 0; i < wav->frames * wav->channels; ++i) {
    float scaled = fmaxf(-32768, fminf(32767, roundf(samples[i] * 32768)));
    put_u16(out, (uint32_t)(int32_t)scaled & 0xffff);
  }
  return HR_SUCCESS;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* What is left of the file. */
typedef struct cursor {
  const unsigned char *at;
  size_t left;
} cursor;

static hr_status take(cursor *c, size_t bytes, const char *what, const unsigned char **out) {
  if (c->left < bytes) return hr_error(HR_INVALID_ARGUMENT, "Data too short when trying to read %s", what);
  *out = c->at;
  c->at += bytes;
  c->left -= bytes;
  return HR_SUCCESS;
}
static hr_status take_number(cursor *c, int bytes, uint32_t *out) {
  const unsigned char *b;
  HR_TRY(take(c, (size_t)bytes, "value", &b));
  *out = 0;
  for (int i = bytes; i-- > 0;)
    *out = *out << 8 | b[i];
  return HR_SUCCESS;
}
static hr_status expect(cursor *c, const char *text) {
  const unsigned char *b;
  HR_TRY(take(c, strlen(text), "string", &b));
  if (memcmp(b, text, strlen(text)) == 0) return HR_SUCCESS;
  hr_text found = {0};
  hr_text_add_escaped(&found, (const char *)b, strlen(text));
  hr_status status =
      hr_error(HR_INVALID_ARGUMENT, "Header mismatch: Expected %s but found %s", text, found.data ? found.data : "");
  hr_text_free(&found);
  return status;
}

/* The part behind "fmt ". */
static hr_status read_format(cursor *c, hr_wav *wav) {
  uint32_t size, format, channels, bytes_per_second, frame_bytes, bits, unused;
  HR_TRY(take_number(c, 4, &size));
  if (size != FORMAT_BYTES && size != LONG_FORMAT_BYTES)
    return hr_error(HR_INVALID_ARGUMENT, "Bad file size for WAV: Expected 16 or 18, but got%" PRIu32, size);
  HR_TRY(take_number(c, 2, &format));
  if (format != PCM)
    return hr_error(HR_INVALID_ARGUMENT, "Bad audio format for WAV: Expected 1 (PCM), but got%" PRIu32, format);
  HR_TRY(take_number(c, 2, &channels));
  if (channels < 1)
    return hr_error(HR_INVALID_ARGUMENT, "Bad number of channels for WAV: Expected at least 1, but got 0");
  HR_TRY(take_number(c, 4, &wav->rate));
  HR_TRY(take_number(c, 4, &bytes_per_second));
  HR_TRY(take_number(c, 2, &frame_bytes));
  HR_TRY(take_number(c, 2, &bits));
  if (bits != 8 * SAMPLE_BYTES)
    return hr_error(HR_INVALID_ARGUMENT, "Can only read 16-bit WAV files, but received %" PRIu32, bits);
  if (frame_bytes != SAMPLE_BYTES * channels)
    return hr_error(HR_INVALID_ARGUMENT, "Bad bytes per sample in WAV header: Expected %" PRIu32 " but got %" PRIu32,
                    SAMPLE_BYTES * channels, frame_bytes);
  if (bytes_per_second != frame_bytes * wav->rate)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Bad bytes per second in WAV header: Expected %" PRIu32 " but got %" PRIu32 " (sample_rate=%" PRIu32
                    ", bytes_per_sample=%" PRIu32 ")",
                    frame_bytes * wav->rate, bytes_per_second, wav->rate, frame_bytes);
  if (size == LONG_FORMAT_BYTES) HR_TRY(take_number(c, 2, &unused));
  wav->channels = channels;
  return HR_SUCCESS;
}

hr_status hr_wav_decode(hr_view bytes, hr_wav *out, hr_view *data) {
  cursor c = {(const unsigned char *)bytes.data, bytes.length};
  uint32_t size;
  bool found = false;
  HR_TRY(expect(&c, "RIFF"));
  HR_TRY(take_number(&c, 4, &size));
  HR_TRY(expect(&c, "WAVE"));
  HR_TRY(expect(&c, "fmt "));
  HR_TRY(read_format(&c, out));
  while (c.left > 0) {
    const unsigned char *name, *content;
    HR_TRY(take(&c, 4, "string", &name));
    HR_TRY(take_number(&c, 4, &size));
    if (size > INT32_MAX)
      return hr_error(HR_INVALID_ARGUMENT, "WAV data chunk is too large: %" PRIu32 " bytes, but the limit is %d", size,
                      INT32_MAX);
    if (memcmp(name, "data", 4) != 0) { /* a chunk that nobody reads may be cut off */
      HR_TRY(take(&c, size < c.left ? size : c.left, "string", &content));
      continue;
    }
    if (found) return hr_error(HR_INVALID_ARGUMENT, "More than one data chunk found in WAV");
    found = true;
    out->frames = size / (SAMPLE_BYTES * out->channels);
    *data = (hr_view){(const char *)c.at, (size_t)(out->frames * out->channels) * SAMPLE_BYTES};
    HR_TRY(take(&c, data->length, "string", &content));
  }
  return found ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "No data chunk found in WAV");
}
