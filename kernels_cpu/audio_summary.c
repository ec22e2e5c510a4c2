/* AudioSummary, AudioSummaryV2: sound clips of a batch as WAV files in a Summary message. */
#include "kernels_cpu/summary_value.h"

#include <math.h>

/* Fields of Summary.Audio. */
enum { AUDIO_RATE = 1, AUDIO_CHANNELS = 2, AUDIO_FRAMES = 3, AUDIO_BYTES = 4, AUDIO_CONTENT_TYPE = 5 };

typedef struct clips {
  const float *samples;
  int64_t count, frames, channels;
  float rate; /* frames a second */
} clips;

/* Samples of 16 bits, 2 bytes each; what a WAV file says about them before. */
enum { SAMPLE_BYTES = 2, HEADER_BYTES = 44, PCM = 1, FORMAT_BYTES = 16 };

static void put_u16(hr_text *out, uint32_t value) {
  hr_text_add(out, (const char[]){(char)(value & 0xff), (char)(value >> 8 & 0xff)}, 2);
}
static void put_u32(hr_text *out, uint32_t value) {
  put_u16(out, value & 0xffff);
  put_u16(out, value >> 16);
}

/* The RIFF file: numbers are little-endian (Microsoft, "Multimedia Programming Interface and Data Specifications"). */
static void put_wav(hr_text *out, const clips *c, int64_t number) {
  uint32_t rate = (uint32_t)lrintf(fmaxf(c->rate, 1)), channels = (uint32_t)c->channels;
  int64_t samples = c->frames * c->channels;
  uint32_t bytes = (uint32_t)samples * SAMPLE_BYTES;
  hr_text_add(out, "RIFF", 4);
  put_u32(out, bytes + HEADER_BYTES - 8);
  hr_text_add(out, "WAVEfmt ", 8);
  put_u32(out, FORMAT_BYTES);
  put_u16(out, PCM);
  put_u16(out, channels);
  put_u32(out, rate);
  put_u32(out, rate * channels * SAMPLE_BYTES);
  put_u16(out, channels * SAMPLE_BYTES);
  put_u16(out, 8 * SAMPLE_BYTES);
  hr_text_add(out, "data", 4);
  put_u32(out, bytes);
  for (int64_t i = 0; i < samples; ++i) {
    float scaled = fmaxf(-32768, fminf(32767, roundf(c->samples[number * samples + i] * 32768)));
    put_u16(out, (uint32_t)(int32_t)scaled & 0xffff);
  }
}

static hr_status read_clips(hr_kernel_context *ctx, float rate, clips *out) {
  const hr_tensor *t = hr_input(ctx, 1);
  HR_TRY(hr_summary_tag_check(hr_input(ctx, 0)));
  if (t->rank != 2 && t->rank != 3)
    return hr_error(HR_INVALID_ARGUMENT, "Tensor must be 3-D or 2-D, got: %s", HR_TENSOR_SHAPE_TEXT(t));
  if (!(rate > 0 && rate < (float)INT32_MAX))
    return hr_error(HR_INVALID_ARGUMENT, "sample_rate must be > 0, got: %g", (double)rate);
  *out = (clips){hr_tensor_data(t), t->dims[0], t->dims[1], t->rank == 3 ? t->dims[2] : 1, rate};
  if (out->channels < 1 || out->channels > INT16_MAX || out->frames < 1 ||
      out->frames > (INT32_MAX - HEADER_BYTES) / SAMPLE_BYTES / out->channels)
    return hr_error(HR_INVALID_ARGUMENT, "No WAV file holds %lld frames of %lld channels", (long long)out->frames,
                    (long long)out->channels);
  return HR_SUCCESS;
}

static hr_status put_clips(hr_kernel_context *ctx, float rate) {
  clips c;
  HR_TRY(read_clips(ctx, rate, &c));
  int64_t most = hr_node_attr(hr_context_node(ctx), "max_outputs")->i;
  hr_text text = {0};
  for (int64_t i = 0; i < c.count && i < most; ++i) {
    size_t value = hr_wire_begin(&text, HR_SUMMARY_VALUE);
    hr_summary_put_numbered_tag(&text, hr_string_at(hr_input(ctx, 0), 0), "audio", i, most);
    size_t audio = hr_wire_begin(&text, HR_VALUE_AUDIO);
    hr_wire_put_float(&text, AUDIO_RATE, c.rate);
    hr_wire_put_number(&text, AUDIO_CHANNELS, (uint64_t)c.channels);
    hr_wire_put_number(&text, AUDIO_FRAMES, (uint64_t)c.frames);
    size_t file = hr_wire_begin(&text, AUDIO_BYTES);
    put_wav(&text, &c, i);
    hr_wire_end(&text, file);
    hr_wire_put_bytes(&text, AUDIO_CONTENT_TYPE, HR_VIEW("audio/wav"));
    hr_wire_end(&text, audio);
    hr_wire_end(&text, value);
  }
  return hr_output_text(ctx, 0, &text);
}

static hr_status audio_summary(hr_kernel_context *ctx) {
  return put_clips(ctx, hr_node_attr(hr_context_node(ctx), "sample_rate")->f);
}
HR_KERNEL(.op = "AudioSummary", .compute = audio_summary);

static hr_status audio_summary_v2(hr_kernel_context *ctx) {
  const hr_tensor *rate = hr_input(ctx, 2);
  HR_TRY(hr_rank_check(rate, 0, "sample_rate"));
  return put_clips(ctx, *(const float *)hr_tensor_data(rate));
}
HR_KERNEL(.op = "AudioSummaryV2", .compute = audio_summary_v2);
